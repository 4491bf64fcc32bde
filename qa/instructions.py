"""Text that reads like an instruction to a machine: where it stands, and how the reader of an answer is warned.

Articles are only ever quoted, so nothing obeys such text; but whoever reads the quote, or shows it to a language
model, should know of it. It is found by the forms that it usually takes; whoever knows these can avoid them.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import sentencex

from ingest.index import Passage
from qa.phrases import FORMS

_WORD = re.compile(r"[a-z][a-z\d]*|[^\s\da-z]")
# Cyrillic, Greek, small capitals, figures and signs that stand for a Latin letter; in a word that has another one.
_ALIKE = "аеорсухікѕјԁгтмнвαορνικτεᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ01345689@$€"
_LATIN = "aeopcyxiksjdrtmhbaopvikteabcdeghijklmnoprtuvwyzoieasgbgase"
_LOOKALIKES = str.maketrans(_ALIKE, _LATIN)
_MIXED = re.compile(f"[a-z][{_ALIKE}]|[{_ALIKE}][a-z]")
_SPACED = re.compile(r"(?<![a-z])(?:[a-z][ ._*-]{1,3}){11,}[a-z](?![a-z])")  # i g n o r e
_SQUEEZED = re.compile(r"(?:ignore|disregard|forget|override).{0,20}?(?:previous|prior|above|all|instruction|prompt)")


def instructions(text: str) -> tuple[tuple[int, int], ...]:
    """The places of the sentences that read like instructions to a language model, in order.

    Letters in disguise count as what they look like: full-width, spaced out, with invisible characters between.
    The time it takes is proportional to the text's length.
    """
    return tuple((start, end) for start, end in _sentences(text) if _instructs(text[start:end]))


def warnings(passages: Sequence[Passage]) -> tuple[str, ...]:
    """A note for an answer's reader on each passage that has instructions, counted from 1."""
    return tuple(
        f"Passage {number} (“{passage.chunk.title}”) has text that reads like an instruction to a machine; "
        "it is only ever quoted, and shown to no language model."
        for number, passage in enumerate(passages, 1)
        if has_instructions(passage)
    )


def has_instructions(passage: Passage) -> bool:
    """Whether a passage's text or title reads like an instruction to a machine."""
    return bool(instructions(passage.chunk.text) or instructions(passage.chunk.title))


def without_instructions(passage: Passage) -> Passage:
    """A passage with blank lines in the place of what reads like an instruction; every other word keeps its place.

    So a language model is not shown it, and no sentence is borne out by it.
    """
    chunk, text = passage.chunk, passage.chunk.text
    for start, end in instructions(text):
        text = text[:start] + "\n" * (end - start) + text[end:]
    title = "" if instructions(chunk.title) else chunk.title
    return replace(passage, chunk=replace(chunk, title=title, text=text))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of a text, without the white space around them."""
    for boundary in sentencex.get_sentence_boundaries("en", text):
        sentence = text[boundary["start_index"] : boundary["end_index"]]
        start = boundary["start_index"] + len(sentence) - len(sentence.lstrip())
        if stripped := sentence.strip():
            yield start, start + len(stripped)


def _instructs(sentence: str) -> bool:
    folded = sentence.translate(_FOLDED)
    if _has_form(folded) or (_MIXED.search(folded) and _has_form(folded.translate(_LOOKALIKES))):
        return True
    return any(_SQUEEZED.search(re.sub(r"[^a-z]", "", run)) for run in _SPACED.findall(folded))


def _has_form(folded: str) -> bool:
    words = set(_WORD.findall(folded))
    return any(not form.words.isdisjoint(words) and form.phrases.search(folded) for form in FORMS)


class _Folded:
    """For `str.translate`: each character as its plain small letter; what cannot be seen is nothing."""

    def __getitem__(self, code: int) -> str:
        return _folded(code)


@lru_cache(maxsize=4096)
def _folded(code: int) -> str:
    if 0xE0020 <= code < 0xE007F:  # tags: nobody sees them, but a language model reads them
        code -= 0xE0000
    character = chr(code)
    if character in "‘’‚‛`´":
        return "'"
    if character in "\u2800\u3164":
        return " "  # blank, but no white space to Unicode
    if character in "“”„«»":
        return '"'
    if unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return ""
    letters = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return (letters if letters.isascii() else unicodedata.normalize("NFKC", character)).casefold()


_FOLDED = _Folded()
