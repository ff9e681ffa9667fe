"""What a measure comes to: one value a force and one for England and Wales, with status, reasons and comparator."""

import math
from dataclasses import dataclass, fields
from functools import cached_property

import pandas as pd

from peel_analysis.data import forces
from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import Period
from peel_analysis.measures.declarations import Measure


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
    in_figure: bool
    in_national: bool
    comparator_value: float
    comparator_numerator: float
    comparator_denominator: float
    comparator_status: str
    comparator_note: str

    @property
    def is_missing(self) -> bool:
        """True when there is no value; `status` and `note` say why."""
        return math.isnan(self.value)

    @property
    def has_comparator(self) -> bool:
        """True when there is a value in the comparator's window."""
        return not math.isnan(self.comparator_value)


COLUMNS = tuple(one.name for one in fields(Value) if one.name != "force_id")


def based_on(members: int) -> str:
    """Return the sentence that opens the note of England and Wales."""
    return f"Based on {members} of {forces.NUMBER_OF_FORCES} forces."


@dataclass(frozen=True, eq=False)  # told apart by identity, so that what is worked out from one can be kept
class Result:
    """A measure calculated for an edition.

    `rows`: one row a force and England and Wales last, by force_id, with COLUMNS; value in the measure's unit, not
    rounded, and missing where `status` says why. `in_figure` and `in_national` are the register's two switches;
    `members` are the forces in both sums of the England and Wales value, `comparator_members` those of the comparator.
    """

    measure: Measure
    edition: Edition
    rows: pd.DataFrame
    members: tuple[str, ...]
    comparator_members: tuple[str, ...]
    release: str

    @cached_property
    def forces(self) -> pd.DataFrame:
        """The 43 forces' rows."""
        return self.rows.drop(index=ENGLAND_AND_WALES)

    def of(self, force_id: str) -> Value:
        """Return the value of one force or of England and Wales."""
        return self._values[force_id]

    @cached_property
    def _values(self) -> dict[str, Value]:
        """The rows as values, made once: reading them one by one takes most of the time of a table."""
        columns = {name: self.rows[name].tolist() for name in COLUMNS}
        rows = zip(*columns.values(), strict=True)
        ids = (str(force_id) for force_id in self.rows.index)
        return {
            force_id: Value(force_id, **dict(zip(columns, row, strict=True)))
            for force_id, row in zip(ids, rows, strict=True)
        }

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
        if not self.national.has_comparator:
            return ""
        return self.national.comparator_note.removeprefix(based_on(len(self.comparator_members))).strip()

    @cached_property
    def plotted(self) -> pd.DataFrame:
        """The forces that a figure draws: those that the register leaves in and that have a value."""
        rows = self.forces
        return rows[rows["in_figure"] & rows["value"].notna()]

    @property
    def window(self) -> Period:
        """The window of the values."""
        return self.edition.window(self.measure.window)

    @property
    def comparator_window(self) -> Period | None:
        """The window of the comparator values, when the measure has one."""
        return self.edition.window(self.measure.comparator) if self.measure.comparator else None

    @property
    def earlier_window(self) -> Period | None:
        """The window that a change is counted from, for a measure of change."""
        return self.edition.window(self.measure.earlier) if self.measure.earlier else None

    @cached_property
    def has_earlier(self) -> bool:
        """Whether the edition's tables reach back to the comparator's window; if not, a footnote says so once."""
        lacking = (self.rows["comparator_status"] == "not_available").all()
        return self.comparator_window is not None and not lacking
