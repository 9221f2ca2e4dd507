"""Fit the linear model above the cross-encoder, and its chance: `python -m training.calibrate LISTS`.

Everything is fitted on the lists of the `calibration` part (articles that the cross-encoder was not trained on) and
written to bot/qa/selection/selection.json. With `--report` nothing is fitted: the figures on the `test` part are
printed, with 95 % intervals by bootstrap over questions.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from bot.qa.answers import Evidence
from bot.qa.selection import features, selection
from bot.qa.selection.candidates import Candidate, candidates
from bot.qa.selection.cross_encoder import CrossEncoder, Text
from ingest.articles.article import Article
from ingest.index.chunking import Passage
from training.lists import load_lists
from training.parts import part_of

TARGET = Path(selection.__file__).with_name("selection.json")
RIDGE = 0.02
FURTHER = (0.05, 0.1, 0.2, 0.3, 0.5)
LONGER = (0.1, 0.12, 0.14, 0.16, 0.18, 0.2, 0.22, 0.25, 0.3, 1.0)
MEDIAN_WORDS = 43  # a mark for each sentence comes on top


@dataclass(frozen=True, slots=True)
class Case:
    """One question with its candidates; `right` says which hold the answer's words in the right article."""

    record: dict[str, Any]
    evidence: list[Evidence]
    options: list[Candidate]
    right: np.ndarray


def plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def case_of(record: dict[str, Any], encoder: CrossEncoder) -> Case:
    evidence, texts = [], []
    for each in record["passages"]:
        if each["score"] is None:  # not found by the search: it was added for training alone
            continue
        passage = Passage(
            each["id"], each["article"], each["start"], each["start"] + len(each["text"]), each["text"]
        )
        article = Article(each["article"], each["title"], "", published=each["published"])
        evidence.append(Evidence(passage, article, each["score"]))
        texts.append(Text(each["title"], each["text"], [(start, end) for start, end, _ in each["sentences"]]))
    options = candidates(evidence, texts, encoder.read(record["question"], texts))
    answer = plain(record["answer"] or "")
    gold = [plain(sentence) for sentence in record["gold"]]
    right = np.array(
        [
            one.article == record["article"]
            and bool(gold)
            and ((bool(answer) and f" {answer} " in f" {plain(one.text)} ") or plain(one.text) in gold)
            for one in options
        ]
    )
    return Case(record, evidence, options, right)


def features_of(case: Case) -> np.ndarray:
    return features.sentence_features(case.record["question"], case.options, case.evidence)


def fit_sentences(
    cases: Sequence[Case], features_of: Callable[[Case], np.ndarray] = features_of
) -> np.ndarray:
    """Softmax regression: the weights under which the right sentences of a question are likeliest."""
    rows = [(features_of(c), c.right) for c in cases if c.right.any()]
    scale = np.concatenate([x for x, _ in rows]).std(axis=0) + 1e-9

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, gradient = 0.0, np.zeros_like(weights)
        for x, right in rows:
            z = (x / scale) @ weights
            everything = np.exp(z - z.max())
            p = everything / everything.sum()
            q = np.where(right, p, 0)
            total -= math.log(q.sum() + 1e-12)
            gradient += (x / scale).T @ (p - q / (q.sum() + 1e-12))
        n = len(rows)
        return total / n + RIDGE * weights @ weights, gradient / n + 2 * RIDGE * weights

    start = np.zeros(len(scale))
    return minimize(loss, start, jac=True, method="L-BFGS-B").x / scale


