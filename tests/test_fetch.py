"""What is fetched, from whom, how much of it and how politely."""

import gzip
import itertools
import ssl
import time
import tracemalloc
import zlib
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address

import httpcore
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingest.addresses import AddressError, is_public
from ingest.fetch import Fetcher, FetchError
from tests.hostile_addresses import HOSTILE, NAMES, PUBLIC, RELATIVE
from tests.servers import CERTIFICATE, Internet, Names, Raw, Reply, Request, Server, World


def get(
    world: World,
    address: str = "http://news.example/a",
    *,
    allow_private: Collection[str] = (),
    seconds: float = 60.0,
    certificates: ssl.SSLContext | None = None,
) -> bytes:
    with world.fetcher(allow_private=allow_private, seconds=seconds, certificates=certificates) as fetcher:
        return fetcher.get(address).body


@pytest.fixture
def world() -> Iterator[World]:
    with Server() as server:
        yield World(server)


# Who is asked


@pytest.mark.parametrize("address", HOSTILE)
def test_nobody_is_asked_who_is_not_public(world: World, address: str) -> None:
    with pytest.raises(FetchError):
        get(world, address)
    assert world.internet.called == []
    assert world.server.requests == []


@pytest.mark.parametrize("address", [*HOSTILE, *RELATIVE])
def test_no_redirect_leads_to_who_is_not_public(world: World, address: str) -> None:
    world.pages["/a"] = Reply(status=302, headers={"Location": address.replace("\t", "%09")})
    with pytest.raises(FetchError):
        get(world)
    assert {host for host, _ in world.internet.called} == {PUBLIC}
    assert {request.headers["host"] for request in world.server.requests} == {"news.example"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_checked_again_each_time(world: World, status: int) -> None:
    world.pages["/a"] = Reply(status=status, headers={"Location": "/b"})
    world.pages["/b"] = Reply(status=status, headers={"Location": "//news.example:8080/c"})
    world.pages["/c"] = Reply(status=status, headers={"Location": "http://both.example/"})
    with pytest.raises(FetchError, match=r"redirects|not public: --allow-private both\.example lets it be read"):
        get(world)
    assert world.server.paths == ["/a", "/b", "/c"]
    assert set(world.internet.called) == {(PUBLIC, 80), (PUBLIC, 8080)}


@pytest.mark.parametrize(
    ("address", "called"),
    [
        ("http://news.example/a", (PUBLIC, 80)),
        ("HTTP://NEWS.EXAMPLE:80/a", (PUBLIC, 80)),
        ("http://news.example:8080/a", (PUBLIC, 8080)),
        ("http://news.example:50000/a", (PUBLIC, 50000)),
        (f"http://{PUBLIC}/a", (PUBLIC, 80)),
        ("http://1572395042/a", (PUBLIC, 80)),
        ("http://0x5db8d822/a", (PUBLIC, 80)),
        ("http://[2606:2800:220:1::1]/a", ("2606:2800:220:1::1", 80)),
        ("http://[2606:2800:220:1::1]:8080/a", ("2606:2800:220:1::1", 8080)),
        (f"http://[::ffff:{PUBLIC}]/a", ("::ffff:93.184.216.34", 80)),
        ("http://[64:ff9b::5db8:d822]/a", ("64:ff9b::5db8:d822", 80)),
        ("http://six.example/a", ("2606:2800:220:1::1", 80)),
        ("http://bücherhaus.example/a", ("1.1.1.1", 80)),
        ("http://news.example/a?b=c#d", (PUBLIC, 80)),
    ],
)
def test_public_machines_are_asked_by_the_very_address_that_was_checked(
    world: World, address: str, called: tuple[str, int]
) -> None:
    world.names = Names({**NAMES, "six.example": ["2606:2800:220:1::1"], "xn--bcherhaus-q9a.example": ["1.1.1.1"]})
    world.pages["/a"] = world.pages["/a?b=c"] = Reply(b"An article.")
    assert get(world, address) == b"An article."
    assert {(ip_address(host), port) for host, port in world.internet.called} == {(ip_address(called[0]), called[1])}
    assert all(is_public(host) for host, _ in world.internet.called)


def test_a_name_is_looked_up_once_for_each_connection(world: World) -> None:
    world.pages["/a"] = Reply(b"An article.")
    get(world)
    assert len(world.names.asked) == len(world.internet.called) == 2  # robots.txt and the page


def test_a_name_that_becomes_another_machine_gives_nothing(world: World) -> None:
    world.names = Names(NAMES, later={"news.example": ["127.0.0.1"]})
    world.pages["/a"] = Reply(b"A secret.")
    with pytest.raises(FetchError, match="not public"):
        get(world)
    assert world.internet.called == [(PUBLIC, 80)]
    assert world.server.paths == []


def test_when_one_of_its_machines_is_down_the_next_is_asked(world: World) -> None:
    class HalfDown(Internet):
        def connect_tcp(
            self,
            host: str,
            port: int,
            timeout: float | None = None,
            local_address: str | None = None,
            socket_options: object = None,
        ) -> httpcore.NetworkStream:
            if host == PUBLIC:
                self.called.append((host, port))
                raise httpcore.ConnectError("down")
            return super().connect_tcp(host, port, timeout)

    world.internet = HalfDown(world.server)
    world.names = Names({"news.example": [PUBLIC, "1.1.1.1"]})
    world.pages["/a"] = Reply(b"An article.")
    assert get(world) == b"An article."
    assert world.internet.called == [(PUBLIC, 80), ("1.1.1.1", 80)] * 2


def test_a_server_here_is_asked_only_when_it_is_named() -> None:
    with Server() as server:
        server.pages["/a"] = Reply(b"Of the house.")
        address = f"http://127.0.0.1:{server.port}/a"
        with pytest.raises(
            FetchError, match=r"127\.0\.0\.1 is not public: --allow-private 127\.0\.0\.1 lets it be read"
        ):
            Fetcher().get(address)
        assert server.requests == []
        for named in ("127.0.0.1", f"127.0.0.1:{server.port}"):
            with Fetcher(allow_private=[named], pause=0.0) as fetcher:
                assert fetcher.get(address).body == b"Of the house."
        for named in ("127.0.0.1:1", "localhost", "127.1"):
            with pytest.raises(FetchError, match="not public"), Fetcher(allow_private=[named]) as fetcher:
                fetcher.get(address)


@pytest.mark.parametrize(
    ("named", "address"),
    [
        ("inside.example", "http://inside.example/a"),
        ("INSIDE.example", "http://inside.example:8080/a"),
        ("inside.example:81", "http://inside.example:81/a"),
        ("inside.example:80", "http://inside.example/a"),
        ("10.0.0.1", "http://10.0.0.1/a"),
        ("[::1]", "http://[::1]:3000/a"),
        ("[::1]:3000", "http://[::1]:3000/a"),
        ("localhost", "http://LOCALHOST/a"),
    ],
)
def test_a_host_that_is_named_may_be_not_public(world: World, named: str, address: str) -> None:
    world.pages["/a"] = Reply(b"Of the house.")
    assert get(world, address, allow_private=[named]) == b"Of the house."


@pytest.mark.parametrize(
    "address", ["http://localhost/", "http://10.0.0.6/", "http://inside.example:8080/", "http://both.example/"]
)
def test_a_host_that_is_named_does_not_name_others(world: World, address: str) -> None:
    world.pages["/a"] = Reply(status=302, headers={"Location": address})
    with pytest.raises(FetchError, match="not public"):
        get(world, "http://inside.example/a", allow_private=["inside.example:80"])
    assert world.server.paths == ["/a"]


@pytest.mark.parametrize(
    "named", ["", "http://inside.example", "inside.example/a", "a b", "name@inside.example", "a:b"]
)
def test_what_is_no_host_cannot_be_named(named: str) -> None:
    with pytest.raises(AddressError):
        Fetcher(allow_private=[named])


def test_certificates_are_checked_by_the_name() -> None:
    believed = ssl.create_default_context(cafile=CERTIFICATE)
    with Server(tls=True) as server:
        world = World(server)
        world.names = Names({"news.example": [PUBLIC], "other.example": [PUBLIC]})
        world.pages["/a"] = Reply(b"An article.")
        assert get(world, "https://news.example/a", certificates=believed) == b"An article."
        assert set(world.internet.called) == {(PUBLIC, 443)}
        for address in ("https://other.example/a", f"https://{PUBLIC}/a"):
            with pytest.raises(FetchError, match="certificate verify failed"):
                get(world, address, certificates=believed)
        with pytest.raises(FetchError, match="certificate verify failed"):
            get(world, "https://news.example/a")
        assert world.server.paths == ["/a"]
        assert world.clock.slept == [1.0]  # between robots.txt and the page: a wrong certificate is not tried again


# What is sent


def test_who_asks_says_so_and_nothing_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    world.pages["/a"] = Reply(b"An article.", headers={"Set-Cookie": "a=b; Path=/"})
    with world.fetcher() as fetcher:
        fetcher.get("http://news.example/a")
        fetcher.get("http://news.example/a")
    for request in world.server.requests:
        assert set(request.headers) == {"host", "user-agent", "accept-encoding"}
        assert request.headers["accept-encoding"] == "gzip"
        assert "news archive reader" in request.headers["user-agent"]


def test_a_page_that_is_still_the_same_is_not_sent_again(world: World) -> None:
    def page(request: Request) -> Reply:
        if (request.headers.get("if-none-match"), request.headers.get("if-modified-since")) == ('"v1"', "yesterday"):
            return Reply(status=304)
        return Reply(b"An article.", headers={"ETag": '"v1"', "Last-Modified": "yesterday"})

    world.pages["/a"] = page
    with world.fetcher() as fetcher:
        first = fetcher.get("http://news.example/a")
        again = fetcher.get("http://news.example/a", etag=first.etag, modified=first.last_modified)
        assert (first.not_modified, first.body) == (False, b"An article.")
        assert (again.not_modified, again.body, again.status) == (True, b"", 304)
        world.pages["/a"] = Reply(status=304)
        with pytest.raises(FetchError, match="304 Not Modified"):
            fetcher.get("http://news.example/a")
        fetcher.get("http://news.example/a", etag="v1")
        with pytest.raises(FetchError, match="304"):  # what cannot be sent is not sent
            fetcher.get("http://news.example/a", etag="v1\r\nX: y", modified="é")


@pytest.mark.parametrize(
    ("header", "content_type", "charset"),
    [
        ("text/html; charset=ISO-8859-1", "text/html", "iso-8859-1"),
        ('application/rss+xml;charset="utf-8"', "application/rss+xml", "utf-8"),
        ("TEXT/HTML", "text/html", None),
        ("nonsense", "text/plain", None),
    ],
)
def test_what_kind_it_is(world: World, header: str, content_type: str, charset: str | None) -> None:
    world.pages["/a"] = Reply(b"x", headers={"Content-Type": header})
    with world.fetcher() as fetcher:
        fetched = fetcher.get("http://news.example/a")
    assert (fetched.content_type, fetched.charset) == (content_type, charset)


def test_the_address_is_the_one_it_led_to(world: World) -> None:
    world.pages["/a"] = Reply(status=301, headers={"Location": "../b?c=d"})
    world.pages["/b?c=d"] = Reply(b"An article.")
    with world.fetcher() as fetcher:
        assert fetcher.get("http://news.example/a").address == "http://news.example/b?c=d"


@pytest.mark.parametrize(
    ("status", "reason"),
    [(404, "404 Not Found"), (410, "410 Gone"), (403, "403"), (204, "204"), (299, "299"), (999, "999")],
)
def test_what_is_not_there(world: World, status: int, reason: str) -> None:
    world.pages["/a"] = Reply(b"" if status == 204 else b"Sorry.", status=status)
    with pytest.raises(FetchError, match=f"the server answered {reason}"):
        get(world)


def test_redirects_end(world: World) -> None:
    world.pages.update({f"/{n}": Reply(status=302, headers={"Location": f"/{n + 1}"}) for n in range(20)})
    world.pages["/5"] = Reply(b"The sixth.")
    assert get(world, "http://news.example/0") == b"The sixth."
    world.pages["/5"] = Reply(status=302, headers={"Location": "/0"})
    with pytest.raises(FetchError, match="more than 5 times"):
        get(world, "http://news.example/0")


# How much


def zeros(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


def bomb() -> Iterator[bytes]:
    """A gigabyte for every megabyte, without end."""
    packer = zlib.compressobj(9, wbits=31)
    while True:
        yield packer.compress(bytes(10_000_000))


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP"])
def test_a_bomb_is_not_unpacked_further_than_the_limit(world: World, encoding: str) -> None:
    world.pages["/a"] = lambda _: Reply(bomb(), headers={"Content-Encoding": encoding})
    with pytest.raises(FetchError, match="larger than 20 MB"):
        get(world)


def test_a_bomb_is_unpacked_in_small_pieces(world: World) -> None:
    world.pages["/a"] = Reply(gzip.compress(bytes(300_000_000)), headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with pytest.raises(FetchError, match="larger than 20 MB"):
            get(world)
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()


def test_a_body_without_end_is_not_read_to_it(world: World) -> None:
    world.pages["/a"] = lambda _: Reply(zeros(bytes(100_000)))
    with pytest.raises(FetchError, match="larger than 20 MB"):
        get(world)


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip", "gzip, br", "compress", "x"])
def test_only_what_was_asked_for_is_unpacked(world: World, encoding: str) -> None:
    world.pages["/a"] = Reply(gzip.compress(b"x"), headers={"Content-Encoding": encoding})
    with pytest.raises(FetchError, match=f"compressed as {encoding}, which was not asked for"):
        get(world)


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"An article."),
        gzip.compress(b"An ") + gzip.compress(b"article."),
        zlib.compress(b"An article."),
    ],
)
def test_what_was_packed_is_unpacked(world: World, body: bytes) -> None:
    world.pages["/a"] = Reply(body, headers={"Content-Encoding": "gzip"})
    assert get(world) == b"An article."


