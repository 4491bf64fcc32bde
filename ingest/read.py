"""Bytes of one format → Article: plain text, and Markdown with front matter."""

import re
import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from charset_normalizer import from_bytes
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token
from yaml import YAMLError

from ingest.article import Article

SUFFIXES = (".txt", ".md")
_LONGEST_TITLE = 200
_LONGEST_ADDRESS = 2_000
_LONGEST_FRONT_MATTER = 8_000  # characters; the YAML parser, in C, falls over brackets nested 30,000 deep
_LARGEST_FILE = 50_000_000  # bytes
_WESTERN = 0.2  # share of bytes beyond ASCII up to which a text is taken for Western
_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_ASCII = bytes(range(128))
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to read: the id that its article gets, where it lies, and the source it was found in."""

    id: str
    path: Path
    origin: str


class UnreadableError(ValueError):
    """A file that gives no article; the message is the reason, for the one who put it there."""


def read(item: Item) -> Article:
    """The article in a file. Raises UnreadableError."""
    if _CONTROL.search(item.id) or "\n" in item.id:
        raise UnreadableError("its name has characters that cannot be shown: rename it")
    try:
        status = item.path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("not a regular file")
        if status.st_size > _LARGEST_FILE:
            raise UnreadableError(f"larger than {_LARGEST_FILE // 1_000_000} MB")
        data = item.path.read_bytes()
    except OSError as error:
        raise UnreadableError(error.strerror or str(error)) from error
    text = _decode(data)
    return _markdown(item, text) if item.path.suffix.lower() == ".md" else _plain(item, text)


def _decode(data: bytes) -> str:
    """UTF-8, or what the bytes look most like, cleaned."""
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError("not a text file")
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        text = _guess(data)
    return _clean(text)


def _guess(data: bytes) -> str:
    """Bytes that are no UTF-8. With few beyond ASCII statistics go wrong, and a pound sign becomes an L."""
    if len(data.translate(None, _ASCII)) <= _WESTERN * len(data):
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            pass
    guess = from_bytes(data).best()
    if guess is None:
        raise UnreadableError("its encoding is not known: save it as UTF-8")
    return str(guess)


def _clean(text: str) -> str:
    """Unicode composed, line ends as one newline, no control characters.

    Characters that turn the direction of text go too: they can make a quote read as what it is not.
    """
    text = _LINE_END.sub("\n", text)
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


def _plain(item: Item, text: str) -> Article:
    text = text.strip()
    first, _, rest = text.partition("\n")
    titled = len(first) <= _LONGEST_TITLE and rest.startswith("\n") and rest.strip()
    return _article(item, text, title=first if titled else None, fields={})


def _markdown(item: Item, text: str) -> Article:
    fields, body = _front_matter(text)
    blocks = list(_blocks(MarkdownIt("commonmark", {"html": False}).enable("table").parse(body)))
    title = _text(fields.get("title"))
    if title is None and blocks and blocks[0][0] == "h1" and len(blocks[0][1]) <= _LONGEST_TITLE:
        title = blocks.pop(0)[1]
    return _article(item, "\n\n".join(block for _, block in blocks), title=title, fields=fields)


def _front_matter(text: str) -> tuple[Mapping[str, object], str]:
    """The fields between the two lines of dashes at the beginning, and the text behind them."""
    handler = YAMLHandler()
    if not handler.detect(text):
        return {}, text
    try:
        _, block, body = handler.FM_BOUNDARY.split(text, 2)
    except ValueError:
        return {}, text
    if len(block) > _LONGEST_FRONT_MATTER:
        raise UnreadableError(f"its front matter is longer than {_LONGEST_FRONT_MATTER} characters")
    try:
        fields = handler.load(block)
    except (YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise UnreadableError(f"its front matter is not YAML: {' '.join(str(error).split())[:200]}") from error
    return fields if isinstance(fields, dict) else {}, body


def _blocks(tokens: list[Token]) -> list[tuple[str, str]]:
    """The paragraphs, headings, list items and code blocks of a Markdown text, each with its tag, as plain text.

    They are cleaned again: an entity can stand for any character.
    """
    blocks = []
    tag = ""
    for token in tokens:
        if token.type in ("fence", "code_block"):
            blocks.append(("code", token.content.strip()))
        elif token.type == "inline":
            blocks.append((tag, "".join(_inline(token.children or [])).strip()))
        elif token.nesting == 1:
            tag = token.tag
    cleaned = [(tag, _clean(text).strip()) for tag, text in blocks]
    return [(tag, text) for tag, text in cleaned if text]


def _inline(tokens: list[Token]) -> list[str]:
    """Words without their mark-up; of an image only its description."""
    return [
        "\n"
        if token.type in ("softbreak", "hardbreak")
        else "".join(_inline(token.children))
        if token.children
        else token.content
        for token in tokens
    ]


def _article(item: Item, text: str, *, title: str | None, fields: Mapping[str, object]) -> Article:
    if not text.strip():
        raise UnreadableError("there is no text in it")
    stem = PurePosixPath(item.id).stem
    return Article(
        id=item.id,
        title=" ".join((title or stem.replace("-", " ").replace("_", " ")).split()),
        text=text,
        source=_text(fields.get("source")) or "",
        author=_text(fields.get("author")),
        url=_web_address(_text(fields.get("url"), longest=_LONGEST_ADDRESS)),
        published=_day(fields.get("published", fields.get("date"))),
        origin=item.origin,
    )


def _text(value: object, *, longest: int = _LONGEST_TITLE) -> str | None:
    """A field of the front matter as one line; a list's parts one after another, what is nested deeper left out.

    Aliases make gigabytes of a few lines of YAML, so it is cut before it is put together.
    """
    parts = value if isinstance(value, list) else [value]
    kinds = str | float | date  # of a number too long to be written, Python refuses the digits
    shown = [
        str(part)[: longest + 1]
        for part in parts[:longest]
        if isinstance(part, kinds) or (isinstance(part, int) and part.bit_length() < _LONGEST_TITLE)
    ]
    line = " ".join(_clean(", ".join(shown)).split())
    return (line if len(line) <= longest else f"{line[: longest - 1]}…") or None


def _web_address(address: str | None) -> str | None:
    """An address that a reader may follow; anything but http and https (javascript: above all) is dropped.

    So is one so long that it was cut.
    """
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    whole = len(address or "") < _LONGEST_ADDRESS
    return address if whole and parts.scheme in ("http", "https") and parts.netloc else None


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DATE.match(_text(value) or "")
    try:
        return date.fromisoformat(found.group()) if found else None
    except ValueError:
        return None
