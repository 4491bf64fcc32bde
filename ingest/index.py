"""Index: everything stored about the articles, shared by processes: open, write, refresh.

    index/current       the generation in use; replaced atomically, last of all
    index/gen-000012/   one state, see `ingest.generation`; never written to once it is published
    index/lock          one writer at a time, see `ingest.lock`

Chroma's embedded client must not share a folder with a writer: readers miss new articles, writers lose each other's
vectors, a killed writer can leave the folder unreadable (chroma-core/chroma#2399, #3769, #3792). Here a crash costs
a folder that nobody points to.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.article import Article, Filter
from ingest.card import Card
from ingest.chunk import Chunk
from ingest.copies import Copies
from ingest.generation import Generation
from ingest.lock import locked
from ingest.passage import Passage, Ranks
from ingest.published import IndexUnusableError, check_embedder, open_generation, published, roll_back
from ingest.records import Listed
from ingest.writer import Writer

if TYPE_CHECKING:
    from ingest.embed import Embedder

__all__ = [
    "Article", "Chunk", "Copies", "Filter", "Generation", "Index", "IndexUnusableError", "Listed", "Passage", "Ranks",
]  # fmt: skip

CHUNK_SIZE = 200  # tokens, the title included
_SWITCH_WAIT = 1.5  # seconds a question waits for a new generation to open before it takes the one it has

logger = logging.getLogger(__name__)


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
        """Open an index, to read it or, with `create`, to write one that may not be there yet.

        Raises IndexUnusableError when there is none to read, or it was built with another embedder than the given
        one, or is damaged; with `create` that is left to the first read or write, so that `rebuild` can mend it.
        """
        index = cls(Path(path), embedder=embedder, chunk_size=chunk_size)
        try:
            number = published(index.path)
            if number is None:
                raise IndexUnusableError(f"there is no index in {path}: run  dateline ingest --index {path} FOLDER")
            index._opened = open_generation(index.path, number)
            if embedder is not None:
                check_embedder(index.path, index._opened.card, embedder)
        except IndexUnusableError:
            if not create:
                raise
        return index

    @property
    def embedder(self) -> "Embedder":
        """What makes the vectors. Raises EmbedderError, or IndexUnusableError when its weights changed."""
        return self._embedder_of(self._opened.card if self._opened else None)

    def _embedder_of(self, card: Card | None) -> "Embedder":
        with self._embedder_lock:
            if self._embedder is None:
                from ingest.embed import PACKAGED, Embedder

                embedder = Embedder.load(card.model if card else PACKAGED)
                if card:
                    check_embedder(self.path, card, embedder)
                self._embedder = embedder
            return self._embedder

    @property
    def generation(self) -> int:
        """The number of the generation that questions are answered from; 0 when nothing was published yet."""
        return self._opened.number if self._opened else 0

    @property
    def exists(self) -> bool:
        """Whether anything was published yet."""
        return published(self.path) is not None

    def current(self) -> Generation:
        """The newest state there is, for the whole of one question. Costs one stat call when nothing changed.

        A new generation is opened in the background; whoever asks waits a moment for it, then takes the one before.
        Raises IndexUnusableError.
        """
        number = published(self.path)
        if number is not None and number != self.generation:
            self._refresh(number)
        if self._opened is None:
            raise IndexUnusableError(
                f"the index in {self.path} is empty: run  dateline ingest --index {self.path} FOLDER"
            )
        if self._embedder is not None:
            check_embedder(self.path, self._opened.card, self._embedder)
        return self._opened

    def articles(self) -> list[Article]:
        """What is indexed, without texts, in the order of the ids."""
        return self.current().articles() if self.exists else []

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises KeyError."""
        return self.current().article(article_id)

    @contextmanager
    def write(self, *, rebuild: bool = False, wait: float = 0.0) -> Iterator[Writer]:
        """Change the index: what the block did is published at its end, all of it, or none if it raises.

        `rebuild` starts from nothing, with the embedder given or the packaged one; `wait` is how many seconds to
        wait for another writer. Raises IndexUnusableError when the lock is taken, or the index was built with
        something else.
        """
        with locked(self.path, wait=wait):
            card = self._opened.card if self._opened and not rebuild else None
            writer = Writer(self.path, lambda: self._embedder_of(card), self.chunk_size, rebuild=rebuild)
            try:
                yield writer
                writer.publish()
            finally:
                writer.discard()
            self._see_own_write()

    def rollback(self, *, wait: float = 0.0) -> Generation:
        """Go back to the generation before, and return it; it goes on under a new number, as no number comes twice.

        Processes that read see it at their next question. `wait` is how many seconds to wait for a writer. Raises
        IndexUnusableError when there is none before, or the lock is taken.
        """
        if not self.exists:
            raise IndexUnusableError(f"there is no index in {self.path}, and nothing to go back to")
        with locked(self.path, wait=wait):
            roll_back(self.path)
            self._see_own_write()
        return self.current()

    def _see_own_write(self) -> None:
        """Answer from what this process has just published, however long that takes to open."""
        number = published(self.path)
        if number is not None and number != self.generation:
            self._open_and_switch(number, warm=False)

    def _refresh(self, number: int) -> None:
        with self._switch:
            if self._opening is None or not self._opening.is_alive():
                self._opening = threading.Thread(target=self._open_and_switch, args=(number,), daemon=True)
                self._opening.start()
            opening = self._opening
        stale = self._opened is None or number > self.generation + 1
        opening.join(None if stale else _SWITCH_WAIT)

    def _open_and_switch(self, number: int, *, warm: bool = True) -> None:
        try:
            opened = open_generation(self.path, number)
            if self._embedder is not None:
                check_embedder(self.path, opened.card, self._embedder)
                if warm:
                    opened.by_meaning([1.0] * opened.card.dimension, 1)
        except IndexUnusableError:
            logger.exception("the new generation cannot be used; answering from the one before")
            return
        with self._switch:
            self._opened = opened
