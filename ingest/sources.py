"""What there is to read: folders, files, web addresses, feeds."""

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ingest.kept import Kept
from ingest.published import UPLOADS
from ingest.read import SUFFIXES, Item, Unreadable, suffix_of


class SourceError(ValueError):
    """A source that was named does not exist or is of no known kind; the message says what is."""


class Source(Protocol):
    """A place that articles come from."""

    @property
    def origin(self) -> str:
        """Its address, by which the index knows what came from it."""

    @property
    def complete(self) -> bool:
        """Whether an article of this origin that is not found here is gone."""

    def items(self) -> Iterator[Item | Unreadable]:
        """Everything to read, and what cannot be had."""


@dataclass(frozen=True, slots=True)
class Files:
    """A folder, or one file. `origin` is the folder whose relative paths are the articles' ids."""

    path: Path

    @classmethod
    def at(cls, place: str | Path) -> "Files":
        """The source at a path. Raises SourceError."""
        path = Path(place).expanduser()
        if path.is_dir() or (path.is_file() and suffix_of(path.name)):
            return cls(path)
        if path.exists():
            raise SourceError(f"{place} is not of a known kind: give a folder or a file of {', '.join(SUFFIXES)}")
        raise SourceError(f"{place} does not exist: give a folder or a file of articles, or a web address")

    @property
    def complete(self) -> bool:
        """A folder says what is gone, a file says nothing of others."""
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
        origin = self.origin
        found = ((path.relative_to(self.path).as_posix(), path) for path in _files(self.path, seen=set()))
        for article_id, path in sorted(found):
            yield Item(article_id, path, origin)


@contextmanager
def open_sources(
    places: str | Path | Iterable[str | Path],
    index: Path,
    *,
    allow_private: Collection[str] = (),
    offline: bool = False,
) -> Iterator[list[Source]]:
    """The sources at paths and web addresses, as long as the block lasts. Raises SourceError.

    What is fetched is kept in the index's folder. `offline` takes what was kept instead, that of all addresses, and
    what visitors uploaded; `allow_private` names hosts that may be asked although they are not public.
    """
    listed = [places] if isinstance(places, str | Path) else list(places)
    addresses = [str(place) for place in listed if is_address(place)]
    files: list[Source] = [Files.at(place) for place in listed if not is_address(place)]
    kept = Kept(index / "fetched")
    if offline:
        uploads = Files(index / UPLOADS)
        if uploads.path.is_dir() and uploads.origin not in {source.origin for source in files}:
            files.append(uploads)
        yield [*files, *(KeptSource(origin, kept) for origin in kept.origins())]
    elif not addresses:
        yield files
    else:
        from ingest.fetch import Fetcher
        from ingest.web import WebSource

        with Fetcher(allow_private=allow_private) as fetcher:
            yield [*files, *(WebSource(address, kept, fetcher) for address in addresses)]


@dataclass(frozen=True, slots=True)
class KeptSource:
    """What was fetched from a web address before. It is never complete."""

    origin: str
    kept: Kept
    complete: bool = False

    def items(self) -> Iterator[Item]:
        """All that was kept of it."""
        return self.kept.items(self.origin)


def is_address(place: str | Path) -> bool:
    """Whether a source or an article's id is a web address."""
    return str(place).startswith(("http://", "https://"))


def _files(folder: Path, *, seen: set[str]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        with os.scandir(folder) as entries:
            inside = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        yield folder  # reading it will say why
        return
    for entry in inside:
        if entry.name.startswith("."):
            continue
        if _is_folder(entry):
            yield from _files(folder / entry.name, seen=seen)
        elif suffix_of(entry.name):
            yield folder / entry.name


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False
