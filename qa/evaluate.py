"""Question sets → what became of each question → a table of numbers."""

import re
import string
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Strict, ValidationError

from ingest.index import Article
from qa.answer import Answer, Citation, Turn
from qa.assistant import Assistant
from qa.measures import Outcome, Table, table_of

_WORD = re.compile(r"\w+")
_ARTICLES = re.compile(r"\b(a|an|the)\b")
# Typographic marks fold like those of ASCII; a dash stands between words, as white space does.
_PUNCTUATION = str.maketrans("—", " ", string.punctuation + "“”„‘’‚«»…–")

Progress = Callable[[int, int, int], None]


class _Row(BaseModel):
    """A line of a question set, as the contract has it; other fields are notes and are passed over.

    `skip` is why the row is passed over, or true: nobody has said yet what would be right.
    """

    model_config = ConfigDict(extra="ignore")

    class Turn(BaseModel):
        question: str
        answer: str = ""

    class Evidence(BaseModel):
        article_id: str
        quote: str = ""

    id: str
    kind: str = "question"
    question: str
    history: list[Turn] = []
    asked: Annotated[date, Strict()] | None = None
    answers: list[str] = []
    evidence: list[Evidence] = []
    skip: bool | str = False


@dataclass(frozen=True, slots=True)
class Gold:
    """An article that answers, and its words that do; no words: any of the article's passages will do."""

    article_id: str
    quote: str


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a question set; without answers and evidence the articles do not say.

    `asked` is the day that it was asked, which "last week" counts from; None: today.
    """

    id: str
    kind: str
    question: str
    history: tuple[Turn, ...] = ()
    answers: tuple[str, ...] = ()
    evidence: tuple[Gold, ...] = ()
    asked: date | None = None

    @property
    def answerable(self) -> bool:
        """Whether the articles say it."""
        return bool(self.answers or self.evidence)


def read_questions(file: Path) -> list[Question]:
    """The rows of a question set but those to be skipped. Raises ValueError with the line that is wrong, OSError."""
    questions = []
    for number, line in enumerate(file.read_text("utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = _Row.model_validate_json(line)
        except ValidationError as error:
            wrong = error.errors()[0]
            place = ".".join(str(part) for part in wrong["loc"]) or "the row"
            raise ValueError(f"{file}, line {number}: {place}: {wrong['msg']}") from error
        if row.skip:
            continue
        questions.append(
            Question(
                row.id,
                row.kind,
                row.question,
                tuple(Turn(turn.question, turn.answer) for turn in row.history),
                tuple(row.answers),
                tuple(Gold(gold.article_id, gold.quote) for gold in row.evidence),
                row.asked,
            )
        )
    if not questions:
        raise ValueError(f'{file} has no questions (rows with "skip" do not count)')
    return questions


def evaluate(
    assistant: Assistant, questions: Sequence[Question], *, k: int = 5, progress: Progress | None = None
) -> Table:
    """Ask every question and measure the answers."""
    outcomes = []
    for number, question in enumerate(questions, 1):
        answer = assistant.ask(question.question, question.history, k=max(k, assistant.k), asked=question.asked)
        outcomes.append(replace(judge(question, answer, k=k), words=verbatim(answer, assistant.index.article)))
        if progress is not None:
            progress(number, len(questions), 0)
    return table_of(outcomes, k=k)


def judge(question: Question, answer: Answer, *, k: int) -> Outcome:
    """Compare one answer with what a question set expects of it (measures: see the contract)."""
    cited, chunks = answer.citations, [passage.chunk for passage in answer.passages[:k]]
    in_gold = [_is_gold(chunk.article_id, question.evidence) for chunk in chunks]
    found = [
        any(
            same_article(chunk.article_id, gold.article_id) and (not gold.quote or overlap(gold.quote, chunk.text))
            for gold in question.evidence
        )
        for chunk in chunks
    ]
    right = [_bears_out(citation, question.evidence) for citation in cited]
    cited_gold = [_is_gold(citation.article_id, question.evidence) for citation in cited]
    shown = [sentence.supported is True for sentence in answer.sentences]
    wanted = all if question.kind == "compare" else any
    # Without the numbers of the citations, which are no words of the answer.
    sentences = answer.sentences if answer.refusal is None else ()
    said = normalised(" ".join(sentence.text for sentence in sentences if sentence.supported is not False))
    return Outcome(
        kind=question.kind,
        answerable=question.answerable,
        refused=answer.refusal is not None,
        first_article=any(in_gold[:1]) if question.evidence else None,
        first_evidence=any(found[:1]) if question.evidence else None,
        evidence=any(found) if question.evidence else None,
        answer=wanted(f" {normalised(a)} " in f" {said} " for a in question.answers) if question.answers else None,
        citation=any(right) if question.evidence else None,
        first_citation=bool(right and right[0]) if question.evidence else None,
        precision=sum(cited_gold) / len(cited_gold) if cited and question.evidence else None,
        supported=sum(shown) / len(shown) if shown else None,
        probability=answer.probability,
        milliseconds=answer.seconds.total * 1000,
    )


def verbatim(answer: Answer, article: Callable[[str], Article]) -> tuple[bool, ...]:
    """For each quote whether it is its article's text at its place; for each sentence whether it is such a quote.

    What a chat model wrote are its own words: of those only the quotes are looked at.
    """
    cited = answer.citations if answer.refusal is None else answer.refusal.nearest
    quotes = [article(c.article_id).text[c.start : c.end] == c.quote for c in cited]
    right = {citation.quote for citation, same in zip(cited, quotes, strict=True) if same}
    sentences = answer.sentences if answer.mode == "quotes" else ()
    return (*quotes, *(sentence.text in right for sentence in sentences))


def overlap(gold: str, text: str) -> bool:
    """Whether a text contains a quote, or at least half of its words in one piece (case and punctuation folded)."""
    words = _words(gold)
    return bool(words) and 2 * _longest_run(words, _words(text)) >= len(words)


def same_article(article_id: str, gold_id: str) -> bool:
    """Whether an id is the gold one; a question set may leave out a file's ending, and the archive of a row."""
    row = article_id.rpartition("#")[2]
    return gold_id in (article_id, row, row.rpartition(".")[0])


def normalised(text: str) -> str:
    """Case, punctuation, a / an / the and white space folded, as SQuAD's own evaluation does."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def _is_gold(article_id: str, evidence: Sequence[Gold]) -> bool:
    return any(same_article(article_id, gold.article_id) for gold in evidence)


def _bears_out(citation: Citation, evidence: Sequence[Gold]) -> bool:
    quoted = _words(citation.quote)
    for gold in evidence:
        words = _words(gold.quote)
        shorter = min(len(quoted), len(words))
        if same_article(citation.article_id, gold.article_id) and 2 * _longest_run(words, quoted) >= shorter:
            return True
    return False


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _longest_run(one: Sequence[str], other: Sequence[str]) -> int:
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size
