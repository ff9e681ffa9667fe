"""The registers in `data/`: small CSV files of facts, each with declared columns and a key."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from peel_analysis import forces
from peel_analysis.errors import InputError
from peel_analysis.location import data_folder
from peel_analysis.periods import is_day


@dataclass(frozen=True)
class Register:
    """One CSV in data/: its columns in order, and those that together identify a row.

    `choices` are the words that a column may hold, and `days` the columns that hold a day. Where each row is about
    `one_force`, its force_id may not be `all`, England and Wales or blank.
    """

    file: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    days: tuple[str, ...] = ()
    one_force: bool = False


EFFECTS = ("excluded_from_figure", "excluded_from_national", "partial", "combined", "estimated")
NOT_COMPARABLE, WITH_CARE = "not_comparable", "with_care"  # what may be said across a break in recording
NOTED = ("partial", "estimated", "combined", NOT_COMPARABLE)  # what a count can be, when it is not just reported
ALL_FORCES = (forces.ENGLAND_AND_WALES, "all", "")

STATUSES = Register("statuses.csv", ("status", "has_value", "mark", "words", "meaning"), ("status",))
EXCLUSIONS = Register(
    "exclusions.csv",
    (
        "edition",
        "measure_id",
        "period_year",
        "force_id",
        "effect",
        "missing_because",
        "components",
        "basis",
        "reason",
        "short_reason",
        "said_in",
    ),
    ("edition", "measure_id", "period_year", "force_id", "effect"),
    (("effect", EFFECTS),),
)
CAVEATS = Register(
    "caveats.csv",
    ("edition", "caveat_id", "applies_to", "force_id", "kind", "sentence", "said_in"),
    ("edition", "caveat_id", "force_id"),
)
SOURCES = Register(
    "sources.csv",
    ("source_id", "publisher", "title", "covers", "release", "url", "availability", "sentence"),
    ("source_id",),
)
PUBLISHED_VALUES = Register(
    "published_values.csv",
    ("edition", "force_id", "measure_id", "period_words", "value", "unit", "said_in", "note"),
    ("edition", "force_id", "measure_id", "period_words"),
)
FOOTNOTES = Register("footnotes.csv", ("edition", "number", "subject", "sentence", "section"), ("edition", "number"))
JUDGMENTS = Register(
    "judgments.csv",
    ("edition", "force_id", "question", "grade", "last_inspected", "evidence", "source_url", "note"),
    ("edition", "force_id", "question"),
)
AREAS_FOR_IMPROVEMENT = Register(
    "areas_for_improvement.csv",
    ("edition", "force_id", "question", "kind", "number", "sentence", "source_url", "first_raised", "status", "note"),
    ("edition", "force_id", "question", "kind", "number"),
)
SECTIONS_INSPECTED = Register(
    "sections_inspected.csv",
    ("edition", "force_id", "question", "inspected", "source_url", "note"),
    ("edition", "force_id", "question"),
)
SURVEYS = Register(
    "surveys.csv",
    ("edition", "survey_id", "title", "topic", "low", "high", "unit", "sentence", "said_in"),
    ("edition", "survey_id", "topic"),
)
OUTCOME_GROUPS = Register(
    "outcome_groups.csv",
    ("grouping_id", "version", "outcome_type", "outcome_words", "group", "group_order", "in_action_taken"),
    ("grouping_id", "version", "outcome_type"),
)
SERIES_BREAKS = Register(
    "series_breaks.csv",
    ("item", "force_id", "first_day", "last_day", "comparison", "label", "sentence", "said_in"),
    ("item", "force_id", "first_day"),
    (("comparison", (NOT_COMPARABLE, WITH_CARE)),),
    days=("first_day", "last_day"),
)
COUNT_NOTES = Register(
    "count_notes.csv",
    ("item", "force_id", "period_start", "period_end", "status", "reason", "said_in"),
    ("item", "force_id", "period_start", "period_end"),
    (("status", NOTED),),
    days=("period_start", "period_end"),
    one_force=True,
)
GLOSSARY = Register("glossary.csv", ("term", "meaning"), ("term",))
ALL = (
    STATUSES,
    EXCLUSIONS,
    CAVEATS,
    SOURCES,
    PUBLISHED_VALUES,
    FOOTNOTES,
    JUDGMENTS,
    AREAS_FOR_IMPROVEMENT,
    SECTIONS_INSPECTED,
    SURVEYS,
    OUTCOME_GROUPS,
    SERIES_BREAKS,
    COUNT_NOTES,
    GLOSSARY,
)


def read_register(register: Register) -> pd.DataFrame:
    """Return the register as text, one row a fact; an empty cell is an empty string.

    Raises InputError that names the file and the line for a row with a cell too many or too few, and for a column, key,
    choice, day or force id that is not as declared.
    """
    return _read(data_folder(), register).copy(deep=False)  # pandas copies when one of the two is written to


@cache
def _read(folder: Path, register: Register) -> pd.DataFrame:
    path = folder / register.file
    where = f"data/{register.file}"
    if not path.exists():
        raise InputError(f"{where}: the file is missing from {folder}; copy the project's own")
    lines, rows = _rows(path, register, where)
    by_name = {name: [row[place] for row in rows] for place, name in enumerate(register.columns)}
    _check_keys(lines, rows, register, where)
    for column, allowed in register.choices:
        remedy = f"use one of {', '.join(allowed)}"
        _refuse(lines, column, by_name[column], allowed.__contains__, where, remedy)
    for column in register.days:
        _refuse(lines, column, by_name[column], is_day, where, "write a day as 2017-06-30")
    if "force_id" in by_name:
        _check_forces(lines, by_name["force_id"], where, () if register.one_force else ALL_FORCES)
    return pd.DataFrame(by_name, dtype="str")


def _rows(path: Path, register: Register, where: str) -> tuple[list[int], list[list[str]]]:
    """Return the rows of the file and the line on which each ends; blank lines are no rows."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        found = next(reader, [])
        if tuple(found) != register.columns:
            wanted = ", ".join(register.columns)
            raise InputError(f"{where}, line 1: expected columns {wanted}; found {', '.join(found)}")
        numbered = [(reader.line_num, row) for row in reader if row]
    for line, row in numbered:
        if len(row) != len(register.columns):
            raise InputError(
                f"{where}, line {line}: {len(row)} cells for {len(register.columns)} columns; put a cell that holds a "
                "comma in quotation marks"
            )
    return [line for line, _ in numbered], [row for _, row in numbered]


