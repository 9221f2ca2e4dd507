"""What people hand over for the corpus: a file that was attached, or an address."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath

import discord

from bot.chat.messages.failures import Refused
from bot.chat.messages.language import Words
from bot.chat.messages.markup import plain, web_url
from ingest.edits.uploads import shown_name
from ingest.sources.sources import KINDS

URL_LIMIT = 2_000
_PATIENCE = 120.0  # seconds for Discord to hand a file over


def address_to_add(written: str, words: Words) -> str:
    """The web address as written. Raises Refused for anything else: what ingest is given must never be a path."""
    address = web_url(written.strip(), URL_LIMIT)
    if address is None:
        raise Refused(_why_none(written.strip(), words))
    return address


def _why_none(written: str, words: Words) -> str:
    none = words("That is not an address of the web.")
    if not re.match(r"https?://", written, re.IGNORECASE):
        return none + " " + words("It begins with {scheme}.", scheme="`https://`")
    if "@" in re.split(r"[/?#\\]", written, maxsplit=3)[2]:
        return words(
            "There is a name or a password in that address, and I show addresses. Give it without them."
        )
    if re.search(r"\s", written):
        return none + " " + words("There is a space in it.")
    return none


def _check(file: discord.Attachment, limit: int, words: Words) -> None:
    """Raise Refused for what is not an article by its name, or larger than `limit` bytes."""
    kind = _ending(file)
    if kind not in KINDS:
        kinds = " ".join(f"`{one}`" for one in sorted(KINDS))
        raise Refused(words("I cannot read a file of that kind. I read: {kinds}", kinds=kinds))
    if file.size > limit:
        raise Refused(_too_large(file, limit, words))


@asynccontextmanager
async def saved(file: discord.Attachment, limit: int, words: Words) -> AsyncIterator[Path]:
    """The attachment in a file that is gone after the block. Nothing of its path comes from the uploaded name but an
    ending that is one of ours. Raises Refused for a file of another kind, or larger than `limit` bytes.
    """
    _check(file, limit, words)
    try:
        async with asyncio.timeout(_PATIENCE):
            content = await file.read()
    except (discord.HTTPException, TimeoutError):
        raise Refused(words("Discord does not hand that file over. Please upload it again.")) from None
    if len(content) > limit:  # its size was only what Discord had been told
        raise Refused(_too_large(file, limit, words))
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="byline-"))
    try:
        place = folder / f"upload{_ending(file)}"
        await asyncio.to_thread(place.write_bytes, content)
        del content
        yield place
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))


def upload_name(file: discord.Attachment) -> str:
    """What the person called it, to be shown only: its last part, of characters that can be written anywhere."""
    return shown_name(file.filename.encode("utf-8", "replace").decode())


def _ending(file: discord.Attachment) -> str:
    return PurePosixPath(upload_name(file)).suffix.lower()


def _too_large(file: discord.Attachment, limit: int, words: Words) -> str:
    return words(
        "{name} is too large: up to {limit} MB can be added here. Larger files go in by the shell, "
        "with {command}.",
        name=f"**{plain(upload_name(file))}**",
        limit=limit // 1_000_000,
        command="`python -m ingest --add`",
    )
