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
from ingest.index.checksums import damage
from ingest.index.disk_errors import read_failures
from ingest.index.embedding_cache import store_damage
from ingest.index.generations import Generations
from ingest.index.index import CATALOGUE
from ingest.runs.publishing import VECTORS
from ingest.sources.sources import configured_sources
from ingest.text.plurals import counted
from ingest.text.terminal_output import print_json

PROBE_SECONDS = 120
FULL_SECONDS = 3_600
ENDPOINT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. Only "broken" makes the exit code 1."""

    part: str
    state: Literal["ok", "note", "broken"]
    text: str


def _broken(part: str, text: object) -> Finding:
    return Finding(part, "broken", str(text))


def _note(part: str, text: str) -> Finding:
    return Finding(part, "note", text)


async def examine(settings: Settings, *, full: bool = False) -> AsyncIterator[Finding]:
    """Look at each part in turn; no finding stops the next. `full` looks for every passage, and at what is kept too."""
    yield Finding("config", "ok", str(settings.config))
    yield _tokenizer()
    yield await asyncio.to_thread(_embedder, settings)
    yield _index(settings)
    if (articles := _articles(settings)) is not None:
        yield articles
    yield await asyncio.to_thread(_chroma, settings, full)
    if full:
        for finding in await asyncio.to_thread(_kept, settings):
            yield finding
    yield _token()
    yield await _model(settings)


async def report(settings: Settings, *, full: bool, as_json: bool) -> int:
    """Print a line for each part; 1 where something needed is broken, else 0."""
    broken = False
    console = Console()
    async for finding in examine(settings, full=full):
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
        return _broken("tokenizer", error)
    return Finding("tokenizer", "ok", "in place")


def _embedder(settings: Settings) -> Finding:
    embedding = settings.ingest.embedding
    try:
        embedder = make_embedder(embedding.provider, embedding.model, embedding.base_url)
        embedder.embed_question("Is the embedder there?")
    except UserFacingError as error:
        return _broken("embedder", error)
    return Finding("embedder", "ok", f"{embedder.identity.key} ({embedder.precision})")


def _index(settings: Settings) -> Finding:
    generations = Generations(settings.ingest.index.directory)
    try:
        name = generations.current()
        there = name is not None and generations.path(name).is_dir()
    except (UserFacingError, OSError) as error:
        return _broken("index", error)
    if name is None:
        return _broken("index", f"There is none in {generations.directory} yet. Run `python -m ingest`.")
    if not there:
        return _broken("index", f"Generation {name} is gone. Run `python -m ingest` to build it anew.")
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
    return _broken("articles", text)


def _kept(settings: Settings) -> list[Finding]:
    """Each generation on disk, byte for byte, and the store of vectors that the next one would be built from."""
    generations = Generations(settings.ingest.index.directory)
    found = []
    try:
        for name in generations.published():
            if (wrong := damage(generations.path(name))) is None:
                found.append(Finding("generation", "ok", f"{name} is whole"))
            elif name == generations.current():
                found.append(_broken("generation", f"{name}: {wrong}. Run `python -m ingest --rebuild`."))
            else:
                text = f"{name}: {wrong}. It cannot be rolled back to; the next change of the corpus replaces it."
                found.append(_note("generation", text))
        store = generations.directory / VECTORS
        with read_failures(store):
            wrong = store_damage(store)
        text = f"{store.name}: {wrong}. The next change of the corpus makes anew what is damaged."
        found.append(_note("vectors", text) if wrong else Finding("vectors", "ok", f"{store.name} is whole"))
    except UserFacingError as error:
        found.append(_broken("generation", error))
    return found


def _chroma(settings: Settings, full: bool) -> Finding:
    """Open and query the index in a child process, since broken Chroma files can crash the one that opens them."""
    command = [sys.executable, "-m", "ingest.index.crash_probe", "--config", str(settings.config)]
    command, seconds = ([*command, "--full"], FULL_SECONDS) if full else (command, PROBE_SECONDS)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return _broken("chroma", f"No answer in {seconds} s. Run `python -m ingest --rebuild`.")
    try:
        report = json.loads(done.stdout)
    except ValueError:
        reason = f"Opening it ended with code {done.returncode}"
        return _broken(
            "chroma", f"{reason}. Run `python -m ingest --rebuild` to remake it without embedding."
        )
    return Finding("chroma", "ok" if report["ok"] else "broken", report["text"])


def _token() -> Finding:
    if secret("DISCORD_TOKEN"):
        return Finding("discord", "ok", "DISCORD_TOKEN is set")
    return _note(
        "discord", "DISCORD_TOKEN is not set: `python -m bot chat` works; the README says how to get a token."
    )


async def _model(settings: Settings) -> Finding:
    answering = settings.answering
    if answering.provider == "quoting":
        return _note(
            "model",
            'No model is asked: answers quote the articles. [answering] provider = "openai" changes it.',
        )
    key = secret("OPENAI_API_KEY")
    if key is None and not answering.base_url:
        return _broken("model", "OPENAI_API_KEY is not set in the environment.")
    client = openai.AsyncOpenAI(
        api_key=key or "none", base_url=answering.base_url or None, timeout=ENDPOINT_SECONDS, max_retries=0
    )
    try:
        known = [model.id async for model in await client.models.list()]
    except openai.AuthenticationError:
        return _broken("model", "The endpoint refuses OPENAI_API_KEY. Check the key.")
    except openai.OpenAIError as error:
        return _broken("model", f"The endpoint does not answer ({type(error).__name__}). Check base_url.")
    finally:
        await client.close()
    if known and answering.model not in known:
        return _note("model", f"The endpoint does not list {answering.model!r}; questions may fail.")
    return Finding("model", "ok", answering.model)
