"""What a reading says of its tests: position is told from the middle of the forces, a test that stood alone as such."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from invented import YEAR_2016, YEAR_2017, all_forces, folder

from peel_analysis.comparison import compare
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.reports import values_file
from peel_analysis.show import words as wording

ALONE = "(by the size rule alone; no other force's figure is public)"


def test_a_force_on_the_other_side_of_the_middle_is_not_said_to_be_within_the_spread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The invented forces record 10 to 94 crimes a thousand people; one with most of the people records none."""
    data = folder(tmp_path, monkeypatch)
    given = {one: 10_000 + 2_000 * place for place, one in enumerate(open_data().forces.ids)} | {"metropolitan": 0}
    data.counts({"recorded_crime": [*all_forces(YEAR_2017, instead=given), *all_forces(YEAR_2016, instead=given)]})
    data.population(dict.fromkeys(open_data().forces.ids, 1_000_000) | {"metropolitan": 400_000_000})
    result = data.result("crime_per_1000")
    verdict = compare(result).verdicts["avon-and-somerset"]
    assert verdict.robust_z is not None
    assert verdict.robust_z < -1
    said = wording.reading(result, "avon-and-somerset")
    assert re.search(
        r"above the England and Wales rate of [\d.]+, and on the other side of the middle of the forces", said
    )
    assert "often" not in said


def test_a_figure_that_stands_alone_is_told_by_size_alone(results: dict[str, Result]) -> None:
    for measure_id in ("da_arrest_rate", "da_charge_rate", "da_voluntary_attendance_rate", "clares_law_rtk_per_100k"):
        said = wording.reading(results[measure_id], "norfolk")
        assert f"{ALONE}." in said, measure_id
    assert "by the size rule" not in wording.reading(results["outcome_charged_pct"], "norfolk")


def test_a_few_forces_are_not_called_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invented calls of seven forces; the others supplied none."""
    data = folder(tmp_path, monkeypatch)
    silent = dict.fromkeys(open_data().forces.ids[7:], "not_supplied")
    data.counts({"calls": all_forces(YEAR_2017, 90_000, instead=silent)})
    said = wording.reading(data.result("calls_per_1000"), open_data().forces.ids[0])
    assert "(by the size rule alone; too few forces have a comparable figure)" in said


@pytest.mark.parametrize(
    ("measure_id", "force_id", "words"),
    [
        ("calls_per_1000", "kent", "no figure for Kent Police (not public). Forces gave"),
        ("da_share_of_crime_pct", "kent", "no figure for Kent Police (not public). The Home Office gave HMICFRS"),
        ("file_review_da_supervision", "kent", "no figure for Kent Police (not published)."),
        ("ocg_per_million", "city-of-london", "no figure for City of London Police (not comparable)."),
        ("outcome_charged_pct", "suffolk", "no figure for Suffolk Constabulary (not supplied)."),
    ],
)
def test_which_kind_of_figure_is_missing(
    results: dict[str, Result], measure_id: str, force_id: str, words: str
) -> None:
    assert wording.no_figure(results[measure_id], force_id).startswith(words)


def test_a_status_without_words_leaves_no_empty_brackets() -> None:
    own = SimpleNamespace(status="reported", note="It is not drawn.")
    result = SimpleNamespace(edition=open_data().edition("2017"), of=lambda _: own)
    assert wording.no_figure(cast(Any, result), "dorset") == "no figure for Dorset Police. It is not drawn."


def test_the_middle_of_the_forces_is_in_the_values_file_once_a_measure(results: dict[str, Result]) -> None:
    told = [one for one in values_file.medians(results.values()) if one["measure"].endswith("-median")]
    rows = {one["part_of"]: one for one in told}
    assert len(rows) == len(told)
    assert wording.value_in_words(results["crime_per_1000"].measure, rows["crime_per_1000"]["value"]) == "70.2"
    assert "da_arrest_rate" not in rows, "one force has no middle"
    assert all(one["force_id"] == "england-and-wales" for one in told)
