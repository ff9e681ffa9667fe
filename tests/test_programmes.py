"""Programmes of inspections: their questions and scale, and what is said of a declaration that is misspelt."""

from pathlib import Path

import pytest
from invented import Folder, folder
from refusals import assert_tells

from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.data.registers import JUDGMENTS

WHERE = "data/programmes.toml"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def test_adequate_is_a_grade_from_2021_22_on() -> None:
    four = ("Outstanding", "Good", "Requires improvement", "Inadequate")
    five = ("Outstanding", "Good", "Adequate", "Requires improvement", "Inadequate")
    scales = {one.id: one.grades for one in open_data().programmes.all}
    assert scales == dict.fromkeys(("2015", "2016", "2017", "2018/19"), four) | dict.fromkeys(
        ("2021/22", "2023-25"), five
    )


@pytest.mark.parametrize(
    ("edition_id", "said"),
    [
        (
            "2017",
            "Each question has a grade and the year in which it was last inspected. Grades run from outstanding "
            "through good and requires improvement to inadequate; specialist capabilities are not graded.",
        ),
        (
            "2025",
            "Each question has a grade, and there is no overall one. Grades run from outstanding through good, "
            "adequate and requires improvement to inadequate. Not every force was graded on how it records data about "
            "crime.",
        ),
    ],
)
def test_readers_are_told_the_scale(edition_id: str, said: str) -> None:
    programme = open_data().edition(edition_id).programme
    assert programme is not None
    assert programme.about_grades == said


def test_an_edition_has_the_sections_of_its_programme_under_its_titles() -> None:
    titles = {
        edition_id: [(plan.number, plan.title) for plan in open_data().edition(edition_id).sections]
        for edition_id in ("2017", "2019", "2025")
    }
    assert titles["2017"] == [(plan.number, plan.title) for plan in open_data().sections]
    assert titles["2019"] == [
        (0, "At a glance"),
        (1, "Force in numbers"),
        (2, "Risk-based inspection"),
        (3, "Effectiveness overview"),
        (4, "Preventing crime and tackling anti-social behaviour"),
        (5, "Investigating crime"),
        (9, "Annex A – About the data"),
    ]
    assert titles["2025"] == [
        (0, "At a glance"),
        (1, "Force in numbers"),
        (3, "Effectiveness overview"),
        (5, "Investigating crime"),
        (9, "Annex A – About the data"),
    ]


def test_a_section_that_another_programme_has_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match=r"^No section 'protecting' in edition 2025; its sections are at_a_glance, f"):
        open_data().edition("2025").section("protecting")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'title = "Armed policing"',
            'titel = "Armed policing"',
            "programme '2018/19', capabilities: there is no setting 'titel'; did you mean title?",
        ),
        (
            "graded = false",
            'graded = "no"',
            "programme '2017', capabilities: graded is 'no'; write true or false",
        ),
        ("run {grades}.", "run {grade}.", "programme '2015': about has {grade}, which is not filled in"),
        (
            '"Outstanding", "Good", "Requires improvement", "Inadequate"',
            '"Good"',
            "programme '2015': grades is ['Good']",
        ),
        ('mark = "n"', 'mark = "x"', "programme '2018/19': mark has 'x', which is not in a [[key]] of"),
        ("press = {", "papers = {", "programme '2018/19': marked has 'papers', which is not in the evidence"),
        ('id = "2016"', 'id = "2015"', ": two programmes have the id '2015'; give each its own"),
    ],
)
def test_a_programme_that_is_misspelt(data: Folder, old: str, new: str, message: str) -> None:
    data.write("programmes.toml", data.read("programmes.toml").replace(old, new, 1))
    with pytest.raises(InputError) as refused:
        _ = open_data().programmes
    message = message.replace("capabilities:", "question 'specialist_capabilities':")
    assert_tells(str(refused.value), WHERE + (message if message.startswith(":") else f", {message}"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "2018/19,bedfordshire,investigating,Good,",
            "2018/19,bedfordshire,investigating,Adequate,",
            "grade is 'Adequate'; use one of the grades of 2018/19: Outstanding, Good, Requires improvement",
        ),
        (
            "2018/19,bedfordshire,investigating,Good,",
            "2018/19,bedfordshire,investigating,,",
            "grade is ''; use one of the grades of 2018/19: Outstanding",
        ),
        (
            "2018/19,norfolk,investigating,,2018/19,summary",
            "2018/19,norfolk,investigating,Good,2018/19,summary",
            "grade is 'Good', and summary says that none was read; leave it blank",
        ),
        (
            "2023-25,sussex,responding,Good,",
            "2023-25,sussex,overall,Good,",
            "question is 'overall', which programme 2023-25 of data/programmes.toml does not have; use one of",
        ),
    ],
)
def test_a_judgment_that_its_programme_does_not_know_is_told_with_its_line(
    data: Folder, old: str, new: str, message: str
) -> None:
    lines = data.read("judgments.csv").split("\n")
    [line] = [number for number, text in enumerate(lines, start=1) if text.startswith(old)]
    data.replace("judgments.csv", old, new)
    with pytest.raises(InputError) as refused:
        open_data().register(JUDGMENTS)
    assert_tells(str(refused.value), f"data/judgments.csv, line {line}: {message}")


def test_a_folder_without_programmes_goes_by_the_projects_own(data: Folder) -> None:
    own = open_data().programmes.ids
    (data.path / "programmes.toml").unlink()
    assert open_data().programmes.ids == own
