"""The check of notes on single counts: a note that misses its count, and a count that does not know of its note."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from checked_tables import held, table
from workbooks import DATA

from peel_analysis.checks.data_checks import CORRECT_THE_NOTE, count_notes
from peel_analysis.checks.rules import TablesHeld
from peel_analysis.data.periods import financial_year
from peel_analysis.intake.registers import with_notes
from peel_analysis.sources.reading import Account, Reading

ASB = ("asb_incidents", "2018-03")
YEARS = [financial_year(f"{year}/{year - 1999}") for year in (2014, 2015, 2016, 2017)]


@pytest.fixture(autouse=True)
def notes(tmp_path: Path) -> Path:
    """The notes of the data folder that `held` makes: the project's, without those on another release's counts."""
    kept = Path(shutil.copy(DATA.folder / "count_notes.csv", tmp_path))
    lines = kept.read_text(encoding="utf-8").splitlines(keepends=True)
    kept.write_text("".join(line for line in lines if ",2019-03," not in line), encoding="utf-8")
    return kept


@pytest.fixture(scope="module")
def incidents() -> pd.DataFrame:
    """Invented incidents with the statuses that the project's notes give them."""
    rows = table(YEARS, "asb_incidents").assign(release=ASB[1])
    made = with_notes(Reading(rows, pd.DataFrame(), Account("invented.xlsx", "", "invented", ASB[1])), DATA).counts
    assert set(made["status"]) == {"reported", "partial", "estimated"}
    return made


def found(tables: TablesHeld) -> list[tuple[str, str, str, str]]:
    return [(one.level, one.table, one.force_id, one.found) for one in count_notes(tables, tables.tables()).findings]


def test_notes_that_meet_their_counts_are_right(incidents: pd.DataFrame, tmp_path: Path) -> None:
    result = count_notes(held(tmp_path, incidents), [ASB])
    assert (result.findings, result.looked_at) == ((), "5 notes in 5 places")


@pytest.mark.parametrize(
    "wrong", ["2017-04-01,2018-03-30,partial", "2017-04-02,2018-03-31,partial", "2016-04-01,2018-03-31,partial"]
)
def test_a_note_that_misses_its_count_by_a_day_or_a_year_is_an_error(
    incidents: pd.DataFrame, notes: Path, wrong: str, tmp_path: Path
) -> None:
    text = notes.read_text(encoding="utf-8").replace("2017-04-01,2018-03-31,partial", wrong)
    notes.write_text(text, encoding="utf-8")
    [(level, name, force_id, words)] = found(held(tmp_path, incidents))
    assert (level, name, force_id) == ("error", "asb_incidents 2018-03", "cheshire")
    assert words.startswith("the note is about no count of the table; correct the item, force or period in data/count_")


def test_a_count_taken_in_before_its_note_is_an_error(incidents: pd.DataFrame, tmp_path: Path) -> None:
    rows = incidents.assign(status=lambda rows: rows["status"].replace("partial", "reported"))
    said = "the note says partial and the count says reported; take the file in again: peel data add FILE"
    assert found(held(tmp_path, rows)) == [("error", "asb_incidents 2018-03", "cheshire", said)]


def test_a_count_that_says_more_of_itself_is_right(incidents: pd.DataFrame, tmp_path: Path) -> None:
    blank = incidents["status"] == "partial"
    rows = incidents.assign(
        count=incidents["count"].mask(blank), status=incidents["status"].mask(blank, "not_supplied")
    )
    assert found(held(tmp_path, rows)) == []


def test_years_that_a_table_lacks_are_not_looked_at_and_a_note_of_no_table_is_a_query(
    incidents: pd.DataFrame, tmp_path: Path
) -> None:
    later = incidents[incidents["period_start"] >= "2017-04-01"]
    holdings = held(tmp_path, later)
    assert [finding[:3] for finding in found(holdings)] == [("query", "asb_incidents", "warwickshire")] * 3
    with_all_years = held(tmp_path, later, incidents.assign(release="2020-02"))
    assert found(with_all_years) == []
    assert found(held(tmp_path, incidents.assign(release="2020-02"))) == [
        ("query", "asb_incidents", "cheshire", f"no table reaches this period; {CORRECT_THE_NOTE}")
    ]  # a note on the counts of one release says nothing of another's
    assert count_notes(with_all_years, [ASB]).findings == ()  # as an edition does, which uses one of the two


def test_an_item_that_the_folder_does_not_hold_is_not_asked_for(tmp_path: Path) -> None:
    assert found(held(tmp_path, table(YEARS, "workforce"))) == []
