"""One chat model behind an OpenAI-compatible endpoint: deadline, retries, budget, and what the endpoint can do."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

import openai

from bot.errors import ModelBudgetSpent, ModelUnavailable
from bot.qa.answers import Usage
from bot.qa.drafts import Refused
from bot.qa.generation.budget import DailyBudget
from bot.qa.generation.completion_chunks import Chunk, read_chunk
from bot.qa.generation.endpoint_errors import loggable, seconds_to_wait, translated
from bot.qa.generation.prompts import Message
from bot.qa.generation.reply_parser import LONGEST_REPLY

log = logging.getLogger(__name__)

ModelEvent = str | Refused | Usage
"""Pieces of text as they arrive, or a refusal; then, last and always, what it cost."""

_FORMS = ("schema", "json", "plain")
_OPTIONAL = ("stream_options", "temperature", "max_completion_tokens", "max_tokens")
_MOST_CHUNKS = 50_000
"""A piece of a reply is rarely less than a token; an endpoint that sends more pieces has lost its way."""

_LONGEST_PIECE = 4_000  # characters


class ChatModel:
    """Sends messages and streams the reply.

    `deadline` is seconds for one request with all its retries. What the endpoint turns down with a 400 (JSON schemas,
    usage figures, a temperature) is left out from then on. Every failure is a ModelUnavailable.
    """

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        model: str,
        *,
        count_tokens: Callable[[str], int],
        deadline: float = 30.0,
        budget: DailyBudget | None = None,
        most_tokens_out: int = 1_500,
    ) -> None:
        self.name = f"openai:{model}"
        self.count_tokens = count_tokens
        self._client = client
        self._model = model
        self._deadline = deadline
        self._budget = budget
        self._most_tokens_out = most_tokens_out
        self._form = "schema"
        self._left_out: set[str] = {"max_tokens"}

    async def aclose(self) -> None:
        await self._client.close()

    async def complete(
        self,
        messages: Callable[[bool], list[Message]],
        schema: dict[str, Any] | None = None,
        *,
        deadline: float | None = None,
        most_tokens_out: int | None = None,
    ) -> tuple[str, Usage]:
        """The whole reply. A refusal is an empty one."""
        text, usage = "", Usage()
        async with aclosing(
            self.stream(messages, schema, deadline=deadline, most_tokens_out=most_tokens_out)
        ) as events:
            async for event in events:
                if isinstance(event, str):
                    text += event
                elif isinstance(event, Usage):
                    usage = event
        return text, usage

    async def stream(
        self,
        messages: Callable[[bool], list[Message]],
        schema: dict[str, Any] | None = None,
        *,
        deadline: float | None = None,
        most_tokens_out: int | None = None,
    ) -> AsyncGenerator[ModelEvent, None]:
        """The reply in pieces. `messages(structured)` builds the prompt for JSON or, where that fails, for prose."""
        until = time.monotonic() + (self._deadline if deadline is None else deadline)
        most_out = most_tokens_out or self._most_tokens_out
        prompt = messages(True)
        tokens_in = await asyncio.to_thread(self._count, prompt)
        reserved = tokens_in + most_out
        await self._reserve(reserved)
        usage, written, sent = None, "", False
        try:
            stream = await self._open(messages, schema, until, most_out)
            sent = True
            async with aclosing(_chunks(stream, until)) as chunks:
                async for chunk in chunks:
                    usage = chunk.usage or usage
                    written += chunk.text + chunk.refusal
                    for start in range(0, len(chunk.text), _LONGEST_PIECE):
                        # what reads it takes 10 ms a piece at the worst: others get their turn
                        await asyncio.sleep(0)
                        yield chunk.text[start : start + _LONGEST_PIECE]
                    if chunk.refusal:
                        yield Refused(loggable(chunk.refusal, self._client.api_key))
                    if len(written) > LONGEST_REPLY:
                        break
            if not written:
                raise ModelUnavailable("The answering model replied with nothing.")
            usage = usage or await self._estimate(tokens_in, written)
            yield usage
        finally:
            if self._budget is not None:
                await asyncio.shield(self._settle(reserved, usage, tokens_in, written if sent else None))

    async def _reserve(self, tokens: int) -> None:
        if self._budget is not None and not await self._budget.reserve(tokens):
            raise ModelBudgetSpent(
                "Today's budget for the answering model is used up; it starts anew at midnight UTC."
            )

    async def _settle(self, reserved: int, usage: Usage | None, tokens_in: int, written: str | None) -> None:
        """What a request cost, in place of what was reserved; `written` is None where none was sent."""
        assert self._budget is not None
        if usage is None:
            usage = Usage() if written is None else await self._estimate(tokens_in, written)
        await self._budget.settle(reserved, usage.tokens_in + usage.tokens_out)

    async def _estimate(self, tokens_in: int, written: str) -> Usage:
        return Usage(tokens_in, await asyncio.to_thread(self.count_tokens, written))

    def _count(self, prompt: list[Message]) -> int:
        return sum(self.count_tokens(message["content"]) + 4 for message in prompt)

    async def _open(
        self,
        messages: Callable[[bool], list[Message]],
        schema: dict[str, Any] | None,
        until: float,
        most_out: int,
    ) -> openai.AsyncStream[Any]:
        """The request, until the reply begins: retried where that can help, within the deadline."""
        attempt = 0
        while True:
            request = self._request(messages, schema, most_out)
            try:
                async with asyncio.timeout(max(0.0, until - time.monotonic())):
                    opened: openai.AsyncStream[Any] = await self._client.chat.completions.create(**request)
                    return opened
            except TimeoutError as error:
                raise ModelUnavailable("The answering model did not begin to answer in time.") from error
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if not self._adapt(error, schema):
                    raise translated(error, self._client.api_key) from None
            except openai.OpenAIError as error:
                wait = seconds_to_wait(error, attempt)
                if wait is None or time.monotonic() + wait >= until:
                    raise translated(error, self._client.api_key) from None
                log.info("asking the model again in %.1f s: %s", wait, type(error).__name__)
                await asyncio.sleep(wait)
                attempt += 1
            except Exception as error:  # whatever the SDK trips over in a body or a header
                log.warning("the model's endpoint sent something unreadable: %s", type(error).__name__)
                raise ModelUnavailable("The answering model's endpoint sent something unreadable.") from None

    def _request(
        self, messages: Callable[[bool], list[Message]], schema: dict[str, Any] | None, most_out: int
    ) -> dict[str, Any]:
        form = self._form if schema is not None else "plain"
        options: dict[str, Any] = {
            "stream_options": {"include_usage": True},
            "temperature": 0,
            "max_completion_tokens": most_out,
            "max_tokens": most_out,
        }
        request: dict[str, Any] = {
            "model": self._model,
            "messages": messages(form != "plain"),
            "stream": True,
            **{name: value for name, value in options.items() if name not in self._left_out},
        }
        if form == "schema":
            request["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "reply", "strict": True, "schema": schema},
            }
        elif form == "json":
            request["response_format"] = {"type": "json_object"}
        return request

    def _adapt(self, error: openai.APIStatusError, schema: dict[str, Any] | None) -> bool:
        """Leave out what a 400 complains of; False where nothing is left to leave out."""
        complaint = str(error.message).lower()
        if re.search(
            r"context.{0,20}(?:length|window|size)|too (?:long|many tokens)|maximum.{0,20}tokens", complaint
        ):
            return False
        for name in _OPTIONAL:
            if name in complaint and name not in self._left_out:
                self._left_out.add(name)
                if name == "max_completion_tokens" and "max_tokens" in self._left_out:
                    self._left_out.discard("max_tokens")  # the older name for the same
                return True
        if (
            schema is not None
            and self._form != "plain"
            and re.search(
                r"response_format|json|schema|grammar|structured|unsupported|not support|invalid|extra",
                complaint,
            )
        ):
            self._form = _FORMS[_FORMS.index(self._form) + 1]
            return True
        return False


async def _chunks(stream: openai.AsyncStream[Any], until: float) -> AsyncGenerator[Chunk, None]:
    """The chunks of a reply; whatever breaks on the way is a ModelUnavailable."""
    iterator = stream.__aiter__()
    try:
        for _ in range(_MOST_CHUNKS):
            try:
                async with asyncio.timeout(max(0.0, until - time.monotonic())):
                    chunk = read_chunk(await anext(iterator))
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise ModelUnavailable("The answering model was too slow to finish.") from error
            except Exception as error:  # the transport's own errors reach here unwrapped
                log.info("the model's reply broke off: %s", type(error).__name__)
                raise ModelUnavailable("The connection to the answering model broke off.") from None
            yield chunk
        raise ModelUnavailable("The answering model did not come to an end.")
    finally:
        await stream.close()
