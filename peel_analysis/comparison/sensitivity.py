"""What a comparison rests on: the mix of offences, the force in the whole, the population, the release, the record."""

from dataclasses import dataclass, replace
from math import isnan, nan
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd

from peel_analysis.checks import records
from peel_analysis.comparison.verdicts import NEVER_COMPARED, SHOWN_LEVEL, compare, interval_of
from peel_analysis.data.counts import GROUP_AND_TYPE
from peel_analysis.data.edition import Edition
from peel_analysis.data.edition_file import Release
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import GapError, Period, tiles
from peel_analysis.data.reads import question, remembered
from peel_analysis.data.text import rounded
from peel_analysis.measures import Measure, Result, calculate
from peel_analysis.measures.calculation import each_resident_once
from peel_analysis.measures.result import of_each
from peel_analysis.statistics.intervals import Array, Interval, Numbers, difference_interval, poisson_limits


@dataclass(frozen=True)
class StandardisedShare:
    """A share standardised, in the measure's unit, its 95% interval, and the counts observed and expected."""

    value: float = nan
    lower: float = nan
    upper: float = nan
    observed: float = nan
    expected: float = nan

    @property
    def is_missing(self) -> bool:
        """True when there is no standardised value."""
        return isnan(self.value)


NONE = StandardisedShare()


@remembered(maxsize=128)
def standardised(result: Result) -> dict[str, StandardisedShare]:
    """Return the standardised share of each force that has a value, and of England and Wales, by force id.

    Expected are the counts that a force would have at the rates of England and Wales in each group; the rates are sum
    over sum of the members of its own value, in each group of those that have a count of it. It is empty for a measure
    that names no item by group, for a value of England and Wales that is missing, and for an edition without counts by
    the same groups over the whole window. A force that lacks a count has no value.
    """
    measure, share = result.measure, result.national.value
    counts = by_group(result.edition, measure.standardised_over, result.window)
    wholes = [by_group(result.edition, item, result.window) for item in measure.denominator.items]
    if isnan(share) or counts is None or any(whole is None for whole in wholes):
        return {}
    observed = _of_types(counts, measure.numerator.dimensions)
    sizes = pd.concat([whole for whole in wholes if whole is not None]).groupby(level=0).sum()
    if set(sizes.columns) != set(observed.columns):
        return {}
    sizes, members = sizes[observed.columns], list(result.members)
    top = observed.loc[members].sum()
    below = sizes.where(observed.notna()).loc[members].sum()  # a blank count is none, and the group's size goes with it
    reference = top / below
    observed.loc[ENGLAND_AND_WALES], sizes.loc[ENGLAND_AND_WALES] = top, below
    names = [name for name in result.rows.index if name in observed.index and not result.of(str(name)).is_missing]
    events = observed.loc[names].sum(axis="columns", skipna=False)
    rate, expected = indirectly_standardised(events, sizes.loc[names], reference, share)
    rows = zip(*(column.tolist() for column in (rate.value, rate.lower, rate.upper, events, expected)), strict=True)
    return {str(name): StandardisedShare(*row) for name, row in zip(names, rows, strict=True)}


def by_group(edition: Edition, item: str, window: Period) -> pd.DataFrame | None:
    """Return an item's counts in a window, a row a force and a column a dimension; None where they do not cover it.

    A dimension of which a force has no row is 0, as in the published table; a blank count is NaN.
    """
    counts = edition.counts(item) if item else None
    if counts is None:
        return None
    first, last = window.start.isoformat(), window.end.isoformat()
    rows = counts[(counts["period_start"] >= first) & (counts["period_end"] <= last)]
    periods = rows[["period_start", "period_end"]].drop_duplicates().itertuples(index=False)
    try:
        tiles(window, (Period.parse(str(start), str(end)) for start, end in periods))
    except GapError:
        return None
    numbers = rows.assign(count=rows["count"].astype(float))
    cells = numbers.groupby(["force_id", "dimension"])["count"]
    return cells.sum().mask(cells.count() < cells.size()).unstack(fill_value=0)


def _of_types(counts: pd.DataFrame, types: tuple[str, ...]) -> pd.DataFrame:
    """Return the counts of some outcome types by group alone; every group of the table has its column."""
    names = [str(name).partition(GROUP_AND_TYPE) for name in counts.columns]
    groups = pd.Index([group for group, _, _ in names], name="group")
    chosen = [one in types for _, _, one in names]
    mine = counts.loc[:, chosen].T
    summed = mine.groupby(groups[chosen]).sum().mask(mine.isna().groupby(groups[chosen]).any()).T
    return summed.reindex(columns=sorted(set(groups)), fill_value=0.0)


def indirectly_standardised(
    observed: Numbers, sizes: Numbers, reference: Numbers, reference_rate: float, level: float = 0.95
) -> tuple[Interval, Array]:
    """Return observed / expected times the reference's own rate, and expected; limits are Byar's (exact below 10).

    `observed` has the events of each force, `sizes` a row a force with the size of each group (such as its crimes),
    and `reference` the events per unit of size of each group in the reference; expected is the sum over groups of the
    two multiplied. `reference_rate` is the reference's rate over all groups, in the unit wanted. A force that lacks a
    number, or of which nothing is expected, has no value; the reference standardised by itself is its own rate.

    Source: Breslow and Day (1987), Statistical methods in cancer research II; the arithmetic is that of phe_ISRate in
    PHEindicatormethods, whose expected events are taken as known, so that the limits are those of the events alone.
    """
    events = np.atleast_1d(np.asarray(observed, dtype=np.float64))
    held = np.atleast_2d(np.asarray(sizes, dtype=np.float64))
    expected = held @ np.asarray(reference, dtype=np.float64)
    usable = np.where(expected > 0, expected, np.nan)
    of_events = (events, *poisson_limits(events, level))
    return Interval(*(reference_rate * one / usable for one in of_events)), expected


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


