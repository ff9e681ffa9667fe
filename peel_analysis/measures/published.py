"""Values that only the published report gives: filled in where no counts are public, and marked as published."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from peel_analysis.data.cross_checks import CASES_REVIEWED
from peel_analysis.data.definitions import Measure
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.registers import PUBLISHED_VALUES
from peel_analysis.measures.result import Value

AS_PUBLISHED = "as_published"


def fill_published(
    values: Iterable[Value], measure: Measure, edition: Edition, published: Iterable[Mapping[str, str]]
) -> list[Value]:
    """Return the values with the published one wherever one exists and none could be calculated.

    The status of a filled value is `as_published`; its counts stay missing, for they are not public. A share of cases
    reviewed is published as "12 of 27": both counts are filled in and the share is worked out from them. `published`
    are the rows of `checked_published`.
    """
    filled = {one.force_id: one for one in values}
    mine = [row for row in published if row["measure_id"] == measure.id]
    reviewed = {row["force_id"]: row for row in published if row["measure_id"] == measure.id + CASES_REVIEWED}
    for row in mine:
        own, value = filled.get(row["force_id"]), _number(row, edition)
        if own is None or not own.is_missing:
            continue
        counted = (math.nan, math.nan)  # one of the two alone would stand beside a value that is not from it
        if measure.kind == "cases":
            counted = (value, _cases(row, edition, reviewed))
            value = measure.multiplier * value / counted[1]
        filled[own.force_id] = replace(
            own,
            value=value,
            numerator=counted[0],
            denominator=counted[1],
            status=AS_PUBLISHED,
            note=f"As published: {row['said_in']}.",
            short="As published",
        )
    return list(filled.values())


def _cases(row: Mapping[str, str], edition: Edition, reviewed: Mapping[str, Mapping[str, str]]) -> float:
    """Return the number of cases reviewed behind a share of cases."""
    of_force = reviewed.get(row["force_id"])
    cases = _number(of_force, edition) if of_force else 0
    if not cases > 0:
        wanted = row["measure_id"] + CASES_REVIEWED
        raise InputError(
            f"{edition.data.place_of(PUBLISHED_VALUES, row)}: {row['measure_id']} of {row['force_id']} is a number of "
            f"cases, and no row says out of how many; add one with measure_id {wanted} and a value above zero"
        )
    return cases


def _number(row: Mapping[str, str], edition: Edition) -> float:
    try:
        value = float(row["value"])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(
            f"{edition.data.place_of(PUBLISHED_VALUES, row)}: {row['measure_id']}, {row['force_id']}: the value is "
            f"'{row['value']}'; write a number, as 57.7"
        )
    return value
