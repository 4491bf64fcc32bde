"""Mail: newsletters, and pages that a browser saved in one file (MHTML)."""

import re
from collections.abc import Iterator
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import EmailPolicy
from typing import BinaryIO, cast

from ingest.formats.extracted import Extracted
from ingest.formats.html import extract_page
from ingest.text import UnreadableError, clean, decode

_FORWARDED = re.compile(r"(?:(?:fwd?|re|aw|wg)\s*:\s*)+", re.IGNORECASE)
_FLOWED = re.compile(r" \n(?!>|\s*\n)")  # RFC 3676: a space at the end of a line means that it goes on
# What the parser of headers raises on some that are damaged, beside errors of its own.
_DAMAGED = (MessageError, ValueError, LookupError, AttributeError, TypeError, ArithmeticError, RecursionError)
_LONGEST_HEADER = 4_000  # characters


class _Policy(EmailPolicy):
    """The standard library's own, but a header ends somewhere: a damaged one takes time quadratic in length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:_LONGEST_HEADER].rstrip("\r\n")


def extract(file: BinaryIO) -> Iterator[Extracted]:
    """The article in a mail: its subject is the title, the name of its sender the source. Raises UnreadableError.

    The HTML part counts, or else the text; attachments are left out.
    """
    message = _message(file)
    html, text = _part(message, "html"), _part(message, "plain")
    page = Extracted("")
    if html is not None:
        try:
            page = extract_page(_content(html))
        except UnreadableError:
            if text is None:
                raise
    if not page.text.strip() and text is not None:
        page = Extracted(_plain(text))
    if html is None and text is None:
        raise UnreadableError("there is neither text nor HTML in it")
    fields = {
        "title": _FORWARDED.sub("", _header(message, "Subject"), count=1),
        "source": _sender(message),
        "published": _header(message, "Date"),
    }
    yield Extracted(page.text, {**page.fields, **{name: value for name, value in fields.items() if value}})


def extract_saved_page(file: BinaryIO) -> Iterator[Extracted]:
    """The article of a page that a browser saved with all that belongs to it. Raises UnreadableError."""
    message = _message(file)
    html = _part(message, "html")
    if html is None:
        raise UnreadableError("there is no page in it")
    address = _header(html, "Content-Location") or _header(message, "Snapshot-Content-Location")
    page = extract_page(_content(html), address=address if address.startswith(("http://", "https://")) else "")
    yield Extracted(page.text, {"title": _header(message, "Subject"), **_told(page)})


def _told(page: Extracted) -> dict[str, object]:
    return {name: value for name, value in page.fields.items() if value}


def _message(file: BinaryIO) -> EmailMessage:
    try:
        message = cast("EmailMessage", BytesParser(policy=_Policy()).parse(file))
    except _DAMAGED as error:
        raise UnreadableError("it is damaged") from error
    if not message.keys():
        raise UnreadableError("it is no mail: there are no headers in it")
    return message


def _part(message: EmailMessage, kind: str) -> MIMEPart | None:
    """The part that a mail program would show, or else the first that is no attachment."""
    try:
        body = message.get_body((kind,))
        if body is not None:
            return body
        parts = (cast("MIMEPart", part) for part in message.walk() if not part.is_multipart())
        return next((p for p in parts if p.get_content_type() == f"text/{kind}" and not p.is_attachment()), None)
    except _DAMAGED as error:
        raise UnreadableError("it is damaged") from error


def _content(part: MIMEPart) -> bytes | str:
    """What a part holds: as text where its header says rightly how."""
    try:
        content = part.get_payload(decode=True)
        charset = part.get_content_charset("utf-8")
    except _DAMAGED as error:
        raise UnreadableError("it is damaged") from error
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(charset)
    except (LookupError, ValueError):
        return content


def _plain(part: MIMEPart) -> str:
    content = _content(part)
    text = decode(content) if isinstance(content, bytes) else clean(content)
    try:
        flowed = part.get_param("format") == "flowed"
    except _DAMAGED:
        flowed = False
    return _FLOWED.sub(" ", text) if flowed else text


def _sender(message: EmailMessage) -> str:
    """The name of who sent it, or of the host."""
    try:
        addresses = message["From"].addresses
        return str(addresses[0].display_name or addresses[0].domain)
    except _DAMAGED:
        return ""


def _header(message: MIMEPart, name: str) -> str:
    try:
        return str(message[name] or "").strip()
    except _DAMAGED:
        return ""
