"""Text is cleaned: mojibake mended, what is good left alone, and all of it only once."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.text import clean, one_line
from tests.conftest import CORPUS


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("the companyâ€™s plan", "the company’s plan"),
        ("the companyâ\x80\x99s plan", "the company’s plan"),
        ("FÃ¼r Ã–sterreich", "Für Österreich"),
        ("FÃƒÂ¼r", "Für"),
        ("â€œYes,â€\x9d she said â€“ and left", "“Yes,” she said – and left"),
        ("voilÃ le travail", "voilà le travail"),
        ("Â£5 and Â®", "£5 and ®"),
        ("caf\u00c3\u200b\u00a9", "café"),
        ("cafA\u0303\u00a9", "café"),
        ("ÐšÐ¾Ð¼Ð¿Ð°Ð½Ð¸Ñ", "Компани"),
        ("ä¸­å›½", "中国"),
        ("It\x92s \x93here\x94", "It’s “here”"),
        ("and so on\x85", "and so on…"),
        ("good – “line”, ü\nFÃ¼r\nМосква", "good – “line”, ü\nFür\nМосква"),
    ],
    ids=ascii,
)
def test_mojibake_is_mended(text: str, meant: str) -> None:
    assert clean(text).startswith(meant)
    assert one_line(text) == " ".join(clean(text).split())


GOOD = [
    "She paid £5 (€6) for “crème brûlée” – 20 °C, ½ price, ©2018 Größe, naïve café…",
    "«Ça alors !» dit-il. À bientôt, Zoë, Ångström & Ærøskøbing; œuvre, cœur, Œuvre.",
    "¿Qué? ¡Año nuevo! El niño comió 3ª vez. São João às 9º.",
    "IL Y MARQUÉ… RENÉ® NESTLÉ® ÖSTERREICH™ GRÖẞE",
    "Łódź, Kraków, Żółć – „gęślą jaźń”; Příliš žluťoučký kůň; Iğdır, İstanbul, ŞANLIURFA",
    "ﬁne ﬂower ＡＢＣ １２３ ｶﾞｷﾞ",
    "Москва, Київ, „Новости“ – «ещё»… РОССИЯ 2018 г.",
    "Αθήνα, ΕΛΛΑΔΑ, «Ευρώπη» – €5.",
    "חדשות מירושלים, صباح الخير، أخبار اليوم",
    "微软和小米宣布合作。「東京」ニュース、서울 뉴스",
    "नमस्ते दिल्ली, ข่าววันนี้, Tiếng Việt: Hà Nội",
    "🙂 👩‍🔬 e\u0301te\u0301 ﻿",
    'Don\'t “straighten” these ‘quotes’ -- or those "quotes".',
]


@pytest.mark.parametrize("text", GOOD)
def test_good_text_stays(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text).replace("\ufeff", "")


def test_the_articles_of_the_corpus_stay() -> None:
    for path in CORPUS.rglob("*.md"):
        text = path.read_text("utf-8")
        assert clean(text) == text


ALPHABETS = [
    "abcdefghijklmnopqrstuvwxyz ABCÀÂÇÉÈÊËÎÏÔÙÛŸàâçéèêëîïôùûÿœ’–—“”€£",
    "abcdefgäöüßÄÖÜ „“‚‘–…",
    "абвгдежзийклмнопрстуфхцчшщъыьэюяё АБВ«»—…",
    "αβγδεζηθικλμνξοπρστυφχψωάέήίόύώς ΑΒΓ«»",
    "的一是不了人我在有他这中大来上国，。「」",
    "עברית אבגדהוזחטי, ابجدهوزحطي",
]


@st.composite
def words(draw: st.DrawFn) -> str:
    """Lower-case words of one script, as sentences are made of: no accent but within a word."""
    letters = [letter for letter in draw(st.sampled_from(ALPHABETS)) if letter.isalpha() and letter.lower() == letter]
    word = st.lists(st.sampled_from(letters), min_size=1, max_size=12).map("".join)
    return " ".join(draw(st.lists(word, min_size=1, max_size=20))).capitalize() + "."


@given(words())
def test_words_of_any_script_stay(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)


PIECES = st.sampled_from(
    [
        "Ã",
        "¼",
        "Â",
        "â",
        "€",
        "™",
        "\x80",
        "\x99",
        "\x85",
        "\u200b",
        "\u0303",
        "\r",
        "\n",
        " ",
        "a",
        "\xa0",
        "ü",
        "\u2028",
    ]
)


@given(st.text(max_size=60) | st.lists(PIECES, max_size=20).map("".join))
@example("ÃƒÂ¼")
@example("A\u0303\u00bc")
@example("Ã\u200b¼")
@example("\x80\x85")
@example("\u20ac\x9d\xa9")
def test_what_is_clean_stays(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
