"""Articles that visitors of the page add: kept in a folder of the index, and indexed by `python -m ingest`.

That is a process of its own: what is reported is what `dateline ingest` reports, and no file can take the page down.
"""

import json
import logging
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import ingest
from ingest import UPLOADS
from qa.markup import safe_address
from qa.web.dropped import Dropped, NotAddedError, discard, keep

MOST_FILES = 100  # at once: what a person drops; a whole archive is for `dateline ingest`
SECONDS = 600.0  # for one run; of a feed or a sitemap a page a second is asked
_LONGEST_ADDRESS = 2_000  # characters; the reader takes no longer one
_GRACE = 10.0  # seconds to clear away after being told to end

_HOME = Path(ingest.__file__).parents[1]  # from here `python -m ingest` is the one that this module imports
_STEP = re.compile(r"(\d+) of (\d+)(?:, (\d+) chunks)?")
_ITEM = re.compile(r"(read|cannot read) (.+)")

_LOGGER = logging.getLogger(__name__)

Say = Callable[["Report"], None]
"""Called with what is known so far."""


@dataclass(frozen=True, slots=True)
class Failed:
    """What was not added, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What became of what a visitor sent: so far while `doing` says what is done, then all of it.

    While it is being done there are only the files or addresses that were `read`, and those that are `unread` since
    that failed. Articles go by the visitor's names of their files, or by their addresses. `duplicates` are pairs of
    an article and the one that it is a copy of; `articles` is how many the index holds now. `problem` is why nothing
    could be done.
    """

    doing: str = ""
    read: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0
    failed: tuple[Failed, ...] = ()
    duplicates: tuple[tuple[str, str], ...] = ()
    articles: int = 0
    problem: str = ""


class Uploads:
    """Adds what visitors send to the index in a folder, one at a time. `seconds` is what one run may take."""

    def __init__(self, index: Path, *, seconds: float = SECONDS) -> None:
        self._index = index.resolve()
        self._folder = self._index / UPLOADS
        self._seconds = seconds
        self._turn = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._closed = False

    @property
    def arrivals(self) -> Path:
        """Where the server puts what is sent, until it is added; hidden, so that no article is read from there."""
        return self._folder / ".arrivals"

    def add_files(self, files: Sequence[Dropped]) -> Iterator[Report]:
        """Keep and index files; yields what is known so far, the whole report at the end.

        It goes on to its end also when nobody asks for the next report any more.
        """
        return self._reports(lambda say: self._add_files(files, say))

    def add_address(self, address: str) -> Iterator[Report]:
        """Index what is behind a web address: a page, a feed, a sitemap. Yields as `add_files` does."""
        return self._reports(lambda say: self._add_address(address, say))

    def close(self) -> None:
        """End what is running. The index is as it was, or has all of what was sent."""
        self._closed = True
        if self._process is not None:
            _end(self._process)

    def _reports(self, work: Callable[[Say], Report]) -> Iterator[Report]:
        if not self._turn.acquire(blocking=False):
            yield Report(problem="Someone else is adding articles just now. Try again when that is done.")
            return
        said: queue.SimpleQueue[Report | None] = queue.SimpleQueue()

        def run() -> None:
            try:
                report = work(said.put)
            except NotAddedError as error:
                report = Report(problem=str(error))
            except Exception:  # the outermost shell of this thread: the visitor gets a sentence, the log the rest
                _LOGGER.exception("what a visitor sent was not added")
                report = Report(problem="Something went wrong while adding; the server's log says what.")
            self._turn.release()
            said.put(report)
            said.put(None)

        threading.Thread(target=run, daemon=True).start()
        while (report := said.get()) is not None:
            yield report

    def _add_files(self, files: Sequence[Dropped], say: Say) -> Report:
        if len(files) > MOST_FILES:
            raise NotAddedError(f"These are {len(files)} files: send at most {MOST_FILES} at once.")
        names: dict[str, str] = {}  # the visitor's, by those that the files are kept under
        new: list[str] = []
        refused: list[Failed] = []
        for file in files:
            try:
                name, is_new = keep(file, self._folder)
            except NotAddedError as error:
                refused.append(Failed(file.shown, str(error)))
                continue
            names[name] = file.shown
            new.extend([name] if is_new else [])
        if not names:
            return Report(failed=tuple(refused))
        before = self._in_use()

        def shown(so_far: Report) -> None:
            read = tuple(names[name] for name in so_far.read if name in names)
            unread = tuple(names[name] for name in so_far.unread if name in names)
            say(replace(so_far, read=read, unread=(*(failure.name for failure in refused), *unread)))

        try:
            report = _in_folder(self._run(str(self._folder), shown), self._folder)
        except NotAddedError:
            if self._in_use() == before:  # else articles of theirs are in the index, which a rebuild reads again
                self._discard(new)
            raise
        self._discard(name for name in new if _is_unread(name, report))
        for file in files:
            file.path.unlink(missing_ok=True)
        report = _of_files(report, names)
        return replace(report, failed=(*refused, *report.failed))

    def _add_address(self, address: str, say: Say) -> Report:
        address = address.strip()
        if not address.startswith(("http://", "https://")) or safe_address(address) is None:
            raise NotAddedError("This is not a web address: give one that begins with http:// or https://")
        if len(address) > _LONGEST_ADDRESS:
            raise NotAddedError(f"This address is longer than {_LONGEST_ADDRESS:,} characters.")
        return self._run(address, say)

    def _run(self, place: str, say: Say) -> Report:
        """Run the command on one place; what it reports, in its own names. Raises NotAddedError."""
        say(Report(doing="Starting"))
        options = ["--index", str(self._index), "--keep-missing", "--json", "--verbose"]
        late = threading.Event()
        with (
            tempfile.TemporaryFile() as out,  # not a pipe: it may be more than one holds
            subprocess.Popen(  # noqa: S603 - no shell, and `place` is never an option
                [sys.executable, "-m", "ingest", *options, "--", place],
                cwd=_HOME,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,  # Ctrl-C is for the server, which ends this
            ) as process,
        ):
            self._process = process
            timer = threading.Timer(self._seconds, _expire, (process, late))
            timer.start()
            if self._closed:
                _end(process)
            last = _listen(process.stderr or (), say)
            status = process.wait()
            timer.cancel()
            self._process = None
            out.seek(0)
            if status in (0, 1):  # all, or all that could be read
                with suppress(ValueError):  # ended at its last moment: it had not said what it did
                    return _reported(json.loads(out.read()))
        if late.is_set():
            raise NotAddedError(f"It took more than {self._seconds:g} seconds and was stopped.")
        if last.startswith("dateline: "):
            raise NotAddedError(last.removeprefix("dateline: "))
        _LOGGER.error("indexing what a visitor sent ended with status %s: %r", status, last)
        raise NotAddedError("Indexing ended before it was done; the server's log says more.")

    def _in_use(self) -> bytes:
        """Which state of the index is in use."""
        try:
            return (self._index / "current").read_bytes()
        except OSError:
            return b""

    def _discard(self, names: Iterable[str]) -> None:
        for name in names:
            discard(self._folder / name)


