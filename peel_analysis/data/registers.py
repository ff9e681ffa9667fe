"""The registers in `data/`: small CSV files of facts, each with declared columns and a key."""

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
NOTED = ("partial", "estimated", "combined", "not_comparable")  # what a count can be, when it is not just reported
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
    ("item", "force_id", "first_day", "last_day", "label", "sentence", "said_in"),
    ("item", "force_id", "first_day"),
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

    Raises InputError that names the file and the line for a column, key, choice, day or force id that is not as
    declared.
    """
    return _read(data_folder(), register).copy()


@cache
def _read(folder: Path, register: Register) -> pd.DataFrame:
    path = folder / register.file
    where = f"data/{register.file}"
    if not path.exists():
        raise InputError(f"{where}: the file is missing from {folder}; copy the project's own")
    rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    if tuple(rows.columns) != register.columns:
        found = ", ".join(map(str, rows.columns))
        raise InputError(f"{where}, line 1: expected columns {', '.join(register.columns)}; found {found}")
    repeated = rows.duplicated(list(register.key))
    if repeated.any():
        line = _line(repeated)
        key = ", ".join(rows[list(register.key)].to_numpy()[line - 2])
        raise InputError(f"{where}, line {line}: repeats an earlier row's key ({key}); keep one of the two")
    for column, allowed in register.choices:
        _refuse(~rows[column].isin(allowed), rows[column], where, f"use one of {', '.join(allowed)}")
    for column in register.days:
        _refuse(~rows[column].map(is_day), rows[column], where, "write a day as 2017-06-30")
    if "force_id" in rows:
        _check_forces(rows["force_id"], where, () if register.one_force else ALL_FORCES)
    return rows


def records(rows: pd.DataFrame) -> list[dict[str, str]]:
    """Return a register's rows as dictionaries of text, for reading one after the other."""
    return [{str(name): str(value) for name, value in row.items()} for row in rows.to_dict(orient="records")]


def _refuse(wrong: pd.Series, cells: pd.Series, where: str, remedy: str) -> None:
    if wrong.any():
        line = _line(wrong)
        raise InputError(f"{where}, line {line}: {cells.name} is '{cells.iloc[line - 2]}'; {remedy}")


def _check_forces(force_ids: pd.Series, where: str, others: tuple[str, ...]) -> None:
    unknown = ~force_ids.isin({*forces.ids(), *others})
    if unknown.any():
        name = force_ids.iloc[_line(unknown) - 2]
        try:
            near = f"; write it as '{forces.find(name).id}'"
        except forces.UnknownForceError as error:
            near = f": {error}"
        raise InputError(f"{where}, line {_line(unknown)}: force_id '{name}' is not the id of a force{near}")


def _line(mask: pd.Series) -> int:
    """Return the line in the file of the first True: the header is line 1."""
    return int(mask.to_numpy().argmax()) + 2
