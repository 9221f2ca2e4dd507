"""The vectors in Chroma: below a directory, and on a real `chroma run`."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import chromadb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_corpus import WordEmbedder, contents, open_index, settings_in, write_article

from bot.operations.index_pool import Library
from ingest.embedding.embedder import Vectors, unit_length
from ingest.errors import StorageFailed, UserFacingError, VectorsBroken, VectorsUnreachable
from ingest.index import chroma, chroma_client, chroma_files
from ingest.index.chroma import ChromaVectors, Staging, drop_collections, place_of
from ingest.index.chroma_client import Place
from ingest.index.chroma_files import copy_local
from ingest.index.generations import Generations
from ingest.runs.pipeline import ingest_corpus, rebuild_index

QUESTIONS = ("river council", "frost in the valley", "museum tram")


def some_vectors(count: int, seed: int = 0) -> Vectors:
    return unit_length(np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32))


def names(count: int) -> list[str]:
    return [f"p{number}" for number in range(count)]


def fill(place: Place, count: int) -> None:
    with closing(ChromaVectors(place, expected=count)) as vectors:
        rows = some_vectors(count)
        for first in range(0, count, vectors.batch):
            vectors.add(names(count)[first : first + vectors.batch], rows[first : first + vectors.batch])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place("local", tmp_path / "chroma", "passages")


# -- below a directory


@given(count=st.integers(1, 2_000_000))
def test_the_last_batch_of_a_build_completes_a_stage_so_that_nothing_is_left_in_the_log(count: int) -> None:
    staging = Staging.of(count)
    waiting = 0
    for first in range(0, count, staging.batch):
        waiting += min(staging.batch, count - first)
        if waiting >= staging.sync:
            waiting = 0
        assert waiting <= 20_000
    assert waiting < 3
    assert staging.batch <= 2_000


def test_a_search_finds_the_nearest_by_cosine(place: Place) -> None:
    fill(place, 300)
    rows = some_vectors(300)
    with closing(ChromaVectors(place)) as vectors:
        assert vectors.count() == 300
        question = some_vectors(1, seed=9)[0]
        found = vectors.search(question, 10)
        exact = np.argsort(-(rows @ question))[:10]
        assert [name for name, _ in found] == [f"p{number}" for number in exact]
        assert np.allclose([cosine for _, cosine in found], (rows @ question)[exact], atol=1e-5)
        assert vectors.search_all(np.stack([question, question]), 10) == [found, found]


def test_vectors_come_back_as_they_were_put_and_unknown_ids_are_left_out(place: Place) -> None:
    fill(place, 20)
    with closing(ChromaVectors(place)) as vectors:
        loaded = vectors.load(["p3", "nobody", "p7"])
        assert set(loaded) == {"p3", "p7"}
        assert np.allclose(loaded["p7"], some_vectors(20)[7])


def test_opening_a_finished_build_has_nothing_to_replay(place: Place) -> None:
    fill(place, 4_001)
    with closing(chroma_files._sqlite(place.directory)) as database:
        (waiting,) = database.execute("SELECT count(*) FROM embeddings_queue").fetchone()
    assert waiting <= 1  # Chroma keeps the last one for its number


def test_a_copy_can_be_changed_while_the_original_is_open(place: Place, tmp_path: Path) -> None:
    fill(place, 500)
    copy = Place("local", tmp_path / "copy", "passages")
    question = some_vectors(1, seed=5)[0]
    with closing(ChromaVectors(place)) as original:
        before = original.search(question, 10)
        copy_local(place.directory, copy.directory)
        with closing(ChromaVectors(copy)) as vectors:
            vectors.write_changes_often()
            vectors.delete(["p0", "p1"])
            vectors.add(["new"], question[np.newaxis])
            assert vectors.count() == 499
            assert vectors.search(question, 1)[0][0] == "new"
        assert original.search(question, 10) == before
        assert original.count() == 500
    with closing(ChromaVectors(copy)) as vectors:
        assert vectors.search(question, 1)[0][0] == "new"
        assert not {"p0", "p1"} & {name for name, _ in vectors.search(question, 499)}


def test_copies_of_copies_stay_small_and_right(place: Place, tmp_path: Path) -> None:
    fill(place, 1_000)
    size = _size(place.directory)
    for turn in range(10):
        following = Place("local", tmp_path / f"copy{turn}", "passages")
        copy_local(place.directory, following.directory)
        with closing(ChromaVectors(following)) as vectors:
            vectors.write_changes_often()
            vectors.add([f"p{turn}"], some_vectors(1, seed=turn))
        shutil.rmtree(place.directory)
        place = following
    with closing(ChromaVectors(place)) as vectors:
        assert vectors.count() == 1_000
        assert all(vectors.search(some_vectors(1, seed=turn)[0], 1)[0][0] == f"p{turn}" for turn in range(10))
    assert _size(place.directory) < 2 * size + 500_000


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_a_collection_that_is_not_there_says_what_to_run(place: Place) -> None:
    with pytest.raises(VectorsBroken, match="--rebuild"):
        ChromaVectors(place)


def test_files_that_are_no_database_say_what_to_run(place: Place) -> None:
    fill(place, 10)
    (place.directory / "chroma.sqlite3").write_bytes(b"not a database" * 500)
    with pytest.raises(VectorsBroken, match="--rebuild"):
        ChromaVectors(place)


# -- on a server


class Server:
    """`chroma run` on loopback, which can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with closing(socket.create_server(("127.0.0.1", 0))) as listener:
            self.port = int(listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("chroma", path=str(Path(sys.executable).parent))
        if program is None:
            pytest.skip("the `chroma` program is not installed beside this Python")
        command = [
            program,
            "run",
            "--path",
            str(self._folder),
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        log = (self._folder.parent / "chroma.log").open("ab")
        with log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def collections(self) -> list[str]:
        client = chromadb.HttpClient(host="127.0.0.1", port=self.port)
        found = sorted(collection.name for collection in client.list_collections())
        chroma_client.close(client)
        return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "server")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chroma, "_READING_PAUSES", (0.01,))
    monkeypatch.setattr(chroma, "_WRITING_PAUSES", (0.01, 0.01))


