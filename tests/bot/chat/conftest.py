"""A bot with a real records file, over scripted answers, driven by simcord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import simcord
from stage import ScriptedAnswers, ShelfLibrary, World, settings
from wire import check_request

from bot.chat.client import BylineClient, make_client
from bot.chat.messages.failures import root_cause
from bot.chat.services import Services
from bot.operations.records import Records


@pytest.fixture
def discord_settings() -> dict[str, Any]:
    """Keys of [discord], and whether the message-content intent was granted; a test parametrizes it."""
    return {}


@pytest.fixture
async def services(tmp_path: Path, discord_settings: dict[str, Any]) -> AsyncIterator[Services]:
    records = Records(tmp_path / "records.sqlite")
    own = {key: value for key, value in discord_settings.items() if key != "message_content"}
    made = settings(tmp_path, **own)
    yield Services(made, ScriptedAnswers(), ShelfLibrary(), records, made.config)  # type: ignore[arg-type]
    records.close()


@pytest.fixture
async def simcord_bot(services: Services, discord_settings: dict[str, Any]) -> BylineClient:
    return make_client(services, message_content=discord_settings.get("message_content", False))


@pytest.fixture
async def world(simcord_env: simcord.Env, simcord_bot: BylineClient, tmp_path: Path) -> AsyncIterator[World]:
    """Whatever a test makes the bot send is checked against Discord's own rules when it ends."""
    made = World(simcord_env, simcord_bot, tmp_path)
    yield made
    unexpected = [error for error in simcord_env.errors if not isinstance(root_cause(error), made.expected)]
    assert not unexpected
    for request in simcord_env.http_requests:
        check_request(request.method, request.path, request.json, request.params)
