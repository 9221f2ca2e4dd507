"""What the embedder's benchmark compares with is what it says."""

from __future__ import annotations

import socket
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from benchmarks import embedder
from benchmarks.chroma_default import chroma_default_embedder
from benchmarks.embedder import paired, shortened
from ingest.embedding.factory import LocalEmbedder
from ingest.embedding.model_files import tokenizer_file

TEXTS = ["The bridge was opened to traffic in May.", "Frost", "the same word " * 200]


def test_chromas_default_embedder_is_put_in_place_without_a_network(
    tmp_path: Path, exact_embedder: LocalEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    theirs = np.asarray(chroma_default_embedder(tmp_path)(TEXTS))
    assert (theirs * exact_embedder.embed_passages(TEXTS)).sum(axis=1).min() > 0.99999


@pytest.mark.parametrize("length", [1, 5, 16])
def test_a_text_is_shortened_to_so_many_tokens(length: int) -> None:
    text = "Mehdi Sanaei, ambassador, claimed extraordinarily antidisestablishmentarian deliveries of S-300s."
    tokenizer = Tokenizer.from_file(str(tokenizer_file()))
    tokenizer.no_padding()
    assert len(tokenizer.encode(shortened(text, length), add_special_tokens=False).ids) == length


def test_a_ratio_says_how_many_times_faster_ours_is(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]

    class Time:
        perf_counter = process_time = staticmethod(lambda: clock[0])

    def slow(texts: list[str]) -> None:
        clock[0] += 3 * len(texts)

    def quick(texts: list[str]) -> None:
        clock[0] += len(texts) / 2

    monkeypatch.setattr(embedder, "time", Time)
    found = paired(quick, slow, TEXTS, 3)
    assert found["ratio"] == found["ratio of processor time"] == pytest.approx(6)
    assert found["ours a second"] == pytest.approx(2)
