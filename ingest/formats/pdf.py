"""PDF: the text of its pages in reading order, line by line made paragraphs again."""

import logging
import math
import struct
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from ingest.formats.extracted import Extracted, Unreadable
from ingest.formats.paragraphs import Line, Paragraph, paragraphs
from ingest.formats.titles import told_title
from ingest.text import UnreadableError

_MOST_PAGES = 2_000
_LARGE = 1.15  # times the usual size of type: what is larger, and first, is the title
_LONGEST_TITLE = 200  # characters
_UPRIGHT = (0,)  # of the orientations; what stands on its side is a stamp in the margin
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
# What the library raises on files that are damaged, beside errors of its own.
_DAMAGED = (
    *(PyPdfError, DependencyError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError),
    *(RuntimeError, AssertionError, EOFError, OSError, zlib.error, struct.error),
)

logging.getLogger("pypdf").addHandler(logging.NullHandler())


def extract(file: BinaryIO) -> Iterator[Extracted | Unreadable]:
    """The article in a PDF file, and the pages that could not be read. Raises UnreadableError."""
    reader, count = _opened(file)
    lines: list[Line] = []
    unreadable = []
    for number in range(count):
        try:
            lines.extend(_lines(reader.pages[number], number))
        except _DAMAGED as error:
            unreadable.append(
                Unreadable(f"page {number + 1}", f"it is damaged: {' '.join(str(error).split())[:200]}")
            )
    found = paragraphs(lines)
    if not found and len(unreadable) < count:
        raise UnreadableError("there is no text in it, only pictures: run OCR on it first")
    if found:
        fields = _fields(reader)
        told = fields.get("title")
        title, rest = _without_title(found, told if isinstance(told, str) else "")
        yield Extracted("\n\n".join(paragraph.text for paragraph in rest), {**fields, "title": title})
    yield from unreadable


def _opened(file: BinaryIO) -> tuple[PdfReader, int]:
    """A reader of a file, and how many pages it has."""
    try:
        reader = PdfReader(file)
        count = len(reader.pages)
    except FileNotDecryptedError as error:
        raise UnreadableError("it is encrypted: save it without its password") from error
    except _DAMAGED as error:
        raise UnreadableError(f"it is damaged, or no PDF file: {' '.join(str(error).split())[:200]}") from error
    if not count:
        raise UnreadableError("it is damaged: there are no pages in it")
    if count > _MOST_PAGES:
        raise UnreadableError(f"it has more than {_MOST_PAGES:,} pages: split it")
    return reader, count


def _lines(page: PageObject, number: int) -> list[Line]:
    """The lines of a page in the order of its content, which is that of reading in nearly all files."""
    found: list[Line] = []
    for orientations in (_UPRIGHT, (0, 90, 180, 270)):
        pen = _Pen(number)
        page.extract_text(orientations=orientations, visitor_text=pen.write)
        found = pen.finish()
        if found:
            break
    return found


class _Pen:
    """Takes the pieces of a page's text as the library finds them, and writes lines."""

    def __init__(self, page: int) -> None:
        self._page = page
        self._lines: list[Line] = []
        self._text = ""
        self._start = (0.0, 0.0, 0.0)  # of the line: x, y, size

    def write(self, text: str, outer: Sequence[float], inner: Sequence[float], _font: Any, size: float) -> None:  # noqa: ANN401
        """Take a piece of text; the two matrices say where on the page it is, and how large."""
        for part in text.splitlines(keepends=True):
            if part.strip() and not self._text.strip():
                x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
                y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
                self._start = (x, y, size * math.hypot(*inner[:2]) * math.hypot(*outer[:2]))
            self._text += part
            if part != part.rstrip("\r\n"):
                self._end_line()

    def finish(self) -> list[Line]:
        """The lines of the page."""
        self._end_line()
        return self._lines

    def _end_line(self) -> None:
        text = " ".join(self._text.translate(_LIGATURES).split())
        if text:
            self._lines.append(Line(text, *self._start, self._page))
        self._text = ""


def _fields(reader: PdfReader) -> dict[str, object]:
    """Title, author, and when the file was made, as its properties have them."""
    fields: dict[str, object] = {}
    for name, value in (("title", "title"), ("author", "author"), ("created", "creation_date")):
        try:
            fields[name] = getattr(reader.metadata, value, None)
        except _DAMAGED:
            continue
    fields["title"] = told_title(fields.get("title"))
    return fields


def _without_title(found: Sequence[Paragraph], told: str) -> tuple[str, Sequence[Paragraph]]:
    """The title, as told or else as printed in large type or on a line of its own, and the paragraphs without it."""
    first = found[0]
    if told:
        same = first.text.casefold() == told.casefold()
        return told, found[1:] if same and len(found) > 1 else found
    sizes = sorted(paragraph.size for paragraph in found for _ in range(0, len(paragraph.text), 50))
    usual = sizes[len(sizes) // 2]
    largest = max((p for p in found if p.page == first.page), key=lambda p: p.size)
    if largest.size >= _LARGE * usual and len(largest.text) <= _LONGEST_TITLE:
        return largest.text, [paragraph for paragraph in found if paragraph is not largest] or found
    if len(found) > 1 and len(first.text) <= _LONGEST_TITLE and not first.text.endswith((".", ",", ";")):
        return first.text, found[1:]
    return "", found
