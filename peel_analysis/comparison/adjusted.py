"""What a comparison with England and Wales leaves aside: a force's mix of offences, and that it is in the whole."""

from dataclasses import replace
from math import nan
from typing import Literal

import numpy as np

from peel_analysis.comparison.verdicts import NEVER_COMPARED, SHOWN_LEVEL, compare, interval_of
from peel_analysis.data.text import rounded
from peel_analysis.measures import Result
from peel_analysis.measures.calculation import each_resident_once
from peel_analysis.measures.standardised import standardised
from peel_analysis.statistics.intervals import Interval, difference_interval

Disagreement = Literal["other_side", "size_gone", "size_appears"]


def disagreements(result: Result, force_id: str) -> tuple[Disagreement, ...]:
    """Return where a force's share and the same standardised disagree beside England and Wales, as values are shown.

    They do when they lie on different sides of it, and when one passes the size test and the other does not. There is
    nothing to return of a force without a verdict, or of a measure that is not standardised.
    """
    verdict, share = compare(result).verdicts.get(force_id), standardised(result).get(force_id)
    if verdict is None or verdict.gap is None or verdict.national_shown is None or share is None or share.is_missing:
        return ()
    decimals, national = result.measure.decimals, verdict.national_shown
    gap = rounded(share.value, decimals) - national
    size = abs(gap) >= compare(result).policy.gap_asked(national, decimals)
    found: list[Disagreement] = ["other_side"] if gap * verdict.gap < 0 else []
    if size != verdict.size:
        found.append("size_appears" if size else "size_gone")
    return tuple(found)


def rest_of(result: Result) -> Interval:
    """Return England and Wales without the force, a row a force in the order of the result, with 95% limits.

    A force that is no member of England and Wales is set against all of it. There is none where England and Wales or a
    member's own counts are not known, for England and Wales itself, and of measures that are never compared.
    """
    of_all = result.national
    members = set(result.members) if result.measure.kind not in NEVER_COMPARED else set[str]()
    rows = each_resident_once(map(result.of, result.forces.index), result.measure, result.edition)
    inside = [one if one.force_id in members else replace(one, numerator=0.0, denominator=0.0) for one in rows]
    tops = [of_all.numerator - one.numerator for one in inside]
    belows = [of_all.denominator - one.denominator for one in inside]
    known = nan if not members else 1.0
    return interval_of(result.measure, np.array([*tops, nan]) * known, np.array([*belows, nan]) * known, SHOWN_LEVEL)


def difference_from_rest(result: Result) -> Interval:
    """Return each force's value less that of England and Wales without it, in the measure's unit, with 95% limits.

    The force and the rest share no event, so that the two are independent, as a force and all of England and Wales are
    not: of the Metropolitan Police's own counts a sixth of England and Wales is made.
    """
    return difference_interval(compare(result).intervals[SHOWN_LEVEL], rest_of(result))
