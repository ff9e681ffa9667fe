"""What opening a file decides: encodings, separators, errors in cells, far cells, limits, and damage in one line."""

import gzip
import io
import os
import re
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet
from refusals import refusal
from workbooks import Row, ods_row, read_file, save, save_ods

from peel_analysis.sources import limits
from peel_analysis.sources.limits import SourceError, UnreadableError, told_with_its_place
from peel_analysis.sources.sheets import open_book

HEADING: Row = ["force", "item", "period_start", "period_end", "count", "status"]
NORFOLK: Row = ["norfolk", "calls", "2016-07-01", "2017-06-30", 1204, "reported"]
SUFFOLK: Row = ["suffolk", "calls", "2016-07-01", "2017-06-30", 7, "reported"]
RETURN = "".join(",".join(map(str, row)) + "\n" for row in (HEADING, NORFOLK, SUFFOLK))
CRIME = "Financial Year,Financial Quarter,Force Name,Offence Group,Offence Code,Number of Offences\n"
CRIME_ROW = "2016/17,1,Norfolk,Robbery,34,{}\n"


def written(folder: Path, content: bytes | str, name: str = "x.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def counts(path: Path) -> dict[str, int]:
    table = read_file(path).counts
    return dict(zip(table["force_id"], table["count"], strict=True))


BOTH = {"norfolk": 1204, "suffolk": 7}


@pytest.mark.parametrize(
    "content",
    [
        RETURN.replace(",", ";").encode(),
        RETURN.replace(",", "\t").encode(),
        RETURN.replace(",", "|").encode(),
        ("sep=;\n" + RETURN.replace(",", ";")).encode(),
        b"\xff\xfe" + RETURN.replace(",", "\t").encode("utf-16-le"),
        b"\xfe\xff" + RETURN.encode("utf-16-be"),
        RETURN.encode("utf-16-le"),
        RETURN.encode("utf-16-be"),
        RETURN.encode("utf-32"),
        b"\xef\xbb\xbf" + RETURN.encode(),
        RETURN.replace("\n", "\r").encode(),
        RETURN.replace("\n", "\r\n").encode() + b"\r\n\x1a",
        RETURN.encode() + b"\x00" * 600,
        RETURN.replace("reported\n", "reported,,,\n").encode(),
        RETURN.replace("reported\n", "reported,\n", 1).encode(),
        RETURN.replace("1204", '"1,204"').encode(),
        gzip.compress(b"\xff\xfe" + RETURN.replace(",", "\t").encode("utf-16-le")),
    ],
)
def test_text_gives_the_same_counts_however_it_was_saved(content: bytes, tmp_path: Path) -> None:
    assert counts(written(tmp_path, content)) == BOTH


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            RETURN.replace(",", ";").replace("1204", "1,204"),
            "x.csv, line 2, column E: found '1,204' between semi",
        ),
        (
            RETURN.replace(",", ";").replace("1204", "1.204"),
            "x.csv, line 2, column E: found '1.204' between semi",
        ),
        (RETURN.replace("1204", "1,204"), "x.csv, line 2: 7 cells for 6 columns; put a cell that holds a comma in"),
        (RETURN.replace("reported\nsuf", "reported,,,x\nsuf"), "x.csv, line 2: 9 cells for 6 columns"),
        (RETURN.replace("1204,reported", "1204"), "x.csv, line 2: 5 cells for 6 columns; put a comma for every cell"),
        (RETURN[:-20], "x.csv, line 3: 4 cells for 6 columns"),
        (RETURN + "norf", "x.csv, line 4: 1 cell for 6 columns"),
        (RETURN.replace("norfolk", '"norfolk'), "x.csv, line 2: the quotation marks of the row that starts here"),
        (RETURN.replace("norfolk", '"norfolk') + "suffolk" * 20_000, "x.csv, line 2: a cell of more than 131,072"),
        (
            RETURN.replace("reported\nsuf", '"reported\nsuf').replace("7,reported", '7,reported"'),
            "x.csv, line 2: a cell in quotation marks begins here and goes on to line 3",
        ),
        (RETURN.replace("1204", "#N/A"), "x.csv, line 2, column E: found '#N/A', an error"),
        ("\n" + CRIME + CRIME_ROW.format("1,234"), "x.csv, line 3: 7 cells for 6 columns"),
        (CRIME + CRIME_ROW.format('"1') + CRIME_ROW.format('2"'), "x.csv, line 2: a cell in quotation marks begins"),
        (CRIME + CRIME_ROW.format("#REF!"), "x.csv, line 2, column F: found '#REF!', an error"),
        ('"Financial\nYear"' + CRIME[14:] + CRIME_ROW.format("1,234"), "x.csv, line 3: 7 cells for 6 columns"),
    ],
)
def test_a_row_that_would_be_read_wrongly_is_refused_by_its_line(content: str, message: str, tmp_path: Path) -> None:
    assert refusal(lambda: read_file(written(tmp_path, content))).startswith(message)


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_a_byte_that_is_in_neither_encoding_is_named_with_its_line(byte: int, tmp_path: Path) -> None:
    path = written(tmp_path, RETURN.replace("suffolk", "suff?lk").encode().replace(b"?", bytes([byte])))
    told = refusal(lambda: read_file(path))
    assert told.startswith(f"x.csv, line 3: the byte {byte:#04x} is neither UTF-8 nor Windows text")


