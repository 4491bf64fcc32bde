"""A chat model's reply while it arrives → sentences, each judged and given its quotes. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import sentencex

from ingest.index import Passage
from qa.answer import Citation, Sentence, cited
from qa.judge import Judged, judge
from qa.prompts import NOT_SAID
from qa.support import Support

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


class Reply:
    """A reply while it arrives. What it becomes depends on its text alone, not on the pieces it came in.

    `shown` are the passages as the model saw them, `passages` as they stand in their articles. Once it is `over`,
    refused or going round in circles, what follows is not worth waiting for; `notes` are sentences for people.
    """

    def __init__(self, shown: Sequence[Passage], passages: Sequence[Passage]) -> None:
        self._shown = shown
        self._passages = passages
        self._text = ""  # what follows the finished sentences
        self._decided = 0  # up to where in it no sentence ends
        self._sentences: list[Sentence] = []
        self._citations: list[Citation] = []
        self._partly = 0  # of the sentences that are not borne out
        self._refused = False
        self.over = False
        self.notes: list[str] = []

    def add(self, piece: str) -> None:
        """Take the next piece, without what would steer a terminal."""
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
        """What it comes to until now, without what may still become a marker or the refusal."""
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
