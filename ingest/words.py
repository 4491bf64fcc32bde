"""The word index: BM25 over English stems. The only user of tantivy."""

import math
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import tantivy

from ingest.article import EVERYTHING, Filter, day_number

_ANALYZER = "dateline_english"
# Tantivy's own list is short: words that make a question of a statement tell nothing about what is asked.
_QUESTION_WORDS = [
    "about",
    "after",
    "all",
    "also",
    "am",
    "any",
    "been",
    "before",
    "between",
    "can",
    "could",
    "did",
    "do",
    "does",
    "doing",
    "done",
    "down",
    "during",
    "each",
    "few",
    "from",
    "further",
    "had",
    "has",
    "have",
    "having",
    "he",
    "her",
    "here",
    "hers",
    "him",
    "his",
    "how",
    "i",
    "its",
    "itself",
    "just",
    "me",
    "more",
    "most",
    "my",
    "nor",
    "now",
    "off",
    "once",
    "only",
    "other",
    "our",
    "out",
    "over",
    "own",
    "same",
    "she",
    "should",
    "so",
    "some",
    "than",
    "them",
    "those",
    "through",
    "too",
    "under",
    "until",
    "up",
    "us",
    "very",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "which",
    "while",
    "who",
    "whom",
    "whose",
    "why",
    "will",
    "would",
    "you",
    "your",
    "s",
    "t",
    "re",
    "ve",
    "ll",
    "d",
    "m",
]
_TITLE_WEIGHT = 0.6
_HEAP_BYTES = 64_000_000


class WordIndex:
    """Chunks by their words, in a folder."""

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        if create:
            folder.mkdir(parents=True)
        self._index = tantivy.Index(_schema(), path=str(folder)) if create else tantivy.Index.open(str(folder))
        self._analyzer = _analyzer()
        self._index.register_tokenizer(_ANALYZER, self._analyzer)
        self._index.reload()
        self._writer: tantivy.IndexWriter | None = None

    def terms(self, text: str) -> list[str]:
        """The stems of a text, as they are indexed: lower case, without accents and stop words."""
        return self._analyzer.analyze(text)

    def rarity(self, terms: Iterable[str]) -> dict[str, float]:
        """For each stem BM25's inverse document frequency: about 0 in every chunk, about 9 in one of 10,000."""
        searcher = self._index.searcher()
        total = searcher.num_docs
        frequencies = {term: searcher.doc_freq("text", term) for term in set(terms)}
        return {
            term: math.log(1 + (total - frequency + 0.5) / (frequency + 0.5)) if frequency <= total else 0.0
            for term, frequency in frequencies.items()
        }

    def count(self) -> int:
        """How many chunks there are."""
        return int(self._index.searcher().num_docs)

    def search(self, text: str, limit: int, only: Filter = EVERYTHING) -> list[tuple[str, float]]:
        """The chunks that share most with the text, best first: their ids and BM25 scores."""
        terms = list(dict.fromkeys(self.terms(text)))
        if not terms or limit < 1:
            return []
        words = tantivy.Query.boolean_query([(tantivy.Occur.Should, self._term_query(term)) for term in terms])
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, words), *((tantivy.Occur.Must, part) for part in self._filters(only))]
        )
        searcher = self._index.searcher()
        hits = searcher.search(query, limit, count=False).hits
        return [(str(searcher.doc(address).get_first("id")), float(score)) for score, address in hits]

    def add(
        self,
        chunk_id: str,
        article_id: str,
        title: str,
        text: str,
        *,
        source: str = "",
        published: date | None = None,
    ) -> None:
        """Add a chunk; found after `commit`."""
        document = tantivy.Document(id=chunk_id, article=article_id, title=title, text=text, source=source)
        document.add_integer("published", day_number(published))
        self._open_writer().add_document(document)

    def remove(self, article_id: str) -> None:
        """Take an article's chunks out; seen after `commit`."""
        self._open_writer().delete_documents_by_term("article", article_id)

    def commit(self) -> None:
        """Write what was changed, and finish: no thread works on the folder afterwards."""
        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()
            self._writer = None
        self._index.reload()

    def close(self) -> None:
        """Drop what was not committed; no thread works on the folder afterwards."""
        self._writer = None

    def _open_writer(self) -> tantivy.IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(_HEAP_BYTES, 1)
        return self._writer

    def _term_query(self, term: str) -> tantivy.Query:
        schema = self._index.schema
        return tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", term, "freq")),
                (
                    tantivy.Occur.Should,
                    tantivy.Query.boost_query(tantivy.Query.term_query(schema, "title", term, "freq"), _TITLE_WEIGHT),
                ),
            ]
        )

    def _filters(self, only: Filter) -> list[tantivy.Query]:
        schema = self._index.schema
        parts = []
        if only.since or only.until:
            low = day_number(only.since) if only.since else 1
            high = day_number(only.until) if only.until else 99991231
            days = tantivy.Query.range_query(schema, "published", tantivy.FieldType.Integer, low, high)
            parts.append(tantivy.Query.const_score_query(days, 0.0))
        if only.sources:
            outlets = tantivy.Query.term_set_query(schema, "source", list(only.sources))
            parts.append(tantivy.Query.const_score_query(outlets, 0.0))
        return parts


def _analyzer() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(40))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.custom_stopword(_QUESTION_WORDS))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("article", "source"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("title", "text"):
        builder.add_text_field(name, tokenizer_name=_ANALYZER, index_option="freq")
    builder.add_integer_field("published", indexed=True, fast=True)
    return builder.build()
