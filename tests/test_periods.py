"""Quarters, financial years, windows and dates, and how quarters tile a window."""

from datetime import date

import pytest

from peel_analysis.data import periods
from peel_analysis.data.errors import InputError
from peel_analysis.data.periods import GapError, Period, financial_year, quarter, tiles, twelve_months_to

WINDOW = twelve_months_to(date(2017, 6, 30))
QUARTERS = [quarter("2016/17", 2), quarter("2016/17", 3), quarter("2016/17", 4), quarter("2017/18", 1)]


@pytest.mark.parametrize(
    ("number", "first", "last"),
    [
        (1, date(2016, 4, 1), date(2016, 6, 30)),
        (2, date(2016, 7, 1), date(2016, 9, 30)),
        (3, date(2016, 10, 1), date(2016, 12, 31)),
        (4, date(2017, 1, 1), date(2017, 3, 31)),
    ],
)
def test_quarters_of_a_financial_year(number: int, first: date, last: date) -> None:
    assert quarter("2016/17", number) == Period(first, last)


@pytest.mark.parametrize("text", ["2016/17", "2016-17", "2016_17", " 2016/17 ", "2016/2017"])
def test_ways_to_write_a_financial_year(text: str) -> None:
    assert financial_year(text) == Period(date(2016, 4, 1), date(2017, 3, 31))


@pytest.mark.parametrize("text", ["2016", "2016/18", "16/17", "2016/16", "", "2016/17 (provisional)"])
def test_what_is_no_financial_year(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a financial year: .* \(expected one like 2016/17\)"):
        financial_year(text)


def test_the_turn_of_a_century() -> None:
    assert periods.financial_year_start("1999/00") == 1999


@pytest.mark.parametrize("number", [0, 5, -1])
def test_what_is_no_quarter(number: int) -> None:
    with pytest.raises(ValueError, match=f"a financial year has quarters 1 to 4, not {number}"):
        quarter("2016/17", number)


@pytest.mark.parametrize(
    ("end", "months", "first"),
    [
        (date(2017, 6, 30), 12, date(2016, 7, 1)),
        (date(2017, 3, 31), 3, date(2017, 1, 1)),
        (date(2016, 2, 29), 12, date(2015, 3, 1)),
        (date(2016, 12, 31), 12, date(2016, 1, 1)),
        (date(2017, 1, 31), 1, date(2017, 1, 1)),
    ],
)
def test_whole_months_to_a_day(end: date, months: int, first: date) -> None:
    made = Period.months_to(end, months)
    assert made == Period(first, end)
    assert made.months == months


def test_words_of_a_flow_and_of_a_stock() -> None:
    assert WINDOW.words == "12 months to 30 June 2017"
    day = date(2017, 7, 1)
    assert Period(day, day).words == "as at 1 July 2017"
    assert (Period(day, day).is_date, WINDOW.is_date, Period(day, day).months) == (True, False, 0)


def test_a_period_that_ends_before_it_starts() -> None:
    with pytest.raises(ValueError, match="a period ends before it starts: 2017-07-01 to 2017-06-30"):
        Period.parse("2017-07-01", "2017-06-30")


def test_four_quarters_tile_a_year_in_any_order_and_once_each() -> None:
    assert tiles(WINDOW, reversed(QUARTERS)) == QUARTERS
    assert tiles(WINDOW, [*QUARTERS, *QUARTERS]) == QUARTERS


def test_periods_outside_the_window_are_left_alone() -> None:
    assert tiles(WINDOW, [*QUARTERS, quarter("2016/17", 1), quarter("2017/18", 2)]) == QUARTERS
    assert tiles(WINDOW, [*QUARTERS, financial_year("2016/17")]) == QUARTERS, "it is not within the window"


def test_one_period_tiles_itself_and_a_day_tiles_a_day() -> None:
    assert tiles(WINDOW, [WINDOW]) == [WINDOW]
    day = Period(date(2017, 7, 1), date(2017, 7, 1))
    assert tiles(day, [day]) == [day]


@pytest.mark.parametrize(
    ("missing", "first_day"), [(0, "2016-07-01"), (1, "2016-10-01"), (2, "2017-01-01"), (3, "2017-04-01")]
)
def test_a_gap_is_named_by_its_first_day(missing: int, first_day: str) -> None:
    with pytest.raises(GapError) as refused:
        tiles(WINDOW, [one for place, one in enumerate(QUARTERS) if place != missing])
    assert str(refused.value) == f"12 months to 30 June 2017: no row for the period that starts on {first_day}"


def test_nothing_at_all_is_a_gap_from_the_first_day() -> None:
    with pytest.raises(GapError, match="starts on 2016-07-01"):
        tiles(WINDOW, [])


@pytest.mark.parametrize(
    "other", [Period(date(2016, 7, 1), date(2016, 12, 31)), Period.parse("2017-02-01", "2017-04-30")]
)
def test_an_overlap_is_named(other: Period) -> None:
    with pytest.raises(GapError, match=r"12 months to 30 June 2017: rows overlap on 201\d-\d\d-01"):
        tiles(WINDOW, [*QUARTERS, other])


def test_a_gap_is_an_error_that_a_user_can_put_right() -> None:
    assert issubclass(GapError, InputError)
