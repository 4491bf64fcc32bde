"""One visitor's conversation and settings, and how they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import gradio as gr

from qa.answer import Answer, Turn
from qa.assistant import Assistant, Options
from qa.web.messages import Holdings, answer_html, question_html
from qa.web.texts import Texts, texts

HISTORY_TURNS = 20

Chosen = tuple[str, str | None, int, Sequence[str], str | None, str | None]
"""What `Settings` are made of."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it is shown: with questions to go on with, which quotes are new, when it was asked.

    `judged` once its visitor said what they think of it.
    """

    answer: Answer
    following: tuple[str, ...] = ()
    new: frozenset[int] = frozenset()
    asked: datetime = field(default_factory=lambda: datetime.now().astimezone())
    judged: bool = False


@dataclass(frozen=True, slots=True)
class Conversation:
    """One visitor's answers so far, and the number of the question that is being changed. Gradio keeps it."""

    said: tuple[Said, ...] = ()
    editing: int | None = None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers alone."""
        return tuple(said.answer for said in self.said)

    def judged(self, turn: int) -> "Conversation":
        """The same with a verdict on one answer."""
        judged = replace(self.said[turn], judged=True)
        return replace(self, said=(*self.said[:turn], judged, *self.said[turn + 1 :]))


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


def messages(said: Sequence[Said], words: Texts, *, complete: bool = True) -> list[gr.ChatMessage]:
    """Write the conversation as gradio shows it: question, answer, question, answer."""
    shown = []
    for turn, each in enumerate(said):
        last = turn == len(said) - 1
        shown.append(gr.ChatMessage(question_html(each.answer.question, turn, words), role="user"))
        following = each.following if last else ()
        done = complete or not last
        answer = answer_html(each.answer, turn, words, complete=done, judged=each.judged, following=following)
        shown.append(gr.ChatMessage(answer, role="assistant"))
    return shown
