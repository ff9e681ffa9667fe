"""Recorded crime as the Home Office publishes it, with invented counts, and the real files."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from home_office import CRIME_HEADING, all_forces_crime, count_of, crime, csv_file
from shared_folder import shared
from workbooks import FORCES, Row, read_file, save

from peel_analysis.data.counts import as_text
from peel_analysis.data.folder import open_data
from peel_analysis.sources import crime_tables
from peel_analysis.sources.crime_cells import OTHER_NAMES
from peel_analysis.sources.reading import LeftOut, Request
from peel_analysis.sources.sheets import SourceError, open_book


def test_the_groups_that_are_read_are_those_that_a_whole_table_is_declared_to_have() -> None:
    assert sorted(OTHER_NAMES) == sorted(open_data().items["recorded_crime"].dimensions)


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
    reading = read_file(path)
    assert reading.account.sheets_read == ("2015_16", "2016_17")
    assert reading.account.sheets_left == ("Cover_sheet",)
    assert len(reading.counts) == 2 * 43
    assert (reading.account.first, reading.account.last) == ("2015-04-01", "2016-06-30")


def test_heading_further_down_and_notes_below_the_table(tmp_path: Path) -> None:
    rows: list[Row] = [["Title"], [], ["Some words"], CRIME_HEADING, *all_forces_crime(), [], ["Source: Home Office"]]
    reading = read_file(save(tmp_path / "x.xlsx", {"Data": rows}))
    assert count_of(reading, "norfolk", "Robbery") == 10
    assert reading.account.left_out["blank line or note under the table"].rows == 2


def test_padded_numbers_dashes_corrections_and_the_group_s_other_name(tmp_path: Path) -> None:
    rows = [CRIME_HEADING, *all_forces_crime()]
    for code, number in (("1", " 1,204 "), ("2", "-00 "), ("3", " -   "), ("4", "-4 ")):
        rows.append(crime("Norfolk", number, "Miscellaneous crimes", code))
    reading = read_file(csv_file(tmp_path / "x.csv", rows))
    assert count_of(reading, "norfolk", "Miscellaneous crimes against society") == 1200


def test_bodies_that_are_no_force_and_fraud_are_left_out_and_counted(tmp_path: Path) -> None:
    extra = [
        crime("British Transport Police", 5),
        crime("Cifas", 7, "Fraud offences"),
        crime("Norfolk", 11, "Fraud offences to 2012/13", "51"),
    ]
    reading = read_file(csv_file(tmp_path / "x.csv", [CRIME_HEADING, *all_forces_crime(), *extra]))
    assert reading.counts["count"].sum() == 430
    left_out = reading.account.left_out
    assert left_out["British Transport Police is no police force area"] == LeftOut(1, 5)
    assert left_out["CIFAS is no police force area"] == LeftOut(1, 7)
    assert left_out["fraud offences, which Action Fraud records for the forces"] == LeftOut(1, 11)
    assert "  left out: 1 rows, which count 5: British Transport Police is no police force area" in list(
        reading.account.lines()
    )


def test_cleaned_columns_are_the_same_format(tmp_path: Path) -> None:
    frame = pd.DataFrame(all_forces_crime(), columns=CRIME_HEADING).rename(
        columns={"Financial Year": "FY", "Force Name": "Force", "Offence Group": "Group", "Number of Offences": "n"}
    )
    frame.assign(territorial=True).to_parquet(tmp_path / "cleaned.parquet")
    assert read_file(tmp_path / "cleaned.parquet").counts["count"].sum() == 430


def test_homicide_stands_in_as_many_rows_as_its_cell_names_codes(tmp_path: Path) -> None:
    homicide = [crime("Norfolk", 1, "Violence against the person", "1/4.1/4.2") for _ in range(3)]
    reading = read_file(csv_file(tmp_path / "x.csv", [CRIME_HEADING, *all_forces_crime(), *homicide]))
    assert count_of(reading, "norfolk", "Violence against the person") == 3
    with pytest.raises(SourceError, match=r"line 48, column G: repeats .* line 45; an offence of several codes"):
        read_file(csv_file(tmp_path / "x.csv", [CRIME_HEADING, *all_forces_crime(), *homicide, homicide[0]]))


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
        (
            lambda rows: rows.append(rows[1]),
            r"G45: repeats the quarter, force and offence of sheet '2016_17', row 2; its cells are the same; k",
        ),
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
    with pytest.raises(SourceError, match=message):
        crime_tables.read_crime(Request(open_book(path), "r", FORCES))


def test_a_quarter_in_two_sheets_is_refused(tmp_path: Path) -> None:
    rows = [CRIME_HEADING, *all_forces_crime()]
    path = save(tmp_path / "x.xlsx", {"2016_17": rows, "again": rows})
    with pytest.raises(
        SourceError, match=r"'again', row 1: holds 2016-04-01 to 2016-06-30, as x.xlsx, sheet '2016_17'"
    ):
        read_file(path)


def test_a_force_that_gave_no_figures_gets_blank_rows_that_say_so(tmp_path: Path) -> None:
    rows = [row for row in all_forces_crime() if row[2] != "Greater Manchester"]
    path = csv_file(tmp_path / "x.csv", [CRIME_HEADING, *rows])
    reading = read_file(path, "r", not_supplied=["greater-manchester"])
    row = reading.counts.query("force_id == 'greater-manchester'").iloc[0]
    assert pd.isna(row["count"])
    assert row["status"] == "not_supplied"
    assert reading.account.forces == 42


def test_windows_code_page_is_read(tmp_path: Path) -> None:
    rows = [CRIME_HEADING, *all_forces_crime(), crime("Norfolk", 2, "Theft offences", "39 – person")]
    reading = read_file(csv_file(tmp_path / "x.csv", rows, "cp1252"))
    assert count_of(reading, "norfolk", "Theft offences") == 2


def test_totals_note_marks_and_revision_marks_of_other_issues(tmp_path: Path) -> None:
    rows = [CRIME_HEADING, *all_forces_crime(), crime("England and Wales", 430)]
    next(row for row in rows if row[2] == "Norfolk")[2:8:5] = ["Norfolk [note 4]", "1,010 [r]"]
    reading = read_file(csv_file(tmp_path / "x.csv", rows))
    assert count_of(reading, "norfolk", "Robbery") == 1010
    assert reading.account.left_out["England and Wales is a total of forces"] == LeftOut(1, 430)


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_the_320_000_rows_of_the_april_2026_workbook_take_at_most_600_mb() -> None:
    path = shared("raw/home_office/prc-pfa-mar2013-onwards-tables-230426-rebuilt.ods")
    program = (
        "import re, sys; from pathlib import Path; from peel_analysis.sources.sheets import open_book\n"
        "from peel_analysis.sources.reading import Request\n"
        "from peel_analysis.data.folder import open_data; from peel_analysis.sources.formats import recognise\n"
        "book = open_book(Path(sys.argv[1])); reading = recognise(book).read(Request(book, 'r', open_data().forces))\n"
        "peak = re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]\n"  # of this program alone
        "print(len(reading.counts), reading.account.rows_read, peak)"
    )
    run = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    rows, rows_read, peak = run.stdout.split()
    assert (int(rows), int(rows_read)) == (55 * 43 * 9, 321_893)
    assert int(peak) < 600 * 1024


@pytest.mark.slow
@pytest.mark.shared
def test_workbook_and_its_cleaned_copy_hold_the_same_counts() -> None:
    published = read_file(shared("raw/home_office/prc-pfa-mar2013-onwards-tables-230426-rebuilt.ods")).counts
    cleaned = read_file(shared("raw/home_office/prc-pfa-mar2013-onwards-cleaned-230426.parquet")).counts
    assert as_text(published) == as_text(cleaned)


@pytest.mark.shared
def test_the_older_release_of_2017_18_differs_from_april_2026() -> None:
    reading = read_file(shared("raw/home_office/prc-pfa-mar2013-onwards-tables201718.csv"))
    assert reading.counts["count"].sum() == 4_821_452
    assert len(reading.counts) == 43 * 4 * 9


def test_partnerships_are_added_up_by_force(tmp_path: Path) -> None:
    heading: Row = [*CRIME_HEADING[:3], "CSP Name", *CRIME_HEADING[3:]]
    rows: list[Row] = [[*row[:3], place, *row[3:]] for row in all_forces_crime() for place in ("East", "West")]
    path = csv_file(tmp_path / "x.csv", [heading, *rows])
    assert count_of(read_file(path), "norfolk", "Robbery") == 20
    again = [*rows[0][:3], " east", *rows[0][4:]]
    with pytest.raises(SourceError, match=r"line 88, column H: repeats .* of line 2; its cells are .*; "):
        read_file(csv_file(tmp_path / "y.csv", [heading, *rows, again]))
    again[3] = "Total"
    with pytest.raises(SourceError, match=r"line 88, column D: found 'Total' .*; give the table without its totals"):
        read_file(csv_file(tmp_path / "z.csv", [heading, *rows, again]))


@pytest.mark.parametrize(
    ("column", "spelling"),
    [
        (0, "2016-17"),
        (0, "2016/2017"),
        (1, "Q1"),
        (2, "Norfolk Constabulary"),
        (2, "norfolk [note 2]"),
        (3, "OFFENCE 8n"),
        (6, "8n "),
        (6, "08N"),
        (6, "8N [note 4]"),
    ],
)
def test_a_row_that_is_repeated_under_another_spelling_is_refused(tmp_path: Path, column: int, spelling: str) -> None:
    first = crime("Norfolk", 3, "Violence against the person", "8N")
    again = [*first[:column], spelling, *first[column + 1 :]]
    rows = [CRIME_HEADING, *all_forces_crime(), first, again]
    with pytest.raises(SourceError, match=r"line 46, column G: repeats the quarter, force and offence of line 45"):
        read_file(csv_file(tmp_path / "x.csv", rows))


def test_two_counts_of_one_offence_are_not_to_be_halved_blindly(tmp_path: Path) -> None:
    rows = [CRIME_HEADING, *all_forces_crime(), crime("Norfolk", -10)]
    with pytest.raises(SourceError, match="its cells are not all the same; find out at the publisher's which is right"):
        read_file(csv_file(tmp_path / "x.csv", rows))


def test_offences_that_were_not_provided(tmp_path: Path) -> None:
    words = "N/A - data not provided"
    rows = [CRIME_HEADING, *all_forces_crime(), *(crime(force.name, 5, code="35") for force in FORCES)]
    rows = [[*row[:7], words] if row[2] == "Kent" or row[2:7:4] == ["Norfolk", "34"] else row for row in rows]
    reading = read_file(csv_file(tmp_path / "x.csv", rows))
    told = reading.counts.set_index("force_id")["status"]
    assert (told["norfolk"], told["kent"], told["suffolk"]) == ("partial", "not_supplied", "reported")
    assert count_of(reading, "norfolk", "Robbery") == 5
    assert reading.account.left_out[f"no count: {words} (Kent and Norfolk)"] == LeftOut(3)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("1,234", 1234),
        ("1 234", 1234),
        ("1\u00a0234", 1234),
        ("-1,234,567", -1234567),
        ("1,2,3", None),
        ("12,34", None),
        ("1 2", None),
        ("1 234,567", None),
        ("١٢", None),
        ("１２", None),
        ("½", None),
        ("1e3", None),
        ("0x10", None),
        ("1_000", None),
        ("1.234", None),
        ("--1", None),
        ("1000000000000000000", None),
        (1e18, None),
        (1.5, None),
        (-3, -3),
        ("#REF!", None),
        ("#N/A", None),
    ],
)
def test_odd_numbers_are_the_right_count_or_refused_with_their_cell(
    tmp_path: Path, cell: object, read: int | None
) -> None:
    rows = [CRIME_HEADING, *all_forces_crime(), crime("Norfolk", cell, "Theft", "46")]
    path = save(tmp_path / "x.xlsx", {"2016_17": rows})
    if read is not None:
        assert count_of(read_file(path), "norfolk", "Theft offences") == read
        return
    with pytest.raises(SourceError, match="sheet '2016_17', cell H45: found '"):
        read_file(path)


@pytest.mark.parametrize("year", ["1017/18", "2117/18", "1989/90", "9999/00", "0000/01"])
def test_a_year_that_no_table_of_these_has_is_refused(tmp_path: Path, year: str) -> None:
    with pytest.raises(SourceError, match=rf"line 2, column A: found '{year}', and the financial years of these"):
        read_file(csv_file(tmp_path / "x.csv", [CRIME_HEADING, *all_forces_crime(year)]))


def test_a_row_without_force_and_count_is_no_blank_line(tmp_path: Path) -> None:
    rows = [CRIME_HEADING, *all_forces_crime(), crime("", "")]
    with pytest.raises(SourceError, match=r"x.csv, line 45, column C: No force called ''"):
        read_file(csv_file(tmp_path / "x.csv", rows))


def test_how_many_rows_each_force_has_of_a_quarter_and_code_is_told(tmp_path: Path) -> None:
    rows = [CRIME_HEADING, *all_forces_crime(), crime("Norfolk", 1, code="8n")]
    cells = read_file(csv_file(tmp_path / "x.csv", rows)).cells
    of_norfolk = cells.loc[cells["force_id"] == "norfolk", ["group", "type", "code", "rows"]]
    assert of_norfolk.to_numpy().tolist() == [["Robbery", "", "34", 1], ["Robbery", "", "8N", 1]]
    assert len(cells) == 44
