"""What is behind a web address: a page, a feed, a sitemap; and what is kept of it."""

import gzip
import json
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ingest.web
from ingest.addresses import AddressError
from ingest.fetch import Fetcher
from ingest.kept import Kept
from ingest.read import Item, Unreadable
from ingest.web import WebSource
from tests.conftest import Start
from tests.hostile_addresses import HOSTILE, PUBLIC
from tests.servers import Raw, Reply, Request, Server, World

SITE = "http://news.example"
PAGE = b"<!DOCTYPE html><html><head><title>Harbour</title></head><body><p>The harbour is open.</p></body></html>"
HOUR = 3_600.0


class Archive(World):
    """A world, and the folder in which what comes out of it is kept."""

    def __init__(self, server: Server, folder: Path) -> None:
        super().__init__(server)
        self.folder = folder

    @property
    def kept(self) -> Kept:
        return Kept(self.folder, now=self.clock)

    def found(self, address: str) -> list[Item | Unreadable]:
        """All that a source gives in one run."""
        with self.fetcher() as fetcher:
            return list(WebSource(address, self.kept, fetcher).items())

    def items(self, address: str) -> list[Item]:
        """The same, when all of it can be had."""
        found = self.found(address)
        assert [item for item in found if isinstance(item, Unreadable)] == []
        return [item for item in found if isinstance(item, Item)]

    def asked(self) -> list[str]:
        """The paths that were asked for since the last time."""
        paths = self.server.paths
        self.server.requests.clear()
        return paths


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Server() as server:
        yield Archive(server, tmp_path / "fetched")


def feed(*links: str, content: str = "", updated: str = "") -> Reply:
    more = f"<updated>{updated}</updated>" if updated else ""
    more += f"<content type='html'>{content}</content>" if content else ""
    entries = "".join(
        f"<entry><title>About {n}</title><link href='{link}'/><author><name>A desk</name></author>"
        f"<published>2018-02-{n % 28 + 1:02}</published>{more}</entry>"
        for n, link in enumerate(links)
    )
    atom = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Tide</title>{entries}</feed>"
    return Reply(atom.encode(), headers={"Content-Type": "application/atom+xml"})


