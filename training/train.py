"""Train the cross-encoder: `python -m training.train LISTS CHECKPOINT [--minutes M] [--init CHECKPOINT]`.

MiniLM-L6 from the published weights in place, every layer trained, the word table left as it is. One step takes eight
questions with up to four passages each. The loss of a question is that of a softmax over all its sentences and "none of
them" (score 0), so that unanswerable questions teach too, and the scores' sum tells how likely an answer is; a quarter
of a span loss (start and end among the tokens of the sentence that answers) is added.

A few thousand questions are learned by heart in one pass, so no question is read twice alike: words of grammar are left
out as in search terms, a passage begins later, a title is missing. What is kept is the running mean of the weights.
Seeds are fixed; on other processors sums round differently, so weights come out near, not equal.
"""

from __future__ import annotations

import argparse
import copy
import math
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from ingest.text.stemming import GRAMMAR
from training.lists import load_lists
from training.parts import part_of

MODEL = Path(__file__).resolve().parents[1] / "models/all-MiniLM-L6-v2"
LAYERS, HEADS, HIDDEN = 6, 12, 384
LONGEST, QUESTION_TOKENS, TITLE_TOKENS = 320, 40, 24
QUESTIONS, PASSAGES = 8, 4  # a step
HEAD_RATE, COSINE_RATE = 5.0, 50.0  # times the rate of the layers
WARM_UP = 0.06
MEAN = 0.995  # of the running mean of the weights, a step
AS_KEYWORDS, LATER, UNTITLED = 0.15, 0.3, 0.1  # shares of what is read otherwise than it stands
SPAN_LOSS = 0.25
UNREAD = -9.0


@dataclass(slots=True)
class Read:
    """One passage with its question as tokens. `owners` is the sentence of each token, -1 outside the passage."""

    ids: np.ndarray
    owners: np.ndarray
    asked: int  # tokens of the first segment
    labels: list[int]
    span: tuple[int, int] | None  # tokens of the answer


def read(question: list[int], passage: dict[str, Any], answer: str | None, tokenizer: Tokenizer) -> Read:
    title = tokenizer.encode(passage["title"], add_special_tokens=False).ids[:TITLE_TOKENS]
    body = tokenizer.encode(passage["text"], add_special_tokens=False)
    head = [101, *question, 102, *title, 102]
    ids = body.ids[: LONGEST - len(head) - 1]
    offsets = body.offsets[: len(ids)]
    starts = np.array([start for start, _, _ in passage["sentences"][1:]])
    owners = np.full(len(head) + len(ids) + 1, -1, np.int64)
    owners[len(head) : -1] = np.searchsorted(starts, np.array([a for a, _ in offsets]), side="right")
    span = None
    for start, end, label in passage["sentences"]:
        place = passage["text"].find(answer, start, end) if answer and label == 1 else -1
        tokens = [
            n
            for n, (a, b) in enumerate(offsets)
            if place >= 0 and a < place + len(answer or "") and b > place
        ]
        if tokens:
            span = (len(head) + tokens[0], len(head) + tokens[-1])
            break
    labels = [label for _, _, label in passage["sentences"]]
    return Read(np.array([*head, *ids, 102]), owners, len(question) + 2, labels, span)


def varied(record: dict[str, Any], passages: list[dict[str, Any]], rng: random.Random) -> dict[str, Any]:
    """The question and these passages as they might stand elsewhere."""
    words = record["question"].split()
    if rng.random() < AS_KEYWORDS:
        words = [word for word in words if word.lower() not in GRAMMAR] or words
    return {**record, "question": " ".join(words), "passages": [_varied(one, rng) for one in passages]}


