"""The steps of docs/data_returns.md, followed to the letter: its five commands; its sample, and the edition's line.

The counts are invented.
"""

import csv
import io
import re
import shlex
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from textwrap import dedent

import openpyxl
import pytest
from command import run
from command import values as said_values
from conftest import later, peel
from workbooks import read_file, save

from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.returns.example import example_rows
from peel_analysis.returns.form import HEADING_ROW, RETURN, STATUSES
from peel_analysis.sources.reading import Reading

PROJECT = Path(__file__).resolve().parents[1]
PAGE = (PROJECT / "docs" / "data_returns.md").read_text(encoding="utf-8")
Row = dict[str, str]


@dataclass(frozen=True)
class Steps:
    """What the page says: the rows of the return, its commands in order, and the edition's line for an item."""

    sample: str
    commands: tuple[str, ...]
    line: str


def fill_in(form: Path) -> None:
    """Fill in Norfolk's form as the illustrative one is, with an earlier count that stands apart."""
    book = openpyxl.load_workbook(form)
    heading, *rows = book[RETURN].iter_rows(min_row=HEADING_ROW + 1)
    columns = {str(cell.value): place for place, cell in enumerate(heading)}
    own = {
        (row.item, row.period.words): row for row in example_rows(open_data().edition("2017"), 1)["norfolk"].values()
    }
    for cells in rows:
        row = own[str(cells[columns["Item"]].value), str(cells[columns["Period"]].value)]
        stands_apart = (row.item, row.year) == ("community_protection_notices", 2016)
        cells[columns["Count"]].value = (row.count or 0) * (3 if stands_apart else 1)
        cells[columns["Status"]].value = STATUSES[row.status]
    book.save(form)


def answer(log: Path) -> None:
    """Write an answer and a decision into each row of a log."""
    with log.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row |= {"answer": "The force had a drive.", "by": "A. Analyst", "on": "2017-09-30", "decision": "confirmed"}
    with log.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("with_report", [False, *later(True)])
