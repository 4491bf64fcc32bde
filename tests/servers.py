"""A web server on loopback that does whatever a test wants, and names that lead wherever a test wants."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import httpcore
import httpx

from ingest.connect import resolved
from ingest.fetch import Fetcher
from tests.hostile_addresses import NAMES

CERTIFICATE = Path(__file__).with_name("news.example.pem")  # with its key; nobody but these tests believes it


@dataclass(frozen=True, slots=True)
class Request:
    """What a server was asked."""

    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What it answers: a body at once, or in pieces as an iterator gives them, without a length."""

    body: bytes | Iterator[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def send(self, to: socket.socket) -> None:
        """Write it to a connection, until that is closed."""
        headers = {"Content-Type": "text/html; charset=utf-8", **self.headers, "Connection": "close"}
        pieces = iter([self.body]) if isinstance(self.body, bytes) else self.body
        if isinstance(self.body, bytes):
            headers.setdefault("Content-Length", str(len(self.body)))
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        to.sendall(f"HTTP/1.1 {self.status} Whatever\r\n{head}\r\n".encode())
        for piece in pieces:
            to.sendall(piece)


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes as they are, instead of an answer that follows the rules."""

    pieces: Callable[[], Iterator[bytes]]

    def send(self, to: socket.socket) -> None:
        """Write them to a connection, until that is closed."""
        for piece in self.pieces():
            to.sendall(piece)


Answer = Reply | Raw | Callable[[Request], Reply | Raw]


class Server:
    """Answers by path, `pages["/a"] = Reply(b"…")`, and remembers what it was asked. Everything else is not found.

    With `tls` it speaks https, as news.example.
    """

    def __init__(self, *, tls: bool = False) -> None:
        self.pages: dict[str, Answer] = {}
        self.requests: list[Request] = []
        self._server = _Listener(("127.0.0.1", 0), self, tls=tls)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, without robots.txt."""
        return [request.path for request in self.requests if request.path != "/robots.txt"]

    def answer(self, request: Request) -> Reply | Raw:
        """What it says."""
        self.requests.append(request)
        page = self.pages.get(request.path, Reply(status=404))
        return page(request) if callable(page) else page


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], server: Server, *, tls: bool) -> None:
        self.server = server
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if tls else None
        if self._tls:
            self._tls.load_cert_chain(CERTIFICATE)
        super().__init__(address, _Connection)

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, address = super().get_request()
        if not self._tls:
            return connection, address
        try:
            return self._tls.wrap_socket(connection, server_side=True), address
        except OSError:  # the certificate is not believed
            connection.close()
            raise


class _Connection(socketserver.StreamRequestHandler):
    server: _Listener

    def handle(self) -> None:
        try:
            request = self._request()
            if request is not None:
                self.server.server.answer(request).send(self.request)
        except OSError:
            pass  # whoever asked has heard enough

    def _request(self) -> Request | None:
        first = self.rfile.readline().decode("latin-1").split(" ")
        if len(first) < 3:
            return None
        headers = {}
        while line := self.rfile.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return Request(first[1], headers)


class Names:
    """What names resolve to, and what from the second time on.

    A number resolves to itself as the system reads it, any other name to nothing.
    """

    def __init__(self, names: Mapping[str, list[str]], later: Mapping[str, list[str]] | None = None) -> None:
        self._names = names
        self._later = later or {}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[str]:
        again = host in self.asked
        self.asked.append(host)
        if again and host in self._later:
            return self._later[host]
        if host in self._names:
            return self._names[host]
        try:
            socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError) as error:
            raise OSError(f"nobody knows {host}") from error
        return resolved(host, port)


class Internet(httpcore.SyncBackend):
    """Takes every connection to one server on loopback, and remembers to whom it was meant to go."""

    def __init__(self, server: Server) -> None:
        self._port = server.port
        self.called: list[tuple[str, int]] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: object = None,
    ) -> httpcore.NetworkStream:
        self.called.append((host, port))
        return super().connect_tcp("127.0.0.1", self._port, timeout)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


_BELIEVED = httpx.create_ssl_context(trust_env=False)  # reading them takes longer than a test


class World:
    """A server that all public names lead to, and fetchers that can ask nobody else."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.pages = server.pages
        self.names = Names(NAMES)
        self.internet = Internet(server)
        self.clock = Clock()

    def fetcher(
        self,
        *,
        allow_private: Collection[str] = (),
        pause: float = 1.0,
        seconds: float = 60.0,
        certificates: ssl.SSLContext | None = None,
    ) -> Fetcher:
        """Somebody who asks."""
        return Fetcher(
            allow_private=allow_private,
            pause=pause,
            seconds=seconds,
            resolve=self.names,
            network=self.internet,
            certificates=certificates or _BELIEVED,
            clock=self.clock,
            sleep=self.clock.sleep,
        )
