"""Article → Chunks: contiguous slices on sentence and paragraph borders. Pure; the only user of text splitters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise

import sentencex

from ingest.article import Article

TokenCounts = Callable[[Sequence[str]], list[int]]

_LONGEST_TITLE = 200  # characters of a title that are embedded: it must leave room for what the article says
_LONGEST_TOKEN = 20  # characters
_PARAGRAPH_BONUS = 0.15  # of a chunk's size: how far out of the way a paragraph's end is worth going


@dataclass(frozen=True, slots=True)
class Chunk:
    """A contiguous slice of one article's text, `article.text[start:end]`, with what to call the article.

    Offsets count characters. `position` numbers an article's chunks from 0.
    """

    article_id: str
    position: int
    start: int
    end: int
    text: str
    title: str
    source: str = ""
    url: str | None = None
    published: date | None = None

    @property
    def id(self) -> str:
        """Unique in an index: the article's id and the chunk's position in it."""
        return f"{self.article_id}#{self.position}"

    @property
    def embedded_text(self) -> str:
        """What is embedded: the title in front says what the words are about. It is not stored."""
        return f"{self.title[:_LONGEST_TITLE]}\n{self.text.strip()}"


def split(article: Article, token_counts: TokenCounts, *, size: int) -> list[Chunk]:
    """Cut an article into chunks of about equal length, at most `size` tokens with the title, in order.

    A title of more than half of that leaves the other half to the text. Joined, the chunks are the article's text
    to the letter. Every cut is the end of a sentence, a paragraph's where one is near; only a sentence that does
    not fit into a chunk is cut inside. `token_counts` tells the tokens of each of many texts in one go.
    """
    title = token_counts([article.title[:_LONGEST_TITLE]])[0] + 3  # both ends and the line break
    room = max(size - title, size // 2)
    pieces, counts = _pieces(article.text, token_counts, room)
    borders = [0, *accumulate(len(piece) for piece in pieces)]
    cuts = _cuts(pieces, counts, room)
    return [
        Chunk(
            article_id=article.id,
            position=position,
            start=borders[first],
            end=borders[after],
            text=article.text[borders[first] : borders[after]],
            title=article.title,
            source=article.source,
            url=article.url,
            published=article.published,
        )
        for position, (first, after) in enumerate(pairwise(cuts))
    ]


def _pieces(text: str, token_counts: TokenCounts, room: int) -> tuple[list[str], list[int]]:
    """The text as sentences, each with the white space behind it, and their tokens; over-long ones in parts."""
    sentences = _sentences(text)
    pieces: list[str] = []
    counts: list[int] = []
    for sentence, count in zip(sentences, token_counts(sentences), strict=True):
        parts = [sentence] if _size(sentence, count) <= room else _parts(sentence, token_counts, room)
        pieces.extend(parts)
        counts.extend([count] if len(parts) == 1 else token_counts(parts))
    return pieces, counts


def _size(text: str, tokens: int) -> int:
    """The tokens of a text, but no fewer than its characters allow.

    A word of any length can be one unknown token, and white space is none: the splitter, which drops what it has
    passed on by length, would pass on twice what has no length.
    """
    return max(tokens, -(-len(text) // _LONGEST_TOKEN))


def _sentences(text: str) -> list[str]:
    sentences: list[str] = []
    start = 0
    for boundary in [*sentencex.get_sentence_boundaries("en", text), {"end_index": len(text)}]:
        piece = text[start : boundary["end_index"]]
        start += len(piece)
        if piece and not piece.strip() and sentences:
            sentences[-1] += piece
        elif piece:
            sentences.append(piece)
    return sentences


def _parts(sentence: str, token_counts: TokenCounts, room: int) -> list[str]:
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        chunk_size=room,
        chunk_overlap=0,
        length_function=lambda part: _size(part, token_counts([part])[0]),
        separators=["\n\n", "\n", "; ", ", ", " ", ""],
        keep_separator="end",
        strip_whitespace=False,
    )
    return splitter.split_text(sentence)


def _cuts(pieces: Sequence[str], counts: Sequence[int], room: int) -> list[int]:
    """Where chunks begin and end, as indices into the pieces: as few chunks as fit, of about equal size."""
    cuts = [0]
    left = sum(counts)
    while cuts[-1] < len(pieces):
        chunks = max(1, -(-left // room))
        aim = left / chunks
        cut = _next_cut(pieces, counts, cuts[-1], room=room, aim=aim)
        left -= sum(counts[cuts[-1] : cut])
        cuts.append(cut)
    return cuts


def _next_cut(pieces: Sequence[str], counts: Sequence[int], first: int, *, room: int, aim: float) -> int:
    best, best_cost, tokens = first + 1, float("inf"), 0
    for after in range(first + 1, len(pieces) + 1):
        tokens += counts[after - 1]
        if tokens > room and after > first + 1:
            break
        paragraph = after == len(pieces) or "\n" in pieces[after - 1][-2:]
        cost = abs(tokens - aim) - (_PARAGRAPH_BONUS * room if paragraph else 0)
        if cost < best_cost:
            best, best_cost = after, cost
    return best
