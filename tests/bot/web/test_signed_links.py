from __future__ import annotations

import stat
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.signed_links import ReaderAddresses, reader_key

NOW = 1_780_000_000
KEY = b"k" * 32


def parts(url: str) -> tuple[str, str, str]:
    split = urlsplit(url)
    query = parse_qs(split.query)
    return split.path, query.get("until", [""])[0], query.get("s", [""])[0]


def test_a_link_opens_until_it_expires() -> None:
    now = [NOW]
    addresses = ReaderAddresses("https://read.example/", KEY, days=2, clock=lambda: now[0])
    link = addresses.answer("abc", 1)
    assert link.startswith("https://read.example/answers/abc/1?until=")
    assert link.endswith("#quote")
    assert addresses.allows(*parts(link))
    now[0] += 4 * 86_400
    assert not addresses.allows(*parts(link))


def test_a_link_opens_its_own_page_only() -> None:
    addresses = ReaderAddresses("https://read.example", KEY, clock=lambda: NOW)
    path, until, signature = parts(addresses.article("a1"))
    assert addresses.allows(path, until, signature)
    assert not addresses.allows("/articles/a2", until, signature)
    assert not addresses.allows(path, str(int(until) + 1), signature)
    assert not addresses.allows(path, until, signature[:-1] + "!")
    assert not ReaderAddresses("https://read.example", b"x" * 32, clock=lambda: NOW).allows(
        path, until, signature
    )


@pytest.mark.parametrize("until", ["", "x", "-1", "９" * 10, "9" * 40, "1e12"])
def test_nonsense_is_refused(until: str) -> None:
    assert not ReaderAddresses("https://read.example", KEY).allows("/articles/a", until, "é")


def test_a_public_reader_needs_no_signature() -> None:
    addresses = ReaderAddresses("https://read.example", KEY, public=True)
    assert addresses.article("a/b") == "https://read.example/articles/a%2Fb"
    assert addresses.allows("/articles/a", "", "")


def test_the_signing_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "data" / "reader.key"
    key = reader_key(path)
    assert len(key) == 32
    assert reader_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


PIECES = st.sampled_from(["/", "articles", "answers", "a1", "0", "%2F", "..", "é", "\ud800", "\0", "?", "\n"])
SIGNED = ReaderAddresses("https://read.example", KEY, clock=lambda: NOW)


@given(
    st.lists(PIECES, max_size=8).map("".join) | st.text(),
    st.text() | st.integers().map(str) | st.just(parts(SIGNED.article("a1"))[1]),
    st.text() | st.just(parts(SIGNED.article("a1"))[2]),
)
def test_no_link_but_the_one_that_was_signed_opens_anything(path: str, until: str, signature: str) -> None:
    signed = parts(SIGNED.article("a1"))
    assert SIGNED.allows(path, until, signature) == ((path, until, signature) == signed)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_article_has_a_link_that_opens_it(article_id: str) -> None:
    assert SIGNED.allows(*parts(SIGNED.article(article_id)))
