"""The documents speak of files that are there: every link, every path, every name that a path is said to hold."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from test_imports import ROOMS

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "deploy/*.md", "benchmarks/*.md", ".github/**/*.md")
    for path in ROOT.glob(pattern)
)
FOLDERS = ("bot", "ingest", "tests", "docs", "training", "scripts", "benchmarks", "deploy")

_LINK = re.compile(r"\]\(([^()\s#:]+)(?:#[^()\s]*)?\)")
_PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)`")
_NAME_IN_PATH = re.compile(r"`(?:\w+\.)?(\w+)`(?: in| of)? \(?`([\w./-]+\.\w+)`")


def broken_links(document: Path, text: str) -> list[str]:
    return [link for link in _LINK.findall(text) if not (document.parent / link).exists()]


def missing_paths(text: str) -> list[str]:
    return [path for path in _PATH.findall(text) if not (ROOT / path).exists()]


def missing_names(text: str) -> list[str]:
    """Names that are said to stand in a file and do not: "`KINDS` (`ingest/sources/sources.py`)"."""
    pairs = [(name, ROOT / path) for name, path in _NAME_IN_PATH.findall(text)]
    return [
        f"{name} in {path.name}"
        for name, path in pairs
        if path.is_file() and not re.search(rf"\b{name}\b", path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(
    ("uri", "link", "on_the_site"),
    [
        ("index.md", "[map](docs/architecture.md#the-map)", "[map](architecture.md#the-map)"),
        ("index.md", "![a picture](docs/answer.png)", "![a picture](answer.png)"),
        ("decisions/0001-generations.md", "[a](../../benchmarks/results.md)", "[a](../results.md)"),
        ("deploy.md", "[unit](byline.service)", "unit"),
        ("users.md", "[deploy](../deploy/)", "[deploy](deploy.md)"),
        ("users.md", "[nowhere](../bot/nowhere.py)", "[nowhere](../bot/nowhere.py)"),
    ],
)
def test_a_link_leads_to_the_same_document_on_the_site(uri: str, link: str, on_the_site: str) -> None:
    assert runpy.run_path(str(ROOT / "scripts/docs_pages.py"))["as_page"](link, uri) == on_the_site


def document_name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", DOCUMENTS, ids=document_name)
def test_every_link_leads_to_a_file(document: Path) -> None:
    assert broken_links(document, document.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=document_name)
def test_every_path_and_name_spoken_of_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert missing_paths(text) == []
    assert missing_names(text) == []


def test_every_room_stands_on_the_map() -> None:
    house = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    drawn = house.partition("```text")[2].partition("```")[0]
    folders = [room for room in ROOMS if (ROOT / room.replace(".", "/")).is_dir()]
    assert [room for room in folders if not re.search(rf"\b{room.rpartition('.')[2]}\b", drawn)] == []


def test_what_is_not_there_is_noticed() -> None:
    assert broken_links(ROOT / "README.md", "see [it](docs/nowhere.md#part) and [that](docs/answer.png)") == [
        "docs/nowhere.md"
    ]
    assert missing_paths("`bot/qa/nowhere.py`, `bot/qa/answers.py`, `data/index`") == ["bot/qa/nowhere.py"]
    assert missing_names("`NOTHING` in `bot/qa/answers.py`, `Answer` (`bot/qa/answers.py`)") == [
        "NOTHING in answers.py"
    ]
