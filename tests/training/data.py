"""Training data for the reader: passages, and where in them a question's answer is."""

import gzip
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sentencex
from sklearn.feature_extraction.text import TfidfVectorizer

from qa.reader import Text
from tests.training.near_misses import asked_otherwise, left_out, withheld

# The sets of spans, and every which row of each is taken: tales are told in another way than news.
_SPANS = {"squadshifts-wiki": 1, "nq-oracle": 1, "qed-dev": 1, "fairytaleqa": 2}

Scorer = Callable[[str, Sequence[Text]], list[float]]
"""How well each of some passages seems to answer a question."""

_LONGEST = 900  # characters of a passage, about 200 tokens
_NEAREST = 10
_BESIDE = 0.5  # of the passages that do not answer are of the same article as the one that does
_DECEIVING = 4  # passages of which a scorer chooses the one that deceives it most
_ALTERED = 0.35  # of the questions that have an answer are asked once more of another name
_SAME_ARTICLE = 0.7  # of the names put in come from the same article
_WITHHELD = 0.8  # of the passages that can be made to withhold the answer stand beside the one that gives it
_LEFT_OUT = 0.3  # of the others, without the sentences that answer
_AS_BEFORE = 0.2  # of those for which there is neither
_OTHERWISE = 0.6  # of the questions that can be are asked once more for another thing
_NAMED = r"[A-Z][\w.'’-]*\w(?: (?:of |the )?[A-Z][\w'’-]*\w)*"
_NAME = re.compile(rf"\b(?:{_NAMED}|\d[\d,.]*\b)")
_NAME_WITHIN = re.compile(rf"(?<=[\w,;] )({_NAMED})")  # where the capital is not only the sentence's


@dataclass(frozen=True, slots=True)
class Example:
    """A question and a passage; where the answer may be, as spans and as sentences: none, it is not here.

    `spans` None: only which sentences answer is known.
    """

    question: str
    passage: Text
    spans: tuple[tuple[int, int], ...] | None
    sentences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Examples of one question, to be told apart."""

    source: str
    examples: tuple[Example, ...]

    @property
    def answerable(self) -> bool:
        """Whether one of the passages answers."""
        return any(example.sentences for example in self.examples)


def held_out(title: str) -> bool:
    """Whether an article is kept for confirming."""
    return hashlib.sha256(title.encode()).digest()[0] % 4 == 0


def squad(
    folder: Path, seed: int, scorer: Scorer | None = None, *, near_misses: bool = False
) -> tuple[list[Group], list[Group]]:
    """SQuAD's groups to train on and, of other articles, to confirm with; with a scorer those that deceive it."""
    paragraphs = {row["passage_id"]: row for row in _rows(folder / "passages.jsonl")}
    rows = []
    for row in _rows(folder / "questions.jsonl"):
        paragraph = paragraphs[row["passage_id"]]
        rows.append({**row, "context": paragraph["text"], "title": paragraph["title"]})
    parts = [row for row in rows if not held_out(row["title"])], [row for row in rows if held_out(row["title"])]
    taught = Set("squad", parts[0], seed, scorer).groups(altered=_ALTERED, near_misses=near_misses)
    return taught, Set("squad", parts[1], seed).groups()


def training(folder: Path, seed: int, scorer: Scorer | None = None, *, near_misses: bool = False) -> list[Group]:
    """The groups of the further sets; with a scorer those that deceive it, or those that have near misses."""
    groups: list[Group] = []
    if not near_misses:
        groups += _sentence_groups(folder / "selqa-sentences.jsonl.gz")
    for name, every in _SPANS.items():
        rows = list(_rows(folder / f"{name}.jsonl.gz"))[::every]
        groups += Set(name, rows, seed, scorer).groups(altered=_ALTERED, near_misses=near_misses)
    return groups