def _varied(passage: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    sentences = passage["sentences"]
    first = next((n for n, each in enumerate(sentences) if each[2] == 1), len(sentences) - 1)
    start = sentences[rng.randint(0, first)][0] if rng.random() < LATER else 0
    return {
        "title": "" if rng.random() < UNTITLED else passage["title"],
        "text": passage["text"][start:],
        "sentences": [(a - start, b - start, label) for a, b, label in sentences if a >= start],
    }


def reads_of(record: dict[str, Any], tokenizer: Tokenizer) -> list[Read]:
    question = tokenizer.encode(record["question"], add_special_tokens=False).ids[:QUESTION_TOKENS]
    return [read(question, passage, record["answer"], tokenizer) for passage in record["passages"]]


class Layer(nn.Module):
    def __init__(self, weights: dict[str, Tensor], number: int) -> None:
        super().__init__()

        def tensor(name: str) -> nn.Parameter:
            return nn.Parameter(weights[f"encoder.layer.{number}.{name}"].clone())

        def linear(name: str) -> nn.Linear:
            matrix = tensor(f"{name}.weight")
            layer = nn.Linear(matrix.shape[1], matrix.shape[0])
            layer.weight, layer.bias = matrix, tensor(f"{name}.bias")
            return layer

        def norm(name: str) -> nn.LayerNorm:
            layer = nn.LayerNorm(HIDDEN, eps=1e-12)
            layer.weight, layer.bias = tensor(f"{name}.weight"), tensor(f"{name}.bias")
            return layer

        self.q, self.k = linear("attention.self.query"), linear("attention.self.key")
        self.v, self.o = linear("attention.self.value"), linear("attention.output.dense")
        self.n1, self.n2 = norm("attention.output.LayerNorm"), norm("output.LayerNorm")
        self.f1, self.f2 = linear("intermediate.dense"), linear("output.dense")

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        batch, length, _ = x.shape

        def heads(layer: nn.Linear) -> Tensor:
            return layer(x).view(batch, length, HEADS, HIDDEN // HEADS).transpose(1, 2)

        mixed = F.scaled_dot_product_attention(heads(self.q), heads(self.k), heads(self.v), attn_mask=mask)
        mixed = self.o(mixed.transpose(1, 2).reshape(batch, length, HIDDEN))
        x = self.n1(x + F.dropout(mixed, 0.1, self.training))
        return self.n2(x + F.dropout(self.f2(F.gelu(self.f1(x))), 0.1, self.training))


class Net(nn.Module):
    """The encoder and what is trained above it; names as training/export.py knows them."""

    def __init__(self) -> None:
        super().__init__()
        weights = load_file(MODEL / "model.safetensors")
        self.emb = nn.Embedding.from_pretrained(weights["embeddings.word_embeddings.weight"], freeze=True)
        self.pos = nn.Parameter(weights["embeddings.position_embeddings.weight"].clone())
        self.typ = nn.Parameter(weights["embeddings.token_type_embeddings.weight"].clone())
        self.n = nn.LayerNorm(HIDDEN, eps=1e-12)
        self.n.weight = nn.Parameter(weights["embeddings.LayerNorm.weight"].clone())
        self.n.bias = nn.Parameter(weights["embeddings.LayerNorm.bias"].clone())
        self.layers = nn.ModuleList([Layer(weights, number) for number in range(LAYERS)])
        self.head = nn.Linear(HIDDEN, 4)  # attention, value, start and end of the answer
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self.proj = nn.Linear(HIDDEN, HIDDEN)
        nn.init.eye_(self.proj.weight)
        nn.init.zeros_(self.proj.bias)
        # before any training the ranking is that of the embedder's cosine
        self.alpha, self.bias = nn.Parameter(torch.tensor(8.0)), nn.Parameter(torch.tensor(-4.0))

    def forward(self, ids: Tensor, mask: Tensor, segments: Tensor) -> Tensor:
        x = self.n(self.emb(ids) + self.pos[: ids.shape[1]] + self.typ[segments])
        x = F.dropout(x, 0.1, self.training)
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :])
        return x

    def score(self, states: Tensor, one: Read) -> tuple[Tensor, Tensor]:
        """Scores (sentences) and token logits (tokens, 4) of one passage."""
        logits = self.head(states)
        owners = torch.from_numpy(one.owners)
        own = F.one_hot(owners[owners >= 0], len(one.labels)).bool()  # tokens, sentences
        attention, value = logits[owners >= 0, 0], logits[owners >= 0, 1]
        weights = torch.softmax(attention[:, None].masked_fill(~own, -1e9), 0)
        pooled = (weights * value[:, None]).sum(0)
        asked = self.proj(states[1 : one.asked - 1].mean(0))
        means = own.float().T @ states[owners >= 0] / own.sum(0).clamp(min=1)[:, None]
        scores = pooled + self.alpha * F.cosine_similarity(asked[None], means, dim=1) + self.bias
        return torch.where(own.any(0), scores, torch.full_like(scores, UNREAD)), logits


