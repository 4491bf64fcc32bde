"""Article: one news text with its title, source, date and address."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Article:
    """One news text.

    `id` is where it comes from: its path in the source folder (posix), or its address. Identity is not version:
    `content_hash` says whether anything that is indexed of it changed. `source` is the name of the outlet;
    `origin` the folder or address that was given to `ingest`, so that only its own articles are ever removed by it.
    `published` is what the article says; `indexed` when this version of it came into the index.
    """

    id: str
    title: str
    text: str
    source: str = ""
    author: str | None = None
    url: str | None = None
    published: date | None = None
    origin: str = ""
    content_hash: str = ""
    indexed: datetime | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.content_hash:
            object.__setattr__(self, "content_hash", _hash(self))


def _hash(article: Article) -> str:
    """A SHA-256 over everything that was extracted, with lengths so that no two fields can run together."""
    digest = hashlib.sha256()
    for part in (article.title, article.text, article.source, article.author, article.url, article.published):
        encoded = b"" if part is None else str(part).encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles: dates are inclusive, no sources means all; an article without a date fails a date."""

    since: date | None = None
    until: date | None = None
    sources: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.since or self.until or self.sources)


EVERYTHING = Filter()


def day_number(day: date | None) -> int:
    """A date as a number that sorts, 20180223; 0 for none."""
    return day.year * 10_000 + day.month * 100 + day.day if day else 0
