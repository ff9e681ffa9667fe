"""One measure's move from A to B, split by cause: each input is swapped in turn, and the parts add up to the whole."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np
import pandas as pd

from peel_analysis import measures
from peel_analysis.changes.inputs import DEFINED, NEW, ORDER, REVISED, Source, differing, mixed, one_has_no_table
from peel_analysis.changes.sides import in_folder
from peel_analysis.data import forces
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import GapError
from peel_analysis.measures import Measure, Result

NOT_SEPARABLE, NOT_KNOWN = "not_separable", "not_known"
PARTS = (*ORDER, NOT_SEPARABLE, NOT_KNOWN)
NUMBERS = ["value", "numerator", "denominator"]
CANNOT = "not_available"  # the status of a measure that a side's tables do not allow


@dataclass(frozen=True)
class Split:
    """One row's parts: each cause's share of the difference, as exact decimals, and the causes of a new status.

    Parts are empty where either end is missing. `joint` names the causes that `not_separable` holds.
    """

    parts: dict[str, Decimal] = field(default_factory=dict)
    status_causes: tuple[str, ...] = ()
    joint: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """What stands after one more input came from B: value and status by force id."""

    cause: str
    values: dict[str, float]
    statuses: dict[str, str]


def exact(value: float) -> Decimal:
    """Return the decimal that a value's text stands for, so that differences are exact and add up."""
    return Decimal(repr(float(value)))


def _step(cause: str, rows: pd.DataFrame) -> Step:
    values = rows["value"].astype(float)
    force_ids = [str(force_id) for force_id in rows.index]
    return Step(cause, dict(zip(force_ids, values, strict=True)), dict(zip(force_ids, rows["status"], strict=True)))


def steps(
    ends: tuple[pd.DataFrame, pd.DataFrame],
    declared: tuple[Measure | None, Measure | None],
    sources: tuple[Source, Source],
) -> tuple[list[Step], str]:
    """Return the values of A, then after each swap, the last being those of B; and why a step has none, if one has not.

    Inputs are swapped in ORDER; one that is the same on both sides is passed over. What no swapped input explains is
    the code's or the definition's. Where the windows differ and a side has no table of counts, there is nothing to be
    revised: the tables are swapped with the windows.
    """
    measure_a, measure_b = declared
    chain, trouble = [_step("", ends[0])], ""
    if measure_a is not None and measure_b is not None:
        a, b = sources
        swapped = dict.fromkeys(ORDER, a)
        differ = differing(measure_a, measure_b, a, b)
        nothing_to_revise = NEW in differ and one_has_no_table(measure_a, a, b)
        for cause in ORDER[:-1]:
            if cause == REVISED and nothing_to_revise:
                continue
            swapped |= {cause: b, REVISED: b}  # by now revised counts are swapped, here or with the new ones
            if cause in differ:
                rows, why = _between(measure_a, swapped)
                trouble = trouble or why
                chain.append(_step(cause, rows))
    chain.append(_step(DEFINED, ends[1]))
    return chain, trouble


def _between(measure: Measure, swapped: dict[str, Source]) -> tuple[pd.DataFrame, str]:
    """Return a step's values, or none and the reason when the mixed inputs do not fit together."""
    plain = replace(measure, comparator="")
    try:
        with in_folder(swapped[DEFINED].side.folder):
            rows = measures.calculate(plain, mixed(plain, swapped)).rows
    except InputError as error:
        return no_rows(str(error)), str(error)
    return rows[[*NUMBERS, "status", "note"]], ""


def no_rows(note: str, status: str = CANNOT) -> pd.DataFrame:
    """Return a row without a value for each force and England and Wales."""
    index = pd.Index([*forces.ids(), ENGLAND_AND_WALES], name="force_id")
    empty = dict.fromkeys(NUMBERS, np.nan)
    return pd.DataFrame({**empty, "status": status, "note": note}, index=index)


def own_result(measure: Measure, source: Source) -> Result | str:
    """Return the measure from one source alone, without comparator; where its tables leave a gap, the reason."""
    plain = replace(measure, comparator="")
    with in_folder(source.side.folder):
        try:
            return measures.calculate(plain, mixed(plain, dict.fromkeys(ORDER, source)))
        except GapError as error:
            return str(error)


def split(chain: Sequence[Step], force_id: str) -> Split:
    """Return one row's parts by cause.

    Where a value exists at both ends but not after a swap between, the causes from the last value to the next cannot
    be told apart; their share is `not_separable`. The parts add up to the whole exactly.
    """
    values = [step.values[force_id] for step in chain]
    statuses = [step.statuses[force_id] for step in chain]
    states = [(status, math.isnan(value)) for status, value in zip(statuses, values, strict=True)]
    turns = [
        step.cause
        for step, before, after in zip(chain[1:], states, states[1:], strict=False)
        if states[0] != states[-1] and before != after
    ]
    if math.isnan(values[0]) or math.isnan(values[-1]):
        return Split(status_causes=tuple(dict.fromkeys(turns)))
    parts = dict.fromkeys(PARTS, Decimal(0))
    joint: list[str] = []
    since: list[str] = []
    last = values[0]
    for step, value in zip(chain[1:], values[1:], strict=True):
        since.append(step.cause)
        if math.isnan(value):
            continue
        moved = exact(value) - exact(last)
        if len(since) > 1 and moved:
            joint += since
        parts[step.cause if len(since) == 1 else NOT_SEPARABLE] += moved
        last, since = value, []
    return Split(parts, tuple(dict.fromkeys(turns)), tuple(dict.fromkeys(joint)))
