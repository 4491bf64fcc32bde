"""A web address as a source: a page is one article, a feed or a sitemap all that it lists."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from urllib.parse import urlsplit

from ingest.addresses import AddressError, article_address
from ingest.feeds import Entry, Sitemap, parse_feed, parse_sitemap
from ingest.fetch import Fetched, Fetcher, FetchError
from ingest.kept import Kept, Page
from ingest.read import SUFFIXES, Item, Unreadable, suffix_of
from ingest.text import UnreadableError

_MOST_ARTICLES = 50_000
_MOST_SITEMAPS = 1_000
_HEAD = 2_000  # bytes
_NOT_TO_BE_HAD = (AddressError, FetchError, UnreadableError)
# Types of servers that did not look, and of what can hold anything: the address may know better.
_UNTOLD = ("", "application/octet-stream", "binary/octet-stream", "text/plain", "application/zip", "application/gzip")
_SUFFIXES: Mapping[str, str] = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "message/rfc822": ".eml",
    "multipart/related": ".mhtml",
    "application/zip": ".zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}


class WebSource:
    """The articles at, or listed at, a web address. What it is, is told by what comes, not by its name.

    Its `origin` is the address. It is never complete: what a feed no longer lists is not gone. Raises AddressError
    for what is no web address.
    """

    complete = False

    def __init__(self, address: str, kept: Kept, fetcher: Fetcher) -> None:
        self.origin = article_address(address)
        self._kept = kept
        self._fetcher = fetcher

    def items(self) -> Iterator[Item | Unreadable]:
        """Each article's file, as soon as it is kept, in the order of the list; and what cannot be had, and why.

        A page that is still what it was is not sent again; one that was fetched just now is not asked for again.
        """
        page = self._kept.page(self.origin)
        if page is not None and self._kept.is_fresh(page):
            yield self._kept.item(page)
            return
        try:
            fetched = self._ask(self.origin, page)
            listed = None if fetched.not_modified else _listed(fetched)
            if listed is None:
                yield self._keep(Entry(self.origin), self.origin, fetched, page)
                return
        except (FetchError, UnreadableError) as error:
            yield Unreadable(self.origin, str(error))
            return
        yield from self._articles(listed)

    def _articles(self, listed: Sitemap) -> Iterator[Item | Unreadable]:
        seen: set[str] = set()
        for entry in self._entries(listed):
            if isinstance(entry, Unreadable):
                yield entry
                continue
            try:
                address = article_address(entry.address)
                if address in seen:
                    continue
                if len(seen) == _MOST_ARTICLES:
                    yield Unreadable(
                        self.origin, f"it lists more than {_MOST_ARTICLES:,} articles: the rest is left out"
                    )
                    return
                seen.add(address)
                yield self._article(entry, address)
            except _NOT_TO_BE_HAD as error:
                yield Unreadable(entry.address, str(error))
        if not seen:
            yield Unreadable(self.origin, "it lists no article that can be asked for")

    def _entries(self, listed: Sitemap) -> Iterator[Entry | Unreadable]:
        """What is listed here, and in the sitemaps that are listed here, each of which is asked for once."""
        yield from listed.entries
        waiting = deque(listed.sitemaps[: _MOST_SITEMAPS + 1])
        asked = {self.origin}
        while waiting:
            address = waiting.popleft()
            try:
                address = article_address(address)
                if address in asked:
                    continue
                if len(asked) > _MOST_SITEMAPS:
                    yield Unreadable(
                        self.origin, f"it lists more than {_MOST_SITEMAPS:,} sitemaps: the rest is left out"
                    )
                    return
                asked.add(address)
                listed = self._sitemap(address)
            except _NOT_TO_BE_HAD as error:
                yield Unreadable(address, str(error))
                continue
            yield from listed.entries
            waiting.extend(listed.sitemaps[: _MOST_SITEMAPS + 1])

    def _sitemap(self, address: str) -> Sitemap:
        listed = _listed(self._fetcher.get(address))
        if listed is None:
            raise UnreadableError("it is listed as a sitemap, and is none")
        return listed

    def _article(self, entry: Entry, address: str) -> Item:
        """The page of an entry; where there is none to be had, what the feed itself has of it."""
        page = self._kept.page(address)
        if page is not None:
            same = entry.modified and entry.modified == page.modified
            if same or self._kept.is_fresh(page):
                return self._kept.item(page)
        try:
            return self._keep(entry, address, self._ask(address, page), page)
        except (FetchError, UnreadableError):
            if not entry.content or (page is not None and page.final):
                raise
            origin = page.origin if page else self.origin
            return self._kept.keep(Page(address, origin, "", ".html", fields=_fields(entry, address)), _html(entry))

    def _ask(self, address: str, page: Page | None) -> Fetched:
        if page is None:
            return self._fetcher.get(address)
        return self._fetcher.get(address, etag=page.etag, modified=page.last_modified)

    def _keep(self, entry: Entry, address: str, fetched: Fetched, before: Page | None) -> Item:
        fields = {**(before.fields if before else {}), **_fields(entry, fetched.address)}
        if before is not None and fetched.not_modified:
            return self._kept.keep(replace(before, modified=entry.modified, fields=fields))
        page = Page(
            address=address,
            origin=before.origin if before else self.origin,
            final=fetched.address,
            suffix=_suffix(fetched),
            content_type=fetched.content_type,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            modified=entry.modified,
            fields=fields,
        )
        return self._kept.keep(page, _with_encoding(fetched))


def _listed(fetched: Fetched) -> Sitemap | None:
    """What a feed or sitemap lists; None when it is neither. Raises UnreadableError."""
    entries = parse_feed(fetched.body, fetched.address)
    return parse_sitemap(fetched.body) if entries is None else Sitemap(tuple(entries))


def _suffix(fetched: Fetched) -> str:
    """The ending of the file: by its first bytes, by what the server says, by its address. Raises UnreadableError."""
    head = fetched.body[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"%pdf-"):
        suffix = ".pdf"
    elif head.startswith(b"<") and (b"<!doctype html" in head or b"<html" in head):
        suffix = ".html"
    elif fetched.content_type in _UNTOLD:
        suffix = suffix_of(urlsplit(fetched.address).path) or _SUFFIXES.get(fetched.content_type, "")
    else:
        suffix = _SUFFIXES.get(fetched.content_type, "")
    if suffix not in SUFFIXES:
        raise UnreadableError(f"it is {fetched.content_type}, of which no article can be read")
    return suffix


def _with_encoding(fetched: Fetched) -> bytes:
    """The bytes of a page. An encoding that only the server told becomes UTF-8, with the mark of it."""
    if fetched.charset in (None, "utf-8", "utf8") or not fetched.content_type.startswith("text/"):
        return fetched.body
    try:
        fetched.body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return fetched.body  # many servers call it Latin-1 without having looked
    try:
        return fetched.body.decode(fetched.charset or "utf-8").encode("utf-8-sig")
    except (LookupError, UnicodeError):
        return fetched.body


def _fields(entry: Entry, address: str) -> dict[str, str]:
    """What is known of an article before it is read."""
    fields = {
        "url": article_address(address),
        "title": entry.title,
        "author": entry.author,
        "source": entry.source,
        "published": entry.published,
    }
    return {name: value for name, value in fields.items() if value}


def _html(entry: Entry) -> bytes:
    title = escape(entry.title)
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body><article><h1>{title}</h1>\n{entry.content}\n</article></body></html>\n"
    ).encode()
