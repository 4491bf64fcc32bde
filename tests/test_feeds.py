"""What feeds and sitemaps list, whole, damaged and hostile."""

import builtins
import gzip
import json
import socket
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.feeds import Entry, Sitemap, parse_feed, parse_sitemap
from ingest.text import UnreadableError

FEED = "https://news.example/feeds/all.xml"

RSS = """<?xml version="1.0"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Tide &amp;amp; Times</title><link>https://news.example/</link>
<item><title>Harbour &lt;b&gt;reopens&lt;/b&gt; at M&amp;amp;S</title><link>/2018/harbour?a=1&amp;b=2</link>
<pubDate>Fri, 23 Feb 2018 22:30:00 -0500</pubDate><dc:creator>A desk</dc:creator>
<description>&lt;p&gt;Short.&lt;/p&gt;</description>
<content:encoded><![CDATA[<p>The harbour is open <em>again</em> &amp; busy.</p>]]></content:encoded></item>
<item><title>Only an id</title><guid>https://news.example/guid</guid></item>
<item><title>No address</title><description>Nothing to ask for.</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://news.example/atom/">
<title>Tide</title>
<entry><title type="html">One &amp;lt; two</title><link rel="self" href="self"/><link href="one"/>
<published>2018-02-23T23:59:00-11:00</published><updated>2018-03-01T00:00:00Z</updated>
<author><name>A desk</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Text &amp; more.</p></div></content></entry>
<entry><title>Two</title><link rel="alternate" href="https://other.example/two"/><updated>2018-03-02T00:00:00Z</updated>
<summary>1 &lt; 2</summary><source><title>Another</title></source></entry>
</feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Tide</title></channel>
<item rdf:about="https://news.example/1"><title>One</title><link>https://news.example/1</link>
<dc:date>2018-02-23</dc:date><dc:creator>A desk</dc:creator></item></rdf:RDF>"""
OLD = """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>Tide</title><item><title>Caf&eacute; opens</title>
<link>https://news.example/1</link><description>At the quay.</description></item></channel></rss>"""
OLDEST = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>Tide</title></channel><item><title>One</title><link>https://news.example/1</link></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Tide",
        "items": [
            {
                "id": "1",
                "url": "/1",
                "title": "One",
                "content_html": "<p>Text.</p>",
                "date_published": "2018-02-23T23:00:00-11:00",
                "date_modified": "2018-03-01T00:00:00Z",
                "authors": [{"name": "A desk"}, {"name": "Another"}],
            },
            {
                "id": "2",
                "external_url": "https://other.example/2",
                "content_text": "1 < 2",
                "author": {"name": "Old"},
            },
            {"id": "3"},
            "nonsense",
        ],
    }
)
FEEDS = {"rss": RSS, "atom": ATOM, "rdf": RDF, "rss 0.91": OLD, "rss 0.90": OLDEST, "json": JSON}

NEWS = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><image:image><image:loc>https://news.example/1.jpg</image:loc><image:title>A ship</image:title></image:image>
<loc> https://news.example/1?a=1&amp;b=2 </loc><lastmod>2018-03-01</lastmod>
<news:news><news:publication><news:name>Tide</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2018-02-23T23:00:00-11:00</news:publication_date><news:title>Quay &amp; pier</news:title>
</news:news></url>
<url><loc>https://news.example/2</loc></url><url><lastmod>2018-03-01</lastmod></url></urlset>"""
MAPS = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>https://news.example/a.xml</loc>
<lastmod>2018-01-01</lastmod></sitemap><sitemap><loc>https://news.example/b.xml.gz</loc></sitemap></sitemapindex>"""


def parsed(feed: str | bytes) -> list[Entry]:
    entries = parse_feed(feed if isinstance(feed, bytes) else feed.encode(), FEED)
    assert entries is not None
    return entries


def test_rss() -> None:
    assert parsed(RSS) == [
        Entry(
            address="https://news.example/2018/harbour?a=1&b=2",
            title="Harbour reopens at M&S",
            author="A desk",
            source="Tide & Times",
            published="2018-02-23",
            content="<p>The harbour is open <em>again</em> &amp; busy.</p>",
        ),
        Entry("https://news.example/guid", title="Only an id", source="Tide & Times"),
    ]


def test_atom() -> None:
    assert parsed(ATOM) == [
        Entry(
            address="https://news.example/atom/one",
            title="One < two",
            author="A desk",
            source="Tide",
            published="2018-02-23",
            modified="2018-03-01T00:00:00Z",
            content="<p>Text &amp; more.</p>",
        ),
        Entry(
            address="https://other.example/two",
            title="Two",
            source="Another",
            published="2018-03-02",
            modified="2018-03-02T00:00:00Z",
            content="1 &lt; 2",
        ),
    ]


