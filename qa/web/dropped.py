"""Files as visitors send them: whether they are taken, and where they are kept. Their names are hostile."""

import re
import shutil
import time
import unicodedata
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from ingest import SUFFIXES, suffix_of

LARGEST_FILE = 50_000_000  # bytes; the reader takes no larger article
LARGEST_UPLOAD = 100_000_000  # bytes in one request
LONGEST_NAME = 120  # bytes of UTF-8; file systems take 255, and other names are made of this one
_ROOM = 1_000_000_000  # bytes of files that were sent and not added yet
_WAITING = 3600.0  # seconds that such files stay

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # devices, to Windows
_MARKS = frozenset(" -_.,()'&+")


class NotAddedError(ValueError):
    """Something that a visitor sent and that is not taken; the message is the reason, for that visitor."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file that a visitor sent: where it lies, and the name it had on their machine."""

    path: Path
    name: str

    @property
    def shown(self) -> str:
        """The name as it is told: what cannot be printed, or turns the direction of text, is a question mark."""
        name = "".join(sign if sign.isprintable() else "?" for sign in self.name[:LONGEST_NAME])
        return name if len(self.name) <= LONGEST_NAME else f"{name}…"


def kept_name(name: str, digest: str) -> str:
    """The path under which a file is kept: a folder by its content, and what is readable and harmless of its name.

    `name` may be anything that ends as a kind of article does, `digest` is the file's SHA-256.
    """
    suffix = suffix_of(name)
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name[: len(name) - len(suffix)]))[-1]
    stem = "".join(sign if sign in _MARKS or unicodedata.category(sign)[0] in "LN" else " " for sign in last)
    stem = re.sub(r"\.{2,}", ".", " ".join(stem.split())).strip(" .-")
    stem = f"file {stem}" if _RESERVED.match(stem) else stem
    stem = stem.encode()[: LONGEST_NAME - len(suffix)].decode("utf-8", "ignore").rstrip(" .-")
    return f"{digest[:16]}/{stem or 'article'}{suffix}"


def keep(file: Dropped, folder: Path) -> tuple[str, bool]:
    """Copy a file into `folder`; its path there, and whether it was not there before under any name.

    Raises NotAddedError for a kind that is not read, and for what is too large or empty.
    """
    suffix = suffix_of(file.name)
    if not suffix:
        raise NotAddedError(f"of no known kind; known are {', '.join(SUFFIXES)}")
    if file.path.is_symlink() or not file.path.is_file():
        raise NotAddedError("it is not there any more: choose it again")
    size = file.path.stat().st_size
    if not 0 < size <= LARGEST_FILE:
        raise NotAddedError(f"larger than {LARGEST_FILE // 1_000_000} MB" if size else "it is empty")
    with file.path.open("rb") as content:
        name = kept_name(file.name, file_digest(content, "sha256").hexdigest())
    kept = folder / name
    same = sorted(other for other in kept.parent.glob("[!.]*") if suffix_of(other.name) == suffix)
    if same:
        return same[0].relative_to(folder).as_posix(), False
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_name(".part")  # hidden: what crashes here is no article
    shutil.copyfile(file.path, part)
    part.replace(kept)
    return name, True


def discard(kept: Path) -> None:
    """Take a file out of the folder that it was kept in."""
    shutil.rmtree(kept.parent, ignore_errors=True)


def has_room(arrivals: Path, size: int) -> bool:
    """Whether files of `size` bytes may be sent to `arrivals`; what was left there for long is removed first."""
    waiting = 0
    for entry in arrivals.glob("*"):
        if time.time() - entry.stat().st_mtime > _WAITING:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        else:
            waiting += sum(file.stat().st_size for file in [entry, *entry.glob("*")])
    return waiting + size <= _ROOM