def sitemap(*addresses: str, modified: str = "") -> Reply:
    lastmod = f"<lastmod>{modified}</lastmod>" if modified else ""
    urls = "".join(f"<url><loc>{address}</loc>{lastmod}</url>" for address in addresses)
    return Reply(f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{urls}</urlset>".encode())


def sitemaps(*addresses: str) -> Reply:
    maps = "".join(f"<sitemap><loc>{address}</loc></sitemap>" for address in addresses)
    return Reply(f"<sitemapindex>{maps}</sitemapindex>".encode(), headers={"Content-Type": "text/xml"})


class Page:
    """A page that says whether it is still the same."""

    def __init__(self, body: bytes, etag: str) -> None:
        self.body = body
        self.etag = etag

    def __call__(self, request: Request) -> Reply:
        if request.headers.get("if-none-match") == self.etag:
            return Reply(status=304)
        return Reply(self.body, headers={"ETag": self.etag})


# What is behind an address


def test_a_page_is_one_article(archive: Archive) -> None:
    archive.pages["/2018/harbour?id=7"] = Reply(PAGE)
    (item,) = archive.items("HTTP://News.example:80/2018/harbour?utm_source=x&id=7#top")
    address = f"{SITE}/2018/harbour?id=7"
    assert item.path.read_bytes() == PAGE
    assert item == Item(address, item.path, address, {"url": address})
    assert item.path.parent == archive.folder


def test_a_feed_is_what_it_lists_in_its_order(archive: Archive) -> None:
    archive.pages["/feed"] = feed("/b", f"{SITE}/a#comments", "/b?fbclid=1", "c")
    archive.pages.update({"/a": Reply(PAGE), "/b": Reply(PAGE + b"b"), "/c": Reply(PAGE + b"c")})
    items = archive.items(f"{SITE}/feed")
    assert [item.id for item in items] == [f"{SITE}/b", f"{SITE}/a", f"{SITE}/c"]
    assert [item.path.read_bytes()[len(PAGE) :] for item in items] == [b"b", b"", b"c"]
    assert {item.origin for item in items} == {f"{SITE}/feed"}
    assert items[1].fields == {
        "url": f"{SITE}/a",
        "title": "About 1",
        "author": "A desk",
        "source": "Tide",
        "published": "2018-02-02",
    }


def test_a_sitemap_is_what_it_lists(archive: Archive) -> None:
    archive.pages["/sitemap.xml"] = sitemap(f"{SITE}/a", f"{SITE}/b")
    archive.pages["/list.txt"] = Reply(f"{SITE}/b\n{SITE}/a\n".encode(), headers={"Content-Type": "text/plain"})
    archive.pages.update({"/a": Reply(PAGE), "/b": Reply(PAGE)})
    assert [item.id for item in archive.items(f"{SITE}/sitemap.xml")] == [f"{SITE}/a", f"{SITE}/b"]
    assert [item.id for item in archive.items(f"{SITE}/list.txt")] == [f"{SITE}/b", f"{SITE}/a"]


def test_sitemaps_of_sitemaps_are_followed_and_end(archive: Archive) -> None:
    archive.pages["/index.xml"] = sitemaps(
        f"{SITE}/index.xml", f"{SITE}/one.xml", f"{SITE}/two.xml.gz", f"{SITE}/more.xml"
    )
    archive.pages["/one.xml"] = sitemap(f"{SITE}/a", f"{SITE}/b")
    two = sitemap(f"{SITE}/b", f"{SITE}/c")
    assert isinstance(two.body, bytes)
    archive.pages["/two.xml.gz"] = Reply(gzip.compress(two.body), headers={"Content-Type": "application/gzip"})
    archive.pages["/more.xml"] = sitemaps(f"{SITE}/index.xml", f"{SITE}/more.xml#again", f"{SITE}/feed")
    archive.pages["/feed"] = feed("/d")
    archive.pages.update({f"/{name}": Reply(PAGE) for name in "abcd"})
    assert [item.id for item in archive.items(f"{SITE}/index.xml")] == [f"{SITE}/{name}" for name in "abcd"]
    assert sorted(archive.asked()) == [
        "/a",
        "/b",
        "/c",
        "/d",
        "/feed",
        "/index.xml",
        "/more.xml",
        "/one.xml",
        "/two.xml.gz",
    ]


def test_sitemaps_without_end_are_left(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(dict[str, object]):
        def get(self, path: str, default: object = None) -> object:
            number = int(path.strip("/") or 0) if path != "/robots.txt" else 0
            return sitemaps(f"{SITE}/{number + 1}", f"{SITE}/{number + 2}") if path != "/robots.txt" else default

    monkeypatch.setattr(ingest.web, "_MOST_SITEMAPS", 5)
    archive.server.pages = Endless()  # type: ignore[assignment]
    found = archive.found(f"{SITE}/0")
    assert "lists more than 5 sitemaps: the rest is left out" in str(found[0])
    assert len(archive.asked()) == 6


def test_a_list_without_end_is_left(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.web, "_MOST_ARTICLES", 2)
    archive.pages["/sitemap.xml"] = sitemap(*(f"{SITE}/{name}" for name in "abcd"))
    archive.pages.update({f"/{name}": Reply(PAGE) for name in "abcd"})
    *items, last = archive.found(f"{SITE}/sitemap.xml")
    assert [item.id for item in items if isinstance(item, Item)] == [f"{SITE}/a", f"{SITE}/b"]
    assert last == Unreadable(f"{SITE}/sitemap.xml", "it lists more than 2 articles: the rest is left out")


@pytest.mark.parametrize(
    ("body", "content_type", "path", "suffix"),
    [
        (PAGE, "text/html", "/a", ".html"),
        (PAGE, "text/plain", "/a.pdf", ".html"),
        (PAGE, "application/octet-stream", "/a", ".html"),
        (b"<p>A piece of a page</p>", "text/html; charset=utf-8", "/a", ".html"),
        (PAGE, "application/xhtml+xml", "/a", ".html"),
        (b"%PDF-1.7 \x00", "text/html", "/a", ".pdf"),
        (b"%PDF-1.7 \x00", "application/pdf", "/a.html", ".pdf"),
        (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "/a", ".docx"),
        (b"A text.", "text/plain", "/a", ".txt"),
        (b"A text.", "text/plain", "/a.md", ".md"),
        (b"# A text", "text/markdown", "/a.txt", ".md"),
        (b"A text.", "application/octet-stream", "/a.TXT", ".txt"),
        (b"\xef\xbb\xbf\n<!-- saved --> <HTML lang=en>", "text/plain", "/a", ".html"),
        (b"Subject: A letter\n\n<html></html>", "message/rfc822", "/a", ".eml"),
        (b"{}\n", "application/x-ndjson", "/a", ".jsonl"),
        (b"PK\x03\x04", "application/zip", "/a", ".zip"),
        (b"PK\x03\x04", "application/zip", "/a.docx", ".docx"),
    ],
)
def test_the_kind_is_told_by_what_comes(
    archive: Archive, body: bytes, content_type: str, path: str, suffix: str
) -> None:
    archive.pages[path] = Reply(body, headers={"Content-Type": content_type})
    (item,) = archive.items(SITE + path)
    assert item.path.suffix == suffix
    assert item.path.read_bytes() == body


@pytest.mark.parametrize(
    "content_type",
    ["image/png", "application/gzip", "application/javascript", "application/octet-stream"],
)
def test_what_no_article_can_be_read_of(archive: Archive, content_type: str) -> None:
    archive.pages["/a.exe"] = Reply(b"\x89PNG\x00", headers={"Content-Type": content_type})
    ((failure),) = archive.found(f"{SITE}/a.exe")
    assert isinstance(failure, Unreadable)
    assert "of which no article can be read" in failure.reason
    assert not list(archive.folder.glob("*"))


@pytest.mark.parametrize(
    ("body", "header", "kept"),
    [
        ("Müller".encode("latin-1"), "text/html; charset=iso-8859-1", "\ufeffMüller".encode()),
        ("Мир".encode("cp1251"), "text/plain; charset=windows-1251", "\ufeffМир".encode()),
        ("Müller".encode(), "text/html; charset=iso-8859-1", "Müller".encode()),
        ("Müller".encode("latin-1"), "text/html", "Müller".encode("latin-1")),
        ("Müller".encode("latin-1"), "text/html; charset=utf-8", "Müller".encode("latin-1")),
        ("Müller".encode("latin-1"), "text/html; charset=nonsense", "Müller".encode("latin-1")),
        ("Müller".encode("latin-1"), "text/html; charset=rot13", "Müller".encode("latin-1")),
        (b"%PDF-\xff", "application/pdf; charset=iso-8859-1", b"%PDF-\xff"),
    ],
)
def test_an_encoding_that_only_the_server_tells_is_kept(
    archive: Archive, body: bytes, header: str, kept: bytes
) -> None:
    archive.pages["/a"] = Reply(body, headers={"Content-Type": header})
    (item,) = archive.items(f"{SITE}/a")
    assert item.path.read_bytes() == kept


def test_where_a_page_was_moved_to_is_its_address_for_readers(archive: Archive) -> None:
    archive.pages["/short"] = Reply(status=301, headers={"Location": "/2018/harbour?utm_source=short#x"})
    archive.pages["/2018/harbour?utm_source=short"] = Reply(PAGE)
    (item,) = archive.items(f"{SITE}/short")
    assert (item.id, item.fields["url"]) == (f"{SITE}/short", f"{SITE}/2018/harbour")


# What cannot be had


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=404), "the server answered 404 Not Found"),
        (Reply(status=410), "the server answered 410 Gone"),
        (Reply(status=500), "the server answered 500 Internal Server Error"),
        (Raw(lambda: iter([])), "no answer from news.example"),
        (Reply(status=302, headers={"Location": "http://127.0.0.1/"}), "127.0.0.1 is not public"),
        (Reply(b"<!DOCTYPE x [<!ENTITY a 'b'>]><rss><channel/></rss>"), "defines XML entities"),
        (Reply(b"<rss version='2.0'><channel/></rss>"), "lists no article"),
        (Reply(b"<urlset><url/></urlset>"), "lists no article"),
    ],
)
def test_a_source_that_cannot_be_had_says_why(archive: Archive, reply: Reply | Raw, reason: str) -> None:
    archive.pages["/a"] = reply
    (failure,) = archive.found(f"{SITE}/a")
    assert isinstance(failure, Unreadable)
    assert failure.key == f"{SITE}/a"
    assert reason in failure.reason


