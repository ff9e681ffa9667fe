"""How many flags chance alone would give: the comparisons that are really made, wherever the number is printed."""

import re
from pathlib import Path

import pytest
from command import run
from invented import YEAR_2016, YEAR_2017, all_forces, folder

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.comparison.verdicts import NO_FUNNELS, expected_flags
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.reports.values_file import POLICY, STANDING_OUT, flags
from peel_analysis.sections.annex import open_annex
from peel_analysis.sections.section import open_section

MADE = {
    "2017": (42 + 42 + 39 + 38, "0.3", "3.7"),
    "2019": (42 + 42 + 4 * 38, "0.5", "5.4"),
    "2025": (42 + 4 * 40, "0.4", "5.0"),
}
COUNTED = re.compile(r"(\d+) comparisons .*? about ([\d.]+) would .*? about ([\d.]+) where")


def said(text: str) -> tuple[int, str, str]:
    """Return what the note says: comparisons, and the flags to expect without and with forces that differ."""
    found = COUNTED.search(" ".join(text.split()))
    assert found is not None, text
    return int(found[1]), found[2], found[3]


def results_of(edition: Edition) -> list[Result]:
    return [measures.calculate(measure, edition) for measure in open_data().measures]


@pytest.mark.parametrize("edition_id", MADE)
def test_the_overview_annex_a_and_the_values_file_say_the_same_number(edition_id: str) -> None:
    edition = open_data().edition(edition_id)
    overview = open_section("effectiveness_overview", "norfolk", edition_id)
    for text in (overview.standing_out().html, open_annex("norfolk", edition_id).wording_policy().html):
        assert said(text) == MADE[edition_id]
        assert "over all forces and these figures" in text
    rows = [one for one in flags(edition, results_of(edition)) if one["measure"].endswith("-comparisons")]
    assert [(one["part_of"], one["value"]) for one in rows] == [
        (STANDING_OUT, MADE[edition_id][0]),
        (POLICY, MADE[edition_id][0]),
    ]


@pytest.mark.parametrize("edition_id", MADE)
def test_peel_policy_prints_the_number_to_expect(edition_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "policy", "--edition", edition_id)
    assert code == 0
    assert said(out) == MADE[edition_id]


def test_of_one_measure_it_is_the_number_of_its_own_funnel(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "policy", "--measure", "outcome_action_taken_pct")
    assert said(out)[0] == 38
    _, out, _ = run(capsys, "policy", "--measure", "crime_change_12m")
    assert COUNTED.search(out) is None
    assert f"- {NO_FUNNELS}" in out.splitlines()


def test_a_force_that_takes_no_part_in_a_funnel_is_no_comparison(edition: Edition, results: dict[str, Result]) -> None:
    crime, charged = (compare(results[one]) for one in ("crime_per_1000", "outcome_charged_pct"))
    assert crime.funnel is not None
    assert charged.funnel is not None
    expected = expected_flags([crime.result, charged.result])
    assert expected is not None
    assert expected.tests == sum(int(one.funnel.eligible.sum()) for one in (crime, charged) if one.funnel)
    assert expected.tests == 42 + 39, "not the larger of the two, twice"


def test_an_edition_without_a_funnel_says_no_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invented crimes of five forces: too few for any funnel."""
    data = folder(tmp_path, monkeypatch)
    silent: dict[str, int | str | None] = dict.fromkeys(open_data().forces.ids[5:], "not_supplied")
    rows = [*all_forces(YEAR_2017, instead=silent), *all_forces(YEAR_2016, instead=silent)]
    data.counts({"recorded_crime": rows})
    result = data.result("crime_per_1000")
    assert expected_flags([result]) is None
    told = {one["measure"].removeprefix(f"{POLICY}-"): one["value"] for one in flags(data.edition(), [result])}
    assert not {"comparisons", "by-chance", "outside"} & told.keys()
    assert told["verdicts"] == 4, "the rate of the City of London rests on an assumed population"
