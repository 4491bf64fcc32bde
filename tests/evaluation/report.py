"""What tables of measures look like in the README, and how two runs differ."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from qa.measures import Row, Table

BEGIN = "<!-- written by make eval -->"
END = "<!-- end of what make eval wrote -->"
_HEAD = ("set", "kind", "n", "evidence@5", "answer", "citation", "citation@1", "answered", "refused")
_LEAST = 0.0005  # what a difference of two shares is at least, to be seen in three places


def summary(tables: Mapping[str, Table], *, command: str, day: date) -> str:
    """The measures that matter most, of each set by kind, and what they were measured by."""
    lines = [_HEAD, tuple("---" for _ in _HEAD)]
    for name, table in tables.items():
        lines.extend((name, *_cells(row)) for row in _telling(table))
    rows = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    quotes, same = (sum(getattr(table, name) for table in tables.values()) for name in ("quotes", "verbatim"))
    said = f"Quotes and sentences that are their article's text, letter by letter: {same:,} of {quotes:,}."
    return f"Measured on {day} by `{command}`, in quotes, without a language model:\n\n{rows}\n\n{said}"


def replaced(text: str, block: str) -> str:
    """A text with another block between the two comment lines. Raises ValueError where they are not there, once."""
    before, begin, rest = text.partition(f"{BEGIN}\n")
    _, end, after = rest.partition(f"{END}\n")
    if not (begin and end) or BEGIN in rest or END in before + after:
        raise ValueError(f"there is no place for the table: put these two lines where it belongs:  {BEGIN}  {END}")
    return f"{before}{begin}\n{block}\n\n{end}{after}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What changed between two runs, as their JSON tells: each measure of each kind that both have."""
    for name, kind, measure, value in _measures(after):
        was = before.get(name, {}).get("kinds", {}).get(kind, {}).get(measure)
        if was is not None and abs(value - was) >= _LEAST:
            yield f"{name}, {kind}: {measure} {was:.3f} → {value:.3f} ({value - was:+.3f})"


def _measures(tables: Mapping[str, Any]) -> Iterator[tuple[str, str, str, float]]:
    for name, table in tables.items():
        for kind, row in table["kinds"].items():
            yield from ((name, kind, measure, value) for measure, value in row.items() if value is not None)


def _telling(table: Table) -> tuple[Row, ...]:
    """The rows by kind; that of all only where several kinds can be answered, or it says nothing new."""
    several = sum(row.answered is not None for row in table.rows[1:]) > 1
    return table.rows if several else table.rows[1:]


def _cells(row: Row) -> tuple[str, ...]:
    measures = (row.evidence, row.answer, row.citation, row.first_citation, row.answered, row.refused)
    return (row.kind, str(row.questions), *("" if value is None else f"{value:.3f}" for value in measures))