@pytest.mark.parametrize("body", [b"", b"plain", gzip.compress(b"An article.")[:-9], gzip.compress(b"x") + b"junk"])
def test_what_is_damaged_is_not_taken(world: World, body: bytes) -> None:
    world.pages["/a"] = Reply(body, headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchError, match="damaged"):
        get(world)


def drip(start: bytes) -> Raw:
    """Begin to answer, then send a byte at a time for ever."""

    def pieces() -> Iterator[bytes]:
        yield start
        while True:
            yield b"x"
            time.sleep(0.05)

    return Raw(pieces)


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX-",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=["status", "headers", "length", "body"],
)
def test_a_server_that_takes_its_time_is_left(world: World, start: bytes) -> None:
    world.pages["/robots.txt"] = Reply(status=404)
    world.pages["/a"] = drip(start)
    with pytest.raises(FetchError, match=r"more than 0\.3 seconds"):
        get(world, seconds=0.3)
    assert world.server.paths == ["/a"]  # once


def test_informal_answers_end(world: World) -> None:
    def pieces() -> Iterator[bytes]:
        return itertools.repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n")

    world.pages["/a"] = Raw(pieces)
    with pytest.raises(FetchError, match=r"more than 0\.3 seconds"):
        get(world, seconds=0.3)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
        b"HTTP/1.1 " + b"9" * 200_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x00\xff" * 100,
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
        b"",
    ],
    ids=[
        "long header",
        "many headers",
        "status",
        "not HTTP",
        "noise",
        "negative",
        "two lengths",
        "short",
        "chunks",
        "nothing",
    ],
)
def test_what_breaks_the_rules_is_no_answer(world: World, head: bytes) -> None:
    world.pages["/a"] = Raw(lambda: iter([head]))
    with pytest.raises(FetchError, match=r"no answer from news\.example"):
        get(world)


