"""The sentences of a text, its words, and how much of what one says another has. Pure."""

import re
from dataclasses import dataclass

import sentencex

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?!\w)|\w+(?:['\u2019]\w+)*")
_ENDINGS = re.compile(r"(?<=\w{3})(?:at(?:e[sd]?|ing|ions?)|ments?|ings?|ions?|ies|ed|es|ly|[sey])$")
COMMON = frozenset(
    word
    for line in (
        "a about above after again all also am an and any are as at be because been before being below",
        "between both but by can could did do does doing down during each either few for from further",
        "had has have having he her here hers him his how i if in into is it its itself just may me",
        "might more most must my neither no nor not now of off on once one only or other our out over",
        "own said same say says shall she should so some such than that the their theirs them themselves",
        "then there these they this those through to too two under until up upon us very was we were",
        "what when where which while who whom whose why will with would you your",
    )
    for word in line.split()
)
_NUMBER_WEIGHT = 3.0  # what lacks the figure or the name is about something else
_NAME_WEIGHT = 1.5


@dataclass(frozen=True, slots=True)
class Support:
    """The words of a passage that bear a sentence out: `article.text[start:end] == quote`.

    `score` goes from 0, nothing in common, to 1, the same words.
    """

    start: int
    end: int
    quote: str
    score: float


def support_score(sentence: str, quote: str) -> float:
    """How much of what a sentence says occurs in a quote, 0 to 1: shared content words, numbers and names."""
    said, quoted = _weights(sentence), _weights(quote)
    if not said or not quoted:
        return 0.0
    covered = sum(weight for word, weight in said.items() if word in quoted) / sum(said.values())
    relevant = sum(weight for word, weight in quoted.items() if word in said) / sum(quoted.values())
    return covered * (0.8 + 0.2 * relevant)  # of two that cover alike, the shorter


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text begin and end, without the white space around them."""
    spans = []
    for boundary in sentencex.get_sentence_boundaries("en", text):
        start, end = boundary["start_index"], boundary["end_index"]
        piece = text[start:end]
        if piece.strip():
            spans.append((start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())))
    return spans


def content_words(text: str) -> frozenset[str]:
    """Pick out the stems, numbers and names that carry a text's meaning."""
    return frozenset(_weights(text))


def names_and_numbers(text: str) -> frozenset[str]:
    """Pick out the stems of names, as far as a capital within a sentence tells, and the numbers."""
    return frozenset(word for word, weight in _weights(text).items() if weight > 1)


def _weights(text: str) -> dict[str, float]:
    weights: dict[str, float] = {}
    for position, match in enumerate(_TOKEN.finditer(text)):
        token = match.group()
        if token[0].isdigit():
            weights[token.casefold().replace(",", "")] = _NUMBER_WEIGHT
        elif token.casefold() not in COMMON:
            name = token[0].isupper() and position > 0
            word = stem(token.casefold())
            weights[word] = max(weights.get(word, 0.0), _NAME_WEIGHT if name else 1.0)
    return weights


def stem(word: str) -> str:
    """Take a word's ending off: all its inflections have the same stem, or nearly."""
    for _ in range(2):
        word = _ENDINGS.sub("", word.replace("\u2019", "'").removesuffix("'s").removesuffix("'"))
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word
