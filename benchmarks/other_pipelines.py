"""LlamaIndex's and LangChain's own ingestion of the articles of an index, with the same embedder and Chroma.

Run by `python -m benchmarks.ingest --pipelines VENV/bin/python`, in an environment that has llama-index-core and
llama-index-vector-stores-chroma, or langchain-chroma and langchain-text-splitters, beside what Byline's embedder needs.
They are given the articles already read and cleaned, or a JSON Lines file of the pages as scraped, and cut them by 200
tokens with 40 of overlap, as Byline does. Prints `{"passages", "seconds", "processor"}`.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import chromadb

from ingest.embedding.local_embedder import LocalEmbedder

LIMIT, OVERLAP = 200, 40


def main(name: str, directory: Path, pages: Path | None) -> None:
    articles = read_articles(directory) if pages is None else read_pages(pages)
    embedder = LocalEmbedder()
    embedder.embed_question("warm")
    tokens()  # loading the vocabulary is no part of what is compared
    run: Callable[..., int] = {"llama_index": llama_index, "langchain": langchain}[name]
    with tempfile.TemporaryDirectory() as folder:
        client = chromadb.PersistentClient(path=folder)
        processor = time.process_time()
        passages, seconds = run(articles, embedder, client)
        processor = time.process_time() - processor
    print(json.dumps({"passages": passages, "seconds": seconds, "processor": processor}))


def read_articles(directory: Path) -> list[tuple[str, str]]:
    """Title and body of every article of the current generation."""
    generation = (directory / "current").read_text().strip()
    connection = sqlite3.connect(directory / generation / "catalogue.sqlite")
    rows = connection.execute("SELECT title, body FROM articles").fetchall()
    connection.close()
    return rows


def read_pages(pages: Path) -> list[tuple[str, str]]:
    rows = (json.loads(line) for line in pages.read_text(encoding="utf-8").splitlines())
    return [(row.get("title") or "", row["text"]) for row in rows]


def llama_index(articles, embedder, client):  # type: ignore[no-untyped-def]
    from llama_index.core import Document
    from llama_index.core.base.embeddings.base import BaseEmbedding
    from llama_index.core.ingestion import IngestionPipeline
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.vector_stores.chroma import ChromaVectorStore

    class Embedding(BaseEmbedding):
        def _get_text_embedding(self, text):  # type: ignore[no-untyped-def]
            return embedder.embed_question(text).tolist()

        def _get_text_embeddings(self, texts):  # type: ignore[no-untyped-def]
            return embedder.embed_passages(texts).tolist()

        def _get_query_embedding(self, query):  # type: ignore[no-untyped-def]
            return embedder.embed_question(query).tolist()

        async def _aget_query_embedding(self, query):  # type: ignore[no-untyped-def]
            return self._get_query_embedding(query)

    started = time.perf_counter()
    pipeline = IngestionPipeline(
        transformations=[
            SentenceSplitter(chunk_size=LIMIT, chunk_overlap=OVERLAP, tokenizer=tokens()),
            Embedding(embed_batch_size=256),
        ],
        vector_store=ChromaVectorStore(chroma_collection=client.create_collection("passages")),
    )
    nodes = pipeline.run(
        documents=[Document(text=body, metadata={"title": title}) for title, body in articles]
    )
    return len(nodes), time.perf_counter() - started


def langchain(articles, embedder, client):  # type: ignore[no-untyped-def]
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    class Embedding(Embeddings):
        def embed_documents(self, texts):  # type: ignore[no-untyped-def]
            return embedder.embed_passages(texts).tolist()

        def embed_query(self, text):  # type: ignore[no-untyped-def]
            return embedder.embed_question(text).tolist()

    started = time.perf_counter()
    count = tokens()
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=LIMIT, chunk_overlap=OVERLAP, length_function=lambda text: len(count(text))
    )
    documents = [Document(page_content=body, metadata={"title": title}) for title, body in articles]
    pieces = splitter.split_documents(documents)
    store = Chroma(client=client, collection_name="passages", embedding_function=Embedding())
    for first in range(0, len(pieces), 256):
        store.add_documents(pieces[first : first + 256])
    return len(pieces), time.perf_counter() - started


def tokens():  # type: ignore[no-untyped-def]
    """Byline's own token counter, since tiktoken would fetch its vocabulary."""
    from ingest.embedding.token_counts import encoding

    return encoding().encode_ordinary


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
