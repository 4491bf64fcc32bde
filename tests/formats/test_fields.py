"""Fields are known by many names."""

from datetime import date
from pathlib import Path

import pytest

from ingest.article import Article
from ingest.formats.fields import known
from ingest.read import Item, read


@pytest.mark.parametrize(
    ("told", "field", "value"),
    [
        ({"Headline": "A"}, "title", "A"),
        ({"name": "B", "title": "A"}, "title", "A"),
        ({"title": " ", "headline": "A"}, "title", "A"),
        ({"headline": {"main": "A", "kicker": "B"}}, "title", "A"),
        ({"source": {"id": "desk", "name": "The Desk"}}, "source", "The Desk"),
        ({"site_name": "The Desk"}, "source", "The Desk"),
        ({"authors": ["A. Writer", {"name": "B. Writer"}, ["C"], None]}, "author", ["A. Writer", "B. Writer"]),
        ({"byline": "A. Writer"}, "author", "A. Writer"),
        ({"link": "https://example.org/a"}, "url", "https://example.org/a"),
        ({"url": "/a", "link": "https://example.org/a"}, "url", "https://example.org/a"),
        ({"url": "/a"}, "url", "/a"),
        ({"publishedAt": "2018-02-23T10:00:00Z"}, "published", "2018-02-23T10:00:00Z"),
        ({"PUBLICATION_DATE": "2018-02-23"}, "published", "2018-02-23"),
        ({"pub-date": "2018-02-23"}, "published", "2018-02-23"),
        ({"published": True, "date": date(2018, 2, 23)}, "published", date(2018, 2, 23)),
        ({"published": "soon", "created_at": "2018-02-23"}, "published", "2018-02-23"),
        ({"published": "soon"}, "published", "soon"),
        ({"date": {"$date": "2018-02-23T00:00:00Z"}}, "published", "2018-02-23T00:00:00Z"),
        ({"_id": {"$oid": "5a8f"}}, "id", "5a8f"),
        ({"ID": 0}, "id", 0),
        ({"articleBody": "A", "text": "B"}, "text", "A"),
        ({"content": ["A", "B"]}, "text", ["A", "B"]),
        ({"description": "A"}, "summary", "A"),
        ({"summary": None, "colour": "A", 5: "B", "title": {"a": {"name": "B"}}, "author": []}, "title", None),
    ],
    ids=str,
)
def test_a_field_by_any_of_its_names(told: dict[str, object], field: str, value: object) -> None:
    assert known(told).get(field) == value


def test_front_matter_has_them_too(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "---\nheadline: A title\noutlet: The Desk\nbyline: A. Writer\nlink: https://example.org/a\n"
        "pubDate: Fri, 23 Feb 2018 10:00:00 +0000\ntext: Not this.\n---\n\nThe text."
    )
    (found,) = read(Item("a.md", path, ""))
    assert found == Article(
        id="a.md",
        title="A title",
        text="The text.",
        source="The Desk",
        author="A. Writer",
        url="https://example.org/a",
        published=date(2018, 2, 23),
    )
