"""Which generation is in use: the files in an index's folder, and the pointer that is replaced last of all."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.card import FORMAT, Card
from ingest.generation import Generation
from ingest.lease import remove

if TYPE_CHECKING:
    from ingest.embed import Embedder

UPLOADS = "uploads"
"""The folder beside the generations with the files that visitors of the chat page added; no writer clears it."""


class IndexUnusableError(RuntimeError):
    """The index is missing, locked or built with something else; the message names the command that mends it."""


def folder_of(path: Path, number: int) -> Path:
    """Where a generation of the index in `path` lies."""
    return path / f"gen-{number:06d}"


def published(path: Path) -> int | None:
    """The number of the generation in use; None when nothing was published yet. Raises IndexUnusableError."""
    pointer = path / "current"
    try:
        number = pointer.read_text("ascii").strip().removeprefix("gen-")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexUnusableError(f"{pointer} cannot be read ({error}): {_rebuild(path)}") from error
    if not number.isdigit():
        raise IndexUnusableError(f"{pointer} is damaged: {_rebuild(path)}")
    return int(number)


def open_generation(path: Path, number: int) -> Generation:
    """Open a published generation. Raises IndexUnusableError."""
    folder = folder_of(path, number)
    try:
        card = Card.read(folder)
        if card.format == FORMAT:
            return Generation(folder, number)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise IndexUnusableError(f"the index in {folder} cannot be opened ({error}): {_rebuild(path)}") from error
    raise IndexUnusableError(f"the index in {folder} has format {card.format}, not {FORMAT}: {_rebuild(path)}")


def check_embedder(path: Path, card: Card, embedder: "Embedder") -> None:
    """Refuse an embedder whose vectors mean something else than those in the index, with IndexUnusableError."""
    if (card.weights, card.dimension) != (embedder.weights, embedder.dimension):
        raise IndexUnusableError(
            f"the index was built with {card.model} ({card.weights[:12]}), not with {embedder.name} "
            f"({embedder.weights[:12]}): {_rebuild(path)}"
        )


def check_chunk_size(path: Path, card: Card, chunk_size: int) -> None:
    """Refuse to mix chunks of different sizes, with IndexUnusableError."""
    if card.chunk_size != chunk_size:
        raise IndexUnusableError(
            f"the index has chunks of {card.chunk_size} tokens, not {chunk_size}: {_rebuild(path)}"
        )


def publish(path: Path, number: int) -> None:
    """Make a finished generation the one in use, safe from a power cut; then remove those that are too old."""
    folder = folder_of(path, number)
    for file in folder.rglob("*"):
        if file.is_file():
            _flush(file)
    _point_to(path, folder)
    remove_leftovers(path, number)


def roll_back(path: Path) -> None:
    """Make the generation before the one in use again, and remove the one in use. Raises IndexUnusableError.

    It gets a number above all others: whoever has a generation open tells by its number that it is another one.
    """
    number = published(path)
    before = [earlier for earlier in generations(path) if earlier < (number or 0)]
    if number is None or not before:
        raise IndexUnusableError(
            f"there is no generation before this one in {path}: an index can go back by one only"
        )
    open_generation(path, before[-1]).close()
    old, new = folder_of(path, before[-1]), folder_of(path, max(number, *generations(path)) + 1)
    old.rename(new)
    try:
        _point_to(path, new)
    finally:
        if published(path) == number:  # interrupted, or the disk is full
            new.rename(old)
    for folder in path.glob("gen-*"):  # whoever has one open too: nobody is to go back to them
        if folder != new:
            shutil.rmtree(folder, ignore_errors=True)


def generations(path: Path) -> list[int]:
    """The numbers of the generations that lie in an index's folder, whether published or left behind, in order."""
    names = (folder.name.removeprefix("gen-") for folder in path.glob("gen-*"))
    return sorted(int(name) for name in names if name.isdigit())


def _point_to(path: Path, folder: Path) -> None:
    """Replace the pointer, safe from a power cut."""
    pointer = path / "current.new"
    pointer.write_text(f"{folder.name}\n", "ascii")
    _flush(pointer)
    pointer.replace(path / "current")
    _flush(path)


def remove_leftovers(path: Path, number: int | None) -> None:
    """Remove what crashed writers left, and generations but the published one, the one before and open ones."""
    kept = []
    if number is not None:
        current = folder_of(path, number)
        kept = [*sorted(folder for folder in path.glob("gen-*") if folder < current)[-1:], current]
    for folder in path.glob("gen-*"):
        if folder not in kept:
            remove(folder)


def _rebuild(path: Path) -> str:
    return f"run  dateline ingest --index {path} --rebuild FOLDER"


def _flush(path: Path) -> None:
    """Make a file or folder safe from a power cut."""
    if path.is_dir() and os.name == "nt":  # there a folder cannot be opened
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
