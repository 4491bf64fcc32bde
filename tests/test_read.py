"""Bytes become articles: fields, encodings, titles; what is hostile is defused, what is unreadable reported."""

import codecs
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.article import Article
from ingest.formats import plain
from ingest.formats.extracted import Extracted
from ingest.read import Item, Unreadable, read
from ingest.text import UnreadableError
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def only(item: Item) -> Article:
    (article,) = read(item)
    if isinstance(article, Unreadable):
        raise UnreadableError(article.reason)
    return article


def read_bytes(folder: Path, data: bytes, name: str = "some-file_name.md") -> Article:
    path = folder / name
    path.write_bytes(data)
    return only(Item(name, path, folder.as_posix()))


def read_text(folder: Path, text: str, name: str = "some-file_name.md") -> Article:
    return read_bytes(folder, text.encode(), name)


def with_field(folder: Path, field: str) -> Article:
    return read_text(folder, f"---\n{field}\n---\n\nText.")


def test_all_fields_of_the_front_matter(folder: Path) -> None:
    article = read_text(
        folder,
        "---\ntitle: A  title\nsource: The Desk\nauthor: A. Writer\nurl: https://example.org/a?b=c\n"
        "published: 2018-02-23\n---\n\nFirst paragraph.\n\nSecond\nparagraph.\n",
    )
    assert article == Article(
        id="some-file_name.md",
        title="A title",
        text="First paragraph.\n\nSecond\nparagraph.",
        source="The Desk",
        author="A. Writer",
        url="https://example.org/a?b=c",
        published=date(2018, 2, 23),
        origin=folder.as_posix(),
    )


@pytest.mark.parametrize(
    ("field", "name", "value"),
    [
        ("published: 2018-02-23", "published", date(2018, 2, 23)),
        ("published: '2018-02-23'", "published", date(2018, 2, 23)),
        ("published: 2018-02-23T23:30:00+02:00", "published", date(2018, 2, 23)),
        ("date: 2018-02-23", "published", date(2018, 2, 23)),
        ("published: '2018-02-30'", "published", None),
        ("published: Friday", "published", None),
        ("published: 20180223", "published", date(2018, 2, 23)),
        ("published:", "published", None),
        ("title: 2018", "title", "2018"),
        ("title: 2018-02-23", "title", "2018-02-23"),
        ("title: '  '", "title", "some file name"),
        ("title: {a: b}", "title", "some file name"),
        ("title: [A, [B, C], D]", "title", "A, D"),
        ('title: "two\\nlines\\tof words"', "title", "two lines of words"),
        ('title: "<b>bold</b> & more"', "title", "<b>bold</b> & more"),
        ("author: [A. Writer, B. Writer]", "author", "A. Writer, B. Writer"),
        ("author: null", "author", None),
        ("source: ''", "source", ""),
        ("- a list", "source", ""),
        ("just words", "source", ""),
        ("", "source", ""),
    ],
)
def test_a_field(folder: Path, field: str, name: str, value: object) -> None:
    article = with_field(folder, field)
    assert getattr(article, name) == value
    assert article.text == "Text."


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://example.org/a", True),
        ("http://example.org", True),
        ("HTTPS://example.org/a", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("'java\\tscript:alert(1)'", False),
        ("' javascript:alert(1)'", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("vbscript:msgbox(1)", False),
        ("file:///etc/passwd", False),
        ("ftp://example.org/a", False),
        ("//example.org/a", False),
        ("example.org/a", False),
        ("https:example.org", False),
        ("'https://'", False),
        ("'http://[::1'", False),
        (f"https://example.org/{'a' * 5000}", False),
    ],
)
def test_only_web_addresses_stay(folder: Path, address: str, kept: bool) -> None:
    assert with_field(folder, f"url: {address}").url == (address if kept else None)


