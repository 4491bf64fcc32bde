"""Assistant: question and history → Answer. The whole story on one page."""

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.index import Generation, Index, Passage
from qa.answer import Answer, Query, Refusal, Seconds, Turn
from qa.query import make_query
from qa.quote import Quotes, quote
from qa.retrieve import retrieve
from qa.write import WritingFailed, Written, rewrite_query, write

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.retrievers import BaseRetriever

PASSAGES = 8
LONGEST_QUESTION = 2_000  # characters
_NAME = re.compile(r"\b[A-Z][\w&’'-]{2,}\b")


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
        k: int = PASSAGES,
    ) -> None:
        self.index = index
        self.chat_model = chat_model
        self.model_name = (model_name or type(chat_model).__name__) if chat_model is not None else None
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

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        since: date | None = None,
        until: date | None = None,
        sources: Sequence[str] = (),
        k: int | None = None,
    ) -> Answer:
        """What the articles say to a question: the last of what `stream` yields."""
        *_, answer = self.stream(question, history, since=since, until=until, sources=sources, k=k)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        since: date | None = None,
        until: date | None = None,
        sources: Sequence[str] = (),
        k: int | None = None,
    ) -> Iterator[Answer]:
        """Whole Answers so far, the last one complete. `since` and `until` are inclusive dates of publication.

        Raises ValueError for a question that is empty or too long, IndexUnusableError, EmbedderError.
        """
        if len(question) > LONGEST_QUESTION:
            raise ValueError(f"the question is longer than {LONGEST_QUESTION:,} characters: shorten it")
        started = time.perf_counter()
        generation = self.index.current()
        plain = make_query(question, history, since=since, until=until, sources=sources)
        query, notes = self._query(plain, question, history, generation)
        asked = time.perf_counter()
        vector = self.index.embedder.embed_query(query.text)
        passages = tuple(retrieve(generation, query, vector, k=k or self.k))
        retrieved = time.perf_counter()
        answer = Answer(question, query, passages=passages, notes=notes, index_generation=generation.number)
        quotes = quote(query, passages, vector=vector, embedder=self.index.embedder, generation=generation)
        answers = (
            iter([_quoted(answer, quotes)])
            if self.chat_model is None or quotes.refusal is not None
            else self._written(answer, quotes, history, self.chat_model)
        )
        for answer in answers:
            now = time.perf_counter()
            seconds = Seconds(asked - started, retrieved - asked, now - retrieved, now - started)
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
        """Questions that the archive can say something about, from the names in its headlines."""
        titles = [article.title for article in self.index.articles()]
        # A name stands in several headlines, and seldom at their beginning alone.
        names = Counter(name for title in titles for name in set(_NAME.findall(title.partition(" ")[2])))
        return [f"What is reported about {name}?" for name, _ in names.most_common(n)]

    def _query(
        self, plain: Query, question: str, history: Sequence[Turn], generation: Generation
    ) -> tuple[Query, tuple[str, ...]]:
        """The query by the plain way, or by the chat model's where that finds better evidence."""
        if self.chat_model is None or not history:
            return plain, ()
        try:
            text = rewrite_query(question, history, self.chat_model)
        except WritingFailed as error:
            return plain, (f"{error.reason} The question was made to stand alone without it.",)
        rewritten = replace(plain, text=" ".join(text.split()) or plain.text)
        embed = self.index.embedder.embed_query
        evidence = [
            max((p.score for p in retrieve(generation, query, embed(query.text), k=1)), default=0.0)
            for query in (plain, rewritten)
        ]
        return (rewritten if evidence[1] > evidence[0] else plain), ()

    def _written(
        self, answer: Answer, quotes: Quotes, history: Sequence[Turn], chat_model: "BaseChatModel"
    ) -> Iterator[Answer]:
        """The answer as the chat model writes it; in quotes, with a note, when that fails."""
        begun = replace(answer, mode="written", model=self.model_name)
        written = Written()
        try:
            for written in write(answer.question, answer.passages, history, chat_model):
                notes = answer.notes + written.notes
                if written.refused:
                    nearest = quotes.citations
                    yield replace(begun, refusal=Refusal("The articles do not say.", nearest), notes=notes)
                    return
                yield replace(begun, sentences=written.sentences, citations=written.citations, notes=notes)
            failure = None if written.citations else "The language model cited nothing."
        except WritingFailed as error:
            failure = error.reason
        if failure is not None:
            note = f"{failure} This answer is in quotes instead."
            yield _quoted(replace(answer, notes=(*answer.notes, note)), quotes)


def _quoted(answer: Answer, quotes: Quotes) -> Answer:
    return replace(answer, sentences=quotes.sentences, citations=quotes.citations, refusal=quotes.refusal)
