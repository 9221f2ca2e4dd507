"""Questions about publishers, authors, dates and counts, over the corpora of ../shared/bench.

    jq -r 'select(.corpus == "news") | .question' benchmarks/metadata_questions.jsonl \\
        | python -m bot ask --config news.toml --json - | python -m benchmarks.metadata_questions news

An answer is right where it is answered from the catalogue, says all the words and cites an article of all the domains
that its question names; where a question names neither, where it is answered from the catalogue.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

QUESTIONS = Path(__file__).with_suffix(".jsonl")


def right(question: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
    if answer.get("outcome") != "answered" or answer.get("generator") != "catalogue":
        return False
    urls = " ".join(str(one["url"]) for one in answer["citations"])
    said = answer["answer"].lower()
    return all(word.lower() in said for word in question["says"]) and all(
        one in urls for one in question["cites"]
    )


def main() -> None:
    wanted = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    questions = [one for one in wanted if one["corpus"] == sys.argv[1]]
    marks: dict[str, list[bool]] = {}
    for question, line in zip(questions, sys.stdin, strict=True):
        good = right(question, json.loads(line))
        marks.setdefault(question["part"], []).append(good)
        if not good:
            print(f"wrong: {question['question']}")
    for part, given in sorted(marks.items()):
        print(f"{part}: {sum(given)} of {len(given)}")


if __name__ == "__main__":
    main()
