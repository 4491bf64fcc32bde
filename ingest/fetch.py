"""The only HTTP client: public addresses, by their robots.txt, one at a time, and never more than can be held.

Built on httpcore, the engine of httpx, and not on its client: proxies and certificates from the environment, cookies,
credentials, redirects and decompression of any size are what a client adds, and none of it is wanted here.
"""

import ssl
import time
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.metadata import version
from types import TracebackType
from typing import Self

import httpcore
import httpx
from protego import Protego

from ingest.addresses import AddressError, web_address
from ingest.connect import FetchError, Network, Resolve, resolved

__all__ = ["FetchError", "Fetched", "Fetcher"]

_NAME = "Dateline"
_USER_AGENT = f"{_NAME}/{version('dateline-qa')} (+https://pypi.org/project/dateline-qa/; news archive reader)"
_LARGEST_BODY = 20_000_000  # bytes, decompressed
_LARGEST_ROBOTS = 500_000  # bytes; RFC 9309, 2.5, asks for as many
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_ATTEMPTS = 3
_LATER = (429, 500, 502, 503, 504)  # answers that may be others in a moment
_LONGEST_WAIT = 60.0  # seconds, whatever a server asks for
_LONGEST_PAUSE = 30.0  # seconds between two requests, whatever a robots.txt asks for
_GZIP = 47  # zlib's number for: gzip or zlib, look which
_PIECE = 1_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: `address` is the one it led to. `body` is empty when it was `not_modified`."""

    address: str
    status: int
    content_type: str
    charset: str | None
    body: bytes
    etag: str | None
    last_modified: str | None
    not_modified: bool


class Fetcher:
    """Asks for web addresses, as a guest: hosts in `allow_private` (`name` or `name:port`) may be not public.

    robots.txt is read once for each host (RFC 9309), `pause` is the seconds between two requests to one host, or more
    if it says so; `seconds` is what one answer may take. For one thread. A context: at its end connections close.
    """

    def __init__(
        self,
        *,
        allow_private: Collection[str] = (),
        pause: float = 1.0,
        seconds: float = 60.0,
        resolve: Resolve = resolved,
        network: httpcore.NetworkBackend | None = None,
        certificates: ssl.SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = pause
        self._seconds = seconds
        self._clock = clock
        self._sleep = sleep
        self._network = Network(resolve, network or httpcore.SyncBackend(), allow_private)
        self._pool = httpcore.ConnectionPool(
            certificates or httpx.create_ssl_context(trust_env=False), network_backend=self._network
        )
        self._robots: dict[str, Protego | FetchError] = {}
        self._pauses: dict[str, float] = {}
        self._asked: dict[str, float] = {}  # when each host was last asked

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    def get(self, address: str, *, etag: str | None = None, modified: str | None = None) -> Fetched:
        """What is at an address, or that it is what it was, by the `etag` or `modified` that came with it.

        Raises FetchError for whatever is not there, not public, not allowed or too much.
        """
        stated = {"If-None-Match": etag, "If-Modified-Since": modified}
        conditions = {
            name: value for name, value in stated.items() if value and value.isascii() and value.isprintable()
        }
        url, answer = self._follow(address, conditions, by_robots=True)
        if answer.status != HTTPStatus.OK and not (answer.status == HTTPStatus.NOT_MODIFIED and conditions):
            raise FetchError(f"the server answered {_spelled(answer.status)}")
        content = Message()
        content["Content-Type"] = answer.headers.get("Content-Type", "application/octet-stream")
        return Fetched(
            address=str(url),
            status=answer.status,
            content_type=content.get_content_type(),
            charset=content.get_content_charset(),
            body=answer.body,
            etag=answer.headers.get("ETag"),
            last_modified=answer.headers.get("Last-Modified"),
            not_modified=answer.status == HTTPStatus.NOT_MODIFIED,
        )

    def _follow(self, address: str, conditions: dict[str, str], *, by_robots: bool) -> "tuple[httpx.URL, _Answer]":
        """The answer at the end of the redirects. Each is another request, with all that is checked for one."""
        url = _checked(address)
        for _ in range(_MOST_REDIRECTS + 1):
            if by_robots:
                self._check_robots(url)
            answer = self._ask(url, conditions)
            if answer.status not in _REDIRECTS or "Location" not in answer.headers:
                return url, answer
            try:
                url = _checked(str(url.join(answer.headers["Location"])))
            except (httpx.InvalidURL, FetchError) as error:
                raise FetchError(f"it redirects to what is not asked: {error}") from error
        raise FetchError(f"it redirects more than {_MOST_REDIRECTS} times")

    def _check_robots(self, url: httpx.URL) -> None:
        site = str(url.copy_with(raw_path=b"/robots.txt", fragment=None))
        if site not in self._robots:
            self._robots[site] = self._rules(site)
        rules = self._robots[site]
        if isinstance(rules, FetchError):
            raise rules.with_traceback(None)
        if not rules.can_fetch(str(url), _NAME):
            raise FetchError(f"the robots.txt of {url.host} does not allow it")
        self._pauses[url.host] = max(self._pause, min(rules.crawl_delay(_NAME) or 0.0, _LONGEST_PAUSE))

    def _rules(self, site: str) -> Protego | FetchError:
        """What a robots.txt says. Where none is, all is allowed; where nobody knows, nothing (RFC 9309, 2.3.1)."""
        try:
            _, answer = self._follow(site, {}, by_robots=False)
        except FetchError as error:
            return error
        if answer.status == HTTPStatus.OK:
            return Protego.parse(answer.body[:_LARGEST_ROBOTS].decode("utf-8", "replace"))
        if 400 <= answer.status < 500 and answer.status not in _LATER:
            return Protego.parse("")
        return FetchError(f"whether it may be read is not known: {site} answered {_spelled(answer.status)}")

    def _ask(self, url: httpx.URL, conditions: dict[str, str]) -> "_Answer":
        """One request, tried again when the network or the server had a bad moment."""
        for attempt in range(1, _ATTEMPTS + 1):
            wait = 2.0 ** (attempt - 1)
            try:
                answer = self._exchange(url, conditions)
                if answer.status not in _LATER or attempt == _ATTEMPTS:
                    return answer
                wait = max(wait, _retry_after(answer.headers))
            except (httpcore.NetworkError, httpcore.ConnectTimeout, httpcore.RemoteProtocolError) as error:
                if attempt == _ATTEMPTS or _is_certificate(error):
                    raise FetchError(f"no answer from {url.host}: {error}") from error
            except httpcore.TimeoutException as error:
                raise FetchError(f"it took more than {self._seconds:g} seconds") from error
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _exchange(self, url: httpx.URL, conditions: dict[str, str]) -> "_Answer":
        self._wait_for(url.host)
        self._network.begin(self._seconds)
        headers = {"Host": url.netloc.decode(), "User-Agent": _USER_AGENT, "Accept-Encoding": "gzip", **conditions}
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        try:
            with self._pool.stream("GET", target, headers=list(headers.items())) as response:
                received = httpx.Headers(response.headers)
                wanted = response.status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)
                return _Answer(response.status, received, _body(response.iter_stream(), received) if wanted else b"")
        finally:
            self._asked[url.host] = self._clock()

    def _wait_for(self, host: str) -> None:
        if host in self._asked:
            wait = self._asked[host] + self._pauses.get(host, self._pause) - self._clock()
            if wait > 0:
                self._sleep(wait)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back on one request."""

    status: int
    headers: httpx.Headers
    body: bytes


