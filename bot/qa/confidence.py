"""When the evidence is good enough to answer from."""

from __future__ import annotations

ANSWERABLE = 0.0
