"""Which term of a quote stands for which of a sentence, and what is said of each in both. Pure."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from qa.judge.term import Term


def places(said: Sequence[Term], quoted: Sequence[Term]) -> list[int | None]:
    """For each term its place in the quote: in order as far as possible, then next to the one before."""
    keys, others = [term.key for term in said], [term.key for term in quoted]
    found: list[int | None] = [None] * len(said)
    for block in SequenceMatcher(None, keys, others, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            found[block.a + step] = block.b + step
    for at, key in enumerate(keys):
        if found[at] is None and key in others:
            wanted = next((p + 1 for p in reversed(found[:at]) if p is not None), 0)
            found[at] = min((p for p, other in enumerate(others) if other == key), key=lambda p: abs(p - wanted))
    return found


def carried(found: Sequence[Term], shared: set[int]) -> dict[int, list[str]]:
    """The marks of the terms that both have, with those of the terms in front that only one has."""
    told: dict[int, list[str]] = {}
    waiting: list[str] = []
    segment = -1
    for at, term in enumerate(found):
        waiting = [*(waiting if term.segment == segment else []), *term.marks]
        segment = term.segment
        if at in shared:
            told[at], waiting = waiting, []
    return told
