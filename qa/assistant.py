"""Assistant: question and history → Answer. The whole story on one page."""

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from ingest.index import Index, Passage
from qa.answer import Answer, Mode, Seconds, Turn
from qa.complete import completed
from qa.context import context_length
from qa.find import Finder
from qa.instructions import warnings
from qa.period import period_of
from qa.query import Weighted, make_queries, make_query
from qa.quote import Quotes
from qa.reader import Reader
from qa.retrieve import retrieve
from qa.suggest import examples, following, names
from qa.write import WritingFailed, Written, rewrite_query, write

if TYPE_CHECKING:
    from langchain_core.cross_encoders import BaseCrossEncoder
    from langchain_core.language_models import BaseChatModel
    from langchain_core.retrievers import BaseRetriever

PASSAGES = 8
LONGEST_QUESTION = 2_000  # characters


class Options(TypedDict, total=False):
    """How a question is asked.

    `since` and `until` are days of publication, both inclusive, `sources` names of outlets, `k` how many passages.
    `asked` is the day that "last week" counts from, today when it is not given; with `any_time` the times that a
    question names are not made a filter. `mode` "quotes": no chat model is asked, even where there is one.
    """

    since: date | None
    until: date | None
    sources: Sequence[str]
    k: int | None
    asked: date | None
    any_time: bool
    mode: Mode


