"""The same story in several outlets: linked, whatever an outlet usually does to it; other stories are not."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import Index, reindex
from ingest.article import Article
from ingest.copies import Copies, find_copies, read_signatures, sign, write_signatures
from ingest.formats import markdown
from ingest.formats.extracted import Extracted
from tests.conftest import CORPUS, MakeArticles

OUTLETS = ("Dateline Brussels Desk", "Dateline Technology Desk", "Dateline Markets Desk", "Dateline Court Desk")
OWN = """Readers of this paper will remember that the council debated a similar question last autumn, when shop owners
and commuters were asked what they made of it. Their answers were mixed: some welcomed the news, others feared for
their trade, and a few had not heard of it."""
NOTICE = """Reporting by the agency's own staff. All rights reserved. This material may not be published, broadcast,
rewritten or redistributed."""
TIDE = [
    f"{word} tide number {n} came up to step {n + 3} of the pier at {n * 11} past"
    for n, word in enumerate(
        re.findall(r"\w+", "grey slow calm spring neap late first wide cold brown high odd flat dark")
    )
]


def corpus() -> list[Article]:
    articles = []
    for path in sorted(CORPUS.glob("*.md")):
        with path.open("rb") as file:
            (extracted,) = markdown.extract(file)
        assert isinstance(extracted, Extracted)
        articles.append(Article(path.name, path.stem, extracted.text, "Wire", published=date(2018, 1, 1)))
    return articles


def linked(*articles: Article) -> dict[str, str]:
    return dict(find_copies(articles, {article.id: sign(article.text) for article in articles}).of)


def an_article(article_id: str, sentences: Sequence[str], day: int | None = 1, source: str = "") -> Article:
    published = date(2018, 1, day) if day else None
    return Article(article_id, article_id, ". ".join(sentences), source, published=published)


def paragraphs(text: str) -> list[str]:
    return text.strip().split("\n\n")


def the_first(text: str, share: float) -> str:
    kept = ""
    for paragraph in paragraphs(text):
        if kept and len(kept) + len(paragraph) > share * 1.1 * len(text):
            break
        kept += paragraph + "\n\n"
    return kept


def another_beginning(text: str) -> str:
    return "It was announced this week, to the surprise of many in the business. " + text.split(". ", 1)[1]


def a_paragraph_of_its_own(text: str) -> str:
    return "\n\n".join([*paragraphs(text)[:2], OWN, *paragraphs(text)[2:]])


def numbers(text: str) -> str:
    short = text.replace(" per cent", "%").replace(" billion", "bn").replace(" million", "m").replace("$", "US$")
    return re.sub(r"(\d)[.,](\d)", r"\1\2", short)


EDITS: dict[str, Callable[[str], str]] = {
    "nothing": lambda text: text,
    "another beginning": another_beginning,
    "the last third cut": lambda text: the_first(text, 0.67),
    "half of it cut": lambda text: the_first(text, 0.5),
    "two thirds cut": lambda text: the_first(text, 0.33),
    "a paragraph of its own": a_paragraph_of_its_own,
    "numbers": numbers,
    "capitals and quotation marks": lambda text: text.replace("“", '"').replace("”", '"').upper(),
    "an agency's lines": lambda text: f"LONDON (Agency) - {text}\n\n{NOTICE}",
    "paragraphs moved": lambda text: "\n\n".join(
        [*paragraphs(text)[1:3], paragraphs(text)[0], *paragraphs(text)[3:]]
    ),
    "another beginning, the last third cut": lambda text: another_beginning(the_first(text, 0.67)),
    "another beginning, own paragraph, numbers": lambda text: numbers(
        a_paragraph_of_its_own(another_beginning(text))
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_what_outlets_do_to_a_story(edit: Callable[[str], str]) -> None:
    stories = corpus()
    copies = [
        replace(story, id=f"copy of {story.id}", text=edit(story.text), published=date(2018, 1, 2), content_hash="")
        for story in stories
    ]
    found = linked(*stories, *copies)
    assert all(copy == f"copy of {original}" for copy, original in found.items())
    assert len(found) >= 0.9 * len(stories)


def test_different_articles_are_not_linked() -> None:
    assert linked(*corpus()) == {}


TWO_REPORTS = (
    """A fire destroyed the old grain store at the harbour of Westport early on Monday. Forty firefighters fought the
    flames for six hours. Nobody was hurt, the police said, and the cause is not known. The store, built in 1911,
    had stood empty since the mill closed eight years ago.""",
    """Westport has lost a landmark: the grain store at the harbour, built in 1911, burned down on Monday morning. It
    took forty firefighters six hours to put the fire out. The police do not know yet how it began; there were no
    injuries. Since the mill closed eight years ago nobody had used the building.""",
)
NEWSLETTERS = tuple(f"{NOTICE} {OWN} " + ". ".join(TIDE[n : n + 3]) for n in (0, 5, 10))


@pytest.mark.parametrize(
    "texts",
    [TWO_REPORTS, (OWN, f"{TWO_REPORTS[0]} {OWN} {'. '.join(TIDE)}"), NEWSLETTERS],
    ids=["two reports on one event", "a brief in a round-up", "editions of a newsletter"],
)
def test_what_is_no_copy(texts: Sequence[str]) -> None:
    assert linked(*(an_article(f"{n}.md", [text], n) for n, text in enumerate(texts, 1))) == {}


@pytest.mark.parametrize(("words", "copies"), [(19, {}), (20, {"b.md": "a.md"})])
def test_a_text_of_a_few_words_may_be_the_same_by_chance(words: int, copies: dict[str, str]) -> None:
    text = " ".join("abcdefghijklmnopqrst"[:words])
    assert linked(an_article("a.md", [text]), an_article("b.md", [text], 2)) == copies


@pytest.mark.parametrize(
    ("days", "original"),
    [((2, 1, 3), "b.md"), ((2, 2, 2), "a.md"), ((None, None, 3), "c.md"), ((None, None, None), "a.md")],
    ids=["the earliest", "on one day the first by id", "one with a date", "without dates the first by id"],
)
def test_which_is_the_original(days: tuple[int | None, ...], original: str) -> None:
    articles = [an_article(name, TIDE, day, "Wire") for name, day in zip(("a.md", "b.md", "c.md"), days, strict=True)]
    assert linked(*articles) == {article.id: original for article in articles if article.id != original}


def test_a_chain_of_changes_is_not_one_story() -> None:
    first, both, second = (
        an_article(f"{day}.md", sentences, day) for day, sentences in enumerate((TIDE[:12], TIDE, TIDE[8:]), 1)
    )
    assert linked(first, both) == {"2.md": "1.md"}
    assert linked(both, second) == {"3.md": "2.md"}
    assert linked(first, second) == {}
    assert linked(first, both, second) == {"2.md": "1.md"}


def test_a_line_that_hundreds_have_does_not_hide_a_copy() -> None:
    others = [an_article(f"{n}.md", [f"{n} {word} {n}" for word in OWN.split()] + [NOTICE], 1) for n in range(200)]
    copies = [an_article(f"copy {n}.md", [*TIDE, NOTICE], n + 1) for n in range(1, 30)]
    assert linked(*others, *copies) == {f"copy {n}.md": "copy 1.md" for n in range(2, 30)}


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(1, 12), st.integers(1, 3)), max_size=12))
def test_every_copy_has_one_original_that_is_none(slices: list[tuple[int, int, int]]) -> None:
    articles = [an_article(f"{n}.md", TIDE[i : i + length], day) for n, (i, length, day) in enumerate(slices)]
    found = linked(*articles)
    assert not set(found) & set(found.values())
    ages = {article.id: (article.published, article.id) for article in articles}
    assert all(ages[original] < ages[copy] for copy, original in found.items())
    assert linked(*reversed(articles)) == found


def test_outlets_are_named_once_without_one_s_own() -> None:
    articles = [an_article(f"{n}.md", TIDE, n, source) for n, source in enumerate(("", "B", "A", "B", "C"), 1)]
    copies = find_copies(articles, {article.id: sign(article.text) for article in articles})
    assert copies.also_in("1.md") == ("A", "B", "C")
    assert copies.also_in("2.md") == copies.also_in("4.md") == ("1.md", "A", "C")
    assert copies.also_in("elsewhere.md") == ()


NAMES = ["plain.md", "in two\nlines.md", "\udcff.md", "文章.md", ""]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    signatures = {name: sign(" ".join(TIDE[n:])) for n, name in enumerate(NAMES)}
    write_signatures(tmp_path, signatures)
    read = read_signatures(tmp_path)
    assert list(read) == NAMES
    for name in NAMES:
        assert read[name].shingles == signatures[name].shingles > 0
        assert np.array_equal(read[name].values, signatures[name].values)
    copies = Copies((dict.fromkeys(NAMES, "Desk"),))
    copies.write(tmp_path)
    assert Copies.read(tmp_path) == copies
    assert copies.of == dict.fromkeys(NAMES[1:], NAMES[0])


def test_nothing_is_written_and_read(tmp_path: Path) -> None:
    write_signatures(tmp_path, {})
    assert read_signatures(tmp_path) == {}
    assert find_copies([], {}) == Copies.read(tmp_path) == Copies()


@pytest.mark.parametrize("damage", [b"", b"no archive", b"PK\x03\x04 cut short"], ids=["empty", "other", "cut short"])
def test_damaged_signatures_are_made_anew(tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "signatures.npz").write_bytes(damage)
    assert read_signatures(tmp_path) == {}
    assert "is made anew" in caplog.text


def test_a_signature_is_always_the_same() -> None:
    """A stored one is compared with those that are made later."""
    assert sign(NOTICE).shingles == 18
    assert sign(NOTICE).values[:6].tolist() == [62782, 24742, 26959, 3366, 2465, 41790]


# In the index


def an_archive(make_articles: MakeArticles) -> Path:
    for n, outlet in enumerate(OUTLETS):
        published = str(date(2018, 3, 1) + timedelta(n))
        make_articles({f"{outlet}.md": ". ".join(TIDE)}, source=outlet, published=published)
    return make_articles({"other.md": TWO_REPORTS[0]}, source="Dateline Harbour Desk")


def copies_of(index: Index) -> dict[str, str]:
    return dict(index.current().copies.of)


def test_an_archive_knows_its_copies(index: Index, make_articles: MakeArticles) -> None:
    first, *others = (f"{outlet}.md" for outlet in OUTLETS)
    changes = reindex(an_archive(make_articles), index)
    assert changes.as_json()["duplicates"] == [{"id": other, "of": first} for other in sorted(others)]
    assert copies_of(index) == copies_of(Index.open(index.path)) == dict.fromkeys(others, first)
    assert len(index.articles()) == 5


def test_the_next_one_takes_the_place_of_an_original_that_is_gone(index: Index, make_articles: MakeArticles) -> None:
    folder = an_archive(make_articles)
    reindex(folder, index)
    first, second, *others = (f"{outlet}.md" for outlet in OUTLETS)
    (folder / first).unlink()
    reindex(folder, index)
    assert copies_of(index) == dict.fromkeys(others, second)
    assert index.current().copies.also_in(second) == tuple(sorted(OUTLETS[2:]))


def test_a_copy_that_is_another_text_now_is_none(index: Index, make_articles: MakeArticles) -> None:
    folder = an_archive(make_articles)
    reindex(folder, index)
    first, second, *others = (f"{outlet}.md" for outlet in OUTLETS)
    make_articles({second: TWO_REPORTS[1]}, source=OUTLETS[1])
    reindex(folder, index)
    assert copies_of(index) == dict.fromkeys(others, first)


def test_an_index_from_before_copies_were_linked(index: Index, make_articles: MakeArticles) -> None:
    folder = an_archive(make_articles)
    reindex(folder, index)
    for name in ("copies.json", "signatures.npz"):
        (index.path / "gen-000001" / name).unlink()
    older = Index.open(index.path, embedder=index.embedder)
    assert copies_of(older) == {}
    make_articles({"new.md": "The pier is closed."})
    reindex(folder, older)
    assert copies_of(older) == copies_of(index) != {}