def test_a_server_gives_the_same_index_as_a_directory(server: Server, tmp_path: Path) -> None:
    for name in "abcdefgh":
        write_article(tmp_path / "articles", name)
    embedder = WordEmbedder()
    served, local = settings_in(tmp_path, chroma=server.url), settings_in(tmp_path)
    local = local.model_copy(
        update={"index": local.index.model_copy(update={"directory": tmp_path / "local"})}
    )
    ingest_corpus(served, embedder)
    ingest_corpus(local, embedder)
    assert contents(served, embedder, QUESTIONS) == contents(local, embedder, QUESTIONS)
    write_article(tmp_path / "articles", "a", seed="changed")
    (tmp_path / "articles" / "b.md").unlink()
    embedder.embedded.clear()
    assert ingest_corpus(served, embedder).changed == 1
    first = len(embedder.embedded)
    ingest_corpus(local, embedder)
    assert len(embedder.embedded) == 2 * first  # the server's index reused its vectors as the local one did
    assert contents(served, embedder, QUESTIONS) == contents(local, embedder, QUESTIONS)


def test_every_generation_has_its_collection_and_old_ones_go_with_it(server: Server, tmp_path: Path) -> None:
    settings, embedder = settings_in(tmp_path, chroma=server.url), WordEmbedder()
    for turn in range(4):
        write_article(tmp_path / "articles", "a", seed=turn)
        ingest_corpus(settings, embedder)
    generations = Generations(settings.index.directory)
    kept = [f"byline-{generations.identity()}-{name}" for name in generations.published()]
    assert server.collections() == sorted(kept)
    assert len(kept) == 2


def test_collections_of_another_index_on_the_same_server_are_left_alone(
    server: Server, tmp_path: Path
) -> None:
    other, embedder = settings_in(tmp_path / "other", chroma=server.url), WordEmbedder()
    write_article(tmp_path / "other" / "articles", "o")
    ingest_corpus(other, embedder)
    before = set(server.collections())
    drop_collections(server.url, "a-different-index", [])
    settings = settings_in(tmp_path, chroma=server.url)
    for turn in range(4):
        write_article(tmp_path / "articles", "a", seed=turn)
        ingest_corpus(settings, embedder)
    assert before <= set(server.collections())
    with open_index(other, embedder) as index:
        index.check(10)


def test_many_vectors_are_sent_in_batches(server: Server, tmp_path: Path) -> None:
    place = place_of(server.url, tmp_path, "many", "g1")
    fill(place, 4_500)
    with closing(ChromaVectors(place)) as vectors:
        assert vectors.count() == 4_500
        rows = some_vectors(4_500)
        assert all(vectors.search(rows[number], 1)[0][0] == f"p{number}" for number in range(0, 4_500, 300))


def test_an_ingest_outlasts_a_server_that_is_restarted(server: Server, tmp_path: Path) -> None:
    place = place_of(server.url, tmp_path, "restart", "g1")
    with closing(ChromaVectors(place, expected=20, patient=True)) as vectors:
        vectors.add(names(10), some_vectors(10))
        server.stop()
        starting = threading.Timer(1.0, server.start)
        starting.start()
        vectors.add([f"q{number}" for number in range(10)], some_vectors(10, seed=1))
        starting.join()
        assert vectors.count() == 20