def parquet(**columns: Any) -> bytes:
    kept = io.BytesIO()
    pd.read_csv(io.StringIO(RETURN)).assign(**columns).to_parquet(kept)
    return kept.getvalue()


def zipped(**parts: str | bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), part)
    return kept.getvalue()


DAMAGED = "it does not open or is damaged"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\n\n\x00\x00", "the file holds no text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a picture"),
        (b"\x00\x07\x01\x03abc", "no workbook, CSV or Parquet file"),
        (RETURN.encode("cp037"), ", line 1: the byte 0x"),
        (RETURN.encode().replace(b"norf", b"n\x00rf"), ", line 2: the byte 0x00 is no text"),
        (RETURN.encode() * 100 + b"\x00\n", ", line 301: the byte 0x00 is no text"),
        (b"<!DOCTYPE html><html>", "a web page, not a file of data"),
        (b"%PDF-1.7", "a PDF"),
        (b"PAR1", DAMAGED),
        (b"PAR1" + b"\x00" * 90 + b"PAR1", DAMAGED),
        (parquet()[:-60], DAMAGED),
        (parquet(count=[[1], [2]]), DAMAGED),
        (parquet(count=[float("inf"), 7.0]), ", row 1, column 'count': found 'inf'"),
        (parquet(count=[1e20, 7.0]), ", row 1, column 'count': found '1"),
        (b"PK\x03\x04 and no more", DAMAGED),
        (
            zipped(return_csv=RETURN),
            "a zip archive, and no workbook; unpack it and give the file that is in it",
        ),
        (zipped(xl__workbook_bin=b"x"), "a binary workbook (.xlsb)"),
        (zipped(xl__workbook_xml="<", xl__worksheets__sheet1_xml="<"), DAMAGED),
        (zipped(content_xml="x", **{"META-INF__manifest_xml": "<encryption-data/>"}), "it is protected by a password"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "it is protected by a password"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, DAMAGED),
        (
            b"\xd0\xcf\x11\xe0\x05\x02\x08\x00\x04\x00\x02\x00\x00\x00\x17\x01",
            "the cell C5 of one of its sheets ",
        ),
        (gzip.compress(gzip.compress(RETURN.encode())), "no workbook, CSV or Parquet file"),
        (gzip.compress(RETURN.encode()) + b"more", "does not unpack"),
        (gzip.compress(b"0," * 30_000_000), "unpacks to more than"),
        (b"force,item\n" + b"x," * 20_000, ", line 2: 20,001 cells in a row are more than the 16,384 that are read"),
        (zipped(xl__worksheets__sheet1_xml=b" " * 60_000_000), "unpacks to more than"),
    ],
)
def test_what_is_no_such_file_is_told_in_one_line(content: bytes, message: str, tmp_path: Path) -> None:
    told = refusal(lambda: read_file(written(tmp_path, content, "x.bin")))
    assert told.startswith(f"x.bin{message}" if message.startswith(",") else f"x.bin: {message}"), told


