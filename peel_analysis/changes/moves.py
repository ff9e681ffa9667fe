"""A move: one force's value of one measure on both sides, the difference, and its parts by cause."""

import math
from dataclasses import dataclass, replace
from decimal import Decimal

from peel_analysis.changes.inputs import DEFINED, EXCLUDED, NEW, PEOPLE, REVISED
from peel_analysis.changes.split import NOT_KNOWN, NOT_SEPARABLE, Split, exact
from peel_analysis.data import forces
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.text import rounded, shown
from peel_analysis.measures import Measure

SHORT = {
    REVISED: "revised counts",
    NEW: "new counts",
    PEOPLE: "population",
    EXCLUDED: "exclusions",
    DEFINED: "code or definition",
    NOT_SEPARABLE: "together",
    NOT_KNOWN: "not known: only values are at hand",
}


@dataclass(frozen=True)
class End:
    """One side of a move: the value and what came with it. A missing value is NaN and `status` says why."""

    value: float
    numerator: float
    denominator: float
    status: str
    note: str
    period_end: str
    verdict: str = ""

    @property
    def is_missing(self) -> bool:
        """True when this side has no value."""
        return math.isnan(self.value)

    def without_value(self) -> "End":
        """Return this side without its numbers and verdict: they must not stand beside the other's."""
        return replace(self, value=math.nan, numerator=math.nan, denominator=math.nan, verdict="")


@dataclass(frozen=True)
class Move:
    """A row of a comparison. `measure_id` is always there; `measure` only when a side declares it.

    `size` is the difference in percent of A's England and Wales value (of the row's own where there is none), so that
    measures in different units can be put in one order. `refused` is why the two sides must not be compared; neither
    then has its numbers here.
    """

    measure_id: str
    measure: Measure | None
    force_id: str
    a: End
    b: End
    split: Split
    size: float
    refused: str = ""

    @property
    def title(self) -> str:
        """What the measure is called."""
        return self.measure.title if self.measure else self.measure_id

    @property
    def name(self) -> str:
        """What the force is called."""
        return forces.display_name(self.force_id)

    @property
    def is_national(self) -> bool:
        """True for England and Wales."""
        return self.force_id == ENGLAND_AND_WALES

    @property
    def difference(self) -> Decimal | None:
        """B less A, exact and not rounded; None where either is missing."""
        return None if self.a.is_missing or self.b.is_missing else exact(self.b.value) - exact(self.a.value)

    @property
    def difference_shown(self) -> Decimal | None:
        """The difference of the values as shown."""
        if self.a.is_missing or self.b.is_missing:
            return None
        return rounded(self.b.value, self.decimals) - rounded(self.a.value, self.decimals)

    @property
    def decimals(self) -> int:
        """How many decimals the measure is shown with."""
        return self.measure.decimals if self.measure else 1

    @property
    def kind(self) -> str:
        """One of "appeared", "disappeared", "moved", "status" (only the status is another), "same" and "refused"."""
        if self.refused:
            return "refused"
        if self.a.is_missing != self.b.is_missing:
            return "appeared" if self.a.is_missing else "disappeared"
        if self.difference:
            return "moved"
        return "status" if self.a.status != self.b.status else "same"

    @property
    def verdict_changed(self) -> bool:
        """True when both sides have a verdict column and it says another thing."""
        return self.a.verdict != self.b.verdict

    def shown(self, end: End) -> str:
        """Return a side's value as the report shows it, or its status in brackets."""
        if end.is_missing:
            return f"[{end.status}]"
        if self.measure is None:
            return shown(end.value, self.decimals)
        return shown(end.value, self.decimals, percent=self.measure.is_percent, signed=self.measure.kind == "change")

    @property
    def cause_ids(self) -> tuple[str, ...]:
        """The causes with a part that is not nothing, the largest first, then those of a new status."""
        parts = sorted(self.split.parts.items(), key=lambda part: -abs(part[1]))
        return tuple(dict.fromkeys([*(cause for cause, part in parts if part), *self.split.status_causes]))

    @property
    def causes(self) -> str:
        """The causes in words: "population +0.0774", and for a value that came or went "exclusions"."""
        if self.kind == "same":
            return ""
        words = [self._cause(cause) for cause in self.cause_ids]
        return ", ".join(words)

    def _cause(self, cause: str) -> str:
        part = self.split.parts.get(cause, Decimal(0))
        name = SHORT[cause]
        if cause == NOT_SEPARABLE:
            name = " and ".join(SHORT[one] for one in self.split.joint) + " together"
        changed = f" ({self.a.status} to {self.b.status})" if cause in self.split.status_causes else ""
        return f"{name} {part_shown(part, self.decimals)}{changed}" if part else f"{name}{changed}"


def moves_of(
    measure_id: str,
    measure: Measure | None,
    a: dict[str, End],
    b: dict[str, End],
    splits: dict[str, Split],
    barred: dict[str, str],
) -> list[Move]:
    """Return a measure's moves, one a force id of `splits`; `barred` holds why some are refused, by force id."""
    national = a[ENGLAND_AND_WALES].value if ENGLAND_AND_WALES in a else math.nan
    moves = []
    for force_id, parts in splits.items():
        one, other = a[force_id], b[force_id]
        if reason := barred.get(force_id):
            ends = (one.without_value(), other.without_value())
            moves.append(Move(measure_id, measure, force_id, *ends, Split(), 0.0, reason))
        else:
            moves.append(Move(measure_id, measure, force_id, one, other, parts, _size(one, other, national)))
    return moves


def _size(a: End, b: End, national: float) -> float:
    if a.is_missing or b.is_missing:
        return 0.0
    base = abs(a.value if math.isnan(national) or national == 0 else national)
    return 100 * abs(b.value - a.value) / base if base else math.inf if b.value else 0.0


def part_shown(part: Decimal, decimals: int) -> str:
    """Return a part or an unrounded difference with three decimals more than the measure is shown with."""
    return shown(float(part), decimals + 3, signed=True)


def in_order(moves: list[Move]) -> list[Move]:
    """Return the moves that are neither "same" nor "refused", those without a value on either side last.

    England and Wales come first, then values that appeared or disappeared, then the largest differences. Where a side
    has no value of a measure for anyone, England and Wales's row stands for all.
    """
    left_out = one_sided(moves) | without_values(moves)
    told = [move for move in moves if move.kind not in ("same", "refused")]
    kept = [move for move in told if move.is_national or move.measure_id not in left_out]
    rank = {"appeared": 0, "disappeared": 0, "moved": 1, "status": 2}
    return sorted(
        kept,
        key=lambda move: (move.a.is_missing and move.b.is_missing, not move.is_national, rank[move.kind], -move.size),
    )


def one_sided(moves: list[Move]) -> set[str]:
    """Return the ids of the measures that only one side has a value of."""
    return _with_value(moves, "a") ^ _with_value(moves, "b")


def without_values(moves: list[Move]) -> set[str]:
    """Return the ids of the measures that neither side has a value of."""
    return {move.measure_id for move in moves} - _with_value(moves, "a") - _with_value(moves, "b")


def _with_value(moves: list[Move], side: str) -> set[str]:
    return {move.measure_id for move in moves if move.refused or not getattr(move, side).is_missing}
