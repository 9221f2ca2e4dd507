"""What the library promises while generations come, go and break."""

from __future__ import annotations

import gc
import os
import random
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
from small_corpus import WordEmbedder, contents, rows, settings_in, write_article, write_rows

import bot.operations.index_pool
from bot.operations.index_pool import Library
from ingest.errors import EmbedderMismatch, IndexBroken, IndexMissing
from ingest.index.generations import Generations
from ingest.index.index import Index
from ingest.runs.pipeline import ingest_corpus, rebuild_index
from ingest.settings import IngestSettings

QUESTIONS = ("river council day a", "frost in the valley")


@pytest.fixture
def settings(tmp_path: Path) -> IngestSettings:
    for name in "abc":
        write_article(tmp_path / "articles", name, count=60)
    settings = settings_in(tmp_path)
    ingest_corpus(settings, WordEmbedder())
    return settings


@pytest.fixture
def library(settings: IngestSettings):
    library = Library(settings.index, WordEmbedder().identity.key)
    yield library
    library.close()


def publish_another(settings: IngestSettings, seed: object = 1) -> str:
    write_article(settings.base / "articles", "a", seed=f"another {seed}", count=60)
    return str(ingest_corpus(settings, WordEmbedder()).generation)


def break_vectors(settings: IngestSettings, generation: str) -> None:
    (graph,) = (settings.index.directory / generation).glob("chroma/*/data_level0.bin")
    graph.write_bytes(os.urandom(graph.stat().st_size))


def current(settings: IngestSettings) -> str:
    return Generations(settings.index.directory).require_current()


class SlowIndex(Index):
    """An index that opens only when it is let to."""

    gate = threading.Event()
    opened = 0

    def __init__(self, *given: object) -> None:
        type(self).opened += 1
        assert self.gate.wait(30)
        super().__init__(*given)  # type: ignore[arg-type]


def test_a_new_generation_is_taken_up_by_the_next_question(
    library: Library, settings: IngestSettings
) -> None:
    with library.lease() as index:
        assert index.generation == current(settings)
    newer = publish_another(settings)
    with library.lease() as index:
        assert index.generation == newer


def test_a_question_in_flight_keeps_its_generation(library: Library, settings: IngestSettings) -> None:
    with library.lease() as index:
        older = index.generation
        newer = publish_another(settings)
        with library.lease() as other:
            assert other.generation == newer
        assert index.generation == older
        assert index.search_words(["river"], 3)
        assert index.search_vectors(WordEmbedder().embed_question("river"), 3)
        for seed in range(3):  # nor is it pruned under the question
            publish_another(settings, f"more {seed}")
        assert index.articles([index.find_articles("", 1)[0].id])


def test_without_an_index_the_library_says_what_to_run(tmp_path: Path) -> None:
    library = Library(settings_in(tmp_path).index, "any")
    with pytest.raises(IndexMissing, match="python -m ingest"), library.lease():
        pass
    library.close()


def test_the_first_index_is_found_once_it_is_there(tmp_path: Path) -> None:
    write_article(tmp_path / "articles", "a")
    settings = settings_in(tmp_path)
    library = Library(settings.index, WordEmbedder().identity.key)
    with pytest.raises(IndexMissing), library.lease():
        pass
    ingest_corpus(settings, WordEmbedder())
    with library.lease() as index:
        assert index.status().articles == 1
    library.close()


def test_an_index_of_another_embedder_is_refused_while_none_is_open(settings: IngestSettings) -> None:
    library = Library(settings.index, "another embedder")
    for _ in range(2):
        with pytest.raises(EmbedderMismatch, match="python -m ingest"), library.lease():
            pass
    library.close()


def test_an_index_of_another_embedder_leaves_the_open_one_in_use(
    library: Library, settings: IngestSettings
) -> None:
    with library.lease() as index:
        older = index.generation
    ingest_corpus(settings, WordEmbedder("other words"))
    with library.lease() as index:
        assert index.generation == older
        assert index.search_vectors(WordEmbedder().embed_question("river"), 3)


