"""`python -m ingest` and `dateline ingest` as processes: exit codes, what they print, and Ctrl-C."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.embed import Embedder
from ingest.index import Index
from ingest.reindex import reindex
from tests.conftest import BagOfWords, MakeArticles

MODULE = (sys.executable, "-m", "ingest")
SCRIPT = (str(Path(sys.executable).with_name("dateline")), "ingest")
COMMANDS = pytest.mark.parametrize("command", [MODULE, SCRIPT], ids=["python -m ingest", "dateline ingest"])
TEXTS = {"a.md": "Cortana comes to a speaker.", "b.md": "Judges heard Microsoft.", "c.md": "Broadcom offered."}
FIELDS = {"added", "changed", "removed", "unchanged", "failed", "duplicates", "articles", "chunks", "seconds"}


def call(
    *arguments: str | Path, place: Path, command: tuple[str, ...] = MODULE, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder of its own; nothing it says may be a traceback."""
    done = subprocess.run(
        [*command, *map(str, arguments)], cwd=place, env=surroundings(**environment), capture_output=True, text=True
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done


def surroundings(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE_", "HF_"))}
    return {**kept, "COLUMNS": "200", **more}


def only_object(output: str) -> dict[str, object]:
    """Parse what `--json` printed: one line with one object of the contract's fields."""
    assert output.count("\n") == 1
    assert output.endswith("\n")
    found = json.loads(output)
    assert set(found) == FIELDS
    assert isinstance(found, dict)
    return found


@pytest.fixture
def folder(make_articles: MakeArticles) -> Path:
    return make_articles(TEXTS)


@pytest.fixture
def filled(tmp_path: Path, folder: Path, embedder: Embedder) -> Path:
    """An index of the articles, made with the packaged model, as the command makes it."""
    path = tmp_path / "index"
    reindex(folder, Index.open(path, create=True, embedder=embedder))
    return path


def indexed(path: Path) -> list[str]:
    return [article.id for article in Index.open(path).articles()]


def test_from_nothing_with_the_packaged_model(tmp_path: Path, folder: Path, embedder: Embedder) -> None:
    (folder / "bad.md").write_bytes(b"\x89PNG\x00")
    done = call(folder, "--json", place=tmp_path, command=SCRIPT, HF_HUB_OFFLINE="1")
    changes = only_object(done.stdout)
    assert (done.returncode, changes["added"], changes["unchanged"]) == (1, sorted(TEXTS), 0)
    assert (changes["changed"], changes["removed"], changes["duplicates"]) == ([], [], [])
    assert (changes["articles"], changes["chunks"]) == (3, 3)
    assert changes["failed"] == [{"source": str(folder / "bad.md"), "reason": "not a text file"}]
    assert done.stderr == f"not indexed: {folder / 'bad.md'}: not a text file\n"
    index = Index.open(tmp_path / "index", embedder=embedder)
    assert index.current().card.model == "all-MiniLM-L6-v2"
    nearest = index.current().by_meaning(embedder.embed_query("Which device gets the voice assistant?"), 1)
    assert [passage.chunk.article_id for passage in nearest] == ["a.md"]


@COMMANDS
def test_nothing_new(tmp_path: Path, folder: Path, filled: Path, command: tuple[str, ...]) -> None:
    done = call("articles", place=tmp_path, command=command)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("3 unchanged in ")
    assert done.stdout.endswith(" s. The index holds 3 articles in 3 chunks.\n")
    assert sorted(path.name for path in filled.iterdir()) == ["current", "gen-000001", "lock", "seen.sqlite3"]


def test_one_bad_file_is_exit_code_1(tmp_path: Path, folder: Path, filled: Path) -> None:
    (folder / "b.md").write_text("---\ntitle: [\n---\n")
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("Text.")
    done = call(folder, "--json", place=tmp_path)
    changes = only_object(done.stdout)
    assert (done.returncode, changes["unchanged"], changes["articles"]) == (1, 2, 3)
    assert isinstance(changes["failed"], list)
    assert [failure["source"] for failure in changes["failed"]] == [str(folder / "b.md"), str(folder / "caf?.txt")]
    assert [line.split(": ")[:2] for line in done.stderr.splitlines()] == [
        ["not indexed", str(folder / "b.md")],
        ["not indexed", str(folder / "caf?.txt")],
    ]


def test_what_is_gone_leaves_unless_it_is_kept(tmp_path: Path, folder: Path, filled: Path) -> None:
    (folder / "b.md").unlink()
    kept = call(folder, "--keep-missing", "--json", place=tmp_path)
    assert (kept.returncode, only_object(kept.stdout)["removed"]) == (0, [])
    assert indexed(filled) == ["a.md", "b.md", "c.md"]
    done = call(folder, "--json", place=tmp_path)
    assert (done.returncode, only_object(done.stdout)["removed"]) == (0, ["b.md"])
    assert indexed(filled) == ["a.md", "c.md"]


def test_the_index_by_option_before_environment(tmp_path: Path, folder: Path, filled: Path) -> None:
    elsewhere = filled.rename(tmp_path / "elsewhere")
    done = call(folder, "--json", place=tmp_path, DATELINE_INDEX=str(elsewhere))
    assert only_object(done.stdout)["unchanged"] == 3
    done = call(folder, "--json", "--index", elsewhere, place=tmp_path, DATELINE_INDEX=str(tmp_path / "nowhere"))
    assert only_object(done.stdout)["unchanged"] == 3
    assert not (tmp_path / "nowhere").exists()
    assert not (tmp_path / "index").exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "dateline: corpus does not exist: give a folder or a file of articles, or a web address\n"),
        (["articles", "gone"], "dateline: gone does not exist: give a folder or a file of articles, or a web address\n"),
        (
            ["articles/a.png"],
            "dateline: articles/a.png is not of a known kind: give a folder or a file of .txt, .md\n",
        ),
        (["articles", "--no-such-option"], "No such option"),
    ],
    ids=["no corpus", "missing folder", "unknown kind", "unknown option"],
)
@COMMANDS
def test_wrong_usage_is_exit_code_2(
    tmp_path: Path, folder: Path, command: tuple[str, ...], arguments: list[str], reason: str
) -> None:
    (folder / "a.png").touch()
    done = call(*arguments, "--json", place=tmp_path, command=command)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert not (tmp_path / "index").exists()