@pytest.mark.parametrize("field", ["title", "source", "author"])
def test_a_field_without_end_is_cut(folder: Path, field: str) -> None:
    value = getattr(with_field(folder, f"{field}: {'word ' * 1000}"), field)
    assert len(value) <= 200
    assert value.startswith("word word")
    assert value.endswith("…")


@pytest.mark.parametrize(
    ("name", "text", "title", "body"),
    [
        ("a.md", "---\ntitle: Front\n---\n# Heading\n\nText.", "Front", "Heading\n\nText."),
        ("a.md", "# A *heading*\n\nText.", "A heading", "Text."),
        ("a.md", "A heading\n=========\n\nText.", "A heading", "Text."),
        ("a.md", "Text.\n\n# Heading\n\nMore.", "a", "Text.\n\nHeading\n\nMore."),
        ("a.md", "## Second level\n\nText.", "a", "Second level\n\nText."),
        ("on-the_sea/the-big_news.md", "Text.", "the big news", "Text."),
        ("a.txt", "A first line\n\nText.\n", "A first line", "A first line\n\nText."),
        ("a.txt", "\n\n  A first line\n\nText.\n", "A first line", "A first line\n\nText."),
        ("a.txt", "A first line\nthat goes on.\n\nText.", "a", "A first line\nthat goes on.\n\nText."),
        ("a.txt", f"{'x' * 201}\n\nText.", "a", f"{'x' * 201}\n\nText."),
        ("a.md", f"# {'x' * 201}\n\nText.", "a", f"{'x' * 201}\n\nText."),
        ("a.txt", "Only a line", "a", "Only a line"),
        ("a.TXT", "---\ntitle: Front\n---\nText.", "a", "---\ntitle: Front\n---\nText."),
        ("A.MD", "# Heading\n\nText.", "Heading", "Text."),
    ],
)
def test_titles(folder: Path, name: str, text: str, title: str, body: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    article = read_text(folder, text, name)
    assert (article.title, article.text) == (title, body)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("*One* **two** `three` [four](https://example.org) ![five](a.png)", "One two three four five"),
        ("- one\n- two\n  - three\n\n1. four", "one\n\ntwo\n\nthree\n\nfour"),
        ("> quoted\n> words", "quoted\nwords"),
        ("```python\nx = 1\n\ny = 2\n```", "x = 1\n\ny = 2"),
        ("| a | b |\n|---|---|\n| c | d |", "a\n\nb\n\nc\n\nd"),
        ("one  \ntwo\\\nthree", "one\ntwo\nthree"),
        ("above\n\n---\n\nbelow", "above\n\nbelow"),
        ("&lt;b&gt; &amp; &euro;5 \\*not emphasis\\*", "<b> & €5 *not emphasis*"),
        ("<script>alert(1)</script>\n\n<b>bold</b>", "<script>alert(1)</script>\n\n<b>bold</b>"),
        ("[link](javascript:alert(1))", "[link](javascript:alert(1))"),
        ("```\n   \n```\n\nText", "Text"),
    ],
)
def test_markdown_becomes_its_words(folder: Path, markdown: str, text: str) -> None:
    assert read_text(folder, markdown).text == text


ENGLISH = "The café’s owner said that the £5 “résumé” was naïve – and left."


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (ENGLISH.encode(), ENGLISH),
        (codecs.BOM_UTF8 + ENGLISH.encode(), ENGLISH),
        (ENGLISH.encode("utf-16"), ENGLISH),
        (codecs.BOM_UTF16_LE + ENGLISH.encode("utf-16-le"), ENGLISH),
        (codecs.BOM_UTF16_BE + ENGLISH.encode("utf-16-be"), ENGLISH),
        (ENGLISH.encode("cp1252"), ENGLISH),
        ("Zoë paid £3.".encode("latin-1"), "Zoë paid £3."),
        ("Das Gericht prüft die Übernahme.".encode("latin-1"), "Das Gericht prüft die Übernahme."),
        (
            "Компания объявила о новом соглашении с правительством России.".encode("cp1251"),
            "Компания объявила о новом",
        ),
        ("マイクロソフトとシャオミは協力を発表した。".encode("shift_jis"), "マイクロソフトとシャオミは"),
        (b"One\r\nTwo\rThree\n", "One\nTwo\nThree"),
        ("e\u0301".encode(), "é"),
    ],
    ids=[
        "utf-8",
        "utf-8 with mark",
        "utf-16",
        "utf-16 little",
        "utf-16 big",
        "cp1252",
        "latin-1",
        "German",
        "Russian",
        "Japanese",
        "line ends",
        "composed",
    ],
)
def test_encodings(folder: Path, data: bytes, text: str) -> None:
    assert read_bytes(folder, data, "a.txt").text.startswith(text)


