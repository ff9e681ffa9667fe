"""What a measure comes to: one value a force and one for England and Wales, calculated or only published."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from peel_analysis.checks.rules import CheckResult, Finding
from peel_analysis.data.cross_checks import CASES_REVIEWED
from peel_analysis.data.definitions import Measure
from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import ENGLAND_AND_WALES, NUMBER_OF_FORCES
from peel_analysis.data.periods import Period
from peel_analysis.data.registers import PUBLISHED_VALUES
from peel_analysis.data.writing import checksum


@dataclass(frozen=True)
class Value:
    """One force's value of a measure, or England and Wales's, with its counts, status, reasons and comparator."""

    force_id: str
    value: float
    numerator: float
    denominator: float
    status: str
    note: str
    short: str
    in_figure: bool = True
    in_national: bool = True
    comparator_value: float = math.nan
    comparator_numerator: float = math.nan
    comparator_denominator: float = math.nan
    comparator_status: str = ""
    comparator_note: str = ""
    same_release_value: float = math.nan
    same_release_numerator: float = math.nan
    same_release_denominator: float = math.nan
    same_release_status: str = ""
    same_release_note: str = ""

    @property
    def is_missing(self) -> bool:
        """True when there is no value; `status` and `note` say why."""
        return math.isnan(self.value)

    @property
    def is_counted(self) -> bool:
        """True when there is a numerator."""
        return not math.isnan(self.numerator)

    @property
    def has_comparator(self) -> bool:
        """True when there is a value in the comparator's window."""
        return not math.isnan(self.comparator_value)

    def noted(self, sentence: str, short: str, **changes: Any) -> "Value":
        """Return the value with a sentence added to its note, a short reason where it has none, and other changes."""
        return replace(self, note=f"{self.note} {sentence}".strip(), short=self.short or short, **changes)

    def beside(self, side: Literal["comparator", "same_release"], other: "Value") -> "Value":
        """Return the value with the numbers, status and note of another window or release on one of its sides."""
        names = ("value", "numerator", "denominator", "status", "note")
        return replace(self, **{f"{side}_{name}": getattr(other, name) for name in names})


VALUE_COLUMNS = tuple(one.name for one in fields(Value) if one.name != "force_id")


def based_on(members: int) -> str:
    """Return the sentence that opens the note of England and Wales."""
    return f"Based on {members} of {NUMBER_OF_FORCES} forces."


