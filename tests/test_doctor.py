"""What the doctor finds in indexes that are really damaged, and that its cures work."""

import hashlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ingest.advisories import known_holes
from ingest.doctor import Finding, examine_index
from ingest.embed import Embedder
from ingest.index import Index
from ingest.reindex import reindex
from qa.cli import app
from qa.doctor import examine_chat_model, examine_port
from tests.conftest import BagOfWords, MakeArticles, Start
from tests.language_model import SECRET

TEXTS = {"2018-02-23-a.md": "Cortana comes to a speaker.", "b.md": "Judges heard Microsoft. " * 200}
NAMES = ["python", "packages", "index", "embedder", "stores", "articles", "vectors", "dates", "sources"]
NAMES += ["lock", "generations", "disk", "folder"]


def findings(path: Path) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine_index(path, embedder=BagOfWords())}


def not_ok(path: Path) -> dict[str, str]:
    return {name: finding.cure for name, finding in findings(path).items() if finding.state != "ok"}


@pytest.fixture
def filled(index: Index, make_articles: MakeArticles) -> Path:
    """Make an index that has a generation to go back to."""
    reindex(make_articles({"b.md": "Another text."}), index)
    reindex(make_articles(TEXTS), index)
    return index.path


def gen(path: Path) -> Path:
    return path / (path / "current").read_text().strip()


def test_a_good_index(filled: Path) -> None:
    found = findings(filled)
    assert list(found) == NAMES
    assert {finding.state for finding in found.values()} == {"ok"}
    assert not any(finding.cure for finding in found.values())
    assert "generation 2" in found["index"].message
    assert "2 articles" in found["index"].message
    assert found["dates"].message == "published from 2018-02-23 to 2018-02-23; 1 without a date"


def test_nothing_is_changed(filled: Path) -> None:
    def state() -> dict[str, str]:
        files = [path for path in filled.rglob("*") if path.is_file()]
        # Chroma notes who has a folder open, and writes what it holds anew, for every question.
        return {
            str(path): "" if "chroma" in path.parts else hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files
        }

    before = state()
    findings(filled)
    assert state() == before


def test_no_index(tmp_path: Path) -> None:
    assert not_ok(tmp_path / "a" / "index") == {"index": f"dateline ingest --index {tmp_path / 'a' / 'index'} FOLDER"}
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    assert set(not_ok(tmp_path / "file")) == {"index", "folder"}


def change_card(**fields: object) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        card = gen(path) / "card.json"
        card.write_text(json.dumps({**json.loads(card.read_text()), **fields}))

    return damage


def forget_a_chunk(path: Path) -> None:
    index = Index.open(path, embedder=BagOfWords())
    index.current()._chunks.delete(ids=["b.md#1"])


def forget_a_text(path: Path) -> None:
    with closing(sqlite3.connect(gen(path) / "chroma" / "chroma.sqlite3")) as database:
        row = "(SELECT id FROM embeddings WHERE embedding_id = 'b.md#1')"
        database.execute(f"DELETE FROM embedding_metadata WHERE key = 'chroma:document' AND id = {row}")
        database.commit()


def forget_a_word_index(path: Path) -> None:
    shutil.rmtree(gen(path) / "words")


def cut(name: str) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        file = next(gen(path).rglob(name))
        os.truncate(file, file.stat().st_size // 2)

    return damage


def garble(name: str) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        next(gen(path).rglob(name)).write_bytes(b"\xff{")

    return damage


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        (lambda path: shutil.rmtree(gen(path)), "index"),
        (garble("card.json"), "index"),
        (change_card(format=99), "index"),
        (change_card(chunks=1), "stores"),
        (change_card(articles=1), "stores"),
        (change_card(weights="0" * 64), "embedder"),
        (forget_a_chunk, "articles"),
        (forget_a_text, "articles"),
        (forget_a_word_index, "index"),
        (cut("chroma.sqlite3"), "index"),
        (garble("chroma.sqlite3"), "index"),
        (garble("meta.json"), "index"),
        (garble("articles.jsonl"), "stores"),
    ],
    ids=[
        "no folder", "card", "format", "chunks", "articles", "embedder", "a chunk", "a text", "words", "cut database",
        "no database", "cut words", "list of articles",
    ],
)  # fmt: skip
def test_damage_is_found_and_its_cure_works(
    filled: Path, article_folder: Path, damage: Callable[[Path], None], where: str
) -> None:
    damage(filled)
    found = findings(filled)
    assert found[where].state == "problem", found
    cure = found[where].cure
    if where != "embedder":
        assert cure == f"dateline rollback --index {filled}"
        Index.open(filled, create=True, embedder=BagOfWords()).rollback()
    else:
        assert cure == f"dateline ingest --index {filled} --rebuild FOLDER"
        reindex(article_folder, Index.open(filled, create=True, embedder=BagOfWords()), rebuild=True)
    assert not_ok(filled) == {}


