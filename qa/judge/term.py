"""Term: one thing that a text says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.judge.meanings import PARTICIPLES

_OF_A_COUNTRY = frozenset({"n", "an", "ian", "ish", "es", "i", "y", "ns", "ans", "ians"})
DATES = frozenset({"year", "month", "day", "weekday"})
Kind = Literal["number", "year", "month", "day", "weekday", "name", "word", "opposed"]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing that a text says: `key` is the same for all ways to write it.

    "opposed" is the kind of a word that has an opposite, its key ends with + or -. `marks` are what the small words
    in front of it say: "time+" for "before", "not" for a negation. `segment` counts commas and the like, `sentence`
    full stops. `opens`: it begins a sentence, so that its capital does not tell whether it is a name.
    """

    key: str
    kind: Kind
    text: str
    marks: frozenset[str] = frozenset()
    segment: int = 0
    sentence: int = 0
    opens: bool = False

    @property
    def axis(self) -> str:
        """What terms that exclude each other have in common: their kind, or the pair of opposites.

        What begins a sentence counts as a name: it may be one.
        """
        if self.kind == "opposed":
            return f"{self.key[:-1]}+-"
        return "name" if self.kind == "word" and self.opens else self.kind

    @property
    def participle(self) -> bool:
        """Whether it has the form of a past participle."""
        word = self.text.casefold()
        return self.kind in {"word", "opposed"} and (
            (word.endswith("ed") and not word.endswith("eed")) or word in PARTICIPLES
        )

    @property
    def verb(self) -> bool:
        """Whether its form, or what stands before it, tells that it is a verb."""
        return self.participle or (self.kind in {"word", "opposed"} and bool(self.marks & {"be", "will", "may"}))


def name_run(found: Sequence[Term], at: int) -> range:
    """The places of the terms that are one name, or one date, with the one at a place."""
    first = last = at
    while first and _same_name(found[first - 1], found[first]):
        first -= 1
    while last + 1 < len(found) and _same_name(found[last], found[last + 1]):
        last += 1
    return range(first, last + 1)


def opposite(key: str) -> str | None:
    """The key, or mark, of the opposite; None for one that has none."""
    return f"{key[:-1]}{'-' if key[-1] == '+' else '+'}" if key[-1] in "+-" else None


def same_country(one: str, other: str) -> bool:
    """Whether two names are as "Germany" and "German"."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and long.startswith(short[:-1]) and long[len(short) - 1 :] in _OF_A_COUNTRY


def _same_name(one: Term, two: Term) -> bool:
    together = one.kind == two.kind == "name" or (one.kind in DATES and two.kind in DATES and one.kind != two.kind)
    return (
        together
        and one.sentence == two.sentence
        and not two.marks
        and (one.kind in DATES or one.segment == two.segment)
    )
