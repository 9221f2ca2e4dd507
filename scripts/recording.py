"""`python scripts/recording.py`: a real session in the terminal, recorded into docs/session.svg.

The sample corpus is ingested into a folder that is thrown away, the questions are asked of the bot as `python -m bot
chat` asks them, and what it prints becomes an SVG whose lines appear one after the other.
"""

from __future__ import annotations

import asyncio
import io
import re
import sys
import tempfile
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

QUESTIONS = (
    "what did Sanaei claim?",
    "and when were the systems to be delivered?",
    "how do I bake bread?",
)
TARGET = ROOT / "docs" / "session.svg"
WIDTH = 92
SECONDS_A_LINE, SECONDS_TO_READ, SECONDS_AT_THE_END = 0.12, 2.0, 6.0
CONFIG = """
[corpus]
paths = ["{articles}"]
[index]
directory = "{folder}/index"
[records]
path = "{folder}/records.sqlite"
"""


async def session(config: Path, console: Console) -> None:
    """What `python -m bot chat` shows, each question seeing the turns before it."""
    from bot.__main__ import assembled
    from bot.cli.terminal import show_answer
    from bot.qa.answering import final_answer
    from bot.qa.answers import Turn
    from bot.settings import load_settings

    history: list[Turn] = []
    async with assembled(load_settings(config)) as parts:
        await final_answer(parts.answerer.answer(QUESTIONS[0]))  # what is slow once is over before it begins
        for question in QUESTIONS:
            console.print(f"> {question}", style="bold", markup=False, highlight=False)
            answer = await final_answer(parts.answerer.answer(question, history=tuple(history)))
            show_answer(console, answer)
            console.print()
            cited = tuple(dict.fromkeys(one.article.article_id for one in answer.citations))
            history.append(Turn(question, answer.text, cited))


def animated(svg: str) -> str:
    """The SVG with each line hidden until its time; where nothing moves, all of it is there."""
    lines = sorted({int(number) for number in re.findall(r"line-(\d+)\)", svg)})
    questions = {int(match[1]) for match in re.finditer(r'line-(\d+)\)"[^>]*>&gt;&#160;', svg)}
    rules, at = [], 0.5
    for line in lines:
        at += SECONDS_TO_READ if line in questions and line != lines[0] else SECONDS_A_LINE
        rules.append((line, at))
    whole = at + SECONDS_AT_THE_END
    frames = "\n".join(
        f"@keyframes line-{line} {{ 0%, {100 * at / whole:.2f}% {{ opacity: 0 }} "
        f"{100 * at / whole + 0.01:.2f}%, 100% {{ opacity: 1 }} }}\n"
        f'text[clip-path$="line-{line})"] {{ animation: line-{line} {whole:.1f}s infinite }}'
        for line, at in rules
    )
    svg = re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.S)  # nothing is loaded from elsewhere
    return svg.replace(
        "<style>", f"<style>\n@media (prefers-reduced-motion: no-preference) {{\n{frames}\n}}\n", 1
    )


def main() -> None:
    from ingest.__main__ import main as ingest

    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(CONFIG.format(articles=ROOT / "articles", folder=folder), encoding="utf-8")
        ingest(["--config", str(config)])
        console = Console(record=True, width=WIDTH, file=io.StringIO())
        asyncio.run(session(config, console))
    svg = console.export_svg(title="python -m bot chat", unique_id="session")
    TARGET.write_text(animated(svg) + "\n", encoding="utf-8")
    print(f"{TARGET.relative_to(ROOT)}: written")


if __name__ == "__main__":
    main()