@pytest.mark.parametrize(
    "address", ["", "file:///etc/passwd", "news.example/feed", "http://user@news.example/", "http://"]
)
def test_what_is_no_web_address_is_no_source(archive: Archive, address: str) -> None:
    with archive.fetcher() as fetcher, pytest.raises(AddressError):
        WebSource(address, archive.kept, fetcher)


def test_what_a_list_has_that_cannot_be_had_is_said_and_the_rest_goes_on(archive: Archive) -> None:
    archive.pages["/index.xml"] = sitemaps(
        f"{SITE}/gone.xml", f"{SITE}/page", "file:///etc/passwd", f"{SITE}/map.xml"
    )
    archive.pages["/map.xml"] = sitemap(f"{SITE}/gone", "javascript:alert(1)", f"{SITE}/picture", f"{SITE}/a")
    archive.pages.update({"/a": Reply(PAGE), "/page": Reply(PAGE)})
    archive.pages["/picture"] = Reply(b"\x89PNG", headers={"Content-Type": "image/png"})
    *failures, item = archive.found(f"{SITE}/index.xml")
    assert [(failure.key, failure.reason[:20]) for failure in failures if isinstance(failure, Unreadable)] == [
        (f"{SITE}/gone.xml", "the server answered "),
        (f"{SITE}/page", "it is listed as a si"),
        ("file:///etc/passwd", "it is no web address"),
        (f"{SITE}/gone", "the server answered "),
        ("javascript:alert(1)", "it is no web address"),
        (f"{SITE}/picture", "it is image/png, of "),
    ]
    assert isinstance(item, Item)
    assert item.id == f"{SITE}/a"


