"""Recorded crime and outcomes as the Home Office publishes them, with invented counts, and the real files."""

import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from shared_folder import shared
from workbooks import Row, save

from peel_analysis import forces, sources
from peel_analysis.counts import as_text
from peel_analysis.sources import outcomes, recorded_crime
from peel_analysis.sources.sheets import open_book

CRIME_HEADING: list[object] = [
    "Financial Year",
    "Financial Quarter",
    "Force Name",
    "Offence Description",
    "Offence Group",
    "Offence Subgroup",
    "Offence Code",
    "Number of Offences",
]
OUTCOME_HEADING: list[object] = [
    "Financial Year",
    "Financial Quarter",
    "Force Name",
    "Offence Description",
    "Offence Group",
    "Offence Code",
    "Outcome Type",
    "Force outcomes for offences recorded in quarter",
    "Force outcomes recorded in quarter",
]


def crime(force: str, number: object, group: str = "Robbery", code: str = "34", year: str = "2016/17") -> Row:
    return [year, 1, force, f"Offence {code}", group, group, code, number]


def all_forces_crime(year: str = "2016/17") -> list[Row]:
    return [crime(force.name, 10, year=year) for force in forces.all_forces()]


def outcome(force: str, kind: object, recorded: object, assigned: object = 1, group: str = "Robbery") -> Row:
    return ["2018/19", 1, force, "Offence 34", group, "34", kind, recorded, assigned]


def all_forces_outcomes() -> list[Row]:
    return [outcome(force.name, kind, 3) for force in forces.all_forces() for kind in (0, 1)]


def csv_file(path: Path, rows: list[Row], encoding: str = "utf-8-sig") -> Path:
    content = pd.DataFrame(rows).to_csv(index=False, header=False).encode(encoding)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def count_of(reading: sources.Reading, force_id: str, dimension: str, item: str = "recorded_crime") -> int:
    rows = reading.counts.query("force_id == @force_id and dimension == @dimension and item == @item")
    return int(rows["count"].sum())


def test_workbook_as_published_cover_and_stray_heading_included(tmp_path: Path) -> None:
    stray = [*CRIME_HEADING, "Financial Year", "Financial Quarter", "Force Name"]
    path = save(
        tmp_path / "x.xlsx",
        {
            "Cover_sheet": [["Police recorded crime"]],
            "2015_16 ": [CRIME_HEADING, *all_forces_crime("2015/16")],
            "2016_17": [stray, *all_forces_crime()],
        },
    )
    reading = sources.read(path, "r")
    assert reading.account.sheets_read == ("2015_16", "2016_17")
    assert reading.account.sheets_left == ("Cover_sheet",)
    assert len(reading.counts) == 2 * 43
    assert (reading.account.first, reading.account.last) == ("2015-04-01", "2016-06-30")


def test_heading_further_down_and_notes_below_the_table(tmp_path: Path) -> None:
    rows: list[Row] = [["Title"], [], ["Some words"], CRIME_HEADING, *all_forces_crime(), [], ["Source: Home Office"]]
    reading = sources.read(save(tmp_path / "x.xlsx", {"Data": rows}), "r")
    assert count_of(reading, "norfolk", "Robbery") == 10
    assert reading.account.left_out["blank line or note under the table"].rows == 2


def test_padded_numbers_dashes_corrections_and_the_group_s_other_name(tmp_path: Path) -> None:
    rows = [CRIME_HEADING, *all_forces_crime()]
    for code, number in (("1", " 1,204 "), ("2", "-00 "), ("3", " -   "), ("4", "-4 ")):
        rows.append(crime("Norfolk", number, "Miscellaneous crimes", code))
    reading = sources.read(csv_file(tmp_path / "x.csv", rows), "r")
    assert count_of(reading, "norfolk", "Miscellaneous crimes against society") == 1200


