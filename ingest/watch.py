"""Keep the index up to date: run again whenever something changes in the sources, and every hour."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from os import stat_result
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.read import suffix_of
from ingest.sources import Files, is_address

if TYPE_CHECKING:
    from watchfiles import Change

RETRY = 60.0
"""Seconds after which a run that failed is tried again, when nothing changed before."""

HOUR = 3600.0
"""Seconds after which everything is looked at again: web addresses, folders whose changes nobody reports."""

_DEBOUNCE = 1.6  # seconds that changes are gathered for
_STEP = 0.4  # seconds without a change: then they have settled
_TICK = 0.5  # seconds between looks at the clock, and at whether the sources are there
_LOOK = 5.0  # seconds between looks at every file, where the system reports no changes

logger = logging.getLogger(__name__)


def watch(
    places: Sequence[str], index: Path, run: Callable[[], bool], *, retry: float = RETRY, hour: float = HOUR
) -> None:
    """Call `run` now, and again after each change to the files and folders among the places, until it is interrupted.

    Changes that come together, or while it runs, lead to one more run. Hidden files, those of unknown kinds and the
    index's own folder do not count. `run` says whether it went well; if not, it is called again after `retry`
    seconds. A folder may go and come back. What lies behind a link inside of a folder is only looked at with all the
    rest, every `hour`. Raises what `run` raises.
    """
    paths = [Path(place).expanduser().resolve() for place in places if not is_address(place)]
    due = 0.0
    while True:
        there = [_state(path) for path in paths]
        for changed in _changes([path for path in paths if path.is_dir()], index.resolve()):
            if [_state(path) for path in paths] != there:
                due = min(due, time.monotonic() + _DEBOUNCE)
                break
            if changed or time.monotonic() >= due:
                due = time.monotonic() + (hour if run() else retry)


def _changes(folders: Sequence[Path], index: Path) -> Iterator[bool]:
    """Whether something changed, now and then; it ends when the folders can no longer be watched.

    What changes while nobody asks is reported at the next time.
    """
    try:
        yield from _reported(folders, index)
    except FileNotFoundError:  # a folder has gone just now
        time.sleep(_TICK)
    except (OSError, RuntimeError) as error:  # too many folders for the system, or one that may not be read
        logger.warning("the system reports no changes (%s): looking every %.0f seconds", error, _LOOK)
        yield from _looked_for(folders, index)


def _reported(folders: Sequence[Path], index: Path) -> Iterator[bool]:
    from watchfiles import watch as changes

    def counts(_: "Change", name: str) -> bool:
        return _counts(Path(name), folders, index)

    for found in changes(
        *folders,
        watch_filter=counts,
        debounce=round(_DEBOUNCE * 1000),
        step=round(_STEP * 1000),
        rust_timeout=round(_TICK * 1000),
        yield_on_timeout=True,
    ):
        yield bool(found)


def _looked_for(folders: Sequence[Path], index: Path) -> Iterator[bool]:
    before = None
    while True:
        files = [item.path for folder in folders for item in Files(folder).items()]
        found = {path: _state(path) for path in files if not path.is_relative_to(index)}
        yield before is not None and found != before
        before = found
        time.sleep(_LOOK)


def _counts(path: Path, folders: Sequence[Path], index: Path) -> bool:
    """Whether a change to a path can be one to an article: to a file of a known kind, or to a folder."""
    if path.is_relative_to(index):
        return False
    inside = next((path.relative_to(folder) for folder in folders if path.is_relative_to(folder)), path)
    if any(part.startswith(".") for part in inside.parts):
        return False
    return bool(suffix_of(path.name)) or not path.suffix or path.is_dir()


def _state(path: Path) -> tuple[int, ...] | None:
    """By what a folder is known to be the same one, and a file to be unchanged; None when it is not there."""
    try:
        found: stat_result = path.stat()
    except OSError:
        return None
    changes = () if path.is_dir() else (found.st_size, found.st_mtime_ns)
    return (found.st_dev, found.st_ino, *changes)
