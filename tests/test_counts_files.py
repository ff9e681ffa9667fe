"""Files of counts as people save them: cells too many, other encodings, huge numbers, rows of another table."""

from pathlib import Path

import pytest
from workbooks import DATA, FORCES

from peel_analysis.data import counts
from peel_analysis.data.errors import InputError
from peel_analysis.sources import data_return
from peel_analysis.sources.reading import Request
from peel_analysis.sources.sheets import open_book

HEADER = "force_id,item,dimension,period_start,period_end,count,status,release\n"
GOOD = "norfolk,recorded_crime,Robbery,2017-04-01,2017-06-30,12,reported,2026-04\n"
OTHER = GOOD.replace("norfolk", "suffolk")
RETURN = "force,item,period_start,period_end,count,status\n"
NORFOLK = "Norfolk,calls,2016-07-01,2017-06-30,1204,reported\n"
HUGE = "9" * 23


def table(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "recorded_crime" / "2026-04.csv"
    path.parent.mkdir()
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (OTHER.replace("Robbery", "Theft, other"), "line 3: 9 cells for 8 columns; put a cell that holds a comma"),
        (OTHER.replace(",2026-04", ""), "line 3: 7 cells for 8 columns; put a comma for every cell, a blank one too"),
        (OTHER.replace(",reported,2026-04", ""), "line 3: 6 cells for 8 columns; "),
        (OTHER.replace("Robbery", '"Robbery'), "line 3: the quotation marks of the row that starts here do not pair"),
        (OTHER.replace("12", HUGE), f"line 3, column count: found '{HUGE}' .* of at most 15 digits"),
        (
            OTHER.replace("recorded_crime", "recorded_crimes"),
            "line 3, column item: found 'recorded_crimes' in the folder of 'recorded_crime'; put the row",
        ),
        (
            OTHER.replace("2026-04", "2025-04"),
            "line 3, column release: found '2025-04' in the file of '2026-04'; put the row where it belongs",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_told_in_one_line(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(counts.TableError, match=rf"^2026-04.csv, {message}.*$") as refused:
        counts.read(table(tmp_path, (HEADER + GOOD + line).encode()), forces=FORCES)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "line"),
    [((HEADER + GOOD).encode("utf-16"), 1), ((HEADER + GOOD).encode() + b"norfolk,caf\xe9\n", 3)],
)
def test_a_table_in_another_encoding_is_told_in_one_line(tmp_path: Path, content: bytes, line: int) -> None:
    with pytest.raises(counts.TableError, match=rf"^2026-04.csv, line {line}: the byte .* is not UTF-8; save the file"):
        counts.read(table(tmp_path, content), forces=FORCES)


def test_a_byte_order_mark_and_line_ends_of_windows_are_read(tmp_path: Path) -> None:
    rows = counts.read(table(tmp_path, (HEADER + GOOD).replace("\n", "\r\n").encode("utf-8-sig")), forces=FORCES)
    assert rows["count"].tolist() == [12]


def returned(tmp_path: Path, text: str) -> None:
    path = tmp_path / "invented.csv"
    path.write_text(text, encoding="utf-8")
    data_return.read(Request(open_book(path), "return-2017", FORCES, returned=tuple(DATA.returned)))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (NORFOLK.replace(",reported", ""), "line 3: 5 cells for 6 columns; put a comma for every cell"),
        (NORFOLK.replace("1204", "1,204"), "line 3: 7 cells for 6 columns; put a cell that holds a comma in quotation"),
        (
            NORFOLK.replace("1204", HUGE),
            f"line 3, column E: found '{HUGE}', a count of more than 15 digits; correct it",
        ),
    ],
)
@pytest.mark.parametrize("first", [NORFOLK.replace("Norfolk", "Suffolk"), ",,,,,\n"])
def test_a_row_of_a_return_that_cannot_be_used_is_told_with_its_line(
    tmp_path: Path, first: str, line: str, message: str
) -> None:
    with pytest.raises(InputError, match=f"^invented.csv, {message}"):
        returned(tmp_path, RETURN + first + line)


def test_a_return_whose_only_row_lacks_its_last_cell_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^invented.csv, line 2: 5 cells for 6 columns; "):
        returned(tmp_path, RETURN + NORFOLK.replace(",reported", ""))


def test_blank_cells_after_the_last_column_of_a_return_are_no_fault(tmp_path: Path) -> None:
    returned(tmp_path, RETURN + NORFOLK.replace("\n", ",,\n"))
