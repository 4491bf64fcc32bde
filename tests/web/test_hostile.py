"""Hostile texts in the fields of articles, in questions, history, links and names: text on every surface."""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from qa.answer import Answer
from qa.saved import answer_from_json
from tests.hostile_texts import HOSTILE_TEXTS
from tests.web.browser import CORTANA, Site, Visit, indexed, serving

pytestmark = pytest.mark.web

EACH = 10  # texts in one conversation
GROUPS = [range(start, min(start + EACH, len(HOSTILE_TEXTS))) for start in range(0, len(HOSTILE_TEXTS), EACH)]
SURFACES = "#masthead .masthead, #chips, #hint, #chat .message-content, #evidence .evidence, #stored, #upload-report"
# All that the page itself writes there.
WRITTEN = {
    "a", "article", "b", "blockquote", "br", "button", "details", "div", "em", "header", "h1", "h2", "h3", "input",
    "li", "mark", "p", "section", "span", "strong", "summary", "time", "ul",
}  # fmt: skip
ACTS = {
    "again", "ask", "any_time", "back", "bad", "cancel", "copy", "drop", "edit", "export", "good", "link", "open",
    "show", "unfiltered", "whole", "without",
}  # fmt: skip


def squeezed(text: str) -> str:
    """What can be seen of a text but white space, which is set anew on its way to the page; there NUL is U+FFFD."""
    normal = unicodedata.normalize("NFC", text).replace("\ufffd", "")
    return "".join(sign for sign in normal if unicodedata.category(sign)[0] not in "CZ")


def place(number: int) -> str:
    """A word that one article has and no other."""
    return f"Quay{number:03}"


def question(number: int) -> str:
    return f"What is the toll at {place(number)}? {HOSTILE_TEXTS[number]}"


def write(folder: Path) -> None:
    """An article for each text, which stands in all of its fields and in its file's name."""
    for number, text in enumerate(HOSTILE_TEXTS):
        fields = {
            "title": f"Toll at {place(number)}: {text}",
            "source": f"Gazette {text}",
            "author": text,
            "url": text if re.match(r"[a-zA-Z]+:", text) else f"https://elsewhere.example/{text}",
            "published": "2019-03-04",
        }
        front = "\n".join(f"{name}: {json.dumps(value)}" for name, value in fields.items())
        said = f"The toll at {place(number)} is {number + 3} euros a tonne {text} since March.\nIt opens at seven."
        said = re.sub(r"[\x00\x1b]", "", said)  # no text file has them
        name = re.sub(r"[/\x00-\x1f\u2028\u202e\ufeff]", "_", text)[:60].strip()
        body = f"``````````\n{said}\n``````````"  # as code: what would be Markdown stays as it is
        (folder / f"{name} {number}.md").write_text(f"---\n{front}\n---\n{body}\n", "utf-8")


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    work = tmp_path_factory.mktemp("hostile")
    (work / "articles").mkdir()
    write(work / "articles")
    with serving(indexed(work / "articles", work / "index"), allow_upload=True) as site:
        yield site


@pytest.fixture
def hostile(hostile_site: Site, visit_of: Callable[[str], Visit]) -> Iterator[Visit]:
    """Visit the hostile articles; whatever is done there, nothing runs, loads or becomes markup."""
    visit = visit_of(hostile_site.address)
    visit.page.on("dialog", lambda dialog: visit.messages.append(f"error: a dialog said {dialog.message}"))
    yield visit
    harmless(visit.page)
    assert visit.foreign() == []
    assert [error for error in visit.errors() if "not implemented" not in error] == []
    assert visit.page.url == hostile_site.address
    assert "Traceback" not in hostile_site.log.read_text()


def harmless(page: Page) -> None:
    """Only our own elements, with our own attributes, are where texts are shown."""
    assert page.evaluate("window.ran") is None
    shown = page.locator(SURFACES)
    found = shown.locator("*").evaluate_all("all => [...new Set(all.map(one => one.localName))]")
    assert set(found) <= WRITTEN
    every = (
        "all => [...new Set(all.flatMap(one => [...one.attributes].map(({ name, value }) => `${name} ${value}`)))]"
    )
    attributes = shown.locator("*").evaluate_all(every)
    assert [each for each in attributes if re.match(r"on|style .*(url|fixed)|src|background|action", each)] == []
    acts = shown.locator("button.act").evaluate_all("all => [...new Set(all.map(one => one.name))]")
    assert set(acts) <= ACTS
    links = shown.locator("a").evaluate_all("all => [...new Set(all.map(one => one.getAttribute('href')))]")
    assert [
        link for link in links if not re.match(r"https://(elsewhere|news)\.example/|#evidence-\d+-\d+$", link)
    ] == []


def shows(locator: Locator, text: str) -> None:
    expect(locator).to_be_visible()
    assert squeezed(text) in squeezed(locator.inner_text())


