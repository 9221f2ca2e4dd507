"""From which cosine on two questions ask the same: rewordings against other questions about the same article.

    python -m benchmarks.reworded_questions QUESTIONS.jsonl

QUESTIONS.jsonl has lines with `question` and `title`. Halves are split by article, so that a threshold chosen on the
first is reported on the second. Prints, by threshold: rewordings joined, other questions of their article joined.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections import defaultdict
from pathlib import Path

import numpy as np

from ingest.embedding.factory import make_embedder

REWORDED = Path(__file__).with_suffix(".jsonl")


def main(path: str) -> None:
    rows = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
    titles = {row["question"]: row["title"] for row in rows}
    siblings = defaultdict(list)
    for question, title in titles.items():
        siblings[title].append(question)
    embedder = make_embedder("local")
    same: dict[int, list[float]] = {0: [], 1: []}
    other: dict[int, list[float]] = {0: [], 1: []}
    for line in REWORDED.read_text("utf-8").splitlines():
        pair = json.loads(line)
        title = titles[pair["question"]]
        half = zlib.crc32(title.encode()) % 2
        beside = [one for one in siblings[title] if one != pair["question"]]
        reworded, own, *vectors = embedder.embed_passages([pair["reworded"], pair["question"], *beside])
        same[half].append(float(reworded @ own))
        other[half] += [float(reworded @ vector) for vector in vectors]
    for half in (0, 1):
        print(f"half {half}: {len(same[half])} rewordings, {len(other[half])} other questions")
        for least in (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8):
            joined, wrong = (np.mean(np.array(each[half]) >= least) for each in (same, other))
            print(f"  {least:.2f}  same {joined:.2f}  other {wrong:.2f}")


if __name__ == "__main__":
    main(sys.argv[1])
