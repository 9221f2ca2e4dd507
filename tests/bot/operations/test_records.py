from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.operations.records import Records
from bot.operations.records_file import RecordsBroken
from bot.qa.answers import Answer, ArticleRef, Citation

REF = ArticleRef("a1", "Talks resume", "https://example.org/a", "Example Wire", None, "2015-11-23")
ANSWER = Answer(
    question="Who met?",
    outcome="answered",
    text="They met in Tehran. [1]",
    citations=(Citation(1, REF, "They met in Tehran.", 10, 29),),
    generator="quoting",
    generation="g1",
    seconds=0.2,
    nearest=(REF,),
    notes=("Quoted.",),
)


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def records(tmp_path: Path, clock: Clock) -> Iterator[Records]:
    store = Records(tmp_path / "data" / "records.sqlite", clock)
    yield store
    store.close()


async def test_an_answer_comes_back_as_it_was_kept(records: Records) -> None:
    key = await records.begin("Who met?", person=7, server=8, channel=9)
    await records.finish(key, ANSWER)
    kept = await records.asked(key)
    assert kept is not None
    assert (kept.question, kept.outcome, kept.person, kept.server, kept.channel) == (
        "Who met?",
        "answered",
        7,
        8,
        9,
    )
    assert kept.answer == ANSWER
    assert await records.asked("unknown") is None


async def test_a_conversation_is_read_back_oldest_turn_first(records: Records) -> None:
    first = await records.begin("Who met?", channel=5)
    await records.finish(first, ANSWER)
    second = await records.begin("And where?", channel=5, parent=first)
    await records.finish(second, ANSWER)
    await records.link_message(77, second)
    linked = await records.answer_in(77)
    assert linked is not None
    history = await records.history(linked.key)
    assert [turn.question for turn in history] == ["Who met?", "And where?"]
    assert history[0].cited_article_ids == ("a1",)
    assert [turn.question for turn in await records.history(second, limit=1)] == ["And where?"]
    latest = await records.latest_in(5)
    assert latest is not None
    assert latest.question in {"Who met?", "And where?"}
    assert await records.answer_in(78) is None


async def test_what_was_asked_in_private_is_found_by_nobody_else(records: Records) -> None:
    public = await records.begin("Who met?", person=1, channel=5)
    await records.finish(public, ANSWER)
    private = await records.begin("And who of us?", person=1, channel=5, private=True)
    await records.finish(private, ANSWER)
    everybody, own = await records.latest_in(5, public=True), await records.latest_in(5, person=1)
    assert (everybody and everybody.key, own and own.key) == (public, private)
    assert await records.latest_in(5, person=2) is None


async def test_records_of_an_older_version_are_kept_and_count_as_private(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    first = Records(path)
    key = await first.begin("Who met?", channel=5)
    await first.finish(key, ANSWER)
    first.close()
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("ALTER TABLE asked DROP COLUMN private")
    again = Records(path)
    kept = await again.latest_in(5)
    assert kept is not None
    assert kept.question == "Who met?"
    assert await again.latest_in(5, public=True) is None
    again.close()


async def test_the_last_vote_of_a_person_counts(records: Records) -> None:
    key = await records.begin("Who met?")
    assert await records.vote(key, 1, "up")
    assert await records.vote(key, 1, "down", "wrong year")
    assert await records.vote(key, 2, "up")
    assert await records.report(key, 2)
    feedback = await records.feedback_since(0)
    assert sorted(feedback.votes[key]) == [("down", "wrong year"), ("up", "")]
    assert feedback.reports == {key: 1}
    assert not await records.vote("gone", 1, "up")
    assert not await records.report("gone", 1)


async def test_old_questions_are_deleted_with_their_votes(records: Records, clock: Clock) -> None:
    old = await records.begin("Old?")
    await records.vote(old, 1, "up")
    await records.link_message(5, old)
    clock.now += 100
    new = await records.begin("New?")
    assert await records.delete_before(clock.now - 50) == 1
    assert [asked.key for asked in await records.asked_since(0)] == [new]
    assert not (await records.feedback_since(0)).votes
    assert await records.answer_in(5) is None


async def test_a_forgotten_person_leaves_no_word_in_the_file(records: Records, tmp_path: Path) -> None:
    mine = await records.begin("Is pomegranate mentioned?", person=1)
    await records.finish(mine, ANSWER)
    theirs = await records.begin("Who met?", person=2)
    await records.vote(theirs, 1, "down", "pomegranate again")
    assert await records.forget(1) == 2
    assert [asked.key for asked in await records.asked_since(0)] == [theirs]
    for path in (tmp_path / "data").iterdir():
        assert b"pomegranate" not in path.read_bytes()


async def test_settings_threads_and_notes_are_there_after_a_restart(tmp_path: Path) -> None:
    first = Records(tmp_path / "r.sqlite")
    await first.save_server_settings(5, {"threads": False})
    await first.open_thread(9)
    await first.save_note("commands", "abc")
    await first.begin("Left unfinished?")
    first.close()
    second = Records(tmp_path / "r.sqlite")
    assert await second.server_settings() == {5: {"threads": False}}
    assert await second.threads() == {9}
    assert await second.note("commands") == "abc"
    assert await second.note("nothing") is None
    assert await second.interrupt_running() == 1
    second.close()


async def test_many_tasks_may_write_at_once(records: Records) -> None:
    keys = await asyncio.gather(*(records.begin(f"q{n}") for n in range(50)))
    await asyncio.gather(*(records.finish(key, ANSWER) for key in keys))
    assert {asked.outcome for asked in await records.asked_since(0)} == {"answered"}
    assert len(set(keys)) == 50


async def test_a_full_disk_is_named_and_loses_nothing(records: Records) -> None:
    key = await records.begin("Who met?")
    await records._run(lambda db: db.execute("PRAGMA max_page_count = 1"))
    with pytest.raises(RecordsBroken, match="full"):
        await records.begin("x" * 1_000_000)
    kept = await records.asked(key)
    assert kept is not None


def test_a_damaged_file_is_named_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    path.write_bytes(b"this is no database " * 100)
    with pytest.raises(RecordsBroken, match="move it away"):
        Records(path)
    assert path.read_bytes().startswith(b"this is no database")


def test_nobody_else_on_the_machine_can_read_the_file(tmp_path: Path) -> None:
    Records(tmp_path / "r.sqlite").close()
    assert stat.S_IMODE((tmp_path / "r.sqlite").stat().st_mode) == 0o600


def test_an_answer_that_was_kept_survives_kill_9(tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import asyncio, sys, time
        from pathlib import Path
        from bot.qa.answers import Answer
        from bot.operations.records import Records
        from bot.operations.records_file import RecordsBroken
        async def main():
            records = Records(Path(sys.argv[1]))
            key = await records.begin("Who met?")
            await records.finish(key, Answer("Who met?", "answered", "They did.", (), "quoting", "g", 0.1))
            await records.vote(key, 1, "up")
            print(key, flush=True)
            time.sleep(60)
        asyncio.run(main())
    """)
    path = tmp_path / "r.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        key = child.stdout.readline().strip()
        os.kill(child.pid, signal.SIGKILL)
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT outcome FROM asked WHERE key = ?", (key,)).fetchone() == ("answered",)
        assert db.execute("SELECT vote FROM votes WHERE key = ?", (key,)).fetchone() == ("up",)
    db.close()