class Assistant:
    """Answers questions from an index: in quotes, or written by a chat model when one is given.

    Keeps no state of a conversation: the history is an argument, so one instance serves everybody, from any thread.
    """

    def __init__(
        self,
        index: Index,
        *,
        chat_model: "BaseChatModel | None" = None,
        model_name: str | None = None,
        reader: Reader | None = None,
        reranker: "BaseCrossEncoder | None" = None,
        k: int = PASSAGES,
    ) -> None:
        self.index = index
        self.chat_model = chat_model
        self.model_name = (model_name or type(chat_model).__name__) if chat_model is not None else None
        self.reader = reader or Reader()
        self.reranker = reranker
        self.k = k

    @classmethod
    def open(
        cls,
        path: str | Path = "index",
        *,
        chat_model: "BaseChatModel | None" = None,
        model_name: str | None = None,
    ) -> "Assistant":
        """An assistant over the index in a folder. Raises IndexUnusableError."""
        return cls(Index.open(path), chat_model=chat_model, model_name=model_name)

    def ask(self, question: str, history: Sequence[Turn] = (), **options: Unpack[Options]) -> Answer:
        """What the articles say to a question: the last of what `stream` yields."""
        *_, answer = self.stream(question, history, **options)
        return answer

    def stream(self, question: str, history: Sequence[Turn] = (), **options: Unpack[Options]) -> Iterator[Answer]:
        """Whole Answers so far, the last one complete.

        Raises ValueError for a question that is empty or too long, IndexUnusableError, EmbedderError, ReaderError.
        """
        if len(question) > LONGEST_QUESTION:
            raise ValueError(f"the question is longer than {LONGEST_QUESTION:,} characters: shorten it")
        started = time.perf_counter()
        generation, k = self.index.current(), options.get("k") or self.k
        finder = Finder(generation, self.index.embedder, self.reader, k=k, reranker=self.reranker)
        queries, failure = yield from self._queries(question, history, finder, options)
        asked = time.perf_counter()
        given = options.get("any_time") or queries[0].query.since or queries[0].query.until
        period = None if given else period_of(question, options.get("asked") or date.today())
        finding = finder.find_in(period, queries) if period else finder.find(queries)
        found = time.perf_counter()
        quotes = finding.quotes
        answer = Answer(
            question,
            finding.query,
            passages=quotes.passages,
            notes=(*finding.notes, *quotes.notes, *warnings(quotes.passages)),
            probability=quotes.probability,
            index_generation=finder.generation.number,
        )
        if self.chat_model is None or options.get("mode") == "quotes" or quotes.refusal is not None:
            answers = iter([_quoted(answer, quotes)])
        elif failure:  # whoever did not answer once is not waited for again
            answers = iter([_quoted_instead(answer, quotes, failure)])
        else:
            answers = self._written(answer, quotes, history, self.chat_model)
        for answer in answers:
            now = time.perf_counter()
            read = found - asked - finding.seconds
            seconds = Seconds(asked - started, finding.seconds, read + now - found, now - started)
            yield replace(answer, seconds=seconds)

    def search(
        self,
        query: str,
        *,
        k: int = PASSAGES,
        since: date | None = None,
        until: date | None = None,
        sources: Sequence[str] = (),
    ) -> list[Passage]:
        """The passages that fit a query best, with their scores and the ranks they come from."""
        generation = self.index.current()
        wanted = make_query(query, since=since, until=until, sources=sources)
        return retrieve(generation, wanted, self.index.embedder.embed_query(wanted.text), k=k)

    def as_retriever(self, *, k: int = PASSAGES) -> "BaseRetriever":
        """The passages as a LangChain retriever, for chains of one's own."""
        from qa.retriever import PassageRetriever

        return PassageRetriever(assistant=self, k=k)

    def examples(self, n: int = 4) -> list[str]:
        """Questions that the archive can say something about: those made of its articles when they were indexed."""
        return examples(self.index.current().listed(), n) if self.index.exists else []

    def names(self, n: int = 100) -> list[str]:
        """The names that the archive has, those that most articles have first."""
        return names(self.index.current().listed(), n) if self.index.exists else []

    def suggestions(self, answer: Answer, history: Sequence[Turn] = (), n: int = 3) -> list[str]:
        """Questions to go on with after an answer, or a refusal, that the archive can say something about."""
        asked = [turn.question for turn in history]
        return following(answer, asked, self.index.current().listed(), n)

    def _queries(
        self, question: str, history: Sequence[Turn], finder: Finder, options: Options
    ) -> Generator[Answer, None, tuple[tuple[Weighted, ...], str | None]]:
        """The queries by the plain way, or the chat model's where that finds better evidence; why it failed.

        Yields Answers without a word while the model is silent, so that whoever waits can stop it.
        """
        since, until, sources = options.get("since"), options.get("until"), options.get("sources") or ()
        plain = make_queries(question, history, since=since, until=until, sources=sources)
        if self.chat_model is None or options.get("mode") == "quotes" or not history:
            return plain, None
        text = ""
        try:
            for text in rewrite_query(question, history, self.chat_model):
                if not text:
                    yield Answer(question, plain[0].query, mode="written", model=self.model_name)
        except WritingFailed as error:
            return plain, error.reason
        rewritten = Weighted(replace(plain[0].query, text=" ".join(text.split()) or plain[0].query.text))
        if finder.best_score((rewritten,)) <= finder.best_score(plain[:1]):
            return plain, None
        return (rewritten, Weighted(make_query(question, since=since, until=until, sources=sources))), None

    def _written(
        self, answer: Answer, quotes: Quotes, history: Sequence[Turn], chat_model: "BaseChatModel"
    ) -> Iterator[Answer]:
        """The answer as the chat model writes it; in quotes, with a note, when that fails.

        Whether there is an answer is decided as it is without a model: one that finds none is not believed.
        """
        begun = replace(answer, mode="written", model=self.model_name)
        written, last = Written(), begun
        try:
            context = context_length(chat_model)
            for written in write(answer.question, answer.passages, history, chat_model, context=context):
                if not written.refused:
                    notes = answer.notes + written.notes
                    last = replace(begun, sentences=written.sentences, citations=written.citations, notes=notes)
                    yield last
            failure = None
            if written.refused:
                failure = "The language model finds no answer in these passages."
            elif not written.citations:
                failure = "The articles do not bear out what the language model wrote."
        except WritingFailed as error:
            failure = error.reason
        if failure is not None:
            yield _quoted_instead(answer, quotes, failure)
        elif (whole := completed(last, quotes)) is not last:
            yield whole


def _quoted(answer: Answer, quotes: Quotes) -> Answer:
    return replace(answer, sentences=quotes.sentences, citations=quotes.citations, refusal=quotes.refusal)


def _quoted_instead(answer: Answer, quotes: Quotes, failure: str) -> Answer:
    note = f"{failure} This answer is in quotes instead."
    return _quoted(replace(answer, notes=(*answer.notes, note)), quotes)
