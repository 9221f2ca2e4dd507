from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.embedding import token_counts as tokens
from ingest.embedding.model_files import VOCABULARIES, cached_vocabulary_name, tokenizer_cache
from ingest.embedding.token_counts import count_tokens, encoding, truncate_tokens
from ingest.errors import ModelFilesMissing

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=200)  # lone surrogates included


@pytest.fixture
def other_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty model folder, a process that has read no vocabulary yet, and no network."""

    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setenv("BYLINE_MODELS", str(tmp_path))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    tokens._load.cache_clear()
    yield tmp_path / "tiktoken"
    tokens._load.cache_clear()


def test_counts_are_those_of_the_vocabulary() -> None:
    assert count_tokens("") == 0
    assert count_tokens("Mehdi Sanaei claimed that Russia has begun.") == len(
        encoding().encode("Mehdi Sanaei claimed that Russia has begun.")
    )
    japanese = "日本語のニュース"
    assert count_tokens(japanese, "cl100k_base") == len(encoding("cl100k_base").encode(japanese))


def test_marks_for_models_count_as_plain_text() -> None:
    assert count_tokens("<|endoftext|>") > 1


@given(ANY_TEXT)
def test_any_text_can_be_counted(text: str) -> None:
    assert (count_tokens(text) == 0) == (text == "")


@pytest.mark.parametrize("run", [" ", "a", "漢", "!", "\n", "ab1"])
def test_a_run_of_a_million_characters_is_counted_within_seconds(run: str) -> None:
    start = time.process_time()
    assert count_tokens((run * 1_000_000)[:1_000_000]) > 5_000
    assert time.process_time() - start < 20


def test_a_long_text_with_blanks_is_counted_exactly() -> None:
    text = "The ambassador said, in Tehran, that nothing was agreed. " * 2_000
    assert count_tokens(text) == len(encoding().encode(text))


@given(ANY_TEXT, st.integers(0, 50))
def test_a_truncated_text_is_a_start_of_it_within_the_limit(text: str, limit: int) -> None:
    start = truncate_tokens(text, limit)
    assert text.startswith(start)
    assert count_tokens(start) <= limit
    if count_tokens(text) <= limit:
        assert start == text


def test_a_truncated_text_is_as_long_as_it_may_be() -> None:
    text = "one two three four five six"
    assert truncate_tokens(text, 3) == "one two three"


def test_a_missing_vocabulary_says_what_to_run_and_asks_no_network(other_models: Path) -> None:
    with pytest.raises(ModelFilesMissing, match="make install"):
        count_tokens("text")


def test_a_damaged_vocabulary_is_refused_and_left_in_place(other_models: Path) -> None:
    other_models.mkdir()
    damaged = other_models / cached_vocabulary_name("o200k_base")
    damaged.write_text("IQ== 0\n")
    with pytest.raises(ModelFilesMissing, match="damaged"):
        count_tokens("text")
    assert damaged.exists()


@pytest.mark.parametrize("name", VOCABULARIES)
def test_each_vocabulary_is_read_from_the_model_folder(
    name: tokens.EncodingName, other_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tiktoken.registry

    monkeypatch.setattr(tiktoken.registry, "ENCODINGS", {})  # what was read before is forgotten
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "elsewhere")
    with pytest.MonkeyPatch.context() as real:
        real.delenv("BYLINE_MODELS")
        source = tokenizer_cache()
    other_models.mkdir()
    shutil.copy(source / cached_vocabulary_name(name), other_models)
    assert count_tokens("claimed", name) == 1
