"""What makes an article the same, and dates that sort."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.article import EVERYTHING, Article, Filter, day_number
from ingest.chunk import split
from ingest.records import Listed, from_listing, to_chunk, to_listing, to_metadata
from tests.test_chunk import ARTICLES, bag

ARTICLE = Article("a.md", "Title", "Text.", "Desk", "A. Writer", "https://example.org/a", date(2018, 2, 23), "/news")


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Another"},
        {"text": "Text"},
        {"source": ""},
        {"author": None},
        {"url": None},
        {"published": None},
        {"published": date(2018, 2, 24)},
        {"title": "TitleText.", "text": ""},
        {"title": "", "text": "TitleText."},
    ],
    ids=str,
)
def test_another_content_has_another_hash(other: dict[str, str | None]) -> None:
    assert replace(ARTICLE, content_hash="", **other).content_hash != ARTICLE.content_hash  # type: ignore[arg-type]


@pytest.mark.parametrize("other", [{"id": "b.md"}, {"origin": "/archive"}], ids=str)
def test_where_it_comes_from_is_not_its_content(other: dict[str, str]) -> None:
    assert replace(ARTICLE, content_hash="", **other).content_hash == ARTICLE.content_hash  # type: ignore[arg-type]


@given(st.dates(), st.dates())
def test_day_numbers_sort_as_days_do(one: date, other: date) -> None:
    assert (day_number(one) < day_number(other)) == (one < other)
    assert day_number(one) > day_number(None) == 0


@pytest.mark.parametrize(
    ("only", "narrows"),
    [
        (EVERYTHING, False),
        (Filter(since=date(2018, 1, 1)), True),
        (Filter(until=date(2018, 1, 1)), True),
        (Filter(sources=("Desk",)), True),
    ],
    ids=["everything", "since", "until", "sources"],
)
def test_a_filter_is_true_when_it_narrows(only: Filter, narrows: bool) -> None:
    assert bool(only) is narrows


@given(ARTICLES)
def test_metadata_gives_back_what_it_was_made_of(article: Article) -> None:
    chunks = split(article, bag.token_counts, size=32)
    for chunk in chunks:
        metadata = to_metadata(chunk, article, len(chunks))
        assert to_chunk(metadata, chunk.text) == chunk


@given(st.lists(ARTICLES, unique_by=lambda article: article.id))
def test_a_listing_gives_back_what_it_was_made_of(articles: list[Article]) -> None:
    listing = {article.id: Listed(replace(article, text=""), 7) for article in articles}
    assert from_listing(to_listing(listing.values())) == listing
