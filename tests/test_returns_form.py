"""Forms that come back as they were not handed out: each is refused in words that name the place, and left alone."""

import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.returns.folder import read_returns
from peel_analysis.returns.form import (
    HEADING_ROW,
    INSTRUCTIONS,
    RETURN,
    Row,
    asked,
    blank_form,
    filled_form,
    held_before,
)
from peel_analysis.returns.load import load
from peel_analysis.returns.reading import read_form

DATA = open_data()
EDITION = DATA.edition("2017")
NORFOLK = DATA.forces.find("norfolk")
FIRST = HEADING_ROW + 2  # the first row to fill in, from 1
Change = Callable[[Any], Any]


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """Return a form of Norfolk in which nothing is filled in."""
    path = tmp_path / "norfolk.xlsx"
    path.write_bytes(blank_form(EDITION, NORFOLK))
    return path


def changed(form: Path, change: Change) -> Path:
    """Change the sheet of a form that is filled in."""
    book = openpyxl.load_workbook(form)
    change(book[RETURN])
    book.save(form)
    return form


def put(cell: str, value: object) -> Change:
    """Return the change that writes into a cell."""

    def write(sheet: Any) -> None:
        sheet[cell] = value

    return write


def hide_row(sheet: Any) -> None:
    """Hide the tenth row."""
    sheet.row_dimensions[10].hidden = True


def hide_column(sheet: Any) -> None:
    """Hide the column of definitions."""
    sheet.column_dimensions["B"].hidden = True


def hide_sheet(sheet: Any) -> None:
    """Add a sheet that no spreadsheet shows."""
    sheet.parent.create_sheet("Notes").sheet_state = "veryHidden"


def insert_row(sheet: Any) -> None:
    """Move all that stands below the first row to fill in."""
    sheet.insert_rows(FIRST + 1)


