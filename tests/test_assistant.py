"""The whole story: streaming, filters, the retriever, written answers that fail."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from langchain_core.language_models import BaseChatModel

from ingest import Index
from qa import Answer, Assistant, Turn
from qa.assistant import LONGEST_QUESTION
from qa.chat_model import open_chat_model
from qa.prompts import NOT_SAID
from tests.language_model import SECRET, BreakingModel, EndlessModel, ScriptedModel, SilentModel

QUESTION = "What does the Cortana integration involve?"


@pytest.fixture(scope="session")
def assistant(corpus_index: Index) -> Assistant:
    return Assistant(corpus_index)


def test_ask_is_the_last_of_stream(assistant: Assistant) -> None:
    *_, last = assistant.stream(QUESTION)
    asked = assistant.ask(QUESTION)
    assert (asked.text, asked.citations, asked.passages) == (last.text, last.citations, last.passages)
    assert asked.index_generation == assistant.index.generation
    assert 0 < asked.seconds.retrieve <= asked.seconds.total


def test_filters_reach_the_answer(assistant: Assistant) -> None:
    answer = assistant.ask("What happened with Xiaomi?", since=date(2018, 5, 1), sources=["Dateline Business Desk"])
    assert answer.query.since == date(2018, 5, 1)
    assert answer.passages
    assert all(passage.chunk.source == "Dateline Business Desk" for passage in answer.passages)


def test_a_follow_up_finds_what_the_turn_before_was_about(assistant: Assistant) -> None:
    history = [Turn("What did Microsoft and Xiaomi sign?", "A memorandum of understanding.")]
    answer = assistant.ask("And what will happen with the speaker?", history)
    assert "Xiaomi" in answer.query.text
    assert "2018-02-23-microsoft-xiaomi.md" in [citation.article_id for citation in answer.citations]


def test_one_assistant_serves_many_threads(assistant: Assistant) -> None:
    questions = [QUESTION, "Who is Huawei's chairman?", "How much did Google pay in 2018?"] * 4
    alone = {question: assistant.ask(question).text for question in set(questions)}
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda question: assistant.ask(question).text, questions))
    assert together == [alone[question] for question in questions]


def test_a_question_too_long_is_refused_at_the_door(assistant: Assistant) -> None:
    with pytest.raises(ValueError, match="shorten"):
        assistant.ask("x" * (LONGEST_QUESTION + 1))


def test_the_retriever_is_langchain_s(assistant: Assistant) -> None:
    documents = assistant.as_retriever(k=3).invoke(QUESTION)
    assert len(documents) == 3
    assert "Cortana" in documents[0].page_content
    assert "2018-02-23-microsoft-xiaomi.md" in [document.metadata["article_id"] for document in documents]


def test_examples_come_from_the_archive_and_are_answered(assistant: Assistant) -> None:
    examples = assistant.examples(3)
    assert len(examples) == 3
    assert all(assistant.ask(example).refusal is None for example in examples)


def written(corpus_index: Index, reply: str) -> Answer:
    model = ScriptedModel(replies=[[reply]])
    return Assistant(corpus_index, chat_model=model, model_name="test:scripted").ask(QUESTION)


def test_a_chat_model_writes_and_its_numbers_become_citations(corpus_index: Index) -> None:
    answer = written(
        corpus_index, "The voice assistant is to be integrated into the Mi AI speaker [1]. Cats purr [7]."
    )
    assert (answer.mode, answer.model) == ("written", "test:scripted")
    assert [citation.number for citation in answer.citations] == [1]
    citation = answer.citations[0]
    assert corpus_index.article(citation.article_id).text[citation.start : citation.end] == citation.quote
    assert answer.text == "The voice assistant is to be integrated into the Mi AI speaker. [1]"
    assert [sentence.supported for sentence in answer.sentences] == [True, False]
    assert answer.notes[-1] == "1 sentence was left out: the quotes do not bear it out."


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (SilentModel(), ""),
        (BreakingModel(replies=[["Cortana is to be integrated [1]. More of it."]]), ""),
        (ScriptedModel(replies=[["It is about cats [1]."]]), "do not bear out what the language model wrote"),
    ],
    ids=["time-out", "breaks off", "is not borne out"],
)
def test_when_writing_fails_the_answer_is_in_quotes_and_says_why(
    corpus_index: Index, model: BaseChatModel, reason: str
) -> None:
    answer = Assistant(corpus_index, chat_model=model).ask(QUESTION)
    assert answer.mode == "quotes"
    assert "Mi AI speaker" in answer.citations[0].quote
    assert "in quotes instead" in answer.notes[-1]
    assert reason in answer.notes[-1]


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("silent", "did not answer in time."),
        ("429", "too many, or the account is used up."),
        ("401", "refused the key."),
        ("404", "does not know the model."),
        ("503", "had an error of its own (503)."),
        ("overflow", "longer than the language model can read."),
        ("empty", "answer was empty."),
        ("nothing", "sent something that is not an answer."),
        ("garbled", "sent something that is not an answer."),
        ("list", "sent something that is not an answer."),
        ("page", "sent something that is not an answer."),
        ("cut", "answer broke off in the middle."),
        ("broken", "broke off in the middle of its answer."),
        ("good", "The articles do not bear out what the language model wrote."),
    ],
)
def test_whatever_a_server_does_wrong_the_answer_is_in_quotes(
    corpus_index: Index, how: str, reason: str, misbehaving_url: str
) -> None:
    chat_model = open_chat_model("openai:any", url=f"{misbehaving_url}/{how}/v1", timeout=1)
    *before, answer = Assistant(corpus_index, chat_model=chat_model).stream(QUESTION)
    quoted = Assistant(corpus_index).ask(QUESTION)
    assert (answer.mode, answer.model, answer.text) == ("quotes", None, quoted.text)
    assert answer.citations == quoted.citations
    assert answer.notes[-1].endswith(f"{reason} This answer is in quotes instead.")
    assert SECRET not in str(before) + str(answer)


def test_nobody_there_costs_the_answer_nothing(corpus_index: Index) -> None:
    chat_model = open_chat_model("openai:any", url="http://127.0.0.1:9/v1")
    answer = Assistant(corpus_index, chat_model=chat_model).ask(QUESTION)
    assert "Mi AI speaker" in answer.citations[0].quote
    assert answer.notes[-1] == "The language model could not be reached. This answer is in quotes instead."


def test_what_goes_on_for_ever_is_cut_off(corpus_index: Index) -> None:
    chat_model = EndlessModel(replies=[["Cats purr and ", "dogs bark, "]])
    answer = Assistant(corpus_index, chat_model=chat_model).ask(QUESTION)
    assert answer.mode == "quotes"
    assert chat_model.closed == 1
    assert len("".join(chat_model.sent)) < 3_000


def test_a_model_that_finds_no_answer_is_not_believed(corpus_index: Index) -> None:
    answer = Assistant(corpus_index, chat_model=ScriptedModel(replies=[[NOT_SAID]])).ask(QUESTION)
    assert (answer.mode, answer.refusal) == ("quotes", None)
    assert "Mi AI speaker" in answer.citations[0].quote
    assert answer.notes[-1].startswith("The language model finds no answer in these passages.")


HISTORY = [Turn("What did Microsoft and Xiaomi sign?", "A memorandum of understanding.")]


def test_a_question_that_the_model_resolves_is_searched_for_if_it_finds_more(corpus_index: Index) -> None:
    signed = ["They signed a memorandum [1]."]
    model = ScriptedModel(replies=[["What did Microsoft and Xiaomi sign about it?"], signed])
    answer = Assistant(corpus_index, chat_model=model).ask("And about it?", HISTORY)
    assert answer.query.text == "What did Microsoft and Xiaomi sign about it?"
    assert "2018-02-23-microsoft-xiaomi.md" in [citation.article_id for citation in answer.citations]
    worse = Assistant(corpus_index, chat_model=ScriptedModel(replies=[["sign"], signed])).ask(
        "And about it?", HISTORY
    )
    assert worse.query.text == Assistant(corpus_index).ask("And about it?", HISTORY).query.text


def test_a_model_that_does_not_answer_is_waited_for_once(corpus_index: Index) -> None:
    model = SilentModel()
    answer = Assistant(corpus_index, chat_model=model).ask("What will happen with the speaker?", HISTORY)
    assert len(model.prompts) == 1
    assert answer.notes[-1] == "The language model did not answer in time. This answer is in quotes instead."
    assert answer.citations


def test_what_is_not_covered_never_reaches_the_model(corpus_index: Index) -> None:
    model = ScriptedModel(replies=[["France won [1]."]])
    answer = Assistant(corpus_index, chat_model=model).ask("Who won the 2018 football world cup?")
    assert answer.refusal is not None
    assert model.prompts == []


@pytest.mark.model
def test_a_real_small_model_gives_an_answer_with_quotes(corpus_index: Index, language_model: BaseChatModel) -> None:
    answer = Assistant(corpus_index, chat_model=language_model, model_name="openai:smollm2", k=2).ask(QUESTION)
    assert answer.citations or answer.refusal
    assert answer.mode == "written" or answer.notes
