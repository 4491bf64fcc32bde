"""Articles → index.

from ingest import Index, reindex

index = Index.open("index", create=True)
changes = reindex("corpus", index)
"""

from typing import TYPE_CHECKING

from ingest.article import Article
from ingest.changes import Changes
from ingest.index import Index, IndexUnusableError
from ingest.published import UPLOADS
from ingest.read import SUFFIXES, suffix_of
from ingest.reindex import reindex

if TYPE_CHECKING:
    from ingest.embed import Embedder, EmbedderError

__all__ = [
    "SUFFIXES",
    "UPLOADS",
    "Article",
    "Changes",
    "Embedder",
    "EmbedderError",
    "Index",
    "IndexUnusableError",
    "reindex",
    "suffix_of",
]


def __getattr__(name: str) -> object:
    """Import the embedder when it is named: what it brings along stays out of `dateline --help`."""
    if name in ("Embedder", "EmbedderError"):
        from ingest import embed

        return getattr(embed, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