def _expire(process: "subprocess.Popen[str]", late: threading.Event) -> None:
    late.set()
    _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    """Tell the command to end, as it does after clearing away; or end it."""
    process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()


def _listen(lines: Iterable[str], say: Say) -> str:
    """Pass on how far the command says it is; returns its last line."""
    last, read, unread = "", list[str](), list[str]()
    for line in lines:
        last = line.strip()
        if item := _ITEM.fullmatch(last):
            (read if item[1] == "read" else unread).append(item[2])
        elif step := _STEP.fullmatch(last):
            done, total, chunks = step.groups()
            indexed = f", {chunks} passages indexed" if chunks else ""
            say(Report(f"{done} of {total} looked at{indexed}", read=tuple(read), unread=tuple(unread)))
        elif last.endswith("; waiting for it"):
            say(Report(doing="Another process is writing to the index; waiting for it"))
    return last


def _reported(said: dict[str, Any]) -> Report:
    """What the command's JSON says."""
    return Report(
        added=tuple(said["added"]),
        changed=tuple(said["changed"]),
        unchanged=said["unchanged"],
        failed=tuple(Failed(failure["source"], failure["reason"]) for failure in said["failed"]),
        duplicates=tuple((copy["id"], copy["of"]) for copy in said["duplicates"]),
        articles=said["articles"],
    )


def _in_folder(report: Report, folder: Path) -> Report:
    """The report on a folder with what failed named as its articles are, by the path in the folder."""
    start = len(f"{folder}/")  # not as a prefix: signs that cannot be shown were replaced in it, one by one
    failed = (Failed(failure.name[start:].replace(os.sep, "/"), failure.reason) for failure in report.failed)
    return replace(report, failed=tuple(failed))


def _is_unread(name: str, report: Report) -> bool:
    """Whether a kept file could not be read and nothing of it is indexed, so that there is no use in keeping it."""
    indexed = {article.partition("#")[0] for article in (*report.added, *report.changed)}
    return name in {failure.name for failure in report.failed} - indexed


def _of_files(report: Report, names: Mapping[str, str]) -> Report:
    """What a report on the whole folder says of some files in it, by the visitor's names of them."""

    def named(article: str) -> str:
        """The name for an article FILE or FILE#KEY; none for one of another file."""
        file, sign, key = article.partition("#")
        return f"{names[file]}{sign}{key}" if file in names else ""

    copies = [(copy, of) for copy, of in report.duplicates if named(copy) or named(of)]
    told = [*report.added, *report.changed, *(failure.name for failure in report.failed)]
    return replace(
        report,
        added=tuple(filter(None, map(named, report.added))),
        changed=tuple(filter(None, map(named, report.changed))),
        unchanged=len(names.keys() - {article.partition("#")[0] for article in told}),
        failed=tuple(Failed(named(bad.name), bad.reason) for bad in report.failed if named(bad.name)),
        duplicates=tuple((named(copy) or copy, named(of) or of) for copy, of in copies),
    )
