"""Passages → prose by a chat model: its reply is read as it arrives, each sentence judged and given its quotes."""

import re
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sentencex

from ingest.index import Passage
from qa.answer import Citation, Sentence, Turn, cited
from qa.chat_model import WritingFailed, ask_chat_model
from qa.context import UNKNOWN, tokens
from qa.instructions import without_instructions
from qa.judge import Judged, judge
from qa.judge.meanings import NEGATIONS
from qa.prompts import NOT_SAID, Prompt, conversation, labelled, one_line
from qa.support import Support, content_words

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["WritingFailed", "Written", "rewrite_query", "write"]

ANSWER_CHARACTERS = 2_000
_ANSWER_TOKENS = 700  # of a context that the answer needs, and what a model puts around a prompt
_PATIENCE = 0.5  # seconds without a word after which whoever waits may stop it

_NUMBERS = r"[\s^]*(?:(?:passage|source|article)s?\s+)?\d+(?::\d+)?(?:[\s,;&^\u2013-]+\d+)*\s*(?:†[^\[\]【】]*)?"
_SHORT = r"(?=[\[【]{1,2}[^\[\]【】\n]{1,60}[\]】])"  # as much as _HALF_MARKER keeps back
_MARKER = rf"(?>{_SHORT}(?:[\[【]{{2}}{_NUMBERS}[\]】]{{1,2}}|[\[【]{_NUMBERS}[\]】]))"
_MARKERS = re.compile(rf"(?<!\s)\s*+(?:{_MARKER}\s*+)++(?P<next>\S?)", re.IGNORECASE)
_HALF_MARKER = re.compile(r"[\[【]{1,2}[^\[\]【】\n]{0,60}\Z")
_CUT_MARKER = re.compile(r"[\[【]{1,2}[ \d,;&^\u2013-]{0,60}\Z")  # at most what _HALF_MARKER keeps back
_WORD = rf"(?:(?!{_MARKER})\S)"
_STEP = re.compile(rf"{_WORD}*+(?P<gap>(?:\s|{_MARKER})++)(?P<word>{_WORD}++)(?P<last>\Z)?", re.IGNORECASE)
_HALF_STEP = re.compile(rf"{_WORD}*+(?P<gap>(?:\s|{_MARKER})++){_WORD}*+\Z", re.IGNORECASE)
_TERMINATED = re.compile(r"[.!?…\u3002\uff01\uff1f][\"'\u201d\u2019»)\]*_]*\Z")
_BULLET = re.compile(r"\A(?:[-*•#>\u2013]+|\d{1,2}[.)])(?:\s+|\Z)")
_LINK = re.compile(r"https?:/|\bwww\.|\]\(|<[a-z/!]", re.IGNORECASE)  # or a picture
_HALF_BULLET = re.compile(r"\A\d{1,2}\Z")


@dataclass(frozen=True, slots=True)
class Written:
    """What a chat model has written so far. `refused`: it says that the articles do not answer.

    Each one continues the one before: finished sentences and citations stay, the last sentence grows. A sentence
    that the passages bear out is `supported`, by quotes of ours, whatever number the model wrote behind it. One that
    they do not, or that has a link, stays unjudged until the last Written says so: no text is taken back from under
    its readers.
    """

    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    refused: bool = False
    notes: tuple[str, ...] = ()


def write(
    question: str,
    passages: Sequence[Passage],
    history: Sequence[Turn],
    chat_model: "BaseChatModel",
    *,
    context: int = UNKNOWN,
    answer_characters: int = ANSWER_CHARACTERS,
) -> Generator[Written, None, None]:
    """Yield the answer as it is written, whole each time. Closing this ends the model's work.

    Passages come most relevant first; those that find no room in the model's `context` (tokens) are left out from
    the end, and so is what reads like an instruction. What was not shown cannot be cited. A finished sentence is
    judged and gets its citations. A model that says nothing yet is heard of all the same, now and then. Raises
    WritingFailed.
    """
    if not passages:
        yield Written(refused=True)
        return
    readable = [without_instructions(passage) for passage in passages]
    prompt, shown = _answer_prompt(question, readable, history, context - _ANSWER_TOKENS)
    reply = _Reply(shown, passages)
    if len(shown) < len(passages):
        reply.notes.append(f"The language model was shown the first {len(shown)} of {len(passages)} passages.")
    before, told, noted = Written(), time.monotonic(), len(reply.notes)
    with closing(_limited(chat_model, prompt, answer_characters, reply.notes)) as pieces:
        for piece in pieces:
            reply.add(piece)
            written = reply.so_far()
            if written.sentences != before.sentences or time.monotonic() > told + _PATIENCE:
                yield (before := written)
                told = time.monotonic()
            if reply.over:
                break
    written = reply.finish(whole=len(reply.notes) == noted)
    if not (written.sentences or written.refused):
        raise WritingFailed("The language model's answer was empty.")
    if written != before:
        yield written


