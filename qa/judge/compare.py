"""What speaks against a sentence being borne out by a quote: both laid side by side, term by term. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from itertools import pairwise

from qa.judge.term import Term, name_run, opposite

_COVERED = 0.7  # of the words that are no names or numbers: the share that the quote has at least
_FEW = 0.25  # of all terms: what a single word that the quote lacks may be
_NEAR = 4  # terms
_ALIKE = 6  # letters from which two words are forms of one
_DATES = frozenset({"year", "month", "day", "weekday"})
_EXACT = _DATES | {"number", "name"}
_STRICT = frozenset({"time+", "time-", "more+", "more-"})
_VERBAL = frozenset({"be", "will", "by", "clause"})
_BY_OR_TO = frozenset({"by", "way-"})
_OF_A_COUNTRY = frozenset({"n", "an", "ian", "ish", "es", "i", "y", "ns", "ans", "ians"})
_NOT = ("un", "in", "im", "ir", "il", "dis", "non")


@dataclass(frozen=True, slots=True)
class Quoted:
    """The terms of a quote; the name that its "it" stands for, and what else its article tells of names and days."""

    terms: tuple[Term, ...]
    subject: frozenset[str] = frozenset()
    full_names: frozenset[tuple[str, str]] = frozenset()
    common: frozenset[str] = frozenset()
    published: date | None = None

    @property
    def keys(self) -> frozenset[str]:
        """The keys of its terms."""
        return frozenset(term.key for term in self.terms)


def objection(said: Sequence[Term], quoted: Quoted) -> str | None:
    """What the quote does not bear out, in a word; None where it bears out all that is said.

    A kind of term that the quote lacks; "opposite", "negation" or "mark" where it says the opposite; "another" where
    it says it of another; "order" where two have changed sides; "words" where too many are missing.
    """
    if not said:
        return "words"
    compared = _Compared(said, quoted)
    return compared.missing() or compared.said_otherwise() or compared.another() or compared.reversed()


class _Compared:
    def __init__(self, said: Sequence[Term], quoted: Quoted) -> None:
        self._said, self._quoted, self._keys = said, quoted.terms, quoted.keys
        self._context = quoted
        self._places = _places(said, quoted.terms)

    def missing(self) -> str | None:
        """A number, date or name that the quote lacks, a word whose opposite it has, or too many words."""
        words = missing = 0
        replaced = False
        for at, term in enumerate(self._said):
            if self._places[at] is not None:
                words += term.kind not in _EXACT
            elif term.kind in _EXACT or (term.opens and term.key not in self._context.common):
                if not self._known_otherwise(at):
                    return term.kind
            elif self._contrary(at):
                return "opposite"
            else:
                words += 1
                alike = len(term.key) >= _ALIKE and any(key[:_ALIKE] == term.key[:_ALIKE] for key in self._keys)
                missing += not alike
                replaced = replaced or (not alike and self._replaces(at))
        few = missing == 1 and missing <= _FEW * len(self._said) and not replaced
        return None if few or missing <= (1 - _COVERED) * words else "words"

    def _contrary(self, at: int) -> bool:
        """Whether the quote has the opposite of a word, or anything else in the place of one that has an opposite."""
        term = self._said[at]
        negated = any(
            f"{prefix}{term.key}" in self._keys
            or (term.key.startswith(prefix) and term.key[len(prefix) :] in self._keys)
            for prefix in _NOT
        )
        return opposite(term.key) in self._keys or negated or (term.kind == "opposed" and self._replaces(at))

    def _replaces(self, at: int) -> bool:
        """Whether the quote has one other word where this one is."""
        before = self._places[at - 1] if at else -1
        after = self._places[at + 1] if at + 1 < len(self._said) else len(self._quoted)
        return before is not None and after is not None and after - before == 2

    def _known_otherwise(self, at: int) -> bool:
        """A date that is the article's own, what "it" stands for, the other part of a name, an abbreviation."""
        term = self._said[at]
        if term.kind in _DATES:
            return self._same_day(term)
        if term.kind == "number":
            return False
        beside = [n for n in (at - 1, at + 1) if 0 <= n < len(self._said) and self._places[n] is not None]
        return (
            term.key in self._context.subject
            or any(
                (self._said[min(n, at)].key, self._said[max(n, at)].key) in self._context.full_names for n in beside
            )
            or self._abbreviated(at)
            or any(_same_name(term.key, key) for key in self._keys)
        )

    def _same_day(self, term: Term) -> bool:
        """The article's own day where the quote has none; "last year" counts from it."""
        day = self._context.published
        if day is None or any(other.kind == term.kind for other in self._quoted):
            return False
        for one, two in pairwise(self._quoted):
            if two.key == "year" and one.key in {"next+", "next-"}:
                return term.key == str(day.year + (1 if one.key == "next+" else -1))
        return term.key in {str(day.year), f"m{day.month}", f"{day.month}-{day.day}"}

    def _abbreviated(self, at: int) -> bool:
        """An abbreviation: "FTC" for "Federal Trade Commission", and the other way."""
        term = self._said[at]
        initials = "".join(other.key[0] for other in self._quoted if other.kind == "name")
        run = name_run(self._said, at)
        short = term.text.isupper() and len(term.text) > 1 and term.text.casefold() in initials
        return short or (len(run) > 1 and "".join(self._said[n].key[0] for n in run) in self._keys)

    def said_otherwise(self) -> str | None:
        """A negation that one of the two has, or a small word like "before" that only the sentence has."""
        shared = {place for place in self._places if place is not None}
        here = _carried(self._said, {at for at, place in enumerate(self._places) if place is not None})
        there = _carried(self._quoted, shared)
        for at, place in enumerate(self._places):
            if place is None:
                continue
            marks, others = here[at], there[place]
            if marks.count("not") != others.count("not"):
                return "negation"
            for mark in set(marks) - set(others):
                by_or_to = self._said[at].kind == "number" and {mark, *others} >= _BY_OR_TO
                if mark in _STRICT or opposite(mark) in others or by_or_to:
                    return "mark"
        return None

    def another(self) -> str | None:
        """Where a term stands in the quote beside the same word as here, another that excludes it stands there."""
        for at, (term, own) in enumerate(zip(self._said, self._places, strict=True)):
            if own is None or not (term.kind in _EXACT or term.kind == "opposed"):
                continue
            run = name_run(self._said, at)
            inside = self._sides(at, own, range(at, at + 1)) if len(run) > 1 else []
            if any(False in sides and True not in sides for sides in (inside, self._sides(at, own, run))):
                return f"another {term.kind}"
        return None

    def _sides(self, at: int, own: int, run: range) -> list[bool | None]:
        """For the word on each side of a term, or of its whole name: whether the quote has the term there too.

        Words of the same sentence of the quote tell best, the next or the next but one.
        """
        near, far = [], []
        for start, step in ((run.start - 1, -1), (run.stop, 1)):
            around = [p for n in (start, start + step) if (p := self._anchor(at, n)) is not None]
            same = [p for p in around if self._quoted[p].sentence == self._quoted[own].sentence]
            near += [(p, -step) for p in same[:1]]
            far += [(p, -step) for p in around[:1]]
        keys = {self._said[n].key for n in run}
        return [self._beside(at, own, keys, place, step) for place, step in near or far]

    def _anchor(self, at: int, beside: int) -> int | None:
        """The place of a word beside a term, if it tells anything: a day beside a name does not."""
        if not 0 <= beside < len(self._said) or (self._said[at].kind == "name" and self._said[beside].kind in _DATES):
            return None
        return self._places[beside]

    def _beside(self, at: int, own: int, keys: set[str], place: int, step: int) -> bool | None:
        """Whether the first on one side of a place that is like the term is one of these; None where there is none.

        Nor is there where the term stands on the other side of a word that is no verb: "Judge Leon", "Leon, a judge".
        """
        quoted, axis, led = self._quoted, self._said[at].axis, _led(self._said, at)
        for other in range(place + step, place + step * (_NEAR + 1), step):
            if not 0 <= other < len(quoted) or quoted[other].segment != quoted[place].segment:
                return None
            if quoted[other].axis == axis and _led(quoted, other) == led:
                moved = 0 < (place - own) * step <= _NEAR + 1 and not quoted[place].verb
                return quoted[other].key in keys or (None if moved else False)
        return None

    def reversed(self) -> str | None:
        """Two terms have changed sides of the verb between them."""
        for at, (first, verb, second) in enumerate(
            zip(self._places, self._places[1:], self._places[2:], strict=False)
        ):
            if first is None or verb is None or second is None:
                continue
            if second < verb < first <= second + _NEAR and self._said[at + 1].verb:
                return "order"
        return None


