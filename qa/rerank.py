"""A cross-encoder of one's own choice: it reads question and passage together and orders the passages anew.

Off unless it is named: the reader does the same for the eight passages that it reads, at a quarter of the size.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.cross_encoders import BaseCrossEncoder

from ingest.index import Passage

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

RERANKED = 24
"""How many passages are ordered anew."""


class RerankerError(ValueError):
    """The cross-encoder is missing or of a kind that is not loaded; the message says what mends it."""


class Reranker(BaseCrossEncoder):
    """A sentence-transformers cross-encoder as LangChain's interface."""

    def __init__(self, model: "CrossEncoder") -> None:
        self._model = model

    @classmethod
    def load(cls, name: str) -> "Reranker":
        """A cross-encoder by its folder, or by its name where the local cache of the hub has it.

        Nothing is downloaded. Only safetensors weights are read and no code that comes with a model is run. Raises
        RerankerError.
        """
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
        from sentence_transformers import CrossEncoder

        try:
            folder = Path(name) if Path(name).is_dir() else Path(snapshot_download(name, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError) as error:
            raise RerankerError(
                f"no cross-encoder {name!r}: give a folder, or bring it first with  hf download {name}"
            ) from error
        if not any(folder.glob("*.safetensors")):
            raise RerankerError(f"{name} has no safetensors weights in {folder}; other formats are not loaded")
        try:
            model = CrossEncoder(
                str(folder), local_files_only=True, trust_remote_code=False, model_kwargs={"use_safetensors": True}
            )
        except (OSError, ValueError, KeyError) as error:
            raise RerankerError(f"{folder} is not a cross-encoder: {error}") from error
        if model.config.num_labels != 1:
            raise RerankerError(f"{name} gives {model.config.num_labels} scores for a pair; one is wanted")
        return cls(model)

    def score(self, text_pairs: list[tuple[str, str]]) -> list[float]:
        """How well each second text answers the first, higher is better."""
        scores = self._model.predict(text_pairs, show_progress_bar=False)
        return [float(score) for score in scores]


def rerank(question: str, passages: Sequence[Passage], reranker: BaseCrossEncoder, *, k: int) -> list[Passage]:
    """The k passages that the cross-encoder puts first; scores are left as they were found."""
    if not passages:
        return []
    pairs = [(question, f"{passage.chunk.title}\n{passage.chunk.text}") for passage in passages]
    scores = reranker.score(pairs)
    order = sorted(range(len(passages)), key=lambda place: -scores[place])
    ranks = [replace(passages[place].ranks, reranked=rank) for rank, place in enumerate(order[:k], 1)]
    return [replace(passages[place], ranks=each) for place, each in zip(order[:k], ranks, strict=True)]
