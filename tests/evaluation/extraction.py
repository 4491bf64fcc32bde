"""`python -m tests.evaluation.extraction`: how well articles are found in the pages of `news/html`.

Bodies are measured as the article extraction benchmark does (github.com/scrapinghub/article-extraction-benchmark):
shingles of four words, as a multiset; F1 is the harmonic mean of the mean precision and the mean recall over pages.
"""

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import mean, median
from typing import Any

from ingest.dates import day_in_address
from ingest.formats.html import extract_page
from ingest.text import UnreadableError

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found in one page, held against its gold row. Precision is None where nothing was found."""

    row: dict[str, Any]
    precision: float | None
    recall: float
    title: str
    published: date | None
    milliseconds: float


def main() -> None:
    """Print the tables: bodies by set of pages, then titles, days and time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of public question sets")
    news = parser.parse_args().data / "news"
    rows = [json.loads(line) for line in (news / "articles.jsonl").read_text("utf-8").split("\n") if line]
    pages = [_measured(row, news / "html" / f"{row['article_id']}.html.gz") for row in rows]
    write = sys.stdout.write
    write("| pages | number | F1 | precision | recall |\n| --- | --- | --- | --- | --- |\n")
    for name, belongs in _SETS.items():
        chosen = [page for page in pages if belongs(page.row)]
        f1, precision, recall = _scores(chosen)
        write(f"| {name} | {len(chosen)} | {f1:.3f} | {precision:.3f} | {recall:.3f} |\n")
    write(f"\nright titles: {mean(_same_title(page.title, page.row['title']) for page in pages):.3f}\n")
    write(f"pages with a day: {mean(page.published is not None for page in pages):.3f}\n")
    known = [(page.published, named) for page in pages if (named := day_in_address(page.row["url"]))]
    near = [published is not None and abs((published - named).days) <= 1 for published, named in known]
    write(f"of {len(known)} with one in their address, the same or next to it: {mean(near):.3f}\n")
    write(f"milliseconds a page, median: {median(page.milliseconds for page in pages):.0f}\n")


def _first_half(row: dict[str, Any]) -> bool:
    return int(row["article_id"][-1], 16) % 2 == 0


_SETS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "all": lambda row: True,
    "half chosen on": _first_half,
    "half confirmed on": lambda row: not _first_half(row),
    "English": lambda row: bool(row["english"]),
}


def _measured(row: dict[str, Any], path: Path) -> Measured:
    markup = gzip.decompress(path.read_bytes())
    start = time.perf_counter()
    try:
        page = extract_page(markup)
        text, title, published = page.text, str(page.fields["title"]), page.fields["published"]
    except UnreadableError:
        text, title, published = "", "", None
    milliseconds = 1000 * (time.perf_counter() - start)
    true, found = _shingles(row["body"]), _shingles(text)
    both = (true & found).total()
    return Measured(
        row,
        both / found.total() if found else None,
        both / true.total(),
        title,
        published if isinstance(published, date) else None,
        milliseconds,
    )


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return Counter(tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3))) if words else Counter()


def _scores(pages: Sequence[Measured]) -> tuple[float, float, float]:
    precision = mean(page.precision for page in pages if page.precision is not None)
    recall = mean(page.recall for page in pages)
    return 2 * precision * recall / (precision + recall), precision, recall


def _same_title(found: str, gold: str) -> bool:
    """Whether titles have most words in common: gold ones are those of the window, found ones those of the page."""
    mine, theirs = set(_WORD.findall(found.lower())), set(_WORD.findall(gold.lower()))
    return len(mine & theirs) >= 0.5 * min(len(mine), len(theirs)) > 0


if __name__ == "__main__":
    main()
