"""What the chat page's events do: a conversation, and beside it the evidence of each answer."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Unpack

import gradio as gr

from ingest.index import IndexUnusableError
from qa.answer import Answer
from qa.assistant import LONGEST_QUESTION, Assistant, Options
from qa.markup import element, escaped
from qa.web.changes import Changes
from qa.web.commands import Command, command_from
from qa.web.conversation import Chosen, Conversation, Said, Settings, holdings, messages, turns
from qa.web.evidence import no_evidence_html
from qa.web.messages import hint_html, masthead_html, pending_html, question_html, welcome_html
from qa.web.texts import Texts, languages, preferred, texts
from qa.web.view import Parts, Update, chips, problem, shown

_LOGGER = logging.getLogger(__name__)


class ChatPage:
    """Keeps nothing about visitors: what they said and chose comes in as an argument."""

    def __init__(self, assistant: Assistant, parts: Parts) -> None:
        self._assistant = assistant
        self._parts = parts
        self._changes = Changes(assistant, parts)

    def open(self, request: gr.Request) -> Update:
        """Fill the page for a new visitor, in their language: what the archive holds, and what to ask it."""
        chosen = str(request.query_params.get("lang") or "")
        language = chosen if chosen in languages() else preferred(request.headers.get("accept-language", ""))
        sources = sorted(holdings(self._assistant).sources)
        return {
            **self._words(texts(language), Conversation()),
            self._parts.language: language,
            self._parts.sources: gr.update(choices=sources, label=texts(language)("filter_sources")),
        }

    def speak(self, conversation: Conversation, *chosen: *Chosen) -> Update:
        """Show the page in the language that was chosen."""
        return self._words(Settings(*chosen).texts, conversation)

    def ask(self, question: str | None, conversation: Conversation, *chosen: *Chosen) -> Iterator[Update]:
        """Answer what is in the box; what followed a question that was being changed is left out."""
        yield from self._answer(question or "", conversation, Settings(*chosen), at=conversation.editing)

    def ask_example(self, example: gr.SelectData, conversation: Conversation, *chosen: *Chosen) -> Iterator[Update]:
        """Ask the example question that was clicked."""
        yield from self._answer(str(example.value["text"]), conversation, Settings(*chosen))

    def act(self, sent: str, conversation: Conversation, *chosen: *Chosen) -> Iterator[Update]:
        """Do what a button of the conversation or of the evidence says."""
        settings, command = Settings(*chosen), command_from(sent)
        if command is None:
            yield {self._parts.command: ""}
            return
        match command.do:
            case "ask":
                yield from self._answer(command.value, conversation, settings)
            case "again" | "any_time" | "unfiltered":
                yield from self._ask_again(command, conversation, settings)
            case _:
                yield self._changes.change(command, conversation, settings)

    def choose(self, conversation: Conversation, *chosen: *Chosen) -> Update:
        """Show the filters that are set."""
        del conversation
        return chips(self._parts, Settings(*chosen))

    def ready(self, *chosen: *Chosen) -> Update:
        """Make the box ready for a question."""
        return {self._parts.box: gr.update(submit_btn=Settings(*chosen).texts("ask"), stop_btn=False)}

    def stop(self, conversation: Conversation, *chosen: *Chosen) -> Update:
        """Leave in the chat what was answered until then."""
        return shown(self._parts, conversation, Settings(*chosen).texts)

    def start_over(self, *chosen: *Chosen) -> Update:
        """Put chat, evidence and conversation back to before the first question."""
        words, parts = Settings(*chosen).texts, self._parts
        return {**shown(parts, Conversation(), words), parts.hint: hint_html(LONGEST_QUESTION, words)}

    def _answer(
        self,
        question: str,
        conversation: Conversation,
        settings: Settings,
        *,
        at: int | None = None,
        **changed: Unpack[Options],
    ) -> Iterator[Update]:
        question, words, parts = question.strip(), settings.texts, self._parts
        if not question:
            return
        before = conversation.said[at].answer if at is not None and at < len(conversation.said) else None
        said = conversation.said[:at]
        asked = [*messages(said, words), gr.ChatMessage(question_html(question, len(said), words), role="user")]
        pending = gr.ChatMessage(pending_html(words), role="assistant")
        box = gr.update(value="", submit_btn=False, stop_btn=words("stop"))
        yield {parts.box: box, parts.chat: [*asked, pending], parts.hint: hint_html(LONGEST_QUESTION, words)}
        try:
            options: Options = {**settings.options(), **changed}
            history = turns([each.answer for each in said])
            now = conversation
            for answer in self._assistant.stream(question, history, **options):
                now = Conversation((*said, Said(answer)))
                yield shown(self._parts, now, words, complete=False)
            yield shown(self._parts, self._finished(now, before, words), words)
        except (ValueError, IndexUnusableError) as error:
            yield {parts.chat: [*asked, problem(str(error))], parts.conversation: Conversation(said)}
        except Exception:  # the outermost shell: the visitor gets a sentence, the log the rest
            _LOGGER.exception("a question was not answered")
            yield {parts.chat: [*asked, problem(words("unexpected"))], parts.conversation: Conversation(said)}

    def _finished(self, conversation: Conversation, before: Answer | None, words: Texts) -> Conversation:
        """With what is known only at the end: how to go on, and what changed since it was asked before."""
        *earlier, last = conversation.said
        answer, new = last.answer, frozenset[int]()
        if before is not None and before.question == answer.question:
            known = {(citation.article_id, citation.quote) for citation in before.citations}
            new = frozenset(c.number for c in answer.citations if (c.article_id, c.quote) not in known)
            told = words("changed_since", n=len(new)) if new else words("same_since")
            answer = replace(answer, notes=(*answer.notes, told))
        following = self._assistant.suggestions(answer, turns(conversation.answers))
        return Conversation((*earlier, Said(answer, tuple(following), new)))

    def _ask_again(self, command: Command, conversation: Conversation, settings: Settings) -> Iterator[Update]:
        """Ask an earlier question once more; with `any_time` and `unfiltered` without its period or the filters."""
        turn = command.turn(len(conversation.said))
        if turn is None:
            return
        changed: Options = {"any_time": True} if command.do == "any_time" else {}
        if command.do == "unfiltered":
            changed = {"sources": (), "since": None, "until": None}
        yield from self._answer(conversation.said[turn].answer.question, conversation, settings, at=turn, **changed)

    def _words(self, words: Texts, conversation: Conversation) -> Update:
        """All words of the page in a language."""
        parts = self._parts
        examples = [{"text": question} for question in self._assistant.examples()]
        # Without a conversation it is left alone: the first question may be on its way before the page is open.
        said = shown(parts, conversation, words) if conversation.said else {parts.evidence: no_evidence_html(words)}
        value: dict[str, Any] = {"value": said.pop(parts.chat)} if conversation.said else {}
        return {
            **said,
            parts.chat: gr.update(
                label=words("conversation"), placeholder=welcome_html(words), examples=examples, **value
            ),
            parts.spoken: element("span", escaped(words.language), class_="value"),
            parts.masthead: masthead_html(holdings(self._assistant), words),
            parts.box: gr.update(label=words("question"), placeholder=words("placeholder"), submit_btn=words("ask")),
            parts.hint: hint_html(LONGEST_QUESTION, words),
            parts.again: words("new"),
            parts.filters: gr.update(label=words("filters")),
            parts.more: gr.update(label=words("settings")),
            parts.language: gr.update(label=words("language")),
            parts.mode: gr.update(
                label=words("mode"), choices=[(words("mode_quotes"), "quotes"), (words("mode_written"), "written")]
            ),
            parts.passages: gr.update(label=words("passages")),
            parts.since: gr.update(label=words("filter_since")),
            parts.until: gr.update(label=words("filter_until")),
            **(parts.upload.worded(words) if parts.upload else {}),
        }
