"""One writer at a time: the lock of an index's folder, and who holds it."""

import json
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from ingest.published import IndexUnusableError

_HOLDER = "writer.json"  # not in the lock's own file, which nobody else can read on Windows

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds the lock: its number, its machine's name, and since when (ISO 8601)."""

    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        since = datetime.fromisoformat(self.since).astimezone()
        today = since.date() == datetime.now(UTC).astimezone().date()
        return f"{self.pid} on {self.host}, since {since:{'%H:%M' if today else '%Y-%m-%d %H:%M'}}"


@contextmanager
def locked(path: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold the lock of the index in `path`, which is made if it is not there.

    `wait` is how many seconds to wait for whoever holds it. Raises IndexUnusableError when it is still held then.
    """
    path.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path / "lock")
    _acquire(lock, path, wait)
    try:
        _note(path)
        yield
    finally:
        with suppress(OSError):
            (path / _HOLDER).unlink()
        lock.release()


def holder(path: Path) -> Holder | None:
    """Who holds the lock of the index in `path`; None when nobody does, or it cannot be told. Changes nothing."""
    noted = _noted(path)
    if noted is None or not (path / "lock").exists():
        return None
    try:
        with FileLock(path / "lock").acquire(timeout=0):
            return None  # whoever noted it is gone
    except Timeout:
        return noted
    except OSError:
        return None


def _acquire(lock: FileLock, path: Path, wait: float) -> None:
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if wait > 0:
            logger.warning("%s; waiting for it", _says(path))
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise IndexUnusableError(f"{_says(path)}: run this again when it has finished") from None


def _says(path: Path) -> str:
    noted = _noted(path)
    return f"another process is writing to {path}" + (f" ({noted})" if noted else "")


def _note(path: Path) -> None:
    noted = Holder(os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds"))
    with suppress(OSError):  # a full disk is no reason not to look for what is new
        (path / _HOLDER).write_text(json.dumps(asdict(noted)), "utf-8")


def _noted(path: Path) -> Holder | None:
    try:
        noted = Holder(**json.loads((path / _HOLDER).read_text("utf-8")))
        str(noted)
    except (OSError, ValueError, TypeError):
        return None
    return noted
