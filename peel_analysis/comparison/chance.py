"""How many flags chance alone would give, of the comparisons that are really made with funnel limits."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from peel_analysis.comparison.compared import compare, fields_in_words
from peel_analysis.data import cache as kept
from peel_analysis.measures import Result
from peel_analysis.statistics import ExpectedByChance, expected_by_chance

NONE_MADE = "None of these figures has a funnel, so no comparison with its limits is made."


def among(results: Iterable[Result]) -> ExpectedByChance | None:
    """Return what to expect over all forces of these measures, or None when no funnel is made for any of them.

    A comparison is one force in one funnel: a measure without a funnel makes none, and neither does a force that takes
    no part in it.
    """
    compared = [compare(result) for result in results]
    funnels = [one.funnel for one in compared if one.funnel is not None]
    if not funnels:
        return None
    level = compared[0].policy.level
    asked = (repr(level), *(fields_in_words(funnel) for funnel in funnels))
    held = kept.once("chance", asked, lambda: json.dumps(asdict(expected_by_chance(funnels, level))).encode())
    return ExpectedByChance(**json.loads(held))
