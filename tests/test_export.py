"""A conversation on paper: everything that was said shows as it stands, and nothing that others wrote comes alive."""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa.answer import Answer, Citation, Query, Refusal, Sentence
from qa.export import FORMATS, as_html, as_json_text, as_markdown, file_name
from qa.markup import safe_address, spelled
from qa.saved import answer_from_json
from tests.answers import PLAIN, answers
from tests.hostile_texts import HOSTILE_TEXTS
from tests.web.browser import chromium

WHEN = datetime(2026, 11, 23, 17, 40, tzinfo=UTC)
TOLD = (
    "Exported on 23 November 2026 at 17:40 UTC. "
    "Each quote is its article's text between the characters named, as dateline show ID prints it."
)
CITATION = Citation(
    number=1,
    article_id="2018/coty.md",
    title="Coty buys 41 brands",
    source="The Desk",
    url="https://news.example/coty?a=1&b=2",
    published=date(2018, 2, 23),
    start=100,
    end=136,
    quote="Coty paid (in cash) $600.\nThat is all",
    score=0.9,
    also_in=("The Post",),
    exact=(120, 124),
)
CITATION = replace(CITATION, end=CITATION.start + len(CITATION.quote))
ANSWER = Answer(
    "How much did Coty pay?",
    Query("How much did Coty pay?", since=date(2018, 1, 1)),
    sentences=(Sentence(CITATION.quote, (1,), supported=True),),
    citations=(CITATION,),
    notes=("Look twice.",),
)
REFUSED = Answer("Who won?", Query("Who won?"), refusal=Refusal("The articles do not say.", (CITATION,)))
WRITTEN = replace(
    ANSWER,
    mode="written",
    model="openai:small",
    sentences=(Sentence("It paid $600.", (1,), supported=True), Sentence("Invented.", (), supported=False)),
)
# Where no words are exact: none at a place, and white space.
BLURRED = [replace(ANSWER, citations=(replace(CITATION, exact=place),)) for place in ((100, 100), (104, 105))]
SIGNS = "ab1 \n*_`[]()<>#+-.!|~&$@:/\\\"'=^{};w。“é\u0301"
TEXTS = st.one_of(PLAIN, st.text(SIGNS, max_size=30), st.sampled_from(HOSTILE_TEXTS))
CONVERSATIONS = st.lists(answers(TEXTS), max_size=3)
INLINE = {"text", "softbreak", "hardbreak", "strong_open", "strong_close", "link_open", "link_close"}
Block = tuple[str, str]


def folded(text: str) -> str:
    """Fold white space, and show what no format shows: control characters, halves of characters."""
    visible = "".join(
        "\ufffd" if unicodedata.category(sign) == "Cc" and not sign.isspace() else sign for sign in text
    )
    return " ".join(visible.encode("utf-8", "replace").decode().split())


def told(conversation: list[Answer], *, original: str | None = None) -> list[Block]:
    """List the blocks that a file should have, those without text left out; `original` stands for any address."""

    def blocks() -> Iterator[Block]:
        yield "h1", "A conversation with the archive"
        yield "p", TOLD
        for answer in conversation:
            yield "h2", answer.question
            yield "p", f"Searched for: {answer.query}" if str(answer.query) != answer.question else ""
            yield "p", answer.text
            yield "p", f"As of {spelled(answer.as_of)}, the day of the newest article cited." if answer.as_of else ""
            yield from (("p", f"Note: {note}") for note in answer.notes)
            if answer.mode == "written" and answer.refusal is None:
                yield "p", f"Written by {answer.model or 'a chat model'}: check it against the quotes."
            cited = answer.citations if answer.refusal is None else answer.refusal.nearest
            yield "h3", ("Evidence" if answer.refusal is None else "Nearest articles") if cited else ""
            for citation in cited:
                yield "h4", f"[{citation.number}] {citation.title}"
                also_in = f"also in {', '.join(citation.also_in)}" if citation.also_in else ""
                day = spelled(citation.published) if citation.published else ""
                address = safe_address(citation.url) and (original or citation.url)
                yield "p", " · ".join(part for part in (citation.source, also_in, day, address) if part)
                yield "blockquote", citation.quote
                yield "p", f"Article {citation.article_id}, characters {citation.start} to {citation.end}"

    return [(name, folded(text)) for name, text in blocks() if folded(text)]


def addresses(conversation: list[Answer]) -> list[str]:
    """List the addresses that may be opened."""
    cited = (citation for a in conversation for citation in (a.refusal.nearest if a.refusal else a.citations))
    return [address for citation in cited if (address := safe_address(citation.url))]


def exact_words(conversation: list[Answer]) -> list[str]:
    """List the words in the quotes that answer."""
    cited = (citation for a in conversation for citation in (a.refusal.nearest if a.refusal else a.citations))
    return [words for citation in cited if (words := folded(citation.parts[1]))]


