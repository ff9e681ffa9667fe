"""Verdicts as lines of text: each test's numbers, so that a person can recompute any verdict by hand."""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal

from peel_analysis.comparison.compared import compare
from peel_analysis.measures import Result
from peel_analysis.statistics import Verdict

COLUMNS = (
    "measure",
    "force_id",
    "value",
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
    """Yield a header and then one comma-separated line a force: its value, as it is shown, the tests, and the words."""
    compared = compare(result)
    yield ",".join(COLUMNS)
    for force_id in force_ids:
        verdict = compared.verdicts[force_id]
        ranks = compared.ranks.words(compared.row(force_id))
        value = result.of(force_id).value
        given = (result.measure.id, force_id, "" if math.isnan(value) else str(value))
        cells = (*given, *_tests(verdict), ranks, verdict.words, verdict.reason or verdict.basis)
        yield ",".join(f'"{cell}"' if "," in cell else cell for cell in cells)


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
