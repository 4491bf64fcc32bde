"""Index: everything stored about the articles, shared by processes: open, write, refresh.

    index/current       the generation in use; replaced atomically, last of all
    index/gen-000012/   one state, see `ingest.generation`; never written to once it is published
    index/lock          one writer at a time

Chroma's embedded client must not share a folder with a writer: readers miss new articles, writers lose each other's
vectors, a killed writer can leave the folder unreadable (chroma-core/chroma#2399, #3769, #3792). Here a crash costs
a folder that nobody points to.
"""

import logging
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from ingest.article import Article, Filter
from ingest.card import FORMAT, Card
from ingest.chunk import Chunk, split
from ingest.generation import Generation, Passage, Ranks

if TYPE_CHECKING:
    from ingest.embed import Embedder

__all__ = ["Article", "Chunk", "Filter", "Generation", "Index", "IndexUnusableError", "Passage", "Ranks"]

CHUNK_SIZE = 200  # tokens, the title included
_SWITCH_WAIT = 1.5  # seconds a question waits for a new generation to open before it takes the one it has
_PACKAGES = ("dateline-qa", "chromadb", "tantivy", "sentence-transformers", "torch", "sentencex")

logger = logging.getLogger(__name__)


class IndexUnusableError(RuntimeError):
    """The index is missing, locked or built with something else; the message names the command that mends it."""


