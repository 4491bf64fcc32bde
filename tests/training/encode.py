"""Groups of questions and passages → tensors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import BatchEncoding, PreTrainedTokenizerBase

from tests.training.data import Example, Group

_TOKENS = 256

Places = np.ndarray[Any, np.dtype[np.int64]]


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


def encode(tokenizer: PreTrainedTokenizerBase, groups: Sequence[Group]) -> Batch:
    """Cut at 256 tokens; what is cut off is neither right nor wrong."""
    examples = [example for group in groups for example in group.examples]
    encoded = tokenizer(
        [example.question for example in examples],
        [f"{example.passage.title}\n{example.passage.text}" for example in examples],
        truncation="only_second",
        max_length=_TOKENS,
        padding=True,
        pad_to_multiple_of=16,
        return_offsets_mapping=True,
    )
    tokens = torch.tensor(encoded["input_ids"])
    members = torch.full_like(tokens, -1)
    starts, ends = torch.zeros_like(tokens, dtype=torch.bool), torch.zeros_like(tokens, dtype=torch.bool)
    right = torch.zeros(len(examples), max(len(e.passage.sentences) for e in examples), dtype=torch.bool)
    spanned = torch.ones(len(examples), dtype=torch.bool)
    for row, example in enumerate(examples):
        first, last = _places(encoded, row, example)
        for number, (start, end) in enumerate(example.passage.sentences):
            members[row, torch.from_numpy((first >= start) & (last <= end))] = number
        answering = [number for number in example.sentences if bool((members[row] == number).any())]
        right[row, answering] = True
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
        tokens,
        torch.tensor(encoded["token_type_ids"]),
        torch.tensor(encoded["attention_mask"]),
        members,
        starts,
        ends,
        spanned,
        right,
        torch.tensor([number for number, group in enumerate(groups) for _ in group.examples]),
    )


def _places(encoded: BatchEncoding, row: int, example: Example) -> tuple[Places, Places]:
    """Where each token begins and ends in the passage's text; -1 and very far for those that are not of it."""
    offsets = np.array(encoded["offset_mapping"][row]) - len(example.passage.title) - 1
    outside = np.array([part != 1 for part in encoded.sequence_ids(row)]) | (offsets[:, 0] < 0)
    offsets[outside] = -1
    return offsets[:, 0], np.where(outside, 10**6, offsets[:, 1])
