"""Polite HTTP: one request at a time to a site, spaced, conditional, within robots.txt, and within limits."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urljoin, urlsplit

import aiohttp

from ingest.articles.urls import BadAddress, canonical_address, site_of
from ingest.sources.response_headers import media_type, plain_headers, retry_after, validator
from ingest.sources.robots import LONGEST as LONGEST_ROBOTS
from ingest.sources.robots import NOTHING_ALLOWED, Robots, parse_robots
from ingest.sources.ssrf_guard import AddressRefused, Guard
from ingest.sources.unpacking import FetchFailed as FetchFailed
from ingest.sources.unpacking import unpacked

LARGEST_PAGE = 20_000_000  # bytes, as sent and again unpacked
USER_AGENT = "Byline/0.1 (reads articles for a question-answering bot)"
_ATTEMPTS = 3
_HOPS = 5
_LONGEST_WAIT = 60.0  # seconds a Retry-After may ask for before the site is left alone for this run
_DEAD_AFTER = 3  # pages in a row that a site did not answer
_TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Validators:
    """What a site said of the copy that we have, to be asked again with. `url` is where it came from in the end."""

    url: str = ""
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `body` is unpacked; None means that the copy we have is still good."""

    body: bytes | None
    media_type: str
    validators: Validators


@dataclass(slots=True)
class _Site:
    """What is known of a host during a run."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    free_at: float = 0.0
    failures: int = 0
    closed: str = ""  # why nothing more is asked of it in this run


@dataclass(slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Fetcher:
    """Use it as an async context manager, within one event loop. Proxies of the environment are not used: the guard
    must see the address that is connected to.
    """

    def __init__(
        self,
        pause: float,
        guard: Guard | None = None,
        *,
        patience: float = 60.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`pause`: seconds between requests to one host; `patience`: seconds for one answer."""
        self._pause = pause
        self._guard = guard or Guard()
        self._patience = patience
        self._sleep = sleep
        self._sites: dict[str, _Site] = {}
        self._robots: dict[str, asyncio.Task[Robots]] = {}

    async def __aenter__(self) -> Fetcher:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(socket_factory=self._guard.open_socket, limit=16),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._patience, sock_connect=min(15.0, self._patience)),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
            auto_decompress=False,  # unpacked here, within limits
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._robots.values():
            task.cancel()
        await asyncio.gather(*self._robots.values(), return_exceptions=True)
        await self._session.close()

    async def fetch(
        self,
        url: str,
        known: Validators | None = None,
        *,
        language: str | None = None,
        largest: int = LARGEST_PAGE,
    ) -> Fetched:
        """The document at `url`, redirects followed one by one; raises FetchFailed."""
        known = known or Validators()
        for _ in range(_HOPS + 1):
            url = self._checked(url)
            robots = await self._robots_of(url)
            if not robots.allows(url):
                raise FetchFailed(_robots_reason(robots))
            headers = {"Accept-Language": f"{language}, *;q=0.3"} if language else {}
            if known.url == url:
                headers |= {"If-None-Match": known.etag} if known.etag else {}
                headers |= {"If-Modified-Since": known.last_modified} if known.last_modified else {}
            answer = await self._ask(url, headers, max(self._pause, robots.delay), largest)
            if answer.status in _REDIRECTS and (target := answer.headers.get("location")):
                url = _joined(url, target)
                continue
            return self._result(url, answer, known)
        raise FetchFailed(f"It redirects more than {_HOPS} times.")

    def _result(self, url: str, answer: _Answer, known: Validators) -> Fetched:
        if answer.status == 304 and known.url == url:
            return Fetched(None, "", known)
        if answer.status in (404, 410):
            raise FetchFailed(f"The site says that it is not there (HTTP {answer.status}).", gone=True)
        if answer.status != 200:
            raise FetchFailed(f"The site answered with HTTP {answer.status}.")
        etag, changed = (validator(answer.headers, name) for name in ("etag", "last-modified"))
        return Fetched(answer.body, media_type(answer.headers), Validators(url, etag, changed))

    def _checked(self, url: str) -> str:
        try:
            address = canonical_address(url)
            self._guard.check_port(address)
        except (BadAddress, AddressRefused) as error:
            raise FetchFailed(f"It is not fetched: {error}.") from None
        return address

    async def _robots_of(self, url: str) -> Robots:
        site = site_of(url)
        if site not in self._robots:
            self._robots[site] = asyncio.create_task(self._read_robots(site))
        return await asyncio.shield(self._robots[site])

    async def _read_robots(self, site: str) -> Robots:
        url = site + "/robots.txt"
        for _ in range(_HOPS + 1):
            answer = await self._ask(url, {}, self._pause, LONGEST_ROBOTS, cut=True)
            if answer.status in _REDIRECTS and (target := answer.headers.get("location")):
                url = self._checked(_joined(url, target))
                continue
            if answer.status == 200:
                return parse_robots(answer.body.decode("utf-8", "replace"))
            # what a site does not have forbids nothing; a site that is broken is left alone until it is not
            return Robots() if 400 <= answer.status < 500 and answer.status != 429 else NOTHING_ALLOWED
        return Robots()

    async def _ask(
        self, url: str, headers: dict[str, str], pause: float, largest: int, *, cut: bool = False
    ) -> _Answer:
        """One request, in its turn, tried again after what may pass. Raises FetchFailed."""
        site = self._sites.setdefault(urlsplit(url).hostname or "", _Site())
        async with site.turn:
            for attempt in range(1, _ATTEMPTS + 1):
                if site.closed:
                    raise FetchFailed(site.closed)
                await self._wait(site.free_at - time.monotonic())
                wait: float | None
                try:
                    answer = await self._once(url, headers, largest, cut)
                except _Unanswered as error:
                    reason, wait = str(error), None
                else:
                    if answer.status not in _TEMPORARY:
                        site.failures = 0
                        return answer
                    reason, wait = (
                        f"The site answered with HTTP {answer.status}.",
                        retry_after(answer.headers),
                    )
                finally:
                    site.free_at = time.monotonic() + pause
                if wait is not None and wait > _LONGEST_WAIT:
                    site.closed = (
                        f"The site asks to be left alone for {wait:.0f} seconds; it is asked again next time."
                    )
                elif attempt < _ATTEMPTS:
                    # spread, so that many who were turned away together do not come back together
                    spread = random.uniform(0.5, 1.0)  # noqa: S311
                    await self._wait(wait if wait is not None else 2 ** (attempt - 1) * spread)
            site.failures += 1
            if site.failures >= _DEAD_AFTER and not site.closed:
                site.closed = (
                    f"The site has not answered {_DEAD_AFTER} times in a row; it is asked again next time."
                )
            raise FetchFailed(reason)

    async def _wait(self, seconds: float) -> None:
        if seconds > 0:
            await self._sleep(seconds)

    async def _once(self, url: str, headers: dict[str, str], largest: int, cut: bool) -> _Answer:
        try:
            async with self._session.get(url, headers=headers, allow_redirects=False) as response:
                named = plain_headers(response.headers.items())
                body = b""
                if response.status == 200:
                    body = await unpacked(response.content, named.get("content-encoding", ""), largest, cut)
                return _Answer(response.status, named, body)
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, AddressRefused):
                raise FetchFailed(f"It is not fetched: {error.os_error}.") from None
            if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
                raise FetchFailed("The site's certificate is not valid.") from None
            if isinstance(error, aiohttp.ClientConnectorDNSError):
                raise _Unanswered("There is no site of this name, or the network is down.") from None
            raise _Unanswered("The site cannot be reached.") from None
        except TimeoutError:
            raise _Unanswered(f"The site took longer than {self._patience:.0f} seconds to answer.") from None
        except (aiohttp.InvalidURL, ValueError) as error:
            raise FetchFailed(f"It is not fetched: {type(error).__name__}.") from None
        except aiohttp.ClientError as error:
            raise _Unanswered(
                f"The site's answer broke off or made no sense ({type(error).__name__})."
            ) from None
        except OSError as error:  # of TLS, among others
            raise _Unanswered(f"The connection broke off ({type(error).__name__}).") from None


class _Unanswered(Exception):
    """No whole answer came; it may the next time."""


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target.strip())
    except ValueError:
        raise FetchFailed("It redirects to what is no address.") from None


def _robots_reason(robots: Robots) -> str:
    if robots is NOTHING_ALLOWED:
        return "The site's robots.txt cannot be read now, so nothing is fetched from it; it is tried again next time."
    return "The site's robots.txt does not allow it."
