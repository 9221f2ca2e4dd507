"""The bot on discord.py's own transport, against a Discord on loopback."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from loopback_discord import LoopbackDiscord, until
from stage import ScriptedAnswers, ShelfLibrary, settings, texts
from wire import check_request

from bot.chat.client import make_client
from bot.chat.connection import run_bot
from bot.chat.messages.layout import text_message
from bot.chat.services import Services
from bot.settings import MetricsSettings, ReaderSettings, Settings
from ingest.errors import ConfigError

MESSAGE_CONTENT_LIMITED = 1 << 19


@pytest.fixture
async def discord_(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LoopbackDiscord]:
    made = LoopbackDiscord()
    runner = await made.start(monkeypatch)
    yield made
    await runner.cleanup()
    for method, path, body in made.requests:
        check_request(method, path.removeprefix("/api/v10"), body, {})


@pytest.fixture
def served(tmp_path: Path) -> Settings:
    """Settings with the reader and the metrics on free ports."""
    reader, metrics = unused_port(), unused_port()
    return settings(tmp_path, shutdown_seconds=5.0).model_copy(
        update={
            "reader": ReaderSettings(address=f"127.0.0.1:{reader}", public_url=f"http://127.0.0.1:{reader}"),
            "metrics": MetricsSettings(address=f"127.0.0.1:{metrics}"),
        }
    )


def run(made: Settings, answers: ScriptedAnswers, token: str = "a.good.token") -> asyncio.Task[None]:
    return asyncio.create_task(run_bot(made, ShelfLibrary(), answers, token))  # type: ignore[arg-type]


async def test_it_logs_in_answers_reconnects_and_ends_in_order(
    discord_: LoopbackDiscord, served: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    answers = ScriptedAnswers()
    bot = run(served, answers)
    await until(lambda: discord_.ops(2))
    await until(lambda: "logged in as byline" in caplog.text)
    assert discord_.ops(2)[0]["intents"] & (1 << 15) == 0
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://{served.metrics.address}/health") as got,
    ):
        assert got.status == 200

    await discord_.ask("Who claimed it?", 1)
    await until(lambda: discord_.bodies("PATCH", "token1"))
    assert discord_.bodies("POST", "/interactions/1001/")[0]["type"] == 5
    shown = texts(discord_.bodies("PATCH", "token1")[-1]["components"])
    assert "Mehdi Sanaei claimed the visit was a success." in shown
    link = shown.split("[read it here](")[1].split(")")[0]
    async with aiohttp.ClientSession() as session, session.get(link) as got:
        assert '<mark id="quote">Mehdi Sanaei claimed the visit was a success.</mark>' in await got.text()

    await discord_.sockets[-1].close(code=4000)
    await until(lambda: discord_.ops(6), 20)
    await until(lambda: len(discord_.sockets) == 2)
    await discord_.ask("And after the reconnect?", 2)
    await until(lambda: discord_.bodies("PATCH", "token2"))
    assert len(discord_.bodies("PUT", "/commands")) == 1

    answers.hold = asyncio.Event()
    await discord_.ask("And while it ends?", 3)
    await until(lambda: len(answers.asked) == 3)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.1)
    answers.hold.set()
    await bot
    assert "Mehdi Sanaei claimed" in texts(discord_.bodies("PATCH", "token3")[-1]["components"])
    with pytest.raises(aiohttp.ClientConnectorError):
        async with aiohttp.ClientSession() as session:
            await session.get(f"http://{served.metrics.address}/health")


async def test_a_second_stop_signal_does_not_cut_off_the_apologies(
    discord_: LoopbackDiscord, served: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    answers = ScriptedAnswers(hold=asyncio.Event())
    own = served.discord.model_copy(update={"shutdown_seconds": 0.4})
    bot = run(served.model_copy(update={"discord": own}), answers)
    await until(lambda: "logged in as byline" in caplog.text)
    await discord_.ask("And while it ends?", 1)
    await until(lambda: answers.asked)
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.1)
    assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL  # or the next line would end the tests
    os.kill(os.getpid(), signal.SIGTERM)
    await bot
    assert "could not finish this one" in texts(
        discord_.bodies("POST", "/webhooks/2/token1")[-1]["components"]
    )


async def test_the_message_content_intent_is_asked_for_only_where_it_was_granted(
    discord_: LoopbackDiscord, served: Settings
) -> None:
    discord_.flags = MESSAGE_CONTENT_LIMITED
    bot = run(served, ScriptedAnswers())
    await until(lambda: discord_.ops(2))
    assert discord_.ops(2)[0]["intents"] & (1 << 15)
    bot.cancel()
    with pytest.raises(asyncio.CancelledError):
        await bot


async def test_a_wrong_token_is_refused_in_words_that_do_not_hold_it(
    discord_: LoopbackDiscord, served: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ConfigError, match="does not accept DISCORD_TOKEN") as caught:
        await run(served, ScriptedAnswers(), "wrong")
    assert "wrong" not in str(caught.value)
    assert "Bot wrong" not in caplog.text


async def test_a_busy_metrics_port_does_not_stop_the_bot(
    discord_: LoopbackDiscord, served: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    taken = await asyncio.start_server(
        lambda _reader, writer: writer.close(), *served.metrics.address.split(":")
    )
    bot = run(served, ScriptedAnswers())
    await until(lambda: discord_.ops(2))
    assert f"Cannot listen at {served.metrics.address}" in caplog.text
    bot.cancel()
    await asyncio.gather(bot, return_exceptions=True)
    taken.close()
    await taken.wait_closed()


async def test_a_rate_limit_is_waited_out(discord_: LoopbackDiscord, services: Services) -> None:
    discord_.fail_once = 429
    async with make_client(services) as client:
        await client.login("a.good.token")
        sent = await client.get_partial_messageable(5).send(view=text_message("hello"))
    assert sent.id == 9
    assert len(discord_.bodies("POST", "/channels/5/messages")) == 2
