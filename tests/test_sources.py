"""What is found in folders and files."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.sources import Files, SourceError


def ids(place: Path) -> list[str]:
    return [item.id for item in Files.at(place).items()]


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_a_folder_gives_its_articles_in_the_order_of_their_ids(tmp_path: Path) -> None:
    fill(tmp_path, "b.md", "a.txt", "a/z.md", "a/b/c.TXT", "a-b.md", "picture.png", "notes", "d.md.bak")
    assert ids(tmp_path) == ["a-b.md", "a.txt", "a/b/c.TXT", "a/z.md", "b.md"]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    fill(tmp_path, ".hidden.md", ".git/a.md", "a/.b/c.md", "a/.c.md", "a/d.md")
    assert ids(tmp_path) == ["a/d.md"]


def test_a_file_gives_itself_under_the_id_it_has_in_its_folder(tmp_path: Path) -> None:
    fill(tmp_path, "a.md", "b.md")
    (item,) = Files.at(tmp_path / "a.md").items()
    assert item in list(Files.at(tmp_path).items())


def test_only_a_folder_tells_what_is_missing(tmp_path: Path) -> None:
    fill(tmp_path, "a.md")
    assert Files.at(tmp_path).complete
    assert not Files.at(tmp_path / "a.md").complete


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    fill(tmp_path, "a/x.md", "b/y.md")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a")
    (tmp_path / "b" / "other").symlink_to(tmp_path / "a")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    assert ids(tmp_path) == ["a/x.md", "b/y.md"]


def test_a_link_to_another_folder_is_followed(tmp_path: Path) -> None:
    fill(tmp_path / "elsewhere", "x.md")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere")
    assert ids(tmp_path / "here") == ["link/x.md"]


def test_a_folder_is_the_same_by_every_path_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path / "real", "x.md")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    places: list[str | Path] = ["real", "./link/../real", "link", "~/real", tmp_path / "real"]
    assert {Files.at(place).origin for place in places} == {(tmp_path / "real").as_posix()}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gone", "does not exist: give a folder or a file of articles"),
        ("gone.md", "does not exist"),
        ("picture.png", "is not of a known kind: give a folder or a file of .txt, .md"),
    ],
)
def test_what_is_no_source(tmp_path: Path, name: str, reason: str) -> None:
    fill(tmp_path, "picture.png")
    with pytest.raises(SourceError, match=reason):
        Files.at(tmp_path / name)


NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=12)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.lists(NAMES, min_size=1, max_size=3).map(tuple), max_size=8))
def test_every_visible_article_is_found_once(
    tmp_path_factory: pytest.TempPathFactory, paths: set[tuple[str, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("found")
    expected = set()
    for parts in paths:
        *parents, name = (f"{part}.d" for part in parts)
        path = folder.joinpath(*parents, f"{name}.md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        if not any(part.startswith(".") for part in parts):
            expected.add(path.relative_to(folder).as_posix())
    assert ids(folder) == sorted(expected)


def test_a_name_of_any_bytes_is_found(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).touch()
    assert ids(tmp_path) == [os.fsdecode(b"caf\xe9.txt")]
