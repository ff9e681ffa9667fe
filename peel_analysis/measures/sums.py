"""Counts added up over a window: one row a force, missing where any part is missing, never zero for it."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from peel_analysis.data import forces
from peel_analysis.data.counts import RETURNED_ITEMS
from peel_analysis.data.edition import POPULATION, Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.periods import GapError, Period, tiles
from peel_analysis.measures.declarations import Part

RANK = ("reported", "estimated", "incomplete", "partial", "combined", "not_comparable", "not_supplied")
NOT_RETURNED = "These figures are not in the data return that this edition uses."
NOT_RETURNED_SHORT = "Not in the data return"


@dataclass(frozen=True)
class Sum:
    """One row a force (43): count, status, and the sentence and short reason that explain any status but reported."""

    rows: pd.DataFrame
    release: str


def sum_of(part: Part, edition: Edition, window: Period, left_out: dict[str, set[str]]) -> Sum:
    """Return the part's counts in `window` by force.

    `left_out` names, by force, items that the force's partial return does not hold: they are skipped for it, and
    where no item is left there is no count. A force with a blank count has none, nor has one that is in no row of a
    data return. Raises GapError for a window that the periods do not tile, and for a force that a published table
    leaves out or of which a table has a part of the window only.
    """
    sums = [_item_sum(item, part, edition, window) for item in part.items]
    total = _add([_skip(one.rows, item, left_out) for item, one in zip(part.items, sums, strict=True)])
    releases = dict.fromkeys(one.release for one in sums if one.release)
    return Sum(total, "; ".join(releases))


def _skip(rows: pd.DataFrame, item: str, left_out: dict[str, set[str]]) -> pd.DataFrame:
    """Mark with the status "skipped" the forces whose partial return is known not to hold the item."""
    skipped = [force_id for force_id, items in left_out.items() if item in items]
    marked = rows.copy()
    marked.loc[skipped, "status"] = "skipped"
    return marked


def _add(parts: list[pd.DataFrame]) -> pd.DataFrame:
    kept = [rows["count"].where(rows["status"] != "skipped", 0.0) for rows in parts]
    total = parts[0].copy()
    total["count"] = np.sum([count.to_numpy() for count in kept], axis=0)
    for rows in parts[1:]:
        worse = rows["status"].map(_rank) > total["status"].map(_rank)
        total.loc[worse, ["status", "sentence", "short"]] = rows.loc[worse, ["status", "sentence", "short"]]
    all_skipped = np.all([(rows["status"] == "skipped").to_numpy() for rows in parts], axis=0)
    total.loc[all_skipped, "count"] = np.nan
    total.loc[(total["status"] == "skipped") & ~all_skipped, "status"] = "partial"
    total.loc[all_skipped, "status"] = "not_supplied"
    return total


def _rank(status: str) -> int:
    """Return how much a status takes precedence; one that says the figure cannot be had at all comes last."""
    if status == "skipped":
        return -1
    return RANK.index(status) if status in RANK else len(RANK)


def _item_sum(item: str, part: Part, edition: Edition, window: Period) -> Sum:
    if item == POPULATION:
        rows = edition.populations.rename(columns={POPULATION: "count"}).assign(short=_short_of_population)
        return Sum(rows, f"population mid-{edition.mid_year} ({edition.vintage} vintage)")
    counts = edition.counts(item)
    if counts is not None and part.dimensions:
        counts = counts[counts["dimension"].isin(part.dimensions)]
    if counts is None or counts.empty or (item in edition.lacks and not _touches(counts, window)):
        return Sum(_lacking(item, edition), "")
    release = edition.releases[item]
    name = f"data/counts/{release.item}/{release.release}.csv"
    rows = _by_force(counts, window, name, of_a_return=_is_returned(release.item))
    return Sum(_explain_absent(rows, item, edition), f"{release.item} {release.release}")


def _is_returned(item: str) -> bool:
    return item in RETURNED_ITEMS


def _touches(counts: pd.DataFrame, window: Period) -> bool:
    """Return whether any row lies in the window; a release that holds other years alone lacks the item there."""
    inside = (counts["period_start"] <= window.end.isoformat()) & (counts["period_end"] >= window.start.isoformat())
    return bool(inside.any())


def _short_of_population(rows: pd.DataFrame) -> pd.Series:
    return rows["status"].map({"estimated": "Assumed population"}).fillna("")


def _lacking(item: str, edition: Edition) -> pd.DataFrame:
    """Return no count for any force, with the reason that the edition declares."""
    if item not in edition.lacks:
        raise InputError(
            f"{edition.file}: no release for '{item}' and no reason why; name a release under [releases] "
            "or give the reason under [lacks]"
        )
    lack = edition.lacks[item]
    return pd.DataFrame(
        {"count": np.nan, "status": lack.status, "sentence": lack.sentence, "short": lack.short},
        index=pd.Index(forces.ids(), name="force_id"),
    )


def _explain_absent(rows: pd.DataFrame, item: str, edition: Edition) -> pd.DataFrame:
    """Give the forces that a data return does not name the status that the edition declares for the item."""
    status = edition.lacks[item].status if item in edition.lacks else "not_available"
    absent = rows["status"].isna()
    explained = rows.copy()
    explained.loc[absent, ["status", "sentence", "short"]] = (status, NOT_RETURNED, NOT_RETURNED_SHORT)
    return explained


def _by_force(counts: pd.DataFrame, window: Period, name: str, *, of_a_return: bool) -> pd.DataFrame:
    """Return the sums by force; a row without a status for a force that is in no row of a data return."""
    first, last = window.start.isoformat(), window.end.isoformat()
    inside = counts[(counts["period_start"] >= first) & (counts["period_end"] <= last)]
    periods = inside[["period_start", "period_end"]].drop_duplicates()
    try:
        tiled = tiles(window, _periods(periods))
    except GapError as error:
        remedy = "remove one of the two" if "overlap" in str(error) else "add the missing rows"
        raise GapError(f"{name}: {error}; {remedy} or use another release") from error
    _refuse_absent(inside, tiled, window, name, of_a_return=of_a_return)
    grouped = inside.groupby("force_id")
    total = grouped["count"].sum(min_count=1).astype(float)
    blank = inside[inside["count"].isna()]
    missing = blank.loc[blank["status"] != "combined", "force_id"].unique()
    total[total.index.isin(missing)] = np.nan
    rows = pd.DataFrame({"count": total, "status": "reported", "sentence": "", "short": ""})
    marked = inside[inside["status"] != "reported"]
    for force_id, statuses in marked.groupby("force_id")["status"]:
        rows.loc[force_id, "status"] = max(statuses, key=_rank)
    return rows.reindex(forces.ids()).rename_axis("force_id")


def _periods(rows: pd.DataFrame) -> list[Period]:
    return [
        Period(date.fromisoformat(start), date.fromisoformat(end))
        for start, end in rows.itertuples(index=False, name=None)
    ]


def _refuse_absent(
    inside: pd.DataFrame, periods: list[Period], window: Period, name: str, *, of_a_return: bool
) -> None:
    """Refuse a table in which a force lacks a period that others have: a blank row with a status would say why.

    A data return may hold one force or many: one that it does not name at all is not refused.
    """
    held = inside.groupby("force_id")["period_start"].nunique().reindex(forces.ids(), fill_value=0)
    short = held.index[(held < len(periods)) & ((held > 0) | (not of_a_return))]
    if len(short):
        own = set(inside.loc[inside["force_id"] == short[0], "period_start"])
        lacking = [period.words for period in periods if period.start.isoformat() not in own]
        raise GapError(
            f"{name}: {window.words}: no row for {forces.in_words(short)} in the {' and the '.join(lacking)}; "
            "add the rows, or blank counts with a status that says why"
        )