class Markdown:
    """What CommonMark with GitHub's tables and strikethrough makes of a text: blocks, links, bold words in quotes."""

    def __init__(self, text: str) -> None:
        self.parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
        self.blocks: list[Block] = []
        self.links: list[str] = []
        self.bold: list[str] = []
        opened: list[str] = []
        for token in self.parser.parse(text):
            if token.type == "inline":
                self._read(token, "blockquote" if opened[0] == "blockquote" else opened[-1])
            elif token.nesting > 0:
                opened.append(token.tag)
            else:
                assert token.nesting < 0, f"a {token.type}: {token.content!r}"
                opened.pop()
        assert {name for name, _ in self.blocks} <= {"h1", "h2", "h3", "h4", "p", "blockquote"}

    def _read(self, inline: Token, name: str) -> None:
        text, bold = "", False
        for token in inline.children or ():
            assert token.type in {
                "text",
                "softbreak",
                "hardbreak",
                "strong_open",
                "strong_close",
                "link_open",
                "link_close",
            }
            text += token.content or (" " if token.type.endswith("break") else "")
            if token.type == "link_open":
                self.links.append(str(token.attrs["href"]))
            elif token.type.startswith("strong"):
                bold = token.type == "strong_open"
                self.bold += [""] if bold and name == "blockquote" else []
            elif bold and name == "blockquote":
                self.bold[-1] += token.content or " "
        if folded(text):
            self.blocks.append((name, folded(text)))


class Html(HTMLParser):
    """What a browser makes of a file: blocks, links, bold words in quotes, and which elements and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.links: list[str] = []
        self.bold: list[str] = []
        self.names: set[str] = set()
        self._open: list[str] = []
        _, self.head, self.body = html.partition("</style>")
        self.feed(self.body)
        self.close()
        self.blocks = [(name, folded(text)) for name, text in self.blocks if folded(text)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {tag, *(f"{tag} {name}" for name, _ in attrs)}
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag in {"title", "h1", "h2", "h3", "h4", "p", "blockquote"}:
            self.blocks.append((tag, ""))
        self.bold += [""] if tag == "b" and "blockquote" in self._open else []
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"head", "html"}:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip("\n"):
            name, text = self.blocks[-1]
            self.blocks[-1] = name, text + data
        if "b" in self._open and "blockquote" in self._open:
            self.bold[-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")


def everywhere(text: str, *, refused: bool = False) -> Answer:
    """Put one text in every place where an article, a model or a visitor may write."""
    place = (5, 5 + 2 * len(text))
    citation = Citation(1, text, text, text, text, None, *place, text * 2, 0.5, (text,), (5, 5 + len(text)))
    sentences = () if refused else (Sentence(text, (1,)), Sentence(text * 2, (1,)))
    refusal = Refusal(text, (citation,)) if refused else None
    query = Query(text, sources=(text,))
    return Answer(text, query, "written", text, sentences, (citation,), refusal=refusal, notes=(text,))


@given(CONVERSATIONS)
@example([ANSWER, REFUSED, WRITTEN, *BLURRED])
def test_markdown_shows_what_was_said_and_nothing_else(conversation: list[Answer]) -> None:
    read = Markdown(as_markdown(conversation, WHEN))
    assert read.blocks == told(conversation, original="Original")
    assert read.links == [read.parser.normalizeLink(address) for address in addresses(conversation)]
    assert list(map(folded, read.bold)) == exact_words(conversation)


@given(CONVERSATIONS)
@example([ANSWER, REFUSED, WRITTEN, *BLURRED])
def test_html_shows_what_was_said_and_nothing_else(conversation: list[Answer]) -> None:
    read = Html(as_html(conversation, WHEN))
    (title, _), *blocks = read.blocks
    assert title == "title"
    assert blocks == told(conversation)
    assert [link for link in read.links if not link.startswith("#")] == addresses(conversation)
    assert list(map(folded, read.bold)) == exact_words(conversation)


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=ascii)
@pytest.mark.parametrize("refused", [False, True], ids=["answered", "refused"])
def test_hostile_text_shows_as_it_is(text: str, refused: bool) -> None:
    conversation = [everywhere(text, refused=refused)]
    markdown, html = Markdown(as_markdown(conversation, WHEN)), Html(as_html(conversation, WHEN))
    assert markdown.blocks == told(conversation, original="Original")
    assert markdown.links == [markdown.parser.normalizeLink(address) for address in addresses(conversation)]
    assert html.blocks[1:] == told(conversation)
    assert [link for link in html.links if not link.startswith("#")] == addresses(conversation)
    plain = Html(as_html([everywhere("https://news.example/", refused=refused)], WHEN)).names
    assert html.names <= plain


@pytest.mark.web
def test_hostile_text_does_nothing_in_a_browser(tmp_path: Path) -> None:
    file = tmp_path / "conversation.html"
    conversation = [everywhere(text, refused=refused) for text in HOSTILE_TEXTS for refused in (False, True)]
    file.write_text(as_html(conversation, WHEN), "utf-8")
    asked: list[str] = []
    # Without the policy, which would hide what is wrong.
    with chromium() as browser, browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append(dialog.message))
        page.goto(file.as_uri())
        assert page.evaluate("window.ran") is None
        assert page.locator("article.turn").count() == len(conversation)
        assert page.locator("script, img, svg, iframe, link, base, form, object, embed, input").count() == 0
        page.locator("a[href^='#']").first.click()
        assert page.url.endswith("#turn-1-evidence-1")
    assert asked == [file.as_uri()]


def test_the_html_file_forbids_itself_to_load_anything() -> None:
    html = as_html([ANSWER], WHEN)
    policy = """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">"""
    assert html.index(policy) < html.index("<style>")
    assert "url(" not in html
    assert "@import" not in html


