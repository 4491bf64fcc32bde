"""What bears a sentence out and what does not: by kind, and in general."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ingest.chunk import Chunk
from ingest.index import Passage
from qa.judge import judge
from qa.judge.claim import states
from qa.judge.compare import Quoted, objection
from qa.judge.terms import name_keys, terms
from qa.support import sentence_spans
from tests.evaluation.alterations import corpus_articles

GITHUB = "Microsoft bought GitHub for $7.5 billion on Monday, 4 June 2018, after Google had offered 6 percent less."
STOPPED = "The court did not stop the sales, and Judge Leon never attached any conditions to his ruling."
SHARES = "Shares of Broadcom rose by 12.5 percent to $245, while those of Qualcomm fell by two percent."
SUED = "Apple sued Qualcomm in January 2017 because of its licences."
MOVED = "The plant was moved from Leipzig to Turin before the war."


def passage(text: str, article_id: str = "a.md", *, title: str = "Title", day: date | None = None) -> Passage:
    return Passage(Chunk(article_id, 0, 0, len(text), text, title, "Desk", None, day), 1.0)


def supported(sentence: str, *texts: str) -> bool:
    return judge(sentence, [passage(text, f"{n}.md") for n, text in enumerate(texts)]).supported


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        (GITHUB, "Microsoft bought GitHub for 7.5 billion dollars."),
        (GITHUB, "Microsoft acquired GitHub for $7.5bn in June 2018."),
        (GITHUB, "On June 4th, 2018, Microsoft bought GitHub."),
        (GITHUB, "Microsoft bought GitHub on 2018-06-04."),
        (GITHUB, "GitHub was bought by Microsoft on Monday."),
        (GITHUB, "Google had offered 6% less."),
        (GITHUB, "According to the articles, Microsoft purchased GitHub in 2018."),
        (STOPPED, "The court didn't stop the sales."),
        (STOPPED, "Leon attached no conditions to his ruling."),
        (SHARES, "Shares of Broadcom increased by 12.5 per cent."),
        (SHARES, "Broadcom's shares climbed to 245 dollars."),
        (SHARES, "Qualcomm fell by 2 percent."),
        (SUED, "Apple sued Qualcomm in Jan 2017."),
        (SUED, "In January 2017, Apple sued Qualcomm."),
        (SUED, "Qualcomm was sued by Apple."),
        (MOVED, "Before the war, the plant was moved to Turin from Leipzig."),
        ("About 1,500 patents went to the U.S. last year.", "About 1500 patents went to the United States."),
        ("The Federal Trade Commission settled.", "The FTC settled."),
        ("Costs are 5 to 7 million euros.", "Costs are between €5 million and €7 million."),
        ("A German court ruled on it.", "It was ruled on by a court in Germany."),
    ],
)
def test_the_same_said_otherwise_is_borne_out(quote: str, sentence: str) -> None:
    assert supported(sentence, quote)


@pytest.mark.parametrize(
    ("quote", "sentence", "why"),
    [
        (GITHUB, "Microsoft bought GitHub for $7.4 billion.", "number"),
        (GITHUB, "Microsoft bought GitHub for $75 billion.", "number"),
        (GITHUB, "Microsoft bought GitHub for $6 billion.", "number"),
        (SHARES, "Shares of Broadcom rose by two percent.", "another number"),
        ("It has 28 million users and 85 million pages.", "It has 85 million users.", "another number"),
        (GITHUB, "Microsoft bought GitHub for 7.5 billion euros.", "number"),
        (GITHUB, "Microsoft bought GitHub for $7.5 million.", "number"),
        (GITHUB, "Google had offered 6 dollars less.", "number"),
        ("It takes three weeks.", "It takes three days.", "number"),
        (GITHUB, "Microsoft bought GitHub in 2017.", "year"),
        (GITHUB, "Microsoft bought GitHub in July.", "month"),
        (GITHUB, "Microsoft bought GitHub on 5 June 2018.", "day"),
        (GITHUB, "Microsoft bought GitHub on Tuesday.", "weekday"),
        ("It began in 1912 and ended in 1940.", "It began in 1940.", "another opposed"),
        (GITHUB, "Microsoft bought Xamarin for $7.5 billion.", "name"),
        (GITHUB, "Amazon bought GitHub for $7.5 billion.", "word"),
        (GITHUB, "Google bought GitHub for $7.5 billion.", "another name"),
        (GITHUB, "Microsoft did not buy GitHub.", "negation"),
        (STOPPED, "The court stopped the sales.", "negation"),
        (STOPPED, "Judge Leon attached conditions to his ruling.", "negation"),
        (GITHUB, "Microsoft sold GitHub for $7.5 billion.", "opposite"),
        (SHARES, "Shares of Broadcom fell by 12.5 percent.", "another opposed"),
        (SHARES, "Shares of Broadcom dropped to $245.", "another opposed"),
        (GITHUB, "Google had offered 6 percent more.", "opposite"),
        ("The deal is legal.", "The deal is illegal.", "opposite"),
        (SUED, "Qualcomm sued Apple in January 2017.", "another name"),
        (SUED, "Apple was sued by Qualcomm.", "another name"),
        ("In the end the dog chased a cat.", "In the end the cat chased a dog.", "order"),
        (
            "Order it from Friday, 26 January; we heard on 23 January.",
            "You may order it from 23 January.",
            "another day",
        ),
        (MOVED, "The plant was moved from Turin to Leipzig.", "mark"),
        (MOVED, "The plant was moved to Leipzig.", "mark"),
        (MOVED, "The plant was moved after the war.", "mark"),
        ("It cost more than 5 dollars.", "It cost less than 5 dollars.", "mark"),
        ("It rose by 5 percent.", "It rose to 5 percent.", "mark"),
        (SUED, "Apple greeted Qualcomm in January 2017 because of its licences.", "words"),
        ("It is asked this month, and it ends next year.", "It is asked next month.", "opposite"),
        (SUED, "Apple sued Qualcomm in January 2017 because of its tariffs.", "words"),
        (SUED, "The problem of Apple was sued.", "words"),
        (SHARES, "Shares of Broadcom, while those of Qualcomm fell by two percent, were a problem.", "words"),
        ("Apple denied reports that it had sued Qualcomm.", "Apple had sued Qualcomm.", "open"),
        ("Apple refused to pay the fine.", "Apple paid the fine.", "open"),
        ("Apple failed to pay the fine.", "Apple paid the fine.", "open"),
        ("Apple almost paid the fine.", "Apple paid the fine.", "open"),
        ("If Apple pays the fine it ends.", "Apple pays the fine.", "open"),
        ("Microsoft might buy GitHub.", "Microsoft bought GitHub.", "open"),
        ("Microsoft plans to buy GitHub.", "Microsoft bought GitHub.", "open"),
        ("It is a myth that the vaccine causes autism.", "The vaccine causes autism.", "open"),
        ("Smith was acquitted of charges that he killed Jones.", "Smith killed Jones.", "open"),
        ("Smith is accused of killing Jones.", "Smith killed Jones.", "open"),
        ("Some of the employees left in May.", "All of the employees left in May.", "mark"),
        ("They left although the rent was low.", "They left because the rent was low.", "mark"),
        (SUED, "Apple and Qualcomm", "nothing"),
        ("7; Larson; 2339; 1", "7; Larson; 2339; 1", "nothing"),
        (SUED, "Apple sued Qualcomm, Apple sued Qualcomm.", "nothing"),
        (SUED, "Cats purr.", "word"),
        (SUED, "Yes.", "nothing"),
    ],
)
def test_what_is_not_in_the_quote_is_not_borne_out(quote: str, sentence: str, why: str) -> None:
    names = name_keys(quote)
    said = terms(sentence, names)
    assert objection(said, Quoted(terms(quote, names))) == why
    assert not supported(sentence, quote)


ARTICLE = (
    "Apple sued Qualcomm in January 2017. It asked for about $1 billion in rebates.\n\n"
    "Qualcomm denied the claims. It called them baseless."
)


@pytest.mark.parametrize(
    ("sentence", "partly"),
    [
        ("Apple sued Qualcomm in January 2017, and Shares of Broadcom rose by 12.5 percent.", False),
        ("Apple sued Qualcomm in January 2017, and the judge threw it out.", True),
        ("The judge threw it out, but Apple sued Qualcomm in January 2017.", True),
        ("The judge threw it out, and Qualcomm sued Apple in January 2017.", False),
        ("Apple sued Qualcomm in January 2018.", False),
    ],
)
def test_one_of_two_statements_is_borne_out_in_part(sentence: str, partly: bool) -> None:
    judged = judge(sentence, [passage(SUED), passage(SHARES, "b.md")])
    assert judged.partly is partly
    assert not (judged.partly and judged.supported)


def test_it_stands_for_what_was_named_before() -> None:
    assert supported("Apple asked for about $1 billion in rebates.", ARTICLE)
    assert not supported("Broadcom asked for about $1 billion in rebates.", ARTICLE)
    assert not supported("Qualcomm asked for about $1 billion in rebates.", ARTICLE)


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("It was the best quarter for Tesla.", True),
        ("The report was written for Tesla.", False),  # for the board of somebody
        ("Tesla sold nine cars.", True),
        ("In March, Tesla opened a store.", True),
        ("In May, Tesla closed it.", True),
        ("In June, Tesla sold it.", False),
    ],
)
def test_a_name_stands_where_the_quote_has_nothing_else(sentence: str, verdict: bool) -> None:
    text = "It was the best quarter for the company. The report was written for another board. It sold nine cars. "
    text += "In March, the car company opened a store. In May, it quietly closed it. In June, a bidder sold it."
    assert judge(sentence, [passage(text, title="What Tesla did")]).supported is verdict


def test_what_leads_to_something_says_nothing() -> None:
    assert supported("Apple sued Qualcomm in January 2017.", SUED)
    assert not supported("Apple sued Qualcomm in January 2017:", SUED)
    assert not supported("The passage that answers the question is:", "It took months to answer the question.")


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [("BAAR, SWITZERLAND", False), ("Baar, Switzerland.", False), ("Baar", False), ("Baar is small.", True)],
)
def test_a_place_alone_says_nothing(sentence: str, verdict: bool) -> None:
    assert states(terms(sentence)) is verdict


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [("It opened in 2017.", True), ("It opened in 2018.", False), ("It opened in March 2017.", False)],
)
def test_last_year_counts_from_the_day_of_the_article(sentence: str, verdict: bool) -> None:
    shown = [passage("It opened last year.", day=date(2018, 5, 3))]
    assert judge(sentence, shown).supported is verdict


def test_a_man_of_the_quote_is_no_woman() -> None:
    quote = "Ruffin said that she knew little of Patrick, but he left her intrigued."
    assert supported("Patrick left her intrigued.", quote)
    assert supported("Ruffin said that she knew little of Patrick.", quote)
    assert not supported("Ruffin said that she knew little of Patrick, but she left her intrigued.", quote)


def test_a_quote_of_two_sentences_and_never_of_two_paragraphs() -> None:
    sentence = "Apple sued Qualcomm in January 2017 and asked for $1 billion in rebates."
    ((number, support),) = judge(sentence, [passage(ARTICLE)]).supports
    assert number == 1
    assert support.quote == ARTICLE.partition("\n")[0]
    for _, found in judge("Apple asked for rebates, and Qualcomm denied the claims.", [passage(ARTICLE)]).supports:
        assert "\n" not in found.quote


def test_two_quotes_together_bear_out_what_each_says_a_part_of() -> None:
    shown = [passage(SUED), passage("Cortana is used by 145 million people a month.", "b.md")]
    judged = judge("Apple sued Qualcomm, and Cortana is used by 145 million people.", shown)
    assert [number for number, _ in judged.supports] == [1, 2]
    assert not judge("Apple sued Qualcomm, and Cortana is used by 146 million people.", shown).supported


@pytest.mark.parametrize(
    ("preferred", "numbers"),
    [((), [3]), ((2,), [2]), ((3, 2), [3, 2]), ((1,), [3]), ((1, 2), [2]), ((0, 9, -1), [3])],
)
def test_numbers_that_were_cited_are_tried_first_and_only_believed_if_right(
    preferred: tuple[int, ...], numbers: list[int]
) -> None:
    shown = [passage(MOVED), passage(f"{GITHUB} {MOVED}", "b.md"), passage("Microsoft bought GitHub.", "c.md")]
    judged = judge("Microsoft bought GitHub.", shown, preferred)
    assert [number for number, _ in judged.supports] == numbers


def corpus_sentences() -> Iterator[tuple[str, str]]:
    for article in corpus_articles(Path(__file__).parent.parent / "corpus"):
        yield from ((article.text[start:end], article.text) for start, end in sentence_spans(article.text))


SENTENCES = list(corpus_sentences())


@given(st.sampled_from(SENTENCES))
def test_a_sentence_is_borne_out_by_its_own_article(sentence: tuple[str, str]) -> None:
    ((_, support),) = judge(sentence[0], [passage(sentence[1])]).supports
    assert support.quote == sentence[0]
    assert sentence[1][support.start : support.end] == support.quote


@given(st.sampled_from([s for s in SENTENCES if any(c.isdigit() for c in s[0])]), st.data())
@settings(max_examples=300)
def test_with_another_digit_it_is_not(sentence: tuple[str, str], data: st.DataObject) -> None:
    text, article = sentence
    at = data.draw(st.sampled_from([at for at, character in enumerate(text) if character.isdigit()]))
    altered = f"{text[:at]}{data.draw(st.sampled_from('0123456789'))}{text[at + 1 :]}"
    said = {term.key for term in terms(altered)}
    assume(not said <= {term.key for term in terms(article)})  # not a number that the article has elsewhere
    assert not judge(altered, [passage(article)]).supported


@given(st.text(max_size=200), st.text(min_size=1, max_size=300), st.lists(st.integers(), max_size=3))
def test_whatever_is_said_the_quote_is_a_slice(sentence: str, text: str, preferred: list[int]) -> None:
    for number, support in judge(sentence, [passage(text)], preferred).supports:
        assert number == 1
        assert text[support.start : support.end] == support.quote


@given(st.text(st.sampled_from("0123456789,.$€% mkbn-toandfve"), max_size=40))
def test_numbers_of_any_form_are_read(text: str) -> None:
    assert terms(text) == terms(text)


def test_two_quotes_are_joined_by_their_subject() -> None:
    quotes = "Apple sued Qualcomm in 2017.", "Microsoft bought GitHub for $7.5 billion."
    shown = [passage(text, f"{number}.md") for number, text in enumerate(quotes)]
    assert judge("Apple sued Qualcomm and Microsoft bought GitHub for $7.5 billion.", shown).supported
    assert not judge("Apple sued Qualcomm and bought GitHub for $7.5 billion.", shown).supported
