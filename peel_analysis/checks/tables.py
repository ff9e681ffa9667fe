"""Checks of one table by itself: its shape, its forces, its quarters, its printed totals and its own parts."""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from peel_analysis.checks.holdings import Holdings, Key, is_quarter, periods_of, whole_counts
from peel_analysis.checks.rules import Finding, Result, rule
from peel_analysis.checks.steps import sudden_steps
from peel_analysis.data import forces
from peel_analysis.data.counts import RETURNED_ITEMS as RETURNED
from peel_analysis.data.counts import TableError
from peel_analysis.sources.areas import REGIONS
from peel_analysis.sources.reading import SAME
from peel_analysis.sources.reading import shown as number_in_words

ONE_DAY = timedelta(days=1)
COMBINED = ("police_staff_and_designated_officers_fte", ("police_staff_fte", "designated_officers_fte"))


def shape(holdings: Holdings, keys: Sequence[Key]) -> tuple[Result, list[Key]]:
    """Return the check of the tables' shape, and the tables that passed it: only they can be checked further."""
    findings, passed = [], []
    for key in keys:
        try:
            holdings.counts(key)
            passed.append(key)
        except TableError as problem:
            findings.append(Finding("error", _name(key), str(problem)))
    return Result(rule("shape"), _tables(keys), tuple(findings)), passed


def all_forces(holdings: Holdings, keys: Sequence[Key]) -> Result:
    """Return where a published table has no row for a force in a period."""
    by, findings = rule("forces"), []
    published = [key for key in keys if key[0] not in RETURNED]
    for key in published:
        rows = holdings.counts(key)[["force_id", "period_start", "period_end"]].drop_duplicates()
        for (start, end), part in rows.groupby(["period_start", "period_end"]):
            if len(part) < forces.NUMBER_OF_FORCES:
                missing = sorted(set(forces.ids()) - set(part["force_id"]))
                findings.append(
                    Finding(by.level, _name(key), f"no row for {forces.in_words(missing)}", period=f"{start} to {end}")
                )
    return Result(by, _tables(published), tuple(findings))


def printed_totals(holdings: Holdings, keys: Sequence[Key]) -> Result:
    """Return the printed totals that are not the sums of their forces; a small difference is a query."""
    by, findings = rule("printed_totals"), []
    printed = holdings.printed()
    wanted = {f"{item} {release}" for item, release in keys}
    mine = printed[(printed["item"] + " " + printed["release"]).isin(wanted)]
    for row in mine.to_dict("records"):
        key = (str(row["item"]), str(row["release"]))
        rows = holdings.counts(key)
        without = [force_id for force_id in str(row["without"]).split(";") if force_id]
        members = [force_id for force_id in members_of(str(row["area"])) if force_id not in without]
        inside = rows[(rows["period_end"] == row["period_end"]) & rows["force_id"].isin(members)]
        total, said = float(inside["count"].sum()) + float(str(row["bodies"])), float(str(row["printed"]))
        if abs(total - said) < SAME:
            continue
        percent = 100 * abs(total - said) / max(abs(said), 1)
        found = (
            f"{row['area']} is printed as {number_in_words(said)}, and its forces sum to {number_in_words(total)} "
            f"({percent:.1f}% apart)"
        )
        explained = bool(without) and said > total  # the publisher may know what it does not print
        level = by.level if percent > by.thresholds["tolerance_percent"] and not explained else "query"
        findings.append(Finding(level, _name(key), found, period=f"to {row['period_end']}"))
    left = int((mine["without"] != "").sum())
    return Result(
        by, f"{len(mine)} printed totals ({left} of them without a force that has no figure)", tuple(findings)
    )


def members_of(area: str) -> list[str]:
    """Return the ids of the forces of a region, a country, or England and Wales."""
    named = REGIONS.get(area.lower(), area)
    everyone = area == "England and Wales"
    return [force.id for force in forces.all_forces() if everyone or named in (force.region, force.country)]


def gaps(holdings: Holdings, keys: Sequence[Key]) -> Result:
    """Return where the quarters of a table leave a gap or overlap."""
    by, findings, looked_at = rule("gaps"), [], 0
    for key in keys:
        quarters = [pair for pair in periods_of(holdings.counts(key)) if is_quarter(*pair)]
        looked_at += len(quarters)
        for (_, end), (start, _) in itertools.pairwise(quarters):
            expected = (date.fromisoformat(end) + ONE_DAY).isoformat()
            if start != expected:
                what = "overlaps the quarter before" if start < expected else f"the quarter before ends on {end}"
                findings.append(Finding(by.level, _name(key), what, period=f"from {start}"))
    return Result(by, f"{looked_at} quarters of tables", tuple(findings))


