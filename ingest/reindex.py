"""Bring the index up to date with its sources: compare, and change what changed, under the writer lock."""

import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ingest.article import Article
from ingest.index import Index, IndexUnusableError
from ingest.read import Item, Unreadable, read
from ingest.sources import Source, SourceError
from ingest.text import shown
from ingest.writer import Writer

State = Literal["added", "changed", "unchanged"]
Progress = Callable[[int, int, int], None]
"""Called with how many items were read, how many there are, and how many chunks were indexed so far."""

_BATCH = 64  # articles read before they are embedded together: memory stays flat, batches stay full


@dataclass(frozen=True, slots=True)
class Failure:
    """A source or file that gave no article, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run did to the index; `articles` and `chunks` are what it holds now."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    failed: tuple[Failure, ...] = ()
    articles: int = 0
    chunks: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        done = [
            f"{len(ids)} {name}"
            for name, ids in (("added", self.added), ("changed", self.changed), ("removed", self.removed))
            if ids
        ]
        done.extend([f"{self.unchanged} unchanged"] if self.unchanged else [])
        done.extend([f"{len(self.failed)} not indexed"] if self.failed else [])
        held = f"The index holds {self.articles} articles in {self.chunks} chunks."
        return f"{', '.join(done) or 'no articles found'} in {self.seconds:.1f} s. {held}"

    def as_json(self) -> dict[str, Any]:
        """The changes as in the contract."""
        return {
            "added": list(self.added),
            "changed": list(self.changed),
            "removed": list(self.removed),
            "unchanged": self.unchanged,
            "failed": [{"source": failure.source, "reason": failure.reason} for failure in self.failed],
            "duplicates": [],
            "articles": self.articles,
            "chunks": self.chunks,
            "seconds": round(self.seconds, 3),
        }


def compare(article: Article, indexed: Mapping[str, Article]) -> State:
    """Whether an article that was read is new to the index, another version of one that is there, or the same."""
    before = indexed.get(article.id)
    if before is None:
        return "added"
    same = (before.content_hash, before.origin) == (article.content_hash, article.origin)
    return "unchanged" if same else "changed"


def missing(indexed: Mapping[str, Article], found: Container[str], sources: Iterable[Source]) -> list[str]:
    """The articles that came from one of the folders and are not in it any more."""
    origins = {source.origin for source in sources if source.complete}
    return sorted(i for i, article in indexed.items() if article.origin in origins and i not in found)


def reindex(
    sources: str | Path | Iterable[str | Path],
    index: Index,
    *,
    keep_missing: bool = False,
    rebuild: bool = False,
    progress: Progress | None = None,
) -> Changes:
    """Read the sources and bring the index up to date with them; all of it is published at once, at the end.

    Only what is new or changed is embedded. An article whose file is gone from a given folder leaves the index,
    unless `keep_missing`. A file that cannot be read is reported, its article stays as it was. Raises SourceError
    for a source that does not exist, IndexUnusableError when another process is writing.
    """
    started = time.perf_counter()
    places = [sources] if isinstance(sources, str | Path) else list(sources)
    opened = [Source.at(place) for place in places]
    if rebuild:
        _check_nothing_is_lost(index, opened)
    with index.write(rebuild=rebuild) as writer:
        run = _Run(writer, progress or (lambda *_: None))
        run.read(opened)
        gone = [] if keep_missing else missing(run.indexed, run.found, opened)
        writer.remove(gone)
    card = index.current().card if index.exists else None
    return Changes(
        added=tuple(run.states["added"]),
        changed=tuple(run.states["changed"]),
        removed=tuple(gone),
        unchanged=len(run.states["unchanged"]),
        failed=tuple(run.failed),
        articles=card.articles if card else 0,
        chunks=card.chunks if card else 0,
        seconds=time.perf_counter() - started,
    )


def _check_nothing_is_lost(index: Index, sources: Iterable[Source]) -> None:
    """Refuse to start anew, with SourceError, without a folder that the index has articles from and that is there."""
    try:
        origins = index.current().card.origins if index.exists else ()
    except IndexUnusableError:
        return  # what cannot be opened cannot be kept either
    given = {source.origin for source in sources}
    lost = [origin for origin in origins if origin and origin not in given and Path(origin).is_dir()]
    if lost:
        raise SourceError(f"to rebuild the index, name all that it has articles from, also: {' '.join(lost)}")


class _Run:
    """One pass over the sources: batches of articles that changed go to the writer as they fill."""

    def __init__(self, writer: Writer, progress: Progress) -> None:
        self._writer = writer
        self._progress = progress
        self.indexed = {article.id: article for article in writer.articles()}
        self.found: dict[str, str] = {}  # where each came from
        self.states: dict[State, list[str]] = {"added": [], "changed": [], "unchanged": []}
        self.failed: list[Failure] = []

    def read(self, sources: Iterable[Source]) -> None:
        items = [item for source in sources for item in source.items()]
        batch: list[Article] = []
        chunks = 0
        for done, item in enumerate(items, 1):
            batch.extend(self._changed(item))
            if len(batch) >= _BATCH or done == len(items):
                chunks += self._writer.replace(batch) if batch else 0
                batch = []
            self._progress(done, len(items), chunks)

    def _changed(self, item: Item) -> Iterator[Article]:
        other = self.found.get(item.id) or self._origin_of_another(item)
        if other == item.origin:  # the same file, given twice
            return
        if other is not None:
            self._fail(item, f"{item.id} is already there from {other}: rename one, or give their parent folder")
            return
        self.found[item.id] = item.origin
        for article in read(item):
            if isinstance(article, Unreadable):
                self._fail(item, article.reason)
                # Of a folder that cannot be read nobody knows what is in it: nothing of it is gone.
                self.found.update({i: item.origin for i in self.indexed if i.startswith(f"{item.id}/")})
                continue
            state = compare(article, self.indexed)
            self.states[state].append(article.id)
            if state != "unchanged":
                yield article

    def _origin_of_another(self, item: Item) -> str | None:
        """Where an indexed article of this id comes from, when it is another one and still there."""
        before = self.indexed.get(item.id)
        if before is None or before.origin == item.origin or not Path(before.origin, item.id).exists():
            return None
        return before.origin

    def _fail(self, item: Item, reason: str) -> None:
        self.failed.append(Failure(shown(str(item.path)), shown(reason)))
