"""The page's components, where they stand, and which events they have."""

from typing import Literal, TypedDict

import gradio as gr

from qa.assistant import LONGEST_QUESTION, Assistant
from qa.web.conversation import MOST_PASSAGES, Conversation, holdings
from qa.web.evidence import no_evidence_html
from qa.web.messages import hint_html, masthead_html, welcome_html
from qa.web.page import ChatPage
from qa.web.texts import DEFAULT, languages, texts
from qa.web.upload import Uploads
from qa.web.upload_panel import upload_panel
from qa.web.view import Parts

_LOOK_FOR_EVENTS = 0.03  # seconds between two looks of gradio's queue


class _EventOptions(TypedDict):
    """What every event of the page has in common."""

    api_visibility: Literal["private"]
    show_progress: Literal["hidden"]


def chat_page(assistant: Assistant, uploads: Uploads | None = None) -> gr.Blocks:
    """Build the page for one assistant. None of its events is an endpoint for programs."""
    blocks = gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True)
    with blocks:
        parts = _parts(assistant, uploads)
        _events(ChatPage(assistant, parts), parts)
    blocks.queue(max_size=64, default_concurrency_limit=4, api_open=False)
    # It would look for events every millisecond: a sixteenth of a core while nobody asks anything.
    queue = blocks._queue
    queue.sleep_when_free = queue.progress_update_sleep_when_free = _LOOK_FOR_EVENTS
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
    return paper.set(
        body_background_fill="#fbfaf6",
        body_background_fill_dark="#161618",
        body_text_color="#1d1c1a",
        body_text_color_dark="#e9e6df",
    )


def _parts(assistant: Assistant, uploads: Uploads | None) -> Parts:
    words = texts(DEFAULT)
    masthead = _text(masthead_html(holdings(assistant), words), "masthead")
    with gr.Row(elem_id="columns"):
        with gr.Column(scale=3, min_width=320, elem_id="conversation"):
            chat, box = _chat(), _box()
            hint, chips = _text(hint_html(LONGEST_QUESTION, words), "hint"), _text("", "chips")
            with gr.Row(elem_id="under-box"):
                with gr.Accordion(words("filters"), open=False, elem_id="filters") as filters:
                    sources = gr.Dropdown(label=words("filter_sources"), multiselect=True, choices=[], value=[])
                    with gr.Row():
                        since = gr.Textbox(label=words("filter_since"), placeholder="2018-01-01", max_length=10)
                        until = gr.Textbox(label=words("filter_until"), placeholder="2018-12-31", max_length=10)
                with gr.Accordion(words("settings"), open=False, elem_id="settings") as more:
                    language = gr.Dropdown(
                        label=words("language"),
                        choices=[(name, code) for code, name in languages().items()],
                        value=DEFAULT,
                    )
                    writes = assistant.chat_model is not None
                    modes = [(words("mode_quotes"), "quotes"), (words("mode_written"), "written")]
                    mode = gr.Radio(
                        modes, label=words("mode"), value="written" if writes else "quotes", visible=writes
                    )
                    passages = gr.Slider(
                        1, MOST_PASSAGES, value=assistant.k, step=1, label=words("passages"), buttons=[]
                    )
                upload = upload_panel(uploads, language) if uploads else None
                again = gr.Button(words("new"), size="sm", elem_id="again", scale=0, min_width=140)
        evidence_column = gr.Column(scale=2, min_width=320, elem_id="evidence-column")
        with evidence_column, gr.Column(elem_id="evidence"):  # an article lies over the cards, which stay as they are
            evidence, article = _text(no_evidence_html(words), "cards"), _text("", "article")
    # Not seen; read and written by page.js: what to do, a conversation to keep, the language, a file to save.
    with gr.Column(elem_id="relay"):
        asking = gr.Textbox(elem_id="asking", label="asking", max_lines=1)
        command = gr.Textbox(elem_id="command", label="command", max_lines=1)
        kept, spoken, download = _text("", "kept"), _text("", "spoken"), _text("", "download")
    return Parts(
        masthead=masthead,
        chat=chat,
        box=box,
        hint=hint,
        chips=chips,
        evidence=evidence,
        article=article,
        conversation=gr.State(Conversation()),
        kept=kept,
        spoken=spoken,
        download=download,
        asking=asking,
        command=command,
        again=again,
        filters=filters,
        more=more,
        language=language,
        mode=mode,
        passages=passages,
        sources=sources,
        since=since,
        until=until,
        upload=upload,
    )


def _events(page: ChatPage, parts: Parts) -> None:
    options = _EventOptions(api_visibility="private", show_progress="hidden")
    settings, conversation = parts.settings, parts.conversation
    shown = [parts.box, parts.chat, parts.hint, parts.evidence, parts.article, conversation, parts.kept]
    seen = [parts.chips, parts.sources, parts.since, parts.until, parts.masthead, parts.download, parts.command]
    worded = [*shown, parts.spoken, parts.masthead, parts.again, parts.filters, parts.more, *settings]
    worded += parts.upload.worded(texts(DEFAULT)) if parts.upload else []
    gr.on(None, page.open, None, worded, **options)
    asking = gr.on(
        [parts.box.submit, parts.chat.example_select, parts.asking.submit],
        page.ask,
        [parts.box, parts.asking, conversation, *settings],
        shown,
        **options,
    )
    asking.then(page.ready, settings, parts.box, **options)  # also after a failure, and when cancelling is complete
    parts.box.stop(page.stop, [conversation, *settings], shown, cancels=[asking], **options)
    # Looking asks nothing: it waits neither for an answer nor for another visitor.
    parts.command.submit(
        page.act,
        [parts.command, conversation, *settings],
        [*shown, *seen],
        trigger_mode="multiple",
        concurrency_limit=None,
        **options,
    )
    parts.language.input(page.speak, [conversation, *settings], worded, **options)
    # One event, of which the last counts: two that overtake each other would show what is no longer set.
    chosen = (parts.sources.change, parts.since.blur, parts.until.blur, parts.since.submit, parts.until.submit)
    gr.on(chosen, page.choose, [conversation, *settings], parts.chips, trigger_mode="always_last", **options)


def _chat() -> gr.Chatbot:
    words = texts(DEFAULT)
    # Not Markdown: the messages are HTML made by qa.web.messages, and gradio sanitizes them once more.
    return gr.Chatbot(
        show_label=False,
        label=words("conversation"),
        elem_id="chat",
        layout="panel",
        height="auto",
        container=False,
        buttons=[],
        render_markdown=False,
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        placeholder=welcome_html(words),
    )


def _box() -> gr.Textbox:
    words = texts(DEFAULT)
    return gr.Textbox(
        label=words("question"),
        show_label=False,
        placeholder=words("placeholder"),
        elem_id="question",
        lines=1,
        max_lines=6,
        max_length=LONGEST_QUESTION,
        submit_btn=words("ask"),
        html_attributes=gr.InputHTMLAttributes(enterkeyhint="send", autocomplete="off"),
    )


def _text(value: str, name: str) -> gr.Markdown:
    """Raw HTML on one line: Markdown leaves it as it is, and gradio strips it of whatever could run."""
    return gr.Markdown(value, elem_id=name, sanitize_html=True, latex_delimiters=[])
