"""Which generation is in use, and the way back to the one before."""

import shutil
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

import ingest.published
from ingest.article import Article
from ingest.index import Index, IndexUnusableError
from ingest.lock import locked
from ingest.published import generations, published
from tests.conftest import BagOfWords, Start


def put(index: Index, text: str) -> None:
    with index.write() as writer:
        writer.replace([Article(id="a.md", title="Title", text=text)])


def text_of(index: Index) -> str:
    return index.article("a.md").text


@pytest.fixture
def three_times(index: Index) -> Index:
    """Write an article three times: two generations are kept."""
    for text in ("First.", "Second.", "Third."):
        put(index, text)
    return index


def test_going_back(three_times: Index) -> None:
    generation = three_times.rollback()
    assert (generation.number, generation.card.articles, text_of(three_times)) == (4, 1, "Second.")
    assert generations(three_times.path) == [4]
    assert sorted(path.name for path in three_times.path.iterdir()) == ["current", "gen-000004", "lock"]
    fresh = Index.open(three_times.path, embedder=BagOfWords())
    assert (fresh.generation, text_of(fresh)) == (4, "Second.")
    vector = BagOfWords().embed_query("Second.")
    assert [passage.chunk.text for passage in fresh.current().by_meaning(vector, 1)] == ["Second."]
    assert [passage.chunk.text for passage in fresh.current().by_words("second", 1)] == ["Second."]


def test_a_number_never_comes_twice(three_times: Index) -> None:
    numbers = [three_times.generation]
    for text in ("Fourth.", "Fifth."):
        three_times.rollback()
        numbers.append(three_times.generation)
        put(three_times, text)
        numbers.append(three_times.generation)
    assert numbers == sorted(set(numbers))
    three_times.rollback()
    assert text_of(three_times) == "Second."  # twice what came after it was taken back


def test_twice_is_refused(three_times: Index) -> None:
    three_times.rollback()
    with pytest.raises(
        IndexUnusableError, match=r"there is no generation before this one in .*: an index can go back"
    ):
        three_times.rollback()
    assert text_of(three_times) == "Second."


@pytest.mark.parametrize("before", ["nothing", "a lock", "one generation"])
def test_nothing_to_go_back_to(index: Index, before: str) -> None:
    if before != "nothing":
        with locked(index.path):
            pass
    if before == "one generation":
        put(index, "First.")
    there = sorted(index.path.parent.rglob("*"))
    with pytest.raises(IndexUnusableError, match="there is no"):
        index.rollback()
    assert sorted(index.path.parent.rglob("*")) == there


def test_not_while_another_writes(three_times: Index) -> None:
    with three_times.write(), pytest.raises(IndexUnusableError, match="another process is writing"):
        Index.open(three_times.path).rollback()
    assert text_of(three_times) == "Third."


def test_what_cannot_be_opened_is_not_gone_back_to(three_times: Index) -> None:
    (three_times.path / "gen-000002" / "card.json").write_text("{")
    with pytest.raises(IndexUnusableError, match="cannot be opened"):
        three_times.rollback()
    assert (published(three_times.path), text_of(three_times)) == (3, "Third.")


def test_from_a_generation_that_is_lost(three_times: Index) -> None:
    shutil.rmtree(three_times.path / "gen-000003")
    index = Index.open(three_times.path, create=True, embedder=BagOfWords())
    index.rollback()
    assert text_of(index) == "Second."


def test_interrupted_it_can_be_done_again(three_times: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(path: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ingest.published, "_flush", interrupt)
        with pytest.raises(KeyboardInterrupt):
            three_times.rollback()
    assert (generations(three_times.path), published(three_times.path)) == ([2, 3], 3)
    assert text_of(three_times) == "Third."
    three_times.rollback()
    assert text_of(three_times) == "Second."


def test_killed_it_leaves_a_good_index(three_times: Index, start: Start) -> None:
    going = start(go_back_until_it_points, three_times.path)
    assert going.line.recv() == "here"
    going.kill()
    index = Index.open(three_times.path, embedder=BagOfWords())
    assert text_of(index) == "Third."
    put(index, "Fourth.")
    assert (text_of(index), published(index.path)) == ("Fourth.", index.generation)


def go_back_until_it_points(line: "Connection[Any, Any]", path: Path) -> None:
    def stop(*_: object) -> None:
        line.send("here")
        line.recv()

    pytest.MonkeyPatch().setattr(ingest.published, "_point_to", stop)
    Index.open(path).rollback()


def answer(line: "Connection[Any, Any]", path: Path) -> None:
    index = Index.open(path, embedder=BagOfWords())
    line.send(text_of(index))
    while line.recv() is not None:
        line.send(text_of(index))


def test_a_process_that_reads_sees_it_at_its_next_question(three_times: Index, start: Start) -> None:
    reader = start(answer, three_times.path)
    assert reader.line.recv() == "Third."
    three_times.rollback()
    assert reader.ask("again") == "Second."
    put(three_times, "Fourth.")
    while reader.ask("again") == "Second.":
        pass
    assert reader.ask("again") == "Fourth."
    reader.end()
