"""A text → its terms in order: numbers with units, dates, names and other words, each by what it means. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from qa.judge.amounts import NO_TOKEN, Token, amount, ordinal, tokens
from qa.judge.meanings import HEDGES, MARKS, MONTHS, NEGATIONS, OPPOSITES, SAME, SCALES, UNITS, WEEKDAYS
from qa.judge.term import Kind, Term, opposite
from qa.judge.voice import active
from qa.support import COMMON, stem


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_DROPPED = (COMMON - {"said", "say", "same", "more", "most", "few"}) | _words(
    "able about according ago almost also although among another approximately around article articles based become",
    "becomes became could currently dr during even however including instead just located may meanwhile might",
    "moreover mr mrs ms nearly passage passages per recently reportedly roughly still though total upon via while",
    "whose within would yes yet",
)
_BE = _words("is are was were be been being gets got")
_WILL = _words("will would can must should shall has have had did does")
_MAY = _words("may might could")
_OVER = {"over": "+", "above": "+", "under": "-", "below": "-"}
_MORE = {"more": "+", "least": "+", "less": "-", "fewer": "-", "most": "-"}
_YEARS = range(1100, 2100)
_BEFORE_MONTH = _words("in of since until by last next this late early mid from to and")
_PERIODS = _words("day night week weekend month quarter summer winter spring autumn fall season year decade century")
_ALSO_WORDS = _words("may march jan feb mar apr jun jul aug sep sept oct nov dec")  # beside months


def terms(text: str, names: Iterable[str] = ()) -> tuple[Term, ...]:
    """The terms of a text, what is in the passive voice turned into the active.

    `names` are keys of names: a word that begins a sentence is a name only if it is one of them.
    """
    return active(_Terms(list(tokens(text)), frozenset(names)).read())


def name_keys(text: str) -> frozenset[str]:
    """The keys of the names in a text, as far as a capital within a sentence tells."""
    return frozenset(term.key for term in terms(text) if term.kind == "name")


class _Terms:
    """Reads tokens one after the other; `_marks` and `_first` are what the next term is said with."""

    def __init__(self, tokens: list[Token], names: frozenset[str]) -> None:
        self._tokens, self._names = tokens, names
        self._found: list[Term] = []
        self._at = self._segment = self._sentence = 0
        self._marks: set[str] = set()
        self._first = True  # no word of this sentence has been read

    def read(self) -> list[Term]:
        while self._at < len(self._tokens):
            self._border() or self._iso() or self._date() or self._number() or self._small_word() or self._word()
        if "not" in self._marks and self._found:
            self._found[-1] = replace(self._found[-1], marks=self._found[-1].marks | {"not"})
        return self._found

    def _token(self, ahead: int = 0) -> Token:
        at = self._at + ahead
        return self._tokens[at] if 0 <= at < len(self._tokens) else NO_TOKEN

    def _add(self, key: str, kind: Kind, text: str, taken: int = 1) -> bool:
        opens = self._opens(text)
        self._found.append(Term(key, kind, text, frozenset(self._marks), self._segment, self._sentence, opens))
        self._marks, self._first = set(), False
        self._at += taken
        return True

    def _opens(self, text: str) -> bool:
        """Whether this begins a sentence and may be a name: no adverb, nothing with a comma behind it."""
        return self._first and text[0].isupper() and not text.endswith("ly") and self._token(1).text != ","

    def _border(self) -> bool:
        token = self._token()
        if token.kind not in {"border", "unit", "suffix"}:
            return False
        self._segment += token.kind == "border"
        if token.kind == "border" and token.text in ".!?…":
            self._first, self._sentence = True, self._sentence + 1
        self._at += 1
        return True

    def _iso(self) -> bool:
        if self._token().kind != "day":
            return False
        year, month, day = map(int, self._token().text.split("-"))
        self._add(str(year), "year", str(year), 0)
        self._add(f"m{month}", "month", str(month), 0)
        return self._add(f"{month}-{day}", "day", str(day))

    def _date(self) -> bool:
        """4 June, the 4th of June, June 4th, June; Monday."""
        day, taken = self._day_number(0)
        taken += day > 0 and self._token(taken).word == "of"
        month = self._month(taken, sure=day > 0)
        if day and month:
            taken += 1
        elif month := self._month(0):
            after, width = self._day_number(1)
            unit = self._token(1 + width)
            counts = unit.kind == "unit" or unit.word in SCALES or unit.word in UNITS
            day, taken = (0, 1) if counts else (after, 1 + width)
        elif self._token().word in WEEKDAYS and self._token().text[0].isupper():
            return self._add(WEEKDAYS[self._token().word], "weekday", self._token().text)
        else:
            return False
        if day:
            self._add(f"{month}-{day}", "day", str(day), 0)
        return self._add(f"m{month}", "month", str(month), taken)

    def _day_number(self, ahead: int) -> tuple[int, int]:
        """A number that may be a day, and how many tokens it takes; 0 for none."""
        token = self._token(ahead)
        if (
            token.kind != "number"
            or not token.text.isdigit()
            or len(token.text) > 2
            or not 1 <= int(token.text) <= 31
        ):
            return 0, 0
        suffix = self._token(ahead + 1)
        if suffix.kind == "suffix" and suffix.text not in {"st", "nd", "rd", "th"}:
            return 0, 0
        return int(token.text), 1 + (suffix.kind == "suffix")

    def _month(self, ahead: int, *, sure: bool = False) -> int:
        token = self._token(ahead)
        month = MONTHS.get(token.word, 0)
        if not month or not token.text[0].isupper():
            return 0
        certain = token.word not in _ALSO_WORDS or sure
        beside = self._token(ahead + 1).kind == "number" or self._token(ahead - 1).word in _BEFORE_MONTH
        return month if certain or beside else 0

    def _number(self) -> bool:
        read = amount(self._tokens, self._at)
        if read is None:
            key = ordinal(self._token())
            return self._add(key, "number", self._token().text) if key else False
        text, taken = self._token().text, read.end - self._at
        plain = taken == 1 and len(text) == 4 and text.isdigit() and int(text) in _YEARS and not read.unit
        return self._add(read.key, "year" if plain or read.unit == "s" else "number", text, taken)

    def _small_word(self) -> bool:
        """What says something of the next term, or nothing at all."""
        token = self._token()
        word = token.word
        if word == "to" and "be" in self._marks:
            self._marks = self._marks - {"be"} | {"will"}  # "is to buy" is no passive voice
        if mark := self._mark(word):
            self._marks ^= {mark} if mark == "not" else set()  # twice not is not not
            self._marks |= {mark} - {"not"}
        elif token.kind != "money" and (word not in _DROPPED or token.text == "US"):
            return False
        self._first = False
        self._at += 1
        return True

    def _mark(self, word: str) -> str | None:
        before, after = self._token(-1), self._token(1)
        if word in NEGATIONS:
            return None if word == "not" and after.word in {"only", "just"} else "not"
        if word in _OVER:
            return f"{'more' if after.kind in {'number', 'money'} else 'over'}{_OVER[word]}"
        if (word in _MORE and after.word == "than") or (word in {"most", "least"} and before.word == "at"):
            return f"more{_MORE[word]}"
        if word in _MAY or (word in {"almost", "nearly"} and after.kind not in {"number", "money"}):
            return "may"
        return "be" if word in _BE else "will" if word in _WILL else MARKS.get(word)

    def _word(self) -> bool:
        token = self._token()
        word = token.word.removesuffix("'s")
        root = stem(word)
        known = token.text[0].isupper() and (not self._first or root in self._names)
        if known or any(character.isdigit() for character in word):
            return self._add(root, "name", token.text)
        key = _meanings().get(word) or _meanings().get(root) or root
        if key in {"next+", "next-"} and (period := self._token(1).word) in _PERIODS:
            return self._add(f"next {period}{key[-1]}", "opposed", token.text, 2)  # "next year" is one thing
        return self._add(key, "opposed" if opposite(key) else "word", token.text)


@cache
def hedges() -> dict[str, bool]:
    """The key of each word that leaves open whether what follows is so, and whether that may come."""
    keys = {word: _meanings().get(word) or _meanings().get(stem(word)) or stem(word) for word in HEDGES}
    return {keys[word]: group == "plan" for word, group in HEDGES.items()}


@cache
def _meanings() -> dict[str, str]:
    """Each listed word, and its stem → key."""
    found: dict[str, str] = {}
    for line in OPPOSITES:
        sides = [side.split() for side in line.split("/")]
        for sign, words in zip("+-", sides, strict=True):
            found = dict.fromkeys(words, f"{sides[0][0]}{sign}") | found
    for line in SAME:
        found = dict.fromkeys(line.split(), f"{line.split()[0]}=") | found
    return {stem(word): key for word, key in reversed(found.items())} | found
