"""Question → answer, in the articles' own words.

from qa import Assistant

assistant = Assistant.open("index")
print(assistant.ask("What does the Cortana integration involve?"))
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.answer import Answer, Citation, Query, Refusal, Sentence, Turn
    from qa.assistant import Assistant
    from qa.chat_model import open_chat_model

__all__ = ["Answer", "Assistant", "Citation", "Query", "Refusal", "Sentence", "Turn", "open_chat_model"]

_HOMES = {
    "Answer": "qa.answer",
    "Citation": "qa.answer",
    "Query": "qa.answer",
    "Refusal": "qa.answer",
    "Sentence": "qa.answer",
    "Turn": "qa.answer",
    "Assistant": "qa.assistant",
    "open_chat_model": "qa.chat_model",
}


def __getattr__(name: str) -> object:
    """Import what is named when it is named: the heavy parts stay out of `dateline --help`."""
    if name in __all__:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
