"""Which blocks of a page are its article, and which are menus, banners and lists of other articles.

Blocks are classed by what they hold (words, links, sentences, stop words), as boilerplate removers do since
Kohlschütter et al. 2010 ("Boilerplate detection using shallow text features") and Pomikálek 2011 (jusText). The
article is then taken as the stretches of blocks whose weights sum highest: Ruzzo and Tompa 1999 find all of them in
linear time. What is unsure stays: a lost sentence costs more than a kept menu.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ingest.dates import dates_in
from ingest.markup import Block
from ingest.phrases import STOP_WORDS, ends_banner, is_label, is_notice, opens_comments, opens_consent

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]")
_SENTENCE_END = re.compile(r"[.!?…।؟][\"'”’»)\]]*(?=\s|$)|[。！？]")
_A_STORY = 120.0  # a page without a stretch of this weight is made of facts, not of prose
_REPLIES = re.compile(
    r"\b(?:reply|replies|says:|wrote:|permalink|up ?vote|log ?in to|antworten|répondre|responder|rispondi|ответить)\b"
    r"|\b(?:submit|post(?:ing)?)(?: a| your)? comments?\b|\bsort by\b"
    r"|\b\d+ (?:votes?|likes?|points?|(?:minutes?|hours?|days?|weeks?|months?|years?) ago)\b|\b\d{1,2}:\d\d\b",
    re.I,
)
_READ = 80  # words of prose after which comments can begin
_MOST_TRIES = 6  # lines that may open comments or a dialogue, looked at closely
_FIGURE = re.compile(r"\d")


class Class(Enum):
    PROSE = "sentences"
    FACTS = "rows, items and lines that hold figures or more than links"
    SHORT = "a heading, a caption, a name: what it is depends on its neighbours"
    LINKS = "links and little else"
    CLUTTER = "words of the page about itself"
    TEASER = "the opening of another article, under its linked headline"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A block with what was counted in it."""

    block: Block
    of: Class
    words: int

    @property
    def is_content(self) -> bool:
        return self.of in (Class.PROSE, Class.FACTS)

    @property
    def weight(self) -> float:
        """What the block adds to the stretch it stands in."""
        match self.of:
            case Class.PROSE:
                return max(1.0, self.words - 6.0)
            case Class.FACTS:
                return max(0.5, min(40.0, self.words / 2))
            case Class.SHORT:
                return -0.5 if self.words > 3 else -1.0
            case Class.LINKS:
                return -2.0 - min(12, sum(line.links for line in self.block.lines))
            case _:
                return -4.0


@dataclass(frozen=True, slots=True)
class Found:
    """The blocks that are the article, and the lines around its opening, where a page says when it was published."""

    blocks: list[Block]
    around: list[str]


def article_blocks(blocks: Sequence[Block], title: str | None) -> Found:
    """The blocks of scraped Markdown that are the article, labels inside them gone."""
    weighed = _without_cards([weigh(block) for block in _below_banner(blocks)])
    weighed = weighed[: _end(weighed, title)]
    headline = _headline(weighed, title)
    kept = _kept(weighed, headline)
    first = next((index for index in sorted(kept) if weighed[index].of is Class.PROSE), min(kept, default=0))
    around = [line.text for each in weighed[max(0, first - 8) : first + 3] for line in each.block.lines]
    found = [
        block
        for index, each in enumerate(weighed)
        if index in kept and (block := _without_labels(each.block))
    ]
    if not any(block.kind != "heading" for block in found):
        return plain_blocks(blocks)  # a page of links alone says something by their words
    return Found(found, around)


def _below_banner(blocks: Sequence[Block]) -> Sequence[Block]:
    """Headings above a web archive's banner stay: scrapers put the page's title first."""
    end = next((index for index, block in enumerate(blocks[:60]) if ends_banner(block.text)), None)
    if end is None:
        return blocks
    return [block for block in blocks[:end] if block.kind == "heading"] + list(blocks[end + 1 :])


def plain_blocks(blocks: Sequence[Block]) -> Found:
    """The blocks of a text that was never a page full of links: only what is surely not the article goes."""
    weighed = [weigh(block) for block in blocks]
    kept = [
        block for each in weighed if each.of is not Class.CLUTTER and (block := _without_labels(each.block))
    ]
    return Found(kept, [line.text for block in blocks[:8] for line in block.lines])


def same_words(one: str, other: str) -> bool:
    """Equal but for case, marks and spaces."""
    return letters(one) == letters(other)


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def weigh(block: Block) -> Weighed:
    text = block.text
    words = _WORD.findall(text)
    count = len(words) + len(_IDEOGRAPH.findall(text)) // 2
    return Weighed(block, _class(block, text, words, count), count)


