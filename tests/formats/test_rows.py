"""Rows: each an article or a reason, however they are written, in little memory."""

import gzip
import json
import subprocess
import sys
from io import BytesIO
from itertools import islice
from pathlib import Path

import pytest

from ingest.formats.extracted import Extracted
from ingest.formats.lines import LONGEST
from ingest.read import extract
from ingest.text import UnreadableError
from tests.conftest import ROOT
from tests.formats.samples import ROW, TEXT, TITLE, article, json_lines, read_all, table


def rows(suffix: str, data: bytes) -> list[tuple[str, str]]:
    """Key and text of each row, or the reason why it has none."""
    return [
        (found.key, found.text if isinstance(found, Extracted) else f"! {found.reason}")
        for found in read_all(suffix, data)
    ]


@pytest.mark.parametrize(
    ("suffix", "data"),
    [
        (".jsonl", json_lines([ROW])),
        (".jsonl", b"\xef\xbb\xbf\n" + json_lines([ROW]).replace(b"\n", b"\r\n\r\n")),
        (".jsonl", json_lines([ROW]).decode().encode("utf-16")),
        (".jsonl", json_lines([ROW]).decode().encode("cp1252")),
        (".jsonl.gz", gzip.compress(json_lines([ROW]))),
        (".jsonl", gzip.compress(json_lines([ROW]))),
        (".json", json.dumps([ROW]).encode()),
        (".json", json.dumps({"status": "ok", "articles": [ROW]}, indent=2).encode("utf-8")),
        (".json", json_lines([ROW])),
        (".csv", table([ROW])),
        (".csv", b"\xef\xbb\xbf" + table([ROW])),
        (".csv", b"sep=;\r\n" + table([ROW], delimiter=";")),
        (".csv", table([ROW], delimiter="|")),
        (".csv", table([ROW]).decode().encode("cp1252")),
        (".csv", table([ROW], delimiter="\t").decode().encode("utf-16")),
        (".csv.gz", gzip.compress(table([ROW]))),
        (".tsv", table([ROW], delimiter="\t")),
    ],
)
def test_a_row_is_an_article(suffix: str, data: bytes) -> None:
    found = article(suffix, data)
    if suffix == ".json" and not found.key:
        assert data.startswith(b"{")  # one object is a file of one article
    else:
        assert found.key == "bridge"
    assert found.text.replace("\r\n", "\n") == TEXT
    assert found.fields == {"title": TITLE, "published": "2018-02-23", "source": "The Desk"}


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"text": "One.\n\nTwo."}, "One.\n\nTwo."),
        ({"content": ["One.", "Two.", 3]}, "One.\n\nTwo."),
        ({"description": "Short.", "body": "Long."}, "Long."),
        ({"description": "Short.", "body": ""}, "Short."),
        ({"body": "<p>One &amp; <b>two</b>.</p><script>alert(1)</script><ul><li>Three</ul>"}, "One & two.\n\nThree"),
        ({"body": "One<br><br>two"}, "One\n\ntwo"),
        ({"body": "AT&amp;T &lt;rose&gt; &#8217;"}, "AT&T <rose> ’"),
        ({"body": "if a < b and c > d, R&D"}, "if a < b and c > d, R&D"),
        ({"body": "<?xml version='1.0' encoding='utf-16'?><p>Größe</p>"}, "Größe"),
    ],
)
def test_the_text_of_a_row(row: dict[str, object], text: str) -> None:
    assert article(".jsonl", json_lines([row])).text == text


@pytest.mark.parametrize(
    ("row", "title"),
    [
        ({"title": "AT&amp;T <b>rose</b>", "text": "Text."}, "AT&T rose"),
        ({"text": "A line\nand more."}, "A line"),
        ({"text": "word " * 30}, f"{'word ' * 15}word…"),
    ],
)
def test_the_title_of_a_row(row: dict[str, object], title: str) -> None:
    assert article(".jsonl", json_lines([row])).fields["title"] == title


@pytest.mark.parametrize(
    ("told", "keys"),
    [
        ([{"id": 7}, {"guid": "b"}, {"url": "https://example.org/a"}, {}], ["7", "b", "https://example.org/a", "4"]),
        ([{"id": "a", "url": "b"}, {"id": "", "url": "b"}], ["a", "b"]),
        ([{"id": "a"}, {"id": "a"}, {"id": "a"}], ["a"]),
        ([{"id": "a"}, {"id": "a", "title": "B"}, {"id": "a", "title": "B"}, {"id": "a"}], ["a", "a~2"]),
        ([{"id": "a~2"}, {"id": "a"}, {"id": "a", "title": "B"}], ["a~2", "a", "a~3"]),
        ([{"id": "a"}, {"id": "a", "title": "B"}, {"id": "a", "title": "C"}], ["a", "a~2", "a~3"]),
        (
            [{"id": "a\n\x1b\u202e b"}, {"id": "\x00"}, {"id": "x" * 501}, {"id": ["a"]}, {"id": True}],
            ["a b", *"2345"],
        ),
    ],
)
def test_keys(told: list[dict[str, object]], keys: list[str]) -> None:
    assert [key for key, _ in rows(".jsonl", json_lines({"text": "Text.", **row} for row in told))] == keys


