"""`python -m bot evaluate`: somebody's own questions asked of their own articles, and where to take them from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.cli.evaluation import Case, Result, parse_cases, summary_of
from bot.operations.index_lease import borrowed
from bot.operations.index_pool import Library
from bot.operations.records import Records
from bot.qa.answering import Answerer, final_answer
from ingest.errors import UserFacingError
from ingest.index.index import Index
from ingest.text.terminal_output import print_json

PASSAGES = 30  # asked of a search; some articles are found by several


async def evaluate(answerer: Answerer, library: Library, path: Path, *, as_json: bool) -> None:
    cases = parse_cases(await asyncio.to_thread(_lines, path))
    results = []
    with Console(stderr=True).status("…") as status:
        for number, case in enumerate(cases, 1):
            status.update(f"question {number} of {len(cases)} …")
            results.append(await _result(answerer, library, case))
    summary = summary_of(results)
    if as_json:
        print_json(summary)
    else:
        _show(Console(), summary)


async def collect(records_at: Path) -> None:
    """Print what people asked in vain, as lines for `evaluate` whose `answer` is left for a person to fill in."""
    records = await asyncio.to_thread(Records, records_at)
    try:
        asked, feedback = await records.asked_since(0), await records.feedback_since(0)
    finally:
        await asyncio.to_thread(records.close)
    collected = {}
    for one in asked:
        voted_down = [reason for vote, reason in feedback.votes.get(one.key, ()) if vote == "down"]
        if one.kind == "question" and (voted_down or one.outcome == "not_found"):
            why = "; ".join(["voted down", *filter(None, voted_down)]) if voted_down else "not found"
            collected[one.question] = {"question": one.question, "answer": "", "url": "", "why": why}
    for line in collected.values():
        print_json(line)


async def _result(answerer: Answerer, library: Library, case: Case) -> Result:
    async with borrowed(library) as loan:
        gold = await loan.read(_gold, loan.index, case)
    try:
        evidence = await answerer.search(case.question, PASSAGES)
        ranked = tuple(dict.fromkeys(one.article.id for one in evidence))
        return Result(case, ranked, gold, await final_answer(answerer.answer(case.question)))
    except UserFacingError as error:
        return Result(case, (), gold, None, str(error))


def _gold(index: Index, case: Case) -> frozenset[str]:
    """The ids of the case's article; empty where it is not in the corpus."""
    found = index.article_ids([case.url]) if case.url else frozenset()
    if not found and case.title and (article := index.catalogue.article_by_title(case.title)) is not None:
        return frozenset({article.id})
    return found


def _lines(path: Path) -> Sequence[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UserFacingError(f"{path} cannot be read as UTF-8 text: {error}") from error


def _show(console: Console, summary: dict[str, Any]) -> None:
    table = Table("figure", "mean", "95 % interval", "questions")
    for name, figure in summary["figures"].items():
        low, high = figure["interval"]
        table.add_row(name, f"{figure['mean']:.3f}", f"{low:.2f}–{high:.2f}", str(figure["of"]))
    console.print(table)
    failures = summary["failures"]
    heading = (
        f"{len(failures)} of {summary['questions']} questions failed:" if failures else "No question failed."
    )
    console.print(heading, highlight=False)
    for one in failures:
        console.print(f"\nline {one['line']}: {one['question']}", style="bold", markup=False, highlight=False)
        if one["answer"]:
            console.print(f"  wanted: {' | '.join(one['answer'])}", markup=False, highlight=False)
        console.print(f"  {one['reason']}", markup=False, highlight=False)
