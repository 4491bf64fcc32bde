"""What the reader's network is trained to do."""

import torch
from torch import Tensor, nn

from qa.reader.network import Scores
from tests.training.encode import Batch


def loss(scores: Scores, batch: Batch) -> Tensor:
    """What is wrong: of spans within each passage, of sentences among all of a question's, and of each by itself.

    Sentences compete across passages (shared normalisation, Clark & Gardner 2018), so that scores can be compared
    between passages; each by itself makes a score mean something on its own, for refusing.
    """
    spans = -(_mass(scores.starts, batch.starts) + _mass(scores.ends, batch.ends))[batch.spanned]
    sentences = scores.sentences
    right = batch.right[:, : sentences.shape[1]]
    real = torch.isfinite(sentences)
    alone = nn.functional.binary_cross_entropy_with_logits(sentences[real], right[real].float(), reduction="sum")
    among = []
    for number in range(int(batch.groups.max()) + 1):
        mine = batch.groups == number
        goal = right[mine] & real[mine]
        if goal.any():
            among.append(sentences[mine][real[mine]].logsumexp(0) - sentences[mine][goal].logsumexp(0))
    listed = torch.stack(among).mean() if among else sentences.new_zeros(())
    return 0.5 * (spans.mean() if len(spans) else 0.0) + listed + alone / len(sentences)


def _mass(scores: Tensor, goal: Tensor) -> Tensor:
    """The logarithm of the probability of any of the right places: the answer may occur twice."""
    return scores.log_softmax(-1).masked_fill(~goal, -torch.inf).logsumexp(-1)
