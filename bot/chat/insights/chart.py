"""The chart of /insights: a stacked bar chart, drawn with Pillow in the font beside this file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.chat.insights.figures import Figures
from bot.chat.messages.language import Words

WIDTH, HEIGHT = 1000, 420
# where the bars stand: left, top, right, bottom
_PLOT = (70, 96, WIDTH - 30, HEIGHT - 54)
_HEADROOM = 1.05
_MOST_TICKS = 5
_MOST_DATES = 10

# distinguishable without colour vision; the card is light on Discord's dark theme, too, with its corners rounded
_ANSWERED, _NOT_FOUND, _FAILED = "#3b82c4", "#e0a030", "#a03050"
_CARD, _INK, _FAINT, _GRID = "#ffffff", "#22252b", "#5c626d", "#e3e5e8"


def chart_png(figures: Figures, words: Words) -> bytes:
    """Questions a day, stacked by outcome, as a PNG of 1,000 × 420 pixels."""
    image = Image.new("RGBA", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, WIDTH - 1, HEIGHT - 1), radius=14, fill=_CARD)
    draw.text((_PLOT[0], 20), words("Questions a day"), _INK, chart_font(22))
    legend = ((words("answered"), _ANSWERED), (words("not found"), _NOT_FOUND), (words("failed"), _FAILED))
    _draw_legend(draw, legend)
    counts = [by_outcome for _, by_outcome in figures.by_day]
    step = tick_step(max(map(sum, counts), default=0))
    most = max([*map(sum, counts), step]) * _HEADROOM
    _draw_ticks(draw, step, most)
    _draw_bars(draw, counts, most)
    _draw_dates(draw, [f"{day:%d.%m.}" for day, _ in figures.by_day])
    png = io.BytesIO()
    image.save(png, format="PNG", optimize=True)
    return png.getvalue()


def chart_font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(__file__).with_name("font") / "DejaVuSans.ttf", size)


def tick_step(most: int) -> int:
    """How far apart the lines stand: 1, 2 or 5 times a power of ten, with at most five of them up to `most`."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if most <= step * _MOST_TICKS:
                return step
        power *= 10


def _draw_legend(draw: ImageDraw.ImageDraw, entries: Sequence[tuple[str, str]]) -> None:
    left, font = _PLOT[0], chart_font(15)
    for label, colour in entries:
        draw.rounded_rectangle((left, 62, left + 14, 76), radius=3, fill=colour)
        draw.text((left + 22, 69), label, _FAINT, font, anchor="lm")
        left += 22 + round(draw.textlength(label, font)) + 28


def _draw_ticks(draw: ImageDraw.ImageDraw, step: int, most: float) -> None:
    left, _, right, _ = _PLOT
    font = chart_font(14)
    for tick in range(0, int(most) + 1, step):
        height = _height(tick, most)
        draw.line((left, height, right, height), fill=_GRID if tick else _FAINT)
        draw.text((left - 12, height), f"{tick:,}", _FAINT, font, anchor="rm")


def _draw_bars(draw: ImageDraw.ImageDraw, counts: Sequence[tuple[int, int, int]], most: float) -> None:
    for place, by_outcome in enumerate(counts):
        left, right = _sides(place, len(counts))
        levels = [_height(total, most) for total in accumulate(by_outcome, initial=0)]
        for (low, high), colour in zip(pairwise(levels), (_ANSWERED, _NOT_FOUND, _FAILED), strict=True):
            if high < low:
                draw.rectangle((left, high, right, low - 1), fill=colour)


def _draw_dates(draw: ImageDraw.ImageDraw, dates: Sequence[str]) -> None:
    font = chart_font(14)
    for place in range(0, len(dates), -(-len(dates) // _MOST_DATES)):
        left, right = _sides(place, len(dates))
        draw.text(((left + right) / 2, _PLOT[3] + 10), dates[place], _FAINT, font, anchor="mt")


def _height(count: float, most: float) -> int:
    _, top, _, bottom = _PLOT
    return bottom - round((bottom - top) * count / most)


def _sides(place: int, bars: int) -> tuple[int, int]:
    """The first and the last column of a bar, a seventh of its room left free, and one of a few not too wide."""
    left, _, right, _ = _PLOT
    room = (right - left) / bars
    width = min(room * 6 / 7, 90)
    middle = left + room * (place + 0.5)
    return round(middle - width / 2), max(round(middle - width / 2), round(middle + width / 2) - 1)
