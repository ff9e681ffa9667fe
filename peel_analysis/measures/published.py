"""Values that only the published report gives: filled in where no counts are public, and marked as published."""

import pandas as pd

from peel_analysis.data import registers
from peel_analysis.data.edition import Edition
from peel_analysis.errors import InputError
from peel_analysis.measures.declarations import Measure

AS_PUBLISHED = "as_published"
CASES_REVIEWED = "_n"  # the published id of the number of cases behind a share of cases


def fill_published(rows: pd.DataFrame, measure: Measure, edition: Edition) -> pd.DataFrame:
    """Return the rows with the published value wherever one exists and no value could be calculated.

    The status of a filled row is `as_published`; its counts stay missing, for they are not public. A share of cases
    reviewed is published as "12 of 27": both counts are filled in and the share is worked out from them.
    """
    published = edition.register(registers.PUBLISHED_VALUES)
    reviewed = {
        row["force_id"]: _number(row)
        for row in registers.records(published[published["measure_id"] == measure.id + CASES_REVIEWED])
    }
    filled = rows.copy()
    for row in registers.records(published[published["measure_id"] == measure.id]):
        force_id, value = row["force_id"], _number(row)
        if force_id not in filled.index or filled["value"].notna()[force_id]:
            continue
        counted = (float("nan"), float("nan"))  # one of the two alone would stand beside a value that is not from it
        if measure.kind == "cases":
            counted = (value, reviewed[force_id])
            value = measure.multiplier * value / reviewed[force_id]
        filled.at[force_id, "numerator"], filled.at[force_id, "denominator"] = counted
        filled.at[force_id, "value"], filled.at[force_id, "status"] = value, AS_PUBLISHED
        filled.at[force_id, "note"] = f"As published: {row['said_in']}."
        filled.at[force_id, "short"] = "As published"
    return filled


def _number(row: dict[str, str]) -> float:
    try:
        return float(row["value"])
    except ValueError:
        where = f"data/published_values.csv: {row['measure_id']}, {row['force_id']}"
        raise InputError(f"{where}: the value is '{row['value']}'; write a number, as 57.7") from None
