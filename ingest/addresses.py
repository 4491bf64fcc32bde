"""Web addresses: which may be asked at all, which machines are public, how an article's is written."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

_LONGEST = 2_000  # characters
_HOST = re.compile(r"[a-z0-9_][a-z0-9_.-]*|[0-9a-f:]+(?:[0-9.]+)?")
_TRACKING = re.compile(rb"(?:utm_[^=]*|fbclid|gclid)(?:=|$)", re.IGNORECASE)

# IANA's registries of special purpose addresses, and the one public address where a cloud keeps a machine's secrets.
_NOT_PUBLIC = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # a provider's own network; metadata of one cloud
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # metadata of another cloud
        "169.254.0.0/16",  # link-local; metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocols
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # measuring
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_PUBLIC_V6 = IPv6Network("2000::/3")  # all that was ever given out; loopback, local and multicast are outside
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocols, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: any IPv4 address can be in it
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


class AddressError(ValueError):
    """A web address that is not asked; the message is the reason, for the one who gave it."""


def web_address(address: str) -> httpx.URL:
    """A web address, taken apart by the same parser that connects to it. Raises AddressError."""
    if len(address) > _LONGEST:
        raise AddressError(f"its address is longer than {_LONGEST} characters")
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:  # ValueError: half of a character
        raise AddressError(f"it is no web address: {error}") from error
    if url.scheme not in ("http", "https"):
        raise AddressError("it is no web address: give one that begins with http:// or https://")
    if url.userinfo:
        raise AddressError("there is a user name or password in its address: leave it out")
    if not _HOST.fullmatch(url.raw_host.decode()):
        raise AddressError("it is no web address: there is no host in it that can be asked")
    if url.port is not None and not 0 < url.port < 65536:
        raise AddressError(f"it is no web address: there is no port {url.port}")
    return url


def article_address(address: str) -> str:
    """The address by which an article is known. Raises AddressError.

    Host in lower case, no default port, no place within the page, nothing that only says how a reader came to it.
    """
    url = web_address(address.strip())
    kept = b"&".join(part for part in url.query.split(b"&") if not _TRACKING.match(part))
    path = url.raw_path.partition(b"?")[0]
    return str(url.copy_with(fragment=None, raw_path=path + b"?" + kept if kept else path))


def is_public(address: str) -> bool:
    """Whether an IP address belongs to a machine on the internet: not to this one, its network or its cloud.

    An IPv4 address within an IPv6 one counts as what it is where machines use that to reach the internet (mapped,
    NAT64); the other ways of putting one in are history, and not public.
    """
    try:
        number = ip_address(address)
    except ValueError:
        return False
    if isinstance(number, IPv6Address):
        within = number.ipv4_mapped or (IPv4Address(int(number) & 0xFFFFFFFF) if number in _NAT64 else None)
        if within is None:
            return number in _PUBLIC_V6 and not any(number in network for network in _NOT_PUBLIC_V6)
        number = within
    return not any(number in network for network in _NOT_PUBLIC)
