"""Which blocks of a page are its article, and which are menus, banners and lists of other articles.

Blocks are classed by what they hold (words, links, sentences, stop words), as boilerplate removers do since
Kohlschütter et al. 2010 ("Boilerplate detection using shallow text features") and Pomikálek 2011 (jusText). The article
is then taken as the stretches of blocks whose classes sum highest: Ruzzo and Tompa 1999 find all of them in linear time.
What is unsure stays: a lost sentence costs more than a kept menu.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from ingest.markup import Block
from ingest.phrases import STOP_WORDS, is_label, is_notice

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*(?=\s|$)|[。！？]")


class Class(Enum):
    PROSE = "sentences"
    FACTS = "rows and items that hold more than links"
    SHORT = "a heading, a caption, a score: what it is depends on its neighbours"
    LINKS = "links and little else"
    CLUTTER = "words of the page about itself"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A block with what was counted in it."""

    block: Block
    of: Class
    words: int


def weigh(block: Block) -> Weighed:
    text = block.text
    words = _WORD.findall(text)
    count = len(words) + len(_IDEOGRAPH.findall(text)) // 2
    return Weighed(block, _class(block, text, words, count), count)


def _class(block: Block, text: str, words: list[str], count: int) -> Class:
    linked = sum(line.linked for line in block.lines) / max(1, len(text))
    if block.kind == "code":
        return Class.FACTS
    if all(is_label(line.text) for line in block.lines):
        return Class.CLUTTER
    sentences = len(_SENTENCE_END.findall(text))
    stops = sum(word.lower() in STOP_WORDS for word in words) / max(1, len(words))
    ideographic = count > 2 * len(words)
    if is_notice(text) and (count < 120):
        return Class.CLUTTER
    if linked > 0.6:
        return Class.LINKS
    if block.kind == "heading":
        return Class.SHORT
    running = count >= 10 and (stops >= 0.2 or ideographic) and linked < 0.5
    if running and (sentences or count >= 25):
        return Class.PROSE
    if block.kind == "table" or (block.kind == "list" and linked < 0.4 and count >= 8):
        return Class.FACTS
    return Class.SHORT


def article_blocks(blocks: Sequence[Block], title: str | None) -> list[Block]:
    """The blocks of scraped Markdown that are the article, labels inside them gone."""
    weighed = [weigh(block) for block in blocks]
    start = _headline(weighed, title)
    weighed = weighed[start:]
    kept = _kept_stretches(weighed)
    return [
        block
        for index, each in enumerate(weighed)
        if index in kept and each.of not in (Class.LINKS, Class.CLUTTER) and (block := _without_labels(each.block))
    ]


def plain_blocks(blocks: Sequence[Block]) -> list[Block]:
    """The blocks of a text that was never a page full of links: only what is surely not the article goes."""
    weighed = [weigh(block) for block in blocks]
    return [block for each in weighed if each.of is not Class.CLUTTER and (block := _without_labels(each.block))]


def same_words(one: str, other: str) -> bool:
    """Equal but for case, marks and spaces."""
    return letters(one) == letters(other)


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def _headline(weighed: Sequence[Weighed], title: str | None) -> int:
    """Where the article begins when its headline stands on the page again, below the menus; else 0."""
    if not title:
        return 0
    wanted = letters(title)
    total = sum(each.words for each in weighed if each.of is Class.PROSE)
    before, start = 0, 0
    for index, each in enumerate(weighed):
        if each.of is Class.PROSE:
            before += each.words
        elif len(each.block.lines) == 1 and letters(each.block.text) == wanted and wanted:
            if before > 0.3 * total:
                break
            start = index
    return start


def _kept_stretches(weighed: Sequence[Weighed]) -> set[int]:
    stretches = maximal_stretches([_score(each) for each in weighed])
    if not stretches:
        return set(range(len(weighed)))
    best = max(score for _, _, score in stretches)
    kept: set[int] = set()
    for first, last, score in stretches:
        if score < min(best, max(25.0, 0.05 * best)):
            continue
        while first and weighed[first - 1].of is Class.SHORT and weighed[first - 1].block.kind == "heading":
            first -= 1
        kept.update(range(first, last + 1))
    return kept


def _score(each: Weighed) -> float:
    links = sum(line.links for line in each.block.lines)
    match each.of:
        case Class.PROSE:
            return each.words
        case Class.FACTS:
            return min(40.0, each.words / 2)
        case Class.SHORT:
            return -0.5
        case Class.LINKS:
            return -2.0 - min(15, links)
        case Class.CLUTTER:
            return -3.0


def maximal_stretches(scores: Sequence[float]) -> list[tuple[int, int, float]]:
    """All maximal scoring subsequences as (first, last, score), by Ruzzo and Tompa's algorithm."""
    found: list[tuple[int, int, float, float]] = []  # first, last, sum before it, sum up to its end
    total = 0.0
    for index, score in enumerate(scores):
        before, total = total, total + score
        if score <= 0:
            continue
        first, left, right = index, before, total
        while True:
            at = next((k for k in range(len(found) - 1, -1, -1) if found[k][2] < left), None)
            if at is None or found[at][3] >= right:
                break
            first, left = found[at][0], found[at][2]
            del found[at:]
        found.append((first, index, left, right))
    return [(first, last, right - left) for first, last, left, right in found]


def _without_labels(block: Block) -> Block | None:
    lines = [line for line in block.lines if not is_label(line.text)]
    return Block(block.kind, lines, block.level) if lines else None
