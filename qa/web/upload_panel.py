"""The part of the page where visitors add articles, and what became of them, as HTML."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from ingest import SUFFIXES
from qa.markup import Html, element, escaped, joined
from qa.web.dropped import LARGEST_FILE, Dropped
from qa.web.upload import MOST_FILES, Report, Uploads

_NAMED = 20  # of each list
_ENDINGS = [*SUFFIXES, ".gz"]  # gradio looks at the last part of an ending only
_NOTHING = Report(problem="Choose files, or give a web address.")


def upload_panel(uploads: Uploads) -> None:
    """Put the panel where the page is being built. Its one event is no endpoint for programs."""
    with gr.Accordion("Add articles", open=False, max_height=360, elem_id="upload"):
        files = gr.File(
            label=f"Files: at most {MOST_FILES}, each at most {LARGEST_FILE // 1_000_000} MB",
            file_count="multiple",
            file_types=_ENDINGS,
            height=110,
            elem_id="upload-files",
        )
        with gr.Row(equal_height=True):
            address = gr.Textbox(
                label="Web address of an article, a feed or a sitemap",
                placeholder="https://",
                max_length=2_000,
                elem_id="upload-address",
            )
            button = gr.Button("Add to the archive", elem_id="upload-button", scale=0, min_width=180)
        report = gr.Markdown(reports_html([]), elem_id="upload-report", sanitize_html=True, latex_delimiters=[])

    def add(sent: list[dict[str, Any]] | None, place: object) -> Iterator[tuple[Any, ...]]:
        """Add files, then the address; the fields are emptied when they were dealt with."""
        yield gr.skip(), gr.skip(), gr.update(interactive=False), reports_html([Report(doing="Beginning")])
        done: list[Report] = []
        for step in _steps(uploads, sent, place):
            so_far = Report()
            for so_far in step:
                yield gr.skip(), gr.skip(), gr.skip(), reports_html([*done, so_far])
            done.append(so_far)
        dealt = done and not any(so_far.problem for so_far in done)
        empty = (None, "") if dealt else (gr.skip(), gr.skip())
        yield *empty, gr.update(interactive=True), reports_html(done or [_NOTHING])

    gr.on(
        [button.click, address.submit],
        add,
        [files, address],
        [files, address, button, report],
        preprocess=False,  # gradio drops the names that the files had
        show_progress="hidden",
        api_visibility="private",
    )


def reports_html(reports: Sequence[Report]) -> Html:
    """What became of what was sent; read aloud as it changes."""
    return element("div", *(part for report in reports for part in _parts(report)), role="status")


def _steps(uploads: Uploads, sent: list[dict[str, Any]] | None, place: object) -> Iterator[Iterator[Report]]:
    if sent:
        yield uploads.add_files([_dropped(file) for file in sent])
    if isinstance(place, str) and place.strip():
        yield uploads.add_address(place)


def _dropped(file: dict[str, Any]) -> Dropped:
    path = Path(file["path"])
    return Dropped(path, str(file.get("orig_name") or path.name))


def _parts(report: Report) -> Iterator[Html]:
    if report.doing:
        yield _line(f"{report.doing} …")
        return
    if report.problem:
        yield element("p", element("strong", escaped("Nothing was added. ")), escaped(report.problem))
        return
    yield from _list("Added", [escaped(name) for name in report.added])
    yield from _list("Changed", [escaped(name) for name in report.changed])
    yield from _list("Not added", [_said(failure.name, failure.reason) for failure in report.failed])
    yield from _list("The same story as another", [_said(copy, f"as in {of}") for copy, of in report.duplicates])
    if report.unchanged:
        yield _line(f"{report.unchanged} in the archive already.")
    if report.added or report.changed:
        yield _line(f"You can ask about {'it' if len(report.added + report.changed) == 1 else 'them'} now.")
    if report.articles:
        yield _line(f"The archive holds {report.articles:,} article{'' if report.articles == 1 else 's'}.")


def _list(title: str, entries: Sequence[Html]) -> Iterator[Html]:
    if not entries:
        return
    more = len(entries) - _NAMED
    shown = [*entries[:_NAMED], *([escaped(f"and {more:,} more")] if more > 0 else [])]
    yield element("p", element("strong", escaped(f"{title}: {len(entries):,}")))
    yield element("ul", *(element("li", entry) for entry in shown))


def _said(name: str, what: str) -> Html:
    return joined(": ", (element("bdi", escaped(name)), escaped(what)))


def _line(text: str) -> Html:
    return element("p", escaped(text))