def test_front_matter_behind_a_byte_order_mark_and_with_windows_line_ends(folder: Path) -> None:
    article = read_bytes(folder, codecs.BOM_UTF8 + b"---\r\ntitle: Front\r\n---\r\n\r\nOne.\r\n\r\nTwo.\r\n")
    assert (article.title, article.text) == ("Front", "One.\n\nTwo.")


BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def harmless(text: str) -> bool:
    return not any(
        character in BIDIRECTIONAL or (unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t")
        for character in text
    )


@pytest.mark.parametrize("character", [*BIDIRECTIONAL, "\x00", "\x1b", "\x7f", "\x9b", "\u200b", "\ufeff"], ids=ascii)
@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: {json}\nauthor: {json}\n---\n\nText {raw} and {entity}.\n\n`{raw}`",
        "---\ntitle: 'a {raw} b'\nsource: a{raw}b\n---\n\n```\nText{raw}\n```",
        "# Heading {entity}\n\n![{entity}picture](a.png)",
    ],
    ids=["escaped", "raw", "entity"],
)
def test_nothing_turns_the_text_or_the_terminal(folder: Path, character: str, text: str) -> None:
    # A NUL or the like makes YAML refuse the front matter: that is as good.
    content = text.format(json=json.dumps(f"a {character} b"), raw=character, entity=f"&#{ord(character)};")
    article = read_text(folder, content.replace("\x00", ""))
    assert harmless(article.title + article.text + article.source + str(article.author))
    assert "a" in article.title


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode), st.sampled_from(["a.md", "a.txt"]))
@example(b'---\ntitle: "\\ud800"\n---\nText', "a.md")
@example(b"\xff\xfe\x00", "a.txt")
@example(b"---\n? [a, b]\n: c\n---\nText", "a.md")
@example(b"---\n&a [*a]\n---\nText", "a.md")
@example(b"---\n<<: 1\n---\nText", "a.md")
def test_any_bytes_give_a_good_article_or_a_reason(folder: Path, data: bytes, name: str) -> None:
    try:
        article = read_bytes(folder, data, name)
    except UnreadableError as reason:
        assert str(reason)  # noqa: PT017 - one of the two good ends
        return
    assert article.text.strip()
    assert article.title
    assert harmless(article.text + article.title)
    (article.text + article.title).encode()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "there is no text in it"),
        (b" \n\t\n", "there is no text in it"),
        (b"---\ntitle: Only a title\n---\n", "there is no text in it"),
        (b"# Only a heading\n", "there is no text in it"),
        ("\ufeff\u200b\u202e".encode(), "there is no text in it"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a text file"),
        ("text".encode("utf-32-be"), "not a text file"),
        (b"---\ntitle: [\n---\nText.", "its front matter is not YAML"),
        (b"---\ntitle: a: b\n---\nText.", "its front matter is not YAML"),
        (b"---\npublished: 2018-02-30\n---\nText.", "its front matter is not YAML: day is out of range"),
        (b"---\ntitle: !!python/object/apply:os.system [ls]\n---\nText.", "its front matter is not YAML"),
        (b"---\na: " + b"[" * 4_000 + b"]" * 4_000 + b"\n---\nText.", "its front matter is longer than"),
    ],
)
def test_the_reason_why_a_file_gives_no_article(folder: Path, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_bytes(folder, data)
    assert str(refused.value).startswith(reason)
    assert len(str(refused.value)) < 300
    assert "\n" not in str(refused.value)


DEEP = """
import sys
from pathlib import Path
from ingest.read import Item, read
(found,) = read(Item("a.md", Path(sys.argv[1]), ""))
print(getattr(found, "title", None) or found.reason)
"""


@pytest.mark.parametrize(
    ("depth", "said"), [(3_990, "a\n"), (100_000, "its front matter is longer than 8000 characters\n")]
)
def test_front_matter_nested_deep_does_not_end_the_process(folder: Path, depth: int, said: str) -> None:
    (folder / "a.md").write_text(f"---\ntitle: {'[' * depth}{']' * depth}\n---\nText.")
    command = [sys.executable, "-c", DEEP, str(folder / "a.md")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, said), done.stderr


def test_front_matter_that_names_gigabytes_in_a_few_lines_stays_small(folder: Path) -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    bomb = "\n".join(
        ["a0: &a0 [x, x, x, x, x, x, x, x, x]", *levels, "title: *a11", "author: [*a0, *a11, A. Writer]"]
    )
    article = with_field(folder, bomb)
    assert (article.title, article.author) == ("some file name", "A. Writer")


@pytest.mark.parametrize("markdown", [">" * 3000 + "x", "![" * 3000 + "]()" * 3000, "*a " * 5000, "- " * 3000])
def test_markdown_nested_without_end_is_read_or_refused(folder: Path, markdown: str) -> None:
    assert read_text(folder, f"Text.\n\n{markdown}").text.startswith("Text.")


def test_a_file_too_large_is_not_read(folder: Path) -> None:
    path = folder / "a.txt"
    with path.open("wb") as file:
        file.truncate(50_000_001)
    with pytest.raises(UnreadableError, match="larger than 50 MB"):
        only(Item("a.txt", path, ""))


def test_what_is_no_regular_file_is_not_read(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")
    (folder / "zeros.txt").symlink_to("/dev/zero")
    for name in ("pipe.txt", "zeros.txt"):
        with pytest.raises(UnreadableError, match="not a regular file"):
            only(Item(name, folder / name, ""))


def test_a_file_that_is_gone_is_reported(folder: Path) -> None:
    (folder / "nowhere.txt").symlink_to(folder / "gone.txt")
    (folder / "round.txt").symlink_to(folder / "round.txt")
    for name, reason in (("nowhere.txt", "No such file"), ("round.txt", "Too many levels of symbolic links")):
        with pytest.raises(UnreadableError, match=reason):
            only(Item(name, folder / name, ""))


@pytest.mark.parametrize("name", [b"caf\xe9.txt", b"a\nb.txt", "a\u202etxt.txt".encode(), b"\x1b[2J.txt"], ids=ascii)
def test_a_name_that_cannot_be_shown_is_reported(folder: Path, name: bytes) -> None:
    with pytest.raises(UnreadableError, match="rename it"):
        read_text(folder, "Text.", os.fsdecode(name))


@pytest.mark.parametrize("name", ["a b.txt", "naïve.txt", "微软.txt", "a\u202fm.txt", "a#0.txt", "'\".txt"])
def test_other_names_are_ids(folder: Path, name: str) -> None:
    assert read_text(folder, "Text.", name).id == name


def test_a_file_that_is_being_written_is_not_read_half(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "a.txt"
    path.write_text("Half of it.")

    def slowly(file: BinaryIO) -> Iterator[Extracted]:
        found = file.read().decode()
        with path.open("a") as writer:
            writer.write(" The other half.")
        yield Extracted(found)

    monkeypatch.setattr(plain, "extract", slowly)
    item = Item("a.txt", path, "")
    assert list(read(item)) == [Unreadable("", "it changed while it was read: run this again")]
    monkeypatch.undo()
    assert only(item).text == "Half of it. The other half."
