"""Which blocks of a page are its article.

Trafilatura (Barbaresi 2021) finds the article's words. The page's own blocks say where paragraphs begin and end and
which others are made like those that were found; what stands round an article is left out: its title once more,
related links, calls to subscribe.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from lxml.etree import LxmlError, iterwalk
from lxml.html import HtmlElement

from ingest.formats.html_blocks import Block, blocks

_WORD = re.compile(r"\w+")
_SHORT = 40  # characters; what is shorter occurs anywhere by chance
_MOST_ELEMENTS = 200_000  # of a page; Trafilatura takes 25 µs for each,
_DEEPEST = 300  # and minutes for tables within each other two thousand deep
_FAMILY = 0.4  # share of the article that blocks of one shape make up for all of that shape to belong to it
_LINKS = 0.8  # share of links from which on a block only leads elsewhere
_PROSE = 0.3  # share of links up to which a block is prose
_ASIDE = 0.3  # share of the article up to which what is called "related" or "promo" is that
_PROMOTION = re.compile(
    r"""\W*(?:
        (?:see|read|learn|find\ out|watch|listen|discover|view)\ (?:also|more|next|now|here|all)\b
        |(?:also|more)\ (?:read|on|from|see|in)\b[^.]{0,80}(?:$|:)
        |(?:related|recommended)\b[^.]{0,30}(?:$|:)
        |don.t\ miss\b
        |(?:subscribe|sign\ up|click\ here|tap\ here|scroll\ down|filed\ under|by\ clicking)\b
        |get\ (?:access|unlimited|the\ latest|breaking)\b|download\ (?:the|our)\b|join\ the\ conversation\b
        |follow\ (?:us|him|her|them|me|@|\S+(?:\ \S+)?\ on)\b|like\ us\b|share\ (?:this|on|via)\b
        |(?:photo|image|picture|video)s?(?:\ (?:credit|by|courtesy))?\s*:
        |contact\ (?:us|the\ (?:author|writer|reporter))\b|(?:have|got)\ a\ (?:tip|story)\b
        |(?:e?-?mail|write\ to)\ \S+(?:\ \S+)?\ at\b
        |(?:last\ )?(?:updated|modified|published|posted)\b\W.{0,30}\d{4}.{0,30}$
        |advertisement\W*$|sponsored\b|(?:story\ )?continues?\ (?:below|reading)|(?:tags?|topics?)\s*:
        |we\ use\ cookies\b|we\ may\ (?:earn|receive)\b|this\ (?:web)?site\ uses\b
        |this\ copy\ is\ for\ your\ personal\b|(?:leave|post|add)\ a\ (?:comment|reply)|(?:\d+\ )?comments?\W*$)""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_PROMOTION = 250  # characters
