"""The recent trend and the signals of a force's line: whose years they are, and where a break ends them."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from invented import Folder, all_forces, folder
from test_control_limits import HEADING, ROW
from test_series import quarters

from peel_analysis import measures
from peel_analysis.comparison.over_time import recent, season_free, signals_of
from peel_analysis.data.folder import open_data
from peel_analysis.figures import quarter_lines
from peel_analysis.measures import Result, Series, quarterly, rolling
from peel_analysis.sections.blocks import quarters_block, trend_block
from peel_analysis.show.over_time import recent_trend_in_words, signals_in_words
from peel_analysis.statistics.intervals import rate_interval
from peel_analysis.statistics.trends import recent_trend

JUDGMENT = re.compile(r"\b(high|low|good|bad|better|worse|best|worst)\b", re.IGNORECASE)
SEASON = (900, 1050, 1150, 900)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


@cache
def real(measure_id: str, edition: str) -> Result:
    return measures.calculate(open_data().measure(measure_id), open_data().edition(edition))


@cache
def free_2025() -> Series:
    return season_free(quarterly(real("crime_per_1000", "2025")))


def test_the_recent_trend_is_of_five_whole_years_that_share_no_counts() -> None:
    series = rolling(real("crime_per_1000", "2025"))
    found = recent(series, "norfolk")
    assert [day.isoformat() for day in found.days] == [f"{year}-03-31" for year in range(2021, 2026)]
    ends = [day.isoformat() for day in found.days]
    counts, people = (table.loc[ends, "norfolk"].to_numpy() for table in (series.numerator, series.denominator))
    interval = rate_interval(counts, people, 1000)
    assert found.trend == recent_trend(interval.value, interval.lower, interval.upper)


def test_norfolk_s_incidents_fell_for_five_years_and_the_sentence_says_so() -> None:
    """From 36.7 to 23.6 in the published counts, of which the last two years are level."""
    series = rolling(real("asb_incidents_per_1000", "2017"))
    last = series.values["norfolk"].iloc[-5:]
    assert last.round(1).tolist() == [36.7, 32.4, 28.5, 23.6, 23.6]
    assert recent_trend_in_words(series, "norfolk") == (
        "Recent trend (12 months to 31 March 2013 to 12 months to 31 March 2017, the last five years): decreasing for "
        "Norfolk Constabulary and for England and Wales."
    )


def test_a_marked_break_ends_the_years_that_a_recent_trend_may_rest_on() -> None:
    """Greater Manchester's crimes were recorded in another way until June 2020: four whole years are since then."""
    series = rolling(real("crime_per_1000", "2025"))
    assert [day.year for day in recent(series, "greater-manchester").days] == [2022, 2023, 2024, 2025]
    assert recent_trend_in_words(series, "greater-manchester") == (
        "Recent trend: not told. It takes five years since the last marked break in recording, and Greater Manchester "
        "Police has four years."
    )


def test_quarters_have_no_recent_trend_and_years_no_season() -> None:
    with pytest.raises(ValueError, match="draw the line of 12 months"):
        recent(quarterly(real("crime_per_1000", "2025")), "norfolk")
    with pytest.raises(ValueError, match="draw the line of quarters"):
        season_free(rolling(real("crime_per_1000", "2025")))


def invented(data: Folder, moved: float) -> Series:
    """Return ten years of quarters with a season, and a wobble of one in a hundred; the last four years moved."""
    rows = []
    for number, period in enumerate(quarters(2007, 2017)):
        level = 10 * SEASON[number % 4] * (1 + 0.01 * ((number * 7) % 5 - 2)) * (moved if number >= 26 else 1)
        rows += all_forces(period, round(level), 0)
    data.counts({"recorded_crime": rows})
    data.write("series_breaks.csv", HEADING + ROW.format("kent", "2013-01-01", "2013-01-01", "with_care"))
    series = quarterly(data.result("crime_per_1000"))
    return season_free(replace(series, values=series.numerator))  # of counts: the population, which grows, is real


def test_a_season_alone_makes_no_signal(data: Folder) -> None:
    free = invented(data, 1.0)
    (found,) = signals_of(free, "norfolk")
    assert not found.marked.any()
    assert found.limits.is_stable
    said = signals_in_words(free, "norfolk", found)
    assert "This quarter carries no signal: in the terms of the NHS it is common cause variation." in said
    assert said.endswith("No quarter before it carries one.")


def test_a_shift_under_a_season_is_found_told_and_marked(data: Folder) -> None:
    free = invented(data, 0.94)
    (found,) = signals_of(free, "norfolk")
    assert found.of["shift"][-12:].all()
    said = signals_in_words(free, "norfolk", found)
    assert "it is in a run of seven or more below the mean (a shift)" in said
    assert "special cause variation, which is neither improvement nor concern" in said
    figure = quarter_lines(free, "norfolk")
    shown = {str(line.get_gid()): np.size(line.get_xdata()) for line in figure.axes[0].lines}
    drawn = sum(number for name, number in shown.items() if name.startswith("signal-"))
    assert drawn == found.marked.sum() == (figure.data["signals"] != "").sum()


def test_the_season_and_the_limits_start_anew_after_a_break(data: Folder) -> None:
    """Kent has a break at the start of 2013: two parts, of which the later one is too short."""
    free = invented(data, 1.0)
    (found,) = signals_of(free, "kent")
    assert (str(found.quarters.index[0]), str(found.quarters.index[-1])) == ("2007-06-30", "2012-12-31")
    assert free.values["kent"].loc["2013-03-31":].isna().all()


def test_what_is_told_has_no_word_of_judgment() -> None:
    for force_id in open_data().forces.ids:
        for found in signals_of(free_2025(), force_id):
            assert not JUDGMENT.search(signals_in_words(free_2025(), force_id, found))


def test_a_line_that_is_too_short_says_why_in_place_of_a_figure() -> None:
    html = quarters_block(real("crime_per_1000", "2017"), "norfolk", 1).html
    assert "need 20 quarters since the last marked break in recording, and Norfolk Constabulary has 10." in html
    assert "<img" not in html
    assert "Recent trend: not told." in trend_block(real("crime_per_1000", "2017"), "norfolk", 1).html


def test_the_table_of_a_report_has_every_quarter_with_its_signals() -> None:
    html = quarters_block(real("crime_per_1000", "2025"), "norfolk", 1).html
    assert html.count("<tr>") + html.count("<tr ") >= 41
    assert "Outside the limits; in a shift" in html
