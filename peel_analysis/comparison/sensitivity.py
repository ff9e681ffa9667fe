"""What a rate per head would be with another population: another set of estimates, or another rule on the City."""

from dataclasses import replace

from peel_analysis.comparison.verdicts import compare
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
