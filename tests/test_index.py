"""One index, several processes: whole states, one writer, readers that follow, and crashes that cost nothing."""

import importlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from ingest.article import Article
from ingest.embed import PACKAGED, Embedder
from ingest.index import Index, IndexUnusableError
from ingest.reindex import reindex
from tests.conftest import BagOfWords, MakeArticles, Start

OLD = {
    "kept.md": "Broadcom offered billions for Qualcomm.",
    "changed.md": "Cortana comes to a speaker.",
    "removed.md": "Judges heard Microsoft about a warrant.",
}
NEW = {"kept.md": OLD["kept.md"], "changed.md": "Alexa instead.", "added.md": "Walmart signed with Microsoft."}
Seen = dict[str, str]


def article(name: str, text: str) -> Article:
    return Article(name, "Title", text)


def put(index: Index, texts: dict[str, str], *, remove: tuple[str, ...] = ()) -> None:
    with index.write() as writer:
        writer.replace([article(name, text) for name, text in texts.items()])
        writer.remove(remove)


def seen(index: Index) -> Seen:
    """What the index has, as each of its stores tells it; they must agree."""
    generation = index.current()
    listed = {entry.id: generation.article(entry.id).text for entry in generation.articles()}
    vector = BagOfWords().embed_query("title")
    for passages in (generation.by_meaning(vector, 100), generation.by_words("title", 100)):
        assert {passage.chunk.article_id: passage.chunk.text for passage in passages} == listed
    for text in listed.values():
        nearest = generation.by_meaning(BagOfWords().embed_query(f"Title\n{text}"), 1)[0]
        assert nearest.chunk.text == text
        assert nearest.score == pytest.approx(1.0, abs=1e-4)
    return listed


def tree(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


@pytest.fixture
def written(index: Index) -> Index:
    put(index, OLD)
    return index


@pytest.fixture
def records(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.WARNING, "ingest"):
        yield caplog


# Opening


def test_a_read_never_creates_an_index(tmp_path: Path) -> None:
    for path in (tmp_path / "index", tmp_path / "a" / "b"):
        with pytest.raises(IndexUnusableError, match=rf"there is no index in {path}: run  dateline ingest --index"):
            Index.open(path)
    index = Index.open(tmp_path / "index", create=True)
    assert (index.exists, index.generation, index.articles()) == (False, 0, [])
    with pytest.raises(IndexUnusableError, match=r"is empty: run  dateline ingest --index"):
        index.article("a.md")
    assert tree(tmp_path) == []


def test_a_file_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "index").touch()
    with pytest.raises(IndexUnusableError, match="there is no index"):
        Index.open(tmp_path / "index")


def test_what_lies_on_disk(written: Index) -> None:
    assert tree(written.path) == ["current", "gen-000001", "lock"]
    assert (written.path / "current").read_text() == "gen-000001\n"
    assert tree(written.path / "gen-000001") == [
        "articles.jsonl",
        "card.json",
        "chroma",
        "copies.json",
        "signatures.npz",
        "words",
    ]
    card = json.loads((written.path / "gen-000001" / "card.json").read_text())
    assert (card["model"], card["articles"], card["chunks"], card["chunk_size"]) == ("bag of words", 3, 3, 200)
    assert {"chromadb", "tantivy", "torch"} <= set(card["versions"])
    assert card["built"].endswith("+00:00")


def test_what_is_read(written: Index) -> None:
    assert written.exists
    assert seen(written) == OLD
    assert written.generation == written.current().number == 1
    assert [entry.id for entry in written.articles()] == sorted(OLD)
    assert written.article("kept.md") == article("kept.md", OLD["kept.md"])
    with pytest.raises(KeyError):
        written.article("gone.md")


# Writing


