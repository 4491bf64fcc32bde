"""The reader finds the sentence that answers, and the words in it; it reads what fits and says what it did not."""

from pathlib import Path

import pytest

from qa.reader import Reader, ReaderError, Reading, Text
from qa.reader.reading import WEIGHTS
from qa.support import sentence_spans

AGREEMENT = (
    "Microsoft and Xiaomi have signed an agreement. Xiaomi will use Azure for its user data. Cortana may be put into "
    "the Mi AI speaker. The two have worked together since 2015. Lei Jun, who leads Xiaomi, welcomed the partnership."
)
HARBOUR = "The harbour of Kiel was built in 1874. Its pier is 300 metres long. Ferries leave for Norway every day."


def text(title: str, words: str) -> Text:
    return Text(title, words, tuple(sentence_spans(words)))


TEXTS = (text("Microsoft and Xiaomi", AGREEMENT), text("A harbour", HARBOUR))


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()


def best(reader: Reader, question: str) -> tuple[Text, tuple[int, int], Reading]:
    found = [
        (place, sentence, reading)
        for place, readings in zip(TEXTS, reader.read(question, TEXTS), strict=True)
        for sentence, reading in zip(place.sentences, readings, strict=True)
        if reading is not None
    ]
    return max(found, key=lambda each: each[2].score)


@pytest.mark.parametrize(
    ("question", "sentence", "exact"),
    [
        ("Which speaker may get Cortana?", "Cortana may be put", "Mi AI"),
        ("When was the harbour of Kiel built?", "The harbour of Kiel", "1874"),
        ("How long is the pier in Kiel?", "Its pier is", "300 metres"),
        ("Who leads Xiaomi?", "Lei Jun", "Lei Jun"),
        ("Since when have Microsoft and Xiaomi worked together?", "The two have worked", "2015"),
    ],
)
def test_finds_sentence_and_words(reader: Reader, question: str, sentence: str, exact: str) -> None:
    place, (start, end), reading = best(reader, question)
    assert place.text[start:end].startswith(sentence)
    assert exact in place.text[reading.first : reading.last]
    assert start <= reading.first < reading.last <= end


def test_the_order_of_the_texts_changes_nothing(reader: Reader) -> None:
    forth = reader.read("Who leads Xiaomi?", TEXTS)
    back = reader.read("Who leads Xiaomi?", TEXTS[::-1])
    for one, other in zip(forth[0] + forth[1], back[1] + back[0], strict=True):
        assert one is not None
        assert other is not None
        assert (one.first, one.last) == (other.first, other.last)
        assert one.score == pytest.approx(other.score, abs=0.2)  # bfloat16, padded otherwise


def test_what_is_too_far_behind_is_not_read(reader: Reader) -> None:
    words = "Nothing of note happened there. " * 100 + "The harbour was built in 1874."
    (readings,) = reader.read("When was the harbour built?", [text("Harbour", words)])
    assert readings[0] is not None
    assert readings[-1] is None


def test_no_texts_and_long_questions_and_no_sentences(reader: Reader) -> None:
    assert reader.read("Who?", []) == []
    assert reader.read("why " * 500, [Text("", "", ())]) == [[]]
    assert len(reader.read("why " * 500, TEXTS)[1]) == 3


def test_missing_or_foreign_weights_are_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ReaderError, match="install Dateline again"):
        Reader(tmp_path / "reader.safetensors").read("Who?", TEXTS)
    (tmp_path / "half.safetensors").write_bytes(WEIGHTS.read_bytes()[:1000])
    with pytest.raises(ReaderError, match="install Dateline again"):
        Reader(tmp_path / "half.safetensors").read("Who?", TEXTS)
