"""What a feed or a sitemap lists: RSS, Atom, JSON Feed; sitemaps, of news too, of sitemaps, as plain text.

Bytes in, addresses out: nothing is fetched here, and nothing that a document defines is expanded.
"""

import codecs
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from typing import Any
from urllib.parse import urljoin

from ingest.dates import day
from ingest.text import UnreadableError, clean, decode, one_line

_MOST_TAGS = 1_000_000  # a sitemap of 50,000 addresses, the most that is allowed, has half as many
_LARGEST_SITEMAP = 50_000_000  # bytes, as the protocol has it
_GZIP = 31  # zlib's number for it
_DECLARATION = re.compile(r"\s*<\?xml[^>]*>")
_ENCODING = re.compile(rb"\s*<\?xml[^>]{1,100}encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_WEB_ENCODING = re.compile(  # by Python's names; in each of them a tag looks like a tag
    r"ascii|iso8859-\d+|cp(125\d|874|932|949)|koi8-[ru]|mac-\w+|gb\w+|big5\w*|shift_ji\w+|euc_\w+|iso2022_\w+|tis-620"
)
_ROOT = re.compile(r"<(?:[\w.-]+:)?(html|rss|feed|rdf|urlset|sitemapindex)[\s>/]", re.IGNORECASE)
_ROOT_WITHIN = 10_000  # characters
_TAG = re.compile(r"<[^>]*>")
_BARE_AMPERSAND = re.compile(r"&(?!#?\w+;)")
_DAMAGED = (ValueError, LookupError, AttributeError, TypeError, AssertionError, OverflowError, RecursionError)


@dataclass(frozen=True, slots=True)
class Entry:
    """One article that is listed: its address, and what is said of it there.

    `published` is a day as in ISO 8601. `modified` changes when the article does, and means no more than that.
    `content` is HTML.
    """

    address: str
    title: str = ""
    author: str = ""
    source: str = ""
    published: str = ""
    modified: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists: articles, and further sitemaps."""

    entries: tuple[Entry, ...] = ()
    sitemaps: tuple[str, ...] = ()


def parse_feed(data: bytes, address: str) -> list[Entry] | None:
    """The articles in a feed that was found at an address; None when it is no feed. Raises UnreadableError."""
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _json_feed(data, address)
    text = _markup(data, ("rss", "feed", "rdf"))
    if text is None:
        return None
    import feedparser

    try:
        # As a file: of bytes it looks whether they are the name of one.
        parsed = feedparser.parse(
            io.BytesIO(text.encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
        return list(_feed_entries(parsed, address)) if parsed.version or parsed.entries else None
    except _DAMAGED as error:
        raise UnreadableError(f"it is a damaged feed: {one_line(str(error))[:200]}") from error


def parse_sitemap(data: bytes) -> Sitemap | None:
    """What a sitemap lists; None when it is no sitemap. Raises UnreadableError."""
    if data.startswith(b"\x1f\x8b"):
        data = _unzipped(data)
    text = _markup(data, ("urlset", "sitemapindex"))
    if text is None:
        return _plain_sitemap(data)
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=True)
    try:
        text = text if "<![CDATA[" in text else _BARE_AMPERSAND.sub("&amp;", text)
        root = etree.fromstring(text.encode(), parser)
        listed = [] if root is None else [_texts(element) for element in root.iterchildren("{*}url", "{*}sitemap")]
        is_index = root is not None and etree.QName(root).localname.lower() == "sitemapindex"
    except (etree.XMLSyntaxError, ValueError) as error:  # ValueError: half a character as the name of something
        raise UnreadableError(f"it is a damaged sitemap: {one_line(str(error))[:200]}") from error
    if is_index:
        return Sitemap(sitemaps=tuple(texts["loc"] for texts in listed if "loc" in texts))
    return Sitemap(tuple(_sitemap_entry(texts) for texts in listed if "loc" in texts))


def _markup(data: bytes, roots: Iterable[str]) -> str | None:
    """The text of an XML document that begins with one of these elements. Raises UnreadableError.

    Whoever defines entities can make gigabytes of a few lines, or read files; nothing that is honest needs them.
    The text that is searched for them is what is parsed, whatever encoding it came in.
    """
    try:
        text = _decoded(data)
    except UnreadableError:
        return None
    root = _ROOT.search(text, 0, _ROOT_WITHIN)
    if root is None or root[1].lower() not in roots:
        return None
    lower = text.lower()
    if "<!entity" in lower and "<!doctype" in lower:
        raise UnreadableError("it defines XML entities, which are not expanded here")
    if text.count("<") > _MOST_TAGS:
        raise UnreadableError(f"it has more than {_MOST_TAGS:,} tags")
    return _DECLARATION.sub("", text, count=1)


def _decoded(data: bytes) -> str:
    """The text in the encoding that it says it is in, if that is one of the web's. Raises UnreadableError."""
    declared = _ENCODING.match(data)
    try:
        encoding = codecs.lookup(declared[1].decode()).name if declared else ""
    except LookupError:
        encoding = ""
    return clean(data.decode(encoding, "replace")) if _WEB_ENCODING.fullmatch(encoding) else decode(data)


