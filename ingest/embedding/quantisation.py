"""int8 or fp32: which of the encoder's two graphs this processor runs faster, and the session that runs it.

int8 pays where the processor multiplies bytes natively (VNNI, ARM dot products). Older x86 processors are
slower at it, and saturate, which ruins the vectors. So both are tried once on each kind of processor, and the
better is remembered.
"""

from __future__ import annotations

import contextlib
import json
import platform
import time
from pathlib import Path

import numpy as np
import onnxruntime

from ingest.embedding.model_files import MODEL, Precision, graph_file, models_folder
from ingest.system.atomic_write import replace_bytes

LEAST_COSINE = 0.98
"""Mean over the trial's rows; below it, int8 has gone wrong rather than rough."""

_LEAST_GAIN = 1.1
_ROUNDS = 4


def load_session(precision: Precision) -> onnxruntime.InferenceSession:
    """The encoder's session. Raises ModelFilesMissing."""
    return open_session(graph_file(precision))


def open_session(graph: Path) -> onnxruntime.InferenceSession:
    """A session that runs each call on the calling thread alone. Takes 0.2 s."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # further optimisation would fuse the layer norms into an operator that is slower
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def preferred_precision() -> Precision:
    """What this kind of processor was found to run best; tried out if that was never done (1–2 s)."""
    record = models_folder() / MODEL / "precision.json"
    processor = processor_name()
    known = _read(record)
    if processor not in known:
        known[processor] = _try_both()
        with contextlib.suppress(OSError):  # where the folder may only be read, it is tried again next time
            replace_bytes(record, json.dumps(known, indent=1).encode())
    return "int8" if known[processor] == "int8" else "fp32"


def processor_name() -> str:
    """Enough to tell kinds of processor apart, and the runtime's version: another may bring other kernels."""
    parts = [platform.machine(), platform.processor()]
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        fields = dict(line.split("\t", 1) for line in lines if "\t" in line)
        parts += [fields.get("model name", "").strip("\t: ")]
        parts += sorted(flag for flag in fields.get("flags", "").split() if "vnni" in flag)
    return " ".join([*filter(None, parts), f"onnxruntime {onnxruntime.__version__}"])


def _try_both() -> Precision:
    exact, quick = load_session("fp32"), load_session("int8")
    ids = np.random.default_rng(0).integers(1000, 29000, (2, 200), dtype=np.int32)
    inputs = {"input_ids": ids}
    seconds = {"exact": 9e9, "quick": 9e9}
    results = {}
    for _ in range(_ROUNDS):  # in turns, so that other work on the machine slows both
        for name, session in (("exact", exact), ("quick", quick)):
            start = time.perf_counter()
            (results[name],) = session.run(["vectors"], inputs)
            seconds[name] = min(seconds[name], time.perf_counter() - start)
    cosine = float((results["exact"] * results["quick"]).sum(axis=1).mean())
    worth_it = seconds["quick"] * _LEAST_GAIN < seconds["exact"]
    return "int8" if worth_it and cosine >= LEAST_COSINE else "fp32"


def _read(record: Path) -> dict[str, str]:
    try:
        found = json.loads(record.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
