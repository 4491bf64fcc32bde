"""What visitors send, indexed by the real command in a process of its own."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import UPLOADS, Index, reindex
from ingest.lock import locked
from qa.web.dropped import Dropped
from qa.web.upload import MOST_FILES, Failed, Report, Uploads

ARTICLE = b"---\ntitle: The Zorblat prize\n---\n\nThe Zorblat prize of 2019 went to a baker in Ghent.\n"
STORY = ARTICLE + b"".join(b"Baker number %d praised loaf %d.\n" % (n, n * n) for n in range(40))
OTHER = b"---\ntitle: Tides\n---\n\nThe tide gate at Hollow Bay was closed for the first time on Tuesday.\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def uploads(path: Path) -> Iterator[Uploads]:
    uploads = Uploads(path)
    yield uploads
    uploads.close()


def drop(folder: Path, **files: bytes) -> list[Dropped]:
    """Write files as a server does that got them: `a_md` is a file that a visitor calls `a.md`."""
    made = []
    for name, content in files.items():
        place = folder / "arrived" / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
        made.append(Dropped(place, name.replace("_", ".")))
    return made


def archive(**files: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        for name, content in files.items():
            file.writestr(name.replace("_", "."), content)
    return written.getvalue()


def kept(path: Path) -> set[str]:
    return {file.name for file in (path / UPLOADS).glob("*/*")}


def held(path: Path) -> set[str]:
    return {article.title for article in Index.open(path).articles()}


def test_files_are_indexed_and_what_cannot_be_read_is_told(path: Path, tmp_path: Path, uploads: Uploads) -> None:
    mixed = archive(good_md=OTHER, bad_pdf=b"%PDF-1.4 damaged")
    files = drop(tmp_path, prize_md=STORY, bad_pdf=b"%PDF-1.7 damaged", mixed_zip=mixed, a_exe=b"MZ")
    *steps, report = uploads.add_files(files)
    assert all(step.doing for step in steps)
    assert any(" of 3 looked at" in step.doing for step in steps)
    assert {name for step in steps for name in step.read} == {"prize.md"}
    assert {name for step in steps for name in step.unread} == {"a.exe", "bad.pdf", "mixed.zip"}
    assert not report.doing
    assert set(report.added) == {"prize.md", "mixed.zip#good.md"}
    reasons = {failure.name: failure.reason for failure in report.failed}
    assert reasons.keys() == {"a.exe", "bad.pdf", "mixed.zip#bad.pdf"}
    assert "damaged" in reasons["bad.pdf"]
    assert (report.unchanged, report.articles, report.problem) == (0, 2, "")
    assert kept(path) == {"prize.md", "mixed.zip"}  # a damaged file would be told again and again
    assert not any(file.path.exists() for file in files)

    *_, again = uploads.add_files(drop(tmp_path, prize_md=STORY))
    assert again == Report(unchanged=1, articles=2)  # and nothing of what others sent

    *_, same = uploads.add_files(drop(tmp_path, copy_md=STORY + b"The end.", prize_md=ARTICLE))
    assert set(same.added) == {"copy.md", "prize.md"}  # another content: never a new version of somebody's article
    assert same.articles == 4
    ((copy, of),) = same.duplicates
    assert "copy.md" in (copy, of)

    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "own.md").write_bytes(b"# Own\n\nOf the archive itself.\n")
    index = Index.open(path)
    assert not reindex(folder, index).removed
    assert {article.title for article in index.articles()} >= {"Own", "Tides", "The Zorblat prize"}
    assert reindex(folder, index, rebuild=True).articles == 5
    assert not reindex([folder, path / UPLOADS], index, rebuild=True).removed


def test_while_another_process_writes_it_says_so_and_takes_the_files_back(
    path: Path, tmp_path: Path, uploads: Uploads
) -> None:
    files = drop(tmp_path, a_md=ARTICLE)
    with locked(path):
        *steps, report = uploads.add_files(files)
    assert any("waiting for it" in step.doing for step in steps)
    assert "another process is writing" in report.problem
    assert not kept(path)
    assert files[0].path.exists()  # to be tried again
    *_, report = uploads.add_files(files)
    assert report.added == ("a.md",)


def test_a_run_that_takes_too_long_is_ended_and_leaves_nothing(path: Path, tmp_path: Path) -> None:
    *_, report = Uploads(path, seconds=0.01).add_files(drop(tmp_path, a_md=ARTICLE))
    assert report == Report(problem="It took more than 0.01 seconds and was stopped.")
    assert not kept(path)
    assert not (path / "current").exists()


def test_one_at_a_time_and_to_its_end_though_nobody_looks(path: Path, tmp_path: Path, uploads: Uploads) -> None:
    left = uploads.add_files(drop(tmp_path, a_md=ARTICLE))
    assert next(left).doing
    (busy,) = uploads.add_address("https://example.org/")
    assert "Someone else" in busy.problem
    del left
    while "Someone else" in list(uploads.add_address("no address"))[-1].problem:
        pass
    assert held(path) == {"The Zorblat prize"}


@pytest.mark.parametrize("moment", ["Starting", "looked at"])
def test_closing_ends_a_run_and_leaves_a_good_index(
    path: Path, tmp_path: Path, uploads: Uploads, moment: str
) -> None:
    list(uploads.add_files(drop(tmp_path, a_md=ARTICLE)))
    running = uploads.add_files(drop(tmp_path, b_md=OTHER))
    assert any(moment in report.doing for report in running)  # up to there
    uploads.close()
    *_, report = running
    assert report.problem
    assert held(path) == {"The Zorblat prize"}
    assert kept(path) == {"a.md"}


def test_too_many_files_are_refused_before_any_is_read(path: Path, uploads: Uploads) -> None:
    (report,) = uploads.add_files([Dropped(path / "nowhere", "a.md")] * (MOST_FILES + 1))
    assert f"at most {MOST_FILES}" in report.problem
    assert not path.exists()


def test_nothing_is_started_when_nothing_is_left(path: Path, tmp_path: Path, uploads: Uploads) -> None:
    (report,) = uploads.add_files(drop(tmp_path, a_exe=b"MZ"))
    assert [failure.name for failure in report.failed] == ["a.exe"]
    assert not path.exists()


@pytest.mark.parametrize(
    "address",
    [
        "--rebuild",
        "-h",
        "/etc/passwd",
        "corpus",
        "~/articles",
        "file:///etc/passwd",
        "ftp://example.org/a",
        "HTTP:/../corpus",
        "HTTPS://example.org/",
        "http://",
        "http:///etc/passwd",
        "https://name@example.org/",
        "https://example.org/ --rebuild",
        "https://example.org/\n/etc/passwd",
        "https://example.org/\x00",
        "https://[::1/",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_only_a_web_address_is_passed_on(path: Path, uploads: Uploads, address: str) -> None:
    (report,) = uploads.add_address(address)
    assert "address" in report.problem
    assert not path.exists()


def test_an_address_of_this_machine_is_refused_with_the_reason(path: Path, uploads: Uploads) -> None:
    *_, report = uploads.add_address(" http://127.0.0.1/latest ")
    (failure,) = report.failed
    assert isinstance(failure, Failed)
    assert failure.name == "http://127.0.0.1/latest"
    assert "not public" in failure.reason
    assert not report.added
