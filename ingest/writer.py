"""Writer: changes to the index, made in a draft generation that is published whole or not at all."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.article import Article
from ingest.card import Card
from ingest.chunk import Chunk, split
from ingest.generation import Generation
from ingest.published import (
    IndexUnusableError,
    check_chunk_size,
    check_embedder,
    folder_of,
    open_generation,
    publish,
    published,
    remove_leftovers,
)

if TYPE_CHECKING:
    from ingest.embed import Embedder

_PACKAGES = ("dateline-qa", "chromadb", "tantivy", "sentence-transformers", "torch", "sentencex")


class Writer:
    """One writing run. The draft is a copy of the published generation, made when the first change comes.

    Whoever makes one holds the index's lock. The embedder is asked for when something is to be embedded: a run that
    finds nothing new costs no model.
    """

    def __init__(
        self, path: Path, embedder: "Callable[[], Embedder]", chunk_size: int, *, rebuild: bool = False
    ) -> None:
        self._path = path
        self._embedder = embedder
        self._chunk_size = chunk_size
        self._draft: Generation | None = None
        self._folder: Path | None = None  # of the draft, from before it is there until it is published
        self._before: Generation | None = None
        self._ids: dict[str, str] | None = None  # of the articles before, by their content hashes
        try:
            number = published(path)
            remove_leftovers(path, number)
            if number is not None and not rebuild:
                self._before = open_generation(path, number)
                check_chunk_size(path, self._before.card, chunk_size)
        except IndexUnusableError:
            self.discard()
            if not rebuild:
                raise
        self._number = self._last_number() + 1

    def articles(self) -> list[Article]:
        """What is indexed before any change, without texts; nothing when the index is rebuilt."""
        return self._before.articles() if self._before is not None else []

    def replace(self, articles: Sequence[Article]) -> int:
        """Index articles, each in the place of all that is there under its id; returns how many chunks they are.

        What is in the index already is not embedded again: not when an article only moved, or only its date, outlet,
        author or address changed, and of a text not the chunks that are as they were.
        """
        prepared = [self._prepare(article) for article in articles]
        new = [chunk.embedded_text for _, chunks in prepared for chunk, vector in chunks if vector is None]
        vectors = iter(self._checked_embedder().embed_documents(new) if new else [])
        now = datetime.now(UTC)
        embedded = [
            (
                replace(article, indexed=now),
                [chunk for chunk, _ in chunks],
                [next(vectors) if vector is None else vector for _, vector in chunks],
            )
            for article, chunks in prepared
        ]
        if embedded:
            self._open_draft().replace(embedded)
        return sum(len(chunks) for _, chunks in prepared)

    def _prepare(self, article: Article) -> tuple[Article, list[tuple[Chunk, Sequence[float] | None]]]:
        """The chunks of an article, with their vectors where these are known."""
        known = self._known(article)
        if known and known[0][0].title == article.title and "".join(chunk.text for chunk, _ in known) == article.text:
            return article, [(_moved(chunk, article), vector) for chunk, vector in known]
        embedder = self._checked_embedder()
        chunks = split(article, embedder.token_counts, size=min(self._chunk_size, embedder.max_tokens))
        vectors = {chunk.embedded_text: vector for chunk, vector in known}
        return article, [(chunk, vectors.get(chunk.embedded_text)) for chunk in chunks]

    def _known(self, article: Article) -> list[tuple[Chunk, Sequence[float]]]:
        """The chunks of the same article elsewhere, or else of this one before, with their vectors."""
        if self._before is None:
            return []
        if self._ids is None:
            self._ids = {before.content_hash: before.id for before in self.articles()}
        try:
            return self._before.vectors(self._ids.get(article.content_hash, article.id))
        except KeyError:
            return []

    def _checked_embedder(self) -> "Embedder":
        embedder = self._embedder()
        if self._before is not None:
            check_embedder(self._path, self._before.card, embedder)
        return embedder

    def remove(self, article_ids: Sequence[str]) -> None:
        """Take articles out; this needs no embedder."""
        if article_ids and (self._before or self._draft):
            self._open_draft().remove(article_ids)

    def publish(self) -> None:
        """Finish and check the draft and switch to it; without a change there is none."""
        if self._draft is None:
            return
        built = datetime.now(UTC).isoformat(timespec="seconds")
        try:
            self._draft.commit(built=built, versions={name: version(name) for name in _PACKAGES})
        except RuntimeError as error:
            raise IndexUnusableError(
                f"the new state did not pass its check, nothing was changed ({error}): run this with  --rebuild"
            ) from error
        self._draft.close()
        self._draft = None
        publish(self._path, self._number)
        self._folder = None

    def discard(self) -> None:
        """Drop a draft that was not published, even one that is copied but in part, and let go of the files."""
        for generation in (self._before, self._draft):
            if generation is not None:
                generation.close()
        self._before = self._draft = None
        if self._folder is not None and not self._is_published():
            shutil.rmtree(self._folder, ignore_errors=True)

    def _is_published(self) -> bool:
        try:
            return published(self._path) == self._number
        except IndexUnusableError:
            return False

    def _open_draft(self) -> Generation:
        if self._draft is None:
            self._folder = folder = folder_of(self._path, self._number)
            if self._before is not None:
                self._draft = self._before.copy(folder, self._number)
            else:
                embedder = self._embedder()
                card = Card(embedder.name, embedder.weights, embedder.dimension, self._chunk_size)
                self._draft = Generation(folder, self._number, create=card)
        return self._draft

    def _last_number(self) -> int:
        numbers = (folder.name.removeprefix("gen-") for folder in self._path.glob("gen-*"))
        return max((int(number) for number in numbers if number.isdigit()), default=0)


def _moved(chunk: Chunk, article: Article) -> Chunk:
    """The same words of an article whose address, outlet or date are other ones."""
    return replace(chunk, article_id=article.id, source=article.source, url=article.url, published=article.published)
