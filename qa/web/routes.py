"""The files and small answers that the page asks for beside gradio's: style, script, words, what is held."""

from functools import partial
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, JSONResponse

from qa.assistant import Assistant
from qa.web.texts import texts

STYLESHEET = "/page.css"
SCRIPT = "/page.js"
FIRST_SCRIPT = "/idle.js"
"""Runs before gradio's own."""

MOST_NAMES = 5_000
"""How many names a page gets to offer while one is typed: about 100 kB."""

_FILES = ("page.css", "idle.js", "page.js", "parts.js", "kept.js", "names.js")
_ALWAYS_ASK = {"Cache-Control": "no-cache"}


def add_routes(app: FastAPI, assistant: Assistant) -> None:
    """Serve them."""

    def words(language: str) -> JSONResponse:
        """What the page's script says, in a language."""
        chosen = texts(language)
        direction = "rtl" if chosen.right_to_left else "ltr"
        return JSONResponse({**chosen.words, "code": chosen.language, "direction": direction})

    def holdings() -> JSONResponse:
        """Which state of the archive is in use, so that a page can tell that there is a newer one."""
        index = assistant.index
        current = index.current() if index.exists else None
        return JSONResponse(
            {"generation": current.number if current else 0, "articles": current.card.articles if current else 0},
            headers=_ALWAYS_ASK,
        )

    def names() -> JSONResponse:
        """The names that the archive has, those that most articles have first."""
        return JSONResponse(assistant.names(MOST_NAMES), headers=_ALWAYS_ASK)

    def file(name: str) -> FileResponse:
        return FileResponse(Path(__file__).with_name(name), headers=_ALWAYS_ASK)

    # Files of their own: what gradio is given as `css` it rewrites, and scripts it evaluates from text.
    for name in _FILES:
        app.add_api_route(f"/{name}", partial(file, name), include_in_schema=False)
    app.add_api_route("/texts/{language}", words, include_in_schema=False)
    app.add_api_route("/names", names, include_in_schema=False)
    app.add_api_route("/holdings", holdings, include_in_schema=False)
