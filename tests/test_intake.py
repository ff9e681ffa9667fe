"""Taking a file into a data folder: new, revised and unchanged rows, releases side by side, and refusals."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from workbooks import Row, save

from peel_analysis import counts, forces, location
from peel_analysis.cli import main
from peel_analysis.errors import InputError
from peel_analysis.intake import Addition, plan
from peel_analysis.intake.writing import write_texts
from peel_analysis.sources import SourceError

DATA = Path(__file__).resolve().parents[1] / "data"
CRIME = ["Financial Year", "Financial Quarter", "Force Name", "Offence Group", "Offence Code", "Number of Offences"]


def crime_rows(years: tuple[str, ...] = ("2016/17",), number: int = 1000) -> list[Row]:
    return [
        [year, quarter, force.name, "Robbery", "34", number]
        for year in years
        for quarter in (1, 2, 3, 4)
        for force in forces.all_forces()
    ]


def crime_file(folder: Path, rows: list[Row], name: str = "download (3).csv") -> Path:
    path = folder / name
    pd.DataFrame(rows, columns=CRIME).to_csv(path, index=False)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with nothing but the forces and the notes on counts."""
    made = tmp_path / "data"
    made.mkdir()
    for name in ("forces.csv", "count_notes.csv", "published_files.toml"):
        shutil.copy(DATA / name, made)
    return made


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def added(file: Path, folder: Path, release: str = "") -> Addition:
    addition = plan(file, folder, release)
    addition.write()
    return addition


def differences(addition: Addition) -> list[tuple[int, int, int]]:
    return [(one.new, one.revised, one.unchanged) for one in addition.differences]


def test_a_table_and_its_provenance_are_written(folder: Path, tmp_path: Path) -> None:
    addition = added(crime_file(tmp_path, crime_rows()), folder, "2017-05")
    assert differences(addition) == [(172, 0, 0)]
    assert counts.read(folder / "counts" / "recorded_crime" / "2017-05.csv")["count"].sum() == 172_000
    row = pd.read_csv(folder / "provenance.csv", dtype=str).iloc[0]
    assert (row["table"], row["release"], row["source_file"]) == ("recorded_crime", "2017-05", "download (3).csv")
    assert row["sha256"] == addition.account.sha256
    assert not list(folder.rglob("*.part"))


def test_planning_writes_nothing(folder: Path, tmp_path: Path) -> None:
    before = contents(folder)
    assert len(plan(crime_file(tmp_path, crime_rows()), folder, "2017-05").texts) == 2
    assert contents(folder) == before


def test_the_same_file_again_changes_nothing_and_needs_no_release(folder: Path, tmp_path: Path) -> None:
    file = crime_file(tmp_path, crime_rows())
    added(file, folder, "2017-05")
    before = contents(folder)
    again = plan(file, folder)
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
    assert plan(file, folder, "2018-05").remarks[0] == "  the same file is in already as release 2017-05"


def test_a_file_that_would_lose_quarters_of_its_release_is_refused(folder: Path, tmp_path: Path) -> None:
    added(crime_file(tmp_path, crime_rows(("2015/16", "2016/17"))), folder, "2017-05")
    before = contents(folder)
    with pytest.raises(
        InputError,
        match=r"part.csv: release 2017-05 of recorded_crime is in the data folder with 4 periods that this file does "
        r"not hold \(2015-04-01 to 2016-03-31\); give another --release",
    ):
        plan(crime_file(tmp_path, crime_rows(), "part.csv"), folder, "2017-05")
    assert contents(folder) == before


def test_a_file_that_names_no_release_asks_for_one(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"download \(3\).csv: the file does not say which release it is; give --rel"):
        plan(crime_file(tmp_path, crime_rows()), folder)


@pytest.mark.parametrize("release", ["../2017", ".2017", "2017/05", "May 2017"])
def test_a_release_that_cannot_name_a_file_is_refused(folder: Path, tmp_path: Path, release: str) -> None:
    with pytest.raises(InputError, match="use letters, digits and hyphens, such as 2026-04; it names a file"):
        plan(crime_file(tmp_path, crime_rows()), folder, release)


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
        assert plan(file, folder).account.release == release
    else:
        with pytest.raises(InputError, match="does not say which release"):
            plan(file, folder)