def test_json_feed() -> None:
    assert parsed(JSON) == [
        Entry(
            address="https://news.example/1",
            title="One",
            author="A desk, Another",
            source="Tide",
            published="2018-02-23",
            modified="2018-03-01T00:00:00Z",
            content="<p>Text.</p>",
        ),
        Entry("https://other.example/2", author="Old", source="Tide", content="1 &lt; 2"),
    ]


@pytest.mark.parametrize(
    ("feed", "title", "published"), [(RDF, "One", "2018-02-23"), (OLD, "Café opens", ""), (OLDEST, "One", "")]
)
def test_old_feeds(feed: str, title: str, published: str) -> None:
    (entry,) = parsed(feed)
    assert (entry.address, entry.title, entry.source) == ("https://news.example/1", title, "Tide")
    assert entry.published == published


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Fri, 23 Feb 2018 22:30:00 -0500", "2018-02-23"),
        ("Fri, 23 Feb 2018 00:30:00 +1200", "2018-02-23"),
        ("2018-02-23T00:30:00+12:00", "2018-02-23"),
        ("Fri, 23 Feb 18 22:30 GMT", ""),
        ("23 Feb 2018", "2018-02-23"),
        ("20180223", "2018-02-23"),
        ("Fri Feb 23 22:30:00 2018", "2018-02-23"),
        ("yesterday", ""),
        ("2018-99-99", ""),
        ("Fri, 99 Feb 2018 99:30:00 +9999999999999", ""),
        ("", ""),
    ],
)
def test_when_it_was_published(written: str, day: str) -> None:
    (entry,) = parsed(
        f"<rss version='2.0'><channel><item><link>https://a.example/</link><pubDate>{written}</pubDate></item></channel></rss>"
    )
    assert entry.published == day


@pytest.mark.parametrize(
    "data",
    [
        RSS.replace("<?xml version", "\n\n <?xml version"),
        "Notice: undefined variable in feed.php\n" + RSS,
        RSS.replace("&amp;b=2", "&b=2"),
        RSS.replace("</channel></rss>", ""),
        RSS.replace('xmlns:content="http://purl.org/rss/1.0/modules/content/"', ""),
        RSS.replace("open <em>", "open \x0b\ufffe<em>"),
        "\ufeff" + RSS,
        RSS.encode("utf-16"),
        RSS.replace("?>", ' encoding="utf-16"?>', 1).encode("utf-16"),
        RSS.replace("?>", ' encoding="utf-7"?>', 1),
        RSS.replace("?>", ' encoding="nonsense"?>', 1),
        RSS.replace("?>", ' encoding="windows-1251"?>', 1),
    ],
)
def test_feeds_that_are_not_quite_right(data: str | bytes) -> None:
    entries = parsed(data)
    assert [entry.address for entry in entries] == [
        "https://news.example/2018/harbour?a=1&b=2",
        "https://news.example/guid",
    ]
    assert entries[0].published == "2018-02-23"
    assert "The harbour is open" in entries[0].content


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-8", "ISO-8859-15", "macroman"])
def test_a_feed_is_read_in_the_encoding_that_it_says(encoding: str) -> None:
    feed = RSS.replace("?>", f' encoding="{encoding}"?>', 1).replace(
        "Harbour", "Müller’s" if "8859" not in encoding else "Müllers"
    )
    assert parsed(feed.encode(encoding))[0].title.startswith("Müller")


def test_an_encoding_that_is_not_said_is_guessed() -> None:
    assert parsed(RSS.replace("Harbour", "Müller").encode("latin-1"))[0].title.startswith("Müller")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" ",
        b"{}",
        b"{",
        b"[]",
        b"null",
        b'{"version": 1}',
        b'{"version": "2.0", "items": []}',
        b"{" * 100_000,
        b'{"a": ' * 100_000,
        b"<html><head></head><body>Read our <a href='/rss'>feed</a></body></html>",
        b"<html><body><pre>&lt;rss&gt;<rss></pre></body></html>",
        b"Just a text about <b>things</b>.",
        b"%PDF-1.7\n\x00\x01\x02",
        b"\x00" * 100,
        b"\xff\xfe",
        NEWS.encode(),
        MAPS.encode(),
        gzip.compress(RSS.encode()),
        b"https://news.example/1\n",
    ],
)
def test_what_is_no_feed(data: bytes) -> None:
    assert parse_feed(data, FEED) is None


def test_a_feed_can_be_empty() -> None:
    assert parsed("<rss version='2.0'><channel><title>Tide</title></channel></rss>") == []
    assert parsed("<feed xmlns='http://www.w3.org/2005/Atom'/>") == []


