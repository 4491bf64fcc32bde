"""Questions that the archive can say something about: made of its articles when they were indexed, and of names."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from ingest.index import Listed
from qa.answer import Answer

_ASKING = ("Why", "For how much", "How much", "When", "What")  # what asks for most comes first
_WORD = re.compile(r"\w{4,}")
_SEVERAL = 2  # articles that a name is in, to be asked about for itself


def examples(listing: Iterable[Listed], n: int) -> list[str]:
    """Questions to begin with: of the newest articles, about different things and of different kinds."""
    newest = sorted(listing, key=lambda listed: listed.article.published or date.min, reverse=True)
    made = [(question, listed.names[:1]) for listed in newest for question in listed.questions]
    made.sort(key=lambda each: _kind(each[0]))
    chosen: list[str] = []
    about: set[str] = set()
    for _ in range(n):
        kinds: set[int] = set()  # in turn, not only prices
        for question, name in made:
            if _kind(question) not in kinds and question not in chosen and about.isdisjoint(name):
                chosen.append(question)
                kinds.add(_kind(question))
                about.update(name)
    named = Counter(name for listed in newest for name in listed.names)
    often = [name for name, articles in named.most_common() if articles >= _SEVERAL and name not in about]
    return [*chosen, *(_about(name) for name in often)][:n]


def following(answer: Answer, asked: Sequence[str], listing: Iterable[Listed], n: int) -> list[str]:
    """Questions to go on with: those of the articles that were quoted or came near, then names that are in them.

    What was asked already is left out; names that many articles have come first.
    """
    by_id = {listed.article.id: listed for listed in listing}
    cited = answer.citations if answer.refusal is None else answer.refusal.nearest
    near = [by_id[name] for name in dict.fromkeys(c.article_id for c in cited) if name in by_id]
    said = " ".join((*asked, answer.question)).lower()
    told = {*_WORD.findall(said)}
    made = [question for listed in near for question in listed.questions if set(_words(question)) - told]
    named = Counter(name for listed in by_id.values() for name in listed.names)
    new = dict.fromkeys(name for listed in near for name in listed.names if name.lower() not in said)
    often = [_about(name) for name in sorted(new, key=lambda name: -named[name])]
    return list(dict.fromkeys((*made[: n - 1], *often, *made)))[:n]


def names(listing: Iterable[Listed], n: int) -> list[str]:
    """The names that articles have, those that most have first."""
    counted = Counter(name for listed in listing for name in listed.names)
    return [name for name, _ in counted.most_common(n)]


def _kind(question: str) -> int:
    return next((kind for kind, asking in enumerate(_ASKING) if question.startswith(asking)), len(_ASKING))


def _words(question: str) -> list[str]:
    return _WORD.findall(question.lower().partition(" ")[2])


def _about(name: str) -> str:
    return f"What is reported about {name}?"