def fit_chance(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Logistic regression (Platt scaling of several scores)."""
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = (x - mean) / scale

    def loss(weights: np.ndarray) -> float:
        logits = z @ weights[1:] + weights[0]
        return float(np.logaddexp(0, np.where(y, -logits, logits)).mean() + RIDGE * weights[1:] @ weights[1:])

    weights = minimize(loss, np.zeros(x.shape[1] + 1), method="L-BFGS-B").x
    return weights[1:] / scale, float(weights[0] - weights[1:] @ (mean / scale))


def outcome(case: Case, chosen: Sequence[selection.Chosen]) -> dict[str, float]:
    """Whether the answer's words were said, by whom, and how long that took."""
    answer = plain(case.record["answer"] or "")
    said = " ".join(one.text for one in chosen)
    return {
        "said": float(bool(answer) and answer in plain(said)),
        "lead": float(bool(answer) and bool(chosen) and answer in plain(chosen[0].text)),
        "cited": float(
            any(case.evidence[one.passage - 1].article.id == case.record["article"] for one in chosen)
        ),
        "words": float(len(said.split())),
    }


def choose(cases: Sequence[Case]) -> list[selection.Selection]:
    return [selection.choose(c.record["question"], c.options, c.evidence) for c in cases]


def interval(values: Sequence[float], of: Callable[[np.ndarray], float] = np.mean) -> str:
    rng, array = np.random.default_rng(0), np.array(values)
    means = [of(rng.choice(array, len(array))) for _ in range(1000)]
    low, high = np.quantile(means, (0.025, 0.975))
    return f"{of(array):.3f} ({low:.2f}–{high:.2f})"


def write(stored: dict[str, Any]) -> None:
    TARGET.write_text(json.dumps(stored, indent=1) + "\n")
    features.weights.cache_clear()


def fit(cases: Sequence[Case]) -> None:
    mixed = fit_sentences(cases)
    stored: dict[str, Any] = {
        "source": "python -m training.calibrate, on the calibration part",
        "sentence": dict(zip(features.SENTENCE_FEATURES, map(float, mixed), strict=True)),
        "chance": dict.fromkeys(features.CHANCE_FEATURES, 0.0),
        "chance_offset": 0.0,
        "further": 1.0,
        "longer": 1.0,
        "low": 0.5,
        "marked": 0.5,
    }
    answerable = [c for c in cases if c.record["gold"] and c.record["answer"]]
    best = -1.0
    for further, longer in itertools.product(FURTHER, LONGER):
        write({**stored, "further": further, "longer": longer})
        told = [outcome(c, s.chosen) for c, s in zip(answerable, choose(answerable), strict=True)]
        said, words = np.mean([t["said"] for t in told]), np.median([t["words"] for t in told])
        print(f"further {further}, longer {longer}: said {said:.3f}, median words {words}")
        if words <= MEDIAN_WORDS and said > best:
            best, stored["further"], stored["longer"] = said, further, longer
    write(stored)
    told = [outcome(c, s.chosen)["said"] > 0 for c, s in zip(cases, choose(cases), strict=True)]
    x = np.array(
        [
            features.chance_features(
                c.options,
                features_of(c) @ mixed,
                c.evidence,
            )
            for c in cases
        ]
    )
    weights, offset = fit_chance(x, np.array(told))
    stored["chance"] = dict(zip(features.CHANCE_FEATURES, map(float, weights), strict=True))
    stored["chance_offset"] = offset
    chances = 1 / (1 + np.exp(-(x @ weights + offset)))
    gold = np.array([bool(c.record["gold"]) for c in cases])
    # half of the answerable questions and a little more are answered without reserve
    stored["low"] = float(np.quantile(chances[gold], 0.46))
    write(stored)


def report(cases: Sequence[Case]) -> None:
    chosen = choose(cases)
    gold = [(c, s, outcome(c, s.chosen)) for c, s in zip(cases, chosen, strict=True) if c.record["gold"]]
    told = [(c, s, t) for c, s, t in gold if c.record["answer"]]
    none = [s for c, s in zip(cases, chosen, strict=True) if not c.record["gold"]]
    print(f"{len(told)} answerable, {len(none)} not")
    for name in ("said", "lead", "cited"):
        print(f"{name:6} {interval([t[name] for _, _, t in told])}")
    print("words ", interval([t["words"] for _, _, t in told], lambda a: float(np.median(a))))
    sure = [(s, t) for _, s, t in told if not s.doubtful]
    print("not marked low", interval([float(not s.doubtful) for _, s, _ in told]))
    print("of these said ", interval([t["said"] for _, t in sure]))
    print("unanswerable marked low", interval([float(s.doubtful) for s in none]))
    print("| chance | questions | said |")
    every = [(s.chance, outcome(c, s.chosen)["said"]) for c, s in zip(cases, chosen, strict=True)]
    for low in np.arange(0, 1, 0.1):
        bin_ = [said for chance, said in every if low <= chance < low + 0.1]
        if bin_:
            print(f"| {low:.1f}–{low + 0.1:.1f} | {len(bin_)} | {np.mean(bin_):.2f} |")
    for k in (1, 2, 4):
        hits = []
        for c in (c for c, _, _ in told):
            order = np.argsort(-(features_of(c) @ features.weights().sentence))
            hits.append(float(c.right[order[:k]].any()))
        print(f"P@{k}", interval(hits))
    print("in reach", interval([float(c.right.any()) for c, _, _ in told]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lists", type=Path)
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--corpus", default="")
    options = parser.parse_args()
    encoder = CrossEncoder()
    wanted = "test" if options.report else "calibration"
    records = [r for r in load_lists(options.lists) if part_of(r) == wanted and options.corpus in r["corpus"]]
    cases = [case_of(record, encoder) for record in records]
    cases = [case for case in cases if case.options]
    if not options.report:
        fit(cases)
    report(cases)


if __name__ == "__main__":
    main()
