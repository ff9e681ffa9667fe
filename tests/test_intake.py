"""Taking a file into a data folder: new, revised and unchanged rows, releases side by side, and refusals."""

from pathlib import Path

import pandas as pd
import pytest
from intake_folder import CRIME, GROUPS, added, contents, crime_file, crime_rows, differences, empty_folder, found
from workbooks import FORCES, Row, save

from peel_analysis.cli import main
from peel_analysis.data import counts, files
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.writing import write_files
from peel_analysis.intake.published import plan
from peel_analysis.sources.sheets import SourceError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return empty_folder(tmp_path)


def test_a_table_and_its_provenance_are_written(folder: Path, tmp_path: Path) -> None:
    addition = added(crime_file(tmp_path, crime_rows()), folder, "2017-05")
    assert differences(addition) == [(172, 0, 0)]
    assert counts.read(folder / "counts" / "recorded_crime" / "2017-05.csv", forces=FORCES)["count"].sum() == 172_000
    row = pd.read_csv(folder / "provenance.csv", dtype=str).iloc[0]
    assert (row["table"], row["release"], row["source_file"]) == ("recorded_crime", "2017-05", "download (3).csv")
    assert row["sha256"] == addition.account.sha256
    assert not list(folder.rglob("*.part"))


def test_planning_writes_nothing(folder: Path, tmp_path: Path) -> None:
    before = contents(folder)
    assert len(plan(crime_file(tmp_path, crime_rows()), Data(folder), "2017-05").texts) == 2
    assert contents(folder) == before


def test_the_same_file_again_changes_nothing_and_needs_no_release(folder: Path, tmp_path: Path) -> None:
    file = crime_file(tmp_path, crime_rows())
    added(file, folder, "2017-05")
    before = contents(folder)
    again = plan(file, Data(folder))
    assert again.account.release == "2017-05"
    assert again.texts == {}
    assert differences(again) == [(0, 0, 172)]
    assert contents(folder) == before


def test_a_corrected_file_revises_its_release(folder: Path, tmp_path: Path) -> None:
    added(crime_file(tmp_path, crime_rows()), folder, "2017-05")
    rows = crime_rows(("2016/17", "2017/18"))
    rows[0][-1] = 1001
    addition = added(crime_file(tmp_path, rows), folder, "2017-05")
    assert differences(addition) == [(172, 1, 171)]
    assert len(pd.read_csv(folder / "provenance.csv")) == 1


def test_releases_stand_side_by_side_and_their_difference_is_told(folder: Path, tmp_path: Path) -> None:
    added(crime_file(tmp_path, crime_rows()), folder, "2017-05")
    rows = crime_rows(("2016/17", "2017/18"))
    rows[0][-1] = 1100
    addition = added(crime_file(tmp_path, rows), folder, "2018-05")
    assert differences(addition) == [(344, 0, 0)]
    assert addition.remarks == (
        "  recorded_crime 2018-05 beside 2017-05: 1 of 172 counts that both hold differ; their sum is +100 (+0.06%)",
    )
    assert sorted(path.name for path in (folder / "counts" / "recorded_crime").iterdir()) == [
        "2017-05.csv",
        "2018-05.csv",
    ]


def test_the_same_file_under_another_release_is_told(folder: Path, tmp_path: Path) -> None:
    file = crime_file(tmp_path, crime_rows())
    added(file, folder, "2017-05")
    assert plan(file, Data(folder), "2018-05").remarks[0] == "  the same file is in already as release 2017-05"


def test_a_file_that_would_lose_quarters_of_its_release_is_refused(folder: Path, tmp_path: Path) -> None:
    added(crime_file(tmp_path, crime_rows(("2015/16", "2016/17"))), folder, "2017-05")
    before = contents(folder)
    part = crime_file(tmp_path, crime_rows(), "part.csv")
    refused = plan(part, Data(folder), "2017-05")
    assert not refused.is_sound
    assert found(refused, "replaced") == [
        "the data folder holds 344 rows of it, and this file 172: 172 would be lost, and 4 periods that it has "
        "(2015-04-01 to 2016-03-31); give another --release, and both stay side by side"
    ]
    assert contents(folder) == before
    assert plan(part, Data(folder), "2017-05", part="the later year alone").is_sound


def test_a_file_that_names_no_release_asks_for_one(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"download \(3\).csv: the file does not say which release it is; give --rel"):
        plan(crime_file(tmp_path, crime_rows()), Data(folder))