def _places(said: Sequence[Term], quoted: Sequence[Term]) -> list[int | None]:
    """For each term its place in the quote: in order as far as possible, then next to the one before."""
    keys, others = [term.key for term in said], [term.key for term in quoted]
    places: list[int | None] = [None] * len(said)
    for block in SequenceMatcher(None, keys, others, autojunk=False).get_matching_blocks():
        for step in range(block.size):
            places[block.a + step] = block.b + step
    for at, key in enumerate(keys):
        if places[at] is None and key in others:
            wanted = next((p + 1 for p in reversed(places[:at]) if p is not None), 0)
            places[at] = min((p for p, other in enumerate(others) if other == key), key=lambda p: abs(p - wanted))
    return places


def _carried(found: Sequence[Term], shared: set[int]) -> dict[int, list[str]]:
    """The marks of the terms that both have, with those of the terms in front that only one has."""
    carried: dict[int, list[str]] = {}
    waiting: list[str] = []
    segment = -1
    for at, term in enumerate(found):
        waiting = [*(waiting if term.segment == segment else []), *term.marks]
        segment = term.segment
        if at in shared:
            carried[at], waiting = waiting, []
    return carried


def _led(found: Sequence[Term], at: int) -> bool:
    """Whether a name has a preposition in front: it is not who does something then."""
    return found[at].kind == "name" and bool(found[name_run(found, at).start].marks - _VERBAL)


def _same_name(one: str, other: str) -> bool:
    """Whether two names are as "Germany" and "German"."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and long.startswith(short[:-1]) and long[len(short) - 1 :] in _OF_A_COUNTRY
