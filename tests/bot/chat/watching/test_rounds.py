"""Watches and gaps with nothing stood in for but Discord: real files, a real ingest, real answers."""

from __future__ import annotations

import csv
import io
import re
import sys
import time
from asyncio.subprocess import DEVNULL, create_subprocess_exec
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord
from simcord.actors import MemberActor
from stage import labels, shown, texts
from whole_bot import GUILD, ROOT, whole_bot, write_config
from wire import check_request

HARVEST = """---
title: Frost ruins the apricot harvest
url: https://example.org/harvest
date: 2021-05-12
---

Growers in the Wachau lost most of their apricots to three nights of frost in April. Farmer Josef Leitner told the
Valley Courier that only a tenth of his trees still bear fruit.
"""
BRIDGE = """---
title: Mayor opens the Linden Bridge
url: https://example.org/bridge
date: 2016-02-01
---

The Linden Bridge was opened on Monday after three years of work. Mayor Ilse Brandt said the bridge cost forty
million euros. Cyclists had asked for a separate lane, which was built on the northern side.
"""
COST = "How much did the Linden Bridge cost?"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "harvest.md").write_text(HARVEST, "utf-8")
    return write_config(tmp_path, monkeypatch)


@pytest.fixture
async def simcord_bot(config: Path) -> AsyncIterator[discord.Client]:
    async with whole_bot(config) as client:
        yield client


class Newsroom:
    """A channel, an editor and two readers; what the bot says unasked; and the articles it reads."""

    def __init__(self, env: simcord.Env, client: Any, config: Path) -> None:
        self.env, self.client, self.config = env, client, config
        guild = env.create_guild(id=GUILD)
        self.channel = guild.create_text_channel("news")
        admins = guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
        self.editor = guild.add_member(env.create_user("eve"), roles=[admins])
        self.ann = guild.add_member(env.create_user("ann"))
        self.bob = guild.add_member(env.create_user("bob"))

    async def ingest(self, **articles: str) -> list[dict[str, Any]]:
        """Write the articles ("": take it away), ingest, and return what the bot then sends unasked."""
        for name, text in articles.items():
            path = self.config.parent / "articles" / f"{name}.md"
            path.write_text(text, "utf-8") if text else path.unlink()
        command = [sys.executable, "-m", "ingest", "--config", str(self.config), "--allow-removals"]
        child = await create_subprocess_exec(*command, cwd=ROOT, stdout=DEVNULL)
        assert await child.wait() == 0
        return await self.round()

    async def round(self) -> list[dict[str, Any]]:
        before = len(self.env.http_requests)
        await self.client.watching.after_ingest()
        new = self.env.http_requests[before:]
        return [one.json for one in new if one.method == "POST" and one.path.endswith("/messages")]

    async def press(self, who: MemberActor, result: Any, action: str) -> str:
        (button,) = re.findall(rf"byline\w*:{action}:[\w:-]+", str(result.response.components))
        return shown(await who.click(result.response, custom_id=button))

    async def shown_now(self, result: Any) -> str:
        channel = self.client.get_channel(self.channel.id)
        message = await channel.fetch_message(result.response.id)
        return texts([one.to_dict() for one in message.components])


@pytest.fixture
async def newsroom(simcord_env: simcord.Env, simcord_bot: Any, config: Path) -> AsyncIterator[Newsroom]:
    made = Newsroom(simcord_env, simcord_bot, config)
    assert await made.round() == []
    yield made
    for request in simcord_env.http_requests:
        check_request(request.method, request.path, request.json, request.params)


@pytest.mark.simcord(settle_timeout=120)
async def test_a_watch_tells_of_other_evidence_and_of_nothing_else(newsroom: Newsroom) -> None:
    refusal = await newsroom.ann.slash(newsroom.channel, "ask", question=COST)
    assert "Tell me when this changes" in labels(refusal.response.components)
    assert "you hear of it in a direct message" in await newsroom.press(newsroom.ann, refusal, "watch")
    assert COST in shown(await newsroom.ann.slash(newsroom.channel, "watches"))

    told = await newsroom.ingest(bridge=BRIDGE)
    text = "\n".join(texts(one["components"]) for one in told)
    assert "Articles have changed the answer" in text
    assert "forty million euros" in text
    assert await newsroom.round() == []  # once
    assert await newsroom.ingest(harvest=HARVEST.replace("three nights", "four nights")) == []
    assert await newsroom.ingest(bridge=BRIDGE.replace("northern", "southern")) == []  # other words of it

    dearer = await newsroom.ingest(bridge=BRIDGE.replace("forty\nmillion", "fifty\nmillion"))
    assert "fifty million euros" in "\n".join(texts(one["components"]) for one in dearer)
    gone = await newsroom.ingest(bridge="")
    assert "No article here answers that" in "\n".join(texts(one["components"]) for one in gone)

    own = await newsroom.ann.slash(newsroom.channel, "watches")
    assert "Ended" in await newsroom.press(newsroom.ann, own, "end")
    assert await newsroom.ingest(bridge=BRIDGE) == []


