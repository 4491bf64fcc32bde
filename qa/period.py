"""The time that a question names: "in March 2018", "last week", "since the merger", "the latest". Pure, English.

Only what stands as a time is one: "in 2018" is, "the 2018 World Cup" and "the 2020 guidelines" are subjects. A day
without a year ("on October 18") is left alone, since an archive may end years before the day of asking.
"""

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """A time that a question names, by its words.

    `since` and `until` are its first and last day, None where it has none. `newest_first` is an order instead, for
    "the latest". `event` is what a time counts from ("the merger"), whose day has to be looked up; `until_event` says
    that the time ends there. `relative`: it counts from the day of asking.
    """

    words: str
    since: date | None = None
    until: date | None = None
    newest_first: bool = False
    event: str | None = None
    until_event: bool = False
    relative: bool = False


Days = tuple[date, date]

_MONTH_NAMES = [name.lower() for name in calendar.month_name if name]
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)} | {
    name[:3]: number for number, name in enumerate(_MONTH_NAMES, 1) if name != "may"
}
_MONTHS["sept"] = 9
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_WEEKDAYS = [name.lower() for name in calendar.day_name]
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTS = {word: number for number, word in enumerate(_NUMBERS, 1)} | {"a": 1, "an": 1, "few": 3, "couple of": 2}
_EARLIER = "last|past|previous"

_YEAR = r"(?:1[89]\d\d|20\d\d)"
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_ORDINAL = r"\d{1,2}(?:st|nd|rd|th)?"
_UNIT = r"(?:day|week|month|year)"
_COUNT = rf"(?:\d{{1,3}}|{'|'.join(sorted(_COUNTS, key=len, reverse=True))})"

# One stretch of days each; the groups are named in the functions below.
_STRETCHES = {
    "iso": rf"{_YEAR}-\d\d-\d\d",
    "day": rf"(?:the )?{_ORDINAL}(?: of)? {_MONTH},? {_YEAR}",
    "us_day": rf"{_MONTH} {_ORDINAL},? {_YEAR}",
    "month": rf"(?:(?:early|mid|late)[ -])?{_MONTH},?(?: of)? {_YEAR}",
    "quarter": rf"(?:Q[1-4]|the (?:first|second|third|fourth|last) quarter)(?: of)? {_YEAR}",
    "half": rf"(?:H[12]|the (?:first|second) half)(?: of)? {_YEAR}",
    "season": rf"(?:the )?(?:{'|'.join(_SEASONS)})(?: of)? {_YEAR}",
    "decade": r"the (?:1[89]|20)\d0s",
    "year": rf"(?:(?:early|mid|late|the year)[ -])?{_YEAR}(?![\w-])",
}
_RELATIVE = {
    "named": r"today|yesterday",
    "unit": rf"(?:this|(?:the )?(?:{_EARLIER})) {_UNIT}\b(?! (?:old|long))",
    "counted": rf"(?:the )?(?:{_EARLIER}) {_COUNT} {_UNIT}s\b",
    "ago": rf"{_COUNT} {_UNIT}s? ago",
    "weekday": rf"(?:(?:last|this) )?(?:{'|'.join(_WEEKDAYS)})\b(?-i:(?! [A-Z]))",
    "this_season": rf"(?:last|this) (?:{'|'.join(_SEASONS)})\b",
    "this_month": rf"(?:last |this )?{_MONTH}(?! {_ORDINAL}\b| \w+ing\b)",
}
_ANY = "|".join((*_STRETCHES.values(), *_RELATIVE.values()))
_ALONE = "|".join(_RELATIVE[name] for name in ("named", "unit", "counted", "ago", "this_season"))
_SIDES = "in|on|during|within|over|throughout|for|since|before|after|until|till|from"
_TIME = re.compile(
    rf"\b(?:from|between) (?P<first>{_ANY}) (?:to|and|until|till|through) (?P<last>{_ANY})"
    rf"|\b(?P<side>{_SIDES}) (?P<time>{_ANY})"
    rf"|\b(?P<alone>{_ALONE})",
    re.IGNORECASE,
)
# Where people stand ("before the court") and what is no event ("since the fact that").
_NO_EVENT = "court|judge|house|senate|committee|commission|parliament|public|world|end|start|same|fact|last|first"
_VERBS = "is|was|were|are|has|had|have|did|does|do|will|would"
_EVENT = re.compile(
    rf"\b(?P<side>since|after|before|until) (?P<event>(?:the|its|their|his|her) (?!(?:{_NO_EVENT})\b)[a-z][\w-]*"
    rf"(?: (?!(?:{_VERBS})\b)[\w-]+){{0,4}})(?=[?.,;!]|$)"
)
_LATEST = re.compile(r"\b(?:the )?(?:latest|newest|most recent)\b", re.IGNORECASE)


