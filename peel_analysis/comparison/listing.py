"""Verdicts as lines of text: each test's numbers, so that a person can recompute any verdict by hand."""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

from peel_analysis.comparison.compared import Compared, compare
from peel_analysis.measures import Result
from peel_analysis.statistics import Verdict

COLUMNS = (
    "measure",
    "force_id",
    "value",
    "denominator",
    "shown",
    "england_and_wales",
    "ratio",
    "gap",
    "smallest_gap",
    "size",
    "median",
    "mad",
    "robust_z",
    "position",
    "funnel_z",
    "funnel_limit",
    "chance",
    "ranks",
    "verdict",
    "why",
)


def verdict_lines(result: Result, force_ids: Sequence[str]) -> Iterator[str]:
    """Yield what the funnel of the measure rests on as a remark, a header, and one comma-separated line a force.

    A line has the force's value and denominator, the value as it is shown, the tests, and the words.
    """
    compared = compare(result)
    yield f"# {result.measure.id}: {_about_funnel(compared)}"
    yield ",".join(COLUMNS)
    for force_id in force_ids:
        verdict = compared.verdicts[force_id]
        ranks = compared.ranks.words(compared.row(force_id))
        own = result.of(force_id)
        given = (
            result.measure.id,
            force_id,
            *("" if math.isnan(one) else str(one) for one in (own.value, own.denominator)),
        )
        cells = (*given, *_tests(verdict), ranks, verdict.words, verdict.reason or verdict.basis)
        yield ",".join(f'"{cell}"' if "," in cell else cell for cell in cells)


def _about_funnel(compared: Compared) -> str:
    """Return the numbers that each force's funnel z can be worked out from, or why there is no funnel."""
    funnel = compared.funnel
    if funnel is None:
        return compared.funnel_refused
    return (
        f"funnel of {funnel.forces} forces, scale {funnel.scale}, per {funnel.multiplier:,}, median {funnel.target!r}, "
        f"phi {funnel.phi!r}, tau-squared {funnel.tau2!r}"
    )


def _tests(verdict: Verdict) -> tuple[str, ...]:
    numbers = (
        verdict.shown,
        verdict.national_shown,
        verdict.ratio,
        verdict.gap,
        verdict.smallest_gap,
        verdict.size,
        verdict.median,
        verdict.mad,
        verdict.robust_z,
        verdict.position,
        verdict.funnel_z,
        verdict.funnel_limit,
        verdict.chance,
    )
    return tuple(_cell(number) for number in numbers)


def _cell(number: Decimal | float | bool | None) -> str:
    if number is None:
        return ""
    if isinstance(number, bool):
        return "yes" if number else "no"
    return str(number) if isinstance(number, Decimal) else f"{number:.6f}"