NATIONAL_ASSUMED = "assumed population in England and Wales too"
RESIDENTS_ONLY = "residents only"


def with_assumed_population(result: Result) -> Result:
    """Return the measure with England and Wales as the sum of what the forces' own rates divide by."""
    return calculate(result.measure, replace(result.edition, national_population=None))


def with_other_populations(result: Result) -> dict[str, Result]:
    """Return the measure with each other population that there is of the edition's mid-year, by what it is in words.

    That is each other set of estimates, the assumed population in the sum of England and Wales, and residents for
    every force. Empty for a measure that is not a rate per head.
    """
    edition, measure = result.edition, result.measure
    if not result.is_per_head:
        return {}
    others = {
        f"vintage {vintage}": calculate(measure, edition.with_population(vintage=vintage))
        for vintage in edition.vintages
        if vintage != edition.vintage
    }
    if edition.population_instead:
        if edition.national_population is not None:
            others[NATIONAL_ASSUMED] = with_assumed_population(result)
        others[RESIDENTS_ONLY] = calculate(measure, edition.with_population(residents_only=True))
    return others


def other_verdicts(result: Result, other: Result) -> dict[str, tuple[str, str]]:
    """Return the verdicts that differ between two results, by force_id: in the one and in the other; "" for none."""
    one, two = compare(result).verdicts, compare(other).verdicts
    return {
        force_id: (one[force_id].words, two[force_id].words)
        for force_id in one
        if one[force_id].words != two[force_id].words
    }


@remembered(maxsize=128)
def in_other_releases(result: Result) -> dict[str, Result]:
    """Return the measure from each other release held of an item that it counts, by that table's name.

    Those count that hold all its windows; the other items stay as they are. The earlier value beside it is left out.
    """
    edition, measure = result.edition, result.measure
    if edition.data.measures.ids.count(measure.id) and edition.data.measure(measure.id) is measure:
        return _in_other_releases(edition, measure.id)
    return _of_other_releases(edition, measure)


@question("releases", of_each)
def _in_other_releases(edition: Edition, measure_id: str) -> dict[str, Result]:
    return _of_other_releases(edition, edition.data.measure(measure_id))


def _of_other_releases(edition: Edition, measure: Measure) -> dict[str, Result]:
    found = dict[str, Result]()
    alone = measure.model_copy(update={"comparator": ""})
    for item in dict.fromkeys(measure.items):
        if (own := edition.releases.get(item)) is None:
            continue
        for table, release in edition.data.tables:
            if table != own.item or release == own.release:
                continue
            named = MappingProxyType({**edition.releases, item: Release(item=table, release=release)})
            try:
                other = calculate(alone, replace(edition, releases=named))
            except InputError:  # a table of other periods
                continue
            if other.has_values:
                found[f"{table.replace('_', ' ')} {release}"] = other
    return found


def hangs_on_release(result: Result) -> dict[str, dict[str, Result]]:
    """Return, by force_id, the other releases in which the sign of a change or the verdict is another, by table.

    Signs are those of the values as shown. England and Wales is among them for the sign of a change.
    """
    found: dict[str, dict[str, Result]] = {}
    for table, other in in_other_releases(result).items():
        verdicts = {one for one, (own, there) in other_verdicts(result, other).items() if own and there}
        turned = {
            one for one in (*result.edition.forces.ids, ENGLAND_AND_WALES) if _sign(result, one) * _sign(other, one) < 0
        }
        for force_id in sorted(verdicts | turned):
            found.setdefault(force_id, {})[table] = other
    return found


def _sign(result: Result, force_id: str) -> int:
    value = result.of(force_id).value
    if result.measure.kind != "change" or value != value:
        return 0
    shown = rounded(value, result.measure.decimals)
    return (shown > 0) - (shown < 0)


@remembered(maxsize=128)
def of_assigned(result: Result) -> Result | None:
    """Return a share of outcomes set against the crimes that had been given one, or None without a table that says so.

    A record is not incomplete for crimes that wait where those are left out of the whole.
    """
    edition = result.edition
    if result.measure.kind != "share" or records.OUTCOMES not in result.measure.items:
        return None
    if records.OUTCOMES not in edition.releases or edition.release_of(records.OUTCOMES) == "":
        return None
    window = result.window
    every = records.quarterly(edition, records.OUTCOMES)
    waiting = records.quarterly(edition, records.OUTCOMES, records.NOT_YET_ASSIGNED)
    quarters = records.quarters_in(window, waiting.columns)
    if not quarters:
        return None
    whole = every[quarters].sum(axis="columns") - waiting[quarters].sum(axis="columns")
    rows = result.rows.copy()
    rows.loc[whole.index, "denominator"] = whole.where(rows.loc[whole.index, "denominator"].notna())
    rows.loc[ENGLAND_AND_WALES, "denominator"] = whole[list(result.members)].sum()
    rows["value"] = result.measure.multiplier * rows["numerator"] / rows["denominator"]
    rows["status"] = rows["status"].replace("incomplete", "reported")
    return result.with_rows(rows)
