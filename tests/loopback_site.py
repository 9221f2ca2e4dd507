"""A web site on loopback, over real HTTP: what each path answers can be set, and what was asked is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ingest.sources.ssrf_guard import Guard


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    media_type: str = "text/html; charset=utf-8"


@dataclass
class Request:
    path: str
    headers: Mapping[str, str]
    at: float


@dataclass
class Site:
    """`replies` by path; a list is answered one after the other, the last again and again."""

    port: int
    replies: dict[str, Reply | list[Reply] | Callable[[Any], None]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def page(self, path: str, title: str, text: str, *, head: str = "", **headers: str) -> None:
        html = (
            f"<!doctype html><html><head><title>{title}</title>{head}</head><body><article><h1>{title}</h1>"
            f"<p>{text}</p></article></body></html>"
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.replies[path] = Reply(html.encode(), headers=named)

    def paths(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [request.path for request in self.asked if request.path != "/robots.txt"]

    @property
    def guard(self) -> Guard:
        """Lets a fetch reach this site, and nothing but loopback."""
        return Guard(lambda address: address.is_loopback, frozenset({self.port}))


@contextmanager
def serving() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append(Request(self.path, dict(self.headers.items()), time.monotonic()))
            reply = site.replies.get(self.path, Reply(b"not here", 404))
            if isinstance(reply, list):
                reply = reply.pop(0) if len(reply) > 1 else reply[0]
            if not isinstance(reply, Reply):
                reply(self)
                return
            time.sleep(reply.delay)
            etag = reply.headers.get("ETag")
            unchanged = etag is not None and self.headers.get("If-None-Match") == etag
            self.send_response(304 if unchanged else reply.status)
            named = {
                "Content-Type": reply.media_type,
                "Content-Length": str(len(reply.body)),
                **reply.headers,
            }
            for name, value in named.items():
                if not (unchanged and name in ("Content-Type", "Content-Length")):
                    self.send_header(name, value)
            self.end_headers()
            if not unchanged:
                self.wfile.write(reply.body)

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                self.close_connection = True  # the one who asked hung up, as some tests want

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda request, client_address: None  # type: ignore[method-assign]
    site = Site(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
