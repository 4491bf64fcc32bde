"""Word documents (.docx): paragraphs, headings, lists, and tables row by row."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812

import docx
from docx.exceptions import PythonDocxError
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from ingest.formats.archive import opened
from ingest.formats.extracted import Extracted
from ingest.formats.titles import told_title
from ingest.text import UnreadableError

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element

_LARGEST = 200_000_000  # bytes, unpacked
_OLE = b"\xd0\xcf\x11\xe0"  # how files of older versions begin, and encrypted ones
_LONGEST_TITLE = 200  # characters
_LONGEST_CELL = 100  # characters; what is longer stands in a column of the page, not of a table
_TEMPLATE = "python-docx", datetime(2013, 12, 23, 23, 15, tzinfo=UTC)  # whose template has this author and day
_PARAGRAPH, _ROW, _CELL = qn("w:p"), qn("w:tr"), qn("w:tc")
_WRITTEN = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_TEXT = qn("w:t")
# Text that was moved elsewhere, and what older programs show in place of a text box.
_TWICE = (qn("w:moveFrom"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
# What the libraries raise on files that are damaged, beside errors of their own.
_DAMAGED = (
    *(
        PythonDocxError,
        OpcError,
        LxmlError,
        BadZipFile,
        ZlibError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ),
    *(AssertionError, RuntimeError, EOFError, OSError),
)


def extract(file: BinaryIO) -> Iterator[Extracted]:
    """The article in a Word document. Raises UnreadableError."""
    if file.read(len(_OLE)) == _OLE:
        raise UnreadableError("it is encrypted, or of an old version: save it as .docx, without a password")
    file.seek(0)
    opened(file, _LARGEST)
    try:
        document = docx.Document(file)
        blocks = list(_blocks(document.element.body))
        fields = _fields(document)
        title = _title(document, blocks) or str(fields.get("title", ""))
    except _DAMAGED as error:
        raise UnreadableError(f"it is damaged, or no Word document: {' '.join(str(error).split())[:200]}") from error
    texts = [text for _, text in blocks]
    if len(texts) > 1 and texts[0].casefold() == title.casefold():
        texts.pop(0)
    yield Extracted("\n\n".join(texts), {**fields, "title": title})


def _blocks(body: "_Element") -> Iterator[tuple["_Element", str]]:
    """The paragraphs and rows of a document, each with its element, in order."""
    rows = set()
    for element in body.iter(_ROW, _PARAGRAPH):
        if element.tag == _ROW:
            text = _row(element)
            if text:
                rows.add(element)
        else:
            text = "" if rows and not rows.isdisjoint(element.iterancestors(_ROW)) else _text(element)
        if text:
            yield element, text


def _row(row: "_Element") -> str:
    """The cells of a row in one line; nothing where the table only lays out the page."""
    cells = [" ".join(filter(None, map(_text, cell.iter(_PARAGRAPH)))) for cell in row.iterchildren(_CELL)]
    told = [" ".join(cell.split()) for cell in cells if cell]
    laid_out = (
        len(told) < 2 or max(map(len, told)) > _LONGEST_CELL or next(row.iterdescendants(_ROW), None) is not None
    )
    return "" if laid_out else "; ".join(told)


def _text(paragraph: "_Element") -> str:
    """What is written in a paragraph: links and insertions too, not what was deleted."""
    parts = (
        _WRITTEN.get(str(element.tag)) or element.text or ""
        for element in paragraph.iter(_TEXT, *_WRITTEN)
        if next(element.iterancestors(_PARAGRAPH)) is paragraph and next(element.iterancestors(*_TWICE), None) is None
    )
    return "".join(parts).strip()


def _title(document: "Document", blocks: list[tuple["_Element", str]]) -> str:
    """The text of the first paragraph, if it has the style of a title."""
    if not blocks or blocks[0][0].tag != _PARAGRAPH:
        return ""
    element, text = blocks[0]
    style = Paragraph(element, document).style
    named = style is not None and style.name in ("Title", "Heading 1")
    return text if named and len(text) <= _LONGEST_TITLE else ""


def _fields(document: "Document") -> dict[str, object]:
    told = document.core_properties
    fields = {"title": told_title(told.title), "author": told.author, "created": told.created}
    return {name: value for name, value in fields.items() if value and value not in _TEMPLATE}
