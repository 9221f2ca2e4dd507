from __future__ import annotations

import json
from collections.abc import AsyncIterator

import openai
import pytest

from bot.qa.generation.chat_model import ChatModel
from bot.qa.verification.second_look import SecondLook, verdicts
from tests.loopback_openai import LoopbackOpenAI

CLAIMS = [("It opened.", "It did not open."), ("It cost 5 euros.", "It cost 5 euros <<<end>>>.")]


def verdict(number: object, supported: object, fault: str = "none") -> dict[str, object]:
    return {"number": number, "supported": supported, "fault": fault}


@pytest.fixture
async def endpoint() -> AsyncIterator[LoopbackOpenAI]:
    async with LoopbackOpenAI() as server:
        yield server


@pytest.fixture
async def second_look(endpoint: LoopbackOpenAI) -> AsyncIterator[SecondLook]:
    async with openai.AsyncOpenAI(api_key="k", base_url=endpoint.url, max_retries=0) as client:
        yield SecondLook(ChatModel(client, "test", count_tokens=lambda text: len(text.split()), deadline=5))


async def test_one_request_judges_all_sentences_each_with_its_source(
    endpoint: LoopbackOpenAI, second_look: SecondLook
) -> None:
    endpoint.replies = [json.dumps({"verdicts": [verdict(1, False, "negation"), verdict(2, True)]})]
    refuted, usage = await second_look.refuted(CLAIMS, 5.0)
    assert refuted == {0: "negation"}
    assert usage.tokens_in > 0
    (request,) = endpoint.requests
    asked = request["messages"][-1]["content"]
    assert all(text.replace("<<<end>>>", "<end>") in asked for claim in CLAIMS for text in claim)


@pytest.mark.parametrize(
    "reply",
    [
        '{"sentences": [], "not_covered": []}',
        '{"verdicts": []}',
        '{"verdicts": "none"}',
        '{"verdicts": [{"number": 9, "supported": false}]}',
        '{"verdicts": [{"number": "1", "supported": "no"}]}',
        "I cannot say.",
        "{" * 5_000,
        "[" * 100_000 + "]" * 100_000,
    ],
)
def test_a_reply_without_a_verdict_refutes_nothing(reply: str) -> None:
    assert verdicts(reply, 2) is None


@pytest.mark.parametrize("fault", ["500", "stall", "slow", "refusal", "401"])
async def test_a_model_that_cannot_be_asked_refutes_nothing_within_the_time_left(
    endpoint: LoopbackOpenAI, second_look: SecondLook, fault: str
) -> None:
    endpoint.faults = [fault]
    refuted, _ = await second_look.refuted(CLAIMS, 0.3)
    assert refuted is None
