"""What stands under a figure beside the missing: incomplete records within England and Wales, and what is counted."""

import pytest

from peel_analysis import measures
from peel_analysis.data import registers
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.measures.outcome_groups import spread_of
from peel_analysis.sections import outcomes
from peel_analysis.show.footnotes import footnotes


def result(edition: str, measure_id: str) -> Result:
    return measures.calculate(open_data().measure(measure_id), open_data().edition(edition))


def sentences(one: Result) -> list[str]:
    return [note.sentence for note in footnotes(one)]


@pytest.mark.parametrize(
    ("edition", "warning"),
    [
        ("2017", "It includes three incomplete records."),
        ("2019", "It includes one incomplete record. It includes four records that do not match."),
        ("2025", "It includes three incomplete records."),
    ],
)
def test_england_and_wales_warns_of_the_incomplete_records_in_it(edition: str, warning: str) -> None:
    one = result(edition, "outcome_charged_pct")
    assert one.national_warning == warning
    first = sentences(one)[0]
    assert first.startswith("England and Wales is based on ")
    assert first.endswith(warning or "the sum of their counts over the sum of their denominators.")
    spread = outcomes.footnotes(spread_of(open_data().edition(edition), "norfolk"))[-1]
    assert spread.endswith(warning or "the sum of their recorded crimes.")


def test_the_earlier_england_and_wales_warns_too() -> None:
    assert "2016 value of England and Wales: it includes five incomplete records." in sentences(
        result("2017", "outcome_charged_pct")
    )
    for edition, year in (("2019", "2018"), ("2025", "2024")):
        warning = f"{year} value of England and Wales: it includes one incomplete record."
        told = sentences(result(edition, "outcome_charged_pct"))
        assert warning in told, edition
        assert sum(one.startswith(f"{year} value shown in the table with the mark [u]: ") for one in told) == 1
    assert not any("value of England and Wales" in one for one in sentences(result("2017", "crime_per_1000")))


@pytest.mark.parametrize(("edition", "has_22"), [("2017", True), ("2019", False), ("2025", True)])
def test_action_taken_names_the_outcomes_that_it_counts(edition: str, has_22: bool) -> None:
    told = [one for one in sentences(result(edition, "outcome_action_taken_pct")) if one.startswith("Action taken")]
    assert len(told) == 1
    assert told[0].startswith("Action taken, version 1, counts these outcomes: “Charged or summonsed”, ")
    rows = registers.records(open_data().register(registers.OUTCOME_GROUPS))
    for row in rows:
        counted = row["in_action_taken"] == "yes" and (row["outcome_type"] != "22" or has_22)
        assert (f"“{row['outcome_words']}”" in told[0]) == counted, row["outcome_words"]


def test_a_measure_of_one_outcome_names_none() -> None:
    assert not any("counts these outcomes" in one for one in sentences(result("2017", "outcome_charged_pct")))


def test_the_spread_names_its_grouping_in_words() -> None:
    notes = outcomes.footnotes(spread_of(open_data().edition("2017"), "norfolk"))
    assert "as the Home Office groups them (version 1 of the grouping)" in notes[0]
    assert not any("_" in note for note in notes), "no id is printed"
