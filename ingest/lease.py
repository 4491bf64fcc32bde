"""A generation that somebody answers from stays until it is let go: a shared lock on its folder.

Chroma opens its files again whenever it likes: a folder that went while a question was under way would fail it.
The system lets go of the locks of a process that dies. Where it has none, on Windows and some network drives, a
generation stays for as long as it is one of the two newest.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl


def take(folder: Path) -> Callable[[], None]:
    """Keep a generation's folder from being removed; call what comes back to let go. Raises FileNotFoundError."""
    if sys.platform == "win32":
        return lambda: None
    descriptor = os.open(folder, os.O_RDONLY)
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    return lambda: os.close(descriptor)


def is_taken(folder: Path) -> bool:
    """Whether somebody keeps it."""
    with _alone(folder) as alone:
        return not alone


def remove(folder: Path) -> None:
    """Remove a generation's folder; if somebody keeps it, a later writer will."""
    with suppress(FileNotFoundError), _alone(folder) as alone:
        if alone:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether nobody has taken it; nobody can, meanwhile. Raises FileNotFoundError."""
    if sys.platform == "win32":
        yield True
        return
    descriptor, alone = os.open(folder, os.O_RDONLY), True
    try:
        with suppress(OSError):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                alone = False
        yield alone
    finally:
        os.close(descriptor)
