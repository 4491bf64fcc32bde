"""True sentences and altered ones: how many of the altered are caught, how many of the true ones are refused.

`python -m tests.evaluation.alterations --data ../shared/data` prints the table. Articles are split in two halves by a
hash of their titles, one to look at while the judge is worked on, and one that is held out and only gives figures.
"""

import argparse
import calendar
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ingest.article import Article
from ingest.chunk import split
from ingest.index import Passage
from ingest.read import Item, read
from qa.judge import judge
from qa.support import sentence_spans

TRUE = ("as it stands", "clause dropped", "written otherwise", "moved", "voice changed", "joined")
ALTERED = ("number", "name", "name from afar", "date", "unit", "negation", "opposite", "swapped", "certainty")
_PASSAGES = 8

_NAME = r"[A-Z][\w’'-]*[a-z](?: [A-Z][\w’'-]*[a-z])*"
_MONTHS = tuple(calendar.month_name)[1:]
_DAYS = tuple(calendar.day_name)
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_CALENDAR = frozenset({*_MONTHS, *_DAYS})
_UNITS = (
    ("million", "billion"),
    ("thousand", "million"),
    ("percent", "million"),
    ("per cent", "million"),
    ("%", " million"),
    ("$", "€"),
    ("£", "$"),
    ("€", "£"),
    ("dollars", "euros"),
    ("pounds", "dollars"),
    ("years", "months"),
    ("months", "weeks"),
    ("weeks", "days"),
    ("days", "hours"),
    ("hours", "minutes"),
    ("minutes", "seconds"),
    ("miles", "kilometres"),
    ("kilometres", "metres"),
    ("km", "miles"),
    ("feet", "inches"),
    ("metres", "miles"),
    ("meters", "miles"),
    ("tons", "pounds"),
    ("yards", "miles"),
)
_OPPOSITES = (
    ("before", "after"),
    ("more", "less"),
    ("more than", "less than"),
    ("rose", "fell"),
    ("increased", "decreased"),
    ("increase", "decrease"),
    ("bought", "sold"),
    ("higher", "lower"),
    ("over", "under"),
    ("above", "below"),
    ("won", "lost"),
    ("began", "ended"),
    ("started", "ended"),
    ("opened", "closed"),
    ("large", "small"),
    ("larger", "smaller"),
    ("largest", "smallest"),
    ("north", "south"),
    ("northern", "southern"),
    ("east", "west"),
    ("eastern", "western"),
    ("early", "late"),
    ("first", "last"),
    ("first", "second"),
    ("new", "old"),
    ("good", "bad"),
    ("best", "worst"),
    ("most", "least"),
    ("many", "few"),
    ("from", "to"),
    ("to", "from"),
    ("with", "without"),
    ("for", "against"),
    ("son", "daughter"),
    ("father", "mother"),
    ("husband", "wife"),
    ("strong", "weak"),
    ("public", "private"),
    ("domestic", "foreign"),
    ("allowed", "banned"),
    ("approved", "rejected"),
    ("accepted", "refused"),
    ("confirmed", "denied"),
    ("supported", "opposed"),
    ("joined", "left"),
    ("hired", "fired"),
    ("born", "died"),
    ("major", "minor"),
    ("inside", "outside"),
    ("successful", "unsuccessful"),
    ("legal", "illegal"),
    ("up", "down"),
    ("men", "women"),
    ("since", "until"),
    ("majority", "minority"),
    ("profit", "loss"),
    ("gained", "lost"),
    ("short", "long"),
    ("same", "opposite"),
    ("always", "never"),
    ("next", "previous"),
    ("former", "current"),
)
_CERTAIN = (
    ("may", "will"),
    ("might", "will"),
    ("could", "will"),
    ("failed to", "managed to"),
    ("refused to", "agreed to"),
    ("tried to", "managed to"),
    ("wants to", "has decided to"),
    ("is expected to", "is certain to"),
    ("some", "all"),
    ("many", "all"),
    ("most", "all"),
    ("although", "because"),
    ("while", "because"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence to be judged by passages; `kind` says what was done to the `original`."""

    kind: str
    sentence: str
    original: str
    passages: tuple[Passage, ...]
    held_out: bool

    @property
    def supported(self) -> bool:
        """What the judge says."""
        return judge(self.sentence, self.passages).supported


def cases(articles: Iterable[Article], *, most: int = 2, seed: int = 0) -> Iterator[Case]:
    """True sentences of articles, `most` of each, with what can be made of them."""
    for article in articles:
        chance = random.Random(f"{seed} {article.title} {article.text}")
        held_out = hashlib.sha256(article.title.encode()).digest()[0] % 2 == 1
        chunks = split(article, lambda texts: [len(text.split()) * 4 // 3 for text in texts], size=220)
        usable = []
        for at, chunk in enumerate(chunks):
            sentences = [chunk.text[start:end] for start, end in sentence_spans(chunk.text)]
            usable += [(one, two, at) for one, two in pairwise([*sentences, ""]) if _usable(one)]
        for sentence, following, at in chance.sample(usable, min(most, len(usable))):
            first = max(0, min(at - _PASSAGES // 2, len(chunks) - _PASSAGES))
            passages = tuple(Passage(chunk, 1.0) for chunk in chunks[first : first + _PASSAGES])
            made = [(TRUE[0], sentence), *_paraphrased(sentence, following), *_altered(sentence, article, chance)]
            for kind, text in made:
                yield Case(kind, text, sentence, passages, held_out)


def _usable(sentence: str) -> bool:
    words = sentence.split()
    plain = sentence[0].isupper() and sentence[-1] == "." and "\n" not in sentence
    return plain and 7 <= len(words) <= 40 and not re.search(r"[“”\"\[]|\b(?:I|we|you)\b", sentence)


def _paraphrased(sentence: str, following: str) -> Iterator[tuple[str, str]]:
    made = {
        "clause dropped": _CLAUSES.sub(_the_rest, sentence, count=1),
        "written otherwise": _otherwise(sentence),
        "moved": _LAST_ADVERBIAL.sub(_to_the_front, sentence),
        "voice changed": _PASSIVE.sub(r"\g<agent> \g<verb> \g<subject>", sentence, count=1),
        "joined": f"{sentence[:-1]}, and {_lowered(following)}" if following and _usable(following) else sentence,
    }
    yield from ((kind, text) for kind, text in made.items() if text != sentence and len(text.split()) > 4)


_CLAUSES = re.compile(
    r", (?:which|who|where|whose|an?|the|one of)\b[^,.;:()]{5,80}"
    r"(?P<after>,(?= (?:is|was|has|had|will|would|said|are|were)\b)|\.$)"
    r"|, (?:while|although|because|after|according to|including)\b[^,;:()]{5,90}(?=\.$)"
    r"| \((?:[^()]{3,60})\)"
)
_LAST_ADVERBIAL = re.compile(rf"^(?P<rest>[^,;:]+) (?P<adverbial>[Ii]n (?:(?:{'|'.join(_MONTHS)}) )?\d{{4}})\.$")
_PASSIVE = re.compile(
    rf"^(?P<subject>(?:The )?{_NAME}) (?:was|were) (?P<verb>\w+ed) by (?P<agent>{_NAME})(?=[ ,.])(?! [a-z]+'s)"
)


def _the_rest(clause: re.Match[str]) -> str:
    return "." if clause["after"] == "." else ""


def _to_the_front(match: re.Match[str]) -> str:
    return f"{match['adverbial'][0].upper()}{match['adverbial'][1:]}, {_lowered(match['rest'])}."


def _lowered(sentence: str) -> str:
    """A sentence as it goes on after another: names keep their capital, as far as the first word tells."""
    first = sentence.partition(" ")[0]
    return sentence[0].lower() + sentence[1:] if first.lower() in _OPENERS else sentence


_OPENERS = frozenset(
    word
    for line in (
        "the a an in on at by for with from after before as it he she they this that these those its his her their",
        "there when while although some many most several one two three all both each",
    )
    for word in line.split()
)


def _otherwise(sentence: str) -> str:
    """The same numbers, amounts and months in another way of writing them."""
    sentence = re.sub(r"\$(\d[\d.,]*\d|\d) (million|billion)", r"\1 \2 dollars", sentence)
    sentence = re.sub(r"(\d) (?:percent|per cent)\b", r"\1%", sentence)
    sentence = re.sub(rf"\b({'|'.join(m for m in _MONTHS if len(m) > 4)}) (?=\d)", lambda m: f"{m[1][:3]} ", sentence)
    sentence = re.sub(
        rf"\b({'|'.join(m[:3] for m in _MONTHS)}|May|June|July) (\d{{1,2}}),? (?=\d{{4}})", r"\2 \1 ", sentence
    )
    sentence = re.sub(r"(?<=[a-z] )([2-9]|1[0-2])(?= [a-z])", lambda m: _WORDS[int(m[1])], sentence)
    return re.sub(
        rf"(?<=[a-z] )({'|'.join(_WORDS[2:])})(?= [a-z])", lambda m: str(_WORDS.index(m[1])), sentence, count=1
    )


def _altered(sentence: str, article: Article, chance: random.Random) -> Iterator[tuple[str, str]]:
    made: dict[str, str | None] = {
        "number": _number(sentence, article, chance),
        "name": _name(sentence, _names(article.text), chance),
        "name from afar": _name(sentence, _FAR, chance),
        "date": _date(sentence, chance),
        "unit": _unit(sentence, chance),
        "negation": _negation(sentence, chance),
        "opposite": _instead(sentence, (*_OPPOSITES, *((new, old) for old, new in _OPPOSITES)), chance),
        "swapped": _swapped(sentence, chance),
        "certainty": _instead(sentence, _CERTAIN, chance),
    }
    yield from ((kind, text) for kind, text in made.items() if text and text != sentence)


_FAR = ("Nokia", "Volvo", "Lisbon", "Peru", "Mozart", "Kenya", "Siemens", "Helsinki", "Borneo", "Toyota")
_PLAIN_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\w,.-]*\d)")


def _number(sentence: str, article: Article, chance: random.Random) -> str | None:
    """Another number, every other time one that the article has elsewhere."""
    found = [match for match in _PLAIN_NUMBER.finditer(sentence) if not _is_date(sentence, match)]
    if not found:
        word = re.search(rf"\b({'|'.join(_WORDS[2:])})\b(?= [a-z])", sentence)
        return _replaced(sentence, word, _WORDS[(_WORDS.index(word[1]) + 1) % 11 + 2]) if word else None
    match = chance.choice(found)
    number = match.group()
    others = {m.group() for m in _PLAIN_NUMBER.finditer(article.text) if not _is_date(article.text, m)} - {number}
    if others and chance.random() < 0.5:
        return _replaced(sentence, match, chance.choice(sorted(others)))
    at = chance.choice([at for at, character in enumerate(number) if character.isdigit()])
    return _replaced(sentence, match, f"{number[:at]}{int(number[at]) % 9 + 1}{number[at + 1 :]}")


def _is_date(text: str, match: re.Match[str]) -> bool:
    around = text[max(0, match.start() - 12) : match.end() + 12]
    year = len(match.group()) == 4 and match.group().isdigit() and match.group()[0] in "12"
    return year or any(month in around for month in (*_MONTHS, *(f"{m[:3]}." for m in _MONTHS)))


def _name(sentence: str, names: Sequence[str], chance: random.Random) -> str | None:
    """Another name for one of the sentence's, one word for one word."""
    found = list(re.finditer(rf"(?<=[a-z,] ){_NAME}", sentence))
    found = [m for m in found if not set(m.group().split()) & _CALENDAR]
    others = [n for n in names if n not in sentence]
    if not found or not others:
        return None
    return _replaced(sentence, chance.choice(found), chance.choice(others))


def _names(text: str) -> list[str]:
    found = {m.group() for m in re.finditer(rf"(?<=[a-z] ){_NAME}", text)}
    return sorted(name for name in found if not set(name.split()) & _CALENDAR)


def _date(sentence: str, chance: random.Random) -> str | None:
    """Another year, month, day of the week or of the month."""
    ways = [
        (m, str(int(m.group()) + chance.choice((-10, -2, -1, 1, 3))))
        for m in re.finditer(r"\b(1[5-9]|20)(\d\d)\b(?! [a-z]+s\b)", sentence)
    ]
    for names in (_MONTHS, _DAYS):
        told = re.finditer(rf"\b({'|'.join(n for n in names if n not in ('May', 'March'))})\b", sentence)
        ways += [(m, chance.choice([n for n in names if n != m.group()])) for m in told]
    four = "|".join(m for m in _MONTHS if len(m) == 4)
    ways += [(m, str(int(m.group()) % 28 + 1)) for m in re.finditer(rf"(?<=\b(?:{four}) )\d{{1,2}}\b", sentence)]
    return _replaced(sentence, *chance.choice(ways)) if ways else None


_COUNTED = (
    r"(?:(?<=\d )|(?<=illion )|(?<=thousand )|(?<=hundred )|(?<=two )|(?<=three )|(?<=four )|(?<=five )|(?<=six )"
    r"|(?<=ten ))"
)


def _unit(sentence: str, chance: random.Random) -> str | None:
    """Another unit behind a number, or another currency before it."""
    ways = [
        (match, new)
        for old, new in _UNITS
        for match in re.finditer(
            rf"{_COUNTED if old[0].isalpha() else '(?<=[0-9])' if old == '%' else ''}{re.escape(old)}(?![\w-])"
            if old not in "$£€"
            else re.escape(old),
            sentence,
        )
    ]
    return _replaced(sentence, *chance.choice(ways)) if ways else None


def _instead(sentence: str, words: Iterable[tuple[str, str]], chance: random.Random) -> str | None:
    """Another word in the place of one."""
    ways = [
        (match, new) for old, new in words for match in re.finditer(rf"(?<![\w-]){re.escape(old)}(?![\w-])", sentence)
    ]
    return _replaced(sentence, *chance.choice(ways)) if ways else None


def _replaced(sentence: str, match: re.Match[str], new: str) -> str:
    return sentence[: match.start()] + new + sentence[match.end() :]


_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|will|would|has|have|had|can|could|should|must)\b(?= (?!n't|not\b)[a-z])"
)
_NOT = re.compile(r"(?<=\w) (?:not|never)\b(?! only)|(?<=[a-z])n['’]t\b")


def _negation(sentence: str, chance: random.Random) -> str | None:
    """A "not" taken away, or one put in."""
    if found := list(_NOT.finditer(sentence)):
        match = chance.choice(found)
        return sentence[: match.start()] + sentence[match.end() :]
    if found := list(_AUXILIARY.finditer(sentence)):
        match = chance.choice(found)
        return f"{sentence[: match.end()]} not{sentence[match.end() :]}"
    return None


def _swapped(sentence: str, chance: random.Random) -> str | None:
    """Two names in each other's place, where a verb or the like stands between them."""
    found = [
        m
        for m in re.finditer(rf"(?:(?<=[a-z] )|^(?:The )?)(?P<name>{_NAME})(?=[ .])", sentence)
        if m["name"].split()[0] not in _STARTS
    ]
    pairs = [
        (one, two)
        for at, one in enumerate(found)
        for two in found[at + 1 :]
        if one["name"] != two["name"]
        and _verb_between(sentence[one.end("name") : two.start("name")])
        and not {*one["name"].split(), *two["name"].split()} & _CALENDAR
    ]
    if not pairs:
        return None
    one, two = chance.choice(pairs)
    between = sentence[one.end("name") : two.start("name")]
    return sentence[: one.start("name")] + two["name"] + between + one["name"] + sentence[two.end("name") :]


_STARTS = frozenset({word.capitalize() for word in _OPENERS} | {"But", "And", "During", "There"})


def _verb_between(text: str) -> bool:
    return (
        "," not in text
        and not re.search(r"\b(?:and|or|between)\b", text)
        and bool(re.search(r"\b(?:\w+ed|is|was|has|will|said|told|won|bought|sold|made|to|from)\b", text))
    )


def corpus_articles(folder: Path) -> Iterator[Article]:
    """The sample articles."""
    for path in sorted(folder.glob("*.md")):
        yield from (found for found in read(Item(path.name, path, "")) if isinstance(found, Article))


def public_articles(data: Path) -> Iterator[Article]:
    """The English news pages, and the encyclopaedia's paragraphs, joined by article."""
    for line in (data / "news" / "articles.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["english"]:
            yield Article(row["article_id"], row["title"], row["body"])
    texts: dict[str, list[str]] = {}
    for line in (data / "squad" / "passages.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        texts.setdefault(row["title"], []).append(row["text"])
    for title, paragraphs in texts.items():
        for at in range(0, len(paragraphs), 4):
            yield Article(f"{title} {at}", title, "\n\n".join(paragraphs[at : at + 4]))


def table(judged: Iterable[tuple[Case, bool]]) -> str:
    """By kind: how many there are, and the share that the judge gets wrong or right, of each half."""
    counts: Counter[tuple[str, bool, bool]] = Counter((case.kind, case.held_out, verdict) for case, verdict in judged)
    lines = ["| kind | looked at | refused | held out | refused |", "| --- | --- | --- | --- | --- |"]
    for name, kinds in (("TRUE", TRUE), ("ALTERED", ALTERED)):
        for kind in (*kinds, name):
            cells = [kind]
            for half in (False, True):
                own = [kind] if kind != name else kinds
                refused = sum(counts[k, half, False] for k in own)
                all_ = refused + sum(counts[k, half, True] for k in own)
                cells += [str(all_), f"{refused / all_:.1%}" if all_ else ""]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table, and what the judge gets wrong of one kind in the half that may be looked at."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.alterations", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--show", nargs="+", default=[], choices=(*TRUE, *ALTERED), metavar="KIND")
    options = parser.parse_args(arguments)
    judged = [(case, case.supported) for case in cases(public_articles(options.data))]
    sys.stdout.write(f"{table(judged)}\n")
    for case, verdict in judged:
        if not case.held_out and case.kind in options.show and verdict == (case.kind in ALTERED):
            sys.stdout.write(f"\n{case.kind}: {case.sentence}\n    of: {case.original}\n")


if __name__ == "__main__":
    main()
