from __future__ import annotations

from benchmarks.drafts import outcomes, report
from tests.bot.qa.articles_at_hand import evidence

HONEST = {
    "text": "The final drew 88,966 people.",
    "quotes": [{"passage": 1, "quote": "final drew 88,966 people"}],
}
FAILED = {
    "text": "The final drew fans of Peru.",
    "quotes": [{"passage": 1, "quote": "final drew 88,966 people"}],
}
REPAIRED = {
    "text": "The final drew fans of football.",
    "quotes": [{"passage": 1, "quote": "counted 3.4 million fans"}],
}
NUMBER = {**HONEST, "text": "The final drew 89,000 people.", "fault": "number"}
SWAP = {**HONEST, "text": "The people drew 88,966 finals.", "fault": "swap"}
ELSEWHERE = {"text": "It rained.", "quotes": [{"passage": 1, "quote": "it rained all day"}]}
LINE = {
    "question": "How many came?",
    "honest": [HONEST, FAILED, ELSEWHERE],
    "wrong": [NUMBER, SWAP],
    "repaired": [REPAIRED],
    "verdicts": {SWAP["text"]: False},
}


def test_each_stage_is_counted_and_what_was_not_retrieved_is_left_out() -> None:
    results = outcomes(0, LINE, evidence())
    by_stage = {stage: report(results, stage) for stage in ("code", "repair", "second look")}
    assert by_stage["code"]["honest"] == {"of": 2, "shown": 0.5, "interval": [0.5, 0.5]}
    assert by_stage["repair"]["honest"]["shown"] == 1.0
    assert by_stage["code"]["faults"] == {"number": "0/1", "swap": "1/1"}
    assert by_stage["second look"]["faults"] == {"number": "0/1", "swap": "0/1"}