class Set:
    """The rows of one set, with what is near to each question and what else is named in it."""

    def __init__(self, source: str, rows: list[dict[str, Any]], seed: int, scorer: Scorer | None = None) -> None:
        self._source = source
        self._rows = rows
        self._scorer = scorer
        self._chance = random.Random(seed)
        self._passages = {(row["title"], row["context"]): list[Text]() for row in rows}
        for (title, context), passages in self._passages.items():
            passages.extend(_passages(title, context))
        self._pool = [passage for passages in self._passages.values() for passage in passages]
        self._named: dict[str, list[str]] = defaultdict(list)
        for passage in self._pool:
            self._named[passage.title].extend(match.group(1) for match in _NAME_WITHIN.finditer(passage.text))
        self._names = [name for names in self._named.values() for name in names]

    def groups(self, *, altered: float = 0.0, near_misses: bool = False) -> list[Group]:
        """A group for each question, and for a share of those that have an answer one of an altered question.

        With near misses the passage beside the one that answers is the same without the answer, where that can be.
        """
        nearest = _nearest([f"{row['title']} {row['question']}" for row in self._rows], self._pool)
        groups: list[Group] = []
        for row, near in zip(self._rows, nearest, strict=True):
            group = self._group(row, [self._pool[place] for place in near])
            if group is None:
                continue
            near_ones = group.answerable and near_misses
            groups.extend(self._with_near_misses(group, row["answers"]) if near_ones else [group])
            if group.answerable and self._chance.random() < altered:
                groups.extend(self._altered(group.examples[0]))
        return groups

    def _with_near_misses(self, group: Group, answers: Sequence[str]) -> Iterator[Group]:
        right = group.examples[0]
        question, passage = right.question, right.passage
        made = withheld(question, passage, answers, self._chance) if self._chance.random() < _WITHHELD else None
        if made is None and self._chance.random() < _LEFT_OUT:
            made = left_out(passage, answers)
        if made:
            yield Group(f"{self._source}, withheld", (right, _example(question, made, ())))
        elif self._chance.random() < _AS_BEFORE:
            yield group
        start, end = passage.sentences[right.sentences[0]]
        other = asked_otherwise(question, passage.text[start:end], self._chance)
        if other and self._chance.random() < _OTHERWISE:
            yield Group(f"{self._source}, asked otherwise", (_example(other, passage, ()),))

    def _group(self, row: dict[str, Any], near: Sequence[Text]) -> Group | None:
        """The passage that answers, beside one that looks as if it did; or the one that deceives."""
        question, answers = row["question"], row["answers"]
        own = sorted(
            self._passages[row["title"], row["context"]], key=lambda passage: -_shared(question, passage.text)
        )
        if row["unanswerable"]:
            return Group(self._source, (_example(question, own[0], ()),)) if own else None
        right = next((passage for passage in own if _holds(passage, answers)), None)
        if right is None:
            return None
        wrong = [passage for passage in near if not _holds(passage, answers)]
        beside = [passage for passage in wrong if passage.title == right.title]
        choices = beside[:3] if beside and self._chance.random() < _BESIDE else wrong[:_DECEIVING]
        others = [self._chance.choice(choices)] if choices else []
        if self._scorer and others:
            scores = self._scorer(question, choices)
            others = [choices[scores.index(max(scores))]]
        return Group(
            self._source, (_example(question, right, answers), *(_example(question, other, ()) for other in others))
        )

    def _altered(self, example: Example) -> Iterator[Group]:
        """The question about another name or number, which the passage does not say.

        So are near-miss questions: an article says much of a thing, but not this.
        """
        question, passage = example.question, example.passage
        found = [match for match in _NAME.finditer(question) if match.start() > 0 and match.group() in passage.text]
        if not found:
            return
        match = self._chance.choice(found)
        other = self._another(match.group(), passage, question)
        if other:
            asked = question[: match.start()] + other + question[match.end() :]
            yield Group(f"{self._source}, altered", (_example(asked, passage, ()),))

    def _another(self, name: str, passage: Text, question: str) -> str | None:
        """Another name or number of the same kind, of the same article rather than of any; not in the passage."""
        if len(name) == 4 and name.isdigit():
            choices = [str(int(name) + years) for years in (-11, -6, -3, -2, -1, 1, 2, 3, 5, 8, 12)]
        elif name[0].isdigit():
            choices = [str(number) for number in range(2, 100)]
        else:
            names = self._named[passage.title] if self._chance.random() < _SAME_ARTICLE else self._names
            choices = [self._chance.choice(names) for _ in range(8)] if names else []
        fitting = [other for other in choices if other not in passage.text and other not in question]
        return self._chance.choice(fitting) if fitting else None


