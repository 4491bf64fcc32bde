"""What a run does to the index: only what changed, nothing of others, and all that is unreadable reported."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.article import Article
from ingest.changes import Changes, Failure
from ingest.index import Index, IndexUnusableError
from ingest.reindex import compare, missing, reindex
from ingest.sources import Files, SourceError
from tests.conftest import BagOfWords, MakeArticles

TEXTS = {"a.md": "Cortana comes to a speaker.", "b.md": "Judges heard Microsoft.", "sub/c.md": "Broadcom offered."}


def state(index: Index) -> dict[str, str]:
    return {entry.id: index.article(entry.id).text for entry in index.articles()}


def ids(changes: Changes) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], int]:
    return changes.added, changes.changed, changes.removed, changes.unchanged


def generations(index: Index) -> list[str]:
    return sorted(path.name for path in index.path.glob("gen-*"))


@pytest.fixture
def folder(make_articles: MakeArticles) -> Path:
    return make_articles(TEXTS)


@pytest.fixture
def filled(index: Index, folder: Path) -> Index:
    reindex(folder, index)
    return index


def test_the_first_run_adds_everything(index: Index, folder: Path) -> None:
    changes = reindex(folder, index)
    assert ids(changes) == (("a.md", "b.md", "sub/c.md"), (), (), 0)
    assert (changes.failed, changes.articles, changes.chunks) == ((), 3, 3)
    assert changes.seconds > 0
    assert state(index) == TEXTS


def test_the_second_run_changes_nothing(filled: Index, folder: Path, bag_of_words: BagOfWords) -> None:
    card = (filled.path / "gen-000001" / "card.json").read_bytes()
    bag_of_words.embedded.clear()
    changes = reindex(folder, filled)
    assert ids(changes) == ((), (), (), 3)
    assert (changes.articles, changes.chunks) == (3, 3)
    assert bag_of_words.embedded == []
    assert generations(filled) == ["gen-000001"]
    assert (filled.path / "gen-000001" / "card.json").read_bytes() == card


def test_only_what_changed_is_embedded(
    filled: Index, folder: Path, make_articles: MakeArticles, bag_of_words: BagOfWords
) -> None:
    bag_of_words.embedded.clear()
    make_articles({"a.md": "Alexa instead.", "d.md": "Walmart signed."})
    (folder / "b.md").unlink()
    (folder / "sub" / "c.md").touch()
    changes = reindex(folder, filled)
    assert ids(changes) == (("d.md",), ("a.md",), ("b.md",), 1)
    assert bag_of_words.embedded == ["a\nAlexa instead.", "d\nWalmart signed."]
    assert (changes.articles, changes.chunks) == (3, 3)
    assert state(filled) == {"a.md": "Alexa instead.", "d.md": "Walmart signed.", "sub/c.md": "Broadcom offered."}
    assert filled.current().by_words("Cortana Judges", 10) == []


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({}, {"title": "New"}, True),
        ({"title": "Old"}, {"title": "New"}, True),
        ({"source": "Desk"}, {}, True),
        ({"author": "A. Writer"}, {}, True),
        ({}, {"url": "https://example.org"}, True),
        ({"published": "2018-02-23"}, {"published": "2018-02-24"}, True),
        ({"title": "a"}, {}, False),
        ({"published": "2018-02-23"}, {"date": "2018-02-23"}, False),
        ({"mood": "cheerful"}, {"weather": "rainy"}, False),
    ],
    ids=str,
)
def test_what_counts_as_a_change(
    index: Index, make_articles: MakeArticles, before: dict[str, str], after: dict[str, str], changed: bool
) -> None:
    folder = make_articles({"a.md": "Text."}, **before)
    reindex(folder, index)
    make_articles({"a.md": "Text."}, **after)
    assert ids(reindex(folder, index)) == ((), ("a.md",) if changed else (), (), 0 if changed else 1)
    (stored,) = index.articles()
    assert str(stored.published or "") == after.get("published", after.get("date", ""))
    assert (stored.title, stored.source) == (after.get("title", "a"), after.get("source", ""))
    assert (stored.author, stored.url) == (after.get("author"), after.get("url"))


STEPS = st.dictionaries(
    st.sampled_from(["a.md", "b.md", "c.txt", "sub/a.md"]),
    st.sampled_from(["", "One. ", "Two words. " * 30, "Three. " * 200]),
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=1, max_size=4))
def test_after_any_changes_the_index_is_what_the_folder_is(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, str]]
) -> None:
    place = tmp_path_factory.mktemp("steps")
    folder = place / "articles"
    bag = BagOfWords()
    index = Index.open(place / "index", create=True, embedder=bag, chunk_size=32)
    before: dict[str, str] = {}
    for step in steps:
        for name in ("a.md", "b.md", "c.txt", "sub/a.md"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            if name in step:
                path.write_text(step[name])
        changes = reindex(folder, index)
        # What is empty cannot be read: it is reported, and the version before stays.
        after = {name: text.strip() or before.get(name, "") for name, text in step.items()}
        after = {name: text for name, text in after.items() if text}
        assert {Path(failure.source).relative_to(folder).as_posix() for failure in changes.failed} == {
            name for name, text in step.items() if not text
        }
        assert set(changes.added) == after.keys() - before.keys()
        assert set(changes.removed) == before.keys() - after.keys()
        assert set(changes.changed) == {name for name in after.keys() & before.keys() if after[name] != before[name]}
        assert state(index) == after
        bag.embedded.clear()
        number = index.generation
        assert ids(reindex(folder, index)) == ((), (), (), len([text for text in step.values() if text]))
        assert (bag.embedded, index.generation) == ([], number)
        before = after


# Several sources


def test_articles_of_another_folder_are_left_alone(index: Index, tmp_path: Path, make_articles: MakeArticles) -> None:
    one, two = (
        make_articles({"a.md": "A."}, folder=tmp_path / "one"),
        make_articles({"b.md": "B."}, folder=tmp_path / "two"),
    )
    reindex(one, index)
    assert ids(reindex(two, index)) == (("b.md",), (), (), 0)
    (one / "a.md").unlink()
    assert ids(reindex(two, index)) == ((), (), (), 1)
    assert state(index) == {"a.md": "A.", "b.md": "B."}
    assert ids(reindex([one, two], index)) == ((), (), ("a.md",), 1)


def test_a_file_alone_removes_nothing(filled: Index, folder: Path, make_articles: MakeArticles) -> None:
    (folder / "b.md").unlink()
    make_articles({"a.md": "Alexa instead."})
    assert ids(reindex(folder / "a.md", filled)) == ((), ("a.md",), (), 0)
    assert sorted(state(filled)) == sorted(TEXTS)


def test_what_is_missing_can_be_kept(filled: Index, folder: Path) -> None:
    (folder / "b.md").unlink()
    assert ids(reindex(folder, filled, keep_missing=True)) == ((), (), (), 2)
    assert sorted(state(filled)) == sorted(TEXTS)
    assert ids(reindex(folder, filled)) == ((), (), ("b.md",), 2)


def test_the_same_file_given_twice_is_read_once(index: Index, folder: Path) -> None:
    changes = reindex([folder, folder / "a.md", folder], index)
    assert (changes.added, changes.failed) == (("a.md", "b.md", "sub/c.md"), ())
    assert state(index) == TEXTS


@pytest.mark.parametrize("together", [True, False], ids=["in one run", "in two"])
def test_the_same_id_in_two_folders_is_reported_and_nothing_overwritten(
    index: Index, tmp_path: Path, make_articles: MakeArticles, together: bool
) -> None:
    one = make_articles({"a.md": "From one."}, folder=tmp_path / "one")
    two = make_articles({"a.md": "From two.", "b.md": "B."}, folder=tmp_path / "two")
    if not together:
        reindex(one, index)
    changes = reindex([one, two] if together else two, index)
    reason = f"a.md is already there from {one}: rename one, or give their parent folder"
    assert changes.failed == (Failure(str(two / "a.md"), reason),)
    assert state(index) == {"a.md": "From one.", "b.md": "B."}
    for places in ([two], [two, one], [one, two]):
        assert len(reindex(places, index).failed) == 1
        assert state(index) == {"a.md": "From one.", "b.md": "B."}
    (one / "a.md").unlink()
    assert ids(reindex([one, two], index)) == ((), ("a.md",), (), 1)
    assert state(index) == {"a.md": "From two.", "b.md": "B."}


def test_a_folder_that_moved_keeps_its_articles(filled: Index, folder: Path, tmp_path: Path) -> None:
    moved = folder.rename(tmp_path / "moved")
    assert ids(reindex(moved, filled)) == ((), tuple(sorted(TEXTS)), (), 0)
    (moved / "a.md").unlink()
    assert ids(reindex(moved, filled)) == ((), (), ("a.md",), 2)


# What cannot be read


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.md", b"\x89PNG\r\n\x1a\n\x00\x00", "not a text file"),
        ("a.md", b"---\ntitle: [\n---\nText.", "its front matter is not YAML"),
        ("a.md", b"", "there is no text in it"),
        ("new.txt", b"", "there is no text in it"),
        (os.fsdecode(b"caf\xe9.txt"), b"Text.", "its name has characters that cannot be shown"),
        ("\x1b[31mred.txt", b"Text.", "its name has characters that cannot be shown"),
    ],
    ids=["binary", "front matter", "empty", "empty and new", "no UTF-8 name", "escape in the name"],
)
def test_an_unreadable_file_is_reported_and_the_rest_is_indexed(
    filled: Index, folder: Path, make_articles: MakeArticles, name: str, data: bytes, reason: str
) -> None:
    (folder / name).write_bytes(data)
    make_articles({"b.md": "Changed."})
    changes = reindex(folder, filled)
    (failure,) = changes.failed
    assert failure.reason.startswith(reason)
    assert failure.source.isprintable()
    failure.source.encode()
    assert Path(failure.source).suffix == Path(name).suffix
    assert ids(changes) == ((), ("b.md",), (), 1 if name == "a.md" else 2)
    assert state(filled) == {**TEXTS, "b.md": "Changed."}


def test_links_that_lead_nowhere_or_in_circles_are_reported(filled: Index, folder: Path) -> None:
    (folder / "round").symlink_to(folder)
    (folder / "nowhere.md").symlink_to(folder / "gone.md")
    changes = reindex(folder, filled)
    assert changes.failed == (Failure(str(folder / "nowhere.md"), "No such file or directory"),)
    assert (changes.unchanged, state(filled)) == (3, TEXTS)


def test_a_source_that_is_not_there_changes_nothing(filled: Index, folder: Path, tmp_path: Path) -> None:
    (folder / "a.md").unlink()
    with pytest.raises(SourceError, match="does not exist"):
        reindex([folder, tmp_path / "gone"], filled)
    assert state(filled) == TEXTS


def test_a_folder_without_articles(index: Index, article_folder: Path) -> None:
    changes = reindex(article_folder, index)
    assert ids(changes) == ((), (), (), 0)
    assert (changes.articles, changes.chunks, index.exists) == (0, 0, False)
    assert str(changes).startswith("no articles found in")


def test_the_last_article_can_go(filled: Index, folder: Path, make_articles: MakeArticles) -> None:
    for name in TEXTS:
        (folder / name).unlink()
    changes = reindex(folder, filled)
    assert (changes.removed, changes.articles, changes.chunks) == (tuple(sorted(TEXTS)), 0, 0)
    assert (state(filled), filled.current().by_words("Cortana", 5)) == ({}, [])
    assert reindex(make_articles(TEXTS), filled).added == tuple(sorted(TEXTS))
    assert state(filled) == TEXTS


def test_what_is_written_while_another_writes(filled: Index, folder: Path) -> None:
    with filled.write(), pytest.raises(IndexUnusableError, match="another process is writing"):
        reindex(folder, filled)


def test_a_rebuild_starts_from_nothing(filled: Index, folder: Path, bag_of_words: BagOfWords) -> None:
    (folder / "b.md").unlink()
    bag_of_words.embedded.clear()
    changes = reindex(folder, filled, rebuild=True)
    assert ids(changes) == (("a.md", "sub/c.md"), (), (), 0)
    assert len(bag_of_words.embedded) == 2
    assert sorted(state(filled)) == ["a.md", "sub/c.md"]


def test_a_rebuild_keeps_what_it_cannot_read_any_more(filled: Index, folder: Path) -> None:
    before = filled.article("b.md")
    (folder / "b.md").write_bytes(b"")
    for _ in range(2):
        changes = reindex(folder, filled, rebuild=True)
        assert [Path(failure.source).name for failure in changes.failed] == ["b.md"]
        assert (len(changes.added), changes.unchanged, changes.articles) == (2, 1, 3)
        assert filled.article("b.md") == before
    assert ids(reindex(folder, filled)) == ((), (), (), 2)  # it is only reported
    assert filled.article("b.md") == before


def test_progress_is_told_to_the_end(index: Index, make_articles: MakeArticles) -> None:
    told: list[tuple[int, int, int]] = []
    folder = make_articles({f"{number:03}.md": "Text." for number in range(130)})
    (folder / "bad.md").touch()
    changes = reindex(folder, index, progress=lambda *numbers: told.append(numbers))
    assert sorted({done for done, _, _ in told}) == list(range(1, 132))
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)
    assert {total for _, total, _ in told} == {131}
    assert [chunks for _, _, chunks in told] == sorted(chunks for _, _, chunks in told)
    assert told[-1][2] == changes.chunks == 130
    assert 0 < told[100][2] < 130  # in batches: memory stays flat


# The values

ONE = Article("a.md", "Title", "Text.", origin="/one")


@pytest.mark.parametrize(
    ("article", "expected"),
    [
        (Article("b.md", "Title", "Text.", origin="/one"), "added"),
        (Article("a.md", "Title", "Another.", origin="/one"), "changed"),
        (Article("a.md", "Title", "Text.", origin="/two"), "changed"),
        (Article("a.md", "Title", "Text.", origin="/one"), "unchanged"),
    ],
    ids=["new", "another text", "from elsewhere", "the same"],
)
def test_compare(article: Article, expected: str) -> None:
    assert compare(article, {"a.md": ONE}) == expected


def test_missing_are_those_of_the_folders_that_were_read(tmp_path: Path) -> None:
    (tmp_path / "x.md").touch()
    here, file = Files.at(tmp_path), Files.at(tmp_path / "x.md")
    indexed = {name: Article(name, "T", "T.", origin=here.origin) for name in ("b.md", "a.md", "x.md")}
    indexed["far.md"] = Article("far.md", "T", "T.", origin="/elsewhere")
    assert missing(indexed, {"x.md"}, [here]) == ["a.md", "b.md"]
    assert missing(indexed, {"x.md"}, [file]) == []
    assert missing(indexed, {"x.md"}, [file, here]) == ["a.md", "b.md"]
    assert missing(indexed, set(), []) == []


def test_a_rebuild_that_would_lose_another_folder_is_refused(tmp_path: Path, make_articles: MakeArticles) -> None:
    index = Index.open(tmp_path / "index", create=True, embedder=BagOfWords())
    one = make_articles({"one.md": "The first."}, folder=tmp_path / "first")
    two = make_articles({"two.md": "The second."}, folder=tmp_path / "second")
    reindex([one, two], index)
    with pytest.raises(SourceError, match="second"):
        reindex(one, index, rebuild=True)
    assert [article.id for article in index.articles()] == ["one.md", "two.md"]
    assert reindex([one, two], index, rebuild=True).articles == 2
