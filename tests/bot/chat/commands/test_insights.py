from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import discord
import numpy as np
import pytest
from stage import World, answered, not_found, shown

from bot.chat.commands.insight_chart import chart_png
from bot.chat.commands.insight_figures import csv_table, figures, grouped
from bot.chat.messages.language import words_in
from bot.operations.records import Asked, Feedback

NOW = datetime(2026, 5, 10, 12, tzinfo=UTC).timestamp()
DAY = 86_400


def asked(key: str, question: str, outcome: str, days_ago: float = 0, seconds: float | None = 1.0) -> Asked:
    return Asked(key, NOW - days_ago * DAY, "question", question, outcome, seconds=seconds)


def test_figures_count_by_outcome_and_by_day() -> None:
    found = figures(
        [
            asked("a", "Old?", "answered", 2, 0.5),
            asked("b", "Slow?", "answered", 0, 30.0),
            asked("c", "Lost?", "not_found"),
            asked("d", "Broken?", "failed", seconds=None),
        ],
        Feedback({"a": (("up", ""), ("down", "wrong"))}, {"a": 2}),
        NOW,
        3,
    )
    assert (found.asked, found.answered, found.not_found, found.failed) == (4, 2, 1, 1)
    assert (found.up, found.down, found.reports, found.slow, found.median_seconds) == (1, 1, 2, 1, 1.0)
    assert [counts for _, counts in found.by_day] == [(1, 0, 0), (0, 0, 0), (1, 1, 1)]
    assert found.unanswered == ("Old?", "Lost?")
    assert found.reasons == ("wrong",)


def test_questions_that_mean_the_same_stand_together() -> None:
    vectors = np.array([[1, 0], [0, 1], [0.96, 0.28], [0.28, 0.96]], dtype=np.float32)
    assert grouped(["a?", "b?", "a too?", "b too?"], vectors) == [["a?", "a too?"], ["b?", "b too?"]]
    assert grouped([], None) == []


def test_without_an_embedder_questions_are_grouped_by_their_wording() -> None:
    assert grouped(["Who?", "what", "who ?", "WHO"], None)[0] == ["Who?", "who ?", "WHO"]


def test_the_table_names_nobody_and_holds_no_formula() -> None:
    text = csv_table(
        [Asked("k", NOW, "question", "=HYPERLINK(1)", "answered", person=424242)],
        Feedback({"k": (("down", "@SUM"),)}, {}),
    )
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["question"] == "'=HYPERLINK(1)"
    assert row["why_down"] == "'@SUM"
    assert "424242" not in text


@pytest.mark.parametrize("days", [1, 30, 365])
def test_the_chart_is_an_image_whatever_the_span(days: int) -> None:
    png = chart_png(figures([asked("a", "Who spoke?", "answered")], Feedback(), NOW, days), words_in("de"))
    assert png.startswith(b"\x89PNG")
    assert len(png) < 100_000


@pytest.mark.simcord(settle_timeout=30)
async def test_editors_see_figures_a_chart_a_table_and_what_is_lacking(world: World) -> None:
    world.services.owners = frozenset({world.ann.id})
    world.services.embed = lambda texts: np.ones((len(texts), 2), dtype=np.float32) / np.sqrt(2)
    await world.ann.slash(world.channel, "ask", question="Who claimed it?")
    world.answers.events = [not_found("x")]
    await world.ann.slash(world.channel, "ask", question="Where is @everyone?")
    await world.ann.slash(world.channel, "ask", question="Where is the mayor?")
    world.answers.events = [answered("x")]
    result = await world.ann.slash(world.channel, "insights", days=7)
    text = shown(result)
    assert "3 questions asked · 1 answered · 2 not found" in text
    assert "- Where is @\u200beveryone? ×2" in text
    assert result.ephemeral
    assert result.response is not None
    assert [file.filename for file in result.response.attachments] == ["insights.png", "insights.csv"]


async def test_others_are_refused(world: World) -> None:
    role = world.guild.create_role("mods", permissions=discord.Permissions(kick_members=True))
    mod = world.guild.add_member(world.env.create_user("mod"), roles=[role])
    assert "`[discord] admin_roles = [ROLE_ID]`" in shown(await mod.slash(world.channel, "insights"))
