"""Values that only the published report gives: filled in where no counts are public, and marked as published."""

import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache

import pandas as pd

from peel_analysis.data.definitions import Measure
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.registers import PUBLISHED_VALUES, records
from peel_analysis.measures.result import Value

AS_PUBLISHED = "as_published"
CASES_REVIEWED = "_n"  # the published id of the number of cases behind a share of cases
NEARLY = 0.8  # as like a measure's id as this, an id is a slip; those of what the report prints besides are not


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


def checked_published(edition: Edition) -> pd.DataFrame:
    """Return the edition's published values, of measures and of what else the report prints, such as survey sizes.

    Raises InputError for an id that is no measure's and nearly one: its value would be shown nowhere.
    """
    published = edition.register(PUBLISHED_VALUES)
    measure_ids = [measure.id for measure in edition.data.measures]
    known = (*measure_ids, *(measure_id + CASES_REVIEWED for measure_id in measure_ids))
    for row in records(published[~published["measure_id"].isin(known)]):
        if near := _nearly(row["measure_id"], known):
            where = edition.data.place_of(PUBLISHED_VALUES, row)
            raise InputError(
                f"{where}: no measure '{row['measure_id']}'; did you mean {near}? The ids are in data/measures.toml"
            )
    return published


@cache
def _nearly(measure_id: str, known: tuple[str, ...]) -> str:
    """Return the id that another was to be, or ""; remembered, for every measure asks it of the same rows."""
    return next(iter(difflib.get_close_matches(measure_id, known, n=1, cutoff=NEARLY)), "")


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
