"""Zip archives of articles in any of the formats. Nothing is unpacked to disk: names of members are only keys."""

import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import PurePosixPath
from typing import BinaryIO, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from ingest.formats.extracted import Extracted, Unreadable
from ingest.formats.keys import Keys, key_of
from ingest.formats.lines import MOST_RATIO
from ingest.text import UnreadableError

_MOST_MEMBERS = 10_000
_LARGEST = 2_000_000_000  # bytes of all members, unpacked
_LARGEST_MEMBER = 50_000_000  # bytes of one that is held in memory
_ALWAYS = 1_000_000  # bytes to which any member may unpack
_ENCRYPTED = 0x1  # flag of a member
_DAMAGED = (BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError)

KindOf = Callable[[str], str]
Extract = Callable[[str, BinaryIO], Iterator[Extracted | Unreadable]]


def extract(
    file: BinaryIO, kind_of: KindOf, extract_kind: Extract, streamed: Collection[str]
) -> Iterator[Extracted | Unreadable]:
    """The articles in an archive; their keys are the names of members, `member#key` for those of several.

    `kind_of` tells a member's kind by its name, `extract_kind` reads one of that kind; those that are `streamed` are
    not held in memory. Members of no kind are passed over. Raises UnreadableError.
    """
    with opened(file, _LARGEST) as archive:
        members = [member for member in archive.infolist() if kind_of(member.filename) and not _is_hidden(member)]
        if len(members) > _MOST_MEMBERS:
            raise UnreadableError(f"it has more than {_MOST_MEMBERS:,} articles: put them into several archives")
        if not members:
            raise UnreadableError("there is no article in it")
        keys = Keys()
        for member in members:
            key = keys.give(key_of(member.filename) or "member", member.header_offset)
            if key is None:
                continue
            kind = kind_of(member.filename)
            try:
                with _member(archive, member, kind, held=kind not in streamed) as inside:
                    yield from (_within(key, found) for found in extract_kind(kind, inside))
            except UnreadableError as error:
                yield Unreadable(key, str(error))
            except _DAMAGED as error:
                yield Unreadable(key, f"it is damaged: {' '.join(str(error).split())[:200]}")


def opened(file: BinaryIO, largest: int) -> ZipFile:
    """A zip archive that unpacks to so many bytes at most, and not to far more than it is. Raises UnreadableError."""
    try:
        archive = ZipFile(file)
    except _DAMAGED as error:
        raise UnreadableError("it is damaged, or no zip archive") from error
    members = archive.infolist()
    if sum(member.file_size for member in members) > largest:
        raise UnreadableError(f"it would unpack to more than {largest // 1_000_000:,} MB")
    if any(member.file_size > MOST_RATIO * member.compress_size + _ALWAYS for member in members):
        raise UnreadableError("it would unpack to far more than articles would")
    return archive


def _member(archive: ZipFile, member: ZipInfo, kind: str, *, held: bool) -> BinaryIO:
    if kind == ".zip":
        raise UnreadableError("an archive in an archive: unpack it")
    if member.flag_bits & _ENCRYPTED:
        raise UnreadableError("it is encrypted: unpack it with its password")
    if not held:
        return cast("BinaryIO", archive.open(member))
    if member.file_size > _LARGEST_MEMBER:
        raise UnreadableError(f"larger than {_LARGEST_MEMBER // 1_000_000} MB")
    return BytesIO(archive.read(member))


def _within(key: str, found: Extracted | Unreadable) -> Extracted | Unreadable:
    return replace(found, key=f"{key}#{found.key}" if found.key else key)


def _is_hidden(member: ZipInfo) -> bool:
    """Folders, and what systems put beside the files that somebody chose."""
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    return member.is_dir() or any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in parts)
