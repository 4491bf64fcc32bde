"""The chat page in a real browser: until it can be used, until an answer's first words, and what it costs idle."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from playwright.sync_api import Page

from tests.web.browser import Visit, chromium, serving, visiting

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


def page_lines(index: Path, questions: Sequence[str], line: Callable[[str, list[float]], str]) -> list[str]:
    """Measure `dateline chat` on an index that is ready; lines for the table."""
    with serving(index) as site, chromium() as browser:
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
    return [
        line("the page, until it can be used", opened),
        line("Enter, until the first words of the answer", answered),
        f"| an idle page, of one core | {page:.1%} | the server {server:.1%} |",
    ]


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