def test_bodies_that_are_no_force_and_fraud_are_left_out_and_counted(tmp_path: Path) -> None:
    extra = [
        crime("British Transport Police", 5),
        crime("Cifas", 7, "Fraud offences"),
        crime("Norfolk", 11, "Fraud offences to 2012/13", "51"),
    ]
    reading = sources.read(csv_file(tmp_path / "x.csv", [CRIME_HEADING, *all_forces_crime(), *extra]), "r")
    assert reading.counts["count"].sum() == 430
    left_out = reading.account.left_out
    assert left_out["British Transport Police is no police force area"] == sources.LeftOut(1, 5)
    assert left_out["CIFAS is no police force area"] == sources.LeftOut(1, 7)
    assert left_out["fraud offences, which Action Fraud records for the forces"] == sources.LeftOut(1, 11)
    assert "  left out: 1 rows, which count 5: British Transport Police is no police force area" in list(
        reading.account.lines()
    )


def test_cleaned_columns_are_the_same_format(tmp_path: Path) -> None:
    frame = pd.DataFrame(all_forces_crime(), columns=CRIME_HEADING).rename(
        columns={"Financial Year": "FY", "Force Name": "Force", "Offence Group": "Group", "Number of Offences": "n"}
    )
    frame.assign(territorial=True).to_parquet(tmp_path / "cleaned.parquet")
    assert sources.read(tmp_path / "cleaned.parquet", "r").counts["count"].sum() == 430


def test_homicide_stands_in_as_many_rows_as_its_cell_names_codes(tmp_path: Path) -> None:
    homicide = [crime("Norfolk", 1, "Violence against the person", "1/4.1/4.2") for _ in range(3)]
    reading = sources.read(csv_file(tmp_path / "x.csv", [CRIME_HEADING, *all_forces_crime(), *homicide]), "r")
    assert count_of(reading, "norfolk", "Violence against the person") == 3
    with pytest.raises(sources.SourceError, match=r"x.csv, line 48, column G: repeats an earlier row's quarter"):
        sources.read(csv_file(tmp_path / "x.csv", [CRIME_HEADING, *all_forces_crime(), *homicide, homicide[0]]), "r")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[5].__setitem__(7, "many"), r"x.xlsx, sheet '2016_17', cell H6: found 'many' where a count"),
        (lambda rows: rows[5].__setitem__(7, None), r"sheet '2016_17', cell H6: found 'a blank' where a count"),
        (lambda rows: rows[5].__setitem__(7, 1.5), r"cell H6: found '1.5' where a count should be"),
        (lambda rows: rows[5].__setitem__(7, "N/A"), r"cell H6: found N/A where a number of offences should be"),
        (lambda rows: rows[5].__setitem__(2, "Norfok"), r"cell C6: No force called 'Norfok'; did you mean Norfolk"),
        (lambda rows: rows[5].__setitem__(0, "2016"), r"cell A6: not a financial year: '2016'"),
        (lambda rows: rows[5].__setitem__(1, 5), r"cell B6: found '5' where a financial quarter, 1 to 4, should be"),
        (lambda rows: rows[5].__setitem__(4, "Piracy"), r"cell E6: unknown offence group 'Piracy'; if the publisher"),
        (lambda rows: rows.pop(26), r"sheet '2016_17', row 1: no row for Norfolk in 2016-04-01 to 2016-06-30"),
        (lambda rows: rows.append(rows[1]), r"cell G45: repeats an earlier row's quarter, force and offence"),
        (
            lambda rows: rows[0].__setitem__(7, "Crimes counted"),
            r"sheet '2016_17', row 1: no column 'Number of Offences'; found besides the others: .*'Crimes counted'",
        ),
        (lambda rows: rows.__delitem__(slice(0, 1)), r"sheet '2016_17', row 1: no heading row in the first rows"),
    ],
)
def test_refusals_name_file_sheet_and_cell(tmp_path: Path, change: Callable[[list[Row]], object], message: str) -> None:
    rows = [list(row) for row in [CRIME_HEADING, *all_forces_crime()]]
    change(rows)
    path = save(tmp_path / "x.xlsx", {"2016_17": rows})
    with pytest.raises(sources.SourceError, match=message):
        recorded_crime.read(open_book(path), "r")


