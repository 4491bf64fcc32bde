"""What each file held when it was last read, so that one that has not changed since is not read again.

A cache: without it everything is read, and the index is the same.
"""

import logging
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest.read import VERSION, Item

_READERS = ("trafilatura", "pypdf", "python-docx", "ftfy")  # whose other version may read the same file differently
_SETTLED = 2.0  # seconds after which a file system's clock tells a change from the reading before it

logger = logging.getLogger(__name__)


class Seen:
    """The files of an index: by what each is known to be the same, and the content hashes of its articles.

    A file is the same when its size, its time of change and that of its inode are, as in rsync and git. Changes are
    kept by `save`. A context: at its end the file is let go. `fresh` begins with nothing; without `keep` nothing is
    written.
    """

    def __init__(self, path: Path, *, fresh: bool = False, keep: bool = True) -> None:
        self._keep = keep
        self._readers = " ".join([str(VERSION), *map(version, _READERS)])
        self._database = _open(path, keep=keep)
        if fresh:
            self._run("DELETE FROM seen")

    def stamp(self, item: Item) -> str | None:
        """By what a file is known, taken before it is read; None when it cannot be told, or changed just now."""
        try:
            status = item.path.stat()
        except OSError:
            return None
        if max(status.st_mtime, status.st_ctime) > time.time() - _SETTLED:
            return None
        fields = "".join(f"\n{name}={value}" for name, value in sorted(item.fields.items()))
        return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {self._readers}{fields}"

    def articles(self, item: Item, stamp: str | None) -> Mapping[str, str] | None:
        """The ids and content hashes of the articles in a file; None when it is not the file that was read."""
        rows = self._run(
            "SELECT stamp, article, hash FROM seen WHERE origin = ? AND file = ?", item.origin, _text(item.id)
        )
        if stamp is None or not rows or rows[0][0] != stamp:
            return None
        return {article: content_hash for _, article, content_hash in rows}

    def note(self, item: Item, stamp: str | None, articles: Mapping[str, str]) -> None:
        """Remember what was in a file."""
        self._run("DELETE FROM seen WHERE origin = ? AND file = ?", item.origin, _text(item.id))
        for article, content_hash in articles.items() if stamp else ():
            values = (item.origin, _text(item.id), stamp, article, content_hash)
            self._run("INSERT INTO seen VALUES (?, ?, ?, ?, ?)", *values)

    def save(self) -> None:
        """Keep what was noted."""
        if self._keep:
            try:
                self._database.commit()
            except sqlite3.Error as error:
                logger.warning("what was read cannot be remembered (%s): it will be read again", error)

    def _run(self, statement: str, *values: str | None) -> list[tuple[str, str, str]]:
        try:
            return self._database.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            logger.warning("what was read before cannot be told (%s): it is read again", error)
            self._database = _empty()
            return []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()


def _open(path: Path, *, keep: bool) -> sqlite3.Connection:
    try:
        if keep:
            return _with_table(sqlite3.connect(path))
        database = _empty()
        if path.exists():
            with closing(sqlite3.connect(path)) as stored:
                stored.backup(database)
        return database
    except sqlite3.OperationalError as error:  # not to be opened, locked, the disk is full
        logger.warning("%s cannot be used (%s): everything is read again", path, error)
        return _empty()
    except sqlite3.DatabaseError:
        logger.warning("%s is damaged: everything is read again", path)
        if not keep:
            return _empty()
        path.unlink(missing_ok=True)
        return _open(path, keep=keep)


def _empty() -> sqlite3.Connection:
    return _with_table(sqlite3.connect(":memory:"))


def _with_table(database: sqlite3.Connection) -> sqlite3.Connection:
    database.execute(
        "CREATE TABLE IF NOT EXISTS seen (origin TEXT, file TEXT, stamp TEXT, article TEXT, hash TEXT,"
        " PRIMARY KEY (origin, file, article)) WITHOUT ROWID"
    )
    return database


def _text(name: str) -> str:
    """A file's name can be any bytes, SQLite takes only Unicode."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
