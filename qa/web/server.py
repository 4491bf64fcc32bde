"""The server: the chat page at /, behind the guard."""

import contextlib
import logging
import os
import socket
import webbrowser
from collections.abc import AsyncIterator, Callable

import gradio as gr
import uvicorn
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from qa.assistant import Assistant
from qa.web.dropped import LARGEST_FILE
from qa.web.guard import Guard
from qa.web.layout import chat_page, theme
from qa.web.routes import add_routes
from qa.web.upload import Uploads

_LOGGER = logging.getLogger(__name__)


def serve(
    assistant: Assistant,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    allow_upload: bool = False,
) -> None:
    """Listen on `host` and `port` until Ctrl-C; port 0 takes a free one. `allow_upload` lets visitors add articles.

    Raises OSError when it cannot listen there.
    """
    app = web_app(assistant, host=host, allow_upload=allow_upload)
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


def web_app(assistant: Assistant, *, host: str = "127.0.0.1", allow_upload: bool = False) -> FastAPI:
    """Build all that is served to browsers, as one ASGI application for a server that listens on `host`."""
    uploads = Uploads(assistant.index.path) if allow_upload else None
    # FastAPI's own documentation pages load their scripts from other hosts.
    app = FastAPI(title="Dateline", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_closing(uploads))
    app.add_middleware(Guard, host=host, arrivals=uploads.arrivals if uploads else None)
    if uploads:
        os.environ["GRADIO_TEMP_DIR"] = str(uploads.arrivals)  # there is no other way to tell gradio
    add_routes(app, assistant)
    gr.mount_gradio_app(
        app,
        chat_page(assistant, uploads),
        path="/",
        app_kwargs={"openapi_url": None},
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=LARGEST_FILE if uploads else 1,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=theme(),
    )
    return app


def _closing(uploads: Uploads | None) -> Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        if uploads:
            await run_in_threadpool(uploads.close)

    return lifespan


class _Server(uvicorn.Server):
    """Hangs up at the end: an open page keeps a connection for as long as it is open."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.close()
        await super().shutdown(sockets)


def _listening(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(f"cannot listen on {host}, port {port}: {reason}. Choose another with --port.") from error


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
