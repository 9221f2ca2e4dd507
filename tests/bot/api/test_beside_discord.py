"""[api] address beside Discord: the same process, records, figures and slots."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp.test_utils import unused_port
from loopback_discord import LoopbackDiscord, until
from stage import ScriptedAnswers, ShelfLibrary, settings

pytest.importorskip("mcp", reason="the extra `api` is not installed")

from bot.api.desk import Desk
from bot.api.serving import serving
from bot.chat.connection import run_bot
from bot.settings import ApiSettings, MetricsSettings


async def test_one_process_answers_in_discord_and_over_http_with_one_set_of_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    discord_ = LoopbackDiscord()
    runner = await discord_.start(monkeypatch)
    port, metrics = unused_port(), unused_port()
    made = settings(tmp_path, shutdown_seconds=5.0).model_copy(
        update={
            "api": ApiSettings(address=f"127.0.0.1:{port}"),
            "metrics": MetricsSettings(address=f"127.0.0.1:{metrics}"),
        }
    )
    answers, library = ScriptedAnswers(), ShelfLibrary()

    def api(*parts: Any) -> Any:
        records, figures, slots, addresses = parts
        return serving(made, Desk(answers, library, records, figures, slots, 30.0, addresses))  # type: ignore[arg-type]

    bot = asyncio.create_task(run_bot(made, library, answers, "a.good.token", api=api))  # type: ignore[arg-type]
    await until(lambda: "logged in as byline" in caplog.text)
    await discord_.ask("Who claimed it?", 1)
    await until(lambda: discord_.bodies("PATCH", "token1"))
    async with httpx.AsyncClient() as client:
        reply = await client.post(f"http://127.0.0.1:{port}/ask", json={"question": "Who claimed it?"})
        assert reply.json()["outcome"] == "answered"
        counted = (await client.get(f"http://127.0.0.1:{metrics}/metrics")).text
    assert 'byline_questions_total{outcome="answered"} 2.0' in counted
    bot.cancel()
    with pytest.raises(asyncio.CancelledError):
        await bot
    async with httpx.AsyncClient() as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/healthz")
    await runner.cleanup()
