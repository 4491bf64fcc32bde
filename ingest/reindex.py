"""Bring the index up to date with its sources: compare, and change what changed, under the writer lock."""

import logging
import time
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ingest.article import Article
from ingest.changes import Changes, Duplicate, Failure
from ingest.index import Generation, Index, IndexUnusableError
from ingest.read import Item, Unreadable
from ingest.reading import Done, Reader
from ingest.seen import Seen
from ingest.sources import Source, SourceError, is_address, open_sources
from ingest.text import shown
from ingest.writer import Writer

_LOGGER = logging.getLogger(__name__)

State = Literal["added", "changed", "unchanged"]
Progress = Callable[[int, int, int], None]
"""Called with how many files were read, how many there are, and how many chunks were indexed so far."""

_BATCH = 64  # articles read before they are embedded together: memory stays flat, batches stay full
_BATCH_TEXT = 1_000_000  # characters, for the same reason


def compare(article: Article, indexed: Mapping[str, Article]) -> State:
    """Whether an article that was read is new to the index, another version of one that is there, or the same."""
    before = indexed.get(article.id)
    if before is None:
        return "added"
    same = (before.content_hash, before.origin) == (article.content_hash, article.origin)
    return "unchanged" if same else "changed"


def missing(
    indexed: Mapping[str, Article],
    found: Container[str],
    sources: Iterable[Source],
    read: Container[tuple[str, str]] = (),
) -> list[str]:
    """The articles that are gone: from a folder, or out of a file with several that was read to its end.

    `read` has those files, each with its origin.
    """
    complete = {source.origin for source in sources if source.complete}
    return sorted(
        article_id
        for article_id, article in indexed.items()
        if article_id not in found
        and (article.origin in complete or any((article.origin, file) in read for file in _files_of(article_id)))
    )


def reindex(
    sources: str | Path | Iterable[str | Path],
    index: Index,
    *,
    keep_missing: bool = False,
    rebuild: bool = False,
    dry_run: bool = False,
    allow_private: Collection[str] = (),
    wait: float = 0.0,
    progress: Progress | None = None,
) -> Changes:
    """Read the sources and bring the index up to date with them; all of it is published at once, at the end.

    Only what is new or changed is embedded. An article whose file is gone from a given folder leaves the index,
    unless `keep_missing`. A file that cannot be read is reported, and its article stays as it was, in a rebuild too.
    `dry_run` only says what would be done; `allow_private` names hosts of one's own network that may be asked; `wait`
    is how many seconds to wait for another writer. Raises SourceError for a source that does not exist,
    IndexUnusableError when another process is writing.
    """
    started = time.perf_counter()
    with open_sources(sources, index.path, allow_private=allow_private, offline=rebuild) as opened:
        writing: AbstractContextManager[Writer | None]
        writing = nullcontext() if dry_run else index.write(rebuild=rebuild, wait=wait)
        with writing as writer:
            before = _state_before(index) if rebuild else None
            if before:
                _check_nothing_is_lost(before, opened)
            indexed = writer.articles() if writer else index.articles() if not rebuild else []
            with Seen(index.path / "seen.sqlite3", fresh=rebuild, keep=not dry_run) as seen:
                run = _Run(writer, indexed, seen, progress or (lambda *_: None))
                run.read(opened)
                if before:
                    run.keep_broken(before)
                gone = [] if keep_missing else missing(run.indexed, run.found, opened, run.whole)
                if writer:
                    writer.remove(gone)
                    writer.publish()
                    seen.save()
    return run.changes(gone, index, dry_run=dry_run, seconds=time.perf_counter() - started)


def _state_before(index: Index) -> Generation | None:
    """What a rebuild replaces; None where there is nothing, or nothing that can be opened: that cannot be kept."""
    try:
        return index.current() if index.exists else None
    except IndexUnusableError:
        return None