_FAREWELL = re.compile(
    r"""\b(?:follow\ (?:him|her|them|us|me)\b.{0,40}(?:twitter|facebook|instagram|@)|(?:can|may)\ be\ reached\ at
        |subscribe\ (?:to|now|today)|sign\ up\ (?:for|to)|click\ here
        |(?:our|free|daily|weekly)\ (?:\w+\ )?newsletter)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_LONGEST_FAREWELL = 400  # characters
_FAREWELLS = 4  # paragraphs


def article_text(tree: HtmlElement, titles: Sequence[str]) -> str:
    """The article's paragraphs, apart by blank lines; empty where there are none. `titles` are not repeated in it."""
    body = tree.find("body")
    every = blocks(tree if body is None else body)
    articles = (_completed(chosen, every, titles) for chosen in _candidates(tree, every))
    return "\n\n".join(block.text for block in next(filter(None, articles), []))


def plain(text: str) -> str:
    """The words of a text in lower case, to compare it with others."""
    return " ".join(_WORD.findall(text)).lower()


def _candidates(tree: HtmlElement, every: Sequence[Block]) -> Iterator[list[Block]]:
    """The blocks that Trafilatura finds; should nothing of them be an article, all prose."""
    if _is_of_usual_size(tree):
        yield _with_words(_words(tree), every)
    yield [block for block in every if block.linked < _PROSE]


def _is_of_usual_size(tree: HtmlElement) -> bool:
    elements = depth = deepest = 0
    for event, _ in iterwalk(tree, events=("start", "end")):
        elements += event == "start"
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return elements <= _MOST_ELEMENTS and deepest <= _DEEPEST


def _words(tree: HtmlElement) -> str:
    from trafilatura import extract

    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    try:  # without its other fallbacks, which take menus for text on pages with little of it
        return extract(tree, fast=True, include_comments=False) or ""
    except (LxmlError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return ""


def _with_words(words: str, every: Sequence[Block]) -> list[Block]:
    """The blocks that occur in a text, whole or for the most part."""
    lines = {" ".join(_WORD.findall(line)) for line in ("", *words.split("\n"))}
    whole = f" {' '.join(_WORD.findall(words))} "
    shingles = _shingles(whole.split())

    def occurs(block: Block) -> bool:
        parts = _WORD.findall(block.text)
        line = " ".join(parts)
        if len(line) < _SHORT:
            return bool(line) and all(" ".join(_WORD.findall(each)) in lines for each in block.text.split("\n"))
        own = _shingles(parts)
        return f" {line} " in whole or (len(own) >= 5 and len(own & shingles) >= 0.6 * len(own))

    return [block for block in every if occurs(block)]


def _shingles(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[start : start + 4]) for start in range(len(words) - 3)}


def _completed(chosen: Sequence[Block], every: Sequence[Block], titles: Sequence[str]) -> list[Block]:
    """What was chosen, with what is missing and without what does not belong to it."""
    chosen = _without_asides(_with_family(chosen, every))
    chosen = _without_promotion([block for block in chosen if block.linked <= _LINKS])
    return _without_headings_at_the_ends(_without_titles(chosen, titles))


def _with_family(chosen: Sequence[Block], every: Sequence[Block]) -> list[Block]:
    """And the prose of the same <article> that has the shape of most of it: advertisements cut articles in two."""
    shapes: Counter[object] = Counter()
    articles: Counter[HtmlElement | None] = Counter()
    for block in chosen:
        shapes[block.shape] += len(block.text)
        articles[block.article] += len(block.text)
    most = _FAMILY * shapes.total()
    family = {shape for shape, length in shapes.items() if length >= most}
    inside, found = articles.most_common(1), set(chosen)

    def belongs(block: Block) -> bool:
        prose = block.linked < _PROSE and len(block.text) > _SHORT and block.beside is None
        return prose and block.shape in family and block.article is inside[0][0]

    return [block for block in every if block in found or belongs(block)]


def _without_asides(chosen: Sequence[Block]) -> list[Block]:
    """Elements that are called "related" or "share", unless much of the article is in them."""
    lengths: Counter[HtmlElement] = Counter()
    for block in chosen:
        if block.beside is not None:
            lengths[block.beside] += len(block.text)
    most = _ASIDE * sum(len(block.text) for block in chosen)
    return [block for block in chosen if block.beside is None or lengths[block.beside] >= most]


def _without_promotion(chosen: Sequence[Block]) -> list[Block]:
    kept = [b for b in chosen if len(b.text) > _LONGEST_PROMOTION or not _PROMOTION.match(b.text)]
    for _ in range(_FAREWELLS):
        if kept and len(kept[-1].text) < _LONGEST_FAREWELL and _FAREWELL.search(kept[-1].text):
            kept.pop()
    return kept


def _without_titles(chosen: Sequence[Block], titles: Sequence[str]) -> list[Block]:
    known = {plain(title) for title in titles}
    return [
        block
        for position, block in enumerate(chosen)
        if not ((position < 6 or block.tag in ("h1", "h2")) and plain(block.text) in known)
    ]


def _without_headings_at_the_ends(chosen: Sequence[Block]) -> list[Block]:
    """A heading before all text is a title or its second line; one behind all text is that of something else."""
    texts = [position for position, block in enumerate(chosen) if not re.fullmatch("h[1-6]", block.tag)]
    return list(chosen[texts[0] : texts[-1] + 1]) if texts else []
