"""The words of the page in a visitor's language, from one file each in `languages/`."""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import negotiate_locale
from babel.dates import format_date
from babel.numbers import format_decimal

_FOLDER = Path(__file__).with_name("languages")
_LOCALES = {"en": "en_GB"}  # days in words without a comma
_LONGEST_SAID = 500  # characters; a conversation that a browser kept can have anything for a note
_LONGEST_NUMBER = 7  # digits
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PLACES = {"n": r"\d{1,4}", "day": r"\S+", "since": r"\S+", "until": r"\S+"}
_PLACE = re.compile(r"\\{(\w+)\\}")
DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Texts:
    """The words of the page in one language, each under the name that the code has for it."""

    language: str
    words: dict[str, str]

    def __call__(self, name: str, /, **values: object) -> str:
        """Some words, with values in their places.

        Of `n` things there may be other forms, NAME.one, NAME.few and so on, by the language's rules for plurals:
        https://cldr.unicode.org/index/cldr-spec/plural-rules.
        """
        shown = {key: self.number(value) if isinstance(value, int) else value for key, value in values.items()}
        n = values.get("n")
        form = f"{name}.{Locale.parse(self.language).plural_form(n)}" if isinstance(n, int) else name
        return self.words.get(form, self.words[name]).format(**shown)

    def said(self, english: str) -> str:
        """What the assistant says, a note or why something failed, in this language.

        The assistant says it in English, whoever asks. What there are no words for stays as it is.
        """
        for name, saying in _sayings() if len(english) < _LONGEST_SAID else ():
            if found := saying.fullmatch(english):
                return self(name, **{key: self._value(key, value) for key, value in found.groupdict().items()})
        return english

    def _value(self, key: str, english: str) -> object:
        """What stands in the place of a name in what the assistant says: of its own words, and a day, or a number."""
        if key == "why":
            return self.said(english)
        if key == "period":
            return self._period(english)
        with suppress(ValueError):
            return self.day(date.fromisoformat(english))
        plain = english.replace(",", "")
        return int(plain) if plain.isdecimal() and len(plain) < _LONGEST_NUMBER else english

    def _period(self, english: str) -> str:
        days = {number: self._value("day", found) for number, found in enumerate(_DAY.findall(english))}
        for name in ("since", "until"):
            if english.startswith(f"{name} ") and days:
                return self(name, day=days[0])
        return self("days", first=days[0], last=days[1]) if len(days) == 2 else str(self._value("day", english))

    def day(self, day: date) -> str:
        """A day in words: "23 February 2018"."""
        return format_date(day, "long", locale=_locale(self.language))

    def number(self, number: int) -> str:
        """A number as it is written in the language."""
        return format_decimal(number, locale=_locale(self.language))

    def names(self, names: list[str]) -> str:
        """Some names, one behind the other."""
        return self("comma").join(names)

    @property
    def right_to_left(self) -> bool:
        """Whether the language is written from right to left."""
        return Locale.parse(self.language).text_direction == "rtl"


@cache
def texts(language: str) -> Texts:
    """The words in a language; in English where there is no file for it."""
    chosen = language if language in languages() else DEFAULT
    words: dict[str, str] = json.loads((_FOLDER / f"{chosen}.json").read_text("utf-8"))
    return Texts(chosen, words)


@cache
def _sayings() -> list[tuple[str, re.Pattern[str]]]:
    """What the assistant may say in English, each with the name of the words for it."""

    def place(found: re.Match[str]) -> str:
        return f"(?P<{found[1]}>{_PLACES.get(found[1], '.+?')})"

    said = {name: words for name, words in texts(DEFAULT).words.items() if name.startswith("says_")}
    patterns = {name: _PLACE.sub(place, re.escape(words)) for name, words in said.items()}
    one = {name: pattern.replace("1", "(?P<n>1)", 1) for name, pattern in patterns.items() if name.endswith(".one")}
    return [(name.partition(".")[0], re.compile(pattern)) for name, pattern in (patterns | one).items()]


@cache
def languages() -> dict[str, str]:
    """The languages that there are, by their code, each as it calls itself."""
    found = {}
    for file in sorted(_FOLDER.glob("*.json"), key=lambda file: (file.stem != DEFAULT, file.stem)):
        found[file.stem] = (Locale.parse(file.stem).get_language_name() or file.stem).capitalize()
    return found


def preferred(accepted: str) -> str:
    """The language that a browser asks for, by its Accept-Language header; English where there is none of them."""
    wanted = []
    for part in accepted[:200].split(","):
        code, _, quality = part.strip().partition(";q=")
        wanted.append((-_quality(quality), code.strip().replace("-", "_")))
    codes = [code for _, code in sorted(wanted, key=lambda each: each[0]) if code]
    try:
        return negotiate_locale(codes, list(languages())) or DEFAULT
    except (UnknownLocaleError, ValueError):
        return DEFAULT


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


@cache
def _locale(language: str) -> str:
    return _LOCALES.get(language, language)