def states_of(net: Net, reads: list[Read], parts: int = 3) -> list[Tensor]:
    """The last layer's states, computed in a few batches of passages of about the same length."""
    order = sorted(range(len(reads)), key=lambda n: len(reads[n].ids))
    size = math.ceil(len(order) / parts)
    states: dict[int, Tensor] = {}
    for first in range(0, len(order), size):
        rows = order[first : first + size]
        longest = max(len(reads[n].ids) for n in rows)
        ids = torch.zeros(len(rows), longest, dtype=torch.long)
        mask = torch.zeros(len(rows), longest, dtype=torch.bool)
        segments = torch.ones(len(rows), longest, dtype=torch.long)
        for row, n in enumerate(rows):
            length = len(reads[n].ids)
            ids[row, :length] = torch.from_numpy(reads[n].ids)
            mask[row, :length] = True
            segments[row, : reads[n].asked] = 0
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = net(ids, mask, segments)
        for row, n in enumerate(rows):
            states[n] = out[row, : len(reads[n].ids)].float()
    return [states[n] for n in range(len(reads))]


def sample(passages: list[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """Up to two passages that answer and some that do not, those the search ranks high more often."""
    answers = [any(label == 1 for _, _, label in one["sentences"]) for one in passages]
    right = [one for one, good in zip(passages, answers, strict=True) if good]
    wrong = [n for n, good in enumerate(answers) if not good]
    rng.shuffle(right)
    wrong.sort(key=lambda n: (rng.random() >= 0.6, n))
    return [*right[:2], *(passages[n] for n in wrong)][:PASSAGES]


def loss_of(net: Net, reads: list[Read], states: list[Tensor], answerable: bool) -> Tensor | None:
    scored = [net.score(state, one) for state, one in zip(states, reads, strict=True)]
    scores = torch.cat([scores for scores, _ in scored])
    labels = torch.tensor([label for one in reads for label in one.labels])
    seen = scores > UNREAD + 1
    right = (labels == 1) & seen
    if answerable and not right.any():
        return None
    everything = torch.logsumexp(torch.cat([scores[(labels >= 0) & seen], scores.new_zeros(1)]), 0)
    loss = everything - (torch.logsumexp(scores[right], 0) if answerable else 0.0)
    for one, (_, logits) in zip(reads, scored, strict=True):
        if one.span is not None:
            first, last = one.span
            own = torch.from_numpy(one.owners == one.owners[first])
            starts = torch.logsumexp(logits[own, 2], 0) - logits[first, 2]
            ends = torch.logsumexp(logits[own, 3], 0) - logits[last, 3]
            return loss + SPAN_LOSS * (starts + ends)
    return loss


def hits(net: Net, data: list[dict[str, Any]], tokenizer: Tokenizer) -> str:
    """How often a sentence labelled right is among the first one, two and four of the passages found."""
    net.eval()
    ranks = []
    with torch.no_grad():
        for record in data:
            found = [one for one in record["passages"] if one["score"] is not None]
            listed = reads_of({**record, "passages": found}, tokenizer)
            scores = torch.cat(
                [net.score(s, one)[0] for s, one in zip(states_of(net, listed, 1), listed, strict=True)]
            )
            labels = torch.tensor([label for one in listed for label in one.labels])
            order = labels[torch.argsort(-scores)]
            order = order[order >= 0]
            ranks.append(int((order == 1).nonzero()[0]) if (order == 1).any() else 99)
    net.train()
    return (
        " ".join(f"P@{k} {np.mean([rank < k for rank in ranks]):.3f}" for k in (1, 2, 4))
        + f" of {len(ranks)}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lists", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument(
        "--minutes", type=float, default=math.inf, help="end by then, the rate falling to nought"
    )
    parser.add_argument(
        "--share", type=float, default=1.0, help="of the training questions, for a learning curve"
    )
    parser.add_argument("--init", type=Path, help="go on from this checkpoint")
    parser.add_argument("--rate", type=float, default=2e-4, help="learning rate of the layers at its highest")
    options = parser.parse_args()
    torch.manual_seed(0)
    rng = random.Random(0)
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    parts: dict[str, list[dict[str, Any]]] = {"training": [], "calibration": [], "test": []}
    for record in load_lists(options.lists):
        parts[part_of(record)].append(record)
    training = parts["training"]
    held_out = [one for one in parts["calibration"] if one["gold"]]
    rng.shuffle(training)
    training = training[: int(len(training) * options.share)]
    print(f"{len(training)} questions to learn from, {len(held_out)} to watch", flush=True)
    net = Net()
    if options.init:
        net.load_state_dict(torch.load(options.init))
    mean = fit(net, training, tokenizer, options, rng)
    torch.save(mean.state_dict(), options.checkpoint)
    print(hits(mean, held_out, tokenizer))


def fit(
    net: Net,
    training: list[dict[str, Any]],
    tokenizer: Tokenizer,
    options: argparse.Namespace,
    rng: random.Random,
) -> Net:
    """Trains `net` in place; returns the running mean of its weights."""
    heads = ("head", "proj", "alpha", "bias")
    body = [p for name, p in net.named_parameters() if name.split(".")[0] not in heads and p.requires_grad]
    groups = [
        {"params": body, "lr": options.rate},
        {"params": [*net.head.parameters(), *net.proj.parameters()], "lr": HEAD_RATE * options.rate},
        {"params": [net.alpha, net.bias], "lr": COSINE_RATE * options.rate, "weight_decay": 0.0},
    ]
    rates = [group["lr"] for group in groups]
    mean = copy.deepcopy(net)
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps, started, losses, order = int(options.epochs * len(training) / QUESTIONS), time.monotonic(), [], []
    for step in range(steps):
        gone = max(step / steps, (time.monotonic() - started) / 60 / options.minutes)
        if gone >= 1:
            break
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * min(1.0, (step + 1) / (WARM_UP * steps)) * (1 - gone)
        if len(order) < QUESTIONS:
            order = list(range(len(training)))
            rng.shuffle(order)
        batch = [training[order.pop()] for _ in range(QUESTIONS)]
        chosen = [reads_of(varied(one, sample(one["passages"], rng), rng), tokenizer) for one in batch]
        states = iter(states_of(net, [one for reads in chosen for one in reads]))
        each = [
            loss_of(net, reads, [next(states) for _ in reads], bool(record["gold"]))
            for record, reads in zip(batch, chosen, strict=True)
        ]
        loss = torch.stack([one for one in each if one is not None]).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            for average, weight in zip(mean.parameters(), net.parameters(), strict=True):
                average.lerp_(weight, 1 - min(MEAN, (step + 1) / (step + 10)))
        losses.append(loss.item())
        if (step + 1) % 25 == 0:
            minutes = (time.monotonic() - started) / 60
            print(f"{step + 1}/{steps} loss {np.mean(losses[-25:]):.3f} {minutes:.1f} min", flush=True)
        if (step + 1) % 150 == 0:
            torch.save(mean.state_dict(), options.checkpoint)
    return mean


if __name__ == "__main__":
    main()
