"""Faults of the disk and of strangers, many rounds of each: `make test-faults` prints what came of them."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_responses import strangers
from small_corpus import WordEmbedder, contents, open_index, settings_in, write_article

from bot.operations.index_pool import Library
from ingest.edits.change_requests import Change
from ingest.errors import UserFacingError
from ingest.index.generations import Generations
from ingest.runs.pipeline import ingest_corpus, rebuild_index
from ingest.settings import IngestSettings, SourceSettings
from ingest.sources.fetching import Fetcher
from ingest.sources.ssrf_guard import Guard

pytestmark = pytest.mark.slow

ROUNDS = 100
QUESTIONS = ("river council day a", "frost in the valley", "museum tram engine")


def built(home: Path, embedder: WordEmbedder, **seeds: str) -> dict[str, object]:
    """What a clean build of these articles holds."""
    for name in "abcdef":
        write_article(home / "articles", name, seeds.get(name), count=60)
    ingest_corpus(settings_in(home), embedder)
    return contents(settings_in(home), embedder, QUESTIONS)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of two generations, to be copied and harmed."""
    home = tmp_path_factory.mktemp("sound")
    for name in "abcdef":
        write_article(home / "articles", name, count=60)
    ingest_corpus(settings_in(home), WordEmbedder())
    write_article(home / "articles", "a", seed="another", count=60)
    ingest_corpus(settings_in(home), WordEmbedder())
    return home


@pytest.fixture(scope="module")
def table() -> Iterator[Counter[str]]:
    counts: Counter[str] = Counter()
    yield counts
    print("\n| fault | rounds |\n|---|---|")
    for name, count in sorted(counts.items()):
        print(f"| {name} | {count} |")


def harmed(home: Path, chance: random.Random) -> str:
    """Flip bytes in one file of a generation, or of what stands beside them; returns what was done."""
    directory = home / "index"
    folder = directory / Generations(directory).require_current()
    files = [path for path in folder.rglob("*") if path.is_file()] + [directory / "current"]
    files += [directory / "vectors.sqlite"]
    path = chance.choice(sorted(files))
    data = bytearray(path.read_bytes())
    if not data:
        return f"{path.name}, which is empty"
    for place in chance.sample(range(len(data)), min(chance.choice((1, 50)), len(data))):
        data[place] ^= 1 << chance.randrange(8)
    path.write_bytes(data)
    return f"flipped bytes in {path.name}"


def ask(settings: IngestSettings, embedder: WordEmbedder) -> bool:
    """Ask as the bot does after a start; returns whether it wants the index remade. Raises what a question would."""
    broken: list[str] = []
    library = Library(settings.index, embedder.identity.key, broken.append)
    try:
        for question in QUESTIONS:
            with library.lease() as index:
                hits = index.search_words(question.split(), 5)
                hits += index.search_vectors(embedder.embed_question(question), 5)
                index.passages([hit.passage_id for hit in hits])
                assert index.articles([hit.article_id for hit in hits])
    finally:
        library.close()
    return bool(broken)


def test_no_flipped_byte_fails_a_question_and_all_is_mended(
    sound: Path, tmp_path: Path, table: Counter[str]
) -> None:
    embedder = WordEmbedder()
    clean = contents(settings_in(sound), embedder, QUESTIONS)
    later = built(tmp_path / "later", embedder, a="another", b="later")
    for round_ in range(ROUNDS):
        home = tmp_path / str(round_)
        shutil.copytree(sound, home)
        settings = settings_in(home)
        fault = harmed(home, random.Random(round_))
        if ask(settings, embedder):
            rebuild_index(settings, embedder)
            table[f"{fault}: remade"] += 1
        else:
            table[f"{fault}: nothing to mend"] += 1
        assert ingest_corpus(settings, embedder).rejected == (), (round_, fault)
        assert not ask(settings, embedder), (round_, fault)
        assert contents(settings, embedder, QUESTIONS) == clean, (round_, fault)
        write_article(
            home / "articles", "b", seed="later", count=60
        )  # what is built on what was harmed is right too
        ingest_corpus(settings, embedder)
        rebuild_index(settings, embedder)
        assert contents(settings, embedder, QUESTIONS) == later, (round_, fault)
        shutil.rmtree(home)


def test_no_source_is_lost_to_two_hundred_hostile_answers(
    tmp_path: Path, table: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow and lying servers, bombs and circles: two runs, the second with what the first has kept of each."""

    async def at_once(_seconds: float) -> None:
        pass

    monkeypatch.setattr(Fetcher.__init__, "__kwdefaults__", {"patience": 3.0, "sleep": at_once})
    embedder, write = WordEmbedder(), write_article(tmp_path / "articles", "local")
    with strangers() as (hostile, honest):
        urls = [*hostile[:100], *honest, *hostile[100:]]
        sources = tuple(SourceSettings(url=url) for url in urls)
        settings = settings_in(tmp_path, sources=sources, seconds_between_requests=0.0)
        port = int(hostile[0].rstrip("/").rpartition(":")[2])
        guard = Guard(lambda address: address.is_loopback, frozenset({port}))
        for _ in range(2):
            outcome = ingest_corpus(settings, embedder, change=Change(guard=guard))
            with open_index(settings, embedder) as index:
                read = {article.path for article in index.find_articles("", 1_000)}
            assert {*honest, write.name} <= read
            assert {reject.path for reject in outcome.rejected} | read >= set(hostile)
    table["hostile answers: a reject with its reason"] += len(set(hostile) - read)
    table["hostile answers: an article all the same"] += len(set(hostile) & read)
    table["hostile answers: honest sources beside them lost"] += len({*honest, write.name} - read)


def test_a_full_disk_at_any_write_leaves_the_last_index_and_is_told(
    sound: Path, tmp_path: Path, table: Counter[str]
) -> None:
    """A limit on the size of files stands in for the disk's: the same error, wherever it comes."""
    resource = pytest.importorskip("resource")
    embedder = WordEmbedder()
    for round_ in range(12):
        home = tmp_path / str(round_)
        shutil.copytree(sound, home)
        settings = settings_in(home)
        before = contents(settings, embedder, QUESTIONS)
        write_article(home / "articles", "new", seed="new", count=400)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (2_000 << round_, hard))
            ingest_corpus(settings, embedder)
            table["full disk: there was room"] += 1
        except UserFacingError as error:
            assert "Make room on the disk" in str(error), (round_, str(error))  # noqa: PT017 - or there was room
            table["full disk: told, the last index stays"] += 1
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        if table["full disk: there was room"] == 0:
            assert contents(settings, embedder, QUESTIONS) == before
        ingest_corpus(settings, embedder)
        assert not ask(settings, embedder)
        shutil.rmtree(home)
