"""Question and answer → HTML of the conversation, with the buttons that act on them. Pure.

A button's name and value are the command that `page.js` sends for it: see `qa.web.commands`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from qa.answer import Answer, Citation, Query, Refusal, Sentence
from qa.export import FORMATS
from qa.markup import Html, element, escaped, joined
from qa.refuse import is_beyond
from qa.web.texts import Texts

SURE, LIKELY = 0.85, 0.6
"""From which probability on an answer is said to be very likely, and probably, one."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an archive holds: how many articles, from which sources, published from when to when, indexed when."""

    articles: int
    sources: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    indexed: datetime | None = None

    def told(self, texts: Texts) -> str:
        """The same in words."""
        if not self.articles:
            return texts("empty")
        parts = [texts("articles", n=self.articles)]
        if self.sources:
            several = len(self.sources) > 1
            parts.append(
                texts("sources", n=len(self.sources)) if several else texts("source", name=min(self.sources))
            )
        if self.since and self.until:
            first, last = texts.day(self.since), texts.day(self.until)
            parts.append(first if self.since == self.until else texts("days", first=first, last=last))
        if self.indexed:
            parts.append(texts("indexed", day=texts.day(self.indexed.date())))
        return "\N{NO-BREAK SPACE}· ".join(parts)  # no line begins with the dot


def question_html(question: str, turn: int | None, texts: Texts) -> Html:
    """Show a question in the conversation; one that is no turn of it, since it has no answer, cannot be changed."""
    text = element("p", escaped(question), dir="auto")
    edit = () if turn is None else (command("edit", turn, texts),)
    return element("div", text, *edit, class_="question")


def answer_html(
    answer: Answer,
    turn: int,
    texts: Texts,
    *,
    complete: bool = True,
    judged: bool = False,
    following: Sequence[str] = (),
) -> Html:
    """Show an answer in the conversation; each [n] leads to its card, and `following` are questions to go on with.

    One that is `judged` asks for no verdict.
    """
    if answer.refusal is not None:
        body = element("p", escaped(refusal_told(answer.refusal, answer.query, texts)), class_="refusal", dir="auto")
    else:
        shown = [_sentence(s, answer, turn) for s in answer.sentences if s.supported is not False]
        # Quotes stand each by itself: they were not written to follow each other.
        paragraphs = shown if answer.mode == "quotes" else [joined(" ", shown)]
        body = element("div", *(element("p", each, dir="auto") for each in paragraphs), class_="said")
    notes = (element("p", escaped(note), class_="note", dir="auto") for note in _notes(answer, texts))
    after = (_after(turn, texts, judged=judged), _following(answer, following, turn, texts)) if complete else ()
    return element(
        "div", body, _understood(answer.query, answer.question, turn, texts), *notes, *after, class_="answer"
    )


def pending_html(texts: Texts) -> Html:
    """Show that the first words of an answer are still to come."""
    return element("div", element("p", escaped(texts("pending"))), class_="pending")


def problem_html(message: str) -> Html:
    """Show in the conversation what went wrong with a question."""
    return element("div", element("p", escaped(message), dir="auto"), class_="problem")


def masthead_html(holdings: Holdings, texts: Texts) -> Html:
    """Show the page's title, and what the archive holds."""
    held = element("p", escaped(holdings.told(texts)), dir="auto")
    return element("header", element("h1", escaped("Dateline")), held, class_="masthead")


def welcome_html(texts: Texts) -> Html:
    """Show what to do, before the first question."""
    return element("p", escaped(texts("welcome")), class_="welcome")


def hint_html(characters: int, texts: Texts) -> Html:
    """Show how to use the box, and how long a question may be."""
    return element("p", escaped(texts("hint", n=characters)), class_="hint")


def told_html(message: str) -> Html:
    """Show under the box what was done."""
    return element("p", escaped(message), class_="hint", role="status")


def editing_html(texts: Texts) -> Html:
    """Show that an earlier question is being changed, and how not to."""
    return element("p", escaped(texts("editing")), command("cancel", "", texts), class_="editing")


def chips_html(sources: Sequence[str], since: date | None, until: date | None, texts: Texts) -> Html:
    """Show the filters that are set, each with what removes it."""
    shown = [(f"source:{source}", source) for source in sources]
    shown += [("since", texts("since", day=texts.day(since)))] if since else []
    shown += [("until", texts("until", day=texts.day(until)))] if until else []
    chips = (chip("drop", value, told, texts("remove")) for value, told in shown)
    return element("div", *chips, class_="chips")


def chip(name: str, value: object, told: str, title: str) -> Html:
    """Show a filter as a button that removes it."""
    cross = element("span", escaped("×"), class_="cross")
    inside = joined(" ", (element("span", escaped(told), dir="auto"), cross))
    return element("button", inside, type="button", class_="act chip", name=name, value=str(value), title=title)


def command(name: str, value: object, texts: Texts) -> Html:
    """Show a button that is called what it does."""
    title = {"title": texts.words[f"{name}_title"]} if f"{name}_title" in texts.words else {}
    return _act(name, value, texts(name), **title)


def _act(name: str, value: object, told: str, **more: str) -> Html:
    return element("button", escaped(told), type="button", class_="act", name=name, value=str(value), **more)


