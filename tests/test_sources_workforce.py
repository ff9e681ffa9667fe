"""Police workforce tables: other layouts with invented counts, and the real workbooks."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from area_sheets import area_rows, sums
from checked_tables import write_table
from shared_folder import shared
from workbooks import FORCES, Row, read_file, save

from peel_analysis.data.counts import TableError, combine, read
from peel_analysis.data.folder import open_data
from peel_analysis.sources import area_workbooks
from peel_analysis.sources.formats import recognise
from peel_analysis.sources.reading import Reading, Request
from peel_analysis.sources.sheets import SourceError, open_book

TITLE = "Table 1: Police officers by police force area, England and Wales, 31 March 2018 and 30 September 20181"


def rows_by_area(figures: dict[str, Row]) -> list[Row]:
    """Regions that sum their forces, and a total of forces, unless `figures` says otherwise; the table has no codes."""
    default: Row = [100.25, 101.5, 1.25]
    total = figures.get("Total", sums([figures.get(force.id, default) for force in FORCES]))
    return [*([f"{row[1]} ", *row[2:]] for row in area_rows(figures, default, sums)), ["Total 43 forces", *total]]


def officers(
    figures: dict[str, Row] | None = None, unit: str = "Full-time equivalents", title: str = TITLE
) -> list[Row]:
    return [
        [title],
        [],
        ["England and Wales", None, None, None, unit],
        ["", "As at:", None, "Change in 6 months\nMar-18 to Sep-18"],
        [None, datetime(2018, 3, 31), datetime(2018, 9, 30), "number"],
        *rows_by_area(figures or {}),
        ["Central Service Secondments", 5.5, 6.5, 1.0],
        ["British Transport Police", 30.0, 31.0, 1.0],
        ["Total", 1.0, 1.0, 0.0],
        ["Notes"],
        ["1. Words about the table."],
    ]


def counts_of(reading: Reading, force_id: str) -> dict[str, float]:
    rows = reading.counts[reading.counts["force_id"] == force_id]
    return dict(zip(rows["period_end"], rows["count"], strict=True))


def test_officers_by_force_and_date_with_their_decimals(tmp_path: Path) -> None:
    index: list[Row] = [["Police Workforce, England and Wales, 30 September 2018"], ["Table 1", "by police force area"]]
    path = save(tmp_path / "x.xlsx", {"Index": index, "Table_1": officers({"norfolk": [1500.125, 1600.0, 99.875]})})
    book = open_book(path)
    assert recognise(book).release(book) == "2018-09"
    reading = read_file(path, "2018-09")
    assert counts_of(reading, "norfolk") == {"2018-03-31": 1500.125, "2018-09-30": 1600.0}
    assert set(reading.counts["item"]) == {"police_officers_fte"}
    assert (reading.counts["period_start"] == reading.counts["period_end"]).all()
    assert reading.account.left_out["bodies that are no force"].rows == 3  # the total of forces and bodies too
    assert len(reading.account.printed_totals) == 2 * (10 + 1)
    assert all(total.agrees for total in reading.account.printed_totals)


def test_decimals_survive_the_table_in_the_data_folder(tmp_path: Path) -> None:
    reading = read_file(save(tmp_path / "x.xlsx", {"T": officers()}), "2018-09")
    written = read(write_table(tmp_path, reading.counts), forces=open_data().forces)
    assert written["count"].sum() == pytest.approx(43 * 201.75)
    whole = combine([reading.counts.assign(item="recorded_crime", count=3.0)])
    assert str(whole["count"].dtype) == "Int64"


def test_a_whole_number_is_asked_of_every_other_item(tmp_path: Path) -> None:
    rows = read_file(save(tmp_path / "x.xlsx", {"T": officers()})).counts
    path = write_table(tmp_path, rows.assign(item="recorded_crime"))
    with pytest.raises(TableError, match=r"r.csv, line 2, column count: found '100.25' where a count should be"):
        read(path, forces=open_data().forces)


def test_region_and_force_of_one_name_footnote_digits_and_names_turned_round(tmp_path: Path) -> None:
    rows = officers({"west-midlands": [7.0, 8.0, 1.0]})
    for row in rows:
        if row[:1] == ["West Midlands"]:
            row[0] = "West Midlands4"
        if row[:1] == ["City of London"]:
            row[0] = "London, City of"
    reading = read_file(save(tmp_path / "x.xlsx", {"T": rows}))
    assert counts_of(reading, "west-midlands")["2018-09-30"] == 8
    assert counts_of(reading, "city-of-london")["2018-09-30"] == 101.5


def test_marks_are_blank_with_a_reason_and_totals_leave_those_forces_out(tmp_path: Path) -> None:
    figures: dict[str, Row] = {"norfolk": ["..", 5.0, "*"], "kent": ["-", 5.0, "*"]}
    reading = read_file(save(tmp_path / "x.xlsx", {"T": officers(figures)}))
    assert pd.isna(counts_of(reading, "norfolk")["2018-03-31"])
    assert pd.isna(counts_of(reading, "kent")["2018-03-31"])
    east = next(one for one in reading.account.printed_totals if one.area == "East")
    assert east.without == ("norfolk",)
    assert east.agrees


def test_a_dash_is_nil_where_a_note_says_so(tmp_path: Path) -> None:
    rows = officers({"kent": ["-", 5.0, "*"]})
    rows.append(["' - ' Denotes nil"])
    reading = read_file(save(tmp_path / "x.xlsx", {"T": rows}))
    assert counts_of(reading, "kent")["2018-03-31"] == 0


@pytest.mark.parametrize(
    ("title", "unit", "item"),
    [
        (
            "Table H4: Special constables by police force area, England and Wales",
            "Headcount",
            "special_constables_headcount",
        ),
        ("Designated officers (s.38, s.391) by police force area", "Full time equivalent", "designated_officers_fte"),
        (
            "Table 4: Police staff and designated officers (s.38, s.391) combined by police force area",
            "Full-time equivalents",
            "police_staff_and_designated_officers_fte",
        ),
        ("Table 9: Police officers by rank and sex, by police force area", "Full-time equivalents", ""),
    ],
)
def test_workers_and_units_by_title(tmp_path: Path, title: str, unit: str, item: str) -> None:
    figures: dict[str, Row] = {force.id: [10.0, 11.0, 1.0] for force in FORCES}
    sheets = {"A": officers(), "B": officers(figures, unit, title)}
    reading = read_file(save(tmp_path / "x.xlsx", sheets))
    assert set(reading.counts["item"]) == {"police_officers_fte", *([item] if item else [])}
    assert reading.account.sheets_left == (() if item else ("B",))


@pytest.mark.parametrize("heading", ["30 September 20181", "As at 30 September 2018 [note 2]", "30-Sep-18"])
def test_days_in_headings(tmp_path: Path, heading: str) -> None:
    rows = officers()
    rows[4][2] = heading
    assert set(counts_of(read_file(save(tmp_path / "x.xlsx", {"T": rows})), "kent")) == {
        "2018-03-31",
        "2018-09-30",
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows[4].__setitem__(slice(1, 3), ["then", "now"]), r"sheet 'T', cell B5: no column is headed by"),
        (lambda rows: rows[4].__setitem__(2, rows[4][1]), r"sheet 'T', cell C5: 2018-03-31 heads another column too"),
        (lambda rows: rows[2].__setitem__(4, "Pounds"), r"sheet 'T', row 1: neither 'Full-time equivalents' nor"),
        (lambda rows: rows[7].__setitem__(1, "many"), r"sheet 'T', cell B8: found 'many' where a number or one of"),
        (lambda rows: rows.pop(7), r"sheet 'T', row 6: the table has no row for .*; take the file as published"),
    ],
)
def test_refusals_name_sheet_and_cell(tmp_path: Path, change: Callable[[list[Row]], object], message: str) -> None:
    rows = officers()
    change(rows)
    with pytest.raises(SourceError, match=message):
        read_file(save(tmp_path / "x.xlsx", {"T": rows}))


def test_half_a_constable_in_a_headcount_and_one_table_twice_are_refused(tmp_path: Path) -> None:
    title = "Special constables by police force area"
    path = save(tmp_path / "x.xlsx", {"T": officers({}, "Headcount", title)})
    with pytest.raises(SourceError, match=r"sheet 'T', cell B\d+: found 100.25 where a whole number should be"):
        read_file(path)
    path = save(tmp_path / "x.xlsx", {"T": officers(), "U": officers()})
    with pytest.raises(SourceError, match=r"sheet 'U', row 1: holds police_officers_fte, as sheet 'T' does"):
        read_file(path)


def test_one_headcount_that_is_not_whole_is_blank_and_told_of(tmp_path: Path) -> None:
    figures: dict[str, Row] = {force.id: [10.0, 11.0, 1.0] for force in FORCES}
    figures["staffordshire"] = [122.45, 11.0, 1.0]
    heads = officers(figures, "Headcount", "Table 9: Special constables by police force area")
    at = next(at for at, row in enumerate(heads, start=1) if row[:1] == ["Staffordshire "])
    reading = read_file(save(tmp_path / "x.xlsx", {"T": officers(), "H": heads}), "2018-09")
    rows = reading.counts.query("force_id == 'staffordshire'").sort_values(["item", "period_end"])
    assert rows["status"].tolist() == ["reported", "reported", "not_comparable", "reported"]
    assert rows["count"].fillna(-1).tolist() == [100.25, 101.5, -1, 11]
    told = "122.45 is no whole number of people; the count is left blank, as not comparable"
    assert reading.account.notes == (f"x.xlsx, sheet 'H', cell B{at}: {told}",)
    assert reading.account.forces == 43


def test_a_broken_table_is_left_by_name_and_the_others_are_taken(tmp_path: Path) -> None:
    lacking = [
        row
        for row in officers({}, "Full-time equivalents", "Police staff by police force area")
        if row[:1] != ["Kent "]
    ]
    reading = read_file(save(tmp_path / "x.xlsx", {"T": officers(), "S": lacking}), "2018-09")
    assert set(reading.counts["item"]) == {"police_officers_fte"}
    assert reading.account.sheets_left == ("S",)
    assert reading.account.notes[0].startswith(
        "a table is left out: x.xlsx, sheet 'S', row 6: the table has no row for Kent;"
    )


def test_a_force_that_gave_no_figures(tmp_path: Path) -> None:
    rows = [row for row in officers() if row[:1] != ["Kent "]]
    reading = read_file(save(tmp_path / "x.xlsx", {"T": rows}), "r", not_supplied=["kent"])
    assert all(pd.isna(count) for count in counts_of(reading, "kent").values())
    assert reading.account.forces == 42


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "release"),
    [("police-workforce-sep18-tables.ods", "2018-09"), ("police-workforce-tables-jan17.ods", "2017-09")],
)
def test_the_real_workbooks_against_values_read_by_others(name: str, release: str) -> None:
    book = open_book(shared(f"raw/home_office/{name}"))
    reading = area_workbooks.read_workforce(Request(book, release, FORCES))
    assert recognise(book).release(book) == release
    assert all(total.agrees for total in reading.account.printed_totals)
    known = pd.read_csv(shared("facts/officer_fte.csv")).set_index(["force_id", "date"])["officer_fte"]
    rows = reading.counts[reading.counts["item"] == "police_officers_fte"]
    both = rows.set_index(["force_id", "period_end"]).join(known.rename_axis(["force_id", "period_end"]), how="inner")
    assert len(both) >= 43
    assert (both["count"] - both["officer_fte"]).abs().max() < 0.005  # the known values have two decimals
