"""Re-index runs killed at any moment, and two at once, while another process asks all the time.

An archive changes from state to state. Whatever is done to the runs that index it, each generation must be exactly
one of those states, and in the end the index must equal one that is built from nothing.
"""

import json
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from ingest import Index, IndexUnusableError, reindex
from ingest.index import Generation

State = dict[str, str]
"""Each article's id and text."""

_MOST = 60  # articles, but for those in rows
_SAME = 0.999  # cosine similarity of a vector to itself, made in another company


@dataclass
class Stress:
    """An archive that changes, the runs that index it, and the process that asks. `faults` is what must not be."""

    place: Path
    seed: int = 1
    say: Callable[[str], None] = lambda _: None
    counts: "Counter[str]" = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._archive = Archive(self.place / "articles", self._chance)
        self._states = self.place / "states.jsonl"
        self._index = self.place / "index"
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(
            ["chromadb", "ingest.embed", "ingest.reindex", "torch", "sentence_transformers"]
        )

    def run(self, *, kills: int, races: int) -> None:
        """Kill runs, let two run at once, and compare what is there at the end."""
        seconds = 0.0
        for _ in range(2):  # the first takes longer
            self._change()
            run = self._start()
            started = time.perf_counter()
            self._finish(run)
            seconds = time.perf_counter() - started
        asking, line = self._ask()
        for number in range(kills):
            self._change()
            seconds = self._kill(seconds)
            if number % 20 == 19:
                self._told(asking, line)
                asking, line = self._ask()
                self.say(f"{number + 1} killed, {dict(self.counts)}")
        for number in range(races):
            self._change()
            self._race()
            if number % 10 == 9:
                self.say(f"{number + 1} races, {dict(self.counts)}")
        self._finish(self._start())
        self._told(asking, line)
        self._compare()

    def _change(self) -> None:
        state = self._archive.change()
        with self._states.open("a") as file:  # before anybody can index it
            file.write(json.dumps(state) + "\n")

    def _start(self, wait: float = 0.0) -> "tuple[Any, Connection[Any, Any]]":
        here, there = self._context.Pipe()
        process = self._context.Process(
            target=_index, args=(there, self._archive.folder, self._index, wait), daemon=True
        )
        process.start()
        there.close()
        assert here.recv() == "ready"
        return process, here

    def _finish(self, run: "tuple[Any, Connection[Any, Any]]") -> str:
        process, line = run
        line.send("go")
        return self._outcome(process, line)

    def _outcome(self, process: Any, line: "Connection[Any, Any]") -> str:  # noqa: ANN401 - of a private class
        try:
            said = str(line.recv())
        except EOFError:
            said = "died"
        process.join()
        if said not in ("done", "locked"):
            self.faults.append(f"a run ended with: {said}")
        return said

    def _kill(self, seconds: float) -> float:
        """Kill a run at a moment of its time. Returns how long one takes."""
        process, line = self._start()
        before = (self._index / "current").read_text()
        line.send("go")
        ended = line.poll(self._chance.uniform(0.0, seconds))
        process.kill()
        process.join()
        after = (self._index / "current").read_text()
        self.counts[
            "killed when it was done"
            if ended
            else "killed after it switched"
            if after != before
            else "killed before it switched"
        ] += 1
        line.close()
        # The machine is now busy, now idle: a few runs in a hundred should end before they are killed.
        return 0.9 * seconds if ended else 1.03 * seconds

    def _race(self) -> None:
        """Start two runs at once; whoever waits, or is told that the index is locked."""
        wait = self._chance.choice([0.0, 60.0])
        runs = [self._start(wait), self._start(wait)]
        for _, line in runs:
            line.send("go")
        said = [self._outcome(process, line) for process, line in runs]
        self.counts["raced: both done" if said == ["done", "done"] else "raced: one found it locked"] += 1
        if "done" not in said:
            self.faults.append(f"of two runs none was done: {said}")

    def _ask(self) -> "tuple[Any, Connection[Any, Any]]":
        here, there = self._context.Pipe()
        process = self._context.Process(target=_ask, args=(there, self._index, self._states), daemon=True)
        process.start()
        there.close()
        return process, here

    def _told(self, process: Any, line: "Connection[Any, Any]") -> None:  # noqa: ANN401
        """What the process that asks has seen."""
        line.send("stop")
        try:
            counts, faults = line.recv()
            self.counts.update(counts)
            self.faults.extend(faults)
        except EOFError:
            self.faults.append("the asking process died")
        process.join()

    def _compare(self) -> None:
        """The index must equal one that is built from nothing."""
        anew = Index.open(self.place / "anew", create=True)
        reindex(self._archive.folder, anew)
        ours, theirs = _content(Index.open(self._index).current()), _content(anew.current())
        if ours.keys() != theirs.keys():
            self.faults.append(f"other chunks than in a new index: {sorted(ours.keys() ^ theirs.keys())[:5]}")
            return
        for chunk_id, (text, metadata, vector) in ours.items():
            other_text, other_metadata, other_vector = theirs[chunk_id]
            if (text, metadata) != (other_text, other_metadata) or float(np.dot(vector, other_vector)) < _SAME:
                self.faults.append(f"{chunk_id} is another one than in a new index")
        if Index.open(self._index).articles() != anew.articles():
            self.faults.append("other articles than in a new index")
        self.counts["chunks compared with those of a new index"] = len(ours)