def period_of(question: str, asked: date) -> Period | None:
    """The time that a question names, None where it names none; `asked` is the day that "last week" counts from."""
    found = [period for match in _TIME.finditer(question) if (period := _period(match, asked))]
    if found:
        return found[0] if len(found) == 1 else None  # "in 2017 and in 2018" compares
    event = _EVENT.search(question)
    if event:
        return Period(event.group(), event=event["event"], until_event=event["side"] in ("before", "until"))
    latest = _LATEST.search(question)
    return Period(latest.group(), newest_first=True) if latest else None


def _period(match: re.Match[str], asked: date) -> Period | None:
    words = match.group()
    if match["first"]:
        last = _stretch(match["last"], asked)
        # "from January to March 2018": the first has the year of the last.
        first = _stretch(match["first"], last[1] if last else asked)
        if not first or not last or first[0] > last[1]:
            return None
        return Period(words, first[0], last[1], relative=not re.search(r"\d", words))
    time = match["time"] or match["alone"]
    days = _stretch(time, asked)
    if not days:
        return None
    relative = not re.search(_YEAR, time)
    side = (match["side"] or "in").lower()
    if side in ("since", "from"):
        return Period(words, since=days[0], relative=relative)
    if side == "after":
        return Period(words, since=days[1] + timedelta(1), relative=relative)
    if side == "before":
        return Period(words, until=days[0] - timedelta(1), relative=relative)
    if side in ("until", "till"):
        return Period(words, until=days[1], relative=relative)
    return Period(words, *days, relative=relative)


def _stretch(text: str, asked: date) -> Days | None:
    """The first and the last day of what is written like one of the forms above."""
    words = text.lower().removeprefix("the ")
    for name, form in (_STRETCHES | _RELATIVE).items():
        if re.fullmatch(form, text, re.IGNORECASE) or re.fullmatch(form, words, re.IGNORECASE):
            try:
                return _DAYS[name](words, asked)
            except (ValueError, OverflowError):  # the 31st of June
                return None
    return None


def _number(words: str, form: str) -> int:
    found = re.search(form, words)
    if not found:
        raise ValueError(words)
    return int(re.sub(r"\D", "", found.group()))


def _year(words: str) -> int:
    return _number(words, _YEAR)


def _month(words: str) -> int:
    found = re.search(rf"\b({_MONTH})", words)
    if not found:
        raise ValueError(words)
    return _MONTHS[found.group().rstrip(".")]


def _day(words: str, _: date) -> Days:
    day = date(_year(words), _month(words), _number(re.sub(_YEAR, "", words), r"\d{1,2}"))
    return day, day


