"""Bearer tokens: where they are kept, how one is recognised, and how often each may ask."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import ConfigError

VARIABLE = "BYLINE_API_TOKENS"
_SHORTEST = 20  # characters; a token is no password that a person thinks up
_LINE = re.compile(r"(?P<name>[\w.-]{1,64})\s+(?P<digest>[0-9a-fA-F]{64})(?:\s+(?P<rate>\d{1,9}))?")
_PRUNE_ABOVE = 10_000


@dataclass(frozen=True, slots=True)
class Token:
    """`digest` is the SHA-256 of the token, which is kept nowhere; `per_minute` of 0 is no limit."""

    name: str
    digest: bytes
    per_minute: int


def new_token(name: str) -> tuple[str, str]:
    """A fresh token, and its line for the file of tokens. Raises ConfigError for a name that cannot stand there."""
    token = secrets.token_urlsafe(32)
    line = f"{name} {_digest(token).hex()}"
    if _LINE.fullmatch(line) is None:
        raise ConfigError("A token's name is made of letters, digits, dots and dashes, 64 at the most.")
    return token, line


def load_tokens(path: Path | None, variable: str | None, per_minute: int) -> tuple[Token, ...]:
    """Those of the file (`NAME SHA256 [PER_MINUTE]` a line) and of the environment (`NAME:TOKEN`, parted by blanks).

    Raises ConfigError, which never shows a token.
    """
    tokens = [] if path is None else _of_file(path, per_minute)
    for number, entry in enumerate((variable or "").split(), 1):
        name, _, token = entry.rpartition(":")
        if len(token) < _SHORTEST:
            raise ConfigError(
                f"Token {number} of {VARIABLE} is shorter than {_SHORTEST} characters. "
                "`python -m bot token NAME` makes a good one."
            )
        tokens.append(Token(name or f"token {number}", _digest(token), per_minute))
    return tuple(tokens)


def _of_file(path: Path, per_minute: int) -> list[Token]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"[api] tokens: {path} cannot be read ({type(error).__name__}).") from error
    tokens = []
    for number, line in enumerate(lines, 1):
        text = line.partition("#")[0].strip()
        match = _LINE.fullmatch(text)
        if match is not None:
            rate = int(match["rate"]) if match["rate"] else per_minute
            tokens.append(Token(match["name"], bytes.fromhex(match["digest"]), rate))
        elif text:
            raise ConfigError(
                f"{path}, line {number}: write NAME, the token's SHA-256 in hexadecimal and, if you like, how many "
                "requests a minute it may make. `python -m bot token NAME` prints such a line."
            )
    return tokens


def recognised(tokens: Sequence[Token], presented: str) -> Token | None:
    """The token that was presented, compared in constant time with each there is."""
    digest = _digest(presented)
    matches = [one for one in tokens if hmac.compare_digest(one.digest, digest)]
    return matches[0] if matches else None


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


class Rates:
    """Token buckets: whoever has not asked for a minute may ask `per_minute` times at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: dict[str, float] = {}  # when each bucket is full again

    def take(self, who: str, per_minute: int) -> float:
        """Take one and return 0, or return the seconds until there is one to take."""
        if not per_minute:
            return 0.0
        now, step = self._clock(), 60 / per_minute
        full_at = max(now, self._full_at.get(who, now)) + step
        if (over := full_at - now - 60) > 1e-9:
            return over
        if len(self._full_at) > _PRUNE_ABOVE:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
        self._full_at[who] = full_at
        return 0.0
