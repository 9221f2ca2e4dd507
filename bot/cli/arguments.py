"""What may stand behind `python -m bot`."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from bot.qa.steps.statements import Lookup
from ingest.errors import UserFacingError
from ingest.settings import DEFAULT_CONFIG

if TYPE_CHECKING:  # argparse's class takes no parameter at run time
    Words = argparse._SubParsersAction[argparse.ArgumentParser]


def parser(program: str) -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(
        prog=program,
        description="Answers questions about the ingested articles. Without a word it runs in Discord.",
        parents=[_common(DEFAULT_CONFIG, as_json=False)],
    )
    # both options may stand before the word or behind it; behind it they have no default that would win over before
    common = _common(argparse.SUPPRESS, as_json=argparse.SUPPRESS)
    words = whole.add_subparsers(
        dest="word",
        metavar="[ask|chat|search|summary|said|timeline|article|doctor|evaluate|serve|mcp|token|ingest]",
    )
    ask = words.add_parser("ask", parents=[common], help="answer a question; - reads one a line")
    ask.add_argument("question")
    ask.add_argument(
        "--as-of",
        metavar="DATE",
        default="",
        help="only what was published by then: 2015-05-31, May 2015, 2015",
    )
    words.add_parser("chat", parents=[common], help="ask and ask on, in this terminal")
    search = words.add_parser(
        "search", parents=[common], help="list the passages found; - reads one query a line"
    )
    search.add_argument("query")
    search.add_argument("-k", type=_count, default=10, help="how many passages (default: 10)")
    summary = words.add_parser("summary", parents=[common], help="sum an article up, with quotes")
    summary.add_argument("name", metavar="TITLE_OR_URL")
    _add_said(words, common)
    timeline = words.add_parser("timeline", parents=[common], help="list the events of a topic in order")
    timeline.add_argument("topic")
    _add_days(timeline, "that happened")
    article = words.add_parser("article", parents=[common], help="show one article")
    article.add_argument("name", metavar="ID_OR_URL")
    _add_operators_words(words, common)
    words.add_parser("ingest", add_help=False, help="read the articles anew, or change the corpus by hand")
    return whole


def _add_said(words: Words, common: argparse.ArgumentParser) -> None:
    said = words.add_parser("said", parents=[common], help="list what somebody said, word for word")
    said.add_argument("person", nargs="?", default="", metavar="PERSON")
    said.add_argument(
        "--all", action="store_true", help="every statement of all articles, a JSON object a line"
    )
    said.add_argument("--about", default="", help="what it should be about")
    _add_days(said, "published")
    said.add_argument("--source", default="", help="the outlet, or a part of its name")


def _add_days(word: argparse.ArgumentParser, what: str) -> None:
    word.add_argument("--since", type=_day, help=f"{what} on that day or later, as 2026-01-31")
    word.add_argument("--until", type=_day, help=f"{what} on that day or before")


def _add_operators_words(words: Words, common: argparse.ArgumentParser) -> None:
    doctor_word = words.add_parser("doctor", parents=[common], help="check every part and say what to do")
    doctor_word.add_argument(
        "--full", action="store_true", help="check every byte and every passage of the index"
    )
    questions = words.add_parser(
        "evaluate", parents=[common], help="ask questions whose answers are known; figures"
    )
    which = questions.add_mutually_exclusive_group(required=True)
    which.add_argument("questions", metavar="QUESTIONS.jsonl", type=Path, nargs="?")
    which.add_argument(
        "--collect", action="store_true", help="print what people asked in vain as such questions"
    )
    words.add_parser("serve", parents=[common], help="answer over HTTP: an API, MCP and a web page")
    words.add_parser("mcp", parents=[common], help="answer an assistant over standard input and output (MCP)")
    token = words.add_parser("token", parents=[common], help="make a token for the API")
    token.add_argument("name", metavar="NAME")


def _common(config: object, *, as_json: object) -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, default=config, help="default: config.toml")
    common.add_argument("--json", action="store_true", default=as_json, help="one JSON object a line")
    return common


def lookup(options: argparse.Namespace) -> Lookup | None:
    """What `said` is asked for; None for everything."""
    if options.all:
        return None
    if not options.person.strip():
        raise UserFacingError(
            "Name who said it: `python -m bot said PERSON`. `--all` lists what everybody said."
        )
    return Lookup(options.person, options.about, options.since or "", options.until or "", options.source)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a day as 2026-01-31, not {text!r}") from None


def _count(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, not {text!r}") from None
    if not 1 <= number <= 1_000:
        raise argparse.ArgumentTypeError("must be between 1 and 1000")
    return number
