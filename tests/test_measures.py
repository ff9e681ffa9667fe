"""The engine on invented counts: who is a member, what is summed, and what becomes of forces that are left out."""

import math
from pathlib import Path

import pytest
from invented import DAY_2016, DAY_2017, YEAR_2016, YEAR_2017, Folder, all_forces, folder, totals

from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.show import words as wording

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
        if result.is_per_head:
            below = result.edition.national_populations[list(result.members)].sum()
        assert result.national.value == pytest.approx(result.measure.multiplier * top / below, rel=1e-12)
        assert result.national.value != pytest.approx(result.forces["value"].mean(), rel=1e-6), "a mean of the rates"


def test_a_force_without_arrests_leaves_the_offences_too(returned: Folder) -> None:
    result = returned.result("da_arrest_rate")
    everyone = dict(zip(open_data().forces.ids, range(43), strict=True))
    left = [place for force_id, place in everyone.items() if force_id not in WITHOUT_ARRESTS]
    assert set(open_data().forces.ids) - set(result.members) == WITHOUT_ARRESTS
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
    row = "2017,asb_incidents_per_1000,2017,kent,excluded_from_national,not_comparable,,,stated,An invented reason.,x,y"
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
    assert set(result.comparator_members) == set(open_data().forces.ids) - {
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
    assert set(open_data().forces.ids) - set(result.comparator_members) == {"city-of-london"}
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
    each = 100 + 7 * open_data().forces.ids.index("merseyside")
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
    assert set(open_data().forces.ids) - set(result.members) == NO_POWERS | {"humberside"}


@pytest.mark.parametrize(("measure_id", "item"), BY_POWER.items())
def test_each_power_has_its_own_measure(returned: Folder, measure_id: str, item: str) -> None:
    result = returned.result(measure_id)
    assert result.measure.numerator.items == (item,)
    assert "humberside" not in result.members
    assert result.of("humberside").status == "not_supplied"


def test_values_and_their_table_are_the_same(returned: Folder) -> None:
    result = returned.result("asb_cbo")
    for one in result.values:
        assert result.of(one.force_id) is one
        cells = result.rows.loc[one.force_id]
        assert [str(getattr(one, name)) for name in cells.index] == [str(cell) for cell in cells]
    assert result.rows.index.tolist() == [one.force_id for one in result.values]
    assert result.numbers("value").tolist() == pytest.approx(result.rows["value"].tolist(), nan_ok=True)
    rows = result.rows
    rows.loc["kent", "value"], rows.loc["kent", "status"] = 7.5, "partial"
    assert result.rows.at["kent", "status"] == "reported"
    changed = result.with_rows(rows)
    assert (changed.of("kent").value, changed.of("kent").status) == (7.5, "partial")
    assert result.of("kent").status == "reported"
    assert changed.rows.drop(index="kent").equals(result.rows.drop(index="kent"))
    again = Result.from_bytes(result.measure, result.edition, changed.as_bytes())
    assert again.rows.equals(changed.rows)
    assert (again.members, again.release) == (result.members, result.release)
    for table in (result.forces, result.plotted):
        table["value"] = 0.0
    assert 0.0 not in (*result.forces["value"], *result.plotted["value"])
    people = result.edition.populations
    people["population"] = 1.0
    assert 1.0 not in [*result.edition.populations["population"]]
