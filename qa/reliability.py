"""Whether the probability of an answer means what it says: a question can be answered from the articles."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

_BINS = 5  # of equal width; question sets have a few hundred questions


@dataclass(frozen=True, slots=True)
class Judged:
    """What was said of one question, and what is so."""

    kind: str
    answerable: bool
    probability: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions of about the same probability: their number, its mean, and the share that can be answered."""

    questions: int
    probability: float
    answerable: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """The bins, lowest first; how far they are off on average; and how well each unanswerable kind is told apart.

    `error` is the expected calibration error (Guo et al. 2017). `areas` are areas under the curve: how often a
    question that can be answered has a higher probability than one of that kind, 0.5 for a coin.
    """

    bins: tuple[Bin, ...]
    error: float
    areas: dict[str, float]

    def as_json(self) -> dict[str, Any]:
        """The same as one JSON object."""
        return {"bins": [asdict(each) for each in self.bins], "error": self.error, "areas": self.areas}

    def __str__(self) -> str:
        lines = ["| probability | n | can be answered |", "| --- | --- | --- |"]
        lines.extend(f"| {each.probability:.2f} | {each.questions} | {each.answerable:.2f} |" for each in self.bins)
        areas = "; ".join(f"{kind} {area:.3f}" for kind, area in self.areas.items())
        told = f"; told from what can be answered (area under the curve): {areas}" if areas else ""
        return "\n".join(lines) + f"\n\ncalibration error {self.error:.3f}{told}"


def reliability(judged: Sequence[Judged]) -> Reliability:
    """Compare what was said with what is so."""
    bins, error = [], 0.0
    for number in range(_BINS):
        inside = [each for each in judged if min(int(each.probability * _BINS), _BINS - 1) == number]
        if inside:
            mean = statistics.fmean(each.probability for each in inside)
            share = statistics.fmean(each.answerable for each in inside)
            bins.append(Bin(len(inside), round(mean, 4), round(share, 4)))
            error += abs(mean - share) * len(inside) / len(judged)
    right = [each.probability for each in judged if each.answerable]
    kinds = dict.fromkeys(each.kind for each in judged if not each.answerable)
    areas = {
        kind: area(right, [each.probability for each in judged if each.kind == kind and not each.answerable])
        for kind in kinds
        if right
    }
    return Reliability(tuple(bins), round(error, 4), areas)


def area(higher: Sequence[float], lower: Sequence[float]) -> float:
    """How often one of the first is above one of the second, ties half (Mann and Whitney 1947)."""
    won = sum((one > other) + 0.5 * (one == other) for one in higher for other in lower)
    return round(won / (len(higher) * len(lower)), 4)
