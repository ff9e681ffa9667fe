"""Knowing a file by its content, files that are none of the formats, and the data return."""

import gzip
from pathlib import Path
from typing import Literal

import openpyxl
import pytest
from workbooks import FORCES, ods_row, read_file, save, save_ods

from peel_analysis.data.counts import TableError
from peel_analysis.sources import crime_tables, data_return
from peel_analysis.sources.formats import recognise
from peel_analysis.sources.sheets import SourceError, open_book

HEADING = ["force", "item", "period_start", "period_end", "count", "status"]
ROW = ["norfolk", "calls", "2016-07-01", "2017-06-30", 1204, "reported"]
RETURN = "force,item,period_start,period_end,count,status\n"


def file(tmp_path: Path, text: str, name: str = "return.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Financial Year,Financial Quarter,Force Name,Offence Group,Number of Offences", crime_tables.CRIME_FORMAT),
        ("FY,Financial Quarter,Force,Group,n,territorial", crime_tables.CRIME_FORMAT),
        ("Financial Year,Financial Quarter,Force,Offence Group,Outcome Type,n", crime_tables.OUTCOMES_FORMAT),
        (RETURN.strip(), data_return.FORMAT),
    ],
)
def test_a_file_is_known_by_its_heading_under_any_name(tmp_path: Path, heading: str, name: str) -> None:
    assert recognise(open_book(file(tmp_path, f"Some title\n\n{heading}\n", "download (3).txt"))).name == name


def test_a_packed_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "return.csv"
    path.write_bytes(gzip.compress(RETURN.encode()))
    assert recognise(open_book(path)).name == data_return.FORMAT


def test_a_file_like_no_format_says_what_it_starts_with(tmp_path: Path) -> None:
    path = save(tmp_path / "x.xlsx", {"Index": [["Police workforce"]]})
    with pytest.raises(
        SourceError,
        match=r"x.xlsx: not a format known here \(sheet 'Index', row 1 starts with 'Police workforce'\); the formats",
    ):
        recognise(open_book(path))


def test_the_open_data_table_of_the_workforce_is_told_with_the_one_to_take(tmp_path: Path) -> None:
    heading = "As at 31 March,Geocode,Force name,Region,Sex,Rank,Worker type,Total (Headcount),Total (FTE)"
    path = file(tmp_path, f"{heading}\n2017,E23000024,Norfolk,Eastern,Male,Constable,Police Officer,9,8.5\n")
    with pytest.raises(SourceError, match=r"return.csv: the open data table of the police workforce.*; take the"):
        recognise(open_book(path))


def test_tables_of_areas_without_what_is_read_are_told_with_those_to_take(tmp_path: Path) -> None:
    title = "Table P1: Police recorded crime by offence group and police force area, year ending June 2018"
    rows: list[list[object]] = [[title], ["Area Name", "Robbery"], *([force.name, 5] for force in FORCES)]
    path = save(tmp_path / "x.xlsx", {"Notes": [["Notes"]], "Table P1": rows})
    with pytest.raises(SourceError, match=r"x.xlsx: tables by police force area, and none counts anti-social .*; take"):
        recognise(open_book(path))


def test_a_renamed_column_is_named_and_not_taken_for_another_format(tmp_path: Path) -> None:
    path = file(tmp_path, "Financial Year,Financial Quarter,Force Name,Offence Group,Offences counted\n")
    with pytest.raises(SourceError, match=r"line 1: no column 'Number of Offences'; .*'Offences counted'; give"):
        read_file(path)


def test_damaged_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        open_book(tmp_path / "nothing.ods")
    (tmp_path / "half.ods").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(SourceError, match=r"half.ods: it does not open or is damaged .*; download it again"):
        open_book(tmp_path / "half.ods")
    (tmp_path / "half.csv.gz").write_bytes(gzip.compress(RETURN.encode() * 100)[:40])
    with pytest.raises(SourceError, match=r"half.csv.gz: does not unpack .*; download it again"):
        open_book(tmp_path / "half.csv.gz")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\x00\x00")
    with pytest.raises(SourceError, match=r"picture.csv: a picture, not a file of data; give the file"):
        open_book(tmp_path / "picture.csv")


def test_a_return_takes_names_and_keeps_reasons(tmp_path: Path) -> None:
    path = file(
        tmp_path,
        RETURN
        + 'Norfolk Constabulary,Calls,2016-07-01,2017-06-30,"1,204",reported\n'
        + ",,,,,\n"
        + "suffolk,organised_crime_groups,2017-07-01,2017-07-01,,Not supplied\n",
    )
    reading = read_file(path, "return-2017")
    assert reading.counts["force_id"].tolist() == ["norfolk", "suffolk"]
    assert reading.counts["count"].tolist()[0] == 1204
    assert reading.counts["status"].tolist() == ["reported", "not_supplied"]
    assert set(reading.counts["release"]) == {"return-2017"}
    assert reading.account.rows_read == 3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Norfok,calls,2016-07-01,2017-06-30,1,reported", r"return.csv, line 3, column A: No force called 'Norfok'"),
        (
            "norfolk,tea,2016-07-01,2017-06-30,1,reported",
            r"line 3, column B: unknown item 'tea'; the items of a return",
        ),
        (
            "norfolk,calls,2016-07-01,2017-06-30,lots,reported",
            r"line 3, column E: found 'lots' where a count should be",
        ),
        ("norfolk,calls,30/06/2016,2017-06-30,1,reported", r"line 3, column period_start: '30/06/2016' is no date"),
        ("norfolk,calls,2016-07-01,2017-06-30,,reported", r"line 3, column count: no count, and the status is 'rep"),
        ("norfolk,calls,2016-07-01,2017-06-30,1,perhaps", r"line 3, column status: unknown status 'perhaps'"),
    ],
)
def test_a_return_is_refused_by_line(tmp_path: Path, line: str, message: str) -> None:
    path = file(tmp_path, RETURN + ",,,,,\n" + line + "\n")
    with pytest.raises((SourceError, TableError), match=message):
        read_file(path)


