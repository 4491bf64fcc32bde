"""Rows: many articles in one file, each a JSON object or a line of a table. Read as they come, not held together."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import BinaryIO

from lxml.etree import LxmlError
from lxml.html import HTMLParser, document_fromstring

from ingest.formats.extracted import FIELDS, Extracted, Unreadable
from ingest.formats.fields import is_known, known
from ingest.formats.html_blocks import blocks
from ingest.formats.keys import Keys, key_of
from ingest.formats.lines import LONGEST, lines
from ingest.text import UnreadableError, decode

_MOST_BAD = 1_000
_OPENING = 80  # characters of a text that has no title
_TOO_LONG = f"longer than {LONGEST // 1_000_000} MB"
_MISSING_LINE = "\x00"  # stands in a table for a line that is too long
_DELIMITERS = ",;\t|"
_TAG = re.compile(
    r"</(?:p|div|span|a|b|i|em|strong|ul|ol|li|h[1-6]|table|blockquote|figure|section|article|html|body)\s*>"
    r"|<(?:p|br|div|img|li|h[1-6]|html|body)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[\da-f]{2,5}|[a-z]{2,8}\d?);", re.IGNORECASE)


def extract_json_lines(file: BinaryIO) -> Iterator[Extracted | Unreadable]:
    """The articles in a file of JSON objects, one a line. Raises UnreadableError, after those before it."""
    yield from _articles(_objects(file))


def extract_json(file: BinaryIO) -> Iterator[Extracted | Unreadable]:
    """The article, or the list of articles, in a JSON file. Raises UnreadableError.

    A list may be within an object, as in what a news service answers.
    """
    try:
        told = json.loads(decode(file.read()))
    except RecursionError as error:
        raise UnreadableError("it is nested too deep") from error
    except ValueError as error:
        if str(error).startswith("Extra data"):  # lines of JSON, by another name
            file.seek(0)
            yield from extract_json_lines(file)
            return
        raise UnreadableError(f"it is not JSON: {_reason(error)}") from error
    if isinstance(told, dict) and _text(known(told)):
        yield _article(known(told), "")
        return
    lists = [told, *told.values()] if isinstance(told, dict) else [told]
    listed = next((part for part in lists if isinstance(part, list) and part and isinstance(part[0], dict)), None)
    if listed is None:
        raise UnreadableError("there is no article in it: an object with a text, or a list of them")
    yield from _articles(
        (n, row if isinstance(row, dict) else "it is not an object") for n, row in enumerate(listed, 1)
    )


def extract_table(file: BinaryIO) -> Iterator[Extracted | Unreadable]:
    """The articles in a table, CSV or the like, whose first line names its columns. Raises UnreadableError."""
    yield from _articles(_cells(file))


# What a reader of rows gives: their numbers, from 1, each with what it tells, or with why it tells nothing.
_Rows = Iterator[tuple[int, Mapping[str, object] | str]]


def _articles(rows: _Rows) -> Iterator[Extracted | Unreadable]:
    keys = Keys()
    bad = number = 0
    for number, row in rows:
        told = {} if isinstance(row, str) else known(row)
        reason = row if isinstance(row, str) else "" if _text(told) else "there is no text in it"
        if reason:
            bad += 1
            yield Unreadable(f"row {number}", reason)
            if bad == _MOST_BAD:
                raise UnreadableError(f"{_MOST_BAD:,} of its rows cannot be read: the rest is left out")
            continue
        article = _article(told, key_of(told.get("id"), told.get("url"), number))
        key = keys.give(article.key, (article.text, sorted(article.fields.items())))
        if key is not None:
            yield Extracted(article.text, article.fields, key)
    if not number:
        raise UnreadableError("there are no rows in it")


def _article(told: Mapping[str, object], key: str) -> Extracted:
    text = _words(_text(told))
    fields = {name: told[name] for name in FIELDS if name in told}
    title = fields.get("title")
    fields["title"] = _words(title) if isinstance(title, str) else title or _opening(text)
    return Extracted(text, fields, key)


def _text(told: Mapping[str, object]) -> str:
    """What an article says; only where that is nowhere, what is said of it. A list is one of paragraphs."""
    for name in ("text", "summary"):
        value = told.get(name)
        paragraphs = value if isinstance(value, list) else [value]
        text = "\n\n".join(paragraph for paragraph in paragraphs if isinstance(paragraph, str))
        if text.strip():
            return text
    return ""


def _opening(text: str) -> str:
    line = text.strip().partition("\n")[0]
    return line if len(line) <= _OPENING else f"{line[:_OPENING].rpartition(' ')[0] or line[:_OPENING]}…"


def _words(text: str) -> str:
    """A text without its mark-up, if it has any."""
    if not _TAG.search(text):
        return unescape(text) if _ENTITY.search(text) else text
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    try:
        page = document_fromstring(text.encode("utf-8", "ignore"), parser=parser)
    except (LxmlError, ValueError):
        return ""
    return "\n\n".join(block.text for block in blocks(page))


def _objects(file: BinaryIO) -> _Rows:
    for number, line in enumerate(lines(file), 1):
        if line is None:
            yield number, _TOO_LONG
        elif line.strip():
            yield number, _object(line)


def _object(line: str) -> Mapping[str, object] | str:
    try:
        row = json.loads(line, strict=False)
    except RecursionError:
        return "it is nested too deep"
    except ValueError as error:
        return f"it is not JSON: {_reason(error)}"
    return row if isinstance(row, dict) else "it is not a JSON object"


def _cells(file: BinaryIO) -> _Rows:
    found = (_MISSING_LINE if line is None else line for line in lines(file))
    first = next(found, "")
    if first.lower().startswith("sep="):  # a spreadsheet's note to itself
        first = next(found, "")
    header, delimiter = _header(first)
    csv.field_size_limit(LONGEST)
    rows = csv.reader(found, delimiter=delimiter)
    number = 0
    while True:
        number += 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, _reason(error)
            continue
        if any(_MISSING_LINE in cell for cell in row):
            yield number, _TOO_LONG
        elif any(cell.strip() for cell in row[len(header) :]):
            yield (
                number,
                "it has more cells than there are columns: put quotes round those with the delimiter in them",
            )
        elif any(cell.strip() for cell in row):
            yield number, dict(zip(header, row, strict=False))


def _header(line: str) -> tuple[Sequence[str], str]:
    """The names of the columns, and what stands between them: whatever makes most of them known ones."""
    headers = []
    for delimiter in _DELIMITERS:
        try:
            header = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            continue
        headers.append((sum(map(is_known, header)), len(header), header, delimiter))
    _, _, header, delimiter = max(headers, key=lambda found: found[:2], default=(0, 0, [], ","))
    if not {"text", "summary"} & known(dict.fromkeys(header, "a cell")).keys():
        raise UnreadableError(
            "none of its columns is called text, body or content: name the columns in its first line"
        )
    return header, delimiter


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
