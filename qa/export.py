"""A conversation → a file to keep or to hand on: Markdown, HTML, JSON. Pure.

Articles, chat models and visitors write text only: whatever they wrote shows as it stands, and makes no link, no
picture, no heading. The one exception are addresses of articles, where they can only open a web page.
"""

import json
import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from qa.answer import Answer, Citation, Sentence
from qa.markup import Html, element, escaped, joined, safe_address, spelled

_HEADING = "A conversation with the archive"
_CHECK = "Each quote is its article's text between the characters named, as  dateline show ID  prints it."
_LONGEST_NAME = 60  # characters, so that with all their bytes a file name stays below the 255 that file systems take
_LONGEST_TITLE = 80  # characters that a browser's tab and history can show


@dataclass(frozen=True, slots=True)
class Format:
    """How a conversation is written, and what that is called on the web."""

    write: Callable[[Sequence[Answer], datetime], str]
    media_type: str


def as_markdown(answers: Sequence[Answer], exported: datetime) -> str:
    """The conversation as CommonMark. White space is folded, but a quote's line breaks are kept.

    GitHub makes mail addresses links wherever they stand; nothing else comes alive. `exported` is the time, with its
    zone, here and in the other formats; ValueError where it has none.
    """
    blocks = [f"# {_HEADING}", _plain(_when(exported))]
    for answer in answers:
        blocks += _markdown_turn(answer)
    return "\n\n".join(block for block in blocks if block) + "\n"


def as_html(answers: Sequence[Answer], exported: datetime) -> str:
    """The conversation as one HTML file for screen and paper, without scripts, that loads nothing."""
    header = element("header", element("h1", escaped(_HEADING)), element("p", escaped(_when(exported))))
    turns = (_html_turn(answer, turn) for turn, answer in enumerate(answers, 1))
    first = textwrap.shorten(answers[0].question, _LONGEST_TITLE, placeholder=" …") if answers else ""
    title = element("title", escaped(first or _HEADING))
    return f"{_HEAD}{title}\n</head>\n<body>\n{header}\n{element('main', *turns)}\n</body>\n</html>\n"


def as_json_text(answers: Sequence[Answer], exported: datetime) -> str:
    """The conversation as JSON: when, and every answer whole, which `qa.saved.answer_from_json` reads."""
    fields = {"exported": _zoned(exported).isoformat(), "turns": [answer.as_json() for answer in answers]}
    text = json.dumps(fields, ensure_ascii=False, indent=2)
    return text.encode("utf-8", "replace").decode("utf-8") + "\n"


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "md": Format(as_markdown, "text/markdown"),
        "html": Format(as_html, "text/html"),
        "json": Format(as_json_text, "application/json"),
    }
)
"""The formats by the ending of their files; all are UTF-8."""


def file_name(answers: Sequence[Answer], ending: str) -> str:
    """A name for the file, by the first question: its letters, of any script, and figures; safe on any file system.

    The word in front keeps it from being a device's name, as "con" is on Windows, and from being hidden.
    """
    question = unicodedata.normalize("NFKC", answers[0].question) if answers else ""
    kept = "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in question)
    words = " ".join(word for word in kept.split() if any(sign.isalnum() for sign in word))
    short = textwrap.shorten(words, _LONGEST_NAME, placeholder="") or words[:_LONGEST_NAME]
    return f"{'-'.join(['dateline', *short.split()])}.{ending}"


def _zoned(exported: datetime) -> datetime:
    if exported.utcoffset() is None:
        raise ValueError("the time of an export needs a zone")
    return exported


def _when(exported: datetime) -> str:
    return f"Exported on {spelled(exported)} at {_zoned(exported):%H:%M %Z}. {_CHECK}"


def _searched(answer: Answer) -> str:
    return f"Searched for: {answer.query}" if str(answer.query) != answer.question else ""


def _remarks(answer: Answer) -> Iterator[str]:
    """What is said below an answer."""
    if answer.as_of:
        yield f"As of {spelled(answer.as_of)}, the day of the newest article cited."
    yield from (f"Note: {note}" for note in answer.notes)
    if answer.mode == "written" and answer.refusal is None:
        yield f"Written by {answer.model or 'a chat model'}: check it against the quotes."