@pytest.mark.usefixtures("impatient")
def test_questions_are_answered_by_words_while_the_server_is_away(server: Server, tmp_path: Path) -> None:
    for name in "abc":
        write_article(tmp_path / "articles", name)
    settings, embedder = settings_in(tmp_path, chroma=server.url), WordEmbedder()
    ingest_corpus(settings, embedder)
    question = embedder.embed_question("river council")
    reported: list[str] = []
    library = Library(settings.index, embedder.identity.key, reported.append)
    with library.lease() as index:
        assert index.search_vectors(question, 3)
        server.stop()
        assert index.search_vectors(question, 3) == []
        assert index.load_vectors(["any"]) == {}
        assert index.vectors_fault is not None
        assert server.url in index.vectors_fault
        assert not index.needs_rebuilding
        assert index.search_words(["river"], 3)
        server.start()
        assert index.search_vectors(question, 3)
        assert index.vectors_fault is None
    library.close()
    assert reported == []


@pytest.mark.usefixtures("impatient")
def test_a_bot_that_starts_before_its_server_finds_the_vectors_later(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_article(tmp_path / "articles", "a")
    settings, embedder = settings_in(tmp_path, chroma=server.url), WordEmbedder()
    ingest_corpus(settings, embedder)
    server.stop()
    monkeypatch.setattr("bot.operations.index_pool.RETRY", 0.2)
    library = Library(settings.index, embedder.identity.key)
    with library.lease() as index:
        assert index.vectors_fault is not None
        assert index.search_words(["river"], 3)
    server.start()
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with library.lease() as index:
            if index.vectors_fault is None:
                assert index.search_vectors(embedder.embed_question("river"), 3)
                break
        time.sleep(0.1)
    else:
        pytest.fail("the vectors were never found again")
    library.close()


@pytest.mark.usefixtures("impatient")
def test_a_server_that_is_away_stops_an_ingest_with_what_to_do(server: Server, tmp_path: Path) -> None:
    write_article(tmp_path / "articles", "a")
    settings, embedder = settings_in(tmp_path, chroma=server.url), WordEmbedder()
    first = ingest_corpus(settings, embedder)
    server.stop()
    write_article(tmp_path / "articles", "b")
    with pytest.raises(UserFacingError, match="No Chroma server answers") as raised:
        ingest_corpus(settings, embedder)
    assert not isinstance(raised.value, StorageFailed)
    assert Generations(settings.index.directory).current() == first.generation
    server.start()
    assert ingest_corpus(settings, embedder).added == 1


@pytest.mark.usefixtures("impatient")
def test_a_server_that_never_answers_is_given_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chroma, "_READING_SECONDS", 0.3)
    with closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(VectorsUnreachable):
            ChromaVectors(place_of(url, tmp_path, "deaf", "g1"))
        assert time.monotonic() - started < 20


def test_a_server_that_lost_its_collections_is_filled_again_without_embedding(
    server: Server, tmp_path: Path
) -> None:
    write_article(tmp_path / "articles", "a")
    settings, embedder = settings_in(tmp_path, chroma=server.url), WordEmbedder()
    ingest_corpus(settings, embedder)
    drop_collections(server.url, Generations(settings.index.directory).identity(), [])
    with open_index(settings, embedder) as index:
        assert index.needs_rebuilding
    embedder.embedded.clear()
    rebuild_index(settings, embedder)
    assert embedder.embedded == []
    with open_index(settings, embedder) as index:
        index.check(10)


def test_moving_to_a_server_and_back_embeds_nothing(server: Server, tmp_path: Path) -> None:
    write_article(tmp_path / "articles", "a")
    local, served = settings_in(tmp_path), settings_in(tmp_path, chroma=server.url)
    embedder = WordEmbedder()
    ingest_corpus(local, embedder)
    expected = contents(local, embedder, QUESTIONS)
    embedder.embedded.clear()
    for settings in (served, local):
        ingest_corpus(settings, embedder)
        assert contents(settings, embedder, QUESTIONS) == expected
    assert embedder.embedded == []


def test_the_cloud_without_a_key_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CHROMA_API_KEY", "CHROMA_TENANT", "CHROMA_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(VectorsBroken, match="CHROMA_API_KEY"):
        ChromaVectors(place_of("cloud", tmp_path, "id", "g1"))


def test_no_error_shows_the_password_of_a_server(tmp_path: Path) -> None:
    with pytest.raises(VectorsBroken) as caught:
        ChromaVectors(Place("http://ann:secret@127.0.0.1:1/", tmp_path, "c"))
    assert "secret" not in str(caught.value)
    assert "127.0.0.1:1" in str(caught.value)
