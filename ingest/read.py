"""A file → its articles: the reader for its kind, then everything cleaned and put in its place."""

import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import urlsplit

from ingest.article import Article
from ingest.dates import day, day_in_address, day_in_name
from ingest.formats.extracted import Extracted, Unreadable
from ingest.text import UnreadableError, can_be_shown, clean, one_line

__all__ = ["SUFFIXES", "Item", "Unreadable", "read"]

VERSION = 1  # of all that is read; raised when the same file would give another article
_LONGEST_FIELD = 200  # characters
_LONGEST_ADDRESS = 2_000
_LARGEST_FILE = 50_000_000  # bytes, of one article
_FORMATS = {  # the module that reads them, and its function where that is not `extract`
    ".txt": "plain",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".eml": "mail",
    ".mhtml": "mail.extract_saved_page",
    ".mht": "mail.extract_saved_page",
    ".jsonl": "rows.extract_json_lines",
    ".jsonl.gz": "rows.extract_json_lines",
    ".json": "rows.extract_json",
    ".csv": "rows.extract_table",
    ".csv.gz": "rows.extract_table",
    ".tsv": "rows.extract_table",
    ".zip": "archive",
}
# Of these a file may be of any size.
_STREAMED: tuple[str, ...] = (".jsonl", ".jsonl.gz", ".csv", ".csv.gz", ".tsv", ".zip")
SUFFIXES = tuple(_FORMATS)


@dataclass(frozen=True, slots=True)
class Item:
    """One file to read: the id that its article gets, where it lies, and the source it was found in.

    `fields` is what is known of it beside what it says itself: the address it was fetched from, what a feed says.
    """

    id: str
    path: Path
    origin: str
    fields: Mapping[str, str] = field(default_factory=dict)


def suffix_of(name: str) -> str:
    """The ending that tells the kind of a file, in lower case: `.jsonl.gz` is one."""
    name = name.lower()
    return next((suffix for suffix in sorted(_FORMATS, key=len, reverse=True) if name.endswith(suffix)), "")


def read(item: Item) -> Iterator[Article | Unreadable]:
    """The articles in a file, and what of it gives none, and why; without a key that is all that was left of it.

    A file of several has articles with ids like `archive.jsonl#key`.
    """
    try:
        for found in _extracted(item):
            try:
                yield found if isinstance(found, Unreadable) else _article(item, found)
            except UnreadableError as error:
                yield Unreadable(found.key, str(error))
    except UnreadableError as error:
        yield Unreadable("", str(error))
    except OSError as error:
        yield Unreadable("", error.strerror or str(error))


def _extracted(item: Item) -> Iterator[Extracted | Unreadable]:
    if not can_be_shown(item.id):
        raise UnreadableError("its name has characters that cannot be shown: rename it")
    suffix = suffix_of(item.path.name)
    status = item.path.stat()
    if stat.S_ISDIR(status.st_mode):
        next(item.path.iterdir(), None)  # says why it cannot be listed
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("not a regular file")
    if not suffix:
        raise UnreadableError(f"of no known kind; known are {', '.join(SUFFIXES)}")
    if status.st_size > _LARGEST_FILE and suffix not in _STREAMED:
        raise UnreadableError(f"larger than {_LARGEST_FILE // 1_000_000} MB")
    with item.path.open("rb") as file:
        if suffix in _STREAMED:
            yield from extract(suffix, file)
            found: list[Extracted | Unreadable] = []
        else:
            found = list(extract(suffix, file))
    after = item.path.stat()
    if (after.st_size, after.st_mtime_ns) != (status.st_size, status.st_mtime_ns):
        raise UnreadableError("it changed while it was read: run this again")
    yield from found


def extract(suffix: str, file: BinaryIO) -> Iterator[Extracted | Unreadable]:
    """What a file of a kind says. Raises UnreadableError."""
    module, _, function = _FORMATS[suffix].partition(".")
    reader: Callable[..., Iterator[Extracted | Unreadable]]
    reader = getattr(import_module(f"ingest.formats.{module}"), function or "extract")
    yield from reader(file, suffix_of, extract, _STREAMED) if suffix == ".zip" else reader(file)


def _article(item: Item, found: Extracted) -> Article:
    text = clean(found.text).strip()
    if not text:
        raise UnreadableError("there is no text in it")
    fields = {**item.fields, **{name: value for name, value in found.fields.items() if value}}
    name = found.key or item.id
    title = _line(fields.get("title")) or one_line(PurePosixPath(name).stem.replace("-", " ").replace("_", " "))
    return Article(
        id=f"{item.id}#{found.key}" if found.key else item.id,
        title=title,
        text=text,
        source=_line(fields.get("source")) or "",
        author=_line(fields.get("author")),
        url=_web_address(_line(fields.get("url"), longest=_LONGEST_ADDRESS)),
        published=day(fields.get("published"))
        or day_in_name(name)
        or day_in_address(str(fields.get("url") or ""))
        or day(fields.get("created")),
        origin=item.origin,
    )


def _line(value: object, *, longest: int = _LONGEST_FIELD) -> str | None:
    """A field as one line; a list's parts one after another, what is nested deeper left out.

    Aliases make gigabytes of a few lines of YAML, so it is cut before it is put together.
    """
    parts = value if isinstance(value, list) else [value]
    kinds = str | float | date  # of a number too long to be written, Python refuses the digits
    lines = [
        str(part)[: longest + 1]
        for part in parts[:longest]
        if isinstance(part, kinds) or (isinstance(part, int) and part.bit_length() < _LONGEST_FIELD)
    ]
    line = one_line(", ".join(lines))
    return (line if len(line) <= longest else f"{line[: longest - 1]}…") or None


def _web_address(address: str | None) -> str | None:
    """An address that a reader may follow; anything but http and https (javascript: above all) is dropped.

    So is one so long that it was cut.
    """
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    whole = len(address or "") < _LONGEST_ADDRESS
    return address if whole and parts.scheme in ("http", "https") and parts.netloc else None
