"""What there is to read: folders and files."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.read import SUFFIXES, Item, suffix_of


class SourceError(ValueError):
    """A source that was named does not exist or is of no known kind; the message says what is."""


@dataclass(frozen=True, slots=True)
class Source:
    """A folder, or one file. `origin` is its address: that of the folder for a file."""

    path: Path

    @classmethod
    def at(cls, place: str | Path) -> "Source":
        """The source at a path. Raises SourceError."""
        path = Path(place).expanduser()
        if path.is_dir() or (path.is_file() and suffix_of(path.name)):
            return cls(path)
        if path.exists():
            raise SourceError(f"{place} is not of a known kind: give a folder or a file of {', '.join(SUFFIXES)}")
        raise SourceError(f"{place} does not exist: give a folder or a file of articles")

    @property
    def complete(self) -> bool:
        """Whether an article of this origin that is not found here is gone: yes for a folder, no for a file."""
        return self.path.is_dir()

    @property
    def origin(self) -> str:
        """The folder whose relative paths are the articles' ids."""
        folder = self.path if self.path.is_dir() else self.path.parent
        return folder.resolve().as_posix()

    def items(self) -> Iterator[Item]:
        """Everything to read, in the order of the ids; hidden files and folders are passed over.

        A link that leads back into the folder is not followed twice.
        """
        if not self.path.is_dir():
            yield Item(self.path.name, self.path, self.origin)
            return
        found = ((path.relative_to(self.path).as_posix(), path) for path in _files(self.path, seen=set()))
        for article_id, path in sorted(found):
            yield Item(article_id, path, self.origin)


def _files(folder: Path, *, seen: set[str]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        yield folder  # reading it will say why
        return
    for path in inside:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _files(path, seen=seen)
        elif suffix_of(path.name):
            yield path
