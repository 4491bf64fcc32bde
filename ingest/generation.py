"""One state of the index, in a folder of its own: Chroma, Tantivy and the card. The only user of chromadb."""

import shutil
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from ingest.article import EVERYTHING, Article, Filter
from ingest.card import Card
from ingest.chunk import Chunk
from ingest.copies import Copies, Signature, find_copies, read_signatures, sign, write_signatures
from ingest.passage import Passage, Ranks
from ingest.records import to_article, to_chunk, to_metadata, to_where
from ingest.words import WordIndex

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

_PAGE = 5_000  # records: Chroma takes 5,461 in one upsert, and fewer SQL variables than 50,000 in one get
_DATABASE = Path("chroma") / "chroma.sqlite3"
_CLIENTS = threading.RLock()  # Chroma shares the clients of a path, and counts them without a lock of its own
_NEAR = 1e-3  # cosine distance under which a stored vector has found itself

T = TypeVar("T")
Embedded = tuple[Article, Sequence[Chunk], Sequence[Sequence[float]]]
"""An article with its chunks and their vectors."""


class Generation:
    """The stores of one generation, opened. Safe to read from several threads.

    `copies` are the stories that are in it more than once. Its files are let go when nobody holds it any more: until
    then it answers, even when its folder is gone.
    """

    def __init__(self, folder: Path, number: int, *, create: Card | None = None) -> None:
        self.folder = folder
        self.number = number
        if create is not None:
            folder.mkdir(parents=True)
            create.write(folder)
        else:
            _check_database(folder / _DATABASE)
        self.card = create or Card.read(folder)
        self.copies = Copies.read(folder)
        self._words = WordIndex(folder / "words", create=create is not None)
        try:
            with _CLIENTS:
                self._client = _client(folder / "chroma")
            self._chunks = _collection(self._client, create=create is not None)
        except _chroma_errors() as error:
            raise ValueError(f"Chroma cannot open it: {error}") from error
        self._closing = weakref.finalize(self, _close, self._client)
        self._closing.atexit = False

    def copy(self, folder: Path, number: int) -> "Generation":
        """The same content in a new folder, to be changed there.

        Chroma's database is copied by SQLite itself: another process that opens it writes a lock row at any moment.
        """
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("chroma.sqlite3*"))
        with (
            closing(sqlite3.connect(self.folder / _DATABASE)) as source,
            closing(sqlite3.connect(folder / _DATABASE)) as target,
        ):
            source.backup(target)
        copied = Generation(folder, number)
        copied._listed = dict(self._listed)
        return copied

    def close(self) -> None:
        """Let go of the files at once, and of changes that were not committed."""
        self._words.close()
        self._closing()

    # Reading

    def count(self) -> int:
        """How many chunks there are."""
        return self._chunks.count()

    def articles(self) -> list[Article]:
        """Every article without its text, in the order of their ids."""
        return sorted(self._listed.values(), key=lambda article: article.id)

    @cached_property
    def _listed(self) -> dict[str, Article]:
        """The articles without their texts, read once: a generation is written to only by itself."""
        found: dict[str, Article] = {}
        offset = 0
        while True:
            page = self._chunks.get(where={"position": 0}, include=["metadatas"], limit=_PAGE, offset=offset)
            articles = [to_article(metadata, "") for metadata in page["metadatas"] or []]
            found.update((article.id, article) for article in articles)
            if len(page["ids"]) < _PAGE:
                return found
            offset += _PAGE

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises KeyError."""
        chunks, metadata = self._article_chunks(article_id)
        return to_article(metadata, "".join(chunk.text for chunk in chunks))

    def chunks(self, article_id: str) -> list[Chunk]:
        """The chunks of one article, in order. Raises KeyError."""
        return self._article_chunks(article_id)[0]

    def vectors(self, article_id: str) -> list[tuple[Chunk, Sequence[float]]]:
        """The chunks of one article, in order, each with its vector. Raises KeyError."""
        chunks = self.chunks(article_id)
        vectors: dict[str, Sequence[float]] = {}
        for page in _pages([chunk.id for chunk in chunks]):
            rows = self._chunks.get(ids=list(page), include=["embeddings"])
            stored = rows["embeddings"]
            for chunk_id, vector in zip(rows["ids"], stored if stored is not None else [], strict=True):
                vectors[chunk_id] = [float(value) for value in vector]
        return [(chunk, vectors[chunk.id]) for chunk in chunks]

    def by_meaning(self, vector: Sequence[float], limit: int, only: Filter = EVERYTHING) -> list[Passage]:
        """The chunks nearest to a vector, with their cosine similarity."""
        limit = min(limit, self.count())
        if limit < 1:
            return []
        found = self._chunks.query(
            query_embeddings=[vector],
            n_results=limit,
            where=to_where(only),
            include=["documents", "metadatas", "distances"],
        )
        rows = zip(
            (found["documents"] or [[]])[0],
            (found["metadatas"] or [[]])[0],
            (found["distances"] or [[]])[0],
            strict=True,
        )
        return [
            Passage(to_chunk(metadata, text), 1.0 - distance, Ranks(meaning=rank))
            for rank, (text, metadata, distance) in enumerate(rows, 1)
        ]

    def by_words(self, text: str, limit: int, only: Filter = EVERYTHING) -> list[Passage]:
        """The chunks that share most with a text, with their BM25 scores."""
        scores = dict(self._words.search(text, limit, only))
        chunks = self._chunks_by_id(list(scores))
        return [
            Passage(chunks[chunk_id], score, Ranks(words=rank))
            for rank, (chunk_id, score) in enumerate(scores.items(), 1)
        ]

    def similarities(self, chunk_ids: Sequence[str], vector: Sequence[float]) -> dict[str, float]:
        """The cosine similarity of given chunks to a vector of length 1."""
        if not chunk_ids:
            return {}
        rows = self._chunks.get(ids=list(chunk_ids), include=["embeddings"])
        stored = rows["embeddings"]
        return {
            chunk_id: float(sum(a * b for a, b in zip(row, vector, strict=True)))
            for chunk_id, row in zip(rows["ids"], stored if stored is not None else [], strict=True)
        }

    def terms(self, text: str) -> list[str]:
        """The stems of a text, as the word index has them."""
        return self._words.terms(text)

    def rarity(self, terms: Iterable[str]) -> dict[str, float]:
        """How rare each stem is in this archive (inverse document frequency)."""
        return self._words.rarity(terms)

    # Writing: only to a generation that is not published

    def replace(self, articles: Sequence[Embedded]) -> None:
        """Put articles in the place of all that is there of them; their words are found after `commit`.

        Many at once: each call costs Chroma a transaction, six times the time of an article.
        """
        stale = self._stale_ids({article.id: len(chunks) for article, chunks, _ in articles})
        rows = [
            (chunk, vector, to_metadata(chunk, article, len(chunks)))
            for article, chunks, vectors in articles
            for chunk, vector in zip(chunks, vectors, strict=True)
        ]
        for page in _pages(rows):
            self._chunks.upsert(
                ids=[chunk.id for chunk, _, _ in page],
                embeddings=[vector for _, vector, _ in page],
                documents=[chunk.text for chunk, _, _ in page],
                metadatas=[metadata for _, _, metadata in page],
            )
        self._delete(stale)
        for article, chunks, _ in articles:
            self._listed[article.id] = replace(article, text="")
            self._signatures[article.id] = sign(article.text)
            self._words.remove(article.id)
            for chunk in chunks:
                self._words.add(
                    chunk.id, article.id, chunk.title, chunk.text, source=chunk.source, published=chunk.published
                )

    def remove(self, article_ids: Sequence[str]) -> None:
        """Take articles out."""
        self._delete(self._stale_ids(dict.fromkeys(article_ids, 0)))
        for article_id in article_ids:
            self._listed.pop(article_id, None)
            self._words.remove(article_id)

    def commit(self, *, built: str, versions: Mapping[str, str]) -> None:
        """Finish the stores, check them and link copies.

        Raises RuntimeError when the stores disagree or a vector is not found.
        """
        self._words.commit()
        chunks, words, articles = self.count(), self._words.count(), self.articles()
        if chunks != words:
            raise RuntimeError(f"the stores disagree: {chunks} chunks by meaning, {words} by words")
        sample = self._chunks.get(limit=8, offset=max(0, chunks // 2 - 4), include=["embeddings"])
        embeddings = sample["embeddings"]
        for vector in embeddings if embeddings is not None else ():
            nearest = self._chunks.query(query_embeddings=vector, n_results=1, include=["distances"])
            distances = (nearest["distances"] or [[]])[0]
            if not distances or distances[0] > _NEAR:
                raise RuntimeError("a stored vector does not find itself")
        self._link_copies(articles)
        self.card = replace(
            self.card,
            articles=len(articles),
            chunks=chunks,
            built=built,
            origins=tuple(sorted({article.origin for article in articles})),
            versions=versions,
        )
        self.card.write(self.folder)

    @cached_property
    def _signatures(self) -> dict[str, Signature]:
        return read_signatures(self.folder)

    def _link_copies(self, articles: Sequence[Article]) -> None:
        """Say which of the articles are copies; those without a signature, from before there were any, get theirs."""
        signatures = {
            article.id: self._signatures.get(article.id) or sign(self.article(article.id).text)
            for article in articles
        }
        write_signatures(self.folder, signatures)
        self.copies = find_copies(articles, signatures)
        self.copies.write(self.folder)

    def _article_chunks(self, article_id: str) -> tuple[list[Chunk], Mapping[str, Any]]:
        first = self._chunks.get(ids=[f"{article_id}#0"], include=["metadatas"])
        if not first["ids"] or not first["metadatas"]:
            raise KeyError(article_id)
        metadata = first["metadatas"][0]
        chunk_ids = [f"{article_id}#{position}" for position in range(int(str(metadata["chunks"])))]
        by_id = self._chunks_by_id(chunk_ids)
        return [by_id[chunk_id] for chunk_id in chunk_ids], metadata

    def _chunks_by_id(self, chunk_ids: Sequence[str]) -> dict[str, Chunk]:
        found: dict[str, Chunk] = {}
        for page in _pages(chunk_ids):
            rows = self._chunks.get(ids=list(page), include=["documents", "metadatas"])
            for chunk_id, text, metadata in zip(
                rows["ids"], rows["documents"] or [], rows["metadatas"] or [], strict=True
            ):
                found[chunk_id] = to_chunk(metadata, text)
        return found

    def _stale_ids(self, kept: Mapping[str, int]) -> list[str]:
        """The chunks of articles behind the first ones, as many of each as are kept."""
        stale = []
        for page in _pages([f"{article_id}#0" for article_id in kept]):
            first = self._chunks.get(ids=list(page), include=["metadatas"])
            for metadata in first["metadatas"] or []:
                article_id = str(metadata["article_id"])
                positions = range(kept[article_id], int(str(metadata["chunks"])))
                stale.extend(f"{article_id}#{position}" for position in positions)
        return stale

    def _delete(self, chunk_ids: Sequence[str]) -> None:
        for page in _pages(chunk_ids):
            self._chunks.delete(ids=list(page))


def _pages(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + _PAGE] for start in range(0, len(rows), _PAGE))


def _check_database(path: Path) -> None:
    """Raise ValueError when Chroma's database is missing or damaged: Chroma would make a new one, or stumble."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            database.execute("SELECT id FROM collections").fetchall()
    except sqlite3.Error as error:
        raise ValueError(f"{path.name}: {error}") from error


def _chroma_errors() -> type[Exception]:
    from chromadb.errors import ChromaError

    return ChromaError


def _client(folder: Path) -> "Client":
    import chromadb
    from chromadb.config import Settings

    # Declared as an interface that has no `close`.
    return cast("Client", chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False)))


def _close(client: "Client") -> None:
    with _CLIENTS:
        client.close()


def _collection(client: "Client", *, create: bool) -> "Collection":
    # embedding_function=None: otherwise Chroma brings a model of its own, and downloads it.
    if create:
        return client.create_collection(
            "chunks", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )
    return client.get_collection("chunks", embedding_function=None)
