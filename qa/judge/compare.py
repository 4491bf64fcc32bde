"""What speaks against a sentence being borne out by a quote: both laid side by side, term by term. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from qa.judge.align import carried, places
from qa.judge.claim import left_open, repeats, states
from qa.judge.meanings import COMPANIES
from qa.judge.term import DATES, Term, name_run, opposite, same_country
from qa.judge.terms import terms

_MANY = 8  # terms of a sentence in which a word may be that the quote lacks
_NEAR = 4  # terms
_ALIKE = 6  # letters from which two words are forms of one
_EXACT = DATES | {"number", "name"}
_STRICT = frozenset({"time+", "time-", "more+", "more-", "why", "all"})
_CASES = frozenset(
    {"way+", "way-", "side+", "side-", "time+", "time-", "since+", "since-", "over+", "over-", "place", "by"}
)
_BY_OR_TO = frozenset({"by", "way-"})
_STANDING_FOR = frozenset(term.key for term in terms(f"{' '.join(COMPANIES)} team club government giant maker"))
_NOT = ("un", "in", "im", "ir", "il", "dis", "non")


@dataclass(frozen=True, slots=True)
class Quoted:
    """The terms of a quote; the name that its "it" stands for, and what else its article tells of names and days.

    `keys` are those of its terms.
    """

    terms: tuple[Term, ...]
    subject: frozenset[str] = frozenset()
    full_names: frozenset[tuple[str, str]] = frozenset()
    common: frozenset[str] = frozenset()
    published: date | None = None

    keys: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", frozenset(term.key for term in self.terms))


def objection(said: Sequence[Term], quoted: Quoted) -> str | None:
    """What the quote does not bear out, in a word; None where it bears out all that is said.

    "nothing" where it says nothing, as a list of names does, or the same again and again; a kind of term that the
    quote lacks; "opposite", "negation" or "mark" where it says the opposite; "another" where it says it of another;
    "order" where two have changed sides; "open" where it leaves open whether that is so; "words" where too many are
    missing.
    """
    if not states(said) or repeats(said, quoted.terms):
        return "nothing"
    found = places(said, quoted.terms)
    if left_open(said, quoted.terms, found):
        return "open"
    compared = _Compared(said, quoted, found)
    return compared.missing() or compared.said_otherwise() or compared.another() or compared.reversed()


class _Compared:
    def __init__(self, said: Sequence[Term], quoted: Quoted, found: list[int | None]) -> None:
        self._said, self._quoted, self._keys = said, quoted.terms, quoted.keys
        self._context = quoted
        self._places = found

    def missing(self) -> str | None:
        """A number, date or name that the quote lacks, a word whose opposite it has, or too many words."""
        missing = 0
        for at, term in enumerate(self._said):
            if self._places[at] is not None:
                continue
            if term.kind in _EXACT or (term.opens and term.key not in self._context.common):
                if not self._known_otherwise(at):
                    return term.kind
            elif self._contrary(at):
                return "opposite"
            elif not self._alike(term) and not term.text.endswith("ly"):
                missing += 1
                if self._bears(at) or self._replaces(at):
                    return "words"
        return None if missing <= len(self._said) // _MANY else "words"

    def _alike(self, term: Term) -> bool:
        """Whether the quote has the word in another form: "deliver" and "delivery"."""
        return len(term.key) >= _ALIKE and any(key[:_ALIKE] == term.key[:_ALIKE] for key in self._keys)

    def _bears(self, at: int) -> bool:
        """Whether a word is what the sentence is about, or says of it, as far as its form and its place tell."""
        return at in (0, len(self._said) - 1) or self._said[at].verb or self._said[at].kind == "opposed"

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
        """Whether the quote has one other word where this one is, or another verb where this one is a verb."""
        before = self._places[at - 1] if at else None
        after = self._places[at + 1] if at + 1 < len(self._said) else None
        if before is not None and after is not None and after - before == 2:
            return True
        end = at in (0, len(self._said) - 1)
        verb = self._said[at].verb
        return any((end or verb) and other.verb == verb for other in self._instead(at))

    def _instead(self, at: int) -> list[Term]:
        """What only the quote has right beside the words that stand beside a term here."""
        beside = ((at - 1, 1), (at + 1, -1))
        places = [
            place + step for n, step in beside if 0 <= n < len(self._said) and (place := self._places[n]) is not None
        ]
        return [self._quoted[p] for p in places if 0 <= p < len(self._quoted) and p not in self._places]

    def _known_otherwise(self, at: int) -> bool:
        """A date that is the article's own, what "it" stands for, the other part of a name, an abbreviation."""
        term = self._said[at]
        if term.kind in DATES:
            return self._same_day(term)
        if term.kind == "number":
            return False
        if self._abbreviated(at) or any(same_country(term.key, key) for key in self._keys):
            return True
        if any(other.axis == "name" for other in self._instead(at)) or self._displaces(at):
            return False
        beside = [n for n in (at - 1, at + 1) if 0 <= n < len(self._said) and self._places[n] is not None]
        pairs = {(self._said[min(n, at)].key, self._said[max(n, at)].key) for n in beside}
        return term.key in self._context.subject or bool(pairs & self._context.full_names)

    def _displaces(self, at: int) -> bool:
        """Whether the quote says something else where a name is: "for a boss fight" is not "for Apple".

        What it stands for there is no word, or one like "the company".
        """
        before = self._places[at - 1] if at else None
        if before is None:
            return False
        there = self._quoted[before + 1 : before + 3]
        if any(other.key in _STANDING_FOR for other in there):
            return False
        for place, other in enumerate(there, before + 1):
            if place in self._places or other.sentence != self._quoted[before].sentence:
                return False
            if not other.text.endswith("ly"):
                return True
        return False

    def _same_day(self, term: Term) -> bool:
        """The article's own day where the quote has none; "last year" counts from it."""
        day = self._context.published
        if day is None or any(other.kind == term.kind for other in self._quoted):
            return False
        for other in self._quoted:
            if other.key in {"next year+", "next year-"}:
                return term.key == str(day.year + (1 if other.key[-1] == "+" else -1))
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
        both = [(at, place) for at, place in enumerate(self._places) if place is not None]
        here = carried(self._said, {at for at, _ in both})
        there = carried(self._quoted, {place for _, place in both})
        negated: Counter[int] = Counter()  # by the commas of the quote: "never had any" is "had none"
        for at, place in both:
            marks, others = here[at], there[place]
            negated[self._quoted[place].segment] += marks.count("not") - others.count("not")
            for mark in set(marks) - set(others):
                by_or_to = self._said[at].kind == "number" and {mark, *others} >= _BY_OR_TO
                if mark in _STRICT or opposite(mark) in others or by_or_to:
                    return "mark"
        return "negation" if any(negated.values()) else None

    def another(self) -> str | None:
        """Where a term stands in the quote beside the same word as here, another that excludes it stands there."""
        for at, (term, own) in enumerate(zip(self._said, self._places, strict=True)):
            if own is None or not (term.kind in _EXACT or term.kind == "opposed"):
                continue
            run = name_run(self._said, at)
            inside = self._sides(at, own, range(at, at + 1)) if len(run) > 1 else []
            sides = (inside, self._sides(at, own, run))
            denied = any(False in side and True not in side for side in sides)
            if denied or self._elsewhere(at, own, run):
                return f"another {term.kind}"
        return None

    def _sides(self, at: int, own: int, run: range) -> list[bool | None]:
        """For the word on each side of a term, or of its whole name: whether the quote has the term there too.

        Words of the same sentence of the quote tell best, the next or the next but one.
        """
        around = self._around(at, run)
        near = [[n for n in side if self._together(n, own)] for side in around]
        chosen = [side[:1] for side in (near if any(near) else around)]
        keys = {self._said[n].key for n in run}
        return [
            self._beside(at, own, keys, n, step) for side, step in zip(chosen, (1, -1), strict=True) for n in side
        ]

    def _around(self, at: int, run: range) -> tuple[list[int], list[int]]:
        """The words before and behind a term that the quote has too; a day tells nothing of the name beside it."""
        named = self._said[at].kind == "name"
        before, behind = (
            [
                n
                for n in beside
                if 0 <= n < len(self._said)
                and self._places[n] is not None
                and not (named and self._said[n].kind in DATES)
            ]
            for beside in ((run.start - 1, run.start - 2), (run.stop, run.stop + 1))
        )
        return before, behind

    def _together(self, at: int, place: int) -> bool:
        """Whether the quote has a term in the same one of its sentences as a place."""
        there = self._places[at]
        return there is not None and self._quoted[there].sentence == self._quoted[place].sentence

    def _elsewhere(self, at: int, own: int, run: range) -> bool:
        """Whether a term is from another sentence of the quote than the words around it, and does not belong there.

        A name may, as what "it" stands for; anything else unless what excludes it stands there.
        """
        term, here = self._said[at], {self._said[n].key for n in run}
        around = [n for side in self._around(at, run) for n in side[:1]]
        if any(self._together(n, own) for n in around):
            return term.kind == "opposed" and any(self._excluded(term, n, own) for n in around)
        if term.kind == "name":
            return bool(around and here - self._context.subject)
        return any(self._excluded(term, n, own) for n in around)

    def _excluded(self, term: Term, beside: int, own: int) -> bool:
        """Whether what excludes a term is in the sentence of a word beside it, and the term itself is not."""
        if self._together(beside, own):
            return False
        said = {other.key for other in self._said}
        others = [p for p, other in enumerate(self._quoted) if other.axis == term.axis and other.key not in said]
        return any(self._together(beside, place) for place in others)

    def _beside(self, at: int, own: int, keys: set[str], beside: int, step: int) -> bool | None:
        """Whether what is first on one side of a word in the quote, and like the term, is one of these keys.

        None: there is nothing, or the term stands on the other side of a word that is no verb, as in "Judge Leon" and
        "Leon, a judge".
        """
        quoted, axis, case = self._quoted, self._said[at].axis, _case(self._said, at)
        place = self._places[beside] or 0
        verb = self._said[beside].verb or quoted[place].verb
        commas = 1 if axis in DATES else 0  # "Friday, 26 January, 2018"
        for other in range(place + step, place + step * (_NEAR + 1), step):
            if not 0 <= other < len(quoted) or abs(quoted[other].segment - quoted[place].segment) > commas:
                return None
            if quoted[other].axis == axis and quoted[other].key in keys:
                return True
            if quoted[other].axis == axis and _case(quoted, other) == case:
                moved = axis == "name" and 0 < (place - own) * step <= _NEAR + 1 and not verb
                return None if moved else False
        return None

    def reversed(self) -> str | None:
        """Two terms have changed sides of the verb between them, or two names the preposition that one has."""
        names = [
            (at, place)
            for at, place in enumerate(self._places)
            if place is not None and self._said[at].kind == "name"
        ]
        led = {(bool(_case(self._said, at)), bool(_case(self._quoted, place))) for at, place in names}
        if {(True, False), (False, True)} <= led:
            return "order"
        for at, (first, verb, second) in enumerate(
            zip(self._places, self._places[1:], self._places[2:], strict=False)
        ):
            if first is None or verb is None or second is None:
                continue
            if second < verb < first <= second + _NEAR and self._said[at + 1].verb:
                return "order"
        return None


def _case(found: Sequence[Term], at: int) -> frozenset[str]:
    """The prepositions before a term, or before the name that it is a part of: without, it is who does something."""
    return found[name_run(found, at).start].marks & _CASES
