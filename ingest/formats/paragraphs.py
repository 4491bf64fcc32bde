"""Printed lines → paragraphs: without running heads, with the words whole that were cut at the ends of lines."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_EDGE = 3  # lines at the top and at the bottom of a page that may be running heads
_LONGEST_HEAD = 150  # characters
_PAGE_NUMBER = re.compile(
    r"(?:(?:https?|file)://\S+\s+)?\W*(?:page\s*|p\.\s*)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:/|of)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_PRINTED = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4},?\s+\d{1,2}:\d\d\b")  # what browsers put over a page
_FAR = 1.3  # times the usual distance of lines: what is farther apart belongs to two paragraphs
_SAME_SIZE = 0.1  # share by which the type of two lines of one paragraph may differ
_INDENT = 0.5, 6.0  # times the size of the type: how far to the right the first line of a paragraph begins
_FULL = 0.75  # of the usual length of a line, to which the next word must have room for a line to be the last
_FULL_AFTER_SENTENCE = 0.9
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
_ITEM = re.compile(r"[•▪◦‣]\s|\(?\d{1,2}[.)]\s")
_WORDS = re.compile(r"\w+(?:-\w+)*")
_A_WORD = 4  # letters; what is shorter may be a syllable
_HYPHEN = re.compile(r"(-?)(\w+)[-\u2010\u00ad]$")
_REAL = frozenset(  # what stays apart from the rest of its word
    {"all", "anti", "co", "cross", "ex", "great", "half", "high", "long", "low", "mid", "multi", "near", "non", "off"}
    | {"once", "one", "part", "pre", "pro", "re", "self", "semi", "short", "so", "three", "two", "vice", "well"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its text, where it begins (in points, from the lower left corner), the size of its type, its page."""

    text: str
    x: float
    y: float
    size: float
    page: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, and the size of its type."""

    text: str
    size: float
    page: int


def paragraphs(lines: Sequence[Line]) -> list[Paragraph]:
    """The paragraphs of a document, from its lines in the order in which they are read."""
    lines = list(_without_running_heads(lines))
    words = _words(lines)
    usual, margins, lengths = _usual_distances(lines), _margins(lines), _usual_lengths(lines)
    groups: list[list[Line]] = []
    for line in lines:
        above = groups[-1][-1] if groups else line
        if groups and _goes_on(above, line, usual) and not _ends_early(above, line, margins, lengths):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [
        Paragraph(_joined((line.text for line in group), words), group[0].size, group[0].page) for group in groups
    ]


def _without_running_heads(lines: Sequence[Line]) -> Iterator[Line]:
    """Without what stands in one place at the top or bottom of several pages, and page numbers."""
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    edges: dict[int, list[Line]] = {}
    for page, on_page in pages.items():
        by_height = sorted(on_page, key=lambda line: line.y)
        edges[page] = by_height[:_EDGE] + by_height[max(_EDGE, len(by_height) - _EDGE) :]
    repeated = Counter(head for on_page in edges.values() for head in {_head(line) for line in on_page})
    for page, on_page in pages.items():
        heads = {
            line
            for line in edges[page]
            if (repeated[_head(line)] > 1 and len(line.text) <= _LONGEST_HEAD)
            or _PAGE_NUMBER.fullmatch(line.text)
            or _PRINTED.match(line.text)
        }
        yield from (line for line in on_page if line not in heads)


def _head(line: Line) -> tuple[str, int]:
    """What the same head has in common on all pages: its words, and about where it is."""
    return re.sub(r"\d+", "0", re.sub(r"\s+", "", line.text)).lower(), round(line.y / 4)


def _usual_distances(lines: Sequence[Line]) -> dict[int, float]:
    """For each size of type how far its lines usually are apart, in points."""
    distances: dict[int, list[float]] = {}
    for above, line in pairwise(lines):
        if above.page == line.page and round(above.size) == round(line.size) and 0 < above.y - line.y < 3 * line.size:
            distances.setdefault(round(line.size), []).append(above.y - line.y)
    return {size: median(found) for size, found in distances.items()}


def _usual_lengths(lines: Sequence[Line]) -> dict[tuple[int, int], int]:
    """For each page and size of type how many characters a full line has."""
    lengths: dict[tuple[int, int], list[int]] = {}
    for line in lines:
        lengths.setdefault((line.page, round(line.size)), []).append(len(line.text))
    return {place: sorted(found)[len(found) * 3 // 4] for place, found in lengths.items()}


def _goes_on(above: Line, line: Line, usual: dict[int, float]) -> bool:
    """Whether a line may be the next one of a paragraph: as large, and close below it or on the next page."""
    if abs(above.size - line.size) > _SAME_SIZE * above.size or _ITEM.match(line.text):
        return False
    down = above.y - line.y
    if above.page != line.page or down < -_FAR * line.size:  # another page or column
        return not _SENTENCE_END.search(above.text)
    return down <= _FAR * usual.get(round(line.size), 1.2 * line.size)


def _ends_early(
    above: Line, line: Line, margins: dict[int, list[float]], lengths: dict[tuple[int, int], int]
) -> bool:
    """Whether a line is the last of its paragraph: the next word had room, or the next line is indented."""
    ended = bool(_SENTENCE_END.search(above.text))
    needed = len(above.text) + 1 + len(line.text.partition(" ")[0])
    full = lengths[above.page, round(above.size)]
    if needed < (_FULL_AFTER_SENTENCE if ended else _FULL) * full:
        return True
    return ended and _is_indented(line, margins)


def _margins(lines: Sequence[Line]) -> dict[int, list[float]]:
    """For each page where lines begin, if more than one does, from left to right."""
    starts = Counter((line.page, round(line.x)) for line in lines)
    margins: dict[int, list[float]] = {}
    for (page, x), count in sorted(starts.items()):
        if count > 1:
            margins.setdefault(page, []).append(x)
    return margins


def _is_indented(line: Line, margins: dict[int, list[float]]) -> bool:
    """Whether a line begins farther to the right than its column."""
    low, high = (line.x - share * line.size for share in reversed(_INDENT))
    return any(low < x < high for x in margins.get(line.page, ()))


def _joined(lines: Iterable[str], words: Counter[str]) -> str:
    text = ""
    for line in lines:
        cut = _HYPHEN.search(text)
        first = re.match(r"\w+", line)
        if cut and first and not text.endswith(" -"):
            real = cut.group(1) or _is_real(cut.group(2), first.group(), words)
            text = text[:-1] + ("-" if real and not text.endswith("\u00ad") else "") + line
        else:
            text = f"{text} {line}" if text else line
    return text.replace("\u00ad", "")


def _words(lines: Sequence[Line]) -> Counter[str]:
    """How often there is each word, and each pair with a hyphen, without those that a line's end cuts."""
    words: Counter[str] = Counter()
    cut = False
    for line in lines:
        inside = _WORDS.findall(line.text.lower())[1 if cut else 0 :]
        cut = bool(_HYPHEN.search(line.text))
        words.update(inside[:-1] if cut else inside)
    return words


def _is_real(start: str, end: str, words: Counter[str]) -> bool:
    """Whether the hyphen between two parts of a word is there within lines too."""
    if not end[0].islower() or not start.isalpha():
        return True
    start = start.lower()
    whole, hyphened = words[start + end], words[f"{start}-{end}"]
    if whole or hyphened:
        return hyphened > whole
    both = min(len(start), len(end)) >= _A_WORD and words[start] and words[end]
    return start in _REAL or bool(both)