def _check_keys(lines: list[int], rows: list[list[str]], register: Register, where: str) -> None:
    places = [register.columns.index(name) for name in register.key]
    seen: set[tuple[str, ...]] = set()
    for line, row in zip(lines, rows, strict=True):
        key = tuple(row[place] for place in places)
        if key in seen:
            raise InputError(
                f"{where}, line {line}: repeats an earlier row's key ({', '.join(key)}); keep one of the two"
            )
        seen.add(key)


def _refuse(
    lines: list[int], column: str, cells: list[str], is_right: Callable[[str], bool], where: str, remedy: str
) -> None:
    for line, cell in zip(lines, cells, strict=True):
        if not is_right(cell):
            raise InputError(f"{where}, line {line}: {column} is '{cell}'; {remedy}")


def _check_forces(lines: list[int], force_ids: list[str], where: str, others: tuple[str, ...]) -> None:
    known = {*forces.ids(), *others}
    for line, name in zip(lines, force_ids, strict=True):
        if name not in known:
            try:
                near = f"; write it as '{forces.find(name).id}'"
            except forces.UnknownForceError as error:
                near = f": {error}"
            raise InputError(f"{where}, line {line}: force_id '{name}' is not the id of a force{near}")


def records(rows: pd.DataFrame) -> list[dict[str, str]]:
    """Return a register's rows as dictionaries of text, for reading one after the other."""
    return [{str(name): str(value) for name, value in row.items()} for row in rows.to_dict(orient="records")]
