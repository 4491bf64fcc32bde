"""PDF: lines become paragraphs again, what stands round them goes, and the reasons why there are none."""

from datetime import date
from io import BytesIO
from itertools import islice, product
from pathlib import Path
from textwrap import wrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from ingest.article import Article
from ingest.formats.extracted import Extracted, Unreadable
from ingest.formats.paragraphs import Line, paragraphs
from ingest.read import Item, read
from ingest.text import UnreadableError
from tests.formats.samples import TITLE, Placed, article, column, pdf, read_all

FULL = [
    "The city council said on Friday that a new bridge over the harbour would open",
    "to cars and bicycles in the spring of next year, after ten years of work and a",
    "great deal of argument about who was to pay for it and about what it would do",
]
LAST = "to the birds."


def text_of(*pages: list[Placed]) -> list[str]:
    return article(".pdf", pdf(list(pages))).text.split("\n\n")


def test_an_article(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    lines = [*column([TITLE], size=20, top=800), *column([*FULL, LAST, "", *FULL, LAST])]
    info = {"Author": "A. Writer", "CreationDate": "D:20180223101500+01'00'"}
    path.write_bytes(pdf([lines], info))
    (found,) = read(Item("a.pdf", path, ""))
    paragraph = " ".join([*FULL, LAST])
    assert found == Article(
        id="a.pdf",
        title=TITLE,
        text=f"{paragraph}\n\n{paragraph}",
        author="A. Writer",
        published=date(2018, 2, 23),
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([*column([f"{FULL[0]}."], size=12.5), *column(FULL, top=747)], [f"{FULL[0]}.", " ".join(FULL)]),
        (column([*FULL, LAST, "", *FULL]), [" ".join([*FULL, LAST]), " ".join(FULL)]),
        (column([*FULL, LAST, *FULL]), [" ".join([*FULL, LAST]), " ".join(FULL)]),
        (
            [
                *column(FULL[:2]),
                *column(["It is done by then. " + FULL[2]], x=90, top=733.6),
                *column(FULL, top=720.4),
            ],
            [" ".join([*FULL[:2], "It is done by then.", FULL[2], *FULL])],
        ),
        (
            [*column([*FULL, "A short line"]), *column(FULL, top=707.2)],
            [" ".join([*FULL, "A short line"]), " ".join(FULL)],
        ),
        (column(["Three:", "1. One", "2. Two", "• Three"]), ["1. One", "2. Two", "• Three"]),
        ([*column(FULL), *column(FULL, x=320)], [" ".join([*FULL, *FULL])]),
        (
            [*column([*FULL[:2], "and ends here."]), *column(FULL, x=320)],
            [f"{' '.join(FULL[:2])} and ends here.", " ".join(FULL)],
        ),
    ],
    ids=[
        "larger",
        "gap",
        "short last line",
        "indented within a sentence",
        "heading",
        "list",
        "columns",
        "columns of paragraphs",
    ],
)
def test_lines_become_paragraphs(lines: list[Placed], expected: list[str]) -> None:
    assert text_of(lines) == expected


def test_a_first_line_that_is_indented_begins_a_paragraph() -> None:
    full = [f"{line}." for line in FULL]
    lines = [*column(full), *column(full[:1], x=90, top=720.4), *column(full[1:], top=707.2)]
    assert text_of(lines) == [" ".join(full), " ".join(full)]


def test_a_paragraph_goes_on_over_the_page() -> None:
    other = [f"and {line}" for line in FULL]
    assert text_of(column(FULL), column([*other, LAST])) == [" ".join([*FULL, *other, LAST])]
    assert text_of(column([*FULL, LAST]), column(other)) == [" ".join([*FULL, LAST]), " ".join(other)]


@pytest.mark.parametrize("first", [True, False], ids=["in front", "behind"])
def test_running_heads_and_page_numbers_go(first: bool) -> None:
    pages = []
    for number in range(1, 5):
        beside = [(72.0, 815.0, 9.0, f"The Desk, page {number}"), (300.0, 30.0, 9.0, f"- {number} -")]
        body = column([f"Page text {'abcde'[number]} of some length and of no importance.", *FULL, LAST])
        pages.append([*beside, *body] if first else [*body, *beside])
    text = article(".pdf", pdf(pages)).text
    assert "The Desk" not in text
    assert "- 1 -" not in text
    assert text.count("Page text") == 4


def test_what_a_browser_prints_beside_a_page_goes() -> None:
    lines = [
        (20.0, 825.0, 8.0, f"11/23/26, 8:38 AM {TITLE} - The Desk"),
        *column(FULL),
        (20.0, 15.0, 8.0, "https://example.org/bridge 1/1"),
    ]
    found = article(".pdf", pdf([lines]))
    assert (found.fields["title"], found.text) == ("", " ".join(FULL))


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["It is about inte-", "gration."], "It is about integration."),
        (["It is well-", "known."], "It is well-known."),
        (["It is a self-", "portrait."], "It is a self-portrait."),
        (["An Anglo-", "Saxon."], "An Anglo-Saxon."),
        (["In 2018-", "19 it was."], "In 2018-19 it was."),
        (["An 8-year-", "old child."], "An 8-year-old child."),
        (["A co-operative. The co-", "operative."], "A co-operative. The co-operative."),
        (["The prepaid card is a pre-", "paid card."], "The prepaid card is a prepaid card."),
        (["A price, fixed low. It is a price-", "fixed thing."], "A price, fixed low. It is a price-fixed thing."),
        (["One, two -", "three."], "One, two - three."),
        (["ﬁnal ﬂowers were ofﬁ-", "cial."], "final flowers were official."),
        (["soft\u00adly inte\u00ad", "gration."], "softly integration."),
    ],
)
def test_words_that_were_cut_are_whole(lines: list[str], joined: str) -> None:
    wide = "This line is here to be as wide as the others are, or so it was intended."
    longer = [f"{wide} {line}" for line in lines[:-1]]
    assert text_of(column([wide, "", *longer, lines[-1]]))[-1].replace(f"{wide} ", "") == joined