@pytest.mark.simcord(settle_timeout=120)
async def test_a_gap_is_closed_by_the_article_that_answers_it_and_those_who_asked_hear_of_it(
    newsroom: Newsroom,
) -> None:
    await newsroom.ann.slash(newsroom.channel, "ask", question=COST)
    await newsroom.bob.slash(newsroom.channel, "ask", question="how much did the linden bridge cost in all")
    await newsroom.bob.slash(newsroom.channel, "ask", question="Who directed the volcano film?", private=True)
    gaps = await newsroom.editor.slash(newsroom.channel, "gaps")
    assert "asked 2 times by 2 people" in shown(gaps)
    assert "asked once by 1 person" in shown(gaps)
    await newsroom.editor.click(gaps.response, custom_id="bylinewatch:gap:1")
    assert "taken (eve)" in shown(await newsroom.editor.slash(newsroom.channel, "gaps"))

    told = await newsroom.ingest(bridge=BRIDGE)
    assert f"<@{newsroom.ann.id}> <@{newsroom.bob.id}> You asked this" in texts(told[0]["components"])
    assert {int(one) for one in told[0]["allowed_mentions"]["users"]} == {newsroom.ann.id, newsroom.bob.id}
    assert "forty million euros" in texts(told[1]["components"])
    assert len(told) == 2
    assert await newsroom.round() == []
    answered = await newsroom.editor.slash(newsroom.channel, "gaps", state="answered")
    assert "Linden Bridge" in shown(answered)
    (row, *_) = csv.DictReader(io.StringIO(await _table(answered)))
    assert (row["state"], row["asked"], row["people"]) == ("answered", "2", "2")
    assert str(newsroom.ann.id) not in str(row)


async def _table(result: Any) -> str:
    (file,) = result.response.attachments
    data = file.data if hasattr(file, "data") else await file.read()
    return bytes(data).decode("utf-8-sig")


@pytest.mark.simcord(settle_timeout=120)
async def test_who_is_forgotten_is_told_nothing(newsroom: Newsroom) -> None:
    refusal = await newsroom.ann.slash(newsroom.channel, "ask", question=COST)
    await newsroom.press(newsroom.ann, refusal, "watch")
    await newsroom.editor.slash(newsroom.channel, "gaps")
    assert "2 entries deleted" in shown(await newsroom.ann.slash(newsroom.channel, "forget-me"))
    assert await newsroom.ingest(bridge=BRIDGE) == []
    assert await newsroom.client.services.watches.gaps() == []


@pytest.mark.simcord(settle_timeout=120)
async def test_an_answer_whose_words_change_at_their_source_is_marked_and_told_once_to_who_relied_on_it(
    newsroom: Newsroom,
) -> None:
    assert await newsroom.ingest(bridge=BRIDGE) == []
    answer = await newsroom.ann.slash(newsroom.channel, "ask", question=COST)
    await newsroom.press(newsroom.bob, answer, "up")
    assert await newsroom.ingest(bridge=BRIDGE.replace("northern", "southern")) == []  # not what it quotes

    (told,) = await newsroom.ingest(bridge=BRIDGE.replace("forty\nmillion", "fifty\nmillion"))
    news = texts(told["components"])
    assert news.startswith(f"<@{newsroom.ann.id}> <@{newsroom.bob.id}> You asked this, or voted it up")
    assert {int(one) for one in told["allowed_mentions"]["users"]} == {newsroom.ann.id, newsroom.bob.id}
    assert f"{newsroom.channel.id}/" in news
    assert "~~forty~~ **fifty**" in news
    marked = await newsroom.shown_now(answer)
    assert marked.startswith("⚠️ The article has changed since: Mayor opens the Linden Bridge")
    assert "~~forty~~ **fifty**" in marked
    assert "forty million euros" in marked  # the answer itself stays as it was given

    assert await newsroom.ingest(bridge="") == []  # told once
    assert (await newsroom.shown_now(answer)).startswith("⚠️ The article has been removed since")
    assert await newsroom.ingest(bridge=BRIDGE) == []
    assert "⚠️" not in await newsroom.shown_now(answer)

    changes = shown(await newsroom.editor.slash(newsroom.channel, "corpus changes"))
    assert "~~southern~~ **northern**" not in changes  # of what was removed no words are kept
    assert "removed" in changes


