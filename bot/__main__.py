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
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from bot.api.installed import require_packages
from bot.api.tokens import new_token
from bot.cli import commands, doctor
from bot.cli.arguments import lookup, parser
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
from bot.qa.summarising.extractive import ExtractiveDigest, ExtractiveSummary
from bot.qa.summarising.summaries import ModelDigest, ModelSummary
from bot.qa.timeline.topics import Period, Topics
from bot.qa.verification.second_look import SecondLook
from bot.settings import Settings, load_settings, secret
from ingest.__main__ import main as ingest_main
from ingest.command_line import command_place
from ingest.embedding.factory import Embedder, make_embedder
from ingest.embedding.token_counts import count_tokens
from ingest.errors import UserFacingError
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
    options = parser(program).parse_args(arguments)
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
                await commands.said(answerer, lookup(options), as_json=options.json)
            case "timeline":
                period = Period(options.since or "", options.until or "")
                await commands.timeline(parts.topics, options.topic, period, as_json=options.json)
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
    topics: Topics


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
        retriever = Retriever(embedder, reranker)
        answerer = Answerer(
            library,
            retriever,
            Writers(ModelGenerator(model), ModelSummary(model), ModelDigest(model)) if model else quoting,
            quoting,
            rewriter=ModelRewriter(model) if model else None,
            repairer=Repairer(model) if model else None,
            second_look=SecondLook(model) if model and settings.answering.second_look else None,
            deadline=settings.answering.deadline_seconds,
            passages=settings.retrieval.passages,
        )
        yield Parts(library, answerer, embedder, Topics(library, retriever, encoder))


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
    await run_bot(settings, parts.library, parts.answerer, token, embed, api, parts.topics)


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


if __name__ == "__main__":
    sys.exit(main(env_file=ENV_FILE))
