"""Health and metrics over HTTP, on a port of their own that nobody outside needs to reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.operations.metrics import Metrics


def monitoring_app(metrics: Metrics, health: Callable[[], dict[str, Any]]) -> web.Application:
    """`/health` answers 200 while `health()["ok"]`, else 503; `/metrics` is what Prometheus scrapes."""

    async def show_health(_request: web.Request) -> web.Response:
        found = health()
        return web.json_response(found, status=200 if found["ok"] else 503)

    async def show_metrics(_request: web.Request) -> web.Response:
        return web.Response(
            body=metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"}
        )

    application = web.Application()
    application.router.add_get("/health", show_health)
    application.router.add_get("/metrics", show_metrics)
    return application