@pytest.mark.parametrize("listing", [feed, sitemap, sitemaps], ids=["feed", "sitemap", "sitemaps"])
def test_no_list_leads_to_who_is_not_public(archive: Archive, listing: Callable[..., Reply]) -> None:
    # A link that only makes sense where it stands is the feed's own matter: those are tested as redirects.
    hostile = [address.replace("&", "&amp;").replace("'", "&apos;") for address in HOSTILE if "://" in address]
    archive.pages["/list"] = listing(*hostile)
    found = archive.found(f"{SITE}/list")
    assert len(found) > 100
    assert not [item for item in found if isinstance(item, Item)]
    assert {host for host, _ in archive.internet.called} == {PUBLIC}
    assert archive.asked() == ["/list"]
    assert not list(archive.folder.glob("*"))


def test_what_a_feed_says_itself_stands_in_for_a_page(archive: Archive) -> None:
    archive.pages["/feed"] = feed("/gone", content="&lt;p&gt;Open &amp;amp; busy.&lt;/p&gt;", updated="2018-02-03")
    (item,) = archive.items(f"{SITE}/feed")
    assert (item.id, item.path.suffix, item.fields["url"]) == (f"{SITE}/gone", ".html", f"{SITE}/gone")
    assert b"<h1>About 0</h1>\n<p>Open &amp; busy.</p>" in item.path.read_bytes()
    archive.clock.now += HOUR
    assert archive.items(f"{SITE}/feed") == [item]  # again, as long as there is no page
    archive.clock.now += HOUR
    archive.pages["/gone"] = Reply(PAGE)
    assert archive.items(f"{SITE}/feed")[0].path.read_bytes() == PAGE
    archive.clock.now += HOUR
    archive.pages["/gone"] = Reply(status=503)
    archive.pages["/feed"] = feed("/gone", content="&lt;p&gt;Open.&lt;/p&gt;", updated="2018-02-04")
    (failure,) = archive.found(f"{SITE}/feed")  # what is known of the page is better than what the feed says
    assert isinstance(failure, Unreadable)
    assert item.path.read_bytes() == PAGE


# Again


def test_what_was_fetched_just_now_is_not_asked_for_again(archive: Archive) -> None:
    archive.pages["/feed"] = feed("/a", "/b")
    archive.pages.update({"/a": Reply(PAGE), "/b": Reply(PAGE)})
    first = archive.items(f"{SITE}/feed")
    archive.asked()
    assert archive.items(f"{SITE}/feed") == first
    assert archive.items(f"{SITE}/a") == first[:1]
    assert archive.asked() == ["/feed"]
    archive.clock.now += HOUR
    assert archive.items(f"{SITE}/feed") == first
    assert archive.asked() == ["/feed", "/a", "/b"]


