"""The lines of a file of any size, gzipped or not, one at a time."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from io import TextIOWrapper
from typing import IO, AnyStr, BinaryIO, cast

from ingest.text import UnreadableError, decode

LONGEST = 10_000_000  # bytes of a line
MOST_RATIO = 200  # of what is unpacked to what is packed; text reaches 10, what is made to fill memory 1,000
_ALWAYS = 2_000_000  # bytes that may be unpacked of anything
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def lines(file: BinaryIO) -> Iterator[str | None]:
    """Each line with its end; None for one longer than `LONGEST`.

    Each is decoded by itself: UTF-8, or what it looks most like; UTF-16 by the mark at the beginning. Raises
    UnreadableError, after the lines before it, where a gzipped file is cut short, damaged, or made to fill memory.
    """
    head = file.read(2)
    file.seek(0)
    if head != b"\x1f\x8b":
        yield from _decoded(file)
        return
    with gzip.GzipFile(fileobj=file) as unpacked:
        try:
            for line in _decoded(cast("BinaryIO", unpacked)):
                if unpacked.tell() > MOST_RATIO * file.tell() + _ALWAYS:
                    raise UnreadableError(
                        "it would unpack to far more than an archive of articles: unpack it yourself"
                    )
                yield line
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise UnreadableError("it is cut short or damaged: what comes behind that is left out") from error


def _decoded(file: BinaryIO) -> Iterator[str | None]:
    head = file.read(2)
    file.seek(0)
    if head in _UTF_16:
        text = TextIOWrapper(cast("IO[bytes]", file), "utf-16", errors="replace", newline="")
        yield from _short(text.readline, "\n")
        text.detach()
        return
    first = True
    for line in _short(file.readline, b"\n"):
        yield None if line is None else _line(line.removeprefix(b"\xef\xbb\xbf") if first else line)
        first = False


def _short(readline: Callable[[int], AnyStr], end: AnyStr) -> Iterator[AnyStr | None]:
    while line := readline(LONGEST):
        if len(line) < LONGEST or line.endswith(end):
            yield line
            continue
        while line and not line.endswith(end):
            line = readline(LONGEST)
        yield None


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return decode(line)
    except UnreadableError:
        return line.decode("utf-8", "replace")
