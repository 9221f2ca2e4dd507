"""How good search, answers and refusals are: one table of two question sets, appended to benchmarks/results.md.

    python -m benchmarks.quality                # ingests both sets with the committed config.toml; minutes
    python -m benchmarks.quality --keep FOLDER  # keeps the indexes there, so that the next run embeds only what changed
    python -m benchmarks.quality --only search  # or ask, refuse
    python -m benchmarks.quality --no-record    # prints, and appends nothing

The sets lie in ../shared/bench, whose score.py gives the figures, so that they are the same as anybody else's. Search
is compared in the same run with its parts: words alone, vectors alone, and the two fused by rank. Intervals are 95 %
bootstrap intervals over the questions. Leave-gold-out asks each question with its own articles excluded; some of
those other articles do answer, so not every answer there is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from bot.__main__ import assembled
from bot.cli.evaluation import interval, ranking_marks
from bot.cli.json_output import ask_shape
from bot.qa.answering import Answerer, final_answer
from bot.qa.retrieval.answerability import ANSWERABLE
from bot.qa.retrieval.search import Retriever
from bot.settings import Settings, load_settings
from ingest.embedding.factory import Embedder, make_embedder
from ingest.index.index import Index
from ingest.runs.pipeline import ingest_corpus
from ingest.text.tokens import question_words

HOME = Path(__file__).resolve().parents[1]
BENCH = HOME.parent / "shared" / "bench"
RESULTS = HOME / "benchmarks" / "results.md"
OTHER = {"fifa": "steam", "steam": "fifa"}
PASSAGES = 30  # asked of a search, as the README of the sets does
RANK_CONSTANT = 60  # of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)

Search = Callable[[str], list[str | None]]
"""From a question to the URLs of the passages found, best first."""

score: ModuleType


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--only", choices=("search", "ask", "refuse"))
    parser.add_argument("--no-record", action="store_true")
    options = parser.parse_args(arguments)
    if not BENCH.is_dir():
        sys.exit(f"The question sets are not at {BENCH}.")
    global score
    score = _scorer()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (options.keep or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        columns = {name: asyncio.run(measured(name, folder, options.only)) for name in OTHER}
    table = as_table(columns)
    print(table)
    if not options.no_record:
        _record(table)


async def measured(name: str, folder: Path, only: str | None) -> dict[str, str]:
    """Every figure of one set by the name of its row."""
    settings = _settings(name, folder)
    embedder = make_embedder("local")
    started = time.monotonic()
    outcome = ingest_corpus(settings.ingest, embedder)
    rows = {
        "ingest, seconds": f"{time.monotonic() - started:.0f}" if outcome.added else "(kept)",
        "passages": str(outcome.passages),
        "index, MB": f"{_megabytes(settings.ingest.index.directory):.1f}",
    }
    generation = outcome.generation
    assert generation is not None
    questions = score.lines(BENCH / name / "questions.jsonl")
    if only in (None, "search", "refuse"):
        with Index(settings.ingest.index, generation, embedder.identity.key) as index:
            if only != "refuse":
                rows |= search_rows(index, embedder, questions)
            if only != "search":
                rows |= confidence_rows(index, embedder, name, questions)
    if only in (None, "ask", "refuse"):
        async with assembled(settings) as parts:
            if only != "refuse":
                rows |= await ask_rows(parts.answerer, name, folder)
            if only != "ask":
                rows |= await refuse_rows(parts.answerer, name, folder, questions)
    rows["memory at the peak, MB"] = f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}"
    return rows


def search_rows(index: Index, embedder: Embedder, questions: list[dict[str, Any]]) -> dict[str, str]:
    retriever = Retriever(embedder)
    seconds: list[float] = []
    worked: list[
        float
    ] = []  # seconds of the processor, all threads together: what else it does shows less in them

    def ours(question: str) -> list[str | None]:
        started, busy = time.perf_counter(), time.process_time()
        found = retriever.search(index, question, limit=PASSAGES)
        seconds.append(time.perf_counter() - started)
        worked.append(time.process_time() - busy)
        return [one.article.url for one in found.evidence]

    def by_words(question: str) -> list[str]:
        return [hit.passage_id for hit in index.search_words(question_words(question), 200)]

    def by_vectors(question: str) -> list[str]:
        return [hit.passage_id for hit in index.search_vectors(embedder.embed_question(question), 200)]

    def by_rank(question: str) -> list[str]:
        points: dict[str, float] = {}
        for found in (by_words(question), by_vectors(question)):
            for place, name in enumerate(found, 1):
                points[name] = points.get(name, 0.0) + 1 / (RANK_CONSTANT + place)
        return sorted(points, key=lambda name: -points[name])

    def urls(ranked: Callable[[str], list[str]]) -> Search:
        def search(question: str) -> list[str | None]:
            names = ranked(question)
            owners = index.catalogue.passage_owners(names)
            articles = {one.id: one for one in index.headers(set(owners.values()))}
            return [articles[owners[name]].url for name in names]

        return search

    ours(questions[0]["question"])  # the first search of a process is slower, and nobody's
    seconds.clear()
    worked.clear()
    rows = {}
    for label, search in (
        ("words alone", urls(by_words)),
        ("vectors alone", urls(by_vectors)),
        ("fused by rank", urls(by_rank)),
        ("ours", ours),
    ):
        marks = [ranking_marks(search(one["question"]), one["gold"]) for one in questions]
        for figure in marks[0]:
            rows[f"{label}: {figure}"] = _with_interval([mark[figure] for mark in marks])
    for label, values in (("search, ms p50 / p95", seconds), ("search, processor ms p50 / p95", worked)):
        rows[label] = f"{np.median(values) * 1e3:.0f} / {np.quantile(values, 0.95) * 1e3:.0f}"
    return rows


def confidence_rows(
    index: Index, embedder: Embedder, name: str, questions: list[dict[str, Any]]
) -> dict[str, str]:
    """How well the confidence tells questions with an answer from those without, at our threshold and at others."""
    retriever = Retriever(embedder)

    def sure(question: str, exclude: frozenset[str] = frozenset()) -> float:
        return retriever.search(index, question, limit=8, exclude=exclude).confidence

    answerable = [sure(one["question"]) for one in questions]
    left_out = [sure(one["question"], index.article_ids(one["gold"])) for one in questions]
    others = [sure(one["question"]) for one in score.lines(BENCH / OTHER[name] / "questions.jsonl")]
    strict = float(np.quantile(answerable, 0.1))
    return {
        "confidence: answerable kept": _with_interval([float(one >= ANSWERABLE) for one in answerable]),
        "confidence: other topic refused": _with_interval([float(one < ANSWERABLE) for one in others]),
        "confidence: leave-gold-out refused": _with_interval([float(one < ANSWERABLE) for one in left_out]),
        "confidence: leave-gold-out refused at .10 false refusals": _with_interval(
            [float(one < strict) for one in left_out]
        ),
        "confidence: area under the curve, other topic": f"{area(answerable, others):.3f}",
        "confidence: area under the curve, leave-gold-out": f"{area(answerable, left_out):.3f}",
    }


def area(higher: Sequence[float], lower: Sequence[float]) -> float:
    """The chance that one of `higher` lies above one of `lower`."""
    return float(np.mean([(one > other) + 0.5 * (one == other) for one in higher for other in lower]))


async def ask_rows(answerer: Answerer, name: str, folder: Path) -> dict[str, str]:
    questions = BENCH / name / "questions.jsonl"
    answers = folder / f"{name}-answers.jsonl"
    await _ask([(one["question"], ()) for one in score.lines(questions)], answerer, answers)
    figures = score.ask(answers, questions, BENCH / name / "articles.jsonl")
    rows = {
        f"ask: {figure}": _plain(value, figures["intervals"].get(figure))
        for figure, value in figures.items()
        if isinstance(value, int | float) and figure not in ("questions", "failed")
    }
    exact = [
        citation["end"] - citation["start"] == len(citation["quote"])
        for answer in score.lines(answers)
        for citation in answer["citations"]
    ]
    rows["ask: quotes as long as their span"] = f"{sum(exact) / max(1, len(exact)):.3f}"
    return rows


async def refuse_rows(
    answerer: Answerer, name: str, folder: Path, questions: list[dict[str, Any]]
) -> dict[str, str]:
    other = BENCH / OTHER[name] / "questions.jsonl"
    answers = folder / f"{name}-none.jsonl"
    await _ask([(one["question"], ()) for one in score.lines(other)], answerer, answers)
    refused = score.refuse(answers, other)
    await _ask([(one["question"], tuple(one["gold"])) for one in questions], answerer, answers)
    left_out = score.refuse(answers, BENCH / name / "questions.jsonl")
    return {
        "refuse: other topic": _plain(refused["refused"], refused["intervals"]["refused"]),
        "refuse: leave-gold-out": _plain(left_out["refused"], left_out["intervals"]["refused"]),
    }


async def _ask(questions: list[tuple[str, tuple[str, ...]]], answerer: Answerer, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for question, exclude in questions:
            answer = await final_answer(answerer.answer(question, exclude=exclude))
            file.write(json.dumps(ask_shape(answer), ensure_ascii=False) + "\n")


def as_table(columns: dict[str, dict[str, str]]) -> str:
    names = list(columns)
    lines = [f"| | {' | '.join(f'`{name}`' for name in names)} |", f"|---|{'---|' * len(names)}"]
    for row in dict.fromkeys(row for column in columns.values() for row in column):
        lines.append(f"| {row} | {' | '.join(columns[name].get(row, '') for name in names)} |")
    return "\n".join(lines)


def _settings(name: str, folder: Path) -> Settings:
    """The committed config, but for the corpus, and for where the index is kept."""
    loaded = load_settings(HOME / "config.toml")
    corpus = loaded.ingest.corpus.model_copy(update={"paths": (str(BENCH / name / "articles.jsonl"),)})
    index = loaded.ingest.index.model_copy(update={"directory": folder / name})
    ingest = loaded.ingest.model_copy(update={"corpus": corpus, "index": index})
    return loaded.model_copy(update={"ingest": ingest})


def _with_interval(values: Sequence[float]) -> str:
    return _plain(sum(values) / len(values), interval(values))


def _plain(value: float, interval: Sequence[float] | None) -> str:
    shown = f"{value:.3f}" if isinstance(value, float) else str(value)
    return f"{shown} ({interval[0]:.2f}–{interval[1]:.2f})" if interval else shown


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _record(table: str) -> None:
    subject = subprocess.run(
        ["git", "log", "-1", "--format=%s"], cwd=HOME, capture_output=True, text=True, check=False
    ).stdout.strip()
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(f"\n## {date.today().isoformat()}: {subject}\n\n{table}\n")


def _scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", BENCH / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
