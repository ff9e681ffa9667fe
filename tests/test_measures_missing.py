"""The engine on invented counts that are missing, negative or 0, in one window and in the two of a change."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from invented import DAY_2017, QUARTERS_2017, YEAR_2016, YEAR_2017, Count, Folder, all_forces, folder, totals

from peel_analysis.comparison import compare
from peel_analysis.comparison.sensitivity import standardised
from peel_analysis.data.folder import open_data
from peel_analysis.show import words as wording


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def test_a_count_that_was_not_supplied_is_missing_and_never_0(data: Folder) -> None:
    data.counts(
        {
            "domestic_abuse_offences": all_forces(YEAR_2017, 6000),
            "domestic_abuse_arrests": all_forces(YEAR_2017, 2000, instead={"essex": "not_supplied", "kent": 0}),
        }
    )
    result = data.result("da_arrest_rate")
    assert result.of("essex").is_missing
    assert result.of("essex").status == "not_supplied"
    assert (result.of("kent").value, result.of("kent").status) == (0.0, "reported"), "a counted 0 is a figure"
    assert "essex" not in result.members
    assert len(result.members) == 37
    assert result.national.status == "partial"
    assert result.national.denominator == totals(result, "denominator", result.members)


def test_one_missing_quarter_makes_the_year_missing(data: Folder) -> None:
    quarters = [row for period in QUARTERS_2017 for row in all_forces(period, 10_000)]
    blank = Count("kent", QUARTERS_2017[2], None, "not_supplied")
    kept = [row for row in quarters if (row.force_id, row.period) != (blank.force_id, blank.period)]
    data.counts({"recorded_crime": [*kept, blank, *all_forces(YEAR_2016, 30_000)]})
    result = data.result("crime_per_1000")
    assert result.of("kent").is_missing
    assert result.of("kent").status == "not_supplied"
    assert result.of("norfolk").numerator == 4 * (10_000 + 7 * open_data().forces.ids.index("norfolk"))


def test_a_negative_count_is_a_correction_and_passes(data: Folder) -> None:
    data.counts({"organised_crime_groups": all_forces(DAY_2017, instead={"kent": -4})})
    result = data.result("ocg_per_million")
    assert result.of("kent").value < 0
    assert result.of("kent").status == "reported"
    assert result.national.numerator == result.forces["numerator"].sum()


def test_nothing_to_divide_by_is_no_value_with_its_reason(data: Folder) -> None:
    data.counts(
        {
            "domestic_abuse_offences": all_forces(YEAR_2017, 6000, instead={"kent": 0}),
            "domestic_abuse_arrests": all_forces(YEAR_2017, 2000, instead={"kent": 3}),
        }
    )
    result = data.result("da_arrest_rate")
    kent = result.of("kent")
    assert kent.is_missing
    assert kent.status == "not_applicable"
    assert kent.note == "The count that it would be divided by is 0."
    assert "kent" in result.members, "its counts are known and in the sums"
    assert result.national.numerator == totals(result, "numerator", result.members)
    assert wording.reading(result, "kent").endswith(kent.note)


def test_nothing_to_divide_by_in_any_force_gives_no_national_value(data: Folder) -> None:
    none = [*all_forces(YEAR_2017, 0, 0), *all_forces(YEAR_2016, 0, 0)]
    data.counts({"domestic_abuse_offences": none, "recorded_crime": none})
    result = data.result("da_share_of_crime_pct")
    assert result.rows["value"].isna().all()
    assert result.national.status == "not_applicable"
    assert math.isnan(result.national.denominator)


def test_a_change_is_that_of_the_same_count_in_two_windows(data: Folder) -> None:
    data.counts({"recorded_crime": [*all_forces(YEAR_2017, 1100, 0), *all_forces(YEAR_2016, 1000, 0, {"kent": 0})]})
    result = data.result("crime_change_12m")
    norfolk, kent = result.of("norfolk"), result.of("kent")
    assert (norfolk.value, norfolk.numerator, norfolk.denominator) == (10.0, 100.0, 1000.0)
    assert kent.is_missing
    assert kent.status == "not_applicable"
    assert len(result.members) == 43, "the counts of both years are known"
    assert result.national.value == pytest.approx(100 * (43 * 1100 - 42 * 1000) / (42 * 1000))


def test_both_ends_of_a_change_need_a_count(data: Folder) -> None:
    rows = [*all_forces(YEAR_2017, 1100, 0), *all_forces(YEAR_2016, 1000, 0, {"kent": "not_supplied"})]
    data.counts({"recorded_crime": rows})
    result = data.result("crime_change_12m")
    assert result.of("kent").is_missing
    assert "kent" not in result.members
    assert result.national.value == pytest.approx(10.0), "out of both sums"


def test_a_part_of_a_count_is_never_shown_as_reported(data: Folder) -> None:
    quarters = [row for period in QUARTERS_2017 for row in all_forces(period, 1000)]
    crimes = [replace(row, status="partial") if row.force_id == "kent" else row for row in quarters]
    charged = [replace(row, count=100, dimension="1") for row in quarters]
    first = {("norfolk", QUARTERS_2017[0]): "partial", ("kent", QUARTERS_2017[0]): "revised"}
    told = [replace(row, status=first.get((row.force_id, row.period), "reported")) for row in charged]
    before = [*all_forces(YEAR_2016, 4000)]
    outcomes = [*told, *(replace(row, count=400, dimension="1") for row in before)]
    data.counts({"recorded_crime": [*crimes, *before], "outcomes_recorded": outcomes})
    result = data.result("outcome_charged_pct")
    norfolk, kent = result.of("norfolk"), result.of("kent")
    assert (norfolk.numerator, norfolk.status, norfolk.short) == (400, "partial", "Counts missing")
    assert norfolk.note.startswith("Some of the counts behind this figure were not provided")
    assert (kent.status, kent.short) == ("partial", "Counts missing"), "the crimes are partial, the outcomes revised"
    assert result.national.status == "partial"
    assert compare(result).left_out["norfolk"] == "partial_return"


def test_a_blank_count_in_a_group_is_no_0_in_what_is_standardised(data: Folder) -> None:
    groups = ("Robbery", "Theft offences")
    dimensions = [f"{group}: 1" for group in groups]
    crimes = [row for group in groups for row in all_forces(YEAR_2017, 1000, 0, dimension=group)]
    given = {"Robbery: 1": {"kent": "not_supplied"}, "Theft offences: 1": {}}
    by_group = [row for one in dimensions for row in all_forces(YEAR_2017, 100, 0, given[one], dimension=one)]
    every = all_forces(YEAR_2017, 200, 0, dimension="1")
    before = [*all_forces(YEAR_2016, 2000, 0)]
    charged = [*every, *(replace(row, count=200, dimension="1") for row in before)]
    data.counts(
        {
            "recorded_crime": [*crimes, *before],
            "outcomes_recorded": charged,
            "outcomes_by_offence_group": by_group,
        }
    )
    found = standardised(data.result("outcome_charged_pct"))
    assert found["kent"].is_missing
    assert found["norfolk"].value == pytest.approx(10), "the forces that gave it have all one rate"
    assert found["england-and-wales"].value == pytest.approx(10)
