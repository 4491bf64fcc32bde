"""HTML: the article of a page, without what stands round it."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml.etree import LxmlError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ingest.formats.extracted import Extracted
from ingest.formats.html_body import article_text
from ingest.formats.html_fields import Page
from ingest.text import UnreadableError, clean, decode

_DECLARED = re.compile(rb"""<(?:meta|\?xml)\b[^>]*?\b(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_HEAD = 4_096  # bytes in which a page declares its encoding
_CODECS = re.compile(
    r"utf-?8|us-ascii|iso-?8859-\d+|(?:x-)?(?:windows|cp)-?\d+|shift_?jis|euc-\w+|iso-2022-\w+|gb\w+|big5\w*|koi8-\w|tis-620",
    re.IGNORECASE,
)
_WINDOWS = {"iso-8859-1": "cp1252", "us-ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}
_MOST_BROKEN = 0.001  # share of characters that may be broken before a declared encoding is not believed
_SHORT = 600  # characters; what is shorter is looked at for being no article
_NO_ARTICLE = re.compile(
    r"(?:enable|turn on|requires?|activate) (?:java ?script|cookies)|javascript is (?:disabled|required)|captcha"
    r"|are you a (?:robot|human)|not a robot|access (?:to this page )?(?:has been )?denied|checking your browser"
    r"|page (?:was |could )?not (?:be )?found|\b404\b|unusual traffic",
    re.IGNORECASE,
)


def extract(file: BinaryIO) -> Iterator[Extracted]:
    """The article in an HTML file. Raises UnreadableError."""
    yield extract_page(file.read())


def extract_page(markup: bytes | str, *, address: str = "") -> Extracted:
    """The article in a page: its text, title, outlet, author, address and day; nothing is fetched.

    `address` is where the page comes from. Raises UnreadableError, with the reason, for a page without an article.
    """
    page = Page(_tree(decode_page(markup) if isinstance(markup, bytes) else clean(markup)), address)
    text = article_text(page.tree, page.titles)
    if len(text) < len(page.linked_text) / 4:
        text = page.linked_text
    if reason := _no_article(page.tree, text):
        raise UnreadableError(reason)
    return Extracted(text, page.fields)


def decode_page(data: bytes) -> str:
    """A page's characters: UTF-8 where they are, else as declared, else as they look. Raises UnreadableError."""
    declared = _DECLARED.search(data[:_HEAD])
    name = declared.group(1).decode("ascii", "replace").lower() if declared else ""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        if _CODECS.fullmatch(name) and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            try:
                text = data.decode(_WINDOWS.get(name, name), "replace")
            except LookupError:
                return decode(data)
            if text.count("�") <= _MOST_BROKEN * len(text):
                return clean(text)
    return decode(data)


def _tree(markup: str) -> HtmlElement:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    try:
        return document_fromstring(markup.encode("utf-8"), parser=parser)
    except (LxmlError, ValueError) as error:
        raise UnreadableError("there is no HTML in it") from error


def _no_article(tree: HtmlElement, text: str) -> str:
    """Why a page is no article; empty when it is one."""
    if len(text) > _SHORT:
        return ""
    if tree.find(".//frameset") is not None:
        return "it only frames other pages: add those"
    if tree.find(".//input[@type='password']") is not None:
        return "it asks to log in: save the page when its article is shown"
    if not text and tree.find(".//script") is not None:
        return "its text is put there by scripts: save the page from a browser when it is shown"
    if not text:
        return "there is no article in it"
    return "it says why there is no article: save the page when one is shown" if _NO_ARTICLE.search(text) else ""