def _check_nothing_is_lost(before: Generation, sources: Iterable[Source]) -> None:
    """Refuse to start anew, with SourceError, without a folder that the index has articles from and that is there."""
    given = {source.origin for source in sources}
    lost = [origin for origin in before.card.origins if origin and origin not in given and Path(origin).is_dir()]
    if lost:
        raise SourceError(f"to rebuild the index, name all that it has articles from, also: {' '.join(lost)}")


class _Run:
    """One pass over the sources: batches of articles that changed go to the writer as they fill."""

    def __init__(self, writer: Writer | None, indexed: Iterable[Article], seen: Seen, progress: Progress) -> None:
        self._writer = writer
        self._seen = seen
        self._progress = progress
        self.indexed = {article.id: article for article in indexed}
        self._published = {article.id: article.published for article in self.indexed.values()}
        self.found: dict[str, str] = {}  # the ids of files and articles, and where each came from
        self._stamps: dict[str, str | None] = {}
        self.whole: set[tuple[str, str]] = set()  # files of which everything was read, with their origins
        self._states: dict[State, list[str]] = {"added": [], "changed": [], "unchanged": []}
        self._failed: list[Failure] = []
        self._broken: set[tuple[str, str]] = set()  # files that could not be read to their end, with their origins
        self._files = self._done = self._chunks = 0

    def read(self, sources: Iterable[Source]) -> None:
        """Read what is new, and index it."""
        batch: list[Article] = []
        here: dict[str, str] | None = {}  # the articles of the file that is being read; None: not all could be
        with Reader() as reader:
            for item, found in reader.read(self._to_read(sources)):
                match found:
                    case Article():
                        article = self._compared(item, found)
                        batch.extend([article] if article else [])
                        if here is not None:
                            here[found.id] = found.content_hash
                    case Unreadable():
                        self._fail(item, found)
                        here = None
                    case Done():
                        self._finish(item, here)
                        here = {}
                if len(batch) >= _BATCH or sum(len(article.text) for article in batch) >= _BATCH_TEXT:
                    self._index(batch)
                    batch = []
        self._index(batch)

    def keep_broken(self, before: Generation) -> None:
        """Take over from the state before what is in files that cannot be read now: a rebuild loses nothing."""
        kept = [
            article
            for article in before.articles()
            if article.id not in self._published
            and any(article.origin == origin and _inside(article.id, file) for origin, file in self._broken)
        ]
        for first in range(0, len(kept), _BATCH):
            batch = kept[first : first + _BATCH]
            self._states["unchanged"].extend(article.id for article in batch)
            self._published.update((article.id, article.published) for article in batch)
            self._index([before.article(article.id) for article in batch])

    def changes(self, gone: list[str], index: Index, *, dry_run: bool, seconds: float) -> Changes:
        """What was done, and what the index holds now."""
        for article_id in gone:
            self._published.pop(article_id, None)
        days = sorted(day for day in self._published.values() if day)
        generation = index.current() if index.exists else None
        touched = {*self._states["added"], *self._states["changed"]}
        copies = generation.copies.of.items() if generation and not dry_run else ()
        return Changes(
            added=tuple(self._states["added"]),
            changed=tuple(self._states["changed"]),
            removed=tuple(gone),
            unchanged=len(self._states["unchanged"]),
            failed=tuple(self._failed),
            duplicates=tuple(Duplicate(copy, of) for copy, of in sorted(copies) if touched & {copy, of}),
            articles=len(self._published) if dry_run else generation.card.articles if generation else 0,
            chunks=generation.card.chunks if generation else 0,
            seconds=seconds,
            since=days[0] if days else None,
            until=days[-1] if days else None,
            undated=len(self._published) - len(days),
            dry_run=dry_run,
        )

    def _to_read(self, sources: Iterable[Source]) -> Iterator[Item]:
        """The files that may have changed since they were last read."""
        listed = [
            (source, list(source.items())) if source.complete else (source, source.items()) for source in sources
        ]
        self._files = sum(len(items) for _, items in listed if isinstance(items, list))
        for source, items in listed:
            for item in items:
                self._files += not source.complete
                if isinstance(item, Unreadable):
                    self._failed.append(Failure(shown(item.key), shown(item.reason)))
                elif self._may_be_read(item) and not self._is_as_it_was(item):
                    yield item
                    continue
                self._step()

    def _may_be_read(self, item: Item) -> bool:
        """Whether nothing else has this item's id; the same file may be given twice."""
        other = self.found.get(item.id) or self._origin_of_another(item.id, item)
        if other is not None and other != item.origin and not is_address(item.id):
            self._fail(item, Unreadable("", _already_there(item.id, other)))
        if other is not None:
            return False
        self.found[item.id] = item.origin
        return True

    def _is_as_it_was(self, item: Item) -> bool:
        """Whether the index has what is in a file already, to be told without reading it."""
        stamp = self._stamps[item.id] = self._seen.stamp(item)
        articles = self._seen.articles(item, stamp)
        if articles is None or not all(
            article_id in self.indexed
            and self.indexed[article_id].content_hash == content_hash
            and (self.indexed[article_id].origin == item.origin or is_address(article_id))
            for article_id, content_hash in articles.items()
        ):
            return False
        self.found.update(dict.fromkeys(articles, item.origin))
        self._states["unchanged"].extend(articles)
        self.whole.add((item.origin, item.id))
        return True

    def _compared(self, item: Item, article: Article) -> Article | None:
        """The article, if it is to be indexed."""
        if article.id != item.id:
            other = self.found.get(article.id) or self._origin_of_another(article.id, item)
            if other is not None:
                self._fail(item, Unreadable(article.id, _already_there(article.id, other)))
                return None
            self.found[article.id] = item.origin
        before = self.indexed.get(article.id)
        if before is not None and is_address(article.id):
            article = replace(
                article, origin=before.origin
            )  # an address that several feeds have stays with the first
        state = compare(article, self.indexed)
        self._states[state].append(article.id)
        self._published[article.id] = article.published
        return article if state != "unchanged" else None

    def _finish(self, item: Item, articles: Mapping[str, str] | None) -> None:
        """A file was read to its end, or as far as it could be: then all that was in it before is kept."""
        _LOGGER.info("read %s" if articles is not None else "cannot read %s", shown(item.id))
        if articles is None:
            self._broken.add((item.origin, item.id))
            self.found.update({i: item.origin for i in self.indexed if _inside(i, item.id)})
        else:
            self.whole.add((item.origin, item.id))
            self._seen.note(item, self._stamps[item.id], articles)
        self._step()

    def _index(self, batch: list[Article]) -> None:
        if batch and self._writer:
            self._chunks += self._writer.replace(batch)
            self._progress(self._done, self._files, self._chunks)

    def _step(self) -> None:
        self._done += 1
        self._progress(self._done, self._files, self._chunks)

    def _origin_of_another(self, article_id: str, item: Item) -> str | None:
        """Where an indexed article of this id comes from, when that is another place and it is still there."""
        before = self.indexed.get(article_id)
        if before is None or before.origin == item.origin:
            return None
        return before.origin if any(Path(before.origin, file).exists() for file in _files_of(article_id)) else None

    def _fail(self, item: Item, why: Unreadable) -> None:
        place = item.id if is_address(item.id) else str(item.path)
        self._failed.append(Failure(shown(f"{place}#{why.key}" if why.key else place), shown(why.reason)))


def _files_of(article_id: str) -> list[str]:
    """The files that an article may be in: of its own name, and each that it may be a part of."""
    parts = article_id.split("#")
    return ["#".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _inside(article_id: str, file: str) -> bool:
    """Whether an article is in a file, or in a folder: that may be what could not be read."""
    return article_id == file or article_id.startswith((f"{file}/", f"{file}#"))


def _already_there(article_id: str, origin: str) -> str:
    return f"{article_id} is already there from {origin}: rename one, or give their parent folder"
