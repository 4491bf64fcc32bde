"""The chat page: a conversation, and beside it the evidence of each answer. Nothing is decided here."""

import logging
from collections.abc import Iterator
from typing import Any, Literal, TypedDict

import gradio as gr

from ingest.index import IndexUnusableError
from qa.answer import Answer, Turn
from qa.assistant import LONGEST_QUESTION, Assistant
from qa.web.evidence import (
    Holdings,
    answer_html,
    evidence_html,
    hint_html,
    masthead_html,
    no_evidence_html,
    pending_html,
    problem_html,
    question_html,
    welcome_html,
)

Conversation = tuple[Answer, ...]
"""One visitor's answers so far; gradio keeps it for that visitor alone."""

Change = dict[str, Any]
"""What gradio calls an update of a component."""

Update = tuple[Any, ...]
"""For each component of an event its new value, or its Change."""

HISTORY_TURNS = 20

_LOGGER = logging.getLogger(__name__)
_UNEXPECTED = "Something went wrong while answering; the server's log says what. Asking again may help."


class _EventOptions(TypedDict):
    """What every event of the page has in common."""

    api_visibility: Literal["private"]
    show_progress: Literal["hidden"]


class ChatPage:
    """What the page's events do. Keeps nothing about visitors: what they said comes in as an argument."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def open(self) -> Update:
        """Fill masthead and chat for a new visitor: what the archive holds, and what to ask it."""
        examples = [{"text": question} for question in self._assistant.examples()]
        return masthead_html(self.holdings()), gr.update(examples=examples)

    def holdings(self) -> Holdings:
        """Sum up what the archive holds now."""
        articles = self._assistant.index.articles()
        days = [article.published for article in articles if article.published]
        return Holdings(
            articles=len(articles),
            sources=frozenset(article.source for article in articles if article.source),
            since=min(days, default=None),
            until=max(days, default=None),
        )

    def ask(self, question: str, conversation: Conversation) -> Iterator[Update]:
        """Update box, chat, evidence and conversation with each piece of the answer."""
        question = question.strip()
        if not question:
            yield gr.skip(), gr.skip(), gr.skip(), gr.skip()
            return
        asked = [*messages(conversation), gr.ChatMessage(question_html(question), role="user")]
        pending = gr.ChatMessage(pending_html(), role="assistant")
        yield gr.update(value="", submit_btn=False, stop_btn="Stop"), [*asked, pending], gr.skip(), gr.skip()
        try:
            for answer in self._assistant.stream(question, turns(conversation)):
                so_far = (*conversation, answer)
                yield gr.skip(), messages(so_far), evidence_html(answer, len(conversation)), so_far
        except (ValueError, IndexUnusableError) as error:
            yield gr.skip(), [*asked, _problem(str(error))], gr.skip(), gr.skip()
        except Exception:  # the outermost shell: the visitor gets a sentence, the log the rest
            _LOGGER.exception("a question was not answered")
            yield gr.skip(), [*asked, _problem(_UNEXPECTED)], gr.skip(), gr.skip()

    def ask_example(self, example: gr.SelectData, conversation: Conversation) -> Iterator[Update]:
        """Ask the example question that was clicked."""
        yield from self.ask(str(example.value["text"]), conversation)

    def show(self, selected: gr.SelectData, conversation: Conversation) -> str | Change:
        """Show the evidence of the answer that was clicked, or of the answer to the question that was."""
        turn = selected.index // 2 if isinstance(selected.index, int) else -1
        return evidence_html(conversation[turn], turn) if 0 <= turn < len(conversation) else gr.skip()

    def ready(self) -> Change:
        """Make the box ready for a question."""
        return gr.update(submit_btn="Ask", stop_btn=False)

    def stop(self, conversation: Conversation) -> list[gr.ChatMessage]:
        """Leave in the chat what was answered until then."""
        return messages(conversation)

    def start_over(self) -> Update:
        """Put chat, evidence and conversation back to before the first question."""
        return [], no_evidence_html(), ()


def turns(conversation: Conversation) -> tuple[Turn, ...]:
    """Cut the history that is given to the assistant: the latest turns."""
    return tuple(Turn(answer.question, answer.text) for answer in conversation[-HISTORY_TURNS:])


def messages(conversation: Conversation) -> list[gr.ChatMessage]:
    """Write the conversation as gradio shows it: question, answer, question, answer."""
    shown = []
    for turn, answer in enumerate(conversation):
        shown.append(gr.ChatMessage(question_html(answer.question), role="user"))
        shown.append(gr.ChatMessage(answer_html(answer, turn), role="assistant"))
    return shown


def _problem(message: str) -> gr.ChatMessage:
    return gr.ChatMessage(problem_html(message), role="assistant")


def chat_page(assistant: Assistant) -> gr.Blocks:
    """Build the page for one assistant. None of its events is an endpoint for programs."""
    handlers = ChatPage(assistant)
    blocks = gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True)
    with blocks:
        conversation = gr.State(())
        masthead = _text(masthead_html(handlers.holdings()), "masthead")
        with gr.Row(elem_id="columns"):
            with gr.Column(scale=3, min_width=320, elem_id="conversation"):
                chat, box = _chat(), _box()
                with gr.Row(elem_id="under-box"):
                    _text(hint_html(LONGEST_QUESTION), "hint")
                    again = gr.Button("New conversation", size="sm", elem_id="again", scale=0, min_width=140)
            with gr.Column(scale=2, min_width=320, elem_id="evidence-column"):
                evidence = _text(no_evidence_html(), "evidence")

        answered = [box, chat, evidence, conversation]
        options = _EventOptions(api_visibility="private", show_progress="hidden")
        blocks.load(handlers.open, None, [masthead, chat], **options)
        asking = [
            box.submit(handlers.ask, [box, conversation], answered, **options),
            chat.example_select(handlers.ask_example, [conversation], answered, **options),
        ]
        for event in asking:  # also after a failure, and when cancelling is complete
            event.then(handlers.ready, None, box, **options)
        box.stop(handlers.stop, [conversation], chat, cancels=[*asking], **options)
        chat.select(handlers.show, [conversation], evidence, **options)
        again.click(handlers.start_over, None, answered[1:], cancels=[*asking], **options)
    blocks.queue(max_size=64, default_concurrency_limit=4, api_open=False)
    return blocks


def theme() -> gr.themes.Base:
    """Set the page as ink on paper, in fonts that the reader's system has."""
    sans = ("-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Liberation Sans", "system-ui", "sans-serif")
    mono = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "Liberation Mono", "monospace")
    paper = gr.themes.Base(
        primary_hue=gr.themes.colors.stone,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_sm,
        font=[gr.themes.Font(name) for name in sans],
        font_mono=[gr.themes.Font(name) for name in mono],
    )
    return paper.set(body_background_fill="#fbfaf6", body_background_fill_dark="#161618")


def _chat() -> gr.Chatbot:
    # Not Markdown: the messages are HTML made by qa.web.evidence, and gradio sanitizes them once more.
    return gr.Chatbot(
        show_label=False,
        label="Conversation",
        elem_id="chat",
        layout="panel",
        height="auto",
        container=False,
        buttons=[],
        render_markdown=False,
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        placeholder=welcome_html(),
    )


def _box() -> gr.Textbox:
    return gr.Textbox(
        label="Question",
        show_label=False,
        placeholder="Ask the archive a question",
        elem_id="question",
        lines=1,
        max_lines=6,
        max_length=LONGEST_QUESTION,
        autofocus=True,
        submit_btn="Ask",
        html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", autocomplete="off"),
    )


def _text(value: str, name: str) -> gr.Markdown:
    """Raw HTML on one line: Markdown leaves it as it is, and gradio strips it of whatever could run."""
    return gr.Markdown(value, elem_id=name, sanitize_html=True, latex_delimiters=[])
