"""What visitors thought of answers, kept as a question set for `dateline eval`: one row of JSON Lines for each.

A row says only what is known. The words of an answer that was liked are right ones; of one that was disliked nothing
is known to be right but what the visitor put in its place. A row that does not say what would be right has `skip`,
with the reason, and the evaluation passes it over until somebody fills in `answers` and `evidence` and takes it away.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from qa.answer import Answer, Citation, Turn

LONGEST_REASON = 1_000
"""How many characters a reason, and a correction, may have."""

_LONGEST_ROW = 200_000  # bytes: many times what a conversation has, and little enough to be kept for everybody
_LAST_TURNS = 6  # a follow-up is never about more, see `qa.query`
_WAIT = 10.0  # seconds for others who append: each takes milliseconds


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a visitor thought of an answer, and why; `correction` are the right words, for an answer that was wrong.

    `asked` is when the question was asked, `history` the turns before it. Raises ValueError where a reason or a
    correction is too long, or a correction comes with an answer that was liked.
    """

    answer: Answer
    liked: bool
    asked: datetime
    history: tuple[Turn, ...] = ()
    reason: str = ""
    correction: str = ""

    def __post_init__(self) -> None:
        for name, text in (("reason", self.reason), ("correction", self.correction)):
            if len(text) > LONGEST_REASON:
                raise ValueError(f"the {name} is longer than {LONGEST_REASON:,} characters: shorten it")
        if self.liked and self.correction.strip():
            raise ValueError("an answer that was liked needs no correction")

    def as_json(self) -> dict[str, Any]:
        """The row. Its id is the same for every vote on this answer."""
        answer, correction = self.answer, self.correction.strip()
        gold = list(_shown(answer)) if self.liked else []
        exact = [words for citation in gold if (words := citation.parts[1].strip())]
        skip = self._skip()
        return {
            "id": f"{self.asked:%Y%m%dT%H%M%S%f}-{_digest(answer.question)}",
            "kind": f"{'liked' if self.liked else 'disliked'} {'answer' if answer.refusal is None else 'refusal'}",
            "verdict": "up" if self.liked else "down",
            "question": answer.question,
            "history": [{"question": t.question, "answer": t.answer} for t in self.history[-_LAST_TURNS:]],
            "asked": self.asked.date().isoformat(),
            "answers": [correction] if correction else list(dict.fromkeys(exact)),
            "evidence": [{"article_id": citation.article_id, "quote": citation.quote} for citation in gold],
            "note": self.reason.strip(),
            **({"skip": skip} if skip else {}),
        }

    def _skip(self) -> str:
        """Why nothing can be measured by the row, if so."""
        query = self.answer.query
        if query.sources or ((query.since or query.until) and not query.period):
            return "asked of a part of the archive only"
        if not self.liked and not self.correction.strip():
            return "no right answer is known"
        if self.liked and self.answer.refusal is None and not any(_shown(self.answer)):
            return "the answer cited nothing"
        return ""


def keep(feedback: Feedback, file: Path) -> None:
    """Append a row to a file, which is made if it is not there; any number of threads and processes may.

    Raises ValueError where the row is too long, OSError.
    """
    row = json.dumps(feedback.as_json(), ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    if len(row) > _LONGEST_ROW:
        raise ValueError("the conversation is too long to be kept")
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{file}.lock", timeout=_WAIT), file.open("ab+") as rows:
        if rows.tell():
            rows.seek(-1, 2)
            if rows.read(1) != b"\n":  # written by hand, or by somebody who was killed
                row = b"\n" + row
        rows.write(row)


def _shown(answer: Answer) -> Iterator[Citation]:
    """The citations of the sentences that the answer's text has."""
    if answer.refusal is None:
        shown = {number for s in answer.sentences if s.supported is not False for number in s.citations}
        yield from (citation for citation in answer.citations if citation.number in shown)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
