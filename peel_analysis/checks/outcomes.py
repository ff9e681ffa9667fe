"""Checks of outcomes against the crimes recorded: parts and whole, completeness, and all types together."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from peel_analysis.checks.completeness import NOT_YET_ASSIGNED, low_quarters
from peel_analysis.checks.holdings import Holdings, Key
from peel_analysis.checks.matching import high_quarters
from peel_analysis.checks.records import OUTCOMES
from peel_analysis.checks.rules import Finding, Result, rule
from peel_analysis.data import forces
from peel_analysis.data.periods import day_in_words

Pairs = Mapping[Key, Key]  # a table of outcomes, and the table of recorded crime to set it against


def pairs(holdings: Holdings, keys: Sequence[Key], given: Pairs | None = None) -> dict[Key, Key]:
    """Return the tables of outcomes with the recorded crime beside each: the one given, else the latest that fits."""
    found = {}
    for key in keys:
        beside = (given or {}).get(key) or (holdings.crime_beside(key) if key[0] == OUTCOMES else None)
        if beside:
            found[key] = beside
    return found


def parts_within_whole(holdings: Holdings, paired: Pairs) -> Result:
    """Return the quarters in which a force has more outcomes than crimes, beyond what releases can differ by."""
    by, findings, looked_at = rule("parts_within_whole"), [], 0
    for key, beside in paired.items():
        outcomes, crimes = _both(holdings, key, beside)
        ratios = outcomes / crimes.where(crimes > 0)
        looked_at += int(ratios.notna().to_numpy().sum())
        findings += _findings(by.level, key, beside, outcomes, crimes, high_quarters(ratios, by))
    return Result(by, f"{looked_at:,} quarters of forces", tuple(findings))


def completeness(holdings: Holdings, paired: Pairs) -> Result:
    """Return the quarters in which a force's record of outcomes is incomplete."""
    by, findings, looked_at, silent = rule("completeness"), [], 0, 0
    for key, beside in paired.items():
        outcomes, crimes = _both(holdings, key, beside)
        ratios = outcomes / crimes.where(crimes > 0)
        speaks = ratios.median() >= by.thresholds["typical_percent"] / 100
        looked_at += int(ratios.loc[:, speaks].notna().to_numpy().sum())
        silent += int((~speaks).sum())
        findings += _findings(by.level, key, beside, outcomes, crimes, low_quarters(ratios, by))
    said = f"{looked_at:,} quarters of forces"
    if silent:
        said += f" ({silent} quarters of which the rule cannot speak: the median force is below its threshold)"
    return Result(by, said, tuple(findings))


def not_yet_assigned(holdings: Holdings, paired: Pairs) -> Result:
    """Return the forces far more of whose crimes wait for an outcome than in other forces, over all of a table."""
    by, findings, looked_at = rule("not_yet_assigned"), [], 0
    for key in paired:
        rows = holdings.counts(key)
        counted = rows.assign(count=rows["count"].astype(float)).groupby(["force_id", "dimension"])["count"]
        counts = counted.sum().unstack()
        if NOT_YET_ASSIGNED not in counts:
            continue
        share = 100 * counts[NOT_YET_ASSIGNED] / counts.sum(axis="columns")
        looked_at += len(share)
        above = share[(share > by.thresholds["above_percent"]) & (share.median() <= by.thresholds["typical_percent"])]
        for force_id, part in above.items():
            where = f"{key[0]} {key[1]}, {forces.display_name(str(force_id))}"
            findings.append(Finding(by.level, where, f"{part:.1f}% of the crimes have no outcome yet"))
    return Result(by, f"{looked_at} forces", tuple(findings))


def outcome_types(holdings: Holdings, paired: Pairs) -> Result:
    """Return, for each table with all types, how the sum of its types stands to the crimes recorded."""
    by, findings, complete = rule("outcome_types"), [], 0
    for key, beside in paired.items():
        rows = holdings.counts(key)
        if NOT_YET_ASSIGNED not in rows["dimension"].unique():
            continue
        complete += 1
        outcomes, crimes = _both(holdings, key, beside)
        held = outcomes.notna() & crimes.notna()
        same = int(((outcomes == crimes) & held).to_numpy().sum())
        total, recorded = (float(table.where(held).sum().sum()) for table in (outcomes, crimes))
        apart = f"difference {total - recorded:+,.0f} ({100 * (total / recorded - 1):+.2f}%)"
        found = (
            f"all types {total:,.0f}, recorded crime ({beside[1]}) {recorded:,.0f}, {apart}; "
            f"equal in {same} of {int(held.to_numpy().sum())} quarters of forces"
        )
        findings.append(Finding(by.level, f"{key[0]} {key[1]}", found))
    return Result(by, f"{complete} table{'s' if complete != 1 else ''} of outcomes with type 0", tuple(findings))


def _both(holdings: Holdings, key: Key, beside: Key) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return outcomes and crimes by force and first and last day of the quarters that both hold."""
    outcomes, crimes = holdings.totals(key), holdings.totals(beside)
    shared = outcomes.columns.intersection(crimes.columns)
    return outcomes[shared], crimes[shared].reindex(outcomes.index)


def _findings(
    level: str, key: Key, beside: Key, outcomes: pd.DataFrame, crimes: pd.DataFrame, wrong: pd.DataFrame
) -> list[Finding]:
    """Return a finding for each cell that is marked wrong."""
    above, below = outcomes.to_numpy(dtype=float), crimes.to_numpy(dtype=float)
    ends = [str(end) for end in wrong.columns.get_level_values("period_end")]
    found = []
    for row, column in zip(*np.nonzero(wrong.to_numpy(dtype=bool)), strict=True):
        one, other = above[row, column], below[row, column]
        found.append(
            Finding(
                level=level,
                table=f"{key[0]} {key[1]}",
                force_id=str(wrong.index[row]),
                period=f"three months to {day_in_words(date.fromisoformat(ends[column]))}",
                found=f"{one:,.0f} outcomes for {other:,.0f} crimes ({one / other:.1%}, recorded crime {beside[1]})",
            )
        )
    return found
