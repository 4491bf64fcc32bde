"""What the page's buttons say to the server, and conversations as the browser keeps them. Both are hostile."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from qa.assistant import LONGEST_QUESTION
from qa.feedback import LONGEST_REASON
from qa.markup import Html, element, escaped
from qa.saved import answer_from_json
from qa.web.conversation import Conversation, Said
from qa.web.evidence import holds

LONGEST_KEPT = 2_000_000
"""How many characters a conversation may have that a browser gives back, some four hundred answers; see kept.js."""


class Command(BaseModel):
    """A button that was pressed, by its name and value; `text` and `words` are what was typed with it.

    `value` begins with the number of a turn for most, counted from 0.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    do: Literal[
        "ask", "again", "any_time", "unfiltered", "without", "edit", "cancel", "show", "back", "whole", "drop",
        "open", "export", "good", "bad", "new", "news",
    ]  # fmt: skip
    value: str = Field("", max_length=LONGEST_KEPT)
    text: str = Field("", max_length=LONGEST_REASON)
    words: str = Field("", max_length=LONGEST_REASON)

    def turn(self, turns: int) -> int | None:
        """The turn that is meant, if there is one."""
        number = self.value.partition(":")[0]
        if not number.isdecimal() or len(number) > len(str(LONGEST_QUESTION)):
            return None
        return int(number) if int(number) < turns else None


def command_from(sent: str) -> Command | None:
    """The command that was sent; None where it is none."""
    try:
        return Command.model_validate_json(sent)
    except ValidationError:
        return None


class _Beside(BaseModel):
    """What is kept beside an answer."""

    k: int = 0
    asked: AwareDatetime = Field(default_factory=lambda: datetime.now().astimezone())
    judged: bool = False


def as_kept(conversation: Conversation) -> Html:
    """A conversation for the browser to keep: of the passages only those that are shown."""
    kept = []
    for said in conversation.said:
        answer = said.answer
        cited = answer.citations if answer.refusal is None else answer.refusal.nearest
        shown = [passage for passage in answer.passages if any(holds(passage, citation) for citation in cited)]
        beside = _Beside(k=said.k, asked=said.asked, judged=said.judged)
        kept.append({**replace(answer, passages=tuple(shown)).as_json(), **beside.model_dump(mode="json")})
    return element("div", escaped(json.dumps({"id": conversation.id, "answers": kept})), class_="value")


def from_kept(kept: str) -> tuple[Said, ...]:
    """The conversation that a browser kept. Raises ValueError where it is none."""
    rows = json.loads(kept)
    if not isinstance(rows, list):
        raise ValueError("a conversation is a list of answers")  # what is wrong is what came in
    return tuple(Said(answer_from_json(row), **_Beside.model_validate(row).model_dump()) for row in rows)
