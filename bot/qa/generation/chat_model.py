"""One chat model behind an OpenAI-compatible endpoint: deadline, retries, budget, and what the endpoint can do."""

from __future__ import annotations

import asyncio
import email.utils
import logging
import os
import random
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
from bot.qa.generation.prompts import Message
from ingest.errors import ConfigError

log = logging.getLogger(__name__)

ModelEvent = str | Refused | Usage
"""Pieces of text as they arrive, or a refusal; then, last and always, what it cost."""

_OPENAI = "https://api.openai.com/v1"
_FORMS = ("schema", "json", "plain")
_OPTIONAL = ("stream_options", "temperature", "max_completion_tokens", "max_tokens")
_WAITS = (0.4, 1.2)


def make_client(base_url: str = "", key_variable: str = "OPENAI_API_KEY") -> openai.AsyncOpenAI:
    """The one client of the process. The key comes from the environment; a compatible endpoint may do without."""
    key = os.environ.get(key_variable, "").strip()
    if not key and not base_url:
        raise ConfigError(
            f'[answering] provider = "openai" needs a key: set {key_variable} in the environment or in .env, '
            'or go back to provider = "quoting".'
        )
    # retries are ours, because only we know the deadline; the address is given even when it is the default, because
    # the environment must not send questions elsewhere
    return openai.AsyncOpenAI(api_key=key or "none", base_url=base_url or _OPENAI, max_retries=0)


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
        if self._budget is not None and not await self._budget.reserve(reserved):
            raise ModelBudgetSpent(
                "Today's budget for the answering model is used up; it starts anew at midnight UTC."
            )
        usage, written, sent = None, "", False
        try:
            stream = await self._open(messages, schema, until, most_out)
            sent = True
            async with aclosing(_chunks(stream, until)) as chunks:
                async for chunk in chunks:
                    if chunk.usage is not None:
                        usage = Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
                    if not chunk.choices:
                        continue
                    choice = chunk.choices[0]
                    if choice.delta is not None and choice.delta.content:
                        written += choice.delta.content
                        yield choice.delta.content
                    if choice.delta is not None and choice.delta.refusal:
                        yield Refused(choice.delta.refusal)
                        written += choice.delta.refusal
                    if choice.finish_reason == "content_filter":
                        yield Refused("content_filter")
                        written += " "
            if not written:
                raise ModelUnavailable("The answering model replied with nothing.")
            yield usage or Usage(tokens_in, self.count_tokens(written))
        finally:
            if self._budget is not None:
                final = usage or (Usage(tokens_in, self.count_tokens(written)) if sent else Usage())
                await asyncio.shield(self._budget.settle(reserved, final.tokens_in + final.tokens_out))

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
            try:
                async with asyncio.timeout(max(0.0, until - time.monotonic())):
                    request = self._request(messages, schema, most_out)
                    opened: openai.AsyncStream[Any] = await self._client.chat.completions.create(**request)
                    return opened
            except TimeoutError as error:
                raise ModelUnavailable("The answering model did not begin to answer in time.") from error
            except openai.BadRequestError as error:
                if not self._adapt(error, schema):
                    raise _translated(error) from error
            except openai.UnprocessableEntityError as error:
                if not self._adapt(error, schema):
                    raise _translated(error) from error
            except openai.OpenAIError as error:
                wait = _worth_waiting(error, attempt)
                if wait is None or time.monotonic() + wait >= until:
                    raise _translated(error) from error
                log.info("asking the model again in %.1f s: %s", wait, type(error).__name__)
                await asyncio.sleep(wait)
                attempt += 1
            except ValueError as error:  # a body that is no JSON
                raise ModelUnavailable("The answering model's endpoint sent something unreadable.") from error

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
        said = str(error.message).lower()
        if re.search(
            r"context.{0,20}(?:length|window|size)|too (?:long|many tokens)|maximum.{0,20}tokens", said
        ):
            return False
        for name in _OPTIONAL:
            if name in said and name not in self._left_out:
                self._left_out.add(name)
                if name == "max_completion_tokens" and "max_tokens" in self._left_out:
                    self._left_out.discard("max_tokens")  # the older name for the same
                return True
        if (
            schema is not None
            and self._form != "plain"
            and re.search(
                r"response_format|json|schema|grammar|structured|unsupported|not support|invalid|extra", said
            )
        ):
            self._form = _FORMS[_FORMS.index(self._form) + 1]
            return True
        return False


async def _chunks(stream: openai.AsyncStream[Any], until: float) -> AsyncGenerator[Any, None]:
    """The chunks of a reply; whatever breaks on the way is a ModelUnavailable."""
    iterator = stream.__aiter__()
    try:
        while True:
            try:
                async with asyncio.timeout(max(0.0, until - time.monotonic())):
                    chunk = await anext(iterator)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise ModelUnavailable("The answering model was too slow to finish.") from error
            except openai.APIStatusError as error:
                raise _translated(error) from error
            except Exception as error:  # the transport's own errors reach here unwrapped
                raise ModelUnavailable("The connection to the answering model broke off.") from error
            yield chunk
    finally:
        await stream.close()


def _worth_waiting(error: openai.OpenAIError, attempt: int) -> float | None:
    """Seconds until it is worth asking again, or None where it is not."""
    if attempt >= len(_WAITS):
        return None
    usual = _WAITS[attempt] * random.uniform(0.8, 1.2)  # noqa: S311  so that many bots do not return at once
    if isinstance(error, openai.APIStatusError):
        if error.status_code == 429 and error.code == "insufficient_quota":
            return None
        if error.status_code == 429 or error.status_code >= 500 or error.status_code == 408:
            told = _retry_after(error.response.headers.get("retry-after"))
            return usual if told is None else told
        return None
    return usual if isinstance(error, openai.APIConnectionError) else None


def _retry_after(value: str | None) -> float | None:
    """Retry-After in seconds, as a number or a date."""
    if not value:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def _translated(error: openai.OpenAIError) -> ModelUnavailable:
    match error:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            text = "The answering model's endpoint refuses the key: check OPENAI_API_KEY."
        case openai.NotFoundError():
            text = "The endpoint does not know the configured model: check [answering] model and base_url."
        case openai.RateLimitError() if error.code == "insufficient_quota":
            text = "The account of the answering model has no credit left."
        case openai.RateLimitError():
            text = "The answering model is busy; try again in a minute."
        case openai.APIStatusError() if error.status_code >= 500:
            text = "The answering model's endpoint is in trouble; try again in a minute."
        case openai.APIStatusError():
            log.warning("the model's endpoint turned a request down: %s %s", error.status_code, error.code)
            text = f"The answering model's endpoint turned the request down ({error.status_code})."
        case _:
            text = "The answering model cannot be reached: check the network and [answering] base_url."
    return ModelUnavailable(text)
