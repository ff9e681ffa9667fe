"""A change: one force's value of one measure in both versions, the difference, and its parts by cause."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from peel_analysis.changes.causes import IN_WORDS, NEW, NOT_KNOWN, NOT_SEPARABLE, REVISED, Split, exact
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.text import rounded, shown
from peel_analysis.measures import Measure

SHORT_NAMES = IN_WORDS | {
    REVISED: "revised counts",
    NEW: "new counts",
    NOT_KNOWN: "not known: only values are at hand",
}
KINDS_IN_ORDER = {"appeared": 0, "disappeared": 0, "moved": 1, "status": 2}  # of the changes that are told


@dataclass(frozen=True)
class End:
    """The value in one version and what came with it. A missing value is NaN and `status` says why.

    `others` has, by table, the value in each other release held in which its direction or its verdict is another.
    """

    value: float
    numerator: float
    denominator: float
    status: str
    note: str
    period_end: str
    verdict: str = ""
    others: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_missing(self) -> bool:
        """True when this version has no value."""
        return math.isnan(self.value)


@dataclass(frozen=True)
class Change:
    """A row of a comparison. `measure_id` is always there; `measure` only when a version declares it.

    `name` is the force's. `size` is the difference in percent of A's England and Wales value (of the row's own where
    there is none), so that measures in different units can be put in one order. `refused` is why the two versions must
    not be compared; neither then has its numbers here.
    """

    measure_id: str
    measure: Measure | None
    force_id: str
    name: str
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
    def is_national(self) -> bool:
        """True for England and Wales."""
        return self.force_id == ENGLAND_AND_WALES

    @property
    def difference(self) -> Decimal | None:
        """B less A, exact and not rounded; None where either is missing."""
        return None if self.a.is_missing or self.b.is_missing else exact(self.b.value) - exact(self.a.value)

    @property
    def difference_of_shown(self) -> Decimal | None:
        """The difference of the values as shown."""
        ends = [rounded(end.value, self._decimals) for end in (self.b, self.a) if not end.is_missing]
        return ends[0] - ends[1] if len(ends) == 2 else None

    @property
    def _decimals(self) -> int:
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

    def shown(self, end: End) -> str:
        """Return an end's value as the report shows it, or its status in brackets."""
        if end.is_missing:
            return f"[{end.status}]"
        if self.measure is None:
            return shown(end.value, self._decimals)
        signed = self.measure.kind == "change"
        return shown(end.value, self._decimals, percent=self.measure.is_percent, signed=signed)

    def unrounded(self, part: Decimal) -> str:
        """Return a part or the difference with three decimals more than the measure is shown with."""
        return shown(float(part), self._decimals + 3, signed=True)

    @property
    def causes(self) -> str:
        """The causes, the largest first, then those of a new status: "population +0.0774, exclusions"."""
        if self.kind == "same":
            return ""
        parts = sorted(self.split.parts.items(), key=lambda part: -abs(part[1]))
        causes = dict.fromkeys([*(cause for cause, part in parts if part), *self.split.status_causes])
        return ", ".join(self._cause(cause) for cause in causes)

    @property
    def otherwise(self) -> str:
        """What another release held would turn, with the value there; "" where it turns nothing.

        "B's direction would be another in recorded crime rolling-2018-12: +0.6%".
        """
        of_sides = [self._turned(end) for end in (self.a, self.b)]
        if of_sides[0] == of_sides[1]:
            return "; ".join(f"A's and B's {told}" for told in of_sides[0])
        return "; ".join(f"{side}'s {told}" for side, of_side in zip("AB", of_sides, strict=True) for told in of_side)

    def _turned(self, end: End) -> list[str]:
        """Return, for each release that turns an end's direction or verdict, which of them, the table and its value."""
        decimals = self._decimals
        told = []
        for table, value in end.others.items():
            is_change = self.measure is not None and self.measure.kind == "change"
            turns = is_change and rounded(value, decimals) * rounded(end.value, decimals) < 0
            what = "direction" if turns else "verdict"
            told.append(f"{what} would be another in {table}: {self.shown(replace(end, value=value))}")
        return told

    def _cause(self, cause: str) -> str:
        joint = " and ".join(SHORT_NAMES[one] for one in self.split.joint)
        name = f"{joint} together" if cause == NOT_SEPARABLE else SHORT_NAMES[cause]
        part = self.split.parts.get(cause)
        by = f" {self.unrounded(part)}" if part else ""
        status = f" ({self.a.status} to {self.b.status})" if cause in self.split.status_causes else ""
        return f"{name}{by}{status}"


def size_of(a: End, b: End, national: float) -> float:
    """Return a difference in percent of a national value, of A's own where there is none; 0 where an end is missing."""
    if a.is_missing or b.is_missing:
        return 0.0
    base = abs(a.value if math.isnan(national) or national == 0 else national)
    return 100 * abs(b.value - a.value) / base if base else math.inf if b.value else 0.0


def in_order(changes: list[Change]) -> list[Change]:
    """Return the changes that are neither "same" nor "refused", those without a value in either version last.

    England and Wales come first, then values that appeared or disappeared, then the largest differences. Where a
    version has no value of a measure for anyone, England and Wales's row stands for all.
    """
    in_both = with_value(changes, "a") & with_value(changes, "b")
    told = [change for change in changes if change.kind in KINDS_IN_ORDER]
    return sorted(
        [change for change in told if change.is_national or change.measure_id in in_both],
        key=lambda change: (
            change.a.is_missing and change.b.is_missing,
            not change.is_national,
            KINDS_IN_ORDER[change.kind],
            -change.size,
        ),
    )


def with_value(changes: list[Change], end: str) -> set[str]:
    """Return the ids of the measures of which the version `end`, "a" or "b", has a value; refused ones have."""
    return {change.measure_id for change in changes if change.refused or not getattr(change, end).is_missing}
