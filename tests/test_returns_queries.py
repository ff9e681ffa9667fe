"""What is asked about returns, the log of the answers, and what a decision does. All counts are invented."""

from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from peel_analysis.data.folder import open_data
from peel_analysis.returns.folder import read_returns
from peel_analysis.returns.form import HEADING_ROW, RETURN, Row, asked, filled_form
from peel_analysis.returns.queries import Query, check_returns, queries_in

DATA = open_data()
EDITION = DATA.edition("2017")
# A return in which nothing is asked about: by item, the same in both years.
SOUND = {
    "calls": 200_000,
    "domestic_abuse_calls": 20_000,
    "domestic_abuse_offences": 5_000,
    "domestic_abuse_arrests": 2_500,
    "domestic_abuse_voluntary_attendances": 100,
    "domestic_abuse_charges": 900,
    "clares_law_right_to_know": 60,
    "organised_crime_groups": 46,
    "organised_crime_groups_in_area": 6,
    "organised_crime_groups_elsewhere": 40,
    "criminal_behaviour_orders": 30,
    "community_protection_notices": 40,
    "civil_injunctions": 10,
    "dispersal_orders": 20,
    "asb_powers": 100,
}
Changes = Mapping[tuple[str, int], int | tuple[int | None, str, str]]


def form_of(force_id: str, changes: Changes | None = None) -> bytes:
    """Return a force's form with the sound counts but for changes: a count, or a count, status and reason."""
    rows = {}
    for item, period in asked(EDITION):
        of_year = (item.id, period.end.year)
        given = (changes or {}).get(of_year, SOUND[item.id])
        rows[of_year] = Row(item.id, period, *(given if isinstance(given, tuple) else (given, "reported", "")))
    return filled_form(EDITION, DATA.forces.find(force_id), rows, {})


def folder_of(tmp_path: Path, **forms: Changes) -> Path:
    """Write a folder of returns, a form a force."""
    for name, changes in forms.items():
        force_id = name.replace("_", "-")
        (tmp_path / f"{force_id}.xlsx").write_bytes(form_of(force_id, changes))
    return tmp_path


def write_in(path: Path, item: str, column: str, text: str) -> None:
    """Write something into a cell of an item's first row of a form."""
    book = openpyxl.load_workbook(path)
    sheet = book[RETURN]
    names = [cell.value for cell in sheet[HEADING_ROW + 1]]
    row = next(row for row in sheet.iter_rows(min_row=HEADING_ROW + 2) if row[0].value == item)
    row[names.index(column)].value = text
    book.save(path)


def queries_of(folder: Path) -> list[Query]:
    """Return what is asked about the returns of a folder, whatever the log says."""
    return queries_in(check_returns(read_returns(folder, DATA)))


def test_nothing_is_asked_about_a_sound_return_and_each_rule_says_what_it_looked_at(tmp_path: Path) -> None:
    results = check_returns(read_returns(folder_of(tmp_path, norfolk={}), DATA))
    assert queries_in(results) == []
    assert {one.rule.id: one.looked_at for one in results} == {
        "return_not_a_number": "25 rows",
        "return_count_and_status": "25 rows",
        "return_without_reason": "0 rows that are not reported",
        "return_part_above_whole": "3 parts of a whole",
        "return_not_the_sum": "4 totals",
        "return_none_after_many": "0 noughts with a year before",
        "return_far_from_year_before": "10 counts with a year before",
        "return_far_from_others": "0 figures of forces (17 of which the rule cannot speak: too few forces have one)",
        "return_although_excluded": "23 counts",
    }


@pytest.mark.parametrize(
    ("changes", "query", "value", "expected"),
    [
        (
            {("domestic_abuse_calls", 2017): 200_001},
            "domestic_abuse_calls-2017-part_above_whole",
            "200001 against 200000",
            "at most 200,000 ('Calls for assistance')",
        ),
        (
            {("domestic_abuse_offences", 2017): 54_000, ("domestic_abuse_offences", 2016): 54_000},
            "domestic_abuse_offences-2017-part_above_whole",
            "54000 against 52569",
            "at most 52,569 (recorded crime)",
        ),
        (
            {("organised_crime_groups_in_area", 2017): 7},
            "organised_crime_groups-2017-not_the_sum",
            "46 against 47",
            "47, the sum of its parts",
        ),
        (
            {("asb_powers", 2016): 99},
            "asb_powers-2016-not_the_sum",
            "99 against 100",
            "100, the sum of its parts",
        ),
        (
            {("domestic_abuse_arrests", 2016): 1_249},
            "domestic_abuse_arrests-2017-far_from_year_before",
            "2500 against 1249",
            "625 to 2,498 (the year before: 1,249)",
        ),
        (
            {("domestic_abuse_arrests", 2017): 0},
            "domestic_abuse_arrests-2017-none_after_many",
            "0 against 2500",
            "a count as in the year before (2,500), or a blank cell",
        ),
        (
            {("calls", 2017): (None, "not_supplied", ""), ("domestic_abuse_calls", 2017): 10},
            "calls-2017-without_reason",
            "",
            "a reason, which is printed with the figure",
        ),
        (
            {("calls", 2017): (200_000, "not_supplied", "On paper.")},
            "calls-2017-count_and_status",
            "200000",
            "no count with this status",
        ),
    ],
)
def test_a_fault_is_asked_about_once_with_what_was_expected(
    tmp_path: Path, changes: Changes, query: str, value: str, expected: str
) -> None:
    found = [one for one in queries_of(folder_of(tmp_path, norfolk=changes)) if one.year == int(query.split("-")[1])]
    assert [(one.id, one.value, one.expected) for one in found] == [(f"norfolk-{query}", value, expected)]
    assert found[0].sentence.startswith("The return of Norfolk Constabulary gives ")
