"""Text → HTML: the one place where what others wrote becomes markup. Pure.

Whatever an article, a chat model or a visitor wrote goes through `escaped`, as text or as an attribute.
All of it comes out on one line, which Markdown takes as one block of raw HTML.
"""

import html
from collections.abc import Iterable
from datetime import date
from typing import NewType
from urllib.parse import urlsplit

Html = NewType("Html", str)

# Line breaks and tabs would be read as structure on the way to the browser; NUL is not allowed in HTML.
_NUMERIC = {ord(sign): f"&#{ord(sign)};" for sign in "\t\n\r\u2028\u2029"} | {0: "\ufffd"}

# Not strftime: its names depend on the machine's locale.
_MONTHS: tuple[str, ...] = ("January", "February", "March", "April", "May", "June")
_MONTHS += ("July", "August", "September", "October", "November", "December")


def escaped(text: str) -> Html:
    """Write HTML that shows exactly this text; what UTF-8 cannot hold becomes "?"."""
    encodable = text.encode("utf-8", "replace").decode("utf-8")
    return Html(html.escape(encodable).translate(_NUMERIC))


def safe_address(address: str | None) -> str | None:
    """Return the address if it is http or https with a host, so that it can only open a page; else None."""
    if not address or any(sign.isspace() or not sign.isprintable() for sign in address):
        return None
    try:
        parts = urlsplit(address)
        plain = parts.hostname and parts.username is None  # a name before the host is there to deceive
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and plain else None


def spelled(day: date) -> str:
    """Write a day in words: "23 February 2018"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def element(name: str, /, *inside: Html, **attributes: str) -> Html:
    """Write an element; an attribute that is a word of Python has a _ behind it."""
    written = "".join(f' {key.rstrip("_")}="{escaped(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{written}>{''.join(inside)}</{name}>")


def joined(separator: str, parts: Iterable[Html]) -> Html:
    """Put parts behind each other, with text between them."""
    return Html(escaped(separator).join(parts))
