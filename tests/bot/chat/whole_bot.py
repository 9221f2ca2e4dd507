"""The bot with nothing stood in for but Discord: real files, a real ingest in a child, real answers."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import discord
import pytest

from bot.__main__ import assembled
from bot.chat.client import make_client
from bot.chat.services import Services
from bot.operations.records import Records
from bot.settings import load_settings
from ingest.embedding.model_files import tokenizer_file
from ingest.errors import ModelFilesMissing

ROOT = Path(__file__).resolve().parents[3]
GUILD = 111_222_333


def write_config(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config.toml for the articles in `folder`, and what the child of a refresh needs to find the program."""
    path = folder / "config.toml"
    path.write_text(
        f'[corpus]\npaths = ["articles"]\n[discord]\nhome_servers = [{GUILD}]\ncooldown_seconds = 0\n',
        "utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return path


@asynccontextmanager
async def whole_bot(config: Path) -> AsyncIterator[discord.Client]:
    """The client over an index that `python -m ingest` has just made."""
    try:
        tokenizer_file()
    except ModelFilesMissing as error:
        pytest.skip(str(error))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ingest", "--config", str(config), cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
    )
    assert await child.wait() == 0
    settings = load_settings(config)
    records = Records(settings.records.path)
    try:
        async with assembled(settings) as parts:
            embed = parts.embedder.embed_passages
            yield make_client(Services(settings, parts.answerer, parts.library, records, config, embed))
    finally:
        records.close()