def _class(block: Block, text: str, words: list[str], count: int) -> Class:
    if block.kind == "code":
        return Class.FACTS
    labels = sum(is_label(line.text, not line.bare) for line in block.lines)
    if (
        not count
        or labels == len(block.lines)
        or (labels * 3 >= len(block.lines) > 2 <= labels and count <= 3 * len(block.lines))
    ):
        return Class.CLUTTER
    if is_notice(text, count):
        return Class.CLUTTER
    linked = 1 - sum(len(line.bare) for line in block.lines) / max(1, len(text))
    figures = sum(bool(_FIGURE.search(line.bare)) for line in block.lines)
    if linked > 0.6:
        rows = len(block.lines)
        if rows == 1 and count <= 9 and dates_in(text):
            return Class.SHORT
        return Class.FACTS if block.kind == "table" and rows > 2 and figures >= 0.5 * rows else Class.LINKS
    if count >= 10 and linked < 0.5 and _runs(text, words, count):
        standfirst = count >= 20 and bool(_SENTENCE_END.search(text[-3:]))
        return Class.PROSE if block.kind != "heading" or standfirst else Class.SHORT
    if block.kind == "heading":
        return Class.SHORT
    if block.kind == "table" or (linked < 0.4 and (figures or block.kind == "list") and count >= 4):
        return Class.FACTS
    return Class.SHORT


def _runs(text: str, words: list[str], count: int) -> bool:
    """Running text: sentences that end, or many words, with the small words that hold sentences together."""
    if count < 25 and not _SENTENCE_END.search(text):
        return False
    if count > 2 * len(words):
        return True  # a script without spaces
    small = sum(word.lower() in STOP_WORDS for word in words)
    lower = sum(word[:1].islower() for word in words)
    return small >= 0.15 * len(words) or lower >= 0.6 * len(words)


def _without_cards(weighed: list[Weighed]) -> list[Weighed]:
    """Three or more short texts in a row, each under a linked headline of its own, are a list of other articles.

    A long text that is all one link is such a card too, unless it stands alone: then it is the lead of a page.
    """
    out = list(weighed)
    run: list[int] = []
    headline = False
    for index, each in enumerate(weighed):
        if each.of is Class.LINKS:
            names = re.findall(
                r"[^\W\d]{2,}", each.block.text
            )  # a time stamp that is a link heads a live report
            headline = len(each.block.lines) <= 2 and len(names) >= 4
            if _is_lead(weighed, index):
                out[index] = replace(each, of=Class.PROSE)
        elif each.of is Class.PROSE and headline and each.words <= 70:
            run.append(index)
            headline = False
        elif each.is_content:
            _mark_teasers(out, run)
            run, headline = [], False
    _mark_teasers(out, run)
    return out


def _is_lead(weighed: Sequence[Weighed], index: int) -> bool:
    """A linked text of sentences with no other linked text of some length among its neighbours."""
    each = weighed[index]
    if (
        len(each.block.lines) > 1
        or each.words < 25
        or not _runs(each.block.text, _WORD.findall(each.block.text), each.words)
    ):
        return False
    beside = [
        weighed[place] for place in range(max(0, index - 3), min(len(weighed), index + 4)) if place != index
    ]
    return all(other.of is not Class.LINKS or other.words < 8 for other in beside)


def _mark_teasers(weighed: list[Weighed], run: list[int]) -> None:
    if len(run) >= 3:
        for index in run:
            weighed[index] = replace(weighed[index], of=Class.TEASER)


def _end(weighed: Sequence[Weighed], title: str | None) -> int:
    """Where readers' comments or a dialogue about cookies begin, once the article has been read; else the end.

    "3 comments" or a cookie banner may stand above the article too: then the headline is still to come, or what
    follows outweighs what came and is no thread of comments.
    """
    wanted = letters(title or "")
    last = max((index for index, each in enumerate(weighed) if _is_headline(each, wanted)), default=0)
    prose = tries = 0
    for index, each in enumerate(weighed):
        if each.of is Class.PROSE and each.block.kind != "heading":
            prose += each.words
        elif prose >= _READ and len(each.block.lines) == 1 and index > last:
            comments, consent = opens_comments(each.block.text), opens_consent(each.block.text)
            if not comments and not consent:
                continue
            tries += 1
            if tries > _MOST_TRIES:
                break
            outweighs = _best(weighed[:index]) / (_best(weighed[index:]) or 1.0)
            if outweighs >= 4 or (consent and outweighs >= 1) or (comments and _is_thread(weighed[index:])):
                return index
    return len(weighed)