def test_five_commands_go_from_the_template_to_the_page_that_is_signed(
    *, with_report: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    template, ask, ask_again, report, sign = re.findall(
        r"(?m)^peel (.*)$", PAGE.partition("\n```\n")[2].partition("\n```")[0]
    )
    assert run(capsys, *shlex.split(template)) == (0, "returns-2017/norfolk.xlsx\n", "")
    fill_in(tmp_path / "returns-2017" / "norfolk.xlsx")
    code, said, _ = run(capsys, *shlex.split(ask))
    assert (code, "norfolk-community_protection_notices-2017-far_from_year_before" in said) == (1, True)
    answer(tmp_path / "returns-2017" / "queries.csv")
    assert run(capsys, *shlex.split(ask_again))[0] == 0
    if with_report:
        code, said, _ = run(capsys, *shlex.split(report))
        assert (code, said) == (0, f"{tmp_path / 'build/unpublished/2017/norfolk/unpublished-index.html'}\n")
    code, said, _ = run(capsys, *shlex.split(sign))
    page = tmp_path / said.strip()
    assert (code, page.parent) == (0, tmp_path / "sign-off")
    assert "57.7" in page.read_text(encoding="utf-8")


def steps() -> Steps:
    """Return the steps as the page prints them."""
    section = PAGE.partition("\n## Loading counts from a CSV file\n")[2].partition("\n### ")[0]
    blocks = [dedent(block).strip() for block in re.findall(r"```\n(.*?)```", section, flags=re.S)]
    copying, *reports = re.findall(r"`((?:cp|peel report) [^`]+)`", section)
    line = re.search(r"under `\[releases\]`, add `([^`]+)`", section)
    assert line is not None
    return Steps(blocks[0] + "\n", (copying, *blocks[1].splitlines(), *reports), line[1])


def follow(folder: Path, sample: str) -> tuple[list[str], Path]:
    """Follow the steps in a copy of the project's folder; return what each command printed, and the data folder."""
    project = folder / "project"
    shutil.copytree(PROJECT / "data", project / "data")
    (project / "return.csv").write_text(sample, encoding="utf-8")
    said, data = [], folder / "our-data"
    for command in steps().commands:
        program, *arguments = shlex.split(command)
        if program == "cp":
            assert arguments == ["-r", "data", "../our-data"]
            shutil.copytree(project / "data", data)
            continue
        if arguments[0] == "report":
            name_releases(data, sample)
        done = peel(*arguments, cwd=project)
        assert (done.returncode, done.stderr) == (0, ""), command
        said.append(done.stdout)
    return said, data


def name_releases(data: Path, sample: str) -> None:
    """Add the page's line for each item of the return under the edition's releases."""
    named = steps().line.partition(" = ")
    items = dict.fromkeys(row["item"] for row in csv.DictReader(io.StringIO(sample)))
    assert named[0] in items
    lines = "\n".join(f"{item} = {named[2]}" for item in items)
    edition = data / "editions" / "2017.toml"
    text = edition.read_text(encoding="utf-8")
    edition.write_text(re.sub(r"(?m)^\[releases\].*$", rf"\g<0>\n{lines}", text), encoding="utf-8")


def values(capsys: pytest.CaptureFixture[str], data: Path, measure_id: str) -> dict[str, Row]:
    """Return the rows of a measure by force, as `peel values` prints them."""
    return {row["force_id"]: row for row in said_values(capsys, "--measure", measure_id, "--data", str(data))}


@pytest.mark.slow
def test_the_sample_ends_in_a_report_and_in_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = steps().sample
    rows = list(csv.DictReader(io.StringIO(sample)))
    counts = {(row["force"].split()[0].lower(), row["item"]): row["count"] for row in rows}
    said, data = follow(tmp_path, sample)
    assert "Would write" in said[0]
    assert "Written in " in said[1]
    assert (tmp_path / "project" / said[2].strip()).is_file()
    arrests = values(capsys, data, "da_arrest_rate")
    top, below = (int(counts["norfolk", f"domestic_abuse_{name}"]) for name in ("arrests", "offences"))
    norfolk = arrests["norfolk"]
    assert (norfolk["status"], norfolk["numerator"], norfolk["denominator"]) == ("reported", str(top), str(below))
    assert float(norfolk["value"]) == pytest.approx(100 * top / below)
    assert (arrests["suffolk"]["value"], arrests["suffolk"]["status"]) == ("", "not_supplied")
    assert (arrests["kent"]["value"], arrests["kent"]["status"]) == ("", "not_public")
    assert arrests["england-and-wales"]["status"] == "as_published"
    share = values(capsys, data, "da_share_of_crime_pct")["england-and-wales"]
    assert (share["value"], share["numerator"], share["members"]) == ("", "", "0")
    assert share["note"] == "One force alone has a figure, and that is not England and Wales."
    page = (tmp_path / "project" / "build" / "2017" / "norfolk" / "index.html").read_text(encoding="utf-8")
    assert f"{round(100 * top / below, 1)} arrests" in page
    assert f"England and Wales: – no figure: {share['note']}" in re.sub(r"<[^>]+>|\s+", " ", page).replace("  ", " ")


@pytest.mark.slow
@pytest.mark.usefixtures("own_data_folder")
def test_its_first_two_rows_alone_end_in_a_report_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said, data = follow(tmp_path, "".join(steps().sample.splitlines(keepends=True)[:3]))
    assert said[-1].strip().endswith("index.html")
    norfolk = values(capsys, data, "da_arrest_rate")["norfolk"]
    assert (norfolk["status"], norfolk["numerator"], norfolk["denominator"]) == ("as_published", "", "")
    for command in ("why da_arrest_rate norfolk", "why da_arrest_rate kent", "check --edition 2017"):
        code, _, error = run(capsys, *command.split(), "--data", str(data))
        assert (code, error) == (0, ""), command


@pytest.mark.usefixtures("own_data_folder")
@pytest.mark.parametrize("count", ["-5", '"-1,234"'])
def test_a_negative_count_is_a_slip_and_refused(count: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heading, *rows = steps().sample.splitlines()
    rows.insert(1, f"Kent,calls,2016-07-01,2017-06-30,{count},reported")
    file = tmp_path / "return.csv"
    file.write_text("\n".join((heading, *rows)) + "\n", encoding="utf-8")
    data = ("--data", str(PROJECT / "data"))
    code, printed, error = run(capsys, "data", "add", str(file), "--release", "invented", "--dry-run", *data)
    assert (code, printed, error.count("\n")) == (2, "", 1)
    assert error.startswith("peel: return.csv, line 3, column E: found '-")
    assert error.endswith("write a whole number, or leave it blank with the status that says why\n")


HEADING = "force,item,from,to,count,status"
YEAR = "2016-07-01,2017-06-30"
GOOD = f"Norfolk,calls,{YEAR},1204,reported"
WORKBOOK_ROW: list[object] = ["Norfolk", "calls", datetime(2016, 7, 1), datetime(2017, 6, 30), 12.0, "reported"]


def read_lines(folder: Path, *lines: str) -> Reading:
    """Return what is read of a return with these lines."""
    file = folder / "return.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_file(file)


def read_rows(folder: Path, *rows: list[object]) -> Reading:
    """Return what is read of a workbook with these rows under the heading."""
    return read_file(save(folder / "return.xlsx", {"Return": [HEADING.split(","), *rows]}))


@pytest.mark.parametrize(
    "cell",
    ['"1,2,3"', '"12,34"', '"1,2345"', "1 234", "１２", "١٢٣", "1e3", "12.0", "True", "2017-06-30", "5%"],
)
def test_a_count_that_could_be_another_is_refused(cell: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"line 3, column E: found '.*' where a count should be; write a whole"):
        read_lines(tmp_path, HEADING, GOOD, f"Kent,calls,{YEAR},{cell},reported")


@pytest.mark.parametrize("cell", [True, datetime(2017, 6, 30), 0.5, 12.5, "1,2,3"])
def test_a_cell_of_a_workbook_that_is_no_count_is_refused(cell: object, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"return.xlsx, sheet 'Return', cell E2: found '.*' where a count should be"):
        read_rows(tmp_path, [*WORKBOOK_ROW[:4], cell, "reported"])


@pytest.mark.parametrize(("cell", "count"), [('"1,234,567"', 1_234_567), ("1234", 1234), ('"1,234"', 1234), ("0", 0)])
def test_plain_digits_and_thousands_are_read(cell: str, count: int, tmp_path: Path) -> None:
    assert read_lines(tmp_path, HEADING, f"Norfolk,calls,{YEAR},{cell},reported").counts["count"].tolist() == [count]


def test_a_whole_number_and_a_date_of_a_workbook_are_read(tmp_path: Path) -> None:
    row = read_rows(tmp_path, WORKBOOK_ROW).counts.iloc[0]
    assert (row["count"], row["period_start"], row["period_end"]) == (12, "2016-07-01", "2017-06-30")


@pytest.mark.parametrize(
    ("item", "period", "message"),
    [
        ("calls", "1016-07-01,1017-06-30", "found 1016-07-01 to 1017-06-30, and a return is of days from 1990 until"),
        ("calls", "2116-07-01,2117-06-30", "found 2116-07-01 to 2117-06-30, and a return is of days from 1990 until"),
        ("calls", "9999-01-01,9999-12-31", "found 9999-01-01 to 9999-12-31, and a return is of days from 1990 until"),
        ("calls", "2017-06-30,2016-07-01", "the period ends before it starts; exchange the dates"),
        ("calls", "2016-07-01,2017-05-31", "found .* where calls is counted by quarter or by year; write the first"),
        ("calls", "2016-07-02,2017-06-30", "found .* where calls is counted by quarter or by year; write the first"),
        ("calls", "2016-07-01,2017-06-29", "found .* where calls is counted by quarter or by year; write the first"),
        ("calls", "2017-06-30,2017-06-30", "found .* where calls is counted by quarter or by year; write the first"),
        ("organised_crime_groups", YEAR, "found .* where organised_crime_groups is counted as at a day; write that"),
        ("calls", "2016-07-01,2017-06-30x", "'2017-06-30x' is no date; write one as 2017-06-30"),
        ("calls", "01/07/2016,30/06/2017", "'01/07/2016' is no date; write one as 2017-06-30"),
    ],
)
def test_a_period_that_cannot_be_one_is_refused_with_its_line(
    item: str, period: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=f"return.csv, line 3, column .*: {message}"):
        read_lines(tmp_path, HEADING, GOOD, f"Kent,{item},{period},5,reported")


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("5,not_supplied", "a count, and the status is 'not_supplied'; leave the cell blank or give the status"),
        (",reported", "no count, and the status is 'reported'; give the count or the status that says why"),
        (",revised", "no count, and the status is 'revised'; give the count or the status that says why"),
        ("5,", "unknown status ''"),
    ],
)
def test_a_status_that_contradicts_the_count_is_refused(cells: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"return.csv, line 3, column (count|status): {message}"):
        read_lines(tmp_path, HEADING, GOOD, f"Kent,calls,{YEAR},{cells}")


