"""One line of Markdown as plain words: links unwrapped, emphasis and tags gone, and what was link remembered."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from ingest.articles.cleaning.emphasis import without_emphasis


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
_GLUED_AFTER = re.compile(
    f'([A-Za-zÀ-ÿ0-9.,;:!?”"’)]{_CLOSED})(?=[A-Za-zÀ-ÿ]|{_OPENED}[^\\W_])(?!(?:s|es|ed|er|ers|ing)\\b)'
)
_INNER_HEADING = re.compile(f"(?:^|(?<={_OPENED})|(?<={_CLOSED}))\\s*#{{1,6}}\\s+")
_DEEPEST = 20  # brackets within brackets; deeper is no link, and would make the work quadratic
_MARK = re.compile(r"!?\[|\]")

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_HIDDEN = re.compile("[\ue021-\ue07e]")
_BREAK = re.compile(r"<br ?/?>", re.I)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]{0,20}(?: [^<>]{0,500})?/?>")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>")
_BARE_URL = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]|]+")
_LONE_MARK = re.compile(r"^_(?=[^\W_]|[\"“‘(])|(?<=[.!?,;:”\"’)])_$")
_NOTE = re.compile(r"\[\^[^\]\s]{1,20}\]")


def row(raw: str, definitions: set[str]) -> Line:
    cells = [
        part
        for cell in raw.strip("|").split("|")
        for part in inline_lines(cell.strip(), definitions)
        if part.text
    ]
    return Line(
        " | ".join(cell.text for cell in cells),
        " | ".join(cell.bare for cell in cells if cell.bare),
        sum(cell.links for cell in cells),
    )


def inline_lines(raw: str, definitions: set[str]) -> list[Line]:
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
    text = without_emphasis(text)
    text = html.unescape(text) if "&" in text else text
    text = unescaped(text)
    return _INNER_HEADING.sub("", text) if "#" in text else text


def _line(marked: str) -> Line:
    if marked.count("_") == 1:  # emphasis that goes on in another line
        marked = _LONE_MARK.sub("", marked.strip())
    if _OPENED not in marked:
        return bare_urls(" ".join(marked.split()))
    marked = _GLUED_AFTER.sub(r"\1 ", _GLUED_BEFORE.sub(r"\1 ", marked))
    whole = " ".join(marked.replace(_OPENED, "").replace(_CLOSED, "").split())
    if _OVERLAY.search(marked) and len(whole) < _LONGEST_CARD and whole[-1:] not in ".!?":
        return Line(whole, "", 1)
    bare = bare_urls(" ".join(_LINKED.sub(" ", marked).split())).bare
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


def escaped(text: str) -> str:
    """What stands behind a backslash hidden among the private characters, so that it is no mark."""
    return _ESCAPED.sub(lambda match: chr(0xE000 + ord(match[1])), text)


def unescaped(text: str) -> str:
    """The hidden characters as themselves, without the backslash."""
    return _HIDDEN.sub(lambda match: chr(ord(match[0]) - 0xE000), text)


def bare_urls(text: str) -> Line:
    """An address written out is a link too."""
    if "http" not in text and "www." not in text:
        return Line(text, text)
    bare, links = _BARE_URL.subn("", text)
    return Line(text, " ".join(bare.split()), links)
