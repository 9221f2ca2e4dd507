"""Which part of the data a question belongs to: split by article, so that no part has seen another's pages."""

from __future__ import annotations

import hashlib
from typing import Any

FOLDS = 5


def part_of(record: dict[str, Any]) -> str:
    """`test` as the question sets have it; a fifth of the other articles calibrate, the rest train."""
    if record["split"] == "test":
        return "test"
    digest = hashlib.md5(f"{record['corpus']}{record['article']}".encode(), usedforsecurity=False).hexdigest()
    calibrates = record["corpus"] != "wiki" and int(digest, 16) % FOLDS == 0
    return "calibration" if calibrates else "training"
