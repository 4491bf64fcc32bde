"""What is wrong with an index and with what reads and writes it, and the command that mends it.

It changes nothing: what it asks of the stores is what a question asks.
"""

import os
import shlex
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from ingest.advisories import ADVISORIES, known_holes
from ingest.article import Article
from ingest.generation import Generation
from ingest.lease import is_taken
from ingest.lock import holder
from ingest.published import IndexUnusableError, check_embedder, folder_of, generations, open_generation, published
from ingest.sources import is_address
from ingest.words import WordIndex

if TYPE_CHECKING:
    from ingest.embed import Embedder

State = Literal["ok", "warning", "problem"]
T = TypeVar("T")

_SAMPLE = 200  # articles that are read to their end
_VECTORS = 20  # chunks that are searched for by their own vectors
_NEAR = 1e-3  # cosine distance under which one has found itself
_LONG = timedelta(hours=1)  # that a run seldom takes
_LITTLE = 200_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, how it is, and if it is not well the command that mends it."""

    name: str
    state: State
    message: str
    cure: str = ""

    def __str__(self) -> str:
        message = " ".join(self.message.split())
        return f"{self.state:8} {self.name:12} {message}" + (f"\n{'':22}→ {self.cure}" if self.cure else "")


def examine_index(path: Path, *, embedder: "Embedder | None" = None) -> Iterator[Finding]:
    """Look at the packages, at the index in `path` and at its folder, one finding after another.

    `embedder` defaults to the one that the index was built with. Raises nothing that a damaged index provokes.
    """
    yield Finding("python", "ok", f"{sys.version.split()[0]} on {sys.platform}")
    yield from _packages()
    generation = None
    try:
        number = published(path)
        if number is not None:
            generation = open_generation(path, number)
    except IndexUnusableError as error:
        yield _unusable(path, error)
    else:
        yield _index(path, generation)
    yield from _embedder(path, generation, embedder)
    if generation is not None:
        cure = _mend(path, generation.number, *generation.card.origins)
        try:
            for look in (_stores, _articles, _vectors, _dates, _sources):
                yield _looked(look, generation, cure)
        finally:
            generation.close()
    for see in (_lock, _generations, _disk, _folder):
        yield _looked(see, path, "give this user the right to read it")


def _packages() -> Iterator[Finding]:
    installed = {}
    for package in {advisory.package for advisory in ADVISORIES}:
        try:
            installed[package] = version(package)
        except PackageNotFoundError:
            continue
    holes = known_holes(installed)
    for package, advisory in holes.items():
        message = f"{package} {installed[package]} has known holes: {', '.join(advisory.ids)}"
        yield Finding("packages", "problem", message, f"pip install '{package}>={advisory.safe}'")
    if not holes:
        note = "of chromadb's server holes, which are not reached here, SECURITY.md tells"
        yield Finding("packages", "ok", f"no versions with known holes; {note}")


def _index(path: Path, generation: Generation | None) -> Finding:
    if generation is None:
        cure = f"dateline ingest --index {path} FOLDER"
        return Finding("index", "problem", f"there is no index in {path}", cure)
    card = generation.card
    message = f"{path}: generation {generation.number}, built {card.built or 'at an unknown time'}"
    return Finding("index", "ok", f"{message}, {card.articles} articles in {card.chunks} chunks")


def _unusable(path: Path, error: IndexUnusableError) -> Finding:
    message, _, cure = str(error).partition(": run  ")
    try:
        return Finding("index", "problem", message, _mend(path, published(path)))
    except IndexUnusableError:
        return Finding("index", "problem", message, cure)


def _mend(path: Path, number: int | None, *origins: str) -> str:
    """The command for a generation that is not whole: back to the one before, or else all anew."""
    if number is not None and any(earlier < number for earlier in generations(path)):
        return f"dateline rollback --index {path}"
    return f"dateline ingest --index {path} --rebuild {shlex.join(filter(None, origins)) or 'FOLDER'}"


def _embedder(path: Path, generation: Generation | None, embedder: "Embedder | None") -> Iterator[Finding]:
    from ingest.embed import PACKAGED, Embedder, EmbedderError

    try:
        embedder = embedder or Embedder.load(generation.card.model if generation else PACKAGED)
        if generation:
            check_embedder(path, generation.card, embedder)
    except (EmbedderError, IndexUnusableError) as error:
        message, _, cure = str(error).partition(": run  ")
        yield Finding("embedder", "problem", message, cure or "give the model's folder, or bring it first")
        return
    numbers = str(getattr(getattr(embedder, "_model", None), "dtype", "")).removeprefix("torch.")
    yield Finding("embedder", "ok", f"{embedder.name} is whole{numbers and f', and computes in {numbers}'}")


def _looked(look: Callable[[T], Finding], at: T, cure: str) -> Finding:
    """A finding, or what kept it from being found; with a cure of its own, or the given one."""
    try:
        finding = look(at)
    except _failures() as error:
        name = look.__name__.strip("_")
        finding = Finding(name, "problem", f"this cannot be read: {error}")
    return finding if finding.cure or finding.state == "ok" else replace(finding, cure=cure)


def _failures() -> tuple[type[Exception], ...]:
    """What a damaged store raises."""
    chroma = [sys.modules["chromadb.errors"].ChromaError] if "chromadb.errors" in sys.modules else []
    return (OSError, ValueError, LookupError, TypeError, RuntimeError, sqlite3.Error, *chroma)


def _stores(generation: Generation) -> Finding:
    meaning, words = generation.count(), WordIndex(generation.folder / "words").count()
    card, articles = generation.card, len(generation.articles())
    if meaning == words == card.chunks and articles == card.articles:
        return Finding("stores", "ok", f"both hold {meaning} chunks, as the card says")
    held = f"{meaning} chunks by meaning and {words} by words of {articles} articles"
    return Finding("stores", "problem", f"{held}, but the card says {card.chunks} of {card.articles}")


def _articles(generation: Generation) -> Finding:
    articles = _spread(generation.articles(), _SAMPLE)
    broken = [article.id for article in articles if not _is_whole(generation, article)]
    if broken:
        return Finding("articles", "problem", f"{len(broken)} of {len(articles)} are not whole, first {broken[0]}")
    return Finding("articles", "ok", f"all {len(articles)} that were read are whole")


def _is_whole(generation: Generation, article: Article) -> bool:
    try:
        chunks = generation.chunks(article.id)
    except KeyError:
        return False
    ends = [0, *(chunk.end for chunk in chunks)]
    return bool(chunks) and all(
        chunk.text and chunk.start == before and chunk.end == before + len(chunk.text)
        for chunk, before in zip(chunks, ends, strict=False)
    )


def _vectors(generation: Generation) -> Finding:
    lost = 0
    articles = _spread(generation.articles(), _VECTORS)
    for article in articles:
        _, vector = generation.vectors(article.id)[0]
        nearest = generation.by_meaning(vector, 1)
        lost += not nearest or nearest[0].score < 1 - _NEAR
    if 4 * lost > len(articles):  # Chroma's search is approximate: one in a thousand may be missed
        return Finding("vectors", "problem", f"{lost} of {len(articles)} do not find themselves")
    return Finding("vectors", "ok", f"{len(articles) - lost} of {len(articles)} that were tried find themselves")


def _dates(generation: Generation) -> Finding:
    days = sorted(article.published for article in generation.articles() if article.published)
    undated = generation.card.articles - len(days)
    span = f"published from {days[0]} to {days[-1]}" if days else "no article has a date"
    return Finding("dates", "ok", f"{span}; {undated} without a date")


def _sources(generation: Generation) -> Finding:
    origins = generation.card.origins
    gone = [origin for origin in origins if origin and not is_address(origin) and not Path(origin).exists()]
    if gone:
        there = shlex.join(origin for origin in origins if origin and origin not in gone)
        again = f"dateline ingest --index {generation.folder.parent} --rebuild {there or 'FOLDER'}"
        cure = f"bring them back, or leave their articles out:  {again}"
        return Finding("sources", "warning", f"gone since the last run: {', '.join(gone)}", cure)
    return Finding("sources", "ok", f"all {len(origins)} are there")


def _lock(path: Path) -> Finding:
    held = holder(path)
    if held is None:
        return Finding("lock", "ok", "nobody is writing")
    if datetime.now(UTC) - datetime.fromisoformat(held.since) < _LONG:
        return Finding("lock", "ok", f"process {held}, is writing")
    cure = f"if it should have ended, on {held.host}:  kill {held.pid}"
    return Finding("lock", "warning", f"process {held}, is still writing", cure)


def _generations(path: Path) -> Finding:
    number, there = _in_use(path), generations(path)
    before = [earlier for earlier in there if number is not None and earlier < number]
    unused = [folder_of(path, other) for other in there if other not in (number, *before[-1:])]
    left = [folder.name for folder in unused if not is_taken(folder)]
    if left and holder(path) is None:
        cure = f"they are removed by  dateline ingest --index {path} FOLDER"
        return Finding("generations", "warning", f"left behind by a run that was killed: {', '.join(left)}", cure)
    return Finding("generations", "ok", f"{len(there)} kept{', one to go back to' if before else ''}")


def _in_use(path: Path) -> int | None:
    try:
        return published(path)
    except IndexUnusableError:
        return None


def _disk(path: Path) -> Finding:
    number = _in_use(path)
    size = _size(folder_of(path, number)) if number is not None else 0
    free = shutil.disk_usage(_existing(path)).free
    message = f"{_megabytes(free)} free; the next change copies {_megabytes(size)}"
    if free < size:
        return Finding("disk", "problem", message, "free some space")
    if free < max(2 * size, _LITTLE):
        return Finding("disk", "warning", message, "free some space soon")
    return Finding("disk", "ok", message)


def _folder(path: Path) -> Finding:
    there = _existing(path)
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Finding("folder", "ok", f"{there} can be written to")
    return Finding(
        "folder", "problem", f"{there} cannot be written to", "give a folder that can be written to with  --index"
    )


def _size(folder: Path) -> int:
    size = 0
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):  # a writer has removed it just now
            size += file.stat().st_size
    return size


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def _existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next(place for place in (path, *path.absolute().parents) if place.exists())


def _spread(articles: list[Article], sample: int) -> list[Article]:
    """As many of them, evenly from all."""
    return articles[:: -(-len(articles) // sample)] if articles else []
