"""Articles and chunks as Chroma's metadata, and back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ingest.article import Article, Filter, day_number
from ingest.chunk import Chunk


def to_metadata(chunk: Chunk, article: Article, chunks: int) -> dict[str, str | int | None]:
    """What Chroma keeps of a chunk beside its text.

    An absent value must be said: Chroma leaves a key that is not mentioned as it was in the chunk before; for None
    it drops it.
    """
    return {
        "article_id": article.id,
        "position": chunk.position,
        "chunks": chunks,
        "start": chunk.start,
        "end": chunk.end,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "url": article.url,
        "published": day_number(article.published),
        "origin": article.origin,
        "content_hash": article.content_hash,
        "indexed": article.indexed.isoformat() if article.indexed else None,
    }


def to_chunk(metadata: Mapping[str, Any], text: str) -> Chunk:
    """A chunk as it was before it was stored."""
    return Chunk(
        article_id=metadata["article_id"],
        position=metadata["position"],
        start=metadata["start"],
        end=metadata["end"],
        text=text,
        title=metadata["title"],
        source=metadata["source"],
        url=metadata.get("url"),
        published=_day(metadata["published"]),
    )


def to_article(metadata: Mapping[str, Any], text: str) -> Article:
    """The article that a chunk belongs to, with a text that the caller has."""
    return Article(
        id=metadata["article_id"],
        title=metadata["title"],
        text=text,
        source=metadata["source"],
        author=metadata.get("author"),
        url=metadata.get("url"),
        published=_day(metadata["published"]),
        origin=metadata["origin"],
        content_hash=metadata["content_hash"],
        indexed=datetime.fromisoformat(metadata["indexed"]) if metadata.get("indexed") else None,
    )


def _day(number: int) -> date | None:
    return date(number // 10_000, number // 100 % 100, number % 100) if number else None


def to_where(only: Filter) -> dict[str, Any] | None:
    """A filter as Chroma's."""
    parts: list[dict[str, Any]] = []
    if only.since or only.until:
        parts.append({"published": {"$gte": day_number(only.since) or 1}})
    if only.until:
        parts.append({"published": {"$lte": day_number(only.until)}})
    if only.sources:
        parts.append({"source": {"$in": list(only.sources)}})
    if len(parts) > 1:
        return {"$and": parts}
    return parts[0] if parts else None
