"""A reranking endpoint has the last word when it speaks sense, and none when it does not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.qa.retrieval.reranking import EndpointReranker, read_scores

TEXTS = ["about frost", "about the bridge", "about the telescope"]


@dataclass
class Endpoint:
    """A `/rerank` endpoint on loopback that answers with `reply`."""

    reply: bytes = b""
    status: int = 200
    delay: float = 0.0
    pause: float = 0.0
    """Seconds between two bytes of the reply."""
    requests: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    state = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.requests.append((self.path, dict(self.headers), body))
            time.sleep(state.delay)
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(state.reply)))
            self.end_headers()
            with suppress(ConnectionError):
                for place in range(len(state.reply) if state.pause else 0):
                    self.wfile.write(state.reply[place : place + 1])
                    time.sleep(state.pause)
                self.wfile.write(b"" if state.pause else state.reply)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def reranker(endpoint: Endpoint) -> Iterator[EndpointReranker]:
    made = EndpointReranker(endpoint.url, "rerank-v3.5", "secret-key", timeout=0.5)
    yield made
    made.close()


def results(*pairs: tuple[int, float]) -> bytes:
    return json.dumps({"results": [{"index": i, "relevance_score": s} for i, s in pairs]}).encode()


def test_scores_come_back_in_the_order_of_the_texts(endpoint: Endpoint, reranker: EndpointReranker) -> None:
    endpoint.reply = results((1, 0.9), (2, 0.4), (0, 0.1))
    assert reranker.scores("Who opened the bridge?", TEXTS) == [0.1, 0.9, 0.4]
    path, headers, body = endpoint.requests[0]
    assert path == "/v1/rerank"
    assert headers["Authorization"] == "Bearer secret-key"
    assert body == {"query": "Who opened the bridge?", "documents": TEXTS, "top_n": 3, "model": "rerank-v3.5"}


@pytest.mark.parametrize(
    "reply",
    [
        b"<html>gateway</html>",
        b"[" * 100_000,
        b"\xff\xfe",
        b" " * 5_000_000,
        b'{"results": [{"index": "secret-key\\u001b[2J"}]}',
        b"[]",
        b'{"results": 3}',
        results((0, 0.1), (1, 0.2)),
        results((0, 0.1), (1, 0.2), (3, 0.3)),
        results((0, 0.1), (1, 0.2), (1, 0.3)),
        b'{"results": [{"index": 0}, {"index": 1}, {"index": 2}]}',
        b'{"results": [{"index": 0, "score": NaN}, {"index": 1, "score": 1}, {"index": 2, "score": 1}]}',
    ],
)
def test_a_reply_that_makes_no_sense_leaves_the_order_as_it_was(
    endpoint: Endpoint, reranker: EndpointReranker, reply: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.reply = reply
    assert reranker.scores("q", TEXTS) is None
    assert "secret-key" not in caplog.text


@pytest.mark.parametrize("status", [302, 401, 429, 500])
def test_a_refusal_leaves_the_order_as_it_was_and_the_key_out_of_the_log(
    endpoint: Endpoint, reranker: EndpointReranker, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.status, endpoint.reply = status, b"you sent secret-key"
    assert reranker.scores("q", TEXTS) is None
    assert caplog.records
    assert "secret-key" not in caplog.text


def test_nobody_waits_for_a_slow_endpoint(endpoint: Endpoint, reranker: EndpointReranker) -> None:
    endpoint.delay, endpoint.reply = 1.5, results((0, 1), (1, 2), (2, 3))
    started = time.monotonic()
    assert reranker.scores("q", TEXTS) is None
    assert time.monotonic() - started < 1.4


def test_nobody_waits_for_an_endpoint_that_sends_byte_by_byte(
    endpoint: Endpoint, reranker: EndpointReranker
) -> None:
    endpoint.pause, endpoint.reply = 0.05, results((0, 1), (1, 2), (2, 3))
    started = time.monotonic()
    assert reranker.scores("q", TEXTS) is None
    assert time.monotonic() - started < 1.4


def test_an_endpoint_that_is_not_there_is_no_error() -> None:
    made = EndpointReranker("http://127.0.0.1:9/rerank")
    assert made.scores("q", TEXTS) is None
    made.close()


def test_a_full_url_is_used_as_it_is(endpoint: Endpoint) -> None:
    endpoint.reply = results((0, 1), (1, 2), (2, 3))
    made = EndpointReranker(endpoint.url + "/rerank/")
    assert made.scores("q", TEXTS) == [1.0, 2.0, 3.0]
    made.close()
    assert endpoint.requests[0][0] == "/v1/rerank"
    assert "model" not in endpoint.requests[0][2]


def test_scores_named_as_other_servers_name_them_are_read() -> None:
    assert read_scores({"results": [{"index": 0, "score": 2}]}, 1) == [2.0]
