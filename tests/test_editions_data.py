"""Editions that cannot be used: one line that names the file and the setting, and how to put it right."""

import re
from pathlib import Path

import pytest
from invented import Folder
from refusals import answering_folder, refusal

from peel_analysis import measures
from peel_analysis.data.folder import open_data

EDITION = "editions/2017.toml"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return answering_folder(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[windows]", "[windows", r"not TOML: .*\(at line \d+, column \d+\); mend that line"),
        ("[windows]", "[window]", r"no setting 'window'; did you mean windows\? The settings are id, title,"),
        ("mid_year = 2016\n", "", "no setting 'mid_year'"),
        ('title = "', 'name = "', "there is no setting 'name'; the settings are id, title, "),
        ("end = 2017-06-30", 'end = "30 June"', r"\[windows\], crime: end is '30 June'; write a date without quotes"),
        ("end = 2017-06-30, months = 12", "end = 2017-06-30", r"\[windows\], crime: months is None; give a number"),
        ("start = 2017-07-21", "start = 2018-07-21", r"\[windows\], ipsos: it starts on 2018-07-21, after its end"),
        (
            'status = "estimated"',
            'state = "estimated"',
            "city-of-london: there is no setting 'state'; did you mean status",
        ),
        (
            "instead.city-of-london",
            "instead.londn",
            r"\[population\]: instead has 'londn', which is not in data/forces",
        ),
        ("[lacks.not_public]", "[lacks.secret]", r"\[lacks\]: no status 'secret' for a missing figure; use co"),
    ],
)
def test_an_edition_that_cannot_be_read(data: Folder, old: str, new: str, message: str) -> None:
    data.replace(EDITION, old, new)
    said = refusal(lambda: open_data().edition("2017"))
    assert said.startswith(f"data/{EDITION}"), said
    assert re.search(message, said), said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("crime_previous =", "crime_before =", "no window 'crime_previous'; add it under [windows]"),
        (
            'recorded_crime = "invented"',
            'recorded_crime = "2017-99"',
            "recorded_crime is to come from release 2017-99, but data/counts/recorded_crime/2017-99.csv does not exist",
        ),
        (
            'recorded_crime = "invented"\n',
            "",
            "no release for 'recorded_crime' and no reason why; name a release under",
        ),
        (
            'vintage = "2017"',
            'vintage = "2099"',
            "in vintage 2099; add the row, or name another vintage in data/editio",
        ),
    ],
)
def test_an_edition_that_asks_for_what_is_not_there(data: Folder, old: str, new: str, message: str) -> None:
    data.replace(EDITION, old, new)
    said = refusal(lambda: data.result("crime_per_1000"))
    assert message in said
    assert said.startswith("data/"), said
    assert f"data/{EDITION}" in said


def test_an_unknown_edition_gets_the_list(data: Folder) -> None:
    assert (
        refusal(lambda: open_data().edition(2018))
        == f"No edition '2018'; the editions are {', '.join(open_data().editions)}"
    )
    for path in (data.path / "editions").glob("*.toml"):
        path.unlink()
    assert refusal(lambda: open_data().edition("2017")) == "No edition '2017'; the editions are (none)"


def test_an_unknown_vintage_gets_those_that_are_held(data: Folder) -> None:
    other = data.edition().with_population(vintage="2099")
    said = refusal(lambda: measures.calculate(open_data().measure("crime_per_1000"), other))
    assert said.endswith("(for that year: 2017, 2018, 2018-revised, rebased-2021)")