def _evidence(answer: Answer) -> tuple[str, Sequence[Citation]]:
    """The evidence with what to call it; of a refusal the nearest articles."""
    if answer.refusal is not None:
        return "Nearest articles", answer.refusal.nearest
    return "Evidence", answer.citations


def _shown(answer: Answer) -> Iterator[tuple[tuple[str, str, str], Sentence]]:
    """The sentences that the answer's text has, each in three: before the words that answer, those, after them."""
    quotes = {citation.quote: citation.parts for citation in reversed(answer.citations)}
    for sentence in answer.sentences if answer.refusal is None else ():
        if sentence.supported is not False:
            yield quotes.get(sentence.text, (sentence.text, "", "")), sentence


def _origin(citation: Citation) -> list[str]:
    """Where a quote is from, in parts; without its address."""
    also_in = f"also in {', '.join(citation.also_in)}" if citation.also_in else ""
    day = spelled(citation.published) if citation.published else ""
    return [part for part in (citation.source, also_in, day) if part]


def _place(citation: Citation) -> str:
    return f"Article {citation.article_id}, characters {citation.start} to {citation.end}"


# Signs that mean something wherever they stand; at the beginning of a word, as it may come to begin a line; behind
# the number of a list's item; and inside of what would be made an address.
_MEANS_SOMETHING = re.compile(
    r"[\\`*_{}\[\]<>#|~^&$@]|(?<!\S)[-+=:]|(?<!\S)\d{1,9}[.)](?!\S)|:(?=//)|\.(?=[^\W\d_])",
)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")  # a terminal obeys them
_BREAK = "\\\n"
_QUOTED_BREAK = f"{_BREAK}> "


def _plain(text: str, line_break: str = " ") -> str:
    """Write Markdown that shows exactly this text, wherever it is put."""
    escaped_text = _MEANS_SOMETHING.sub(lambda sign: f"{sign[0][:-1]}\\{sign[0][-1]}", _visible(text))
    return re.sub(r"\s+", lambda space: line_break if "\n" in space[0] else " ", escaped_text)


def _visible(text: str) -> str:
    return _CONTROLS.sub("\ufffd", text.encode("utf-8", "replace").decode("utf-8"))


def _bold(parts: tuple[str, str, str], line_break: str) -> str:
    """Write three parts of a text, the middle one bold."""
    before, words, after = (_visible(part) for part in parts)
    bare = words.strip()
    if not bare:
        return _plain(f"{before}{words}{after}".strip(), line_break)
    first = words.index(bare)
    before, after = (before + words[:first]).lstrip(), (words[first + len(bare) :] + after).rstrip()
    opening, closing = _plain(before, line_break), _plain(after, line_break)
    # Between a letter and "$600", ** is no emphasis. Beside the number of a letter it is: "&" and ";" are no letters.
    if before and not before[-1].isspace() and not bare[0].isalnum():
        opening = f"{_plain(before[:-1], line_break)}&#{ord(before[-1])};"
    if after and not after[0].isspace() and not bare[-1].isalnum():
        closing = f"&#{ord(after[0])};{_plain(after[1:], line_break)}"
    return f"{opening}**{_plain(bare, line_break)}**{closing}"


def _markdown_turn(answer: Answer) -> Iterator[str]:
    """One turn, in blocks."""
    yield f"## {_plain(answer.question.strip())}"
    yield _plain(_searched(answer))
    if answer.refusal is not None:
        yield _plain(answer.refusal.reason.strip(), _BREAK)
    yield " ".join(_markdown_sentence(parts, sentence) for parts, sentence in _shown(answer))
    yield from (_plain(remark.strip()) for remark in _remarks(answer))
    title, cited = _evidence(answer)
    yield f"### {title}" if cited else ""
    for citation in cited:
        yield f"#### [{citation.number}] {_plain(citation.title.strip())}"
        address = safe_address(citation.url)
        original = [f"[Original](<{_destination(address)}>)"] if address else []
        yield " · ".join([*map(_plain, _origin(citation)), *original])
        yield f"> {_bold(citation.parts, _QUOTED_BREAK)}"
        yield _plain(_place(citation))


