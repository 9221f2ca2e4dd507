"""How good search and answers are on somebody's own questions: the figures and the failures (pure)."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.qa.answers import Answer
from ingest.errors import UserFacingError

DEPTH = 10  # articles of a ranking that are looked at
_CUTS = (1, 4, 10)

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """A question; the words that answer it, in each wording that counts (none: the articles do not say); its article,
    by URL or title, where that is known.
    """

    line: int
    question: str
    wordings: tuple[str, ...]
    url: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """`ranked` are the ids of the articles found, best first; `gold` those of the case's article, if it is there."""

    case: Case
    ranked: tuple[str, ...]
    gold: frozenset[str]
    answer: Answer | None
    error: str = ""


def parse_cases(lines: Iterable[str]) -> list[Case]:
    """Of `{"question", "answer": words, a list of them or null, "url" or "title"}` a line. Raises UserFacingError."""
    cases = [_case(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not cases:
        raise UserFacingError("There is no question in that file. Write one JSON object a line.")
    return cases


def _case(number: int, line: str) -> Case:
    try:
        fields: Any = json.loads(line)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise UserFacingError(
            f'Line {number} is not a JSON object such as {{"question": "…", "answer": "…"}}.'
        )
    answer = fields.get("answer")
    wordings = [] if answer is None else answer if isinstance(answer, list) else [answer]
    texts = [fields.get("question"), fields.get("url") or "", fields.get("title") or "", *wordings]
    if (
        not all(isinstance(text, str) for text in texts)
        or not folded(texts[0])
        or not all(map(folded, wordings))
    ):
        raise UserFacingError(
            f"Line {number}: `question` must be text, `answer` the words that answer it, a list of such words, or "
            "null where the articles do not say, and `url` or `title` text that names the article."
        )
    return Case(number, texts[0], tuple(wordings), texts[1], texts[2])


def figures_of(result: Result) -> Figures:
    """What each question adds to each figure; a figure that it says nothing about is left out."""
    case, answer = result.case, result.answer
    answered = answer is not None and answer.outcome == "answered"
    if not case.wordings:
        return {"refused": float(answer is not None and not answered)}
    figures: Figures = {}
    if case.url or case.title:
        marks = ranking_marks(result.ranked, result.gold)
        figures |= {f"search: {name}": mark for name, mark in marks.items() if name != "recall@10"}
    figures["answered"] = float(answered)
    if case.url or case.title:
        figures["article cited"] = float(bool(result.gold & _cited(answer)))
    figures["words said"] = float(answered and _holds(case, _said(answer)))
    figures["words in the lead"] = float(answered and _holds(case, _lead(answer)))
    return figures


def ranking_marks(ranked: Iterable[str | None], gold: Collection[str]) -> Figures:
    """Of one ranking by article, in which one may come more than once: hits, reciprocal rank, recall."""
    distinct = list(dict.fromkeys(one for one in ranked if one))[:DEPTH]
    found = set(gold).intersection(distinct)
    return {
        **{f"Hits@{cut}": float(not found.isdisjoint(distinct[:cut])) for cut in _CUTS},
        "MRR@10": next((1 / place for place, one in enumerate(distinct, 1) if one in gold), 0.0),
        "recall@10": len(found) / max(1, len(gold)),
    }


def failure_of(result: Result) -> str | None:
    """Why the question failed, in words; None where it did not."""
    case, answer = result.case, result.answer
    if answer is None:
        return result.error
    if not case.wordings:
        return f"answered, though the articles do not say: {_short(answer.text)}" if answer.text else None
    if (case.url or case.title) and not result.gold:
        return "its article is not in the corpus"
    if answer.outcome != "answered":
        place = next((place for place, one in enumerate(result.ranked, 1) if one in result.gold), None)
        where = f"its article was number {place} of the search" if place else "its article was not found"
        return f"refused; {where}" if result.gold else "refused"
    if _holds(case, _said(answer)):
        return None
    titles = "; ".join(dict.fromkeys(citation.article.title for citation in answer.citations))
    other = result.gold and not result.gold & _cited(answer)
    return (
        f"the words were not said, from {'other articles' if other else 'its article'} ({_short(titles)}): "
        + _short(answer.text)
    )


def summary_of(results: Sequence[Result]) -> dict[str, Any]:
    """Every figure with its 95 % bootstrap interval and of how many questions, and the failures."""
    gathered: dict[str, list[float]] = {}
    for result in results:
        for name, value in figures_of(result).items():
            gathered.setdefault(name, []).append(value)
    failures = [
        {
            "line": one.case.line,
            "question": one.case.question,
            "answer": list(one.case.wordings) or None,
            "reason": why,
        }
        for one in results
        if (why := failure_of(one)) is not None
    ]
    return {"questions": len(results), "figures": _with_intervals(gathered), "failures": failures}


def _with_intervals(gathered: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    return {
        name: {"mean": mean(values), "interval": list(interval(values)), "of": len(values)}
        for name, values in gathered.items()
    }


def mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4)


def interval(values: Sequence[float], rounds: int = 1_000) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of the mean, over the questions; the same at every run."""
    draw = random.Random(0)  # noqa: S311  # nothing secret is drawn
    means = sorted(sum(draw.choices(values, k=len(values))) / len(values) for _ in range(rounds))
    return round(means[int(rounds * 0.025)], 4), round(means[int(rounds * 0.975)], 4)


def folded(text: object) -> str:
    """Without regard to case, punctuation and white space; empty for what is no text."""
    return re.sub(r"\W+", " ", text.lower()).strip() if isinstance(text, str) else ""


def _holds(case: Case, text: str) -> bool:
    return any(folded(one) in folded(text) for one in case.wordings)


def _said(answer: Answer | None) -> str:
    return " ".join([answer.text, *(one.quote for one in answer.citations)]) if answer else ""


def _lead(answer: Answer | None) -> str:
    return answer.citations[0].quote if answer and answer.citations else ""


def _cited(answer: Answer | None) -> set[str]:
    return {one.article.article_id for one in answer.citations} if answer else set()


def _short(text: str, limit: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 2].rsplit(" ", 1)[0] + " …"
