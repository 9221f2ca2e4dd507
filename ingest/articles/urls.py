"""Web addresses: one spelling for each page, whichever link led to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urljoin, urlsplit

LONGEST = 2_000  # characters; longer ones are traps or data, not pages

# What campaigns, newsletters and shares append; it never chooses the page that is shown.
_TRACKING = re.compile(
    r"(?:utm_\w+|at_(?:medium|campaign|custom\d|link_\w+|format|ptr_name|bbc_team)|mc_[ce]id|ga_\w+|_ga|_gl|gclid|gclsrc"
    r"|dclid|gbraid|wbraid|fbclid|msclkid|twclid|ttclid|yclid|igshid|igsh|li_fat_id|mkt_tok|vero_id|vero_conv|oly_\w+_id"
    r"|_hs(?:enc|mi)|__hs\w+|hsctatracking|s_cid|ns_\w+|cmpid|icid|ncid|ref_src|ref_url|wt_mc|wtmc|trk|trkcampaign"
    r"|spm|share_token|smid|ocid|sr_share|__twitter_impression|piwik_\w+|pk_\w+|mtm_\w+|matomo_\w+)",
    re.I,
)
_PORTS = {"http": 80, "https": 443}
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE = "!$&'()*+,;=:@/?[]%"
_MIRRORS = re.compile(r"^(?:www\d?|m|mobile|amp)\.")
_LINK = re.compile(r"<link\b([^<>]{1,3000})>", re.I)
_ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_HEAD = 500_000


class BadAddress(ValueError):
    """Not an address that can be fetched; the message is a phrase for a reject's reason."""


def canonical_address(url: str) -> str:
    """The one spelling of a page's address: no tracking, no fragment, host in lower case and ASCII.

    Raises BadAddress for anything but http and https, for credentials in it, and for what is no address at all.
    """
    parts = _split(url)
    host = _host(parts)
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _tracks(pair))
    return f"{parts.scheme}://{host}{port}{escaped(parts.path) or '/'}" + (
        f"?{escaped(query)}" if query else ""
    )


def identity_of(url: str) -> str:
    """What an article's id is made from: the canonical address, or what stands there when it is none."""
    try:
        return canonical_address(url)
    except BadAddress:
        return url.strip()


def site_of(url: str) -> str:
    """Scheme, host and port: what one robots.txt speaks for."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one site; "www." and the like before the name make no difference."""
    hosts = [_MIRRORS.sub("", urlsplit(url).hostname or "") for url in (one, other)]
    return bool(hosts[0]) and hosts[0] == hosts[1]


def written_canonicals(page: str) -> Iterator[str]:
    """The canonical addresses of a page's HTML, as they are written."""
    for link in _LINK.findall(page[:_HEAD]):
        attributes = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(link)}
        if "canonical" in attributes.get("rel", "").lower().split():
            yield attributes.get("href", "").replace("&amp;", "&").strip()


def declared_canonical(page: str, at: str) -> str:
    """The canonical address that the HTML of `page` declares, where it can be believed, else that of `at`.

    One of another site would let a page speak for somebody else's. Some sites name their front page on every page.
    """
    own = canonical_address(at)
    for written in written_canonicals(page):
        try:
            named = canonical_address(urljoin(at, written)) if written else own
        except ValueError:
            continue
        front = urlsplit(named).path == "/" and not urlsplit(named).query
        if same_site(named, own) and not front:
            return named
    return own


def _split(url: str) -> SplitResult:
    text = url.strip()
    if len(text) > LONGEST:
        raise BadAddress(f"the address is longer than {LONGEST} characters")
    if any(ord(character) < 33 or ord(character) == 127 for character in text):
        raise BadAddress("the address has white space or control characters in it")
    try:
        text.encode()  # lone surrogates cannot be sent
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise BadAddress(f"it is not an address: {error}") from None
    if parts.scheme not in _PORTS:
        raise BadAddress("only http:// and https:// addresses are fetched")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("the address has a user name or password in it")
    if "\\" in text:
        raise BadAddress("the address has a backslash in it, which programs read in different ways")
    return parts


def _host(parts: SplitResult) -> str:
    name = (parts.hostname or "").rstrip(".")
    if not name:
        raise BadAddress("the address names no host")
    if ":" in name:
        return f"[{name}]"
    try:
        host = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise BadAddress(f"{name[:80]!r} is not the name of a host") from None
    if not re.fullmatch(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?", host):
        raise BadAddress(f"{name[:80]!r} is not the name of a host")
    return host


def _tracks(pair: str) -> bool:
    name = pair.partition("=")[0]
    return bool(_TRACKING.fullmatch(name)) or not parse_qsl(pair, keep_blank_values=True)


def escaped(text: str) -> str:
    """Escapes written alike: those of plain characters undone, the others in capitals, and what needs one given it."""

    def alike(found: re.Match[str]) -> str:
        character = unquote(found.group())
        return character if character in _UNRESERVED else found.group().upper()

    return quote(_ESCAPE.sub(alike, text), safe=_SAFE)


_SCHEME = re.compile(r"https?://\S+", re.I)
_BARE_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:[/:?]\S*)?")
_ARCHIVED = re.compile(
    r"https?://(?:web\.archive\.org/web|archive\.(?:is|ph|today))/\d{4,14}[a-z_*]*/(.+)", re.I
)


def is_address(url: str) -> bool:
    """A web address, perhaps without its scheme; "n/a" and "javascript:…" are none.

    Nor is one that programs read in different ways: `https://evil.example\\@bank.example/`.
    """
    written = url.strip()
    return (
        bool(_SCHEME.fullmatch(written) or _BARE_HOST.fullmatch(written)) and _plain_host(written) is not None
    )


def publisher_of(url: str | None) -> str | None:
    """The host name without "www."; of an archived page, the host that was archived."""
    if not url:
        return None
    archived = _ARCHIVED.fullmatch(url.strip())
    host = _plain_host(archived[1] if archived else url.strip())
    return host.removeprefix("www.") or None if host else None


def _plain_host(address: str) -> str | None:
    """The host that every program would go to; None where a backslash or a user name hides it."""
    try:
        parts = urlsplit(address if "//" in address[:9] else f"//{address}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    return host if host and "@" not in parts.netloc and "\\" not in address else None
