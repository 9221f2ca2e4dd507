"""Embedding that begins while the articles are still being read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread

from ingest.articles.article import Article
from ingest.embedding.factory import Embedder
from ingest.embedding.token_counts import count_tokens
from ingest.index.chunking import embedded_text, split_article
from ingest.index.embedding_cache import VectorStore, string_hash
from ingest.system.batches import batches

_AT_ONCE = 64  # strings: whoever ends the block waits for those in work

log = logging.getLogger(__name__)

Strings = dict[str, str]  # by their hash


@contextmanager
def embedding_ahead(path: Path, embedder: Embedder) -> Iterator[Callable[[Article], None]]:
    """Yield what to show each new article to: a thread embeds it meanwhile, and saves the vectors at `path`.

    Reading keeps one core busy, and embedding all that there are. What is not done when the block ends is left to the
    run, and so is every failure: the run meets it again, where it is reported.
    """
    shown: SimpleQueue[Strings] = SimpleQueue()
    ended = Event()
    worker: Thread | None = None

    def show(article: Article) -> None:
        nonlocal worker
        # split here: counting tokens lets go of the interpreter for each sentence, and a thread waits to get it back
        shown.put(_strings(article))
        if worker is None:  # a run that finds nothing new spares the thread
            worker = Thread(target=_embed, args=(path, embedder, shown, ended), name="embed ahead")
            worker.start()

    try:
        yield show
    finally:
        ended.set()
        shown.put({})
        if worker is not None:
            worker.join()


def _strings(article: Article) -> Strings:
    passages = (embedded_text(article, passage) for passage in split_article(article, count_tokens))
    return {string_hash(text): text for text in (article.title, *passages)}


def _embed(path: Path, embedder: Embedder, shown: SimpleQueue[Strings], ended: Event) -> None:
    try:
        with closing(VectorStore(path, embedder.identity.key)) as store:
            while not ended.is_set():
                strings = _waiting(shown)
                missing = sorted(store.missing(strings), key=lambda name: len(strings[name]), reverse=True)
                for some in batches(missing, _AT_ONCE):
                    if not ended.is_set():
                        store.save(some, embedder.embed_passages([strings[name] for name in some]))
    except Exception as error:
        log.info("Embedding while reading stopped: %s", error)


def _waiting(shown: SimpleQueue[Strings]) -> Strings:
    """The strings that wait, and at least those of one article."""
    strings = shown.get()
    while len(strings) < _AT_ONCE:
        try:
            strings |= shown.get_nowait()
        except Empty:
            break
    return strings
