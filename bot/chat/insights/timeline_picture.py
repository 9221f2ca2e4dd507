"""A timeline as a picture: a line from top to bottom, a dot, a day and the words for each event; light or dark."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from bot.chat.insights.chart import chart_font
from bot.chat.messages.language import Words
from bot.qa import phrases
from bot.qa.timeline.answers import carriers
from bot.qa.timeline.events import Event
from bot.qa.timeline.topics import Timeline

WIDTH = 1000
_LINE, _TEXT, _MARGIN = 236, 266, 34  # columns of the line and of the text, and what stays free around
_LINES = 4  # of text for one event
_HEIGHT, _GAP = 24, 22  # of a line of text, and between two events


@dataclass(frozen=True, slots=True)
class Theme:
    card: str
    ink: str
    faint: str
    line: str
    own: str


# the contrast of ink and faint to the card is at least 4.5 to 1 in both
LIGHT = Theme("#ffffff", "#22252b", "#5c626d", "#d3d6dc", "#2f6fb0")
DARK = Theme("#2b2d31", "#f0f1f3", "#b5bac1", "#50535b", "#7fb4ea")


def timeline_png(timeline: Timeline, words: Words, *, dark: bool = False) -> bytes:
    """A PNG of 1,000 pixels in width, as high as its events need. A hollow dot: the day is the article's."""
    theme, font, small = DARK if dark else LIGHT, chart_font(18), chart_font(15)
    rows = [
        (event, _wrapped(_one_line(event.told.text), font, WIDTH - _MARGIN - _TEXT))
        for event in timeline.events
    ]
    tops, top = [], 92
    for _, lines in rows:
        tops.append(top)
        top += (len(lines) + 1) * _HEIGHT + _GAP
    image = Image.new("RGBA", (WIDTH, top + 12))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, WIDTH - 1, top + 11), radius=14, fill=theme.card)
    title = _wrapped(_one_line(timeline.topic), chart_font(24), WIDTH - 2 * _MARGIN)[0]
    draw.text((_MARGIN, 28), title, theme.ink, chart_font(24))
    if tops:
        draw.line((_LINE, tops[0] + 10, _LINE, tops[-1] + 10), theme.line, 3)
    for (event, lines), height in zip(rows, tops, strict=True):
        _draw_event(draw, event, lines, height, words, theme)
        draw.text((_TEXT, height + len(lines) * _HEIGHT + 2), _below(event, words), theme.faint, small)
    png = io.BytesIO()
    image.save(png, format="PNG", optimize=True)
    return png.getvalue()


def _draw_event(
    draw: ImageDraw.ImageDraw, event: Event, lines: list[str], top: int, words: Words, theme: Theme
) -> None:
    own, middle = event.told.when.own, top + 10
    draw.ellipse(
        (_LINE - 7, middle - 7, _LINE + 7, middle + 7), theme.own if own else theme.card, theme.own, 3
    )
    day = words.date(event.told.when.day)
    draw.text((_LINE - 20, middle), day, theme.ink if own else theme.faint, chart_font(15), anchor="rm")
    for n, line in enumerate(lines):
        draw.text((_TEXT, top + n * _HEIGHT), line, theme.ink, chart_font(18))


def _below(event: Event, words: Words) -> str:
    article = event.told.article
    published = words(phrases.PUBLISHED, date=words.date(article.published)) if article.published else ""
    parts = (article.source or article.title, published, carriers(event, words))
    text = " · ".join(_one_line(part) for part in parts if part)
    return _wrapped(text, chart_font(15), WIDTH - _MARGIN - _TEXT)[0]


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Lines of at most `width` pixels, the last one cut with an ellipsis; a longer word is cut as well."""
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if font.getlength(joined) <= width:
            lines[-1] = joined
        elif len(lines) == _LINES or font.getlength(word) > width:
            lines[-1] = _cut(joined, font, width)
            break
        else:
            lines.append(word)
    return lines


def _cut(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def _one_line(text: str) -> str:
    """Without what cannot be drawn: control codes, and letters that turn the direction of the text."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text[:600]).split())
