from __future__ import annotations

import aiohttp
from aiohttp.test_utils import TestServer
from stage import World

from bot.operations.monitoring import monitoring_app


async def test_questions_votes_and_errors_are_counted_and_health_follows_the_connection(world: World) -> None:
    await world.ann.slash(world.channel, "ask", question="Who spoke?")
    world.answers.error = RuntimeError("broken")
    await world.ann.slash(world.channel, "ask", question="Who spoke?")
    text = world.services.metrics.text().decode()
    assert 'byline_questions_total{outcome="answered"} 1.0' in text
    assert 'byline_questions_total{outcome="failed"} 1.0' in text
    assert 'byline_errors_total{kind="RuntimeError"} 1.0' in text
    assert "byline_acknowledge_seconds_count 2.0" in text
    assert "byline_questions_running 0.0" in text
    assert world.client.health()["ok"]
    world.services.closing = True
    assert not world.client.health()["ok"]


async def test_health_and_metrics_are_served() -> None:
    from bot.operations.metrics import Metrics

    healthy = True
    metrics = Metrics()
    metrics.voted("up")
    server = TestServer(monitoring_app(metrics, lambda: {"ok": healthy}))
    await server.start_server()
    async with aiohttp.ClientSession() as session:
        async with session.get(server.make_url("/health")) as response:
            assert (response.status, await response.json()) == (200, {"ok": True})
        healthy = False
        async with session.get(server.make_url("/health")) as response:
            assert response.status == 503
        async with session.get(server.make_url("/metrics")) as response:
            assert 'byline_votes_total{vote="up"} 1.0' in await response.text()
    await server.close()
