"""When an article was published, from what it says, its file's name, its address."""

import re
from datetime import date, datetime

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def day(value: object) -> date | None:
    """The day that a field names."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DATE.match(value.strip()) if isinstance(value, str) else None
    try:
        return date.fromisoformat(found.group()) if found else None
    except ValueError:
        return None


def day_in_name(name: str) -> date | None:
    """The day in a file's name."""
    return day(name)


def day_in_address(address: str) -> date | None:
    """The day in a web address."""
    return day(address)
