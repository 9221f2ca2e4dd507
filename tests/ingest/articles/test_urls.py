import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.articles.urls import (
    BadAddress,
    canonical_address,
    declared_canonical,
    identity_of,
    is_address,
    publisher_of,
    same_site,
)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTPS://Example.ORG:443/A", "https://example.org/A"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org./a", "https://example.org/a"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org/a?utm_source=x&utm_medium=y", "https://example.org/a"),
        ("https://example.org/a?id=3&fbclid=z&page=2", "https://example.org/a?id=3&page=2"),
        ("https://example.org/a?gclid=1", "https://example.org/a"),
        ("https://example.org/%7ejoe/%c3%bc", "https://example.org/~joe/%C3%BC"),
        ("https://example.org/ü?q=ü", "https://example.org/%C3%BC?q=%C3%BC"),
        ("https://exämple.org/", "https://xn--exmple-cua.org/"),
        ("http://example.org:8080/a", "http://example.org:8080/a"),
        ("https://example.org/a%2Fb", "https://example.org/a%2Fb"),
    ],
)
def test_every_spelling_of_a_page_is_one_address(written: str, canonical: str) -> None:
    assert canonical_address(written) == canonical
    assert canonical_address(canonical) == canonical


@pytest.mark.parametrize(
    "written",
    [
        "", "example.org/a", "ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "gopher://x/",
        "data:text/html,x", "http://", "http:///a", "http://user@example.org/", "http://a:b@example.org/",
        "http://example.org:99999/", "http://exa mple.org/", "http://example.org/a b", "http://example.org/\nx",
        "http://example.org\\@evil.org/", "http://[::1", "http://exa$mple.org/", "http://-/", "http://../",
        "https://" + "a" * 70 + ".org/", "https://example.org/" + "a" * 3000, "http://example.org/\x00",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(written: str) -> None:
    with pytest.raises(BadAddress):
        canonical_address(written)


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_is_an_address_or_refused(written: str) -> None:
    for text in (written, "http://" + written, "https://example.org/" + written):
        try:
            once = canonical_address(text)
        except BadAddress:
            continue
        assert canonical_address(once) == once
        assert once.isascii()


def test_the_identity_of_what_is_no_address_is_what_stands_there() -> None:
    assert identity_of(" example.org/a?utm_source=x ") == "example.org/a?utm_source=x"


AT = "https://www.example.org/story?id=7&utm_source=feed"


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        ('<link rel="canonical" href="https://example.org/story/7">', "https://example.org/story/7"),
        ("<link href='/story/7?utm_x=1' rel='canonical'>", "https://www.example.org/story/7"),
        (
            "<LINK REL=canonical HREF=https://www.example.org/s?a=1&amp;b=2>",
            "https://www.example.org/s?a=1&b=2",
        ),
        ('<link rel="canonical" href="https://evil.org/story">', "https://www.example.org/story?id=7"),
        ('<link rel="canonical" href="https://www.example.org/">', "https://www.example.org/story?id=7"),
        ('<link rel="canonical" href="javascript:alert(1)">', "https://www.example.org/story?id=7"),
        ('<link rel="canonical" href="http://[">', "https://www.example.org/story?id=7"),
        ('<link rel="canonical">', "https://www.example.org/story?id=7"),
        ('<link rel="alternate" href="/other">', "https://www.example.org/story?id=7"),
        ("", "https://www.example.org/story?id=7"),
    ],
)
def test_a_declared_canonical_is_believed_within_its_own_site_only(link: str, canonical: str) -> None:
    assert declared_canonical(f"<html><head>{link}</head>", AT) == canonical


def test_a_front_of_the_host_makes_no_other_site() -> None:
    assert same_site("https://www.example.org/a", "http://m.example.org/b")
    assert not same_site("https://example.org/", "https://example.org.evil.net/")
    assert not same_site("https://a.blogs.org/", "https://b.blogs.org/")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example\\@bank.example/",
        "https://evil.example\\.bank.example/",
        "https://bank.example@evil.example/",
        "https://bank.example:443@evil.example/",
        "evil.example:x@bank.example",
        "https://web.archive.org/web/20200101000000/https://evil.example\\@bank.example/",
    ],
)
def test_what_programs_read_in_different_ways_names_no_publisher(url: str) -> None:
    assert publisher_of(url) is None
    assert not is_address(url) or "archive.org" in url


@given(st.text(alphabet="ab.:/\\@[]?#%é \t\ud800", max_size=40))
def test_any_text_is_an_address_or_not(text: str) -> None:
    for written in (text, f"https://{text}"):
        if is_address(written):
            assert "\\" not in written
            assert "@" not in written.partition("//")[2].partition("/")[0].partition("?")[0].partition("#")[0]
        publisher_of(written)
