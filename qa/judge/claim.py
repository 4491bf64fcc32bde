"""Whether a sentence claims anything, and whether a quote leaves open what it claims. Pure."""

from collections import Counter
from collections.abc import Sequence

from qa.judge.term import Term
from qa.judge.terms import hedges

_OPEN = frozenset({"may", "if"})
_LED_TO = 4  # terms from a word like "denied" to what it leads to


def states(said: Sequence[Term]) -> bool:
    """Whether anything is said of anything: neither a single word nor names and numbers alone."""
    words = (not term.opens and term.text[0].islower() and term.kind in {"word", "opposed"} for term in said)
    return any(term.marks & {"be", "will"} for term in said) or (len(said) > 1 and any(words))


def repeats(said: Sequence[Term], quoted: Sequence[Term]) -> bool:
    """Whether a sentence has the same three words twice where the quote has them once."""
    runs, others = (
        Counter(zip(keys, keys[1:], keys[2:], strict=False))
        for keys in ([term.key for term in found] for found in (said, quoted))
    )
    return any(times > max(others[run], 1) for run, times in runs.items())


def left_open(said: Sequence[Term], quoted: Sequence[Term], places: Sequence[int | None]) -> bool:
    """Whether the quote says that it may be, is denied, planned or claimed, and the sentence that it is so.

    `places` are those of the sentence's terms in the quote.
    """
    own = (place is None and term.key in hedges() for term, place in zip(said, places, strict=True))
    if any(own) or any(term.marks & _OPEN for term in said):
        return False
    for term, place in zip(said, places, strict=True):
        if place is None:
            continue
        marks = quoted[place].marks
        if "if" in marks:
            return True
        if term.kind in {"word", "opposed"} and (
            "may" in marks or _hedged(quoted, place, places, comes="will" in term.marks)
        ):
            return True
    return False


def _hedged(quoted: Sequence[Term], place: int, places: Sequence[int | None], *, comes: bool) -> bool:
    """Whether a term is what "denied that", "failed to" or "accused of doing" leads to."""
    leads = False
    for at in range(place, max(place - _LED_TO, 0) - 1, -1):
        term = quoted[at]
        if term.segment != quoted[place].segment:
            return False
        may_come = hedges().get(term.key) if at < place and at not in places else None
        if leads and may_come is not None:
            return not (may_come and comes)
        word = term.kind in {"word", "opposed"}
        leads = leads or "clause" in term.marks or (word and ("way-" in term.marks or term.text.endswith("ing")))
    return False