@pytest.mark.parametrize(
    "items", ["null", "7", '"x"', "[null, 7, []]", '[{"url": 7}]', '{"url": "x"}', '[{"url": "http://["}]']
)
def test_a_json_feed_of_other_things_than_it_should_have(items: str) -> None:
    listed = parsed(f'{{"version": "https://jsonfeed.org/version/1", "title": [], "author": 7, "items": {items}}}')
    assert [entry.address for entry in listed] in ([], ["http://["])


def test_a_feed_opens_nothing_and_asks_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_text(RSS)
    monkeypatch.chdir(tmp_path)
    parsed(RSS)  # imports what it needs
    opened: list[object] = []

    def refuse(what: object, *_: object, **__: object) -> None:
        opened.append(what)
        raise OSError("not here")

    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for data in (b"feed.xml", b"http://127.0.0.1/feed.xml", b"file:///etc/passwd", OLD.encode(), RSS.encode()):
        parse_feed(data, FEED)
        parse_sitemap(data)
    assert opened == []


ENTITIES = {
    "billion": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>',
    "quadratic": f'<!DOCTYPE x [<!ENTITY c "{"ha" * 4_000}">]>',
    "a file": '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
    "an address": '<!DOCTYPE x [<!ENTITY c SYSTEM "http://127.0.0.1/">]>',
    "parameter": '<!DOCTYPE x [<!ENTITY % c SYSTEM "http://127.0.0.1/x.dtd"> %c;]>',
    "spaced": '<!DOCTYPE\nx\n[ <!-- x --> <!ENTITY\n\tc "haha">]>',
}
HIDDEN = {
    **ENTITIES,
    "behind a comment": '<!-- <html> --><!DOCTYPE x [<!ENTITY c "haha">]>',
    "in lower case": '<!doctype x [<!entity c "haha">]>',
    "far away": f'<!DOCTYPE x [<!ENTITY c "haha">{" " * 20_000}]>',
}
FRAMES = {
    "feed": "<rss version='2.0'><channel><item><title>&c;&a;</title><link>https://a.example/&c;</link></item></channel></rss>",
    "sitemap": "<urlset><url><loc>https://a.example/&c;&a;</loc></url></urlset>",
}
DECLARED = '<?xml version="1.0" encoding="{}"?>'


def listed(data: bytes) -> list[Entry] | Sitemap | None:
    entries = parse_feed(data, FEED)
    return parse_sitemap(data) if entries is None else entries


@pytest.mark.parametrize("entities", ENTITIES.values(), ids=ENTITIES.keys())
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
def test_what_defines_entities_is_refused(entities: str, frame: str) -> None:
    text = entities + frame
    for data in (
        text.encode(),
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        b"\xfe\xff" + text.encode("utf-16-be"),
        (DECLARED.format("utf-16") + text).encode("utf-16"),
        (DECLARED.format("latin-1") + text).encode(),
        (DECLARED.format("utf-7") + text).encode(),
        gzip.compress(text.encode()) if "urlset" in frame else text.encode(),
    ):
        with pytest.raises(UnreadableError, match="defines XML entities, which are not expanded here"):
            listed(data)


@pytest.mark.parametrize("entities", HIDDEN.values(), ids=HIDDEN.keys())
@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES.keys())
@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-7",
        "cp037",
        "cp500",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "unicode_escape",
        "raw_unicode_escape",
        "idna",
        "punycode",
        "hz",
        "rot13",
        "hex",
        "undefined",
        "mbcs",
    ],
)
def test_entities_do_nothing_however_they_are_hidden(entities: str, frame: str, encoding: str) -> None:
    text = DECLARED.format(encoding) + entities + frame
    try:
        data = text.encode(encoding)
    except (UnicodeError, LookupError):
        data = text.encode()
    escaped = text.replace("<!", "+ADwAIQ-" if encoding == "utf-7" else r"\x3c!").encode()
    for given_data in (data, DECLARED.format(encoding).encode() + data, escaped):
        try:
            said = repr(listed(given_data))
        except UnreadableError:
            continue
        assert "haha" not in said
        assert "root:" not in said


def test_a_bomb_of_tags_is_refused() -> None:
    with pytest.raises(UnreadableError, match="more than 1,000,000 tags"):
        parse_feed(b"<rss version='2.0'><channel>" + b"<item>" * 1_000_001, FEED)
    with pytest.raises(UnreadableError, match="more than 1,000,000 tags"):
        parse_sitemap(b"<urlset>" + b"<a/>" * 1_000_001)


