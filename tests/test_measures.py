"""The engine on invented counts: who is a member, what is summed, and what becomes of a count that is missing."""

import math
from pathlib import Path

import pytest
from invented import (
    DAY_2016,
    DAY_2017,
    QUARTERS_2017,
    YEAR_2016,
    YEAR_2017,
    Count,
    Folder,
    all_forces,
    folder,
)

from peel_analysis import forces, wording
from peel_analysis.measures import Result

POWERS = ("criminal_behaviour_orders", "community_protection_notices", "civil_injunctions", "dispersal_orders")
BY_POWER = dict(zip(("asb_cbo", "asb_cpn", "asb_civil_injunctions", "asb_dispersal"), POWERS, strict=True))
NO_POWERS = {"bedfordshire", "greater-manchester", "metropolitan", "suffolk"}
WITHOUT_ARRESTS = {"durham", "lancashire", "warwickshire", "west-mercia", "north-yorkshire"}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


@pytest.fixture
def returned(data: Folder) -> Folder:
    """A folder in which every force returned everything, in both years."""
    years = {item: [*all_forces(YEAR_2017), *all_forces(YEAR_2016, 90)] for item in POWERS}
    crime = [*all_forces(YEAR_2017, 50_000, 400), *all_forces(YEAR_2016, 40_000, 400)]
    charged = [*all_forces(YEAR_2017, 5000, 30, dimension="1"), *all_forces(YEAR_2016, 4000, 30, dimension="1")]
    data.counts(
        {
            **years,
            "recorded_crime": crime,
            "outcomes_recorded": charged,
            "domestic_abuse_offences": [*all_forces(YEAR_2017, 6000, 50), *all_forces(YEAR_2016, 5000, 50)],
            "domestic_abuse_arrests": [*all_forces(YEAR_2017, 2000, 30), *all_forces(YEAR_2016, 1900, 30)],
            "organised_crime_groups": [
                *all_forces(DAY_2017),
                *all_forces(DAY_2016, instead={"west-mercia": "combined"}),
            ],
            "asb_incidents": [
                *all_forces(("2016-04-01", "2017-03-31"), 9000),
                *all_forces(("2015-04-01", "2016-03-31"), 9000),
            ],
        }
    )
    return data


def totals(result: Result, column: str, members: tuple[str, ...]) -> float:
    return float(result.rows.loc[list(members), column].sum())


@pytest.mark.parametrize(
    ("measure_id", "in_figure", "in_national", "members", "with_2016"),
    [
        ("outcome_charged_pct", 42, 42, 42, 41),
        ("outcome_action_taken_pct", 41, 42, 42, 41),
        ("da_arrest_rate", 38, 38, 38, 35),
        ("da_share_of_crime_pct", 42, 42, 42, 42),
        ("ocg_per_million", 42, 42, 42, 40),
        ("asb_powers_per_million", 39, 39, 38, 38),
        ("asb_cbo", 38, 38, 38, 0),
        ("asb_cpn", 38, 38, 38, 0),
        ("asb_civil_injunctions", 36, 36, 36, 0),
        ("asb_dispersal", 37, 37, 37, 0),
        ("asb_incidents_per_1000", 43, 43, 43, 43),
        ("crime_per_1000", 43, 43, 43, 43),
    ],
)
def test_member_counts_of_the_register(
    returned: Folder, measure_id: str, in_figure: int, in_national: int, members: int, with_2016: int
) -> None:
    """`in_figure` and `in_national` are the register's switches; `members` are the forces that were really pooled."""
    result = returned.result(measure_id)
    rows = result.forces
    assert (rows["in_figure"].sum(), rows["in_national"].sum()) == (in_figure, in_national)
    assert len(result.members) == members
    assert result.plotted["comparator_value"].notna().sum() == with_2016


def test_england_and_wales_is_sum_over_sum_of_its_members(returned: Folder) -> None:
    for measure_id in ("da_arrest_rate", "outcome_charged_pct", "ocg_per_million", "asb_powers_per_million"):
        result = returned.result(measure_id)
        top, below = (totals(result, column, result.members) for column in ("numerator", "denominator"))
        assert result.national.value == pytest.approx(result.measure.multiplier * top / below, rel=1e-12)
        assert result.national.value != pytest.approx(result.forces["value"].mean(), rel=1e-6), "a mean of the rates"


def test_a_force_without_arrests_leaves_the_offences_too(returned: Folder) -> None:
    result = returned.result("da_arrest_rate")
    everyone = dict(zip(forces.ids(), range(43), strict=True))
    left = [place for force_id, place in everyone.items() if force_id not in WITHOUT_ARRESTS]
    assert set(forces.ids()) - set(result.members) == WITHOUT_ARRESTS
    assert result.national.numerator == sum(2000 + 30 * place for place in left)
    assert result.national.denominator == sum(6000 + 50 * place for place in left)


def test_a_force_that_is_out_of_both_loses_its_counts_and_says_why(returned: Folder) -> None:
    durham = returned.result("da_arrest_rate").of("durham")
    assert durham.is_missing
    assert math.isnan(durham.numerator)
    assert math.isnan(durham.denominator)
    assert (durham.status, durham.in_figure, durham.in_national) == ("not_supplied", False, False)
    assert "2017" in durham.note
    assert "arrests" in durham.note


