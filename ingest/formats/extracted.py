"""What a file says, as the format has it: not yet cleaned, not yet an Article."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Extracted:
    """One article as found in a file.

    `text` has its paragraphs apart by blank lines. `fields` are those of `FIELDS` that the file tells, each with what
    it has there: a string, a list of them, a date. `key` tells it from the others of the same file: the id of a row,
    the name of a member; empty where a file is one article.
    """

    text: str
    fields: Mapping[str, object] = field(default_factory=dict)
    key: str = ""


FIELDS = ("title", "source", "author", "url", "published", "created")
"""`created` is the day a file was made; it counts where nothing says when the article was published."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of a file that gives no article: which, and why."""

    key: str
    reason: str
