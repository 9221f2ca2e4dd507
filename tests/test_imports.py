"""Which package may import which: chat → qa → ingest, and only chat knows Discord."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OWN = ("bot", "ingest", "benchmarks", "scripts", "tests")
SOURCES = sorted(path for package in ("bot", "ingest") for path in (ROOT / package).rglob("*.py"))

# the rooms from the ground up: a module may import from its own room and from those that stand before it
ROOMS = (
    "ingest.errors",
    "ingest.settings",
    "ingest.system",
    "ingest.text",
    "ingest.statements",
    "ingest.articles",
    "ingest.sources",
    "ingest.embedding",
    "ingest.index",
    "ingest.edits",
    "ingest.runs",
    "ingest.administration",
    "ingest.commands",
    "ingest.command_line",
    "ingest.__main__",
    "bot.errors",
    "bot.settings",
    "bot.qa.answers",
    "bot.qa.excerpts",
    "bot.qa.phrases",
    "bot.qa.sanitising",
    "bot.qa.drafts",
    "bot.operations",
    "bot.qa.understanding",
    "bot.qa.retrieval",
    "bot.qa.selection",
    "bot.qa.generation",
    "bot.qa.verification",
    "bot.qa.timeline",
    "bot.qa.summarising",
    "bot.qa.conversation",
    "bot.qa.steps",
    "bot.qa.answering",
    "bot.watching",
    "bot.web",
    "bot.cli",
    "bot.api",
    "bot.chat.messages",
    "bot.chat.access",
    "bot.chat.cooldowns",
    "bot.chat.services",
    "bot.chat.article_choice",
    "bot.chat.conversations",
    "bot.chat.corpus",
    "bot.chat.insights",
    "bot.chat.commands",
    "bot.chat.watching",
    "bot.chat.client",
    "bot.chat.connection",
    "bot.__main__",
)
# never imported by the program, or only by one package of it
FORBIDDEN = {
    "ingest": ("bot", "discord"),
    "bot.qa": ("bot.chat", "bot.web", "discord"),
    "bot.web": ("bot.chat", "discord"),
    "bot.api": ("bot.chat", "discord"),
    "bot": ("pytest", "hypothesis", "simcord", "tests", "benchmarks", "scripts"),
}
# what stands side by side in the list and knows nothing of its neighbour
STRANGERS = {"bot.cli": ("bot.web",)}


def imports_of(source: str, module: str, *, is_package: bool = False) -> set[str]:
    """Every module that the source names in an import, wherever the import stands; relative ones resolved."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                parents = parts[: len(parts) - node.level + is_package]
                base = ".".join([*parents, *([node.module] if node.module else [])])
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


def broken_rules(source: str, module: str, *, is_package: bool = False) -> list[str]:
    """What the module imports against the rules above, in words."""
    imported = imports_of(source, module, is_package=is_package)
    broken = []
    for place, forbidden in FORBIDDEN.items():
        if within(module, place):
            broken += [
                f"{module} imports {name}" for name in imported if any(within(name, f) for f in forbidden)
            ]
    broken += [f"{module} imports {name} from above" for name in imported if room(name) > room(module) >= 0]
    for place, strangers in STRANGERS.items():
        if within(module, place):
            broken += [
                f"{module} imports {name}" for name in imported if any(within(name, s) for s in strangers)
            ]
    if not within(module, "bot.chat"):
        broken += [f"{module} imports {name}" for name in imported if within(name, "discord")]
    return sorted(set(broken))


def room(name: str) -> int:
    """Where the module's room stands in the order; -1 for what is none of ours."""
    return next((place for place, each in enumerate(ROOMS) if within(name, each)), -1)


def within(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_imports_run_one_way(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert broken_rules(source, module_name(path), is_package=path.name == "__init__.py") == []


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_every_module_has_a_room(path: Path) -> None:
    assert room(module_name(path)) >= 0 or path.name == "__init__.py"


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("ingest.text.sentences", "from ingest.articles.article import Article"),
        ("ingest.runs.pipeline", "from bot.qa import answers"),
        ("ingest.runs.pipeline", "def late():\n    import bot.operations.index_pool"),
        ("ingest.runs.pipeline", "from discord import Embed"),
        ("bot.qa.answering", "from bot.chat.client import Client"),
        ("bot.qa.answering", "from ..chat import rendering"),
        ("bot.qa.answering", "import discord"),
        ("bot.operations.index_pool", "from discord.ext import tasks"),
        ("bot.web.article_page", "from bot import chat"),
        ("bot.__main__", "import pytest"),
    ],
)
def test_an_import_against_the_rules_is_found(module: str, source: str) -> None:
    assert broken_rules(source, module)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        (
            "bot.chat.client",
            "import discord\nfrom bot.qa.answering import Answerer\nfrom ingest.errors import IndexBroken",
        ),
        ("bot.qa.answering", "from ingest.index.index import Index\nfrom .retrieval import Retriever"),
        ("bot.__main__", "def start():\n    from bot.chat.connection import run_bot"),
    ],
)
def test_an_import_within_the_rules_is_allowed(module: str, source: str) -> None:
    assert broken_rules(source, module) == []


def test_every_package_imported_is_asked_for_by_name() -> None:
    """What is only there because another package brings it can go away with that package's next version."""
    asked = {
        normal(name)
        for file in ("requirements.in", "requirements-api.in")
        for name in re.findall(r"^[\w.-]+", (ROOT / file).read_text(), re.MULTILINE)
    }
    providers = packages_distributions()
    imported = {
        name.partition(".")[0]
        for path in SOURCES
        for name in imports_of(path.read_text(encoding="utf-8"), module_name(path))
    }
    foreign = {name for name in imported if name not in sys.stdlib_module_names and name not in OWN}
    unasked = {name for name in foreign if not asked & {normal(one) for one in providers.get(name, [name])}}
    # pydantic's errors are raised through its own core, which it pins
    assert unasked - {"pydantic_core"} == set()


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
