"""`python -m bot doctor`: every part looked at, one line each, with what to do about it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Literal

import openai
from rich.console import Console

from bot.settings import Settings, secret
from ingest.embedding.factory import make_embedder
from ingest.embedding.token_counts import count_tokens
from ingest.errors import UserFacingError
from ingest.index.catalogue import Catalogue
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.sources.sources import configured_sources
from ingest.text.plurals import counted
from ingest.text.terminal_output import print_json

PROBE_SECONDS = 120
ENDPOINT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. Only "broken" makes the exit code 1."""

    part: str
    state: Literal["ok", "note", "broken"]
    text: str


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at each part in turn; no finding stops the next."""
    yield Finding("config", "ok", str(settings.config))
    yield _tokenizer()
    yield await asyncio.to_thread(_embedder, settings)
    yield _index(settings)
    if (articles := _articles(settings)) is not None:
        yield articles
    yield await asyncio.to_thread(_chroma, settings)
    yield _token()
    yield await _model(settings)


async def report(settings: Settings, *, as_json: bool) -> int:
    """Print a line for each part; 1 where something needed is broken, else 0."""
    broken = False
    console = Console()
    async for finding in examine(settings):
        broken |= finding.state == "broken"
        if as_json:
            print_json(asdict(finding))
        else:
            line = f"{finding.state:>6}  {finding.part:<10} {finding.text}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    return 1 if broken else 0


def _tokenizer() -> Finding:
    try:
        count_tokens("word")
    except UserFacingError as error:
        return Finding("tokenizer", "broken", str(error))
    return Finding("tokenizer", "ok", "in place")


def _embedder(settings: Settings) -> Finding:
    embedding = settings.ingest.embedding
    try:
        embedder = make_embedder(embedding.provider, embedding.model, embedding.base_url)
        embedder.embed_question("Is the embedder there?")
    except UserFacingError as error:
        return Finding("embedder", "broken", str(error))
    return Finding("embedder", "ok", f"{embedder.identity.key} ({embedder.precision})")


def _index(settings: Settings) -> Finding:
    generations = Generations(settings.ingest.index.directory)
    try:
        name = generations.current()
        there = name is not None and generations.path(name).is_dir()
    except (UserFacingError, OSError) as error:
        return Finding("index", "broken", str(error))
    if name is None:
        return Finding(
            "index", "broken", f"There is none in {generations.directory} yet. Run `python -m ingest`."
        )
    if not there:
        return Finding(
            "index", "broken", f"Generation {name} is gone. Run `python -m ingest` to build it anew."
        )
    return Finding("index", "ok", f"generation {name}")


def _articles(settings: Settings) -> Finding | None:
    """How many articles there are; None where the catalogue cannot be read, which is told elsewhere."""
    generations = Generations(settings.ingest.index.directory)
    try:
        with Catalogue.published(generations.path(generations.require_current()) / CATALOGUE) as catalogue:
            count = catalogue.count("articles")
    except (UserFacingError, OSError, sqlite3.Error):
        return None
    if count:
        return Finding("articles", "ok", counted(count, "article"))
    sources = configured_sources(settings.ingest.corpus, settings.ingest.base)
    places = ", ".join(str(source.key if source.remote else source.location) for source in sources)
    text = (
        f"No articles yet: none in {places or '[corpus] paths'}. Put some there and run `python -m ingest`."
    )
    return Finding("articles", "broken", text)


def _chroma(settings: Settings) -> Finding:
    """Open and query the index in a child process, since broken Chroma files can crash the one that opens them."""
    command = [sys.executable, "-m", "ingest.index.crash_probe", "--config", str(settings.config)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PROBE_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return Finding(
            "chroma", "broken", f"No answer in {PROBE_SECONDS} s. Run `python -m ingest --rebuild`."
        )
    try:
        report = json.loads(done.stdout)
    except ValueError:
        reason = f"Opening it ended with code {done.returncode}"
        return Finding(
            "chroma", "broken", f"{reason}. Run `python -m ingest --rebuild` to remake it without embedding."
        )
    return Finding("chroma", "ok" if report["ok"] else "broken", report["text"])


def _token() -> Finding:
    if secret("DISCORD_TOKEN"):
        return Finding("discord", "ok", "DISCORD_TOKEN is set")
    return Finding(
        "discord",
        "note",
        "DISCORD_TOKEN is not set: `python -m bot chat` works; the README says how to get a token.",
    )


async def _model(settings: Settings) -> Finding:
    answering = settings.answering
    if answering.provider == "quoting":
        return Finding(
            "model",
            "note",
            'No model is asked: answers quote the articles. [answering] provider = "openai" changes it.',
        )
    key = secret("OPENAI_API_KEY")
    if key is None and not answering.base_url:
        return Finding("model", "broken", "OPENAI_API_KEY is not set in the environment.")
    client = openai.AsyncOpenAI(
        api_key=key or "none", base_url=answering.base_url or None, timeout=ENDPOINT_SECONDS, max_retries=0
    )
    try:
        known = [model.id async for model in await client.models.list()]
    except openai.AuthenticationError:
        return Finding("model", "broken", "The endpoint refuses OPENAI_API_KEY. Check the key.")
    except openai.OpenAIError as error:
        return Finding(
            "model", "broken", f"The endpoint does not answer ({type(error).__name__}). Check base_url."
        )
    finally:
        await client.close()
    if known and answering.model not in known:
        return Finding(
            "model", "note", f"The endpoint does not list {answering.model!r}; questions may fail."
        )
    return Finding("model", "ok", answering.model)
