"""Plain text: a first line with a blank one behind it is the title."""

from collections.abc import Iterator
from typing import BinaryIO

from ingest.formats.extracted import Extracted
from ingest.text import decode

_LONGEST_TITLE = 200


def extract(file: BinaryIO) -> Iterator[Extracted]:
    """The article in a text file. Raises UnreadableError."""
    text = decode(file.read()).strip()
    first, _, rest = text.partition("\n")
    titled = len(first) <= _LONGEST_TITLE and rest.startswith("\n") and rest.strip()
    yield Extracted(text, {"title": first} if titled else {})
