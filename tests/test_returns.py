"""The loop of data returns: the form that is handed out, read back, and made into counts. All counts are invented."""

import re
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.measures import calculate
from peel_analysis.returns.folder import read_returns
from peel_analysis.returns.form import COLUMNS, HEADING_ROW, RETURN, Row, asked, blank_form, filled_form
from peel_analysis.returns.load import load
from peel_analysis.returns.reading import read_form

DATA = open_data()
EDITION = DATA.edition("2017")
Given = Mapping[str, tuple[int | None, str, str]]


def rows(given: Given) -> dict[tuple[str, int], Row]:
    """Return invented rows of a form by item and year: each item's own in all its periods, and no other item's."""
    return {
        (item.id, period.end.year): Row(item.id, period, *given[item.id])
        for item, period in asked(EDITION)
        if item.id in given
    }


def folder_of(tmp_path: Path, forms: Mapping[str, Given]) -> Path:
    """Write a folder of returns, a form a force."""
    for force_id, given in forms.items():
        form = filled_form(EDITION, DATA.forces.find(force_id), rows(given), {})
        (tmp_path / f"{force_id}.xlsx").write_bytes(form)
    return tmp_path


ARRESTS: Given = {"domestic_abuse_arrests": (577, "reported", ""), "domestic_abuse_offences": (1000, "reported", "")}


def test_a_form_is_read_back_as_it_was_filled_in(tmp_path: Path) -> None:
    reason = "The force did not count calls on domestic abuse apart."
    given: Given = {**ARRESTS, "domestic_abuse_calls": (None, "not_supplied", reason)}
    one = read_form(folder_of(tmp_path, {"norfolk": given}) / "norfolk.xlsx", DATA)
    assert (one.force.id, one.edition.id) == ("norfolk", "2017")
    arrests, calls = one.row("domestic_abuse_arrests", 2017), one.row("domestic_abuse_calls", 2017)
    assert arrests is not None
    assert (arrests.count, arrests.status, arrests.period.words) == (577, "reported", "12 months to 30 June 2017")
    assert calls is not None
    assert (calls.count, calls.status, calls.reason) == (None, "not_supplied", reason)
    assert {(row.item, row.year) for row in one.rows} == {(item.id, period.end.year) for item, period in asked(EDITION)}


def test_a_form_locks_all_but_what_is_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(blank_form(EDITION, DATA.forces.find("norfolk"), {("calls", 2016): 12345}))
    sheet = openpyxl.load_workbook(path)[RETURN]
    assert sheet.protection.sheet
    columns = {letter: list(sheet[letter][HEADING_ROW:]) for letter in "ABCDEFGHI"}
    open_to = [cells[0].value for cells in columns.values() if not cells[1].protection.locked]
    assert open_to == ["Count", "Status", "Reason"]
    checked = {str(one.sqref)[0]: one.type for one in sheet.data_validations.dataValidation}
    assert checked == {"F": "whole", "G": "list", "H": "custom"}
    first = {cells[0].value: cells[1].value for cells in columns.values()}
    assert (first["Item"], first["Year before"], first["Period"]) == ("calls", 12345, "12 months to 30 June 2017")
    assert not [cell for one in openpyxl.load_workbook(path) for row in one for cell in row if cell.data_type == "f"]


def test_counts_and_reasons_of_returns_are_in_a_data_folder_of_their_own(tmp_path: Path) -> None:
    reason = "Arrests of Suffolk were on paper."
    silent: Given = {**ARRESTS, "domestic_abuse_arrests": (None, "not_supplied", reason)}
    data = load(read_returns(folder_of(tmp_path, {"norfolk": ARRESTS, "suffolk": silent}), DATA))
    result = calculate(data.measure("da_arrest_rate"), data.edition("2017"))
    assert result.of("norfolk").value == pytest.approx(57.7)
    assert (result.of("suffolk").status, result.of("suffolk").note) == ("not_supplied", reason)
    assert result.of("kent").status == "not_public"
    assert data.folder.parent == tmp_path
    assert data.notice is not None
    assert data.notice.word == "Unpublished"
    assert DATA.notice is None
    assert not DATA.holds("domestic_abuse_arrests", "returns-2017")


def test_returns_loaded_again_change_no_file(tmp_path: Path) -> None:
    returns = read_returns(folder_of(tmp_path, {"norfolk": ARRESTS}), DATA)
    first = {path: path.stat().st_mtime_ns for path in load(returns).folder.rglob("*") if path.is_file()}
    assert {path: path.stat().st_mtime_ns for path in load(returns).folder.rglob("*") if path.is_file()} == first


def test_two_returns_of_one_force_are_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, {"norfolk": ARRESTS})
    (folder / "again.xlsx").write_bytes((folder / "norfolk.xlsx").read_bytes())
    with pytest.raises(InputError, match=r"norfolk\.xlsx: a second return of Norfolk Constabulary, beside again\.xlsx"):
        read_returns(folder, DATA)


def test_a_text_in_place_of_a_count_is_read_as_it_was_written_and_not_loaded(tmp_path: Path) -> None:
    path = folder_of(tmp_path, {"norfolk": ARRESTS}) / "norfolk.xlsx"
    book = openpyxl.load_workbook(path)
    book[RETURN].cell(HEADING_ROW + 2, COLUMNS.index("Count") + 1).value = "about 500"
    book.save(path)
    first = read_form(path, DATA).rows[0]
    assert (first.count, first.written, first.status) == (None, "about 500", "reported")
    cell = f"norfolk.xlsx, sheet '{RETURN}', cell F{HEADING_ROW + 2}"
    with pytest.raises(InputError, match=f"{re.escape(cell)}: the count is 'about 500'; have the force write a whole"):
        load(read_returns(tmp_path, DATA))
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_is_not_of_returns_is_left_alone(tmp_path: Path) -> None:
    """As where a form was saved in a checkout of the project, beside its own data/."""
    returns = read_returns(folder_of(tmp_path, {"norfolk": ARRESTS}), DATA)
    own = tmp_path / "data" / "measures.toml"
    own.parent.mkdir()
    own.write_text("# mine\n", encoding="utf-8")
    with pytest.raises(InputError, match="data: is there already, and was not made of returns; put the forms in a fol"):
        load(returns)
    assert [path.name for path in own.parent.iterdir()] == ["measures.toml"]
    assert own.read_text(encoding="utf-8") == "# mine\n"
