"""History and question → Queries: texts that can be searched on their own, without a language model."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from qa.answer import Query, Turn

_LEANING = 1.0  # what the conversation counts beside a bare question that leans on it,
_STANDING = 0.3  # and beside one that does not; tests/evaluation has what was tried
_TURNS = 2, 6  # how many are taken along, at least and at most
_LONGEST = 200  # characters of an earlier question or answer that are taken along or looked at
_MOST_NAMES = 8  # of one answer
_LEAST_WORDS = 3  # that tell something: a question with fewer is the rest of one

_OPENS = re.compile(r"^\W*(?:and|but|or|so|then|(?:what|how) about|(?:what|who|where) else)\b", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|itself|they|them|their|theirs|themselves|he|him|his|himself|she|her|hers|herself|then|others?|same"
    r"|former|latter|instead|else|so far"
    r"|(?<!is )(?<!are )(?<!was )(?<!were )there(?! (?:is|are|was|were|has|have|be|been)\b)"
    r"|(?:the|which|this|that|these|those|first|second|third|last|other) ones?"
    r"|(?:this|these|those) \w+"
    # "that" as a pronoun or before what was spoken of, not as in "the bank that lent".
    r"|(?:about|of|for|from|after|before|by|with|like|than|to|do|does|did|is|was|why|how) that"
    r"|that(?=\W*$| (?:is|was|has|had|do|does|did|will|would|can|could|happen|mean|in|on|at|for|by|to|and|or)\b))\b",
    re.IGNORECASE,
)
_NAME_AHEAD = re.compile(r"\b[Tt](?:his|hat|hese|hose)\s+(?=[A-Z])")
_NAME_WITHIN = re.compile(r"(?<!^)(?<![.?!] )\b[A-Z][\w.&’'-]+")
_SAYS_NOTHING = re.compile(
    r"\W*(?:(?:i am |i['’]m )?(?:very )?sorry|unfortunately|i apologi[sz]e|i have no"
    r"|i (?:also )?(?:do not|don['’]?t|cannot|can['’]?t|can not|am unable)"
    r"|the (?:\w+ )?(?:archive|articles?|documents?|passages?)\b.{0,12}"
    r"\b(?:do not|does not|don['’]t|doesn['’]t|has nothing))\b",
    re.IGNORECASE,
)
_TELLS_NOTHING = re.compile(
    r"a|about|after|all|also|an|and|any|are|as|at|be|been|before|but|by|can|could|did|do|does|during|else"
    r"|even|ever|exactly|few|for|from|had|has|have|he|her|here|him|his|how|i|if|in|instead|is|it|its|just"
    r"|last|long|many|may|me|more|most|much|my|next|no|not|now|of|ok|okay|on|one|only|or|other|our|out"
    r"|over|please|she|should|since|so|some|still|such|than|that|the|their|them|then|there|these|they|this"
    r"|those|to|too|under|until|up|us|was|we|were|what|when|where|which|while|who|whom|whose|why|will|with"
    r"|would|yes|yet|you|your",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w[\w.&’'-]*")
_ABBREVIATED = re.compile(r"(?:[^\W\d_]\.)+|(?:Mr|Mrs|Ms|Dr|St|Rep|Sen|Gov|Gen|Lt|Jr|Sr|Prof)\.")
_POSSESSIVE = re.compile(r"['’]s?$")
_EDGES = " “”„‘’'\"()[]{}«».,;:!?…–—-"


@dataclass(frozen=True, slots=True)
class Weighted:
    """A query, and how much it counts beside the others that stand for the same question."""

    query: Query
    weight: float = 1.0


def make_query(
    question: str,
    history: Sequence[Turn] = (),
    *,
    since: date | None = None,
    until: date | None = None,
    sources: Sequence[str] = (),
) -> Query:
    """The first of `make_queries`: the one text that stands for the question. Raises as that does."""
    return make_queries(question, history, since=since, until=until, sources=sources)[0].query


def make_queries(
    question: str,
    history: Sequence[Turn] = (),
    *,
    since: date | None = None,
    until: date | None = None,
    sources: Sequence[str] = (),
) -> tuple[Weighted, ...]:
    """What to search for: the query that is shown, then another to be searched beside it if there is a history.

    The two are the bare question and the question behind the turns that it may be about. Of one that leans on the
    history ("And how much did they pay?") the latter is shown and counts as much as the bare one; of one that stands
    alone it counts a little, so that a changed subject stays changed. Raises ValueError when the question is empty or
    a period ends before it begins.
    """
    text = _one_line(question)
    if not text:
        raise ValueError("the question is empty")
    if since and until and since > until:
        raise ValueError(f"the period ends ({until}) before it begins ({since})")
    bare = Query(text, since, until, tuple(sources))
    behind = " ".join(_told(_spoken_of(history)))
    if not behind:
        return (Weighted(bare),)
    told = Query(f"{behind} {text}", since, until, tuple(sources))
    if leans_on_history(text):
        return Weighted(told, _LEANING), Weighted(bare)
    return Weighted(bare), Weighted(told, _STANDING)


def forms_to_read(queries: Sequence[Weighted]) -> tuple[str, ...]:
    """What a reader is asked of passages: the bare question, for a follow-up also with the names spoken of in front.

    The whole turns in front would be read as further questions.
    """
    told, bare = queries[0].query.text, queries[-1].query.text
    if len(queries) < 2 or not told.endswith(bare):
        return (told,)
    names = ", ".join(dict.fromkeys(_names(told.removesuffix(bare))))
    return (bare, f"{names}: {bare}") if names else (bare,)


def leans_on_history(question: str) -> bool:
    """Whether a question cannot be understood without the turns before it.

    It begins with "and", or has a word that points back with no name before it that this may mean, or too few words
    to be a whole question.
    """
    if _OPENS.search(question):
        return True
    plain = _NAME_AHEAD.sub("", question)
    pointing, name = _POINTS_BACK.search(plain), _NAME_WITHIN.search(plain)
    if pointing and not (name and name.start() < pointing.start()):
        return True
    return sum(_tells(word) for word in _WORD.findall(question)) < _LEAST_WORDS


def _spoken_of(history: Sequence[Turn]) -> Sequence[Turn]:
    """The last turns, back to the question that stands alone: it says what the others are about."""
    least, most = _TURNS
    count = min(least, len(history))
    while count < min(most, len(history)) and leans_on_history(history[-count].question):
        count += 1
    return history[len(history) - count :]


def _told(turns: Sequence[Turn]) -> Iterator[str]:
    """Each turn's question, and the names in its answer that were not there before."""
    known = ""
    for turn in turns:
        question = _one_line(turn.question)[:_LONGEST].strip()
        if question:
            yield question if question[-1] in ".?!…" else f"{question}?"
        known += f" {question}"
        answer = "" if _SAYS_NOTHING.match(turn.answer) else _one_line(turn.answer)[:_LONGEST]
        names = [name for name in dict.fromkeys(_names(answer)) if name not in known][:_MOST_NAMES]
        if names:
            yield f"{', '.join(names).rstrip('.')}."
        known += f" {' '.join(names)}"


def _names(text: str) -> Iterator[str]:
    """Runs of capitalised words, without those that tell nothing, such as a sentence's first."""
    run: list[str] = []
    for word in [*text.split(), ""]:
        bare = word if _ABBREVIATED.fullmatch(word) else _POSSESSIVE.sub("", word.strip(_EDGES))
        named = bare[:1].isupper() and _tells(bare)
        if named:
            run.append(bare)
        if run and not (named and word.endswith(bare)):
            yield " ".join(run)
            run = []


def _tells(word: str) -> bool:
    return not _TELLS_NOTHING.fullmatch(re.split("['’]", word)[0])


def _one_line(text: str) -> str:
    """On one line, and without halves of characters, which a terminal can send."""
    return " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