def test_a_locked_index_is_exit_code_2(tmp_path: Path, folder: Path, filled: Path) -> None:
    with Index.open(filled).write():
        done = call(folder, "--json", place=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "dateline: another process is writing to index: run this again when it has finished\n"


def test_a_file_in_the_place_of_the_index_is_exit_code_2(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "index").touch()
    done = call(folder, place=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("dateline: ")
    assert "index" in done.stderr


def test_an_index_of_another_embedder_is_exit_code_2(tmp_path: Path, folder: Path) -> None:
    reindex(folder, Index.open(tmp_path / "index", create=True, embedder=BagOfWords()))
    (folder / "new.md").write_text("Text.")
    done = call(folder, place=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("dateline: no embedding model 'bag of words'")
    assert indexed(tmp_path / "index") == sorted(TEXTS)


def test_a_damaged_index_is_exit_code_2_and_its_cure_works(tmp_path: Path, folder: Path, filled: Path) -> None:
    (filled / "current").write_bytes(b"\xff")
    done = call(folder, place=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(": run  dateline ingest --index index --rebuild FOLDER\n")
    done = call("--index", "index", "--rebuild", folder, "--json", place=tmp_path, command=SCRIPT)
    changes = only_object(done.stdout)
    assert (done.returncode, done.stderr, changes["added"]) == (0, "", sorted(TEXTS))
    assert indexed(filled) == sorted(TEXTS)


def test_control_c_leaves_a_good_index(
    tmp_path: Path, folder: Path, filled: Path, make_articles: MakeArticles
) -> None:
    make_articles({f"{number:03}.md": "A sentence of several words. " * 60 for number in range(300)})
    process = subprocess.Popen(
        [*MODULE, str(folder), "--json"],
        cwd=tmp_path,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not (filled / "gen-000002").exists() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate()
    assert (process.returncode, output, errors) == (130, "", "stopped; the index is as it was before\n")
    assert sorted(path.name for path in filled.iterdir()) == ["current", "gen-000001", "lock", "seen.sqlite3"]
    assert indexed(filled) == sorted(TEXTS)
    with Index.open(filled).write() as writer:
        writer.remove(["a.md"])
    assert indexed(filled) == ["b.md", "c.md"]


def test_a_bar_on_a_terminal_and_one_object_beside_it(tmp_path: Path, folder: Path, filled: Path) -> None:
    terminal, end = pty.openpty()
    with os.fdopen(terminal, "rb", buffering=0) as screen:
        done = subprocess.run(
            [*MODULE, str(folder), "--json"],
            cwd=tmp_path,
            env=surroundings(TERM="xterm"),
            stdout=subprocess.PIPE,
            stderr=end,
            text=True,
        )
        os.close(end)
        assert b"3/3" in screen.read(65_536)
    assert (done.returncode, only_object(done.stdout)["unchanged"]) == (0, 3)
