"""What an article can be asked: questions made from its own sentences, and the names that it is about. Pure.

A question is made only where a sentence can be turned round safely, as the first ones of news mostly can: "Microsoft
has agreed to buy LinkedIn, the network, for $26.2 billion" becomes "For how much did Microsoft agree to buy
LinkedIn?". English only; of an article without such a sentence no question is made.
"""

import re
from collections.abc import Iterator
from itertools import islice

import sentencex

from ingest.article import Article

MOST_NAMES = 8
_BEGINNING = 4_000  # characters of an article that are looked at
_LEADING = 6  # sentences that questions are made from
_LONGEST = 100  # characters of a question
_END_OF_NAME = re.compile(r"(?:['’]s?|[.-])+$")

_REGULAR = """
    accept accuse acquire adopt agree announce approve ask attack back charge close complete delay demand
    develop ease elect end expand extend fine fire halt hire increase introduce invest join launch lift lower
    merge move name offer open order pass postpone present promise propose publish raise recall reduce reject
    release replace report resign restore retire return reveal score sentence sign start suspend unveil visit
    vote
"""
_IRREGULAR = """
    banned ban, began begin, bought buy, built build, cancelled cancel, chose choose, chosen choose, cut cut,
    dropped drop, forbade forbid, forbidden forbid, found find, gave give, left leave, lost lose, made make,
    paid pay, planned plan, scrapped scrap, shut shut, sold sell, stopped stop, sued sue, took take, withdrew
    withdraw, withdrawn withdraw, won win
"""
_VERBS = {f"{verb.removesuffix('e')}ed": verb for verb in _REGULAR.split()}
_VERBS |= dict(pair.split() for pair in _IRREGULAR.split(","))
_TELLING = frozenset(
    ("announce", "introduce", "launch", "offer", "present", "propose", "publish", "reveal", "unveil")
)
_FUTURE = {"is to": "is {} to {}", "are to": "are {} to {}", "will": "will {} {}"}
_PAYING = frozenset(("invest", "lose", "offer", "pay", "raise"))

_NAME = r"[A-Z][\w’'&.-]*(?: (?:of|de|von|van|al|the|and|für|du|la) (?=[A-Z])| (?=[A-Z])|[\w’'&.-])*"
_MONEY = (
    r"(?: (?:about|around|some|up to|more than))? "
    r"(?:(?:US|HK|A|C)?[$€£¥]\s?\d[\d.,]*(?: (?:thousand|[mbtr]+illion))?"
    r"|\d[\d.,]* (?:(?:thousand|[mbtr]+illion) )?(?:euros|dollars|pounds|yuan|yen|francs|rupees))"
)
_SENTENCE = re.compile(
    rf"(?P<subject>(?:The )?{_NAME})(?:, [^,.;]{{3,80}},)? (?:(?:has|have) |(?P<future>is to|are to|will) )?"
    r"(?P<verb>[a-z]+)(?P<rest> .*)\.$"
)
_PRICE = re.compile(rf" for{_MONEY}")
_REASON = re.compile(r" (?:because|for \w{3,}ing) ")
_PART = re.compile(
    r"[,;:(]| [-–—] "
    r"| (?:and|but|which|who|that|while|as|with|when|where|saying|because|after|before|for|on|in|at|by)\b"
)
# With a figure there is nothing left to ask for; and "a group led" by whom?
_UNFINISHED = re.compile(r"\d|(?:ed|ly| late| a| an| the| to| of)$")
_MIDDLE = re.compile(r"(?<=[\w,;’'”)] )" + _NAME)
_DAYS_AND_PEOPLES = """
    January February March April May June July August September October November December Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday Mr Mrs Ms Dr American British Chinese Dutch English European French German Indian
    Irish Italian Japanese Korean Russian Spanish Swiss
"""
_NOT_NAMES = frozenset(_DAYS_AND_PEOPLES.split())


def questions(article: Article) -> list[str]:
    """Questions that the first sentences of an article answer, the best first."""
    made: list[tuple[int, str]] = []
    for sentence in islice(_sentences(article.text), _LEADING):
        match = _SENTENCE.match(sentence)
        if match and sentence.isprintable() and _is_name(match["subject"], article):
            made += ((rank, question) for rank, question in _asked(match) if len(question) <= _LONGEST)
    return list(dict.fromkeys(question for _, question in sorted(made, key=lambda each: each[0])))


def names(article: Article) -> list[str]:
    """The names that an article has more than once, its title counted; those that it has most come first.

    A part of a longer one counts only where it stands alone.
    """
    text = f"{article.title}\n{article.text[:_BEGINNING]}"
    found = dict.fromkeys(_END_OF_NAME.sub("", match.group()) for match in _MIDDLE.finditer(text))
    single = [name for name in found if " and " not in name or not any(part in found for part in name.split(" and "))]
    known = [name for name in single if len(name) > 2 and name.isprintable() and name not in _NOT_NAMES]
    counted = {name: len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text)) for name in known}
    alone = {
        name: times - sum(counted[longer] for longer in known if longer != name and name in longer.split())
        for name, times in counted.items()
    }
    often = sorted((name for name, times in alone.items() if times > 1), key=lambda name: -alone[name])
    return [_with_article(name, counted[name], text) for name in often[:MOST_NAMES]]


def _with_article(name: str, times: int, text: str) -> str:
    """A name as it is said: "the United States"."""
    with_the = len(re.findall(rf"\b[Tt]he {re.escape(name)}(?!\w)", text))
    return f"the {name}" if 2 * with_the > times else name


def _sentences(text: str) -> Iterator[str]:
    text = text[:_BEGINNING]
    for boundary in sentencex.get_sentence_boundaries("en", text):
        yield " ".join(text[boundary["start_index"] : boundary["end_index"]].split())


def _is_name(subject: str, article: Article) -> bool:
    """Whether what a sentence begins with is a name: of several words, or with a capital within a sentence, too."""
    name = subject.removeprefix("The ")
    within = re.compile(rf"(?<=[\w,;’'”)] ){re.escape(name)}(?!\w)")
    return " " in name or bool(within.search(article.text[:_BEGINNING]) or within.search(article.title))


def _asked(match: re.Match[str]) -> Iterator[tuple[int, str]]:
    """The questions that a sentence answers, each with its rank: what asks for more comes first."""
    future, word, rest = match["future"], match["verb"], match["rest"]
    verb = _VERBS.get(word) if not future else word if word in _VERBS.values() else None
    if verb is None or " said" in rest or '"' in rest:
        return
    subject = re.sub("^The ", "the ", match["subject"])
    asking = _FUTURE[future].format(subject, verb) if future else f"did {subject} {verb}"
    price, money, reason = _PRICE.search(rest), re.search(_MONEY, rest), _REASON.search(rest)
    if price and (what := _what(rest[: price.start()])):
        yield 0, f"For how much {asking}{what}?"
    elif money and verb in _PAYING and money.start() == 0:
        yield 0, f"How much {asking}?"
    elif money and verb == "fine" and (what := _what(rest[: money.start()])):
        yield 0, f"How much {asking}{what}?"
    if reason and (what := _what(rest[: reason.start()])):
        yield 1, f"Why {asking}{what}?"
    if not future and verb in _TELLING:
        yield 2, f"What {asking}?"
    elif not future and (what := _what(rest)):
        yield 3, f"When {asking}{what}?"


def _what(rest: str) -> str:
    """What a verb is about: the words behind it, until the next part of the sentence; empty where that is unclear."""
    end = _PART.search(rest)
    what = rest[: end.start()] if end else rest
    return "" if _UNFINISHED.search(what) else what
