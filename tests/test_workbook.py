"""The workbook of values: the numbers of values.csv, marks with reasons, texts as texts, the same bytes each time."""

import csv
import io
import re
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from command import run
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.measures import Result, calculate_all
from peel_analysis.reports.workbook import SHOWN, workbook_of
from peel_analysis.show import values
from peel_analysis.show.values_dictionary import COLUMNS

LONGEST_NAME = 31  # of a sheet, in Excel
HOSTILE = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "{=1+1}", '=HYPERLINK("http://x.invalid","x")', "http://x.invalid/a",
    "[away](javascript:ran) [again](http://x.invalid)", "$$", "$$a$$ and $$n1$$", "—", "\x1b[31m\u202ex", "<b>&amp;",
)  # fmt: skip
Rows = dict[tuple[str, str], dict[str, str]]


@pytest.fixture(scope="module", params=["norfolk-2017", "city-of-london-2025"])
def made(request: pytest.FixtureRequest) -> tuple[str, bytes, Rows]:
    """A force, its workbook, and the values file of its edition by measure and force."""
    force_id, _, edition_id = request.param.rpartition("-")
    edition = open_data().edition(edition_id)
    results = calculate_all(edition)
    rows = csv.DictReader(io.StringIO(values.as_csv(values.of_results(results))))
    return force_id, workbook_of(edition, results, force_id), {(row["measure"], row["force_id"]): row for row in rows}


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def table(sheet: Worksheet, first: str) -> list[dict[str, Any]]:
    """Return the rows of a sheet's table by its headings, of which the first is named."""
    cells = [list(row) for row in sheet.iter_rows(values_only=True)]
    start = next(number for number, row in enumerate(cells) if row[0] == first)
    return [dict(zip(map(str, cells[start]), row, strict=True)) for row in cells[start + 1 :]]


def measures_with_tables(book: Workbook) -> dict[str, list[dict[str, Any]]]:
    """Return the tables by the ids of their measures."""
    titles = {measure.title: measure.id for measure in open_data().measures}
    tables = {}
    for name in book.sheetnames:
        if name.startswith("Table_"):
            told = str(book[name]["A1"].value)
            [own] = [one for title, one in titles.items() if re.fullmatch(rf"Table \d+: {re.escape(title)}, .*", told)]
            tables[own] = table(book[name], "Force")
    return tables


def column_of(heading: str, measure_id: str) -> str:
    """Return which column of values.csv a heading means, worked out from its words alone."""
    told = heading.partition("\n")[0]
    if told.startswith(("Crimes in the 12 months", "Population", "Out of")):
        own = "denominator"
    elif told.startswith(("Count", "Difference in crimes")) and told != "Count expected":
        own = "numerator"
    else:
        own = next((one.name for one in COLUMNS.values() if one.title == told.partition(", 12 months")[0]), "")
        own = own or next(one.name for one in COLUMNS.values() if told.startswith(f"{one.title}, "))
    if "same release" in told:
        return f"same_release_{own}"
    return f"comparator_{own}" if ", " in told and own in ("value", "status", "numerator", "denominator") else own


def test_every_number_is_that_of_values_csv_and_what_is_missing_is_a_mark(made: tuple[str, bytes, Rows]) -> None:
    own, content, rows = made
    forces = {force.name: force.id for force in open_data().forces} | {"England and Wales": ENGLAND_AND_WALES}
    marks = {row["mark"] for row in open_data().statuses.rows.values()} - {""}
    numbers = {one.name for one in SHOWN if one.shown_as}
    compared = 0
    for measure_id, found in measures_with_tables(opened(content)).items():
        assert [forces[row["Force"]] for row in found[:2]] == [own, ENGLAND_AND_WALES]
        assert {forces[row["Force"]] for row in found} == set(forces.values())
        for row in found:
            beside = rows[measure_id, forces[row["Force"]]]
            for heading, cell in row.items():
                name = column_of(heading, measure_id) if heading not in ("Force", "Notes") else ""
                if name in numbers and isinstance(cell, int | float):
                    assert cell == pytest.approx(float(beside[name]), rel=1e-15, abs=0), (measure_id, heading)
                    compared += 1
                elif name in numbers:
                    assert cell in marks, (measure_id, heading)
                    assert beside[name] == "" or (beside["force_id"] == ENGLAND_AND_WALES and cell == "[z]")
            held = "value" in {column_of(heading, measure_id) for heading in row if heading not in ("Force", "Notes")}
            assert held
    assert compared > 3000


def test_every_measure_has_a_table_or_a_reason(made: tuple[str, bytes, Rows]) -> None:
    _, content, rows = made
    book = opened(content)
    with_tables = set(measures_with_tables(book))
    told = {row["Measure"]: row for row in table(book["Not_available"], "Measure")}
    for measure in open_data().measures:
        values_held = [row["value"] for (one, _), row in rows.items() if one == measure.id and row["value"]]
        assert (measure.id in with_tables) == bool(values_held)
        assert (measure.title in told) != (measure.id in with_tables)
    assert all(re.search(r" \[[a-z]\]$", row["Status"]) and row["Why"] for row in told.values())


