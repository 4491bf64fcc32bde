"""The chat page in a real browser: until it can be used, until an answer's first words, and what it costs idle."""

import os
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, Page

from ingest import Index
from qa import Assistant
from qa.chat_model import open_chat_model
from tests.language_model import DONE, event
from tests.web.browser import Visit, answering, chromium, serving, visiting

_VISITS = 5
_IDLE = 20.0  # seconds

# Resolves with the milliseconds from the Enter key to the first words of an answer, in the browser's own time.
_ENTER = """(question) => new Promise((resolve) => {
    const box = document.querySelector("#question textarea");
    const before = document.querySelectorAll("#chat .answer p").length;
    const begun = performance.now();
    const watch = new MutationObserver(() => {
        if (document.querySelectorAll("#chat .answer p").length === before) return;
        watch.disconnect();
        requestAnimationFrame(() => resolve(performance.now() - begun));
    });
    watch.observe(document.body, { childList: true, subtree: true });
    box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
})"""

# Resolves with the time, in milliseconds since 1970, at which the first word of a written answer is there.
_FIRST_WORD = """() => new Promise((resolve) => {
    const watch = new MutationObserver(() => {
        const last = [...document.querySelectorAll("#chat .answer")].at(-1);
        if (!last?.textContent.includes("Written")) return;
        watch.disconnect();
        resolve(Date.now());
    });
    watch.observe(document.body, { childList: true, subtree: true, characterData: true });
    const box = document.querySelector("#question textarea");
    box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
})"""


class _Writing(BaseHTTPRequestHandler):
    """A model's server that says a word every 40 ms, and remembers when it said the first."""

    begun = 0.0

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def do_GET(self) -> None:
        self.send_error(404)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        time.sleep(0.2)
        type(self).begun = time.time()
        for word in ("Written", "words", "come", "one", "after", "the", "other."):
            self.wfile.write(event(f"{word} "))
            time.sleep(0.04)
        self.wfile.write(event("", "stop") + DONE)


def page_lines(index: Path, questions: Sequence[str], line: Callable[[str, list[float]], str]) -> list[str]:
    """Measure `dateline chat` on an index that is ready; lines for the table."""
    with chromium() as browser, serving(index) as site:
        opened, answered = [], []
        for _ in range(_VISITS):
            started = time.perf_counter()
            with visiting(browser, site.address) as visit:
                opened.append(time.perf_counter() - started)
                answered += [_answered(visit, question) for question in questions[:_VISITS]]
        with visiting(browser, site.address) as visit:
            visit.ask(questions[0])
            time.sleep(2)
            server, page = _share(lambda: _processor(site.process.pid)), _share(_in_page(visit.page))
        first_words = _first_words(index, browser, questions[:_VISITS])
    return [
        line("the page, until it can be used", opened),
        line("Enter, until the first words of the answer", answered),
        line("the model's first word, until it is on the page", first_words),
        f"| an idle page, of one core | {page:.1%} | the server {server:.1%} |",
    ]


def _first_words(index: Path, browser: Browser, questions: Sequence[str]) -> list[float]:
    """For each question the seconds from a model's first word to the page's."""
    seconds = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Writing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        chat_model = open_chat_model("openai:any", url=f"http://127.0.0.1:{server.server_port}")
        with answering(Assistant(Index.open(index), chat_model=chat_model)) as address:
            for question in questions:
                with visiting(browser, address) as visit:
                    visit.page.locator("#question textarea").fill(question)
                    seconds.append(visit.page.evaluate(_FIRST_WORD) / 1000 - _Writing.begun)
                    visit.page.get_by_role("button", name="Ask", exact=True).wait_for()
        server.shutdown()
    return seconds


def _answered(visit: Visit, question: str) -> float:
    visit.page.locator("#question textarea").fill(question)
    milliseconds: float = visit.page.evaluate(_ENTER, question)
    visit.page.get_by_role("button", name="Ask", exact=True).wait_for()
    return milliseconds / 1000


def _share(used: Callable[[], float]) -> float:
    """Which share of a core something uses."""
    before = used()
    time.sleep(_IDLE)
    return (used() - before) / _IDLE


def _processor(process: int) -> float:
    """The processor time of a process, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _in_page(page: Page) -> Callable[[], float]:
    """What tells the processor time of a page's scripts, layout and drawing, in seconds."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def used() -> float:
        measured = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
        return float(measured["TaskDuration"])

    return used
