"""`peel check` names everything that a report would refuse, and then what the data fall short of."""

from pathlib import Path

import pytest
from command import run
from invented import DATA

from peel_analysis.cli import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the project's data folder that a test may spoil; its tables of counts are the project's own."""
    made = tmp_path / "data"
    made.mkdir()
    for path in DATA.iterdir():
        (made / path.name).symlink_to(path)
    return made


def spoil(folder: Path, name: str, *changes: tuple[str, str]) -> None:
    """Put a changed copy in the place of a file."""
    text = (folder / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    (folder / name).unlink()
    (folder / name).write_text(text, encoding="utf-8")


def errors_of(capsys: pytest.CaptureFixture[str], folder: Path) -> list[str]:
    """Return the errors that the check names."""
    code, said, error = run(capsys, "check", "--edition", "2017", "--data", str(folder))
    assert (code, error) == (1, "")
    return [line.removeprefix("  error: ") for line in said.splitlines() if line.startswith("  error: ")]


def test_a_column_that_is_renamed_is_named_as_a_report_refuses_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(folder, "provenance.csv", ("sha256", "sha"))
    [found] = errors_of(capsys, folder)
    assert found.startswith("data/provenance.csv, line 1: no column sha256 (is it the column 'sha'?)")
    code, _, refused = run(capsys, "values", "--data", str(folder))
    assert (code, refused) == (2, f"peel: {found}\n")


def test_all_faults_are_named_and_not_the_first_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(folder, "judgments.csv", ("\n2021/22,", "\n2091,"), (",Good,", ",Splendid,"), (",explicit,", ",heard,"))
    spoil(folder, "glossary.csv", ("\n", "\nshort\n"))
    spoil(folder, "caveats.csv", (",asb_incidents_per_1000,", ",asb_incident_per_1000,"))
    spoil(folder, "measures.toml", ('unit = "', 'unti = "'), ("decimals = 1", 'decimals = "1"'))
    spoil(folder, "checks.toml", ('level = "error"', 'level = "loud"'))
    found = errors_of(capsys, folder)
    for words in (
        "edition is '2091'; use a programme",
        "grade is 'Splendid'",
        "evidence is 'heard'",
        "data/glossary.csv, line 2: 1 cell for 2 columns",
        "there is no setting 'unti'; did you mean unit?",
        "decimals is '1'; write a whole number",
        "level is 'loud'; use one of error, query, information",
    ):
        assert sum(words in one for one in found) == 1, (words, found)
    assert len(set(found)) == len(found)


def test_an_outcome_type_without_words_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The section that names the types of a measure ended with a traceback."""
    head, *_ = (folder / "outcome_groups.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "outcome_groups.csv").unlink()
    (folder / "outcome_groups.csv").write_text(head, encoding="utf-8")
    found = errors_of(capsys, folder)
    assert found[0].startswith(
        "data/measures.toml, measure 'outcome_action_taken_pct': dimensions has '1', which is not in data/outcome_gr"
    )


def test_a_made_register_has_numbers_and_no_key_twice(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(folder, "printed_totals.csv", (",380322,,0", ",many,,none"))
    row = (folder / "provenance.csv").read_text(encoding="utf-8").splitlines(keepends=True)[1]
    spoil(folder, "provenance.csv", (row, row + row))
    assert errors_of(capsys, folder) == [
        "data/printed_totals.csv, line 2: printed is 'many'; write a number",
        "data/printed_totals.csv, line 2: bodies is 'none'; write a number",
        "data/provenance.csv, line 3: repeats the key of line 2 "
        "(asb_incidents, 2018-03, ons/policeforceareatablesyearendingmarch2018v2.xlsx); keep one of the two",
    ]


def test_a_folder_of_counts_alone_needs_no_register_of_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("forces.csv", "count_notes.csv"):
        (tmp_path / name).symlink_to(DATA / name)
    assert run(capsys, "check", "--data", str(tmp_path))[0] == 0


def test_an_edition_that_there_is_not_is_no_finding(capsys: pytest.CaptureFixture[str]) -> None:
    code, said, error = run(capsys, "check", "--edition", "2018")
    assert (code, said) == (2, "")
    assert "No edition '2018'; the editions are 2017, 2019, 2025" in error


def test_it_ends_with_what_the_data_fall_short_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--edition", "2017"]) == 0
    _, said = capsys.readouterr().out.split("and is no error\n")
    for line in (
        "  measures without a value: 13",
        "    asb_cbo: 38 not public, 4 not supplied and 1 not comparable",
        "    outcome_charged_pct: 1 of 43 (1 not supplied): Suffolk",
        "    outcome_charged_pct: 3 incomplete record: Derbyshire, Essex and Lincolnshire",
        "    asb_incidents 2018-03: 4 estimated and 1 partial",
        "    outcomes_recorded 2024-07: transcribed, and not read from the file as published",
        "    outcome_charged_pct, Cumbria: recorded crime rolling-2018-12",
        "  records of outcomes marked as incomplete in edition 2017: 8",
        "  records of outcomes marked as not matching the crimes recorded in edition 2017: none",
    ):
        assert line in said.splitlines(), line
