"""Runs that follow what happens to folders and files: real ones, by the system's own reports."""

import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.watch import watch

SECONDS = 60  # that a run may be waited for, on a machine that has other work
NOTHING = 1.5  # seconds in which a run would have come
NEVER = 1e9


class Enough(Exception):  # noqa: N818 - no error
    """Ends the watch."""


class Watching:
    """A watch in a thread. Each run notes the names of the articles that it would read."""

    def __init__(self, folder: Path, *places: str, **options: float) -> None:
        self.folder = folder
        self.runs: queue.Queue[list[str]] = queue.Queue()
        self.may_run = threading.Event()
        self.may_run.set()
        self.well = True
        self.over = False
        self._places = places or (str(folder),)
        self._options = {"hour": NEVER, "retry": NEVER} | options
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        try:
            watch(self._places, self.folder / "index", self._run, **self._options)
        except Enough:
            return

    def _run(self) -> bool:
        if self.over:
            raise Enough
        self.runs.put(sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.md")))
        self.may_run.wait(SECONDS)
        return self.well

    def next_run(self) -> list[str]:
        """What the next run finds."""
        return self.runs.get(timeout=SECONDS)

    def end(self) -> None:
        self.over = True
        self.folder.mkdir(exist_ok=True)
        (self.folder / "last.md").write_text("The end.")
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()


@pytest.fixture
def watching(article_folder: Path) -> Iterator[Watching]:
    """Watch an empty folder, of which the first run is over."""
    watching = Watching(article_folder)
    assert watching.next_run() == []
    yield watching
    watching.end()


def test_a_burst_is_one_run(watching: Watching) -> None:
    names = [f"{number:02}.md" for number in range(40)]
    for name in names:
        (watching.folder / name).write_text("Text.")
    assert watching.next_run() == names
    with pytest.raises(queue.Empty):
        watching.runs.get(timeout=NOTHING)


def test_what_changes_during_a_run_is_seen_by_the_next(watching: Watching) -> None:
    watching.may_run.clear()
    (watching.folder / "a.md").write_text("Text.")
    assert watching.next_run() == ["a.md"]
    for name in ("b.md", "c.md", "d.md"):
        (watching.folder / name).write_text("Text.")
    watching.may_run.set()
    assert watching.next_run() == ["a.md", "b.md", "c.md", "d.md"]
    with pytest.raises(queue.Empty):
        watching.runs.get(timeout=NOTHING)


def test_what_is_no_article_does_not_count(watching: Watching) -> None:
    for name in (".hidden.md", ".git/a.md", "picture.png", "a.md~", ".a.md.swp", "a.md.part", "index/gen-1/card.md"):
        path = watching.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Text.")
        with pytest.raises(queue.Empty):
            watching.runs.get(timeout=NOTHING)


@pytest.mark.parametrize("what", ["changed", "removed", "renamed", "a folder came", "a folder went"])
def test_each_kind_of_change_counts(watching: Watching, what: str, tmp_path: Path) -> None:
    (watching.folder / "sub").mkdir()
    (watching.folder / "sub" / "a.md").write_text("Text.")
    assert watching.next_run() == ["sub/a.md"]
    match what:
        case "changed":
            (watching.folder / "sub" / "a.md").write_text("Another text.")
            assert watching.next_run() == ["sub/a.md"]
        case "removed":
            (watching.folder / "sub" / "a.md").unlink()
            assert watching.next_run() == []
        case "renamed":
            (watching.folder / "sub" / "a.md").rename(watching.folder / "b.md")
            assert watching.next_run() == ["b.md"]
        case "a folder came":
            (tmp_path / "elsewhere.d").mkdir()
            (tmp_path / "elsewhere.d" / "b.md").write_text("Text.")
            (tmp_path / "elsewhere.d").rename(watching.folder / "elsewhere.d")
            assert watching.next_run() == ["elsewhere.d/b.md", "sub/a.md"]
        case "a folder went":
            (watching.folder / "sub").rename(tmp_path / "sub")
            assert watching.next_run() == []


def test_a_folder_may_go_and_come_back(watching: Watching) -> None:
    (watching.folder / "a.md").write_text("Text.")
    assert watching.next_run() == ["a.md"]
    shutil.rmtree(watching.folder)
    assert watching.next_run() == []
    for name in ("b.md", "c.md"):  # one at once, one when it is known to be back
        watching.folder.mkdir(exist_ok=True)
        (watching.folder / name).write_text("Text.")
        while watching.next_run() != sorted(path.name for path in watching.folder.iterdir()):
            pass


def test_a_file_alone(article_folder: Path) -> None:
    file = article_folder / "a.md"
    file.write_text("Text.")
    watching = Watching(article_folder, str(file), "https://news.example/feed.xml")
    assert watching.next_run() == ["a.md"]
    (article_folder / "b.md").write_text("Another file.")
    with pytest.raises(queue.Empty):
        watching.runs.get(timeout=NOTHING)
    (article_folder / "new").write_text("As editors save.")
    (article_folder / "new").replace(file)
    assert watching.next_run() == ["a.md", "b.md"]
    watching.over = True
    file.write_text("The end.")


def test_a_run_that_failed_is_tried_again(article_folder: Path) -> None:
    watching = Watching(article_folder, retry=0.1)
    watching.well = False
    assert watching.next_run() == watching.next_run() == watching.next_run() == []
    watching.well = True
    watching.end()


def test_everything_is_looked_at_again_every_hour(article_folder: Path) -> None:
    watching = Watching(article_folder, "https://news.example/feed.xml", hour=0.1)
    assert watching.next_run() == watching.next_run() == watching.next_run() == []
    watching.over = True


def test_where_the_system_reports_no_changes(article_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")
    watching = Watching(article_folder)
    assert watching.next_run() == []
    (article_folder / "a.md").write_text("Text.")
    assert watching.next_run() == ["a.md"]
    watching.end()


FOLLOWS = """
import sys, threading
from pathlib import Path
from ingest.watch import watch
folder = Path(sys.argv[1])
runs = 0
def run():
    global runs
    runs += 1
    if runs == 2:
        print("seen")
        sys.exit()
    threading.Timer(1, (folder / "sub" / "new.md").write_text, ["Text."]).start()
    return True
watch([str(folder)], folder / "index", run, hour=1e9)
"""


@pytest.mark.parametrize("limit", ["watches", "instances"])
def test_where_the_system_has_no_more_reports_to_give(article_folder: Path, limit: str) -> None:
    (article_folder / "sub").mkdir()
    isolated = ("unshare", "--user", "--map-root-user", "sh", "-c")
    none_left = f"echo 0 > /proc/sys/user/max_inotify_{limit}"
    if not shutil.which("unshare") or subprocess.run([*isolated, none_left], capture_output=True).returncode:
        pytest.skip("needs limits of its own, which this user may not have")
    command = [*isolated, f'{none_left} && exec "$0" "$@"', sys.executable, "-c", FOLLOWS, str(article_folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert (done.returncode, done.stdout) == (0, "seen\n")
    assert done.stderr.startswith("the system reports no changes (")
