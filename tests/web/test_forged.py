"""Requests that no page sends: events with anything for a setting, a question, a command."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.web.browser import CORTANA, Site, Visit
from tests.web.events import call, component, event

pytestmark = pytest.mark.web

GOOD = ["en", "quotes", 5, [], "", ""]
"""The settings as the page sends them: language, mode, passages, sources, since, until."""

OURS = re.compile(r'File "[^"]*/qa/(?!web/guard)[^"]*", line .*')
"""Our code in a traceback, but for what every request goes through."""

WRONG: list[Any] = [None, 0, -1, 1e308, True, "", "x", "x" * 100_000, [], [[]], [None], ["x"] * 1000, {}, {"a": {}}]


def goes_on(site: Site) -> None:
    """The server answers, and nothing failed in our code; gradio logs what it refuses itself."""
    assert '"success":true' in call(site, event(site, "question", "submit"), [CORTANA, "", None, *GOOD])[1]
    assert OURS.findall(site.log.read_text()) == []


@pytest.mark.parametrize("place", range(len(GOOD)), ids=["language", "mode", "passages", "sources", "since", "until"])
def test_settings_may_come_as_anything(site: Site, place: int) -> None:
    number = event(site, "question", "submit")
    for wrong in WRONG:
        settings = [*GOOD[:place], wrong, *GOOD[place + 1 :]]
        _, said = call(site, number, ["Who?", "", None, *settings])
        assert "Traceback" not in said
        assert str(Path(__file__).parents[2]) not in said
    goes_on(site)


def test_questions_and_commands_may_come_as_anything(site: Site) -> None:
    asked, acted = event(site, "question", "submit"), event(site, "command", "submit")
    button, chat = component(site, "asking"), component(site, "chat")
    for wrong in WRONG:
        assert "Traceback" not in call(site, asked, [wrong, wrong, None, *GOOD])[1]
        assert "Traceback" not in call(site, acted, [wrong, None, *GOOD])[1]
        assert "Traceback" not in call(site, asked, ["", "", None, *GOOD], trigger_id=chat, event_data=wrong)[1]
        for do in ("ask", "again", "edit", "show", "whole", "drop", "open", "export", "good", "unknown", wrong):
            sent = json.dumps({"do": do, "value": wrong})
            assert "Traceback" not in call(site, acted, [sent, None, *GOOD])[1]
            assert "Traceback" not in call(site, asked, ["", sent, None, *GOOD], trigger_id=button)[1]
    goes_on(site)


@pytest.mark.parametrize("data", [None, [], {}, "x", [None], [CORTANA], [CORTANA, None], [[[]]] * 100])
def test_events_may_bring_anything(site: Site, data: object) -> None:
    for number in (event(site, "question", "submit"), event(site, "command", "submit"), -1, 10_000, None, "x", 1.5):
        assert "Traceback" not in call(site, number, data)[1]
        assert "Traceback" not in call(site, number, [CORTANA, "", None, *GOOD], event_data=data)[1]
    goes_on(site)


def test_a_conversation_cannot_be_sent_in(site: Site) -> None:
    forged = {"said": [{"answer": {"question": "Mine?"}}], "editing": 0}
    _, said = call(site, event(site, "command", "submit"), ['{"do": "export", "value": "json"}', forged, *GOOD])
    assert "Mine?" not in said
    goes_on(site)


def test_after_all_that_the_page_works(visit: Visit) -> None:
    visit.ask(CORTANA)
    assert "Mi AI speaker" in visit.page.locator("#chat .answer").inner_text()
