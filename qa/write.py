"""Passages → prose by a chat model: what it is asked, and when it is stopped."""

import re
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from ingest.index import Passage
from qa.answer import Turn
from qa.chat_model import WritingFailed, ask_chat_model
from qa.context import UNKNOWN, tokens
from qa.instructions import without_instructions
from qa.judge.meanings import NEGATIONS
from qa.prompts import NOT_SAID, Prompt, conversation, labelled, one_line
from qa.reply import Reply, Written
from qa.stream import PATIENCE
from qa.support import content_words

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["WritingFailed", "Written", "rewrite_query", "write"]

ANSWER_CHARACTERS = 2_000
_ANSWER_TOKENS = 700  # of a context that the answer needs, and what a model puts around a prompt


def write(
    question: str,
    passages: Sequence[Passage],
    history: Sequence[Turn],
    chat_model: "BaseChatModel",
    *,
    context: int = UNKNOWN,
    answer_characters: int = ANSWER_CHARACTERS,
) -> Generator[Written, None, None]:
    """Yield the answer as it is written, whole each time. Closing this ends the model's work.

    Passages come most relevant first; those that find no room in the model's `context` (tokens) are left out from
    the end, and so is what reads like an instruction. What was not shown cannot be cited. A finished sentence is
    judged and gets its citations. A model that says nothing yet is heard of all the same, now and then. Raises
    WritingFailed.
    """
    if not passages:
        yield Written(refused=True)
        return
    readable = [without_instructions(passage) for passage in passages]
    prompt, shown = _answer_prompt(question, readable, history, context - _ANSWER_TOKENS)
    reply = Reply(shown, passages)
    if len(shown) < len(passages):
        reply.notes.append(f"The language model was shown the first {len(shown)} of {len(passages)} passages.")
    before, told, noted = Written(), time.monotonic(), len(reply.notes)
    with closing(_limited(chat_model, prompt, answer_characters, reply.notes)) as pieces:
        for piece in pieces:
            reply.add(piece)
            written = reply.so_far()
            if written.sentences != before.sentences or time.monotonic() > told + PATIENCE:
                yield (before := written)
                told = time.monotonic()
            if reply.over:
                break
    written = reply.finish(whole=len(reply.notes) == noted)
    if not (written.sentences or written.refused):
        raise WritingFailed("The language model's answer was empty.")
    if written != before:
        yield written


def rewrite_query(question: str, history: Sequence[Turn], chat_model: "BaseChatModel") -> Iterator[str]:
    """Make the question stand alone, by what the conversation says: the last of what is yielded.

    Before it comes an empty one whenever the model is silent, so that whoever waits can stop it. A bad reply leaves
    the question as it is: an empty or very long one, or one with a word or a negation that the conversation does not
    have. Raises WritingFailed.
    """
    if not history:
        yield question
        return
    talk = conversation(history)
    prompt = Prompt.load("query").fill(history=talk, question=one_line(question))
    limit = 2 * len(question) + 200
    reply = ""
    with closing(_limited(chat_model, prompt, limit + 1, [])) as pieces:
        for piece in pieces:
            reply += piece
            if not piece:
                yield ""
    line = next((line for line in reply.splitlines() if line.strip()), "").strip(" \t\"'\u201c\u201d*>")
    said = f"{talk} {question}"
    invented = content_words(line) - content_words(said) or _negations(line) - _negations(question)
    yield question if not line or len(reply) > limit or invented else line


def _negations(text: str) -> frozenset[str]:
    return NEGATIONS.intersection(re.findall(r"[\w']+", text.casefold().replace("\u2019", "'")))


def _answer_prompt(
    question: str, passages: Sequence[Passage], history: Sequence[Turn], room: int
) -> tuple[Prompt, Sequence[Passage]]:
    prompt = Prompt.load("answer")
    values = {"refusal": NOT_SAID, "question": one_line(question), "history": conversation(history)}
    room -= tokens(str(prompt.fill(passages="", **values)))
    labels: list[str] = []
    for number, passage in enumerate(passages, start=1):
        label = labelled(number, passage)
        room -= tokens(label)
        if room < 0:
            break
        labels.append(label)
    if not labels:
        raise WritingFailed("The question and the conversation leave no room for the articles.")
    return prompt.fill(passages="\n\n".join(labels), **values), passages[: len(labels)]


def _limited(
    chat_model: "BaseChatModel", prompt: Prompt, characters: int, notes: list[str]
) -> Generator[str, None, None]:
    """Yield the reply in pieces; after so many characters end the model's work and say so in the notes."""
    left = characters
    with closing(ask_chat_model(chat_model, prompt.instructions, prompt.request)) as pieces:
        for piece in pieces:
            yield piece.text[:left]
            left -= len(piece.text)
            if left < 0:
                notes.append(f"The answer was cut off after {characters:,} characters.")
                return
            if piece.cut:
                notes.append(piece.cut)
