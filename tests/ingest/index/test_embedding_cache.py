"""The store of every vector ever made."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import IndexBroken
from ingest.index.embedding_cache import VectorStore, string_hash


def vectors(count: int) -> np.ndarray:
    return np.arange(count * 4, dtype=np.float32).reshape(count, 4)


def test_vectors_come_back_in_the_order_asked_for_even_twice(tmp_path: Path) -> None:
    with closing(VectorStore(tmp_path / "vectors.sqlite", "e")) as store:
        store.save(["a", "b", "c"], vectors(3))
        assert np.array_equal(store.load(["c", "a", "c"]), vectors(3)[[2, 0, 2]])


def test_what_was_saved_outlives_the_process(tmp_path: Path) -> None:
    with closing(VectorStore(tmp_path / "vectors.sqlite", "e")) as store:
        store.save(["a"], vectors(1))
    with closing(VectorStore(tmp_path / "vectors.sqlite", "e")) as store:
        assert store.missing(["a", "b", "a", "b"]) == ["b"]


def test_a_vector_that_is_not_there_says_what_to_run(tmp_path: Path) -> None:
    with (
        closing(VectorStore(tmp_path / "vectors.sqlite", "e")) as store,
        pytest.raises(IndexBroken, match="--rebuild"),
    ):
        store.load(["nobody"])


def test_vectors_of_different_embedders_never_mix(tmp_path: Path) -> None:
    for number, name in enumerate(("one", "other")):
        with closing(VectorStore(tmp_path / "vectors.sqlite", name)) as store:
            assert store.missing(["a"]) == ["a"]
            store.save(["a"], vectors(2)[number : number + 1])
    with closing(VectorStore(tmp_path / "vectors.sqlite", "one")) as store:
        assert np.array_equal(store.load(["a"]), vectors(2)[:1])


def test_pruning_forgets_what_is_not_kept_and_only_that(tmp_path: Path) -> None:
    with closing(VectorStore(tmp_path / "vectors.sqlite", "e")) as store:
        names = [f"v{number}" for number in range(3_000)]
        store.save(names, vectors(3_000))
        store.prune(iter(names[::3]))
        assert store.missing(names) == [name for place, name in enumerate(names) if place % 3]
        assert np.array_equal(store.load(names[:6:3]), vectors(3_000)[:6:3])


def test_the_store_is_looked_through_only_after_much_was_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.index.embedding_cache._SPARE", 10)
    with closing(VectorStore(tmp_path / "vectors.sqlite", "e")) as store:
        store.save([f"a{number}" for number in range(10)], vectors(10))
        assert not store.is_crowded()
        store.save(["b"], vectors(1))
        assert store.is_crowded()
        store.prune([f"a{number}" for number in range(10)])
        assert not store.is_crowded()


def test_a_damaged_store_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "vectors.sqlite").write_bytes(b"no database" * 1_000)
    with closing(VectorStore(tmp_path / "vectors.sqlite", "e")) as store:
        assert store.missing(["a"]) == ["a"]
        store.save(["a"], vectors(1))


def test_a_vector_with_a_flipped_bit_is_made_anew_and_the_others_are_kept(tmp_path: Path) -> None:
    path, names = tmp_path / "vectors.sqlite", [f"a{number}" for number in range(9)]
    made = vectors(9)
    with closing(VectorStore(path, "e")) as store:
        store.save(names, made)
        store.flush()
    data = bytearray(path.read_bytes())
    data[data.index(made[4].tobytes())] ^= 1
    path.write_bytes(data)
    with closing(VectorStore(path, "e", check=True)) as store:
        assert store.missing(names) == ["a4"]
        np.testing.assert_array_equal(store.load(names[:4]), made[:4])


def test_what_can_be_read_of_a_damaged_store_is_kept(tmp_path: Path) -> None:
    path, names = tmp_path / "vectors.sqlite", [f"a{number:04}" for number in range(3_000)]
    made = vectors(3_000)
    with closing(VectorStore(path, "e")) as store:
        store.save(names, made)
        store.flush()
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4_096] = b"\xff" * 4_096
    path.write_bytes(data)
    with closing(VectorStore(path, "e", check=True)) as store:
        missing = set(store.missing(names))
        kept = [place for place, name in enumerate(names) if name not in missing]
        assert 1_000 < len(kept) < 3_000
        np.testing.assert_array_equal(store.load([names[place] for place in kept]), made[kept])
        store.save(names, made)
        assert store.missing(names) == []


@given(st.text(alphabet=st.characters()))
def test_every_string_has_a_name_and_two_have_two(text: str) -> None:
    assert string_hash(text) == string_hash(text)
    assert string_hash(text) != string_hash(text + " ")
