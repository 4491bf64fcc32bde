"""Questions that the archive can say something about, from the names in its headlines."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ingest.index import Article
from qa.answer import Answer

_NAME = re.compile(r"\b[A-Z][\w&’'-]{2,40}\b")


def examples(articles: Iterable[Article], n: int) -> list[str]:
    """Questions to begin with: about the names that most headlines have."""
    counted = Counter(name for article in articles for name in _names(article.title))
    return [_asked(name) for name, _ in counted.most_common(n)]


def following(answer: Answer, asked: Sequence[str], articles: Iterable[Article], n: int) -> list[str]:
    """Questions to go on with: about names in the headlines of the articles that were quoted, or came near.

    What was asked of already is left out; names that many headlines have come first.
    """
    cited = answer.citations if answer.refusal is None else answer.refusal.nearest
    near = dict.fromkeys(name for citation in cited for name in _names(citation.title))
    said = " ".join((*asked, answer.question)).lower()
    counted = Counter(name for article in articles for name in _names(article.title))
    new = [name for name in near if name.lower() not in said and counted[name]]
    return [_asked(name) for name in sorted(new, key=lambda name: -counted[name])[:n]]


def _names(title: str) -> list[str]:
    """The names in a headline, each once; a word that only begins it may be none."""
    return list(dict.fromkeys(_NAME.findall(title.partition(" ")[2])))


def _asked(name: str) -> str:
    return f"What is reported about {name}?"
