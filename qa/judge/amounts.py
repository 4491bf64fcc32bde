"""A text → its tokens, and the numbers with their units among them, however they are written. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from qa.judge.meanings import NUMBERS, ORDINALS, SCALES, UNITS

_TOKEN = re.compile(
    r"(?P<day>\b(?:1[5-9]|20)\d\d-\d\d-\d\d\b)"
    r"|(?P<money>(?:\b(?:US|A|C|HK))?[$€£¥₹])(?=\s?\d)"
    r"|(?P<number>\d{1,2}:\d\d\b|(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?)"
    r"(?P<suffix>(?:st|nd|rd|th|s|bn|mn|tn|km|kg|cm|[mbk])\b)?"
    r"|(?P<initials>\b(?:[A-Z]\.){2,})"
    r"|(?P<word>[^\W\d_]\w*(?:['’]\w+)*)"
    r"|(?P<unit>[%°])"
    r"|(?P<border>[,;:()\[\]\u2014]|\s[\u2013-]+\s|[.!?…](?=[\"'”’)]*(?:\s|$)))"
)
_TH = frozenset({"st", "nd", "rd", "th"})
_LINKS = frozenset({"to", "or", "and", ""})
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign of a text; `kind` says which."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The word in small letters; nothing for other kinds."""
        return self.text.casefold().replace("’", "'") if self.kind == "word" else ""


NO_TOKEN = Token("", "")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, and the token behind it. A time of day has no value, only its text."""

    value: Decimal
    unit: str
    end: int
    text: str = ""

    @property
    def key(self) -> str:
        """The same for all ways to write it: "7500000000 $"."""
        number = f"{self.value:f}"
        number = number.rstrip("0").rstrip(".") if "." in number else number
        return f"{self.text or number} {self.unit}".rstrip()


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text, in order; "U.S." is a word without its points."""
    for match in _TOKEN.finditer(text):
        for kind, part in match.groupdict().items():
            if part is not None:
                yield Token("word", part.replace(".", "")) if kind == "initials" else Token(kind, part)


def amount(found: Sequence[Token], at: int) -> Amount | None:
    """The number with its unit that begins at a token; of "5 to 7 million" and "$5-7" each has all that is said."""
    read = _amount(found, at)
    if read is None or read.text:
        return read
    link = found[read.end].word if read.end < len(found) else ""
    second = _amount(found, read.end + 1 if link else read.end) if link in _LINKS else None
    if second is None or second.text or second.unit == "th":
        return read if read.unit else replace(read, unit=_unit_before(found, at))
    scale = next((size for size in (10**12, 10**9, 10**6) if second.value >= size), 1)
    scaled = link != "and" and read.value < 1000 and (read.unit in {"", second.unit} or not second.unit)
    return replace(read, value=read.value * scale if scaled else read.value, unit=read.unit or second.unit)


def _unit_before(found: Sequence[Token], at: int) -> str:
    """The currency of the number before, in "$5 to 7 million"."""
    link = found[at - 1].word if at else ""
    number = at - 2 if link in {"to", "or"} else at - 1
    before = found[number - 1] if number > 0 and found[number].kind == "number" else NO_TOKEN
    return UNITS.get(before.text[-1:], "") if before.kind == "money" else ""


def _amount(found: Sequence[Token], at: int) -> Amount | None:
    currency = ""
    if at < len(found) and found[at].kind == "money":
        currency, at = UNITS.get(found[at].text[-1], ""), at + 1
    token = found[at] if at < len(found) else NO_TOKEN
    value, at = _value(found, at)
    if value is None:
        return None
    if ":" in token.text:
        return Amount(_NOTHING, "", at, token.text)
    while at < len(found) and (scale := _scale(found[at])):
        value, at = value * scale, at + 1
    unit, end = _unit(found, at)
    return Amount(value, currency or unit, end)


def _value(found: Sequence[Token], at: int) -> tuple[Decimal | None, int]:
    """A number in digits or words, without what it is multiplied with, and the token behind it."""
    token = found[at] if at < len(found) else NO_TOKEN
    if token.kind == "number":
        return _NOTHING if ":" in token.text else Decimal(token.text.replace(",", "")), at + 1
    if token.word in NUMBERS:
        value = NUMBERS[token.word]
        ones = NUMBERS.get(found[at + 1].word, 0) if value >= 20 and at + 1 < len(found) else 0
        return (Decimal(value + ones), at + 2) if 1 <= ones <= 9 else (Decimal(value), at + 1)
    if len(token.text) > 2 and token.word in SCALES:
        return Decimal(SCALES[token.word]), at + 1
    return None, at


def _scale(token: Token) -> int:
    return SCALES.get(token.text.casefold(), 0) if token.kind == "suffix" or len(token.text) > 1 else 0


def _unit(found: Sequence[Token], at: int) -> tuple[str, int]:
    """The unit at a token, "th" for the ending of "4th", and the token behind it."""
    token = found[at] if at < len(found) else NO_TOKEN
    following = found[at + 1].word if at + 1 < len(found) else ""
    if token.word == "per" and following == "cent":
        return "%", at + 2
    if token.kind == "suffix":
        return "th" if token.text in _TH else UNITS.get(token.text, token.text), at + 1
    if token.kind == "unit" or (len(token.text) > 1 and token.word in UNITS):
        return UNITS[token.text.casefold()], at + 1
    if token.word in {"us", "american"} and following in UNITS:
        return UNITS[following], at + 2
    return "", at


def ordinal(token: Token) -> str | None:
    """The key of "first" or "second", as that of "1st" and "2nd"."""
    return f"{ORDINALS[token.word]} th" if token.word in ORDINALS else None
