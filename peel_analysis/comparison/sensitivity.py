"""What a value would be with another population, in another release, or of the crimes with an outcome alone."""

from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from peel_analysis.checks import records
from peel_analysis.comparison.verdicts import compare
from peel_analysis.data.edition import Release
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.text import rounded
from peel_analysis.measures import Result, calculate

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


@lru_cache(maxsize=128)
def in_other_releases(result: Result) -> dict[str, Result]:
    """Return the measure from each other release held of an item that it counts, by that table's name.

    Those count that hold all its windows; the other items stay as they are. The earlier value beside it is left out.
    """
    edition, found = result.edition, dict[str, Result]()
    alone = result.measure.model_copy(update={"comparator": ""})
    for item in dict.fromkeys(result.measure.items):
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
            if other.rows["value"].notna().any():
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


@lru_cache(maxsize=128)
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
    return replace(result, rows=rows)
