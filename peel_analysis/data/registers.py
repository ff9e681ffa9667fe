"""The registers in `data/`: small CSV files of facts with declared columns and a key, their rows checked."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peel_analysis.data.errors import Faults
from peel_analysis.data.files import Rows
from peel_analysis.data.forces import ENGLAND_AND_WALES, Forces, UnknownForceError
from peel_analysis.data.periods import is_day

if TYPE_CHECKING:
    import pandas as pd

ALL_FORCES = (ENGLAND_AND_WALES, "all", "")
AN_EDITION = "an edition"  # a file of data/editions, or `all`
A_PROGRAMME = "a programme of inspections"  # one that data/programmes.toml declares

EFFECTS = ("excluded_from_figure", "excluded_from_national", "partial", "combined", "estimated")
NO_COUNT = ("", "not_supplied", "not_comparable")
BASES = ("stated", "implied", "ambiguous")
EVIDENCE = ("explicit", "press", "carried", "report", "derived", "narrative", "summary", "not_found")
WITHOUT_GRADE = ("summary", "not_found")  # words that name no grade, or nothing
AREAS = ("area_for_improvement", "cause_of_concern")
PROGRESS = ("open", "closed", "not_known")
YES_OR_NO = ("yes", "no")
NOT_COMPARABLE, WITH_CARE = "not_comparable", "with_care"  # what may be said across a break in recording
MOST_DIGITS = 4  # of a number that a register gives a row or a note
ALL_RELEASES = "all"  # a note is about each release of its item
NOTED = (
    "revised",
    "partial",
    "estimated",
    "combined",
    NOT_COMPARABLE,
)  # what a count can be, but reported


@dataclass(frozen=True)
class Register:
    """One CSV in data/, or in another folder: its columns in order, and those that together identify a row.

    `choices` are the words that a column may hold; `days` and `numbers` the columns that hold a day or a whole number;
    `edition_is` says what the column `edition` names, if there is one. Where each row is about `one_force`, its
    force_id may not be `all`, England and Wales or blank.
    """

    file: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    days: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    one_force: bool = False
    edition_is: str = AN_EDITION
    folder: str = "data"

    @property
    def where(self) -> str:
        """The register's file, as a message names it."""
        return f"{self.folder}/{self.file}"


def _register(file: str, columns: str, key: str, **what: Any) -> Register:
    return Register(file, tuple(columns.split()), tuple(key.split()), **what)


STATUSES = _register(
    "statuses.csv", "status has_value mark words meaning", "status", choices=(("has_value", YES_OR_NO),)
)
EXCLUSIONS = _register(
    "exclusions.csv",
    "edition measure_id period_year force_id effect missing_because although_held components basis reason short_reason "
    "said_in",
    "edition measure_id period_year force_id effect",
    choices=(("effect", EFFECTS), ("missing_because", NO_COUNT), ("although_held", ("", "yes")), ("basis", BASES)),
    one_force=True,
)
CAVEATS = _register(
    "caveats.csv", "edition caveat_id applies_to force_id kind sentence said_in", "edition caveat_id force_id"
)
SOURCES = _register("sources.csv", "source_id publisher title covers release url availability sentence", "source_id")
PUBLISHED_VALUES = _register(
    "published_values.csv",
    "edition force_id measure_id period_words value unit said_in note",
    "edition force_id measure_id period_words",
)
FOOTNOTES = _register("footnotes.csv", "edition number subject sentence section", "edition number", numbers=("number",))
JUDGMENTS = _register(
    "judgments.csv",
    "edition force_id question grade last_inspected evidence source_url note",
    "edition force_id question",
    choices=(("evidence", EVIDENCE),),  # grade and question are those of the programme
    edition_is=A_PROGRAMME,
)
AREAS_FOR_IMPROVEMENT = _register(
    "areas_for_improvement.csv",
    "edition force_id question kind number sentence source_url first_raised status note",
    "edition force_id question kind number",
    choices=(("kind", AREAS), ("status", PROGRESS)),
    edition_is=A_PROGRAMME,
)
SECTIONS_INSPECTED = _register(
    "sections_inspected.csv",
    "edition force_id question inspected source_url note",
    "edition force_id question",
    choices=(("inspected", (*YES_OR_NO, "unknown")),),
)
SURVEYS = _register(
    "surveys.csv", "edition survey_id title topic low high unit sentence said_in", "edition survey_id topic"
)
OUTCOME_GROUPS = _register(
    "outcome_groups.csv",
    "grouping_id version outcome_type outcome_words group group_order in_action_taken",
    "grouping_id version outcome_type",
    choices=(("in_action_taken", YES_OR_NO),),
    numbers=("group_order",),
)
SERIES_BREAKS = _register(
    "series_breaks.csv",
    "item force_id first_day last_day comparison label sentence said_in",
    "item force_id first_day",
    choices=(("comparison", (NOT_COMPARABLE, WITH_CARE)),),
    days=("first_day", "last_day"),
)
COUNT_NOTES = _register(
    "count_notes.csv",
    "item release force_id period_start period_end status reason said_in",
    "item release force_id period_start period_end",
    choices=(("status", NOTED),),
    days=("period_start", "period_end"),
    one_force=True,
)
GLOSSARY = _register("glossary.csv", "term meaning", "term")
TILE_MAP = _register("tile_map.csv", "force_id column row code", "force_id", numbers=("column", "row"), one_force=True)
ALL = tuple(one for one in list(globals().values()) if isinstance(one, Register))