def _holds(passage: Text, answers: Sequence[str]) -> bool:
    return any(_places(answer, passage.text) for answer in answers)


def _sentence_groups(path: Path) -> list[Group]:
    asked: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(path):
        asked[row["question"], row.get("group", "")].append(row)
    groups = []
    for (question, _), rows in asked.items():
        if not any(row["label"] for row in rows):
            continue
        text = ""
        places: list[tuple[int, int]] = []
        right: list[int] = []
        for row in rows:
            if len(text) + len(row["sentence"]) > _LONGEST:
                if right:
                    break
                text, places = "", []
            places.append((len(text), len(text) + len(row["sentence"])))
            if row["label"]:
                right.append(len(places) - 1)
            text += row["sentence"] + " "
        if right:
            passage = Text(rows[0].get("title", ""), text, tuple(places))
            groups.append(Group("selqa", (Example(question, passage, None, tuple(right)),)))
    return groups


def _example(question: str, passage: Text, answers: Sequence[str]) -> Example:
    spans = tuple(dict.fromkeys(place for a in answers for place in _places(a, passage.text)))
    sentences = tuple(
        number
        for number, (start, end) in enumerate(passage.sentences)
        if any(start <= first and last <= end for first, last in spans)
    )
    if len(sentences) > 1:  # the one of them that shares most with the question
        best = max(sentences, key=lambda n: _shared(question, passage.text[slice(*passage.sentences[n])]))
        sentences = (best,)
        start, end = passage.sentences[best]
        spans = tuple(span for span in spans if start <= span[0] and span[1] <= end)
    return Example(question, passage, spans if sentences or not answers else None, sentences)


def _passages(title: str, context: str) -> Iterator[Text]:
    """The text in passages of whole sentences."""
    first: int | None = None
    places: list[tuple[int, int]] = []
    for boundary in sentencex.get_sentence_boundaries("en", context):
        start, end = boundary["start_index"], boundary["end_index"]
        piece = context[start:end]
        if not piece.strip() or len(piece) > _LONGEST:
            continue
        start, end = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
        if first is not None and end - first > _LONGEST:
            yield Text(title, context[first : places[-1][1]], tuple((s - first, e - first) for s, e in places))
            first, places = None, []
        first = start if first is None else first
        places.append((start, end))
    if first is not None:
        yield Text(title, context[first : places[-1][1]], tuple((s - first, e - first) for s, e in places))


def _nearest(questions: list[str], pool: list[Text]) -> np.ndarray[Any, Any]:
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=1)
    texts = vectorizer.fit_transform([f"{w.title} {w.text}" for w in pool])
    asked = vectorizer.transform(questions)
    found = []
    for start in range(0, asked.shape[0], 500):
        scores = (asked[start : start + 500] @ texts.T).toarray()
        found.append(np.argsort(-scores, axis=1)[:, :_NEAREST])
    return np.concatenate(found)


def _places(answer: str, text: str) -> list[tuple[int, int]]:
    if not answer:
        return []
    found, start = [], text.find(answer)
    while start >= 0:
        end = start + len(answer)
        if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
            found.append((start, end))
        start = text.find(answer, start + 1)
    return found


def _shared(question: str, text: str) -> float:
    words = set(re.findall(r"\w+", question.lower()))
    return len(words & set(re.findall(r"\w+", text.lower()))) / max(len(words), 1)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    data = path.read_bytes()
    for line in (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8").split("\n"):
        if line:
            yield json.loads(line)
