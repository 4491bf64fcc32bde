"""Card: what a generation was built with."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

FORMAT = 2  # of the stores; raised when older programs must not read them


@dataclass(frozen=True, slots=True)
class Card:
    """The identity of a generation. Another embedder or other chunks would make its vectors meaningless."""

    model: str
    weights: str
    dimension: int
    chunk_size: int
    normalised: bool = True
    format: int = FORMAT
    articles: int = 0
    chunks: int = 0
    deleted: int = 0  # chunks that are gone, or were replaced, whose vectors Chroma still keeps
    built: str = ""
    origins: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Card":
        """The card in a generation's folder. Raises OSError or ValueError."""
        values = json.loads((folder / "card.json").read_text("utf-8"))
        return cls(**{**values, "origins": tuple(values["origins"])})

    def write(self, folder: Path) -> None:
        """Store the card in a generation's folder."""
        (folder / "card.json").write_text(json.dumps(asdict(self), indent=2) + "\n", "utf-8")