def _is_thread(weighed: Sequence[Weighed]) -> bool:
    """Every few lines somebody says, votes, replies or is dated to the minute; a link among buttons heads nothing."""
    head, *rest = weighed[:150]
    if not head.block.lines[0].bare and all(each.of in (Class.LINKS, Class.CLUTTER) for each in rest[:2]):
        return False
    text = "\n".join(each.block.text for each in rest)[:50_000]
    return len(_REPLIES.findall(text)) >= max(3, text.count(" ") // 400)


def _is_headline(each: Weighed, wanted: str) -> bool:
    return each.block.kind == "heading" and len(wanted) > 0 and letters(each.block.text) == wanted


def _headline(weighed: Sequence[Weighed], title: str | None) -> int:
    """Where the article begins when its headline stands on the page again, below the menus; else 0."""
    wanted = letters(title or "")
    places = [
        index
        for index, each in enumerate(weighed)
        if index and wanted and len(each.block.lines) == 1 and letters(each.block.text) == wanted
    ]
    for place in reversed(places[-5:]):
        if _best(weighed[place:]) >= 2 * _best(weighed[:place]):
            return place
    return 0


def _best(weighed: Sequence[Weighed]) -> float:
    return max((score for _, _, score in maximal_stretches([each.weight for each in weighed])), default=0.0)


def _kept(weighed: Sequence[Weighed], headline: int) -> set[int]:
    """Which blocks stay: from the first weighty stretch below the headline to the last, all that has content."""
    start = _opening(weighed, headline) if headline else 0
    weights = [0.0] * start + [each.weight for each in weighed[start:]]
    stretches = maximal_stretches(weights)
    if not stretches:
        return {index for index, each in enumerate(weighed) if each.of is Class.SHORT}
    best = max(score for _, _, score in stretches)
    least = min(best, 1.0 if best < _A_STORY else min(40.0, 0.1 * best))
    weighty = [(first, last) for first, last, score in stretches if score >= least]
    first = start if headline else _opening(weighed, weighty[0][0])
    last = _closing(weighed, weighty[-1][1])
    return {index for index in range(first, last + 1) if _stays(weighed, index)}


def _stays(weighed: Sequence[Weighed], index: int) -> bool:
    """Within the article, content stays, and a short line where neither of its neighbours is a menu."""
    each = weighed[index]
    if each.of is not Class.SHORT:
        return each.is_content
    if each.block.kind == "heading" and _heads_links(weighed, index):
        return False
    beside = [weighed[place].of for place in (index - 1, index + 1) if 0 <= place < len(weighed)]
    return each.words >= 4 or Class.LINKS not in beside or Class.PROSE in beside


def _heads_links(weighed: Sequence[Weighed], index: int) -> bool:
    """A heading with nothing but links below it, up to the next heading."""
    links = False
    for each in weighed[index + 1 : index + 40]:
        if each.block.kind == "heading":
            break
        if each.is_content or each.of is Class.SHORT:
            return False
        links |= each.of is Class.LINKS
    return links


def _opening(weighed: Sequence[Weighed], first: int) -> int:
    """A stretch begins with the headings, bylines and dates right above it, buttons between them aside."""
    place = first
    while place and weighed[place - 1].of in (Class.SHORT, Class.FACTS, Class.CLUTTER):
        place -= 1
    return place


def _closing(weighed: Sequence[Weighed], last: int) -> int:
    """A stretch ends with the short lines right below it, up to a heading."""
    place = last
    while place + 1 < len(weighed) and weighed[place + 1].of is Class.SHORT:
        place += 1
        if weighed[place].block.kind == "heading":
            return place - 1
    return place


def maximal_stretches(weights: Sequence[float]) -> list[tuple[int, int, float]]:
    """All maximal scoring subsequences as (first, last, sum), by Ruzzo and Tompa's algorithm."""
    # Of each stretch: first, last, the sum before it, the sum up to its end, and the nearest earlier stretch whose
    # sum before it is lower (-1: none). Following that chain is what keeps the search linear.
    found: list[tuple[int, int, float, float, int]] = []
    total = 0.0
    for index, weight in enumerate(weights):
        before, total = total, total + weight
        if weight <= 0:
            continue
        first, left = index, before
        while True:
            at = len(found) - 1
            while at >= 0 and found[at][2] >= left:
                at = found[at][4]
            if at < 0 or found[at][3] >= total:
                break
            first, left = found[at][0], found[at][2]
            del found[at:]
        found.append((first, index, left, total, at))
    return [(first, last, end - start) for first, last, start, end, _ in found]


def _without_labels(block: Block) -> Block | None:
    """A list or table without links keeps every line: there the words are its own."""
    if block.kind in ("list", "table") and not any(line.links for line in block.lines):
        return block
    lines = [line for line in block.lines if not is_label(line.text, not line.bare)]
    return Block(block.kind, lines, block.level) if any(_WORD.search(line.text) for line in lines) else None
