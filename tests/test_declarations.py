"""Misspelt measures: each is refused in one line that names the entry and the remedy."""

from pathlib import Path

import pytest
from invented import Folder, folder
from refusals import assert_tells

from peel_analysis.data.definitions import KINDS
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data

CHARGED = "data/measures.toml, measure 'outcome_charged_pct'"
CALLS = "data/measures.toml, measure 'calls_per_1000'"
DIMENSIONS = 'dimensions = ["1"] }'
MEASURE_SETTINGS = "id, title, tile, unit"
THERE_ARE = "there are {force}, {value}, {window}, {changed}"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            DIMENSIONS,
            DIMENSIONS.replace("dimensions", "dimension"),
            f"{CHARGED}, numerator: there is no setting 'dimension'; did you mean dimensions? "
            "The settings are items, dimensions, version",
        ),
        (
            DIMENSIONS,
            'dimensions = "1" }',
            f"{CHARGED}, numerator: dimensions is '1'; write a list in brackets",
        ),
        (
            DIMENSIONS,
            "dimensions = [1] }",
            f'{CHARGED}, numerator: dimensions is [1]; write a list of texts in quotes, as ["a", "b"]',
        ),
        (
            DIMENSIONS,
            "dimensions = [] }",
            f"{CHARGED}, numerator: dimensions is an empty list; name what counts, or leave dimensions out to count "
            "all",
        ),
        (
            '{ items = ["calls"] }',
            '{ items = "calls" }',
            f"{CALLS}, numerator: items is 'calls'; write a list in brackets",
        ),
        (
            '{ items = ["calls"] }',
            '["calls"]',
            f"{CALLS}: numerator is ['calls']; write settings in braces or under a heading",
        ),
        (
            'numerator = { items = ["calls"] }\n',
            "",
            f"{CALLS}: no setting 'numerator'; add it: settings in braces",
        ),
        (
            'tile = "Calls',
            'tyle = "Calls',
            f"{CALLS}: there is no setting 'tyle'; did you mean tile? The settings are {MEASURE_SETTINGS}",
        ),
        (
            'id = "calls_per_1000"\n',
            "",
            "data/measures.toml, measure number 1: no setting 'id'; add it: text in quotes",
        ),
        ("decimals = 1\n", 'decimals = "one"\n', f"{CALLS}: decimals is 'one'; write a whole number"),
        ("decimals = 1\n", "decimals = -1\n", f"{CALLS}: decimals is -1; write 0 or more"),
        (
            "multiplier = 1000\n",
            "multiplier = 0\n",
            f"{CALLS}: multiplier is 0; write a whole number above zero, as 1000",
        ),
        (
            'multiplier = 100\nunit = "percent of recorded off',
            'multiplier = 1000\nunit = "percent of recorded off',
            f"{CHARGED}: multiplier is 1000; a measure of kind share is shown in percent: write 100",
        ),
        (
            'earlier = "crime_previous"\n',
            "",
            "data/measures.toml, measure 'crime_change_12m': no setting 'earlier'; add it: text in quotes",
        ),
        (
            'kind = "rate"\n',
            'kind = "rate"\nearlier = "crime_previous"\n',
            f"{CALLS}: earlier is never used by a measure of kind rate; take it out",
        ),
        (
            'kind = "rate"\n',
            'kind = "rat"\n',
            f"{CALLS}: kind is 'rat'; use one of {', '.join(KINDS)}",
        ),
        (
            'sources = ["HMICFRS_RETURN", "ONS_MYE"]',
            'sources = ["HMICFRS_RETRUN", "ONS_MYE"]',
            f"{CALLS}: sources has 'HMICFRS_RETRUN', which is not in data/sources.csv; did you mean HMICFRS_RETURN?",
        ),
        (
            'part_of = "asb_powers_per_million"',
            'part_of = "asb_powers_per_milion"',
            "data/measures.toml, measure 'asb_cbo': part_of has 'asb_powers_per_milion', which is not in "
            "data/measures.toml; did you mean asb_powers_per_million?",
        ),
        (
            'by force, {window}"',
            'by force, {windw}"',
            f"{CALLS}: caption has {{windw}}, which is not filled in; there are {{window}}",
        ),
        (
            "{value} incidents per",
            "{number} incidents per",
            f"{CALLS}: reading has {{number}}, which is not filled in; {THERE_ARE}",
        ),
        (
            "{value} incidents per",
            "{numerator} incidents per",
            f"{CALLS}: reading has {{numerator}}, which is not filled in; {THERE_ARE}",
        ),
        (
            "{value} incidents per",
            "{value}} incidents per",
            f"{CALLS}: reading has a brace that is not filled in (Single '}}' encountered in format string); "
            f"{THERE_ARE}",
        ),
    ],
)
def test_a_measure_that_is_misspelt(data: Folder, old: str, new: str, message: str) -> None:
    text = data.read("measures.toml")
    assert old in text
    data.write("measures.toml", text.replace(old, new, 1))
    with pytest.raises(InputError) as refused:
        _ = open_data().measures
    assert_tells(str(refused.value), message)


@pytest.mark.parametrize("text", ["", "# nothing\n", "measure = 1\n", "[measure]\nid = 'x'\n", "measure = [1]\n"])
def test_a_file_without_measures(data: Folder, text: str) -> None:
    data.write("measures.toml", text)
    with pytest.raises(
        InputError, match=r"^data/measures\.toml: no \[\[measure\]\] in double brackets; write each measure under one$"
    ):
        _ = open_data().measures


def test_what_is_under_another_heading_is_not_passed_over(data: Folder) -> None:
    data.write("measures.toml", data.read("measures.toml") + '\n[[mesure]]\nid = "x"\n')
    with pytest.raises(InputError) as refused:
        _ = open_data().measures
    assert str(refused.value) == (
        "data/measures.toml: there is no setting 'mesure'; did you mean measure? The settings are measure"
    )


def test_a_cases_reading_may_name_its_two_counts_and_a_folder_may_be_without_its_sources(data: Folder) -> None:
    (data.path / "sources.csv").unlink()
    assert "{numerator} of the {denominator}" in open_data().measure("file_review_da_supervision").reading


@pytest.mark.parametrize(
    ("encoding", "message"),
    [("utf-8-sig", None), ("cp1252", r"^data/measures\.toml, line 1: the byte 0x96 is not UTF-8; save the file as")],
)
def test_files_that_other_programs_wrote(data: Folder, encoding: str, message: str | None) -> None:
    text = "# Dyfed\u2013Powys\n" + data.read("measures.toml")
    (data.path / "measures.toml").write_bytes(text.encode(encoding))
    if message is None:
        assert open_data().measure("calls_per_1000").decimals == 1
    else:
        with pytest.raises(InputError, match=message):
            _ = open_data().measures