def components(holdings: Holdings, keys: Sequence[Key]) -> Result:
    """Return where the parts of a table do not add up to what the same table gives as their whole."""
    by, findings, looked_at = rule("components"), [], 0
    for key in keys:
        parts, whole, may_be_less = _parts_and_whole(holdings, key, keys)
        if parts is None or whole is None:
            continue
        difference = parts - whole
        values = difference.to_numpy(dtype=float)
        looked_at += int(np.isfinite(values).sum())
        wrong = (values if may_be_less else np.abs(values)) > by.thresholds["tolerance"]
        for row, column in zip(*np.nonzero(wrong), strict=True):
            value, (start, end) = float(values[row, column]), _period(difference, int(column))
            found = f"the parts are {number_in_words(abs(value))} {'more' if value > 0 else 'less'} than the whole"
            findings.append(Finding(by.level, _name(key), found, str(difference.index[row]), f"{start} to {end}"))
    return Result(by, f"{looked_at:,} sums by force and period", tuple(findings))


def _parts_and_whole(
    holdings: Holdings, key: Key, keys: Sequence[Key]
) -> tuple[pd.DataFrame | None, pd.DataFrame | None, bool]:
    """Return a table's parts added up, their whole, and whether the parts may be less than it."""
    rows = holdings.counts(key)
    dimensions = set(rows["dimension"].unique())
    if "all" in dimensions and len(dimensions) > 1:
        return whole_counts(rows[rows["dimension"] != "all"]), whole_counts(rows[rows["dimension"] == "all"]), True
    if key[0] == COMBINED[0]:
        others = [(item, key[1]) for item in COMBINED[1]]
        if all(other in keys for other in others):
            parts = [whole_counts(holdings.counts(other)) for other in others]
            return parts[0] + parts[1], whole_counts(rows), False
    return None, None, False


def steps(holdings: Holdings, keys: Sequence[Key]) -> Result:
    """Return the sudden steps in the forces' counts from one period to the next."""
    by, findings, looked_at = rule("steps"), [], 0
    for key in keys:
        totals = holdings.totals(key).reindex(list(forces.ids())).dropna(how="all")
        if totals.shape[1] <= by.thresholds["fewest_changes"] or len(totals) < forces.NUMBER_OF_FORCES // 2:
            continue
        against, spread, sudden = sudden_steps(totals.to_numpy(dtype=float), by)
        looked_at += int(np.isfinite(against).sum())
        findings += [
            _step(by.level, key, totals, int(row), int(column), float(against[row, column]), float(spread[row]))
            for row, column in zip(*np.nonzero(sudden), strict=True)
        ]
    return Result(by, f"{looked_at:,} changes from one period to the next", tuple(findings))


def _step(level: str, key: Key, totals: pd.DataFrame, row: int, change: int, against: float, spread: float) -> Finding:
    before, after = (float(value) for value in totals.to_numpy(dtype=float)[row, change : change + 2])
    start, end = _period(totals, change + 1)
    found = (
        f"{number_in_words(before)} to {number_in_words(after)} ({100 * (after / before - 1):+.0f}%; against the "
        f"median force {100 * math.expm1(against):+.0f}%, {abs(against) / spread:.1f} times the force's usual spread)"
    )
    return Finding(level, _name(key), found, str(totals.index[row]), f"{start} to {end}")


def _period(table: pd.DataFrame, column: int) -> tuple[str, str]:
    """Return the first and last day that a column of a table by force and period is about."""
    start, end = (str(table.columns.get_level_values(level)[column]) for level in ("period_start", "period_end"))
    return start, end


def _name(key: Key) -> str:
    return f"{key[0]} {key[1]}"


def _tables(keys: Iterable[Key]) -> str:
    number = len(list(keys))
    return f"{number} table{'s' if number != 1 else ''}"


TABLE_CHECKS: tuple[Callable[[Holdings, Sequence[Key]], Result], ...] = (
    all_forces,
    printed_totals,
    gaps,
    components,
    steps,
)
