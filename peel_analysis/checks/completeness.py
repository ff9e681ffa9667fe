"""Which forces' published records of outcomes are incomplete: outcomes set against the crimes recorded, by quarter."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import pandas as pd

from peel_analysis.checks.records import (
    Files,
    by_quarter,
    files_of,
    percent,
    quarters_in,
    quarters_told,
    tables,
    totals,
)
from peel_analysis.checks.rules import rule
from peel_analysis.data import forces
from peel_analysis.data.edition import Edition
from peel_analysis.data.periods import Period
from peel_analysis.data.settings import Rule

NOT_YET_ASSIGNED = "0"  # the outcome type of crimes that have none yet


@dataclass(frozen=True)
class Incomplete:
    """A force whose record of outcomes leaves crimes out in a window.

    `ratio` is the outcomes in the record over the crimes recorded in the window; `quarters` holds the ratio of each
    quarter of the window, and `low` those of them that the rule finds too low. `unassigned` is the share of the record
    that has no outcome yet, where that is what the rule finds.
    """

    force_id: str
    window: Period
    ratio: float
    quarters: Mapping[Period, float]
    low: Mapping[Period, float]
    unassigned: float = 0.0
    status: ClassVar[str] = "incomplete"
    short: ClassVar[str] = "Incomplete record"
    several: ClassVar[str] = "incomplete records"

    @property
    def sentence(self) -> str:
        """What a reader is told wherever the force's share appears."""
        name = forces.display_name(self.force_id)
        if self.unassigned:
            return (
                f"Of the crimes that {name} recorded in the {self.window.words}, {percent(self.unassigned)} had no "
                "outcome yet in the published record, so its share falls short by an unknown amount."
            )
        return (
            f"The published record of outcomes holds {percent(self.ratio)} of the crimes that {name} recorded in the "
            f"{self.window.words} ({quarters_told(self.low)}), so its share falls short by an unknown amount."
        )


def incomplete(edition: Edition, window: Period) -> dict[str, Incomplete]:
    """Return the forces whose record is incomplete in a window, by force_id, by the rule of data/checks.toml.

    Empty for an edition without a table of outcomes or of recorded crime by quarter.
    """
    files = files_of(edition)
    return _backlogs(files, window) | _found(files, window) if files else {}


def find(outcomes: pd.DataFrame, crimes: pd.DataFrame, window: Period, by: Rule) -> dict[str, Incomplete]:
    """Return the forces with a quarter of the window below the rule's threshold, by force_id.

    The tables hold counts by force (rows) and first day of a quarter (columns). A quarter in which the median force is
    below the rule's second threshold finds nobody, and so do tables that do not hold all quarters of the window.
    """
    quarters = quarters_in(window, outcomes.columns.intersection(crimes.columns))
    if not quarters:
        return {}
    above, below = outcomes[quarters], crimes[quarters].reindex(outcomes.index)
    ratios = above / below.where(below > 0)
    low = low_quarters(ratios, by)
    return {
        str(force_id): Incomplete(
            force_id=str(force_id),
            window=window,
            ratio=float(above.loc[force_id].sum() / below.loc[force_id].sum()),
            quarters=by_quarter(ratios.loc[force_id]),
            low=by_quarter(ratios.loc[force_id][low.loc[force_id]]),
        )
        for force_id in ratios.index[low.any(axis="columns")]
    }


def low_quarters(ratios: pd.DataFrame, by: Rule) -> pd.DataFrame:
    """Return True where a force's ratio is below the rule's threshold in a quarter that the rule can speak of."""
    speaks = ratios.median() >= by.thresholds["typical_percent"] / 100
    return (ratios < by.thresholds["below_percent"] / 100) & speaks


@lru_cache(maxsize=64)
def _backlogs(files: Files, window: Period) -> dict[str, Incomplete]:
    """Return the forces that had given far fewer of their crimes an outcome than others, kept as `_found` is."""
    path, changed = files.outcomes, files.changed[0]
    every, waiting = totals(path, changed), totals(path, changed, NOT_YET_ASSIGNED)
    quarters = quarters_in(window, waiting.columns)
    if not quarters:
        return {}
    share = waiting[quarters].sum(axis="columns") / every[quarters].sum(axis="columns")
    by = rule("not_yet_assigned").thresholds
    if not share.median() <= by["typical_percent"] / 100:
        return {}
    return {
        str(force_id): Incomplete(str(force_id), window, 1 - float(part), {}, {}, unassigned=float(part))
        for force_id, part in share.items()
        if part > by["above_percent"] / 100
    }


@lru_cache(maxsize=64)
def _found(files: Files, window: Period) -> dict[str, Incomplete]:
    """Return `find` for two files in a window, kept: each notebook asks for it once a measure and window."""
    return find(*tables(files), window, rule("completeness"))