CRIME: list[object] = [
    "Financial Year",
    "Financial Quarter",
    "Force Name",
    "Offence Group",
    "Offence Code",
    "Number of Offences",
]
ROWS: list[list[object]] = [["2016/17", 1, force.name, "Robbery", "34", 10] for force in FORCES]


@pytest.mark.parametrize("at", [0, 6])
@pytest.mark.parametrize(
    ("name", "cell", "field"),
    [
        ("n", 1, "Number of Offences"),
        ("Offences", "Robbery of personal property", "Number of Offences"),
        ("Number of Offences", 11, "Number of Offences"),
        ("Year", 2016, "Financial Year"),
        ("Financial Year 2", "2017/18", "Financial Year"),
        ("Group", "Violence", "Offence Group"),
    ],
)
def test_two_columns_that_could_be_one_are_refused_with_both_named(
    tmp_path: Path, at: int, name: str, cell: object, field: str
) -> None:
    rows = [[*row[:at], cell, *row[at:]] for row in ROWS]
    rows.insert(0, [*CRIME[:at], name, *CRIME[at:]])
    path = save(tmp_path / "x.xlsx", {"2016_17": rows})
    with pytest.raises(SourceError) as refused:
        read_file(path)
    cells = {letter: str(one) for letter, one in zip("ABCDEFG", rows[0], strict=True) if one in (name, field)}
    both = " and ".join(f"'{one}' (x.xlsx, sheet '2016_17', cell {letter}1)" for letter, one in cells.items())
    assert f"{both} could both be '{field}'; leave that name to the one that is meant" in str(refused.value)


def test_an_empty_column_or_one_with_the_same_cells_is_no_second_one(tmp_path: Path) -> None:
    for cells in ([""] * 43, ["2016/17"] * 43):
        rows = [["Year", *CRIME], *([one, *row] for row, one in zip(ROWS, cells, strict=True))]
        assert len(read_file(save(tmp_path / "x.xlsx", {"2016_17": rows})).counts) == 43


def test_a_return_with_two_columns_for_one_thing_is_refused(tmp_path: Path) -> None:
    text = "force,item,start,from,to,count,status\nNorfolk,calls,2016-07-01,2016-04-01,2017-06-30,1,reported\n"
    with pytest.raises(SourceError, match=r"'start' .* and 'from' .*could both be 'period_start'"):
        read_file(file(tmp_path, text))


@pytest.mark.parametrize(
    "other",
    [
        [["Offence Code", "Offence Description", "Offence Group"], ["34", "Robbery", "Robbery"]],
        [["Financial Year", "Force Name", "Offence Group", "Total"], ["2016/17", "Norfolk", "Robbery", 10]],
    ],
)
def test_a_sheet_without_a_column_of_counts_is_left_and_named(tmp_path: Path, other: list[list[object]]) -> None:
    reading = read_file(save(tmp_path / "x.xlsx", {"Reference": other, "2016_17": [CRIME, *ROWS]}))
    assert (reading.account.sheets_read, reading.account.sheets_left) == (("2016_17",), ("Reference",))
    with pytest.raises(SourceError, match=r"sheet '2017_18', row 1: no column "):
        read_file(save(tmp_path / "x.xlsx", {"2017_18": other, "2016_17": [CRIME, *ROWS]}))
    with pytest.raises(SourceError, match=r"sheet 'Reference', row 1: no column 'Financial (Year|Quarter)'"):
        read_file(save(tmp_path / "x.xlsx", {"Reference": other}))


def test_a_sheet_of_counts_that_lacks_a_column_is_not_left(tmp_path: Path) -> None:
    renamed = [["Financial Year", "Three months", *CRIME[2:]], *ROWS]
    with pytest.raises(
        SourceError, match=r"sheet 'More', row 1: no column 'Financial Quarter'; found .*'Three months'"
    ):
        read_file(save(tmp_path / "x.xlsx", {"2016_17": [CRIME, *ROWS], "More": renamed}))


@pytest.mark.parametrize("state", ["hidden", "veryHidden", "ods"])
def test_a_hidden_sheet_is_left_and_named(tmp_path: Path, state: Literal["hidden", "veryHidden", "ods"]) -> None:
    if state == "ods":
        rows = [ods_row(*HEADING), ods_row(*ROW)]
        path = save_ods(tmp_path / "x.ods", {"Return": rows, "Example": rows}, hidden=["Example"])
    else:
        path = save(tmp_path / "x.xlsx", {"Return": [HEADING, ROW], "Example": [HEADING, ROW]})
        book = openpyxl.load_workbook(path)
        book["Example"].sheet_state = state
        book.save(path)
    reading = read_file(path)
    assert reading.counts["count"].tolist() == [1204]
    assert (reading.account.sheets_read, reading.account.sheets_left) == (("Return",), ("Example (hidden)",))


def test_a_file_whose_only_table_is_hidden_says_so(tmp_path: Path) -> None:
    rows = [ods_row(*HEADING), ods_row(*ROW)]
    path = save_ods(tmp_path / "x.ods", {"Cover": [ods_row("A cover")], "Return": rows}, hidden=["Return"])
    with pytest.raises(SourceError, match=r"hidden sheets are not read \(Return\): show one that is to be read"):
        read_file(path)
