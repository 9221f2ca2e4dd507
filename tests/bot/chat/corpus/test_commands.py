"""/corpus over a stand-in for `ingest`: a package that does what a test writes into it, in a real child process."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from ingest_stand_in import asked, program, saying
from stage import REPORT, World, labels, shown, texts

from bot.chat.corpus import run_display
from bot.chat.corpus.buttons import CorpusButton, with_buttons

ADMIN = discord.Permissions(manage_guild=True)
STATUS = {
    "generation": "g1", "articles": 2, "passages": 3, "oldest": "2015-11-23", "newest": "2016-02-01",
    "built_at": "2026-01-01T00:00:00+00:00", "previous": "g0", "bytes": 12_345_678, "running": None,
    "last_run": {
        "by": "ann @everyone", "action": "refresh", "started": "2026-01-01T00:00:00+00:00", "added": 2, "rejects": 1,
        "rejected": [{"path": "broken.pdf", "reason": "no text"}],
    },
    "refresh_minutes": 0,
}  # fmt: skip


@pytest.fixture
def boss(world: World) -> simcord.actors.MemberActor:
    """Somebody who may run the corpus; what they start is checked like everything that is sent."""
    person = world.guild.add_member(world.env.create_user("boss"))
    world.services.owners = frozenset({person.id})
    return person


def custom_ids(components: Any) -> list[str]:
    found: list[str] = []
    for component in components:
        found += [component["custom_id"]] if "custom_id" in component else []
        found += custom_ids(component.get("components", []))
    return found


async def press(world: World, member: Any, result: Any, place: int = 0) -> Any:
    return await member.click(result.response, custom_id=custom_ids(result.response.components)[place])


# -- status


async def test_status_says_how_much_there_is_and_how_fresh(world: World) -> None:
    result = await world.ann.slash(world.channel, "corpus status")
    text = shown(result)
    assert "2 articles · 3 passages" in text
    assert "From November 23, 2015 to February 1, 2016." in text
    assert "<t:1767225600:R>" in text
    assert "Generation" not in text
    assert result.ephemeral


async def test_status_tells_those_who_run_the_corpus_everything(
    world: World, boss: Any, package: Path
) -> None:
    program(package, saying(STATUS))
    text = shown(await boss.slash(world.channel, "corpus status"))
    assert asked(package) == [["--status"]]
    assert "2 articles · 3 passages" in text
    assert "Generation `g1`, 12.3 MB on disk." in text
    assert "`[corpus] refresh_minutes`" in text
    assert "Last run: `refresh` by ann @\u200beveryone, <t:1767225600:R>. 2 added" in text
    assert "- broken.pdf: no text" in text


# -- who may


COMMANDS = [
    ("corpus refresh", {}), ("corpus add", {"url": "https://example.org/a"}), ("corpus remove", {"article": "a1"}),
    ("corpus rollback", {}), ("corpus log", {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options"), COMMANDS)
async def test_a_member_without_rights_is_refused_and_told_which_line_would_help(
    world: World, package: Path, name: str, options: dict[str, str]
) -> None:
    program(package, saying(REPORT))
    result = await world.ann.slash(world.channel, name, **options)
    assert result.ephemeral
    assert "`[discord] admin_roles = [ROLE_ID]`" in shown(result)
    assert asked(package) == []


@pytest.mark.parametrize("custom_id", [
    "remove:a1", "rollback:g1", "allow:99999999", "log:0", "stop:abcd",
])  # fmt: skip
async def test_a_button_asks_again_who_presses_it(world: World, package: Path, custom_id: str) -> None:
    program(package, saying(STATUS))
    channel = world.client.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    action, argument = custom_id.split(":")
    message = await channel.send(view=with_buttons("?", [CorpusButton(action, argument)]))
    result = await world.ann.click(message, custom_id=f"bylinecorpus:{custom_id}")
    assert "`[discord] admin_roles = [ROLE_ID]`" in shown(result)
    assert asked(package) == []


async def test_manage_server_alone_is_not_enough_outside_the_home_servers(world: World) -> None:
    boss = world.guild.add_member(
        world.env.create_user("boss"), roles=[world.guild.create_role("b", permissions=ADMIN)]
    )
    result = await boss.slash(world.channel, "corpus refresh")
    assert f"`[discord] home_servers = [{world.guild.id}]`" in shown(result)


async def test_in_direct_messages_only_the_owner_may(world: World) -> None:
    result = await world.ann.user.slash("corpus refresh")
    assert "Only the owner of this bot may do that" in shown(result)


async def test_titles_are_offered_to_those_who_run_the_corpus_only(world: World, boss: Any) -> None:
    assert len(await boss.autocomplete(world.channel, "corpus remove", "article", "Bridge")) == 1
    assert await world.ann.autocomplete(world.channel, "corpus remove", "article", "Bridge") == []


# -- refresh


async def test_a_refresh_says_what_changed_and_who_asked_for_it(
    world: World, boss: Any, package: Path
) -> None:
    program(package, saying(REPORT))
    result = await boss.slash(world.channel, "corpus refresh")
    assert "2 added, 0 changed, 1 removed, 5 unchanged" in shown(result)
    assert asked(package) == [[f"--by=boss ({boss.id})", "--refresh"]]
    assert custom_ids(result.response.components) == []


async def test_a_name_can_neither_be_a_flag_nor_hide_characters(world: World, package: Path) -> None:
    person = world.guild.add_member(world.env.create_user("-\u202e--config=x"))
    world.services.owners = frozenset({person.id})
    program(package, saying(REPORT))
    await person.slash(world.channel, "corpus refresh")
    assert asked(package) == [[f"--by=---config=x ({person.id})", "--refresh"]]


async def test_a_refresh_that_fails_says_why_and_the_bot_stays(
    world: World, boss: Any, package: Path
) -> None:
    program(package, saying({"error": "The folder articles/ is empty."}, 1))
    assert "The folder articles/ is empty." in shown(await boss.slash(world.channel, "corpus refresh"))
    assert "Mehdi Sanaei" in shown(await world.ann.slash(world.channel, "ask", question="Who spoke?"))


async def test_a_crash_without_a_word_is_told_by_its_status(world: World, boss: Any, package: Path) -> None:
    program(package, "os._exit(7)")
    assert "status 7" in shown(await boss.slash(world.channel, "corpus refresh"))


async def test_a_run_of_the_schedule_or_the_shell_is_named_too(
    world: World, boss: Any, package: Path
) -> None:
    state = {"by": "schedule", "action": "refresh", "started": "2026-01-01T00:00:00+00:00",
             "stage": "embedding", "done": 1, "total": 4}  # fmt: skip
    program(package, saying({"outcome": "failed", "error": "busy", "running": state}, 1))
    text = shown(await boss.slash(world.channel, "corpus refresh"))
    assert "The schedule started a run (`refresh`) <t:1767225600:R>:" in text
    assert "25 %" in text
    assert "a second" not in text
    assert "left" not in text
    program(package, saying({"outcome": "failed", "error": "busy", "running": None}, 1))
    assert "Somebody started a run" in shown(await boss.slash(world.channel, "corpus refresh"))


async def test_a_refresh_that_outlives_its_token_goes_on_in_the_channel(
    world: World, boss: Any, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_display, "TOKEN_LASTS", 0.0)
    rejected = REPORT | {"rejected": [{"path": "secret-plan.pdf", "reason": "no text"}]}
    program(package, "tell('embedding', 30, 120)\n" + saying(rejected))
    result = await boss.slash(world.channel, "corpus refresh")
    assert "goes on in a message of its own" in shown(result)
    moved = world.channel.last_message
    assert moved is not None
    text = texts(moved.components)
    assert "2 added" in text
    assert "1 could not be read. `/corpus status` names them." in text
    assert "secret-plan" not in text  # the channel is read by others


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 10015)])
async def test_a_token_that_died_before_its_time_loses_nothing(
    world: World, boss: Any, package: Path, status: int, code: int
) -> None:
    world.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=status, code=code, times=None)
    program(package, saying(REPORT))
    await boss.slash(world.channel, "corpus refresh")
    assert world.channel.last_message is not None
    assert "2 added" in texts(world.channel.last_message.components)


async def test_where_the_bot_may_not_write_the_end_comes_in_a_direct_message(
    world: World, boss: Any, package: Path
) -> None:
    world.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=401, code=50027, times=None)
    world.env.inject_error(
        "POST", f"/channels/{world.channel.id}/messages", status=403, code=50001, times=None
    )
    program(package, saying(REPORT))
    await boss.slash(world.channel, "corpus refresh")
    message = boss.user.dm_channel.last_message
    assert message is not None
    assert "2 added" in texts(message.components)


# -- what would disappear


STOPPED = {"outcome": "failed", "error": "30 of 40 …", "removals": {
    "removed": 30, "articles": 40, "titles": [f"Old *news* {n} @everyone" for n in range(10)]}}  # fmt: skip


async def test_a_run_that_would_lose_too_much_says_so_and_goes_on_when_confirmed(
    world: World, boss: Any, package: Path
) -> None:
    allowed = f"if '--allow-removals' in arguments: {saying(REPORT)}\n"
    program(package, allowed + saying(STOPPED, 1))
    result = await boss.slash(world.channel, "corpus refresh")
    text = shown(result)
    assert "30 of 40 articles would disappear" in text
    assert "- Old \\*news\\* 0 @\u200beveryone" in text
    assert "… and 22 more." in text
    await press(world, boss, result)
    assert asked(package)[-1][1:] == ["--refresh", "--allow-removals"]
    assert "2 added" in shown(result)


async def test_a_confirmation_that_is_old_is_not_taken(world: World, boss: Any, package: Path) -> None:
    program(package, saying(REPORT))
    channel = world.client.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    old = str(int(time.time() // 60) - 31)
    message = await channel.send(view=with_buttons("?", [CorpusButton("allow", old)]))
    result = await boss.click(message, custom_id=f"bylinecorpus:allow:{old}")
    assert "too long ago" in shown(result)
    assert asked(package) == []


# -- add


ADDED = {"action": "add", "articles": [{"article_id": "x", "title": "A *new* one", "url": None}]} | REPORT


async def test_an_upload_is_saved_under_a_name_of_ours_and_gone_afterwards(
    world: World, boss: Any, package: Path
) -> None:
    keep = "place = pathlib.Path(arguments[-2][6:]); pathlib.Path('kept').write_bytes(place.read_bytes())\n"
    program(package, keep + saying(ADDED))
    result = await boss.slash(world.channel, "corpus add", file=("..\\..\\--config=évil.MD", b"# Hello"))
    (arguments,) = asked(package)
    added = Path(arguments[1].removeprefix("--add="))
    assert added.name == "upload.md"
    assert added.parent.name.startswith("byline-")
    assert not added.parent.exists()
    assert arguments[2] == "--name=--config=évil.MD"
    assert (package.parent.parent / "kept").read_bytes() == b"# Hello"
    assert "**A \\*new\\* one** is in the corpus; ask about it." in shown(result)


@pytest.mark.parametrize("name", ["virus.exe", "noending", ".md", "archive.zip", "page.md/"])
async def test_a_file_of_another_kind_is_refused_before_it_is_fetched(
    world: World, boss: Any, package: Path, name: str
) -> None:
    program(package, saying(ADDED))
    text = shown(await boss.slash(world.channel, "corpus add", file=(name, b"x")))
    if name == "page.md/":  # the last part of it is a good name
        assert "is in the corpus" in text
    else:
        assert "`.pdf`" in text
        assert asked(package) == []


async def test_a_file_above_the_servers_limit_is_refused(world: World, boss: Any, package: Path) -> None:
    program(package, saying(ADDED))
    result = await boss.slash(world.channel, "corpus add", file=("a*b.txt", b"x" * 26_214_401))
    assert "**a\\*b.txt** is too large: up to 26 MB" in shown(result)
    assert asked(package) == []


@pytest.mark.parametrize("written", [
    "/etc/passwd", "articles/secret.md", "file:///etc/passwd", "--config=x", "ftp://example.org/a", "https://",
    "https://user:pass@example.org/", "https://exa mple.org/", "javascript:alert(1)", "https://[::1",
])  # fmt: skip
async def test_what_is_no_web_address_never_reaches_the_disk(
    world: World, boss: Any, package: Path, written: str
) -> None:
    program(package, saying(ADDED))
    told = shown(await boss.slash(world.channel, "corpus add", url=written))
    assert "not an address of the web" in told or "a name or a password in that address" in told
    assert asked(package) == []


@pytest.mark.parametrize(("written", "why"), [
    ("https://user:pass@example.org/", "There is a name or a password in that address"),
    ("HTTPS://user@example.org", "There is a name or a password in that address"),
    ("https://example.org/a b@c", "There is a space in it."), ("example.org/a", "It begins with `https://`."),
])  # fmt: skip
async def test_what_is_wrong_with_an_address_is_told(world: World, boss: Any, written: str, why: str) -> None:
    told = shown(await boss.slash(world.channel, "corpus add", url=written))
    assert why in told
    assert "pass@" not in told


async def test_a_page_is_added_by_its_address(world: World, boss: Any, package: Path) -> None:
    program(package, saying(ADDED))
    await boss.slash(world.channel, "corpus add", url=" https://example.org/a?b=1 ")
    assert asked(package) == [[f"--by=boss ({boss.id})", "--add=https://example.org/a?b=1"]]


async def test_a_file_and_an_address_at_once_or_neither_are_asked_for_again(
    world: World, boss: Any, package: Path
) -> None:
    program(package, saying(ADDED))
    assert "either a file or an address" in shown(await boss.slash(world.channel, "corpus add"))
    both = await boss.slash(world.channel, "corpus add", url="https://example.org/", file=("a.md", b"x"))
    assert "either a file or an address" in shown(both)
    assert asked(package) == []


# -- remove, roll back, log


async def test_an_article_is_removed_once_that_is_confirmed(world: World, boss: Any, package: Path) -> None:
    program(package, saying(REPORT | {"action": "remove", "articles": [{"title": "Bridge @everyone opens"}]}))
    result = await boss.slash(world.channel, "corpus remove", article="a2")
    assert "Take **Bridge @\u200beveryone opens** out of the corpus?" in shown(result)
    assert asked(package) == []
    await press(world, boss, result)
    assert asked(package) == [[f"--by=boss ({boss.id})", "--remove=a2"]]
    assert "stays out until somebody adds it again" in shown(result)


async def test_an_article_that_is_not_there_is_not_removed(world: World, boss: Any) -> None:
    text = shown(await boss.slash(world.channel, "corpus remove", article="--all"))
    assert "No article of the corpus goes by that." in text


async def test_a_roll_back_is_confirmed_and_undoes_only_what_was_shown(
    world: World, boss: Any, package: Path
) -> None:
    rolled = {"action": "rollback", "generation": "g0", "undone": "g1", "articles": 7, "passages": 9}
    status = f"if '--status' in arguments: {saying(STATUS)}\n"
    program(package, status + saying(rolled))
    result = await boss.slash(world.channel, "corpus rollback")
    assert "Go back from generation `g1` to `g0`?" in shown(result)
    (button,) = custom_ids(result.response.components)
    await boss.click(result.response, custom_id=button)
    assert "Back to generation `g0`: 7 articles, 9 passages." in shown(result)
    assert asked(package)[-1] == [f"--by=boss ({boss.id})", "--rollback"]

    again = await boss.slash(world.channel, "corpus rollback")
    program(
        package, f"if '--status' in arguments: {saying(STATUS | {'generation': 'g5'})}\n" + saying(rolled)
    )
    pressed = await boss.click(again.response, custom_id=button)
    assert "The corpus has changed since." in shown(pressed)
    assert asked(package)[-1] == ["--status"]


async def test_without_an_earlier_generation_there_is_nothing_to_go_back_to(
    world: World, boss: Any, package: Path
) -> None:
    program(package, saying(STATUS | {"previous": None}))
    assert "no earlier state" in shown(await boss.slash(world.channel, "corpus rollback"))


async def test_the_log_is_read_page_by_page(world: World, boss: Any, package: Path) -> None:
    program(
        package,
        """
        number = int(next(a for a in arguments if a.startswith("--log="))[6:])
        entry = lambda n: dict(at="2026-01-01T00:00:00+00:00", by=f"ann @here {n}", action="add", what=[f"Title {n}"],
                               added=1, changed=0, removed=0, note="")
        print(json.dumps({"log": [entry(n) for n in range(12)][:number]}))
    """,
    )
    result = await boss.slash(world.channel, "corpus log")
    assert "<t:1767225600:f> **ann @\u200bhere 0** `add` +1 ~0 −0 · Title 0" in shown(result)
    assert "Title 8" not in shown(result)
    assert labels(result.response.components) == ["Next"]
    await press(world, boss, result)
    assert "Title 8" in shown(result)
    assert "Title 11" in shown(result)
    assert labels(result.response.components) == ["Back"]
    await press(world, boss, result)
    assert "Title 0" in shown(result)


async def test_an_empty_log_says_so(world: World, boss: Any, package: Path) -> None:
    program(package, saying({"log": []}))
    assert "Nothing has been changed yet." in shown(await boss.slash(world.channel, "corpus log"))
