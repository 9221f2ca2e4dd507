"""What an endpoint's refusals mean: whether to ask again, what to tell, and what of its words may be logged."""

from __future__ import annotations

import logging
import random

import openai

from bot.errors import ModelUnavailable
from bot.qa.sanitising import visible
from ingest.sources.response_headers import retry_after

log = logging.getLogger(__name__)

_WAITS = (0.4, 1.2)
_LONGEST_LOGGED = 200


def seconds_to_wait(error: openai.OpenAIError, attempt: int) -> float | None:
    """Seconds until it is worth asking again, or None where it is not."""
    if attempt >= len(_WAITS):
        return None
    usual = _WAITS[attempt] * random.uniform(0.8, 1.2)  # noqa: S311  so that many bots do not return at once
    if isinstance(error, openai.APIStatusError):
        if error.status_code == 429 and error.code == "insufficient_quota":
            return None
        if error.status_code == 429 or error.status_code >= 500 or error.status_code == 408:
            wait = retry_after(error.response.headers)
            return usual if wait is None else wait
        return None
    return usual if isinstance(error, openai.APIConnectionError) else None


def translated(error: openai.OpenAIError, key: str) -> ModelUnavailable:
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
        case openai.APIStatusError() if 300 <= error.status_code < 400:
            text = (
                "The answering model's endpoint redirects to another address, and a question is not sent after it: "
                "set [answering] base_url to the address that answers."
            )
        case openai.APIStatusError():
            log.warning(
                "the model's endpoint turned a request down: %s %s",
                error.status_code,
                loggable(str(error.code), key),
            )
            text = f"The answering model's endpoint turned the request down ({error.status_code})."
        case _:
            text = "The answering model cannot be reached: check the network and [answering] base_url."
    return ModelUnavailable(text)


def loggable(text: str, key: str) -> str:
    """An endpoint's own words for the log: one short line, without what cannot be seen and without the key."""
    line = " ".join(visible(text[: 10 * _LONGEST_LOGGED]).split())
    return (line.replace(key, "[key]") if key else line)[:_LONGEST_LOGGED]