def _months(first: date, count: int = 1) -> Days:
    """Whole months from a first day on."""
    after = first.year * 12 + first.month - 1 + count
    return first, date(after // 12, after % 12 + 1, 1) - timedelta(1)


def _part(days: Days, words: str) -> Days:
    """Early, mid or late in some days: a third of them."""
    third = (days[1] - days[0] + timedelta(1)) / 3
    middle = days[0] + third, days[1] - third
    parts = {"early": (days[0], middle[0]), "mid": middle, "late": (middle[1], days[1])}
    return next((part for name, part in parts.items() if words.startswith(name)), days)


def _quarter(words: str, _: date) -> Days:
    order = ("first", "second", "third", "fourth")
    number = next((n for n, word in enumerate(order) if word in words), 3)
    number = _number(words, r"q[1-4]") - 1 if words.startswith("q") else number
    return _months(date(_year(words), 1 + 3 * number, 1), 3)


def _season(words: str, year: int) -> Days:
    return _months(date(year, next(n for name, n in _SEASONS.items() if name in words), 1), 3)


def _this_season(words: str, asked: date) -> Days:
    days = _season(words, asked.year)
    return days if "this" in words or days[1] < asked else _season(words, asked.year - 1)


def _half(words: str, _: date) -> Days:
    return _months(date(_year(words), 7 if "h2" in words or "second" in words else 1, 1), 6)


def _unit(words: str, asked: date) -> Days:
    """The current or the last day, week, month or year."""
    if words.startswith("past"):
        return _back(f"1 {words}", asked)
    earlier = not words.startswith("this")
    if words.endswith("day"):
        day = asked - timedelta(int(earlier))
        return day, day
    if words.endswith(
        "week"
    ):  # the last one from Monday to Sunday; of the current one some say more than since Monday
        monday = asked - timedelta(asked.weekday())
        return (monday - timedelta(7), monday - timedelta(1)) if earlier else (asked - timedelta(7), asked)
    if words.endswith("month"):
        first = asked.replace(day=1)
        return _months((first - timedelta(1)).replace(day=1)) if earlier else (first, asked)
    year = asked.year - earlier
    return date(year, 1, 1), date(year, 12, 31) if earlier else asked


def _back(words: str, asked: date) -> Days:
    """The days of as many units before a day."""
    count = next((n for word, n in _COUNTS.items() if re.search(rf"\b{word}\b", words)), 0) or _number(words, r"\d+")
    unit = next(length for name, length in (("day", 1), ("week", 7), ("month", 30), ("year", 365)) if name in words)
    if unit == 365 and "ago" in words:
        year = asked.year - count
        return date(year, 1, 1), date(year, 12, 31)
    first = asked - timedelta(count * unit)
    return (first - timedelta(unit // 2), first + timedelta(unit // 2)) if "ago" in words else (first, asked)


def _named(words: str, asked: date) -> Days:
    day = asked - timedelta(words == "yesterday")
    return day, day


def _weekday(words: str, asked: date) -> Days:
    """The last such day, today included."""
    number = next(n for n, name in enumerate(_WEEKDAYS) if name in words)
    day = asked - timedelta((asked.weekday() - number) % 7)
    return day, day


def _this_month(words: str, asked: date) -> Days:
    """The last such month that has begun."""
    month = _month(words)
    return _months(date(asked.year - (month > asked.month), month, 1))


_DAYS: Mapping[str, Callable[[str, date], Days]] = {
    "iso": lambda words, _: (date.fromisoformat(words), date.fromisoformat(words)),
    "day": _day,
    "us_day": _day,
    "month": lambda words, _: _part(_months(date(_year(words), _month(words), 1)), words),
    "quarter": _quarter,
    "half": _half,
    "season": lambda words, _: _season(words, _year(words)),
    "decade": lambda words, _: (date(int(words[:4]), 1, 1), date(int(words[:4]) + 9, 12, 31)),
    "year": lambda words, _: _part((date(_year(words), 1, 1), date(_year(words), 12, 31)), words),
    "named": _named,
    "unit": _unit,
    "counted": _back,
    "ago": _back,
    "weekday": _weekday,
    "this_season": _this_season,
    "this_month": _this_month,
}
