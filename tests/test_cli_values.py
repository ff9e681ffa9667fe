"""`peel values`: the contract with other programs, known values, and the choice of a population."""

import json

import pytest
from command import run, values

from peel_analysis.data.folder import open_data

pytestmark = pytest.mark.usefixtures("own_data_folder")

CONTRACT = ["edition", "measure", "force_id", "period_end", "value", "numerator", "denominator", "unit"]
CONTRACT += ["status", "note", "release"]
ROWS_A_MEASURE = 44  # 43 forces, and England and Wales


def test_values_hold_every_measure_for_43_forces_and_england_and_wales(capsys: pytest.CaptureFixture[str]) -> None:
    rows = values(capsys, "--edition", "2017")
    ids = [measure.id for measure in open_data().measures]
    assert len(ids) == 26
    assert list(rows[0])[: len(CONTRACT)] == CONTRACT
    for measure in ids:
        mine = [row["force_id"] for row in rows if row["measure"] == measure]
        assert len(mine) == len(set(mine)) == ROWS_A_MEASURE, measure
        assert "england-and-wales" in mine
    assert len(rows) == len(ids) * ROWS_A_MEASURE
    assert {row["edition"] for row in rows} == {"2017"}
    silent = [(row["measure"], row["force_id"]) for row in rows if not row["value"] and not row["status"]]
    assert silent == [], "a missing value has a status that says why"


@pytest.mark.parametrize(
    ("force", "measure", "shown"),
    [
        ("norfolk", "crime_per_1000", 58.88),
        ("norfolk", "crime_change_12m", 9.95),
        ("norfolk", "crime_change_5y", 30.84),
        ("norfolk", "asb_incidents_per_1000", 23.60),
        ("norfolk", "outcome_charged_pct", 17.50),
        ("england-and-wales", "crime_per_1000", 76.37),
        ("england-and-wales", "crime_change_12m", 14.01),
        ("england-and-wales", "crime_change_5y", 19.54),
        ("england-and-wales", "asb_incidents_per_1000", 30.76),
        ("england-and-wales", "outcome_charged_pct", 11.50),
        ("norfolk", "da_arrest_rate", 57.7),
        ("england-and-wales", "da_arrest_rate", 42.5),
    ],
)
def test_values_are_the_known_ones(force: str, measure: str, shown: float, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = values(capsys, "--force", force, "--measure", measure)
    assert float(row["value"]) == pytest.approx(shown, abs=0.005)
    assert (row["force_id"], row["measure"]) == (force, measure)


def test_values_are_not_rounded_and_are_numerator_over_denominator(capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = values(capsys, "--force", "norfolk", "--measure", "crime_per_1000")
    assert row["denominator"] == "892870"
    assert float(row["value"]) == 1000 * int(row["numerator"]) / int(row["denominator"])


def test_values_as_json_are_the_values_as_csv(capsys: pytest.CaptureFixture[str]) -> None:
    table = values(capsys, "--measure", "outcome_charged_pct")
    _, out, _ = run(capsys, "values", "--measure", "outcome_charged_pct", "--format", "json")
    objects = json.loads(out)
    assert [list(one)[: len(CONTRACT)] for one in objects] == [CONTRACT] * ROWS_A_MEASURE
    by_force = {one["force_id"]: one["value"] for one in objects}
    assert by_force["suffolk"] is None
    assert by_force == {row["force_id"]: float(row["value"]) if row["value"] else None for row in table}


def test_values_take_another_vintage_and_residents_only(capsys: pytest.CaptureFixture[str]) -> None:
    one = ("--force", "city-of-london", "--measure", "crime_per_1000")
    (assumed,) = values(capsys, *one)
    (residents,) = values(capsys, *one, "--residents-only")
    assert (assumed["denominator"], assumed["status"]) == ("553103", "estimated")
    assert int(residents["denominator"]) < 10_000
    code, _, error = run(capsys, "values", "--population", "1066")
    assert code == 2
    assert "data/populations.csv: no population of" in error
