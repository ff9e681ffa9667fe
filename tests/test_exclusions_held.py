"""Registers that have expired: an exclusion of a count that is held by now, and rows that match no figure any more.

All counts here are invented.
"""

from pathlib import Path

import pytest
from command import run
from invented import DATA, YEAR_2016, YEAR_2017, Folder, all_forces, folder

from peel_analysis.checks.data_checks import check_registers
from peel_analysis.checks.rules import Finding
from peel_analysis.data.folder import open_data
from peel_analysis.measures.calculation import calculate_all
from peel_analysis.measures.result import check_results
from peel_analysis.show.footnotes import footnotes

DURHAM = "2017,da_arrest_rate,2017,durham,excluded_from_figure,not_supplied,"
NOW_HELD = "Durham's domestic abuse arrests of 2017 are now held"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A folder in which every force returned its arrests and offences, Durham too."""
    made = folder(tmp_path, monkeypatch)
    made.counts(
        {
            "domestic_abuse_offences": [*all_forces(YEAR_2017, 6000), *all_forces(YEAR_2016, 6000)],
            "domestic_abuse_arrests": [*all_forces(YEAR_2017, 2000), *all_forces(YEAR_2016, 2000)],
            "recorded_crime": [*all_forces(YEAR_2017, 90_000), *all_forces(YEAR_2016, 90_000)],
        }
    )
    return made


def contradicted(data: Folder) -> tuple[Finding, ...]:
    return check_results([data.result("da_arrest_rate")], data.edition().data)[1].findings


def line_of(data: Folder, opening: str) -> int:
    return next(n for n, line in enumerate(data.read("exclusions.csv").splitlines(), 1) if line.startswith(opening))


def test_a_count_that_appears_for_a_force_left_out_is_said_with_its_line_and_the_remedy(data: Folder) -> None:
    result = data.result("da_arrest_rate")
    durham = result.of("durham")
    assert (durham.is_missing, durham.status) == (True, "not_supplied"), "the row is obeyed"
    place = f"data/exclusions.csv, line {line_of(data, DURHAM)}"
    for said in (durham.note, next(one.sentence for one in footnotes(result) if "durham" in one.force_ids)):
        assert NOW_HELD in said
        assert place in said
        assert "take the row out, or write yes under although_held" in said
    assert "now held" not in result.of("kent").note


def test_the_check_lists_each_of_them_as_a_query(data: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    found = {one.force_id for one in contradicted(data) if one.table == "da_arrest_rate"}
    assert {"durham", "lancashire", "warwickshire", "west-mercia", "cambridgeshire"} <= found
    code, said, _ = run(capsys, "check", "--edition", "2017", "--data", str(data.path))
    assert code == 1, "the folder has no counts for other measures, and a report would be refused"
    assert f"query: da_arrest_rate, Durham: {NOW_HELD}" in said


def test_what_is_left_out_on_purpose_is_silent(data: Folder) -> None:
    for effect in ("excluded_from_figure", "excluded_from_national"):
        said = f",durham,{effect},not_supplied,"
        data.replace("exclusions.csv", f"{said},", f"{said}yes,")
    durham = data.result("da_arrest_rate").of("durham")
    assert (durham.is_missing, durham.status) == (True, "not_supplied")
    assert "now held" not in durham.note
    assert "durham" not in {one.force_id for one in contradicted(data)}


def test_a_row_taken_out_brings_the_count_back_at_the_next_call(data: Folder) -> None:
    assert data.result("da_arrest_rate").of("durham").status == "not_supplied"
    lines = data.read("exclusions.csv").splitlines(keepends=True)
    data.write("exclusions.csv", "".join(one for one in lines if ",2017,durham," not in one))
    assert data.result("da_arrest_rate").of("durham").status == "reported"


def test_a_part_that_a_partial_return_is_said_to_lack_is_held(data: Folder) -> None:
    powers = ("criminal_behaviour_orders", "community_protection_notices", "civil_injunctions", "dispersal_orders")
    data.counts({item: all_forces(YEAR_2017) for item in powers})
    merseyside = data.result("asb_powers_per_million").of("merseyside")
    assert "Merseyside's dispersal orders of 2017 are now held" in merseyside.note
    assert merseyside.numerator == 3 * data.result("asb_cbo").of("merseyside").numerator, "the row is obeyed"


def test_every_exclusion_of_the_project_s_own_data_that_a_count_contradicts_is_on_purpose() -> None:
    data = open_data(DATA)
    for edition_id in data.editions:
        assert [one.contradicted for one in calculate_all(data.edition(edition_id)) if one.contradicted] == []


def test_the_project_s_own_registers_match_figures_that_there_are() -> None:
    data = open_data(DATA)
    results = check_registers(data, [data.edition(one) for one in data.editions])
    assert [one.rule.id for one in results] == ["caveats_apply", "comparability_apply", "series_breaks_apply"]
    assert [one.found for result in results for one in result.findings] == []


@pytest.mark.parametrize(
    ("file", "old", "new", "where", "found"),
    [
        (
            "caveats.csv",
            "\n2019,recorded-crime-release,crime_per_1000;crime_change_12m;crime_change_5y,",
            "\n2019,recorded-crime-release,ocg_per_million,",
            "data/caveats.csv, line ",
            "no figure of ocg_per_million in edition 2019",
        ),
        (
            "comparability.toml",
            'years = ["2016", "2017"]\nreason = "Forces were asked',
            'years = ["2006", "2007"]\nreason = "Forces were asked',
            "data/comparability.toml, block 'calls_2016_2017'",
            "no window of these measures ends in 2006 or 2007",
        ),
        (
            "series_breaks.csv",
            "recorded_crime,all,2014-01-01,2014-12-31,",
            "recorded_crime,all,1914-01-01,1914-12-31,",
            "data/series_breaks.csv, line 2",
            "no table of recorded_crime reaches these days",
        ),
    ],
)
def test_a_row_that_matches_nothing_any_more_is_a_query(
    data: Folder, file: str, old: str, new: str, where: str, found: str
) -> None:
    data.replace(file, old, new)
    opened = open_data(data.path)
    results = check_registers(opened, [opened.edition(one) for one in opened.editions])
    findings = [one for result in results for one in result.findings if one.table.startswith(where)]
    assert [one.level for one in findings if found in one.found] == ["query"]
