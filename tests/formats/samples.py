"""Makes files of every format: the same short article in each, and what a test wants otherwise."""

import csv
import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from email.message import EmailMessage
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile

import docx
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject

from ingest.formats.extracted import Extracted, Unreadable
from ingest.read import extract

TITLE = "Harbour bridge opens"
TEXT = "The new bridge over the harbour opened on Friday.\n\nThe city paid £30m for it – “worth it”, said the mayor."
HTML = (
    f"<!DOCTYPE html><html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1>"
    + "".join(f"<p>{paragraph}</p>" for paragraph in TEXT.split("\n\n"))
    + "</article></body></html>"
)
ROW = {"id": "bridge", "title": TITLE, "body": TEXT, "date": "2018-02-23", "source": "The Desk"}

Placed = tuple[float, float, float, str]
"""A line on a page: x and y from the lower left corner, size of type, text."""


def read_all(suffix: str, data: bytes) -> list[Extracted | Unreadable]:
    """What a file of a kind says."""
    return list(extract(suffix, BytesIO(data)))


def article(suffix: str, data: bytes) -> Extracted:
    """The only article in a file."""
    (found,) = read_all(suffix, data)
    assert isinstance(found, Extracted), found
    return found


def pdf(pages: Sequence[Sequence[Placed]], info: Mapping[str, str] | None = None, **encryption: str) -> bytes:
    """A PDF file with lines at places; ﬁ and ﬂ are ligatures in it."""
    writer = PdfWriter()
    for lines in pages:
        page = writer.add_blank_page(595, 842)
        page[NameObject("/Resources")] = _fonts()
        if lines:
            content = StreamObject()
            content.set_data("\n".join(_shown(*line) for line in lines).encode())
            page[NameObject("/Contents")] = writer._add_object(content)
    writer.metadata = None
    writer.add_metadata({f"/{name}": value for name, value in (info or {}).items()})
    if encryption:
        writer.encrypt(**encryption)  # type: ignore[arg-type]
    return _written(writer)


def column(text: Iterable[str], *, x: float = 72, top: float = 760, size: float = 11) -> list[Placed]:
    """Lines one below the other; an empty one leaves room."""
    placed = []
    for number, line in enumerate(text):
        if line:
            placed.append((x, top - 1.2 * size * number, size, line))
    return placed


def word(paragraphs: Sequence[tuple[str, str]], **properties: object) -> bytes:
    """A Word document of paragraphs, each with its style."""
    document = docx.Document()
    for style, text in paragraphs:
        document.add_paragraph(text, style)
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def mail(text: str | None = TEXT, html: str | None = HTML, **headers: str) -> bytes:
    """A mail with a text part, an HTML part, or both."""
    message = EmailMessage()
    for name, value in ({"Subject": TITLE, "From": "The Desk <desk@example.org>"} | headers).items():
        message[name] = value
    if text is not None:
        message.set_content(text)
    if html is not None and text is not None:
        message.add_alternative(html, subtype="html")
    elif html is not None:
        message.set_content(html, subtype="html")
    return message.as_bytes()


def saved_page(html: str = HTML, address: str = "https://example.org/2018/02/23/bridge") -> bytes:
    """A page as a browser saves it."""
    message = EmailMessage()
    message["From"] = "<Saved by Blink>"
    message["Subject"] = TITLE
    message["Snapshot-Content-Location"] = address
    message.set_content(html, subtype="html")
    message.make_related(boundary="related")
    next(message.iter_parts())["Content-Location"] = address
    message.add_related(b"GIF89a", "image", "gif", filename="a.gif")
    return message.as_bytes()


def json_lines(rows: Iterable[object]) -> bytes:
    """Rows as lines of JSON."""
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()


def table(rows: Sequence[Mapping[str, object]], *, delimiter: str = ",") -> bytes:
    """Rows as CSV with a header."""
    file = StringIO()
    writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def archive(members: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip archive."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as made:
        for name, data in members:
            made.writestr(name, data)
    return file.getvalue()


def samples() -> dict[str, bytes]:
    """One good file of each format, by its ending."""
    paragraphs = [("Title", TITLE), *(("Normal", text) for text in TEXT.split("\n\n"))]
    rows = [ROW, {**ROW, "id": "two"}]
    files = {
        ".txt": f"{TITLE}\n\n{TEXT}\n".encode(),
        ".md": f"---\ntitle: {TITLE}\n---\n\n{TEXT}\n".encode(),
        ".html": HTML.encode(),
        ".pdf": pdf([column([TITLE, "", *TEXT.split("\n")])], {"Title": TITLE}),
        ".docx": word(paragraphs, author="The Desk"),
        ".eml": mail(),
        ".mhtml": saved_page(),
        ".jsonl": json_lines(rows),
        ".jsonl.gz": gzip.compress(json_lines(rows)),
        ".json": json.dumps(rows).encode(),
        ".csv": table(rows),
        ".csv.gz": gzip.compress(table(rows)),
        ".tsv": table(rows, delimiter="\t"),
    }
    return {**files, ".zip": archive((f"folder/a{suffix}", data) for suffix, data in files.items())}


def _fonts() -> DictionaryObject:
    differences = ArrayObject([NumberObject(1), NameObject("/fi"), NameObject("/fl")])
    encoding = DictionaryObject(
        {NameObject("/BaseEncoding"): NameObject("/WinAnsiEncoding"), NameObject("/Differences"): differences}
    )
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): encoding,
        }
    )
    return DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})


def _shown(x: float, y: float, size: float, text: str) -> str:
    encoded = text.replace("ﬁ", "\x01").replace("ﬂ", "\x02").encode("cp1252").hex()
    return f"BT /F1 {size} Tf {x} {y} Td <{encoded}> Tj ET"


def _written(writer: PdfWriter) -> bytes:
    file = BytesIO()
    writer.write(file)
    return file.getvalue()
