"""A Discord on loopback, as far as a bot's own transport needs one: REST that remembers, and a gateway."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import WSMsgType, web
from yarl import URL

BOT = {"id": "1", "username": "byline", "discriminator": "0", "avatar": None, "bot": True}
ANN = {"id": "3", "username": "ann", "discriminator": "0", "avatar": None, "global_name": None}
APPLICATION = {
    "id": "2", "name": "byline", "icon": None, "description": "", "bot_public": True, "verify_key": "",
    "bot_require_code_grant": False, "owner": ANN,
}  # fmt: skip
MESSAGE = {
    "id": "9", "channel_id": "5", "author": BOT, "content": "", "timestamp": "2026-01-01T00:00:00+00:00",
    "edited_timestamp": None, "tts": False, "mention_everyone": False, "mentions": [], "mention_roles": [],
    "attachments": [], "embeds": [], "pinned": False, "type": 0, "components": [], "flags": 0,
}  # fmt: skip


@dataclass
class LoopbackDiscord:
    """`flags` are the application's; `fail_once` is a status that the next message is refused with."""

    flags: int = 0
    fail_once: int | None = None
    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    gateway_events: list[dict[str, Any]] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    sequence: int = 0

    async def start(self, monkeypatch: pytest.MonkeyPatch) -> web.AppRunner:
        application = web.Application()
        application.router.add_get("/gateway", self._gateway)
        application.router.add_get("/gateway/", self._gateway)
        application.router.add_route("*", "/{path:.*}", self._rest)
        runner = web.AppRunner(application, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.host = f"127.0.0.1:{runner.addresses[0][1]}"
        monkeypatch.setattr("discord.http.Route.BASE", f"http://{self.host}/api/v10")
        monkeypatch.setattr(
            "discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY", URL(f"ws://{self.host}/gateway")
        )
        return runner

    # -- what a test does and sees

    async def ask(self, question: str, number: int) -> None:
        """A person's /ask arrives over the gateway."""
        await self.command(number, "ask", [{"name": "question", "type": 3, "value": question}])

    async def command(self, number: int, name: str, options: Sequence[dict[str, Any]] = ()) -> None:
        """A command, "group name" too, in a direct message of the owner; `number` is that of its token."""
        name, _, below = name.partition(" ")
        if below:
            options = [{"name": below, "type": 1, "options": list(options)}]
        await self._interaction(number, 2, {"id": "77", "name": name, "type": 1, "options": list(options)})

    async def press(self, number: int, custom_id: str) -> None:
        """A button below the bot's message is pressed."""
        button = {"type": 2, "style": 2, "custom_id": custom_id, "id": 2}
        message = MESSAGE | {"components": [{"type": 1, "id": 1, "components": [button]}], "flags": 1 << 15}
        data = {"custom_id": custom_id, "component_type": 2, "id": 2}
        await self._interaction(number, 3, data, message=message)

    async def _interaction(self, number: int, kind: int, data: dict[str, Any], **more: Any) -> None:
        await self.dispatch(
            "INTERACTION_CREATE",
            {
                "id": str(1_000 + number), "application_id": "2", "type": kind, "token": f"token{number}", "version": 1,
                "channel_id": "5", "channel": {"id": "5", "type": 1, "recipients": [ANN]}, "user": ANN,
                "locale": "en-US", "entitlements": [], "authorizing_integration_owners": {}, "context": 1,
                "attachment_size_limit": 1, "app_permissions": "0", "data": data,
            } | more,
        )  # fmt: skip

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        self.sequence += 1
        await self.sockets[-1].send_str(json.dumps({"op": 0, "t": event, "s": self.sequence, "d": data}))

    def bodies(self, method: str, part: str) -> list[Any]:
        return [body for made, path, body in self.requests if made == method and part in path]

    def ops(self, op: int) -> list[dict[str, Any]]:
        return [event["d"] for event in self.gateway_events if event["op"] == op]

    # -- what Discord does

    async def _rest(self, request: web.Request) -> web.Response:
        body = json.loads(await request.text()) if request.can_read_body else None
        self.requests.append((request.method, request.path, body))
        if request.headers.get("Authorization") == "Bot wrong":
            return self._reply({"message": "401: Unauthorized", "code": 0}, 401)
        if request.path.endswith("/users/@me"):
            return self._reply(BOT)
        if request.path.endswith("/applications/@me"):
            return self._reply(APPLICATION | {"flags": self.flags})
        if request.path.endswith("/commands"):
            return self._reply([])
        if self.fail_once == 429:
            self.fail_once = None
            limited = {"message": "You are being rate limited.", "retry_after": 0.2, "global": False}
            return self._reply(limited, 429, Via="1.1 google")
        if request.path.endswith("/callback"):
            interaction = {"id": request.path.split("/")[-3], "type": 2, "activity_instance_id": None}
            return self._reply({"interaction": interaction})
        return self._reply(MESSAGE)

    def _reply(self, data: object, status: int = 200, **headers: str) -> web.Response:
        # discord.py takes JSON for JSON only without a charset
        body = json.dumps(data).encode()
        return web.Response(body=body, status=status, headers={"Content-Type": "application/json", **headers})

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        await socket.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": 40_000}}))
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                continue
            event = json.loads(message.data)
            self.gateway_events.append(event)
            if event["op"] == 1:
                await socket.send_str(json.dumps({"op": 11}))
            elif event["op"] == 2:
                await self.dispatch(
                    "READY",
                    {
                        "v": 10, "user": BOT, "guilds": [], "session_id": "s",
                        "resume_gateway_url": f"ws://{self.host}/gateway",
                        "application": {"id": "2", "flags": self.flags},
                    },
                )  # fmt: skip
            elif event["op"] == 6:
                await self.dispatch("RESUMED", {})
        return socket


async def until(condition: Any, seconds: float = 10.0) -> None:
    """Wait for something to become true, or fail the test."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
