"""What a real index knows of a conversation's words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.qa.answers import Turn
from bot.qa.conversation.corpus_context import Surroundings, surroundings
from ingest.embedding.factory import Embedder
from ingest.index.index import Index
from tests.bot.qa.articles_at_hand import ingested

ARTICLES = {
    "bridge.md": "# Mayor opens the bridge\n\nThe bridge was opened on Monday. Mayor Ilse Brandt said that it cost "
    "forty million euros, and promised a lane for cyclists.\n",
    "fed.md": "# Federal Reserve raises rates\n\nOn Wednesday the Fed raised its rate. Analysts said that the Fed "
    "would do so again. Jerome Powell promised that the Fed would bring prices down.\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Index]:
    with ingested(ARTICLES, tmp_path_factory.mktemp("index"), embedder) as opened:
        yield opened


def around(index: Index, question: str) -> Surroundings:
    bridge = next(one for one in index.find_articles("bridge"))
    cited = index.articles([bridge.id]).values()
    return surroundings(
        index, question, [Turn("what did brandt promise", "A lane [1].", (bridge.id,))], cited
    )


def test_word_of_another_article_is_new_and_one_of_the_cited_article_is_not(index: Index) -> None:
    found = around(index, "and the fed, or the cyclists?")
    assert found.new(["fed", "cyclists", "zebra"]) == ["fed"]


def test_word_that_articles_write_as_a_name_is_one_in_lower_case_too(index: Index) -> None:
    found = around(index, "and the fed?")
    assert found.known_by_name("fed")
    assert found.known_by_name("brandt")
    assert not found.known_by_name("promise")


def test_misspelt_name_is_known_by_the_word_it_was_meant_to_be(index: Index) -> None:
    assert around(index, "and jerrome?").rare["jerrome"] == "jerom"


def test_title_and_passage_of_a_new_subject_are_read(index: Index) -> None:
    found = around(index, "and the federal reserve?")
    assert found.entitled(["federal", "reserve"])
    assert not found.entitled(["federal"])
    assert "promis" in found.beside
