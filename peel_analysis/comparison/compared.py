"""A measure result compared: each force's interval, rank range, place in the funnel, and the policy's verdict."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from peel_analysis import statistics
from peel_analysis.comparison.intervals import LEVELS, SHOWN_LEVEL, interval_of
from peel_analysis.data.edition import POPULATION
from peel_analysis.data.forces import in_words
from peel_analysis.measures import Result
from peel_analysis.statistics import Funnel, Interval, NotEnoughForcesError, Policy, RankRange, Verdict

Array = npt.NDArray[np.float64]
KINDS: dict[str, Literal["rate", "share", "ratio"]] = {
    "rate": "rate",
    "rate_of_stock": "rate",
    "share": "share",
    "ratio_of_counts": "ratio",
}
NEVER_COMPARED = ("cases", "survey")
WITHOUT_VERDICT = {
    "partial": "partial_return",
    "incomplete": "incomplete_record",
    "mismatched": "mismatched_record",
}


@dataclass(frozen=True, eq=False)
class Compared:
    """One row a force in the order of `force_ids`, England and Wales last; missing numbers are NaN.

    `intervals` by level; `ranks` at the 95% level, always a range; `funnel` is None where it is refused, and
    `funnel_refused` then says why; `verdicts` of the 43 forces. `left_out` holds the key of the policy's reason for
    each force that is in no test, by id: the others are eligible, for a mean of peers too.
    """

    result: Result
    policy: Policy
    force_ids: tuple[str, ...]
    intervals: dict[float, Interval]
    ranks: RankRange
    funnel: Funnel | None
    funnel_refused: str
    verdicts: dict[str, Verdict]
    left_out: dict[str, str]

    def row(self, force_id: str) -> int:
        """Return the row of a force."""
        return self.force_ids.index(force_id)

    def limits(self, force_id: str, level: float = SHOWN_LEVEL) -> tuple[float, float]:
        """Return the lower and upper limit of the interval at a level; NaN where there is none."""
        interval, row = self.intervals[level], self.row(force_id)
        return float(interval.lower[row]), float(interval.upper[row])


@lru_cache(maxsize=128)
def compare(result: Result) -> Compared:
    """Return the comparison of a result. Forces without a verdict are shown and take no part in others' tests."""
    policy = result.edition.data.policy
    rows = result.rows
    force_ids = tuple(str(force_id) for force_id in rows.index)
    numerator, denominator = (rows[name].to_numpy(dtype=np.float64) for name in ("numerator", "denominator"))
    intervals = {level: interval_of(result.measure, numerator, denominator, level) for level in LEVELS}
    reasons = [_no_verdict(result, force_id) for force_id in force_ids]
    values = rows["value"].to_numpy(dtype=np.float64)
    reasons[-1] = "not_in_figure"  # England and Wales is what the forces are compared with
    eligible = statistics.eligible(values, reasons) & (result.measure.kind not in NEVER_COMPARED)
    funnel, refused = _funnel(result, policy, eligible, numerator, denominator)
    ranks = statistics.rank_range(
        intervals[SHOWN_LEVEL].lower,
        intervals[SHOWN_LEVEL].upper,
        eligible,
        apart=float(policy.ratio),
        gap=float(policy.gap_for(result.measure.decimals)),
    )
    given = statistics.verdicts(
        values[:-1],
        result.national.value if result.measure.kind not in NEVER_COMPARED else math.nan,
        result.measure.decimals,
        policy,
        funnel.z[:-1] if funnel is not None else None,
        reasons[:-1],
    )
    named = dict(zip(force_ids, given, strict=False))
    left_out = {one: reason for one, reason in zip(force_ids, reasons, strict=True) if reason}
    return Compared(result, policy, force_ids, intervals, ranks, funnel, refused, named, left_out)


def _no_verdict(result: Result, force_id: str) -> str:
    """Return the key of the reason why a force gets no verdict, or ""."""
    one = result.of(force_id)
    if one.is_missing:
        return "no_value"
    per_head = POPULATION in result.measure.denominator.items
    if per_head and force_id in result.edition.population_instead:
        return "assumed_population"
    if not one.in_figure:
        return "not_in_figure"
    return WITHOUT_VERDICT.get(one.status, "")


def _funnel(
    result: Result, policy: Policy, eligible: npt.NDArray[np.bool_], numerator: Array, denominator: Array
) -> tuple[Funnel | None, str]:
    kind = KINDS.get(result.measure.kind)
    if kind is None:
        return None, "A funnel is made for rates, shares and ratios of counts only."
    if kind == "share" and (more := numerator > denominator).any():
        named = in_words(str(force_id) for force_id in result.rows.index[more])
        return None, f"No funnel is made: {named} counted more than the whole that it is a share of."
    try:
        made = statistics.funnel_for(
            numerator,
            denominator,
            kind,
            result.measure.multiplier,
            eligible,
            overdispersion=policy.overdispersion,
            winsorised=policy.winsorised,
            fewest=policy.fewest_forces,
        )
    except NotEnoughForcesError as error:
        return None, str(error)
    except ValueError as error:
        return None, f"No funnel is made: {error}."
    return made, ""


def fields_in_words(funnel: Funnel | None) -> str:
    """Return every field of a funnel as text, each number in full."""
    held = vars(funnel) if funnel is not None else {}
    return repr({name: one.tolist() if isinstance(one, np.ndarray) else one for name, one in held.items()})
