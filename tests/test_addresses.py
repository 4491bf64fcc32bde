"""Which machines are public, which addresses are asked, how an article's is written."""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.addresses import AddressError, article_address, is_public, web_address
from ingest.connect import resolved

NAT64 = IPv6Network("64:ff9b::/96")


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
     "128.0.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "223.255.255.255",
     "168.63.129.15", "2606:2800:220:1::1", "2a00:1450::1", "2001:200::1", "2001:db9::1", "2003::1", "3ffe::1",
     "::ffff:8.8.8.8", "64:ff9b::808:808"],
)  # fmt: skip
def test_public_machines(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address", ["", "news.example", "127.1", "0177.0.0.1", "1.1.1.1.", "1.1.1.1/32", "[::1]", "１.1.1.1"]
)
def test_what_is_no_ip_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@given(
    st.one_of(
        st.ip_addresses(v=4),
        st.ip_addresses(v=6),
        st.ip_addresses(network="::/3"),
        st.ip_addresses(network="2000::/3"),
    )
)
def test_nothing_is_public_that_the_standard_library_calls_private(address: IPv4Address | IPv6Address) -> None:
    within = getattr(address, "ipv4_mapped", None) or address
    if within.is_private or within.is_multicast or (within.is_reserved and within not in NAT64):
        assert not is_public(str(address))


@given(st.ip_addresses(v=4))
@example(IPv4Address("127.0.0.1"))
@example(IPv4Address("169.254.169.254"))
def test_an_address_within_another_is_never_more_public_than_by_itself(address: IPv4Address) -> None:
    number = int(address)
    forms = [
        f"::ffff:{address}",
        f"::{address}",
        str(IPv6Address((0x64FF9B << 96) | number)),
        str(IPv6Address((0x0064FF9B0001 << 80) | number)),
        str(IPv6Address((0x2002 << 112) | (number << 80))),
        str(IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF))),
    ]
    assert all(is_public(str(address)) or not is_public(form) for form in forms)


def numbers(value: int, *, length: int) -> st.SearchStrategy[str]:
    """A number as the C library reads it: decimal, octal, hexadecimal, with zeros before it."""
    zeros = st.integers(0, length).map("0".__mul__)
    return st.one_of(
        st.just(str(value)),
        zeros.map(lambda before: f"0{before}{value:o}"),
        st.tuples(st.sampled_from(["0x", "0X"]), zeros, st.sampled_from(["x", "X"])).map(
            lambda parts: f"{parts[0]}{parts[1]}{value:{parts[2]}}"
        ),
    )


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """An address of this machine, in one, two, three or four numbers."""
    value = (127 << 24) | draw(st.sampled_from([1, 0, 2, 0x010203, 0xFFFFFE]))
    count = draw(st.integers(1, 4))
    parts = [value >> shift & 0xFF for shift in (24, 16, 8)][: count - 1]
    parts.append(value & ((1 << (8 * (5 - count))) - 1))
    return ".".join(draw(numbers(part, length=3)) for part in parts)


@given(spellings())
def test_this_machine_is_known_in_every_spelling(host: str) -> None:
    assert str(ip_address(socket.inet_ntoa(socket.inet_aton(host)))).startswith("127.")  # it is one
    try:
        parsed = web_address(f"http://{host}/").raw_host.decode()
    except AddressError:
        return  # not taken for an address at all
    assert not any(is_public(address) for address in resolved(parsed, 80))


@given(st.text(st.characters(codec="utf-8"), max_size=30))
@example("http://\ud800/")
@example("http://[::1%25lo]:1/")
@example("http://a:" + "9" * 5_000)
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    for written in (text, f"http://{text}", f"http://news.example/{text}"):
        try:
            address = article_address(written)
        except AddressError:
            continue
        assert article_address(address) == address
        assert address.isascii()
        assert address.isprintable()
        assert web_address(address).scheme in ("http", "https")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("http://news.example", "http://news.example/"),
        ("  HTTP://News.Example:80/A/b \n", "http://news.example/A/b"),
        ("https://news.example:443/a", "https://news.example/a"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("https://news.example/a#comments", "https://news.example/a"),
        ("https://news.example/a?utm_source=x&id=7&UTM_medium=y&fbclid=1&gclid=2", "https://news.example/a?id=7"),
        ("https://news.example/a?fbclid", "https://news.example/a"),
        ("https://news.example/a?utm=1&b=utm_x&gclidx=3", "https://news.example/a?utm=1&b=utm_x&gclidx=3"),
        ("https://news.example/a?b&&c=%26&d=?", "https://news.example/a?b&&c=%26&d=?"),
        ("https://news.example/a%2Fb%20c/é", "https://news.example/a%2Fb%20c/%C3%A9"),
        ("https://news.example/a/../b/./c", "https://news.example/b/c"),
        ("https://münchen.example/", "https://xn--mnchen-3ya.example/"),
        ("http://[2606:2800:220:1::1]:80/", "http://[2606:2800:220:1::1]/"),
    ],
)
def test_an_article_has_one_address(written: str, address: str) -> None:
    assert article_address(written) == address
    assert article_address(address) == address


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "begins with http"),
        ("file:///etc/passwd", "begins with http"),
        ("javascript:alert(1)", "begins with http"),
        ("//news.example/a", "begins with http"),
        ("http:news.example", "no host"),
        ("http:///a", "no host"),
        ("http://news.example%2f/", "no host"),
        ("http://[fe80::1%25eth0]/", "no host"),
        ("http://name@news.example/", "leave it out"),
        ("http://:word@news.example/", "leave it out"),
        ("http://news.example:0/", "no port 0"),
        ("http://news.example:65536/", "no port 65536"),
        ("http://news.example:http/", "Invalid port"),
        ("http://[::1/", "no web address"),
        ("http://news.\nexample/", "non-printable"),
        (f"http://news.example/{'a' * 2_000}", "longer than 2000"),
    ],
)
def test_what_is_not_asked(written: str, reason: str) -> None:
    with pytest.raises(AddressError, match=reason):
        article_address(written)
