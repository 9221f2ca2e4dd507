from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import discord
import numpy as np
import pytest
from PIL import Image
from stage import World, answered, not_found, shown

from bot.chat.insights.chart import chart_font, chart_png, tick_step
from bot.chat.insights.figures import csv_table, figures, grouped
from bot.chat.messages.language import LANGUAGES, words_in
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
    assert found.unanswered == ("Lost?",)
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


def test_a_bar_is_as_high_as_its_count_and_stands_on_the_one_below() -> None:
    outcomes = ["answered"] * 6 + ["not_found"] * 3 + ["failed"]
    found = figures([asked(str(n), "Who?", each) for n, each in enumerate(outcomes)], Feedback(), NOW, 1)
    image = Image.open(io.BytesIO(chart_png(found, words_in("en")))).convert("RGB")
    column = [image.getpixel((image.width // 2, row)) for row in range(96, image.height)]
    heights = {colour: column.count(colour) for colour in ((59, 130, 196), (224, 160, 48), (160, 48, 80))}
    answered_height, not_found_height, failed_height = heights.values()
    assert answered_height / failed_height == pytest.approx(6, rel=0.05)
    assert not_found_height / failed_height == pytest.approx(3, rel=0.05)
    assert list(dict.fromkeys(pixel for pixel in column if pixel in heights)) == [*reversed(heights)]


@pytest.mark.parametrize(
    ("most", "step"), [(0, 1), (5, 1), (6, 2), (11, 5), (26, 10), (240, 50), (9_999, 2_000)]
)
def test_the_lines_of_the_chart_stand_at_round_numbers(most: int, step: int) -> None:
    assert tick_step(most) == step


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_charts_font_has_every_letter_of_its_labels(language: str) -> None:
    words = words_in(language)
    labels = [words(label) for label in ("Questions a day", "answered", "not found", "failed")]
    font = chart_font(20)
    absent = bytes(font.getmask("\uffff"))
    assert [letter for letter in "".join(labels) if bytes(font.getmask(letter)) == absent] == []


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
