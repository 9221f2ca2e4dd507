from __future__ import annotations

import pytest
import simcord
from stage import ShelfLibrary, World
from wire import check_request

from bot.chat.client import invitation, make_client
from bot.chat.services import Services


async def test_commands_are_sent_when_they_changed_and_not_at_every_start(
    world: World, simcord_env: simcord.Env
) -> None:
    def synced() -> int:
        return sum(request.path.endswith("/commands") for request in world.env.http_requests)

    assert synced() == 1
    again = make_client(
        Services(
            world.services.settings,
            world.answers,
            ShelfLibrary(),
            world.services.records,
            world.tmp_path,  # type: ignore[arg-type]
        )
    )
    await simcord_env.restart_bot(again)
    assert synced() == 1
    await world.services.records.save_note("commands synced", "another version")
    await simcord_env.restart_bot(make_client(again.services))
    assert synced() == 2


async def test_every_command_answers_in_the_persons_language(world: World) -> None:
    (request,) = [one for one in world.env.http_requests if one.path.endswith("/commands")]
    assert isinstance(request.json, list)
    for command in request.json:
        if command["type"] == 1:
            assert set(command["description_localizations"]) == {"de", "fr"}, command["name"]


def test_no_privileged_intent_is_asked_for_by_default(services: Services) -> None:
    intents = make_client(services).intents
    assert not any((intents.message_content, intents.members, intents.presences))


async def test_the_owner_of_the_application_is_known(world: World) -> None:
    application = await world.client.application_info()
    assert application.owner.id in world.services.owners


def test_the_invitation_asks_for_no_more_than_is_used() -> None:
    assert invitation(42) == (
        "https://discord.com/oauth2/authorize?client_id=42&scope=bot+applications.commands"
        "&permissions=309237763072"
    )


async def test_no_mention_is_ever_allowed(world: World) -> None:
    assert world.client.allowed_mentions is not None
    assert world.client.allowed_mentions.to_dict() == {"parse": []}


V2 = 1 << 15
NO_MENTIONS: dict[str, list[str]] = {"parse": []}


@pytest.mark.parametrize("body", [
    {"components": [{"type": 10, "content": "hi @everyone"}], "flags": V2, "allowed_mentions": NO_MENTIONS},
    {"components": [{"type": 10, "content": "hi"}], "flags": V2},
    {"components": [{"type": 10, "content": "x" * 4001}], "flags": V2, "allowed_mentions": NO_MENTIONS},
    {"content": "x", "components": [{"type": 10, "content": "x"}], "allowed_mentions": NO_MENTIONS},
])  # fmt: skip
def test_the_check_of_what_is_sent_refuses_what_discord_would(body: dict[str, object]) -> None:
    with pytest.raises(AssertionError):
        check_request("POST", "/channels/1/messages", body, {})
