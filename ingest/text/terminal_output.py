"""What a command prints: for programs one JSON object a line, for people text that no terminal chokes on."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Mapping
from typing import Any


def accept_any_text() -> None:
    """A terminal whose encoding lacks a character is shown a question mark instead of ending the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def print_json(shape: Mapping[str, Any]) -> None:
    """One line of UTF-8 on standard output, whatever the terminal's encoding."""
    text = json.dumps(shape, ensure_ascii=False).encode("utf-8", "replace")
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()


def nobody_reads() -> int:
    """The exit code once standard output is closed, as by `| head`; without this the exit would complain once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