class Index:
    """An index in a folder. Reading is thread-safe; the one who writes holds its lock.

    `embedder` defaults to the one that the index was built with, and is loaded when it is first needed.
    """

    def __init__(self, path: Path, *, embedder: "Embedder | None" = None, chunk_size: int = CHUNK_SIZE) -> None:
        self.path = path
        self.chunk_size = chunk_size
        self._embedder = embedder
        self._embedder_lock = threading.Lock()
        self._switch = threading.Lock()
        self._opened: Generation | None = None
        self._retired: Generation | None = None
        self._opening: threading.Thread | None = None

    @classmethod
    def open(
        cls,
        path: str | Path = "index",
        *,
        create: bool = False,
        embedder: "Embedder | None" = None,
        chunk_size: int = CHUNK_SIZE,
    ) -> "Index":
        """Open an index; `create` makes one on the first write when there is none, reading never does.

        Raises IndexUnusableError when there is none, or when it was built with another embedder than the given one.
        """
        index = cls(Path(path), embedder=embedder, chunk_size=chunk_size)
        number = index._published()
        if number is None:
            if not create:
                raise IndexUnusableError(f"there is no index in {path}: run  dateline ingest --index {path} FOLDER")
            return index
        index._opened = index._open_generation(number)
        if embedder is not None:
            index._compare(index._opened.card, embedder)
        return index

    @property
    def embedder(self) -> "Embedder":
        """What makes the vectors. Raises EmbedderError, or IndexUnusableError when its weights changed."""
        with self._embedder_lock:
            if self._embedder is None:
                from ingest.embed import PACKAGED, Embedder

                card = self._opened.card if self._opened else None
                embedder = Embedder.load(card.model if card else PACKAGED)
                if card:
                    self._compare(card, embedder)
                self._embedder = embedder
            return self._embedder

    @property
    def generation(self) -> int:
        """The number of the generation that questions are answered from; 0 when nothing was published yet."""
        return self._opened.number if self._opened else 0

    @property
    def exists(self) -> bool:
        """Whether anything was published yet."""
        return self._published() is not None

    def current(self) -> Generation:
        """The newest state there is, for the whole of one question. Costs one stat call when nothing changed.

        A new generation is opened in the background; whoever asks waits a moment for it, then takes the one before.
        Raises IndexUnusableError.
        """
        number = self._published()
        if number is not None and number != self.generation:
            self._refresh(number)
        if self._opened is None:
            raise IndexUnusableError(
                f"the index in {self.path} is empty: run  dateline ingest --index {self.path} FOLDER"
            )
        return self._opened

    def articles(self) -> list[Article]:
        """What is indexed, without texts, in the order of the ids."""
        return self.current().articles() if self.exists else []

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises KeyError."""
        return self.current().article(article_id)

    @contextmanager
    def write(self, *, rebuild: bool = False, wait: float = 0.0) -> Iterator["Writer"]:
        """Change the index: what the block did is published at its end, all of it, or none if it raises.

        `rebuild` starts from nothing (needed for another embedder); `wait` is how many seconds to wait for another
        writer. Raises IndexUnusableError when the lock is taken, or the index was built with something else.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.path / "lock")
        try:
            lock.acquire(timeout=wait)
        except Timeout as error:
            raise IndexUnusableError(
                f"another process is writing to {self.path}: run this again when it has finished"
            ) from error
        try:
            writer = Writer(self, self._published(), rebuild=rebuild)
            try:
                yield writer
                writer.publish()
            finally:
                writer.discard()
        finally:
            lock.release()

    def folder(self, number: int) -> Path:
        """Where a generation lies."""
        return self.path / f"gen-{number:06d}"

    def _published(self) -> int | None:
        try:
            name = (self.path / "current").read_text("ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise IndexUnusableError(f"{self.path / 'current'} cannot be read: {error}") from error
        if not name.removeprefix("gen-").isdigit():
            raise IndexUnusableError(
                f"{self.path / 'current'} is damaged: write gen-N of the newest folder there into it"
            )
        return int(name.removeprefix("gen-"))

    def _open_generation(self, number: int) -> Generation:
        folder = self.folder(number)
        cure = f"run  dateline ingest --index {self.path} --rebuild FOLDER"
        try:
            card = Card.read(folder)
            if card.format == FORMAT:
                return Generation(folder, number)
        except (OSError, ValueError, TypeError) as error:
            raise IndexUnusableError(f"the index in {folder} cannot be opened ({error}): {cure}") from error
        raise IndexUnusableError(f"the index in {folder} has format {card.format}, not {FORMAT}: {cure}")

    def _compare(self, card: Card, embedder: "Embedder") -> None:
        if (card.weights, card.dimension) != (embedder.weights, embedder.dimension):
            raise IndexUnusableError(
                f"the index was built with {card.model} ({card.weights[:12]}), not with {embedder.name} "
                f"({embedder.weights[:12]}): run  dateline ingest --index {self.path} --rebuild FOLDER"
            )

    def _refresh(self, number: int) -> None:
        with self._switch:
            if self._opening is None or not self._opening.is_alive():
                self._opening = threading.Thread(target=self._open_and_switch, args=(number,), daemon=True)
                self._opening.start()
            opening = self._opening
        gone = self._opened is None or not self._opened.folder.exists()
        opening.join(None if gone else _SWITCH_WAIT)

    def _open_and_switch(self, number: int) -> None:
        try:
            opened = self._open_generation(number)
            if self._embedder is not None:
                self._compare(opened.card, self._embedder)
                opened.by_meaning([1.0] * opened.card.dimension, 1)
        except IndexUnusableError:
            logger.exception("the new generation cannot be used; answering from the one before")
            return
        with self._switch:
            if self._retired is not None:
                self._retired.close()
            self._retired, self._opened = self._opened, opened


class Writer:
    """Changes one draft generation, made when the first change comes; `Index.write` publishes or discards it."""

    def __init__(self, index: Index, published: int | None, *, rebuild: bool) -> None:
        self._index = index
        self._rebuild = rebuild
        self._draft: Generation | None = None
        self._remove_leftovers(published)
        self._before = index._open_generation(published) if published is not None else None
        if self._before is not None and not rebuild:
            index._compare(self._before.card, index.embedder)
            if self._before.card.chunk_size != index.chunk_size:
                raise IndexUnusableError(
                    f"the index in {index.path} has chunks of {self._before.card.chunk_size} tokens, not "
                    f"{index.chunk_size}: run  dateline ingest --index {index.path} --rebuild FOLDER"
                )

    def articles(self) -> list[Article]:
        """What is indexed before any change, without texts."""
        return self._before.articles() if self._before is not None else []

    def replace(self, articles: Sequence[Article]) -> int:
        """Index articles, each in the place of all that is there under its id; returns how many chunks they are."""
        draft, embedder = self._open_draft(), self._index.embedder
        size = min(self._index.chunk_size, embedder.max_tokens)
        chunked = [(article, split(article, embedder.token_counts, size=size)) for article in articles]
        texts = [chunk.embedded_text for _, chunks in chunked for chunk in chunks]
        vectors = iter(embedder.embed_documents(texts))
        for article, chunks in chunked:
            draft.replace(article, chunks, [next(vectors) for _ in chunks])
        return len(texts)

    def remove(self, article_ids: Sequence[str]) -> None:
        """Take articles out."""
        for article_id in article_ids:
            self._open_draft().remove(article_id)

    def publish(self) -> None:
        """Finish, check and switch to the draft; without a change there is none."""
        draft = self._draft
        if draft is None:
            return
        draft.commit(
            built=datetime.now(UTC).isoformat(timespec="seconds"),
            versions={name: version(name) for name in _PACKAGES},
        )
        draft.close()
        for path in draft.folder.rglob("*"):
            if path.is_file():
                _flush(path)
        pointer = self._index.path / "current.new"
        pointer.write_text(f"{draft.folder.name}\n", "ascii")
        _flush(pointer)
        pointer.replace(self._index.path / "current")
        _flush(self._index.path)
        self._draft = None
        self._remove_leftovers(draft.number)

    def discard(self) -> None:
        """Drop a draft that was not published, and let go of the files."""
        if self._before is not None:
            self._before.close()
        if self._draft is not None:
            self._draft.close()
            shutil.rmtree(self._draft.folder, ignore_errors=True)
            self._draft = None

    def _open_draft(self) -> Generation:
        if self._draft is None:
            number = self._before.number + 1 if self._before is not None else 1
            folder = self._index.folder(number)
            if self._before is not None and not self._rebuild:
                self._draft = self._before.copy(folder, number)
            else:
                embedder = self._index.embedder
                card = Card(embedder.name, embedder.weights, embedder.dimension, self._index.chunk_size)
                self._draft = Generation(folder, number, create=card)
        return self._draft

    def _remove_leftovers(self, published: int | None) -> None:
        """Remove what crashed writers left, and all generations but the published one and the one before."""
        kept = {self._index.folder(published)} if published is not None else set()
        older = sorted(
            f for f in self._index.path.glob("gen-*") if published is not None and f < self._index.folder(published)
        )
        kept.update(older[-1:])
        for folder in self._index.path.glob("gen-*"):
            if folder not in kept:
                shutil.rmtree(folder, ignore_errors=True)


def _flush(path: Path) -> None:
    """Make a file or folder safe from a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
