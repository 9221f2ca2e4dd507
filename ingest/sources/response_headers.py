"""The headers of a stranger's answer, parsed at one place: they are bytes of any kind, and kept only when plain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_VALUE = 1_000
LONGEST_WAIT = 366 * 86_400.0  # seconds; what asks for more asks for ever


def plain_headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by their lower-case names, without those that are long or hold anything but printable characters.

    Bytes that are no UTF-8 come as lone surrogates, which are not printable.
    """
    return {
        name.lower(): value
        for name, value in pairs
        if len(value) <= LONGEST_VALUE and value.replace("\t", " ").isprintable()
    }


def validator(headers: Mapping[str, str], name: str) -> str | None:
    """An ETag or Last-Modified that can be sent back as it came."""
    value = headers.get(name, "")
    return value if value and value.isascii() else None


def media_type(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After asks for, from 0 to `LONGEST_WAIT`; None where it is neither a number nor a date."""
    written = headers.get("retry-after", "").strip()
    if written.isascii() and written.isdigit():
        return min(float(written[:9]), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(written)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        seconds = (moment - (now or datetime.now(UTC))).total_seconds()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(0.0, seconds), LONGEST_WAIT)
