"""The measures on the published counts: the figures that can be checked, and a second way of working them out."""

import csv
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest

from peel_analysis import measures
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.text import rounded
from peel_analysis.data.writing import KEPT_IN
from peel_analysis.measures import Result

DATA = Path(__file__).resolve().parents[1] / "data"
CITY_BY_DAY = 553_103
ACTION = ("1", "2", "3", "6", "7", "8", "22")
NO_OUTCOMES = {"2017": "suffolk", "2016": "dorset"}


@pytest.mark.parametrize(
    ("measure_id", "force_id", "expected"),
    [
        ("crime_per_1000", "norfolk", "58.88"),
        ("crime_change_12m", "norfolk", "9.95"),
        ("crime_change_5y", "norfolk", "30.84"),
        ("asb_incidents_per_1000", "norfolk", "23.60"),
        ("outcome_charged_pct", "norfolk", "17.50"),
        ("crime_per_1000", ENGLAND_AND_WALES, "76.37"),
        ("crime_change_12m", ENGLAND_AND_WALES, "14.01"),
        ("crime_change_5y", ENGLAND_AND_WALES, "19.54"),
        ("asb_incidents_per_1000", ENGLAND_AND_WALES, "30.76"),
        ("outcome_charged_pct", ENGLAND_AND_WALES, "11.50"),
    ],
)
def test_values_that_were_worked_out_before(
    results: dict[str, Result], measure_id: str, force_id: str, expected: str
) -> None:
    assert str(rounded(results[measure_id].of(force_id).value, 2)) == expected


def test_norfolk_is_divided_by_the_population_of_the_edition(results: dict[str, Result]) -> None:
    assert results["crime_per_1000"].of("norfolk").denominator == 892_870


@pytest.mark.parametrize(
    ("measure_id", "members", "comparator_members"),
    [
        ("crime_per_1000", 43, 43),
        ("crime_change_12m", 43, 0),
        ("crime_change_5y", 43, 0),
        ("asb_incidents_per_1000", 43, 43),
        ("outcome_charged_pct", 42, 42),
        ("outcome_action_taken_pct", 42, 42),
        ("calls_per_1000", 0, 0),
        ("da_arrest_rate", 0, 0),
    ],
)
def test_how_many_forces_are_in_england_and_wales(
    results: dict[str, Result], measure_id: str, members: int, comparator_members: int
) -> None:
    result = results[measure_id]
    assert (len(result.members), len(result.comparator_members)) == (members, comparator_members)
    if members:
        assert f"Based on {members} of 43 forces." in result.national.note


@pytest.mark.parametrize(
    ("measure_id", "norfolk", "national"),
    [
        ("da_arrest_rate", 57.7, 42.5),
        ("da_voluntary_attendance_rate", 1.6, 7.0),
        ("da_charge_rate", 20.0, 18.6),
        ("clares_law_rtk_per_100k", 17.5, 5.7),
    ],
)
def test_values_that_only_the_report_gives_are_carried_as_published(
    results: dict[str, Result], measure_id: str, norfolk: float, national: float
) -> None:
    result = results[measure_id]
    own, whole = result.of("norfolk"), result.national
    assert (own.value, whole.value) == (norfolk, national)
    assert (own.status, whole.status) == ("as_published", "as_published")
    assert "Norfolk 2017 report" in own.note
    others = result.forces.drop(index="norfolk")
    assert others["value"].isna().all()
    assert result.rows["numerator"].isna().all(), "the counts behind them are not public"


def test_cases_reviewed_are_12_of_27(results: dict[str, Result]) -> None:
    own = results["file_review_da_supervision"].of("norfolk")
    assert (own.numerator, own.denominator, own.status) == (12, 27, "as_published")
    assert own.value == pytest.approx(100 * 12 / 27)
    assert results["file_review_da_supervision"].forces["value"].notna().sum() == 1


