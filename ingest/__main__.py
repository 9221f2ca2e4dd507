"""`python -m ingest`: bring the index in line with the articles, and every other change of the corpus."""

from __future__ import annotations

import argparse
import getpass
import logging
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from rich.console import Console

from ingest.commands import Asked, Result, perform
from ingest.edits.run_lock import RunInProgress
from ingest.env_file import ENV_FILE, load_env_files
from ingest.errors import ConfigError, UserFacingError
from ingest.runs.removal_limit import TooManyRemoved
from ingest.settings import DEFAULT_CONFIG
from ingest.sources.progress import json_lines, progress_bars, silent
from ingest.sources.sources import printable
from ingest.sources.ssrf_guard import Guard
from ingest.text.terminal_output import accept_any_text, nobody_reads, print_json


def main(
    arguments: Sequence[str] | None = None, *, guard: Guard | None = None, env_file: Path | None = None
) -> int:
    """Run one command and return its exit code. `guard` is for tests that fetch from this computer."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    accept_any_text()
    try:
        if env_file is not None:
            load_env_files(options.config, env_file)
        _show(_perform(options, guard or Guard()), as_json=options.json)
    except UserFacingError as error:
        _show_error(str(error), _details(error), as_json=options.json)
        return error.exit_code
    except BrokenPipeError:
        return nobody_reads()
    except OSError as error:
        text = f"{error}. The last index stays in use; make room or mend the folder, and run this again."
        _show_error(text, {}, as_json=options.json)
        return 1
    except KeyboardInterrupt:
        text = "Stopped. The last index stays in use, and what was embedded is kept."
        _show_error(text, {}, as_json=options.json)
        return 130
    return 0


def _show(result: Result, *, as_json: bool) -> None:
    if as_json:
        print_json(result.shape)
    else:
        Console(highlight=False, markup=False, emoji=False, soft_wrap=True).print(_printable(result.text))


def _printable(text: str) -> str:
    """Lines in which no terminal's control code takes effect: titles and names are anybody's."""
    return "\n".join(map(printable, text.split("\n")))


def _perform(options: argparse.Namespace, guard: Guard) -> Result:
    if options.paths and _action(options) != "refresh":
        raise ConfigError("PATHs go with a plain run only; leave them out, or leave the flag out.")
    asked = Asked(
        action=_action(options),
        what=tuple(options.add or options.remove or ()),
        file=options.export or options.imported or options.backup,
        name=options.name,
        by=options.by or _user(),
        paths=tuple(options.paths),
        dry_run=options.dry_run,
        allow_removals=options.allow_removals,
        scheduled=options.scheduled,
        limit=options.log or 0,
        guard=guard,
    )
    watched = nullcontext(json_lines() if options.progress else silent) if options.json else progress_bars()
    with watched as report:
        return perform(options.config, asked, report)


def _action(options: argparse.Namespace) -> str:
    named = {
        "add": options.add, "remove": options.remove, "rollback": options.rollback, "rebuild": options.rebuild,
        "log": options.log is not None,
        "status": options.status, "export": options.export, "import": options.imported, "backup": options.backup,
    }  # fmt: skip
    return next((name for name, given in named.items() if given), "refresh")


def _details(error: UserFacingError) -> dict[str, Any]:
    """What a program that reads the error can act on."""
    if isinstance(error, RunInProgress):
        return {"running": error.running}
    if isinstance(error, TooManyRemoved):
        return {"removals": error.removals}
    return {}


def _show_error(text: str, details: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json({"outcome": "failed", "error": text} | details)
    else:
        console = Console(stderr=True, emoji=False, soft_wrap=True)
        console.print(_printable(text), style="red", markup=False, highlight=False)


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as containers have
        return "somebody"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Read the articles and bring the index in line with them; or change the corpus by hand.",
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="only these; articles elsewhere stay"
    )
    changes = parser.add_mutually_exclusive_group()
    changes.add_argument("--refresh", action="store_true", help="read all sources again, as without any flag")
    changes.add_argument(
        "--add", nargs="+", metavar="FILE_OR_URL", help="put these in, whatever the sources hold"
    )
    changes.add_argument(
        "--remove", nargs="+", metavar="ID_OR_URL_OR_TITLE", help="take these out, and keep them out"
    )
    changes.add_argument(
        "--rollback", action="store_true", help="go back to the index before the last change"
    )
    changes.add_argument("--export", type=Path, metavar="FILE", help="write the corpus into one file")
    changes.add_argument(
        "--import", type=Path, metavar="FILE", dest="imported", help="replace the corpus by an exported one"
    )
    changes.add_argument(
        "--backup", type=Path, metavar="FILE", help="like --export, with the audit log and the fetched pages"
    )
    changes.add_argument(
        "--rebuild", action="store_true", help="remake Chroma from the catalogue, without embedding"
    )
    changes.add_argument(
        "--log", nargs="?", type=_positive, const=20, metavar="N", help="the last N changes, by whom"
    )
    changes.add_argument("--status", action="store_true", help="what the index holds, and who is changing it")
    parser.add_argument("--name", help="with --add of one file: what it is called")
    parser.add_argument("--by", metavar="NAME", help="who asked for it, for the audit log; default: you")
    parser.add_argument(
        "--allow-removals", action="store_true", help="publish though many articles disappear"
    )
    parser.add_argument(
        "--scheduled", action="store_true", help="a refresh by the clock: none after a roll back"
    )
    parser.add_argument("--config", type=Path, default=DEFAULT_CONFIG, help="default: config.toml")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    parser.add_argument(
        "--progress", action="store_true", help="with --json: a line a step on standard error"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000:
        raise argparse.ArgumentTypeError("must be between 1 and 10000")
    return number


if __name__ == "__main__":
    sys.exit(main(env_file=ENV_FILE))