# How politely


def test_one_host_is_asked_after_a_pause_another_at_once(world: World) -> None:
    world.names = Names({"news.example": [PUBLIC], "other.example": [PUBLIC]})
    world.pages["/a"] = Reply(b"An article.")
    times: list[tuple[str, float]] = []

    def noting(request: Request) -> Reply:
        times.append((request.headers["host"], world.clock.now - 1_000_000))
        return Reply(b"An article.")

    world.pages["/robots.txt"] = world.pages["/a"] = noting
    with world.fetcher(pause=2.0) as fetcher:
        for host in ("news.example", "other.example", "news.example", "other.example:8080"):
            fetcher.get(f"http://{host}/a")
    assert times == [
        ("news.example", 0), ("news.example", 2), ("other.example", 2), ("other.example", 4), ("news.example", 4),
        ("other.example:8080", 6), ("other.example:8080", 8),
    ]  # fmt: skip


ROBOTS = b"""User-agent: *
Disallow: /

User-agent: dateline
Disallow: /private
Allow: /private/open$
Crawl-delay: 7
"""


def test_robots_txt_is_read_once_and_kept_to(world: World) -> None:
    world.pages["/robots.txt"] = Reply(ROBOTS)
    world.pages["/a"] = world.pages["/private/open"] = Reply(b"An article.")
    with world.fetcher() as fetcher:
        fetcher.get("http://news.example/a")
        fetcher.get("http://news.example/private/open")
        for path in ("/private/", "/private/open/", "/pr%69vate/x"):
            with pytest.raises(FetchError, match=r"the robots.txt of news\.example does not allow it"):
                fetcher.get(f"http://news.example{path}")
    assert [request.path for request in world.server.requests] == ["/robots.txt", "/a", "/private/open"]
    assert world.clock.slept == [7.0, 7.0]


