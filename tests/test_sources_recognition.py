"""Knowing a file by its content, files that are none of the formats, and the data return."""

import gzip
from pathlib import Path
from typing import Literal

import openpyxl
import pytest
from workbooks import ods_row, read_file, save, save_ods

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


def test_a_renamed_column_is_named_and_not_taken_for_another_format(tmp_path: Path) -> None:
    path = file(tmp_path, "Financial Year,Financial Quarter,Force Name,Offence Group,Offences counted\n")
    with pytest.raises(SourceError, match=r"line 1: no column 'Number of Offences'; .*'Offences counted'; give"):
        read_file(path)


def test_damaged_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        open_book(tmp_path / "nothing.ods")
    (tmp_path / "half.ods").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(SourceError, match=r"half.ods: the workbook does not open .*; download it again"):
        open_book(tmp_path / "half.ods")
    (tmp_path / "half.csv.gz").write_bytes(gzip.compress(RETURN.encode() * 100)[:40])
    with pytest.raises(SourceError, match=r"half.csv.gz: does not unpack .*; download it again"):
        open_book(tmp_path / "half.csv.gz")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\x00\x00")
    with pytest.raises(SourceError, match=r"picture.csv: no workbook, CSV or Parquet file"):
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
