"""What a page says of its article: title, outlet, author, address, day.

Meta elements come first, then JSON-LD (schema.org), then what the page shows. JSON-LD can be about another article or
about the outlet; it counts where it has one of the page's own titles.
"""

import html
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from ingest.dates import day, day_in_address, day_in_line
from ingest.formats.html_body import plain
from ingest.text import one_line

_TITLES = ("og:title", "headline", "twitter:title", "dc.title", "parsely-title", "sailthru.title")
_SOURCES = ("og:site_name", "application-name", "dc.publisher", "citation_journal_title")
_AUTHORS = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl")
_DAYS = re.split(
    r"\s",
    "article:published_time article:published article.published datepublished og:article:published_time og:pubdate "
    "parsely-pub-date sailthru.date dc.date.issued dcterms.issued citation_publication_date publication_date "
    "publish-date publish_date pubdate pub_date published_at published article_date_original dc.date dcterms.date "
    "dc.date.created dcterms.created article.created datecreated date",
)
_SHOWING = ("time", "p", "div", "span", "li", "small", "em", "h6")
_ELSEWHERE = frozenset({"a", "aside", "nav", "footer"})
_DATED = re.compile(
    r"(?:^|[\s_-]|[a-z](?=[A-Z]))(?i:date|datetime|dateline|byline|pub|publish|published|publication|pubdate|posted|time"
    r"|timestamp)(?:$|[\s_-]|(?=[A-Z]))"
)
_SAYS_WHEN = re.compile(r"\s*(?:publi|posted|written by)", re.IGNORECASE)
_NIGHT_IN_UTC = re.compile(r"T(?:0\d|10):\d\d(?::\d\d(?:\.\d+)?)?(?:Z|\+00:?00)?$")
_LONGEST_DAY = 150  # characters of a line that tells when and by whom
_SENTENCE = re.compile(r"(?<!\b[ap]\.m)[.!?]$", re.IGNORECASE)
_ARTICLES = ("Article", "Posting", "Report")  # how schema.org's kinds of them end
_MOST_JSON = 2_000_000  # characters
_TELLING = 3  # words that a window's title has in common with the page's others when it is about the article
_BETWEEN = re.compile(r"\s+[|\-–—·•:»«/]+\s+|\s*[|»]\s*")
_SLOGAN = re.compile(r"\s+[|\-–—]\s.*")
_NO_OUTLET = re.compile(r"^(?:https?://(?:www\.)?|@)|/$")
_BY = re.compile(r"^\W*(?:written |posted |story )?(?:by|von|par|por)[:\s]+", re.IGNORECASE)
_NO_NAME = re.compile(r"https?:|www\.|@|\.(?:com|org|net)\b", re.IGNORECASE)
_LONGEST_NAME = 60  # characters of an author


