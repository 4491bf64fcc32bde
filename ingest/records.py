"""Articles and chunks as Chroma's metadata and as lines of JSON, and back."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from ingest.article import Article, Filter, day_number
from ingest.chunk import Chunk


def to_metadata(chunk: Chunk, article: Article, chunks: int) -> dict[str, str | int]:
    """What Chroma keeps of a chunk beside its text; what an article has not is not mentioned."""
    metadata: dict[str, str | int] = {
        "article_id": article.id,
        "position": chunk.position,
        "chunks": chunks,
        "start": chunk.start,
        "end": chunk.end,
        "title": article.title,
        "source": article.source,
        "published": day_number(article.published),
    }
    if article.url is not None:
        metadata["url"] = article.url
    return metadata


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


@dataclass(frozen=True, slots=True)
class Listed:
    """An article without its text, how many chunks it has, its names, and questions that it answers."""

    article: Article
    chunks: int
    names: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def to_listing(listing: Iterable[Listed]) -> bytes:
    """What is indexed, an article a line: Chroma would take fifty times as long to tell it."""
    lines = []
    for listed in listing:
        fields = asdict(listed.article)
        del fields["text"]
        for name in ("published", "indexed"):
            fields[name] = fields[name] and fields[name].isoformat()
        made = {"chunks": listed.chunks, "names": listed.names, "questions": listed.questions}
        lines.append(json.dumps({**fields, **made}))
    return "\n".join(lines).encode("ascii")


def from_listing(data: bytes) -> dict[str, Listed]:
    """What is indexed, by its id. Raises ValueError, TypeError or KeyError when it is damaged."""
    listing = {}
    for line in data.splitlines():
        fields = json.loads(line)
        chunks, published, indexed = fields.pop("chunks"), fields.pop("published"), fields.pop("indexed")
        names, questions = fields.pop("names", ()), fields.pop("questions", ())  # not in earlier generations
        article = Article(
            **fields,
            text="",
            published=date.fromisoformat(published) if published else None,
            indexed=datetime.fromisoformat(indexed) if indexed else None,
        )
        listing[article.id] = Listed(article, chunks, tuple(names), tuple(questions))
    return listing


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
