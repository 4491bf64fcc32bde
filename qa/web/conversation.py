"""One visitor's conversation and settings, and how they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import uuid4

import gradio as gr

from qa.answer import Answer, Turn
from qa.assistant import Assistant, Options
from qa.web.messages import Holdings, answer_html, question_html
from qa.web.texts import Texts, texts

HISTORY_TURNS = 20
MOST_PASSAGES = 20

Chosen = tuple[str, str | None, int, Sequence[str], str | None, str | None]
"""What `Settings` are made of."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it is shown: with questions to go on with, which quotes are new, when it was asked.

    `k` is how many passages were asked for, 0 where that is not known; `judged` once its visitor said what they think
    of it.
    """

    answer: Answer
    k: int = 0
    following: tuple[str, ...] = ()
    new: frozenset[int] = frozenset()
    asked: datetime = field(default_factory=lambda: datetime.now().astimezone())
    judged: bool = False

    def was_asked_like(self, other: "Said") -> bool:
        """Whether nothing but the articles can have made another answer of this one."""
        one, two = self.answer, other.answer
        same = (one.question, one.query, one.mode) == (two.question, two.query, two.mode)
        return same and self.k == other.k


def settled(said: Said) -> Said:
    """A written answer that was stopped: what had not been judged by then is not shown as if it had."""
    answer = said.answer
    if answer.mode != "written" or all(sentence.supported is not None for sentence in answer.sentences):
        return said
    sentences = tuple(replace(sentence, supported=bool(sentence.supported)) for sentence in answer.sentences)
    note = "It was stopped: what had not been checked by then is left out."
    return replace(said, answer=replace(answer, sentences=sentences, notes=(*answer.notes, note)))


@dataclass(frozen=True, slots=True)
class Conversation:
    """One visitor's answers so far. Gradio keeps it.

    `editing` is the number of the question that is being changed, `typed` the question from the box that has no
    answer yet. The browser keeps the conversation by its `id`.
    """

    said: tuple[Said, ...] = ()
    editing: int | None = None
    typed: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers alone."""
        return tuple(said.answer for said in self.said)

    def having(self, turn: int, said: Said) -> "Conversation":
        """The same with another answer in the place of one."""
        return replace(self, said=(*self.said[:turn], said, *self.said[turn + 1 :]))


@dataclass(frozen=True, slots=True)
class Settings:
    """What a visitor has chosen: in the order of `Parts.settings`."""

    language: str
    mode: str | None
    passages: int
    sources: Sequence[str]
    since: str | None
    until: str | None

    @property
    def texts(self) -> Texts:
        """The words of the page."""
        return texts(str(self.language))  # gradio lets a list of several pass

    def options(self) -> Options:
        """How questions are asked. Raises ValueError for what is no day."""
        options: Options = {"k": int(self.passages), "sources": tuple(self.sources or ())}
        options["since"], options["until"] = self.day(self.since), self.day(self.until)
        if self.mode == "quotes":
            options["mode"] = "quotes"
        return options

    def day(self, text: str | None) -> date | None:
        """A day as it was typed."""
        try:
            return date.fromisoformat(text.strip()[:10]) if text and text.strip() else None
        except ValueError:
            raise ValueError(self.texts("bad_day", text=text)) from None


def holdings(assistant: Assistant) -> Holdings:
    """Sum up what the archive holds now."""
    articles = assistant.index.articles()
    days = [article.published for article in articles if article.published]
    indexed: list[datetime] = [article.indexed for article in articles if article.indexed]
    return Holdings(
        articles=len(articles),
        sources=frozenset(article.source for article in articles if article.source),
        since=min(days, default=None),
        until=max(days, default=None),
        indexed=max(indexed, default=None),
    )


def turns(answers: Sequence[Answer]) -> tuple[Turn, ...]:
    """Cut the history that is given to the assistant: the latest turns."""
    return tuple(Turn(answer.question, answer.text) for answer in answers[-HISTORY_TURNS:])


def messages(said: Sequence[Said], words: Texts, *, coming: int | None = None) -> list[gr.ChatMessage]:
    """Write the conversation as gradio shows it: question, answer, question, answer; one may be `coming` still."""
    shown = []
    for turn, each in enumerate(said):
        shown.append(gr.ChatMessage(question_html(each.answer.question, turn, words), role="user"))
        following = each.following if turn == len(said) - 1 else ()
        done = turn != coming
        answer = answer_html(each.answer, turn, words, complete=done, judged=each.judged, following=following)
        shown.append(gr.ChatMessage(answer, role="assistant"))
    return shown
