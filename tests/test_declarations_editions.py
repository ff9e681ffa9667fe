"""Misspelt editions: each is refused in one line that names the place and the remedy."""

from pathlib import Path

import pytest
from invented import Folder, folder
from refusals import assert_tells

from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data

EDITION = "data/editions/2017.toml"
EDITION_SETTINGS = "id, title, judgments, about, sources, source_instead, windows, population, releases, lacks"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'title = "PEEL',
            'titel = "PEEL',
            f"{EDITION}: there is no setting 'titel'; did you mean title? The settings are {EDITION_SETTINGS}",
        ),
        (
            'mid_year = 2016\nvintage = "2017"',
            'mid_year = 2016\nvintge = "2017"',
            f"{EDITION}, [population]: there is no setting 'vintge'; did you mean vintage? "
            "The settings are mid_year, vintage, sentence, instead",
        ),
        ('vintage = "2017"', "vintage = 2017", f"{EDITION}, [population]: vintage is 2017; write text in quotes"),
        ("mid_year = 2016", 'mid_year = "2016"', f"{EDITION}, [population]: mid_year is '2016'; write a whole number"),
        (
            "crime = { end = 2017-06-30, months = 12 }",
            "crime = { end = 2017-06-30, month = 12 }",
            f"{EDITION}, [windows], crime: there is no setting 'month'; did you mean months? "
            "The settings are end, start, months",
        ),
        (
            "crime = { end = 2017-06-30, months = 12 }",
            "crime = 2017-06-30",
            f"{EDITION}, [windows]: crime is datetime.date(2017, 6, 30); write settings in braces or under a heading",
        ),
        (
            "crime = { end = 2017-06-30, months = 12 }",
            "crime = { end = 2017-06-30T00:00:00, months = 12 }",
            f"{EDITION}, [windows], crime: end is datetime.datetime(2017, 6, 30, 0, 0); write a date without quotes, "
            "as 2017-06-30",
        ),
        (
            "start = 2017-07-21 }",
            "start = 2017-07-21, months = 1 }",
            f"{EDITION}, [windows], ipsos: it has both a start and months; take one out",
        ),
        (
            'status = "estimated"',
            'status = "guessed"',
            f"{EDITION}, [population.instead], city-of-london: status is 'guessed'; use one of reported, as_published, "
            "partial, incomplete, mismatched, estimated",
        ),
        (
            'id = "2017"',
            'id = "2018"',
            f"{EDITION}: id is '2018' and the file is named 2017.toml; give both the same name",
        ),
        ('id = "2017"\n', "", f"{EDITION}: no setting 'id'; add it: text in quotes"),
        (
            'items = ["ipsos_public_survey", "staff_survey"]',
            'items = "staff_survey"',
            f"{EDITION}, [lacks.not_applicable]: items is 'staff_survey'; write a list in brackets",
        ),
        (
            'short = "No value in this report"',
            'shrt = "No value in this report"',
            f"{EDITION}, [lacks.not_applicable]: there is no setting 'shrt'; did you mean short? "
            "The settings are items, short, sentence",
        ),
        (
            "[releases]\n",
            "[releases]\nrecorded_crime = 2026\n",
            f"{EDITION}, [releases]: recorded_crime is 2026; write text in quotes or settings in braces or under a "
            "heading",
        ),
        (
            "[releases]\n",
            '[releases]\nrecorded_crime = { item = "recorded_crime", relese = "2026-04" }\n',
            f"{EDITION}, [releases], recorded_crime: there is no setting 'relese'; did you mean release? "
            "The settings are item, release",
        ),
        (
            '"HO_PRC_ROLLING"',
            '"HO_PRC_ROLING"',
            f"{EDITION}: sources has 'HO_PRC_ROLING', which is not in data/sources.csv; did you mean HO_PRC_ROLLING?",
        ),
        (
            'judgments = "2017"',
            'judgments = "2018-19"',
            f"{EDITION}: judgments has '2018-19', which is not in data/programmes.toml; did you mean 2018/19?",
        ),
    ],
)
def test_an_edition_that_is_misspelt(data: Folder, old: str, new: str, message: str) -> None:
    text = data.read("editions/2017.toml")
    assert old in text
    data.write("editions/2017.toml", text.replace(old, new, 1))
    with pytest.raises(InputError) as refused:
        open_data().edition("2017")
    assert_tells(str(refused.value), message)


def test_a_source_that_is_replaced_must_be_one(data: Folder) -> None:
    data.replace("editions/2025.toml", "{ HO_PRC_OPEN =", "{ HO_PRC_OPN =")
    with pytest.raises(InputError) as refused:
        open_data().edition("2025")
    assert str(refused.value).startswith("data/editions/2025.toml: source_instead has 'HO_PRC_OPN', which is not in")


def test_a_second_entry_of_a_lack_is_named_by_its_number(data: Folder) -> None:
    data.replace("editions/2025.toml", 'items = ["domestic_abuse_offences"]', 'items = "domestic_abuse_offences"')
    with pytest.raises(InputError) as refused:
        open_data().edition("2025")
    assert str(refused.value) == (
        "data/editions/2025.toml, [lacks], not_available number 2: items is 'domestic_abuse_offences'; "
        "write a list in brackets"
    )


def test_a_survey_that_the_edition_does_not_explain(data: Folder) -> None:
    data.replace("editions/2017.toml", '"ipsos_public_survey", "staff_survey"', '"ipsos_public_survey"')
    with pytest.raises(InputError) as refused:
        data.result("staff_survey")
    assert str(refused.value) == (
        f"{EDITION}: no reason why the survey 'staff_survey' has no value; name it under [lacks], as in the items of "
        "[lacks.not_applicable]"
    )
