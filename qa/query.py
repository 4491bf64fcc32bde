"""History and question → Query: a text that can be searched on its own, without a language model."""

import re
from collections.abc import Sequence
from datetime import date

from qa.answer import Query, Turn

# Words that point back to an earlier turn; "that" and its like only where no name follows.
_POINTS_BACK = re.compile(
    r"\b(it|its|itself|they|them|their|theirs|he|him|his|she|her|hers|there|then|ones?|others?|second|same|former|latter"
    r"|so far|instead|else)\b|\b(?:this|that|these|those)\b(?!\s+[A-Z])|^\W*(?:and|but|or|so|what about|how about)\b",
    re.IGNORECASE,
)
_NAME_AHEAD = re.compile(r"\b[Tt](?:his|hat|hese|hose)\s+[A-Z]")
_NAMES = re.compile(r"\b[A-Z][\w.&’'-]*(?:\s+[A-Z][\w.&’'-]*)*")
_SMALL_WORDS = re.compile(
    r"\b(a|an|the|of|in|on|at|to|for|by|with|is|was|are|were|be|been|do|does|did|has|have|had|will|would|can|could|who|whom"
    r"|what|when|where|which|why|how|many|much|long|exactly|please|ok|yes|no)\b",
    re.IGNORECASE,
)
_LEAST_WORDS = 3


def make_query(
    question: str,
    history: Sequence[Turn] = (),
    *,
    since: date | None = None,
    until: date | None = None,
    sources: Sequence[str] = (),
) -> Query:
    """What to search for. Raises ValueError when the question is empty or a period ends before it begins.

    A question that points back ("And how much did they pay?") gets the question before it in front, and the names in
    the answer to that; one that stands alone is taken as it is, so that a changed subject stays changed.
    """
    # A terminal can send half a character.
    text = " ".join(question.encode("utf-8", "replace").decode("utf-8").split())
    if not text:
        raise ValueError("the question is empty")
    if since and until and since > until:
        raise ValueError(f"the period ends ({until}) before it begins ({since})")
    if history and leans_on_history(text):
        last = history[-1]
        names = " ".join(dict.fromkeys(_NAMES.findall(last.answer)))
        text = " ".join(f"{last.question} {names} {text}".split())
    return Query(text, since, until, tuple(sources))


def leans_on_history(question: str) -> bool:
    """Whether a question cannot be understood without the turns before it."""
    pointing = _POINTS_BACK.search(_NAME_AHEAD.sub("", question))
    return bool(pointing) or len(_SMALL_WORDS.sub(" ", question).split()) < _LEAST_WORDS
