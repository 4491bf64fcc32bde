"""The server: the chat page at /, behind the guard."""

import contextlib
import logging
import socket
import webbrowser
from pathlib import Path

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse

from qa.assistant import Assistant
from qa.web.guard import STYLESHEET, Guard
from qa.web.page import chat_page, theme

_LOGGER = logging.getLogger(__name__)


def serve(assistant: Assistant, *, host: str = "127.0.0.1", port: int = 7860, open_browser: bool = False) -> None:
    """Listen on `host` and `port` until Ctrl-C; port 0 takes a free one.

    Raises OSError when it cannot listen there.
    """
    app = web_app(assistant, host=host)
    with _listening(host, port) as listener:
        address = _address(host, listener.getsockname()[1])
        _LOGGER.info("Dateline is at %s (Ctrl-C ends it)", address)
        if open_browser:
            webbrowser.open(address)
        settings = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=3,
        )
        with contextlib.suppress(KeyboardInterrupt):
            _Server(settings).run(sockets=[listener])


def web_app(assistant: Assistant, *, host: str = "127.0.0.1") -> FastAPI:
    """Build all that is served to browsers, as one ASGI application for a server that listens on `host`."""
    # FastAPI's own documentation pages load their scripts from other hosts.
    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard, host=host)
    # Its own file: what gradio is given as `css` it rewrites, and gets lists of selectors wrong.
    app.add_api_route(STYLESHEET, _stylesheet, include_in_schema=False)
    gr.mount_gradio_app(
        app,
        chat_page(assistant),
        path="/",
        app_kwargs={"openapi_url": None},
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
    )
    return app


class _Server(uvicorn.Server):
    """Hangs up at the end: an open page keeps a connection for as long as it is open."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.close()
        await super().shutdown(sockets)


def _stylesheet() -> FileResponse:
    return FileResponse(Path(__file__).with_name("page.css"), headers={"Cache-Control": "no-cache"})


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(f"cannot listen on {host}, port {port}: {reason}. Choose another with --port.") from error


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
