from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import openai
import pytest

from bot.errors import ModelBudgetSpent, ModelUnavailable
from bot.qa.answers import Usage
from bot.qa.drafts import Refused
from bot.qa.generation.bounded_client import make_client
from bot.qa.generation.budget import DailyBudget
from bot.qa.generation.chat_model import ChatModel
from bot.qa.generation.prompts import DRAFT_SCHEMA, Message
from ingest.errors import ConfigError
from tests.loopback_openai import LoopbackOpenAI, draft, sentence

REPLY = draft(
    sentence("It opened in May.", (1, "opened to traffic in May")), sentence("It cost a lot.", (1, "x"))
)


def words(text: str) -> int:
    return len(text.split())


def messages(structured: bool) -> list[Message]:
    return [{"role": "user", "content": "as JSON please" if structured else "in prose please"}]


@pytest.fixture
async def endpoint() -> AsyncIterator[LoopbackOpenAI]:
    async with LoopbackOpenAI(replies=[REPLY]) as server:
        yield server


@pytest.fixture
async def client(endpoint: LoopbackOpenAI) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(api_key="secret", base_url=endpoint.url, max_retries=0) as opened:
        yield opened


def model(client: openai.AsyncOpenAI, **options: Any) -> ChatModel:
    return ChatModel(client, "test-model", count_tokens=words, **{"deadline": 5.0, **options})


