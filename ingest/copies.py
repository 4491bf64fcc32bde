"""Copies: which articles are one story, run by several outlets, shortened or with a paragraph of their own.

Articles are compared by MinHash (Broder 1997) over their sets of three words in a row; of the values the low bits do
(Li and König 2010). Those that meet in a band of equal values are compared in full (Leskovec, Rajaraman and Ullman,
Mining of Massive Datasets, chapter 3).
"""

import json
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from ingest.article import Article

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]

CONTAINED = 0.8
"""Share of the shorter text's shingles that the longer one has, from which one is a copy of the other.

Editions of one newsletter reach 0.72, by what stands in all of them; a story in two outlets is seldom below 0.85.
"""

ALIKE = 0.2
"""Share of both texts' shingles that are in both, at least: a brief is no copy of the round-up that contains it."""

_SHINGLE = 3  # words
_SHORTEST = 20  # words: fewer can be the same by chance
_VALUES = 128  # of a signature; two in a row are a band, so that 0.2 alike is missed in one pair of fourteen
_BATCH = 50_000  # pairs compared at a time
_STORIES = "copies.json"
_SIGNATURES = "signatures.npz"  # those made in another way must have another name
_WORD = re.compile(r"\w+")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Copies:
    """The stories that are there more than once: of each its articles and their outlets, the original first.

    An article without an outlet goes by its id.
    """

    stories: tuple[Mapping[str, str], ...] = ()

    @cached_property
    def of(self) -> Mapping[str, str]:
        """Each copy's original."""
        return {copy: original for original, *copies in self.stories for copy in copies}

    @cached_property
    def _story(self) -> Mapping[str, Mapping[str, str]]:
        return {article_id: story for story in self.stories for article_id in story}

    def also_in(self, article_id: str) -> tuple[str, ...]:
        """The other outlets that ran the story of an article."""
        story = self._story.get(article_id, {})
        return tuple(sorted(set(story.values()) - {story.get(article_id)}))

    @classmethod
    def read(cls, folder: Path) -> "Copies":
        """The copies as they were written; none in a folder from before they were. Raises ValueError."""
        path = folder / _STORIES
        return cls(tuple(json.loads(path.read_bytes()))) if path.exists() else cls()

    def write(self, folder: Path) -> None:
        """Write the copies into a generation's folder."""
        (folder / _STORIES).write_text(json.dumps(self.stories), "ascii")


@dataclass(frozen=True, slots=True)
class Signature:
    """What a text is compared by: how many shingles it has, 0 when it is too short, and their MinHash."""

    shingles: int
    values: "NDArray[np.uint16]"


def sign(text: str) -> Signature:
    """The signature of an article's text. Its title is left out: each outlet makes its own."""
    import numpy as np
    from datasketch import MinHash

    words = [word.encode("utf-8", "surrogatepass") for word in _WORD.findall(text.casefold())]
    if len(words) < _SHORTEST:
        return Signature(0, np.zeros(_VALUES, np.uint16))
    shingles = {b" ".join(words[start : start + _SHINGLE]) for start in range(len(words) - _SHINGLE + 1)}
    minhash = MinHash(_VALUES, seed=1)
    minhash.update_batch(shingles)
    return Signature(len(shingles), minhash.hashvalues.astype(np.uint16))


def read_signatures(folder: Path) -> dict[str, Signature]:
    """The signatures of the articles in a generation's folder, by id; none when there is no file or it is damaged."""
    import numpy as np

    try:
        with (folder / _SIGNATURES).open("rb") as file, np.load(file, allow_pickle=False) as stored:
            ids = json.loads(stored["ids"].tobytes())
            rows = zip(stored["shingles"].tolist(), stored["values"], strict=True)
            return {article_id: Signature(*row) for article_id, row in zip(ids, rows, strict=True)}
    except FileNotFoundError:
        return {}
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        logger.warning("%s is damaged (%s): it is made anew", folder / _SIGNATURES, error)
        return {}


def write_signatures(folder: Path, signatures: Mapping[str, Signature]) -> None:
    """Write the signatures of articles into a generation's folder."""
    import numpy as np

    np.savez(
        folder / _SIGNATURES,
        ids=np.frombuffer(json.dumps(list(signatures)).encode("ascii"), np.uint8),  # as text each were as long as any
        shingles=np.array([signature.shingles for signature in signatures.values()], np.int64),
        values=_matrix(signatures.values()),
    )


def find_copies(articles: Iterable[Article], signatures: Mapping[str, Signature]) -> Copies:
    """The stories among articles: a copy belongs to the earliest published one that it resembles, its original.

    An original is no copy itself: what resembles only a copy is another story, so that no chain of changes makes one
    story of texts that have nothing in common. An article without a date is later than all that have one; on one day
    the ids decide.
    """
    import numpy as np

    by_age = sorted(articles, key=lambda article: (article.published or date.max, article.id))
    signed = [article for article in by_age if signatures[article.id].shingles]
    values = _matrix(signatures[article.id] for article in signed)
    shingles = np.array([signatures[article.id].shingles for article in signed])
    originals: dict[int, int] = {}
    later, earlier = _resembling(values, shingles, _candidates(values))
    for copy, original in zip(later.tolist(), earlier.tolist(), strict=True):
        if copy not in originals and original not in originals:
            originals[copy] = original
    stories: dict[int, dict[str, str]] = {}
    for copy, original in sorted(originals.items()):
        story = stories.setdefault(original, _named(signed[original]))
        story.update(_named(signed[copy]))
    return Copies(tuple(stories.values()))


def _named(article: Article) -> dict[str, str]:
    return {article.id: article.source or article.id}


def _matrix(signatures: "Iterable[Signature]") -> "NDArray[np.uint16]":
    import numpy as np

    return np.array([signature.values for signature in signatures], np.uint16).reshape(-1, _VALUES)


def _candidates(values: "NDArray[np.uint16]") -> "Pairs":
    """The pairs of a later article and the earliest with which it has a band in common, in order.

    Not of each with each: an agency's last line is in thousands, and what is alike has many bands in common.
    """
    import numpy as np

    count = len(values)
    found = [np.empty(0, np.int64)]
    for keys in values.view(np.uint32).T:
        order = np.argsort(keys, kind="stable")
        begins = np.flatnonzero(np.diff(keys[order], prepend=~keys[order[:1]]))
        first = np.repeat(begins, np.diff(begins, append=count))
        later = np.flatnonzero(first < np.arange(count))
        found.append(order[later] * count + order[first[later]])
    pairs = np.sort(np.concatenate(found))
    return np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], max(count, 1))


def _resembling(values: "NDArray[np.uint16]", shingles: "NDArray[np.int64]", pairs: "Pairs") -> "Pairs":
    """Those of the pairs of which one is a copy of the other."""
    import numpy as np

    later, earlier = pairs
    alike = np.empty(len(later))
    for start in range(0, len(later), _BATCH):
        batch = slice(start, start + _BATCH)
        alike[batch] = np.mean(values[later[batch]] == values[earlier[batch]], axis=1)
    common = alike * (shingles[later] + shingles[earlier]) / (1 + alike)
    kept = (alike >= ALIKE) & (common >= CONTAINED * np.minimum(shingles[later], shingles[earlier]))
    return later[kept], earlier[kept]
