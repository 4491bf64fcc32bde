"""Titles that files carry in their properties: many are a program's, not the article's."""

import re

from ingest.text import one_line

_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint)\b.*|(?:untitled|ohne titel|sans titre|(?:word )?document|dokument|title|blank"
    r"|print|(?:powerpoint )?presentation|slide|layout|new page)[\s\d()_-]*|.*\.[a-z]{2,5}\d?|[\W\d_]*|\S*[\\/]\S*",
    re.IGNORECASE,
)
_LONGEST = 200  # characters


def told_title(value: object) -> str:
    """The title in a file's properties; empty when it is none, but a program's own or a file's name."""
    title = one_line(value) if isinstance(value, str) else ""
    return "" if _NO_TITLE.fullmatch(title) or len(title) > _LONGEST else title
