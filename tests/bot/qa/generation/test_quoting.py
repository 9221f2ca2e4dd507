from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.qa.answers import Evidence
from bot.qa.drafts import DraftSentence
from bot.qa.generation.quoting import QuotingGenerator
from ingest.articles.article import Article
from ingest.embedding.factory import Embedder, EmbedderIdentity
from ingest.errors import EmbeddingUnavailable
from ingest.index.chunking import split_article
from ingest.index.embedding_cache import Vectors

SCRAPED = Path(__file__).parents[5] / "shared" / "articles" / "putin-tehran-visit.txt"


class UnreachableEmbedder:
    """An endpoint that is down."""

    identity = EmbedderIdentity("openai", "m", "", "", "", 3)
    precision = "float32"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        raise EmbeddingUnavailable("no route")

    def embed_question(self, text: str) -> Vectors:
        raise EmbeddingUnavailable("no route")


def found_in(body: str) -> list[Evidence]:
    article = Article("a", "Title", body)
    passages = split_article(article, lambda text: len(text.split()) * 4 // 3)
    return [Evidence(passage, article, 1.0) for passage in passages]


async def drafted(embedder: Embedder, question: str, evidence: Sequence[Evidence]) -> list[DraftSentence]:
    events = [event async for event in QuotingGenerator(embedder).write(question, evidence)]
    assert all(isinstance(event, DraftSentence) for event in events)
    return [event for event in events if isinstance(event, DraftSentence)]


async def test_every_sentence_is_its_own_quote(embedder: Embedder) -> None:
    evidence = found_in(
        "The bridge opened on Friday. Mayor Brandt said that it cost forty million euros. Rain fell."
    )
    sentences = await drafted(embedder, "What did Brandt say the bridge cost?", evidence)
    assert sentences
    for sentence in sentences:
        (quote,) = sentence.quotes
        assert quote.text == sentence.text
        assert quote.text in evidence[quote.passage - 1].passage.text


async def test_words_decide_when_the_embedder_cannot_be_reached(caplog: pytest.LogCaptureFixture) -> None:
    evidence = found_in("The bridge opened on Friday. Mayor Brandt said that it cost forty million euros.")
    sentences = await drafted(UnreachableEmbedder(), "What did Brandt say it cost?", evidence)
    assert "Mayor Brandt said that it cost forty million euros." in [sentence.text for sentence in sentences]
    assert "words alone" in caplog.text


async def test_the_event_loop_stays_free_while_sentences_are_chosen(embedder: Embedder) -> None:
    evidence = found_in(" ".join(f"Bridge number {n} was opened by mayor {n} in May." for n in range(200)))
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.001)
            beats += 1

    beating = asyncio.create_task(beat())
    await drafted(embedder, "Who opened bridge number 7?", evidence)
    beating.cancel()
    assert beats > 0


@pytest.mark.skipif(not SCRAPED.exists(), reason="the scraped article is not beside the repository")
async def test_what_sanaei_claimed_is_quoted_from_the_article_as_it_was_scraped(embedder: Embedder) -> None:
    sentences = await drafted(embedder, "what did Sanaei claim?", found_in(SCRAPED.read_text("utf-8")))
    assert any("Mehdi Sanaei claimed" in sentence.text for sentence in sentences)
