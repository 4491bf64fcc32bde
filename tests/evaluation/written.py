"""Written answers beside those in quotes, over one question set: what is right, refused, and borne out.

`python -m tests.evaluation.written --data ../shared/data --model gguf:FILE` prints the table. With `--sentences FILE`
each sentence that is shown as supported is written there with its quotes, in an order drawn at random, to be judged
by a person; with `--replies FILE` what the model said is kept, and it is not asked the same again.
"""

import argparse
import hashlib
import json
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field

from ingest import Embedder, Index, reindex
from ingest.terminal import progress_bar
from qa import Answer, Assistant
from qa.chat_model import open_chat_model
from qa.evaluate import Question, judge, read_questions
from qa.measures import Outcome, Table, table_of
from tests.evaluation.sets import NAMES, question_sets

_K = 5
_ADDED = " added: the language model"  # as qa.complete says


class Recorded(BaseChatModel):
    """A chat model whose replies are kept in a file: the same request is made only once."""

    inner: BaseChatModel
    file: Path | None
    replies: dict[str, list[str]] = Field(default_factory=dict)

    @property
    def _llm_type(self) -> str:
        return "recorded"

    @property
    def num_ctx(self) -> int:
        """How much it reads, so that prompts do not depend on whether it is there."""
        return 8192

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: object,
    ) -> Iterator[ChatGenerationChunk]:
        asked = "\n".join([self.name or "", *(str(message.content) for message in messages)])
        key = hashlib.sha256(asked.encode()).hexdigest()
        if key in self.replies:
            yield from (ChatGenerationChunk(message=AIMessageChunk(content=piece)) for piece in self.replies[key])
            return
        pieces: list[str] = []
        with ExitStack() as stack:
            for chunk in stack.enter_context(closing(self.inner.stream(messages))):  # type: ignore[type-var]
                pieces.append(str(chunk.text))
                try:
                    yield ChatGenerationChunk(message=AIMessageChunk(content=pieces[-1]))
                except GeneratorExit:  # nobody wants the rest
                    self._keep(key, pieces)
                    raise
        self._keep(key, pieces)

    def _keep(self, key: str, pieces: list[str]) -> None:
        self.replies[key] = pieces
        if self.file is not None:
            with self.file.open("a", encoding="utf-8") as kept:
                kept.write(f"{json.dumps([key, pieces])}\n")

    def _generate(self, messages: list[BaseMessage], *args: object, **kwargs: object) -> ChatResult:
        return generate_from_stream(self._stream(messages))


def recorded(inner: BaseChatModel, file: Path | None, name: str = "") -> Recorded:
    """Take up the replies that a file has of the model of that name, if it is there."""
    lines = file.read_text("utf-8").splitlines() if file is not None and file.exists() else []
    return Recorded(name=name, inner=inner, file=file, replies=dict(json.loads(line) for line in lines))


def sentences_of(question: Question, answer: Answer) -> Iterator[dict[str, Any]]:
    """Each sentence of the model's own that is shown as supported, with the quotes that it cites."""
    quotes = {citation.number: citation for citation in answer.citations}
    added = next((int(note.split()[0]) for note in answer.notes if _ADDED in note), 0)
    own = answer.sentences[: len(answer.sentences) - added]
    for sentence in own if answer.mode == "written" and answer.refusal is None else ():
        if sentence.supported:
            cited = [quotes[number] for number in sentence.citations]
            yield {
                "question": question.id,
                "sentence": sentence.text,
                "quotes": [{"article_id": c.article_id, "start": c.start, "quote": c.quote} for c in cited],
            }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table of both modes."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.written", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of public question sets")
    parser.add_argument("--set", choices=NAMES, default="news")
    parser.add_argument("--model", required=True, metavar="PROVIDER:MODEL")
    parser.add_argument("--model-url", metavar="URL")
    parser.add_argument("--work", type=Path, default=Path("build/evaluation"), help="where the indexes are kept")
    parser.add_argument("--replies", type=Path, metavar="FILE", help="keep the model's replies, and use them again")
    parser.add_argument("--sentences", type=Path, metavar="FILE", help="write what is shown as supported")
    parser.add_argument("--k", type=int, default=8, help="passages that the model is shown")
    options = parser.parse_args(arguments)
    (chosen,) = question_sets(options.data, options.work, [options.set])
    index = Index.open(options.work / f"index-{chosen.archive}", create=True, embedder=Embedder.load())
    chat_model = recorded(open_chat_model(options.model, url=options.model_url), options.replies, options.model)
    assistant = Assistant(index, chat_model=chat_model, model_name=options.model)
    questions = read_questions(chosen.questions)
    shown: list[dict[str, Any]] = []
    outcomes: dict[str, list[Outcome]] = {"quotes": [], "written": []}
    modes = dict.fromkeys(("written", "fell back", "refused by the model"), 0)
    with ExitStack() as stack:
        reindex(chosen.articles, index, progress=progress_bar(stack))
        told = progress_bar(stack)
        for number, question in enumerate(questions, 1):
            quoted = assistant.ask(
                question.question, question.history, k=options.k, asked=question.asked, mode="quotes"
            )
            answer = assistant.ask(question.question, question.history, k=options.k, asked=question.asked)
            outcomes["quotes"].append(judge(question, quoted, k=_K))
            outcomes["written"].append(judge(question, answer, k=_K))
            shown += sentences_of(question, answer)
            if quoted.refusal is None:
                mode = "written" if answer.mode == "written" else "fell back"
                modes["refused by the model" if answer.refusal else mode] += 1
            if told is not None:
                told(number, len(questions), 0)
    for mode, measured in outcomes.items():
        sys.stdout.write(f"\n### {mode}\n\n{_table(measured)}\n")
    sys.stdout.write(f"\n{modes}; {len(shown)} sentences shown as supported\n")
    if options.sentences is not None:
        random.Random(len(shown)).shuffle(shown)
        options.sentences.write_text("".join(f"{json.dumps(s, ensure_ascii=False)}\n" for s in shown), "utf-8")


def _table(outcomes: Sequence[Outcome]) -> Table:
    return table_of(outcomes, k=_K)


if __name__ == "__main__":
    main()
