"""A file that has not changed is told from one that has."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.read import Item
from ingest.seen import Seen

HASHES = {"a.md": "1234", "a.md#2": "5678"}


SETTLED = 0.2  # seconds; the disk here is finer than the coarsest


@pytest.fixture
def item(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Item:
    monkeypatch.setattr("ingest.seen._SETTLED", SETTLED)
    path = tmp_path / "a.md"
    path.write_text("Text.")
    settle(path)
    return Item("a.md", path, "/origin")


def settle(path: Path) -> None:
    """Wait until the file is old enough: the time of its inode cannot be set back."""
    while path.stat().st_ctime > time.time() - SETTLED - 0.1:
        time.sleep(0.02)


def remember(store: Path, item: Item) -> None:
    with Seen(store) as seen:
        seen.note(item, seen.stamp(item), HASHES)
        seen.save()


def recall(store: Path, item: Item) -> object:
    with Seen(store) as seen:
        return seen.articles(item, seen.stamp(item))


def test_what_was_read_is_remembered(tmp_path: Path, item: Item) -> None:
    store = tmp_path / "seen"
    assert recall(store, item) is None
    remember(store, item)
    assert recall(store, item) == HASHES
    assert recall(store, Item("b.md", item.path, item.origin)) is None
    assert recall(store, Item("a.md", item.path, "/elsewhere")) is None


def rewrite(path: Path) -> None:
    path.write_text("Test.")


def rewrite_and_hide_it(path: Path) -> None:
    """The same size, and the time of change set back, as tools that copy do."""
    before = path.stat()
    path.write_text("Test.")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def put_another_in_its_place(path: Path) -> None:
    before = path.stat()
    other = path.with_suffix(".new")
    other.write_text("Test.")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("change", [rewrite, rewrite_and_hide_it, put_another_in_its_place, os.unlink])
def test_a_file_that_changed_is_not_the_one_that_was_read(
    tmp_path: Path, item: Item, change: Callable[[Path], None]
) -> None:
    store = tmp_path / "seen"
    remember(store, item)
    change(item.path)
    if item.path.exists():
        settle(item.path)
    assert recall(store, item) is None


def test_a_file_that_changed_just_now_may_change_again_unseen(tmp_path: Path, item: Item) -> None:
    store = tmp_path / "seen"
    item.path.write_text("Text!")
    remember(store, item)
    assert recall(store, item) is None
    settle(item.path)
    assert recall(store, item) is None


def test_what_is_known_from_outside_counts(tmp_path: Path, item: Item) -> None:
    store = tmp_path / "seen"
    remember(store, item)
    assert recall(store, Item(item.id, item.path, item.origin, {"title": "Another"})) is None


def test_what_was_not_saved_is_forgotten(tmp_path: Path, item: Item) -> None:
    for keep in (True, False):
        with Seen(tmp_path / "seen", keep=keep) as seen:
            seen.note(item, seen.stamp(item), HASHES)
            if not keep:
                seen.save()
        assert recall(tmp_path / "seen", item) is None


def test_to_begin_anew(tmp_path: Path, item: Item) -> None:
    remember(tmp_path / "seen", item)
    with Seen(tmp_path / "seen", fresh=True) as seen:
        assert seen.articles(item, seen.stamp(item)) is None
        seen.save()
    assert recall(tmp_path / "seen", item) is None


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize(
    "damage", [lambda data: b"no database", lambda data: data[:5000], lambda data: data[:1000] + b"?" * 8000]
)
def test_a_damaged_file_costs_only_time(
    tmp_path: Path, item: Item, damage: Callable[[bytes], bytes], *, keep: bool
) -> None:
    store = tmp_path / "seen"
    remember(store, item)
    store.write_bytes(damage(store.read_bytes()))
    with Seen(store, keep=keep) as seen:
        assert seen.articles(item, seen.stamp(item)) is None
        seen.note(item, seen.stamp(item), HASHES)
        seen.save()


def test_a_place_that_cannot_be_written_costs_only_time(tmp_path: Path, item: Item) -> None:
    with Seen(tmp_path / "no folder" / "seen") as seen:
        seen.note(item, seen.stamp(item), HASHES)
        assert seen.articles(item, seen.stamp(item)) == HASHES
        seen.save()


def test_names_that_are_no_unicode(tmp_path: Path, item: Item) -> None:
    odd = Item(os.fsdecode(b"\xff.md"), item.path, item.origin)
    remember(tmp_path / "seen", odd)
    assert recall(tmp_path / "seen", odd) == HASHES
    assert recall(tmp_path / "seen", Item("\\udcff.md", item.path, item.origin)) in (None, HASHES)
