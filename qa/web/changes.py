"""What the page's buttons do that ask no question: evidence, whole articles, filters, verdicts, exports."""

import json
from dataclasses import replace
from datetime import datetime

import gradio as gr

from ingest.index import Article
from qa.answer import Answer, Citation
from qa.assistant import LONGEST_QUESTION, Assistant
from qa.export import FORMATS, file_name
from qa.feedback import Feedback, keep
from qa.markup import element, escaped
from qa.web.commands import Command, from_kept
from qa.web.conversation import Conversation, Said, Settings, messages, turns
from qa.web.evidence import article_html, evidence_html
from qa.web.messages import editing_html, hint_html, told_html
from qa.web.texts import Texts
from qa.web.view import Parts, Update, chips, evidence, problem, shown

FEEDBACK = "feedback.jsonl"
"""The file beside the index that verdicts are written to: a question set for `dateline eval`."""


class Changes:
    """Keeps nothing about visitors: what they said and chose comes in as an argument."""

    def __init__(self, assistant: Assistant, parts: Parts) -> None:
        self._assistant = assistant
        self._parts = parts

    def change(self, command: Command, conversation: Conversation, settings: Settings) -> Update:
        """Do what a button says; nothing, where it is about a turn that is not there."""
        turn = command.turn(len(conversation.said))
        match command.do:
            case "cancel":
                return self._cancelled(conversation, settings.texts)
            case "drop":
                return self._without(command.value, settings)
            case "open":
                return self._reopened(command.value, settings.texts)
            case "export" if conversation.said and command.value in FORMATS:
                return self._exported(command.value, conversation)
            case _ if turn is not None:
                return self._about(command, turn, conversation, settings.texts)
        return {self._parts.command: ""}

    def _about(self, command: Command, turn: int, conversation: Conversation, words: Texts) -> Update:
        """What is about one turn."""
        parts, answer = self._parts, conversation.said[turn].answer
        match command.do:
            case "edit":
                hint = {parts.hint: editing_html(words), parts.box: gr.update(value=answer.question)}
                return {parts.conversation: replace(conversation, editing=turn), **hint}
            case "show" | "back":
                return {parts.evidence: evidence(conversation, turn, words)}
            case "whole":
                return {parts.evidence: self._whole(command.value.partition(":")[2], answer, turn, words)}
            case "good" | "bad":
                return self._judged(command, turn, conversation, words)
        return {parts.command: ""}

    def _cancelled(self, conversation: Conversation, words: Texts) -> Update:
        parts = self._parts
        hint = hint_html(LONGEST_QUESTION, words)
        return {parts.box: "", parts.conversation: replace(conversation, editing=None), parts.hint: hint}

    def _whole(self, number: str, answer: Answer, turn: int, words: Texts) -> str:
        cited = answer.citations if answer.refusal is None else answer.refusal.nearest
        citation = next((c for c in cited if str(c.number) == number), None)
        if citation is None:
            return evidence_html(answer, turn, words)
        return article_html(self._article(citation), citation, turn, words)

    def _article(self, citation: Citation) -> Article | None:
        try:
            return self._assistant.index.article(citation.article_id)
        except KeyError:
            return None

    def _judged(self, command: Command, turn: int, conversation: Conversation, words: Texts) -> Update:
        """Write a verdict down. There is one for an answer: then the page no longer offers to give it."""
        parts, said, file = self._parts, conversation.said[turn], self._assistant.index.path.parent / FEEDBACK
        if said.judged:
            return {parts.command: ""}
        liked = command.do == "good"
        history = turns(conversation.answers[:turn])
        try:
            correction = "" if liked else command.words
            keep(Feedback(said.answer, liked, said.asked, history, command.text, correction), file)
        except (ValueError, OSError) as error:
            return {parts.hint: told_html(str(error))}
        conversation = conversation.judged(turn)
        told = {parts.hint: told_html(words("judged", file=file.name))}
        return {parts.chat: messages(conversation.said, words), parts.conversation: conversation, **told}

    def _without(self, value: str, settings: Settings) -> Update:
        """Take a filter away."""
        parts, (kind, _, source) = self._parts, value.partition(":")
        if kind == "source":
            settings = replace(settings, sources=[each for each in settings.sources if each != source])
            return {parts.sources: settings.sources, **chips(parts, settings)}
        if kind in ("since", "until"):
            settings = replace(settings, since=None) if kind == "since" else replace(settings, until=None)
            return {getattr(parts, kind): "", **chips(parts, settings)}
        return {parts.command: ""}

    def _reopened(self, kept: str, words: Texts) -> Update:
        """Show a conversation that the browser kept."""
        try:
            answers = from_kept(kept)
        except ValueError:
            answers = ()
        update = shown(self._parts, Conversation(tuple(Said(answer) for answer in answers)), words)
        return update if answers else {**update, self._parts.chat: [problem(words("damaged"))]}

    def _exported(self, ending: str, conversation: Conversation) -> Update:
        """Write the conversation as a file, which page.js saves."""
        answers, kind = conversation.answers, FORMATS[ending]
        now = datetime.now().astimezone()
        # With the time, since what stands there already would not be saved a second time.
        made = {"name": file_name(answers, ending), "type": kind.media_type, "text": kind.write(answers, now)}
        made["time"] = now.isoformat()
        return {self._parts.download: element("div", escaped(json.dumps(made)), class_="value")}
