"""Markdown and plain text as blocks of plain lines, each line knowing how much of it was link.

Scraped Markdown is seldom well formed, so this reads line by line, takes what marks it finds for marks, and never
fails. Every expression runs in linear time: the text may be hostile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from ingest.articles.cleaning.inline import Line, bare_urls, escaped, inline_lines, row, unescaped

Kind = Literal["prose", "heading", "list", "table", "code"]


@dataclass(slots=True)
class Block:
    """Lines that belong together: a paragraph, one heading (of `level`), one run of list items, one table."""

    kind: Kind
    lines: list[Line] = field(default_factory=list)
    level: int = 0

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


_IMAGE_OVER_LINES = re.compile(r"!\[[^\[\]]{0,1000}\]\(")
_TITLE_OVER_LINES = re.compile(r"(\]\([^\s()]{1,3000})[ \t]+\"[^\"\n]*(?:\n[^\"\n]*){1,5}\"\)")
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|li|ul|ol|h[1-6]|tr|table|blockquote|section|article|figure)(?: [^<>]{0,500})?/?>",
    re.I,
)
_SCRIPT = re.compile(r"<(script|style)\b[^<>]{0,500}>", re.I)
_COMMENT = re.compile(r"<!--[^<>]{0,2000}-->")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)(.*)")
_UNDERLINE = re.compile(r"(=+|-+)$")
_QUOTED = re.compile(r"^(?:>[ \t]*)+")
_RULE = re.compile(r"(?:[-*_] ?){3,}$")
_ITEM = re.compile(r"(?:[*+•▪·‣–-]|\(?\d{1,3}[.)])[ \t]+(?=\S)|[*+-]$")
_TICKED = re.compile(r"(?:[*+•▪·‣–-](?:[ \t]+|$)){0,3}(?:\[[ xX]\](?:[ \t]+|$)(?:-[ \t]+(?=\[))?)*")
_TABLE_RULE = re.compile(r"\|?[ :]*-{2,}[-: |]*$|\|[ |:-]*\|$")
_DEFINITION = re.compile(r"\[([^\[\]]{1,80})\]:[ \t]+\S+")
_FENCE = re.compile(r"(```|~~~)")


def markdown_blocks(text: str) -> list[Block]:
    """`text` (characters already tidied) as blocks, marks and targets gone, words kept."""
    text = _without_tags(_COMMENT.sub("", escaped(text)))
    definitions = {match[1].lower() for match in map(_DEFINITION.match, text.split("\n")) if match}
    blocks: list[Block] = []
    current: Block | None = None
    fence = ""
    for raw in text.split("\n"):
        stripped = raw.strip()
        if mark := _FENCE.match(stripped):
            fence, current = ("" if fence == mark[1] else fence or mark[1]), None
            continue
        if fence:
            current = _into(blocks, current, "code")
            shown = unescaped(raw.rstrip())
            current.lines.append(Line(shown, shown))
            continue
        stripped = _QUOTED.sub("", stripped)
        if not stripped or _DEFINITION.match(stripped):
            current = None
        elif _UNDERLINE.match(stripped) and (len(stripped) > 2 or stripped[0] == "="):
            _underlined(blocks, current, level=1 if stripped[0] == "=" else 2)
            current = None
        elif _RULE.match(stripped) or ("|" in stripped and _TABLE_RULE.match(stripped)):
            current = current if "|" in stripped else None
        elif heading := _HEADING.match(stripped):
            lines = inline_lines(heading[2].rstrip("#").rstrip(), definitions)
            blocks.append(Block("heading", lines, len(heading[1])))
            current = None
        elif stripped.startswith("|") and stripped.count("|") > 1:
            current = _into(blocks, current, "table")
            if not _TABLE_RULE.match(stripped):
                current.lines.append(row(stripped, definitions))
        elif _ITEM.match(stripped):
            current = _into(blocks, current, "list")
            current.lines += inline_lines(_item_text(stripped), definitions)
        else:
            current = _continued(blocks, current, inline_lines(stripped.strip("|"), definitions))
            current.lines[-1].breaks |= raw.endswith("  ")
    return [block for block in blocks if _filled(block)]


def _without_tags(text: str) -> str:
    if "</" in text:
        text = _BLOCK_TAG.sub("\n\n", _without_scripts(text))
    return _TITLE_OVER_LINES.sub(r"\1)", _IMAGE_OVER_LINES.sub("![](", text))


def _item_text(item: str) -> str:
    """A list's item without its marks: bullets, boxes to tick, a heading's."""
    if ticks := _TICKED.match(item):
        item = item[ticks.end() :]
    heading = _HEADING.match(item)
    return heading[2] if heading else item


def _without_scripts(text: str) -> str:
    """What stands between <script> or <style> and its end; where no end comes, none is looked for again."""
    kept, place = [], 0
    while opening := _SCRIPT.search(text, place):
        closing = re.compile(f"</{opening[1]}[^<>]{{0,100}}>?", re.I).search(text, opening.end())
        if closing is None:
            break
        kept.append(text[place : opening.start()])
        place = closing.end()
    return "".join([*kept, text[place:]])


def text_blocks(text: str) -> list[Block]:
    """Plain text as blocks: no mark is a mark here, but a list still looks like one, and a URL is a link.

    A line that ends in two blanks is told to break there; whether that means anything depends on the text.
    """
    blocks: list[Block] = []
    current: Block | None = None
    for raw in text.split("\n"):
        stripped = raw.strip()
        if not stripped:
            current = None
            continue
        if current is None:
            current = _into(blocks, None, "list" if _ITEM.match(stripped) else "prose")
        current.lines.append(bare_urls(stripped))
        current.lines[-1].breaks = raw.endswith("  ")
    return blocks


def _into(blocks: list[Block], current: Block | None, kind: Kind) -> Block:
    if current is None or current.kind != kind:
        current = Block(kind)
        blocks.append(current)
    return current


def _continued(blocks: list[Block], current: Block | None, lines: list[Line]) -> Block:
    """`lines` put to the paragraph or item above them, a menu among them in a block of its own."""
    for line in lines:
        if current is None or current.kind not in ("prose", "list") or line.menu or current.lines[-1].menu:
            current = _into(blocks, None, "prose")
        current.lines.append(line)
    assert current is not None
    return current


def _underlined(blocks: list[Block], current: Block | None, level: int) -> None:
    """Setext: the line above, if one stands there, was a heading; scrapers leave a blank line between the two."""
    if current is None:
        if level == 1 and blocks and blocks[-1].kind == "prose" and len(blocks[-1].lines) == 1:
            blocks[-1].kind, blocks[-1].level = "heading", 1
        return
    if current.kind in ("prose", "list") and current.lines:
        last = current.lines.pop()
        blocks.append(Block("heading", [last], level))


def _filled(block: Block) -> bool:
    block.lines = [line for line in block.lines if line.text]
    return bool(block.lines)
