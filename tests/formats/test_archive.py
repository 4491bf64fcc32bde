"""Zip archives: members of every kind, limits, and names that are only names."""

import struct
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

import ingest.formats.archive
from ingest.article import Article
from ingest.formats.extracted import Extracted, Unreadable
from ingest.read import Item, read
from ingest.text import UnreadableError
from tests.formats.samples import ROW, TEXT, TITLE, archive, json_lines, read_all, samples


def told(data: bytes) -> list[tuple[str, str]]:
    """Key of each part, and its text or the reason why it has none."""
    return [
        (found.key, found.text if isinstance(found, Extracted) else f"! {found.reason}")
        for found in read_all(".zip", data)
    ]


def test_members_of_every_kind() -> None:
    found = read_all(".zip", samples()[".zip"])
    assert not [part for part in found if isinstance(part, Unreadable)]
    keys = [part.key for part in found]
    assert {"folder/a.txt", "folder/a.pdf", "folder/a.docx", "folder/a.eml", "folder/a.csv.gz#bridge"} <= set(keys)
    assert len(keys) == len(set(keys))
    assert {part.fields["title"] for part in found if isinstance(part, Extracted)} == {TITLE}


def test_an_article_in_an_archive_is_known_by_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive([("on/2018-02-23-the-big-news.txt", b"Text."), ("rows.jsonl", json_lines([ROW]))]))
    first, second = read(Item("in/a.zip", path, ""))
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert (first.id, first.title) == ("in/a.zip#on/2018-02-23-the-big-news.txt", "2018 02 23 the big news")
    assert str(first.published) == "2018-02-23"
    assert (second.id, second.text) == ("in/a.zip#rows.jsonl#bridge", TEXT)


@pytest.mark.parametrize(
    "name",
    [
        "a.exe",
        "a",
        "folder/",
        ".hidden.txt",
        ".git/a.txt",
        "__MACOSX/a.txt",
        "__MACOSX/._a.txt",
        "in\\.hidden\\a.txt",
    ],
)
def test_what_nobody_chose_is_passed_over(name: str) -> None:
    assert told(archive([(name, b"Text."), ("b.txt", b"Text.")])) == [("b.txt", "Text.")]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("../../etc/passwd.txt", "../../etc/passwd.txt"),
        ("/etc/passwd.txt", "/etc/passwd.txt"),
        ("C:\\a.txt", "C:\\a.txt"),
        ("a\n\x1b[2J\u202eb.txt", "a [2Jb.txt"),
        ("ü.txt", "ü.txt"),
        (f"{'x' * 600}.txt", "member"),
    ],
)
def test_a_name_is_only_a_name(name: str, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert told(archive([(name, b"Text.")])) == [(key, "Text.")]
    assert list(tmp_path.iterdir()) == []


def test_names_that_occur_twice() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = archive([("a.txt", b"One."), ("a.txt", b"Two."), ("a.txt", b"One.")])
    assert told(data) == [("a.txt", "One."), ("a.txt~2", "Two."), ("a.txt~3", "One.")]


def test_what_cannot_be_read_costs_only_itself() -> None:
    members = [("a.zip", archive([])), ("b.pdf", b"no"), ("c.txt", b"\x00"), ("d.csv", b"x"), ("e.txt", b"Text.")]
    found = told(archive(members))
    assert [key for key, _ in found] == ["a.zip", "b.pdf", "c.txt", "d.csv", "e.txt"]
    assert [text.partition(":")[0] for _, text in found] == [
        "! an archive in an archive",
        "! it is damaged, or no PDF file",
        "! not a text file",
        "! none of its columns is called text, body or content",
        "Text.",
    ]


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(archive([("a.txt", b"Text."), ("b.txt", b"Text.")]))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(signature) + flags
        data[at : at + 2] = struct.pack("<H", 1)
    assert told(bytes(data)) == [("a.txt", "! it is encrypted: unpack it with its password"), ("b.txt", "Text.")]


def test_a_damaged_member_is_told() -> None:
    data = bytearray(archive([("a.txt", bytes(range(32, 120)) * 20), ("b.txt", b"Text.")]))
    at = data.index(b"a.txt") + 20
    data[at : at + 10] = b"\xff" * 10
    (_, reason), second = told(bytes(data))
    assert reason.startswith("! it is damaged: ")
    assert second == ("b.txt", "Text.")


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([("a.txt", b" " * 5_000_000)], "it would unpack to far more than articles would"),
        ([("a.exe", b" " * 5_000_000), ("b.txt", b"Text.")], "it would unpack to far more than articles would"),
        ([(f"{number}.txt", b"Text.") for number in range(10_001)], "it has more than 10,000 articles"),
    ],
)
def test_what_is_made_to_fill_memory_is_refused(members: list[tuple[str, bytes]], reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        told(archive(members))


def test_a_member_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.formats.archive, "_LARGEST_MEMBER", 10_000)
    rows = json_lines({**ROW, "id": number} for number in range(100))
    found = told(archive([("a.txt", b"Text. " * 2_000), ("b.jsonl", rows)]))
    assert found[0] == ("a.txt", "! larger than 0 MB")
    assert len(found) == 101


def test_an_archive_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.formats.archive, "_LARGEST", 1_000)
    with pytest.raises(UnreadableError, match="it would unpack to more than"):
        told(archive([("a.txt", b"Text. " * 100), ("b.txt", b"Text. " * 100)]))


@pytest.mark.parametrize("members", [[], [("a.exe", b"Text.")]])
def test_an_archive_without_articles_is_told(members: list[tuple[str, bytes]]) -> None:
    with pytest.raises(UnreadableError, match="there is no article in it"):
        told(archive(members))


@pytest.mark.parametrize("data", [b"", b"PK", b"no", b"PK\x03\x04" + b"\x00" * 50])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="it is damaged, or no zip archive"):
        told(data)


def test_an_archive_that_was_not_compressed() -> None:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_STORED) as made:
        made.writestr("a.txt", b"Text.")
        made.writestr("b.txt", b"Text.", ZIP_DEFLATED)
    assert told(file.getvalue()) == [("a.txt", "Text."), ("b.txt", "Text.")]
