"""Damaged files of every format: an article, or a clear reason, never anything else."""

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.article import Article
from ingest.read import SUFFIXES, Item, Unreadable, read
from tests.formats.samples import samples

SAMPLES = samples()


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """A file with some bytes changed, left out, doubled, or put in."""
    damage = bytearray(data)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(damage)))
        length = draw(st.integers(1, 40) | st.integers(1, len(data)))
        match draw(st.sampled_from(["change", "leave out", "double", "put in", "end"])):
            case "change":
                damage[at : at + 1] = draw(st.binary(min_size=1, max_size=2))
            case "leave out":
                del damage[at : at + length]
            case "double":
                damage[at:at] = damage[at : at + length]
            case "put in":
                damage[at:at] = draw(
                    st.binary(max_size=20) | st.sampled_from([b"<", b'"', b"\n\n", b"[" * 3000, b"%PDF-"])
                )
            case _:
                del damage[at:]
    return bytes(damage)


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix in SAMPLES])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large], max_examples=60)
@given(st.data())
def test_a_damaged_file_gives_articles_or_reasons(tmp_path: Path, suffix: str, data: st.DataObject) -> None:
    sample = SAMPLES[suffix]
    if suffix.endswith(".gz") and data.draw(st.booleans()):  # what is in it is damaged, not what is around it
        content = gzip.compress(data.draw(damaged(gzip.decompress(sample))))
    else:
        content = data.draw(damaged(sample))
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    found = list(read(Item(path.name, path, "")))
    assert found
    assert all(is_good(part) for part in found)
    ids = [part.id for part in found if isinstance(part, Article)]
    assert len(ids) == len(set(ids))


def is_good(found: Article | Unreadable) -> bool:
    """Whether an article has a text and a title, or a reason is one line that can be shown."""
    if isinstance(found, Article):
        return bool(found.text.strip() and found.title)
    return bool(found.reason) and "\n" not in found.reason and len(found.reason) < 400


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("other", SAMPLES)
def test_a_file_by_the_name_of_another_kind(tmp_path: Path, suffix: str, other: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(SAMPLES[other])
    assert all(is_good(part) for part in read(Item(path.name, path, "")))


def test_every_format_has_a_sample() -> None:
    same = {".htm": ".html", ".mht": ".mhtml"}
    assert {same.get(suffix, suffix) for suffix in SUFFIXES} == set(SAMPLES)


def test_the_samples_are_good(tmp_path: Path) -> None:
    for suffix, data in SAMPLES.items():
        path = tmp_path / f"a{suffix}"
        path.write_bytes(data)
        assert all(isinstance(part, Article) for part in read(Item(path.name, path, "")))
