"""Loads the prompt files, checks their placeholders, and fences article text before it goes into one."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from string import Template
from typing import Literal, Self

from ingest.index import Passage
from qa.answer import Turn

PromptName = Literal["answer", "query"]

NOT_SAID = "The articles do not say."  # how a model says it, and how that is recognised
PLACEHOLDERS: dict[PromptName, frozenset[str]] = {
    "answer": frozenset({"refusal", "passages", "history", "question"}),
    "query": frozenset({"history", "question"}),
}

_NOTE = re.compile(r"<!--.*?-->", re.DOTALL)
_DIVIDER = re.compile(r"^---[ \t]*$", re.MULTILINE)
_CONTROL_TOKEN = re.compile(r"<(?=[|/!a-z])|\[(?=/?[A-Z_]+\])", re.IGNORECASE)
_BRACKETED_NUMBERS = re.compile(r"[\[【]([\s\d,;\u2013-]*\d[\s\d,;\u2013-]*)[\]】]")
_TURNS, _TURN_CHARACTERS = 3, 400


class PromptError(ValueError):
    """A prompt file cannot be used; the message names the file and what to change in it."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a chat model gets: what it has to do, and what it works on; with placeholders, or filled."""

    instructions: str
    request: str

    @classmethod
    def load(cls, name: PromptName) -> Self:
        """Read `prompts/NAME.md`. Raises PromptError unless its placeholders are those that get filled in."""
        try:
            text = resources.files("prompts").joinpath(f"{name}.md").read_text("utf-8")
        except (FileNotFoundError, ModuleNotFoundError):
            raise PromptError(f"prompts/{name}.md is missing; put it back or reinstall Dateline") from None
        return cls.parse(text, name)

    @classmethod
    def parse(cls, text: str, name: PromptName) -> Self:
        """Check the text of a prompt file; `name` says which placeholders it must have."""
        file = f"prompts/{name}.md"
        template = Template(_NOTE.sub("", text))
        if not template.is_valid():
            raise PromptError(f"{file}: a $ that begins no placeholder; write $$ for a dollar sign")
        found, wanted = frozenset(template.get_identifiers()), PLACEHOLDERS[name]
        wrong = [f"missing ${placeholder}" for placeholder in sorted(wanted - found)]
        wrong += [f"unknown ${placeholder}" for placeholder in sorted(found - wanted)]
        if wrong:
            known = ", ".join(f"${placeholder}" for placeholder in sorted(wanted))
            raise PromptError(f"{file}: {', '.join(wrong)}; the placeholders are {known}")
        parts = _DIVIDER.split(template.template, maxsplit=1)
        if len(parts) != 2:
            raise PromptError(f"{file}: no line of three dashes between what to do and what to work on")
        return cls(parts[0].strip(), parts[1].strip())

    def __str__(self) -> str:
        return f"{self.instructions}\n\n{self.request}"

    def fill(self, **values: str) -> Self:
        """Replace the placeholders; all of them have to be given. A $ in a value stays what it is."""
        return type(self)(*(Template(part).substitute(values) for part in (self.instructions, self.request)))


def labelled(number: int, passage: Passage) -> str:
    """Show a passage as the model sees it: its number; then title, source, date and text, each line behind a `>`.

    Whatever an article holds, it cannot leave its fence: no line of it begins without the sign.
    """
    chunk = passage.chunk
    published = chunk.published.isoformat() if chunk.published else ""
    origin = ", ".join(part for part in (one_line(chunk.source), published) if part)
    title = one_line(chunk.title)
    return "\n".join([f"[{number}]", f"> {title} ({origin})" if origin else f"> {title}", *_fenced(chunk.text)])


def conversation(history: Sequence[Turn]) -> str:
    """Show the last turns, shortened, as the model sees them; "(none)" at the beginning."""
    lines = []
    for turn in history[-_TURNS:]:
        lines += _fenced(f"Question: {one_line(turn.question)[:_TURN_CHARACTERS]}")
        lines += _fenced(f"Answer: {one_line(turn.answer)[:_TURN_CHARACTERS]}")
    return "\n".join(lines) or "(none)"


def one_line(text: str) -> str:
    """Put a text on one line and take out what a model could mistake for the prompt's own signs."""
    return " ".join(_harmless(text).split())


def _fenced(text: str) -> list[str]:
    return [f"> {' '.join(line.split())}" for line in _harmless(text).splitlines() if line.strip()]


def _harmless(text: str) -> str:
    """Take out invisible characters, chat formats' control tokens, and numbers like those of passages."""
    visible = "".join(
        character
        for character in text
        if character.isspace() or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}
    )
    return _CONTROL_TOKEN.sub(_opened, _BRACKETED_NUMBERS.sub(r"(\1)", visible))


def _opened(sign: re.Match[str]) -> str:
    return "\u2039 " if sign.group() == "<" else "( "
