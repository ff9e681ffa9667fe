"""The values file beside a report: its order, its further rows, and that they follow from the measures' own."""

import csv
import io
import re
from pathlib import Path

import pytest

from peel_analysis.batch.values import values_files
from peel_analysis.data.definitions import Measures
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.registers import STATUSES
from peel_analysis.measures import Result
from peel_analysis.reports.values_file import values_of
from peel_analysis.show import values

Row = dict[str, str]
NUMBER_OF_MEASURES = len(open_data().measures)


@pytest.fixture(scope="module")
def rows(edition: Edition) -> list[Row]:
    return read(values_of(edition).text("norfolk"))


def read(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def further(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["part_of"]]


def test_the_force_comes_first_then_england_and_wales_then_further_rows_and_no_other_force(rows: list[Row]) -> None:
    order = list(dict.fromkeys("further" if row["part_of"] else row["force_id"] for row in rows))
    assert order == ["norfolk", ENGLAND_AND_WALES, "further"]


def test_the_rows_of_the_measures_are_those_of_peel_values(rows: list[Row], edition: Edition) -> None:
    printed = {(row["measure"], row["force_id"]): row for row in read(values.as_csv(values.values(edition)))}
    of_all_forces = read(values_of(edition).of_all_forces())
    assert {(row["measure"], row["force_id"]): row for row in of_all_forces} == printed
    assert len(of_all_forces) == len(printed) == 44 * NUMBER_OF_MEASURES
    beside = [row for row in rows if not row["part_of"]]
    assert [row for row in beside if printed[row["measure"], row["force_id"]] != row] == []
    assert len(beside) == 2 * NUMBER_OF_MEASURES


def test_a_further_row_is_like_the_others(further: list[Row], results: dict[str, Result]) -> None:
    statuses = set(open_data().register(STATUSES)["status"])
    keys = [(row["measure"], row["force_id"], row["period_end"]) for row in further]
    assert len(set(keys)) == len(keys)
    for row in further:
        assert row["measure"].startswith(row["part_of"])
        assert row["force_id"] in ("norfolk", ENGLAND_AND_WALES)
        assert row["status"] in statuses
        assert row["value"]
        assert row["unit"]
        measure_id = "outcome_charged_pct" if row["part_of"] == "outcome-spread" else row["part_of"].split("-")[0]
        measure_id = row["measure"].removeprefix("populations-") if row["part_of"] == "populations" else measure_id
        release = results[measure_id].release if measure_id in results else ""
        assert re.sub(r"mid-\d{4}", "mid-2016", row["release"]) == release, "but for the year of a point's population"
    assert any(row["release"] for row in further)


def test_england_and_wales_by_assumed_population_stands_beside(further: list[Row]) -> None:
    found = {row["measure"]: f"{float(row['value']):.2f}" for row in further if row["part_of"] == "populations"}
    assert found == {
        "populations-crime_per_1000": "75.66",
        "populations-asb_incidents_per_1000": "30.48",
        "populations-officers_per_1000": "2.09",
    }


def test_the_last_point_of_a_line_is_the_value(further: list[Row], results: dict[str, Result]) -> None:
    lines = {row["part_of"] for row in further if row["part_of"].endswith("-trend")}
    assert {"crime_per_1000-trend", "asb_incidents_per_1000-trend"} <= lines
    for line in lines:
        mine = [row for row in further if row["part_of"] == line and row["force_id"] == "norfolk"]
        last = max(mine, key=lambda row: row["period_end"])
        own = results[line.removesuffix("-trend")].of("norfolk")
        assert float(last["value"]) == pytest.approx(own.value)
        assert int(last["numerator"]) == own.numerator


def test_groups_of_outcomes_add_up_to_their_total(further: list[Row]) -> None:
    for force_id in ("norfolk", ENGLAND_AND_WALES):
        mine = {
            row["measure"].removeprefix("outcome-spread-"): row
            for row in further
            if row["part_of"] == "outcome-spread" and row["force_id"] == force_id
        }
        total, apart = mine.pop("all"), mine.pop("difference")
        assert sum(int(row["numerator"]) for row in mine.values()) == int(total["numerator"])
        assert int(total["numerator"]) - int(total["denominator"]) == float(apart["value"])


def test_an_edition_without_the_measure_of_outcomes_has_no_groups(
    edition: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = Measures([edition.data.measure("crime_per_1000")])
    monkeypatch.setitem(vars(edition.data), "measures", only)
    assert "outcome-spread" not in values_of(edition).text("norfolk")


def test_a_batch_works_out_the_values_files_once(
    rows: list[Row], edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = values_files(edition, "norfolk", tmp_path)
    assert read(made.of_force.decode()) == rows
    monkeypatch.setattr("peel_analysis.batch.values._values_of", lambda *_: pytest.fail("it is kept"))
    assert values_files(edition, "norfolk", tmp_path) == made