def test_the_generation_before_is_kept_and_no_other(index: Index) -> None:
    for number in range(1, 5):
        put(index, {"a.md": f"Version {number}."})
        assert index.current().number == number
        assert seen(index) == {"a.md": f"Version {number}."}
        kept = [f"gen-{n:06d}" for n in range(max(1, number - 1), number + 1)]
        assert tree(index.path) == ["current", *kept, "lock"]


def test_without_a_change_nothing_is_copied(written: Index) -> None:
    with written.write() as writer:
        assert [entry.id for entry in writer.articles()] == sorted(OLD)
    with written.write() as writer:
        writer.remove(())
    assert tree(written.path) == ["current", "gen-000001", "lock"]


@pytest.mark.parametrize("problem", [ValueError, KeyboardInterrupt, SystemExit, MemoryError])
@pytest.mark.parametrize("before", [True, False], ids=["written", "new"])
def test_a_block_that_raises_publishes_nothing(index: Index, problem: type[BaseException], before: bool) -> None:
    if before:
        put(index, OLD)

    def write() -> None:
        with index.write() as writer:
            writer.replace([article(name, text) for name, text in NEW.items()])
            raise problem

    with pytest.raises(problem):
        write()
    assert tree(index.path) == (["current", "gen-000001", "lock"] if before else ["lock"])
    assert index.exists is before
    put(index, NEW, remove=("removed.md",))  # the lock is free again
    assert seen(index) == NEW


def test_what_is_found_wrong_at_the_end_is_not_published(written: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BagOfWords, "_vector", lambda self, text: [0.0] * self.dimension)
    with pytest.raises(RuntimeError, match=r"stored vectors only \d find themselves"):
        put(written, NEW)
    monkeypatch.undo()
    assert tree(written.path) == ["current", "gen-000001", "lock"]
    assert seen(written) == OLD


def test_leftovers_of_a_crash_are_removed_by_the_next_writer(written: Index) -> None:
    for name in ("gen-000002", "gen-000007"):
        (written.path / name / "chroma").mkdir(parents=True)
    (written.path / "current.new").write_text("gen-0000")
    put(written, NEW, remove=("removed.md",))
    assert tree(written.path) == ["current", "gen-000001", "gen-000002", "lock"]
    assert seen(written) == NEW


def test_leftovers_are_removed_even_when_nothing_changes(written: Index) -> None:
    (written.path / "gen-000002").mkdir()
    with written.write():
        pass
    assert tree(written.path) == ["current", "gen-000001", "lock"]


def test_removing_needs_no_embedder(written: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str = PACKAGED) -> Embedder:
        raise AssertionError("the embedder was loaded")

    monkeypatch.setattr(Embedder, "load", load)
    with Index.open(written.path).write() as writer:
        writer.remove(["removed.md"])
    assert sorted(seen(written)) == ["changed.md", "kept.md"]


# One writer at a time


def hold_the_lock(line: "Connection[Any, Any]", path: Path) -> None:
    with Index.open(path, create=True, embedder=BagOfWords()).write() as writer:
        writer.replace([article("held.md", "Held.")])
        line.send("writing")
        line.recv()


@pytest.mark.parametrize("same", [True, False], ids=["the same index", "another"])
def test_a_second_writer_in_this_process_is_refused(written: Index, same: bool) -> None:
    other = written if same else Index.open(written.path, embedder=BagOfWords())
    with written.write() as writer:
        writer.remove(["removed.md"])
        with pytest.raises(IndexUnusableError, match="another process is writing"), other.write():
            pytest.fail("it was let in")
    assert sorted(seen(written)) == ["changed.md", "kept.md"]
    put(other, NEW)
    assert seen(written) == NEW


def test_a_second_writer_in_another_process_is_refused(written: Index, start: Start) -> None:
    first = start(hold_the_lock, written.path)
    assert first.line.recv() == "writing"
    with pytest.raises(IndexUnusableError, match=r"another process is writing to .* run this again when"):
        put(written, NEW)
    assert seen(written) == OLD
    first.end()
    put(written, NEW, remove=("removed.md",))
    assert seen(written) == {**NEW, "held.md": "Held."}