@pytest.mark.parametrize("harm", ["catalogue", "vectors"])
def test_a_broken_new_generation_leaves_the_open_one_in_use(
    library: Library, settings: IngestSettings, harm: str
) -> None:
    with library.lease() as index:
        older = index.generation
    newer = publish_another(settings)
    if harm == "vectors":
        break_vectors(settings, newer)
    else:
        (settings.index.directory / newer / "catalogue.sqlite").write_bytes(b"no database" * 1000)
    for _ in range(3):
        with library.lease() as index:
            assert index.generation == older
            assert index.vectors_fault is None
            assert index.search_vectors(WordEmbedder().embed_question("river"), 3)


def test_broken_vectors_are_reported_once_and_words_answer_until_they_are_remade(
    settings: IngestSettings,
) -> None:
    broken = current(settings)
    break_vectors(settings, broken)
    reported: list[str] = []
    library = Library(settings.index, WordEmbedder().identity.key, reported.append)
    for _ in range(3):
        with library.lease() as index:
            assert index.vectors_fault is not None
            assert "--rebuild" in index.vectors_fault
            assert index.search_vectors(WordEmbedder().embed_question("river"), 3) == []
            assert index.search_words(["river"], 3)
    assert reported == [broken]
    rebuilt = rebuild_index(settings, WordEmbedder())
    with library.lease() as index:
        assert index.generation == rebuilt.generation
        assert index.vectors_fault is None
        assert index.search_vectors(WordEmbedder().embed_question("river"), 3)
    library.close()


def test_a_broken_index_that_is_not_replaced_says_what_to_run(settings: IngestSettings) -> None:
    (settings.index.directory / current(settings) / "catalogue.sqlite").unlink()
    library = Library(settings.index, WordEmbedder().identity.key)
    with pytest.raises(IndexBroken, match="python -m ingest"), library.lease():
        pass
    library.close()