@dataclass(frozen=True, eq=False)  # told apart by identity, so that what is worked out from one can be kept
class Result:
    """A measure calculated for an edition: the `values` of the forces in alphabetical order, England and Wales last.

    `rows` is the same as a table by force_id: one row a force (43), and England and Wales last.

    | column | type | what it holds |
    |---|---|---|
    | value | float | in the measure's unit (`measure.unit`), not rounded; NaN where `status` says why |
    | numerator, denominator | float | the counts or people behind it; NaN where missing or not public |
    | status | str | one of data/statuses.csv: reported, estimated, partial, not_supplied, as_published, ... |
    | note, short | str | the reason of any status but reported, in sentences and in a few words; else "" |
    | in_figure, in_national | bool | the two switches of data/exclusions.csv |
    | comparator_value, ..._numerator, ..._denominator | float | the same in the comparator's window; NaN without |
    | comparator_status, comparator_note | str | the same in the comparator's window; "" without |
    | same_release_value, and so on | float, str | the window's own in the comparator's release, where that is another |

    `members` are the forces in both sums of the England and Wales value, `comparator_members` those of the comparator.
    `contradicted` are the forces that, by data/exclusions.csv, supplied no count while one is held, each with the
    sentence that says so. `release` names what the counts come from, `comparator_release` what both ends of the
    comparison over time come from, if it is other.
    """

    measure: Measure
    edition: Edition
    values: tuple[Value, ...]
    members: tuple[str, ...]
    comparator_members: tuple[str, ...]
    release: str
    contradicted: tuple[tuple[str, str], ...] = ()
    comparator_release: str = ""

    def as_bytes(self) -> bytes:
        """Return all but measure and edition as JSON, in which floats are exact: a batch calculates a result once."""
        return self._text

    @cached_property
    def digest(self) -> str:
        """The digest of all but the edition."""
        return checksum(repr(self.measure).encode() + self._text)

    @cached_property
    def _text(self) -> bytes:
        values = [list(vars(one).values()) for one in self.values]
        members = (self.members, self.comparator_members)
        return json.dumps((values, *members, self.release, self.contradicted, self.comparator_release)).encode()

    @classmethod
    def from_bytes(cls, measure: Measure, edition: Edition, text: bytes) -> "Result":
        """Return the result that was written as bytes."""
        values, members, earlier, release, contradicted, other = json.loads(text)
        held, denied = tuple(Value(*one) for one in values), tuple(map(tuple, contradicted))
        return cls(measure, edition, held, tuple(members), tuple(earlier), release, denied, other)

    def with_rows(self, rows: pd.DataFrame) -> Self:
        """Return the result with other values: those of a table like `rows`."""
        columns = (rows[name].tolist() for name in VALUE_COLUMNS)
        return replace(self, values=tuple(Value(*row) for row in zip(rows.index.tolist(), *columns, strict=True)))

    @property
    def rows(self) -> pd.DataFrame:
        """The values as a table by force_id. Whoever has it may change it: nothing is shown or worked out from it."""
        return self._table.copy(deep=False)  # pandas copies what is written to

    @cached_property
    def _table(self) -> pd.DataFrame:
        force_ids, *columns = zip(*(vars(one).values() for one in self.values), strict=True)
        index = pd.Index(force_ids, name="force_id", dtype="str")
        return pd.DataFrame(dict(zip(VALUE_COLUMNS, columns, strict=True)), index=index)

    def numbers(self, name: str) -> npt.NDArray[np.float64]:
        """Return one number of all values, in their order."""
        return np.array([getattr(one, name) for one in self.values], dtype=np.float64)

    @property
    def has_values(self) -> bool:
        """True when any force, or England and Wales, has a value."""
        return not all(one.is_missing for one in self.values)

    @property
    def forces(self) -> pd.DataFrame:
        """The rows of the 43 forces."""
        return self._table.iloc[:-1]

    def of(self, force_id: str) -> Value:
        """Return the value of one force or of England and Wales."""
        return self._by_force[force_id]

    @cached_property
    def _by_force(self) -> dict[str, Value]:
        return {one.force_id: one for one in self.values}

    @property
    def national(self) -> Value:
        """The value of England and Wales."""
        return self.of(ENGLAND_AND_WALES)

    @property
    def national_warning(self) -> str:
        """What the note of England and Wales says beyond how many forces are in it: incomplete records, or ""."""
        return self.national.note.removeprefix(based_on(len(self.members))).strip()

    @property
    def earlier_national_warning(self) -> str:
        """The same of the comparator's value, or "" where there is none."""
        note = self.national.comparator_note if self.national.has_comparator else ""
        return note.removeprefix(based_on(len(self.comparator_members))).strip()

    @property
    def plotted(self) -> pd.DataFrame:
        """The forces that a figure draws: those that the register leaves in and that have a value."""
        return self._plotted.copy(deep=False)

    @cached_property
    def _plotted(self) -> pd.DataFrame:
        rows = self.forces
        return rows[rows["in_figure"] & rows["value"].notna()]

    def highest_first(self, force_ids: Iterable[str]) -> list[Value]:
        """Return the values of some forces, the highest first and those that are missing last."""
        return sorted(map(self.of, force_ids), key=lambda one: (one.is_missing, -one.value))

    def sum_of(self, force_ids: Iterable[str], name: str) -> float:
        """Return the sum of one number of some forces' values; NaN where it is missing of one."""
        return float(np.array([getattr(self.of(one), name) for one in force_ids], dtype=np.float64).sum())

    @cached_property
    def lacking(self) -> str:
        """Why the edition has the measure for no force at all, or "" when it has it for some or could have."""
        lacks = all(one.is_missing and one.status == "not_available" for one in self.values)
        return self.values[0].note if lacks else ""

    def why_missing(self) -> list[tuple[str, str, list[str]]]:
        """Return why forces have no value: each status with its note and whose it is, that of most forces first."""
        missing = self.forces[self.forces["value"].isna()]
        groups = [
            (str(status), str(note), [*rows.index])
            for (status, note), rows in missing.groupby(["status", "note"], sort=False)
        ]
        return sorted(groups, key=lambda group: -len(group[2]))

    @property
    def window(self) -> Period:
        """The window of the values."""
        return self.edition.window(self.measure.window)

    @property
    def comparator_window(self) -> Period | None:
        """The window of the comparator values, when the measure has one."""
        return self.edition.window(self.measure.comparator) if self.measure.comparator else None

    @property
    def is_per_head(self) -> bool:
        """Whether the values divide by people."""
        return self.measure.denominator.items == (POPULATION,)

    @property
    def comparator_mid_year(self) -> int | None:
        """The mid-year that comparator values divide by: their own, or the edition's where that is not held."""
        if not self.is_per_head or self.comparator_window is None:
            return None
        return self.edition.mid_year_held(self.window, self.comparator_window)

    @property
    def earlier_window(self) -> Period | None:
        """The window that a change is counted from, for a measure of change."""
        return self.edition.window(self.measure.earlier) if self.measure.earlier else None

    @cached_property
    def has_earlier(self) -> bool:
        """Whether the edition's tables reach back to the comparator's window; if not, a footnote says so once."""
        lacking = all(one.comparator_status == "not_available" for one in self.values)
        return self.comparator_window is not None and not lacking