@dataclass
class Page:
    """A parsed page and what it says of itself. `address` is where it was found, if that is known."""

    tree: HtmlElement
    address: str = ""

    @property
    def fields(self) -> dict[str, object]:
        """The fields of `ingest.formats.extracted.FIELDS` that the page tells."""
        return {
            "title": self.title,
            "source": self.source,
            "author": self.authors,
            "url": self.url,
            "published": self.published,
        }

    @cached_property
    def titles(self) -> list[str]:
        """All that the page calls itself: its first heading, what it is shared as, what its window is called."""
        told = [*self._headings, *self._meta_of(_TITLES), *self._windows]
        return list(dict.fromkeys([*told, *(self._without_outlet(title) for title in told)]))

    @cached_property
    def title(self) -> str:
        """What the page's window is called, as the heading has it, or else what it is shared as; no outlet's name.

        Where they differ the heading is often a play on words; the window says what the article is about.
        """
        shared = [self._without_outlet(title) for title in self._meta_of(_TITLES)]
        shared += [_string(self._linked.get("headline"))]
        windows = [self._without_outlet(title) for title in self._windows]
        known = set(plain(" ".join([*self._headings, *shared])).split())
        telling = [window for window in windows if len(set(plain(window).split()) & known) >= _TELLING]
        for title in (*telling, *shared):
            for heading in self._headings:
                if _alike(heading, title) and not self._is_outlet(heading):
                    return heading
            if title in telling:
                return title
        told = [title for title in (*shared, *windows, *self._headings) if title]
        return next((title for title in told if not self._is_outlet(title)), next(iter(told), ""))

    @cached_property
    def source(self) -> str:
        """The outlet: its name, or else its host's."""
        told = [*self._meta_of(_SOURCES), *_names(self._linked.get("publisher"))]
        names = (_SLOGAN.sub("", _NO_OUTLET.sub("", name)) for name in told)
        return next((name for name in names if name), self._host)

    @cached_property
    def authors(self) -> list[str]:
        """Names of people or desks; not the outlet's own."""
        shown = self.tree.xpath("//*[@rel='author' or @itemprop='author'][not(ancestor::aside or ancestor::footer)]")
        told: list[str] = []
        for names in (_names(self._linked.get("author")), self._meta_of(_AUTHORS), _texts(shown[:5])):
            clean = (_BY.sub("", name.partition("|")[0]).strip() for name in names if not _NO_NAME.search(name))
            told = told or [name for name in clean if name and len(name) <= _LONGEST_NAME]
        return [name for name in dict.fromkeys(told) if plain(name) != plain(self.source)]

    @cached_property
    def url(self) -> str:
        """The address that the page wants to be known by, or else the one it was found at."""
        links = self.tree.xpath("//link[translate(@rel, 'CANOILR', 'canoilr') = 'canonical']/@href")
        for link in [*links, *self._meta_of(["og:url"]), self.address]:
            whole = _joined(self.address, link.strip())
            if whole and urlsplit(whole).path.strip("/"):
                return whole
        return self.address

    @property
    def linked_text(self) -> str:
        """The article's text as JSON-LD has it, for pages that show theirs by scripts only."""
        body = self._linked.get("articleBody")
        lines = html.unescape(body).split("\n") if isinstance(body, str) else []
        return "\n\n".join(line for line in map(one_line, lines) if line)

    @cached_property
    def published(self) -> date | None:
        """The day of publication: never one that the text merely speaks of."""
        for value in (*self._meta_of(_DAYS), self._linked.get("datePublished")):
            if known := day(value):
                return self._as_shown(known, value)
        return self._shown_day

    def _as_shown(self, known: date, value: object) -> date:
        """In UTC an evening in America is the next day: of the two, the one that the page or its address shows."""
        if isinstance(value, str) and _NIGHT_IN_UTC.search(value):
            evening = known - timedelta(days=1)
            return evening if evening in (day_in_address(self.url), self._shown_day) else known
        return known

    @cached_property
    def _shown_day(self) -> date | None:
        for element in self.tree.iter(*_SHOWING):
            if not _tells_when(element) or any(each.tag in _ELSEWHERE for each in element.iterancestors()):
                continue
            line = one_line(next(element.iterancestors("p"), element).text_content())
            told = element.get("datetime") or element.get("content") or one_line(element.text_content())
            if len(line) <= _LONGEST_DAY and not _SENTENCE.search(line) and (shown := day(told) or day_in_line(told)):
                return shown
        return None

    @cached_property
    def _headings(self) -> list[str]:
        return _texts(self.tree.iter("h1"))

    @cached_property
    def _windows(self) -> list[str]:
        return [html.unescape(title) for title in _texts(self.tree.iterfind(".//head/title"))]

    @cached_property
    def _host(self) -> str:
        return (_host_of(self.url) or _host_of(self.address)).removeprefix("www.")

    @cached_property
    def _meta(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for element in self.tree.iter("meta"):
            names = {element.get(attribute, "").strip().lower() for attribute in ("property", "name", "itemprop")}
            content = one_line(html.unescape(element.get("content", "")))
            for name in names if content else ():
                found.setdefault(name, []).append(content)
        return found

    def _meta_of(self, names: Sequence[str]) -> list[str]:
        return [content for name in names for content in self._meta.get(name, [])]

    @cached_property
    def _linked(self) -> Mapping[str, object]:
        """The JSON-LD of this page's article; empty when there is none, or only that of others."""
        shared = [*self._headings, *self._meta_of(_TITLES), *self._windows]
        for data in _linked_articles(self.tree):
            headline = _string(data.get("headline")) or _string(data.get("name"))
            if any(_alike(headline, title) for title in shared):
                return data
        return {}

    def _without_outlet(self, title: str) -> str:
        """A title without the outlet's name in front of it or behind it."""
        while len(parts := list(_BETWEEN.finditer(title))) > 0:
            first, last = title[: parts[0].start()], title[parts[-1].end() :]
            if self._is_outlet(last):
                title = title[: parts[-1].start()]
            elif self._is_outlet(first):
                title = title[parts[0].end() :]
            else:
                break
        return title

    def _is_outlet(self, name: str) -> bool:
        """Whether words are the outlet's name or the most of it, or a label of its host: WSJ, The Hill, nj.com."""
        squeezed = plain(name).replace(" ", "")
        names = [plain(known).replace(" ", "") for known in (*self._meta_of(_SOURCES), self.source)]
        labels = self._host.replace("-", "").split(".")[:-1]
        return (
            any(squeezed in known and 2 * len(squeezed) >= len(known) for known in names)
            or any(known in squeezed and 2 * len(known) >= len(squeezed) for known in names if known)
            or squeezed.removesuffix("com").removeprefix("www").removeprefix("the") in labels
        )


def _linked_articles(tree: HtmlElement) -> Iterator[Mapping[str, object]]:
    """Every object of the page's JSON-LD that is some kind of article."""
    for script in tree.iter("script"):
        if "ld+json" not in script.get("type", "") or len(script.text or "") > _MOST_JSON:
            continue
        try:
            waiting = deque([json.loads(script.text or "", strict=False)])
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.popleft()
            if isinstance(value, dict):
                kinds = value.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(isinstance(kind, str) and kind.endswith(_ARTICLES) for kind in kinds):
                    yield value
                waiting.extend(value.values())
            elif isinstance(value, list):
                waiting.extend(value)


def _tells_when(element: HtmlElement) -> bool:
    if element.tag == "time":
        return next(element.iterancestors("li"), None) is None
    if element.get("itemprop") == "datePublished" or _SAYS_WHEN.match(element.text or ""):
        return True
    return bool(_DATED.search(f"{element.get('class', '')} {element.get('id', '')}"))


def _texts(elements: Iterator[HtmlElement] | Sequence[HtmlElement]) -> list[str]:
    texts = (one_line(element.text_content()) for element in elements)
    return [text for text in texts if text]


def _names(value: object) -> list[str]:
    """The names of a person or organisation in JSON-LD, or of several."""
    values = value if isinstance(value, list) else [value]
    names = (_string(each.get("name") if isinstance(each, dict) else each) for each in values)
    return [name for name in names if name]


def _string(value: object) -> str:
    return one_line(html.unescape(value)) if isinstance(value, str) else ""


def _alike(one: str, other: str) -> bool:
    """Whether two titles are of the same article: they share most of their words."""
    mine, theirs = set(plain(one).split()), set(plain(other).split())
    shared = len(mine & theirs)
    return (
        bool(shared) and shared >= 0.6 * min(len(mine), len(theirs)) and shared >= 0.4 * max(len(mine), len(theirs))
    )


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _joined(base: str, link: str) -> str:
    try:
        whole = urljoin(base, link)
        return whole if urlsplit(whole).scheme in ("http", "https") else ""
    except ValueError:
        return ""