def test_a_writer_can_wait_for_the_other(written: Index, start: Start) -> None:
    first = start(hold_the_lock, written.path)
    assert first.line.recv() == "writing"
    ending = threading.Timer(0.3, first.line.send, [None])
    ending.start()
    with written.write(wait=120) as writer:
        writer.replace([article("later.md", "Later.")])
    ending.join()
    assert seen(written) == {**OLD, "held.md": "Held.", "later.md": "Later."}


# Readers


def answer_questions(line: "Connection[Any, Any]", path: Path) -> None:
    index = Index.open(path, embedder=BagOfWords())
    line.send(seen(index))
    while line.recv() is not None:
        line.send(seen(index))


def write_when_told(line: "Connection[Any, Any]", path: Path) -> None:
    index = Index.open(path, embedder=BagOfWords())
    with index.write() as writer:
        writer.replace([article(name, text) for name, text in NEW.items()])
        writer.remove(["removed.md"])
        line.send("written, not published")
        line.recv()


def test_a_reader_in_another_process_follows_within_two_seconds(written: Index, start: Start) -> None:
    reader = start(answer_questions, written.path)
    assert reader.line.recv() == OLD
    writer = start(write_when_told, written.path)
    assert writer.line.recv() == "written, not published"
    assert reader.ask("while it is written") == OLD
    writer.end()
    assert reader.ask("at once") in (OLD, NEW)
    time.sleep(2)
    assert reader.ask("after two seconds") == NEW
    for number in range(3):  # the generation it reads from is removed meanwhile
        put(written, {"added.md": f"Version {number}."})
    assert reader.ask("after a while") == {**NEW, "added.md": "Version 2."}
    reader.end()


def test_a_reader_in_this_process_follows_too(written: Index) -> None:
    reader = Index.open(written.path, embedder=BagOfWords())
    with written.write() as writer:
        writer.replace([article(name, text) for name, text in NEW.items()])
        writer.remove(["removed.md"])
        assert seen(reader) == seen(written) == OLD
    assert seen(reader) == seen(written) == NEW


def test_a_reader_that_opened_before_there_was_anything(index: Index) -> None:
    reader = Index.open(index.path, create=True, embedder=BagOfWords())
    put(index, OLD)
    assert seen(reader) == OLD


def test_no_answer_mixes_two_states(index: Index) -> None:
    names = [f"{number}.md" for number in range(5)]
    put(index, dict.fromkeys(names, "Version 0."))
    reader = Index.open(index.path, embedder=BagOfWords())
    problems: list[str] = []
    states: set[str] = set()
    over = threading.Event()

    def read() -> None:
        vector = BagOfWords().embed_query("Version")
        while not over.is_set():
            try:
                generation = reader.current()
                passages = [*generation.by_meaning(vector, 10), *generation.by_words("Version", 10)]
                texts = {passage.chunk.text for passage in passages}
                if len(texts) != 1 or len(passages) != 10:
                    problems.append(f"{len(passages)} passages: {texts}")
                states.update(texts)
            except Exception as error:  # noqa: BLE001 - whatever it is, it must not happen
                problems.append(repr(error))

    threads = [threading.Thread(target=read) for _ in range(3)]
    try:
        for thread in threads:
            thread.start()
        for number in range(1, 7):
            put(index, dict.fromkeys(names, f"Version {number}."))
            while f"Version {number - 1}." not in states and not problems:
                time.sleep(0.01)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert problems == []
    assert set(seen(reader).values()) == {"Version 6."}