def _feed_entries(parsed: Any, address: str) -> Iterator[Entry]:  # noqa: ANN401 - feedparser's dictionaries
    title = _words(parsed.feed, "title")
    for entry in parsed.entries:
        link = entry.get("link")
        if not link:
            continue
        yield Entry(
            address=_joined(address, link),
            title=_words(entry, "title"),
            author=one_line(str(entry.get("author_detail", {}).get("name") or entry.get("author") or "")),
            source=_words(entry.get("source") or {}, "title") or title,
            published=_published(entry),
            modified=one_line(str(entry["updated"])) if "updated" in entry else "",
            content=clean(_content(entry)),
        )


def _words(fields: Any, name: str) -> str:  # noqa: ANN401
    """A field as plain text, also where it is HTML."""
    value = str(fields.get(name) or "")
    kind = str(fields.get(f"{name}_detail", {}).get("type", ""))
    return one_line(unescape(_TAG.sub("", value)) if "html" in kind else value)


def _published(entry: Any) -> str:  # noqa: ANN401
    """The day that is written there: feedparser's own is that of Greenwich, and often a guess."""
    written = (str(entry[name]) for name in ("published", "updated") if name in entry)
    return next((found for text in written if (found := _day(text))), "")


def _day(written: str) -> str:
    return str(day(written) or "")


def _content(entry: Any) -> str:  # noqa: ANN401
    """The longest that is given of the article, as HTML."""
    parts = [*entry.get("content", ()), *([entry["summary_detail"]] if "summary_detail" in entry else ())]
    texts = [
        str(part.get("value") or "") if "html" in str(part.get("type")) else escape(str(part.get("value") or ""))
        for part in parts
    ]
    return max(texts, key=len, default="")


def _json_feed(data: bytes, address: str) -> list[Entry] | None:
    """https://www.jsonfeed.org/version/1.1/."""
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or "jsonfeed.org/version/" not in str(feed.get("version")):
        return None
    items = feed.get("items")
    listed = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return [_json_entry(item, feed, address) for item in listed if _text(item, "url") or _text(item, "external_url")]


def _json_entry(item: dict[str, Any], feed: dict[str, Any], address: str) -> Entry:
    authors = [*_dicts(item.get("authors")), *_dicts([item.get("author")])]
    return Entry(
        address=_joined(address, _text(item, "url") or _text(item, "external_url")),
        title=one_line(_text(item, "title")),
        author=one_line(", ".join(_text(author, "name") for author in authors)),
        source=one_line(_text(feed, "title")),
        published=_day(_text(item, "date_published")),
        modified=one_line(_text(item, "date_modified")),
        content=clean(_text(item, "content_html") or escape(_text(item, "content_text"))),
    )


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _dicts(values: object) -> list[dict[str, Any]]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _texts(element: Any) -> dict[str, str]:  # noqa: ANN401 - an element of lxml
    """What is said of an address and, in a sitemap of news, of its article; not of its pictures and films.

    Without name spaces, which few write right.
    """
    found: dict[str, str] = {}
    for child in (*element.iterchildren("{*}*"), *element.iterfind("{*}news//{*}*")):
        if child.text and child.text.strip():
            found.setdefault(child.tag.rpartition("}")[2].lower(), one_line(child.text))
    return found


def _sitemap_entry(texts: dict[str, str]) -> Entry:
    return Entry(
        address=texts["loc"],
        title=texts.get("title", ""),
        source=texts.get("name", ""),
        published=_day(texts.get("publication_date", "")),
        modified=texts.get("lastmod", ""),
    )


def _plain_sitemap(data: bytes) -> Sitemap | None:
    try:
        lines = [line.strip() for line in decode(data).splitlines()]
    except UnreadableError:
        return None
    addresses = [line for line in lines if line]
    if not addresses or not all(re.fullmatch(r"https?://\S+", line) for line in addresses):
        return None
    return Sitemap(tuple(Entry(line) for line in addresses))


def _unzipped(data: bytes) -> bytes:
    decoder = zlib.decompressobj(_GZIP)
    try:
        text = decoder.decompress(data, _LARGEST_SITEMAP)
    except zlib.error as error:
        raise UnreadableError("it is compressed, and damaged") from error
    if not decoder.eof:
        raise UnreadableError(f"it is compressed, and damaged or larger than {_LARGEST_SITEMAP // 1_000_000} MB")
    return text


def _joined(address: str, link: str) -> str:
    try:
        return urljoin(address, link)
    except ValueError:
        return link  # whoever asks for it is told what is wrong with it
