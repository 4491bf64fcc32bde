"""What a run did to the index, for people and for programs."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

_NAMED = 5  # of the articles, and of the sources that failed for one reason


@dataclass(frozen=True, slots=True)
class Failure:
    """A source or file that gave no article, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An article that is a copy of another one, as outlets print the same story of an agency."""

    id: str
    of: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run did to the index, or, after a dry run, would do.

    `articles` and `chunks` are what the index holds now, `since` and `until` the first and last date of publication
    among them, `undated` how many have none. `duplicates` are those of the articles that were added or changed.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    failed: tuple[Failure, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    articles: int = 0
    chunks: int = 0
    seconds: float = 0.0
    since: date | None = None
    until: date | None = None
    undated: int = 0
    dry_run: bool = False

    def __str__(self) -> str:
        details = self._details()
        return "\n".join([self.counts(), *details, self._held()]) if details else f"{self.counts()} {self._held()}"

    def as_json(self) -> dict[str, Any]:
        """The changes as in the contract."""
        return {
            "added": list(self.added),
            "changed": list(self.changed),
            "removed": list(self.removed),
            "unchanged": self.unchanged,
            "failed": [{"source": failure.source, "reason": failure.reason} for failure in self.failed],
            "duplicates": [{"id": duplicate.id, "of": duplicate.of} for duplicate in self.duplicates],
            "articles": self.articles,
            "chunks": self.chunks,
            "seconds": round(self.seconds, 3),
        }

    def counts(self) -> str:
        """The first line: how many of each, and how long it took."""
        done = [
            f"{len(ids)} {name}"
            for name, ids in (("added", self.added), ("changed", self.changed), ("removed", self.removed))
            if ids
        ]
        done.extend([f"{self.unchanged} unchanged"] if self.unchanged else [])
        done.extend([f"{len(self.failed)} not indexed"] if self.failed else [])
        counts = f"{', '.join(done) or 'no articles found'} in {self.seconds:.1f} s."
        return f"Would be: {counts} Nothing was changed." if self.dry_run else counts

    def failures(self) -> list[str]:
        """What was not indexed, a line for each reason."""
        reasons: dict[str, list[str]] = defaultdict(list)
        for failure in self.failed:
            reasons[failure.reason].append(failure.source)
        return [f"not indexed, {reason}: {_listed(sources)}" for reason, sources in reasons.items()]

    def _details(self) -> list[str]:
        lines = [
            f"{name}: {_listed(ids)}"
            for name, ids in (("added", self.added), ("changed", self.changed), ("removed", self.removed))
            if ids
        ]
        if self.duplicates:
            lines.append(f"copies: {_listed([f'{copy.id} of {copy.of}' for copy in self.duplicates])}")
        return [*lines, *self.failures()]

    def _held(self) -> str:
        if self.dry_run:
            return f"The index would hold {_count(self.articles, 'article')}."
        return holds(self.articles, self.chunks, since=self.since, until=self.until, undated=self.undated)


def holds(articles: int, chunks: int, *, since: date | None, until: date | None, undated: int) -> str:
    """A sentence that says what an index holds, and from when to when its articles were published."""
    held = f"The index holds {_count(articles, 'article')} in {_count(chunks, 'chunk')}"
    if since and until:
        held += f", published from {since} to {until}"
        held += f" ({undated} without a date)" if undated else ""
    return f"{held}."


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _listed(names: tuple[str, ...] | list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
