"""What HTML shows and what it is made of, and answers that have a text of anybody's in every place."""

from datetime import date
from html.parser import HTMLParser

from hypothesis import strategies as st

from ingest.chunk import Chunk
from ingest.index import Passage
from qa.answer import Answer, Citation, Query, Refusal, Sentence
from qa.web.evidence import NAMED
from qa.web.texts import texts as words_of
from tests.hostile_texts import HOSTILE_TEXTS

ENGLISH = words_of("en")

texts = st.one_of(
    st.text(), st.sampled_from(HOSTILE_TEXTS), st.builds("".join, st.lists(st.sampled_from(HOSTILE_TEXTS)))
)


class Skeleton(HTMLParser):
    """What there is in HTML besides text: elements with their attributes' names; and the text, by element."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.text_of: dict[str, list[str]] = {}
        self.links: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        self.links.extend(value or "" for name, value in attrs if name in ("href", "src"))
        self.text_of.setdefault(tag, []).append("")
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        for tag in set(self._open):
            self.text_of[tag][-1] += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data!r}")


def shown(text: str) -> str:
    """Reduce a text to what HTML can carry to every reader of it."""
    return "".join(sign for sign in text.encode("utf-8", "replace").decode() if sign.isprintable() or sign in "\n\t ")


def an_answer(text: str, quote: str = "the words", *, refused: bool = False, url: str | None = None) -> Answer:
    """Put one text in every place where an article, a model or a visitor may write."""
    passage_text = f"{text}{quote}{text}"
    chunk = Chunk(text, 0, 7, 7 + len(passage_text), passage_text, text, text, url, date(2018, 2, 23))
    start = 7 + len(text)
    also_in = (text,) * (NAMED + 1 if refused else NAMED)
    citation = Citation(1, text, text, text, url, date(2018, 2, 23), start, start + len(quote), quote, 0.9, also_in)
    return Answer(
        question=text,
        query=Query(text, sources=(text,)),
        mode="written",
        model=text,
        sentences=(Sentence(text, (1,)),),
        citations=(citation,),
        passages=(Passage(chunk, 0.9),),
        refusal=Refusal(text, (citation,)) if refused else None,
        notes=(text,),
    )
