import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.robots import Robots, matches, parse_robots

SITE = "https://example.org"


def allows(text: str, path: str) -> bool:
    return parse_robots(text).allows(SITE + path)


LINES = st.sampled_from(
    [
        "User-agent: *",
        "User-agent: byline",
        "Disallow: ",
        "Allow: ",
        "Crawl-delay: ",
        "Sitemap: ",
        "#",
        ":",
        "\ufeff",
    ]
)
ROBOTS = st.lists(st.builds("{}{}".format, LINES, st.text(max_size=30)), max_size=12).map("\n".join)


@given(ROBOTS | st.text(max_size=300), st.text(max_size=60))
def test_any_robots_txt_says_yes_or_no_and_a_wait_that_can_be_kept(text: str, path: str) -> None:
    robots = parse_robots(text)
    assert robots.allows(SITE + "/" + path) in (True, False)
    assert 0 <= robots.delay <= 60


def test_what_no_rule_names_is_allowed() -> None:
    assert allows("", "/a")
    assert allows("User-agent: *\nDisallow:", "/a")
    assert allows("this is not a robots.txt <html>", "/a")


def test_the_group_that_names_us_replaces_the_one_for_everybody() -> None:
    text = "User-agent: *\nDisallow: /\n\nUser-agent: Other\nUser-agent: Byline/1.0\nAllow: /\nDisallow: /private"
    assert allows(text, "/a")
    assert not allows(text, "/private/a")
    assert not parse_robots("User-agent: *\nDisallow: /").allows(SITE + "/a")


def test_groups_of_one_name_are_read_as_one() -> None:
    text = "User-agent: *\nDisallow: /a\n\nUser-agent: *\nDisallow: /b"
    assert not allows(text, "/a")
    assert not allows(text, "/b")


def test_the_longest_rule_decides_and_allow_wins_a_draw() -> None:
    text = "User-agent: *\nDisallow: /shop\nAllow: /shop/news\nDisallow: /page\nAllow: /page"
    assert allows(text, "/shop/news/1")
    assert not allows(text, "/shop/cart")
    assert allows(text, "/page")


@pytest.mark.parametrize(
    ("pattern", "path", "matching"),
    [
        ("/*.pdf$", "/a/b.pdf", True),
        ("/*.pdf$", "/a/b.pdf?x=1", False),
        ("/*?s=", "/find?s=word", True),
        ("/a*b*c", "/a1b2c3", True),
        ("/a*b*c", "/a1c2b3", False),
        ("/fish$", "/fish", True),
        ("/fish$", "/fish/", False),
        ("/*/*$", "/a/b", True),
        ("*", "/anything", True),
    ],
)
def test_stars_stand_for_anything_and_a_final_dollar_for_the_end(
    pattern: str, path: str, matching: bool
) -> None:
    assert matches(pattern, path) is matching


def test_escapes_are_compared_as_what_they_mean() -> None:
    assert not allows("User-agent: *\nDisallow: /%7Ejoe/ü", "/~joe/%c3%bc")


def test_a_crawl_delay_is_kept_within_reason() -> None:
    assert parse_robots("User-agent: *\nCrawl-delay: 2.5").delay == 2.5
    assert parse_robots("User-agent: *\nCrawl-delay: 86400").delay == 60
    for nonsense in ("soon", "-1", "nan", ""):
        assert parse_robots(f"User-agent: *\nCrawl-delay: {nonsense}").delay == 0


def test_a_hostile_pattern_takes_no_time() -> None:
    started = time.monotonic()
    assert Robots(((False, "/" + "*a" * 400 + "b$"),)).allows(SITE + "/" + "a" * 1900)
    assert time.monotonic() - started < 0.5


@given(st.text(max_size=300), st.text(max_size=50))
def test_any_text_can_be_parsed(text: str, path: str) -> None:
    assert parse_robots("User-agent: *\n" + text).allows(f"{SITE}/{path}") in (True, False)
