"""How fast, how large and how undisturbed an ingest is: prints one row a measurement, beside what must be reached.

    python -m benchmarks.ingest                        # 1,000 and 10,000 articles, and real pages where there are some
    python -m benchmarks.ingest --articles 100000      # hours on two cores: half a million vectors go into Chroma
    python -m benchmarks.ingest --pages PAGES.jsonl --pipelines VENV/bin/python

Re-ingests are whole runs of `python -m ingest`, process start included. Their vectors are random and come from the
store, as if embedded before; random vectors are the hardest that Chroma's graph can get. Seconds are wall time with
the processor's seconds behind it, because what else the computer does shows in the first only.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ingest.embedding.embedder import EmbedderIdentity, Vectors, unit_length
from ingest.embedding.local_embedder import LocalEmbedder
from ingest.embedding.token_counts import encoding

HOME = Path(__file__).resolve().parents[1]
PAGES = HOME.parent / "shared" / "bench" / "fifa" / "articles.jsonl"
PASSAGES_AN_ARTICLE = 5  # about
WORDS_A_SENTENCE = 14
MANY_FILES = 10_000
TURNS = 3


class RandomEmbedder:
    """Passes for the local embedder, and gives every text a vector that only its hash decides."""

    identity: EmbedderIdentity = LocalEmbedder.identity
    precision = "random"

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.embed_question(text) for text in texts])

    def embed_question(self, text: str) -> Vectors:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        return unit_length(
            np.random.default_rng(seed).standard_normal(self.identity.dimensions, dtype=np.float32)
        )


@dataclass(frozen=True, slots=True)
class Spent:
    wall: float
    processor: float
    memory: float  # MiB, at its highest

    def __str__(self) -> str:
        return f"{self.wall:7.2f} s ({self.processor:.2f} s of processor, {self.memory:,.0f} MiB)"


def main() -> None:
    options = _parser().parse_args()
    if options.child:
        _child(options.child, [Path(path) for path in options.given])
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for count in options.articles:
            measure_re_ingests(Path(folder), count)
        if options.pages.is_file():
            measure_real_pages(Path(folder), options.pages, options.limit, options.pipelines)
        else:
            print(f"no real pages at {options.pages}: --pages names a JSON Lines file")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, nargs="*", default=[1_000, 10_000], help="synthetic articles")
    parser.add_argument("--pages", type=Path, default=PAGES, help="real pages, as JSON Lines")
    parser.add_argument("--limit", type=int, default=60, help="how many of the real pages")
    parser.add_argument(
        "--pipelines", type=Path, help="a Python that has LlamaIndex's and LangChain's pipelines"
    )
    parser.add_argument("--folder", type=Path, help="where to work; default: the system's temporary folder")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("given", nargs="*", help=argparse.SUPPRESS)
    return parser


def row(name: str, value: object, must: str = "") -> None:
    print(f"{name:<58} {value!s:<52} {must}", flush=True)


# -- synthetic articles


def measure_re_ingests(folder: Path, count: int) -> None:
    """Build once with random vectors, then run the command line with nothing and with one article changed."""
    home = folder / f"{count}"
    home.mkdir()
    corpus = home / "articles.jsonl"
    write_corpus(corpus, count)
    _old(corpus)
    config = home / "config.toml"
    config.write_text('[corpus]\npaths = ["articles.jsonl"]\n', encoding="utf-8")
    built, said = child("build", config)
    row(f"{count:,} articles, {said['passages']:,} passages: first ingest", built)
    row(f"{count:,} articles: peak memory", f"{built.memory:,.0f} MiB", "≤ 4,096 MiB at 100,000 articles")
    unchanged, said = ingest(config)
    assert said["unchanged"] == count, said
    row(f"{count:,} articles: unchanged", unchanged, "≤ 3 s at 10,000 articles")
    os.utime(corpus)
    touched, said = ingest(config)
    assert said["unchanged"] == count, said
    row(f"{count:,} articles: touched, but the same", touched)
    for turn in range(3):
        write_corpus(corpus, count, changed={count // 2 + turn})
        changed, said = ingest(config)
        assert said["changed"] == 1 + (turn > 0), said
        row(f"{count:,} articles: one changed, to published", changed, "≤ 6 s at 10,000 articles")
    with asking(config) as asked:
        write_corpus(corpus, count, changed=range(max(1, count // 100)))
        _, said = ingest(config)
    row(f"{count:,} articles: questions while {said['changed']:,} changed", asked())
    if count <= MANY_FILES:
        measure_files(home, count)


def measure_files(home: Path, count: int) -> None:
    """The same articles, each a file of its own."""
    config = home / "files" / "config.toml"
    articles = config.parent / "articles"
    articles.mkdir(parents=True)
    config.write_text('[corpus]\npaths = ["articles"]\n', encoding="utf-8")
    for number, line in enumerate((home / "articles.jsonl").read_text(encoding="utf-8").splitlines()):
        found = json.loads(line)
        text = f"---\ntitle: {found['title']}\nurl: {found['url']}\n---\n\n{found['text']}\n"
        (articles / f"{number}.md").write_text(text, encoding="utf-8")
        _old(articles / f"{number}.md")
    child("build", config)
    unchanged, said = ingest(config)
    assert said["unchanged"] == count, said
    row(f"{count:,} files: unchanged", unchanged, "≤ 3 s at 10,000 articles")
    for path in articles.iterdir():
        path.touch()
    touched, said = ingest(config)
    assert said["unchanged"] == count, said
    row(f"{count:,} files: touched, but the same", touched)


def write_corpus(path: Path, count: int, changed: Sequence[int] | set[int] | range = ()) -> None:
    """Articles of about five passages, of words as frequent as words are; `changed` ones say something else."""
    chance = random.Random(1)
    known = [
        "".join(chance.choices("abcdefghijklmnoprstuvwz", k=chance.randrange(2, 10))) for _ in range(20_000)
    ]
    frequent = [1 / place for place in range(1, len(known) + 1)]
    total = np.cumsum(frequent)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            rng = np.random.default_rng([number, number in changed])
            places = np.searchsorted(
                total, rng.random(PASSAGES_AN_ARTICLE * 4 * WORDS_A_SENTENCE) * total[-1]
            )
            words = [known[place] for place in places]
            told = [
                " ".join(words[first : first + WORDS_A_SENTENCE]).capitalize() + "."
                for first in range(0, len(words), WORDS_A_SENTENCE)
            ]
            address = f"https://example.org/{number}"
            found = {
                "title": f"Article {number}",
                "url": address,
                "text": " ".join(told),
                "published": "2024-05-01",
            }
            file.write(json.dumps(found) + "\n")


def _old(path: Path) -> None:
    """As if written long ago: what was written just now may be written to again unseen, and is read twice."""
    os.utime(path, (1_700_000_000, 1_700_000_000))


# -- real pages


def measure_real_pages(folder: Path, pages: Path, limit: int, pipelines: Path | None) -> None:
    """A cold ingest against embedding its passages alone, by turns in the same run."""
    home = folder / "pages"
    home.mkdir()
    lines = pages.read_text(encoding="utf-8").splitlines()[:limit]
    (home / "articles.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    ratios, processor = [], []
    for turn in range(TURNS):
        config = home / f"config{turn}.toml"
        table = f'[corpus]\npaths = ["articles.jsonl"]\n[index]\ndirectory = "index{turn}"\n'
        config.write_text(table, encoding="utf-8")
        _, said = child("ingest", config)
        _, alone = child("embed", config)
        ratios.append(said["seconds"] / alone["seconds"])
        processor.append(said["processor"] / alone["processor"])
        row(f"{limit} real pages, {said['passages']:,} passages: whole ingest", f"{said['seconds']:.1f} s")
        row("  the embedder alone, same passages", f"{alone['seconds']:.1f} s")
    told = f"{np.median(ratios):.2f} (processor: {np.median(processor):.2f})"
    row("  whole ingest ÷ the embedder alone", told, "≤ 1.15")
    if pipelines is None:
        row("  against LlamaIndex and LangChain", "not measured: --pipelines names a Python that has them")
        return
    for name in ("llama_index", "langchain"):
        for given, source in (("cleaned articles", []), ("pages as scraped", [str(home / "articles.jsonl")])):
            row(f"  {name}, given {given}", _beside(home, pipelines, name, source), "≥ 1 each")


def _beside(home: Path, pipelines: Path, name: str, source: list[str]) -> str:
    """Byline's whole ingest and the other's pipeline by turns."""
    measured: dict[str, list[dict[str, float]]] = {"own": [], "its": []}
    for turn in range(TURNS):
        index = home / f"{name}-{len(source)}-{turn}"
        measured["own"].append(child("ingest", _cold(home, index.name))[1])
        command = [str(pipelines), "-m", "benchmarks.other_pipelines", name, str(index), *source]
        environment = os.environ | {"PYTHONPATH": str(HOME)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=HOME, check=False)
        if done.returncode != 0:
            return f"it failed: {''.join(done.stderr.strip().splitlines()[-1:])}"
        measured["its"].append(json.loads(done.stdout.splitlines()[-1]))
    return _against(measured)


def _against(measured: dict[str, list[dict[str, float]]]) -> str:
    """The other's time by Byline's: the median of the turns."""
    pairs = list(zip(measured["its"], measured["own"], strict=True))
    clocks = ("seconds", "processor")
    wall, processor = (float(np.median([its[key] / own[key] for its, own in pairs])) for key in clocks)
    counts = f"{pairs[0][0]['passages']:,} passages to {pairs[0][1]['passages']:,}"
    return f"{wall:.2f} × our time (processor: {processor:.2f}), {counts}"


def _cold(home: Path, name: str) -> Path:
    config = home / f"{name}.toml"
    config.write_text(
        f'[corpus]\npaths = ["articles.jsonl"]\n[index]\ndirectory = "{name}"\n', encoding="utf-8"
    )
    return config


# -- processes


def ingest(config: Path) -> tuple[Spent, dict[str, Any]]:
    """`python -m ingest` as anybody runs it."""
    return _run([sys.executable, "-m", "ingest", "--json", "--config", str(config)])


def child(name: str, config: Path) -> tuple[Spent, dict[str, Any]]:
    """One of the functions below in a process of its own, so that its memory is its own."""
    return _run([sys.executable, "-m", "benchmarks.ingest", "--child", name, str(config)])


def _run(command: list[str]) -> tuple[Spent, dict[str, Any]]:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HOME)
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}: {said}")
    memory = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    spent = Spent(time.perf_counter() - started, used.ru_utime + used.ru_stime, memory)
    return spent, json.loads(said.splitlines()[-1])


def _child(name: str, given: list[Path]) -> None:
    from ingest.runs.pipeline import ingest_corpus
    from ingest.settings import load_ingest_settings

    settings = load_ingest_settings(given[0])
    if name == "build":
        print(json.dumps(ingest_corpus(settings, RandomEmbedder()).shape()))
    elif name == "ingest":
        import chromadb  # noqa: F401 - imports are no part of what is compared

        encoding()
        embedder = LocalEmbedder()
        embedder.embed_question("warm")
        print(json.dumps(_timed(lambda: {"passages": ingest_corpus(settings, embedder).passages})))
    elif name == "embed":
        embedder = LocalEmbedder()
        embedder.embed_question("warm")
        strings = list(embedded_strings(settings.index.directory))

        def embed() -> dict[str, Any]:
            for first in range(0, len(strings), 256):
                embedder.embed_passages(strings[first : first + 256])
            return {"passages": len(strings)}

        print(json.dumps(_timed(embed)))


def _timed(work: Any) -> dict[str, Any]:
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    done: dict[str, Any] = work()
    used = resource.getrusage(resource.RUSAGE_SELF)
    processor = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return done | {"seconds": time.perf_counter() - started, "processor": processor}


def embedded_strings(directory: Path) -> Iterator[str]:
    """What the current index embedded, longest first as the ingest did it."""
    from ingest.index.catalogue import Catalogue
    from ingest.index.chunking import embedded_text
    from ingest.index.generations import Generations

    generations = Generations(directory)
    catalogue = Catalogue(generations.path(generations.require_current()) / "catalogue.sqlite", readonly=True)
    strings = set()
    for name in catalogue.article_hashes():
        article = catalogue.article(name)
        assert article is not None
        strings |= {embedded_text(article, passage) for passage in catalogue.article_passages(name)}
    catalogue.close()
    return iter(sorted(strings, key=len, reverse=True))


@contextmanager
def asking(config: Path) -> Iterator[Any]:
    """Search as fast as one thread can for as long as the block runs; then tells how often and how slowly."""
    from bot.operations.index_pool import Library
    from ingest.settings import load_ingest_settings

    settings = load_ingest_settings(config)
    library = Library(settings.index, LocalEmbedder.identity.key)
    embedder, ended, seconds, failed = (
        RandomEmbedder(),
        threading.Event(),
        list[float](),
        list[BaseException](),
    )

    def ask() -> None:
        while not ended.is_set():
            started = time.perf_counter()
            try:
                with library.lease() as index:
                    index.search_vectors(embedder.embed_question(str(started)), 10)
                    index.search_words(["article", str(len(seconds) % 1000)], 10)
            except Exception as error:
                failed.append(error)
            seconds.append(time.perf_counter() - started)

    thread = threading.Thread(target=ask)
    thread.start()
    started = time.perf_counter()

    def told() -> str:
        rate = len(seconds) / (until - started)
        return f"{rate:.0f}/s, slowest {max(seconds):.2f} s, {len(failed)} failed"

    try:
        yield told
    finally:
        until = time.perf_counter()
        ended.set()
        thread.join()
        library.close()


if __name__ == "__main__":
    main()