def test_a_missing_value_names_the_note_that_says_why(made: tuple[str, bytes, Rows]) -> None:
    own_force, content, rows = made
    book, forces = opened(content), {force.name: force.id for force in open_data().forces}
    notes = {row["Note number"]: row["Note text"] for row in table(book["Notes"], "Note number")}
    assert list(notes) == list(range(1, len(notes) + 1))
    missing, named = 0, set()
    for measure_id, found in measures_with_tables(book).items():
        for row in found:
            own = [int(number) for number in re.findall(r"\[note (\d+)\]", row["Notes"])]
            named |= set(own)
            if isinstance(row["Value"], str) and row["Force"] in forces:
                missing += 1
                assert rows[measure_id, forces[row["Force"]]]["note"] in [notes[number] for number in own]
    assert missing or own_force == "city-of-london", "no value of edition 2025 is missing in a table"
    texts = " ".join(str(cell.value) for sheet in book for line in sheet.iter_rows(max_row=8) for cell in line)
    assert named | set(map(int, re.findall(r"\[note (\d+)\]", texts))) == set(notes), "no note that nothing names"


def test_it_opens_without_repair_and_holds_what_good_practice_asks(made: tuple[str, bytes, Rows]) -> None:
    _, content, _ = made
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            ElementTree.fromstring(parts.read(name))
    book = opened(content)
    assert book.sheetnames[:4] == ["Cover", "Contents", "Notes", "Marks"]
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    assert all(len(name) <= LONGEST_NAME for name in book.sheetnames)
    names = [one for sheet in book for one in sheet.tables]
    assert len(set(names)) == len(names) == len(book.sheetnames) - 1
    for sheet in book:
        assert not sheet.merged_cells.ranges
        for one in sheet.tables.values():
            cells = [cell for line in sheet[one.ref] for cell in line]
            assert all(cell.value not in (None, "") for cell in cells), sheet.title
            heads = [str(cell.value) for cell in sheet[one.ref][0]]
            assert len({head.lower() for head in heads}) == len(heads)
        if sheet.title.startswith("Table_"):
            assert sheet.freeze_panes is not None
    calamine = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert calamine.sheet_names == book.sheetnames
    first = calamine.get_sheet_by_name("Table_1").to_python(skip_empty_area=False)
    assert [line[1] for line in first] == [cell.value or "" for cell in book["Table_1"]["B"]]


def test_the_cover_says_what_it_is_and_what_it_is_not(made: tuple[str, bytes, Rows]) -> None:
    force_id, content, _ = made
    told = [str(cell.value) for cell in opened(content)["Cover"]["A"]]
    assert open_data().forces.official_name(force_id) in told[0]
    assert "Made from public data by peel_analysis. This is not a publication of HMICFRS." in told
    assert any(line.startswith("Made by peel_analysis 0.1.0+") for line in told)
    assert "Contact" not in told


@pytest.fixture(scope="module")
def crime() -> Result:
    return calculate_all(open_data().edition("2017"), [open_data().measure("crime_per_1000")])[0]


def test_the_same_values_are_the_same_bytes_at_any_time(crime: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    first = workbook_of(crime.edition, [crime], "norfolk")
    monkeypatch.setattr("time.time", lambda: 0.0)
    monkeypatch.setattr("time.localtime", lambda *_: pytest.fail("a clock was read"))
    assert workbook_of(crime.edition, [crime], "norfolk") == first
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}
        assert b"1980-01-01T00:00:00Z" in parts.read("docProps/core.xml")


def test_a_text_of_the_data_is_no_formula_and_no_link(crime: Result) -> None:
    notes = [*HOSTILE, *[""] * (len(crime.rows) - len(HOSTILE))]
    measure = crime.measure.model_copy(update={"title": "=1+1", "unit": "@SUM(A1) $$n0$$"})
    spoilt = replace(crime, measure=measure).with_rows(crime.rows.assign(note=notes, value=float("nan")))
    book = opened(workbook_of(crime.edition, [spoilt], "norfolk"))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    links = [cell.hyperlink for cell in cells if cell.hyperlink]
    assert links
    assert all(link.target is None and link.location for link in links), "links go to sheets alone"
    told = [str(row["Note text"]) for row in table(book["Notes"], "Note number")]
    for text in ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "{=1+1}", "http://x.invalid/a", "<b>&amp;"):
        assert text in told
    assert "[away] (javascript:ran) [again] (http://x.invalid)" in told
    assert "\\u001b[31m\\u202ex" in told
    assert all(cell.data_type == "s" for cell in cells if str(cell.value).startswith(("=", "+", "@", "{=")))


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (("report", "norfolk", "--xlsx"), "--xlsx"),
        (("batch", "--xlsx"), "--xlsx"),
        (("values", "--format", "xlsx", "--output", "values.xlsx"), "--format xlsx"),
    ],
)
def test_without_its_extra_nothing_is_begun(
    arguments: tuple[str, ...],
    asked: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "gptables", None)
    code, said, error = run(capsys, *arguments)
    assert (code, said) == (2, "")
    remedy = 'pip install "peel-analysis[xlsx]"'
    assert error == f"peel: {asked} needs gptables, which is not installed: {remedy}\n"
    assert list(tmp_path.iterdir()) == []


def test_one_workbook_for_all_forces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "values.xlsx"
    arguments = ("values", "--measure", "crime_per_1000", "--format", "xlsx", "-o", str(file))
    assert run(capsys, *arguments) == (0, f"{file}\n", "")
    rows = table(opened(file.read_bytes())["Table_1"], "Force")
    assert [row["Force"] for row in rows[:3]] == ["England and Wales", "Avon and Somerset", "Bedfordshire"]
    assert len(rows) == 44
