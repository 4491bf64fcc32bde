"""What kind of thing a question asks for, and whether a text has one: money, a number, a time, a name."""

import re
from dataclasses import dataclass
from typing import Literal

Name = Literal["money", "number", "time", "name"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a question asks for, and how a text shows that it has one."""

    name: Name
    _shown: re.Pattern[str]

    def in_text(self, text: str) -> bool:
        """Whether a text has such a thing."""
        return bool(self._shown.search(text))


_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve dozen twenty thirty forty fifty sixty seventy"
    " eighty ninety hundred thousand million billion half third quarter once twice"
)
_TIMES = (
    "january february march april may june july august september october november december jan feb mar apr jun jul"
    " aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday century ago yesterday today"
    " tonight tomorrow week month year spring summer autumn fall winter noon midnight"
)
_NAMED = (
    "company firm city country person state ship song bank hotel team player network agency town river studio school"
    " college university actor singer band newspaper party name"
)
_COST = (
    "cost pay paid spend spent price earn earned worth sell sold raise raised invest fine fined charge charged ticket"
    " money salary offer offered buy bought owe owed budget donate"
)


def _words(words: str) -> str:
    return rf"\b(?:{'|'.join(words.split())})s?\b"


# In the order in which a question is looked at.
_FORMS: tuple[tuple[str, Name, str], ...] = (
    (
        rf"\bhow much\b.*{_words(_COST)}|\b(?:prices?|costs?|salary|fee|fare|rent|prize money|wages?|revenue)\b"
        r"|\bwhat (?:did|do|does|will|would)\b.*\bpay\b|\bhow (?:costly|expensive)\b",
        "money",
        r"[$€£¥₹]\s?\d|\b(?:Rs\.?|USD|EUR|GBP|CHF)\s?\d|\b[Ff]ree\b"
        r"|(?i:(?:\d|\b(?:hundred|thousand|[mbtr]+illion))[\d.,]*\s?(?:k|m|bn|[mbtr]+illion)?\s?"
        r"(?:dollar|euro|pound|rupee|yen|yuan|franc|cent|krona|pence|USD|EUR)s?\b)",
    ),
    (
        r"\bhow (?:many|much|old|long|big|large|far|high|tall|fast|often|heavy|wide|deep|strong)\b|\bper ?cent"
        r"|\bwhat (?:number|share|portion|size|score|speed|rate)\b|\bcapacity\b|\bhorsepower\b",
        "number",
        rf"\d|(?i:{_words(_NUMBERS)})",
    ),
    (
        r"\bwhen\b|\b(?:what|which) (?:date|day|year|month|week|time|season|decade|century)\b|\bdate\?",
        "time",
        rf"\b(?:1[5-9]\d\d|20\d\d)s?\b|\b\d+ ?[ap]\.?m\b|(?i:{_words(_TIMES)})",
    ),
    (
        rf"\bwho(?:se|m)?\b|\bwhere\b|\b(?:which|what)(?: \w+)? {_words(_NAMED)}|\bnames? (?:of|one)\b",
        "name",
        r"(?<=[a-z,;:“\"'(] )[A-Z]\w+|[A-Z]\w+ [A-Z]\w+",
    ),
)
_ASKED = tuple((re.compile(asked, re.IGNORECASE), Kind(name, re.compile(shown))) for asked, name, shown in _FORMS)


def kind_of(question: str) -> Kind | None:
    """The kind of thing a question asks for; None where the words do not tell (how, why, what)."""
    return next((kind for asked, kind in _ASKED if asked.search(question)), None)
