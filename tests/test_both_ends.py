"""An earlier year of outcomes: both its ends come from one release, beside a value that stays on its own table."""

import pandas as pd
import pytest
from workbooks import DATA

from peel_analysis import measures
from peel_analysis.show import tables
from peel_analysis.show import words as wording
from peel_analysis.show.values import values
from peel_analysis.why import account

TYPES = {"outcome_charged_pct": ["1"], "outcome_action_taken_pct": ["1", "2", "3", "6", "7", "8", "22"]}
NATIONAL = "england-and-wales"


def recount(release: str, types: list[str], start: str, end: str) -> pd.Series:
    """The share of each force and of England and Wales, from the two tables."""

    def of(rows: pd.DataFrame) -> pd.Series:
        inside = rows[(rows["period_start"] >= start) & (rows["period_end"] <= end)]
        sums = inside.groupby("force_id")["count"].sum().astype(float)
        return pd.concat([sums, pd.Series({NATIONAL: sums.sum()})])

    outcomes = DATA.counts("outcomes_recorded", release)
    return 100 * of(outcomes[outcomes["dimension"].isin(types)]) / of(DATA.counts("recorded_crime", "2026-04"))


@pytest.mark.parametrize("measure_id", list(TYPES))
@pytest.mark.parametrize(("edition_id", "release"), [("2019", "2024-07-years"), ("2025", "2026-07-years")])
def test_both_ends_are_of_one_release(measure_id: str, edition_id: str, release: str) -> None:
    result = measures.calculate(DATA.measure(measure_id), DATA.edition(edition_id))
    year = int(edition_id)
    ends = {
        "comparator_value": recount(release, TYPES[measure_id], f"{year - 2}-04-01", f"{year - 1}-03-31"),
        "same_release_value": recount(release, TYPES[measure_id], f"{year - 1}-04-01", f"{year}-03-31"),
    }
    for column, expected in ends.items():
        assert result.rows[column].to_dict() == pytest.approx(expected.to_dict())
    assert result.comparator_release == f"outcomes_recorded {release}; recorded_crime 2026-04"


@pytest.mark.parametrize(
    ("edition_id", "own", "before", "after"), [("2019", 8.48, 10.24, 9.07), ("2025", 8.65, 7.97, 8.79)]
)
def test_england_and_wales_charged(edition_id: str, own: float, before: float, after: float) -> None:
    national = measures.calculate(DATA.measure("outcome_charged_pct"), DATA.edition(edition_id)).national
    found = (national.value, national.comparator_value, national.same_release_value)
    assert found == pytest.approx((own, before, after), abs=0.005)


def test_records_that_fall_short_in_a_year_are_marked() -> None:
    for edition_id, before, after in (
        ("2019", ["derbyshire"], []),
        ("2025", ["humberside"], ["derbyshire", "humberside", "lincolnshire"]),
    ):
        rows = measures.calculate(DATA.measure("outcome_charged_pct"), DATA.edition(edition_id)).forces
        assert list(rows.index[rows["comparator_status"] == "incomplete"]) == before
        assert list(rows.index[rows["same_release_status"] == "incomplete"]) == after


def test_a_type_that_the_table_of_both_years_lacks_has_no_earlier_year() -> None:
    result = measures.calculate(DATA.measure("outcome_no_suspect_pct"), DATA.edition("2025"))
    assert result.comparator_release == ""
    assert result.rows["comparator_value"].isna().all()
    assert "has other types of outcome" in result.national.comparator_note


def test_one_table_for_all_leaves_the_comparison_as_it_was() -> None:
    result = measures.calculate(DATA.measure("outcome_charged_pct"), DATA.edition("2017"))
    assert result.comparator_release == ""
    assert result.rows["same_release_value"].isna().all()


def test_a_reader_is_told_both_ends_and_sees_no_mark_of_another_release_in_the_picture() -> None:
    result = measures.calculate(DATA.measure("outcome_charged_pct"), DATA.edition("2025"))
    said = wording.reading(result, "norfolk")
    assert "In the release of July 2026 (as a third party derived it from the Home Office tables), which holds" in said
    assert "it was 12.9% in the 12 months to 31 March 2024 and 13.4% in the 12 months to 31 March 2025." in said
    table = tables.by_force(result, "norfolk")
    assert "Value in the 12 months to 31 March 2025, same release as the one before" in table
    told = account(result.measure, "norfolk", result.edition)
    assert "data/counts/outcomes_recorded/2026-07-years.csv" in told
    assert f"= {result.of('norfolk').same_release_value!r} (reported)" in told
    rows = values(result.edition, [result.measure]).set_index("force_id")
    assert rows.loc["norfolk", "same_release_value"] == result.of("norfolk").same_release_value


def test_a_result_is_kept_with_both_ends() -> None:
    result = measures.calculate(DATA.measure("outcome_charged_pct"), DATA.edition("2025"))
    kept = measures.Result.from_bytes(result.measure, result.edition, result.as_bytes())
    assert kept.comparator_release == result.comparator_release
    pd.testing.assert_frame_equal(kept.rows, result.rows)
