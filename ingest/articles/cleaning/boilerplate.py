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

from ingest.articles.cleaning.block_classifier import WORD, Class, Weighed, is_running_text, weigh
from ingest.articles.cleaning.boilerplate_phrases import ends_banner, is_label, opens_comments, opens_consent
from ingest.articles.cleaning.markup import Block
from ingest.articles.cleaning.maximum_scoring_subsequences import maximal_stretches

_A_STORY = 120.0  # a page without a stretch of this weight is made of facts, not of prose
_REPLIES = re.compile(
    r"\b(?:reply|replies|says:|wrote:|permalink|up ?vote|log ?in to|antworten|répondre|responder|rispondi|ответить)\b"
    r"|\b(?:submit|post(?:ing)?)(?: a| your)? comments?\b|\bsort by\b"
    r"|\b\d+ (?:votes?|likes?|points?|(?:minutes?|hours?|days?|weeks?|months?|years?) ago)\b|\b\d{1,2}:\d\d\b",
    re.I,
)
_READ = 80  # words of prose after which comments can begin
_MOST_TRIES = 6  # lines that may open comments or a dialogue, looked at closely


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


def _without_cards(weighed: list[Weighed]) -> list[Weighed]:
    """Three or more short texts in a row, each under a linked headline of its own, are a list of other articles.

    A long text that is all one link is such a card too, unless it stands alone: then it is the lead of a page.
    """
    out = list(weighed)
    run: list[int] = []
    headline = False
    for index, each in enumerate(weighed):
        if each.of is Class.LINKS:
            # a time stamp that is a link heads a live report
            names = re.findall(r"[^\W\d]{2,}", each.block.text)
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
        or not is_running_text(each.block.text, WORD.findall(each.block.text), each.words)
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


def _without_labels(block: Block) -> Block | None:
    """A list or table without links keeps every line: there the words are its own."""
    if block.kind in ("list", "table") and not any(line.links for line in block.lines):
        return block
    lines = [line for line in block.lines if not is_label(line.text, not line.bare)]
    return Block(block.kind, lines, block.level) if any(WORD.search(line.text) for line in lines) else None
