"""Files as hostile visitors send them: whatever they are called, where they are kept is safe."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest import SUFFIXES, suffix_of
from qa.web.dropped import LARGEST_FILE, LONGEST_NAME, Dropped, NotAddedError, has_room, keep, kept_name

ONE, OTHER = "0" * 64, "1" * 64


def dropped(folder: Path, name: str, content: bytes = b"text") -> Dropped:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sent"
    path.write_bytes(content)
    return Dropped(path, name)


@given(st.text(max_size=400), st.sampled_from(SUFFIXES))
@example("../../etc/passwd", ".md")
@example("..\\..\\windows\\system32", ".md")
@example("C:\\x", ".md")
@example("/", ".md")
@example("..", ".md")
@example("", ".jsonl.gz")
@example(".hidden", ".txt")
@example("a\x00b", ".txt")
@example("exe.\u202efdp", ".txt")
@example("#key", ".csv")
@example("NUL", ".txt")
@example("com1.tar", ".md")
@example("é" * 300, ".html")
@example("\ud800", ".pdf")
@example("--rebuild", ".md")
def test_whatever_a_name_is_the_kept_one_is_safe(stem: str, suffix: str) -> None:
    folder, name = kept_name(f"{stem}{suffix}", ONE).split("/")  # one folder, and no way out of it
    assert folder == ONE[:16]
    assert suffix_of(name) == suffix
    assert len(name.removesuffix(suffix)) > 0
    assert len(name.encode()) <= LONGEST_NAME
    assert name.isprintable()
    assert not set(name) & set('\\:*?"<>|#%~$;`')
    assert name[0] not in ". -"
    assert ".." not in name
    assert name.split(".")[0].casefold() not in {"con", "nul", "aux", "prn", "com1", "lpt1"}


@given(st.text(max_size=50), st.text(max_size=50))
def test_distinct_contents_never_share_a_name(one: str, other: str) -> None:
    assert kept_name(f"{one}.md", ONE) != kept_name(f"{other}.md", OTHER)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("2018-02-23-microsoft.md", "2018-02-23-microsoft.md"),
        ("Jahresbericht (Entwurf) für Köln.PDF", "Jahresbericht (Entwurf) für Köln.pdf"),
        ("新聞.txt", "新聞.txt"),
        ("<img src=x onerror=alert(1)>.md", "img src x onerror alert(1).md"),
    ],
)
def test_what_is_readable_of_a_name_stays(name: str, kept: str) -> None:
    assert kept_name(name, ONE) == f"{ONE[:16]}/{kept}"


def test_the_same_content_is_kept_once_and_another_one_beside_it(tmp_path: Path) -> None:
    first, is_new = keep(dropped(tmp_path / "in", "a.md"), tmp_path)
    assert is_new
    assert (tmp_path / first).read_bytes() == b"text"
    assert keep(dropped(tmp_path / "in", "a.md"), tmp_path) == (first, False)
    assert keep(dropped(tmp_path / "in", "b.md"), tmp_path) == (first, False)
    other, is_new = keep(dropped(tmp_path / "in", "a.md", b"other text"), tmp_path)
    assert is_new
    assert other != first
    assert (tmp_path / first).read_bytes() == b"text"


def test_the_same_content_of_another_kind_is_another_article(tmp_path: Path) -> None:
    first, _ = keep(dropped(tmp_path / "in", "a.md"), tmp_path)
    second, is_new = keep(dropped(tmp_path / "in", "a.txt"), tmp_path)
    assert is_new
    assert {path.name for path in (tmp_path / first).parent.iterdir()} == {"a.md", "a.txt"}
    assert first.split("/")[0] == second.split("/")[0]


@pytest.mark.parametrize("name", ["a.exe", "a", ".md.exe", "md", "a.md/", "a.gz"])
def test_other_kinds_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotAddedError, match="of no known kind"):
        keep(dropped(tmp_path, name), tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_what_is_empty_too_large_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAddedError, match="empty"):
        keep(dropped(tmp_path, "a.md", b""), tmp_path / "kept")
    large = dropped(tmp_path, "a.md")
    os.truncate(large.path, LARGEST_FILE + 1)
    with pytest.raises(NotAddedError, match="larger than 50 MB"):
        keep(large, tmp_path / "kept")
    link = tmp_path / "link"
    link.symlink_to("/etc/passwd")
    for path in (link, tmp_path, tmp_path / "nowhere"):
        with pytest.raises(NotAddedError, match="not there"):
            keep(Dropped(path, "a.md"), tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_names_are_told_on_one_line_without_signs_that_turn_them() -> None:
    assert Dropped(Path("x"), "a\u202efdp\n.md").shown == "a?fdp?.md"
    assert len(Dropped(Path("x"), "a" * 5000).shown) == LONGEST_NAME + 1


def test_what_waits_too_long_makes_room(tmp_path: Path) -> None:
    assert has_room(tmp_path / "nowhere", 1)
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "a.md").touch()
        os.truncate(folder / "a.md", 700_000_000)  # takes no space
    assert not has_room(tmp_path, 1)
    os.utime(old, (0, 0))
    assert has_room(tmp_path, 1)
    assert not has_room(tmp_path, 300_000_000)
    assert not old.exists()
    assert new.exists()
