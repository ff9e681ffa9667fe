"""The sides of a comparison: settings, values files and build folders, and what each error says."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from comparisons import opened

from peel_analysis import cli
from peel_analysis.changes import changes_between
from peel_analysis.changes.causes import NOT_KNOWN
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.reports.values_file import values_of
from peel_analysis.show.values import CONTRACT, as_csv, values

NATIONAL = "england-and-wales"

pytestmark = pytest.mark.usefixtures("own_data_folder")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return values(open_data().edition("2017"))


@pytest.fixture
def file(rows: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "values.csv"
    path.write_text(as_csv(rows), encoding="utf-8")
    return path


def build_folder(text: Callable[[str], str], path: Path, *force_ids: str) -> Path:
    """Return a folder as a batch leaves it, with the text of each force's values file, beside that of all forces."""
    path.mkdir(parents=True, exist_ok=True)
    (path / "values.csv").write_text("what all forces have is read in no folder of a force", encoding="utf-8")
    for force_id in force_ids:
        (path / force_id).mkdir(parents=True)
        (path / force_id / "values.csv").write_text(text(force_id), encoding="utf-8")
    return path


# Settings


def test_window_moves_all_crime_windows_together() -> None:
    edition = opened("2017@window=2018-03-31").edition
    assert edition is not None
    ends = {name: window.end.isoformat() for name, window in edition.windows.items()}
    assert (ends["crime"], ends["crime_previous"], ends["crime_five_years"]) == (
        "2018-03-31",
        "2017-03-31",
        "2013-03-31",
    )
    assert ends["asb"] == "2017-03-31"
    assert {window.months for name, window in edition.windows.items() if name.startswith("crime")} == {12}


def test_one_window_moves_alone() -> None:
    edition = opened("2017@window.asb=2016-03-31,window.snapshot=2017-07-02").edition
    assert edition is not None
    assert edition.window("asb").words == "12 months to 31 March 2016"
    assert edition.window("snapshot").words == "as at 2 July 2017"
    assert edition.window("crime").end.isoformat() == "2017-06-30"


def test_settings_of_population_and_release() -> None:
    edition = opened("2017@mid_year=2015,population=2018-revised,residents-only,recorded_crime=2017-18-older").edition
    assert edition is not None
    assert (edition.mid_year, edition.vintage, dict(edition.population_instead)) == (2015, "2018-revised", {})
    assert edition.release_of("recorded_crime") == "2017-18-older"
    assert edition.release_of("recorded_crime_long") == "rolling-2018-12"


