"""Pages that were fetched, kept as files: what is read is on disk, a run that was cut short goes on from there."""

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.read import Item

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_HOUR = 3_600.0  # seconds
_SUFFIX = re.compile(r"(?:\.[a-z0-9]{1,8}){1,2}")


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of a page besides its bytes.

    `origin` is the source it was first found in, `final` the address it was redirected to, empty for what a feed
    itself had of an article, `modified` what a sitemap or feed said of its last change, `fields` what they and its
    address say of it. `fetched` is in seconds since 1970, `size` in bytes.
    """

    address: str
    origin: str
    final: str
    suffix: str
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    modified: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    fetched: float = 0.0
    size: int = 0


class Kept:
    """A folder of pages. One that was fetched less than `fresh` seconds ago need not be asked for again.

    Each is a file named by the hash of its address, and what is known of it beside it; the second is written last, so
    that what it speaks of is there.
    """

    def __init__(self, folder: Path, *, fresh: float = _HOUR, now: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._fresh = fresh
        self._now = now

    def page(self, address: str) -> Page | None:
        """The page of an address; None when it was never fetched, or its files are damaged."""
        return self._read(self._folder / f"{_name(address)}.json")

    def is_fresh(self, page: Page) -> bool:
        """Whether a page was fetched just now, by this run or one that was cut short."""
        return 0 <= self._now() - page.fetched < self._fresh

    def item(self, page: Page) -> Item:
        """The file of a page, to be read."""
        return Item(page.address, self._file(page), page.origin, page.fields)

    def keep(self, page: Page, body: bytes | None = None) -> Item:
        """Write a page down; without a body its file stays as it is."""
        self._folder.mkdir(parents=True, exist_ok=True)
        before = self.page(page.address)
        file = self._file(page)
        if body is not None and not (file.exists() and file.read_bytes() == body):
            _write(file, body)
        page = replace(page, fetched=self._now(), size=file.stat().st_size)
        _write(self._folder / f"{_name(page.address)}.json", json.dumps(asdict(page), indent=1).encode())
        if before is not None and before.suffix != page.suffix:
            self._file(before).unlink(missing_ok=True)
        return self.item(page)

    def origins(self) -> list[str]:
        """The addresses of the sources that pages are kept from."""
        return sorted({page.origin for page in self._pages()})

    def items(self, origin: str) -> Iterator[Item]:
        """All that is kept from a source. Asks nobody."""
        yield from (self.item(page) for page in self._pages() if page.origin == origin)

    def _pages(self) -> Iterator[Page]:
        pages = (self._read(path) for path in sorted(self._folder.glob("*.json")))
        yield from (page for page in pages if page is not None)

    def _file(self, page: Page) -> Path:
        return self._folder / f"{_name(page.address)}{page.suffix}"

    def _read(self, path: Path) -> Page | None:
        from pydantic import ValidationError  # a third of a second that `dateline --help` does without

        try:
            page = _adapter().validate_json(path.read_bytes())
            if path.stem == _name(page.address) and _SUFFIX.fullmatch(page.suffix):
                return page if self._file(page).stat().st_size == page.size else None
        except (OSError, ValidationError):
            pass
        return None


@cache
def _adapter() -> "TypeAdapter[Page]":
    from pydantic import TypeAdapter

    return TypeAdapter(Page)


def _name(address: str) -> str:
    """Nothing in a file's name comes from outside."""
    return sha256(address.encode("utf-8", "surrogatepass")).hexdigest()


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing, also when the power fails."""
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
