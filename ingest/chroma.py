"""Chroma, embedded: a folder opened, copied and let go. The only user of chromadb."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection

if TYPE_CHECKING:
    from chromadb.api.collection_configuration import CreateHNSWConfiguration

DATABASE = "chroma.sqlite3"
# With half as many neighbours, as Chroma has it, 5 vectors in 1,000 that are alike do not find themselves.
_GRAPH: "CreateHNSWConfiguration" = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200}
_CLIENTS = threading.RLock()  # Chroma shares the clients of a path, and counts them without a lock of its own


def open_client(folder: Path) -> "Client":
    """Open Chroma in a folder. Raises ValueError."""
    import chromadb
    from chromadb.config import Settings
    from chromadb.errors import ChromaError

    try:
        with _CLIENTS:
            # Declared as an interface that has no `close`.
            return cast(
                "Client", chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
            )
    except ChromaError as error:
        raise ValueError(f"Chroma cannot open it: {error}") from error


def close_client(client: "Client") -> None:
    """Let go of its files."""
    with _CLIENTS:
        client.close()


def open_collection(client: "Client", *, create: bool) -> "Collection":
    """The collection of chunks; its distances are cosine distances. Raises ValueError."""
    from chromadb.errors import ChromaError

    # embedding_function=None: otherwise Chroma brings a model of its own, and downloads it.
    try:
        if create:
            return client.create_collection("chunks", embedding_function=None, configuration={"hnsw": _GRAPH})
        return client.get_collection("chunks", embedding_function=None)
    except ChromaError as error:
        raise ValueError(f"Chroma cannot open it: {error}") from error


def copy_database(source: Path, target: Path) -> None:
    """Copy Chroma's database by SQLite itself: another process that opens it writes a lock row at any moment."""
    with closing(sqlite3.connect(source / DATABASE)) as old, closing(sqlite3.connect(target / DATABASE)) as new:
        old.backup(new)


def check_database(folder: Path) -> None:
    """Raise ValueError when Chroma's database is missing or damaged: Chroma would make a new one, or stumble."""
    path = (folder / DATABASE).absolute()
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as database:
            database.execute("SELECT id FROM collections").fetchall()
    except sqlite3.Error as error:
        raise ValueError(f"{DATABASE}: {error}") from error
