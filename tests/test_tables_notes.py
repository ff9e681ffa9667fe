"""What stands under a table of forces: the key to the marks that are in it, and what its intervals are."""

import re

import pytest
from bs4 import BeautifulSoup

from peel_analysis import measures
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.show import tables
from peel_analysis.statistics.intervals import CASES_ARE_A_SAMPLE, COUNTS_NOT_SAMPLES

SHOWN = [measure.id for measure in open_data().measures if measure.kind != "survey"]  # a survey has no table
KINDS = [(edition, measure_id) for edition in ("2017", "2019", "2025") for measure_id in SHOWN]


def table(edition: str, measure_id: str) -> BeautifulSoup:
    result = measures.calculate(open_data().measure(measure_id), open_data().edition(edition))
    return BeautifulSoup(tables.by_force(result, "norfolk"), "html.parser")


@pytest.mark.parametrize(("edition", "measure_id"), KINDS)
def test_the_key_has_the_marks_of_the_values_and_no_others(edition: str, measure_id: str) -> None:
    html = table(edition, measure_id)
    shown = {sign for cell in html.select(".numbers td:not(.words)") for sign in re.findall(r"\[\w\]", cell.get_text())}
    keys = [one.get_text() for one in html.select("p.key") if one.get_text().startswith("Key:")]
    assert set(re.findall(r"\[\w\]", " ".join(keys))) == shown


def test_the_file_review_is_told_as_a_sample(results: dict[str, Result]) -> None:
    html = tables.by_force(results["file_review_da_supervision"], "norfolk")
    assert "28% to 63%" in html
    assert CASES_ARE_A_SAMPLE in html
    assert COUNTS_NOT_SAMPLES not in html
    counted = tables.by_force(results["crime_per_1000"], "norfolk")
    assert COUNTS_NOT_SAMPLES in counted
    assert CASES_ARE_A_SAMPLE not in counted


@pytest.mark.parametrize(("edition", "measure_id"), KINDS)
def test_what_intervals_are_is_said_where_there_is_one_and_nowhere_else(edition: str, measure_id: str) -> None:
    html = table(edition, measure_id)
    heads = [one.get_text() for one in html.select("thead th")]
    said = [one for one in html.select("p.key") if "the interval" in one.get_text()]
    if open_data().measure(measure_id).is_context:  # told without intervals
        assert (said, [one for one in heads if "interval" in one]) == ([], [])
        return
    place = heads.index("95% interval") - 1
    cells = [row.select("td")[place].get_text() for row in html.select("tbody tr")]
    assert bool(said) == any(" to " in cell for cell in cells)
