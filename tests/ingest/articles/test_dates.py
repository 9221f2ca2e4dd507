from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.articles.dates import date_in_address, date_near_the_top, dates_in, is_date_line, iso_date


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2022-03-12", "2022-03-12"),
        ("20220312", "2022-03-12"),
        ("2022/3/12", "2022-03-12"),
        ("12 March 2022", "2022-03-12"),
        ("March 12th, 2022", "2022-03-12"),
        ("Sat, 12 Mar 2022", "2022-03-12"),
        ("12.03.2022", "2022-03-12"),
        ("23/04/2022", "2022-04-23"),
        ("04/23/2022", "2022-04-23"),
        ("04/04/2022", "2022-04-04"),
        ("25. September 2018", "2018-09-25"),
        ("12 de marzo de 2022", "2022-03-12"),
        ("1er janvier 2020", "2020-01-01"),
        ("12 декабря 2021", "2021-12-12"),
        ("2022年3月12日", "2022-03-12"),
    ],
)
def test_common_writings_of_a_day_are_read(written: str, day: str) -> None:
    assert iso_date(written) == day


def test_times_keep_their_offset() -> None:
    assert iso_date("2022-03-12T10:11:12Z") == "2022-03-12T10:11:12+00:00"
    assert iso_date("Mon, 23 Nov 2015 10:00:00 +0330") == "2015-11-23T10:00:00+03:30"
    assert iso_date(1447000000) == iso_date("1447000000000") == "2015-11-08T16:26:40+00:00"


@pytest.mark.parametrize(
    "unsure",
    ["", "03/04/2022", "yesterday", "today", "2 days ago", "10:30", "now", "2022", "May 2020", "v1.2.3",
     "31 February 2020",
     "12 March 2022 and 13 March 2022", "9999-12-31",
     True, None, [], {"year": 2022}, float("nan"), float("inf"), 10**40],
)  # fmt: skip
def test_what_may_mean_two_days_or_none_is_none(unsure: object) -> None:
    assert iso_date(unsure) is None


@given(st.one_of(st.text(max_size=60), st.floats(), st.integers(), st.binary(max_size=5)))
def test_no_value_raises_and_a_date_found_is_a_date(value: object) -> None:
    found = iso_date(value)
    assert found is None or datetime.fromisoformat(found)


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_day_is_found_in_a_sentence_however_it_is_written(day: date) -> None:
    for form in ("%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%d.%m.%Y"):
        assert dates_in(f"It was said on {day.strftime(form)} in Geneva.") == [day.isoformat()]


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (["Published: 12 March 2022", "Updated: 14 March 2022"], "2022-03-12"),
        (["Mon, 23 Nov 2015"], "2015-11-23"),
        (["By Jane Doe on Dec 4, 2018 at 10:24am EST"], "2018-12-04"),
        (
            ["The Associated Press Posted: Jun 01, 2014 1:04 PM ET Last Updated: Jun 02, 2014 12:33 AM ET"],
            "2014-06-01",
        ),
        (["Last updated: 14 March 2022"], None),
        (["18 Dec 2022 - 18 Sep 2025"], None),
        (["23 May 2014", "29 Sep 2025"], None),
        (["The bridge that was promised for 3 May 2020 by the mayor and the whole council is late."], None),
        (["© 2 May 2020 The Example"], None),
    ],
)
def test_the_day_of_publication_is_read_near_a_headline_or_left_open(
    lines: list[str], day: str | None
) -> None:
    assert date_near_the_top(lines) == day


def test_a_line_that_says_when_and_hardly_anything_else_is_a_date_line() -> None:
    for line in (
        "3 May 2021",
        "Monday, 3 May 2021",
        "Geneva, 3 May 2021",
        "Published: 3 May 2021 at 10:00 GMT",
    ):
        assert is_date_line(line)
    for line in ("", "2021", "The bridge opened on 3 May 2021", "18 Dec 2022 - 18 Sep 2025"):
        assert not is_date_line(line)


def test_an_address_with_a_day_in_its_path_dates_its_article() -> None:
    assert date_in_address("https://example.org/2016/08/31/bridge") == "2016-08-31"
    assert date_in_address("https://example.org/sport/2022/dec/18/final-live") == "2022-12-18"
    assert date_in_address("https://example.org/news/2016-08-31-bridge") == "2016-08-31"
    assert date_in_address("https://web.archive.org/web/20161103132634/http://example.org/a") is None
    assert date_in_address("https://example.org/2016/13/45/x") is None
    assert date_in_address(None) is None


def test_today_is_never_made_up() -> None:
    near = {(date.today() + timedelta(days=days)).isoformat() for days in (-1, 0, 1)}
    for written in (
        "Monday",
        "10:30",
        "March",
        "5",
        "at noon",
        "5 March",
        "last week",
        "il y a 2 heures",
        "vor 3 Tagen",
    ):
        assert (iso_date(written) or "")[:10] not in near
