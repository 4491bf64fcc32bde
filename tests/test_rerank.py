"""A real cross-encoder: the packaged model's layers with a head for one score, which knows nothing."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.cross_encoders import BaseCrossEncoder
from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

from ingest import Embedder, Index, reindex
from ingest.embed import packaged_folder
from ingest.index import Chunk, Passage, Ranks
from qa import Assistant
from qa.rerank import RERANKED, Reranker, RerankerError, rerank

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cross_encoder(tmp_path_factory.mktemp("reranker"), labels=1)


def cross_encoder(folder: Path, labels: int) -> Path:
    torch.manual_seed(1)
    config = BertConfig.from_pretrained(packaged_folder(), num_labels=labels)
    BertForSequenceClassification(config).save_pretrained(folder)
    AutoTokenizer.from_pretrained(packaged_folder()).save_pretrained(folder)
    return folder


class Last(BaseCrossEncoder):
    """Likes the texts best that come last in the alphabet."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def score(self, text_pairs: list[tuple[str, str]]) -> list[float]:
        self.asked = text_pairs
        return [float(sum(ord(sign) for sign in text)) for _, text in text_pairs]


def passages(texts: Sequence[str]) -> list[Passage]:
    return [
        Passage(Chunk(f"{place}.md", 0, 0, len(text), text, "T", ""), 0.5, Ranks(meaning=place + 1))
        for place, text in enumerate(texts)
    ]


@given(st.lists(st.text(min_size=1, max_size=5), unique=True, max_size=12), st.integers(1, 12))
def test_the_best_come_first_and_nothing_else_changes(texts: list[str], k: int) -> None:
    given_ones = passages(texts)
    found = rerank("q", given_ones, Last(), k=k)
    assert len(found) == min(k, len(texts))
    assert [p.ranks.reranked for p in found] == list(range(1, len(found) + 1))
    weights = [sum(ord(sign) for sign in p.chunk.text) for p in found]
    assert weights == sorted(weights, reverse=True)
    plain = [replace(p, ranks=replace(p.ranks, reranked=None)) for p in found]
    assert all(p in given_ones for p in plain)


def test_a_real_cross_encoder_scores_pairs(folder: Path) -> None:
    pairs = [("Who?", "He did."), ("Who?", "Nobody knows it, at any rate not today.")]
    reranker = Reranker.load(str(folder))
    first, second = reranker.score(pairs)
    assert first != second
    assert reranker.score(pairs) == [first, second]


def test_what_cannot_be_loaded_is_told(tmp_path: Path, folder: Path) -> None:
    for name, told in (("no/such-model", "hf download"), (str(tmp_path), "safetensors"), ("../x y", "hf download")):
        with pytest.raises(RerankerError, match=told):
            Reranker.load(name)
    with pytest.raises(RerankerError, match="3 scores for a pair"):
        Reranker.load(str(cross_encoder(tmp_path / "three", labels=3)))
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(RerankerError, match="is not a cross-encoder"):
        Reranker.load(str(broken))


def test_the_assistant_reads_what_the_cross_encoder_puts_first(tmp_path: Path) -> None:
    source = tmp_path / "articles"
    source.mkdir()
    for number in range(12):
        text = f"Harbour notice number {number}. The pilot charge is {number} euros a day."
        (source / f"{number}.md").write_text(f"# Notice {chr(97 + number)}\n\n{text}\n")
    index = Index.open(tmp_path / "index", create=True, embedder=Embedder.load())
    reindex(source, index)
    last = Last()
    found = Assistant(index, reranker=last, k=4).ask("What is the pilot charge?").passages
    assert RERANKED >= len(last.asked) > 4
    best = sorted((text for _, text in last.asked), key=lambda text: -sum(map(ord, text)))[:4]
    assert {f"{p.chunk.title}\n{p.chunk.text}" for p in found} == set(best)


def test_it_is_named_on_the_command_line(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "a.md").write_text("# Harbour\n\nThe pilot charge is 40 euros a day.\n")
    run([sys.executable, "-m", "ingest", str(tmp_path / "a.md"), "--index", str(tmp_path / "index")])
    asked = [sys.executable, "-m", "qa", "ask", "What is the pilot charge?", "--index", str(tmp_path / "index")]
    answer = json.loads(run([*asked, "--reranker", str(folder), "--json"]).stdout)
    assert answer["passages"][0]["ranks"]["reranked"] == 1
    refused = run([*asked, "--reranker", "no/such-model"], code=2)
    assert refused.stderr.strip().count("\n") == 0
    assert "hf download no/such-model" in refused.stderr


def run(command: list[str], code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == code, done.stderr
    return done
