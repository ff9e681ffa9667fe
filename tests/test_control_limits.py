"""Control limits on lines: of points that share no counts, and each side of a break for itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from invented import Folder, all_forces, folder
from test_series import quarters

from peel_analysis import measures
from peel_analysis.data import open_edition
from peel_analysis.errors import InputError
from peel_analysis.figures import trend_lines
from peel_analysis.measures import Result, Series, quarterly, rolling
from peel_analysis.statistics import control_limits


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def crime() -> Result:
    return measures.calculate(measures.get("crime_per_1000"), open_edition("2017"))


def levels(series: Series) -> list[tuple[float, float]]:
    """Return the two ends in time of each grey line, and its level."""
    lines = trend_lines(series, "norfolk", control_limits=True).axes[0].lines[2:]
    return [(float(np.ptp(line.get_xdata())), float(np.asarray(line.get_ydata())[0])) for line in lines]


def test_sums_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="need points that share no counts; draw the line of quarters"):
        trend_lines(rolling(crime()), "norfolk", control_limits=True)


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


def test_the_limits_are_those_of_the_quarters() -> None:
    series = quarterly(crime())
    expected = control_limits(series.values["norfolk"].to_numpy(), floor=0)
    assert [level for _, level in levels(series)] == pytest.approx([expected.centre, expected.lower, expected.upper])


def test_limits_are_set_anew_after_a_break(data: Folder) -> None:
    long = quarters(2010, 2017)
    data.counts({"recorded_crime": [row for n, period in enumerate(long) for row in all_forces(period, 9000 + n % 2)]})
    heading = "item,force_id,first_day,last_day,comparison,label,sentence,said_in\n"
    data.write(
        "series_breaks.csv",
        f"{heading}recorded_crime,all,2014-01-01,2014-01-01,not_comparable,Invented,An invented break.,invented\n",
    )
    series = quarterly(data.result("crime_per_1000"))
    parts = series.parts("norfolk")
    assert [len(part) for part in parts] == [15, 14]
    found = levels(series)
    assert len(found) == 6
    assert [found[0][1], found[3][1]] == pytest.approx([part.mean() for part in parts])
    assert max(days for days, _ in found) < 4 * 366, "no limit runs across the break"


def test_a_part_that_is_too_short_has_no_limits() -> None:
    series = quarterly(crime())
    short = replace(series, values=series.values.iloc[:8])
    with pytest.raises(ValueError, match="at least 12 points, two of them consecutive; found 8"):
        trend_lines(short, "norfolk", control_limits=True)


def test_years_are_no_quarters() -> None:
    incidents = measures.calculate(measures.get("asb_incidents_per_1000"), open_edition("2017"))
    with pytest.raises(InputError, match="asb_incidents: the periods are not all quarters; no line can be drawn"):
        quarterly(incidents)
