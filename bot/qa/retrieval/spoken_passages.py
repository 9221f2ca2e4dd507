"""Passages for a question about what somebody said: who says what in those found, and others in which they speak."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.qa.answers import Evidence
from bot.qa.understanding.speech import asks_what_was_said, is_named
from ingest.index.chunking import Passage
from ingest.index.index import Index
from ingest.index.statement_table import StoredStatement
from ingest.text.names import is_common
from ingest.text.stemming import content_stems, stem
from ingest.text.tokens import question_words

ADDED = 3  # passages, besides those that the search found
_LONGEST_NAME = 4
_NAMESAKES = 20


def with_statements(index: Index, question: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The evidence with its statements, and up to `ADDED` more passages behind it, where a question asks for words."""
    if not evidence or not asks_what_was_said(question):
        return tuple(evidence)
    more = _spoken(index, question, evidence)
    table = index.catalogue.statements
    by_article: dict[str, list[StoredStatement]] = defaultdict(list)
    for one in table.of_articles({each.article.id for each in (*evidence, *more)}):
        by_article[one.article_id].append(one)
    return tuple(
        replace(
            each,
            statements=tuple(
                one.statement
                for one in by_article[each.article.id]
                if one.statement.start < each.passage.end and one.statement.end > each.passage.start
            ),
        )
        for each in (*evidence, *more)
    )


def _spoken(index: Index, question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Passages in which somebody whom the question names says something in its words."""
    words = question_words(question)
    names = set(_speakers(index, words))
    if not names:
        return []
    stored = [one for one in index.catalogue.statements.of(names) if is_named(one.statement.speaker, words)]
    named = {stem(word) for name in names for word in name.split()}
    asked = frozenset(content_stems(question)) - named
    rarity = {one: 1 / math.sqrt(1 + count) for one, count in index.frequencies(asked).items()}
    titles = {
        one.id: frozenset(content_stems(one.title)) for one in index.headers({s.article_id for s in stored})
    }

    def fit(one: StoredStatement) -> float:
        has = asked & frozenset(content_stems(one.quote))
        titled = asked & titles[one.article_id]
        weights = [rarity.get(word, 1.0) for word in has]
        return float(sum(weights) + sum(rarity.get(word, 1.0) for word in titled - has) / 2)

    ranked = sorted(((fit(one), one) for one in stored), key=lambda row: -row[0])
    return _passages(index, [one for score, one in ranked if score > 0], evidence)


def _speakers(index: Index, words: Sequence[str]) -> Iterable[str]:
    """Names of speakers that stand in a question, in full or by their last word."""
    table = index.catalogue.statements
    for size in range(1, _LONGEST_NAME + 1):
        for start in range(len(words) - size + 1):
            run = " ".join(words[start : start + size])
            if size > 1 or not is_common(run):
                if table.speaker(run) is not None:
                    yield run
                if size == 1:
                    yield from (
                        one.folded
                        for one in table.speakers(run, _NAMESAKES)
                        if one.folded.endswith(f" {run}")
                    )


def _passages(
    index: Index, stored: Iterable[StoredStatement], evidence: Sequence[Evidence]
) -> list[Evidence]:
    """The passages that hold the statements, as far as the evidence does not, each scored as its last one."""
    held: dict[str, list[Passage]] = defaultdict(list)
    for each in evidence:
        held[each.article.id].append(each.passage)
    added: list[Evidence] = []
    for one in stored:
        span = one.statement
        if any(passage.start <= span.start and span.end <= passage.end for passage in held[one.article_id]):
            continue
        article = index.articles([one.article_id])[one.article_id]
        passage = next((p for p in index.article_passages(article.id) if p.start <= span.start < p.end), None)
        if passage is None:
            continue
        held[article.id].append(passage)
        added.append(Evidence(passage, article, min(each.score for each in evidence)))
        if len(added) == ADDED:
            break
    return added
