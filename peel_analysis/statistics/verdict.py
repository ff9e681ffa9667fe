"""Where a force lies among the forces, as a robust z and a range of ranks, and from three tests to words.

The words say whether a force's figure is higher than, lower than or similar to that of England and Wales.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import numpy.typing as npt

from peel_analysis.data.errors import InputError
from peel_analysis.data.policy import Policy
from peel_analysis.data.text import rounded
from peel_analysis.statistics.intervals import Array, Numbers, normal_quantile

MAD_TO_DEVIATION = 1.4826  # the standard deviation of a normal distribution in units of its MAD


@dataclass(frozen=True)
class Position:
    """The median and MAD of the eligible forces, in the measure's unit, and each force's z against them.

    The middle half of the forces lies between `lower_half` and `upper_half`, their quartiles.
    """

    forces: int
    median: float
    mad: float
    z: Array
    lower_half: float
    upper_half: float


def robust_position(values: Numbers, eligible: npt.ArrayLike | None = None) -> Position:
    """Return (value - median) / (1.4826 * MAD) for each force; median and MAD are those of the eligible forces.

    MAD is the median absolute deviation from the median. Where it is zero (more than half of the forces share one
    value) or no force is eligible, z is missing. A force that is not eligible gets a z and influences none.
    Source: Iglewicz and Hoaglin (1993), How to Detect and Handle Outliers.
    """
    value, chosen = _chosen(values, eligible)
    median = float(np.median(value[chosen])) if chosen.any() else math.nan
    mad = float(np.median(np.abs(value[chosen] - median))) if chosen.any() else math.nan
    z = (value - median) / (MAD_TO_DEVIATION * mad) if mad > 0 else np.full(value.shape, np.nan)
    lower, upper = np.quantile(value[chosen], (0.25, 0.75)) if chosen.any() else (math.nan, math.nan)
    return Position(int(chosen.sum()), median, mad, z, float(lower), float(upper))


@dataclass(frozen=True)
class RankRange:
    """The first and last place that each of `forces` may hold from the largest value down; missing if it has none."""

    forces: int
    first: Array
    last: Array

    def has_place(self, row: int) -> bool:
        """Return whether the force of a row is ranked."""
        return bool(np.isfinite(self.first[row]))

    def words(self, row: int) -> str:
        """Return "between 3 and 9 of 42", always as a range, or "no rank"."""
        if not self.has_place(row):
            return "no rank"
        return f"between {self.first[row]:.0f} and {self.last[row]:.0f} of {self.forces}"


def rank_range(
    lower: Numbers, upper: Numbers, eligible: npt.ArrayLike | None = None, apart: float = 0.0, gap: float = 0.0
) -> RankRange:
    """Return the places that the intervals leave open to each eligible force; place 1 has the largest value.

    First place: 1 + the forces whose whole interval lies above this one's. Last place: the number of ranked forces
    minus those whose whole interval lies below. Intervals that overlap or touch leave the order open. Forces without
    limits, and those not eligible, have no place and count for nobody.

    An order counts only where the upper limit is passed by the share `apart` of itself (0.1 for 10%) and by `gap` in
    the values' unit, as in the size rule: intervals of tens of thousands of events are narrow. A force apart from both
    neighbours is given its neighbour's place too: a rank is never told as one place.

    Sources: Goldstein and Spiegelhalter (1996), League tables and their limitations, JRSS A 159, for showing ranks
    with their uncertainty; Klein, Wright and Wieczorek (2020), A joint confidence region for an overall ranking of
    populations, JRSS C 69, for this rule. With separate 95% intervals the ranges are not jointly of level 95%.
    """
    low, chosen_low = _chosen(lower, eligible)
    high, chosen_high = _chosen(upper, eligible)
    ranked = chosen_low & chosen_high
    edge = high + np.maximum(apart * np.abs(high), gap)
    above = (low[np.newaxis, :] > edge[:, np.newaxis]) & ranked
    below = (edge[np.newaxis, :] < low[:, np.newaxis]) & ranked
    forces = int(ranked.sum())
    first = np.where(ranked, 1 + above.sum(axis=1), np.nan)
    last = np.where(ranked, forces - below.sum(axis=1), np.nan)
    alone = (first == last) & (forces > 1)
    at_the_end = alone & (last == forces)
    return RankRange(forces, first - at_the_end, last + (alone & ~at_the_end))


def _chosen(values: Numbers, eligible: npt.ArrayLike | None) -> tuple[Array, npt.NDArray[np.bool_]]:
    value = np.atleast_1d(np.asarray(values, dtype=np.float64))
    present = np.isfinite(value)
    return value, present if eligible is None else present & np.asarray(eligible, dtype=bool)


@dataclass(frozen=True)
class Verdict:
    """The words for one force, and each test's numbers and outcome, so that anyone can recompute it by hand.

    `words` is empty where there is no verdict, and `reason` then says why. A test that was not made is None.
    `ratio` is shown / national_shown to two decimals, where England and Wales is above zero (a change may not be);
    `gap` is shown - national_shown. `tier` names the sentence under [says] in the policy that the tests lead to.
    """

    words: str
    reason: str
    basis: str
    tier: str
    shown: Decimal | None
    national_shown: Decimal | None
    ratio: Decimal | None = None
    gap: Decimal | None = None
    gap_percent: int | None = None
    smallest_gap: Decimal | None = None
    size: bool | None = None
    median: float | None = None
    mad: float | None = None
    lower_half: float | None = None
    upper_half: float | None = None
    robust_z: float | None = None
    position: bool | None = None
    funnel_z: float | None = None
    funnel_limit: float | None = None
    chance: bool | None = None


def eligible(values: Numbers, no_verdict: Sequence[str] | None = None) -> npt.NDArray[np.bool_]:
    """Return which forces take part in tests, funnel and ranks: those with a value and no reason against it."""
    present = np.isfinite(np.atleast_1d(np.asarray(values, dtype=np.float64)))
    return present if no_verdict is None else present & np.array([code == "" for code in no_verdict], dtype=bool)


def verdicts(
    values: Numbers,
    national: float,
    decimals: int,
    policy: Policy,
    funnel_z: Numbers | None = None,
    no_verdict: Sequence[str] | None = None,
) -> tuple[Verdict, ...]:
    """Return one verdict a force, in the order of `values`.

    `no_verdict` holds, for each force, a reason's key in the policy ("" for none). `funnel_z` are the z after the
    overdispersion adjustment, None where the measure has no funnel. With fewer eligible forces than the policy asks
    for, the size test alone decides, and `basis` says so. All tests that pass must point the same way.

    Raises InputError for a reason that the policy does not hold, and for numbers of forces that differ.
    """
    value = np.atleast_1d(np.asarray(values, dtype=np.float64))
    reasons = list(no_verdict) if no_verdict is not None else [""] * value.size
    z = np.full(value.shape, np.nan) if funnel_z is None else np.atleast_1d(np.asarray(funnel_z, dtype=np.float64))
    if not len(reasons) == z.size == value.size:
        raise InputError(f"verdicts: {value.size} values, {len(reasons)} reasons and {z.size} funnel z")
    if unknown := sorted(set(reasons) - {"", *policy.no_verdict}):
        raise InputError(f"data/wording_policy.toml: no sentence under [no_verdict] for {', '.join(unknown)}")

    position = robust_position(value, eligible(value, reasons))
    each = zip(value.tolist(), position.z.tolist(), z.tolist(), reasons, strict=True)
    return tuple(_verdict(*one, national, decimals, policy, position) for one in each)


def _verdict(
    value: float, z: float, funnel_z: float, reason: str, national: float, decimals: int, policy: Policy, of: Position
) -> Verdict:
    shown, national_shown = (rounded(one, decimals) if math.isfinite(one) else None for one in (value, national))
    enough = of.forces >= policy.position.fewest_forces
    untestable = {
        "no_value": shown is None,
        "no_national_value": national_shown is None,
        "no_spread": enough and of.mad == 0,
    }
    reason = reason or next((key for key, holds in untestable.items() if holds), "")
    if reason or shown is None or national_shown is None:
        return Verdict("", policy.no_verdict[reason], "", "", shown, national_shown)

    gap = shown - national_shown
    above = gap > 0
    size = abs(gap) >= policy.gap_asked(national_shown, decimals)
    placed = enough and abs(z) >= policy.position.robust_z and (z > 0) == above
    tested = enough and math.isfinite(funnel_z)
    limit = normal_quantile(policy.chance.level)
    outside = tested and abs(funnel_z) > limit and (funnel_z > 0) == above
    words = policy.words
    above_below = words.all_three if outside else words.size_and_position if enough else words.size_only
    return Verdict(
        words=above_below[0 if above else 1] if size and (placed or not enough) else words.otherwise,
        reason="",
        basis="size, position and chance" if tested else "size and position" if enough else "size only",
        tier=_tier(size, placed, outside, tested, enough, across=enough and abs(z) >= policy.position.robust_z),
        shown=shown,
        national_shown=national_shown,
        ratio=(shown / national_shown).quantize(Decimal("0.01"), ROUND_HALF_UP) if national_shown > 0 else None,
        gap=gap,
        gap_percent=_in_percent(gap, national_shown),
        smallest_gap=policy.gap_for(decimals),
        size=size,
        median=of.median if enough else None,
        mad=of.mad if enough else None,
        lower_half=of.lower_half if enough else None,
        upper_half=of.upper_half if enough else None,
        robust_z=z if enough else None,
        position=placed if enough else None,
        funnel_z=funnel_z if tested else None,
        funnel_limit=limit if tested else None,
        chance=outside if tested else None,
    )


def _tier(size: bool, placed: bool, outside: bool, tested: bool, enough: bool, *, across: bool) -> str:
    """Return which sentence of the policy the tests lead to; `across` is far out on the other side of the median."""
    if not enough:
        return "size_only" if size else "similar_alone"
    if not size:
        return "similar"
    if not placed:
        return "size_across" if across else "size"
    if not tested:
        return "size_and_position"
    return "all_three" if outside else "within_the_limits"


def _in_percent(gap: Decimal, national: Decimal) -> int | None:
    """Return a gap as a whole percentage of the England and Wales value, half up; None where that is not above zero."""
    return int((100 * gap / national).quantize(Decimal(1), ROUND_HALF_UP)) if national > 0 else None
