"""What a row of a register names must be there: editions, measures, grades, statuses. All changes here are invented."""

import re
from pathlib import Path

import pytest
from invented import Folder, folder
from register_rows import register

from peel_analysis.data import registers
from peel_analysis.data.cross_checks import checked_published, read_all
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.reports.folder_check import check_folder
from peel_analysis.show.values import values

SUFFOLK = "2017,outcome_charged_pct,2017,suffolk"
PEERS = "data/peer_sets.toml"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def told_by_the_check(data: Folder, words: str) -> bool:
    """Return whether the first thing that the check finds wrong is what these words match."""
    first, *_ = check_folder(data.edition().data, "2017")[0]
    return re.search(words, first.findings[0].found) is not None


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "exclusions.csv",
            SUFFOLK,
            SUFFOLK.replace("2017", "2071", 1),
            "edition is '2071'; use an edition: 2017, 2019, ",
        ),
        ("exclusions.csv", SUFFOLK, SUFFOLK.replace("2017", "", 1), "edition is ''; use an edition: 2017, 2019, "),
        (
            "exclusions.csv",
            ",not_supplied,",
            ",lost,",
            r"missing_because is 'lost'; use one of \(blank\), not_supplied",
        ),
        ("exclusions.csv", ",stated,", ",hearsay,", "basis is 'hearsay'; use one of stated, implied"),
        ("caveats.csv", "\n2019,", "\n2091,", "edition is '2091'; use an edition"),
        ("published_values.csv", "\n2017,", "\n2071,", "edition is '2071'; use an edition"),
        ("footnotes.csv", "\n2017,3,", "\n2017,three,", "number is 'three'; write a whole number"),
        ("judgments.csv", ",Good,", ",Splendid,", "grade is 'Splendid'; use one of .*Requires improvement, Inadequate"),
        ("judgments.csv", ",explicit,", ",heard,", "evidence is 'heard'; use one of explicit"),
        ("judgments.csv", "\n2015,", "\n2105,", "edition is '2105'; use a programme of inspections: 2015, 2016"),
        ("sections_inspected.csv", ",unknown,", ",maybe,", "inspected is 'maybe'; use one of yes, no, unknown"),
        ("areas_for_improvement.csv", ",not_known,", ",lost,", "status is 'lost'; use one of open, closed, not_known"),
        ("outcome_groups.csv", ",yes\n", ",perhaps\n", "in_action_taken is 'perhaps'; use one of yes, no"),
        ("statuses.csv", "reported,yes", "reported,si", "has_value is 'si'; use one of yes, no"),
    ],
)
def test_a_word_that_there_is_not_is_refused_with_its_line(
    data: Folder, file: str, old: str, new: str, message: str
) -> None:
    read = {register.file: register for register in registers.ALL}
    data.write(file, data.read(file).replace(old, new, 1))
    line = 1 + next(at for at, text in enumerate(data.read(file).split("\n")) if new.strip("\n") in text)
    with pytest.raises(InputError, match=rf"^data/{file}, line {line}: {message}"):
        open_data().register(read[file])


def test_a_misspelt_edition_does_not_let_a_force_back_into_the_values(data: Folder) -> None:
    data.write("exclusions.csv", data.read("exclusions.csv").replace(SUFFOLK, SUFFOLK.replace("2017", "2071", 1)))
    with pytest.raises(InputError, match=r"^data/exclusions.csv, line 2: edition is '2071'"):
        values(data.edition())