def test_a_quarter_in_two_sheets_is_refused(tmp_path: Path) -> None:
    rows = [CRIME_HEADING, *all_forces_crime()]
    path = save(tmp_path / "x.xlsx", {"2016_17": rows, "again": rows})
    with pytest.raises(
        sources.SourceError, match=r"'again', row 1: holds 2016-04-01 to 2016-06-30, as x.xlsx, sheet '2016_17'"
    ):
        sources.read(path, "r")


def test_a_force_that_gave_no_figures_gets_blank_rows_that_say_so(tmp_path: Path) -> None:
    rows = [row for row in all_forces_crime() if row[2] != "Greater Manchester"]
    path = csv_file(tmp_path / "x.csv", [CRIME_HEADING, *rows])
    reading = sources.read(path, "r", not_supplied=["greater-manchester"])
    row = reading.counts.query("force_id == 'greater-manchester'").iloc[0]
    assert pd.isna(row["count"])
    assert row["status"] == "not_supplied"
    assert reading.account.forces == 42


def test_outcomes_on_two_bases(tmp_path: Path) -> None:
    rows = [OUTCOME_HEADING, *all_forces_outcomes(), outcome("Norfolk", "16", " 40 ", "NA")]
    reading = sources.read(csv_file(tmp_path / "x.csv.gz", rows), "r")
    assert count_of(reading, "norfolk", "16", "outcomes_recorded") == 40
    assert count_of(reading, "norfolk", "1", "outcomes_assigned") == 1
    assert reading.counts.query("dimension == '16'")["item"].tolist() == ["outcomes_recorded"]
    only = outcomes.read(open_book(tmp_path / "x.csv.gz"), "r", basis="recorded")
    assert set(only.counts["item"]) == {"outcomes_recorded"}


def test_outcomes_left_out_by_reason(tmp_path: Path) -> None:
    extra = [
        outcome("Norfolk", "1a", 2),
        outcome("Norfolk", "8", "N/A - offence code expired"),
        outcome("Norfolk", "9", 5, group="Fraud offences to 2012/13"),
        outcome("British Transport Police", "9", 6),
    ]
    path = csv_file(tmp_path / "x.csv", [OUTCOME_HEADING, *all_forces_outcomes(), *extra])
    reading = sources.read(path, "r")
    assert {reason: left.rows for reason, left in reading.account.left_out.items()} == {
        "part of another outcome type (1a, 2a, 3a)": 1,
        "no count on the recorded basis: N/A - offence code expired": 1,
        "fraud offences, which Action Fraud records for the forces": 1,
        "British Transport Police is no police force area": 1,
    }
    assert reading.counts.query("item == 'outcomes_recorded'")["count"].sum() == 43 * 6


def test_outcome_type_0_is_kept_for_the_sum(tmp_path: Path) -> None:
    reading = sources.read(csv_file(tmp_path / "x.csv", [OUTCOME_HEADING, *all_forces_outcomes()]), "r")
    assert count_of(reading, "norfolk", "0", "outcomes_recorded") == 3


def test_unknown_outcome_type_is_refused(tmp_path: Path) -> None:
    rows = [OUTCOME_HEADING, *all_forces_outcomes(), outcome("Norfolk", "99", 1)]
    with pytest.raises(sources.SourceError, match=r"x.csv, line 88, column G: unknown outcome type '99'"):
        sources.read(csv_file(tmp_path / "x.csv", rows), "r")


def test_a_basis_that_the_file_lacks_is_refused(tmp_path: Path) -> None:
    path = csv_file(tmp_path / "x.csv", [row[:-1] for row in [OUTCOME_HEADING, *all_forces_outcomes()]])
    with pytest.raises(
        sources.SourceError, match=r"x.csv, line 1: no column 'Force outcomes for offences .* asked for"
    ):
        outcomes.read(open_book(path), "r", basis="assigned")


