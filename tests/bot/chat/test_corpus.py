from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import discord
import pytest
from stage import World, shown

from bot.chat.corpus import Refresh, RefreshFailed, report_text
from bot.chat.language import words_in

ADMIN = discord.Permissions(manage_guild=True)
REPORT = {
    "added": 2,
    "changed": 0,
    "removed": 1,
    "unchanged": 5,
    "rejected": [],
    "passages": 9,
    "generation": "g2",
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `ingest` package that does what a test writes into it, found by the child in its working folder."""
    (tmp_path / "ingest").mkdir()
    (tmp_path / "ingest" / "__init__.py").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path / "ingest" / "__main__.py"


def program(path: Path, text: str) -> None:
    path.write_text(textwrap.dedent(text), encoding="utf-8")


async def test_status_says_how_much_there_is_and_how_fresh(world: World) -> None:
    result = await world.ann.slash(world.channel, "corpus status")
    text = shown(result)
    assert "2 articles · 3 passages" in text
    assert "From November 23, 2015 to February 1, 2016." in text
    assert "<t:1767225600:R>" in text
    assert result.ephemeral


async def test_a_member_without_rights_is_refused_and_told_which_line_would_help(world: World) -> None:
    result = await world.ann.slash(world.channel, "corpus refresh")
    assert result.ephemeral
    assert "`[discord] admin_roles = [ROLE_ID]`" in shown(result)


async def test_manage_server_alone_is_not_enough_outside_the_home_servers(world: World) -> None:
    boss = world.guild.add_member(
        world.env.create_user("boss"), roles=[world.guild.create_role("b", permissions=ADMIN)]
    )
    result = await boss.slash(world.channel, "corpus refresh")
    assert f"`[discord] home_servers = [{world.guild.id}]`" in shown(result)


async def test_in_direct_messages_only_the_owner_may(world: World) -> None:
    result = await world.ann.user.slash("corpus refresh")
    assert "Only the owner of this bot may do that" in shown(result)


async def test_the_applications_owner_may_refresh_anywhere(world: World, package: Path) -> None:
    program(package, f"print({json.dumps(json.dumps(REPORT))})")
    world.services.owners = frozenset({world.ann.id})
    result = await world.ann.slash(world.channel, "corpus refresh")
    assert "2 added, 0 changed, 1 removed, 5 unchanged" in shown(result)


async def test_a_refresh_that_fails_says_why_and_the_bot_stays(world: World, package: Path) -> None:
    program(
        package,
        "import json, sys\nprint(json.dumps({'error': 'The folder articles/ is empty.'}))\nsys.exit(1)",
    )
    world.services.owners = frozenset({world.ann.id})
    result = await world.ann.slash(world.channel, "corpus refresh")
    assert "The folder articles/ is empty." in shown(result)
    assert "Mehdi Sanaei" in shown(await world.ann.slash(world.channel, "ask", question="Who?"))


async def test_the_child_is_given_the_config_and_never_the_token(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    program(
        package,
        """
        import json, os, sys
        print(json.dumps({"step": 1}), file=sys.stderr)
        print(json.dumps({"stage": "embedding", "done": 3, "total": 9}), file=sys.stderr)
        print(json.dumps({"arguments": sys.argv[1:], "token": os.environ.get("DISCORD_TOKEN")}))
    """,
    )
    refresh = Refresh(tmp_path / "config.toml")
    assert [step async for step in refresh.run()] == [("embedding", 3, 9)]
    assert refresh.report == {
        "arguments": ["--json", "--progress", "--config", str(tmp_path / "config.toml")],
        "token": None,
    }


async def test_the_child_is_ended_when_nobody_waits_for_it(package: Path, tmp_path: Path) -> None:
    program(
        package,
        """
        import json, sys, time, pathlib
        print(json.dumps({"stage": "reading", "done": 0, "total": 1}), file=sys.stderr, flush=True)
        time.sleep(30)
    """,
    )
    steps = Refresh(tmp_path / "config.toml").run()
    assert await anext(steps) == ("reading", 0, 1)
    await steps.aclose()  # returns only once the child is gone


async def test_a_crash_without_a_word_is_told_by_its_status(package: Path, tmp_path: Path) -> None:
    program(package, "import os; os._exit(7)")
    with pytest.raises(RefreshFailed, match="status 7"):
        async for _ in Refresh(tmp_path / "config.toml").run():
            pass


def test_rejects_are_named_and_cannot_mark_up_the_message() -> None:
    rejected: list[dict[str, Any]] = [
        {"path": f"a*{n}.pdf", "reason": "no text @everyone"} for n in range(12)
    ]
    text = report_text(REPORT | {"rejected": rejected}, words_in("en"))
    assert "12 could not be read:" in text
    assert "- a\\*0.pdf: no text @\u200beveryone" in text
    assert "… and 4 more." in text