@pytest.mark.parametrize("numbers", GROUPS, ids=str)
def test_hostile_texts_are_texts_on_every_surface(hostile: Visit, numbers: range, tmp_path: Path) -> None:
    page = hostile.page
    for turn, number in enumerate(numbers):
        text = HOSTILE_TEXTS[number]
        hostile.ask(question(number))
        shows(page.locator("#chat .question p").nth(turn), question(number))
        card = page.locator("#evidence .card", has_text=place(number)).first
        shows(card.locator("h3"), text)
        shows(card.locator(".source"), text)
        shows(card.locator("blockquote"), text)
        card.get_by_role("button", name="Whole article").click()
        whole = page.locator("#evidence .whole")
        shows(whole.locator(".text"), f"euros a tonne {text} since March.")
        shows(whole.locator("h2"), text)
        page.get_by_role("button", name="Back to the evidence").click()
        expect(page.locator("#evidence .card").first).to_be_visible()
    harmless(page)

    # saved as a file, which is then opened
    page.get_by_text("Conversations", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="HTML", exact=True).click()
    download.value.save_as(tmp_path / "saved.html")
    opened = page.context.new_page()
    opened.goto((tmp_path / "saved.html").as_uri())
    for number in numbers:
        assert squeezed(HOSTILE_TEXTS[number]) in squeezed(opened.locator("body").inner_text())
    assert opened.locator("script, img, svg, iframe, form, input, object, embed, link, base").count() == 0
    assert opened.evaluate("window.ran") is None
    opened.close()
    assert [address for address in hostile.foreign() if not address.startswith("file:")] == []
    hostile.requests.clear()

    # kept by the browser, with another name, and opened again
    page.get_by_role("button", name=re.compile("^Rename: ")).click()
    renamed = " ".join(HOSTILE_TEXTS[number] for number in numbers)[:200]
    page.get_by_role("dialog").get_by_label("New name").fill(renamed)
    page.keyboard.press("Enter")
    page.reload()
    hostile.wait()
    page.get_by_text("Conversations", exact=True).click()
    shows(page.locator("#stored li .open"), renamed)
    page.locator("#stored li .open").click()
    expect(page.locator("#chat .question")).to_have_count(len(numbers))
    for turn, number in enumerate(numbers):
        shows(page.locator("#chat .question p").nth(turn), question(number))


def test_a_link_asks_whatever_it_says_and_no_more(hostile: Visit) -> None:
    for start in range(0, len(HOSTILE_TEXTS), 25):
        asked = " ".join(HOSTILE_TEXTS[start : start + 25])[:1900]
        hostile.page.goto(f"{hostile.address}?{urlencode({'q': asked})}")
        shows(hostile.page.locator("#chat .question p"), asked)
        expect(hostile.page.locator("#chat .answer .acts")).to_be_visible()
        harmless(hostile.page)


def everywhere(value: Any, text: str) -> Any:  # noqa: ANN401 - JSON
    """A conversation as it is kept, with another text wherever the page shows one."""
    if isinstance(value, dict):
        changed = {key: everywhere(part, text) for key, part in value.items()}
        for key in ("question", "title", "source", "url", "reason", "model", "period"):
            changed |= {key: text} if isinstance(value.get(key), str) else {}
        changed |= {"notes": [text], "sources": [text]} if "notes" in value else {}
        changed |= {"also_in": [text]} if "also_in" in value else {}
        changed |= {"missing": [text]} if "missing" in value else {}
        if {"start", "quote"} <= value.keys():
            changed |= {"quote": text, "end": value["start"] + len(text), "exact": None}
        if {"text", "since"} <= value.keys() or {"text", "supported"} <= value.keys():
            changed["text"] = text
        return changed
    return [everywhere(part, text) for part in value] if isinstance(value, list) else value


def test_what_somebody_put_into_the_browser_s_history_is_text(visit: Visit) -> None:
    page = visit.page
    page.on("dialog", lambda dialog: visit.messages.append(f"error: a dialog said {dialog.message}"))
    visit.ask(CORTANA)
    visit.ask("Who won the 2018 football world cup?")
    kept = json.loads(
        page.evaluate(
            "JSON.parse(localStorage[Object.keys(localStorage).find(key => key.startsWith('dateline:'))]).kept"
        )
    )
    page.locator("#stored").evaluate("stored => { stored.open = true }")
    for numbers in GROUPS:
        texts = [HOSTILE_TEXTS[number] for number in numbers]
        rows = [forged | {"mode": "written"} for text in texts for forged in everywhere(kept, text)]
        assert isinstance(answer_from_json(rows[0]), Answer)
        name = " ".join(texts)[:1000]
        stored = json.dumps({"name": name, "time": 9e15, "kept": json.dumps(rows)})
        page.get_by_role("button", name="New conversation").click()
        expect(page.locator("#chat .question")).to_have_count(0)
        page.evaluate("row => localStorage.setItem('dateline:forged', row)", stored)
        page.evaluate("dispatchEvent(new Event('storage'))")
        shows(page.locator("#stored li .open").first, name)
        page.locator("#stored li .open").first.click()
        expect(page.locator("#chat .question p")).to_have_count(len(rows))
        for turn, text in enumerate(texts):
            shows(page.locator("#chat .question p").nth(2 * turn), text)
            shows(page.locator("#chat .said").nth(turn), text)
            shows(page.locator("#chat .refusal").nth(turn), text)
            page.locator("#chat").get_by_role("button", name="Evidence").nth(2 * turn).click()
            card = page.locator(f"#evidence .card[id^='evidence-{2 * turn}-']").first
            shows(card.locator("h3"), text)
            shows(card.locator("mark"), text)
        harmless(page)


def test_files_may_be_called_anything(hostile: Visit) -> None:
    page = hostile.page
    page.get_by_role("button", name="Add articles").click()
    names = [re.sub(r"[/\\\x00\n]", "_", text)[:80] for text in HOSTILE_TEXTS][:80]
    files: list[FilePayload] = [
        {"name": f"{name}.md", "mimeType": "text/markdown", "buffer": f"# Tide {number}\n\nThe tide.".encode()}
        for number, name in enumerate(names)
    ]
    page.locator("#upload-files input[type=file]").set_input_files(files)
    expect(page.locator("#upload-files tr")).to_have_count(len(names))
    page.get_by_role("button", name="Add to the archive").click()
    expect(page.locator("#upload-report")).to_contain_text("The archive holds", timeout=120_000)
    shows(page.locator("#upload-report li").first, names[0])
    assert page.locator("#upload-files :is(script, iframe, b, em, strong)").count() == 0
