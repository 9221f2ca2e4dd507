"""Addresses of the reader's pages: signed and expiring, unless the corpus is public."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from ingest.system.atomic_write import replace_bytes

_DAY = 86_400


class ReaderAddresses:
    """Makes and checks links. `key` is secret; `base` is the public URL that people reach the reader at."""

    def __init__(
        self,
        base: str,
        key: bytes,
        *,
        public: bool = False,
        days: int = 30,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._base = base.rstrip("/")
        self._key = key
        self._public = public
        self._days = days
        self._clock = clock

    def article(self, article_id: str) -> str:
        return self._address(f"/articles/{quote(article_id, safe='')}")

    def answer(self, key: str, place: int) -> str:
        """The article of the citation at `place`, with that quote and the answer's others marked."""
        return self._address(f"/answers/{quote(key, safe='')}/{place}") + "#quote"

    def allows(self, path: str, until: str, signature: str) -> bool:
        """Whether this path (as in the link, still percent-encoded) may be read now."""
        if self._public:
            return True
        if not until.isascii() or not until.isdigit() or len(until) > 12 or int(until) < self._clock():
            return False
        return hmac.compare_digest(self._sign(path, until).encode(), signature.encode("utf-8", "replace"))

    def _address(self, path: str) -> str:
        if self._public:
            return self._base + path
        # rounded up to a day, so that the same link is made all day long
        until = str((int(self._clock()) // _DAY + 1 + self._days) * _DAY)
        return f"{self._base}{path}?until={until}&s={self._sign(path, until)}"

    def _sign(self, path: str, until: str) -> str:
        digest = hmac.new(
            self._key, f"{path}\n{until}".encode("utf-8", "surrogatepass"), hashlib.sha256
        ).digest()
        return urlsafe_b64encode(digest[:18]).decode()


def reader_key(path: Path) -> bytes:
    """The signing key kept at `path`, made at first use and readable by its owner only."""
    try:
        key = path.read_bytes()
        if len(key) >= 32:
            return key
    except FileNotFoundError:
        pass
    key = secrets.token_bytes(32)
    replace_bytes(path, key, mode=0o600)
    return key