def test_what_is_no_file_is_told_in_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, message in (("pipe", "a pipe or a device"), (".", "a folder"), ("nothing", "no such file")):
        assert message in refusal(partial(open_book, tmp_path / name))


def of_any_kind(error: BaseException) -> None:
    with told_with_its_place("x.csv"):
        raise error


@pytest.mark.parametrize(
    "error", [KeyError("n"), MemoryError(), RecursionError("deep"), OSError("thrift"), UnreadableError("no")]
)
def test_whatever_stops_a_reading_is_one_line_with_the_file(error: Exception) -> None:
    assert refusal(lambda: of_any_kind(error)).startswith("x.csv: ")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a" * 500, f"No force called '{'a' * 80}...'"),
        ("\x9b0;x", r"No force called '\\x9b0;x'"),
        ('"a\nb"', r"No force called 'a\\nb'"),
        ("a\u202eb", r"No force called 'a\\u202eb'"),
    ],
)
def test_what_a_message_quotes_is_cut_short_and_shows_its_control_characters(
    name: str, shown: str, tmp_path: Path
) -> None:
    told = refusal(lambda: read_file(written(tmp_path, RETURN.replace("norfolk", name).encode())))
    assert told.startswith("x.csv, line 2, column A: ")
    assert re.search(shown, told)
    assert told.isprintable()


def test_an_interrupt_of_a_reading_stays_one() -> None:
    with pytest.raises(KeyboardInterrupt):
        of_any_kind(KeyboardInterrupt())


def test_a_reading_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", -1)
    for path in (written(tmp_path, RETURN), save(tmp_path / "x.xlsx", {"Return": [HEADING, NORFOLK]})):
        assert "reading it takes more than" in refusal(partial(read_file, path))


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "FILE_BYTES", 100)
    assert "MB that are read" in refusal(lambda: read_file(written(tmp_path, RETURN)))
    monkeypatch.undo()
    monkeypatch.setattr(limits, "CELLS", 11)
    told = refusal(lambda: read_file(written(tmp_path, parquet(), "x.parquet")))
    assert told.startswith("x.parquet: 2 rows by 6 columns, of which 12 cells are filled, are more than is read")


# Cells of workbooks

ERRORS = ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!")


def xlsx(folder: Path, change: Callable[[Worksheet], None]) -> Path:
    path = save(folder / "x.xlsx", {"Return": [HEADING, NORFOLK, SUFFOLK]})
    book = openpyxl.load_workbook(path)
    change(book["Return"])
    book.save(path)
    return path


@pytest.mark.parametrize("error", [*ERRORS, "=#REF!+1"])
def test_an_error_in_a_cell_of_an_xlsx_is_refused_with_its_cell(error: str, tmp_path: Path) -> None:
    def put(sheet: Worksheet) -> None:
        sheet["E2"].value = error
        sheet["E2"].data_type = "f" if error.startswith("=") else "e"

    said = "found a formula without its result" if error.startswith("=") else f"found '{error}', an error"
    assert refusal(lambda: read_file(xlsx(tmp_path, put))).startswith(f"x.xlsx, sheet 'Return', cell E2: {said}")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (
            '<table:table-cell table:formula="of:=#REF!.A1" office:value-type="string" office:string-value="" '
            'calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>',
            "found '#REF!', an error",
        ),
        (
            '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0">'
            "<text:p>#DIV/0!</text:p></table:table-cell>",
            "found '#DIV/0!', an error",
        ),
        (
            '<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>Err:502</text:p>'
            "</table:table-cell>",
            "found 'Err:502', an error",
        ),
        ('<table:table-cell table:formula="of:=IF(1>0;1;2)"/>', "found a formula without its result"),
    ],
)
def test_an_error_in_a_cell_of_an_ods_is_refused_with_its_cell(cell: str, said: str, tmp_path: Path) -> None:
    rows = [ods_row(*HEADING), ods_row(*NORFOLK[:4], cell, "reported"), ods_row(*SUFFOLK)]
    told = refusal(lambda: read_file(save_ods(tmp_path / "x.ods", {"Return": rows})))
    assert told.startswith(f"x.ods, sheet 'Return', cell E2: {said}")


