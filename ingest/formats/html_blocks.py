"""A page as blocks: its paragraphs, headings, list items and table rows, in order, with what tells them apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree
from lxml.html import HtmlElement


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


_INLINE = _tags(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr"
)
_SILENT = _tags(  # nothing in these is ever the article's text
    "area aside audio button canvas datalist dialog embed figure footer head iframe input map math menu nav noscript "
    "object option script select style svg template textarea video"
)
_WITHIN_A_LINE = _INLINE | _tags("button input noscript script style svg template")
_NEVER_BESIDE = _tags("article body html main p")
_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:advert\w*|breadcrumbs?|byline|captions?|comments?|consent|cookies?|credits?|modal"
    r"|more-(?:from|on|stories)|most-(?:popular|read)|newsletters?|outbrain|overlay|popup|print-(?:footer|header)"
    r"|promo\w*|read-?more|recirc\w*|recommend\w*|related|scrim|shar(?:e|ing)|signup|social|sponsor\w*|subscribe|taboola|trending)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_UNSEEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_UNSEEN_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|screen-reader(?:-text|-only)?|rollover[\w-]*|tooltip[\w-]*)(?:$|\s)"
)
_LONGEST_CELL = 100  # characters; what is longer stands in a column of the page, not of a table

Shape = tuple[tuple[str, str], ...]


@dataclass(slots=True, eq=False)
class Block:
    """A run of text between two borders, and where it stands.

    `linked` is the share of its characters that are links. `shape` are the tags and classes of its element and the
    two around it: blocks of one shape look alike. `article` is the innermost <article> around it; `beside` the
    outermost element around it that is called something else than an article.
    """

    text: str
    tag: str
    linked: float
    shape: Shape
    article: HtmlElement | None
    beside: HtmlElement | None


def blocks(body: HtmlElement) -> list[Block]:
    """All that can be seen in an element, in order."""
    return list(_Walk().through(body))


class _Walk:
    """One walk through a page, without recursion: pages are nested as deep as they like."""

    def __init__(self) -> None:
        self._open: list[HtmlElement] = []  # the elements around that are blocks
        self._articles: list[HtmlElement] = []
        self._beside: list[HtmlElement] = []
        self._text: list[str] = []
        self._links = 0  # how many are open
        self._linked = 0  # characters

    def through(self, body: HtmlElement) -> Iterator[Block]:
        skipped = None
        walk = etree.iterwalk(body, events=("start", "end"))
        for event, element in walk:
            if event == "start":
                row = _row(element) if element.tag == "tr" else ""
                if row or (element is not body and _is_unseen(element)):
                    skipped = element
                    walk.skip_subtree()
                    if element.tag not in _WITHIN_A_LINE:
                        yield from self._flush()
                    if row:
                        yield self._block(row, element)
                else:
                    yield from self._enter(element)
            else:
                if element is not skipped:
                    yield from self._leave(element)
                if element is not body:
                    self._add(element.tail)

    def _enter(self, element: HtmlElement) -> Iterator[Block]:
        if element.tag == "br":
            if self._text and self._text[-1].endswith("\n"):  # two in a row part paragraphs
                yield from self._flush()
            self._text.append("\n")
        elif element.tag in _INLINE:
            self._links += element.tag == "a"
        else:
            yield from self._flush()
            self._open.append(element)
            for stack in self._marks(element):
                stack.append(element)
        self._add(element.text)

    def _leave(self, element: HtmlElement) -> Iterator[Block]:
        if element.tag in _INLINE:
            self._links -= element.tag == "a"
        elif element.tag != "br":
            yield from self._flush()
            self._open.pop()
            for stack in self._marks(element):
                stack.pop()

    def _marks(self, element: HtmlElement) -> Iterator[list[HtmlElement]]:
        if element.tag == "article":
            yield self._articles
        if _is_beside(element):
            yield self._beside

    def _add(self, text: str | None) -> None:
        text = re.sub(r"\s+", " ", text or "")
        if text and not (text == " " and self._text and self._text[-1].endswith("\n")):
            self._text.append(text)
            self._linked += len(text.strip()) if self._links else 0

    def _flush(self) -> Iterator[Block]:
        lines = (" ".join(line.split()) for line in "".join(self._text).split("\n"))
        text = "\n".join(line for line in lines if line)
        if text:
            yield self._block(text, self._open[-1])
        self._text.clear()
        self._linked = 0

    def _block(self, text: str, element: HtmlElement) -> Block:
        return Block(
            text=text,
            tag=str(element.tag),
            linked=self._linked / len(text),
            shape=_shape(element),
            article=self._articles[-1] if self._articles else None,
            beside=self._beside[0] if self._beside else None,
        )


def _row(element: HtmlElement) -> str:
    """The cells of a table's row in one line; nothing where the table only lays out the page."""
    cells = [" ".join(cell.text_content().split()) for cell in element if cell.tag in ("td", "th")]
    told = [cell for cell in cells if cell]
    laid_out = element.find(".//table") is not None or element.find(".//script") is not None
    if laid_out or len(told) < 2 or max(map(len, told)) > _LONGEST_CELL:
        return ""
    return "; ".join(told)


def _is_unseen(element: HtmlElement) -> bool:
    return (
        element.tag in _SILENT
        or element.get("hidden") is not None
        or (element.tag in _INLINE and element.get("aria-hidden") == "true")
        or bool(_UNSEEN_STYLE.search(element.get("style", "")))
        or bool(_UNSEEN_CLASS.search(element.get("class", "")))
    )


def _is_beside(element: HtmlElement) -> bool:
    if element.tag in _NEVER_BESIDE:
        return False
    return bool(_BESIDE.search(f"{element.get('class', '')} {element.get('id', '')}"))


def _shape(element: HtmlElement) -> Shape:
    around = [element]
    while len(around) < 3 and (parent := around[-1].getparent()) is not None:
        around.append(parent)
    return tuple((str(each.tag), each.get("class", "")) for each in around)
