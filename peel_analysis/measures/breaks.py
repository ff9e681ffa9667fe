"""Breaks in recording: from which day an item's counts are on another basis, and whether they may still be compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from peel_analysis.data import registers
from peel_analysis.measures.declarations import Measure

ALL = "all"


@dataclass(frozen=True)
class Break:
    """A row of data/series_breaks.csv about a measure's counts, for all forces ("all") or for one.

    Where it is not comparable, counts before `first_day` are not set beside later ones.
    """

    force_id: str
    first_day: date
    last_day: date
    is_comparable: bool
    label: str
    sentence: str

    def is_about(self, force_id: str) -> bool:
        """Return whether it is about a force, or about England and Wales: that is every force's break alone."""
        return self.force_id in (ALL, force_id)


def breaks_of(measure: Measure) -> tuple[Break, ...]:
    """Return the breaks of every item that the measure counts, for all forces, in the order of their first days."""
    rows = registers.records(registers.read_register(registers.SERIES_BREAKS))
    return _ordered(_break(row) for row in rows if row["item"] in measure.items)


def _ordered(breaks: Iterable[Break]) -> tuple[Break, ...]:
    return tuple(sorted(breaks, key=lambda one: one.first_day))


def _break(row: dict[str, str]) -> Break:
    first, last = (date.fromisoformat(row[name]) for name in ("first_day", "last_day"))
    comparable = row["comparison"] != registers.NOT_COMPARABLE
    return Break(row["force_id"], first, last, comparable, row["label"], row["sentence"])