def test_an_error_in_a_column_or_a_sheet_that_is_not_used_stops_nothing(tmp_path: Path) -> None:
    def put(sheet: Worksheet) -> None:
        sheet["G2"].value, sheet["G2"].data_type = "#REF!", "e"
        assert sheet.parent
        other = sheet.parent.create_sheet("Sums")
        other["A1"].value, other["A1"].data_type = "#REF!", "e"

    assert counts(xlsx(tmp_path, put)) == BOTH


FORMATS = ("General", "0;0", "#,##0;(#,##0)", "#,##0_);(#,##0)", "#,##0;[Red]#,##0", '0;;0" offences"', "@", "0.00%")


def test_a_negative_number_stays_negative_however_its_cell_shows_it(tmp_path: Path) -> None:
    path = save(tmp_path / "x.xlsx", {"A": [[-1] for _ in FORMATS]})
    book = openpyxl.load_workbook(path)
    for row, number_format in enumerate(FORMATS, start=1):
        book["A"].cell(row, 1).number_format = number_format
    book.save(path)
    assert [row[0] for row in open_book(path).sheets[0].rows()] == [-1.0] * len(FORMATS)
    shown = ("-1", "(1)", "1", "-100%")
    kinds = ("float", "float", 'currency" office:currency="GBP', "percentage")
    cells = [
        f'<table:table-cell office:value-type="{kind}" office:value="-1"><text:p>{text}</text:p></table:table-cell>'
        for kind, text in zip(kinds, shown, strict=True)
    ]
    ods = save_ods(tmp_path / "x.ods", {"A": [ods_row(*cells, -1)]})
    assert open_book(ods).sheets[0].rows() == [[-1.0] * 5]


@pytest.mark.parametrize("cell", ["XFD1", "A1048576", "XFD1048576"])
@pytest.mark.parametrize("blank", [" ", "filled"])
def test_a_blank_cell_far_away_is_read_as_if_it_were_not_there(cell: str, blank: str, tmp_path: Path) -> None:
    def put(sheet: Worksheet) -> None:
        if blank == "filled":
            sheet[cell].fill = PatternFill("solid", fgColor="FFFF00")
        else:
            sheet[cell].value = blank

    path = xlsx(tmp_path, put)
    assert counts(path) == BOTH
    rows = open_book(path).sheets[0].rows()
    assert (len(rows), len(rows[0])) == (3, 16_384 if (cell, blank) == ("XFD1", " ") else 6)


def test_a_blank_cell_far_away_in_an_ods_is_read_as_if_it_were_not_there(tmp_path: Path) -> None:
    gap = '<table:table-cell table:number-columns-repeated="16376"/>'
    repeated = 'table:number-columns-repeated="900" office:value-type="string"'
    blanks = f"<table:table-cell {repeated}><text:p> </text:p></table:table-cell>"
    rows = [ods_row(*HEADING, gap, " "), ods_row(*NORFOLK), ods_row(*SUFFOLK), ods_row(blanks, repeated=1_000_000)]
    path = save_ods(tmp_path / "x.ods", {"Return": rows})
    assert counts(path) == BOTH
    assert {len(row) for row in open_book(path).sheets[0].rows()} == {6}


def test_a_text_far_away_is_refused_with_where_the_sheet_ends(tmp_path: Path) -> None:
    def put(sheet: Worksheet) -> None:
        sheet["F1048576"].value = "x"

    gap = ods_row('<table:table-cell table:number-columns-repeated="16384"/>', repeated=1_048_572)
    rows = [ods_row(*HEADING), ods_row(*NORFOLK), ods_row(*SUFFOLK), gap, ods_row("x")]
    for path in (xlsx(tmp_path, put), save_ods(tmp_path / "x.ods", {"Return": rows})):
        told = refusal(partial(open_book, path))
        assert "they end with column F and row 1,048,576; delete what stands far outside of the table" in told


def test_errors_of_readers_without_words_name_their_cell(tmp_path: Path) -> None:
    path = written(tmp_path, parquet(count=[{"a": 1}, {"a": 2}]), "x.parquet")
    with pytest.raises(SourceError, match=r"^x\.parquet"):
        read_file(path)