def test_windows_code_page_is_read(tmp_path: Path) -> None:
    rows = [CRIME_HEADING, *all_forces_crime(), crime("Norfolk", 2, "Theft offences", "39 – person")]
    reading = sources.read(csv_file(tmp_path / "x.csv", rows, "cp1252"), "r")
    assert count_of(reading, "norfolk", "Theft offences") == 2


def test_totals_note_marks_and_revision_marks_of_other_issues(tmp_path: Path) -> None:
    rows = [CRIME_HEADING, *all_forces_crime(), crime("England and Wales", 430)]
    next(row for row in rows if row[2] == "Norfolk")[2:8:5] = ["Norfolk [note 4]", "1,010 [r]"]
    reading = sources.read(csv_file(tmp_path / "x.csv", rows), "r")
    assert count_of(reading, "norfolk", "Robbery") == 1010
    assert reading.account.left_out["England and Wales is a total of forces"] == sources.LeftOut(1, 430)


@pytest.mark.shared
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_the_320_000_rows_of_the_april_2026_workbook_take_at_most_600_mb() -> None:
    path = shared("raw/home_office/prc-pfa-mar2013-onwards-tables-230426-rebuilt.ods")
    program = (
        "import re, sys; from pathlib import Path; from peel_analysis import sources\n"
        "reading = sources.read(Path(sys.argv[1]), 'r')\n"
        "peak = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]\n"  # of this program alone
        "print(len(reading.counts), reading.account.rows_read, peak)"
    )
    run = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    rows, rows_read, peak = run.stdout.split()
    assert (int(rows), int(rows_read)) == (55 * 43 * 9, 321_893)
    assert int(peak) < 600 * 1024


@pytest.mark.shared
def test_workbook_and_its_cleaned_copy_hold_the_same_counts() -> None:
    published = sources.read(shared("raw/home_office/prc-pfa-mar2013-onwards-tables-230426-rebuilt.ods"), "r").counts
    cleaned = sources.read(shared("raw/home_office/prc-pfa-mar2013-onwards-cleaned-230426.parquet"), "r").counts
    assert as_text(published) == as_text(cleaned)


@pytest.mark.shared
def test_outcomes_of_all_types_add_up_to_recorded_crime_force_by_force_in_2024_25() -> None:
    crimes = sources.read(shared("raw/home_office/prc-pfa-mar2013-onwards-cleaned-230426.parquet"), "r").counts
    crimes = crimes[crimes["period_start"].between("2024-04-01", "2025-03-31")]
    found = sources.read(shared("raw/home_office/outcomes-2024-25-cleaned.parquet"), "r").counts
    keys = ["force_id", "period_start"]
    assert found["count"].sum() == 5_225_477
    pd.testing.assert_series_equal(crimes.groupby(keys)["count"].sum(), found.groupby(keys)["count"].sum())


@pytest.mark.shared
def test_the_march_2019_outcomes() -> None:
    reading = sources.read(shared("raw/home_office/outcomes-open-data-year-ending-march-2019.csv.gz"), "r")
    sums = reading.counts.groupby("item")["count"].sum()
    assert sums["outcomes_recorded"] == 5_202_495  # 0.04% above recorded crime 2018/19 in the later April 2026 release
    assert sums["outcomes_assigned"] == 5_047_445  # type 0 has no count on this basis
    assert reading.account.left_out["no count on the recorded basis: N/A - offence code expired"].rows == 110_080


@pytest.mark.shared
def test_the_older_release_of_2017_18_differs_from_april_2026() -> None:
    reading = sources.read(shared("raw/home_office/prc-pfa-mar2013-onwards-tables201718.csv"), "r")
    assert reading.counts["count"].sum() == 4_821_452
    assert len(reading.counts) == 43 * 4 * 9