def test_a_bad_row_costs_only_itself() -> None:
    good = json_lines([ROW]).strip()
    data = b"\n".join(
        [b"{", b"[1]", good, b'{"id": 5}', b"\x00\xff", b"[" * 100_000, b"", b'{"a": ' + b"1" * 5000 + b"}", b"null"]
    )
    found = rows(".jsonl", data)
    assert [key for key, _ in found] == ["row 1", "row 2", "bridge", "row 4", "row 5", "row 6", "row 8", "row 9"]
    assert [reason.partition(":")[0] for _, reason in found if reason.startswith("!")] == [
        "! it is not JSON",
        "! it is not a JSON object",
        "! there is no text in it",
        "! it is not JSON",
        "! it is nested too deep",
        "! it is not JSON",
        "! it is not a JSON object",
    ]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_a_row_too_long_is_left_out(suffix: str) -> None:
    long = {**ROW, "id": "long", "body": "x" * (LONGEST + 5)}
    data = json_lines([long, ROW]) if suffix == ".jsonl" else table([long, ROW])
    assert [(key, text[:20]) for key, text in rows(suffix, data)] == [
        ("row 1", "! longer than 10 MB"),
        ("bridge", TEXT[:20]),
    ]


def test_a_file_of_bad_rows_is_given_up() -> None:
    data = json_lines([ROW]) + b"no\n" * 5_000 + json_lines([{**ROW, "id": "b"}])
    found = extract(".jsonl", BytesIO(data))
    assert [part.key for part in islice(found, 1_001)] == ["bridge", *(f"row {number}" for number in range(2, 1_002))]
    with pytest.raises(UnreadableError, match="1,000 of its rows cannot be read"):
        next(found)


def test_cells_are_quoted_or_refused() -> None:
    data = b'id,text\n1,"One, ""two""\nthree"\n2,One, two\n\n3,Three,,\n4\n5,"open\n'
    assert rows(".csv", data) == [
        ("1", 'One, "two"\nthree'),
        ("row 2", "! it has more cells than there are columns: put quotes round those with the delimiter in them"),
        ("3", "Three"),
        ("row 5", "! there is no text in it"),
        ("5", "open\n"),
    ]


@pytest.mark.parametrize(
    ("suffix", "data", "reason"),
    [
        (".csv", b"", "none of its columns is called text, body or content"),
        (".csv", b"a,b\n1,2\n", "none of its columns is called text, body or content"),
        (".csv", b"title,date\nA,2018-02-23\n", "none of its columns is called text, body or content"),
        (".csv", b"title,text\n", "there are no rows in it"),
        (".jsonl", b"\n\n", "there are no rows in it"),
        (".json", b"", "it is not JSON"),
        (".json", b"[1, 2]", "there is no article in it"),
        (".json", b'{"a": {"text": "b"}}', "there is no article in it"),
        (".json", b"[" * 100_000, "it is nested too deep"),
        (".json", b"\x00", "not a text file"),
    ],
)
def test_the_reason_why_a_file_has_no_rows(suffix: str, data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read_all(suffix, data)


def test_lines_of_json_by_another_name() -> None:
    data = json_lines([ROW, {**ROW, "id": "two"}])
    assert rows(".json", data) == [("bridge", TEXT), ("two", TEXT)]


def test_a_cell_may_be_as_long_as_an_article() -> None:
    text = "A sentence of some words. " * 10_000
    assert article(".csv", table([{**ROW, "body": text}])).text == text


def test_of_a_list_the_parts_that_are_no_articles_are_told() -> None:
    assert rows(".json", json.dumps([ROW, 5, {"title": "A"}]).encode()) == [
        ("bridge", TEXT),
        ("row 2", "! it is not an object"),
        ("row 3", "! there is no text in it"),
    ]


PART = """
import itertools, sys
from ingest.formats.extracted import Extracted
from ingest.read import extract
from ingest.text import UnreadableError
found = []
try:
    for row in extract(sys.argv[2], open(sys.argv[1], "rb")):
        found.append(row.key)
except UnreadableError as error:
    print(len(found), error)
"""


@pytest.mark.parametrize("damage", ["cut", "broken"])
def test_of_a_damaged_archive_what_can_be_read_is_kept(tmp_path: Path, damage: str) -> None:
    data = bytearray(gzip.compress(json_lines({**ROW, "id": number} for number in range(20_000))))
    if damage == "cut":
        del data[len(data) // 2 :]
    else:
        data[len(data) // 2 :] = b"\xff" * (len(data) // 2)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(data)
    count, _, reason = said(PART, path).partition(" ")
    assert 1_000 < int(count) < 19_000
    assert reason == "it is cut short or damaged: what comes behind that is left out"


def test_what_is_made_to_fill_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wb") as file:
        file.write(json_lines([ROW]))
        for _ in range(400):
            file.write(b" " * 99_999 + b"\n")
    assert said(PART, path).startswith("1 it would unpack to far more")


MEMORY = """
import resource, sys
from ingest.read import extract
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
count = sum(1 for _ in extract(sys.argv[2], open(sys.argv[1], "rb")))
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    long = {**ROW, "body": "A sentence of some words. " * 400}
    with path.open("wb") as file:
        file.write(b"" if suffix == ".jsonl" else b"id,text\n")
        for number in range(8_000):
            row = (
                json_lines([{**long, "id": number}]) if suffix == ".jsonl" else f"{number},{long['body']}\n".encode()
            )
            file.write(row)
    assert path.stat().st_size > 80_000_000
    count, kilobytes = map(int, said(MEMORY, path).split())
    assert count == 8_000
    assert kilobytes < 30_000


def said(script: str, path: Path) -> str:
    """What a script prints that is run on a file, in a process of its own."""
    suffix = "." + path.name.partition(".")[2]
    command = [sys.executable, "-c", script, str(path), suffix]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()