def test_a_sitemap_of_news() -> None:
    assert parse_sitemap(NEWS.encode()) == Sitemap(
        (
            Entry(
                "https://news.example/1?a=1&b=2",
                title="Quay & pier",
                source="Tide",
                published="2018-02-23",
                modified="2018-03-01",
            ),
            Entry("https://news.example/2"),
        )
    )


def test_a_sitemap_of_sitemaps() -> None:
    assert parse_sitemap(MAPS.encode()) == Sitemap(
        sitemaps=("https://news.example/a.xml", "https://news.example/b.xml.gz")
    )


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(NEWS.encode()),
        NEWS.replace(' xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"', "").encode(),
        NEWS.replace("sitemap/0.9", "sitemap/0.84").encode(),
        NEWS.replace("&amp;b", "&b").encode(),
        NEWS.replace(
            "<loc> https://news.example/1?a=1&amp;b=2 </loc>", "<loc><![CDATA[https://news.example/1?a=1&b=2]]></loc>"
        ).encode(),
        NEWS.replace("</urlset>", "").encode(),
        NEWS.replace("</urlset>", "</url>").encode(),
        b"\n " + NEWS.encode(),
        NEWS.replace("UTF-8", "utf-16").encode("utf-16"),
        b"\xef\xbb\xbfhttps://news.example/1?a=1&b=2\r\n\r\n  https://news.example/2  \n",
    ],
)
def test_sitemaps_in_other_forms(data: bytes) -> None:
    sitemap = parse_sitemap(data)
    assert sitemap is not None
    assert [entry.address for entry in sitemap.entries] == [
        "https://news.example/1?a=1&b=2",
        "https://news.example/2",
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"A text.\n",
        b"https://news.example/1\nand a word",
        b"https://",
        b"<html><body></body></html>",
        RSS.encode(),
        b"https://news.example/1 and more",
        b"ftp://news.example/1",
        b"\x00\x01",
        b"\xff" * 9,
        gzip.compress(b"A text."),
        JSON.encode(),
    ],
)
def test_what_is_no_sitemap(data: bytes) -> None:
    assert parse_sitemap(data) is None


@pytest.mark.parametrize(
    "data", [gzip.compress(NEWS.encode())[:-12], b"\x1f\x8b", b"\x1f\x8bnonsense", gzip.compress(bytes(50_000_001))]
)
def test_a_packed_sitemap_that_is_damaged_or_a_bomb(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="compressed, and damaged"):
        parse_sitemap(data)


DOCUMENTS = [*FEEDS.values(), NEWS, MAPS, ENTITIES["billion"] + FRAMES["feed"], "https://news.example/1\n"]
SCRAPS = [
    b"<",
    b">",
    b"&",
    b"&#xD800;",
    b"&#0;",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"<!DOCTYPE x [",
    b"<!ENTITY a 'b'>",
    b"&a;",
    b"\x00",
    b"\xff",
    b"<link>http://[</link>",
    b"<pubDate>1 Jan 99999 -99999999</pubDate>",
    b"<item>",
    b"</item>",
    b"<entry>",
    b"<content type='a/b'>",
    b"\\ud800",
    b'"',
    b"'",
    b"{",
    b"}",
    b"]",
    b"<?x",
    b" xml:base='http://['",
    b" encoding='utf-7'",
    b"<author>",
    b"<source>",
    b"<loc>",
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A document with bytes taken out and scraps of others put in."""
    data = bytearray(draw(st.sampled_from(DOCUMENTS)).encode(draw(st.sampled_from(["utf-8", "utf-16"]))))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = start + draw(st.sampled_from([0, 0, 1, 5, 200]))
        data[start:end] = draw(st.one_of(st.sampled_from(SCRAPS), st.binary(max_size=4)))
    return bytes(data)


@given(st.one_of(damaged(), st.binary(max_size=80)))
@example(
    b"<rss version='2.0'><item><link>http://a.example/</link><title>&#xD800;</title><description>&#xD800;</description>"
)
@example(b'{"version": "https://jsonfeed.org/version/1", "items": [{"url": "\\ud800", "content_html": "\\ud800"}]}')
@example(MAPS.replace('xmlns="', 'xmlns="&#xD800;').encode())
def test_any_bytes_give_what_they_list_or_a_reason(data: bytes) -> None:
    for parse in (lambda: parse_feed(data, FEED), lambda: parse_sitemap(data)):
        try:
            found = parse()
        except UnreadableError:
            continue
        for entry in found.entries if isinstance(found, Sitemap) else found or []:
            assert entry.address
            entry.content.encode()
            "".join((entry.title, entry.author, entry.source, entry.modified)).encode()
            assert "\n" not in entry.title + entry.author + entry.source + entry.published + entry.modified
