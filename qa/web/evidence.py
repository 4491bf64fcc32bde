"""Answer → HTML: the answer as a message, its evidence as cards. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ingest.index import Passage
from qa.answer import Answer, Citation, Sentence
from qa.instructions import has_instructions
from qa.markup import Html, element, escaped, joined, safe_address, spelled

CONTEXT = 260
"""How many characters of a passage are shown before and after its quote, at most."""

NAMED = 3
"""How many other outlets of a story are named; more are counted, their names are in the tooltip."""

WARNING = "This passage has text that reads like an instruction to a machine. It is only quoted."
"""What is said of such a passage."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an archive holds: how many articles, from which sources, published from when to when."""

    articles: int
    sources: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None

    def __str__(self) -> str:
        if not self.articles:
            return "The archive is empty. Add articles with: dateline ingest FOLDER"
        parts = [f"{self.articles:,} article{'' if self.articles == 1 else 's'}"]
        if self.sources:
            several = len(self.sources) > 1
            parts.append(f"from {len(self.sources):,} sources" if several else f"from {min(self.sources)}")
        if self.since and self.until:
            period = (spelled(self.since), spelled(self.until))
            parts.append(period[0] if self.since == self.until else " to ".join(period))
        return " · ".join(parts)


def question_html(question: str) -> Html:
    """Show a question in the conversation."""
    return element("div", element("p", escaped(question), dir="auto"), class_="question")


def answer_html(answer: Answer, turn: int) -> Html:
    """Show an answer in the conversation; each [n] leads to its card."""
    if answer.refusal is not None:
        body = element("p", escaped(answer.refusal.reason), class_="refusal", dir="auto")
    else:
        shown = (sentence for sentence in answer.sentences if sentence.supported is not False)
        body = element("p", joined(" ", (_sentence_html(sentence, answer, turn) for sentence in shown)), dir="auto")
    written = f"Written by {answer.model or 'a chat model'}: check it against the quotes."
    said = (*answer.notes, written) if answer.mode == "written" and answer.refusal is None else answer.notes
    notes = (element("p", escaped(note), class_="note", dir="auto") for note in said)
    return element("div", body, *notes, class_="answer")


def pending_html() -> Html:
    """Show that the first words of an answer are still to come."""
    return element("div", element("p", escaped("Reading the archive …")), class_="pending")


def problem_html(message: str) -> Html:
    """Show in the conversation what went wrong with a question."""
    return element("div", element("p", escaped(message), dir="auto"), class_="problem")


def evidence_html(answer: Answer, turn: int) -> Html:
    """Show the evidence of an answer as numbered cards; for a refusal, the nearest articles."""
    refused = answer.refusal is not None
    cited = answer.refusal.nearest if answer.refusal is not None else answer.citations
    title = "Nearest articles" if refused else "Evidence"
    told = element("p", escaped(answer.question), class_="asked", dir="auto")
    if str(answer.query) != answer.question:
        searched = element("p", escaped(f"Searched for: {answer.query}"), class_="hint", dir="auto")
        told = joined("", (told, searched))
    if not cited:
        nothing = "No article comes near the question." if refused else "No quotes yet."
        return _panel(title, told, element("p", escaped(nothing), class_="hint"))
    cards = (_card(citation, answer, turn) for citation in cited)
    return _panel(title, told, element("div", *cards, class_="cards"))


def no_evidence_html() -> Html:
    """Show what the evidence panel is for, before the first answer."""
    hint = "The passages that an answer rests on appear here, with the quoted words marked."
    return _panel("Evidence", element("p", escaped(hint), class_="hint"))


def masthead_html(holdings: Holdings) -> Html:
    """Show the page's title, and what the archive holds."""
    held = element("p", escaped(str(holdings)), dir="auto")
    return element("header", element("h1", escaped("Dateline")), held, class_="masthead")


def welcome_html() -> Html:
    """Show what to do, before the first question."""
    told = "Ask a question. The answer comes in the articles' own words, with quotes you can check."
    return element("p", escaped(told), class_="welcome")


