"""Groups of questions and passages → tensors, with what is right."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from qa.reader import network
from tests.training.data import Group


@dataclass(frozen=True, slots=True)
class Batch:
    """Passages as numbers, each a row.

    `members`: each token's sentence, -1 for none; `starts` and `ends`: where the answer may begin and end, the first
    token when it is not there; `spanned`: whether that is known; `right`: (passages, sentences) which answer;
    `groups`: the number of the question.
    """

    tokens: Tensor
    types: Tensor
    mask: Tensor
    members: Tensor
    starts: Tensor
    ends: Tensor
    spanned: Tensor
    right: Tensor
    groups: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))


def encode(tokenizer: Tokenizer, groups: Sequence[Group]) -> Batch:
    """What is beyond the tokens that are read is neither right nor wrong."""
    examples = [example for group in groups for example in group.examples]
    encoded = network.encode(tokenizer, [(example.question, example.passage) for example in examples])
    members = torch.from_numpy(encoded.members)
    starts, ends = torch.zeros_like(members, dtype=torch.bool), torch.zeros_like(members, dtype=torch.bool)
    right = torch.zeros(len(examples), max(len(e.passage.sentences) for e in examples), dtype=torch.bool)
    spanned = torch.ones(len(examples), dtype=torch.bool)
    for row, example in enumerate(examples):
        first, last = encoded.begins[row], encoded.ends[row]
        right[row, [number for number in example.sentences if bool((members[row] == number).any())]] = True
        spans = [
            (int(begins[0]), int(stops[0]))
            for start, end in example.spans or ()
            if len(begins := np.flatnonzero((first <= start) & (last > start) & (first >= 0)))
            and len(stops := np.flatnonzero((first < end) & (last >= end) & (first >= 0)))
        ]
        for begin, stop in spans or [(0, 0)]:
            starts[row, begin] = ends[row, stop] = True
        spanned[row] = example.spans is not None and bool(spans) == bool(example.spans)
    return Batch(
        torch.from_numpy(encoded.tokens),
        torch.from_numpy(encoded.types),
        torch.from_numpy(encoded.mask),
        members,
        starts,
        ends,
        spanned,
        right,
        torch.tensor([number for number, group in enumerate(groups) for _ in group.examples]),
    )
