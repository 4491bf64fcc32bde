"""When an article was published, from what it says, its file's name, its address. Nothing is guessed.

A day is written out whole, with its year, or there is none. 03/04/2018 is no day: one half of the world reads March
in it, the other April.
"""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from dateparser.date import DateDataParser

_FIRST = date(1800, 1, 1)
_LANGUAGES = ["en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "pl", "ru", "uk", "tr"]
_LONGEST = 100  # characters of a date
_MILLISECONDS = 100_000_000_000  # more seconds than these are milliseconds, and fewer are of the year 5138
_TOO_LARGE = 10**14
_FEWEST_SECONDS = 100_000_000  # of 1973; smaller numbers are years, ids, or days like 20180223
_YEAR_FIRST = re.compile(r"(\d{4})([-/. ]|年)(\d{1,2})(?:\2|月)(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})(?!\d)")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?(?:\D.*)?)?")
_NUMBER = re.compile(r"(\d{9,13})(?:\.\d+)?")
_WITH_A_WORD = re.compile(
    r"(?<![^\W_])(?:\d{1,2}(?:st|nd|rd|th|er|\.|º)?[\s_-]+(?:(?:de|of)[\s_-]+)?[^\W\d_]{3,12}|[^\W\d_]{3,12}\.?[\s_-]+\d{1,2}(?:st|nd|rd|th)?)"
    r"[.,]{0,2}[\s_-]+(?:del?[\s_-]+)?\d{4}(?!\d)"
)
_IN_NAME = re.compile(
    r"(?<![^\W_])(?<!\d[-_. ])(?:\d{4}([-_. ])\d\d?\1\d\d?|\d\d?([-_. ])\d\d?\2\d{4}|\d{8})(?![^\W_])"
)
_IN_ADDRESS = re.compile(r"/(\d{4})/(\d\d(?=\d\d/)|\d\d?(?=/)|[a-z]{3,9}(?=/))/?(\d\d?)(?=/|$)", re.IGNORECASE)


def day(value: object) -> date | None:
    """The day that a field holds, from 1800 to tomorrow; None when it holds none, or leaves open which.

    Dates, ISO 8601, RFC 2822, "Feb. 23, 2018" in some European languages, 20180223, and seconds or milliseconds since
    1970. Where a time of day and its zone are given, the day is the one that is written there.
    """
    if isinstance(value, datetime):
        return _sane(value.date())
    if isinstance(value, date):
        return _sane(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _of_number(value) if 0 < value < _TOO_LARGE else None
    if isinstance(value, str) and len(value := " ".join(value.split())) <= _LONGEST:
        return _of_digits(value) or _numeric(value) or _in_words(value)
    return None


def day_in_line(line: str) -> date | None:
    """The first day that is named in a line such as "Updated: 23 February 2018, by A. Writer"."""
    for pattern in (_YEAR_FIRST, _WITH_A_WORD, _YEAR_LAST):
        for found in pattern.finditer(line):
            if named := day(found.group()):
                return named
    return None


def day_in_name(name: str) -> date | None:
    """The day in a file's name, 2018-02-23-title.md, as long as it is the only one."""
    stem = name.rpartition("/")[2].rpartition(".")[0] or name
    days = {day(re.sub("[_ ]", "-", found.group())) for found in _IN_NAME.finditer(stem)}
    days |= {day(found.group().replace("_", " ")) for found in _WITH_A_WORD.finditer(stem)}
    days.discard(None)
    return days.pop() if len(days) == 1 else None


def day_in_address(address: str) -> date | None:
    """The day in the path of a web address, /2018/02/23/, /2018/feb/23/ or /2018-02-23-title."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return None
    if found := _IN_ADDRESS.search(path):
        return day("-".join(found.groups()))
    names = (day_in_name(f"{segment}.") for segment in path.split("/"))
    return next((named for named in names if named), None)


def _sane(value: date) -> date | None:
    return value if _FIRST <= value <= datetime.now(UTC).date() + timedelta(days=2) else None


def _day(year: str | float, month: str | float, number: str | float) -> date | None:
    try:
        return _sane(date(int(year), int(month), int(number)))
    except ValueError:
        return None


def _of_digits(text: str) -> date | None:
    """20180223, 20180223T1530, and seconds or milliseconds since 1970."""
    compact = _COMPACT.fullmatch(text)
    if compact and (found := _day(*compact.groups())):
        return found
    number = _NUMBER.fullmatch(text)
    return _of_number(int(number.group(1))) if number else None


def _of_number(number: float) -> date | None:
    """Seconds or milliseconds since 1970; a smaller number is a day like 20180223, or none."""
    if number < _FEWEST_SECONDS:
        return _day(number // 10_000, number // 100 % 100, number % 100)
    seconds = number / 1000 if number >= _MILLISECONDS else number
    return _sane(datetime.fromtimestamp(seconds, UTC).date())


def _numeric(text: str) -> date | None:
    """2018-02-23, 23.2.2018, 23/02/2018; of 03/04/2018 none."""
    if found := _YEAR_FIRST.match(text):
        year, _, month, number = found.groups()
        return _day(year, month, number)
    if (found := _YEAR_LAST.search(text)) is None:
        return None
    first, separator, second, year = found.groups()
    day_first, month_first = _day(year, second, first), _day(year, first, second)
    if separator == "." or day_first == month_first:
        return day_first
    return None if day_first and month_first else day_first or month_first


@lru_cache(maxsize=4096)
def _in_words(text: str) -> date | None:
    """A day whose month is a word. What would be read otherwise with the day in front is ambiguous."""
    if not re.search(r"[^\W\d_]{3}", text) or not re.search(r"(?<!\d)\d{4}(?!\d)", text) or _YEAR_LAST.search(text):
        return None
    try:
        found = {parser.get_date_data(text.replace("_", " ")).date_obj for parser in _parsers()}
    except (ValueError, OverflowError, TypeError, AttributeError, LookupError, RecursionError):
        return None
    named = found.pop()
    return _sane(named.date()) if named and not found else None


@lru_cache(maxsize=1)
def _parsers() -> "tuple[DateDataParser, DateDataParser]":
    from dateparser.date import DateDataParser

    strict = {
        "STRICT_PARSING": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        "PARSERS": ["absolute-time"],
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    return (
        DateDataParser(languages=_LANGUAGES, settings={**strict, "DATE_ORDER": "DMY"}),
        DateDataParser(languages=_LANGUAGES, settings={**strict, "DATE_ORDER": "MDY"}),
    )