def hint_html(characters: int) -> Html:
    """Show how to use the box, and how long a question may be."""
    told = f"Enter asks, Shift+Enter makes a new line. A question has at most {characters:,} characters."
    return element("p", escaped(told), class_="hint")


def _sentence_html(sentence: Sentence, answer: Answer, turn: int) -> Html:
    marks = [
        element("a", escaped(f"[{number}]"), class_="cite", href=f"#{_card_id(turn, number)}")
        for number in sentence.citations
    ]
    quoted = (citation for citation in answer.citations if citation.quote == sentence.text)
    text = next((_quote_html(citation) for citation in quoted), escaped(sentence.text))
    return joined(" ", (text, joined("", marks))) if marks else text


def _quote_html(citation: Citation) -> Html:
    """Show a quote, the words that answer in bold."""
    before, exact, after = citation.parts
    parts = (
        (escaped(before), element("b", escaped(exact), class_="exact"), escaped(after))
        if exact
        else (escaped(before),)
    )
    return joined("", parts)


def _card(citation: Citation, answer: Answer, turn: int) -> Html:
    passage = _passage(citation, answer)
    number = element("span", escaped(str(citation.number)), class_="number")
    heading = element("h3", number, element("span", escaped(citation.title), dir="auto"))
    return element(
        "article",
        heading,
        _origin(citation),
        *([element("p", escaped(WARNING), class_="warning")] if passage and has_instructions(passage) else []),
        element("blockquote", _marked_passage(citation, passage), dir="auto"),
        class_="card",
        id=_card_id(turn, citation.number),
    )


def _origin(citation: Citation) -> Html:
    parts = []
    if citation.source:
        parts.append(element("span", escaped(citation.source), class_="source", dir="auto"))
    if citation.also_in:
        parts.append(_also_in(citation.also_in))
    if citation.published:
        day = citation.published
        parts.append(element("time", escaped(spelled(day)), datetime=day.isoformat()))
    address = safe_address(citation.url)
    if address:
        link = {"href": address, "target": "_blank", "rel": "noopener noreferrer nofollow"}
        parts.append(element("a", escaped("Original"), **link))
    return element("p", *parts, class_="origin")


def _also_in(outlets: Sequence[str]) -> Html:
    """Show where else the story ran: by name, or by number where these are many."""
    names = ", ".join(outlets)
    if len(outlets) <= NAMED:
        return element("span", escaped(f"also in {names}"), class_="also", dir="auto")
    return element("span", escaped(f"also in {len(outlets)} outlets"), class_="also", title=names)


def _passage(citation: Citation, answer: Answer) -> Passage | None:
    """The passage that the quote stands in."""
    for passage in answer.passages:
        chunk = passage.chunk
        if chunk.article_id == citation.article_id and chunk.start <= citation.start <= citation.end <= chunk.end:
            return passage
    return None


def _marked_passage(citation: Citation, passage: Passage | None) -> Html:
    """Show the quote, marked, between the words around it in its passage."""
    mark = element("mark", _quote_html(citation))
    if passage is None:
        return mark
    chunk = passage.chunk
    before, after = chunk.text[: citation.start - chunk.start], chunk.text[citation.end - chunk.start :]
    return joined("", (escaped(_ending(before)), mark, escaped(_beginning(after))))


def _beginning(text: str) -> str:
    """Cut a text to its first words, no more than CONTEXT characters of it."""
    if len(text) <= CONTEXT:
        return text
    cut = text[:CONTEXT]
    whole_words = cut.rsplit(None, 1)
    return (whole_words[0] if len(whole_words) == 2 else cut) + " …"


def _ending(text: str) -> str:
    """Cut a text to its last words, no more than CONTEXT characters of it."""
    if len(text) <= CONTEXT:
        return text
    cut = text[-CONTEXT:]
    whole_words = cut.split(None, 1)
    return "… " + (whole_words[1] if len(whole_words) == 2 else cut)


def _panel(title: str, *inside: Html) -> Html:
    return element("section", element("h2", escaped(title)), *inside, class_="evidence")


def _card_id(turn: int, number: int) -> str:
    return f"evidence-{turn}-{number}"