async def test_reply_arrives_in_pieces_with_its_usage_last(
    endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    async with aclosing(model(client).stream(messages, DRAFT_SCHEMA)) as events:
        got = [event async for event in events]
    assert "".join(event for event in got if isinstance(event, str)) == REPLY
    assert len(got) > 5
    assert isinstance(got[-1], Usage)
    assert got[-1].tokens_out == len(REPLY) // 4
    assert endpoint.requests[0]["response_format"]["type"] == "json_schema"


async def test_usage_is_counted_where_the_endpoint_reports_none(
    endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults = ["no-usage"]
    _, usage = await model(client).complete(messages, DRAFT_SCHEMA)
    assert usage == Usage(3 + 4, words(REPLY))


@pytest.mark.parametrize("fault", ["500", "503", "refuse-connection"])
async def test_passing_faults_are_tried_again(
    fault: str, endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults = [fault, None]
    text, _ = await model(client).complete(messages, DRAFT_SCHEMA)
    assert text == REPLY
    assert len(endpoint.requests) == 2


async def test_retry_after_is_honoured_when_the_deadline_allows(
    endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults, endpoint.retry_after = ["429", None], "1"
    began = time.monotonic()
    text, _ = await model(client).complete(messages, DRAFT_SCHEMA)
    assert text == REPLY
    assert time.monotonic() - began >= 1.0


async def test_retry_after_past_the_deadline_is_given_up_at_once(
    endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults, endpoint.retry_after = ["429"], "600"
    began = time.monotonic()
    with pytest.raises(ModelUnavailable, match="busy"):
        await model(client).complete(messages, DRAFT_SCHEMA)
    assert time.monotonic() - began < 2
    assert len(endpoint.requests) == 1


@pytest.mark.parametrize(
    ("fault", "says"), [("401", "key"), ("404", "model"), ("quota", "credit"), ("context-length", "400")]
)
async def test_lasting_faults_are_not_tried_again_and_say_what_to_do(
    fault: str, says: str, endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults = [fault]
    with pytest.raises(ModelUnavailable, match=says) as caught:
        await model(client).complete(messages, DRAFT_SCHEMA)
    assert len(endpoint.requests) == 1
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("fault", ["slow", "stall"])
async def test_slow_model_ends_at_the_deadline(
    fault: str, endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults = [fault]
    began = time.monotonic()
    with pytest.raises(ModelUnavailable):
        await model(client, deadline=0.5).complete(messages, DRAFT_SCHEMA)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("fault", ["cut", "invalid-event", "error-event"])
async def test_broken_stream_gives_what_came_before_and_then_the_error(
    fault: str, endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults, endpoint.pace = [fault], 0.002
    got: list[str] = []

    async def read() -> None:
        async with aclosing(model(client).stream(messages, DRAFT_SCHEMA)) as events:
            async for event in events:
                assert isinstance(event, str)
                got.append(event)

    with pytest.raises(ModelUnavailable):
        await read()
    assert got
    assert REPLY.startswith("".join(got))


@pytest.mark.parametrize("fault", ["empty-choices", "empty-text", "invalid-json", "html"])
async def test_reply_that_says_nothing_is_an_error(
    fault: str, endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults = [fault]
    with pytest.raises(ModelUnavailable):
        await model(client).complete(messages, DRAFT_SCHEMA)


@pytest.mark.parametrize("fault", ["refusal", "content-filter"])
async def test_refusal_is_told_apart_from_an_answer(
    fault: str, endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults = [fault]
    async with aclosing(model(client).stream(messages, DRAFT_SCHEMA)) as events:
        got = [event async for event in events]
    assert any(isinstance(event, Refused) for event in got)
    assert not any(isinstance(event, str) for event in got)


async def test_endpoint_without_schemas_is_asked_for_plain_json_from_then_on(
    endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults = ["no-schema"]
    chat = model(client)
    for _ in range(2):
        assert (await chat.complete(messages, DRAFT_SCHEMA))[0] == REPLY
    kinds = [(request.get("response_format") or {}).get("type") for request in endpoint.requests]
    assert kinds == ["json_schema", "json_object", "json_object"]


async def test_endpoint_without_any_formats_is_asked_for_prose(
    endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults = ["no-formats"]
    assert (await model(client).complete(messages, DRAFT_SCHEMA))[0] == REPLY
    assert "response_format" not in endpoint.requests[-1]
    assert endpoint.requests[-1]["messages"][0]["content"] == "in prose please"


@pytest.mark.parametrize(
    ("fault", "left_out"), [("no-stream-options", "stream_options"), ("no-temperature", "temperature")]
)
async def test_option_that_the_endpoint_turns_down_is_left_out(
    fault: str, left_out: str, endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults = [fault]
    assert (await model(client).complete(messages, DRAFT_SCHEMA))[0] == REPLY
    assert left_out not in endpoint.requests[-1]
    assert endpoint.requests[-1]["response_format"]["type"] == "json_schema"


async def test_what_was_billed_is_taken_from_the_budget(
    tmp_path: Path, endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    budget = DailyBudget(tmp_path / "budget.sqlite", 100_000)
    _, usage = await model(client, budget=budget).complete(messages, DRAFT_SCHEMA)
    assert await budget.spent() == usage.tokens_in + usage.tokens_out > 0


async def test_failed_request_costs_no_budget(
    tmp_path: Path, endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults = ["401"]
    budget = DailyBudget(tmp_path / "budget.sqlite", 100_000)
    with pytest.raises(ModelUnavailable):
        await model(client, budget=budget).complete(messages, DRAFT_SCHEMA)
    assert await budget.spent() == 0


async def test_spent_budget_sends_nothing_out(
    tmp_path: Path, endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    budget = DailyBudget(tmp_path / "budget.sqlite", 100)
    with pytest.raises(ModelBudgetSpent):
        await model(client, budget=budget).complete(messages, DRAFT_SCHEMA)
    assert endpoint.requests == []


async def test_abandoned_stream_settles_its_budget_and_closes(
    tmp_path: Path, endpoint: LoopbackOpenAI, client: openai.AsyncOpenAI
) -> None:
    endpoint.faults = ["stall"]
    budget = DailyBudget(tmp_path / "budget.sqlite", 100_000)
    chat = model(client, budget=budget)

    begun = asyncio.Event()

    async def read() -> None:
        async with aclosing(chat.stream(messages, DRAFT_SCHEMA)) as events:
            async for _ in events:
                begun.set()

    task = asyncio.create_task(read())
    await asyncio.wait_for(begun.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert 0 < await budget.spent() < 200


def test_key_comes_from_the_environment_and_its_lack_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="OPENAI_API_KEY"):
        make_client()


async def test_address_in_the_environment_does_not_move_the_questions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/elsewhere")
    client = make_client()
    assert client.base_url.host == "api.openai.com"
    await client.close()
