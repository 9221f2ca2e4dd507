"""`python -m bot`: the one place that builds things and puts them together."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bot.api.installed import require_packages
from bot.api.tokens import new_token
from bot.cli import commands, doctor
from bot.cli.evaluate import collect, evaluate
from bot.cli.terminal import say
from bot.operations.index_pool import Library
from bot.qa.answering import Answerer, Writers
from bot.qa.conversation.rewriting import ModelRewriter
from bot.qa.generation.budget import DailyBudget
from bot.qa.generation.generator import ModelGenerator
from bot.qa.generation.quoting import QuotingGenerator
from bot.qa.generation.repairer import Repairer
from bot.qa.retrieval.reranking import EndpointReranker
from bot.qa.retrieval.search import Retriever
from bot.qa.selection.cross_encoder import CrossEncoder
from bot.qa.selection.selection import Selector
from bot.qa.statements import Lookup
from bot.qa.summarising.extractive import ExtractiveDigest, ExtractiveSummary
from bot.qa.summarising.summaries import ModelDigest, ModelSummary
from bot.qa.verification.second_look import SecondLook
from bot.settings import Settings, load_settings, secret
from ingest.__main__ import main as ingest_main
from ingest.command_line import command_place
from ingest.embedding.factory import Embedder, make_embedder
from ingest.embedding.token_counts import count_tokens
from ingest.errors import UserFacingError
from ingest.settings import DEFAULT_CONFIG
from ingest.system.env_file import ENV_FILE, load_env_files
from ingest.system.memory import limit_heaps
from ingest.text.terminal_output import accept_any_text, nobody_reads, print_json

if TYPE_CHECKING:
    from bot.chat.connection import OpenApi
    from bot.qa.generation.chat_model import ChatModel

GREETING = (
    "Ask about the articles; quit or Ctrl-D ends. This is a chat in the terminal. To start the bot in Discord, make an "
    "application at https://discord.com/developers/applications, copy its bot token, and put DISCORD_TOKEN=… into "
    "the environment or into .env (the README shows each step)."
)


def byline() -> int:
    """The console script: `byline ingest …` is `python -m ingest …`, all else is `python -m bot …`."""
    return main(env_file=ENV_FILE, program="byline")


def main(
    arguments: Sequence[str] | None = None,
    env_file: Path | None = None,
    program: str = "python -m bot",
) -> int:
    arguments = sys.argv[1:] if arguments is None else arguments
    if (place := command_place(arguments, ("ingest",))) is not None:
        rest = [*arguments[:place], *arguments[place + 1 :]]
        return ingest_main(rest, env_file=env_file, program=f"{program} ingest")
    options = _parser(program).parse_args(arguments)
    logging.basicConfig(
        level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    accept_any_text()
    limit_heaps()
    os.umask(0o077)  # what is written is for its owner alone, as the records are
    try:
        if env_file is not None:
            load_env_files(options.config, env_file)
        return asyncio.run(_run(options))
    except UserFacingError as error:
        _show_error(error, as_json=getattr(options, "json", False))
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return nobody_reads()


async def _run(options: argparse.Namespace) -> int:
    settings = load_settings(options.config)
    if options.word == "token":
        return _new_token(options.name)
    if options.word == "doctor":
        return await doctor.report(settings, full=options.full, as_json=options.json)
    if options.word == "evaluate" and options.collect:
        await collect(settings.records.path)
        return 0
    if options.word in ("serve", "mcp"):
        require_packages()
    async with assembled(settings) as parts:
        answerer = parts.answerer
        match options.word:
            case "ask":
                await commands.ask(answerer, options.question, as_json=options.json, as_of=options.as_of)
            case "search":
                await commands.search(answerer, options.query, options.k, as_json=options.json)
            case "summary":
                await commands.summary(answerer, options.name, as_json=options.json)
            case "said":
                await commands.said(answerer, _lookup(options), as_json=options.json)
            case "article":
                await commands.article(answerer, options.name, as_json=options.json)
            case "chat":
                await commands.chat(answerer, greeting=GREETING, as_json=options.json)
            case "evaluate":
                await evaluate(answerer, parts.library, options.questions, as_json=options.json)
            case "serve" | "mcp":
                await _serve(settings, parts, over_stdio=options.word == "mcp")
            case _:
                await _discord(settings, parts)
    return 0


@dataclass(frozen=True, slots=True)
class Parts:
    """What a front end works with."""

    library: Library
    answerer: Answerer
    embedder: Embedder


@asynccontextmanager
async def assembled(settings: Settings) -> AsyncIterator[Parts]:
    """Every part built from the settings, and closed again."""
    embedding = settings.ingest.embedding
    embedder = await asyncio.to_thread(make_embedder, embedding.provider, embedding.model, embedding.base_url)
    library = Library(settings.ingest.index, embedder.identity.key)
    encoder = await asyncio.to_thread(CrossEncoder)
    quoting = Writers(
        QuotingGenerator(Selector(encoder)), ExtractiveSummary(embedder), ExtractiveDigest(embedder)
    )
    async with AsyncExitStack() as closing:
        closing.push_async_callback(asyncio.to_thread, library.close)
        closing.callback(encoder.close)
        model = _model(settings)
        if model is not None:
            closing.push_async_callback(model.aclose)
        reranker = _reranker(settings)
        if reranker is not None:
            closing.push_async_callback(asyncio.to_thread, reranker.close)
        answerer = Answerer(
            library,
            Retriever(embedder, reranker),
            Writers(ModelGenerator(model), ModelSummary(model), ModelDigest(model)) if model else quoting,
            quoting,
            rewriter=ModelRewriter(model) if model else None,
            repairer=Repairer(model) if model else None,
            second_look=SecondLook(model) if model and settings.answering.second_look else None,
            deadline=settings.answering.deadline_seconds,
            passages=settings.retrieval.passages,
        )
        yield Parts(library, answerer, embedder)


def _reranker(settings: Settings) -> EndpointReranker | None:
    retrieval = settings.retrieval
    if not retrieval.rerank_url:
        return None
    return EndpointReranker(retrieval.rerank_url, retrieval.rerank_model, secret("RERANK_API_KEY"))


def _model(settings: Settings) -> ChatModel | None:
    """The answering model, where config.toml asks for one: a key in the environment alone sends nothing out."""
    answering = settings.answering
    if answering.provider == "quoting":
        return None
    from bot.qa.generation.bounded_client import make_client  # openai takes a second to import
    from bot.qa.generation.chat_model import ChatModel

    return ChatModel(
        make_client(answering.base_url),
        answering.model,
        count_tokens=count_tokens,
        deadline=answering.deadline_seconds,
        budget=DailyBudget(settings.records.path.with_name("budget.sqlite"), answering.daily_tokens),
    )


async def _discord(settings: Settings, parts: Parts) -> None:
    token = secret("DISCORD_TOKEN")
    if token is None:
        raise UserFacingError(
            "DISCORD_TOKEN is not set. Put it into the environment or into .env (the README says how to get one), "
            "or ask in this terminal with `python -m bot chat`."
        )
    from bot.chat.connection import run_bot  # discord.py is slow to import, and only this command needs it

    embed, api = parts.embedder.embed_passages, _api_beside_discord(settings, parts)
    await run_bot(settings, parts.library, parts.answerer, token, embed, api)


def _api_beside_discord(settings: Settings, parts: Parts) -> OpenApi | None:
    if not settings.api.address:
        return None
    require_packages()
    from bot.api.desk import Desk  # its packages are an extra
    from bot.api.serving import serving

    deadline = settings.answering.deadline_seconds
    return lambda records, metrics, slots, addresses: serving(
        settings, Desk(parts.answerer, parts.library, records, metrics, slots, deadline, addresses)
    )


async def _serve(settings: Settings, parts: Parts, *, over_stdio: bool) -> None:
    from bot.api.process import serve, serve_stdio  # its packages are an extra

    if over_stdio:
        await serve_stdio(settings, parts.library, parts.answerer)
    else:
        await serve(settings, parts.library, parts.answerer, announce=lambda text: print(text, flush=True))


def _new_token(name: str) -> int:
    token, line = new_token(name)
    print(
        f"The token, which is shown this once:\n  {token}\nIts line for the file that [api] tokens names:\n  {line}"
    )
    return 0


def _show_error(error: UserFacingError, *, as_json: bool) -> None:
    if as_json:
        print_json({"outcome": "failed", "error": str(error)})
    else:
        say(Console(stderr=True), str(error), "red")


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=program,
        description="Answers questions about the ingested articles. Without a word it runs in Discord.",
        parents=[_common(DEFAULT_CONFIG, as_json=False)],
    )
    # both options may stand before the word or behind it; behind it they have no default that would win over before
    common = _common(argparse.SUPPRESS, as_json=argparse.SUPPRESS)
    words = parser.add_subparsers(
        dest="word", metavar="[ask|chat|search|summary|said|article|doctor|evaluate|serve|mcp|token|ingest]"
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
    said = words.add_parser("said", parents=[common], help="list what somebody said, word for word")
    said.add_argument("person", nargs="?", default="", metavar="PERSON")
    said.add_argument(
        "--all", action="store_true", help="every statement of all articles, a JSON object a line"
    )
    said.add_argument("--about", default="", help="what it should be about")
    said.add_argument("--since", type=_day, help="published on that day or later, as 2026-01-31")
    said.add_argument("--until", type=_day, help="published on that day or before")
    said.add_argument("--source", default="", help="the outlet, or a part of its name")
    article = words.add_parser("article", parents=[common], help="show one article")
    article.add_argument("name", metavar="ID_OR_URL")
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
    words.add_parser("ingest", add_help=False, help="read the articles anew, or change the corpus by hand")
    return parser


def _common(config: object, *, as_json: object) -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, default=config, help="default: config.toml")
    common.add_argument("--json", action="store_true", default=as_json, help="one JSON object a line")
    return common


def _lookup(options: argparse.Namespace) -> Lookup | None:
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


if __name__ == "__main__":
    sys.exit(main(env_file=ENV_FILE))
