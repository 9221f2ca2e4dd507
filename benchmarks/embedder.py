"""How fast the local embedder is against Chroma's default one, and how close int8 stays to fp32.

    python -m benchmarks.embedder [--passages 200] [--rounds 5] [--json]

Both embed the same passages of real pages (../shared/bench, else articles/) in the same run, taking turns, so that
other work on the computer slows both. Prints passages a second, the ratio of each round, tokens a second by length,
and the cosine of int8 to fp32. Seconds of processor time stand beside seconds by the clock: their ratio says what
is left where the processor is shared.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.chroma_default import chroma_default_embedder
from ingest.articles.article import Article
from ingest.embedding.factory import LocalEmbedder
from ingest.embedding.token_counts import count_tokens
from ingest.index.chunking import embedded_text, split_article
from ingest.sources.corpus_reader import read_corpus
from ingest.sources.sources import Source

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared" / "bench"
LENGTHS = (16, 32, 64, 128, 254)
Embed = Callable[[list[str]], Any]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one object instead of the tables")
    options = parser.parse_args()
    corpora = [path for name in ("fifa", "steam") if (path := SHARED / name / "articles.jsonl").exists()]
    pages = {path.parent.name: passages_of(path) for path in corpora or [ROOT / "articles"]}
    texts = sample(next(iter(pages.values())), options.passages)
    ours, exact = LocalEmbedder(), LocalEmbedder("fp32")
    with tempfile.TemporaryDirectory() as folder:
        chroma = chroma_default_embedder(Path(folder))
        agreement = cosines(chroma(texts[:20]), exact.embed_passages(texts[:20]))
        if agreement.min() < 0.9999:
            print(f"Chroma's embedder gives other vectors (cosine {agreement.min():.5f}).", file=sys.stderr)
            return 1
        result = {
            "precision": ours.precision,
            "passages": paired(ours.embed_passages, chroma, texts, options.rounds),
            "lengths": [by_length(ours.embed_passages, chroma, texts, length) for length in LENGTHS],
            "question": paired(
                lambda one: [ours.embed_question(text) for text in one], chroma, questions(texts), 3
            ),
            "cosine to fp32": {name: closeness(sample(found, 500), exact) for name, found in pages.items()},
        }
    print(json.dumps(result) if options.json else report(result))
    return 0


def passages_of(corpus: Path) -> list[str]:
    """Each passage of the corpus as the string that an ingest embeds."""
    articles = [item for item in read_corpus([Source(corpus.name, corpus)]) if isinstance(item, Article)]
    return [
        embedded_text(article, passage)
        for article in articles
        for passage in split_article(article, count_tokens)
    ]


def sample(texts: Sequence[str], size: int) -> list[str]:
    return random.Random(1).sample(texts, min(size, len(texts)))


def questions(texts: Sequence[str]) -> list[str]:
    """As long as people ask: the first dozen words of a passage's text."""
    return [" ".join(text.split("\n", 1)[-1].split()[:12]) for text in texts[:20]]


def paired(ours: Embed, theirs: Embed, texts: list[str], rounds: int) -> dict[str, Any]:
    """Both in turns; texts a second by the clock (the median), and the ratio of every round."""
    ours(texts[:4]), theirs(texts[:4])  # the first run of a session plans its memory
    times = [(timed(theirs, texts), timed(ours, texts)) for _ in range(rounds)]
    clock = [(their[0], our[0]) for their, our in times]
    return {
        "texts": len(texts),
        "chroma a second": len(texts) / statistics.median(their for their, _ in clock),
        "ours a second": len(texts) / statistics.median(our for _, our in clock),
        "ratios": [their / our for their, our in clock],
        "ratio": statistics.median(their / our for their, our in clock),
        "ratio of processor time": statistics.median(their[1] / our[1] for their, our in times),
    }


def timed(embed: Embed, texts: list[str]) -> tuple[float, float]:
    """Seconds by the clock, and of processor time over all threads."""
    clock, processor = time.perf_counter(), time.process_time()
    embed(texts)
    return time.perf_counter() - clock, time.process_time() - processor


def by_length(ours: Embed, theirs: Embed, texts: Sequence[str], length: int) -> dict[str, Any]:
    """Tokens a second for texts of so many tokens, the two marks not counted."""
    words = " ".join(texts).split()
    count = max(8, min(64, 2048 // length))
    cut = [" ".join(words[at * length : (at + 1) * length]) for at in range(count)]
    found = paired(ours, theirs, [shortened(text, length) for text in cut], 3)
    return {
        "tokens": length,
        "chroma": found["chroma a second"] * length,
        "ours": found["ours a second"] * length,
        "ratio": found["ratio"],
    }


def shortened(text: str, length: int) -> str:
    """The start of the text that has `length` of the encoder's own tokens."""
    spans = _encoder().encode(text, add_special_tokens=False).offsets
    return text[: spans[min(length, len(spans)) - 1][1]]


def _encoder() -> Any:
    from tokenizers import Tokenizer

    from ingest.embedding.model_files import tokenizer_file

    tokenizer = Tokenizer.from_file(str(tokenizer_file()))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def closeness(texts: list[str], exact: LocalEmbedder) -> dict[str, float]:
    found = cosines(exact.embed_passages(texts), LocalEmbedder("int8").embed_passages(texts))
    return {"texts": len(texts), "mean": float(found.mean()), "least": float(found.min())}


def cosines(one: Any, other: Any) -> Any:
    return (np.asarray(one) * np.asarray(other)).sum(axis=1)


def report(result: dict[str, Any]) -> str:
    whole, question = result["passages"], result["question"]
    lines = [
        f"| {whole['texts']} passages, {result['precision']} | Chroma's default | ours | ratio | processor time |",
        "|---|---|---|---|---|",
        *(
            f"| {name} a second | {row['chroma a second']:.1f} | {row['ours a second']:.1f} "
            f"| {row['ratio']:.2f} | {row['ratio of processor time']:.2f} |"
            for name, row in (("passages", whole), ("questions", question))
        ),
        "",
        "ratio of each round: " + ", ".join(f"{ratio:.2f}" for ratio in whole["ratios"]),
        "",
        "| tokens of a text | Chroma's, tokens/s | ours, tokens/s | ratio |",
        "|---|---|---|---|",
        *(
            f"| {row['tokens']} | {row['chroma']:.0f} | {row['ours']:.0f} | {row['ratio']:.1f} |"
            for row in result["lengths"]
        ),
        "",
        *(
            f"int8 to fp32, {row['texts']} passages of {name}: cosine {row['mean']:.4f} mean, {row['least']:.4f} least"
            for name, row in result["cosine to fp32"].items()
        ),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
