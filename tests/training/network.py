"""The reader's network: MiniLM's layers with heads for where an answer begins and ends, and for whole sentences."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from transformers import BertModel

from tests.training.encode import Batch


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network makes of a batch of passages.

    `starts` and `ends`: (passages, tokens), a place at the first token meaning that the answer is not here;
    `sentences`: (passages, most sentences of one), minus infinity where a passage has no such sentence.
    """

    starts: Tensor
    ends: Tensor
    sentences: Tensor


class Network(nn.Module):
    """An encoder with a head over its tokens and one over its sentences."""

    def __init__(self, encoder: BertModel) -> None:
        super().__init__()
        width = int(encoder.config.hidden_size)
        self.encoder = encoder
        self.encoder.embeddings.requires_grad_(False)
        self.span = nn.Linear(width, 2)
        self.hidden = nn.Linear(2 * width, width)
        self.sentence = nn.Linear(width, 1)

    def forward(self, tokens: Tensor, types: Tensor, mask: Tensor, members: Tensor) -> Scores:
        """Score a batch; `members` is (passages, tokens): the number of each token's sentence, -1 for none."""
        states = self.encoder(input_ids=tokens, token_type_ids=types, attention_mask=mask).last_hidden_state
        starts, ends = self.span(states).float().unbind(-1)
        allowed = members >= 0
        allowed[:, 0] = True
        starts = starts.masked_fill(~allowed, -torch.inf)
        ends = ends.masked_fill(~allowed, -torch.inf)
        count = max(int(members.max()) + 1, 1)
        one_hot = (members.unsqueeze(1) == torch.arange(count, device=members.device).view(1, -1, 1)).to(states.dtype)
        lengths = one_hot.sum(-1, keepdim=True)
        means = one_hot @ states / lengths.clamp(min=1)
        whole = states[:, :1].expand_as(means)
        scores = self.sentence(torch.tanh(self.hidden(torch.cat([means, whole], -1)))).squeeze(-1).float()
        return Scores(starts, ends, scores.masked_fill(lengths.squeeze(-1) == 0, -torch.inf))


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