def test_judgments_are_of_a_programme_that_is_declared_and_that_an_edition_names(data: Folder) -> None:
    for file, old, new in (
        ("judgments.csv", "2018/19,", "2044,"),
        ("programmes.toml", '"2018/19"', '"2044"'),
        ("sections.toml", '"2018/19"', '"2044"'),
        ("editions/2019.toml", 'judgments = "2018/19"', 'judgments = "2044"'),
    ):
        data.write(file, data.read(file).replace(old, new))
    assert set(open_data().edition("2019").register(registers.JUDGMENTS)["edition"]) == {"2044"}


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "caveats.csv",
            ",asb_incidents_per_1000,",
            ",asb_incident_per_1000,",
            r"applies_to has 'asb_incident_per_1000', .*measures.toml; did you mean asb_incidents_per_1000\?",
        ),
        (
            "caveats.csv",
            ",ocg_per_million,",
            ",weather,",
            "applies_to has 'weather', which is not in data/measures.toml; mend",
        ),
        (
            "judgments.csv",
            ",preventing,",
            ",preventng,",
            "question is 'preventng', which programme 2017 of data/programmes.toml does not have; "
            r"did you mean preventing\?",
        ),
        (
            "series_breaks.csv",
            "\nrecorded_crime,",
            "\nrecorded_crimes,",
            r"item is 'recorded_crimes', which data/measures.toml does not have; did you mean recorded_crime\?",
        ),
        (
            "published_values.csv",
            ",da_arrest_rate,",
            ",da_arest_rate,",
            r"measure_id is 'da_arest_rate', which data/measures.toml .*; did you mean da_arrest_rate\?",
        ),
        (
            "exclusions.csv",
            ",da_arrest_rate,",
            ",da_arest_rate,",
            "da_arest_rate, 2017, .*: no measure 'da_arest_rate'",
        ),
        (
            "tile_map.csv",
            "norfolk,7,6,",
            "norfolk,7,7,",
            "suffolk has the column and row of norfolk; give each force its own",
        ),
        ("tile_map.csv", ",Suff", ",Norf", "suffolk has the code of norfolk; give each force its own"),
        ("tile_map.csv", ",Suff", ",Suffolk", "the code is 'Suffolk'; write 1 to 5 letters"),
    ],
)
def test_what_names_no_measure_or_question_is_refused_before_reports_and_by_the_check(
    data: Folder, file: str, old: str, new: str, message: str
) -> None:
    data.write(file, data.read(file).replace(old, new, 1))
    edition = data.edition()
    with pytest.raises(InputError, match=rf"^data/{file}, line \d+: {message}"):
        read_all(edition)
    assert told_by_the_check(data, rf"^data/{file}, line \d+: {message}")


def test_the_tile_map_has_a_place_for_each_force(data: Folder) -> None:
    data.replace("tile_map.csv", "kent,6,10,Kent\n", "")
    with pytest.raises(InputError, match=r"^data/tile_map.csv: no place for kent; add a row for each force"):
        read_all(data.edition())


def test_the_tile_map_is_laid_out_as_the_country_is() -> None:
    """Neighbours west to east along some rows, and the corners of the country."""
    rows = register("tile_map")
    at = {row["force_id"]: (int(row["column"]), int(row["row"])) for row in rows}
    assert len(at) == len(set(at.values())) == 43
    assert at["northumbria"][1] == min(row for _, row in at.values()), "the north"
    for west in ("dyfed-powys", "south-wales", "devon-and-cornwall"):
        assert at[west][0] == 1
    assert at["norfolk"][0] == at["suffolk"][0] == max(column for column, _ in at.values()), "the east"
    assert at["devon-and-cornwall"][1] > at["gwent"][1]
    assert at["city-of-london"][0] == at["metropolitan"][0] + 1, "side by side in the south-east"
    assert at["kent"][1] > at["essex"][1] > at["suffolk"][1] > at["norfolk"][1]


def test_what_the_report_prints_beside_its_measures_stays_in_the_published_values(data: Folder) -> None:
    assert "forces_inspected" in {row["measure_id"] for row in checked_published(data.edition())}


def test_a_share_of_cases_needs_the_number_of_cases(data: Folder) -> None:
    lines = data.read("published_values.csv").splitlines(keepends=True)
    data.write("published_values.csv", "".join(line for line in lines if "file_review_da_supervision_n" not in line))
    with pytest.raises(
        InputError, match=r"^data/published_values.csv, line \d+: .* add one with measure_id file_revi.*_n"
    ):
        data.result("file_review_da_supervision")


@pytest.mark.parametrize("value", ["nan", "inf"])
def test_a_published_value_is_a_number_that_can_be_shown(data: Folder, value: str) -> None:
    data.replace("published_values.csv", ",57.7,", f",{value},")
    with pytest.raises(
        InputError, match=rf"^data/published_values.csv, line 2: .*the value is '{value}'; write a number"
    ):
        data.result("da_arrest_rate")


@pytest.mark.parametrize("name", ["peer_sets.toml", "comparability.toml", "sections.toml"])
def test_a_declaration_that_is_no_toml_is_found_before_reports_and_by_the_check(data: Folder, name: str) -> None:
    edition = data.edition()
    data.write(name, data.read(name) + "\n[")
    with pytest.raises(InputError, match=f"^data/{name}: "):
        read_all(edition)
    assert told_by_the_check(data, f"^data/{name}: ")


def test_a_register_that_only_reports_need_is_missed_by_them_and_by_the_check(data: Folder) -> None:
    (data.path / "glossary.csv").unlink()
    with pytest.raises(InputError, match=r"^data/glossary.csv: the file is missing"):
        read_all(data.edition())
    assert told_by_the_check(data, r"^data/glossary.csv: the file is missing")


def test_findings_that_are_of_no_force_are_refused(data: Folder) -> None:
    data.write("findings/2017/norflk.md", "## Preventing crime\n\nInvented.\n")
    with pytest.raises(
        InputError, match=r"^data/findings/2017/norflk.md: no force 'norflk'; name the file after an id"
    ):
        read_all(data.edition())
