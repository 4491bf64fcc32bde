"""Near misses to train with: passages that withhold what is asked for, questions for what a passage does not tell.

A reader that was taught with passages about other things takes a sentence with the question's words for the answer.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.reader import Text

_LEADING = re.compile(
    r",? (?:in|on|at|by|for|from|with|since|until|because(?: of)?|due to|owing to|thanks to|in order to|so that"
    r"|during|after|before|near|as|through|under|around|between|called|named|known as|dubbed|including|such as|worth)"
    r"(?: (?:about|around|early|late|mid|the|an?|approximately|over|more than|nearly|almost|at least|up to|its|their"
    r"|his|her))* $",
    re.IGNORECASE,
)
_FOLLOWING = re.compile(
    r"[.,;:)]|$| (?:in|on|at|by|for|from|to|with|and|but|or|which|who|when|where|after|before|as|because|while|since"
    r"|during|that|is|was|were|are|has|had)\b"
)
_MONEY = re.compile(r"[$€£¥]|\b(?:dollars?|euros?|pounds?|cents?)\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?:(?:about|over|more than|nearly|almost|approximately|around|at least|up to) )?"
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred"
    r"|thousand|million|billion|dozen)(?:[ -](?:hundred|thousand|million|billion|one|two|three|four|five|six|seven"
    r"|eight|nine))*\b",
    re.IGNORECASE,
)
_BEFORE_A_TIME = re.compile(
    r"(?:\b(?:in|on|at|by|since|from|until|around|about|during|early|late|the|mid|circa|before|after)[ -])+$",
    re.IGNORECASE,
)
_ASKS_WHEN = re.compile(r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|decade|century|time)\b", re.IGNORECASE)
_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|long|old|far|large|big|tall|high|often|fast)\b|\bper ?cent|\b(?:what|which) (?:number|share"
    r"|portion|percentage|rank)\b",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(r"\bwho(?:m|se)?\b", re.IGNORECASE)
_ASKS_WHERE = re.compile(r"\bwhere\b|\b(?:what|which) (?:city|country|state|place|town|region)\b", re.IGNORECASE)
_ASKS_WHICH = re.compile(
    r"\b(?:which|what)(?: type of| kind of)? ((?:[a-z-]+ ){0,2}?[a-z-]+) (?=[a-z])", re.IGNORECASE
)


def _phrases(*lines: str) -> list[str]:
    return [phrase for line in lines for phrase in line.split("/")]


_VERB = frozenset(_phrases("is/was/are/were/did/does/do/has/had/have/will/would/can/could/should/may/might"))

_SUMS = _phrases(
    "an undisclosed sum/a sum that was not disclosed/a large sum/a lot of money/an amount that nobody would name",
    "a fee/a considerable amount/less than was hoped for/a substantial sum/a good price/money",
)
_TIMES = _phrases(
    "at some point/some time ago/eventually/recently/soon/earlier/one day/in due course/before long/in the past/once",
    "over the years/afterwards/at a date that is not yet set/in the end/first/at the time",
)
_COUNTS = _phrases(
    "several/a number of/many/some/a few/various/numerous/a growing number of/more and more/fewer/certain/other",
    "countless/far more/a handful of",
)
_PEOPLE = _phrases(
    "a man/a woman/somebody/someone else/an official/a spokesman/a colleague/one of them/a local resident",
    "another man/a relative/a former employee/a well-known figure/their leader/a neighbour/others",
    "a person who was not named/a member of the group/an expert/a friend/the victim/a young woman/some people",
)
_PLACES = _phrases(
    "a place/another city/a nearby town/the area/a large city/the region/a small village/a neighbouring country",
    "a place that was not named/several countries/part of the country/a secret location/a new site/another place",
)
_ADJECTIVES = _phrases("new/small/large/well-known/certain/foreign/local/different/former/second/famous/private")

# What is asked for, and what is asked instead; then what shows that the passage may tell that too.
_OTHERWISE = {
    "why": re.compile(r"\b(?:because|due to|owing|since|so that|in order|reason|to|for|as|after|therefore)\b"),
    "where": re.compile(r"\b(?:in|at|near|from|to|on) (?:the )?[A-Z]|\b(?:there|where|here)\b"),
    "when": re.compile(r"\d|\b(?:when|after|before|during|century|later|day|year|month|week)\b"),
    "with whom": re.compile(r"\b(?:with|and|together)\b"),
    "how long": re.compile(r"\d|\b(?:for|until|years?|months?|days?|hours?|weeks?|long)\b"),
    "for how much money": re.compile(r"\d|[$€£]|\b(?:for|free|cost|price|money)\b"),
}
_ASKED = re.compile(
    r"(?P<wh>when|where|why|how|in what year|in which year) (?=(?:did|was|were|is|does|do|will) )", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Edit:
    """Other words for a place in a text."""

    start: int
    end: int
    words: str


def withheld(question: str, passage: Text, answers: Sequence[str], chance: random.Random) -> Text | None:
    """The passage with every mention of an answer left away or said vaguely; None where that cannot be done."""
    for _ in range(8):
        places = sorted(_places(answers, passage.text), key=lambda place: (place[0], -place[1]))
        if not places:
            return passage
        start, end = places[0]
        edit = _dropped(passage.text, start, end) if chance.random() < 0.7 else None
        edit = edit or _vague(question, passage.text, start, end, chance)
        if edit is None or not any(s <= edit.start and edit.end <= e for s, e in passage.sentences):
            return None
        passage = _edited(passage, edit)
    return None


def left_out(passage: Text, answers: Sequence[str]) -> Text | None:
    """The passage without the sentences that have an answer; None where hardly anything is left."""
    places = list(_places(answers, passage.text))
    kept = [(s, e) for s, e in passage.sentences if not any(s < end and start < e for start, end in places)]
    if len(kept) < 2 or len(kept) == len(passage.sentences):
        return None
    text, sentences = "", []
    for start, end in kept:
        text += " " if text else ""
        sentences.append((len(text), len(text) + end - start))
        text += passage.text[start:end]
    return Text(passage.title, text, tuple(sentences))


def asked_otherwise(question: str, sentence: str, chance: random.Random) -> str | None:
    """A question for another thing that the answering sentence does not tell; None where there is none."""
    match = _ASKED.match(question)
    if match is None:
        return None
    wh = match["wh"].casefold()
    asks = "when" if "year" in wh else wh
    others = [other for other, shown in _OTHERWISE.items() if other != asks and not shown.search(sentence)]
    if not others:
        return None
    return f"{chance.choice(others).capitalize()} {question[match.end() :]}"


def _dropped(text: str, start: int, end: int) -> _Edit | None:
    """The answer left away with what leads to it: "for $970 million", ", a carpenter,"."""
    before, after = text[:start], text[end:]
    if before.endswith(", ") and after.startswith(","):
        return _Edit(start - 2, end + 1, "")
    leading = _LEADING.search(before[-40:])
    if leading is None or not _FOLLOWING.match(after):
        return None
    return _Edit(start - len(leading.group()), end, "")


def _vague(question: str, text: str, start: int, end: int, chance: random.Random) -> _Edit | None:
    answer = text[start:end]
    number = _NUMBER.match(answer)
    if _MONEY.search(answer) or (text[:start].endswith(("$", "€", "£")) and number):
        return _Edit(start - (text[start - 1 : start] in "$€£" and start > 0), end, chance.choice(_SUMS))
    if _ASKS_WHEN.search(question):
        before = _BEFORE_A_TIME.search(text[:start])
        return _Edit(before.start() if before else start, end, chance.choice(_TIMES))
    if number and (_ASKS_NUMBER.search(question) or number.end() == len(answer)):
        percent = re.match(r"\s?(?:%|per ?cent)", text[start + number.end() :])
        stop = start + number.end() + (percent.end() if percent else 0)
        return _Edit(start, stop, "a part" if percent else chance.choice(_COUNTS))
    if len(answer.split()) > 6:
        return None
    new = _somebody(question, answer, chance)
    if new is None:
        return None
    article = re.search(r"\b(?:the|an?) $", text[:start], re.IGNORECASE)
    return _Edit(article.start() if article else start, end, new)


def _somebody(question: str, answer: str, chance: random.Random) -> str | None:
    if _ASKS_WHERE.search(question):
        return chance.choice(_PLACES)
    if _ASKS_WHO.search(question):
        return chance.choice(_PEOPLE)
    which = _ASKS_WHICH.search(question)
    if which is None or not answer[:1].isupper():
        return None
    noun = next((word for word in which.group(1).lower().split() if word not in _VERB), None)
    return f"{chance.choice(['a', 'another', 'some'])} {chance.choice(_ADJECTIVES)} {noun}" if noun else None


def _edited(passage: Text, edit: _Edit) -> Text:
    words = edit.words
    if any(edit.start == start for start, _ in passage.sentences):
        words = words[:1].upper() + words[1:]
    longer = len(words) - (edit.end - edit.start)
    sentences = tuple((s + longer * (s >= edit.end), e + longer * (e >= edit.end)) for s, e in passage.sentences)
    text = passage.text[: edit.start] + words + passage.text[edit.end :]
    return Text(passage.title, text, sentences)


def _places(answers: Sequence[str], text: str) -> Iterator[tuple[int, int]]:
    for answer in filter(None, answers):
        for match in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", text):
            yield match.span()
