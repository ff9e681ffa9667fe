"""The registers in `data/`, each with its columns, its key and the words that a column may hold."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd

from peel_analysis.data.location import data_folder
from peel_analysis.data.register import A_PROGRAMME, checked_rows, keys_of
from peel_analysis.data.register import Register as Register

EFFECTS = ("excluded_from_figure", "excluded_from_national", "partial", "combined", "estimated")
NO_COUNT = ("", "not_supplied", "not_comparable")
BASES = ("stated", "implied", "ambiguous")
GRADES = ("", "Outstanding", "Good", "Adequate", "Requires improvement", "Inadequate", "Ungraded")
EVIDENCE = ("explicit", "press", "carried", "report", "derived", "narrative", "not_found")
AREAS = ("area_for_improvement", "cause_of_concern")
PROGRESS = ("open", "closed", "not_known")
YES_OR_NO = ("yes", "no")
NOT_COMPARABLE, WITH_CARE = "not_comparable", "with_care"  # what may be said across a break in recording
NOTED = ("partial", "estimated", "combined", NOT_COMPARABLE)  # what a count can be, when it is not just reported

STATUSES = Register(
    "statuses.csv", ("status", "has_value", "mark", "words", "meaning"), ("status",), (("has_value", YES_OR_NO),)
)
EXCLUSIONS = Register(
    "exclusions.csv",
    (
        "edition",
        "measure_id",
        "period_year",
        "force_id",
        "effect",
        "missing_because",
        "although_held",
        "components",
        "basis",
        "reason",
        "short_reason",
        "said_in",
    ),
    ("edition", "measure_id", "period_year", "force_id", "effect"),
    (("effect", EFFECTS), ("missing_because", NO_COUNT), ("although_held", ("", "yes")), ("basis", BASES)),
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
FOOTNOTES = Register(
    "footnotes.csv",
    ("edition", "number", "subject", "sentence", "section"),
    ("edition", "number"),
    numbers=("number",),
)
JUDGMENTS = Register(
    "judgments.csv",
    ("edition", "force_id", "question", "grade", "last_inspected", "evidence", "source_url", "note"),
    ("edition", "force_id", "question"),
    (("grade", GRADES), ("evidence", EVIDENCE)),
    edition_is=A_PROGRAMME,
)
AREAS_FOR_IMPROVEMENT = Register(
    "areas_for_improvement.csv",
    ("edition", "force_id", "question", "kind", "number", "sentence", "source_url", "first_raised", "status", "note"),
    ("edition", "force_id", "question", "kind", "number"),
    (("kind", AREAS), ("status", PROGRESS)),
    edition_is=A_PROGRAMME,
)
SECTIONS_INSPECTED = Register(
    "sections_inspected.csv",
    ("edition", "force_id", "question", "inspected", "source_url", "note"),
    ("edition", "force_id", "question"),
    (("inspected", (*YES_OR_NO, "unknown")),),
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
    (("in_action_taken", YES_OR_NO),),
    numbers=("group_order",),
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
    choice, day, edition or force id that is not as declared.
    """
    return _read(data_folder(), register).copy(deep=False)  # pandas copies when one of the two is written to


def place_of(register: Register, row: Mapping[str, str]) -> str:
    """Return where a row of a register stands, for a message: "data/exclusions.csv, line 7"."""
    key = tuple(row[name] for name in register.key)
    line = _lines_by_key(data_folder(), register).get(key)
    return f"{register.where}, {f'line {line}' if line else ', '.join(key)}"  # rows set together have no line


def records(rows: pd.DataFrame) -> list[dict[str, str]]:
    """Return a register's rows as dictionaries of text, for reading one after the other."""
    return [{str(name): str(value) for name, value in row.items()} for row in rows.to_dict(orient="records")]


@cache
def _read(folder: Path, register: Register) -> pd.DataFrame:
    rows = checked_rows(folder, register)
    return pd.DataFrame({name: rows.column(name) for name in register.columns}, dtype="str")


@cache
def _lines_by_key(folder: Path, register: Register) -> dict[tuple[str, ...], int]:
    rows = checked_rows(folder, register)
    return dict(zip(keys_of(rows, register), rows.lines, strict=True))
