"""The registers in `data/`: small CSV files of facts, each with declared columns and a key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from peel_analysis import forces
from peel_analysis.csv_files import Rows, rows_of
from peel_analysis.data_files import settings_of
from peel_analysis.errors import InputError
from peel_analysis.location import data_folder
from peel_analysis.periods import is_day

AN_EDITION = "an edition"  # a file of data/editions, or `all`
A_PROGRAMME = "a programme of inspections"  # one of PROGRAMMES, an edition, or what an edition's file calls `judgments`


@dataclass(frozen=True)
class Register:
    """One CSV in data/: its columns in order, and those that together identify a row.

    `choices` are the words that a column may hold, and `days` the columns that hold a day; `edition_is` says what the
    column `edition` names, if there is one. Where each row is about `one_force`, its force_id may not be `all`, England
    and Wales or blank.
    """

    file: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    days: tuple[str, ...] = ()
    one_force: bool = False
    edition_is: str = AN_EDITION


EFFECTS = ("excluded_from_figure", "excluded_from_national", "partial", "combined", "estimated")
NO_COUNT = ("", "not_supplied", "not_comparable")
BASES = ("stated", "implied", "ambiguous")
PROGRAMMES = ("2014", "2015", "2016", "2017", "2018/19", "2021/22", "2023-25")
GRADES = ("", "Outstanding", "Good", "Adequate", "Requires improvement", "Inadequate", "Ungraded")
EVIDENCE = ("explicit", "press", "carried", "report", "derived", "narrative", "not_found")
AREAS = ("area_for_improvement", "cause_of_concern")
PROGRESS = ("open", "closed", "not_known")
YES_OR_NO = ("yes", "no")
NOTED = ("partial", "estimated", "combined", "not_comparable")  # what a count can be, when it is not just reported
ALL_FORCES = (forces.ENGLAND_AND_WALES, "all", "")

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
        "components",
        "basis",
        "reason",
        "short_reason",
        "said_in",
    ),
    ("edition", "measure_id", "period_year", "force_id", "effect"),
    (("effect", EFFECTS), ("missing_because", NO_COUNT), ("basis", BASES)),
    one_force=True,
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

    Raises InputError that names the file and the line for a row with a cell too many or too few, and for a column, key,
    choice, day, edition or force id that is not as declared.
    """
    return _read(data_folder(), register).copy(deep=False)  # pandas copies when one of the two is written to


def place_of(register: Register, row: Mapping[str, str]) -> str:
    """Return where a row of a register stands, for a message: "data/exclusions.csv, line 7"."""
    key = tuple(row[name] for name in register.key)
    line = _lines_by_key(data_folder(), register).get(key)
    return f"{_where(register)}, {f'line {line}' if line else ', '.join(key)}"  # rows set together have no line


@cache
def _lines_by_key(folder: Path, register: Register) -> dict[tuple[str, ...], int]:
    rows = _rows(folder, register)
    return dict(zip(_keys(rows, register), rows.lines, strict=True))


@cache
def _read(folder: Path, register: Register) -> pd.DataFrame:
    rows, where = _rows(folder, register), _where(register)
    _check_keys(rows, register, where)
    for column, allowed in register.choices:
        words = [word or "(blank)" for word in allowed]
        _refuse(rows, column, allowed.__contains__, where, f"use one of {', '.join(words)}")
    for column in register.days:
        _refuse(rows, column, is_day, where, "write a day as 2017-06-30")
    if "edition" in register.columns:
        _check_editions(rows, register, folder, where)
    if "force_id" in register.columns:
        _check_forces(rows, where, () if register.one_force else ALL_FORCES)
    return pd.DataFrame({name: rows.column(name) for name in register.columns}, dtype="str")


def _where(register: Register) -> str:
    return f"data/{register.file}"


def _rows(folder: Path, register: Register) -> Rows:
    return rows_of(folder / register.file, _where(register), register.columns)


def _keys(rows: Rows, register: Register) -> list[tuple[str, ...]]:
    places = [register.columns.index(name) for name in register.key]
    return [tuple(row[place] for place in places) for row in rows.cells]


def _check_keys(rows: Rows, register: Register, where: str) -> None:
    seen: set[tuple[str, ...]] = set()
    for line, key in zip(rows.lines, _keys(rows, register), strict=True):
        if key in seen:
            raise InputError(
                f"{where}, line {line}: repeats an earlier row's key ({', '.join(key)}); keep one of the two"
            )
        seen.add(key)


def _refuse(rows: Rows, column: str, is_right: Callable[[str], bool], where: str, remedy: str) -> None:
    for line, cell in zip(rows.lines, rows.column(column), strict=True):
        if not is_right(cell):
            raise InputError(f"{where}, line {line}: {column} is '{cell}'; {remedy}")


def _check_editions(rows: Rows, register: Register, folder: Path, where: str) -> None:
    """Refuse a row of an edition that there is not: it would be left out of every report and not be missed."""
    held = sorted(path.stem for path in (folder / "editions").glob("*.toml"))
    known = {*held, "all"}
    if register.edition_is == A_PROGRAMME:
        known = {*held, *PROGRAMMES}
        if not known.issuperset(rows.column("edition")):
            known |= {_programme(folder, edition_id) for edition_id in held}
    remedy = f"use {register.edition_is}: {', '.join(sorted(known))}"
    _refuse(rows, "edition", known.__contains__, where, remedy)


def _programme(folder: Path, edition_id: str) -> str:
    file = f"editions/{edition_id}.toml"
    return str(settings_of(folder / file, f"data/{file}").get("judgments", edition_id))


def _check_forces(rows: Rows, where: str, others: tuple[str, ...]) -> None:
    known = {*forces.ids(), *others}
    for line, name in zip(rows.lines, rows.column("force_id"), strict=True):
        if name not in known:
            try:
                near = f"; write it as '{forces.find(name).id}'"
            except forces.UnknownForceError as error:
                near = f": {error}"
            raise InputError(f"{where}, line {line}: force_id '{name}' is not the id of a force{near}")


def records(rows: pd.DataFrame) -> list[dict[str, str]]:
    """Return a register's rows as dictionaries of text, for reading one after the other."""
    return [{str(name): str(value) for name, value in row.items()} for row in rows.to_dict(orient="records")]
