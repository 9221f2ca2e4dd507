"""Who may come in: bearer tokens for programs, a signed cookie for people at the page, rates for both."""

from __future__ import annotations

import hashlib
import hmac
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from starlette.requests import Request

from bot.api.failures import Refused
from bot.api.tokens import VARIABLE, Rates, Token, recognised
from ingest.errors import ConfigError

COOKIE = "byline"
COOKIE_SECONDS = 30 * 86_400


class NoToken(Refused):
    """The request carries no token that is known."""


class TooMany(Refused):
    """The rate is used up; `seconds` until the next request."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many requests. Ask again in {seconds} s.", 429)
        self.seconds = seconds


@dataclass(frozen=True)
class Access:
    """Without `tokens` everybody who reaches the address may ask, which is why it must be this computer's own.

    `open_page`: people may use the page without a token, `per_minute` times each address. `key` signs cookies.
    """

    tokens: Sequence[Token]
    key: bytes
    per_minute: int = 60
    open_page: bool = False
    rates: Rates = field(default_factory=Rates)

    def admit_program(self, request: Request) -> None:
        """Raise Refused unless the request's bearer token may ask now."""
        self.check_origin(request)
        if not self.tokens:
            return
        scheme, _, presented = request.headers.get("authorization", "").partition(" ")
        token = recognised(self.tokens, presented.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise NoToken("Send a token that is known here, as `Authorization: Bearer TOKEN`.", 401)
        self._take(f"token {token.name}", token.per_minute)

    def admit_person(self, request: Request, *, asks: bool) -> None:
        """Raise Refused unless the page may be shown or, with `asks`, used now. NoToken asks to sign in."""
        self.check_origin(request)
        if not self.tokens:
            return
        token = self._signed_in(request.cookies.get(COOKIE, ""))
        if token is None and not self.open_page:
            raise NoToken("Sign in with a token first.", 401)
        if asks:
            address = request.client.host if request.client else ""
            who, rate = (f"token {token.name}", token.per_minute) if token else (address, self.per_minute)
            self._take(who, rate)

    def check_origin(self, request: Request) -> None:
        """Raise Refused for what another web site sends through somebody's browser."""
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            raise Refused("Requests from pages of other sites are not served.", 403)
        # a foreign name that leads to this computer is a web site's way past the browser's walls
        if not self.tokens and not is_loopback(_without_port(host)):
            raise Refused("Reach this server as 127.0.0.1 or localhost.", 403)

    def cookie(self, presented: str) -> str:
        """What the browser keeps of a token once it is recognised. Raises NoToken."""
        token = recognised(self.tokens, presented)
        if token is None:
            raise NoToken("That token is not known here. Copy it anew, or ask whoever gave it to you.", 401)
        until = str(int(time.time()) + COOKIE_SECONDS)
        return f"{token.digest.hex()[:16]}.{until}.{self._mac(token, until)}"

    def _signed_in(self, cookie: str) -> Token | None:
        start, _, rest = cookie.partition(".")
        until, _, mac = rest.partition(".")
        if not until.isascii() or not until.isdigit() or len(until) > 12 or int(until) < time.time():
            return None
        for token in self.tokens:
            named = token.digest.hex()[:16] == start
            if named and hmac.compare_digest(
                self._mac(token, until).encode(), mac.encode("utf-8", "replace")
            ):
                return token
        return None

    def _mac(self, token: Token, until: str) -> str:
        return hmac.new(self.key, b"page\n" + token.digest + until.encode(), hashlib.sha256).hexdigest()

    def _take(self, who: str, per_minute: int) -> None:
        if (seconds := self.rates.take(who, per_minute)) > 0:
            raise TooMany(math.ceil(seconds))


def check_address(host: str, tokens: Sequence[Token]) -> None:
    """Raise ConfigError where others could reach the corpus without a token."""
    if not tokens and not is_loopback(host):
        raise ConfigError(
            f"[api] address {host!r} can be reached by others, and no token is configured. Set [api] tokens in "
            f"config.toml or {VARIABLE} in the environment (`python -m bot token NAME` makes a token), or listen "
            "at 127.0.0.1."
        )


def _without_port(host: str) -> str:
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