def test_every_number_leads_to_its_card() -> None:
    read = as_html([ANSWER, ANSWER], WHEN)
    for turn in (1, 2):
        assert f'<a href="#turn-{turn}-evidence-1">[1]</a>' in read
        assert read.count(f'id="turn-{turn}-evidence-1"') == 1


def test_the_title_is_the_first_question() -> None:
    assert Html(as_html([WRITTEN, REFUSED], WHEN)).blocks[0] == ("title", "How much did Coty pay?")
    assert Html(as_html([], WHEN)).blocks[0] == ("title", "A conversation with the archive")


def test_markdown_is_pleasant_as_text() -> None:
    assert as_markdown([ANSWER], WHEN).partition("## ")[2] == (
        "How much did Coty pay?\n\n"
        "Searched for: How much did Coty pay?; published since 2018-01-01\n\n"
        "Coty paid (in cash) **\\$600**.\\\nThat is all [1]\n\n"
        "As of 23 February 2018, the day of the newest article cited.\n\n"
        "Note: Look twice.\n\n"
        "### Evidence\n\n"
        "#### [1] Coty buys 41 brands\n\n"
        "The Desk · also in The Post · 23 February 2018 · [Original](<https://news.example/coty?a=1\\&b=2>)\n\n"
        "> Coty paid (in cash) **\\$600**.\\\n> That is all\n\n"
        f"Article 2018/coty\\.md, characters 100 to {CITATION.end}\n"
    )


@given(CONVERSATIONS)
def test_json_is_read_back(conversation: list[Answer]) -> None:
    written = as_json_text(conversation, WHEN)
    fields = json.loads(written.encode())
    assert fields["exported"] == "2026-11-23T17:40:00+00:00"
    assert [answer_from_json(turn).as_json() for turn in fields["turns"]] == [a.as_json() for a in conversation]


def test_half_a_character_breaks_no_file() -> None:
    answer = everywhere("\ud800")
    assert {
        ending: "?" in written.write([answer], WHEN).encode().decode() for ending, written in FORMATS.items()
    } == {
        "md": True,
        "html": True,
        "json": True,
    }


@pytest.mark.parametrize("ending", FORMATS)
def test_the_time_has_a_zone(ending: str) -> None:
    write = FORMATS[ending].write
    with pytest.raises(ValueError, match="zone"):
        write([ANSWER], datetime(2026, 11, 23, 17, 40))
    east = WHEN.astimezone(timezone(timedelta(hours=1)))
    assert "+01:00" in write([ANSWER], east)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What does the Cortana integration involve?", "dateline-What-does-the-Cortana-integration-involve.md"),
        ("../../etc/passwd", "dateline-etc-passwd.md"),
        ("C:\\con", "dateline-C-con.md"),
        ("What did AT&T pay for “Time Warner”?", "dateline-What-did-AT-T-pay-for-Time-Warner.md"),
        ("Що сталося в Києві?", "dateline-Що-сталося-в-Києві.md"),
        ("小米和微软签署了什么？", "dateline-小米和微软签署了什么.md"),
        ("ماذا حدث؟", "dateline-ماذا-حدث.md"),
        ("क्या हुआ?", "dateline-क्या-हुआ.md"),
        ("e\u0301te\u0301", "dateline-été.md"),
        ("a\x00b\nc\u202ed", "dateline-a-b-c-d.md"),
        ("?!", "dateline.md"),
        ("", "dateline.md"),
        ("word " * 40, "dateline-" + "-".join(["word"] * 12) + ".md"),
        ("字" * 100, "dateline-" + "字" * 60 + ".md"),
    ],
)
def test_a_file_is_named_by_the_first_question(question: str, name: str) -> None:
    assert file_name([replace(ANSWER, question=question), REFUSED], "md") == name


def test_an_empty_conversation_has_a_name_too() -> None:
    assert file_name([], "json") == "dateline.json"


@given(TEXTS | st.text(st.characters(), min_size=50))
def test_a_name_is_safe_on_every_file_system(question: str) -> None:
    name = file_name([replace(ANSWER, question=question)], "html")
    assert len(name.encode()) <= 255
    assert len(unicodedata.normalize("NFD", name).encode("utf-16-le")) // 2 <= 255
    assert not set(name) & set("<>:\"/\\|?*%$&;`' \t\n")
    assert all(unicodedata.category(sign)[0] in "LMN" or sign in "-." for sign in name)
    assert name.startswith(("dateline.", "dateline-"))
    assert name.count(".") == 1
