"""The page's components, and what a conversation puts into them."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from qa.assistant import LONGEST_QUESTION
from qa.web.commands import as_kept
from qa.web.conversation import Conversation, Settings, messages
from qa.web.evidence import evidence_html, no_evidence_html
from qa.web.messages import chips_html, editing_html, hint_html, problem_html
from qa.web.texts import Texts
from qa.web.upload_panel import UploadParts

Update = dict[Any, Any]
"""New values, or gradio's updates, of some of the page's parts."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The page's components that events change or read."""

    masthead: gr.Markdown
    chat: gr.Chatbot
    box: gr.Textbox
    hint: gr.Markdown
    chips: gr.Markdown
    evidence: gr.Markdown
    article: gr.Markdown
    conversation: gr.State
    kept: gr.Markdown
    spoken: gr.Markdown
    download: gr.Markdown
    asking: gr.Textbox
    command: gr.Textbox
    again: gr.Button
    filters: gr.Accordion
    more: gr.Accordion
    language: gr.Dropdown
    mode: gr.Radio
    passages: gr.Slider
    sources: gr.Dropdown
    since: gr.Textbox
    until: gr.Textbox
    upload: UploadParts | None

    @property
    def settings(self) -> list[Any]:
        """The components that `Settings` are made of."""
        return [self.language, self.mode, self.passages, self.sources, self.since, self.until]


def said_so_far(parts: Parts, conversation: Conversation, words: Texts) -> Update:
    """A conversation, and what the browser keeps of it."""
    chat = messages(conversation.said, words)
    return {parts.chat: chat, parts.conversation: conversation, parts.kept: as_kept(conversation)}


def shown(parts: Parts, conversation: Conversation, words: Texts) -> Update:
    """The same with the evidence of the last answer."""
    last = len(conversation.said) - 1
    evidence_shown = evidence(conversation, last, words) if conversation.said else no_evidence_html(words)
    return {**said_so_far(parts, conversation, words), parts.evidence: evidence_shown, parts.article: ""}


def hint(conversation: Conversation, words: Texts) -> str:
    """What stands under the box."""
    return hint_html(LONGEST_QUESTION, words) if conversation.editing is None else editing_html(words)


def evidence(conversation: Conversation, turn: int, words: Texts) -> str:
    """The evidence of one answer of a conversation."""
    return evidence_html(conversation.said[turn].answer, turn, words, new=conversation.said[turn].new)


def chips(parts: Parts, settings: Settings) -> Update:
    """The filters that are set."""
    try:
        since, until = settings.day(settings.since), settings.day(settings.until)
    except ValueError as error:
        return {parts.chips: problem_html(str(error))}
    return {parts.chips: chips_html(settings.sources or (), since, until, settings.texts)}


def problem(message: str) -> gr.ChatMessage:
    """A message that says what went wrong."""
    return gr.ChatMessage(problem_html(message), role="assistant")