def test_with_nothing_to_go_back_to_the_cure_is_to_build_it_anew(filled: Path, article_folder: Path) -> None:
    Index.open(filled).rollback()
    change_card(chunks=77)(filled)
    assert not_ok(filled) == {"stores": f"dateline ingest --index {filled} --rebuild {article_folder}"}
    (filled / "current").write_bytes(b"\xff")
    found = findings(filled)
    assert found["index"].cure == f"dateline ingest --index {filled} --rebuild FOLDER"
    assert "current" in found["index"].message
    assert found["generations"].state == "warning"  # which of them was in use is not known
    reindex(article_folder, Index.open(filled, create=True, embedder=BagOfWords()), rebuild=True)
    assert not_ok(filled) == {}


def test_vectors_that_are_not_found(filled: Path) -> None:
    with closing(sqlite3.connect(gen(filled) / "chroma" / "chroma.sqlite3")) as database:
        # As after a crash between the two: the queue of vectors is gone, and the graph of them never had them.
        database.execute("DELETE FROM embeddings_queue")
        database.commit()
    assert "vectors" in not_ok(filled)


def test_what_crashed_runs_leave(filled: Path) -> None:
    (filled / "gen-000007").mkdir()
    found = findings(filled)["generations"]
    assert (found.state, found.cure) == ("warning", f"they are removed by  dateline ingest --index {filled} FOLDER")
    assert "gen-000007" in found.message


def test_a_folder_that_is_gone(filled: Path, article_folder: Path) -> None:
    article_folder.rename(article_folder.with_name("elsewhere"))
    found = findings(filled)["sources"]
    assert found.state == "warning"
    assert str(article_folder) in found.message
    assert f"--index {filled} --rebuild FOLDER" in found.cure


def write_until_told(line: "Connection[Any, Any]", path: Path) -> None:
    with Index.open(path, embedder=BagOfWords()).write():
        line.send(os.getpid())
        line.recv()


def test_who_writes(filled: Path, start: Start) -> None:
    writer = start(write_until_told, filled)
    pid = writer.line.recv()
    (filled / "gen-000003").mkdir()  # its draft
    found = findings(filled)
    assert found["lock"].state == found["generations"].state == "ok"
    assert found["lock"].message.startswith(f"process {pid} on {socket.gethostname()}, since ")
    held = json.loads((filled / "writer.json").read_text())
    held["since"] = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    (filled / "writer.json").write_text(json.dumps(held))
    found = findings(filled)
    assert (found["lock"].state, found["lock"].cure[-len(f"kill {pid}") :]) == ("warning", f"kill {pid}")
    writer.kill()
    assert findings(filled)["lock"].message == "nobody is writing"  # what it noted is still there
    assert (filled / "writer.json").exists()
    with Index.open(filled).write():
        pass
    assert not (filled / "writer.json").exists()


@pytest.mark.parametrize(
    ("installed", "holes"),
    [
        ({"gradio": "6.31.0", "brotli": "1.2.1", "langchain-core": "1.7.2"}, {}),
        ({"gradio": "6.31rc1", "brotli": "1.10"}, {"gradio": 1}),
        ({"gradio": "5.49.1"}, {"gradio": 7}),
        ({"gradio": "4.0"}, {"gradio": 11}),
        ({"brotli": "1.1.0", "langchain-text-splitters": "0.3.8"}, {"brotli": 1, "langchain-text-splitters": 2}),
    ],
    ids=["none", "nearly", "old", "older", "several"],
)
def test_versions_with_known_holes(installed: dict[str, str], holes: dict[str, int]) -> None:
    assert {package: len(advisory.ids) for package, advisory in known_holes(installed).items()} == holes


def test_the_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = examine_port(port)
        assert (found.state, found.cure) == ("warning", f"if it is something else:  dateline chat --port {port + 1}")
    assert examine_port(port).state == "ok"


def test_the_chat_model(misbehaving_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    nobody = examine_chat_model("openai:x", url="http://127.0.0.1:9/v1")
    assert (nobody.state, nobody.message) == ("problem", "openai:x: The language model could not be reached.")
    refused = examine_chat_model("openai:x", url=f"{misbehaving_url}/401")
    assert refused.state == "problem"
    unknown = examine_chat_model("nobody:x")
    assert (unknown.state, "nobody" in unknown.cure) == ("problem", True)
    good = examine_chat_model("openai:x", url=f"{misbehaving_url}/good")
    assert (good.state, good.message) == ("ok", "openai:x answers")
    assert not any(SECRET in str(finding) for finding in (nobody, refused, unknown, good))


def test_the_command(tmp_path: Path, make_articles: MakeArticles, embedder: Embedder) -> None:
    path = str(tmp_path / "index")
    missing = CliRunner().invoke(app, ["doctor", "--index", path, "--json"])
    assert missing.exit_code == 1
    told = json.loads(missing.stdout)
    assert told["ok"] is False
    assert set(told["findings"][0]) == {"name", "state", "message", "cure"}
    assert missing.stdout.count("\n") == 1
    reindex(make_articles(TEXTS), Index.open(path, create=True, embedder=embedder))
    command = [sys.executable, "-m", "qa", "doctor", "--index", path, "--port", "0"]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True)
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"], done.stderr) == (0, True, "")
    assert [finding["name"] for finding in told["findings"]] == [*NAMES, "port"]
    assert "all-MiniLM-L6-v2 is whole" in told["findings"][3]["message"]
    change_card(chunks=5)(Path(path))
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"→ dateline ingest --index {path} --rebuild" in done.stdout