class Archive:
    """A folder of articles that changes; every sentence says which version of which article it is of."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self._chance = chance
        self._version = 0
        folder.mkdir()

    def change(self) -> State:
        """Add, change and remove some articles; returns what the folder holds now."""
        self._version += 1
        names = [f"{number:02}.md" for number in range(_MOST)]
        for name in self._chance.sample(names, 6):
            path = self.folder / name
            if path.exists() and self._chance.random() < 0.3:
                path.unlink()
            else:
                path.write_text(self._text(name.removesuffix(".md")), "utf-8")
        rows = [{"id": str(row), "text": self._text(f"row-{row}")} for row in range(self._chance.randint(1, 5))]
        (self.folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        files = {path.name: path.read_text("utf-8") for path in sorted(self.folder.glob("*.md"))}
        return {**files, **{f"rows.jsonl#{row['id']}": row["text"] for row in rows}}

    def _text(self, name: str) -> str:
        sentences = self._chance.randint(1, 40)
        return " ".join(
            f"Sentence {number} of {sentences} about harbour {name} is of version {self._version}."
            for number in range(1, sentences + 1)
        )


def _index(line: "Connection[Any, Any]", folder: Path, index: Path, wait: float) -> None:
    from ingest import Embedder

    opened = Index.open(index, create=True, embedder=Embedder.load())
    line.send("ready")
    line.recv()
    try:
        changes = reindex(folder, opened, wait=wait)
        line.send(f"failures: {changes.failed}" if changes.failed else "done")
    except IndexUnusableError as error:
        line.send("locked" if "is writing" in str(error) else str(error))


def _ask(line: "Connection[Any, Any]", path: Path, states: Path) -> None:
    """Ask until told to stop: every generation must be one of the states, every passage whole."""
    from qa import Assistant

    counts: Counter[str] = Counter()
    faults: list[str] = []
    assistant = Assistant.open(path)
    chance = random.Random(time.time_ns())
    seen: set[int] = set()
    while not line.poll():
        try:
            generation = assistant.index.current()
            if generation.number not in seen:
                seen.add(generation.number)
                counts["generations looked through"] += 1
                faults.extend(_faults(generation, states))
            name = f"{chance.randrange(_MOST):02}"
            answer = assistant.ask(f"Which version is the sentence about harbour {name} of?")
            counts["questions asked"] += 1
            faults.extend(
                f"a passage without text or from two versions: {passage.chunk.id}"
                for passage in answer.passages
                if not passage.chunk.text or passage.chunk.text.count("version") == 0
            )
            if answer.index_generation == generation.number:
                counts["quotes compared with their articles"] += len(answer.citations)
                faults.extend(
                    f"a quote that is not in its article: {citation.quote}"
                    for citation in answer.citations
                    if generation.article(citation.article_id).text[citation.start : citation.end] != citation.quote
                )
        except Exception as error:  # noqa: BLE001 - any error is what is looked for
            faults.append(f"asking: {type(error).__name__}: {error}")
    line.recv()
    line.send((counts, faults))


def _faults(generation: Generation, states: Path) -> list[str]:
    """What is wrong with a generation."""
    known = [json.loads(row) for row in states.read_text().splitlines()]
    held = {article.id: generation.article(article.id).text for article in generation.articles()}
    faults = [] if held in known else [f"generation {generation.number} is none of the states: {sorted(held)}"]
    chunks = [chunk for article_id in held for chunk in generation.chunks(article_id)]
    if not len(chunks) == generation.count() == generation.card.chunks:
        faults.append(f"generation {generation.number}: {len(chunks)} chunks, {generation.count()} stored")
    for article_id, text in held.items():
        if (sentence := text.partition(".")[0]) and not any(
            passage.chunk.article_id == article_id for passage in generation.by_words(sentence, 200)
        ):
            faults.append(f"generation {generation.number}: {article_id} is not found by its words")
    return faults


def _content(generation: Generation) -> dict[str, tuple[str, object, Any]]:
    """All chunks of a generation as they are stored."""
    rows = generation._chunks.get(include=["documents", "metadatas", "embeddings"])
    columns = (rows["ids"], rows["documents"] or [], rows["metadatas"] or [], np.asarray(rows["embeddings"]))
    return {chunk_id: (text, metadata, vector) for chunk_id, text, metadata, vector in zip(*columns, strict=True)}