def _markdown_sentence(parts: tuple[str, str, str], sentence: Sentence) -> str:
    marks = "".join(f"[{number}]" for number in sentence.citations)
    return " ".join(part for part in (_bold(parts, _BREAK), marks) if part)


def _destination(address: str) -> str:
    return re.sub(r"[\\<>&]", r"\\\g<0>", address)


_STYLE = """
:root { color-scheme: light dark;
  --ink: #1d1c1a; --soft: #615d55; --paper: #fdfcfa; --line: #dcd7cd; --link: #1a4f8a }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e9e6df; --soft: #aaa59a; --paper: #191816; --line: #3d3a35; --link: #94bdeb }
}
body { max-width: 42rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; color: var(--ink); background: var(--paper);
  font: 1.0625rem/1.6 Charter, "Iowan Old Style", "Source Serif 4", Georgia, serif; overflow-wrap: anywhere }
h1, h2, h3, h4 { line-height: 1.3; text-wrap: balance }
h1 { font-size: 1.1rem; margin: 0 }
h2 { font-size: 1.5rem; margin: 0 0 .75rem }
h3 { font-size: 1rem; color: var(--soft); margin: 1.75rem 0 .5rem }
h4 { font-size: 1.0625rem; margin: 0 }
a { color: var(--link) }
.turn { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 2rem }
.said { white-space: pre-line }
.soft, header p { color: var(--soft); font-size: .875rem; margin: .25rem 0 }
.card { border: 1px solid var(--line); border-radius: .4rem; padding: .75rem 1rem; margin: .75rem 0 }
.card:target { border-color: var(--link) }
blockquote { margin: .5rem 0; padding-inline-start: .9rem; border-inline-start: .2rem solid var(--line);
  white-space: pre-line }
@media print {
  :root { --ink: #000; --soft: #444; --paper: #fff; --line: #bbb; --link: #000 }
  body { max-width: none; padding: 0; font-size: 10.5pt }
  h2, h3, h4 { break-after: avoid }
  .card { break-inside: avoid }
}
"""
_HEAD = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<style>{_STYLE}</style>
"""


def _html_turn(answer: Answer, turn: int) -> Html:
    title, cited = _evidence(answer)
    said = _paragraph(answer.refusal.reason, "said") if answer.refusal is not None else _html_answer(answer, turn)
    searched = _searched(answer)
    cards = element("section", element("h3", escaped(title)), *(_card(citation, turn) for citation in cited))
    return element(
        "article",
        element("h2", escaped(answer.question), dir="auto"),
        *([_paragraph(searched)] if searched else []),
        said,
        *(_paragraph(remark) for remark in _remarks(answer)),
        *([cards] if cited else []),
        class_="turn",
    )


def _html_answer(answer: Answer, turn: int) -> Html:
    sentences = []
    for parts, sentence in _shown(answer):
        marks = (
            element("a", escaped(f"[{number}]"), href=f"#{_card_id(turn, number)}") for number in sentence.citations
        )
        sentences.append(joined(" ", (_html_bold(parts), joined("", marks))))
    return element("p", joined(" ", sentences), class_="said", dir="auto")


def _card(citation: Citation, turn: int) -> Html:
    origin = [element("bdi", escaped(part)) for part in _origin(citation)]
    address = safe_address(citation.url)
    if address:
        origin.append(element("a", escaped(address), href=address, rel="noopener noreferrer nofollow"))
    return element(
        "article",
        element("h4", escaped(f"[{citation.number}] {citation.title}"), dir="auto"),
        element("p", joined(" · ", origin), class_="soft", dir="auto"),
        element("blockquote", _html_bold(citation.parts), dir="auto"),
        _paragraph(_place(citation)),
        class_="card",
        id=_card_id(turn, citation.number),
    )


def _html_bold(parts: tuple[str, str, str]) -> Html:
    before, words, after = (escaped(part) for part in parts)
    return joined("", (before, element("b", words) if parts[1].strip() else words, after))


def _paragraph(text: str, kind: str = "soft") -> Html:
    return element("p", escaped(text), class_=kind, dir="auto")


def _card_id(turn: int, number: int) -> str:
    return f"turn-{turn}-evidence-{number}"
