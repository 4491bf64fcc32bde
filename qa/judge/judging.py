"""Whether passages bear out a written sentence: by its numbers, units, dates, names, negations, relations and words.

Which numbers a language model wrote behind it decides nothing but where to look first. Pure.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise

from ingest.index import Passage
from qa.judge.compare import Quoted, objection
from qa.judge.meanings import COMPANIES
from qa.judge.term import Term, name_run
from qa.judge.terms import name_keys, terms
from qa.support import Support, sentence_spans, support_score

_MOST_QUOTES = 8  # of a passage that are looked at: those with most of a sentence's terms, at least half of them
_SHORTEST_PART = 3  # words of a part of a sentence that is judged by itself
_JOINT = re.compile(r"[;,]?\s+(?:and|but|while|whereas)\s+|;\s+")
_PRONOUN = re.compile(r"\b(?:it|its|he|his|him|she|her|they|their|them)\b", re.IGNORECASE)
_HE = re.compile(r"\b(?:he|his|him|himself)\b", re.IGNORECASE)
_SHE = re.compile(r"\b(?:she|hers?|herself)\b", re.IGNORECASE)
_COMPANY = re.compile(rf"\bthe (?:\w+ )?(?:{'|'.join(COMPANIES)})\b", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:they|both|the two|the pair|the (?:\w+ )?(?:companies|firms|groups|banks))\b", re.IGNORECASE
)
_NAMED = re.compile(r"(?:[A-Z][\w.’'-]*(?: (?:of |the )?(?=[A-Z]))?)+")
_HAS_SUBJECT = re.compile(
    r"(?:it|he|she|they|we|the|an?|its|his|her|their|this|that|these|those|there|both|all|some|many|one|other|others)\b"
    r"|(?-i:[A-Z\d])",
    re.IGNORECASE,
)
_LEANS = re.compile(
    r"(?:(?:But|And|If|When|As|So|Yet|In \w+|At first),? )?"
    r"(?:It|He|She|They|Its|His|Her|Their|The (?:company|firm|group))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a sentence is borne out, and by what: numbers of passages, from 1, with the words of each.

    `partly`: only one of two statements that it joins is.
    """

    supports: tuple[tuple[int, Support], ...] = ()
    partly: bool = False

    @property
    def supported(self) -> bool:
        """Whether all of the sentence is borne out."""
        return bool(self.supports)


def judge(sentence: str, passages: Sequence[Passage], preferred: Iterable[int] = ()) -> Judged:
    """Find what bears a sentence out, in the passages of the `preferred` numbers first: each of these that does.

    Otherwise the best of the others; or two quotes together, each for a part of the sentence. What ends with a colon
    only leads to what follows.
    """
    if sentence.rstrip().endswith(":"):
        return Judged()
    wanted = [number for number in dict.fromkeys(preferred) if 1 <= number <= len(passages)]
    others = [number for number in range(1, len(passages) + 1) if number not in wanted]
    found = _supports(sentence, passages, wanted)
    if not found:
        found = sorted(_supports(sentence, passages, others), key=lambda pair: -pair[1].score)[:1]
    partly = False
    if not found:
        found, partly = _joined(sentence, passages, [*wanted, *others])
    return Judged(partly=partly) if _another_person(sentence, found) else Judged(tuple(found), partly)


def _supports(
    sentence: str, passages: Sequence[Passage], numbers: Iterable[int], *, part: bool = False
) -> list[tuple[int, Support]]:
    found = ((number, _support(sentence, passages[number - 1], passages, part=part)) for number in numbers)
    return [(number, support) for number, support in found if support is not None]


def _joined(
    sentence: str, passages: Sequence[Passage], numbers: Sequence[int]
) -> tuple[list[tuple[int, Support]], bool]:
    """Two quotes, each with all words of a part of the sentence: parts are short, and lack a subject.

    And whether there is a quote for one part alone.
    """
    partly = False
    for joint in _JOINT.finditer(sentence):
        parts = sentence[: joint.start()], sentence[joint.end() :]
        if min(len(part.split()) for part in parts) < _SHORTEST_PART:
            continue
        found = [_supports(part, passages, numbers, part=True) for part in _with_subject(*parts)]
        if all(found):
            return list(dict.fromkeys(supports[0] for supports in found)), False
        partly = partly or any(found)
    return [], partly


