"""The check of notes on single counts: each is about a count that is there, and the count says so."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from peel_analysis.checks.holdings import Holdings, Key
from peel_analysis.checks.rules import Finding, Result, rule
from peel_analysis.data.registers import COUNT_NOTES, read_register

REMEDY = "correct the item, force or period in data/count_notes.csv, or take the note out"


def noted(holdings: Holdings, keys: Sequence[Key]) -> Result:
    """Return the notes of data/count_notes.csv that match no count, or whose count does not have their status.

    Only tables that reach over a note's period are looked at: another release of the item may lack its years. When all
    tables of the folder are checked, a note that none of its item's reaches is a query. Raises InputError for a wrong
    register.
    """
    by, notes = rule("count_notes"), read_register(COUNT_NOTES)
    items = {item for item, _ in keys} if set(keys) >= set(holdings.tables()) else set()
    findings, looked_at = [], 0
    for note in notes.to_dict("records"):
        tables = [key for key in keys if key[0] == note["item"] and _reaches(holdings.counts(key), note)]
        looked_at += len(tables)
        findings += [finding for key in tables for finding in _found(by.level, holdings.counts(key), key, note)]
        if note["item"] in items and not tables:
            findings.append(_finding("query", str(note["item"]), note, f"no table reaches this period; {REMEDY}"))
    return Result(by, f"{len(notes)} notes in {looked_at} places", tuple(findings))


def _reaches(rows: pd.DataFrame, note: dict[Any, Any]) -> bool:
    return bool(rows["period_start"].min() <= note["period_start"] and note["period_end"] <= rows["period_end"].max())


def _found(level: str, rows: pd.DataFrame, key: Key, note: dict[Any, Any]) -> Iterator[Finding]:
    """Yield what is wrong with a note in one table: no count, or a count that is called reported."""
    about = rows[list(COUNT_NOTES.key)].eq(pd.Series({column: note[column] for column in COUNT_NOTES.key})).all(axis=1)
    name = " ".join(key)
    if not about.any():
        yield _finding(level, name, note, f"the note is about no count of the table; {REMEDY}")
    elif (rows.loc[about, "status"] == "reported").any():
        found = (
            f"the note says {note['status']} and the count says reported; take the file in again: peel data add FILE"
        )
        yield _finding(level, name, note, found)


def _finding(level: str, table: str, note: dict[Any, Any], found: str) -> Finding:
    period = f"{note['period_start']} to {note['period_end']}"
    return Finding(level, table, found, str(note["force_id"]), period)
