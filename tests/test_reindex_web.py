"""Articles from a web server into the index, and again without it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.addresses import AddressError
from ingest.index import Index
from ingest.reindex import reindex
from tests.conftest import BagOfWords
from tests.servers import Reply, Server

TEXT = "The harbour of the old town was opened again on Friday after the repairs of the northern pier. " * 4


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        for name in ("one", "two"):
            server.pages[f"/{name}"] = Reply(
                f"<!DOCTYPE html><html><head><title>Harbour {name}</title></head>"
                f"<body><article><h1>Harbour {name}</h1><p>Number {name}. {TEXT}</p></article></body></html>".encode()
            )
        entries = "".join(
            f"<item><title>Harbour {name}</title><link>http://127.0.0.1:{server.port}/{name}</link>"
            f"<pubDate>Fri, 23 Feb 2018 10:00:00 GMT</pubDate></item>"
            for name in ("one", "two", "gone")
        )
        feed = f"<rss version='2.0'><channel><title>The Pier</title>{entries}</channel></rss>"
        server.pages["/feed"] = Reply(feed.encode(), headers={"Content-Type": "application/rss+xml"})
        yield server


def test_a_feed_is_indexed_and_needs_no_network_to_be_indexed_anew(
    index: Index, server: Server, bag_of_words: BagOfWords
) -> None:
    host = f"127.0.0.1:{server.port}"
    feed = f"http://{host}/feed"
    changes = reindex(feed, index, allow_private=[host])
    added = (f"http://{host}/one", f"http://{host}/two")
    assert changes.added == added
    assert [(failure.source, failure.reason) for failure in changes.failed] == [
        (f"http://{host}/gone", changes.failed[0].reason)
    ]
    assert "404" in changes.failed[0].reason
    article = index.article(added[0])
    assert (article.title, article.url, str(article.published)) == ("Harbour one", added[0], "2018-02-23")
    assert article.text.startswith("Number one. The harbour")
    assert article.origin == feed

    bag_of_words.embedded.clear()
    again = reindex(feed, index, allow_private=[host])
    assert (again.added, again.changed, again.removed, again.unchanged) == ((), (), (), 2)
    assert bag_of_words.embedded == []

    asked = len(server.requests)
    rebuilt = reindex([], index, rebuild=True)
    assert sorted(rebuilt.added) == sorted(added)
    assert len(server.requests) == asked
    assert index.article(added[0]) == article


def test_an_article_of_two_feeds_stays_with_the_first(index: Index, server: Server) -> None:
    host = f"127.0.0.1:{server.port}"
    server.pages["/other"] = server.pages["/feed"]
    feeds = [f"http://{host}/feed", f"http://{host}/other"]
    changes = reindex(feeds, index, allow_private=[host])
    assert len(changes.added) == 2
    assert {article.origin for article in index.articles()} == {feeds[0]}
    again = reindex(feeds[1], index, allow_private=[host])
    assert (again.added, again.changed, again.unchanged) == ((), (), 2)


def test_without_leave_nobody_here_is_asked(index: Index, server: Server) -> None:
    changes = reindex(f"http://127.0.0.1:{server.port}/one", index)
    assert changes.added == ()
    assert "public" in changes.failed[0].reason
    assert server.requests == []


def test_what_is_no_address_is_refused(index: Index) -> None:
    with pytest.raises(AddressError):
        reindex("http://", index)


def test_a_dry_run_indexes_nothing(tmp_path: Path, index: Index, server: Server) -> None:
    host = f"127.0.0.1:{server.port}"
    changes = reindex(f"http://{host}/one", index, allow_private=[host], dry_run=True)
    assert (changes.added, changes.articles) == ((f"http://{host}/one",), 1)
    assert not index.exists
