"""Files read ahead by a process of their own, while the one before is indexed.

What a damaged file does to the library that reads it (a crash, a loop without end, all memory) ends that process and
costs that one article. `python -m ingest.reading` is the process: items as lines of JSON in, articles as lines out.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from ingest.article import Article
from ingest.read import Item, Unreadable, read, suffix_of

SECONDS = 20.0  # that a file, or the next article of a file with many, may take
_BYTES = 1_500_000_000  # of address space
_NO_MEMORY = 9  # exit status
_AHEAD = 16  # files
_WAITING = 256  # articles that were read and are not yet asked for
_AT_HOME = (
    "",
    ".txt",
    ".md",
)  # read by code of our own that is not afraid of them, in less time than a message takes


@dataclass(frozen=True, slots=True)
class Done:
    """The end of a file."""


class Reader:
    """Reads items in their order, ahead of the one who asks. A context: at its end the process ends.

    `seconds` is what one file, or the next article of a file with many, may take.
    """

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read(self, items: Iterable[Item]) -> Iterator[tuple[Item, Article | Unreadable | Done]]:
        """What each item gives, as `ingest.read.read`, and where it ends."""
        ahead: deque[Item] = deque()
        rest = iter(items)
        while True:
            while len(ahead) < _AHEAD and (item := next(rest, None)) is not None:
                ahead.append(item)
                if _away(item):
                    self._send(item)
            if not ahead:
                return
            item = ahead.popleft()
            for found in self._sent(ahead) if _away(item) else read(item):
                yield item, found
            yield item, Done()

    def _sent(self, ahead: Iterable[Item]) -> Iterator[Article | Unreadable]:
        while True:
            found = self._child.receive(self._seconds) if self._child else _lost("its reader is gone")
            if isinstance(found, Done):
                return
            yield found.unreadable if isinstance(found, _Lost) else found
            if isinstance(found, _Lost):
                self._stop()
                for later in ahead:
                    if _away(later):
                        self._send(later)
                return

    def _send(self, item: Item) -> None:
        if self._child is None:
            self._child = _Child()
        self._child.send(item)

    def _stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None


@dataclass(frozen=True, slots=True)
class _Lost:
    """The process ended, or must be ended."""

    unreadable: Unreadable


def _lost(reason: str) -> _Lost:
    return _Lost(Unreadable("", reason))


def _away(item: Item) -> bool:
    return suffix_of(item.path.name) not in _AT_HOME


class _Child:
    """The process, and a thread that takes what it says."""

    def __init__(self) -> None:
        # A process that began as this one's copy would run the script that called us once more, or share its locks.
        home = str(Path(__file__).parents[1])
        path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ingest.reading"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,  # Ctrl-C is for the one who asks
        )
        self._asks = cast("IO[bytes]", self._process.stdin)
        self._tells = cast("IO[bytes]", self._process.stdout)
        self._said: queue.Queue[Article | Unreadable | Done | _Lost] = queue.Queue(_WAITING)
        self._stopped = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, item: Item) -> None:
        """Give it something to read. A few lines fit into the pipe, so this does not wait."""
        line = json.dumps({**asdict(item), "path": str(item.path), "fields": dict(item.fields)})
        with suppress(BrokenPipeError):  # when it has ended, whoever listens is told
            self._asks.write(line.encode() + b"\n")
            self._asks.flush()

    def receive(self, seconds: float) -> Article | Unreadable | Done | _Lost:
        """The next thing it says."""
        try:
            return self._said.get(timeout=seconds)
        except queue.Empty:
            return _lost(f"reading it took more than {seconds:.0f} seconds")

    def stop(self) -> None:
        """End it."""
        self._stopped.set()
        self._process.kill()
        self._process.wait()
        for pipe in (self._asks, self._tells):
            with suppress(BrokenPipeError):
                pipe.close()

    def _listen(self) -> None:
        try:
            for line in self._tells:
                self._put(_from_line(line))
        except (OSError, ValueError):
            pass  # closed, or cut in the middle of a line
        status = self._process.wait()
        self._put(
            _lost("it needs more memory than a file may" if status == _NO_MEMORY else "its reader crashed on it")
        )

    def _put(self, said: Article | Unreadable | Done | _Lost) -> None:
        while not self._stopped.is_set():
            try:
                return self._said.put(said, timeout=0.5)
            except queue.Full:
                continue
        return None


def _to_line(said: Article | Unreadable | Done) -> bytes:
    fields: dict[str, Any] = {"kind": type(said).__name__, **asdict(said)}
    if isinstance(said, Article):
        fields["published"] = said.published.isoformat() if said.published else None
    return json.dumps(fields).encode() + b"\n"


def _from_line(line: bytes) -> Article | Unreadable | Done:
    fields = json.loads(line)
    match fields.pop("kind"):
        case "Article":
            published = fields.pop("published")
            return Article(**fields, published=date.fromisoformat(published) if published else None)
        case "Unreadable":
            return Unreadable(**fields)
        case _:
            return Done()


def _main() -> None:
    """Read what is asked for on stdin until that ends."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # libraries that print must not be taken for articles
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    for line in sys.stdin.buffer:
        fields = json.loads(line)
        item = Item(**{**fields, "path": Path(fields["path"])})
        try:
            for found in read(item):
                _say(out, found)
        except MemoryError:
            os._exit(_NO_MEMORY)
        _say(out, Done())


def _say(out: IO[bytes], said: Article | Unreadable | Done) -> None:
    out.write(_to_line(said))
    out.flush()
    if sys.platform != "win32":
        signal.alarm(3 * round(SECONDS))  # if the one who asked is gone without a word, this does not go on for ever


if __name__ == "__main__":
    _main()