def of_each(results: Mapping[str, Result]) -> bytes:
    """Return some results by their names, each by the digest of its measure and of what it comes to, as a text."""
    return json.dumps([(name, one.digest) for name, one in results.items()]).encode()


def fill_published(
    values: Iterable[Value], measure: Measure, edition: Edition, published: Iterable[Mapping[str, str]]
) -> list[Value]:
    """Return the values with the published one wherever one exists and none could be calculated.

    The status of a filled value is `as_published`; its counts stay missing, for they are not public. A share of cases
    reviewed is published as "12 of 27": both counts are filled in and the share is worked out from them. `published`
    are the rows of `checked_published`. Raises InputError for a row without a number, or cases without their whole.
    """
    filled = {one.force_id: one for one in values}
    reviewed = {row["force_id"]: row for row in published if row["measure_id"] == measure.id + CASES_REVIEWED}
    for row in published:
        own = filled.get(row["force_id"])
        if row["measure_id"] != measure.id or own is None:
            continue
        value = _number(row, edition)
        if not own.is_missing:
            continue
        numerator = denominator = math.nan  # one of the two alone would stand beside a value that is not from it
        if measure.kind == "cases":
            whole = reviewed.get(row["force_id"])
            numerator, denominator = value, _number(whole, edition) if whole else 0
            if not denominator > 0:
                found = f"{measure.id} of {own.force_id} is a number of cases, and no row says out of how many"
                remedy = f"add one with measure_id {measure.id + CASES_REVIEWED} and a value above zero"
                raise InputError(f"{edition.data.place_of(PUBLISHED_VALUES, row)}: {found}; {remedy}")
            value = measure.multiplier * numerator / denominator
        filled[own.force_id] = replace(
            own,
            value=value,
            numerator=numerator,
            denominator=denominator,
            status="as_published",
            note=f"As published: {row['said_in']}.",
            short="As published",
        )
    return list(filled.values())


def _number(row: Mapping[str, str], edition: Edition) -> float:
    try:
        value = float(row["value"])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        found = f"{row['measure_id']}, {row['force_id']}: the value is '{row['value']}'; write a number, as 57.7"
        raise InputError(f"{edition.data.place_of(PUBLISHED_VALUES, row)}: {found}")
    return value


def check_results(results: Sequence[Result], data: Data) -> list[CheckResult]:
    """Return the shares above the whole, and the exclusions that call a count not supplied which is held.

    Shares of forces and of England and Wales, in their window and the one beside it. An exclusion with
    `although_held` is right.
    """
    by, of_held = data.rule("shares"), data.rule("exclusions_held")
    shares = [one for one in results if one.measure.kind == "share"]
    sides = ("value", "comparator_value")
    looked_at = sum(int(np.isfinite(one.numbers(side)).sum()) for one in shares for side in sides)
    above = (
        Finding(
            by.level,
            result.measure.id,
            f"{getattr(one, side):.1f}% of the whole; look at the numerator and denominator in "
            f"data/measures.toml, and at the two releases ({result.release})",
            one.force_id,
            window.words,
        )
        for result in shares
        for side, window in zip(sides, (result.window, result.comparator_window), strict=True)
        if window is not None
        for one in result.values
        if getattr(one, side) > by.thresholds["most_percent"]
    )
    denied = (Finding(of_held.level, one.measure.id, found, who) for one in results for who, found in one.contradicted)
    return [
        CheckResult(by, f"{looked_at:,} shares", tuple(above)),
        CheckResult(of_held, f"{len(results)} measures", tuple(denied)),
    ]
