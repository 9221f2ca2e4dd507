"""Articles, evidence and an index for tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.qa.answers import Evidence
from bot.qa.drafts import DraftQuote, DraftSentence
from ingest.articles.article import Article
from ingest.embedding.factory import Embedder
from ingest.index.chunking import Passage
from ingest.index.generations import Generations
from ingest.index.index import Index
from ingest.runs.pipeline import ingest_corpus
from ingest.settings import load_ingest_settings

VISIT = """Putin visits Tehran

The Russian president arrived in Tehran on Monday for a gas conference. Mehdi Sanaei, the Iranian ambassador to \
Moscow, claimed that Russia had begun delivering S-300 missiles to Iran. “The contract is being carried out,” he said. \
Press TV reported contracts worth 21 billion dollars.

Iran must limit its stockpile to less than 300 kilograms. The ministry did not confirm the delivery. Argentina beat \
France 4-2 on penalties in Lusail on 18 December 2022."""

CUP = """Attendance

Organisers counted 3.4 million fans at 64 matches. The final drew 88,966 people. Amnesty International accused Qatar \
of ignoring abuses."""


def article(body: str, name: str = "a", **about: str) -> Article:
    title = body.partition("\n")[0]
    return Article(id=name, title=title, body=body, url=f"https://example.org/{name}", **about)


def passage(of: Article, start: int = 0, end: int | None = None) -> Evidence:
    stop = len(of.body) if end is None else end
    return Evidence(Passage(f"{of.id}:{start}", of.id, start, stop, of.body[start:stop]), of, 1.0)


def evidence() -> list[Evidence]:
    visit = article(VISIT, "visit", source="Reuters", published="2015-11-23")
    cup = article(CUP, "cup", source="The Gazette", published="2022-12-19", author="Ada Byron")
    middle = VISIT.index("Iran must")
    return [passage(visit, 21, middle - 2), passage(visit, middle), passage(cup, 12)]


def drafted(text: str, *quotes: tuple[int, str]) -> DraftSentence:
    return DraftSentence(text, tuple(DraftQuote(*quote) for quote in quotes))


@contextmanager
def ingested(texts: Mapping[str, str], folder: Path, embedder: Embedder) -> Iterator[Index]:
    """The index of files with these names and texts, open."""
    (folder / "articles").mkdir()
    for name, text in texts.items():
        (folder / "articles" / name).write_text(text, "utf-8")
    (folder / "config.toml").write_text('[corpus]\npaths = ["articles"]\n', "utf-8")
    settings = load_ingest_settings(folder / "config.toml")
    ingest_corpus(settings, embedder)
    generation = Generations(settings.index.directory).require_current()
    with Index(settings.index, generation, embedder.identity.key) as opened:
        yield opened
