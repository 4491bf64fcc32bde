"""Articles → index.

    from ingest import Index, reindex

    index = Index.open("index", create=True)
    changes = reindex("corpus", index)
"""

from ingest.article import Article
from ingest.embed import Embedder, EmbedderError
from ingest.index import Index, IndexUnusableError
from ingest.reindex import Changes, reindex

__all__ = ["Article", "Changes", "Embedder", "EmbedderError", "Index", "IndexUnusableError", "reindex"]