def test_a_page_that_is_still_the_same_keeps_its_file(archive: Archive) -> None:
    archive.pages["/a"] = Page(PAGE, '"1"')
    (item,) = archive.items(f"{SITE}/a")
    before = item.path.stat()
    archive.clock.now += HOUR
    assert archive.items(f"{SITE}/a") == [item]
    archive.pages["/a"] = Reply(PAGE)  # sent again, and the same
    archive.clock.now += HOUR
    assert archive.items(f"{SITE}/a") == [item]
    assert (item.path.stat().st_ino, item.path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    archive.pages["/a"] = Page(PAGE + b"!", '"2"')
    archive.clock.now += HOUR
    assert archive.items(f"{SITE}/a")[0].path.read_bytes() == PAGE + b"!"
    assert archive.asked() == ["/a"] * 4


@pytest.mark.parametrize("listing", [sitemap, feed])
def test_what_its_list_says_is_unchanged_is_not_asked_for(archive: Archive, listing: Callable[..., Reply]) -> None:
    def listed(modified: str) -> Reply:
        return sitemap(f"{SITE}/a", modified=modified) if listing is sitemap else feed("/a", updated=modified)

    archive.pages["/a"] = Reply(PAGE)
    archive.pages["/list"] = listed("2018-02-01T00:00:00Z")
    items = archive.items(f"{SITE}/list")
    archive.asked()
    archive.clock.now += 100 * HOUR
    assert archive.items(f"{SITE}/list") == items
    assert archive.asked() == ["/list"]
    archive.pages["/list"] = listed("2018-02-02T00:00:00Z")
    archive.items(f"{SITE}/list")
    assert archive.asked() == ["/list", "/a"]


def test_a_page_that_became_another_kind_leaves_one_file(archive: Archive) -> None:
    archive.pages["/a"] = Reply(PAGE)
    archive.items(f"{SITE}/a")
    archive.pages["/a"] = Reply(b"%PDF-1.7")
    archive.clock.now += HOUR
    (item,) = archive.items(f"{SITE}/a")
    assert sorted(path.suffix for path in archive.folder.iterdir()) == [".json", ".pdf"]
    assert item.path.suffix == ".pdf"


def test_what_is_gone_is_said_and_its_file_stays(archive: Archive) -> None:
    archive.pages["/a"] = Reply(PAGE)
    (item,) = archive.items(f"{SITE}/a")
    del archive.pages["/a"]
    archive.clock.now += HOUR
    assert archive.found(f"{SITE}/a") == [Unreadable(f"{SITE}/a", "the server answered 404 Not Found")]
    assert list(archive.kept.items(f"{SITE}/a")) == [item]


def test_a_run_that_was_cut_short_goes_on_where_it_was(archive: Archive) -> None:
    archive.pages["/feed"] = feed(*"abcde")
    archive.pages.update({f"/{name}": Reply(PAGE) for name in "abcde"})
    with archive.fetcher() as fetcher:
        run = WebSource(f"{SITE}/feed", archive.kept, fetcher).items()
        first = [next(run), next(run)]
    archive.asked()
    items = archive.items(f"{SITE}/feed")
    assert items[:2] == first
    assert archive.asked() == ["/feed", "/c", "/d", "/e"]


def fetch(line: "Connection[Any, Any]", address: str, folder: Path) -> None:
    """A run, as a process that says what it has and waits to be told to go on."""
    with Fetcher(allow_private=["127.0.0.1"], pause=0.0) as fetcher:
        for item in WebSource(address, Kept(folder), fetcher).items():
            line.recv()
            line.send(item)


def test_a_process_that_was_killed_leaves_whole_pages(start: Start, tmp_path: Path) -> None:
    with Server() as server:
        server.pages["/feed"] = feed(*"abcde")
        server.pages.update({f"/{name}": Reply(PAGE) for name in "abcde"})
        address = f"http://127.0.0.1:{server.port}/feed"
        child = start(fetch, address, tmp_path)
        first = [child.ask(), child.ask()]
        child.kill()
        assert list(Kept(tmp_path).items(address)) != []
        before = len(server.paths)
        with Fetcher(allow_private=["127.0.0.1"], pause=0.0) as fetcher:
            items = list(WebSource(address, Kept(tmp_path), fetcher).items())
        assert items[:2] == first
        assert [item.id[-1] for item in items if isinstance(item, Item)] == list("abcde")
        assert not {"/a", "/b"} & set(server.paths[before:])


def test_a_page_belongs_to_the_source_it_was_first_found_in(archive: Archive) -> None:
    archive.pages.update({"/one": feed("/a"), "/two": feed("/a", "/b"), "/a": Reply(PAGE), "/b": Reply(PAGE)})
    archive.items(f"{SITE}/one")
    for _ in range(2):
        assert [item.origin for item in archive.items(f"{SITE}/two")] == [f"{SITE}/one", f"{SITE}/two"]
        assert archive.items(f"{SITE}/a")[0].fields["title"] == "About 0"  # what the feed said of it is not forgotten
        archive.clock.now += HOUR


# What is kept


def test_all_that_is_kept_is_there_without_a_network(archive: Archive) -> None:
    archive.pages.update({"/one": feed("/a", "/b"), "/two": feed("/c")})
    archive.pages.update({f"/{name}": Reply(PAGE) for name in "abcd"})
    items = [*archive.items(f"{SITE}/one"), *archive.items(f"{SITE}/two"), *archive.items(f"{SITE}/d")]
    kept = Kept(archive.folder)
    assert kept.origins() == [f"{SITE}/d", f"{SITE}/one", f"{SITE}/two"]
    stored = [item for origin in kept.origins() for item in kept.items(origin)]
    assert sorted(stored, key=lambda item: item.id) == sorted(items, key=lambda item: item.id)
    assert list(kept.items(f"{SITE}/three")) == []
    assert Kept(archive.folder / "nowhere").origins() == []


def change(path: Path, **fields: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_text(""),
    "cut": lambda path: path.write_text(path.read_text()[:-20]),
    "noise": lambda path: path.write_bytes(b"\xff\x00"),
    "a list": lambda path: path.write_text("[]"),
    "another address": lambda path: change(path, address="http://other.example/"),
    "no fields": lambda path: change(path, fields=None),
    "fields of other kinds": lambda path: change(path, fields={"title": ["a"]}),
    "a time of other kind": lambda path: change(path, fetched="yesterday"),
    "the suffix a path": lambda path: change(path, suffix="/../../../../etc/passwd"),
    "the suffix its own": lambda path: change(path, suffix=".json/../x.html"),
    "another size": lambda path: path.with_suffix(".html").write_bytes(PAGE[:-1]),
    "no file": lambda path: path.with_suffix(".html").unlink(),
    "gone": lambda path: path.unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_what_is_damaged_is_fetched_again(archive: Archive, damage: Callable[[Path], object]) -> None:
    archive.pages["/a"] = Page(PAGE, '"1"')
    (item,) = archive.items(f"{SITE}/a")
    (meta,) = archive.folder.glob("*.json")
    damage(meta)
    assert archive.kept.page(f"{SITE}/a") is None
    assert archive.kept.origins() == []
    assert archive.items(f"{SITE}/a") == [item]
    assert item.path.read_bytes() == PAGE


def test_what_is_known_of_a_page_leads_to_no_other_file(archive: Archive) -> None:
    archive.pages["/a"] = Reply(PAGE)
    archive.pages["/b"] = Reply(PAGE)
    (item,) = archive.items(f"{SITE}/a")
    (meta,) = archive.folder.glob("*.json")
    (archive.folder / f"{item.path.stem}.d").mkdir()
    (archive.folder.parent / "secret.txt").write_bytes(PAGE)
    change(meta, suffix=".d/../../secret.txt")
    assert archive.kept.page(f"{SITE}/a") is None
    archive.items(f"{SITE}/a")
    meta.with_name(f"{'0' * 64}.json").write_bytes(meta.read_bytes())
    assert [item.id for item in archive.kept.items(f"{SITE}/a")] == [f"{SITE}/a"]


def test_what_was_left_half_written_is_not_there(archive: Archive) -> None:
    archive.pages["/a"] = Reply(PAGE)
    (item,) = archive.items(f"{SITE}/a")
    for path in list(archive.folder.iterdir()):
        path.rename(path.with_name(f"{path.name}.partial"))
    assert archive.kept.origins() == []
    assert archive.items(f"{SITE}/a") == [item]
    assert len(list(archive.folder.iterdir())) == 2


def test_a_page_from_the_future_is_asked_for_again(archive: Archive) -> None:
    archive.pages["/a"] = Reply(PAGE)
    archive.items(f"{SITE}/a")
    archive.clock.now -= 1
    archive.items(f"{SITE}/a")
    assert archive.asked() == ["/a", "/a"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8", exclude_characters="<&'#?"), max_size=20))
def test_no_name_of_a_file_comes_from_outside(archive: Archive, link: str) -> None:
    archive.server.pages["/feed"] = feed(link, "../../" + link, content="Text.")
    for item in archive.found(f"{SITE}/feed"):
        if isinstance(item, Item):
            assert item.path.parent == archive.folder
            assert item.path.stem.isalnum()
            assert len(item.path.stem) == 64
