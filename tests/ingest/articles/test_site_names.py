from __future__ import annotations

import pytest

from ingest.articles.site_names import without_site_name


@pytest.mark.parametrize(
    ("title", "source", "url", "bare"),
    [
        ("Best gadgets of 2019 | ZDNet", None, "https://www.zdnet.com/a", "Best gadgets of 2019"),
        ("Who pays – The Town Wire", "The Town Wire", None, "Who pays"),
        ("A long story - Los Angeles Times", None, "https://latimes.com/x", "A long story"),
        ("World Community | Al Bawaba | Al Bawaba", "Al Bawaba", None, "World Community"),
    ],
)
def test_a_title_ends_before_the_name_of_its_site(
    title: str, source: str | None, url: str | None, bare: str
) -> None:
    assert without_site_name(title, source, url) == bare


@pytest.mark.parametrize(
    "title",
    ["France 4–1 Australia – as it happened", "ZDNet", "Self-driving cars - a survey", "On ZDNet", ""],
)
def test_what_is_no_name_of_the_site_stays(title: str) -> None:
    assert without_site_name(title, "ZDNet", "https://zdnet.com/a") == title
