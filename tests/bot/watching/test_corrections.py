"""What became of the words that an answer quoted."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.qa.answers import Answer, ArticleRef, Citation
from bot.watching.corrections import corrections_of
from ingest.articles.article import Article

BODY = "It rained all day. The bridge cost forty million euros, said Ilse Brandt. Nobody was hurt."
QUOTE = "bridge cost forty million euros, said Ilse"


def corrections(quote: str, *now: Article) -> list[tuple[bool, list[tuple[str, str]]]]:
    """Of an answer that quoted these words of the article "a", entitled "Bridge", while `now` is the whole corpus."""
    index = SimpleNamespace(
        articles=lambda ids: {one.id: one for one in now if one.id in ids},
        catalogue=SimpleNamespace(ids_titled=lambda title: [one.id for one in now if one.title == title]),
    )
    cited = Citation(1, ArticleRef("a", "Bridge"), quote, 0, len(quote))
    answer = Answer("How much?", "answered", f"{quote} [1]", (cited,), "quoting", "g", 0.1)
    found = corrections_of(cast("Any", index), answer)
    return [(one.removed, [(part.old, part.new) for part in one.differences]) for one in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (BODY, []),
        (BODY.replace("million euros", "million\n euros").replace("rained", "snowed"), []),
        (BODY.replace("forty", "fifty"), [(False, [("forty", "fifty")])]),
        ("Nothing of it stands here.", [(False, [(QUOTE, "")])]),
        ("", [(False, [(QUOTE, "")])]),
    ],
)
def test_only_quoted_words_that_are_gone_count_and_what_a_quote_left_out_is_no_change(
    body: str, expected: list[Any]
) -> None:
    assert corrections(QUOTE, Article("a", "Bridge", body)) == expected


def test_two_quoted_sentences_are_compared_with_the_two_that_stand_there() -> None:
    quote = BODY.partition(". ")[2]
    edited = Article("a", "Bridge", BODY.replace("Nobody was", "Two people were"))
    assert corrections(quote, edited) == [(False, [("Nobody was", "Two people were")])]


def test_an_article_that_only_moved_to_another_file_was_not_removed() -> None:
    quote = "The bridge cost forty million euros"
    assert corrections(quote) == [(True, [])]
    assert corrections(quote, Article("b", "Bridge", BODY)) == []
    assert corrections(quote, Article("b", "Bridge", BODY.replace("forty", "ten"))) == [(True, [])]
