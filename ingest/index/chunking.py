"""Articles split into passages by sentences."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ingest.articles.article import Article
from ingest.text.sentences import Span, sentence_spans

PASSAGE_TOKENS = 200
OVERLAP_TOKENS = 40

# part of the index's identity: when it changes, every article is split and embedded anew
FORMAT = f"sentences/{PASSAGE_TOKENS}/{OVERLAP_TOKENS}/title/3"

_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article, with `article.body[start:end] == text` in code points.

    `id` hashes the article's id, the text and its occurrence, so unchanged text keeps its id and a repeated
    paragraph gets two.
    """

    id: str
    article_id: str
    start: int
    end: int
    text: str


def split_article(
    article: Article,
    count_tokens: Callable[[str], int],
    limit: int = PASSAGE_TOKENS,
    overlap: int = OVERLAP_TOKENS,
) -> list[Passage]:
    """The article's passages in reading order, each at most about `limit` tokens.

    A sentence is cut only when it alone is longer than `limit`, and a word only when that is. Each passage
    repeats the last sentences of the one before as far as they fit in `overlap` tokens, so that a fact
    standing across the border is found whole in one of them.
    """
    pieces = list(_pieces(article.body, count_tokens, limit))
    seen: Counter[str] = Counter()
    passages = []
    for start, end in _packed(pieces, limit, overlap):
        text = article.body[start:end]
        passages.append(Passage(_passage_id(article.id, text, seen[text]), article.id, start, end, text))
        seen[text] += 1
    return passages


def embedded_text(article: Article, passage: Passage) -> str:
    """The exact string that stands for a passage in the vector index: what it is about, then what it says."""
    return f"{article.title}\n{passage.text}"


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    tokens: int


def _pieces(body: str, count_tokens: Callable[[str], int], limit: int) -> Iterator[_Piece]:
    """The sentences of a body with their size; those over `limit` in parts that are not."""
    for start, end in sentence_spans(body):
        tokens = count_tokens(body[start:end])
        if tokens <= limit:
            yield _Piece(start, end, tokens)
        else:
            yield from _parts(body, (start, end), count_tokens, limit)


def _parts(body: str, span: Span, count_tokens: Callable[[str], int], limit: int) -> Iterator[_Piece]:
    """One overlong sentence cut between words; a single overlong word is cut by halves."""
    start, size, end = span[0], 0, span[0]
    for word in _WORD.finditer(body, *span):
        tokens = count_tokens(word.group())
        if size and size + tokens > limit:
            yield _Piece(start, end, size)
            start, size = word.start(), 0
        if tokens > limit:
            pieces = list(_halves(body, word.start(), word.end(), count_tokens, limit))
            yield from pieces[:-1]
            start, size = pieces[-1].start, pieces[-1].tokens
        else:
            size += tokens
        end = word.start() + len(word.group().rstrip())
    if size:
        yield _Piece(start, end, size)


def _halves(
    body: str, start: int, end: int, count_tokens: Callable[[str], int], limit: int
) -> Iterator[_Piece]:
    tokens = count_tokens(body[start:end])
    if tokens <= limit or end - start == 1:
        yield _Piece(start, end, tokens)
        return
    middle = (start + end) // 2
    yield from _halves(body, start, middle, count_tokens, limit)
    yield from _halves(body, middle, end, count_tokens, limit)


def _packed(pieces: list[_Piece], limit: int, overlap: int) -> Iterator[Span]:
    """Consecutive pieces packed up to `limit` tokens, each run opening with up to `overlap` tokens of the last."""
    first = 0
    while first < len(pieces):
        last, size = first, pieces[first].tokens
        while last + 1 < len(pieces) and size + pieces[last + 1].tokens <= limit:
            last += 1
            size += pieces[last].tokens
        yield pieces[first].start, pieces[last].end
        if last + 1 == len(pieces):
            return
        following = last + 1
        # stepping back must leave room for at least one new piece, or the same run would come again
        room = min(overlap, limit - pieces[following].tokens)
        while following - 1 > first and pieces[following - 1].tokens <= room:
            following -= 1
            room -= pieces[following].tokens
        first = following


def _passage_id(article_id: str, text: str, occurrence: int) -> str:
    named = "\0".join((article_id, text, str(occurrence)))
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:20]
