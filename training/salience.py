"""What a summary should have, learned from questions: `python -m training.salience BENCH CORPORA [--report]`.

People's questions about an article tell which of its sentences matter: those that hold an answer. A linear model of
plain features is fitted (softmax regression) on the articles of the `training` part that have three questions or more,
and written to bot/qa/summarising/salience.json. With `--report` nothing is fitted: the share of the answers that stand
in the summary is printed for the articles of the other parts, beside the article's first sentences.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from bot.qa.answers import Evidence
from bot.qa.summarising import salience
from bot.qa.summarising.extractive import MOST_SENTENCES, MOST_WORDS, sentences_of
from bot.settings import load_settings
from ingest.embedding.factory import Embedder, make_embedder
from ingest.index.generations import Generations
from ingest.index.index import Index
from training.calibrate import interval
from training.lists import Record, plain, prepare_corpora, questions
from training.parts import part_of

TARGET = Path(salience.__file__).with_name("salience.json")
LEAST_QUESTIONS = 3
RIDGE = 0.02
VARIETY = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """An article's sentences, and the words of the answers to the questions about it."""

    part: str
    texts: list[str]
    vectors: salience.Vectors
    features: salience.Floats
    answers: list[str]

    def share_told(self, picked: Sequence[int]) -> float:
        told = f" {' '.join(plain(self.texts[n]) for n in picked)} "
        return sum(f" {answer} " in told for answer in self.answers) / len(self.answers)


def articles(bench: Path, corpora: Path) -> Iterator[Asked]:
    """Every article of the three corpora with enough questions; the corpora are ingested as for training/lists.py."""
    embedder = make_embedder("local", "", "")
    by_article: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in questions(bench):
        if record["answer"] and record["corpus"] != "wiki":
            by_article[record["corpus"], record["url"] or record["title"]].append(record)
    configs = prepare_corpora(bench, corpora)
    for corpus, config in configs.items():
        settings = load_settings(config).ingest
        generation = Generations(settings.index.directory).require_current()
        with Index(settings.index, generation, embedder.identity.key) as index:
            for (name, key), records in by_article.items():
                if name == corpus and len(records) >= LEAST_QUESTIONS:
                    yield from _asked(index, key, records, embedder)


def _asked(index: Index, key: str, records: list[Record], embedder: Embedder) -> Iterator[Asked]:
    article = index.article(key)
    if article is None:
        return
    evidence = [Evidence(passage, article, 1.0) for passage in index.article_passages(article.id)]
    texts = [one.text for one in sentences_of(evidence)]
    if len(texts) > MOST_SENTENCES:
        vectors = embedder.embed_passages(texts)
        features = salience.features_of(texts, vectors, embedder.embed_question(article.title))
        part = part_of({**records[0], "article": article.id})
        yield Asked(part, texts, vectors, features, [plain(record["answer"]) for record in records])


def fit(training: Sequence[Asked]) -> np.ndarray:
    """Softmax regression: the weights under which the sentences that hold answers are likeliest."""
    scale = np.concatenate([one.features for one in training]).std(axis=0) + 1e-9
    rows = []
    for one in training:
        held = np.array(
            [sum(f" {a} " in f" {plain(text)} " for a in one.answers) for text in one.texts], float
        )
        if held.any():
            rows.append((one.features / scale, held / held.sum()))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, gradient = 0.0, np.zeros_like(weights)
        for x, target in rows:
            logits = x @ weights
            logs = logits - np.logaddexp.reduce(logits)
            total -= float(target @ logs)
            gradient += x.T @ (np.exp(logs) - target)
        n = len(rows)
        return total / n + RIDGE * weights @ weights, gradient / n + 2 * RIDGE * weights

    return minimize(loss, np.zeros(len(scale)), jac=True, method="L-BFGS-B").x / scale


def summary(one: Asked, weights: np.ndarray, variety: float) -> list[int]:
    return salience.chosen(
        one.features @ weights, one.texts, one.vectors, variety, MOST_SENTENCES, MOST_WORDS
    )


def front(one: Asked) -> list[int]:
    """The article's first sentences, as many as the room has words for."""
    words = np.cumsum([len(text.split()) for text in one.texts])
    return list(range(max(1, int(np.searchsorted(words, MOST_WORDS, side="right")))))


def report(every: Sequence[Asked], ways: dict[str, Callable[[Asked], list[int]]]) -> None:
    for part in ("training", "calibration", "test"):
        own = [one for one in every if one.part == part]
        for name, way in ways.items():
            picked = [way(one) for one in own]
            told = [one.share_told(each) for one, each in zip(own, picked, strict=True)]
            words = [
                sum(len(one.texts[n].split()) for n in each) for one, each in zip(own, picked, strict=True)
            ]
            print(f"{part} ({len(own)}), {name}: told {interval(told)} in {np.mean(words):.0f} words")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    every = list(articles(options.bench, options.corpora))
    training = [one for one in every if one.part == "training"]
    if not options.report:
        weights = fit(training)
        variety = max(
            VARIETY, key=lambda v: np.mean([one.share_told(summary(one, weights, v)) for one in training])
        )
        stored = {
            "source": "python -m training.salience, on the training part",
            "weights": dict(zip(salience.FEATURES, map(float, weights), strict=True)),
            "variety": variety,
        }
        TARGET.write_text(json.dumps(stored, indent=1) + "\n")
    stored = json.loads(TARGET.read_text())
    learned = np.array([stored["weights"][name] for name in salience.FEATURES])
    report(
        every,
        {
            "learned": lambda one: summary(one, learned, stored["variety"]),
            "first sentences": front,
            "first five": lambda one: list(range(min(5, len(one.texts)))),
        },
    )


if __name__ == "__main__":
    main()