@pytest.mark.parametrize("release", ["../2017", ".2017", "2017/05", "May 2017"])
def test_a_release_that_cannot_name_a_file_is_refused(folder: Path, tmp_path: Path, release: str) -> None:
    with pytest.raises(
        InputError, match=rf"^--release '{release}' cannot name a file; write letters of a to z, digits, "
    ):
        plan(crime_file(tmp_path, crime_rows()), Data(folder), release)


@pytest.mark.parametrize(
    ("cover", "release"),
    [
        (["Date of publication: 23 April 2026"], "2026-04"),
        (["Release date", "23 April 2026", "Next release date: 23 July 2026"], ""),
        (["Released", "23 April 2026"], "2026-04"),
        (["Year ending December 2025"], "2025-12"),
        (["Recorded crime, year ending March 2013 onwards"], ""),
        (["Recorded crime, year ending March 2013 [note 1] onwards"], ""),
    ],
)
def test_the_release_that_a_cover_says(folder: Path, tmp_path: Path, cover: Row, release: str) -> None:
    sheets: dict[str, list[Row]] = {"Cover_sheet": [["Title"], cover], "2016_17 ": [list(CRIME), *crime_rows()]}
    file = save(tmp_path / "x.xlsx", sheets)
    if release:
        assert plan(file, Data(folder)).account.release == release
    else:
        with pytest.raises(InputError, match="does not say which release"):
            plan(file, Data(folder))


def test_a_cell_that_is_not_understood_changes_nothing(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(files.VARIABLE, str(folder))
    rows = crime_rows(("2016/17", "2017/18"))
    rows[50][-1] = "about 900"
    file = save(tmp_path / "x.xlsx", {"Notes": [["Notes"]], "2016_17": [list(CRIME), *rows]})
    before = contents(folder)
    assert main(["data", "add", str(file), "--release", "2018-05", "--data", str(folder)]) == 2
    assert "peel: x.xlsx, sheet '2016_17', cell F52: found 'about 900' where a count" in capsys.readouterr().err
    assert contents(folder) == before


def test_a_file_of_no_format_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "shopping.csv").write_text("milk,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"shopping.csv: not a format known here"):
        plan(tmp_path / "shopping.csv", Data(folder))


def test_an_error_in_the_data_changes_nothing(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(files.VARIABLE, str(folder))
    file = crime_file(tmp_path, crime_rows(("2014/15", "2016/17"), groups=GROUPS))
    before = contents(folder)
    assert main(["data", "add", str(file), "--release", "2018-05", "--data", str(folder)]) == 2
    said = capsys.readouterr().out
    assert "error: recorded_crime 2018-05, from 2016-04-01: the quarter before ends on 2015-03-31" in said
    assert said.endswith("Nothing was changed: the checks found errors in the data.\n")
    assert contents(folder) == before


def test_the_command_shows_then_writes_then_has_nothing_to_do(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(files.VARIABLE, str(folder))
    file = crime_file(tmp_path, [row for row in crime_rows(groups=GROUPS) if row[2] != "Kent"])
    given = ["data", "add", str(file), "--release", "2018-05", "--not-supplied", "Kent Police", "--data", str(folder)]
    names = "counts/recorded_crime/2018-05.csv, provenance.csv\n"
    before = contents(folder)
    assert main([*given, "--dry-run"]) == 0
    assert capsys.readouterr().out.endswith(f"Would write in {folder}: {names}")
    assert contents(folder) == before
    assert main(given) == 0
    said = capsys.readouterr().out
    assert "  1,512 rows read; forces: 42; 2016-04-01 to 2017-03-31" in said
    assert said.endswith(f"Written in {folder}: {names}")
    assert main(given) == 0
    assert capsys.readouterr().out.endswith("Nothing changes: the data folder holds all of this already.\n")
    rows = counts.read(folder / "counts" / "recorded_crime" / "2018-05.csv", forces=FORCES)
    assert rows.loc[rows["force_id"] == "kent", "status"].unique().tolist() == ["not_supplied"]


def test_files_that_belong_together_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old\n", encoding="utf-8")
    (tmp_path / "in_the_way").write_text("a file where a folder should be\n", encoding="utf-8")
    with pytest.raises(OSError, match="in_the_way"):
        write_files({tmp_path / "a.csv": "new\n", tmp_path / "in_the_way" / "b.csv": "new\n"})
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "old\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "in_the_way"]
    write_files({tmp_path / "a.csv": "new\n", tmp_path / "c" / "b.csv": "new\n"})
    assert (tmp_path / "c" / "b.csv").read_text(encoding="utf-8") == "new\n"
