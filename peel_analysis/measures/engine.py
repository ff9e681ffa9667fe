"""The engine: one measure, one edition, one row a force and one for England and Wales."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from peel_analysis.checks import completeness, matching, records, steps
from peel_analysis.checks.records import Doubt
from peel_analysis.data import cache as kept
from peel_analysis.data import forces
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import Period
from peel_analysis.measures import keeping
from peel_analysis.measures.comparability import refused_over_time
from peel_analysis.measures.declarations import Measure
from peel_analysis.measures.exclusions import NOT_COMPARABLE, Exclusions, exclusions_of
from peel_analysis.measures.published import fill_published
from peel_analysis.measures.result import COLUMNS, Result, based_on
from peel_analysis.measures.sums import sum_of

NOT_HELD = ("not_public", "not_published", "not_available")  # there may be a count: no table of the edition has it
NOTHING_TO_DIVIDE_BY = "The count that it would be divided by is 0."


def calculate(measure: Measure, edition: Edition) -> Result:
    """Return the measure for all forces and England and Wales.

    England and Wales is sum over sum for the same forces in both sums, after exclusions, never the mean of the forces'
    rates. A force without a figure keeps its row, with status and reason. Values that only the published report gives
    are filled in and marked `as_published`. Raises InputError (GapError among them) for tables that do not answer.
    """
    if kept.folder() is None:
        return _calculated(measure, edition)
    asked = (repr(measure), edition.key)
    rows, more = keeping.from_bytes(kept.once("results", asked, lambda: _as_bytes(_calculated(measure, edition))))
    members, comparator_members = tuple(more["members"]), tuple(more["comparator_members"])
    return Result(measure, edition, rows, members, comparator_members, more["release"])


def _as_bytes(result: Result) -> bytes:
    return keeping.as_bytes(
        result.rows,
        members=result.members,
        comparator_members=result.comparator_members,
        release=result.release,
    )


def _calculated(measure: Measure, edition: Edition) -> Result:
    current, members, release = _side(measure, edition, measure.window)
    rows, comparator_members = current, tuple[str, ...]()
    if measure.comparator:
        comparator, comparator_members, _ = _side(measure, edition, measure.comparator)
        comparator = _without_refused(comparator, measure, edition)
        shown = comparator["in_figure"]
        rows = current.assign(
            comparator_value=comparator["value"].where(shown),
            comparator_numerator=comparator["numerator"].where(shown),
            comparator_denominator=comparator["denominator"].where(shown),
            comparator_status=comparator["status"],
            comparator_note=comparator["note"],
        )
    rows = rows.reindex(columns=list(COLUMNS))
    for column in ("comparator_status", "comparator_note"):
        rows[column] = rows[column].astype(object).fillna("")
    rows = fill_published(rows, measure, edition)
    return Result(measure, edition, rows, members, comparator_members, release)


def _without_refused(comparator: pd.DataFrame, measure: Measure, edition: Edition) -> pd.DataFrame:
    """Return the comparator's rows without the values that must not stand beside the measure's, with the reason."""
    years = (edition.window(measure.comparator).end.year, edition.window(measure.window).end.year)
    kept_back = comparator.copy()
    for force_id, reason in refused_over_time(measure, comparator.index[comparator["value"].notna()], *years).items():
        kept_back.loc[force_id, ["value", "numerator", "denominator"]] = np.nan
        kept_back.loc[force_id, ["status", "note"]] = NOT_COMPARABLE, reason
    return kept_back


def _side(measure: Measure, edition: Edition, window_name: str) -> tuple[pd.DataFrame, tuple[str, ...], str]:
    """Return the rows of one window, the members of its England and Wales value, and the releases behind it."""
    window = edition.window(window_name)
    exclusions = exclusions_of(measure, edition, window.end.year)
    if measure.kind == "survey":
        rows, release = _without_counts(measure, edition), ""
    else:
        rows, release = _counted(measure, edition, window, exclusions)
    rows = exclusions.applied(rows)
    incomplete, mismatched = _in_doubt(measure, edition, window, rows)
    rows = records.mark(rows, incomplete, leave_out=edition.leave_out_incomplete)
    rows = records.mark(rows, mismatched)
    rows = _with_steps(measure, edition, window, rows)
    rows["value"] = measure.multiplier * rows["numerator"] / rows["denominator"].where(rows["denominator"] != 0)
    rows = _explain_zero(rows)
    pooled = _pooled(rows)
    national = _national(measure, rows, pooled)
    members = pooled.index[pooled]
    remarks = (
        records.national_note(incomplete, members, left_out=edition.leave_out_incomplete),
        records.national_note(mismatched, members),
    )
    national["note"] = " ".join(filter(None, (str(national["note"]), *remarks)))
    combined = rows["status"] == "combined"
    rows.loc[combined, ["value"]] = np.nan
    rows = pd.concat([rows, pd.DataFrame([national], index=[ENGLAND_AND_WALES])]).rename_axis("force_id")
    return rows, tuple(members), release


def _in_doubt(
    measure: Measure, edition: Edition, window: Period, rows: pd.DataFrame
) -> tuple[Mapping[str, Doubt], Mapping[str, Doubt]]:
    """Return the forces whose record of outcomes is incomplete, and those whose record does not match their crimes."""
    if records.OUTCOMES not in measure.numerator.items:
        return {}, {}
    counted = rows["numerator"].notna()
    incomplete = completeness.incomplete(edition, window)
    mismatched = matching.mismatched(edition, window)
    return (
        {force_id: one for force_id, one in incomplete.items() if counted[force_id]},
        {force_id: one for force_id, one in mismatched.items() if counted[force_id]},
    )


def _with_steps(measure: Measure, edition: Edition, window: Period, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with a note where one quarter of the window, or of the base of a change, stands apart."""
    parts = [(window, "the 12 months")]
    if measure.earlier:
        parts.append((edition.window(measure.earlier), "the base of the change"))
    for item in measure.numerator.items:
        for period, part in parts:
            rows = steps.noted(rows, item, edition, period, part)
    return rows


