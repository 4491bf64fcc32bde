"""What a written answer leaves out of the quotes that answer is added to it, in the articles' own words. Pure.

A sentence can be borne out and yet be no answer; the reader that chose the quotes has looked for one.
"""

from dataclasses import replace

from qa.answer import Answer, Citation, Sentence
from qa.quote import Quotes
from qa.support import content_words

_SURE = 0.5  # the score from which on the best quote is taken to answer
_MOST = 0.6  # of what answers: the rest may be said in other words


def completed(answer: Answer, quotes: Quotes) -> Answer:
    """A written answer with the quotes behind it, unless it says the very words of the best one.

    Where quotes belong together (two sides, the steps of a development, articles that contradict each other), or the
    best one is not likely to answer either, it has to say those of each.
    """
    each = quotes.notes or any(quote.score < _SURE for quote in quotes.citations[:1])
    if all(_says(answer, quote) for quote in (quotes.citations if each else quotes.citations[:1])):
        return answer
    copied = {sentence.text for sentence in answer.sentences if sentence.supported}
    left_out = [quote for quote in quotes.citations if quote.quote not in copied]
    citations, sentences = list(answer.citations), list(answer.sentences)
    for quote in left_out:
        same = (c.number for c in citations if (c.article_id, c.start, c.end) == _place(quote))
        number = next(same, None)
        if number is None:
            number = len(citations) + 1
            citations.append(replace(quote, number=number))
        sentences.append(Sentence(quote.quote, (number,), supported=True))
    added = "1 quote was" if len(left_out) == 1 else f"{len(left_out)} quotes were"
    note = f"{added} added: the language model left out what the articles say."
    return replace(answer, sentences=tuple(sentences), citations=tuple(citations), notes=(*answer.notes, note))


def _says(answer: Answer, quote: Citation) -> bool:
    """Whether a sentence has the numbers and most words of what answers; if that is unknown, of the whole quote."""
    _, exact, _ = quote.parts
    wanted = content_words(exact) or content_words(quote.quote)
    numbers = {word for word in wanted if word[0].isdigit()}
    said = (content_words(sentence.text) for sentence in answer.sentences if sentence.supported)
    return any(numbers <= words and len(wanted & words) >= _MOST * len(wanted) for words in said)


def _place(quote: Citation) -> tuple[str, int, int]:
    return quote.article_id, quote.start, quote.end