def test_a_figure_only_exclusion_keeps_the_force_in_the_national_sums(returned: Folder) -> None:
    result = returned.result("outcome_action_taken_pct")
    dorset, suffolk = result.of("dorset"), result.of("suffolk")
    assert (dorset.in_figure, dorset.in_national, dorset.is_missing) == (False, True, False)
    assert "dorset" in result.members
    assert "dorset" not in result.plotted.index
    assert (suffolk.in_figure, suffolk.in_national, suffolk.is_missing) == (False, False, True)
    assert "dorset" not in result.comparator_members, "its 2016 outcomes were not dependable"
    assert "suffolk" in result.comparator_members
    assert len(result.comparator_members) == 42


def test_a_force_that_is_out_of_the_national_value_only_stays_in_the_figure(returned: Folder) -> None:
    row = "2017,asb_incidents_per_1000,2017,kent,excluded_from_national,not_comparable,,stated,An invented reason.,x,y"
    returned.write("exclusions.csv", returned.read("exclusions.csv") + row + "\n")
    result = returned.result("asb_incidents_per_1000")
    assert "kent" in result.plotted.index
    assert "kent" not in result.members
    assert result.national.numerator == totals(result, "numerator", result.members)
    assert len(result.members) == 42


def test_a_comparator_that_is_out_of_the_figure_is_not_shown_and_counts_nationally(returned: Folder) -> None:
    result = returned.result("da_arrest_rate")
    for force_id in ("lancashire", "warwickshire", "west-mercia"):
        assert not result.of(force_id).has_comparator, "it has no bar in either year"
        assert force_id in result.comparator_members
    assert set(result.comparator_members) == set(forces.ids()) - {
        "cambridgeshire",
        "derbyshire",
        "durham",
        "gloucestershire",
        "north-yorkshire",
    }


def test_forces_counted_together_are_in_the_national_sums_and_have_no_rate_of_their_own(returned: Folder) -> None:
    result = returned.result("ocg_per_million")
    pair = ("warwickshire", "west-mercia")
    assert set(pair) <= set(result.comparator_members)
    assert set(forces.ids()) - set(result.comparator_members) == {"city-of-london"}
    assert all(not result.of(one).has_comparator for one in pair)
    assert all(result.of(one).comparator_status == "combined" for one in pair)
    assert math.isnan(result.of("west-mercia").comparator_numerator), "a count that was not made is not 0"
    together = totals(result, "comparator_denominator", result.comparator_members)
    assert result.national.comparator_denominator == together, "the total stands against both populations"
    assert result.national.comparator_numerator == totals(result, "comparator_numerator", result.comparator_members)


def test_without_any_count_forces_counted_together_make_no_national_value(data: Folder) -> None:
    data.counts({"organised_crime_groups": all_forces(DAY_2017)})
    result = data.result("ocg_per_million")
    assert result.comparator_members == ()
    assert math.isnan(result.national.comparator_value)
    assert result.national.comparator_status == "not_public"


def test_the_two_years_of_forces_counted_together_are_refused_in_the_sentence(returned: Folder) -> None:
    result = returned.result("ocg_per_million")
    for force_id in ("warwickshire", "west-mercia"):
        said = wording.reading(result, force_id)
        assert "The two years are not compared" in said
        assert "it was" not in said
    assert "it was" in wording.reading(result, "norfolk")


def test_a_partial_return_is_marked_and_leaves_only_its_missing_kinds_out(returned: Folder) -> None:
    result = returned.result("asb_powers_per_million")
    partial = result.forces[result.forces["status"] == "partial"]
    assert set(partial.index) == {"gloucestershire", "hertfordshire", "merseyside"}
    each = 100 + 7 * forces.ids().index("merseyside")
    assert result.of("merseyside").numerator == 3 * each
    assert "dispersal" in result.of("merseyside").note
    assert result.national.status == "partial"


def test_with_all_four_kinds_missing_there_is_no_value_and_never_0(returned: Folder) -> None:
    result = returned.result("asb_powers_per_million")
    humberside = result.of("humberside")
    assert humberside.is_missing
    assert math.isnan(humberside.numerator)
    assert humberside.status == "not_supplied"
    assert (humberside.in_figure, humberside.in_national) == (True, True), "the register does not exclude it"
    assert "humberside" not in result.members
    assert "humberside" not in result.plotted.index
    assert set(forces.ids()) - set(result.members) == NO_POWERS | {"humberside"}


@pytest.mark.parametrize(("measure_id", "item"), BY_POWER.items())
def test_each_power_has_its_own_measure(returned: Folder, measure_id: str, item: str) -> None:
    result = returned.result(measure_id)
    assert result.measure.numerator.items == (item,)
    assert "humberside" not in result.members
    assert result.of("humberside").status == "not_supplied"


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
    assert result.of("norfolk").numerator == 4 * (10_000 + 7 * forces.ids().index("norfolk"))


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
