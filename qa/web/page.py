"""What the chat page's events do: a conversation, and beside it the evidence of each answer."""

import logging
from collections.abc import AsyncIterator, Generator
from dataclasses import replace
from typing import Any, Unpack

import gradio as gr
from fastapi.concurrency import iterate_in_threadpool, run_in_threadpool

from ingest.index import IndexUnusableError
from qa.answer import Query
from qa.assistant import Assistant, Options
from qa.markup import element, escaped
from qa.web.changes import Changes
from qa.web.commands import Command, command_from
from qa.web.conversation import (
    MOST_PASSAGES,
    Chosen,
    Conversation,
    Said,
    Settings,
    holdings,
    messages,
    settled,
    turns,
)
from qa.web.evidence import no_evidence_html
from qa.web.messages import masthead_html, pending_html, question_html, welcome_html
from qa.web.texts import Texts, languages, preferred, texts
from qa.web.view import Parts, Update, chips, evidence, hint, problem, said_so_far

_LOGGER = logging.getLogger(__name__)


class ChatPage:
    """Keeps nothing about visitors: what they said and chose comes in as an argument."""

    def __init__(self, assistant: Assistant, parts: Parts) -> None:
        self._assistant = assistant
        self._parts = parts
        self._changes = Changes(assistant, parts)

    def open(self, request: gr.Request) -> Update:
        """Fill the page for a new visitor, in their language: what the archive holds, and what to ask it.

        What they set before comes in the cookies of their browser.
        """
        chosen = str(request.query_params.get("lang") or request.cookies.get("dateline-language") or "")
        language = chosen if chosen in languages() else preferred(request.headers.get("accept-language", ""))
        sources = sorted(holdings(self._assistant).sources)
        update = self._words(texts(language), Conversation())
        mode, passages = request.cookies.get("dateline-mode"), request.cookies.get("dateline-passages", "")
        if mode in ("quotes", "written") and self._assistant.chat_model is not None:
            update[self._parts.mode]["value"] = mode
        if passages in map(str, range(1, MOST_PASSAGES + 1)):
            update[self._parts.passages]["value"] = int(passages)
        return {
            **update,
            self._parts.language: language,
            self._parts.sources: gr.update(choices=sources, label=texts(language)("filter_sources")),
        }

    def speak(self, conversation: Conversation, *chosen: *Chosen) -> Update:
        """Show the page in the language that was chosen."""
        return self._words(Settings(*chosen).texts, conversation)

    async def ask(
        self, event: gr.EventData, typed: str | None, sent: str | None, conversation: Conversation, *chosen: *Chosen
    ) -> AsyncIterator[Update]:
        """Answer what is in the box, the example that was clicked, or what a button of the conversation asks.

        All of them are one event, which gradio lets begin once at a time: no two answers write one conversation.
        """
        settings, asked_by = Settings(*chosen), getattr(event.target, "elem_id", None)
        if asked_by == self._parts.asking.elem_id:
            steps = self._asked_by_button(command_from(sent or ""), conversation, settings)
        elif asked_by == self._parts.chat.elem_id:
            steps = self._answer(_example(event), conversation, settings)
        else:  # what followed a question that was being changed is left out
            steps = self._answer(typed or "", conversation, settings, at=conversation.editing, typed=True)
        # Gradio would wait for the next step before it stops, and the server with it.
        try:
            async for update in iterate_in_threadpool(steps):
                yield update
        finally:
            await run_in_threadpool(steps.close)

    def act(self, sent: str, conversation: Conversation, *chosen: *Chosen) -> Update:
        """Do what a button says that asks no question."""
        command = command_from(sent)
        update = self._changes.change(command, conversation, Settings(*chosen)) if command else {}
        return update or {self._parts.command: ""}  # gradio takes no update of nothing

    def choose(self, conversation: Conversation, *chosen: *Chosen) -> Update:
        """Show the filters that are set."""
        del conversation
        return chips(self._parts, Settings(*chosen))

    def ready(self, *chosen: *Chosen) -> Update:
        """Make the box ready for a question."""
        return {self._parts.box: gr.update(submit_btn=Settings(*chosen).texts("ask"), stop_btn=False)}

    def stop(self, conversation: Conversation, *chosen: *Chosen) -> Update:
        """Leave in the chat what was answered until then; a question without an answer goes back into the box."""
        parts, words = self._parts, Settings(*chosen).texts
        said = tuple(settled(each) for each in conversation.said)
        update = said_so_far(parts, replace(conversation, typed="", said=said), words)
        if conversation.typed:
            update |= {parts.box: conversation.typed, parts.hint: hint(conversation, words)}
        return update

    def _asked_by_button(
        self, command: Command | None, conversation: Conversation, settings: Settings
    ) -> Generator[Update, None, None]:
        """Ask what a button says, or an earlier question once more: its answer alone is another then."""
        if command is None:
            return
        if command.do == "ask":
            yield from self._answer(command.value, conversation, settings)
            return
        turn = command.turn(len(conversation.said))
        if turn is not None:
            answer = conversation.said[turn].answer
            changed = _wider(command, answer.query)
            yield from self._answer(answer.question, conversation, settings, at=turn, **changed)

    def _answer(
        self,
        question: str,
        conversation: Conversation,
        settings: Settings,
        *,
        at: int | None = None,
        typed: bool = False,
        **changed: Unpack[Options],
    ) -> Generator[Update, None, None]:
        """Answer a question; `at` is the turn that it takes the place of, and of what followed where it was typed."""
        question, words, parts = question.strip(), settings.texts, self._parts
        if not question:
            return
        all_said = conversation.said
        said, later = all_said[:at], () if typed or at is None else all_said[at + 1 :]
        before = all_said[at] if at is not None and at < len(all_said) else None
        shown_before = messages(all_said, words)
        asked = gr.ChatMessage(question_html(question, None, words), role="user")
        pending = gr.ChatMessage(pending_html(words), role="assistant")
        # A question that was not typed leaves what is being typed alone.
        box: dict[str, Any] = {"submit_btn": False, "stop_btn": words("stop"), **({"value": ""} if typed else {})}
        now = replace(conversation, typed=question if typed else "")
        above, below = shown_before[: 2 * len(said)], shown_before[len(shown_before) - 2 * len(later) :]
        yield {
            parts.chat: [*above, asked, pending, *below],
            parts.conversation: now,
            parts.article: "",
            parts.box: gr.update(**box),
            **({parts.hint: hint(replace(now, editing=None), words)} if typed else {}),
        }
        try:
            options: Options = {**settings.options(), **changed}
            history = turns([each.answer for each in said])
            editing = None if typed else conversation.editing
            beside = ""  # shown anew only where it changed: the visitor may be looking at an earlier answer's
            for answer in self._assistant.stream(question, history, **options):
                if not (answer.sentences or answer.refusal):  # a chat model is silent: it can be stopped here
                    yield {parts.conversation: now}
                    continue
                coming = Said(answer, int(settings.passages))
                now = replace(now, typed="", editing=editing, said=(*said, coming, *later))
                known, beside = beside, evidence(now, len(said), words)
                chat = messages(now.said, words, coming=len(said))
                changes = {parts.evidence: beside} if beside != known else {}
                yield {parts.chat: chat, parts.conversation: now, **changes}
            now = self._finished(now, len(said), before, words)
            changes = {parts.evidence: evidence(now, len(said), words)} if now.said[len(said)].new else {}
            yield {**said_so_far(parts, now, words), **changes}
        except Exception as error:  # the outermost shell: the visitor gets a sentence, the log the rest
            told = words.said(str(error))
            if not isinstance(error, ValueError | IndexUnusableError):
                _LOGGER.exception("a question was not answered")
                told = words("unexpected")
            yield {
                parts.chat: [*shown_before, asked, problem(told)],
                parts.conversation: conversation,
                **({parts.box: question, parts.hint: hint(conversation, words)} if typed else {}),
            }

    def _finished(self, conversation: Conversation, turn: int, before: Said | None, words: Texts) -> Conversation:
        """With what is known only at the end: how to go on, and what changed since it was asked before."""
        said = conversation.said[turn]
        answer, new = said.answer, frozenset[int]()
        if before is not None and before.was_asked_like(said):
            known = {(citation.article_id, citation.quote) for citation in before.answer.citations}
            new = frozenset(c.number for c in answer.citations if (c.article_id, c.quote) not in known)
            told = words("changed_since", n=len(new)) if new else words("same_since")
            answer = replace(answer, notes=(*answer.notes, told))
        following = self._assistant.suggestions(answer, turns(conversation.answers))
        return conversation.having(turn, replace(said, answer=answer, following=tuple(following), new=new))

    def _words(self, words: Texts, conversation: Conversation) -> Update:
        """All words of the page in a language."""
        parts = self._parts
        examples = [{"text": question} for question in self._assistant.examples()]
        # Without a conversation it is left alone: the first question may be on its way before the page is open.
        value: dict[str, Any] = {"value": messages(conversation.said, words)} if conversation.said else {}
        last = len(conversation.said) - 1
        return {
            parts.evidence: evidence(conversation, last, words) if conversation.said else no_evidence_html(words),
            parts.article: "",
            parts.chat: gr.update(
                label=words("conversation"), placeholder=welcome_html(words), examples=examples, **value
            ),
            parts.spoken: element("span", escaped(words.language), class_="value"),
            parts.masthead: masthead_html(holdings(self._assistant), words),
            parts.box: gr.update(label=words("question"), placeholder=words("placeholder"), submit_btn=words("ask")),
            parts.hint: hint(conversation, words),
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


def _example(event: gr.EventData) -> str:
    """The example question that was clicked; nothing where that cannot be told, since anybody can send an event."""
    try:
        return str(event.value["text"])
    except (AttributeError, KeyError, TypeError):
        return ""


def _wider(command: Command, query: Query) -> Options:
    """How a question is asked again: as it is set now, or without some of what limited it."""
    match command.do:
        case "any_time":
            return {"any_time": True}
        case "unfiltered":
            return {"sources": (), "since": None, "until": None}
        case "without":
            _, _, filtered = command.value.partition(":")
            if filtered == "days":
                return {"since": None, "until": None}
            return {"sources": tuple(source for source in query.sources if f"source:{source}" != filtered)}
    return {}
