"""Word documents: all that is written in them, once, in order."""

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ingest.article import Article
from ingest.formats.titles import told_title
from ingest.read import Item, read
from ingest.text import UnreadableError
from tests.formats.samples import TEXT, TITLE, archive, article, read_all, word

PARAGRAPHS = [("Normal", text) for text in TEXT.split("\n\n")]


def with_body(*xml: str) -> bytes:
    """A document with elements of its own."""
    document = docx.Document()
    for element in xml:
        document.element.body.insert(len(document.element.body) - 1, parse_xml(element.replace(">", f" {NAMES}>", 1)))
    file = BytesIO()
    document.save(file)
    return file.getvalue()


NAMES = nsdecls("w") + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def run(text: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


def test_an_article(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    made = datetime(2018, 2, 23, 10, 0, tzinfo=UTC)
    path.write_bytes(word([("Title", TITLE), *PARAGRAPHS], author="A. Writer", created=made))
    (found,) = read(Item("a.docx", path, ""))
    assert found == Article(id="a.docx", title=TITLE, text=TEXT, author="A. Writer", published=date(2018, 2, 23))


def test_the_day_in_its_name_counts_more_than_that_it_was_made_on(tmp_path: Path) -> None:
    path = tmp_path / "2018-02-22-a.docx"
    path.write_bytes(word(PARAGRAPHS, created=datetime(2018, 2, 23, tzinfo=UTC)))
    (found,) = read(Item(path.name, path, ""))
    assert isinstance(found, Article)
    assert found.published == date(2018, 2, 22)


def test_headings_lists_and_tables_in_order() -> None:
    document = docx.Document()
    document.add_paragraph("Before.")
    document.add_heading("A heading", 2)
    document.add_paragraph("An item", "List Bullet")
    table = document.add_table(2, 3)
    for row, texts in zip(table.rows, [("Town", "Votes", ""), ("Harbour", "1,200", "5 %")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    column = document.add_table(1, 2)
    column.cell(0, 0).text = "A column of text. " * 10
    column.cell(0, 1).text = "Another."
    document.add_paragraph("After.")
    file = BytesIO()
    document.save(file)
    assert article(".docx", file.getvalue()).text.split("\n\n") == [
        "Before.",
        "A heading",
        "An item",
        "Town; Votes",
        "Harbour; 1,200; 5 %",
        ("A column of text. " * 10).strip(),
        "Another.",
        "After.",
    ]


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (f"<w:p>{run('One ')}<w:ins w:id='1'>{run('new ')}</w:ins>{run('two')}</w:p>", "One new two"),
        (f"<w:p>{run('One')}<w:del w:id='1'><w:r><w:delText>old</w:delText></w:r></w:del></w:p>", "One"),
        (
            f"<w:p><w:moveFrom w:id='1'>{run('One')}</w:moveFrom><w:moveTo w:id='2'>{run('two')}</w:moveTo></w:p>",
            "two",
        ),
        (f"<w:p>{run('A ')}<w:hyperlink>{run('link')}</w:hyperlink></w:p>", "A link"),
        (f"<w:sdt><w:sdtContent><w:p>{run('In a form')}</w:p></w:sdtContent></w:sdt>", "In a form"),
        (
            "<w:p><w:r><w:t>One</w:t><w:br/><w:t>two</w:t><w:noBreakHyphen/><w:t>three</w:t></w:r></w:p>",
            "One\ntwo-three",
        ),
        (f"<w:p>{run('<![CDATA[<b>]]>')}</w:p>", "<b>"),
        (
            f"<w:p>{run('Text.')}<w:r><mc:AlternateContent>"
            f"<mc:Choice Requires='x'><w:txbxContent><w:p>{run('Box.')}</w:p></w:txbxContent></mc:Choice>"
            f"<mc:Fallback><w:p>{run('Box.')}</w:p></mc:Fallback></mc:AlternateContent></w:r></w:p>",
            "Text.\n\nBox.",
        ),
    ],
    ids=["insertion", "deletion", "move", "link", "form", "breaks", "mark-up", "text box"],
)
def test_what_is_written_once(xml: str, text: str) -> None:
    assert article(".docx", with_body(xml)).text == text


@pytest.mark.parametrize(
    ("paragraphs", "told", "title", "first"),
    [
        ([("Title", "A"), ("Normal", "Text.")], "B", "A", "Text."),
        ([("Heading 1", "A"), ("Normal", "Text.")], "", "A", "Text."),
        ([("Heading 2", "A"), ("Normal", "Text.")], "B", "B", "A"),
        ([("Normal", "b"), ("Normal", "Text.")], "B", "B", "Text."),
        ([("Normal", "Text.")], "Untitled", "", "Text."),
        ([("Title", "A")], "", "A", "A"),
    ],
)
def test_the_title(paragraphs: list[tuple[str, str]], told: str, title: str, first: str) -> None:
    found = article(".docx", word(paragraphs, title=told))
    assert (found.fields.get("title", ""), found.text.partition("\n")[0]) == (title, first)


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("Bridge opens", "Bridge opens"),
        ("Titles are won", "Titles are won"),
        ("Slide into crisis", "Slide into crisis"),
        ("Print is dead, long live print", "Print is dead, long live print"),
        ("Document leak shakes city", "Document leak shakes city"),
        ("U.S. leaves", "U.S. leaves"),
        ("untitled", ""),
        ("Untitled-1", ""),
        ("Document1", ""),
        ("Microsoft Word - bridge.doc", ""),
        ("Microsoft Word - Bridge opens", ""),
        ("bridge_final.pdf", ""),
        ("final bridge.docx", ""),
        ("C:\\texts\\bridge", ""),
        ("12-34", ""),
        ("", ""),
        (None, ""),
        (b"bytes", ""),
        ("x" * 201, ""),
    ],
)
def test_titles_that_are_none(told: object, title: str) -> None:
    assert told_title(told) == title


def test_the_template_of_a_library_says_nothing() -> None:
    assert article(".docx", word(PARAGRAPHS)).fields == {"title": ""}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is damaged, or no zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "it is encrypted, or of an old version"),
        (archive([("a.txt", b"Text.")]), "it is damaged, or no Word document"),
        (archive([("[Content_Types].xml", b" " * 9_000_000)]), "it would unpack to far more"),
    ],
)
def test_the_reason_why_a_document_gives_no_article(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read_all(".docx", data)


def test_entities_that_name_gigabytes_are_refused() -> None:
    levels = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    data = word([("Normal", "Text and more.")])
    with ZipFile(BytesIO(data)) as made:
        members = {name: made.read(name) for name in made.namelist()}
    declaration, _, document = members["word/document.xml"].decode().partition("?>")
    document = document.replace("and", "&a11;")
    members["word/document.xml"] = f"{declaration}?><!DOCTYPE d [<!ENTITY a0 'x'>{levels}]>{document}".encode()
    with pytest.raises(UnreadableError, match="it is damaged"):
        read_all(".docx", archive(members.items()))
