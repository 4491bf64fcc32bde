"""`make fuzz`: damages files of every format for some minutes, and tells which of them hurt their reader.

A damaged file may give articles or reasons. It must not crash the process that reads it, raise there what nobody
expects, or take more time or memory than a file may. Those that do are kept, with what was raised.
"""

import argparse
import gzip
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from ingest.read import Item, Unreadable, suffix_of
from ingest.reading import Done, Reader
from tests.formats.samples import archive, samples

_HURT = ("its reader", "reading it took more than", "it needs more memory")  # how reasons begin that are none
_PACKED = (".zip", ".docx")
_PUT_IN = [
    b"<",
    b'"',
    b"\n\n",
    b"\x00",
    b"\xff" * 9,
    b"[" * 9_000,
    b"<b>" * 9_000,
    b"%PDF-",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"=?",
]
_ALONE = """
import sys
from pathlib import Path
from ingest.read import Item, read
list(read(Item("a", Path(sys.argv[1]), "")))
"""


def main() -> None:
    """Print the files that hurt, and how many there were."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of chance: the same one damages in the same way")
    parser.add_argument("--samples", type=Path, help="a folder with more good files")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "hurtful", help="a folder")
    options = parser.parse_args()
    good = [(suffix, data) for suffix, data in samples().items() if suffix not in (".txt", ".md")]
    for path in sorted(options.samples.rglob("*.*")) if options.samples else ():
        good.extend([(suffix_of(path.name), path.read_bytes())] if suffix_of(path.name) else [])
    counts: Counter[str] = Counter()
    hurtful = 0
    with tempfile.TemporaryDirectory() as work, Reader() as reader:
        items = _items(good, Path(work), random.Random(options.seed), time.monotonic() + 60 * options.minutes)
        for item, found in reader.read(items):
            if isinstance(found, Unreadable) and found.reason.startswith(_HURT):
                hurtful += 1
                sys.stdout.write(f"{_kept(item.path, options.keep)}: {found.reason}\n")
                sys.stdout.flush()
            if isinstance(found, Done):
                counts[suffix_of(item.path.name)] += 1
                item.path.unlink()
    sys.stdout.write(f"{counts.total()} damaged files: {dict(counts)}\n{hurtful} of them hurt their reader\n")
    sys.exit(1 if hurtful else 0)


def _items(good: list[tuple[str, bytes]], folder: Path, chance: random.Random, until: float) -> Iterator[Item]:
    number = 0
    while time.monotonic() < until:
        number += 1
        suffix, data = chance.choice(good)
        path = folder / f"{number}{suffix}"
        path.write_bytes(_damaged_within(suffix, data, chance) if chance.random() < 0.5 else _damaged(data, chance))
        yield Item(path.name, path, "")


def _damaged_within(suffix: str, data: bytes, chance: random.Random) -> bytes:
    """A file of which one part is damaged before it is packed; where nothing is packed, the whole."""
    if suffix.endswith(".gz"):
        return gzip.compress(_damaged(gzip.decompress(data), chance))
    if suffix not in _PACKED:
        return _damaged(data, chance)
    with ZipFile(BytesIO(data)) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    name = chance.choice(list(members))
    members[name] = _damaged_within(suffix_of(name), members[name], chance)
    return archive(members.items())


def _damaged(data: bytes, chance: random.Random) -> bytes:
    """Bits turned, parts left out, doubled, put elsewhere or put in, the end cut off: some of it, some times."""
    damage = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        at = chance.randrange(len(damage) + 1)
        part = damage[at : at + chance.choice([1, 2, 8, 64, 1_000])]
        match chance.randrange(6):
            case 0 if at < len(damage):
                damage[at] ^= 1 << chance.randrange(8)
            case 1:
                del damage[at : at + len(part)]
            case 2:
                damage[at:at] = part * chance.choice([1, 2, 50])
            case 3:
                elsewhere = chance.randrange(len(damage) + 1)
                damage[elsewhere : elsewhere + len(part)] = part
            case 4:
                damage[at:at] = chance.choice(_PUT_IN)
            case _:
                del damage[at if chance.random() < 0.2 else len(damage) :]
    return bytes(damage)


def _kept(path: Path, folder: Path) -> str:
    """Where a file is kept, and what it raises when it is read again."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = shutil.copy(path, folder / path.name)
    try:
        done = subprocess.run([sys.executable, "-c", _ALONE, str(kept)], capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return f"{kept}: more than 60 seconds alone"
    return f"{kept}: {(done.stderr.strip().splitlines() or [f'exit {done.returncode}'])[-1][:300]}"


if __name__ == "__main__":
    main()
