"""`python -m ingest`: bring the index in line with the articles, and every other change of the corpus."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from ingest.command_line import Call, parse
from ingest.commands import Result, perform
from ingest.edits.run_lock import RunInProgress
from ingest.errors import UserFacingError
from ingest.runs.removal_limit import TooManyRemoved
from ingest.sources.progress import json_lines, progress_bars, silent
from ingest.sources.sources import printable
from ingest.sources.ssrf_guard import Guard
from ingest.system.env_file import ENV_FILE, load_env_files
from ingest.text.terminal_output import accept_any_text, nobody_reads, print_json


def main(
    arguments: Sequence[str] | None = None,
    *,
    guard: Guard | None = None,
    env_file: Path | None = None,
    program: str = "python -m ingest",
) -> int:
    """Run one command and return its exit code. `guard` is for tests that fetch from this computer."""
    call = parse(sys.argv[1:] if arguments is None else arguments, program)
    logging.basicConfig(
        level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    accept_any_text()
    os.umask(0o077)  # the index and what lies beside it are for their owner alone
    try:
        if env_file is not None:
            load_env_files(call.config, env_file)
        _show(_perform(call, guard or Guard()), as_json=call.json)
    except UserFacingError as error:
        _show_error(str(error), _details(error), as_json=call.json)
        return error.exit_code
    except BrokenPipeError:
        return nobody_reads()
    except OSError as error:
        text = f"{error}. The last index stays in use; make room or mend the folder, and run this again."
        _show_error(text, {}, as_json=call.json)
        return 1
    except KeyboardInterrupt:
        text = "Stopped. The last index stays in use, and what was embedded is kept."
        _show_error(text, {}, as_json=call.json)
        return 130
    return 0


def _perform(call: Call, guard: Guard) -> Result:
    watched = nullcontext(json_lines() if call.progress else silent) if call.json else progress_bars()
    with watched as report:
        return perform(call.config, replace(call.request, guard=guard), report)


def _show(result: Result, *, as_json: bool) -> None:
    if as_json:
        print_json(result.shape)
    else:
        Console(highlight=False, markup=False, emoji=False, soft_wrap=True).print(_printable(result.text))


def _show_error(text: str, details: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json({"outcome": "failed", "error": text} | details)
    else:
        console = Console(stderr=True, emoji=False, soft_wrap=True)
        console.print(_printable(text), style="red", markup=False, highlight=False)


def _printable(text: str) -> str:
    """Lines in which no terminal's control code takes effect: titles and names are anybody's."""
    return "\n".join(map(printable, text.split("\n")))


def _details(error: UserFacingError) -> dict[str, Any]:
    """What a program that reads the error can act on."""
    if isinstance(error, RunInProgress):
        return {"running": error.running}
    if isinstance(error, TooManyRemoved):
        return {"removals": error.removals}
    return {}


if __name__ == "__main__":
    sys.exit(main(env_file=ENV_FILE))
