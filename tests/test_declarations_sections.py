"""Misspelt sections, comparability blocks and peer sets: each is refused in one line that names the entry."""

from collections.abc import Callable
from pathlib import Path

import pytest
from invented import Folder, folder
from refusals import assert_tells

from peel_analysis.cli import main
from peel_analysis.comparison.comparable import peer_groups
from peel_analysis.data import files
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.data.settings import SectionEntry

NUMBERS = "data/sections.toml, section 'force_in_numbers'"
CALLS = f"{NUMBERS}, block 'Calls for assistance'"
TOGETHER = "data/comparability.toml, block 'tracked_and_untracked_outcomes'"
CALLS_2016 = "data/comparability.toml, block 'calls_2016_2017'"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def refusal(data: Folder, file: str, old: str, new: str, read: Callable[[], object]) -> str:
    """Return what is said of a file in which one text, the first of its kind, is another."""
    text = data.read(file)
    assert old in text
    data.write(file, text.replace(old, new, 1))
    with pytest.raises(InputError) as refused:
        read()
    return str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'id = "force_in_numbers"\n',
            'id = "force_in_numbers"\nparts = ["a"]\n',
            f"{NUMBERS}: there is no setting 'parts'; the settings are {', '.join(SectionEntry.settings())}",
        ),
        (
            'title = "Force in numbers"',
            'titel = "Force in numbers"',
            f"{NUMBERS}: there is no setting 'titel'; did you mean title?",
        ),
        (
            'measures = ["calls_per_1000", "da',
            'measures = ["calls_per_100", "da',
            f"{CALLS}: measures has 'calls_per_100', which is not in data/measures.toml; did you mean calls_per_1000?",
        ),
        (
            'measures = ["calls_per_1000", "da_calls_per_1000"]',
            'measures = "calls_per_1000"',
            f"{CALLS}: measures is 'calls_per_1000'; write a list in brackets",
        ),
        (
            'measures = ["calls_per_1000", "da_calls_per_1000"]',
            "measures = []",
            f"{CALLS}: measures is an empty list; name what the tiles show, or take the block out",
        ),
        (
            "recorded {window}. Outcomes",
            "recorded {windw}. Outcomes",
            f"{NUMBERS}, block 'Crime outcomes*': note has {{windw}}, which is not filled in; there are {{window}}",
        ),
        (
            'headline_measures = ["crime_per_1000"',
            'headline_measures = ["crimes"',
            "data/sections.toml, section 'at_a_glance': headline_measures has 'crimes', which is not in "
            "data/measures.toml; mend the name or add it there",
        ),
        (
            'programmes = ["2017", "2018/19"]',
            'programmes = ["2017", "2018-19"]',
            "data/sections.toml, section 'risk_based_inspection': programmes has '2018-19', which is not in "
            "data/programmes.toml; did you mean 2018/19?",
        ),
        (
            'question = "vulnerable"',
            'question = "vulnerabel"',
            "data/sections.toml, section 'protecting': question has 'vulnerabel', which is not in "
            "data/programmes.toml; did you mean vulnerable?",
        ),
        (
            'id = "preventing"',
            'id = "investigating"',
            "data/sections.toml: two sections have the id 'investigating'; give each its own",
        ),
    ],
)
def test_a_section_that_is_misspelt(data: Folder, old: str, new: str, message: str) -> None:
    assert_tells(refusal(data, "sections.toml", old, new, lambda: open_data().sections), message)


def test_a_section_without_its_notebook_is_named_and_nothing_is_written(
    data: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data.replace("sections.toml", 'id = "annex_a"', 'id = "annex_b"')
    assert main(["report", "norfolk", "--data", str(data.path), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == (
        "peel: data/sections.toml, section 'annex_b': no notebook 09_annex_b.ipynb in "
        f"{files.notebooks_folder()}; add it, named by place and id\n"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"outcome_charged_pct", ',
            '"outcome_charged", ',
            f"{TOGETHER}: measures has 'outcome_charged', which is not in data/measures.toml; did you mean "
            "outcome_charged_pct?",
        ),
        (
            'with = ["da_charge_rate", ',
            'wth = ["da_charge_rate", ',
            f"{TOGETHER}: there is no setting 'wth'; did you mean with? The settings are id, kind, measures, with, "
            "forces, years, reason, said_in",
        ),
        (
            'with = ["da_charge_rate", "da_arrest_rate", "da_voluntary_attendance_rate"]\n',
            "",
            f"{TOGETHER}: no with; a block of kind together needs reason, said_in, measures, with",
        ),
        (
            'years = ["2016", "2017"]',
            "years = [2016, 2017]",
            f'{CALLS_2016}: years is [2016, 2017]; write a list of texts in quotes, as ["a", "b"]',
        ),
        (
            'years = ["2016", "2017"]',
            'years = ["2016/17"]',
            f"{CALLS_2016}: years has '2016/17'; write years of four figures in quotes, or \"all\"",
        ),
        (
            '"warwickshire"',
            '"warwick"',
            "data/comparability.toml, block 'organised_crime_groups_2016_2017': forces has 'warwick', which is not in "
            "data/forces.csv; did you mean warwickshire?",
        ),
    ],
)
def test_a_comparability_block_that_refuses_nothing(data: Folder, old: str, new: str, message: str) -> None:
    assert_tells(refusal(data, "comparability.toml", old, new, lambda: open_data().blocks), message)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "peer_sets.toml",
            "size = 7",
            "sise = 7",
            "data/peer_sets.toml, set 'density': there is no setting 'sise'; did you mean size? "
            "The settings are id, title, as_at, method, note, size",
        ),
        (
            "peer_sets.toml",
            "size = 7\n",
            "",
            "data/peer_sets.toml, set 'density': size is 0; write how many forces are in the set, as 7",
        ),
        (
            "peer_sets.toml",
            'method = "region"\n',
            'method = "region"\nsize = 3\n',
            "data/peer_sets.toml, set 'region': size is never used by the method region; take it out",
        ),
        (
            "peer_sets.toml",
            'title = "forces of the same region"',
            'title = ""',
            "data/peer_sets.toml, set 'region': title is blank; write what readers shall see over these peers",
        ),
        (
            "peer_sets.toml",
            'title = "forces of the same region"',
            'title = "best"',
            "data/peer_sets.toml, set 'region': title is 'best', and 'best' is a word of judgment; write it without",
        ),
        (
            "peer_sets.toml",
            "mid-{mid_year}",
            "mid-{year}",
            "data/peer_sets.toml, set 'density': as_at has {year}, which is not filled in; there are {mid_year}",
        ),
        (
            "peer_sets.toml",
            '["city-of-london"]',
            '["city"]',
            "data/peer_sets.toml, [none]: forces has 'city', which is not in data/forces.csv; mend the name or add "
            "it there",
        ),
        (
            "force_areas.csv",
            "bedfordshire,1229.04",
            "bedfordshire,big",
            "data/force_areas.csv, line 3: area_km2 is 'big'; write square kilometres, a number above zero",
        ),
        (
            "force_areas.csv",
            "bedfordshire,1229.04",
            "bedfordshire",
            "data/force_areas.csv, line 3: 1 cell for 2 columns; put a comma for every cell, a blank one too",
        ),
        (
            "force_areas.csv",
            "area_km2",
            "area",
            "data/force_areas.csv, line 1: expected columns force_id, area_km2; found force_id, area",
        ),
    ],
)
def test_peers_that_cannot_be_worked_out(data: Folder, file: str, old: str, new: str, message: str) -> None:
    assert_tells(refusal(data, file, old, new, lambda: peer_groups(open_data().edition("2017"), "norfolk")), message)
