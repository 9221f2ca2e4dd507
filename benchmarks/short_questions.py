#!/usr/bin/env python3
"""Short questions, as people type them, over the news pages of ../shared/bench/news-html. Plain Python only.

short_questions.py pages FOLDER      writes the pages as FOLDER/*.html, to be ingested
short_questions.py ask               prints the questions, one a line, for `python -m bot ask --json -`
short_questions.py score ANSWERS     scores the JSON lines that came back; --misses shows the failures

A third of the questions have no answer in the pages; they are right when refused. The others are right when
they cite an article that holds the answer, and complete when the answer's words stand in what was said. An
article is known by its URL or, where its page names none, by the quote standing in its text.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
QUESTIONS = HERE / "short_questions.jsonl"
PAGES = HERE.parent.parent / "shared" / "bench" / "news-html"
SMALL = {"a", "an", "the", "of", "in", "on", "at", "to", "and", "or", "is", "was", "are", "were", "for", "we"}


def json_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def content_words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if word not in SMALL}


def place(url: str) -> str:
    """A URL without what differs between links to one page: scheme, www, query and closing slash."""
    return re.sub(r"^https?://(?:www\.|social\.)?|[?#].*$", "", url.lower()).rstrip("/")


def write_pages(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    packed = sorted((PAGES / "html").glob("*.html.gz"))
    for page in packed:
        (folder / page.name.removesuffix(".gz")).write_bytes(gzip.decompress(page.read_bytes()))
    return len(packed)


def grade(question: dict[str, Any], answer: dict[str, Any], bodies: dict[str, str]) -> dict[str, float]:
    """The marks for one answer; `refused` is the only one where the pages hold no answer."""
    answered = answer.get("outcome") == "answered"
    if question["url"] is None:
        return {"refused": float(answer.get("outcome") == "not_found")}
    gold = [question["url"], *question.get("also", [])]
    places = {place(url) for url in gold}
    citations = answer.get("citations") or [] if answered else []
    right = [
        citation
        for citation in citations
        if place(citation.get("url") or "") in places
        or any(letters(citation["quote"]) in bodies.get(url, "") for url in gold)
    ]
    wanted = content_words(question["words"])
    said = content_words(answer.get("answer") or "") if answered else set()
    return {
        "answered": float(answered),
        "cited": float(bool(right)),
        "words": len(wanted & said) / len(wanted),
        "length": float(len((answer.get("answer") or "").split())),
    }


def score(answers: Path, show_misses: bool) -> None:
    given = {answer["question"]: answer for answer in json_lines(answers)}
    truth = json.loads((PAGES / "ground-truth.json").read_text(encoding="utf-8"))
    bodies = {page["url"]: letters(page["articleBody"]) for page in truth.values()}
    marks: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for question in json_lines(QUESTIONS):
        answer = given.get(question["question"], {})
        graded = grade(question, answer, bodies)
        for name, mark in graded.items():
            for kind in (question["kind"], "all"):
                marks[kind][name].append(mark)
        if show_misses and (graded.get("refused") == 0 or graded.get("words", 1) < 0.6):
            print(f"{question['question']}\n  wanted: {question['words'] or '(nothing)'}")
            print(f"  got: {answer.get('answer') or answer.get('outcome')}\n")
    names = ("answered", "cited", "words", "length", "refused")
    print("".join(f"{name:>12}" for name in ("kind", "questions", *names)))
    for kind, by_name in marks.items():
        asked = len(by_name.get("answered", [])) + len(by_name.get("refused", []))
        means = (sum(by_name[n]) / len(by_name[n]) if by_name.get(n) else None for n in names)
        print(f"{kind:>12}{asked:>12}" + "".join(f"{'–' if m is None else f'{m:.3f}':>12}" for m in means))


def main(arguments: list[str]) -> None:
    match arguments:
        case ["pages", folder]:
            print(f"{write_pages(Path(folder))} pages written to {folder}")
        case ["ask"]:
            print("\n".join(question["question"] for question in json_lines(QUESTIONS)))
        case ["score", answers] | ["score", answers, "--misses"]:
            score(Path(answers), "--misses" in arguments)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