def test_totals_bodies_and_a_heading_among_the_rows_are_left_out_and_counted(tmp_path: Path) -> None:
    others = (
        HEADING.upper(),
        "Total,,,,99,",
        f"England and Wales,calls,{YEAR},99,reported",
        ",,,,,",
        "British Transport Police,calls,,,1,",
    )
    reading = read_lines(tmp_path, HEADING, *others, GOOD)
    assert reading.counts["force_id"].tolist() == ["norfolk"]
    assert {reason: left.rows for reason, left in reading.account.left_out.items()} == {
        "blank line or note under the table": 1,
        "the heading, which stands again among the rows": 1,
        "Total is a total of forces": 1,
        "England and Wales is a total of forces": 1,
        "British Transport Police is no police force area": 1,
    }
    assert reading.account.rows_read == 6


def test_foreign_columns_another_order_and_rows_above_the_heading_change_nothing(tmp_path: Path) -> None:
    plain = read_lines(tmp_path, HEADING, GOOD).counts
    heading = "status,comment,count,to,from,unit,item,force"
    row = "reported,checked,1204,2017-06-30,2016-07-01,calls,calls,Norfolk"
    assert read_lines(tmp_path, "Return for 2017,,,,,,,", ",,,,,,,", heading, row).counts.equals(plain)


@pytest.mark.parametrize("name", ["Norfolk Constabulary", "NORFOLK", "norfolk police"])
def test_a_force_under_two_spellings_is_refused_and_not_added(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"return.csv, line 3: repeats the key of an earlier line"):
        read_lines(tmp_path, HEADING, GOOD, f"{name},calls,{YEAR},5,reported")


def test_two_sheets_with_one_row_are_refused(tmp_path: Path) -> None:
    rows: list[list[object]] = [[*HEADING.split(",")], WORKBOOK_ROW]
    with pytest.raises(
        InputError, match=r"sheet 'Second', cell A2: holds norfolk, .* sheet 'First', cell A2 does; take"
    ):
        read_file(save(tmp_path / "return.xlsx", {"First": rows, "Second": rows}))


def test_two_columns_that_could_be_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"return.csv, line 1: 'from' .* and 'start' .* could both be 'period_start'"):
        read_lines(tmp_path, f"{HEADING},start", f"{GOOD},2015-07-01")


def test_a_renamed_force_is_found(tmp_path: Path) -> None:
    row = f"Hampshire and Isle of Wight Constabulary,calls,{YEAR},5,reported"
    assert read_lines(tmp_path, HEADING, row).counts["force_id"].tolist() == ["hampshire"]