def rewrite_query(question: str, history: Sequence[Turn], chat_model: "BaseChatModel") -> Iterator[str]:
    """Make the question stand alone, by what the conversation says: the last of what is yielded.

    Before it comes an empty one whenever the model is silent, so that whoever waits can stop it. A bad reply leaves
    the question as it is: an empty or very long one, or one with a word or a negation that the conversation does not
    have. Raises WritingFailed.
    """
    if not history:
        yield question
        return
    talk = conversation(history)
    prompt = Prompt.load("query").fill(history=talk, question=one_line(question))
    limit = 2 * len(question) + 200
    reply = ""
    with closing(_limited(chat_model, prompt, limit + 1, [])) as pieces:
        for piece in pieces:
            reply += piece
            if not piece:
                yield ""
    line = next((line for line in reply.splitlines() if line.strip()), "").strip(" \t\"'\u201c\u201d*>")
    said = f"{talk} {question}"
    invented = content_words(line) - content_words(said) or _negations(line) - _negations(question)
    yield question if not line or len(reply) > limit or invented else line


def _negations(text: str) -> frozenset[str]:
    return NEGATIONS.intersection(re.findall(r"[\w']+", text.casefold().replace("\u2019", "'")))


def _answer_prompt(
    question: str, passages: Sequence[Passage], history: Sequence[Turn], room: int
) -> tuple[Prompt, Sequence[Passage]]:
    prompt = Prompt.load("answer")
    values = {"refusal": NOT_SAID, "question": one_line(question), "history": conversation(history)}
    room -= tokens(str(prompt.fill(passages="", **values)))
    labels: list[str] = []
    for number, passage in enumerate(passages, start=1):
        label = labelled(number, passage)
        room -= tokens(label)
        if room < 0:
            break
        labels.append(label)
    if not labels:
        raise WritingFailed("The question and the conversation leave no room for the articles.")
    return prompt.fill(passages="\n\n".join(labels), **values), passages[: len(labels)]


def _limited(
    chat_model: "BaseChatModel", prompt: Prompt, characters: int, notes: list[str]
) -> Generator[str, None, None]:
    """Yield the reply in pieces; after so many characters end the model's work and say so in the notes."""
    left = characters
    with closing(ask_chat_model(chat_model, prompt.instructions, prompt.request)) as pieces:
        for piece in pieces:
            yield piece.text[:left]
            left -= len(piece.text)
            if left < 0:
                notes.append(f"The answer was cut off after {characters} characters.")
                return
            if piece.cut:
                notes.append(piece.cut)


