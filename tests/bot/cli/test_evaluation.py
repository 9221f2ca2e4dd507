"""`python -m bot evaluate`: the figures are what they are called, and a failure says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.cli.evaluate import collect
from bot.cli.evaluation import (
    Case,
    Result,
    failure_of,
    figures_of,
    interval,
    parse_cases,
    ranking_marks,
    summary_of,
)
from bot.operations.records import Records
from bot.qa.answers import Answer, ArticleRef, Citation
from ingest.errors import UserFacingError

GOLD = frozenset({"a1"})
CASE = Case(1, "What did it cost?", ("forty million", "40 million"), url="https://example.org/bridge")
NONE = Case(2, "Who invented it?", ())


def answered(*quotes: tuple[str, str], text: str = "") -> Answer:
    citations = tuple(
        Citation(n, ArticleRef(article, article), quote, 0, len(quote))
        for n, (article, quote) in enumerate(quotes, 1)
    )
    return Answer("", "answered", text or " ".join(q for _, q in quotes), citations, "quoting", "g", 0.1)


REFUSED = Answer("", "not_found", "", (), "none", "g", 0.1)
RIGHT = answered(("a2", "It was dear."), ("a1", "It cost Forty\nmillion, euros."))


def test_each_figure_counts_what_it_is_called() -> None:
    assert figures_of(Result(CASE, ("a2", "a1"), GOLD, RIGHT)) == {
        "search: Hits@1": 0.0, "search: Hits@4": 1.0, "search: Hits@10": 1.0, "search: MRR@10": 0.5,
        "answered": 1.0, "article cited": 1.0, "words said": 1.0, "words in the lead": 0.0,
    }  # fmt: skip
    refused = figures_of(Result(CASE, ("a1",), GOLD, REFUSED))
    assert (refused["search: Hits@1"], refused["answered"], refused["words said"]) == (1.0, 0.0, 0.0)
    assert figures_of(Result(NONE, (), frozenset(), REFUSED)) == {"refused": 1.0}
    assert figures_of(Result(NONE, (), frozenset(), RIGHT)) == {"refused": 0.0}
    assert figures_of(Result(NONE, (), frozenset(), None, "no time")) == {"refused": 0.0}
    assert set(figures_of(Result(Case(1, "?", ("a",)), (), frozenset(), RIGHT))) == {
        "answered", "words said", "words in the lead",
    }  # fmt: skip


def test_a_ranking_is_marked_by_article() -> None:
    marks = ranking_marks(["b", "b", None, "c", "a"], ["a", "z"])
    assert marks == {"Hits@1": 0, "Hits@4": 1, "Hits@10": 1, "MRR@10": pytest.approx(1 / 3), "recall@10": 0.5}
    assert ranking_marks([str(n) for n in range(10)] + ["a"], ["a"])["Hits@10"] == 0


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (Result(CASE, ("a1",), GOLD, RIGHT), None),
        (Result(NONE, (), frozenset(), REFUSED), None),
        (Result(CASE, ("a2", "a1"), GOLD, REFUSED), "refused; its article was number 2 of the search"),
        (Result(CASE, ("a2",), GOLD, REFUSED), "refused; its article was not found"),
        (Result(CASE, ("a2",), frozenset(), RIGHT), "its article is not in the corpus"),
        (
            Result(CASE, ("a2",), GOLD, answered(("a2", "No."))),
            "the words were not said, from other articles (a2): No.",
        ),
        (
            Result(CASE, ("a1",), GOLD, answered(("a1", "No."))),
            "the words were not said, from its article (a1): No.",
        ),
        (
            Result(NONE, (), frozenset(), answered(("a1", "He."))),
            "answered, though the articles do not say: He.",
        ),
        (Result(CASE, (), GOLD, None, "too late"), "too late"),
    ],
)
def test_a_failure_says_why(result: Result, told: str | None) -> None:
    assert failure_of(result) == told


def test_the_interval_covers_the_mean_and_is_the_same_at_every_run() -> None:
    values = [1.0] * 30 + [0.0] * 10
    low, high = interval(values)
    assert low < 0.75 < high
    assert (low, high) == interval(values)
    assert interval([1.0]) == (1.0, 1.0)
    summary = summary_of([Result(CASE, ("a1",), GOLD, RIGHT), Result(NONE, (), frozenset(), RIGHT)])
    assert summary["figures"]["refused"] == {"mean": 0.0, "interval": [0.0, 0.0], "of": 1}
    assert [failure["line"] for failure in summary["failures"]] == [2]


@pytest.mark.parametrize(
    "line", ["{", "[]", "5", '{"answer": "x"}', '{"question": 5}', '{"question": "?!"}',
             '{"question": "who", "answer": 5}', '{"question": "who", "answer": ["a", null]}',
             '{"question": "who", "answer": "...", "url": "x"}', '{"question": "who", "answer": ""}',
             '{"question": "who", "url": 5}'],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named(line: str) -> None:
    with pytest.raises(UserFacingError, match=r"^Line 3"):
        parse_cases(['{"question": "who", "answer": null}', "", line])


def test_a_file_without_questions_says_so() -> None:
    with pytest.raises(UserFacingError, match="no question"):
        parse_cases(["", "  "])


def test_the_command_prints_figures_and_failures(
    newsroom: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        {"question": "What did Mayor Brandt say the bridge cost?", "answer": "forty million euros",
         "url": "https://example.org/bridge"},
        {"question": "What did Rosa Quintana claim?", "answer": ["smoothest ever ground"],
         "title": "New telescope sees its first light"},
        {"question": "Which enzyme unwinds DNA during replication in bacteria?", "answer": None},
        {"question": "Who opened the Linden Bridge?", "answer": "Helicase", "url": "https://example.org/gone"},
    ]  # fmt: skip
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n", "utf-8")
    assert main(["evaluate", str(path), "--json", "--config", str(newsroom)]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert summary["questions"] == 4
    assert summary["figures"]["words said"] == {"mean": 0.6667, "interval": [0.0, 1.0], "of": 3}
    assert summary["figures"]["refused"]["mean"] == 1.0
    assert [(one["line"], one["reason"]) for one in summary["failures"]] == [
        (4, "its article is not in the corpus")
    ]
    assert main(["evaluate", str(path), "--config", str(newsroom)]) == 0
    shown = capsys.readouterr().out
    assert "1 of 4 questions failed" in shown
    assert "wanted: Helicase" in shown
    assert main(["evaluate", str(tmp_path / "none"), "--config", str(newsroom)]) == 1


async def test_what_people_asked_in_vain_becomes_questions_to_fill_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = Records(tmp_path / "records.sqlite")
    for question, answer, vote in (("Who?", REFUSED, ""), ("What?", RIGHT, "down"), ("When?", RIGHT, "up")):
        key = await records.begin(question)
        await records.finish(key, answer)
        if vote:
            await records.vote(key, 1, vote, "too old" if vote == "down" else "")
    records.close()
    await collect(tmp_path / "records.sqlite")
    lines = capsys.readouterr().out.splitlines()
    assert [(one["question"], one["why"]) for one in map(json.loads, lines)] == [
        ("Who?", "not found"),
        ("What?", "voted down; too old"),
    ]
    with pytest.raises(UserFacingError, match="Line 1"):
        parse_cases(lines)
    filled = [
        line.replace('"answer": ""', '"answer": "he"').replace('"answer":""', '"answer":"he"')
        for line in lines
    ]
    assert [case.question for case in parse_cases(filled)] == ["Who?", "What?"]
