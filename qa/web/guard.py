"""The guard between network and page: hosts, origins, closed doors, headers that keep the page at home."""

import ipaddress
import re
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.body import again, counted, names_only_files_in, whole, with_event
from qa.web.dropped import LARGEST_UPLOAD, has_room
from qa.web.routes import FIRST_SCRIPT, SCRIPT, STYLESHEET

BODY_BYTES = 2 * 1024 * 1024
"""The longest body that the page's own requests may have: a conversation that the browser kept comes back in one."""

_GRADIO = "/gradio_api/"
_OPEN = re.compile(r"/gradio_api/(queue/(join|data)|cancel|reset|heartbeat/\w+)")
_ENDING = ("/gradio_api/cancel", "/gradio_api/reset")
_UPLOAD = "/gradio_api/upload"
_UPLOADS = re.compile(r"/gradio_api/upload(_progress)?")
_CLOSED = re.compile(r"/(login|logout|monitoring|manifest\.json|pwa_icon|svelte)\b")

_FOREIGN_TAGS = re.compile(r"""<meta\s+(?:property|name)="(?:og|twitter):[^>]*>|<link rel="manifest"[^>]*>""")
_SCRIPT = re.compile(r"<script(?=[\s>])")

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def is_loopback(host: str) -> bool:
    """Return whether an address to listen on can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def content_security_policy(nonce: str) -> str:
    """Let nothing load but from this server, and no script run but its own files and those with the nonce."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",  # gradio styles its elements in place
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def own_page(page: str, nonce: str) -> str:
    """Give gradio's page our style and script, allow its inline scripts, and drop the tags that name other hosts."""
    own = f'<link rel="stylesheet" href="{STYLESHEET}"><script type="module" src="{SCRIPT}"></script></head>'
    page = page.replace("<head>", f'<head><script src="{FIRST_SCRIPT}"></script>', 1).replace("</head>", own, 1)
    return _SCRIPT.sub(f'<script nonce="{nonce}"', _FOREIGN_TAGS.sub("", page))


class Guard:
    """ASGI middleware around the whole application: refuses strangers, and dresses what is answered.

    `arrivals` is the folder that gradio puts uploaded files into; without one there is no uploading.
    """

    def __init__(self, app: ASGIApp, *, host: str, arrivals: Path | None = None) -> None:
        self._app = app
        self._arrivals = arrivals
        self._arriving = 0  # bytes that were announced and are not all there yet
        # A page elsewhere can point its own name at this machine; browsers then send that name as Host.
        self._names = {host.lower(), "localhost", "127.0.0.1", "::1"} if is_loopback(host) else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer: ASGIApp = self._refusal(scope) or self._checked
        if scope["path"] == "/":  # this page is rewritten, so it must not come compressed
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            scope = {**scope, "headers": plain}
        await answer(scope, receive, _Dressing(send))

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "")
        if self._names is not None and _hostname(host) not in self._names:
            return PlainTextResponse("This server answers to its own name only.", 403)
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2].lower() != host.lower():
            return PlainTextResponse("Requests from other sites are refused.", 403)
        if _CLOSED.match(path) or (path.startswith(_GRADIO) and not self._is_open(path)):
            return PlainTextResponse("Not Found", 404)
        if path.startswith(_GRADIO) and scope["method"] == "POST":
            length = headers.get("content-length", "")
            if not length.isdecimal():
                return PlainTextResponse("A request needs a Content-Length.", 411)
            if int(length) > (most := LARGEST_UPLOAD if path == _UPLOAD else BODY_BYTES):
                return _too_long(most)
        return None

    def _is_open(self, path: str) -> bool:
        return bool(_OPEN.fullmatch(path) or (self._arrivals and _UPLOADS.fullmatch(path)))

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that may be made, if what it brings may be brought."""
        answer: ASGIApp = self._app
        if scope["method"] == "POST" and scope["path"] == _UPLOAD:
            answer = self._take
        elif scope["method"] == "POST" and scope["path"].startswith(_GRADIO):
            body = await whole(receive, BODY_BYTES)
            if body is None:
                answer = _too_long(BODY_BYTES)
            elif not names_only_files_in(self._arrivals, body):
                answer = PlainTextResponse("An event names only files that were sent here.", 403)
            else:
                receive = again(with_event(body) if scope["path"] in _ENDING else body, receive)
        await answer(scope, receive, send)

    async def _take(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let files arrive, if there is room for them."""
        size = int(Headers(scope=scope)["content-length"])
        if self._arrivals is None or not await run_in_threadpool(has_room, self._arrivals, self._arriving + size):
            busy = PlainTextResponse("Too many files are waiting to be added. Try again later.", 507)
            await busy(scope, receive, send)
            return
        self._arriving += size
        try:
            with suppress(ClientDisconnect):  # gradio's own routes leave it unanswered
                await self._app(scope, counted(receive, LARGEST_UPLOAD), send)
        finally:
            self._arriving -= size


class _Dressing:
    """Sends one response on with the headers, and a page rewritten to be its own."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._nonce = secrets.token_urlsafe(16)
        self._start: Message | None = None
        self._page = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update({**_HEADERS, "Content-Security-Policy": content_security_policy(self._nonce)})
            if headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers:
                self._start = message
                return
        elif self._start is not None:
            self._page += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send_page(self._start)
            return
        await self._send(message)

    async def _send_page(self, start: Message) -> None:
        page = own_page(self._page.decode("utf-8"), self._nonce).encode("utf-8")
        MutableHeaders(scope=start)["Content-Length"] = str(len(page))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": page})


def _too_long(most: int) -> PlainTextResponse:
    return PlainTextResponse(f"A request has at most {most:,} bytes.", 413)


def _hostname(host: str) -> str | None:
    try:
        return None if "@" in host else urlsplit(f"//{host}").hostname
    except ValueError:
        return None