@pytest.mark.simcord(settle_timeout=120)
async def test_an_answer_that_only_its_asker_saw_is_corrected_in_private(newsroom: Newsroom) -> None:
    await newsroom.ingest(bridge=BRIDGE)
    await newsroom.ann.slash(newsroom.channel, "ask", question=COST, private=True)
    (told,) = await newsroom.ingest(bridge=BRIDGE.replace("forty\nmillion", "fifty\nmillion"))
    assert "~~forty~~ **fifty**" in texts(told["components"])
    assert str(newsroom.ann.id) not in texts(told["components"])  # nobody is named
    requests = newsroom.env.http_requests
    assert not any(one.method == "PATCH" and "/channels/" in one.path for one in requests)
    editor = shown(await newsroom.editor.slash(newsroom.channel, "corpus changes"))
    assert "~~forty~~ **fifty** million euros" in editor


@pytest.mark.simcord(settle_timeout=120)
async def test_what_was_asked_in_vain_is_posted_once_a_week_where_config_says(newsroom: Newsroom) -> None:
    services, channel = newsroom.client.services, newsroom.channel
    await newsroom.ann.slash(channel, "ask", question=COST)
    before = len(newsroom.env.http_requests)
    await newsroom.client.watching.post()
    assert len(newsroom.env.http_requests) == before  # nowhere, unless a channel is named
    own = services.settings.discord.model_copy(update={"gaps_channel": channel.id})
    services.settings = services.settings.model_copy(update={"discord": own})
    for _ in range(2):
        await newsroom.client.watching.post()
    (posted,) = newsroom.env.http_requests[before:]
    assert posted.path == f"/channels/{channel.id}/messages"
    assert COST in texts(posted.json["components"])
    await services.records.save_note("gaps posted", str(time.time() - 8 * 86_400))
    await newsroom.client.watching.post()
    assert len(newsroom.env.http_requests) == before + 2


def configured(newsroom: Newsroom, **changes: Any) -> None:
    services = newsroom.client.services
    own = services.settings.discord.model_copy(update=changes)
    services.settings = services.settings.model_copy(update={"discord": own})


@pytest.mark.simcord(settle_timeout=120)
async def test_new_articles_of_chosen_sources_are_posted_as_they_come_so_many_an_hour(
    newsroom: Newsroom,
) -> None:
    configured(
        newsroom, announce_channel=newsroom.channel.id, announce_sources=("example",), announce_an_hour=1
    )
    elsewhere = BRIDGE.replace("example.org", "elsewhere.net").replace("Linden", "Other")
    second = HARVEST.replace("Frost ruins", "Hail ruins").replace("/harvest", "/hail")
    await newsroom.ingest(bridge=BRIDGE, other=elsewhere, hail=second)
    before = len(newsroom.env.http_requests)
    for _ in range(2):
        await newsroom.client.watching.post()
    (posted,) = newsroom.env.http_requests[before:]
    assert "A new article:" in texts(posted.json["components"])
    assert "Mayor opens the Linden Bridge" in texts(posted.json["components"])  # the oldest first

    an_hour_ago = str([time.time() - 3_601])
    await newsroom.client.services.records.save_note("articles announced at", an_hour_ago)
    await newsroom.client.watching.post()
    later = newsroom.env.http_requests[before + 1 :]
    assert ["Hail ruins" in texts(one.json["components"]) for one in later] == [True]
    await newsroom.ingest(bridge=BRIDGE.replace("forty", "fifty"))  # changed, not new
    await newsroom.client.services.records.save_note("articles announced at", an_hour_ago)
    count = len(newsroom.env.http_requests)
    await newsroom.client.watching.post()
    assert len(newsroom.env.http_requests) == count


@pytest.mark.simcord(settle_timeout=120)
async def test_a_digest_is_posted_every_so_many_days_where_there_is_news(newsroom: Newsroom) -> None:
    days = {"digest_channel": newsroom.channel.id, "digest_days": 3_650}
    configured(newsroom, digest_topic="quantum physics", **days)
    before = len(newsroom.env.http_requests)
    await newsroom.client.watching.post()
    assert len(newsroom.env.http_requests) == before
    configured(newsroom, digest_topic="the apricot harvest", **days)
    await newsroom.client.services.records.save_note("digest posted", "0")
    for _ in range(2):
        await newsroom.client.watching.post()
    (posted,) = newsroom.env.http_requests[before:]
    assert "Growers in the Wachau" in texts(posted.json["components"])
