"""A timeline as a picture: readable in both themes, whatever the articles hold."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.chat.insights.timeline_picture import DARK, LIGHT, WIDTH, Theme, timeline_png
from bot.chat.messages.language import words_in
from bot.qa.timeline.event_dates import EventDate
from bot.qa.timeline.events import Dated, Event
from bot.qa.timeline.topics import Timeline
from ingest.articles.article import Article


def timeline(*texts: str) -> Timeline:
    article = Article(
        id="a", title="Title", body="\n".join(texts), source="Town Paper", published="2016-02-01"
    )
    day = EventDate("2016-01-31", own=True)
    told = [Dated(text, article.body.index(text), article, day, 1.0, frozenset()) for text in texts]
    return Timeline("the bridge", tuple(Event(one) for one in told), (), "g1")


def drawn(found: Timeline, *, dark: bool = False) -> Image.Image:
    return Image.open(io.BytesIO(timeline_png(found, words_in("en"), dark=dark))).convert("L")


def test_the_theme_decides_the_colour_of_the_card() -> None:
    light, dark = (drawn(timeline("The bridge was opened."), dark=dark) for dark in (False, True))
    assert light.getpixel((WIDTH // 2, 5)) == 255
    assert dark.getpixel((WIDTH // 2, 5)) < 64  # type: ignore[operator]


def test_each_event_makes_it_longer_and_a_long_text_only_so_much() -> None:
    short, two = drawn(timeline("It opened.")), drawn(timeline("It opened.", "It closed."))
    long = drawn(timeline("word " * 900))
    assert short.height < two.height
    assert long.height <= short.height + 4 * 24


def test_hostile_text_is_drawn_within_the_picture() -> None:
    image = drawn(timeline("W" * 5_000 + " \u202eevil\x00\x1b[31m"))
    assert image.crop((WIDTH - 20, 20, WIDTH, image.height - 20)).getextrema() == (255, 255)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_what_is_written_can_be_read_in_both_themes(theme: Theme) -> None:
    for colour in (theme.ink, theme.faint):
        assert contrast(colour, theme.card) >= 4.5


def contrast(one: str, other: str) -> float:
    """Of two colours as #rrggbb, as WCAG counts it: 1 to 21."""
    low, high = sorted(luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