def keys_of(rows: Rows, register: Register) -> list[tuple[str, ...]]:
    """Return the key of each row."""
    columns = [register.columns.index(name) for name in register.key]
    return [tuple(row[column] for column in columns) for row in rows.cells]


def check_rows(rows: Rows, register: Register, forces: Forces, editions: Iterable[str]) -> None:
    """Raise InputError for each key, choice, day, number, force or edition (of `editions`) that is not as declared."""
    with Faults() as faults:
        faults.add(_faults(rows, register, forces, editions))


def _faults(rows: Rows, register: Register, forces: Forces, editions: Iterable[str]) -> Iterator[str]:
    seen: set[tuple[str, ...]] = set()
    for line, key in zip(rows.lines, keys_of(rows, register), strict=True):
        if key in seen:
            found = f"repeats an earlier row's key ({', '.join(key)})"
            yield f"{register.where}, line {line}: {found}; keep one of the two"
        seen.add(key)
    for column, allowed in register.choices:
        words = ", ".join(word or "(blank)" for word in allowed)
        yield from _other(rows, register, column, allowed.__contains__, f"use one of {words}")
    for column in register.days:
        yield from _other(rows, register, column, is_day, "write a day as 2017-06-30")
    for column in register.numbers:
        yield from _other(rows, register, column, _is_number, "write a whole number")
    if "edition" in register.columns:  # a row of an edition that there is not would be left out of every report
        known = set(editions)
        remedy = f"use {register.edition_is}: {', '.join(sorted(known))}"
        yield from _other(rows, register, "edition", known.__contains__, remedy)
    if "force_id" in register.columns:
        yield from _other_forces(rows, register, forces)


def _is_number(cell: str) -> bool:
    return cell.isascii() and cell.isdecimal() and len(cell) <= MOST_DIGITS


def _other(rows: Rows, register: Register, column: str, is_right: Callable[[str], bool], remedy: str) -> Iterator[str]:
    for line, cell in zip(rows.lines, rows.column(column), strict=True):
        if not is_right(cell):
            yield f"{register.where}, line {line}: {column} is '{cell}'; {remedy}"


def _other_forces(rows: Rows, register: Register, forces: Forces) -> Iterator[str]:
    known = {*forces.ids, *(() if register.one_force else ALL_FORCES)}
    for line, name in zip(rows.lines, rows.column("force_id"), strict=True):
        if name not in known:
            try:
                near = f"; write it as '{forces.find(name).id}'"
            except UnknownForceError as error:
                near = f": {error}"
            yield f"{register.where}, line {line}: force_id '{name}' is not the id of a force{near}"


def records(rows: "pd.DataFrame") -> list[dict[str, str]]:
    """Return a register's rows as dictionaries of text, for reading one after the other."""
    return [{str(name): str(value) for name, value in row.items()} for row in rows.to_dict(orient="records")]


NOT_AVAILABLE = "[x]"  # in place of a number that there is not, where its status has no mark of its own


@dataclass(frozen=True)
class Statuses:
    """The statuses that a value can have, by name, as data/statuses.csv has them."""

    rows: Mapping[str, Mapping[str, str]]

    def mark(self, status: str) -> str:
        """Return a status's mark in a table: "[x]", "[e]" or nothing."""
        return self.rows[status]["mark"]

    def words(self, status: str) -> str:
        """Return a status as a sentence names it: "not public", "incomplete record"; nothing for a reported value."""
        return self.rows[status]["words"]

    def of_values(self, *, held: bool) -> tuple[str, ...]:
        """Return the statuses of values that there are, or of those that are missing."""
        return tuple(status for status, row in self.rows.items() if row["has_value"] == ("yes" if held else "no"))

    @property
    def marked(self) -> tuple[str, ...]:
        """The statuses of values that are shown with a mark: partial returns, estimates, records in doubt."""
        return tuple(status for status in self.of_values(held=True) if self.mark(status))
