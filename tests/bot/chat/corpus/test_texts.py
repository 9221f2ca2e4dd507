from __future__ import annotations

from typing import Any

import pytest
from wire import PINGS, utf16

from bot.chat.corpus.progress import RunProgress, busy_text, progress_text, time_left
from bot.chat.corpus.texts import full_status_text, log_text, removals_text, report_text
from bot.chat.messages.language import LANGUAGES, words_in

ENGLISH = words_in("en")
REPORT: dict[str, Any] = {"added": 2, "changed": 0, "removed": 1, "unchanged": 5}
NASTY = "𝔬 @everyone <@1> [x](https://evil.example) *_~`|<" * 40


def watched() -> tuple[RunProgress, list[float]]:
    now = [0.0]
    return RunProgress("ann (1)", "refresh", clock=lambda: now[0]), now


def test_pace_and_time_left_come_from_the_stage_that_runs() -> None:
    run, now = watched()
    run.step("reading", 100, 100)
    now[0] = 100.0
    run.step("embedding", 200, 1_200)  # vectors of before are no pace
    assert run.rate is None
    now[0] = 110.0
    run.step("embedding", 300, 1_200)
    assert run.rate == pytest.approx(10.0)
    assert run.seconds_left == pytest.approx(90.0)
    text = progress_text(run, ENGLISH)
    assert "Articles: 100 of 100 files · Passages: 300 of 1,200 · 10 a second · about 2 minutes left" in text
    run.step("indexing", 0, 50)
    assert run.rate is None


def test_of_another_process_s_run_no_pace_and_no_end_is_made_up() -> None:
    run = RunProgress.told({"stage": "embedding", "done": 400, "total": 1_000})
    assert run.rate is None
    assert run.seconds_left is None
    assert "40 %" in progress_text(run, ENGLISH)


def test_a_stage_that_stands_still_promises_nothing() -> None:
    run, now = watched()
    run.step("embedding", 5, 10)
    now[0] = 60.0
    assert run.rate is None
    assert run.seconds_left is None


def test_time_left_is_told_roughly() -> None:
    assert time_left(59, ENGLISH) == "less than a minute left"
    assert time_left(60, ENGLISH) == "about 1 minute left"
    assert time_left(3 * 3600, ENGLISH) == "about 3 hours left"


@pytest.mark.parametrize("state", [
    {}, {"by": None, "done": "many", "total": -5}, {"done": 10**30, "total": 10**30, "stage": NASTY, "action": NASTY},
    {"by": NASTY, "started": "yesterday @everyone"}, {"done": 7, "total": 3},
])  # fmt: skip
def test_the_state_of_a_foreign_run_is_shown_whatever_it_holds(state: dict[str, Any]) -> None:
    text = busy_text(RunProgress.told(state), ENGLISH)
    assert not PINGS.search(text)
    assert utf16(text) < 1_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_is_said_can_ping_or_outgrow_a_message(language: str) -> None:
    words = words_in(language)
    rejected = [{"path": NASTY, "reason": NASTY} for _ in range(50)]
    articles = [{"article_id": "x", "title": NASTY, "url": NASTY}] * 50
    last = {
        "by": NASTY,
        "action": NASTY,
        "started": "2026-01-01T00:00:00",
        "error": NASTY,
        "rejects": 50,
        "rejected": rejected,
    }
    entry = {"at": NASTY, "by": NASTY, "action": "add", "what": [NASTY] * 20, "note": NASTY, "added": 1}
    texts = [
        report_text(REPORT | {"rejected": rejected}, words),
        report_text(REPORT | {"rejected": rejected, "action": "add", "articles": articles}, words),
        report_text(REPORT | {"action": "remove", "articles": articles}, words),
        removals_text({"removed": 50, "articles": 60, "titles": [NASTY] * 10}, words),
        log_text([entry] * 8, words),
        full_status_text({"running": {"by": NASTY}, "last_run": last, "generation": "g"}, words),
    ]
    for text in texts:
        assert not PINGS.search(text), text
        assert utf16(text) <= 4_000


def test_rejects_are_named_up_to_a_number_and_the_rest_counted() -> None:
    rejected = [{"path": f"a*{n}.pdf", "reason": "no text @everyone"} for n in range(12)]
    text = report_text(REPORT | {"rejected": rejected}, ENGLISH)
    assert "12 could not be read:" in text
    assert "- a\\*0.pdf: no text @\u200beveryone" in text
    assert "… and 4 more." in text


def test_an_index_that_cannot_be_read_is_named_with_what_mends_it_and_without_its_path() -> None:
    told = full_status_text({"generation": "g1", "fault": "/srv/index/g1 is damaged"}, ENGLISH)
    assert "The index cannot be read." in told
    assert "/corpus refresh" in told
    assert "/srv" not in told
    assert "cannot be read" not in full_status_text({"generation": "g1"}, ENGLISH)


def test_rejects_that_the_status_does_not_hold_are_counted_too() -> None:
    last = {
        "by": "a",
        "started": "2026-01-01T00:00:00",
        "rejects": 300,
        "rejected": [{"path": "p", "reason": "r"}] * 100,
    }
    assert "… and 292 more." in full_status_text({"last_run": last}, ENGLISH)