@pytest.mark.parametrize(
    ("told", "lines", "title", "first"),
    [
        ("Bridge opens", column(FULL), "Bridge opens", FULL[0]),
        (
            "Harbour BRIDGE opens",
            [*column([TITLE], size=20, top=800), *column(FULL)],
            "Harbour BRIDGE opens",
            FULL[0],
        ),
        ("Microsoft Word - a.doc", [*column([TITLE], size=20, top=800), *column(FULL)], TITLE, FULL[0]),
        (
            "untitled",
            [*column(["The Desk"], top=820), *column([TITLE], size=20, top=800), *column(FULL)],
            TITLE,
            "The Desk",
        ),
        (
            "",
            [*column(["A headline in", "two lines"], size=20, top=820), *column(FULL)],
            "A headline in two lines",
            FULL[0],
        ),
        ("a.pdf", column([TITLE, "", "", *FULL]), TITLE, FULL[0]),
        ("", column(FULL), "", FULL[0]),
        ("", column([*FULL, "", *FULL]), "", FULL[0]),
        ("", [*column([FULL[0] * 3], size=20, top=800), *column(FULL)], "", FULL[0]),
    ],
)
def test_the_title(told: str, lines: list[Placed], title: str, first: str) -> None:
    found = article(".pdf", pdf([lines], {"Title": told}))
    assert found.fields["title"] == title
    assert found.text.startswith(first)


@pytest.mark.parametrize("day", ["D:20180223", "20180223", "D:2018-02-23", "soon", ""])
def test_the_day_it_was_made(day: str) -> None:
    found = article(".pdf", pdf([column(FULL)], {"CreationDate": day}))
    assert str(found.fields.get("created") or "").startswith("2018-02-23" if "20180223" in day else "")


@pytest.mark.parametrize("algorithm", ["RC4-40", "RC4-128", "AES-128", "AES-256"])
def test_what_anybody_may_open_is_read(algorithm: str) -> None:
    data = pdf([column(FULL)], user_password="", owner_password="owner", algorithm=algorithm)
    assert article(".pdf", data).text == " ".join(FULL)


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_what_needs_a_password_is_refused(algorithm: str) -> None:
    with pytest.raises(UnreadableError, match="it is encrypted"):
        read_all(".pdf", pdf([column(FULL)], user_password="user", owner_password="owner", algorithm=algorithm))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "it is damaged, or no PDF file"),
        (b"%PDF-1.7\n", "it is damaged, or no PDF file"),
        (b"no PDF", "it is damaged, or no PDF file"),
        (pdf([[]]), "there is no text in it, only pictures: run OCR on it first"),
        (pdf([[(72, 700, 11, " ")]]), "there is no text in it, only pictures: run OCR on it first"),
        (pdf([[]] * 2_001), "it has more than 2,000 pages"),
    ],
    ids=["empty", "head", "text", "no text", "space", "pages"],
)
def test_the_reason_why_there_is_no_article(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read_all(".pdf", data)


def test_a_damaged_page_costs_only_itself() -> None:
    before, second, rest = pdf([column(FULL), column(["Lost."]), column(["Kept."])]).rpartition(b"/Length ")[0:3]
    first, length, other = before.rpartition(b"/Length ")
    found, unreadable = read_all(".pdf", first + b"/Filter /Unknown\n" + length + other + second + rest)
    assert isinstance(found, Extracted)
    assert found.text == " ".join([*FULL, "Kept."])
    assert unreadable == Unreadable("page 2", "it is damaged: Unsupported filter /Unknown")


def test_text_on_its_side_is_read_when_there_is_no_other() -> None:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf([column(FULL)]))))
    page = writer.pages[0]
    page.rotate(90)
    page.transfer_rotation_to_content()
    file = BytesIO()
    writer.write(file)
    assert " ".join(FULL) in " ".join(article(".pdf", file.getvalue()).text.split())


@given(st.lists(st.integers(20, 400), min_size=1, max_size=12), st.integers(40, 90), st.integers(5, 60))
def test_no_word_is_lost_or_made(sizes: list[int], width: int, height: int) -> None:
    """Paragraphs that were set in lines, on pages, have the words that they had."""
    words = ("".join(letters) for letters in product("abcdefgh", repeat=5))
    texts = [f"{' '.join(islice(words, size)).capitalize()}." for size in sizes]
    lines = [line for text in texts for line in [*wrap(text, width), ""]]
    placed = [
        Line(line, 72, 760 - 13.2 * (number % height), 11, number // height)
        for number, line in enumerate(lines)
        if line
    ]
    assert " ".join(paragraph.text for paragraph in paragraphs(placed)) == " ".join(texts)
