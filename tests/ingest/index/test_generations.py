import multiprocessing
import os
import stat
from pathlib import Path

import pytest

from ingest.errors import IndexMissing, IngestBusy, NothingToRollBack
from ingest.index.generations import Generations


def build(generations: Generations, text: str = "built") -> str:
    folder = generations.begin()
    (folder / "catalogue.sqlite").write_text(text)
    return generations.publish(folder)


@pytest.fixture
def generations(tmp_path: Path) -> Generations:
    return Generations(tmp_path / "index")


def test_a_missing_index_says_what_to_run(generations: Generations) -> None:
    with pytest.raises(IndexMissing, match="python -m ingest"):
        generations.require_current()


def test_the_current_generation_changes_only_when_one_is_published(generations: Generations) -> None:
    first = build(generations)
    unfinished = generations.begin()
    (unfinished / "catalogue.sqlite").write_text("half")
    assert generations.current() == first
    second = generations.publish(unfinished)
    assert generations.current() == second
    assert generations.previous() == first


def test_what_a_killed_run_left_is_swept_away_and_never_counted(generations: Generations) -> None:
    left = generations.begin()
    (left / "catalogue.sqlite").write_text("half")
    assert generations.published() == []
    generations.begin()
    assert not left.exists()


def test_pruning_keeps_the_current_and_the_one_before(generations: Generations) -> None:
    names = [build(generations) for _ in range(4)]
    generations.prune()
    assert generations.published() == names[-2:]


def test_pruning_spares_a_generation_that_is_being_read(generations: Generations) -> None:
    first = build(generations)
    with generations.reading(first):
        names = [build(generations) for _ in range(3)]
        generations.prune()
        assert generations.published() == [first, *names[-2:]]
    generations.prune()
    assert generations.published() == names[-2:]


def test_the_lease_of_a_reader_that_died_holds_nothing(generations: Generations) -> None:
    first = build(generations)
    process = multiprocessing.get_context("spawn").Process(
        target=_read_and_die, args=(generations.directory, first)
    )
    process.start()
    process.join()
    assert process.exitcode == 9
    for _ in range(3):
        build(generations)
    generations.prune()
    assert first not in generations.published()


def _read_and_die(directory: Path, name: str) -> None:
    import os

    with Generations(directory).reading(name):
        os._exit(9)


def test_a_second_writer_is_refused_and_told_to_wait(generations: Generations) -> None:
    with (
        generations.writing(),
        pytest.raises(IngestBusy, match="Wait"),
        Generations(generations.directory).writing(),
    ):
        raise AssertionError("two writers at once")


def test_roll_back_points_to_the_generation_before(generations: Generations) -> None:
    first, _ = build(generations), build(generations)
    generations.point_to(first)
    assert generations.current() == first
    assert generations.previous() is None


def test_a_generation_that_was_rolled_back_is_never_gone_back_to(generations: Generations) -> None:
    first, second = build(generations), build(generations)
    assert generations.roll_back() == first
    assert generations.published() == [first]
    third = build(generations)
    generations.prune()
    assert (generations.current(), generations.previous()) == (third, first)
    assert not generations.path(second).exists()


def test_rolling_back_spares_the_files_that_a_reader_still_holds(generations: Generations) -> None:
    _, second = build(generations), build(generations)
    with generations.reading(second):
        generations.roll_back()
        generations.prune()
        assert generations.path(second).is_dir()
    generations.prune()
    assert not generations.path(second).exists()


def test_with_one_generation_only_there_is_nothing_to_go_back_to(generations: Generations) -> None:
    only = build(generations)
    with pytest.raises(NothingToRollBack):
        generations.roll_back()
    assert generations.current() == only


@pytest.mark.skipif(os.name == "nt", reason="no such rights")
def test_nobody_else_may_look_into_a_generation(generations: Generations) -> None:
    partial = generations.begin()
    assert stat.S_IMODE(partial.stat().st_mode) == 0o700