@pytest.mark.parametrize(
    ("delay", "slept"),
    [("90", 30.0), ("1e9", 30.0), ("inf", 1.0), ("-5", 1.0), ("nan", 1.0), ("soon", 1.0)],
)
def test_what_pause_robots_txt_may_ask_for(world: World, delay: str, slept: float) -> None:
    world.pages["/robots.txt"] = Reply(f"User-agent: *\nCrawl-delay: {delay}".encode())
    world.pages["/a"] = Reply(b"An article.")
    get(world)
    assert world.clock.slept == [slept]


def test_where_a_redirect_leads_another_robots_txt_counts(world: World) -> None:
    def robots(request: Request) -> Reply:
        return Reply(b"User-agent: *\nDisallow: /" if request.headers["host"] == "other.example" else b"")

    world.names = Names({"news.example": [PUBLIC], "other.example": [PUBLIC]})
    world.pages["/robots.txt"] = robots
    world.pages["/a"] = Reply(status=301, headers={"Location": "http://other.example/a"})
    with pytest.raises(FetchError, match=r"robots.txt of other\.example"):
        get(world)
    assert world.server.paths == ["/a"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_without_robots_txt_all_is_allowed(world: World, status: int) -> None:
    world.pages["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /", status=status)
    world.pages["/a"] = Reply(b"An article.")
    assert get(world) == b"An article."


@pytest.mark.parametrize(
    ("robots", "reason"),
    [
        (Reply(status=500), "500 Internal Server Error"),
        (Reply(status=503), "503 Service Unavailable"),
        (Reply(status=429), "429 Too Many Requests"),
        (Reply(status=302, headers={"Location": "/robots.txt"}), "more than 5 times"),
        (Reply(status=302, headers={"Location": "http://127.0.0.1/robots.txt"}), "not public"),
        (Raw(lambda: iter([b"nonsense"])), "no answer"),
    ],
)
def test_where_nobody_knows_nothing_is_allowed(world: World, robots: Reply | Raw, reason: str) -> None:
    world.pages["/robots.txt"] = robots
    world.pages["/a"] = Reply(b"An article.")
    with world.fetcher() as fetcher:
        for _ in range(2):
            with pytest.raises(FetchError, match=reason):
                fetcher.get("http://news.example/a")
    assert world.server.paths == []
    assert len([request for request in world.server.requests if request.path == "/robots.txt"]) in (1, 3, 6)  # cached


def test_a_robots_txt_is_read_to_its_limit(world: World) -> None:
    world.pages["/a"] = Reply(b"An article.")
    world.pages["/robots.txt"] = Reply(b"User-agent: *\n" + b"#" * 500_000 + b"\nDisallow: /")
    assert get(world) == b"An article."
    world.pages["/robots.txt"] = Reply(b"User-agent: *\nDisallow: /\n" + b"#" * 500_000)
    with pytest.raises(FetchError, match="does not allow it"):
        get(world)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            ["User-agent:", "*", "Allow:", "Disallow:", "/", "$", "\n", "%", "é", "Crawl-delay:", "[", "://", "1e999"]
        )
    )
    .map("".join)
    .map(str.encode)
    | st.binary(max_size=60)
)
@example(b"User-agent: *\nDisallow: http://[::1/a")
def test_any_robots_txt_gives_an_answer(world: World, robots: bytes) -> None:
    world.pages["/robots.txt"] = Reply(robots)
    world.pages["/a"] = Reply(b"An article.")
    try:
        assert get(world) == b"An article."
    except FetchError as error:
        assert "does not allow it" in str(error)  # noqa: PT017 - either may happen


