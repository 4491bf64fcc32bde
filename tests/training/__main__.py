"""Train the reader, the small model that picks the sentence that answers.

    python -m tests.training --data ../shared/data --out build/reader

Starts from the packaged embedding model; its word embeddings stay as they are, so that only the layers are new
weights. The same seed gives the same batches; a run that was stopped goes on where it last saved (every 250 steps).
At the end `reader.safetensors` and the model card are in the folder; what is shipped is their copy in `qa/reader`.

    python -m tests.training --start FIRST.safetensors --out build/2 --seed 8 --rate 5e-5 --steps 1500 --stop 1000

goes on from trained weights with passages that deceive these; the outcome is the mean of both (Wortsman et al. 2022).
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.metrics import roc_auc_score
from tokenizers import Tokenizer

from qa.reader import Text
from qa.reader.network import Network, read, tokenizer, trained, untrained
from tests.training.card import card
from tests.training.data import Group, Scorer, squad, training
from tests.training.encode import encode
from tests.training.loss import loss

_WARM_UP = 100  # steps
_SAVED = 250
_CONFIRMED = 500
_TO_CONFIRM = 800  # groups
_LEFT_ALONE = 2  # layers


def batches(groups: Sequence[Group], size: int, chance: random.Random) -> Iterator[list[Group]]:
    """Batches of groups of about the same length, which saves padding, in random order."""
    order = sorted(groups, key=lambda g: max(len(e.passage.text) for e in g.examples) + chance.random() * 100)
    cut = [order[start : start + size] for start in range(0, len(order), size)]
    chance.shuffle(cut)
    yield from cut


@torch.inference_mode()
def confirm(network: Network, tokenizer: Tokenizer, groups: Sequence[Group]) -> dict[str, float]:
    """How well the reader does on articles that it has not seen.

    `first`: the best sentence of all of a question's passages is the right one; `exact`: the best span of the right
    passage is the answer; `told apart`: area under the curve of answerable questions against those that are not.
    """
    network.eval()
    device = next(network.parameters()).device
    first, exact, best, answerable = [], [], [], []
    for start in range(0, len(groups), 16):
        chosen = groups[start : start + 16]
        batch = encode(tokenizer, chosen).to(device)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            scores = network(batch.tokens, batch.types, batch.mask, batch.members)
        for number, group in enumerate(chosen):
            rows = (batch.groups == number).nonzero().flatten()
            sentences = scores.sentences[rows].flatten()
            best.append(float(scores.sentences[rows[0]].max()))
            answerable.append(group.answerable)
            if group.answerable:
                first.append(bool(batch.right[rows][:, : scores.sentences.shape[1]].flatten()[sentences.argmax()]))
                joint = scores.starts[rows[0], 1:, None] + scores.ends[rows[0], None, 1:]
                begin, end = divmod(int(joint.triu().masked_fill(joint.triu() == 0, -torch.inf).argmax()), len(joint))
                exact.append(bool(batch.starts[rows[0], 1 + begin] and batch.ends[rows[0], 1 + end]))
    network.train()
    told = float(roc_auc_score(answerable, best)) if len(set(answerable)) == 2 else float("nan")
    return {"first": float(np.mean(first)), "exact": float(np.mean(exact)), "told apart": told}


class Training:
    """A network on its way: what has to be kept for a run to go on."""

    def __init__(self, network: Network, *, steps: int, rate: float) -> None:
        self.network = network
        self._device = next(network.parameters()).device
        parameters = [parameter for parameter in network.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [p for p in parameters if p.ndim > 1], "weight_decay": 0.01},
                {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
            ],
            lr=rate,
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: min(1.0, (step + 1) / _WARM_UP) * max(0.0, (steps - step) / steps)
        )
        self.step = 0

    def learn(self, tokenizer: Tokenizer, groups: Sequence[Group]) -> float:
        """Take one step; what was lost before it."""
        batch = encode(tokenizer, groups).to(self._device)
        with torch.autocast(self._device.type, dtype=torch.bfloat16):
            scores = self.network(batch.tokens, batch.types, batch.mask, batch.members)
        value = loss(scores, batch)
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(value)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        self.step += 1
        return float(value.detach())

    def save(self, path: Path) -> None:
        """Write the state, the old one replaced at the end."""
        new = path.with_suffix(".new")
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
        }
        torch.save(state, new)
        new.replace(path)

    def resume(self, path: Path) -> None:
        """Go on from a state that was saved here; tensors and numbers are read, and nothing is run."""
        state = torch.load(path, weights_only=True, map_location=self._device)
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.step = state["step"]


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What a run is told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path("build/reader"))
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch", type=int, default=12, help="questions")
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--start", type=Path, help="trained weights to go on from")
    parser.add_argument("--steps", type=int, help="take so many, however many questions there are")
    parser.add_argument("--stop", type=int, help="stop after so many, before the rate has fallen to nothing")
    parser.add_argument("--near-misses", action="store_true", help="with passages that withhold what is asked for")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, and tell how it goes."""
    options = options_of(arguments)
    torch.manual_seed(options.seed)
    chance = random.Random(options.seed)
    near_misses = options.near_misses
    network, words = _network(options.start, quick=near_misses), tokenizer()
    deceived = options.start and not near_misses
    scorer, threads = _scorer(options.start) if deceived else None, torch.get_num_threads()
    groups, unseen = squad(options.data / "squad", options.seed, scorer, near_misses=near_misses)
    groups += training(options.data / "training", options.seed, scorer, near_misses=near_misses)
    torch.set_num_threads(threads)  # reading for the scorer took one
    chance.shuffle(groups)
    unseen = unseen[:: max(1, len(unseen) // _TO_CONFIRM)]
    sources = Counter(group.source for group in groups)
    _say(f"{dict(sources)}; {len(unseen)} to confirm with")
    if options.steps:
        groups = groups[: options.steps * options.batch // options.epochs]
    steps = options.epochs * -(-len(groups) // options.batch)
    run = Training(network, steps=steps, rate=options.rate)
    options.out.mkdir(parents=True, exist_ok=True)
    state = options.out / "state.pt"
    if state.exists():
        run.resume(state)
    network.train()
    began, first, lost = time.monotonic(), run.step, 0.0
    order = (batch for _ in range(options.epochs) for batch in batches(groups, options.batch, chance))
    for number, batch in enumerate(order):
        if number < run.step:
            continue
        if run.step == options.stop:
            break
        lost += run.learn(words, batch)
        if run.step % 50 == 0:
            pace = (run.step - first) / (time.monotonic() - began)
            _say(f"{run.step}/{steps} loss {lost / 50:.3f}, {(steps - run.step) / pace / 60:.0f} min left")
            lost = 0.0
        if run.step % _SAVED == 0 or run.step == steps:
            run.save(state)
        if run.step % _CONFIRMED == 0 or run.step == steps:
            _say(json.dumps(confirm(network, words, unseen)))
    if deceived:
        _say(f"without the mean: {json.dumps(confirm(network, words, unseen))}")
        average(network, trained(options.start))
    export(network, options.out / "reader.safetensors")
    told = card(
        sources,
        confirm(network, words, unseen),
        weights=sum(p.numel() for p in network.parameters() if p.requires_grad),
        confirmed=len(unseen),
        steps=run.step,
        batch=options.batch,
        rate=options.rate,
        seed=options.seed,
        second=options.start is not None,
        third=near_misses,
    )
    (options.out / "README.md").write_text(told, "utf-8")


def _network(start: Path | None, *, quick: bool) -> Network:
    network = trained(start).float() if start else untrained()
    if quick:
        quicken(network)
    return network.to("cuda" if torch.cuda.is_available() else "cpu")


def quicken(network: Network) -> None:
    """Make each step take less than half of the time on a CPU, for weights that are nearly what they shall be.

    The lowest layers stay as they are, nothing is dropped at random, attention is not recomputed.
    """
    network.encoder.set_attn_implementation("eager")
    for layer in network.encoder.encoder.layer[:_LEFT_ALONE]:
        layer.requires_grad_(False)
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0


@torch.no_grad()
def average(network: Network, other: Network) -> None:
    """Make each weight the mean of both networks'."""
    for mine, its in zip(network.parameters(), other.parameters(), strict=True):
        mine.copy_((mine + its.to(mine)) / 2)


def _scorer(weights: Path) -> Scorer:
    network, words = trained(weights), tokenizer()

    def score(question: str, passages: Sequence[Text]) -> list[float]:
        read_ones = read(network, words, question, passages)
        return [max((one.score for one in of if one), default=-100.0) for of in read_ones]

    return score


def export(network: Network, path: Path) -> None:
    """Write the weights to ship: all but the word embeddings, which stayed the packaged model's."""
    state = network.to(torch.bfloat16).state_dict()
    save_file({name: state[name].contiguous() for name in state if not name.startswith("encoder.embeddings.")}, path)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