def _checked(address: str) -> httpx.URL:
    try:
        return web_address(address)
    except AddressError as error:
        raise FetchError(str(error)) from error


def _is_certificate(error: Exception) -> bool:
    """Whether a connection failed because of who answered, which will not change in a second."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in error.args)


def _spelled(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _retry_after(headers: httpx.Headers) -> float:
    """The seconds a server asks to be left alone, written as a number or as a time."""
    value = headers.get("Retry-After", "")
    try:
        seconds = (
            float(value) if value.isdigit() else (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
        )
    except (ValueError, OverflowError, TypeError):  # TypeError: a time without a zone
        return 0.0
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def _body(parts: Iterable[bytes], headers: httpx.Headers) -> bytes:
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise FetchError(f"it came compressed as {encoding}, which was not asked for")
    body = bytearray()
    try:
        for part in _unzipped(parts) if encoding.endswith("gzip") else parts:
            body += part
            if len(body) > _LARGEST_BODY:
                raise FetchError(f"it is larger than {_LARGEST_BODY // 1_000_000} MB")
    except zlib.error as error:
        raise FetchError("it came compressed, and damaged") from error
    return bytes(body)


def _unzipped(parts: Iterable[bytes]) -> Iterator[bytes]:
    """What a gzip stream holds, in pieces of bounded size: of a bomb no more is unpacked than is taken."""
    decoder = zlib.decompressobj(_GZIP)
    for part in parts:
        rest = part
        while rest:
            if decoder.eof:
                decoder = zlib.decompressobj(_GZIP)
            yield decoder.decompress(rest, _PIECE)
            rest = decoder.unconsumed_tail or decoder.unused_data
    if not decoder.eof:
        raise zlib.error("it ended early")