def test_nothing_that_is_missing_is_0_and_all_of_it_says_why(results: dict[str, Result]) -> None:
    for result in results.values():
        missing = result.rows[result.rows["value"].isna()]
        assert (missing["status"] != "reported").all(), result.measure.id
        assert (missing["note"] != "").all(), result.measure.id
        assert (missing["short"] != "").all(), result.measure.id
        assert not (result.rows["value"] == 0).any(), f"{result.measure.id}: no published figure of this edition is 0"


def read(name: str) -> pd.DataFrame:
    """Read a table of counts on its own, past the package's readers."""
    return pd.read_csv(DATA / "counts" / name, dtype={"dimension": str}, keep_default_na=False, na_values={"count": ""})


def residents(mid_year: int) -> dict[str, int]:
    with (DATA / "populations.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["mid_year"], row["vintage"]) == (str(mid_year), "2017")]
    return {row["force_id"]: int(row["population"]) for row in rows}


def people(mid_year: int) -> dict[str, int]:
    return residents(mid_year) | {"city-of-london": CITY_BY_DAY}


def below_of_all(measure_id: str, year: int, expected: dict[str, tuple[float, float, int]]) -> float:
    """Return what England and Wales divides by: each resident once, where forces divide by people."""
    per_head = measure_id.endswith("_per_1000")
    return sum(residents(year - 1).values() if per_head else (row[1] for row in expected.values()))


def in_window(table: pd.DataFrame, first: str, last: str, dimensions: tuple[str, ...] = ()) -> dict[str, float]:
    """Add a force's counts up, row by row."""
    sums: dict[str, float] = defaultdict(float)
    chosen = table[(table["period_start"] >= first) & (table["period_end"] <= last)]
    for row in chosen.itertuples():
        if not dimensions or row.dimension in dimensions:
            sums[str(row.force_id)] += float(str(row.count))
    return sums


def by_hand(measure_id: str, year: int) -> dict[str, tuple[float, float, int]]:
    """Return numerator, denominator and multiplier by force for the 12 months to June (or March) of a year."""
    year_window = (f"{year - 1}-07-01", f"{year}-06-30")
    if measure_id == "asb_incidents_per_1000":
        incidents = in_window(read("asb_incidents/2018-03.csv"), f"{year - 1}-04-01", f"{year}-03-31")
        return {force_id: (count, people(year - 1)[force_id], 1000) for force_id, count in incidents.items()}
    if measure_id == "crime_change_5y":
        rolling = read("recorded_crime/rolling-2018-12.csv")
        now, then = in_window(rolling, *year_window), in_window(rolling, "2011-07-01", "2012-06-30")
        return {force_id: (now[force_id] - then[force_id], then[force_id], 100) for force_id in now}
    crime = read("recorded_crime/2026-04.csv")
    recorded = in_window(crime, *year_window)
    if measure_id == "crime_per_1000":
        return {force_id: (count, people(year - 1)[force_id], 1000) for force_id, count in recorded.items()}
    if measure_id == "crime_change_12m":
        before = in_window(crime, f"{year - 2}-07-01", f"{year - 1}-06-30")
        return {force_id: (count - before[force_id], before[force_id], 100) for force_id, count in recorded.items()}
    types = ACTION if measure_id == "outcome_action_taken_pct" else ("1",)
    outcomes = in_window(read("outcomes_recorded/2024-07.csv"), *year_window, types)
    left_out = NO_OUTCOMES[str(year)]
    return {force_id: (count, recorded[force_id], 100) for force_id, count in outcomes.items() if force_id != left_out}


SIX = (
    "crime_per_1000",
    "crime_change_12m",
    "crime_change_5y",
    "outcome_charged_pct",
    "outcome_action_taken_pct",
    "asb_incidents_per_1000",
)


@pytest.mark.parametrize("measure_id", SIX)
def test_every_force_worked_out_a_second_way(results: dict[str, Result], measure_id: str) -> None:
    result, expected = results[measure_id], by_hand(measure_id, 2017)
    for force_id in open_data().forces.ids:
        one = result.of(force_id)
        assert one.is_missing == (force_id not in expected), force_id
        if force_id in expected:
            top, below, multiplier = expected[force_id]
            assert (one.numerator, one.denominator) == (top, below), force_id
            assert one.value == pytest.approx(multiplier * top / below, rel=1e-12), force_id
    top, below = sum(row[0] for row in expected.values()), below_of_all(measure_id, 2017, expected)
    multiplier = next(iter(expected.values()))[2]
    assert (result.national.numerator, result.national.denominator) == (top, below)
    assert result.national.value == pytest.approx(multiplier * top / below, rel=1e-12)


@pytest.mark.parametrize("measure_id", [one for one in SIX if "change" not in one])
def test_every_comparator_worked_out_a_second_way(results: dict[str, Result], measure_id: str) -> None:
    result, expected = results[measure_id], by_hand(measure_id, 2016)
    for force_id in open_data().forces.ids:
        one = result.of(force_id)
        assert one.has_comparator == (force_id in expected), force_id
        if force_id in expected:
            top, below, multiplier = expected[force_id]
            assert one.comparator_value == pytest.approx(multiplier * top / below, rel=1e-12), force_id
    top, below = sum(row[0] for row in expected.values()), below_of_all(measure_id, 2016, expected)
    assert (result.national.comparator_numerator, result.national.comparator_denominator) == (top, below)


def test_incomplete_records_can_be_left_out_of_england_and_wales(results: dict[str, Result], edition: Edition) -> None:
    usual = results["outcome_charged_pct"]
    doubtful = set(usual.forces.index[usual.forces["status"] == "incomplete"])
    result = measures.calculate(usual.measure, edition.without_incomplete())
    assert set(usual.members) - set(result.members) == doubtful
    assert len(doubtful) == 3
    rows = result.rows.loc[list(result.members)]
    assert result.national.numerator == rows["numerator"].sum()
    assert result.national.value == pytest.approx(100 * rows["numerator"].sum() / rows["denominator"].sum())
    assert result.national.value > usual.national.value
    assert all(not result.of(force_id).is_missing for force_id in doubtful), "they are shown all the same"


def test_another_vintage_of_the_populations_can_be_had(edition: Edition) -> None:
    other = edition.with_population(vintage="2018-revised", residents_only=True)
    result = measures.calculate(open_data().measure("crime_per_1000"), other)
    assert result.of("norfolk").denominator == revised("norfolk")
    assert result.of("norfolk").denominator != 892_870
    city = result.of("city-of-london")
    assert (city.denominator, city.status, city.note) == (revised("city-of-london"), "reported", "")
    assert city.value > 500, "the residents alone are too few to set against its crime"
    assert edition.populations.at["norfolk", "population"] == 892_870, "the edition itself is unchanged"


def test_a_vintage_alone_keeps_the_assumed_population(edition: Edition) -> None:
    rows = edition.with_population(vintage="2018-revised").populations
    assert rows.at["city-of-london", "population"] == CITY_BY_DAY
    assert rows.at["city-of-london", "status"] == "estimated"
    assert rows.at["norfolk", "population"] == revised("norfolk")


@pytest.mark.parametrize("measure_id", [*SIX, "da_arrest_rate", "file_review_da_supervision", "staff_survey"])
def test_a_kept_result_is_the_one_that_would_be_calculated(
    results: dict[str, Result], edition: Edition, measure_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = results[measure_id]
    monkeypatch.setenv(KEPT_IN, str(tmp_path))
    for _ in ("made and kept", "found"):
        again = measures.calculate(fresh.measure, Data(DATA).edition(edition.id))
        pd.testing.assert_frame_equal(again.rows, fresh.rows, check_dtype=False)
        assert (again.members, again.comparator_members) == (fresh.members, fresh.comparator_members)
        assert again.release == fresh.release
    assert any(path.is_file() for path in tmp_path.rglob("*"))


def revised(force_id: str) -> int:
    with (DATA / "populations.csv").open(encoding="utf-8", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["force_id"] == force_id and row["mid_year"] == "2016"]
    return next(int(row["population"]) for row in found if row["vintage"] == "2018-revised")
