"""One state of the index, in a folder of its own: Chroma, Tantivy, the list of articles, copies and the card."""

import shutil
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from ingest.article import EVERYTHING, Article, Filter
from ingest.card import Card
from ingest.chroma import DATABASE, check_database, close_client, copy_database, open_client, open_collection
from ingest.chunk import Chunk
from ingest.copies import Copies, Signature, find_copies, read_signatures, sign, write_signatures
from ingest.examples import names, questions
from ingest.lease import take
from ingest.passage import Passage, Ranks
from ingest.records import Listed, from_listing, to_chunk, to_listing, to_metadata, to_where
from ingest.words import WordIndex

_PAGE = 5_000  # records: Chroma takes 5,461 in one upsert, and fewer SQL variables than 50,000 in one get
_LISTING = "articles.jsonl"
_QUESTIONS = 2  # kept of each article
_NEAR = 1e-3  # cosine distance under which a stored vector has found itself
_SAMPLE = 16  # chunks that are looked for by their own vectors before a generation is published

T = TypeVar("T")
Embedded = tuple[Article, Sequence[Chunk], Sequence[Sequence[float]]]
"""An article with its chunks and their vectors."""


class Generation:
    """The stores of one generation, opened. Safe to read from several threads.

    `copies` are the stories that are in it more than once. Its files are let go when nobody holds it any more: until
    then no writer removes its folder.
    """

    def __init__(self, folder: Path, number: int, *, create: Card | None = None) -> None:
        self.folder = folder
        self.number = number
        if create is not None:
            folder.mkdir(parents=True)
            create.write(folder)
        self._letting_go = weakref.finalize(self, take(folder))
        self._letting_go.atexit = False
        if create is None:
            check_database(folder / "chroma")
        self.card = create or Card.read(folder)
        self.copies = Copies.read(folder)
        self._listing_data = b"" if create else (folder / _LISTING).read_bytes()
        self._words = WordIndex(folder / "words", create=create is not None)
        self._client = open_client(folder / "chroma")
        self._chunks = open_collection(self._client, create=create is not None)
        self._closing = weakref.finalize(self, close_client, self._client)
        self._closing.atexit = False

    def copy(self, folder: Path, number: int) -> "Generation":
        """The same content in a new folder, to be changed there.

        A vector that is deleted stays in Chroma's graph. When they are more than the living ones, it is made anew.
        """
        if self.card.deleted > self.card.chunks:
            return self._made_anew(folder, number)
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns(f"{DATABASE}*"))
        copy_database(self.folder / "chroma", folder / "chroma")
        return Generation(folder, number)

    def _made_anew(self, folder: Path, number: int) -> "Generation":
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("chroma"))
        client = open_client(folder / "chroma")
        chunks = open_collection(client, create=True)
        ids = [chunk_id for name, listed in self._listing.items() for chunk_id in _chunk_ids(name, listed.chunks)]
        for page in _pages(ids):
            rows = self._chunks.get(ids=list(page), include=["embeddings", "documents", "metadatas"])
            chunks.add(
                rows["ids"], embeddings=rows["embeddings"], documents=rows["documents"], metadatas=rows["metadatas"]
            )
        close_client(client)
        replace(self.card, deleted=0).write(folder)
        return Generation(folder, number)

    def close(self) -> None:
        """Let go of the files at once, and of changes that were not committed."""
        self._words.close()
        self._closing()
        self._letting_go()

    # Reading

    def count(self) -> int:
        """How many chunks there are."""
        return self._chunks.count()

    def articles(self) -> list[Article]:
        """Every article without its text, in the order of their ids."""
        return [listed.article for listed in self.listed()]

    def listed(self) -> list[Listed]:
        """Every article with what was noted of it when it was indexed, in the order of their ids."""
        return [listed for _, listed in sorted(self._listing.items())]

    def article(self, article_id: str) -> Article:
        """One article with its text. Raises KeyError."""
        text = "".join(chunk.text for chunk in self.chunks(article_id))
        return replace(self._listing[article_id].article, text=text)

    def chunks(self, article_id: str) -> list[Chunk]:
        """The chunks of one article, in order. Raises KeyError."""
        chunk_ids = _chunk_ids(article_id, self._listing[article_id].chunks)
        by_id = self._chunks_by_id(chunk_ids)
        return [by_id[chunk_id] for chunk_id in chunk_ids]

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

        Many at once: each call costs Chroma a transaction, six times the time of an article. What was there is
        deleted first: a vector that is replaced in its place is lost to Chroma's graph in 6 cases of 100.
        """
        self._delete([article.id for article, _, _ in articles])
        rows = [
            (chunk, vector, to_metadata(chunk, article, len(chunks)))
            for article, chunks, vectors in articles
            for chunk, vector in zip(chunks, vectors, strict=True)
        ]
        for page in _pages(rows):
            self._chunks.add(
                ids=[chunk.id for chunk, _, _ in page],
                embeddings=[vector for _, vector, _ in page],
                documents=[chunk.text for chunk, _, _ in page],
                metadatas=[metadata for _, _, metadata in page],
            )
        for article, chunks, _ in articles:
            asked = tuple(questions(article)[:_QUESTIONS])
            self._listing[article.id] = Listed(replace(article, text=""), len(chunks), tuple(names(article)), asked)
            self._signatures[article.id] = sign(article.text)
            self._words.remove(article.id)
            for chunk in chunks:
                self._words.add(
                    chunk.id, article.id, chunk.title, chunk.text, source=chunk.source, published=chunk.published
                )

    def remove(self, article_ids: Sequence[str]) -> None:
        """Take articles out."""
        self._delete(article_ids)
        for article_id in article_ids:
            self._listing.pop(article_id, None)
            self._words.remove(article_id)

    def commit(self, *, built: str, versions: Mapping[str, str]) -> None:
        """Finish the stores, check them and link copies.

        Raises RuntimeError when the stores disagree or a vector is not found.
        """
        self._words.commit()
        chunks, words, articles = self.count(), self._words.count(), self.articles()
        listed = sum(listed.chunks for listed in self._listing.values())
        if not chunks == words == listed:
            raise RuntimeError(f"the stores disagree: {chunks} chunks by meaning, {words} by words, {listed} listed")
        self._check_vectors()
        self._link_copies(articles)
        (self.folder / _LISTING).write_bytes(to_listing(self._listing.values()))
        self.card = replace(
            self.card,
            articles=len(articles),
            chunks=chunks,
            built=built,
            origins=tuple(sorted({article.origin for article in articles})),
            versions=versions,
        )
        self.card.write(self.folder)

    def _check_vectors(self) -> None:
        """Look for some chunks by their own vectors. Chroma's search is approximate: it misses one in 1,000."""
        middle = max(0, (self.count() - _SAMPLE) // 2)
        sample = self._chunks.get(limit=_SAMPLE, offset=middle, include=["embeddings"])
        vectors = sample["embeddings"] if sample["embeddings"] is not None else []
        nearest = [self.by_meaning([float(value) for value in vector], 1) for vector in vectors]
        found = sum(bool(passages) and passages[0].score > 1 - _NEAR for passages in nearest)
        if 4 * found < 3 * len(vectors):
            raise RuntimeError(f"of {len(vectors)} stored vectors only {found} find themselves")

    @cached_property
    def _signatures(self) -> dict[str, Signature]:
        return read_signatures(self.folder)

    def _link_copies(self, articles: Sequence[Article]) -> None:
        """Say which of the articles are copies; a signature that is missing or was damaged is made anew."""
        signatures = {
            article.id: self._signatures.get(article.id) or sign(self.article(article.id).text)
            for article in articles
        }
        write_signatures(self.folder, signatures)
        self.copies = find_copies(articles, signatures)
        self.copies.write(self.folder)

    @cached_property
    def _listing(self) -> dict[str, Listed]:
        """What is indexed. Read once: a generation is written to only by the one who made it."""
        try:
            return from_listing(self._listing_data)
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{self.folder / _LISTING} is damaged ({error}): run  dateline doctor") from error

    def _chunks_by_id(self, chunk_ids: Sequence[str]) -> dict[str, Chunk]:
        found: dict[str, Chunk] = {}
        for page in _pages(chunk_ids):
            rows = self._chunks.get(ids=list(page), include=["documents", "metadatas"])
            for chunk_id, text, metadata in zip(
                rows["ids"], rows["documents"] or [], rows["metadatas"] or [], strict=True
            ):
                found[chunk_id] = to_chunk(metadata, text)
        return found

    def _delete(self, article_ids: Iterable[str]) -> None:
        """Delete all chunks of articles from Chroma."""
        listed = [
            (article_id, self._listing[article_id].chunks)
            for article_id in article_ids
            if article_id in self._listing
        ]
        chunk_ids = [chunk_id for article_id, count in listed for chunk_id in _chunk_ids(article_id, count)]
        for page in _pages(chunk_ids):
            self._chunks.delete(ids=list(page))
        self.card = replace(self.card, deleted=self.card.deleted + len(chunk_ids))


def _chunk_ids(article_id: str, count: int) -> list[str]:
    return [f"{article_id}#{position}" for position in range(count)]


def _pages(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + _PAGE] for start in range(0, len(rows), _PAGE))