def period_told(query: Query, texts: Texts) -> str:
    """Say which days of publication a query is limited to, or that it wants the newest."""
    period = _days(query, texts)
    return texts("period", period=period) if period else texts("newest") if query.newest_first else ""


def _days(query: Query, texts: Texts) -> str:
    since, until = query.since, query.until
    if since and until:
        first, last = texts.day(since), texts.day(until)
        return first if since == until else texts("days", first=first, last=last)
    if since:
        return texts("since", day=texts.day(since))
    return texts("until", day=texts.day(until)) if until else ""


def refusal_told(refusal: Refusal, query: Query, texts: Texts) -> str:
    """Say why there is no answer, without the nearest articles, which stand beside it; or as the refusal says it."""
    if refusal.covers is None:
        return refusal.reason
    first, last = (texts.day(day) for day in refusal.covers)
    words = texts.names([f"“{word}”" for word in refusal.missing])
    said = [texts("refused"), texts("refused_missing", words=words) if words else texts("refused_not_so")]
    beyond = is_beyond(query, refusal.covers)
    said += [texts("refused_beyond", period=_days(query, texts))] if beyond else []
    return " ".join((*said, texts("covers", first=first, last=last)))


def confidence(answer: Answer, texts: Texts) -> str:
    """Say how likely it is that the articles answer."""
    return texts("sure" if answer.probability >= SURE else "likely" if answer.probability >= LIKELY else "unsure")


def _notes(answer: Answer, texts: Texts) -> list[str]:
    notes = [texts.said(note) for note in answer.notes]
    if answer.refusal is None:
        if answer.mode == "written":
            notes.append(texts("written", model=answer.model or texts("model")))
        told = [confidence(answer, texts)] if answer.citations else []
        told += [texts("as_of", day=texts.day(answer.as_of)) + "."] if answer.as_of else []
        notes += [" ".join(told)] if told else []
    return notes


def _understood(query: Query, question: str, turn: int, texts: Texts) -> Html:
    """Show what was searched for and how it was limited, where that is not plain from the question."""
    shown, period = [], period_told(query, texts)
    if query.period:
        shown.append(chip("any_time", turn, period, texts("any_time_title")))
    elif period:
        shown.append(chip("without", f"{turn}:days", period, texts("without_title")))
    shown += [chip("without", f"{turn}:source:{each}", each, texts("without_title")) for each in query.sources]
    if query.text != question:
        told = element("summary", escaped(texts("searched")))
        shown.append(element("details", told, element("p", escaped(query.text), dir="auto"), class_="searched"))
    return element("div", *shown, class_="understood") if shown else Html("")


def _after(turn: int, texts: Texts, *, judged: bool) -> Html:
    """Show what can be done with a finished answer."""
    names = ("copy", "again", "link", "show", *(() if judged else ("good", "bad")))
    formats = (_act("export", f"{turn}:{ending}", texts(f"export_{ending}")) for ending in FORMATS)
    summary = element("summary", escaped(texts("save")), title=texts("save_title"))
    save = element("details", summary, *formats, class_="save")
    return element("div", *(command(name, turn, texts) for name in names), save, class_="acts")


def _following(answer: Answer, following: Sequence[str], turn: int, texts: Texts) -> Html:
    wider = []
    query = answer.query
    if answer.refusal is not None and query.period:
        wider.append(_ask("any_time", turn, texts("wider_any_time")))
    if answer.refusal is not None and (query.sources or (not query.period and (query.since or query.until))):
        wider.append(_ask("unfiltered", turn, texts("wider_filters")))
    questions = [_ask("ask", question, question) for question in following]
    if not wider + questions:
        return Html("")
    heading = element("h2", escaped(texts("wider" if wider else "follow")))
    items = (element("li", each) for each in (*wider, *questions))
    return element("div", heading, element("ul", *items), class_="following")


def _ask(name: str, value: object, told: str) -> Html:
    return element("button", escaped(told), type="button", class_="act ask", name=name, value=str(value), dir="auto")


def _sentence(sentence: Sentence, answer: Answer, turn: int) -> Html:
    quotes = {citation.number: citation for citation in answer.citations}
    marks = [
        element(
            "a",
            escaped(f"[{number}]"),
            class_="cite",
            href=f"#{card_id(turn, number)}",
            title=_tooltip(quotes[number]) if number in quotes else "",
        )
        for number in sentence.citations
    ]
    quoted = (citation for citation in answer.citations if citation.quote == sentence.text)
    text = next((quote_html(citation) for citation in quoted), escaped(sentence.text))
    return joined(" ", (text, joined("", marks))) if marks else text


def _tooltip(citation: Citation) -> str:
    origin = ", ".join(part for part in (citation.title, citation.source, str(citation.published or "")) if part)
    return f"“{citation.quote}” {origin}"


def quote_html(citation: Citation) -> Html:
    """Show a quote, the words that answer in bold."""
    before, exact, after = citation.parts
    if not exact:
        return escaped(citation.quote)
    return joined("", (escaped(before), element("b", escaped(exact), class_="exact"), escaped(after)))


def card_id(turn: int, number: int) -> str:
    """The id of the card that an [n] of a turn's answer leads to."""
    return f"evidence-{turn}-{number}"
