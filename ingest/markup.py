"""Markdown and plain text as blocks of plain lines, each line knowing how much of it was link.

Scraped Markdown is seldom well formed, so this reads line by line, takes what marks it finds for marks, and never
fails. Every expression runs in linear time: the text may be hostile.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["prose", "heading", "list", "table", "code"]


@dataclass(slots=True)
class Line:
    """`text` without marks, and `bare`: what of it stood outside links.

    `breaks`: the source broke the line here. `menu`: a row of links cut out of a longer line.
    """

    text: str
    bare: str
    links: int = 0
    breaks: bool = False
    menu: bool = False


@dataclass(slots=True)
class Block:
    """Lines that belong together: a paragraph, one heading (of `level`), one run of list items, one table."""

    kind: Kind
    lines: list[Line] = field(default_factory=list)
    level: int = 0

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


# A link's target: up to three levels of brackets, no backtracking.
_LEVEL_3 = r"\([^()\n]*+\)"
_LEVEL_2 = rf"\((?:[^()\n]++|{_LEVEL_3})*+\)"
_TARGET = re.compile(rf"\((?:[^()\n]++|{_LEVEL_2})*+\)")
_LOOSE_TARGET = re.compile(r"\([^\s()]++(?:[ \t]++\"[^\"\n]*+\")?+\)?")
_REFERENCE = re.compile(r"\[([^\[\]\n]{0,80})\]")
_OPENED, _CLOSED = "\ue010", "\ue011"  # private characters, which tidy text does not hold
_LINKED = re.compile(f"{_OPENED}([^{_OPENED}{_CLOSED}]*){_CLOSED}")
# A link without words is laid over a card: what stands beside it is what it leads to.
_OVERLAY = re.compile(f"{_OPENED}\\s*{_CLOSED}")
_LONGEST_CARD = 200
# Links one after another with nothing but dots, bars and numbers between: a menu that lost its line breaks.
_LINK = f"{_OPENED}[^{_OPENED}{_CLOSED}]*+{_CLOSED}"
_MENU = re.compile(rf"({_LINK}(?:[\s|*•·»\[\]\d/–-]*+{_LINK}){{4,}}+)")
_LONG_LINE, _LEAST_MENU = 300, 5
# Scrapers lose the spaces around links; a suffix ("[game](…)s") is no new word.
_GLUED_BEFORE = re.compile(f"([A-Za-zÀ-ÿ.,;:!?)])(?={_OPENED}[^\\W_])")
_GLUED_AFTER = re.compile(f"([A-Za-zÀ-ÿ0-9]{_CLOSED})(?=[A-Za-zÀ-ÿ])(?!(?:s|es|ed|er|ers|ing)\\b)")
_INNER_HEADING = re.compile(f"(?:^|(?<={_OPENED})|(?<={_CLOSED}))\\s*#{{1,6}}\\s+")
_DEEPEST = 20  # brackets within brackets; deeper is no link, and would make the work quadratic
_MARK = re.compile(r"!?\[|\]")

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_HIDDEN = re.compile("[\ue021-\ue07e]")
_BREAK = re.compile(r"<br ?/?>", re.I)
_IMAGE_OVER_LINES = re.compile(r"!\[[^\[\]]{0,1000}\]\(")
_TITLE_OVER_LINES = re.compile(r"(\]\([^\s()]{1,3000})[ \t]+\"[^\"\n]*(?:\n[^\"\n]*){1,5}\"\)")
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]{0,20}(?: [^<>]{0,500})?/?>")
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|li|ul|ol|h[1-6]|tr|table|blockquote|section|article|figure)(?: [^<>]{0,500})?/?>", re.I
)
_SCRIPT = re.compile(r"<(script|style)\b[^<>]{0,500}>", re.I)
_COMMENT = re.compile(r"<!--[^<>]{0,2000}-->")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>")
_BARE_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]|]+")
_STRONG = re.compile(r"\*{2,}|(?<![^\W_])_{2,}|_{2,}(?![^\W_])|~~")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]*[^\s*])\*(?!\w)|\*(?=[^\s*])([^*\n]*[^\s*])\*")
_UNDERLINED = re.compile(r"(?<!\w)_(?=[^\s_])([^_\n]*[^\s_])_(?!\w)")
_LONE_MARK = re.compile(r"^_(?=[^\W_]|[\"“‘(])|(?<=[.!?,;:”\"’)])_$")
_TICKS = re.compile(r"`+")

_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)(.*)")
_UNDERLINE = re.compile(r"(=+|-+)$")
_QUOTED = re.compile(r"^(?:>[ \t]*)+")
_RULE = re.compile(r"(?:[-*_] ?){3,}$")
_ITEM = re.compile(r"(?:[*+•▪·‣–-]|\(?\d{1,3}[.)])[ \t]+(?=\S)|[*+-]$")
_TICKED = re.compile(r"(?:[*+•▪·‣–-](?:[ \t]+|$))?(?:\[[ xX]\](?:[ \t]+|$)(?:-[ \t]+(?=\[))?)*")
_TABLE_RULE = re.compile(r"\|?[ :]*-{2,}[-: |]*$|\|[ |:-]*\|$")
_DEFINITION = re.compile(r"\[([^\[\]]{1,80})\]:[ \t]+\S+")
_FENCE = re.compile(r"(```|~~~)")
_NOTE = re.compile(r"\[\^[^\]\s]{1,20}\]")


def markdown_blocks(text: str) -> list[Block]:
    """`text` (characters already tidied) as blocks, marks and targets gone, words kept."""
    text = _COMMENT.sub("", _ESCAPED.sub(lambda match: chr(0xE000 + ord(match[1])), text))
    if "</" in text:
        text = _BLOCK_TAG.sub("\n\n", _without_scripts(text))
    text = _TITLE_OVER_LINES.sub(r"\1)", _IMAGE_OVER_LINES.sub("![](", text))
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
            shown = _HIDDEN.sub(_shown, raw.rstrip())
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
            lines = _inline(heading[2].rstrip("#").rstrip(), definitions)
            blocks.append(Block("heading", lines, len(heading[1])))
            current = None
        elif stripped.startswith("|") and stripped.count("|") > 1:
            current = _into(blocks, current, "table")
            if not _TABLE_RULE.match(stripped):
                current.lines.append(_row(stripped, definitions))
        elif _ITEM.match(stripped):
            current = _into(blocks, current, "list")
            item = _TICKED.sub("", stripped)
            if title := _HEADING.match(item):
                item = title[2]
            current.lines += _inline(item, definitions)
        else:
            current = _continued(blocks, current, _inline(stripped.strip("|"), definitions))
            current.lines[-1].breaks |= raw.endswith("  ")
    return [block for block in blocks if _filled(block)]


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
    """Plain text as blocks: no mark is a mark here, but a list still looks like one, and a URL is a link."""
    blocks: list[Block] = []
    current: Block | None = None
    for raw in text.split("\n"):
        stripped = raw.strip()
        if not stripped:
            current = None
            continue
        if current is None:
            current = _into(blocks, None, "list" if _ITEM.match(stripped) else "prose")
        current.lines.append(_bare_urls(stripped))
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


def _row(raw: str, definitions: set[str]) -> Line:
    cells = [
        part for cell in raw.strip("|").split("|") for part in _inline(cell.strip(), definitions) if part.text
    ]
    return Line(
        " | ".join(cell.text for cell in cells),
        " | ".join(cell.bare for cell in cells if cell.bare),
        sum(cell.links for cell in cells),
    )


def _inline(raw: str, definitions: set[str]) -> list[Line]:
    """One source line as plain lines: more than one where it holds <br>, or a row of links between sentences."""
    parts = _BREAK.split(raw) if "<" in raw else [raw]
    lines = []
    for part in parts:
        marked = _marked(part, definitions)
        if len(marked) < _LONG_LINE or marked.count(_OPENED) < _LEAST_MENU:
            lines.append(_line(marked))
            continue
        for number, piece in enumerate(_MENU.split(marked)):
            if piece.strip() or not number:
                lines.append(_line(piece))
                lines[-1].menu = bool(number % 2)
    return [line for line in lines if line.text] or lines[:1]


def _marked(raw: str, definitions: set[str]) -> str:
    """`raw` without marks, the words of its links between _OPENED and _CLOSED."""
    text = _AUTOLINK.sub(r"\1", raw) if "<" in raw else raw
    if "[" in text:
        text = _unlinked(text, definitions)
    if "<" in text:
        text = _TAG.sub("", text)
    text = _NOTE.sub("", text) if "[^" in text else text
    text = _without_emphasis(text)
    text = html.unescape(text) if "&" in text else text
    text = _HIDDEN.sub(_shown, text)
    return _INNER_HEADING.sub("", text) if "#" in text else text


def _line(marked: str) -> Line:
    if marked.count("_") == 1:  # emphasis that goes on in another line
        marked = _LONE_MARK.sub("", marked.strip())
    if _OPENED not in marked:
        return _bare_urls(" ".join(marked.split()))
    marked = _GLUED_AFTER.sub(r"\1 ", _GLUED_BEFORE.sub(r"\1 ", marked))
    whole = " ".join(marked.replace(_OPENED, "").replace(_CLOSED, "").split())
    if _OVERLAY.search(marked) and len(whole) < _LONGEST_CARD and whole[-1:] not in ".!?":
        return Line(whole, "", 1)
    bare = _bare_urls(" ".join(_LINKED.sub(" ", marked).split())).bare
    return Line(whole, bare, sum(bool(words.strip()) for words in _LINKED.findall(marked)))


def _unlinked(text: str, definitions: set[str]) -> str:
    """Links become their words between _OPENED and _CLOSED, images nothing; brackets that are no link stay."""
    out: list[str] = []  # pieces of plain text
    open_at: list[
        tuple[int, bool]
    ] = []  # where in `out` each open bracket stands, and whether it is an image's
    position = 0
    while mark := _MARK.search(text, position):
        out.append(text[position : mark.start()])
        position = mark.end()
        if mark[0] != "]":
            if len(open_at) < _DEEPEST:
                open_at.append((len(out), mark[0] == "!["))
            out.append(mark[0])
            continue
        start, image = open_at.pop() if open_at else (0, False)
        end = _target_end(text, position, definitions)
        if out[start : start + 1] not in (["["], ["!["]) or end == position:
            out.append("]")
            continue
        target, position = position, end
        words = "".join(out[start + 1 :]).replace(_OPENED, "").replace(_CLOSED, "")
        del out[start:]
        if not image and (words.strip() or "#" not in text[target:position]):
            out.append(f"{_OPENED}{words}{_CLOSED}")
    out.append(text[position:])
    return "".join(out)


def _target_end(text: str, position: int, definitions: set[str]) -> int:
    """Where the link's target that begins at `position` ends; `position` itself when none begins there."""
    if text.startswith("(", position):
        found = _TARGET.match(text, position) or _LOOSE_TARGET.match(text, position)
        return found.end() if found else position
    if text.startswith("[", position):
        reference = _REFERENCE.match(text, position)
        if reference and reference[1].lower() in definitions:
            return reference.end()
    return position


def _without_emphasis(text: str) -> str:
    if "*" in text or "_" in text or "~" in text:
        text = _STRONG.sub(_mark_gone, text)
        text = _EMPHASIS.sub(lambda match: match[1] or match[2] or "", text)
        text = _UNDERLINED.sub(r"\1", text)
    return _TICKS.sub("", text) if "`" in text else text


def _mark_gone(match: re.Match[str]) -> str:
    """A run of stars between two spaces is a sign of the author's, not a mark."""
    start, end = match.span()
    before, after = match.string[max(0, start - 1) : start], match.string[end : end + 1]
    return match[0] if before == after == " " else ""


def _shown(match: re.Match[str]) -> str:
    return chr(ord(match[0]) - 0xE000)


def _bare_urls(text: str) -> Line:
    """An address written out is a link too."""
    if "http" not in text and "www." not in text:
        return Line(text, text)
    bare, links = _BARE_URL.subn("", text)
    return Line(text, " ".join(bare.split()), links)


def lines_of(blocks: list[Block]) -> Iterator[str]:
    """Every line of every block, in order."""
    for block in blocks:
        for line in block.lines:
            yield line.text
