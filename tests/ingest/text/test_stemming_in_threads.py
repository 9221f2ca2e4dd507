from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

from ingest.text import stemming
from ingest.text.stemming import stem

THREADS = 8
ENDINGS = ("ed", "ing", "ation", "s", "ness", "ly", "fulness", "ously", "ement")


@contextmanager
def eager_switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def test_many_threads_stem_as_one_does() -> None:
    roots = (f"{a}{b}{c}" for a in ("block", "nou", "con", "trans") for b in "aeiou" for c in "dlmnrst")
    words = [root + ending for root in roots for ending in ENDINGS]
    alone = [stem(word) for word in words]
    together = Barrier(THREADS)

    def stems(_: int) -> list[str]:
        together.wait()
        return [stem.__wrapped__(word) for word in words]

    with eager_switching(), ThreadPoolExecutor(THREADS) as pool:
        assert all(row == alone for row in pool.map(stems, range(THREADS)))


def test_no_thread_shares_its_stemmer() -> None:
    together = Barrier(THREADS)

    def own(_: int) -> object:
        together.wait()
        return stemming._STEMMERS.english

    with ThreadPoolExecutor(THREADS) as pool:
        stemmers = list(pool.map(own, range(THREADS)))
    assert len({id(one) for one in stemmers}) == THREADS
