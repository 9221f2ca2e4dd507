"""The commands of `python -m ingest` and their options, parsed into a request.

Each command is a word with options of its own (`add FILE`). The flags that came before the words (`--add FILE`) mean
the same, and stay for the programs that call them.
"""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from ingest.commands import COMMANDS, Request
from ingest.settings import DEFAULT_CONFIG

_DESCRIPTION = "Read the articles and bring the index in line with them; or change the corpus by hand."
# the options that may stand before a command, each with how many values it takes
_LEADING = {"--config": 1, "--by": 1, "--json": 0, "--progress": 0}


@dataclass(frozen=True, slots=True)
class Call:
    """What is to be done with which corpus, and how the outcome is to be printed."""

    request: Request
    config: Path
    json: bool
    progress: bool


def parse(arguments: Sequence[str], program: str = "python -m ingest") -> Call:
    """The call that a command line makes; a wrong one ends the program with status 2, as argparse does."""
    place = command_place(arguments, COMMANDS)
    if place is not None:
        # behind the word each option has a place, wherever it was written
        words = [arguments[place], *arguments[:place], *arguments[place + 1 :]]
        options = _commands_parser(program).parse_args(words)
    elif {"-h", "--help"} & set(arguments):
        options = _commands_parser(program).parse_args(["--help"])
    else:
        options = _with_flags_as_words(_flags_parser(program).parse_args(arguments))
    known = {field.name for field in fields(Request)} & vars(options).keys()
    request = Request(**{name: getattr(options, name) for name in known})
    return Call(request, options.config, options.json, options.progress)


def command_place(arguments: Sequence[str], commands: Collection[str]) -> int | None:
    """Where the command's word stands: behind nothing but `--config FILE` and its like; None if there is none."""
    values = 0
    for place, argument in enumerate(arguments):
        if values:
            values -= 1
        elif not argument.startswith("-"):
            return place if argument in commands else None
        else:
            option, has_value, _ = argument.partition("=")
            if option not in _LEADING:
                return None
            values = 0 if has_value else _LEADING[option]
    return None


def _commands_parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        usage=f"{program} [COMMAND | PATH ...] [--config FILE] [--json] …",
        description=f"{_DESCRIPTION} Without a command it refreshes.",
        epilog="COMMAND --help shows a command's options. Each command may be written as a flag, too: --add FILE.",
    )
    commands = parser.add_subparsers(
        prog=program, dest="action", title="commands", metavar="COMMAND", required=True
    )

    def command(name: str, meaning: str, *options: argparse.ArgumentParser) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[_common(), *options], help=meaning, description=meaning)

    meaning = "read the sources again, or only the PATHs"
    refresh = command("refresh", meaning, _dry_run(), _removals(), _clock())
    meaning = "only these; articles elsewhere stay"
    refresh.add_argument("paths", nargs="*", type=Path, metavar="PATH", help=meaning)
    add = command("add", "put these in, whatever the sources hold")
    add.add_argument("what", nargs="+", metavar="FILE_OR_URL")
    add.add_argument("--name", help="of one file: what it is called")
    remove = command("remove", "take these out, and keep them out", _dry_run())
    remove.add_argument("what", nargs="+", metavar="ID_OR_URL_OR_TITLE")
    command("rollback", "go back to the index before the last change")
    for name, meaning, options in (
        ("export", "write the corpus into one file", ()),
        ("import", "replace the corpus by an exported one", (_removals(),)),
        ("backup", "like export, with the audit log and the fetched pages", ()),
    ):
        command(name, meaning, *options).add_argument("file", type=Path, metavar="FILE")
    command("rebuild", "remake Chroma from the catalogue, without embedding")
    for name, meaning in (
        ("log", "the last N changes, by whom"),
        ("changes", "the last N articles that changed, word by word"),
    ):
        looked = command(name, meaning)
        looked.add_argument("limit", nargs="?", type=_positive, default=20, metavar="N", help="default: 20")
    command("status", "what the index holds, and who is changing it")
    return parser


def _flags_parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description=_DESCRIPTION,
        parents=[_common(), _dry_run(), _removals(), _clock()],
        add_help=False,
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--name")
    flags = parser.add_mutually_exclusive_group()
    for flag in ("--refresh", "--rollback", "--rebuild", "--status"):
        flags.add_argument(flag, action="store_true")
    for flag in ("--add", "--remove"):
        flags.add_argument(flag, nargs="+", metavar="WHAT")
    for flag in ("--export", "--import", "--backup"):
        flags.add_argument(flag, type=Path, metavar="FILE")
    for flag in ("--log", "--changes"):
        flags.add_argument(flag, nargs="?", type=_positive, const=20, metavar="N")
    return parser


def _with_flags_as_words(options: argparse.Namespace) -> argparse.Namespace:
    """The same options as the command's own parser gives them: `--add FILE` as the action and what it is done to."""
    values = vars(options)
    options.action = next((name for name in COMMANDS if values.get(name)), "refresh")
    options.what = tuple(options.add or options.remove or ())
    options.file = options.export or values["import"] or options.backup
    options.limit = options.log or options.changes or 0
    return options


def _common() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(
        "--config", type=Path, default=DEFAULT_CONFIG, metavar="FILE", help="default: config.toml"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    parser.add_argument(
        "--progress", action="store_true", help="with --json: a line a step on standard error"
    )
    parser.add_argument(
        "--by", default=_user(), metavar="NAME", help="who asked for it, for the audit log; default: you"
    )
    return parser


def _dry_run() -> argparse.ArgumentParser:
    return _flag("--dry-run", "say what would change, and change nothing")


def _removals() -> argparse.ArgumentParser:
    return _flag("--allow-removals", "publish though many articles disappear")


def _clock() -> argparse.ArgumentParser:
    return _flag("--scheduled", "a refresh by the clock: none after a roll back")


def _flag(name: str, meaning: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument(name, action="store_true", help=meaning)
    return parser


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a user without a name, as containers have
        return "somebody"


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000:
        raise argparse.ArgumentTypeError("must be between 1 and 10000")
    return number
