"""Which sentences of a language model reach the reader: honest ones should, wrong ones should not.

    python -m benchmarks.drafts                                      # the committed sets; ingests their corpora
    python -m benchmarks.drafts DRAFTS --config CONFIG [--show]      # another set, over an index that is there

DRAFTS   a line for each question: {"question", "honest": [sentence, …], "wrong": [sentence with "fault", …]}, where a
         sentence is {"text", "role", "quotes": [{"passage", "quote"}]}; with "corpus", only the lines of one corpus
         belong in a run. "repaired" and "verdicts", where a line has them, are what the model then answered: a list of
         sentences, and {sentence text: true or false}.
CONFIG   a config.toml whose corpus is the one that the drafts were written over.

The bot retrieves the passages; a sentence whose quotes are not among them is left out and not counted. Each sentence
is checked by code, then with the repair, then with the second look, as far as the file has them. Figures come with
95 % intervals by bootstrap over questions. The line before the last says how long one check takes, the last is one JSON
object.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.__main__ import assembled
from bot.qa.answers import CheckedSentence, Evidence
from bot.qa.drafts import DraftQuote, DraftSentence
from bot.qa.verification.citations import CitationChecker
from bot.settings import Settings, load_settings
from ingest.embedding.factory import make_embedder
from ingest.runs.pipeline import ingest_corpus

HOME = Path(__file__).resolve().parent.parent
BENCH = HOME.parent / "shared" / "bench"
COMMITTED = HOME / "benchmarks" / "drafts"
STAGES = ("code", "repair", "second look")
_RESAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """One drafted sentence: its question, "honest" or its fault, and at which stages it was shown."""

    question: int | str
    fault: str
    text: str
    shown: Mapping[str, bool]
    milliseconds: float  # that the check by code took


async def retrieved(settings: Settings, questions: Sequence[str], passages: int) -> list[list[Evidence]]:
    """The passages that the bot finds for each question."""
    async with assembled(settings) as parts:
        return [await parts.answerer.search(question, passages) for question in questions]


def outcomes(number: int, line: Mapping[str, Any], evidence: Sequence[Evidence]) -> list[Outcome]:
    """What happens to the honest and to the wrong sentences of one question, each kind drafted as one answer."""
    results = []
    for kind in ("honest", "wrong"):
        checker = CitationChecker(evidence)
        repaired = [placed(one, evidence) for one in line.get("repaired", [])]
        for drafted in line[kind]:
            sentence = placed(drafted, evidence)
            if sentence is None:
                continue
            started = time.perf_counter()
            code = isinstance(checker.check(sentence), CheckedSentence)
            taken = 1_000 * (time.perf_counter() - started)
            fixed = code or (kind == "honest" and _is_repaired(sentence, repaired, checker))
            confirmed = fixed and line.get("verdicts", {}).get(drafted["text"], True)
            shown = dict(zip(STAGES, (code, fixed, confirmed), strict=True))
            results.append(Outcome(number, drafted.get("fault", kind), drafted["text"], shown, taken))
    return results


def placed(drafted: Mapping[str, Any], evidence: Sequence[Evidence]) -> DraftSentence | None:
    """The sentence with its quotes numbered by the passages that have them; None where one has no passage."""
    quotes = []
    for quote in drafted["quotes"]:
        words = _squashed(quote["quote"])
        numbers = [n for n, item in enumerate(evidence, 1) if words in _squashed(item.passage.text)]
        if not numbers:
            return None
        quotes.append(DraftQuote(numbers[0], quote["quote"]))
    return DraftSentence(drafted["text"], tuple(quotes), drafted.get("role", "answer"))


def _is_repaired(
    sentence: DraftSentence, repaired: Sequence[DraftSentence | None], checker: CitationChecker
) -> bool:
    """Whether the file has a sentence in place of this one, by shared words, and it passes its check."""
    ours = set(sentence.text.lower().split())
    for other in repaired:
        theirs = set(other.text.lower().split()) if other else set()
        if other and len(ours & theirs) * 2 > len(ours | theirs):
            return isinstance(checker.check(other), CheckedSentence)
    return False


def share(results: Sequence[Outcome], stage: str) -> float:
    return sum(result.shown[stage] for result in results) / len(results) if results else 0.0


def interval(results: Sequence[Outcome], stage: str) -> tuple[float, float]:
    """The middle 95 % of the share over samples of questions, drawn with replacement (percentile bootstrap)."""
    by_question: dict[int | str, list[Outcome]] = defaultdict(list)
    for result in results:
        by_question[result.question].append(result)
    groups = list(by_question.values())
    draw = random.Random(1)
    shares = sorted(
        share([result for group in draw.choices(groups, k=len(groups)) for result in group], stage)
        for _ in range(_RESAMPLES)
    )
    return shares[int(0.025 * _RESAMPLES)], shares[int(0.975 * _RESAMPLES)]


def report(results: Sequence[Outcome], stage: str) -> dict[str, Any]:
    """Shares shown at one stage: of the honest, of the wrong, and of the wrong by fault as shown/all."""
    honest = [result for result in results if result.fault == "honest"]
    wrong = [result for result in results if result.fault != "honest"]
    faults = sorted({result.fault for result in wrong})
    figures: dict[str, Any] = {"stage": stage}
    for name, part in (("honest", honest), ("wrong", wrong)):
        if part:
            low, high = interval(part, stage)
            figures[name] = {"of": len(part), "shown": round(share(part, stage), 3)}
            figures[name]["interval"] = [round(low, 3), round(high, 3)]
    figures["faults"] = {}
    for fault in faults:
        part = [result for result in wrong if result.fault == fault]
        figures["faults"][fault] = f"{sum(result.shown[stage] for result in part)}/{len(part)}"
    return figures


def _squashed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("drafts", type=Path, nargs="?")
    parser.add_argument("--config", type=Path)
    parser.add_argument("--passages", type=int, default=8)
    parser.add_argument(
        "--show", action="store_true", help="print honest sentences lost and wrong ones shown"
    )
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        if options.drafts is None:
            sets = [
                (path, corpus_settings(path.stem, Path(scratch)))
                for path in sorted(COMMITTED.glob("*.jsonl"))
            ]
        elif options.config is not None:
            sets = [(options.drafts, load_settings(options.config))]
        else:
            parser.error("DRAFTS needs --config: the config.toml whose index they were written over")
        results = [
            outcome for path, settings in sets for outcome in measured(path, settings, options.passages)
        ]
    times = sorted(result.milliseconds for result in results)
    p50, p95 = times[len(times) // 2], times[len(times) * 95 // 100]
    print(f"one check: p50 {p50:.0f} ms, p95 {p95:.0f} ms, longest {times[-1]:.0f} ms")
    if options.show:
        for result in results:
            if result.shown["code"] == (result.fault != "honest"):
                print(f"{result.fault}: {result.text}")
    print(json.dumps([report(results, stage) for stage in STAGES]))


def corpus_settings(name: str, folder: Path) -> Settings:
    """The committed config over one corpus of ../shared/bench, ingested into `folder`."""
    if not BENCH.is_dir():
        sys.exit(f"The articles that the drafts were written over are not at {BENCH}.")
    source = BENCH / name / "articles.jsonl"
    if name == "news":
        source = folder / "pages"
        source.mkdir()
        for page in sorted((BENCH / "news-html" / "html").iterdir()):
            (source / page.name.removesuffix(".gz")).write_bytes(gzip.decompress(page.read_bytes()))
    loaded = load_settings(HOME / "config.toml")
    corpus = loaded.ingest.corpus.model_copy(update={"paths": (str(source),)})
    index = loaded.ingest.index.model_copy(update={"directory": folder / name})
    ingest = loaded.ingest.model_copy(update={"corpus": corpus, "index": index})
    ingest_corpus(ingest, make_embedder("local"))
    return loaded.model_copy(update={"ingest": ingest})


def measured(path: Path, settings: Settings, passages: int) -> list[Outcome]:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    evidence = asyncio.run(retrieved(settings, [line["question"] for line in lines], passages))
    return [
        replace(outcome, question=f"{path.stem} {number}")
        for number, (line, items) in enumerate(zip(lines, evidence, strict=True))
        for outcome in outcomes(number, line, items)
    ]


if __name__ == "__main__":
    main()
