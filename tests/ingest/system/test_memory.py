from __future__ import annotations

import subprocess
import sys

import pytest

THREADS = """
import ctypes, sys, threading
if sys.argv[1] == "limited":
    from ingest.system.memory import limit_heaps
    limit_heaps()
barrier = threading.Barrier(13)
def hold():
    kept = [bytearray(9_000) for _ in range(50)]
    barrier.wait()
threads = [threading.Thread(target=hold) for _ in range(12)]
[thread.start() for thread in threads]
barrier.wait()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, out)
libc.fflush(out)
"""


def heaps(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", THREADS, how], capture_output=True, text=True, check=True)
    return done.stdout.count("<heap nr=")


@pytest.mark.skipif(sys.platform != "linux", reason="heaps of glibc")
def test_threads_share_two_heaps() -> None:
    if heaps("as it is") < 3:
        pytest.skip("not glibc")
    assert heaps("limited") <= 2
