"""What the cross-encoder learns from: for each question the passages that the bot finds, and which sentences answer.

`python -m training.lists BENCH CORPORA LISTS` reads the question sets (BENCH is the folder with `questions/`,
`fifa/`, `steam/`, `news-html/` and `reading/`), ingests each corpus below CORPORA, asks its index, and writes one
JSON object a question to LISTS. Negatives are therefore what a selector really meets: the other sentences of the
passages found, other articles' included; a question without an answer is a list of nothing but negatives.

Labels of a sentence: 1 answers; 0 does not; -1 is left out of the loss, because it may answer too (it holds the
answer's words, or the writer put it down as half an answer).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.qa.retrieval.search import Retriever
from bot.settings import load_settings
from ingest.embedding.factory import Embedder, make_embedder
from ingest.index.chunking import Passage
from ingest.index.generations import Generations
from ingest.index.index import Index
from ingest.runs.pipeline import ingest_corpus
from ingest.text.sentences import sentence_spans

WRITTEN = Path(__file__).with_name("questions")
PASSAGES = 8
ADDED = 2  # passages with the answer that the search did not find, for training only

Record = dict[str, Any]


def load_lists(path: Path) -> list[Record]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def plain(text: str | None) -> str:
    return re.sub(r"\W+", " ", (text or "").lower()).strip()


# --- corpora -----------------------------------------------------------------------------------------------


def detokenised(text: str) -> str:
    """Treebank spacing undone: "Paris , France 's" → "Paris, France's"."""
    text = re.sub(r"\s+([.,;:!?%)\]])", r"\1", text)
    text = re.sub(r"([(\[$])\s+", r"\1", text).replace("`` ", '"').replace(" ''", '"').replace(" n't", "n't")
    text = re.sub(r"\s+'(s|re|ve|ll|d|m)\b", r"'\1", text)
    return re.sub(r"\s+--\s+", " – ", text).replace(" - ", "-").strip()


def paragraphs(bench: Path) -> Iterator[Record]:
    """The Wikipedia paragraphs of QED and CLAP NQ, each once, with the question that came with it."""
    seen = set()
    for row in [*_qed(bench / "reading/qed-dev.jsonlines"), *_clapnq(bench / "reading")]:
        key = " ".join(row["sentences"])[:80]
        if key not in seen and len(row["sentences"]) >= 3:
            seen.add(key)
            yield row


def _qed(path: Path) -> Iterator[Record]:
    for row in load_lists(path):
        text, starts = row["paragraph_text"], row["sentence_starts"]
        sentences = [detokenised(text[a:b]) for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
        selected = row["annotation"].get("selected_sentence")
        answers = row["annotation"].get("answer") or []
        gold = [n for n, start in enumerate(starts) if selected and start <= selected["start"]][-1:]
        yield {
            "id": str(row["example_id"]),
            "title": row["title_text"],
            "sentences": sentences,
            "question": row["question_text"] if gold else None,
            "gold": [sentences[n] for n in gold],
            "answer": answers[0]["paragraph_reference"]["string"] if answers else None,
        }


def _clapnq(folder: Path) -> Iterator[Record]:
    for name in ("answerable", "unanswerable"):
        for row in load_lists(folder / f"clapnq_dev_{name}.jsonl"):
            passage = row["passages"][0]
            chosen = {plain(s) for out in row["output"] for s in out.get("selected_sentences") or []}
            sentences = [detokenised(s) for s in passage["sentences"]]
            yield {
                "id": str(row["id"]),
                "title": passage["title"],
                "sentences": sentences,
                "question": row["input"],
                "gold": [
                    clean
                    for clean, raw in zip(sentences, passage["sentences"], strict=True)
                    if plain(raw) in chosen
                ],
                "answer": None,
            }


def prepare_corpora(bench: Path, corpora: Path) -> dict[str, Path]:
    """A config.toml for each corpus, with its articles laid out beside it."""
    corpora.mkdir(parents=True, exist_ok=True)
    pages = corpora / "pages"
    pages.mkdir(exist_ok=True)
    for packed in (bench / "news-html/html").glob("*.gz"):
        (pages / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    with (corpora / "wiki.jsonl").open("w", encoding="utf-8") as out:
        for row in paragraphs(bench):
            article = {"id": row["id"], "title": row["title"], "text": " ".join(row["sentences"])}
            out.write(json.dumps(article) + "\n")
    places = {
        "fifa": bench / "fifa/articles.jsonl",
        "steam": bench / "steam/articles.jsonl",
        "news": pages,
        "wiki": corpora / "wiki.jsonl",
    }
    configs = {}
    for name, place in places.items():
        configs[name] = corpora / f"{name}.toml"
        configs[name].write_text(
            f'[corpus]\npaths = ["{place.resolve()}"]\n[index]\ndirectory = "{(corpora / name).resolve()}"\n',
            "utf-8",
        )
    return configs


# --- questions ---------------------------------------------------------------------------------------------


def questions(bench: Path) -> Iterator[Record]:
    """Every question: corpus, split, question, kind, answer, gold sentences, half answers, and whose article."""
    for path in [bench / "questions/questions.jsonl", *sorted(WRITTEN.glob("*.jsonl"))]:
        for row in load_lists(path):
            yield {
                "corpus": row["corpus"],
                "split": row["split"],
                "set": path.stem,
                "question": row["question"],
                "kind": row["kind"],
                "answer": row["answer"],
                "gold": row["sentences"],
                "half": row["also"],
                "title": row["title"],
                "url": row["url"],
            }
    for row in paragraphs(bench):
        if row["question"]:
            shared = {key: row[key] for key in ("question", "answer", "gold", "title")}
            yield {
                "corpus": "wiki",
                "split": "train",
                "set": "reading",
                "kind": "",
                "half": [],
                "url": None,
                **shared,
            }


def label(sentence: str, own: bool, record: Record) -> int:
    text, answer = plain(sentence), plain(record["answer"])
    gold = [plain(each) for each in record["gold"]]
    if own and any(
        text == each or (len(each) > 25 and (each in text or (text in each and len(text) > 0.6 * len(each))))
        for each in gold
    ):
        return 1
    holds = len(answer) > 3 and f" {answer} " in f" {text} "
    return -1 if holds or (own and text in {plain(each) for each in record["half"]}) else 0


def listed(record: Record, index: Index, retriever: Retriever, article: str) -> Record:
    retrieval = retriever.search(index, record["question"], limit=PASSAGES)
    rows = [
        _row(each.passage, each.article.title, each.article.published, each.score)
        for each in retrieval.evidence
    ]
    known = {row["id"] for row in rows}
    missing = [p for p in index.article_passages(article) if p.id not in known] if record["gold"] else []
    for passage in missing:
        row = _row(passage, record["title"], None, None)
        if any(label(passage.text[a:b], True, record) == 1 for a, b in sentence_spans(passage.text)):
            rows.append(row)
    rows = rows[: len(known) + ADDED]
    for row in rows:
        row["sentences"] = [
            (a, b, label(row["text"][a:b], row["article"] == article, record))
            for a, b in sentence_spans(row["text"])
        ]
    return {**record, "article": article, "passages": rows}


def _row(passage: Passage, title: str, published: str | None, score: float | None) -> Record:
    return {
        "id": passage.id,
        "article": passage.article_id,
        "title": title,
        "published": published,
        "start": passage.start,
        "text": passage.text,
        "score": score,
    }


def lists_of(config: Path, records: list[Record], embedder: Embedder) -> Iterator[Record]:
    settings = load_settings(config)
    ingest_corpus(settings.ingest, embedder)
    generation = Generations(settings.ingest.index.directory).require_current()
    with Index(settings.ingest.index, generation, embedder.identity.key) as index:
        retriever = Retriever(embedder)
        ids: dict[str, str] = {}
        for header in index.find_articles("", 1_000_000):
            ids[plain(header.title)] = header.id
            ids[header.url or ""] = header.id
        for record in records:
            article = ids.get(record["url"] or plain(record["title"])) or ids.get(plain(record["title"]))
            if article is not None:
                yield listed(record, index, retriever, article)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("corpora", type=Path)
    parser.add_argument("lists", type=Path)
    options = parser.parse_args()
    embedder = make_embedder("local", "", "")
    by_corpus: dict[str, list[Record]] = defaultdict(list)
    for record in questions(options.bench):
        by_corpus[record["corpus"]].append(record)
    with options.lists.open("w", encoding="utf-8") as out:
        for name, config in prepare_corpora(options.bench, options.corpora).items():
            for record in lists_of(config, by_corpus[name], embedder):
                out.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
