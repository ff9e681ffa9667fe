"""A data return of some forces: the others are missing with a reason, and England and Wales is not made of a part.

All counts of data returns here are invented.
"""

import math
from pathlib import Path

import pytest
from command import run
from invented import YEAR_2016, YEAR_2017, Count, Folder, all_forces, folder
from workbooks import FORCES

from peel_analysis.data.errors import InputError
from peel_analysis.data.periods import GapError
from peel_analysis.measures.series import rolling

CRIME = {"recorded_crime": "2026-04"}
ABSENT = "These figures are not in the data return that this edition uses."


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """An invented data folder."""
    return folder(tmp_path, monkeypatch)


def without(rows: list[Count], *force_ids: str) -> list[Count]:
    """Return the rows but for those of some forces."""
    return [row for row in rows if row.force_id not in force_ids]


def blank(force_id: str, status: str = "not_supplied") -> Count:
    """Return a row that says why a force has no count."""
    return Count(force_id, YEAR_2017, None, status)


def test_a_force_that_the_return_does_not_name_has_the_status_of_the_declaration(data: Folder) -> None:
    data.counts({"calls": [Count("norfolk", YEAR_2017, 89287), blank("suffolk")]})
    result = data.result("calls_per_1000")
    assert result.of("norfolk").value == pytest.approx(100)
    assert (result.of("suffolk").status, result.of("suffolk").is_missing) == ("not_supplied", True)
    absent = [force_id for force_id in FORCES.ids if force_id not in ("norfolk", "suffolk")]
    for one in (result.of(force_id) for force_id in absent):
        assert (one.status, one.note, one.short) == ("not_public", ABSENT, "Not in the data return")
        assert math.isnan(one.value)
        assert math.isnan(one.numerator)


def test_without_a_declaration_the_status_is_not_available(data: Folder) -> None:
    data.counts({"calls": [Count("norfolk", YEAR_2017, 100)]})
    data.replace("editions/2017.toml", 'items = ["calls", ', "items = [")
    kent = data.result("calls_per_1000").of("kent")
    assert (kent.status, kent.note) == ("not_available", ABSENT)


@pytest.mark.parametrize("named", [("norfolk",), ("norfolk", "suffolk"), ("avon-and-somerset", "kent", "wiltshire")])
def test_some_forces_make_no_england_and_wales(data: Folder, named: tuple[str, ...]) -> None:
    data.counts({"calls": [Count(force_id, YEAR_2017, 100) for force_id in named]})
    result = data.result("calls_per_1000")
    national = result.national
    assert (national.is_missing, national.status, result.members) == (True, "not_public", ())
    assert math.isnan(national.numerator)
    if len(named) == 1:
        assert national.note == "One force alone has a figure, and that is not England and Wales."
    else:
        assert national.note.startswith(f"{len(named)} of 43 forces have a figure; England and Wales needs a count")


def test_england_and_wales_needs_a_row_of_every_force(data: Folder) -> None:
    rows = without(all_forces(YEAR_2017), "kent")
    data.counts({"calls": rows})
    assert data.result("calls_per_1000").national.is_missing
    data.counts({"calls": [*rows, blank("kent")]})
    result = data.result("calls_per_1000")
    assert len(result.members) == 42
    assert result.national.numerator == sum(row.count or 0 for row in rows)
    assert (result.national.status, result.national.note) == ("partial", "Based on 42 of 43 forces.")


def test_a_force_that_the_register_leaves_out_may_be_absent(data: Folder) -> None:
    out = {"durham", "lancashire", "warwickshire", "west-mercia", "north-yorkshire"}  # of this measure in 2017
    data.counts(
        {
            "domestic_abuse_arrests": without(all_forces(YEAR_2017), *out),
            "domestic_abuse_offences": without(all_forces(YEAR_2017, start=1000), *out),
        }
    )
    result = data.result("da_arrest_rate")
    assert set(result.members) == set(FORCES.ids) - out
    assert result.national.numerator == sum(row.count or 0 for row in without(all_forces(YEAR_2017), *out))


def test_one_count_and_42_reasons_are_not_england_and_wales(data: Folder) -> None:
    data.counts({"calls": [Count(one, YEAR_2017, 100) if one == "kent" else blank(one) for one in FORCES.ids]})
    result = data.result("calls_per_1000")
    assert (result.national.is_missing, result.national.status, result.members) == (True, "not_supplied", ())
    assert result.of("kent").value > 0


def test_the_reason_is_that_of_the_part_that_is_missing(data: Folder) -> None:
    data.counts({"domestic_abuse_arrests": [Count("kent", YEAR_2017, 100, "estimated")]})
    kent = data.result("da_arrest_rate").of("kent")
    assert (kent.is_missing, kent.status) == (True, "not_public")
    assert kent.note.startswith("The Home Office gave HMICFRS its counts of offences flagged as domestic abuse")


def test_powers_of_which_one_force_returned_all_and_another_some(data: Folder) -> None:
    powers = ("criminal_behaviour_orders", "community_protection_notices", "civil_injunctions", "dispersal_orders")
    tables = {item: [Count("kent", YEAR_2017, 10)] for item in powers}
    tables["dispersal_orders"].append(Count("essex", YEAR_2017, 5))
    data.counts(tables)
    result = data.result("asb_powers_per_million")
    assert (result.of("kent").numerator, result.of("essex").status) == (40, "not_public")
    assert data.result("asb_dispersal").of("essex").numerator == 5


def test_a_part_of_the_window_is_refused(data: Folder) -> None:
    halves = (("2016-07-01", "2016-12-31"), ("2017-01-01", "2017-06-30"))
    data.counts({"calls": [*(Count("kent", half, 10) for half in halves), Count("essex", halves[0], 10)]})
    with pytest.raises(GapError, match=r"calls/invented.csv: .*: no row for Essex in the .*; add the rows, or blank"):
        data.result("calls_per_1000")


def test_a_published_table_is_still_to_name_every_force(data: Folder) -> None:
    data.counts({"asb_incidents": without(all_forces(("2016-04-01", "2017-03-31")), "kent")})
    with pytest.raises(GapError, match="no row for Kent in the 12 months to 31 March 2017"):
        data.result("asb_incidents_per_1000")


def test_two_years_of_one_force_draw_no_line(data: Folder) -> None:
    rows = [Count("kent", year, 5000) for year in (YEAR_2016, YEAR_2017)]
    data.counts({"domestic_abuse_offences": rows}, real=CRIME)
    result = data.result("da_share_of_crime_pct")
    assert result.of("kent").has_comparator
    with pytest.raises(InputError, match="no counts of England and Wales are held over time, so there is no line"):
        rolling(result)


def test_a_line_where_all_but_those_that_the_register_leaves_out_have_returned(data: Folder) -> None:
    rows = [row for year in (YEAR_2016, YEAR_2017) for row in without(all_forces(year), "north-yorkshire")]
    data.counts({"domestic_abuse_offences": rows}, real=CRIME)
    series = rolling(data.result("da_share_of_crime_pct"))
    assert series.values["north-yorkshire"].isna().all()
    assert series.values["england-and-wales"].notna().all()


def test_every_way_in_answers(data: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    data.counts({"calls": [Count("kent", year, 500) for year in (YEAR_2016, YEAR_2017)]})
    for force_id in ("kent", "essex", "england-and-wales"):
        code, said, _ = run(capsys, "why", "calls_per_1000", force_id)
        assert code == 0
        assert ("= 0.27" in said) == (force_id == "kent")
    code, said, _ = run(capsys, "verdicts", "--measure", "calls_per_1000")
    assert code == 0
    assert "No verdict: there is no value." in said
