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

# where a module lies, and what no module there may import
FORBIDDEN = {
    "ingest": ("bot", "discord"),
    "bot": ("pytest", "hypothesis", "simcord", "tests", "benchmarks", "scripts"),
    "bot.qa": ("bot.chat", "bot.reader", "discord"),
    "bot.reader": ("bot.chat", "discord"),
}


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
    if not within(module, "bot.chat"):
        broken += [f"{module} imports {name}" for name in imported if within(name, "discord")]
    return sorted(set(broken))


def within(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_imports_run_one_way(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert broken_rules(source, module_name(path), is_package=path.name == "__init__.py") == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("ingest.pipeline", "from bot.qa import answers"),
        ("ingest.pipeline", "def late():\n    import bot.library"),
        ("ingest.pipeline", "from discord import Embed"),
        ("bot.qa.answering", "from bot.chat.client import Client"),
        ("bot.qa.answering", "from ..chat import rendering"),
        ("bot.qa.answering", "import discord"),
        ("bot.library", "from discord.ext import tasks"),
        ("bot.reader.page", "from bot import chat"),
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
        ("bot.qa.answering", "from ingest.index import Index\nfrom .retrieval import Retriever"),
        ("bot.__main__", "def start():\n    from bot.chat.client import run_bot"),
    ],
)
def test_an_import_within_the_rules_is_allowed(module: str, source: str) -> None:
    assert broken_rules(source, module) == []


def test_every_package_imported_is_asked_for_by_name() -> None:
    """What is only there because another package brings it can go away with that package's next version."""
    asked = {
        normal(name) for name in re.findall(r"^[\w.-]+", (ROOT / "requirements.in").read_text(), re.MULTILINE)
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
