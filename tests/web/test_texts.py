"""The words of the page: each that the code asks for is there, and each that is there is asked for."""

import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from qa.web.commands import Command
from qa.web.texts import DEFAULT, languages, preferred, texts

WEB = Path(__file__).parents[2] / "qa" / "web"
SOURCES = "\n".join(path.read_text("utf-8") for path in (*WEB.glob("*.py"), *WEB.glob("*.js")))
NAMES = set(re.findall(r"""(?:texts|words|command|self)\(\s*"(\w+)\"""", SOURCES)) | set(
    re.findall(r"\bwords\.(\w+)", SOURCES)
)
# Names that are put together from what they are about.
MADE = re.compile(
    r"found_\w+|export_\w+|why_\w+|\w+_title|\w+\.\w+|says_\w+|sure|likely|unsure|strong|fair|weak|nearest"
)


PARTS_OF_WORDS = {"words", "get", "items", "said", "code", "direction", "replace"}  # in Python and JavaScript


def test_every_name_that_is_used_has_words() -> None:
    words = texts(DEFAULT).words
    assert len(NAMES) > 60
    assert {name for name in NAMES if name not in words} <= PARTS_OF_WORDS


def test_all_words_are_used() -> None:
    loose = {name for name in texts(DEFAULT).words if name not in NAMES and not MADE.fullmatch(name)}
    assert {name for name in loose if f'"{name}"' not in SOURCES} == set()


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_words_with_the_same_places(language: str) -> None:
    english, other = texts(DEFAULT).words, texts(language).words
    plain = {name for name in english if "." not in name}
    assert {name for name in other if "." not in name} == plain
    for name, text in other.items():
        kind, _, form = name.partition(".")
        assert kind in plain
        assert form in {"", *Locale.parse(language).plural_form.tags}
        missing = places(english[kind]) - places(text)
        assert missing <= ({"n"} if form in {"one", "two"} else set())
        assert places(text) <= places(english[kind])
        assert not re.search(r"[<>&]", text)


def places(text: str) -> set[str | None]:
    return {field for _, field, _, _ in Formatter().parse(text)} - {None}


def test_every_button_has_a_name() -> None:
    done = Command.model_fields["do"].annotation
    assert done is not None
    buttons = set(re.findall(r'command\("(\w+)"', SOURCES))
    assert buttons <= set(done.__args__) | {"copy", "link"}
    assert buttons <= texts(DEFAULT).words.keys()


def test_days_numbers_and_one_of_a_thing() -> None:
    english = texts(DEFAULT)
    assert english.day(date(2018, 2, 3)) == "3 February 2018"
    assert english("articles", n=1) == "1 article"
    assert english("articles", n=12_345) == "12,345 articles"
    assert english.names(["One", "Two"]) == "One, Two"
    assert not english.right_to_left


@pytest.mark.parametrize(
    ("language", "articles", "day"),
    [
        ("de", ["1 Artikel", "2 Artikel", "12.345 Artikel"], "3. Februar 2018"),
        ("fr", ["1 article", "2 articles", "12\u202f345 articles"], "3 février 2018"),
        ("es", ["1 artículo", "2 artículos", "12.345 artículos"], "3 de febrero de 2018"),
        ("zh", ["1 篇文章", "2 篇文章", "12,345 篇文章"], "2018年2月3日"),
        ("ar", ["مقال واحد", "مقالان", "12,345 مقالًا"], "3 فبراير 2018"),
    ],
)
def test_days_and_numbers_are_those_of_the_language(language: str, articles: list[str], day: str) -> None:
    words = texts(language)
    assert [words("articles", n=n) for n in (1, 2, 12_345)] == articles
    assert words.day(date(2018, 2, 3)) == day
    assert words.right_to_left == (language == "ar")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("xx", "en"),
        (";q=,,;;", "en"),
        ("en;q=nan", "en"),
        ("*", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.2,fr-CA;q=0.7", "fr"),
        ("zh-CN", "zh"),
        ("ar-EG", "ar"),
        ("xx, es", "es"),
    ],
)
def test_the_browser_s_language_is_taken_where_there_is_one(accepted: str, language: str) -> None:
    assert preferred(accepted) == language


@given(st.text(max_size=300))
def test_whatever_a_browser_asks_for_it_gets_a_language(accepted: str) -> None:
    assert preferred(accepted) in languages()
    assert texts(accepted).language in languages()


QA = "\n".join(path.read_text("utf-8") for path in sorted(WEB.parent.glob("*.py")))
SAYINGS = {name: words for name, words in texts(DEFAULT).words.items() if name.startswith("says_")}
# Put together of more than one piece.
PIECED = ("says_left_out", "says_in_part", "says_some_in_part", "says_added", "says_cut")


@pytest.mark.parametrize("name", [name for name in SAYINGS if not name.startswith(PIECED)])
def test_what_the_assistant_may_say_is_what_it_says(name: str) -> None:
    spoken = re.sub(r'"\s*\n\s*f?"', "", QA + (WEB / "conversation.py").read_text("utf-8"))
    assert max(re.split(r"{\w+}", SAYINGS[name]), key=len) in spoken


@pytest.mark.parametrize("language", [language for language in languages() if language != DEFAULT])
def test_what_the_assistant_says_is_said_in_the_page_s_language(language: str) -> None:
    failures = re.findall(r'WritingFailed\("([^"]+)"\)|"(The (?:language model|connection)[^"{]+\.)"', QA)
    said = {part for found in failures for part in found if part}
    assert len(said) > 15
    said |= {
        "2 sentences were left out: the quotes do not bear them out.",
        "1 sentence was left out: the quotes do not bear it out.",
        "3 sentences were left out: the quotes do not bear them out, 1 of them only in part.",
        "1 sentence was left out: the quotes bear it out only in part.",
        "1 quote was added: the language model left out what the articles say.",
        "The answer was cut off after 2,000 characters.",
        "The language model did not answer in time. This answer is in quotes instead.",
    }
    words = texts(language)
    for english in said:
        assert texts(DEFAULT).said(english) == english
        assert words.said(english) != english
        assert not re.search(r"language model|quotes|since|period ends", words.said(english))


LEFT_OUT = " sentences were left out: the quotes do not bear them out."


def test_days_and_numbers_of_what_is_said_are_written_as_in_the_language() -> None:
    german = texts("de")
    for english, said in (
        ("No article published since 2018-03-01 answers this; all were asked.", "(seit 1. März 2018)"),
        (
            "No article published 2018-03-01 to 2018-03-31 answers this; all were asked.",
            "1. März 2018 bis 31. März 2018",
        ),
        ("No article published 2018-03-01 answers this; all were asked.", "(1. März 2018)"),
        ("the period ends (2018-01-01) before it begins (2019-01-01)", "endet (1. Januar 2018), bevor"),
        ("The answer was cut off after 2,000 characters.", "nach 2.000 Zeichen"),
        (
            "“the merger” is taken to be of 2018-02-23 (“A (“deal”).”).",
            "auf den 23. Februar 2018 datiert („A (“deal”).“)",
        ),
    ):
        assert said in german.said(english)


def test_what_nobody_knows_to_say_stays_as_it_is() -> None:
    for unknown in ("", "Nothing of the kind.", "A; " * 700_000, "“a” is taken to be of", f"{'9' * 40}{LEFT_OUT}"):
        assert texts("de").said(unknown) == unknown
    for day in ("2018-02-31", "2018-13-01"):
        assert day in texts("de").said(f"“a” is taken to be of {day} (“b”).")
