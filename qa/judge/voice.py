"""The passive voice turned into the active: who does something stands before what is done. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from qa.judge.term import Term

_LONGEST_SUBJECT = 4  # terms
_FARTHEST_AGENT = 4  # terms behind the verb
_VERBAL = frozenset({"be", "will"})


def active(found: Sequence[Term]) -> tuple[Term, ...]:
    """The terms in the order of the active: "GitHub was bought by Microsoft" as "Microsoft bought GitHub".

    "Google was fined" becomes "fined Google"; "GitHub, founded in 2008" is read both ways.
    """
    turned = list(found)
    for at in range(1, len(turned)):
        if "by" in turned[at].marks and turned[at].kind in {"name", "word"}:
            _with_agent(turned, at)
    at = 0
    while at < len(turned):
        if turned[at].participle and "be" in turned[at].marks:
            subject = _subject(turned, at)
            turned[at - len(subject) : at + 1] = [turned[at], *subject]
        at += 1
    for at in range(len(turned) - 1, 0, -1):
        if turned[at].participle and not turned[at].marks and _behind_first_comma(turned, at):
            turned[at + 1 : at + 1] = [replace(t, segment=turned[at].segment) for t in _subject(turned, at, commas=1)]
    return tuple(turned)


def _with_agent(found: list[Term], at: int) -> None:
    """Put who does it, "by Microsoft" at a place, before the verb, and what it is done to behind it."""
    agent = found[at]
    verb = next((n for n in range(at - 1, max(at - 1 - _FARTHEST_AGENT, -1), -1) if _done_by(found, n, at)), None)
    if verb is None or (agent.kind == "word" and agent.text.endswith("ing")):
        return
    end = at + 1
    while end < len(found) and found[end].segment == agent.segment and not found[end].marks:
        end += 1
    subject = _subject(found, verb)
    found[verb - len(subject) : end] = [
        replace(agent, marks=agent.marks - {"by"}),
        *found[at + 1 : end],
        replace(found[verb], marks=found[verb].marks - {"be"}),
        *subject,
        *found[verb + 1 : at],
    ]


def _done_by(found: Sequence[Term], verb: int, at: int) -> bool:
    """Whether a term is what the agent at a place does: "was fined 5 dollars by", "a payment by Apple"."""
    term, agent = found[verb], found[at]
    if term.segment != agent.segment or term.kind not in {"word", "opposed"}:
        return False
    beside = verb == at - 1 and (agent.kind == "name" or term.participle)
    return beside or ("be" in term.marks and term.participle)


def _subject(found: Sequence[Term], verb: int, commas: int = 0) -> list[Term]:
    """The terms before a verb that it is said of, so many commas before; back to a preposition at most."""
    begin = verb
    while begin and verb - begin < _LONGEST_SUBJECT and found[begin - 1].segment == found[verb].segment - commas:
        begin -= 1
        if found[begin].marks - _VERBAL:
            break
    return list(found[begin:verb])


def _behind_first_comma(found: Sequence[Term], at: int) -> bool:
    before = found[at - 1]
    first = next(term for term in found if term.sentence == before.sentence)
    return first.segment == before.segment == found[at].segment - 1 and before.sentence == found[at].sentence
