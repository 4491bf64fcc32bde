"""The model card that is shipped beside the reader's weights."""

from collections.abc import Mapping

_DATA = {
    "squad": ("SQuAD 1.1 and 2.0, dev articles but for a quarter of them", "CC BY-SA 4.0"),
    "squadshifts-wiki": (
        "the new Wikipedia test set of squadshifts (Miller et al. 2020, arXiv 2004.14444)",
        "CC BY 4.0",
    ),
    "nq-oracle": ("Natural Questions with gold paragraphs, of lost-in-the-middle", "CC BY-SA 3.0"),
    "qed-dev": ("QED, dev", "CC BY-SA 3.0"),
    "fairytaleqa": ("FairytaleQA, explicit questions with a span, every second one", "Apache-2.0"),
    "selqa": ("SelQA, answer sentence selection, dev and test", "Apache-2.0; text from Wikipedia"),
}

_MADE = ("altered", "asked otherwise", "withheld")

_CARD = """# The reader

Which sentence of a passage answers a question, and by which words. Six layers of MiniLM with a head over tokens
(where an answer begins and ends, or that it is not there) and one over sentences; {millions:.1f} million weights in
bfloat16, stored as safetensors.

Its word embeddings are those of all-MiniLM-L6-v2, which Dateline has anyway, and so are the
weights it began with (both Apache-2.0).

## Trained on

| data | questions | licence |
| --- | --- | --- |
{rows}

Each question comes with the passage that answers it and one that looks as if it did; some are asked once more of
another name or number, which the passage does not tell ("altered"), or for another thing ("asked otherwise"); and for
some the passage stands there once more without the answer, which is left away or said vaguely ("withheld"). No text
of the sets that Dateline's answers are measured with is among them but SQuAD's own, whose articles are kept apart by
the hash of their titles.

The weights are shared under CC BY-SA 4.0, as the data ask for.

## How

{how} The loss: where an answer begins and ends, which sentence of all of a
question's passages answers (shared normalisation, Clark & Gardner 2018), and whether each sentence answers by itself.

## On articles it has not seen

{confirmed:,} SQuAD questions of other articles, each with the passage that answers and one that does not, or with the
passage that it was written to deceive about:

- the right sentence comes first: {first:.3f}
- the best words are an accepted answer: {exact:.3f}
- questions that have an answer are told from those that have none, area under the curve: {told:.3f}

What it does for Dateline's answers is in the README of the project (`make eval`).

## Limits

English. It reads 256 tokens of question and passage together. It was taught with encyclopaedias, search queries and
tales, not with news. A question about something that the passage nearly tells is often taken for one that it answers.
"""


_ONE = """`python -m tests.training` with seed {seed}: {steps:,} steps of {batch} questions, learning rate {rate} with
warm-up, falling to nothing; AdamW, bfloat16 autocast."""
_THREE = """`python -m tests.training`: one epoch with seed 7, learning rate 0.00012 with warm-up, falling to nothing;
AdamW, bfloat16 autocast. Then with `--start`, seed 8, 1,000 steps of 12 questions from rate 5e-05 on, the passage
that does not answer being the one of up to four that deceives the first weights most, and the mean of both (Wortsman
et al. 2022). From these with `--start` and `--near-misses`, seed {seed}, {steps:,} steps of {batch} questions from
rate {rate} on; the two lowest layers were left alone."""
_TWO = """`python -m tests.training`: one epoch with seed 7, learning rate 0.00012 with warm-up, falling to nothing;
AdamW, bfloat16 autocast. Then with `--start`, seed {seed}, {steps:,} steps of {batch} questions from rate {rate} on,
the passage that does not answer being the one of up to four that deceives the first weights most. The weights are
the mean of both runs (Wortsman et al. 2022)."""


def card(
    groups: Mapping[str, int],
    scores: Mapping[str, float],
    *,
    weights: int,
    confirmed: int,
    steps: int,
    batch: int,
    rate: float,
    seed: int,
    second: bool = False,
    third: bool = False,
) -> str:
    """The card: what the reader was trained on, how, and what it scores; `groups` are questions by where from.

    `second`: steps, rate and seed are those of a second run, which went on from the first; `third`: with near misses.
    """
    rows = []
    for name, (told, licence) in _DATA.items():
        more = "".join(f" + {count:,} {made}" for made in _MADE if (count := groups.get(f"{name}, {made}", 0)))
        rows.append(f"| {told} | {groups.get(name, 0):,}{more} | {licence} |")
    return _CARD.format(
        millions=weights / 1e6,
        rows="\n".join(rows),
        how=(_THREE if third else _TWO if second else _ONE).format(seed=seed, steps=steps, batch=batch, rate=rate),
        confirmed=confirmed,
        first=scores["first"],
        exact=scores["exact"],
        told=scores["told apart"],
    )
