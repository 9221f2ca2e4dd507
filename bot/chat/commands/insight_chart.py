"""The chart of /insights, drawn without a display and without pyplot's global state."""

from __future__ import annotations

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from bot.chat.commands.insight_figures import Figures
from bot.chat.messages.language import Words

# distinguishable without colour vision, and on Discord's dark and light themes
_ANSWERED, _NOT_FOUND, _FAILED = "#3b82c4", "#e0a030", "#a03050"


def chart_png(found: Figures, words: Words) -> bytes:
    """Questions a day, stacked by outcome, as a PNG of 1,000 × 420 pixels."""
    figure = Figure(figsize=(10, 4.2), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    days = [day for day, _ in found.by_day]
    below = [0] * len(days)
    for place, (label, colour) in enumerate(
        [(words("answered"), _ANSWERED), (words("not found"), _NOT_FOUND), (words("failed"), _FAILED)]
    ):
        counts = [by_outcome[place] for _, by_outcome in found.by_day]
        axes.bar(range(len(days)), counts, bottom=below, color=colour, label=label, width=0.85)
        below = [low + count for low, count in zip(below, counts, strict=True)]
    shown = range(0, len(days), max(1, len(days) // 10))
    axes.set_xticks(list(shown), [f"{days[place]:%d.%m.}" for place in shown])
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(0, max([*below, 1]) * 1.15)
    axes.set_title(words("Questions a day"))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, ncols=3, loc="upper left")
    image = io.BytesIO()
    figure.savefig(image, format="png")
    return image.getvalue()
