"""What fields are called: titles, texts and days go by many names, in front matter, rows and feeds alike."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from ingest.dates import day

# In lower case, without what is neither letter nor digit. Of several that are there the first with a value counts.
_NAMES: Mapping[str, Sequence[str]] = {
    "title": ("title", "headline", "webtitle", "articletitle", "name", "heading"),
    "source": (
        *("source", "publisher", "outlet", "sitename", "publication", "sourcename", "newspaper", "site", "provider"),
        *("sourcedomain", "domain"),
    ),
    "author": ("author", "byline", "authors", "creator", "authorname", "writer"),
    "url": ("url", "link", "canonicalurl", "weburl", "articleurl", "permalink", "href", "sourceurl"),
    "published": (
        *("published", "publishedat", "datepublished", "publicationdate", "webpublicationdate", "publisheddate"),
        *("publishdate", "datepublish", "publishedon", "pubdate", "date", "datetime", "createdat", "datecreated"),
        *("created", "timestamp"),
    ),
    "id": ("id", "articleid", "guid", "uuid", "docid"),
    "text": (
        *("articlebody", "fulltext", "articletext", "maintext", "bodytext", "body", "text", "content", "article"),
        "story",
    ),
    "summary": ("description", "summary", "abstract", "excerpt", "snippet"),
}
_KNOWN = {name: field for field, names in _NAMES.items() for name in names}
_WITHIN = ("name", "main", "$date", "$oid", "#text", "value")  # where an object in the place of a value has it
_LONGEST_NAME = 40  # characters
_MOST = 1_000  # parts of a list: authors, paragraphs


def known(told: Mapping[str, object]) -> dict[str, object]:
    """The fields that a mapping tells, whatever it calls them: those of an article, `id`, `text` and `summary`.

    Names are compared without case and punctuation. An object counts as the name in it, a list as those of its parts.
    Of several days the first that is one, of several addresses the first that leads to the web.
    """
    by_name = {
        folded(name): plain for name, value in reversed(list(told.items())) if (plain := _plain(value)) is not None
    }
    found = {}
    for field, names in _NAMES.items():
        values = [by_name[name] for name in names if name in by_name]
        good = [value for value in values if _is_good(field, value)]
        if values:
            found[field] = (good or values)[0]
    return found


def is_known(name: object) -> bool:
    """Whether a field of this name means anything."""
    return folded(name) in _KNOWN


def folded(name: object) -> str:
    """A field's name as it is compared: `Published_At`, `publishedAt` and `published at` are one."""
    return re.sub(r"[\W_]+", "", name).lower() if isinstance(name, str) and len(name) <= _LONGEST_NAME else ""


def _is_good(field: str, value: object) -> bool:
    if field == "published":
        return day(value) is not None
    return field != "url" or (isinstance(value, str) and value.lower().startswith(("http://", "https://")))


def _plain(value: object) -> object:
    """A string, number or day, or a list of them; None for anything else, and for what is nested deeper."""
    if isinstance(value, list):
        parts = [_scalar(part) for part in value[:_MOST]]
        return [part for part in parts if part is not None] or None
    return _scalar(value)


def _scalar(value: object) -> object:
    if isinstance(value, Mapping):
        value = next((value[name] for name in _WITHIN if name in value), None)
    if isinstance(value, str):
        return value if value.strip() else None
    return value if isinstance(value, (int, float, date)) and not isinstance(value, bool) else None