def _with_subject(first: str, second: str) -> tuple[str, str]:
    """The parts of a sentence, the second one with the name that it is said of: "Apple sued X" and "bought Y"."""
    named = _NAMED.match(first)
    return first, second if named is None or _HAS_SUBJECT.match(second) else f"{named.group()} {second}"


def _support(sentence: str, passage: Passage, passages: Iterable[Passage], *, part: bool) -> Support | None:
    """The first of a passage's quotes that bears the sentence out."""
    chunk = passage.chunk
    article = "\n\n".join([chunk.title, *(p.chunk.text for p in passages if p.chunk.article_id == chunk.article_id)])
    read = _read(chunk.text, chunk.title, article, chunk.published)
    said = terms(sentence, read.names)
    keys = {term.key for term in said}
    shared = ((len(keys & quote.quoted.keys), quote) for quote in read.quotes)
    likely = [(count, quote) for count, quote in shared if 2 * count >= len(keys)]
    likely.sort(key=lambda pair: (-pair[0], pair[1].end - pair[1].start))
    for _, quote in likely[:_MOST_QUOTES]:
        if not (part and keys - quote.quoted.keys - quote.quoted.subject) and objection(said, quote.quoted) is None:
            words = chunk.text[quote.start : quote.end]
            return Support(chunk.start + quote.start, chunk.start + quote.end, words, support_score(sentence, words))
    return None


def _another_person(sentence: str, found: Iterable[tuple[int, Support]]) -> bool:
    """Whether a "he" of the quotes has become a "she", or the other way."""
    quotes = " ".join(dict.fromkeys(support.quote for _, support in found))
    he, she = (len(each.findall(sentence)) - len(each.findall(quotes)) for each in (_HE, _SHE))
    return he * she < 0


@dataclass(frozen=True, slots=True)
class _Quote:
    """A sentence of a passage, or two that follow each other in a paragraph."""

    start: int
    end: int
    quoted: Quoted


@dataclass(frozen=True, slots=True)
class _Read:
    quotes: tuple[_Quote, ...]
    names: frozenset[str]


@lru_cache(maxsize=256)
def _read(text: str, title: str, article: str, published: date | None) -> _Read:
    """A passage, taken apart; `article` is all that is shown of its article, which tells its names."""
    spans = sentence_spans(text) or [(0, len(text))]
    names = name_keys(article)
    every = terms(article, names)
    full_names = frozenset((a.key, b.key) for a, b in pairwise(every) if a.kind == b.kind == "name")
    common = frozenset(term.key for term in every if term.text[0].islower())

    def quote(start: int, end: int, subject: frozenset[str]) -> _Quote:
        found = terms(text[start:end], names)
        return _Quote(start, end, Quoted(found, subject, full_names, common, published))

    quotes: list[_Quote] = []
    main = subject = before = _first_name(terms(title, names))
    for start, end in spans:
        alone = quote(start, end, frozenset())
        named = _first_name(alone.quoted.terms)
        meant = subject if not named or _PRONOUN.search(text, start, end) else frozenset()
        meant |= main if _COMPANY.search(text, start, end) else frozenset()
        meant |= before if _SEVERAL.search(text, start, end) else frozenset()
        quotes.append(quote(start, end, meant))
        before = frozenset(term.key for term in alone.quoted.terms if term.kind == "name")
        subject = subject if _LEANS.match(text, start) else named or subject
    quotes += [
        quote(one.start, two.end, one.quoted.subject | two.quoted.subject)
        for one, two in pairwise(tuple(quotes))
        if "\n" not in text[one.end : two.start]
    ]
    return _Read(tuple(quotes), names)


def _first_name(found: Sequence[Term]) -> frozenset[str]:
    first = next((at for at, term in enumerate(found) if term.kind == "name"), None)
    return frozenset() if first is None else frozenset(found[at].key for at in name_run(found, first))