def test_a_cell_that_is_not_understood_changes_nothing(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(location.VARIABLE, str(folder))
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
        plan(tmp_path / "shopping.csv", folder)


def test_an_error_in_the_data_changes_nothing(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(location.VARIABLE, str(folder))
    file = crime_file(tmp_path, crime_rows(("2014/15", "2016/17")))
    before = contents(folder)
    assert main(["data", "add", str(file), "--release", "2018-05", "--data", str(folder)]) == 2
    said = capsys.readouterr().out
    assert "error: recorded_crime 2018-05, from 2016-04-01: the quarter before ends on 2015-03-31" in said
    assert said.endswith("Nothing was changed: the checks found errors in the data.\n")
    assert contents(folder) == before


def test_the_command_shows_then_writes_then_has_nothing_to_do(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(location.VARIABLE, str(folder))
    file = crime_file(tmp_path, [row for row in crime_rows() if row[2] != "Kent"])
    given = ["data", "add", str(file), "--release", "2018-05", "--not-supplied", "Kent Police", "--data", str(folder)]
    before = contents(folder)
    assert main([*given, "--dry-run"]) == 0
    assert capsys.readouterr().out.endswith("Would write: counts/recorded_crime/2018-05.csv, provenance.csv\n")
    assert contents(folder) == before
    assert main(given) == 0
    said = capsys.readouterr().out
    assert "  168 rows read; forces: 42; 2016-04-01 to 2017-03-31" in said
    assert said.endswith("Written: counts/recorded_crime/2018-05.csv, provenance.csv\n")
    assert main(given) == 0
    assert capsys.readouterr().out.endswith("Nothing changes: the data folder holds all of this already.\n")
    rows = counts.read(folder / "counts" / "recorded_crime" / "2018-05.csv")
    assert rows.loc[rows["force_id"] == "kent", "status"].unique().tolist() == ["not_supplied"]


RETURN = "force,item,period_start,period_end,count,status\n"


def test_returns_of_forces_join_and_each_keeps_its_origin(folder: Path, tmp_path: Path) -> None:
    norfolk, suffolk = tmp_path / "norfolk.csv", tmp_path / "suffolk.csv"
    norfolk.write_text(RETURN + "Norfolk,calls,2016-07-01,2017-06-30,1204,reported\n", encoding="utf-8")
    suffolk.write_text(RETURN + "Suffolk,calls,2016-07-01,2017-06-30,,not_supplied\n", encoding="utf-8")
    added(norfolk, folder, "return-2017")
    added(suffolk, folder, "return-2017")
    norfolk.write_text(RETURN + "Norfolk,calls,2016-07-01,2017-06-30,1205,reported\n", encoding="utf-8")
    assert differences(added(norfolk, folder, "return-2017")) == [(0, 1, 0)]
    rows = counts.read(folder / "counts" / "calls" / "return-2017.csv")
    assert rows["force_id"].tolist() == ["norfolk", "suffolk"]
    assert rows["count"].tolist()[0] == 1205
    assert pd.read_csv(folder / "provenance.csv")["source_file"].tolist() == ["norfolk.csv", "suffolk.csv"]


def test_a_return_says_itself_what_was_not_supplied(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "norfolk.csv").write_text(RETURN, encoding="utf-8")
    with pytest.raises(InputError, match="--not-supplied: a HMICFRS data return says itself"):
        plan(tmp_path / "norfolk.csv", folder, "return-2017", ["kent"])


def area_table(total: float = 43_000.0) -> list[Row]:
    heading: list[Row] = [
        ["Table P5: Anti-social behaviour incidents, by police force area, year ending March 2018"],
        [None, "Number of incidents, year ending March 2018 [note 3]"],
    ]
    national: Row = ["England and Wales excluding Kent", total]
    return [*heading, national, *([force.name, 1000.0] for force in forces.all_forces())]


def test_a_national_row_that_leaves_a_force_out_is_kept_as_such(folder: Path, tmp_path: Path) -> None:
    rows = area_table(42_900.0)
    next(row for row in rows if row[0] == "Kent")[1] = 900.0
    addition = added(save(tmp_path / "x.xlsx", {"P5": rows}), folder)
    assert addition.account.release == "2018-03"
    assert addition.is_sound
    printed = pd.read_csv(folder / "printed_totals.csv", dtype=str, keep_default_na=False).iloc[0]
    assert (printed["printed"], printed["without"]) == ("42900", "")
    next(row for row in rows if row[0] == "Kent")[1] = 950.0
    rows[2][1] = 42_000.0
    added(save(tmp_path / "x.xlsx", {"P5": rows}), folder)
    printed = pd.read_csv(folder / "printed_totals.csv", dtype=str, keep_default_na=False).iloc[0]
    assert (printed["printed"], printed["without"]) == ("42000", "kent")


def test_a_national_row_that_does_not_add_up_stops_the_file(folder: Path, tmp_path: Path) -> None:
    addition = plan(save(tmp_path / "x.xlsx", {"P5": area_table(50_000.0)}), folder)
    assert not addition.is_sound


def test_populations_of_another_vintage_are_added_beside_the_others(folder: Path, tmp_path: Path) -> None:
    before = "force_id,mid_year,population,vintage\nkent,2016,1500000,2017\n"
    (folder / "populations.csv").write_text(before, encoding="utf-8")
    rows: list[Row] = [["Table P9: Mid-year population estimates for police force areas, 2016"], ["Area Name", 2016]]
    rows += [[force.name, 1_000_000.0] for force in forces.all_forces()]
    addition = added(save(tmp_path / "x.xlsx", {"P9": rows}), folder, "2019-03")
    assert [one.line for one in addition.differences] == ["  populations 2019-03: 43 rows new, 0 revised, 0 unchanged"]
    people = pd.read_csv(folder / "populations.csv", dtype=str)
    assert people["vintage"].value_counts().to_dict() == {"2019-03": 43, "2017": 1}


def test_files_that_belong_together_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old\n", encoding="utf-8")
    (tmp_path / "in_the_way").write_text("a file where a folder should be\n", encoding="utf-8")
    with pytest.raises(OSError, match="in_the_way"):
        write_texts({tmp_path / "a.csv": "new\n", tmp_path / "in_the_way" / "b.csv": "new\n"})
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "old\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "in_the_way"]
    write_texts({tmp_path / "a.csv": "new\n", tmp_path / "c" / "b.csv": "new\n"})
    assert (tmp_path / "c" / "b.csv").read_text(encoding="utf-8") == "new\n"
