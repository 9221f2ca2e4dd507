"""How well the sentence that answers is picked, beside simpler rankings of the same sentences.

    python -m benchmarks.selection                # makes the lists over ../shared/bench first; minutes
    python -m benchmarks.selection --lists FILE   # with lists that `python -m training.lists` has written

P@k is the share of answerable questions with a sentence that holds the answer, from the right article, among the first
k. `calibration` are articles that the cross-encoder did not read, but the weights of the mix were fitted on; nothing
was fitted on `test`. Intervals are 95 % by bootstrap over questions.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bot.qa.selection import features
from bot.qa.selection.cross_encoder import CrossEncoder
from ingest.embedding.factory import Embedder, make_embedder
from ingest.text.stemming import content_stems
from training.calibrate import Case, case_of, features_of, fit_sentences, interval, report
from training.lists import Record, lists_of, load_lists, prepare_corpora, questions
from training.parts import part_of

BENCH = Path(__file__).resolve().parents[2] / "shared" / "bench"
CORPORA = ("news", "fifa", "steam")
DEPTHS = (1, 2, 4)
K1, B = 1.2, 0.75  # as in FTS5's bm25()

Ranking = Callable[[Case], np.ndarray]
"""A score for each candidate of a question."""


def made_lists(bench: Path, embedder: Embedder) -> list[Record]:
    """The lists of the articles that the cross-encoder did not read."""
    by_corpus: dict[str, list[Record]] = defaultdict(list)
    for record in questions(bench):
        by_corpus[record["corpus"]].append(record)
    with tempfile.TemporaryDirectory() as folder:
        configs = prepare_corpora(bench, Path(folder))
        return [record for name in CORPORA for record in lists_of(configs[name], by_corpus[name], embedder)]


def cosine(embedder: Embedder) -> Ranking:
    def ranked(case: Case) -> np.ndarray:
        question = embedder.embed_question(case.record["question"])
        return embedder.embed_passages([one.text for one in case.options]) @ question

    return ranked


def bm25(case: Case) -> np.ndarray:
    """Okapi BM25 of the question's stems, the candidates being the whole collection."""
    documents = [Counter(content_stems(one.text)) for one in case.options]
    mean = sum(doc.total() for doc in documents) / len(documents)
    scores = np.zeros(len(documents))
    for stem in set(content_stems(case.record["question"])):
        count = sum(stem in doc for doc in documents)
        rarity = math.log(1 + (len(documents) - count + 0.5) / (count + 0.5))
        for n, doc in enumerate(documents):
            norm = K1 * (1 - B + B * doc.total() / max(mean, 1e-6))
            scores[n] += rarity * doc[stem] * (K1 + 1) / (doc[stem] + norm)
    return scores


def plain_mix(fitted_on: Sequence[Case]) -> Ranking:
    """The linear mix without the cross-encoder's score, fitted on the same questions as the whole one."""
    weights = fit_sentences(fitted_on, lambda case: features_of(case)[:, 1:])
    return lambda case: features_of(case)[:, 1:] @ weights


def row(name: str, ranking: Ranking, cases: Sequence[Case]) -> str:
    hits: dict[int, list[float]] = {k: [] for k in DEPTHS}
    for case in cases:
        order = np.argsort(-ranking(case), kind="stable")
        for k in DEPTHS:
            hits[k].append(float(case.right[order[:k]].any()))
    return f"| {name} | " + " | ".join(interval(hits[k]) for k in DEPTHS) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lists", type=Path)
    options = parser.parse_args()
    embedder, encoder = make_embedder("local", "", ""), CrossEncoder()
    records = load_lists(options.lists) if options.lists else made_lists(BENCH, embedder)
    cases: dict[str, list[Case]] = {"calibration": [], "test": []}
    seconds = []
    for record in records:
        if (part := part_of(record)) in cases:
            started = time.perf_counter()
            case = case_of(record, encoder)
            seconds.append(time.perf_counter() - started)
            if case.options:
                cases[part].append(case)
    rankings: dict[str, Ranking] = {
        "cosine alone": cosine(embedder),
        "BM25 alone": bm25,
        "linear mix without the cross-encoder": plain_mix(cases["calibration"]),
        "cross-encoder alone": lambda case: np.array([one.score for one in case.options]),
        "Byline": lambda case: features_of(case) @ features.weights().sentence,
    }
    for part, every in cases.items():
        told = [case for case in every if case.record["gold"] and case.record["answer"]]
        print(f"\n{part}, {len(told)} questions\n\n| ranking | P@1 | P@2 | P@4 |\n|---|---|---|---|")
        for name, ranking in rankings.items():
            print(row(name, ranking, told))
        print()
        report(every)
    p50, p95 = 1000 * np.quantile(seconds, (0.5, 0.95))
    print(f"\nreading the passages of a question: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


if __name__ == "__main__":
    main()
