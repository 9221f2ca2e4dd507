"""What is kept of watches and gaps, and how it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.operations.records import Records
from bot.operations.watch_records import Watch, WatchRecords
from bot.qa.answers import Answer

WATCH = Watch(0, 7, 8, None, "de", "Who spoke?", 1_000.0, frozenset({("a1", "He spoke.")}))


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    store = Records(tmp_path / "records.sqlite")
    yield store
    store.close()


async def test_a_watch_comes_back_as_it_was_kept_and_ends(records: Records) -> None:
    watches = WatchRecords(records)
    assert await watches.add(WATCH, 10, 10) == "added"
    (kept,) = await WatchRecords(records).watches(7)
    assert replace(kept, id=0) == WATCH
    await watches.save_evidence(kept.id, {("a2", "x")})
    assert [one.evidence for one in await watches.watches()] == [{("a2", "x")}]
    assert await watches.end_before(999.0) == 0
    assert await watches.end_before(1_001.0) == 1
    assert await watches.watches() == []


async def test_limits_hold_for_a_person_and_for_a_server(records: Records) -> None:
    watches = WatchRecords(records)
    assert await watches.add(WATCH, 2, 2) == "added"
    assert await watches.add(WATCH, 2, 2) == "there"
    assert await watches.add(replace(WATCH, question="2?"), 2, 3) == "added"
    assert await watches.add(replace(WATCH, question="3?", server=None), 2, 3) == "full"
    assert await watches.add(replace(WATCH, person=9), 2, 2) == "full"
    assert await watches.add(replace(WATCH, person=9, server=None), 2, 2) == "added"


async def test_a_gap_lasts_as_long_as_its_questions_and_a_persons_name_as_they_like(records: Records) -> None:
    watches = WatchRecords(records)
    keys = [await records.begin("Lost?", person=person, server=8, channel=9) for person in (7, 6)]
    for key in keys:
        await records.finish(key, Answer("Lost?", "not_found", "", (), "none", "g", 0.0))
    assert [key for key, _ in await watches.lacking()] == keys
    await watches.save_gap(None, "Lost?", keys)
    assert await watches.lacking() == []
    (gap,) = await watches.gaps()
    assert (gap.people, len(gap.keys), gap.state) == (2, 2, "open")
    await watches.set_gap(gap.id, "taken")
    await watches.own_gap(gap.id, 7, "ann")
    assert await watches.forget(7) == 1
    (gap,) = await watches.gaps()
    assert (gap.owner, gap.owner_name, gap.state) == (None, None, "open")
    await records.forget(7)
    assert [one.people for one in await watches.gaps()] == [1]
    await records.forget(6)
    assert await watches.gaps() == []


async def test_the_corpus_as_it_was_seen_follows_what_changes(records: Records) -> None:
    watches = WatchRecords(records)
    before, now = {"a": "1", "b": "1"}, {"a": "2", "c": "1"}
    await watches.save_corpus({}, before)
    assert await watches.corpus_seen() == before
    await watches.save_corpus(before, now)
    assert await watches.corpus_seen() == now
