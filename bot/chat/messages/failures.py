"""What a person is told when something goes wrong: the one place that turns errors into words."""

from __future__ import annotations

import logging
import secrets

import discord
from discord import app_commands

from bot.chat.messages.language import Words
from bot.chat.messages.markup import plain
from bot.errors import OURS_TO_MEND
from ingest.errors import UserFacingError

log = logging.getLogger(__name__)

TOKEN_GONE = frozenset({10008, 10015, 10062, 40060, 50027})
"""Discord's codes for: message, webhook or interaction gone, answered already, token expired."""


class Refused(UserFacingError):
    """This person may not do this here. The text says why in their language, in Discord's Markdown."""


def explain(error: BaseException, words: Words, *, for_editors: bool = True) -> str:
    """The text for the person. What is not meant for them is logged under the short reference they see.

    `for_editors`: whether only people who run the corpus read it, who are told what to mend.
    """
    cause = root_cause(error)
    if isinstance(cause, Refused):
        return str(cause)
    if isinstance(cause, OURS_TO_MEND) and not for_editors:
        log.error("people are told that something is to be mended: %s", cause)
        return words(
            "I cannot answer until something on my side is mended. The people who run me find what it is in "
            "my log."
        )
    if isinstance(cause, UserFacingError):
        return plain(str(cause))[:1_900]  # it may quote a title or a path
    if isinstance(cause, discord.Forbidden):
        log.warning("Discord refused: %s", cause)
        return words("I lack a permission here. I need to view this channel, send messages and embed links.")
    reference = secrets.token_hex(3)
    log.error("reference %s: %s", reference, type(cause).__name__, exc_info=cause)
    return words(
        "Something went wrong on my side. Please try again; if it stays, tell the people who run me "
        "this reference: {reference}",
        reference=f"`{reference}`",
    )


def root_cause(error: BaseException) -> BaseException:
    """What a command or a transformer raised, without discord.py's wrapping."""
    while isinstance(error, app_commands.CommandInvokeError | app_commands.TransformerError):
        inner = error.original if isinstance(error, app_commands.CommandInvokeError) else error.__cause__
        if inner is None:
            break
        error = inner
    return error


def token_is_gone(error: discord.HTTPException) -> bool:
    """Whether an interaction can no longer be answered, so that the answer must go to the channel."""
    return error.code in TOKEN_GONE or error.status == 401