class _Reply:
    """A reply while it arrives. What it becomes depends on its text alone, not on the pieces it came in."""

    def __init__(self, shown: Sequence[Passage], passages: Sequence[Passage]) -> None:
        self._shown = shown
        self._passages = passages  # as they stand in their articles
        self._text = ""  # what follows the finished sentences
        self._decided = 0  # up to where in it no sentence ends
        self._sentences: list[Sentence] = []
        self._citations: list[Citation] = []
        self._partly = 0  # of the sentences that are not borne out
        self._refused = False
        self.over = False  # refused, or going round in circles: what follows is not worth waiting for
        self.notes: list[str] = []

    def add(self, piece: str) -> None:
        # A reply can hold what would steer a terminal.
        self._text += "".join(c if c.isprintable() or c.isspace() else "" for c in piece)
        self._read(self._text[: _start(_HALF_MARKER.search(self._text), len(self._text))])

    def finish(self, *, whole: bool) -> Written:
        """Judge what is left, but not half a sentence of a reply that is not whole."""
        self._read(self._text, last=True)
        rest = _CUT_MARKER.sub("", self._text)
        self._finish_sentence(rest, judged=whole or bool(_TERMINATED.search(_clean(rest))))
        self._text = ""
        if unsupported := sum(not sentence.supported for sentence in self._sentences):
            self._sentences = [replace(s, supported=bool(s.supported)) for s in self._sentences]
            self.notes.append(_left_out(unsupported, self._partly))
        return self.so_far()

    def so_far(self) -> Written:
        if self._refused:
            return Written(refused=True, notes=tuple(self.notes))
        growing = self._growing()
        sentences = (*self._sentences, Sentence(growing)) if growing else tuple(self._sentences)
        return Written(sentences, tuple(self._citations), notes=tuple(self.notes))

    def _growing(self) -> str:
        text = self._text[: _start(_HALF_MARKER.search(self._text), len(self._text))]
        step = _HALF_STEP.match(text, self._decided)
        if step and _may_end(text[: step.start("gap")], step["gap"]):
            text = text[: step.start("gap")]
        text = _clean(text)
        undecided = _HALF_BULLET.match(text) or (not self._sentences and _may_refuse(text))
        repeating = any(sentence.text.startswith(text) for sentence in self._sentences)
        return "" if undecided or repeating or self.over else text

    def _read(self, text: str, *, last: bool = False) -> None:
        while step := _STEP.match(text, self._decided):
            if step["last"] is not None and not last:
                return  # the word may not be complete
            gap, border = step["gap"], step.start("gap")
            if not _ends(text[:border], gap, step["word"]):
                self._decided = step.start("word")
                continue
            border += gap.rfind("\n") + 1 or len(gap)  # what a line begins with belongs to it
            self._finish_sentence(text[:border])
            text, self._text, self._decided = text[border:], self._text[border:], 0

    def _finish_sentence(self, written: str, *, judged: bool = True) -> None:
        text = _clean(written)
        if not text or self.over:
            return
        numbers = [number for number in _numbers(written) if 1 <= number <= len(self._shown)]
        if not self._sentences and _refuses(text):
            self._refused = self.over = True
            return
        if any(sentence.text == text for sentence in self._sentences):
            self.over = True
            self.notes.append("The language model began to repeat itself and was stopped.")
            return
        verdict = Judged() if _LINK.search(text) or not judged else judge(text, self._shown, numbers)
        self._partly += verdict.partly
        cites = (self._cite(self._passages[number - 1], support) for number, support in verdict.supports)
        self._sentences.append(Sentence(text, tuple(dict.fromkeys(cites)), supported=verdict.supported or None))

    def _cite(self, passage: Passage, support: Support) -> int:
        place = (passage.chunk.article_id, support.start, support.end)
        for citation in self._citations:
            if (citation.article_id, citation.start, citation.end) == place:
                return citation.number
        number = len(self._citations) + 1
        self._citations.append(cited(number, passage, support.start, support.end, support.score))
        return number


def _left_out(sentences: int, partly: int) -> str:
    left_out = "1 sentence was" if sentences == 1 else f"{sentences} sentences were"
    them = "it" if sentences == 1 else "them"
    if partly == sentences:
        return f"{left_out} left out: the quotes bear {them} out only in part."
    in_part = f", {partly} of them only in part" if partly else ""
    return f"{left_out} left out: the quotes do not bear {them} out{in_part}."


def _start(match: re.Match[str] | None, otherwise: int) -> int:
    return match.start() if match else otherwise


def _ends(head: str, gap: str, word: str) -> bool:
    """Say whether a sentence ends between what was written before a gap and the word behind it."""
    if not _may_end(head, gap):
        return False
    if "\n" in gap or (re.search(_MARKER, gap, re.IGNORECASE) and not word[0].islower()):
        return True
    sentence = _clean(head)
    boundaries = sentencex.get_sentence_boundaries("en", f"{sentence} {word}")
    return any(len(sentence) <= boundary["end_index"] <= len(sentence) + 1 for boundary in boundaries)


def _may_end(head: str, gap: str) -> bool:
    sentence = _clean(head)
    if not sentence:
        return False
    inches = len(re.findall(r'\d"', sentence))
    straight = sentence.count('"')
    quoting = sentence.count("\u201c") > sentence.count("\u201d") or (straight % 2 and (straight - inches) % 2)
    return "\n" in gap or (bool(_TERMINATED.search(sentence)) and not quoting)


def _clean(written: str) -> str:
    """Take out markers, bullets and superfluous white space. A beginning stays a beginning of the whole."""
    text = " ".join(_MARKERS.sub(_without, written).split())
    return _BULLET.sub("", text)


def _without(markers: re.Match[str]) -> str:
    following = markers["next"]
    return following if following in tuple(".,;:!?)…") else f" {following}"


def _numbers(written: str) -> Iterable[int]:
    for marker in re.findall(_MARKER, written, re.IGNORECASE):
        for first, last in re.findall(r"(\d+)(?::\d+)?(?:\s*[\u2013-]\s*(\d+))?", marker.partition("†")[0]):
            yield from range(int(first), min(int(last or first), int(first) + 9) + 1)


def _may_refuse(text: str) -> bool:
    said, refusal = _plain(text), _plain(NOT_SAID)
    return refusal.startswith(said) or said.startswith(refusal)


def _refuses(text: str) -> bool:
    """Say whether a first sentence is the refusal."""
    return _plain(text) == _plain(NOT_SAID)


def _plain(text: str) -> str:
    return text.casefold().strip(" \"'\u201c\u201d*.")
