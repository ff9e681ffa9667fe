"""How many flags chance alone would give: over the figures of one report, and wherever the policy is applied."""

from collections.abc import Iterable

from peel_analysis import forces
from peel_analysis.comparison.compared import KINDS, compare
from peel_analysis.measures import Result, declared
from peel_analysis.statistics import ExpectedByChance, expected_by_chance, read_policy


def among(results: Iterable[Result]) -> ExpectedByChance | None:
    """Return what to expect over all forces of these measures, or None when no funnel is made for any of them."""
    compared = [compare(result) for result in results]
    tested = [one.funnel.forces for one in compared if one.funnel is not None]
    return expected_by_chance(max(tested), len(tested), compared[0].policy) if tested else None


def in_all() -> ExpectedByChance:
    """Return what to expect over 43 forces and every measure of a kind that a funnel is made for."""
    measures = sum(measure.kind in KINDS for measure in declared())
    return expected_by_chance(forces.NUMBER_OF_FORCES, measures, read_policy())