WRONG: dict[str, tuple[Change, str]] = {
    "a sheet more": (
        lambda sheet: sheet.parent.create_sheet("Notes"),
        ": the sheets are Instructions, Return, Notes where a form has Instructions and Return; fill",
    ),
    "a sheet less": (
        lambda sheet: sheet.parent.remove(sheet.parent[INSTRUCTIONS]),
        ": the sheets are Return where a form has",
    ),
    "a sheet that is very hidden": (hide_sheet, ": hidden sheets (Notes); delete them, or fill in"),
    "a hidden row": (hide_row, "row 10: hidden; show it again"),
    "a hidden column": (hide_column, "column B: hidden; show it again"),
    "merged cells": (
        lambda sheet: sheet.merge_cells("F9:G10"),
        "cells F9:G10: merged; part them again",
    ),
    "a formula": (
        put("F8", "=2+3"),
        "cell F8: a formula; put the number itself in its place",
    ),
    "a formula beside": (put("M40", "=SUM(F7:F9)"), "cell M40: a formula; put"),
    "an error": (
        put("F8", "#REF!"),
        "cell F8: found '#REF!', an error of a spreadsheet; ",
    ),
    "a date for a period": (
        put("C7", datetime(2017, 6, 30)),
        "cell C7: found '2017-06-30' where a form of edition 2017 has '12 months to 30 June",
    ),
    "a date as text": (put("C7", "30/06/2017"), "cell C7: found '30/06/2017' where"),
    "a date for a count": (
        put("F7", datetime(2017, 6, 30)),
        "cell F7: found the date 30 June 2017; write a whole number",
    ),
    "decimals": (
        put("F7", 12.5),
        "cell F7: found '12.5'; write a whole number, or leave it blank",
    ),
    "a negative number": (put("F7", -3), "cell F7: found '-3'; write a whole number"),
    "an unknown status": (
        put("G7", "Fine"),
        "cell G7: found 'Fine'; use one of Reported, Partial",
    ),
    "a row inserted": (
        insert_row,
        "cell A8: found '' where a form of edition 2017 has 'Calls",
    ),
    "a cell below": (
        put("A60", "Total"),
        "cell A60: found 'Total' beside the form; delete it",
    ),
    "a cell beside": (
        put("K7", "see e-mail"),
        "cell K7: found 'see e-mail' beside the form; delete it",
    ),
    "another heading": (
        put("F6", "Number"),
        "cell F6: found 'Number' where a form of edition 2017 has 'Count'",
    ),
    "another definition": (
        put("B7", "All incidents"),
        "cell B7: found 'All incidents' where",
    ),
    "another force": (
        put("B3", "Suffolk Constabulary"),
        ": the form of Suffolk Constabulary, and the file's name says Norfolk Constabulary; write",
    ),
    "no force": (put("B3", None), "cell B3: no force; write its name there"),
    "an unknown force": (
        put("B3", "Wessex Police"),
        "cell B3: No force called 'Wessex Police'; ",
    ),
    "an unknown edition": (put("B4", "2011"), "cell B4: "),
    "another edition": (
        put("B4", "2019"),
        "cell C7: found '12 months to 30 June 2017' where a form of edition 2019 has",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_form_that_was_changed_is_refused_and_left_alone(form: Path, what: str) -> None:
    change, told = WRONG[what]
    told = "norfolk.xlsx" + (told if told.startswith(":") else f", sheet '{RETURN}', {told}")
    before = changed(form, change).read_bytes()
    with pytest.raises(InputError, match=f"^{re.escape(told)}"):
        read_form(form, DATA)
    assert form.read_bytes() == before
    assert list(form.parent.iterdir()) == [form]


def test_all_that_is_wrong_with_a_form_is_told_at_once(form: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["F7"], sheet["F8"], sheet["G9"] = 1.5, -2, "Fine"

    with pytest.raises(InputError) as refused:
        read_form(changed(form, change), DATA)
    assert [re.findall("cell ([A-Z]+[0-9]+)", one) for one in refused.value.faults] == [["F7"], ["F8"], ["G9"]]


def test_of_very_many_faults_the_first_are_told(form: Path) -> None:
    def change(sheet: Any) -> None:
        for row in range(1, 101):
            sheet.cell(row, 30).value = f"note {row}"

    with pytest.raises(InputError) as refused:
        read_form(changed(form, change), DATA)
    *first, last = refused.value.faults
    assert len(first) == 25
    assert last == "norfolk.xlsx: 75 more of the kind; fill in a form as it was handed out"


def test_a_million_empty_rows_are_refused_and_a_few_are_not(form: Path) -> None:
    of_return = "xl/worksheets/sheet2.xml"

    def with_rows(number: int) -> None:
        with zipfile.ZipFile(form) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        last = max(map(int, re.findall(rb'<row r="(\d+)"', parts[of_return])))
        more = b"".join(b'<row r="%d"/>' % row for row in range(last + 1, last + 1 + number))
        parts[of_return] = parts[of_return].replace(b"</sheetData>", more + b"</sheetData>")
        with zipfile.ZipFile(form, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)

    with_rows(50)
    assert read_form(form, DATA).rows
    with_rows(1_048_000)
    with pytest.raises(InputError, match=r"norfolk\.xlsx, sheet 'Return': 1,048,\d+ rows .* most of them empty; copy"):
        read_form(form, DATA)


def ods(path: Path) -> None:
    """Write what an OpenDocument workbook begins with."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<office:document-content/>")


OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHERWISE: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "the file is empty; ask for it again"),
    "a csv": (
        lambda path: path.write_text("Item,Count\ncalls,5\n"),
        "no workbook, but text or another kind of file; open it in a spreadsheet, and save",
    ),
    "an .ods": (ods, "an OpenDocument workbook (.ods); open it in a spreadsheet, and save"),
    "an .xls": (lambda path: path.write_bytes(OLD_WORKBOOK + bytes(512)), "an older workbook (.xls); open it"),
    "with a password": (
        lambda path: path.write_bytes(OLD_WORKBOOK + "EncryptedPackage".encode("utf-16-le")),
        "it is protected by a password; open it, take the password off, and save it",
    ),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:2000]), "it does not open or is damaged"),
}


@pytest.mark.parametrize("what", OTHERWISE)
def test_a_file_that_is_no_form_is_refused_in_one_line(form: Path, what: str) -> None:
    write, told = OTHERWISE[what]
    write(form)
    with pytest.raises(InputError, match=f"^norfolk.xlsx: {re.escape(told)}"):
        read_form(form, DATA)


def test_a_folder_with_the_name_of_another_force_is_refused(form: Path) -> None:
    (form.parent / "suffolk").mkdir()
    moved = shutil.copy(form, form.parent / "suffolk" / "return.xlsx")
    with pytest.raises(InputError, match="the form of Norfolk Constabulary, and the folder's name says Suffolk"):
        read_form(Path(moved), DATA)


def test_a_form_of_another_edition_than_the_others_is_named(form: Path) -> None:
    for force, edition in (("suffolk", "2017"), ("kent", "2019")):
        (form.parent / f"{force}.xlsx").write_bytes(blank_form(DATA.edition(edition), DATA.forces.find(force)))
    with pytest.raises(InputError, match=r"kent\.xlsx: of edition 2019, where the others are of 2017; put"):
        read_returns(form.parent, DATA)


def test_a_form_without_a_force_offers_the_43(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(blank_form(EDITION, None))
    book = openpyxl.load_workbook(path)
    (check,) = (one for one in book[RETURN].data_validations.dataValidation if str(one.sqref) == "B3")
    cells = re.fullmatch(r"=?Instructions!\$B\$(\d+):\$B\$(\d+)", check.formula1)
    assert cells is not None
    first, last = map(int, cells.groups())
    offered = [book[INSTRUCTIONS].cell(row, 2).value for row in range(first, last + 1)]
    assert offered == [one.official_name for one in DATA.forces]
    assert not book[RETURN]["B3"].protection.locked
    assert read_form(changed(path, put("B3", "Kent Police")), DATA).force.id == "kent"


def test_a_form_says_what_is_held_of_the_year_before(tmp_path: Path) -> None:
    rows = {("calls", 2017): 4321, ("organised_crime_groups", 2017): 31, ("organised_crime_groups", 2016): 28}
    given = {
        (item.id, period.end.year): Row(item.id, period, rows[item.id, period.end.year], "reported")
        for item, period in asked(EDITION)
        if (item.id, period.end.year) in rows
    }
    (tmp_path / "norfolk.xlsx").write_bytes(filled_form(EDITION, NORFOLK, given, {}))
    edition = load(read_returns(tmp_path, DATA)).edition("2017")
    assert held_before(edition, NORFOLK) == {("organised_crime_groups", 2016): 28}
    assert held_before(edition, DATA.forces.find("kent")) == {}
    assert held_before(EDITION, NORFOLK) == {}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_form_that_another_spreadsheet_saved_is_read(tmp_path: Path) -> None:
    import subprocess

    rows = {
        (item.id, period.end.year): Row(item.id, period, 1000 + period.end.year, "estimated", "Half of it is a guess.")
        for item, period in asked(EDITION)
    }
    (tmp_path / "form.xlsx").write_bytes(filled_form(EDITION, NORFOLK, rows, {}))
    made = ("soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx")
    subprocess.run([*made, "--outdir", tmp_path / "saved", tmp_path / "form.xlsx"], check=True, capture_output=True)
    read = read_form(tmp_path / "saved" / "form.xlsx", DATA)
    assert [(row.count, row.reason) for row in read.rows] == [(row.count, row.reason) for row in rows.values()]