def _explain_zero(rows: pd.DataFrame) -> pd.DataFrame:
    """Say why there is no value for a force whose counts are there but have nothing to be divided by."""
    nothing = (rows["denominator"] == 0) & rows["numerator"].notna() & (rows["status"] != "combined")
    explained = rows.copy()
    explained.loc[nothing, "status"] = "not_applicable"
    explained.loc[nothing, "note"] = (rows.loc[nothing, "note"] + " " + NOTHING_TO_DIVIDE_BY).str.strip()
    explained.loc[nothing & (rows["short"] == ""), "short"] = "Nothing to divide by"
    return explained


def _pooled(rows: pd.DataFrame) -> pd.Series:
    """Return which forces are in both sums of England and Wales: those that the register leaves in and that counted.

    Forces that were counted together have their total in the row of one of them: the populations of all go with it.
    None are where a force that the register leaves in is in no table that is held, as with a data return of some
    forces, or where one force alone has counted: neither is England and Wales.
    """
    known = rows["in_national"] & rows["denominator"].notna()
    counted = known & rows["numerator"].notna()
    together = known & (rows["status"] == "combined")
    pooled = counted | together if (counted & together).any() else counted
    left_out = rows["in_national"] & ~pooled
    in_part = (left_out & rows["status"].isin(NOT_HELD)).any() or (left_out.any() and pooled.sum() == 1)
    return pooled & (not in_part)


def _counted(measure: Measure, edition: Edition, window: Period, exclusions: Exclusions) -> tuple[pd.DataFrame, str]:
    numerator = sum_of(measure.numerator, edition, window, exclusions.left_out)
    if measure.kind == "change":
        earlier = sum_of(measure.numerator, edition, edition.window(measure.earlier), exclusions.left_out)
        top, below, released = numerator.rows["count"] - earlier.rows["count"], earlier, numerator.release
    else:
        below = sum_of(measure.denominator, edition, window, exclusions.left_out)
        top, released = numerator.rows["count"], f"{numerator.release}; {below.release}".strip("; ")
    first = (numerator.rows["status"] != "reported") & (top.isna() | below.rows["count"].notna())
    explained = numerator.rows.where(first, below.rows)
    rows = pd.DataFrame(
        {
            "numerator": top,
            "denominator": below.rows["count"],
            "status": explained["status"],
            "note": explained["sentence"],
            "short": explained["short"],
        }
    )
    return rows, released


def _without_counts(measure: Measure, edition: Edition) -> pd.DataFrame:
    if measure.id not in edition.lacks:
        raise InputError(
            f"{edition.file}: no reason why the survey '{measure.id}' has no value; name it under [lacks], "
            "as in the items of [lacks.not_applicable]"
        )
    lack = edition.lacks[measure.id]
    return pd.DataFrame(
        {
            "numerator": np.nan,
            "denominator": np.nan,
            "status": lack.status,
            "note": lack.sentence,
            "short": lack.short,
        },
        index=pd.Index(forces.ids(), name="force_id"),
    )


def _national(measure: Measure, rows: pd.DataFrame, pooled: pd.Series) -> dict[str, object]:
    """Return the row of England and Wales: sum over sum of the pooled forces, or no value and the reason."""
    eligible = int(rows["in_national"].sum())
    row: dict[str, object] = {"in_figure": True, "in_national": True, "short": ""}
    if not (rows.loc[pooled, "denominator"] != 0).any():
        without = rows[rows["value"].isna()]
        first = without.sort_values("in_national", ascending=False, kind="stable").iloc[0]  # of those left in, if any
        missing = {"value": np.nan, "numerator": np.nan, "denominator": np.nan}
        note = _in_part(int(rows["value"].notna().sum())) or first["note"]
        return row | missing | {"status": first["status"], "note": note, "short": first["short"]}
    numerator, denominator = (float(rows.loc[pooled, column].sum()) for column in ("numerator", "denominator"))
    members = int(pooled.sum())
    partial = members < eligible or (rows.loc[pooled, "status"] == "partial").any()
    return row | {
        "value": measure.multiplier * numerator / denominator,
        "numerator": numerator,
        "denominator": denominator,
        "status": "partial" if partial else "reported",
        "note": based_on(members),
    }


def _in_part(held: int) -> str:
    """Return why the counts of some forces make no England and Wales value, or "" where no force has any."""
    if held == 1:
        return "One force alone has a figure, and that is not England and Wales."
    needed = "England and Wales needs a count of each other force, or a row that says why it has none"
    return f"{held} of {forces.NUMBER_OF_FORCES} forces have a figure; {needed}." if held else ""