def test_an_index_that_opens_slowly_keeps_nobody_waiting(
    library: Library, settings: IngestSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with library.lease() as index:
        older = index.generation
    monkeypatch.setattr(bot.operations.index_pool, "Index", SlowIndex)
    monkeypatch.setattr(bot.operations.index_pool, "PATIENCE", 0.2)
    SlowIndex.gate.clear()
    SlowIndex.opened = 0
    newer = publish_another(settings)
    started = time.monotonic()
    for _ in range(20):
        with library.lease() as index:
            assert index.generation == older
    assert time.monotonic() - started < 5  # the patience of one question, not of twenty
    assert SlowIndex.opened == 1
    SlowIndex.gate.set()
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with library.lease() as index:
            if index.generation == newer:
                return
        time.sleep(0.02)
    pytest.fail("the new index was never taken up")


def test_questions_that_come_at_once_share_one_opening(
    settings: IngestSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.operations.index_pool, "Index", SlowIndex)
    SlowIndex.gate.clear()
    SlowIndex.opened = 0
    library = Library(settings.index, WordEmbedder().identity.key)
    seen: list[str] = []

    def ask() -> None:
        with library.lease() as index:
            seen.append(index.generation)

    askers = [threading.Thread(target=ask) for _ in range(8)]
    for asker in askers:
        asker.start()
    SlowIndex.gate.set()
    for asker in askers:
        asker.join()
    assert (len(seen), SlowIndex.opened) == (8, 1)
    library.close()


def test_generations_are_closed_once_nobody_reads_them(library: Library, settings: IngestSettings) -> None:
    older = current(settings)
    with library.lease():
        publish_another(settings)
        with library.lease():
            assert older in _read(settings)
    assert _read(settings) == {current(settings)}
    library.close()
    assert _read(settings) == set()


def _read(settings: IngestSettings) -> set[str]:
    return {path.name.rpartition(".")[0] for path in (settings.index.directory / "readers").iterdir()}


def test_fifty_swaps_neither_grow_memory_nor_leak_file_handles(tmp_path: Path) -> None:
    if not Path("/proc/self/statm").exists():
        pytest.skip("needs /proc to count")
    embedder, settings = WordEmbedder(dimensions=512), settings_in(tmp_path, "rows.jsonl")
    names = []
    for changed in (0, 1):
        write_rows(tmp_path / "rows.jsonl", rows(range(60), [changed], count=120))
        outcome = ingest_corpus(settings, embedder)
        names.append(str(outcome.generation))
    a_swap = outcome.passages * 512 * 4 / 2**20  # MiB of vectors that a generation left open would keep
    generations, library = (
        Generations(settings.index.directory),
        Library(settings.index, embedder.identity.key),
    )

    def swap(turn: int) -> tuple[float, set[str]]:
        generations.point_to(names[turn % 2])
        with library.lease() as index:
            assert index.generation == names[turn % 2]
            assert len(index.search_vectors(embedder.embed_question(f"river {turn}"), 10)) == 10
            assert index.search_words(["river"], 10)
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20, _open_files(settings.index.directory)

    warm, _ = [swap(turn) for turn in range(20)][-1]
    last, files = [swap(turn) for turn in range(50)][-1]
    assert {path for path in files if names[1] in path} != set()
    assert len(files) < 8  # those of one generation, and perhaps of one that is being closed
    assert last - warm < 50 * a_swap / 4, f"{last - warm:.1f} MiB more, of {50 * a_swap:.1f} if all were kept"
    library.close()
    until = time.monotonic() + 10  # Chroma's own threads let go of its database a moment after it is closed
    while _open_files(settings.index.directory) and time.monotonic() < until:
        time.sleep(0.05)
    assert _open_files(settings.index.directory) == set()


def _open_files(below: Path) -> set[str]:
    found = set()
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # that of the listing itself
            found.add(str(handle.readlink()))
    return {path for path in found if path.startswith(str(below))}


def flip(path: Path, seed: int, count: int = 50) -> None:
    data = bytearray(path.read_bytes())
    chance = random.Random(seed)
    for place in chance.sample(range(len(data)), min(count, len(data))):
        data[place] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


@pytest.mark.parametrize("harm", ["flipped", "gone", "whole generation gone"])
def test_a_damaged_catalogue_is_answered_for_by_the_generation_before_until_it_is_remade(
    settings: IngestSettings, harm: str
) -> None:
    older = current(settings)
    newer = publish_another(settings)
    folder = settings.index.directory / newer
    if harm == "flipped":
        flip(folder / "catalogue.sqlite", seed=1)
    elif harm == "gone":
        (folder / "catalogue.sqlite").unlink()
    else:
        shutil.rmtree(folder)
    reported: list[str] = []
    library = Library(settings.index, WordEmbedder().identity.key, reported.append)
    for _ in range(3):
        with library.lease() as index:
            assert index.generation == older
            assert index.vectors_fault is None
            assert index.search_words(["river"], 3)
    assert reported == [older if harm == "whole generation gone" else newer]
    rebuilt = rebuild_index(settings, WordEmbedder())
    with library.lease() as index:
        assert index.generation == rebuilt.generation
        assert index.status().articles == 3
    assert not Generations(settings.index.directory).has_lost_current()
    library.close()


@pytest.mark.parametrize("seed", range(8))
def test_flipped_bytes_in_any_file_fail_no_question_and_are_mended(
    settings: IngestSettings, seed: int
) -> None:
    embedder = WordEmbedder()
    publish_another(settings)
    before = contents(settings, embedder, QUESTIONS)
    files = sorted(
        path for path in (settings.index.directory / current(settings)).rglob("*") if path.is_file()
    )
    flip(files[seed % len(files)], seed)
    reported: list[str] = []
    library = Library(settings.index, embedder.identity.key, reported.append)
    for _ in range(3):
        with library.lease() as index:
            assert index.search_words(["river"], 3)
            index.search_vectors(embedder.embed_question("river"), 3)
            assert all(
                one.body for one in index.articles([one.id for one in index.find_articles("")]).values()
            )
    if reported:
        rebuild_index(settings, embedder)
    library.close()
    assert contents(settings, embedder, QUESTIONS) == before
