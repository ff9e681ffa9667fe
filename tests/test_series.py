"""Measures over time: rolling sums that tile, gaps that stay gaps, and the same members at every point."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from invented import YEAR_2017, Count, Folder, Period, all_forces, folder

from peel_analysis import measures
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.measures import Result
from peel_analysis.measures.series import Series, rolling

DATA = Path(__file__).resolve().parents[1] / "data"
ENDS = {3: 31, 6: 30, 9: 30, 12: 31}


def quarters(first: int = 2012, last: int = 2017) -> list[Period]:
    """Return the quarters from April of the first year to June of the last."""
    days = [(year, month) for year in range(first, last + 1) for month in (1, 4, 7, 10)]
    wanted = [(year, month) for year, month in days if (first, 4) <= (year, month) <= (last, 4)]
    return [
        (date(year, month, 1).isoformat(), date(year, month + 2, ENDS[month + 2]).isoformat()) for year, month in wanted
    ]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def published() -> dict[str, Result]:
    edition = open_data().edition("2017")
    return {measure.id: measures.calculate(measure, edition) for measure in open_data().measures}


def invented_crimes(data: Folder, left_out: list[Period] | None = None, blank: Count | None = None) -> Series:
    """Return the line of invented crimes: the quarter numbered n has 1,000 n crimes and 7 more for each next force."""
    rows = [
        row
        for number, period in enumerate(quarters(), start=1)
        for row in all_forces(period, 1000 * number)
        if period not in (left_out or [])
        and (blank is None or (row.force_id, row.period) != (blank.force_id, blank.period))
    ]
    data.counts({"recorded_crime": [*rows, *([blank] if blank else [])]})
    return rolling(data.result("crime_per_1000"))


def test_each_point_is_the_sum_of_the_four_quarters_that_end_with_it(data: Folder) -> None:
    series = invented_crimes(data)
    edition = data.edition()
    place = open_data().forces.ids.index("norfolk")
    assert list(series.values.index) == [end for _, end in quarters()[3:]]
    for number, end in enumerate(series.values.index, start=4):
        crimes = sum(1000 * quarter + 7 * place for quarter in range(number - 3, number + 1))
        year = int(end[:4]) - (end[5:] < "07")
        population = edition.with_population(mid_year=year).populations["population"]
        assert series.values.at[end, "norfolk"] == pytest.approx(1000 * crimes / population["norfolk"])
    assert series.step_months == 3
    assert series.about == "each quarter"


def test_the_last_point_is_the_value_of_the_measure(published: dict[str, Result]) -> None:
    for measure_id in ("crime_per_1000", "outcome_charged_pct", "asb_incidents_per_1000"):
        result = published[measure_id]
        series = rolling(result)
        last = series.values.iloc[-1]
        assert series.days[-1] == result.window.end
        for force_id in open_data().forces.ids:
            if force_id in result.members:
                assert last[force_id] == pytest.approx(result.of(force_id).value, rel=1e-12), force_id


def test_a_quarter_without_a_row_leaves_the_points_missing_that_need_it(data: Folder) -> None:
    gap = quarters()[5]
    series = invented_crimes(data, left_out=[gap])
    assert gap == ("2013-07-01", "2013-09-30")
    reach_over = [end for _, end in quarters()[5:9]]
    assert not set(reach_over) & set(series.values.dropna(how="any").index), "no window reaches across the gap"
    for end in set(series.values.index) - set(reach_over):
        assert series.values.loc[end].notna().all()
    assert series.values.index[-1] == "2017-06-30"


def test_a_blank_quarter_of_one_force_leaves_its_points_missing_only(data: Folder) -> None:
    blank = Count("kent", quarters()[5], None, "not_supplied")
    series = invented_crimes(data, blank=blank)
    missing = series.values.index[series.values["kent"].isna()].tolist()
    assert missing == [end for _, end in quarters()[5:9]]
    assert series.values.drop(columns="kent").notna().all().all()
    assert "kent" not in series.members, "England and Wales is of the same forces at every point"
    assert len(series.members) == 42


def test_england_and_wales_is_of_the_same_forces_at_every_point(published: dict[str, Result]) -> None:
    result = published["outcome_charged_pct"]
    series = rolling(result)
    assert len(series.members) == 41
    assert not {"suffolk", "dorset"} & set(series.members), "each lacks one of the two years"
    assert set(series.members) < set(result.members)
    members = list(series.members)
    outcomes = year_by_hand("outcomes_recorded/2024-07.csv", members, dimension="1")
    crimes = year_by_hand("recorded_crime/2026-04.csv", members)
    assert series.values.at["2017-06-30", ENGLAND_AND_WALES] == pytest.approx(100 * outcomes / crimes)


def year_by_hand(name: str, members: list[str], dimension: str = "") -> float:
    rows = pd.read_csv(DATA / "counts" / name, dtype={"dimension": str}, keep_default_na=False)
    inside = (rows["period_start"] >= "2016-07-01") & (rows["period_end"] <= "2017-06-30")
    mine = rows["force_id"].isin(members) & ((rows["dimension"] == dimension) | (dimension == ""))
    return float(rows.loc[inside & mine, "count"].astype(float).sum())


def test_a_force_without_a_value_has_no_line(published: dict[str, Result]) -> None:
    series = rolling(published["outcome_charged_pct"])
    assert series.values["suffolk"].isna().all()
    assert series.values["norfolk"].notna().all()


def test_crime_goes_back_to_the_first_quarters_and_incidents_are_by_year(published: dict[str, Result]) -> None:
    crime, incidents = rolling(published["crime_per_1000"]), rolling(published["asb_incidents_per_1000"])
    assert crime.days[0] == date(2013, 3, 31)
    assert len(crime.days) == 18
    assert (incidents.step_months, incidents.about) == (12, "each financial year")
    assert {day.month for day in incidents.days} == {3}
    assert incidents.days[-1] == date(2017, 3, 31), "never past the edition's own window"


def test_years_as_they_are_published_are_points_of_their_own(data: Folder) -> None:
    years = [(f"{year}-04-01", f"{year + 1}-03-31") for year in range(2013, 2017)]
    data.counts({"asb_incidents": [row for period in years for row in all_forces(period, 9000)]})
    series = rolling(data.result("asb_incidents_per_1000"))
    assert list(series.values.index) == [end for _, end in years]
    assert series.numerator["kent"].nunique() == 1


@pytest.mark.parametrize("measure_id", ["calls_per_1000", "da_arrest_rate", "ocg_per_million", "crime_change_12m"])
def test_a_measure_without_counts_over_time_is_refused(published: dict[str, Result], measure_id: str) -> None:
    with pytest.raises(InputError, match="no counts over time are public, so there is no line to draw"):
        rolling(published[measure_id])


def test_one_window_is_no_line(data: Folder) -> None:
    powers = ("criminal_behaviour_orders", "community_protection_notices", "civil_injunctions", "dispersal_orders")
    data.counts({item: all_forces(YEAR_2017) for item in powers})
    with pytest.raises(InputError, match="the counts hold one 12-month window only"):
        rolling(data.result("asb_cbo"))


def test_quarters_and_years_in_one_table_are_no_line(data: Folder) -> None:
    mixed = [row for period in quarters(2015) for row in all_forces(period)]
    data.counts({"recorded_crime": [*mixed, *all_forces(("2013-07-01", "2014-06-30"))]})
    with pytest.raises(InputError, match="neither all quarters nor all years"):
        rolling(data.result("crime_per_1000"))
