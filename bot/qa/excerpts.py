"""Less of an answer, and more of the articles around its quotes, as people ask for them afterwards (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.qa.answers import Answer, ArticleRef, Citation

_MARK = re.compile(r"\[\d{1,3}\]")
_WORD = re.compile(r"\w+")

AROUND = 350
"""Characters of context shown before and after the quoted words."""


def context(body: str, start: int, end: int, around: int = AROUND) -> tuple[str, str]:
    """The text before and after `body[start:end]`, from and to the nearest ends of sentences or words."""
    before, after = body[max(0, start - around) : start], body[end : end + around]
    if start > around:
        cut = re.search(r"[.!?…]\s+|\n+", before)
        before = "… " + (before[cut.end() :] if cut and cut.end() < len(before) else before.partition(" ")[2])
    if end + around < len(body):
        ends = list(re.finditer(r"[.!?…](?=\s)|\n+", after))
        after = (after[: ends[-1].end()] if ends else after.rpartition(" ")[0]).rstrip() + " …"
    return before, after


def shorter(answer: Answer) -> Answer:
    """The answer's first sentence, with its marks and what they stand for: an answer opens with what was asked."""
    sentences = re.findall(r"\S.*?\[\d+\](?:\s*\[\d+\])*[.!?…”’\"')]*|\S.*\Z", answer.text, re.DOTALL)
    text = sentences[0].strip() if sentences else answer.text
    cited = tuple(one for one in answer.citations if f"[{one.number}]" in text)
    return replace(answer, text=text, citations=cited, notes=())


def by_article(citations: Sequence[Citation]) -> list[tuple[ArticleRef, list[Citation]]]:
    """The citations gathered under their articles, in the order of their numbers."""
    gathered: dict[str, list[Citation]] = {}
    for one in sorted(citations, key=lambda one: one.number):
        gathered.setdefault(one.article.article_id, []).append(one)
    return [(group[0].article, group) for group in gathered.values()]


def bare_words(text: str) -> str:
    """The words alone, without marks, by which a quote is found again in an answer."""
    return " ".join(_WORD.findall(_MARK.sub(" ", text.lower())))


def told_text(answer: Answer) -> str:
    """The answer's text, without the lines that list articles where these are shown below it as its sources."""
    first, *lines = answer.text.split("\n")
    return "\n".join([first, *(line for line in lines if not line.startswith("“"))])
