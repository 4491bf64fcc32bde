"""What the page's buttons do that ask no question: evidence, whole articles, filters, verdicts, exports."""

import json
from dataclasses import replace
from datetime import datetime

import gradio as gr

from ingest.index import Article
from qa.answer import Answer, Citation
from qa.assistant import Assistant
from qa.export import FORMATS, file_name
from qa.feedback import Feedback, keep
from qa.markup import element, escaped
from qa.web.commands import Command, from_kept
from qa.web.conversation import Conversation, Settings, holdings, turns
from qa.web.evidence import article_html
from qa.web.messages import masthead_html, told_html
from qa.web.texts import Texts
from qa.web.view import Parts, Update, chips, evidence, hint, problem, said_so_far, shown

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
            case "news":
                return self._news(settings.texts)
            case "new":
                return self._instead(conversation, Conversation(), settings.texts)
            case "open":
                return self._reopened(command, conversation, settings.texts)
            case "export":
                return self._exported(command.value.rpartition(":")[2], conversation, turn)
            case _ if turn is not None:
                return self._about(command, turn, conversation, settings.texts)
        return {}

    def _instead(self, conversation: Conversation, other: Conversation, words: Texts) -> Update:
        """Show another conversation; an earlier question that was being changed leaves the box with its own."""
        box: Update = {} if conversation.editing is None else {self._parts.box: ""}
        return {**shown(self._parts, other, words), **box, self._parts.hint: hint(other, words)}

    def _reopened(self, command: Command, conversation: Conversation, words: Texts) -> Update:
        """Show a conversation that the browser kept, there under the name `command.text`."""
        try:
            said = from_kept(command.value)
        except ValueError:
            said = ()
        if said:
            return self._instead(conversation, Conversation(said, id=command.text), words)
        return {**self._instead(conversation, Conversation(), words), self._parts.chat: [problem(words("damaged"))]}

    def _about(self, command: Command, turn: int, conversation: Conversation, words: Texts) -> Update:
        """What is about one turn."""
        parts, answer = self._parts, conversation.said[turn].answer
        match command.do:
            case "edit":
                changing = replace(conversation, editing=turn)
                return {parts.conversation: changing, parts.hint: hint(changing, words), parts.box: answer.question}
            case "show":
                return {parts.evidence: evidence(conversation, turn, words), parts.article: ""}
            case "back":
                return {parts.article: ""}
            case "whole":
                return {parts.article: self._whole(command.value.partition(":")[2], answer, turn, words)}
            case "good" | "bad":
                return self._judged(command, turn, conversation, words)
        return {}

    def _cancelled(self, conversation: Conversation, words: Texts) -> Update:
        asking = replace(conversation, editing=None)
        return {self._parts.box: "", self._parts.conversation: asking, self._parts.hint: hint(asking, words)}

    def _news(self, words: Texts) -> Update:
        """What the archive holds now."""
        parts, held = self._parts, holdings(self._assistant)
        examples = [{"text": question} for question in self._assistant.examples()]
        return {
            parts.masthead: masthead_html(held, words),
            parts.chat: gr.update(examples=examples),
            parts.sources: gr.update(choices=sorted(held.sources)),
        }

    def _whole(self, number: str, answer: Answer, turn: int, words: Texts) -> str:
        cited = answer.citations if answer.refusal is None else answer.refusal.nearest
        citation = next((c for c in cited if str(c.number) == number), None)
        return article_html(self._article(citation), citation, turn, words) if citation else ""

    def _article(self, citation: Citation) -> Article | None:
        try:
            return self._assistant.index.article(citation.article_id)
        except KeyError:
            return None

    def _judged(self, command: Command, turn: int, conversation: Conversation, words: Texts) -> Update:
        """Write a verdict down. There is one for an answer: then the page no longer offers to give it."""
        parts, said, file = self._parts, conversation.said[turn], self._assistant.index.path.parent / FEEDBACK
        if said.judged:
            return {}
        liked = command.do == "good"
        history = turns(conversation.answers[:turn])
        try:
            correction = "" if liked else command.words
            keep(Feedback(said.answer, liked, said.asked, history, command.text, correction), file)
        except (ValueError, OSError) as error:
            return {parts.hint: told_html(str(error))}
        conversation = conversation.having(turn, replace(said, judged=True))
        told = {parts.hint: told_html(words("judged", file=file.name))}
        return {**said_so_far(parts, conversation, words), **told}

    def _without(self, value: str, settings: Settings) -> Update:
        """Take a filter away."""
        parts, (kind, _, source) = self._parts, value.partition(":")
        if kind == "source":
            settings = replace(settings, sources=[each for each in settings.sources if each != source])
            return {parts.sources: settings.sources, **chips(parts, settings)}
        if kind in ("since", "until"):
            settings = replace(settings, since=None) if kind == "since" else replace(settings, until=None)
            return {getattr(parts, kind): "", **chips(parts, settings)}
        return {}

    def _exported(self, ending: str, conversation: Conversation, turn: int | None) -> Update:
        """Write the conversation, or one answer of it, as a file, which page.js saves."""
        answers = conversation.answers if turn is None else conversation.answers[turn : turn + 1]
        if not answers or ending not in FORMATS:
            return {}
        now, kind = datetime.now().astimezone(), FORMATS[ending]
        # With the time, since what stands there already would not be saved a second time.
        made = {"name": file_name(answers, ending), "type": kind.media_type, "text": kind.write(answers, now)}
        made["time"] = now.isoformat()
        return {self._parts.download: element("div", escaped(json.dumps(made)), class_="value")}
