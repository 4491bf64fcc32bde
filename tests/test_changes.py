"""What a run says that it did."""

from datetime import date

import pytest

from ingest.changes import Changes, Duplicate, Failure

ALL = Changes(
    added=("a",),
    changed=("b", "c"),
    removed=("d",),
    unchanged=4,
    failed=(Failure("e", "f"), Failure("g", "f"), Failure("h", "i")),
    duplicates=(Duplicate("a", "b"),),
    articles=7,
    chunks=20,
    seconds=1.2345,
    since=date(2018, 2, 23),
    until=date(2019, 1, 2),
    undated=2,
)
HELD = "The index holds 7 articles in 20 chunks, published from 2018-02-23 to 2019-01-02 (2 without a date)."


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (Changes(), "no articles found in 0.0 s. The index holds 0 articles in 0 chunks."),
        (Changes(unchanged=1, articles=1, chunks=1), "1 unchanged in 0.0 s. The index holds 1 article in 1 chunk."),
        (Changes(unchanged=4, articles=4, chunks=8), "4 unchanged in 0.0 s. The index holds 4 articles in 8 chunks."),
        (
            ALL,
            "1 added, 2 changed, 1 removed, 4 unchanged, 3 not indexed in 1.2 s.\n"
            "added: a\nchanged: b, c\nremoved: d\ncopies: a of b\nnot indexed, f: e, g\nnot indexed, i: h\n" + HELD,
        ),
        (
            Changes(added=tuple("abcdefg"), articles=7, dry_run=True),
            "Would be: 7 added in 0.0 s. Nothing was changed.\nadded: a, b, c, d, e and 2 more\n"
            "The index would hold 7 articles.",
        ),
    ],
    ids=["nothing", "one", "unchanged", "all", "dry run"],
)
def test_as_text(changes: Changes, text: str) -> None:
    assert str(changes) == text


def test_as_json() -> None:
    assert ALL.as_json() == {
        "added": ["a"],
        "changed": ["b", "c"],
        "removed": ["d"],
        "unchanged": 4,
        "failed": [{"source": "e", "reason": "f"}, {"source": "g", "reason": "f"}, {"source": "h", "reason": "i"}],
        "duplicates": [{"id": "a", "of": "b"}],
        "articles": 7,
        "chunks": 20,
        "seconds": 1.234,
    }
