"""Connections to public machines only: a name is looked up once, and what was checked is what is connected to."""

import socket
import time
from collections.abc import Callable, Collection, Iterable
from ssl import SSLContext
from typing import Any
from urllib.parse import urlsplit

import httpcore
from httpcore import SOCKET_OPTION

from ingest.addresses import AddressError, is_public, web_address

Resolve = Callable[[str, int], list[str]]
"""A host and a port → its IP addresses; raises OSError when there are none."""

_LONGEST_CONNECT = 15.0  # seconds, of each IP address
_HIGHEST_SYSTEM_PORT = 1023
# Above the system's ports, those on which something else than the web is asked (https://fetch.spec.whatwg.org/#port-blocking).
_NOT_THE_WEB = frozenset(
    (1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679, 6697)
)


class FetchError(ValueError):
    """An address gave nothing; the message is the reason, for the one who wanted it."""


def resolved(host: str, port: int) -> list[str]:
    """The IP addresses that the system knows for a host. Raises OSError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a part of the name is empty or too long
        raise OSError("no name can be like this") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Network(httpcore.NetworkBackend):
    """What httpcore connects with. Certificates are checked by the name as ever; only who is called is ours.

    There is no moment between the check and the connection in which a name could get another address. `begin` starts
    the time that everything until the next `begin` may take, however slowly it comes.
    """

    def __init__(self, resolve: Resolve, network: httpcore.NetworkBackend, allow_private: Collection[str]) -> None:
        self._resolve = resolve
        self._network = network
        self._allowed = {_host_and_port(name) for name in allow_private}
        self._end = 0.0

    def begin(self, seconds: float) -> None:
        """Let what follows take so many seconds, all together."""
        self._end = time.monotonic() + seconds

    def left(self, timeout: float | None) -> float:
        """The seconds that are left, or a shorter timeout. Raises httpcore.ReadTimeout when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is over")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to a host, if all of its addresses are public. Raises FetchError, httpcore.ConnectError."""
        try:
            addresses = self._resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(f"its address cannot be found ({error.strerror or error})") from error
        if not self._allowed & {(host, None), (host, port)}:
            _check(host, port, addresses)
        failure: Exception = httpcore.ConnectError("it has no address")
        for address in addresses:
            try:
                seconds = min(_LONGEST_CONNECT, self.left(timeout))
                stream = self._network.connect_tcp(address, port, seconds, local_address, socket_options)
                return _Stream(stream, self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection on which nothing takes longer than the time that is left."""

    def __init__(self, stream: httpcore.NetworkStream, network: Network) -> None:
        self._stream = stream
        self._network = network

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._network.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._network.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(
            self._stream.start_tls(ssl_context, server_hostname, self._network.left(timeout)), self._network
        )

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore has it
        return self._stream.get_extra_info(info)


def _host_and_port(name: str) -> tuple[str, int | None]:
    """A host that is named as in an address, with its port or for all of them. Raises AddressError."""
    if not name or "/" in name:
        raise AddressError(f"{name!r} is no host: give it as it is in the address, with its port or without")
    return web_address(f"http://{name}").raw_host.decode(), urlsplit(f"//{name}").port


def _check(host: str, port: int, addresses: Iterable[str]) -> None:
    if (port <= _HIGHEST_SYSTEM_PORT and port not in (80, 443)) or port in _NOT_THE_WEB:
        raise FetchError(f"port {port} is not one of the web")
    for address in addresses:
        if not is_public(address):
            named = host if host == address else f"{host} ({address})"
            raise FetchError(f"{named} is not public: --allow-private {host} lets it be read")
