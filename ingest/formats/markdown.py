"""Markdown with front matter: the words without their mark-up, paragraph by paragraph."""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token
from yaml import YAMLError

from ingest.formats.extracted import FIELDS, Extracted
from ingest.formats.fields import known
from ingest.text import UnreadableError, clean, decode

_LONGEST_TITLE = 200
_LONGEST_FRONT_MATTER = 8_000  # characters; the YAML parser, in C, falls over brackets nested 30,000 deep


def extract(file: BinaryIO) -> Iterator[Extracted]:
    """The article in a Markdown file. Raises UnreadableError."""
    front, body = _front_matter(decode(file.read()))
    fields = {name: value for name, value in known(front).items() if name in FIELDS}
    blocks = list(_blocks(MarkdownIt("commonmark", {"html": False}).enable("table").parse(body)))
    if "title" not in fields and blocks and blocks[0][0] == "h1" and len(blocks[0][1]) <= _LONGEST_TITLE:
        fields["title"] = blocks.pop(0)[1]
    yield Extracted("\n\n".join(block for _, block in blocks), fields)


def _front_matter(text: str) -> tuple[Mapping[str, object], str]:
    """The fields between the two lines of dashes at the beginning, and the text behind them."""
    handler = YAMLHandler()
    if not handler.detect(text):
        return {}, text
    try:
        _, block, body = handler.FM_BOUNDARY.split(text, 2)
    except ValueError:
        return {}, text
    if len(block) > _LONGEST_FRONT_MATTER:
        raise UnreadableError(f"its front matter is longer than {_LONGEST_FRONT_MATTER} characters")
    try:
        fields = handler.load(block)
    except (YAMLError, ValueError, LookupError, AttributeError, TypeError, RecursionError) as error:
        raise UnreadableError(f"its front matter is not YAML: {' '.join(str(error).split())[:200]}") from error
    return fields if isinstance(fields, dict) else {}, body


def _blocks(tokens: list[Token]) -> list[tuple[str, str]]:
    """The paragraphs, headings, list items and code blocks of a Markdown text, each with its tag, as plain text.

    They are cleaned again: an entity can stand for any character.
    """
    blocks = []
    tag = ""
    for token in tokens:
        if token.type in ("fence", "code_block"):
            blocks.append(("code", token.content.strip()))
        elif token.type == "inline":
            blocks.append((tag, "".join(_inline(token.children or [])).strip()))
        elif token.nesting == 1:
            tag = token.tag
    cleaned = [(tag, clean(text).strip()) for tag, text in blocks]
    return [(tag, text) for tag, text in cleaned if text]


def _inline(tokens: list[Token]) -> list[str]:
    """Words without their mark-up; of an image only its description."""
    return [
        "\n"
        if token.type in ("softbreak", "hardbreak")
        else "".join(_inline(token.children))
        if token.children
        else token.content
        for token in tokens
    ]