def open_files(path: Path) -> set[str]:
    """Generations of an index of which this process holds files."""
    held = [link.readlink().as_posix() for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return {Path(name).relative_to(path).parts[0] for name in held if name.startswith(f"{path}/gen")}


def test_a_question_that_takes_long_keeps_its_state(written: Index) -> None:
    reader = Index.open(written.path, embedder=BagOfWords())
    held = reader.current()
    vector = BagOfWords().embed_query("speaker")
    before = (held.by_meaning(vector, 9), held.by_words("speaker", 9), held.articles(), held.article("changed.md"))
    folder = held.folder
    for number in range(1, 4):
        put(written, {"changed.md": f"Version {number}."})
        assert reader.current().article("changed.md").text == f"Version {number}."
    assert folder.exists()
    assert before == (
        held.by_meaning(vector, 9),
        held.by_words("speaker", 9),
        held.articles(),
        held.article("changed.md"),
    )
    del held
    put(written, {"changed.md": "Version 4."})
    assert not folder.exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only there a folder can be kept")
def test_a_generation_is_kept_for_another_process_until_that_one_dies(written: Index) -> None:
    folder = written.current().folder
    reading = f"from ingest import Index; held = Index.open({str(written.path)!r}).current(); print(); input()"
    with subprocess.Popen([sys.executable, "-c", reading], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        reader.stdout.readline()
        for number in range(3):
            put(written, {"changed.md": f"Version {number}."})
        assert folder.exists()
        reader.kill()
    put(written, {"changed.md": "Version 4."})
    assert not folder.exists()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux lists the open files")
def test_generations_that_nobody_asks_are_let_go(written: Index) -> None:
    for number in range(4):
        put(written, {"changed.md": f"Version {number}."})
        assert written.current().article("changed.md").text == f"Version {number}."
    assert open_files(written.path) == {"gen-000005"}


def test_a_new_generation_that_cannot_be_used_leaves_the_one_before(
    written: Index, records: pytest.LogCaptureFixture
) -> None:
    reader = Index.open(written.path, embedder=BagOfWords())
    put(written, NEW)
    (written.path / "gen-000002" / "card.json").write_text("{")
    assert seen(reader) == OLD
    assert "answering from the one before" in records.text


# Crashes

# Where a writer is killed: before this is called, or after it.
MOMENTS = {
    "it has the lock": "before ingest.index.Writer",
    "it is about to copy": "before ingest.generation.Generation.copy",
    "it has copied one store": "after shutil.copytree",
    "it embeds": "before tests.conftest.BagOfWords.embed_documents",
    "it has changed one store": "before ingest.words.WordIndex.remove",
    "it finishes the words": "before ingest.words.WordIndex.commit",
    "it writes the card": "before ingest.card.Card.write",
    "it makes the files safe": "before ingest.published._flush",
    "it is about to switch": "before pathlib.Path.replace",
    "it has switched": "before ingest.published.remove_leftovers",
}


def intervene(patch: pytest.MonkeyPatch, moment: str, stop: Callable[[], object]) -> None:
    """Have something happen at a moment of a run."""
    when, function = MOMENTS[moment].split()
    module, *owners, name = function.split(".")
    owner: Any = importlib.import_module(module)
    for part in owners:
        owner = getattr(owner, part) if hasattr(owner, part) else importlib.import_module(f"{module}.{part}")
    real = getattr(owner, name)

    def stopped(*arguments: object, **options: object) -> None:
        if when == "after":
            real(*arguments, **options)
        stop()

    patch.setattr(owner, name, stopped)


def reindex_until(line: "Connection[Any, Any]", moment: str, path: Path, folder: Path) -> None:
    intervene(pytest.MonkeyPatch(), moment, lambda: line.send("here") or line.recv())  # type: ignore[func-returns-value]
    reindex(folder, Index.open(path, create=True, embedder=BagOfWords()))
    line.send("not stopped")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_writer_interrupted_leaves_a_good_index_and_no_rest(
    moment: str, index: Index, make_articles: MakeArticles, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_articles(OLD, title="Title")
    reindex(folder, index)
    make_articles(NEW, title="Title")
    (folder / "removed.md").unlink()

    def interrupt() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        intervene(patch, moment, interrupt)
        with pytest.raises(KeyboardInterrupt):
            reindex(folder, index)
    switched = moment == "it has switched"
    assert seen(index) == (NEW if switched else OLD)
    generations = ["gen-000001", "gen-000002"] if switched else ["gen-000001"]
    assert [name for name in tree(index.path) if name != "current.new"] == [
        "current",
        *generations,
        "lock",
        "seen.sqlite3",
    ]
    reindex(folder, index)
    assert seen(index) == NEW


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_writer_killed_leaves_a_good_index(
    moment: str, index: Index, make_articles: MakeArticles, start: Start
) -> None:
    folder = make_articles(OLD, title="Title")
    reindex(folder, index)
    make_articles(NEW, title="Title")
    (folder / "removed.md").unlink()
    writer = start(reindex_until, moment, index.path, folder)
    assert writer.line.recv() == "here"
    writer.kill()

    published = NEW if moment == "it has switched" else OLD
    assert seen(Index.open(index.path, embedder=BagOfWords())) == seen(index) == published
    changes = reindex(folder, index)
    if published is OLD:
        assert (changes.added, changes.changed, changes.removed) == (("added.md",), ("changed.md",), ("removed.md",))
    assert seen(Index.open(index.path, embedder=BagOfWords())) == seen(index) == NEW
    assert tree(index.path)[:3] == ["current", "gen-000001", "gen-000002"]
    assert {"lock", "current.new", "seen.sqlite3"} >= set(tree(index.path)[3:])


@pytest.mark.parametrize("moment", ["it embeds", "it has changed one store", "it is about to switch"])
def test_the_first_writer_killed_leaves_none(
    moment: str, index: Index, make_articles: MakeArticles, start: Start
) -> None:
    folder = make_articles(NEW, title="Title")
    writer = start(reindex_until, moment, index.path, folder)
    assert writer.line.recv() == "here"
    writer.kill()
    with pytest.raises(IndexUnusableError, match="there is no index"):
        Index.open(index.path)
    reindex(folder, index)
    assert seen(index) == NEW
    assert tree(index.path)[:2] == ["current", "gen-000001"]


# What does not fit, and what is damaged


def test_another_embedder_is_refused_and_a_rebuild_mends_it(written: Index, make_articles: MakeArticles) -> None:
    other = BagOfWords("another")
    cure = rf"built with bag of words .*, not with another .*run  dateline ingest --index {written.path} --rebuild"
    with pytest.raises(IndexUnusableError, match=cure):
        Index.open(written.path, embedder=other)
    index = Index.open(written.path, create=True, embedder=other)
    with pytest.raises(IndexUnusableError, match=cure):
        put(index, NEW)
    with pytest.raises(IndexUnusableError, match=cure):
        index.current()
    assert seen(written) == OLD
    assert tree(written.path) == ["current", "gen-000001", "lock"]
    changes = reindex(make_articles(NEW, title="Title"), index, rebuild=True)
    assert changes.added == tuple(sorted(NEW))
    assert seen(index) == NEW
    assert index.current().card.model == "another"


@pytest.mark.parametrize(
    "other", [BagOfWords("bag of words", dimension=32), BagOfWords("other name")], ids=["dimension", "weights"]
)
def test_what_an_embedder_is_known_by(written: Index, other: BagOfWords) -> None:
    with pytest.raises(IndexUnusableError, match="--rebuild"):
        Index.open(written.path, embedder=other)


def test_a_rebuild_without_an_embedder_takes_the_packaged_one(
    written: Index, make_articles: MakeArticles, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The one that the index was built with is not to be had any more: here a name that cannot be loaded.
    monkeypatch.setattr(Embedder, "load", lambda name=PACKAGED: BagOfWords(name) if name == PACKAGED else 1 / 0)
    index = Index.open(written.path, create=True)
    reindex(make_articles(NEW, title="Title"), index, rebuild=True)
    assert index.current().card.model == PACKAGED
    assert seen(index) == NEW


def test_without_an_embedder_the_one_of_the_index_is_loaded(written: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Embedder, "load", lambda name=PACKAGED: BagOfWords(name))
    assert Index.open(written.path).embedder.name == "bag of words"
    monkeypatch.setattr(Embedder, "load", lambda name=PACKAGED: BagOfWords(f"{name}, altered"))
    with pytest.raises(IndexUnusableError, match="not with bag of words, altered"):
        _ = Index.open(written.path).embedder


def test_chunks_of_another_size_are_refused_and_a_rebuild_mends_it(
    written: Index, make_articles: MakeArticles
) -> None:
    index = Index.open(written.path, create=True, embedder=BagOfWords(), chunk_size=50)
    with pytest.raises(IndexUnusableError, match=r"chunks of 200 tokens, not 50: run  dateline ingest .* --rebuild"):
        put(index, NEW)
    assert seen(written) == OLD
    reindex(make_articles(NEW, title="Title"), index, rebuild=True)
    assert index.current().card.chunk_size == 50


def damage(path: Path, content: bytes | None) -> None:
    """Overwrite a file, or empty a folder, or remove it."""
    if content is None:
        path.rename(path.parents[2 if path.parent.name.startswith("gen") else 1] / "elsewhere")
    else:
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("current", b""),
        ("current", b"rubbish"),
        ("current", b"gen-\n"),
        ("current", b"gen-000099\n"),
        ("current", b"\xff\xfe\x00"),
        ("gen-000001/card.json", b""),
        ("gen-000001/card.json", b"[1]"),
        ("gen-000001/card.json", b"{}"),
        ("gen-000001/card.json", b'{"origins": [], "model": "m"}'),
        ("gen-000001/card.json", b"\xff"),
        ("gen-000001/card.json", None),
        ("gen-000001/chroma/chroma.sqlite3", b"rubbish" * 1000),
        ("gen-000001/chroma/chroma.sqlite3", b""),
        ("gen-000001/chroma", None),
        ("gen-000001/words/meta.json", b"rubbish"),
        ("gen-000001/words", None),
        ("gen-000001", None),
        ("gen-000001/articles.jsonl", None),
    ],
)
def test_a_damaged_index_says_what_mends_it(
    written: Index, make_articles: MakeArticles, name: str, content: bytes | None
) -> None:
    written.current().close()
    path = written.path
    damage(path / name, content)
    with pytest.raises(IndexUnusableError, match=rf"run  dateline ingest --index {path} --rebuild FOLDER"):
        Index.open(path, embedder=BagOfWords())
    index = Index.open(path, create=True, embedder=BagOfWords())
    with pytest.raises(IndexUnusableError, match="--rebuild"):
        put(index, NEW)
    reindex(make_articles(NEW, title="Title"), index, rebuild=True)
    assert seen(Index.open(path, embedder=BagOfWords())) == seen(index) == NEW


def test_a_later_format_is_refused(written: Index) -> None:
    card = written.path / "gen-000001" / "card.json"
    card.write_text(card.read_text().replace('"format": 2', '"format": 3'))
    with pytest.raises(IndexUnusableError, match=r"has format 3, not 2: run  dateline ingest .* --rebuild"):
        Index.open(written.path)


# The real model


def test_the_corpus_is_found_by_meaning_and_by_words(corpus_index: Index) -> None:
    question = "What does the Cortana integration involve?"
    generation = corpus_index.current()
    for passages in (
        generation.by_meaning(corpus_index.embedder.embed_query(question), 5),
        generation.by_words(question, 5),
    ):
        assert "2018-02-23-microsoft-xiaomi.md" in {passage.chunk.article_id for passage in passages}
    assert generation.card.articles == len(corpus_index.articles()) >= 30
