from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.response_headers import (
    LONGEST_VALUE,
    LONGEST_WAIT,
    media_type,
    plain_headers,
    retry_after,
    validator,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HEADER_BYTES = st.binary(max_size=60).map(lambda data: data.decode("utf-8", "surrogateescape"))
DATES = st.from_regex(
    r"[A-Za-z]{3}, \d{1,4} [A-Za-z]{3} \d{1,12} \d{1,4}:\d\d(:\d\d)? [+-]\d{2,12}", fullmatch=True
)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("120", 120.0),
        ("Thu, 01 Jan 2026 00:01:00 GMT", 60.0),
        ("Thu, 01 Jan 2015 00:00:00 GMT", 0.0),
        ("9" * 400, LONGEST_WAIT),
        ("²", None),
        ("١٢", None),
        ("soon", None),
        ("", None),
        ("Mon, 01 Jan 99999 00:00:00 GMT", None),
        ("Mon, 01 Jan 2026 00:00:00 +99999999", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", LONGEST_WAIT),
    ],
)
def test_a_wait_is_read_from_a_number_or_a_date_and_is_bounded(written: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": written}, NOW) == seconds


@given(HEADER_BYTES | DATES | st.text(max_size=40))
def test_any_wait_is_none_or_bounded(written: str) -> None:
    seconds = retry_after({"retry-after": written}, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_WAIT


@given(st.dictionaries(st.sampled_from(["ETag", "Last-Modified", "Content-Type", "Location"]), HEADER_BYTES))
def test_what_is_kept_of_any_headers_can_be_stored_and_sent_back(headers: dict[str, str]) -> None:
    kept = plain_headers(headers.items())
    for value in kept.values():
        value.encode()
        assert "\r" not in value
        assert "\n" not in value
    for name in ("etag", "last-modified"):
        (validator(kept, name) or "").encode("ascii")
    media_type(kept).encode()


def test_long_values_and_those_of_other_bytes_are_dropped() -> None:
    kept = plain_headers([("ETag", '"\udcff"'), ("X-A", "a" * (LONGEST_VALUE + 1)), ("Location", "/café")])
    assert kept == {"location": "/café"}
