"""The reader's network: MiniLM's layers with heads for where an answer begins and ends, and for whole sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from ingest.embed import packaged_folder
from qa.reader.reading import ReaderError, Reading, Text

TOKENS = 256  # of question and passage together; what is beyond is not read
_PAD = 16  # tokens that lengths are rounded up to: for every other shape oneDNN keeps buffers
_LONGEST_QUESTION = 400  # characters
_LONGEST_SPAN = 24  # tokens

Numbers = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Questions with passages as numbers, each a row of as many tokens as the longest has.

    `members`: each token's sentence, -1 for none; `begins` and `ends`: its place in the passage's text, -1 for none.
    """

    tokens: Numbers
    types: Numbers
    mask: Numbers
    members: Numbers
    begins: Numbers
    ends: Numbers


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network makes of some passages.

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
        """Score passages; all arguments are (passages, tokens), as in `Encoded`."""
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


def untrained() -> Network:
    """The network to begin with: the packaged embedding model's layers, and heads that know nothing (random)."""
    encoder = BertModel(BertConfig.from_pretrained(packaged_folder()), add_pooling_layer=False)
    weights = load_file(packaged_folder() / "model.safetensors")
    absent, _ = encoder.load_state_dict(weights, strict=False)
    if absent:
        raise ReaderError(f"the packaged model lacks {absent[0]}: install Dateline again")
    return Network(encoder)


def trained(weights: Path) -> Network:
    """The network with its trained weights; its word embeddings are the packaged model's. Raises ReaderError."""
    network = untrained()
    try:
        state = load_file(weights)
    except SafetensorError as error:
        raise ReaderError(f"{weights.name} is damaged: install Dateline again") from error
    absent, unknown = network.load_state_dict(state, strict=False)
    if unknown or not all(name.startswith("encoder.embeddings.") for name in absent):
        raise ReaderError(f"{weights.name} is not what it should be: install Dateline again")
    has = torch.cpu.get_capabilities()
    # As the embedder: with bfloat16 instructions faster, without them slower.
    return network.to(torch.bfloat16 if has.get("avx512_bf16") or has.get("amx_bf16") else torch.float32).eval()


def tokenizer() -> Tokenizer:
    """The packaged model's own; it cuts passages, never questions."""
    loaded = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    loaded.enable_truncation(TOKENS, strategy="only_second")
    loaded.enable_padding(pad_to_multiple_of=_PAD)
    return loaded


def encode(tokenizer: Tokenizer, asked: Sequence[tuple[str, Text]]) -> Encoded:
    """Questions, each with a passage, as the network takes them."""
    encodings = tokenizer.encode_batch(
        [(question[:_LONGEST_QUESTION], f"{text.title}\n{text.text}") for question, text in asked]
    )
    tokens = np.array([encoding.ids for encoding in encodings])
    begins, ends, members = (np.full_like(tokens, -1) for _ in range(3))
    for row, (encoding, (_, text)) in enumerate(zip(encodings, asked, strict=True)):
        offsets = np.array(encoding.offsets) - len(text.title) - 1
        inside = np.array([part == 1 for part in encoding.sequence_ids]) & (offsets[:, 0] >= 0)
        begins[row, inside], ends[row, inside] = offsets[inside, 0], offsets[inside, 1]
        for number, (start, end) in enumerate(text.sentences):
            members[row, inside & (begins[row] >= start) & (ends[row] <= end)] = number
    return Encoded(
        tokens,
        np.array([encoding.type_ids for encoding in encodings]),
        np.array([encoding.attention_mask for encoding in encodings]),
        members,
        begins,
        ends,
    )


@torch.inference_mode()
def read(network: Network, tokenizer: Tokenizer, question: str, texts: Sequence[Text]) -> list[list[Reading | None]]:
    """For each passage its sentences' readings; None for those beyond the tokens that are read."""
    torch.set_num_threads(1)
    batch = encode(tokenizer, [(question, text) for text in texts])
    scores = network(*(torch.from_numpy(part) for part in (batch.tokens, batch.types, batch.mask, batch.members)))
    starts, ends, sentences = (part.numpy() for part in (scores.starts, scores.ends, scores.sentences))
    readings: list[list[Reading | None]] = []
    for row, text in enumerate(texts):
        readings.append([])
        for number in range(len(text.sentences)):
            (own,) = np.nonzero(batch.members[row] == number)
            if not len(own):
                readings[-1].append(None)
                continue
            first, last, span = _best_span(starts[row, own], ends[row, own])
            readings[-1].append(
                Reading(
                    score=float(sentences[row, number]),
                    first=int(batch.begins[row, own[first]]),
                    last=int(batch.ends[row, own[last]]),
                    span=span - float(starts[row, 0] + ends[row, 0]),
                )
            )
    return readings


def _best_span(starts: Numbers, ends: Numbers) -> tuple[int, int, float]:
    """Where the best span of a sentence begins and ends, and its score."""
    joint = starts[:, None] + ends[None, :]
    joint[np.tri(len(joint), k=-1, dtype=bool) | ~np.tri(len(joint), k=_LONGEST_SPAN - 1, dtype=bool)] = -np.inf
    first, last = divmod(int(joint.argmax()), len(joint))
    return first, last, float(joint[first, last])
