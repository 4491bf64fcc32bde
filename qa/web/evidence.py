"""Answer → HTML of its evidence: numbered cards, and the whole article at a quote. Pure."""

from collections.abc import Collection, Sequence
from urllib.parse import quote as percent_encoded

from ingest.index import Article, Passage
from qa.answer import Answer, Citation
from qa.instructions import has_instructions
from qa.markup import Html, element, escaped, joined, safe_address
from qa.web.messages import card_id, command, quote_html
from qa.web.texts import Texts

CONTEXT = 260
"""How many characters of a passage are shown before and after its quote, at most."""

NAMED = 3
"""How many other outlets of a story are named; more are counted, their names are in the tooltip."""

STRONG, FAIR = 0.7, 0.4
"""From which score on a quote is strong evidence, and fair."""

_FRAGMENT_WORDS = 6  # of a long quote's beginning and end, which a browser looks for in the original


def evidence_html(answer: Answer, turn: int, texts: Texts, *, new: Collection[int] = ()) -> Html:
    """Show the evidence of an answer as numbered cards; for a refusal, the nearest articles.

    `new` are the numbers of quotes that were not there when the question was asked before.
    """
    refused = answer.refusal is not None
    cited = answer.refusal.nearest if answer.refusal is not None else answer.citations
    told = element("p", escaped(answer.question), class_="asked", dir="auto")
    if not cited:
        told = joined(
            "", (told, element("p", escaped(texts("nothing_near" if refused else "no_quotes")), class_="hint"))
        )
    cards = (_card(citation, answer, turn, texts, new=citation.number in new) for citation in cited)
    return _panel(texts("nearest" if refused else "evidence"), told, element("div", *cards, class_="cards"))


def no_evidence_html(texts: Texts) -> Html:
    """Show what the evidence panel is for, before the first answer."""
    return _panel(texts("evidence"), element("p", escaped(texts("no_evidence")), class_="hint"))


def article_html(article: Article | None, citation: Citation, turn: int, texts: Texts) -> Html:
    """Show a whole article with the quote marked; where it no longer says that, the quote and that it is so."""
    back = command("back", turn, texts)
    heading = (element("h2", escaped(citation.title), dir="auto"), _origin(citation, texts))
    if article is None or article.text[citation.start : citation.end] != citation.quote:
        gone = element("p", escaped(texts("gone")), class_="hint")
        text = element("div", element("mark", quote_html(citation), id="quote"), class_="text", dir="auto")
        return element("section", back, *heading, gone, text, class_="evidence whole")
    before, after = article.text[: citation.start], article.text[citation.end :]
    parts = (escaped(before), element("mark", quote_html(citation), id="quote"), escaped(after))
    text = element("div", *parts, class_="text", dir="auto")
    return element("section", back, *heading, text, class_="evidence whole")


def with_fragment(address: str, quote: str) -> str:
    """The address of an article, at a quote: browsers that know text fragments go there and mark it.

    See https://wicg.github.io/scroll-to-text-fragment/.
    """
    if "#" in address:
        return address
    words = quote.split()
    if len(words) > 2 * _FRAGMENT_WORDS:
        parts = [" ".join(words[:_FRAGMENT_WORDS]), " ".join(words[-_FRAGMENT_WORDS:])]
    else:
        parts = [" ".join(words)]
    encodable = (part.encode("utf-8", "replace").decode("utf-8") for part in parts)
    return f"{address}#:~:text={','.join(percent_encoded(part, safe='').replace('-', '%2D') for part in encodable)}"


def _card(citation: Citation, answer: Answer, turn: int, texts: Texts, *, new: bool) -> Html:
    passage = _passage(citation, answer)
    number = element("span", escaped(str(citation.number)), class_="number")
    title = element("span", escaped(citation.title), dir="auto")
    fresh = [element("span", escaped(texts("new_quote")), class_="new")] if new else []
    warned = (
        [element("p", escaped(texts("warning")), class_="warning")] if passage and has_instructions(passage) else []
    )
    whole = command("whole", f"{turn}:{citation.number}", texts)
    return element(
        "article",
        element("h3", number, title, *fresh),
        _origin(citation, texts),
        *warned,
        element("blockquote", _marked_passage(citation, passage), dir="auto"),
        element("p", whole, class_="acts"),
        element("p", escaped(_why(citation, passage, texts)), class_="why"),
        class_="card",
        id=card_id(turn, citation.number),
    )


def _why(citation: Citation, passage: Passage | None, texts: Texts) -> str:
    """Say how strong the evidence is, and how its passage was found."""
    strength = "strong" if citation.score >= STRONG else "fair" if citation.score >= FAIR else "weak"
    ranks = passage.ranks.items() if passage else ()
    ways = [texts(f"found_{name}", n=rank) for name, rank in ranks if rank is not None]
    found = [texts("found", ways=texts.names(ways))] if ways else []
    return " · ".join((texts(strength), *found))


def _origin(citation: Citation, texts: Texts) -> Html:
    parts = []
    if citation.source:
        parts.append(element("span", escaped(citation.source), class_="source", dir="auto"))
    if citation.also_in:
        parts.append(_also_in(citation.also_in, texts))
    if citation.published:
        day = citation.published
        parts.append(element("time", escaped(texts.day(day)), datetime=day.isoformat()))
    address = safe_address(citation.url)
    if address:
        link = {"target": "_blank", "rel": "noopener noreferrer nofollow", "title": texts("original_title")}
        at_quote = with_fragment(address, citation.quote)
        parts.append(element("a", escaped(texts("original")), href=at_quote, **link))
    return element("p", *parts, class_="origin")


def _also_in(outlets: Sequence[str], texts: Texts) -> Html:
    """Show where else the story ran: by name, or by number where these are many."""
    names = texts.names(list(outlets))
    if len(outlets) <= NAMED:
        return element("span", escaped(texts("also", names=names)), class_="also", dir="auto")
    return element("span", escaped(texts("also_many", n=len(outlets))), class_="also", title=names)


def _passage(citation: Citation, answer: Answer) -> Passage | None:
    """The passage that the quote stands in."""
    return next((passage for passage in answer.passages if holds(passage, citation)), None)


def holds(passage: Passage, citation: Citation) -> bool:
    """Whether a quote stands in a passage."""
    chunk = passage.chunk
    return chunk.article_id == citation.article_id and chunk.start <= citation.start <= citation.end <= chunk.end


def _marked_passage(citation: Citation, passage: Passage | None) -> Html:
    """Show the quote, marked, between the words around it in its passage."""
    mark = element("mark", quote_html(citation))
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
