"""`python -m ingest` and `dateline ingest` as processes: exit codes, what they print, and Ctrl-C."""

import json
import os
import pty
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingest.embed import Embedder
from ingest.index import Index
from ingest.reindex import reindex
from ingest.writer import Writer
from qa.cli import app
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
        (
            ["articles", "gone"],
            "dateline: gone does not exist: give a folder or a file of articles, or a web address\n",
        ),
        (
            ["articles/a.png"],
            "dateline: articles/a.png is not of a known kind: give a folder or a file of .txt, .md, ",
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
    who = rf"\({os.getpid()} on {re.escape(socket.gethostname())}, since \d\d:\d\d\)"
    held = f"another process is writing to index {who}"
    again = "run this again when it has finished"
    assert re.fullmatch(rf"{held}; waiting for it\ndateline: {held}: {again}\n", done.stderr)


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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("command", [MODULE, SCRIPT], ids=["module", "script"])
def test_a_run_that_is_stopped_leaves_a_good_index(
    tmp_path: Path,
    folder: Path,
    filled: Path,
    make_articles: MakeArticles,
    number: signal.Signals,
    code: int,
    command: tuple[str, ...],
) -> None:
    make_articles({f"{number:03}.md": "A sentence of several words. " * 60 for number in range(300)})
    process = start(*command, folder, "--json", place=tmp_path)
    while not (filled / "gen-000002").exists() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(number)
    output, errors = process.communicate()
    assert (process.returncode, output, errors) == (code, "", "stopped; the index is as it was before\n")
    assert sorted(path.name for path in filled.iterdir()) == ["current", "gen-000001", "lock", "seen.sqlite3"]
    assert indexed(filled) == sorted(TEXTS)
    with Index.open(filled).write() as writer:
        writer.remove(["a.md"])
    assert indexed(filled) == ["b.md", "c.md"]


def test_a_run_that_is_stopped_ends_the_process_that_reads_its_files(
    tmp_path: Path, folder: Path, filled: Path
) -> None:
    line = json.dumps({"title": "Title", "text": "A sentence of several words. " * 100})
    (folder / "archive.jsonl").write_text(f"{line}\n" * 3_000)
    process = start(*MODULE, folder, place=tmp_path)
    children: list[str] = []
    while not children and process.poll() is None:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    output, errors = process.communicate()
    assert (process.returncode, output, errors) == (130, "", "stopped; the index is as it was before\n")
    assert children
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    assert indexed(filled) == sorted(TEXTS)


def test_stopped_when_all_is_done(
    folder: Path, filled: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "new.md").write_text("Text.")

    def stop(writer: Writer) -> None:
        writer_publish(writer)
        raise KeyboardInterrupt

    writer_publish = Writer.publish
    monkeypatch.setattr(Writer, "publish", stop)
    done = CliRunner().invoke(app, ["ingest", str(folder), "--index", str(filled)])
    assert (done.exit_code, done.stderr) == (130, "stopped; the index was brought up to date first\n")


def start(*command: str | Path, place: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*map(str, command)],
        cwd=place,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


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


def test_a_dry_run_changes_nothing(tmp_path: Path, folder: Path, filled: Path) -> None:
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    (folder / "a.md").unlink()
    (folder / "new.md").write_text("Text.")
    done = call(folder, "--dry-run", place=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith("Would be: 1 added, 1 removed, 2 unchanged in ")
    assert "Nothing was changed.\nadded: new.md\nremoved: a.md\nThe index would hold 3 articles.\n" in done.stdout
    assert only_object(call(folder, "--dry-run", "--json", place=tmp_path).stdout)["added"] == ["new.md"]
    assert indexed(filled) == sorted(TEXTS)
    call(folder, "--dry-run", "--index", "other", place=tmp_path)
    after = {str(path) for path in tmp_path.rglob("*")}
    assert after == {*before, str(folder / "new.md")} - {str(folder / "a.md")}


def test_watching_and_a_dry_run_do_not_go_together(tmp_path: Path, folder: Path) -> None:
    done = call(folder, "--dry-run", "--watch", place=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "leave one of them out" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_watching(tmp_path: Path, folder: Path, filled: Path, number: signal.Signals) -> None:
    process = start(*SCRIPT, folder, "--watch", "--json", place=tmp_path)
    assert process.stdout is not None
    assert process.stderr is not None
    assert json.loads(process.stdout.readline())["unchanged"] == 3
    (folder / "new.md").write_text("Another article.")
    changes = json.loads(process.stdout.readline())
    assert (changes["added"], changes["unchanged"], set(changes)) == (["new.md"], 3, FIELDS)
    folder.rename(tmp_path / "away")
    lines = [process.stderr.readline() for _ in range(3)]
    assert re.fullmatch(r"\d\d:\d\d:\d\d  1 added, 3 unchanged in .* s\.\n", lines[1])
    assert lines[2].startswith(f"dateline: {folder} does not exist: ")
    assert lines[2].endswith("; next try in 60 s, or at a change\n")
    (tmp_path / "away").rename(folder)
    assert json.loads(process.stdout.readline())["unchanged"] == 4
    process.send_signal(number)
    output, errors = process.communicate()
    assert (process.returncode, output) == (0, "")
    assert errors.splitlines()[-1] == "stopped watching"
    assert "Traceback" not in errors
    assert indexed(filled) == [*sorted(TEXTS), "new.md"]


def test_watching_what_was_mistyped_is_exit_code_2(tmp_path: Path) -> None:
    done = call("nowhere", "--watch", place=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere does not exist" in done.stderr


def test_going_back(tmp_path: Path, folder: Path, filled: Path) -> None:
    (folder / "b.md").unlink()
    call(folder, place=tmp_path)
    assert indexed(filled) == ["a.md", "c.md"]
    back = [*SCRIPT[:1], "rollback"]
    done = call("--json", place=tmp_path, command=(*back,))
    told = json.loads(done.stdout)
    assert (done.returncode, set(told)) == (0, {"generation", "articles", "chunks", "built"})
    assert (told["generation"], told["articles"], told["chunks"]) == (3, 3, 3)
    assert indexed(filled) == sorted(TEXTS)
    done = call(place=tmp_path, command=(*back,))
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr == "dateline: there is no generation before this one in index: an index can go back by one only\n"
    )
    call(folder, place=tmp_path)
    done = call(place=tmp_path, command=(*back,))
    assert re.match(r"Back to what was built 20\d\d-.*\. The index holds 3 articles in 3 chunks\.\n", done.stdout)
    done = call("--index", "nowhere", place=tmp_path, command=(*back,))
    assert (done.returncode, (tmp_path / "nowhere").exists()) == (2, False)


# What the machine does


def bound_by_permissions(*command: str) -> tuple[str, ...]:
    """The command without the right of root to read and write everything."""
    if os.getuid():
        return command
    free = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--")
    if not shutil.which("setpriv") or subprocess.run([*free, "true"], capture_output=True).returncode:
        pytest.skip("root may do everything, and cannot give that up here")
    return (*free, *command)


def test_a_folder_of_the_index_that_may_not_be_written_to(tmp_path: Path, folder: Path, filled: Path) -> None:
    (folder / "new.md").write_text("Text.")
    filled.chmod(0o555)
    (filled / "lock").chmod(0o444)
    try:
        done = call(folder, place=tmp_path, command=bound_by_permissions(*MODULE))
    finally:
        filled.chmod(0o755)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "Permission denied: " in done.stderr
    assert indexed(filled) == sorted(TEXTS)


def test_an_article_that_may_not_be_read(tmp_path: Path, folder: Path, filled: Path) -> None:
    (folder / "sub").mkdir(0)
    (folder / "b.md").chmod(0)
    try:
        done = call(folder, "--json", place=tmp_path, command=bound_by_permissions(*MODULE))
    finally:
        (folder / "sub").chmod(0o755)
    changes = only_object(done.stdout)
    assert (done.returncode, changes["removed"], changes["articles"]) == (1, [], 3)
    assert changes["failed"] == [
        {"source": str(folder / name), "reason": "Permission denied"} for name in ("b.md", "sub")
    ]


FULL = """
mkdir full && mount -t tmpfs -o size=$1 none full && cp -r index full/ || exit 77
"$2" -m ingest articles --index full/index
echo "code $?"
ls full/index
"$2" -m qa articles --index full/index
"""


@pytest.mark.parametrize("room", [100, 600, 1500, 3000], ids=lambda kilobytes: f"{kilobytes} kB")
def test_a_full_disk(tmp_path: Path, folder: Path, filled: Path, make_articles: MakeArticles, room: int) -> None:
    make_articles({f"{number:04}.md": f"A sentence of {number} words. " * 60 for number in range(300)})
    size = sum(path.stat().st_size for path in filled.rglob("*")) // 1000 + room
    isolated = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", FULL, "sh", f"{size}k", sys.executable)
    if subprocess.run([*isolated[:4], "true"], capture_output=True).returncode:
        pytest.skip("needs a file system of its own, which this user may not mount")
    done = call(place=tmp_path, command=isolated, PYTHONPATH=str(Path(__file__).parents[1]))
    assert "code 2" in done.stdout, done.stderr
    assert re.search(r"^dateline: .*(full|No space)", done.stderr, re.MULTILINE)
    assert "gen-000002" not in done.stdout
    assert [line.split()[1] for line in done.stdout.splitlines()[-3:]] == sorted(TEXTS)


def test_names_links_and_files_of_every_kind(tmp_path: Path, folder: Path, filled: Path) -> None:
    names = ["日本語.md", "два слова.md", "naïve café.txt", "a#b.md", "100%.md", "-x.md", "🗞.md"]
    for name in names:
        (folder / name).write_text(f"A text of its own: {name}")
    for name in ["two\nlines.md", os.fsdecode(b"caf\xe9.md"), "\u202eevil.md"]:
        (folder / name).write_text("Text.")
    (folder / "loop").symlink_to(folder)
    (folder / "itself.md").symlink_to(folder / "itself.md")
    (folder / "nowhere.md").symlink_to(folder / "gone")
    with (folder / "huge.txt").open("wb") as huge:
        huge.truncate(500_000_000)
    os.mkfifo(folder / "pipe.md")
    done = call(folder, "--json", place=tmp_path)
    changes = only_object(done.stdout)
    assert (done.returncode, changes["added"], changes["unchanged"]) == (1, sorted(names), 3)
    assert isinstance(changes["failed"], list)
    reasons = {Path(failure["source"]).name: failure["reason"] for failure in changes["failed"]}
    assert set(reasons) == {
        "two?lines.md", "caf?.md", "?evil.md", "itself.md", "nowhere.md", "huge.txt", "pipe.md",
    }  # fmt: skip
    assert "larger than" in reasons["huge.txt"]
    assert indexed(filled) == sorted([*TEXTS, *names])


def test_a_file_that_vanishes_before_it_is_read(tmp_path: Path, folder: Path, filled: Path) -> None:
    for name in ("x.md", "y.md", "z.md"):
        (folder / name).write_text(f"The text of {name}")

    def vanish(done: int, total: int, chunks: int) -> None:
        (folder / "z.md").unlink(missing_ok=True)

    changes = reindex(folder, Index.open(filled), progress=vanish)
    assert changes.added == ("x.md", "y.md")
    assert [failure.reason for failure in changes.failed] == ["No such file or directory"]
