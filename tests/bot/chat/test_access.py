from __future__ import annotations

import pytest

from bot.chat.access import Person, Place, ServerSettings, refusal, runs_corpus
from bot.chat.cooldowns import Cooldowns
from bot.settings import DiscordSettings

HOME, AWAY = 10, 20
SETTINGS = DiscordSettings(home_servers=(HOME,), admin_roles=(7,))
MANAGER = Person(1, manages_server=True)


@pytest.mark.parametrize(
    ("place", "person", "allowed"),
    [
        (Place(HOME, 1), MANAGER, True),
        (Place(AWAY, 1), MANAGER, False),
        (Place(HOME, 1), Person(1), False),
        (Place(AWAY, 1), Person(1, frozenset({7})), True),
        (Place(AWAY, 1), Person(99), True),
        (Place(None, 1), Person(99), True),
        (Place(None, 1), Person(1, frozenset({7}), True), False),
    ],
)
def test_who_runs_the_corpus(place: Place, person: Person, allowed: bool) -> None:
    assert runs_corpus(place, person, {99}, SETTINGS) is allowed


def test_a_thread_counts_as_its_channel_and_a_channel_as_its_category() -> None:
    server = ServerSettings.of(DiscordSettings(ignored_channels=(5,)))
    assert refusal(Place(HOME, 6, frozenset({5})), Person(1), server) is not None
    assert refusal(Place(HOME, 6, frozenset({4})), Person(1), server) is None


def test_outdated_keys_in_the_records_are_ignored() -> None:
    server = ServerSettings.of(DiscordSettings(), {"threads": False, "gone": 1, "allowed_channels": [1]})
    assert server.threads is False
    assert server.allowed_channels == (1,)


def test_a_cooldown_tells_the_time_left_and_is_not_prolonged_by_asking() -> None:
    now = [100.0]
    cooldowns = Cooldowns(lambda: now[0])
    assert cooldowns.take({"a": 10.0, "channel": 0.0}) == 0
    now[0] += 4
    assert cooldowns.take({"a": 10.0}) == 6
    assert cooldowns.take({"b": 10.0, "a": 10.0}) == 6
    assert cooldowns.take({"b": 10.0}) == 0
    now[0] += 6
    assert cooldowns.take({"a": 10.0}) == 0