@pytest.mark.parametrize(
    ("side", "message"),
    [
        ("2016", "'2016' is no edition, build folder or values file; the editions are 2017"),
        ("2016@population=2017", "is no edition, build folder or values file"),
        ("2017@crimes=2026-04", "no setting or item 'crimes'; the items are recorded_crime"),
        ("2017@population", "'population' is no setting; the settings are window=DATE"),
        ("2017@population=2019", "no populations of mid-2016 in vintage '2019'; data/populations.csv holds 2017"),
        (
            "2017@recorded_crime=2020",
            "no release '2020' of recorded_crime; data/counts/recorded_crime holds 2017-18-older",
        ),
        ("2017@window=March", "'March' is no date; write the window's last day as 2018-03-31"),
        ("2017@window=2018-03-30", "30 March 2018 does not end a month"),
        ("2017@window.easter=2018-03-31", "data/editions/2017.toml: no window 'easter'"),
        ("2017@mid_year=last", "'last' is no year; write mid_year=2016"),
        ("2017@data=nowhere", "data=nowhere: no such folder"),
    ],
)
def test_what_is_no_side_is_refused(side: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        opened(side)


def test_the_command_says_it_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["changes", "2017", "2016"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.count("\n")) == ("", 1)
    assert said.err.startswith("peel: '2016' is no edition")


def test_unknown_measure_is_refused() -> None:
    with pytest.raises(InputError, match="No measure 'crimes'; did you mean crime_per_1000"):
        changes_between(opened("2017"), opened("2017"), ["crimes"])


# Values files


def test_values_alone_give_the_difference_and_no_cause(file: Path) -> None:
    comparison = changes_between(opened(str(file)), opened("2017@population=2018-revised"))
    split = changes_between(opened("2017"), opened("2017@population=2018-revised"))
    by_key = {(move.measure_id, move.force_id): move.difference for move in split.rows}
    moved = [move for move in comparison.rows if move.kind == "moved"]
    assert len(moved) == sum(bool(difference) for difference in by_key.values()) > 80
    for move in moved:
        assert move.difference == move.split.parts[NOT_KNOWN] == by_key[move.measure_id, move.force_id]
        assert sum(move.split.parts.values(), Decimal(0)) == move.difference
        assert move.causes.startswith("not known: only values are at hand")


def test_a_file_and_its_own_edition_do_not_differ(file: Path) -> None:
    comparison = changes_between(opened("2017"), opened(str(file)))
    assert {move.kind for move in comparison.rows} == {"same"}
    assert comparison.verdicts == []


def test_other_provenance_is_a_remark(file: Path, rows: pd.DataFrame, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    changed = rows.assign(code_version="0.0.9+00000000", value=rows["value"] + 1)
    other.write_text(as_csv(changed), encoding="utf-8")
    comparison = changes_between(opened(str(file)), opened(str(other)), ["crime_per_1000"])
    assert comparison.remarks == ["crime_per_1000: the two files name another code_version"]


def test_a_file_without_verdicts_will_do(rows: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "plain.csv"
    path.write_text(as_csv(rows[list(CONTRACT)]), encoding="utf-8")
    comparison = changes_between(opened(str(path)), opened("2017"))
    assert comparison.verdicts == []
    assert {move.kind for move in comparison.rows} == {"same"}


@pytest.mark.slow
def test_a_build_folder_is_read_force_by_force(rows: pd.DataFrame, tmp_path: Path) -> None:
    folder = build_folder(values_of(open_data().edition("2017")).text, tmp_path / "2017", "norfolk", "kent")
    comparison = changes_between(opened(str(folder)), opened("2017"))
    assert {move.force_id for move in comparison.rows} == {"norfolk", "kent", NATIONAL}
    measures = rows["measure"].nunique()
    assert len(comparison.rows) == 3 * measures
    assert comparison.remarks == [f"{41 * measures} rows are on side B alone and are not compared"]


def test_a_build_folder_that_disagrees_is_refused(rows: pd.DataFrame, tmp_path: Path) -> None:
    folder = build_folder(values_of(open_data().edition("2017")).text, tmp_path / "2017", "kent")
    build_folder(lambda _: as_csv(rows.assign(value=rows["value"] + 1)), folder, "norfolk")
    with pytest.raises(InputError, match=r"kent/values\.csv and norfolk/values\.csv disagree on England and Wales"):
        opened(str(folder))


def test_a_report_in_a_folder_of_another_name_is_refused(tmp_path: Path) -> None:
    folder = build_folder(values_of(open_data().edition("2017")).text, tmp_path, "kent")
    (folder / "kent").rename(folder / "our-report")
    with pytest.raises(InputError, match=r"no row for our-report; the folder of a report has the id of its force"):
        opened(str(folder))


def test_a_folder_without_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no values\.csv in any folder there; name the folder of an edition"):
        opened(str(tmp_path))


def test_a_file_without_the_contract_is_refused_in_one_line(
    rows: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "short.csv"
    path.write_text(as_csv(rows.drop(columns=["status", "note"])), encoding="utf-8")
    assert cli.main(["changes", str(path), "2017"]) == 2
    assert capsys.readouterr().err == (
        f"peel: {path}: no column status, note; a values file has {', '.join(CONTRACT)} (see `peel values`)\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("58.876432179376614", "many", "column value: 'many' is no number"),
        ("2017,crime_per_1000,norfolk", "2017,crime_per_1000,kent", "more than one row for crime_per_1000 and kent"),
    ],
)
def test_a_damaged_file_is_refused(file: Path, old: str, new: str, message: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(message)):
        opened(str(file))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    with pytest.raises(InputError, match=r"empty\.csv: not a values file: No columns"):
        opened(str(tmp_path / "empty.csv"))
