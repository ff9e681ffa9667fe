"""Control limits on lines: of points that share no counts, and each side of a break for itself."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from invented import Folder, all_forces, folder
from matplotlib.text import Text
from test_series import quarters

from peel_analysis import measures
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.figures import limits_by_part, trend_lines
from peel_analysis.measures import Result, Series, quarterly, rolling
from peel_analysis.statistics.limits import control_limits

HEADING = "item,force_id,first_day,last_day,comparison,label,sentence,said_in\n"
ROW = "recorded_crime,{},{},{},{},Invented,An invented break.,invented\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


@cache
def crime(edition: str = "2025") -> Series:
    return quarterly(measures.calculate(open_data().measure("crime_per_1000"), open_data().edition(edition)))


def of_2017() -> Result:
    return measures.calculate(open_data().measure("crime_per_1000"), open_data().edition("2017"))


def levels(series: Series) -> list[tuple[float, float]]:
    """Return the two ends in time of each grey line, and its level."""
    lines = trend_lines(series, "norfolk", control_limits=True).axes[0].lines[2:]
    return [(float(np.ptp(line.get_xdata())), float(np.asarray(line.get_ydata())[0])) for line in lines]


def spans(series: Series, force_id: str) -> list[tuple[str, str]]:
    return [(str(part.index[0]), str(part.index[-1])) for part, _ in limits_by_part(series, force_id)]


def about_limits(series: Series, force_id: str) -> str:
    """Return what the chart says of its limits."""
    texts = trend_lines(series, force_id, control_limits=True).findobj(Text)
    return next(one.get_text() for one in texts if isinstance(one, Text) and "XmR" in one.get_text())


def by_hand(values: list[float]) -> tuple[float, float, float]:
    """Return mean and limits, from the text of Wheeler's rule alone."""
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    mean, reach = sum(values) / len(values), 2.66 * sum(ranges) / len(ranges)
    return mean, mean - reach, mean + reach


def test_sums_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="need points that share no counts; draw the line of quarters"):
        trend_lines(rolling(of_2017()), "norfolk", control_limits=True)


def test_why_sums_that_overlap_are_refused() -> None:
    """Invented quarters of pure noise stay within their limits, and one in ten of their rolling sums does not."""
    random = np.random.default_rng(4)
    noise = [pd.Series(1000 + 50 * random.standard_normal(60)) for _ in range(50)]
    sums = [one.rolling(4).sum().dropna() for one in noise]
    quarterly_outside, rolling_outside = (
        np.mean([control_limits(one.to_numpy()).outside.mean() for one in every]) for every in (noise, sums)
    )
    assert quarterly_outside < 0.01
    assert rolling_outside > 0.1


def test_the_limits_are_those_of_the_quarters_since_the_break() -> None:
    """Norfolk's crimes since the inspection of 2014: 41 quarters, of which nine lie outside."""
    series = crime()
    values = series.values["norfolk"]
    since = [value for end, value in values.items() if str(end) > "2015-01-01"]
    mean, lower, upper = by_hand(since)
    assert [level for _, level in levels(series)] == pytest.approx([mean, lower, upper])
    ((part, limits),) = limits_by_part(series, "norfolk")
    assert part.tolist() == since
    outside = sum(not lower <= value <= upper for value in since)
    assert (len(since), outside, int(limits.outside.sum())) == (41, 9, 9)
    whole = control_limits(values.to_numpy())
    _, lower, upper = by_hand(list(values))
    across = sum(not lower <= value <= upper for value in values)
    assert (len(values), across, int(whole.outside.sum())) == (52, 21, 21), (
        "across the break there would be more of them"
    )


def test_quarters_within_a_break_are_of_neither_part() -> None:
    assert spans(crime(), "greater-manchester") == [("2015-03-31", "2019-06-30"), ("2020-09-30", "2025-03-31")]
    assert spans(crime(), "norfolk") == [("2015-03-31", "2025-03-31")], "another force's break is none of Norfolk's"


def test_limits_are_set_anew_after_a_break(data: Folder) -> None:
    long = quarters(2010, 2017)
    data.counts({"recorded_crime": [row for n, period in enumerate(long) for row in all_forces(period, 9000 + n % 2)]})
    data.write("series_breaks.csv", HEADING + ROW.format("all", "2014-01-01", "2014-01-01", "not_comparable"))
    series = quarterly(data.result("crime_per_1000"))
    parts = series.parts("norfolk")
    assert [len(part) for part in parts] == [15, 14]
    found = levels(series)
    assert len(found) == 6
    assert [found[0][1], found[3][1]] == pytest.approx([part.mean() for part in parts])
    assert max(days for days, _ in found) < 4 * 366, "no limit runs across the break"


@pytest.mark.parametrize(
    ("first", "last", "comparison", "expected"),
    [
        ("2014-01-01", "2014-01-01", "with_care", [("2010-06-30", "2013-12-31"), ("2014-03-31", "2017-06-30")]),
        ("2014-02-10", "2014-02-10", "with_care", [("2010-06-30", "2013-12-31"), ("2014-06-30", "2017-06-30")]),
        ("2013-11-01", "2014-03-31", "with_care", [("2010-06-30", "2013-09-30"), ("2014-06-30", "2017-06-30")]),
        ("2013-11-01", "2014-03-31", "not_comparable", [("2010-06-30", "2013-09-30"), ("2014-06-30", "2017-06-30")]),
        ("2012-01-01", "2012-03-31", "with_care", [("2012-06-30", "2017-06-30")]),
    ],
)
def test_any_marked_break_ends_a_part(
    data: Folder, first: str, last: str, comparison: str, expected: list[tuple[str, str]]
) -> None:
    """A break of a single day is the first day of the counts that follow; a part of seven quarters has no limits."""
    data.counts({"recorded_crime": [row for period in quarters(2010, 2017) for row in all_forces(period, 9000)]})
    data.write("series_breaks.csv", HEADING + ROW.format("all", first, last, comparison))
    assert spans(quarterly(data.result("crime_per_1000")), "norfolk") == expected


def test_a_line_without_a_long_part_has_no_limits_and_says_so() -> None:
    """Ten quarters of 2017's edition are since the inspection of 2014, and seven before it."""
    series = quarterly(of_2017())
    assert limits_by_part(series, "norfolk") == []
    assert levels(series) == []
    assert about_limits(series, "norfolk") == "No limits (XmR): fewer than\n12 points between breaks"


def test_a_chart_says_where_a_line_is_not_stable_around_its_mean() -> None:
    """Greater Manchester's 18 quarters from 2015 rise throughout; the 19 since 2020 do not, and are not counted."""
    (_, rising), (_, level) = limits_by_part(crime(), "greater-manchester")
    assert (rising.is_stable, level.is_stable) == (False, True)
    words = "Grey: mean, limits (XmR)"
    assert about_limits(crime(), "greater-manchester") == f"{words}\nNot stable: 12 of 18 outside"
    assert about_limits(crime(), "norfolk") == words


def test_years_are_no_quarters() -> None:
    incidents = measures.calculate(open_data().measure("asb_incidents_per_1000"), open_data().edition("2017"))
    with pytest.raises(InputError, match="asb_incidents: the periods are not all quarters; no line can be drawn"):
        quarterly(incidents)
