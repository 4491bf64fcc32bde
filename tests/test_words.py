"""The word index: stems, order, filters, and what is taken out."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.article import EVERYTHING, Filter
from ingest.words import WordIndex

CHUNKS = {
    "speaker": ("A voice for the Mi AI speaker", "The Cortana integration was proposed.", "Desk", date(2018, 2, 23)),
    "court": (
        "A warrant for e-mails",
        "Judges heard Microsoft about letters kept abroad; Cortana was not named.",
        "Wire",
        date(2018, 2, 27),
    ),
    "bid": ("Qualcomm", "Broadcom offered 130 billion dollars for Qualcomm’s shares.", "Wire", date(2017, 11, 7)),
    "cafe": ("Café", "A naïve résumé, in Zürich.", "", None),
}


@pytest.fixture
def words(tmp_path: Path) -> WordIndex:
    words = WordIndex(tmp_path / "words", create=True)
    for name, (title, text, source, published) in CHUNKS.items():
        words.add(f"{name}#0", name, title, text, source=source, published=published)
    words.commit()
    return words


def found(words: WordIndex, text: str, only: Filter = EVERYTHING, limit: int = 10) -> list[str]:
    return [chunk_id.removesuffix("#0") for chunk_id, _ in words.search(text, limit, only)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("integrations proposing", ["speaker"]),
        ("CORTANA speakers", ["speaker", "court"]),
        ("cafe naive resume Zurich", ["cafe"]),
        ("Café", ["cafe"]),
        ("warrants e-mail", ["court"]),
        ("130", ["bid"]),
        ("Qualcomm's", ["bid"]),
        ("Qualcomm’s", ["bid"]),
        ("what was the", []),
        ("bananas", []),
        ("", []),
        ("?!", []),
        ('Cortana AND ) "unclosed title:* [', ["speaker", "court"]),
        ("x" * 5000, []),
    ],
)
def test_what_is_found(words: WordIndex, query: str, expected: list[str]) -> None:
    assert found(words, query) == expected


def test_scores_are_above_nought_and_best_first(words: WordIndex) -> None:
    scores = [score for _, score in words.search("Cortana Qualcomm integration", 10)]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_a_word_of_the_text_counts_more_than_one_of_the_title(tmp_path: Path) -> None:
    words = WordIndex(tmp_path / "words", create=True)
    words.add("title#0", "title", "Cortana", "Other words here.")
    words.add("text#0", "text", "Other", "Cortana words here.")
    words.commit()
    assert found(words, "Cortana") == ["text", "title"]


def test_the_same_word_twice_counts_once(words: WordIndex) -> None:
    assert words.search("Cortana Cortana's cortana", 10) == words.search("Cortana", 10)


@pytest.mark.parametrize("limit", [0, 1, 2, 1000])
def test_no_more_than_the_limit(words: WordIndex, limit: int) -> None:
    assert found(words, "Cortana", limit=limit) == ["speaker", "court"][:limit]


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (Filter(since=date(2018, 2, 23)), {"speaker", "court"}),
        (Filter(since=date(2018, 2, 24)), {"court"}),
        (Filter(until=date(2018, 2, 23)), {"speaker", "bid"}),
        (Filter(until=date(2017, 11, 6)), set()),
        (Filter(since=date(2018, 2, 23), until=date(2018, 2, 23)), {"speaker"}),
        (Filter(since=date(2018, 3, 1), until=date(2018, 1, 1)), set()),
        (Filter(since=date(1, 1, 1), until=date(9999, 12, 31)), {"speaker", "court", "bid"}),
        (Filter(sources=("Wire",)), {"court", "bid"}),
        (Filter(sources=("Wire", "Desk")), {"speaker", "court", "bid"}),
        (Filter(sources=("wire",)), set()),
        (Filter(sources=("",)), {"cafe"}),
        (Filter(since=date(2018, 1, 1), sources=("Wire",)), {"court"}),
        (EVERYTHING, {"speaker", "court", "bid", "cafe"}),
    ],
    ids=lambda value: " ".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_filters(words: WordIndex, only: Filter, expected: set[str]) -> None:
    assert set(found(words, "Cortana Qualcomm café", only)) == expected


def test_a_filter_leaves_the_scores_as_they_are(words: WordIndex) -> None:
    only = Filter(since=date(2018, 2, 23), until=date(2018, 2, 23), sources=("Desk", "Wire"))
    assert words.search("Cortana", 10, only) == words.search("Cortana", 10)[:1]


def test_what_is_taken_out_is_not_found_again(words: WordIndex, tmp_path: Path) -> None:
    words.remove("speaker")
    words.remove("never there")
    words.commit()
    assert found(words, "Cortana") == ["court"]
    assert words.count() == 3
    again = WordIndex(tmp_path / "words")
    assert (found(again, "Cortana"), again.count()) == (["court"], 3)


def test_an_article_is_taken_out_whole_and_alone(words: WordIndex) -> None:
    for position in range(1, 4):
        words.add(f"speaker#{position}", "speaker", "Title", "Cortana again.")
    words.add("speaker/court#0", "speaker/court", "Title", "Cortana once more.")
    words.commit()
    words.remove("speaker")
    words.commit()
    assert sorted(found(words, "Cortana")) == ["court", "speaker/court"]


def test_an_article_is_replaced_in_one_go(words: WordIndex) -> None:
    words.remove("speaker")
    words.add("speaker#0", "speaker", "Title", "Alexa instead.")
    assert found(words, "integration") == ["speaker"]
    words.commit()
    assert (found(words, "integration"), found(words, "Alexa"), words.count()) == ([], ["speaker"], 4)


def test_a_commit_without_a_change(words: WordIndex) -> None:
    words.commit()
    assert words.count() == 4


def test_what_is_not_committed_is_dropped(words: WordIndex, tmp_path: Path) -> None:
    words.remove("speaker")
    words.close()
    words.commit()
    assert found(WordIndex(tmp_path / "words"), "Cortana") == found(words, "Cortana") == ["speaker", "court"]


def test_rarity(words: WordIndex) -> None:
    rarity = words.rarity([*words.terms("Qualcomm microsoft"), "nowhere"])
    assert rarity["nowhere"] > rarity["qualcomm"] == rarity["microsoft"] > 0
    for position in range(20):
        words.add(f"more#{position}", "more", "Title", "Qualcomm.")
    words.commit()
    later = words.rarity(["qualcomm", "microsoft"])
    assert 0 < later["qualcomm"] < rarity["qualcomm"] < later["microsoft"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_any_query_is_only_words(words: WordIndex, query: str) -> None:
    assert set(found(words, query)) <= set(CHUNKS)
    assert "speaker" in found(words, f"{query} integration")


def test_a_missing_word_index_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"."):
        WordIndex(tmp_path / "words")
    assert not (tmp_path / "words").exists()
