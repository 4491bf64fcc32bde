"""Files are read by a process of their own: in order, ahead, and whatever they do to it."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import ingest.read
from ingest.article import Article
from ingest.read import Item, Unreadable, read
from ingest.reading import Done, Reader
from tests.conftest import ROOT

# The process that reads runs this first: a kind of file that does what is in it.
ANOTHER_KIND = """
import ctypes, os, sys, time, types
import ingest.read
from ingest.formats.extracted import Extracted, Unreadable

def extract(file):
    text = file.read().decode()
    what, _, number = text.partition(" ")
    if what == "hang":
        time.sleep(1000)
    elif what == "crash":
        ctypes.string_at(0)
    elif what == "leave":
        os._exit(0)
    elif what == "memory":
        bytearray(2_000_000_000)
    elif what == "print":
        print("{}")
        sys.stdout.flush()
        os.write(1, b"[]")
    elif what == "many":
        yield from (Extracted(f"Row {row}.", key=str(row)) for row in range(int(number)))
        return
    elif what == "drip":
        for row in range(int(number)):
            time.sleep(0.3)
            yield Extracted(f"Row {row}.", key=str(row))
        return
    elif what == "part":
        yield Unreadable("row 1", "no text")
    yield Extracted(text)

sys.modules["ingest.formats.odd"] = module = types.ModuleType("ingest.formats.odd")
module.extract = extract
ingest.read._FORMATS[".odd"] = "odd"
ingest.read._STREAMED = (".odd",)
"""


@pytest.fixture(autouse=True)
def another_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(ANOTHER_KIND)
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{folder}")
    monkeypatch.setitem(ingest.read._FORMATS, ".odd", "odd")


def items(folder: Path, *texts: str) -> list[Item]:
    made = []
    for number, text in enumerate(texts):
        name = f"{number:03}.{'md' if text.startswith('#') else 'odd'}"
        (folder / name).write_text(text)
        made.append(Item(name, folder / name, folder.as_posix(), {"source": "The Desk"}))
    return made


def told(reader: Reader, asked: Sequence[Item]) -> list[tuple[str, str]]:
    """What is told of each item: a text, a reason, or that it is done."""
    return [
        (item.id, "done" if isinstance(found, Done) else found.text if isinstance(found, Article) else found.reason)
        for item, found in reader.read(asked)
    ]


def test_every_item_in_its_order_however_it_is_read(tmp_path: Path) -> None:
    asked = items(tmp_path, *("plain text" if number % 3 else "# Title\n\nText." for number in range(50)))
    with Reader() as reader:
        found = told(reader, asked)
    assert [item_id for item_id, _ in found] == [item.id for item in asked for _ in range(2)]
    assert [what for _, what in found[1::2]] == ["done"] * 50
    assert {what for _, what in found[::2]} == {"plain text", "Text."}


def test_an_article_is_the_same_from_there(tmp_path: Path) -> None:
    text = "Ünïcödé 🙂 \u2028 text, and more."
    (asked,) = items(tmp_path, text)
    with Reader() as reader:
        there = next(found for _, found in reader.read([asked]))
    path = tmp_path / "000.txt"
    path.write_text(text)
    (here,) = read(Item(asked.id, path, asked.origin, asked.fields))
    assert isinstance(there, Article)
    assert there == here


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hang", "reading it took more than 2 seconds"),
        ("crash", "its reader crashed on it"),
        ("leave", "its reader crashed on it"),
        ("memory", "it needs more memory than a file may"),
    ],
)
@pytest.mark.parametrize("more", [0, 3, 40])
def test_what_a_file_does_to_its_reader_costs_only_that_file(
    tmp_path: Path, text: str, reason: str, more: int
) -> None:
    others = ["text"] * more
    asked = items(tmp_path, *others, text, *others, text)
    with Reader(seconds=2) as reader:
        found = told(reader, asked)
    assert found == [
        (item.id, what) for item in asked for what in ((reason if _text(item) == text else "text"), "done")
    ]


def _text(item: Item) -> str:
    return item.path.read_text()


def test_what_is_printed_is_no_article(tmp_path: Path) -> None:
    asked = items(tmp_path, "print", "text")
    with Reader() as reader:
        assert told(reader, asked) == [
            ("000.odd", "print"),
            ("000.odd", "done"),
            ("001.odd", "text"),
            ("001.odd", "done"),
        ]


def test_a_file_of_many_is_not_read_faster_than_it_is_asked_for(tmp_path: Path) -> None:
    (asked,) = items(tmp_path, "many 200000")
    with Reader() as reader:
        found = reader.read([asked])
        for number in range(1_000):
            _, article = next(found)
            assert isinstance(article, Article)
            assert (article.id, article.text) == (f"000.odd#{number}", f"Row {number}.")


def test_the_time_is_that_of_one_article(tmp_path: Path) -> None:
    (asked,) = items(tmp_path, "drip 10")
    with Reader(seconds=2) as reader:
        assert len(told(reader, [asked])) == 11


def test_parts_that_cannot_be_read(tmp_path: Path) -> None:
    (asked,) = items(tmp_path, "part")
    with Reader() as reader:
        assert next(found for _, found in reader.read([asked])) == Unreadable("row 1", "no text")


def children() -> list[str]:
    listed = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True)
    return [line for line in listed.stdout.splitlines() if "ingest.reading" in line and "defunct" not in line]


def test_nothing_is_started_for_what_needs_none_and_nothing_is_left(tmp_path: Path) -> None:
    with Reader() as reader:
        assert told(reader, items(tmp_path, "# Title\n\nText.")) == [("000.md", "Text."), ("000.md", "done")]
        assert children() == []
        found = reader.read(items(tmp_path, "many 200000"))
        next(found)
        assert len(children()) == 1
    assert children() == []


def test_it_ends_with_the_one_who_asked(tmp_path: Path) -> None:
    (asked,) = items(tmp_path, "many 100000000")
    script = (
        "import sys, os\nfrom pathlib import Path\nimport ingest.read\ningest.read._FORMATS['.odd'] = 'odd'\n"
        "from ingest.reading import Reader\n"
        f"found = Reader().read([ingest.read.Item('a.odd', Path({str(asked.path)!r}), '')])\nnext(found)\n"
        "print(os.popen('pgrep -P ' + str(os.getpid()) + ' -f ingest.reading').read())\nsys.stdout.flush()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    (process, *_) = done.stdout.split()
    for _ in range(100):
        if not Path(f"/proc/{process}").exists():
            return
        time.sleep(0.1)
    pytest.fail("it goes on")
