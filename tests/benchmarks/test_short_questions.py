from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TRUTH = ROOT.parent / "shared" / "bench" / "news-html" / "ground-truth.json"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "short_questions", ROOT / "benchmarks" / "short_questions.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def questions(script: ModuleType) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = script.json_lines(script.QUESTIONS)
    return asked


def test_there_are_eighty_short_questions_of_which_a_third_has_no_answer(
    questions: list[dict[str, Any]],
) -> None:
    assert len({question["question"] for question in questions}) == 80
    assert all(3 <= len(question["question"].split()) <= 9 for question in questions)
    assert sum(question["url"] is None for question in questions) == 27


@pytest.mark.skipif(not TRUTH.exists(), reason="the news pages are not beside the repository")
def test_the_words_that_answer_a_question_stand_in_its_page(
    script: ModuleType, questions: list[dict[str, Any]]
) -> None:
    pages = json.loads(TRUTH.read_text(encoding="utf-8")).values()
    bodies = {page["url"]: script.content_words(page["articleBody"]) for page in pages}
    for question in questions:
        if question["url"] is not None:
            assert script.content_words(question["words"]) <= bodies[question["url"]], question["question"]


def test_an_article_counts_as_cited_by_its_url_or_by_a_quote_from_its_text(script: ModuleType) -> None:
    question = {
        "question": "q",
        "url": "https://www.example.org/a/?x=1",
        "words": "nine days",
        "kind": "when",
    }
    bodies = {question["url"]: script.letters("It took nine days to go.")}

    def cited(url: str | None, quote: str) -> float:
        citations = [{"url": url, "quote": quote}]
        answer = {"outcome": "answered", "answer": quote, "citations": citations}
        mark: float = script.grade(question, answer, bodies)["cited"]
        return mark

    assert cited("http://example.org/a", "Something else.") == 1
    assert cited(None, "It took nine days") == 1
    assert cited("http://example.org/b", "It took ten days") == 0


def test_a_question_without_an_answer_is_right_only_when_refused(script: ModuleType) -> None:
    question = {"question": "q", "url": None, "words": "", "kind": "said"}
    assert script.grade(question, {"outcome": "not_found"}, {}) == {"refused": 1.0}
    assert script.grade(question, {"outcome": "answered", "answer": "x"}, {}) == {"refused": 0.0}
