"""The part of the page where visitors add articles, and what became of them, as HTML."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from ingest import SUFFIXES
from qa.markup import Html, element, escaped, joined
from qa.web.dropped import LARGEST_FILE, Dropped
from qa.web.texts import Texts, texts
from qa.web.upload import MOST_FILES, Report, Uploads

_NAMED = 20  # of each list
_ENDINGS = [*SUFFIXES, ".gz"]  # gradio looks at the last part of an ending only


@dataclass(frozen=True, slots=True)
class UploadParts:
    """The panel's components that have words."""

    panel: gr.Accordion
    files: gr.File
    address: gr.Textbox
    button: gr.Button

    def worded(self, words: Texts) -> dict[Any, Any]:
        """The same in a language."""
        size = LARGEST_FILE // 1_000_000
        return {
            self.panel: gr.update(label=words("upload")),
            self.files: gr.update(label=words("upload_files", n=MOST_FILES, size=size)),
            self.address: gr.update(label=words("upload_address")),
            self.button: gr.update(value=words("upload_add")),
        }


def upload_panel(uploads: Uploads, language: gr.Dropdown) -> UploadParts:
    """Put the panel where the page is being built. Its one event is no endpoint for programs."""
    with gr.Accordion(open=False, elem_id="upload") as panel:
        files = gr.File(file_count="multiple", file_types=_ENDINGS, height=110, elem_id="upload-files")
        with gr.Row(elem_id="upload-row"):
            address = gr.Textbox(placeholder="https://", max_length=2_000, elem_id="upload-address")
            button = gr.Button(elem_id="upload-button", size="sm", scale=0, min_width=160)
        report = gr.Markdown("", elem_id="upload-report", sanitize_html=True, latex_delimiters=[])

    def add(sent: list[dict[str, Any]] | None, place: object, language: object) -> Iterator[tuple[Any, ...]]:
        """Add files, then the address; the fields are emptied when they were dealt with."""
        words = texts(str(language))
        yield gr.skip(), gr.skip(), gr.update(interactive=False), _spoken(_line(words("upload_begins")))
        done: list[Report] = []
        for step in _steps(uploads, sent, place):
            so_far = Report()
            for so_far in step:
                yield gr.skip(), gr.skip(), gr.skip(), reports_html([*done, so_far], words)
            done.append(so_far)
        dealt = done and not any(so_far.problem for so_far in done)
        empty = (None, "") if dealt else (gr.skip(), gr.skip())
        told = reports_html(done, words) if done else _spoken(_line(words("upload_nothing")))
        yield *empty, gr.update(interactive=True), told

    gr.on(
        [button.click, address.submit],
        add,
        [files, address, language],
        [files, address, button, report],
        preprocess=False,  # gradio drops the names that the files had
        show_progress="hidden",
        api_visibility="private",
    )
    return UploadParts(panel, files, address, button)


def reports_html(reports: Sequence[Report], words: Texts) -> Html:
    """What became of what was sent, as the command reports it; read aloud as it changes."""
    return _spoken(*(part for report in reports for part in _parts(report, words)))


def _spoken(*parts: Html) -> Html:
    return element("div", *parts, role="status")


def _steps(uploads: Uploads, sent: list[dict[str, Any]] | None, place: object) -> Iterator[Iterator[Report]]:
    if sent:
        yield uploads.add_files([_dropped(file) for file in sent])
    if isinstance(place, str) and place.strip():
        yield uploads.add_address(place)


def _dropped(file: dict[str, Any]) -> Dropped:
    path = Path(file["path"])
    return Dropped(path, str(file.get("orig_name") or path.name))


def _parts(report: Report, words: Texts) -> Iterator[Html]:
    if report.doing:
        yield _line(f"{report.doing} …")
        yield from _list("upload_read", [element("bdi", escaped(name)) for name in report.read], words)
        yield from _list("upload_refused", [element("bdi", escaped(name)) for name in report.unread], words)
        return
    if report.problem:
        failed = element("strong", escaped(words("upload_failed")))
        yield element("p", joined(" ", (failed, element("bdi", escaped(report.problem)))))
        return
    copies = [_said(copy, words("upload_copy", of=of)) for copy, of in report.duplicates]
    yield from _list("upload_added", [escaped(name) for name in report.added], words)
    yield from _list("upload_changed", [escaped(name) for name in report.changed], words)
    yield from _list("upload_refused", [_said(failure.name, failure.reason) for failure in report.failed], words)
    yield from _list("upload_copies", copies, words)
    if report.unchanged:
        yield _line(words("upload_unchanged", n=report.unchanged))
    if report.added or report.changed:
        yield _line(words("upload_ready", n=len(report.added + report.changed)))
    if report.articles:
        yield _line(words("upload_holds", n=report.articles))


def _list(name: str, entries: Sequence[Html], words: Texts) -> Iterator[Html]:
    if not entries:
        return
    more = len(entries) - _NAMED
    shown = [*entries[:_NAMED], *([escaped(words("upload_more", n=more))] if more > 0 else [])]
    yield element("p", element("strong", escaped(words(name, n=len(entries)))))
    yield element("ul", *(element("li", entry, dir="auto") for entry in shown))


def _said(name: str, what: str) -> Html:
    return joined(": ", (element("bdi", escaped(name)), escaped(what)))


def _line(text: str) -> Html:
    return element("p", escaped(text))
