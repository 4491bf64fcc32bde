"""Articles added from the page, in a real browser; and what somebody tries who sends requests by hand."""

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from ingest import UPLOADS, Index
from ingest.lock import locked
from tests.web.browser import ROOT, SCHEMES, Site, Visit, indexed, serving
from tests.web.events import call, config, event, post

pytestmark = pytest.mark.web

PRIZE = b"---\ntitle: The Zorblat prize\n---\n\nThe Zorblat prize of 2019 went to a baker in Ghent.\n"
HOSTILE_NAME = "<img src=x onerror=alert(1)>\u202e&amp;.md"
BOUNDARY = "----a-line-between-files"


@pytest.fixture(scope="module")
def open_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Let visitors add articles."""
    index = indexed(ROOT / "corpus", tmp_path_factory.mktemp("open") / "index")
    with serving(index, allow_upload=True) as site:
        yield site


@pytest.fixture
def panel(open_site: Site, visit_of: Callable[[str], Visit]) -> Visit:
    visit = visit_of(open_site.address)
    visit.page.get_by_role("button", name="Add articles").click()
    return visit


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def choose(page: Page, *files: FilePayload) -> None:
    page.locator("#upload-files input[type=file]").set_input_files(files)
    for chosen in files:
        expect(page.locator("#upload-files")).to_contain_text(chosen["name"].rpartition(".")[2])


def add(page: Page, end: str = "The archive holds") -> str:
    """Press the button, wait for the words that end the report, and return all that it says then."""
    button = page.get_by_role("button", name="Add to the archive")
    button.click()
    expect(page.locator("#upload-report")).to_contain_text(end, timeout=120_000)
    expect(button).to_be_enabled()
    return page.locator("#upload-report").inner_text()


def send(site: Site, name: str, content: bytes) -> tuple[int, bytes]:
    """Send a file as the page does."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    return post(site, "upload", body, f"multipart/form-data; boundary={BOUNDARY}")


def add_by_hand(site: Site, path: str) -> int:
    """Call the panel's event for a path; the status, once it is complete."""
    files = [{"path": path, "orig_name": "a.md", "meta": {"_type": "gradio.FileData"}}]
    return call(site, event(site, "upload-button", "click"), [files, "", "en"])[0]


def test_an_article_that_was_dropped_can_be_asked_about(panel: Visit) -> None:
    choose(panel.page, file("prize.md", PRIZE), file("damaged.pdf", b"%PDF-1.7 damaged"))
    report = add(panel.page)
    assert "Added: 1" in report
    assert "prize.md" in report
    assert "Not added: 1" in report
    assert "damaged.pdf: it is damaged" in report
    assert "You can ask about it now." in report
    for scheme in SCHEMES:
        panel.page.emulate_media(color_scheme=scheme)
        assert panel.failures() == []
    panel.ask("Who won the Zorblat prize?")
    expect(panel.page.locator("#chat")).to_contain_text("a baker in Ghent")
    assert not panel.foreign()
    assert not [message for message in panel.errors() if "not implemented" not in message]  # gradio's own, of events


def test_a_private_address_is_refused_with_the_reason(panel: Visit) -> None:
    panel.page.get_by_label("Web address").fill("http://127.0.0.1/latest")
    panel.page.keyboard.press("Enter")
    expect(panel.page.locator("#upload-report")).to_contain_text("not public", timeout=120_000)
    panel.page.get_by_label("Web address").fill("--help")
    add(panel.page, "This is not a web address")


def test_nothing_chosen_is_told(panel: Visit) -> None:
    add(panel.page, "Choose files, or give a web address")


def test_hostile_names_are_text(panel: Visit, open_site: Site) -> None:
    choose(
        panel.page,
        file(HOSTILE_NAME, b"# Tides\n\nThe tide gate was closed.\n"),
        file("../../up.md", b"# Up\n\nUp.\n"),
    )
    report = add(panel.page)
    assert "<img src=x onerror=alert(1)>?&amp;.md" in report
    assert not panel.page.locator("#upload-report img").count()
    kept = [path for path in (open_site.index / UPLOADS).rglob("*.md") if ".arrivals" not in path.parts]
    assert {"img src x onerror alert(1) &amp.md", "up.md"} <= {path.name for path in kept}
    assert not list(open_site.index.parent.glob("*.md"))
    assert not panel.errors() or all("not implemented" in message for message in panel.errors())


def test_files_of_this_machine_cannot_be_had_by_an_event(open_site: Site) -> None:
    secret = open_site.index / "card.md"
    secret.write_text("# Secret\n\nNot to be had.\n")
    for path in (str(secret), "/etc/passwd", "http://127.0.0.1:1/a.md", f"{open_site.index}/{UPLOADS}/../card.md"):
        assert add_by_hand(open_site, path) == 403
    arrived = (open_site.index / UPLOADS / ".arrivals").rglob("*.md")
    assert "card.md" not in {path.name for path in arrived}


def test_what_was_sent_is_never_served(open_site: Site) -> None:
    status, answer = send(open_site, "sent.md", b"# Sent\n\nSent by hand.\n")
    assert status == 200
    (path,) = json.loads(answer)
    assert open_site.index / UPLOADS / ".arrivals" in Path(path).parents
    for place in (f"file={path}", f"file/{path}", f"stream/{path}", f"proxy={open_site.address}"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{open_site.address}gradio_api/{place}")
        assert refused.value.code == 404
    assert add_by_hand(open_site, path) == 200


def test_without_the_option_there_is_nothing_of_it(site: Site, visit: Visit) -> None:
    assert not visit.page.get_by_text("Add articles").count()
    assert "upload" not in json.dumps([part["props"].get("elem_id") for part in config(site)["components"]])
    assert send(site, "a.md", PRIZE)[0] == 404
    assert call(site, 0, [[{"path": "/etc/passwd"}], "", "en"])[0] == 403
    assert not (site.index / UPLOADS).exists()


def test_ctrl_c_while_articles_are_added_leaves_a_good_index(
    open_site: Site, visit_of: Callable[[str], Visit]
) -> None:
    before = Index.open(open_site.index).articles()
    with serving(open_site.index, allow_upload=True) as other:
        page = visit_of(other.address).page
        page.get_by_role("button", name="Add articles").click()
        choose(page, file("late.md", b"# Late\n\nToo late.\n"))
        page.get_by_role("button", name="Add to the archive").click()
        expect(page.locator("#upload-report")).to_contain_text("looked at", timeout=120_000)  # it holds the lock
        other.process.send_signal(signal.SIGINT)
        assert other.process.wait(timeout=60) == 0
    assert "Traceback" not in other.log.read_text()
    with locked(open_site.index, wait=120):
        after = Index.open(open_site.index).articles()
    kept = [path.parent.name for path in (open_site.index / UPLOADS).glob("*/late.md")]
    assert [article for article in after if article in before] == before
    assert [article.id for article in after if article not in before] == [f"{name}/late.md" for name in kept]