# Again


def answers(*replies: Reply | Raw) -> Callable[[Request], Reply | Raw]:
    """One answer after another."""
    rest = iter(replies)
    return lambda _: next(rest)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_bad_moment_of_the_server_passes(world: World, status: int) -> None:
    world.pages["/a"] = answers(Reply(status=status), Reply(status=status), Reply(b"An article."))
    assert get(world) == b"An article."
    assert world.clock.slept == [1.0, 1.0, 2.0]


def test_a_bad_moment_of_the_network_passes(world: World) -> None:
    world.pages["/a"] = answers(Raw(lambda: iter([])), Raw(lambda: iter([b"HTTP/1.1 2"])), Reply(b"An article."))
    assert get(world) == b"An article."


@pytest.mark.parametrize("status", [500, 503])
def test_three_bad_moments_are_an_answer(world: World, status: int) -> None:
    world.pages["/a"] = Reply(status=status)
    with pytest.raises(FetchError, match=f"the server answered {status}"):
        get(world)
    assert len(world.server.paths) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
def test_what_will_stay_is_not_asked_again(world: World, status: int) -> None:
    world.pages["/a"] = Reply(status=status)
    with pytest.raises(FetchError):
        get(world)
    assert len(world.server.paths) == 1


@pytest.mark.parametrize(
    ("asked", "slept"),
    [("5", 5.0), ("3600", 60.0), ("9" * 400, 60.0), ("-5", 1.0), ("0", 1.0), ("later", 1.0), ("²", 1.0), ("", 1.0),
     ("Mon, 01 Jan 2024 00:00:00 GMT", 1.0), ("Fri, 01 Jan 2999 00:00:00 GMT", 60.0), ("1 Jan 2999 00:00:00", 1.0),
     ("Mon, 01 Jan 0001 00:00:00 +2359", 1.0)],
)  # fmt: skip
def test_how_long_a_server_may_ask_to_be_left_alone(world: World, asked: str, slept: float) -> None:
    world.pages["/a"] = answers(Reply(status=429, headers={"Retry-After": asked}), Reply(b"An article."))
    assert get(world) == b"An article."
    assert world.clock.slept[1] == slept


def test_a_server_may_name_the_time_when_it_can_be_asked_again(world: World) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    world.pages["/a"] = answers(Reply(status=503, headers={"Retry-After": soon}), Reply(b"An article."))
    get(world)
    assert 1.0 < world.clock.slept[1] <= 40.0


def test_a_machine_that_is_down_is_said_to_be(world: World) -> None:
    world.internet = Internet(world.server)
    with Server() as gone:
        world.internet = Internet(gone)
    with pytest.raises(FetchError, match=r"no answer from news\.example: .*refused"):
        get(world)
    assert len(world.internet.called) == 3
    with pytest.raises(
        FetchError, match=r"no answer from nobody.example: its address cannot be found \(nobody knows"
    ):
        get(world, "http://nobody.example/")
