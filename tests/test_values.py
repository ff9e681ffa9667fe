"""The values file: a contract for other programs."""

import csv
import io
import json
import math
import re

import pandas as pd
import pytest

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.registers import STATUSES
from peel_analysis.show import values
from peel_analysis.show.words import value_in_words

CONTRACT = "edition measure force_id period_end value numerator denominator unit status note release"


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return values.values(open_data().edition("2017"))


@pytest.fixture(scope="module")
def rows(table: pd.DataFrame) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(values.as_csv(table))))


def test_the_columns_of_the_contract_come_first_and_in_their_order(rows: list[dict[str, str]]) -> None:
    assert list(rows[0])[:11] == CONTRACT.split()
    assert list(rows[0]) == list(values.COLUMNS)


def test_every_measure_has_43_forces_and_england_and_wales(rows: list[dict[str, str]]) -> None:
    everyone = [*open_data().forces.ids, ENGLAND_AND_WALES]
    for measure in open_data().measures:
        assert [row["force_id"] for row in rows if row["measure"] == measure.id] == everyone
    assert len(rows) == 44 * len(open_data().measures) == 44 * 26


def test_a_missing_value_is_empty_and_its_status_says_why(rows: list[dict[str, str]]) -> None:
    has_value = open_data().register(STATUSES).set_index("status")["has_value"].to_dict()
    for row in rows:
        assert (row["value"] != "") == (has_value[row["status"]] == "yes"), row
        assert row["value"] not in ("nan", "None", "0.0"), row
        assert row["value"] or row["note"], row


def test_values_are_not_rounded(rows: list[dict[str, str]]) -> None:
    found = {(row["measure"], row["force_id"]): row for row in rows}
    norfolk = found["crime_per_1000", "norfolk"]
    assert float(norfolk["value"]) == 1000 * int(norfolk["numerator"]) / int(norfolk["denominator"])
    assert norfolk["denominator"] == "892870"
    assert len(norfolk["value"]) > 8
    assert found["da_arrest_rate", "norfolk"]["value"] == "57.7"


def test_counts_are_whole_and_ends_are_dates(rows: list[dict[str, str]]) -> None:
    for row in rows:
        for name in ("numerator", "denominator", "comparator_numerator", "comparator_denominator"):
            number = row[name].removeprefix("-")
            if "officer" in row["measure"]:  # officers are counted in full-time equivalents
                number = number.replace(".", "", 1)
            assert number == "" or number.isdigit(), row
        assert row["period_end"].startswith("2017-")
        assert row["comparator_period_end"] in ("", "2016-06-30", "2016-03-31", "2016-07-01")


def test_a_comparator_says_why_it_is_missing(rows: list[dict[str, str]]) -> None:
    for row in rows:
        if row["comparator_period_end"] and not row["comparator_value"] and row["force_id"] != ENGLAND_AND_WALES:
            assert row["comparator_status"], row
            assert row["comparator_note"], row


def test_members_are_those_of_the_national_value(rows: list[dict[str, str]]) -> None:
    found = {row["measure"]: row["members"] for row in rows if row["force_id"] == ENGLAND_AND_WALES}
    assert (found["crime_per_1000"], found["outcome_charged_pct"], found["da_arrest_rate"]) == ("43", "42", "0")


def test_intervals_and_ranks_and_verdicts_come_together(rows: list[dict[str, str]]) -> None:
    for row in rows:
        if row["lower_95"]:
            limits = [float(row[name]) for name in ("lower_998", "lower_95", "value", "upper_95", "upper_998")]
            assert limits == sorted(limits), row
            assert row["numerator"], "an interval needs a count"
        assert bool(row["rank_first"]) == bool(row["rank_last"])
        if row["rank_first"]:
            assert 1 <= int(row["rank_first"]) <= int(row["rank_last"]) <= int(row["ranked"])
        if row["force_id"] == ENGLAND_AND_WALES:
            assert (row["rank_first"], row["verdict"], row["verdict_reason"]) == ("", "", "")
        else:
            assert bool(row["verdict"]) != bool(row["verdict_reason"]), row
        assert re.fullmatch(r"2\.0\+[0-9a-f]{8}", row["policy_version"])


def test_a_verdict_compares_the_values_as_they_are_shown() -> None:
    edition = open_data().edition("2017")
    for measure in open_data().measures:
        compared = compare(measures.calculate(measure, edition))
        for force_id, verdict in compared.verdicts.items():
            if verdict.shown is not None:
                words = value_in_words(measure, compared.result.of(force_id).value)
                assert words.strip("+%").replace(",", "") == str(verdict.shown), (measure.id, force_id)


def test_a_chosen_measure_alone() -> None:
    table = values.values(open_data().edition("2017"), [open_data().measure("crime_per_1000")])
    assert set(table["measure"]) == {"crime_per_1000"}
    assert len(table) == 44


def test_json_holds_the_same_with_null_for_missing(table: pd.DataFrame, rows: list[dict[str, str]]) -> None:
    given = json.loads(values.as_json(table), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert len(given) == len(rows)
    for one, row in zip(given, rows, strict=True):
        assert (one["value"] is None) == (row["value"] == "")
        if one["value"] is not None:
            assert math.isclose(one["value"], float(row["value"]), rel_tol=1e-15)
        assert one["force_id"] == row["force_id"]
        assert str(one["rank_first"] or "") == row["rank_first"]


def test_csv_can_be_read_back_as_it_was(table: pd.DataFrame) -> None:
    text = values.as_csv(table)
    assert text.endswith("\n")
    assert "\r" not in text
    back = pd.read_csv(io.StringIO(text))
    assert back["value"].to_numpy() == pytest.approx(table["value"].to_numpy(dtype=float), nan_ok=True, rel=0, abs=0)


@pytest.mark.parametrize("edition", ["2019", "2025"])
def test_other_editions_give_all_rows_too(edition: str) -> None:
    table = values.values(open_data().edition(edition))
    assert len(table) == 44 * 26
    assert (table["value"].notna() | (table["note"] != "")).all()
