"""Which forces' published records of outcomes are incomplete: outcomes set against the crimes recorded, by quarter."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import pandas as pd

from peel_analysis import forces
from peel_analysis.checks.rules import Rule, rule
from peel_analysis.data.edition import Edition
from peel_analysis.numbers import in_words, rounded
from peel_analysis.periods import Period, day_in_words

OUTCOMES, CRIMES = "outcomes_recorded", "recorded_crime"
SHORT = "Incomplete record"
MONTHS_OF_A_QUARTER = 3
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

    @property
    def sentence(self) -> str:
        """What a reader is told wherever the force's share appears."""
        name = forces.display_name(self.force_id)
        if self.unassigned:
            return (
                f"Of the crimes that {name} recorded in the {self.window.words}, {_percent(self.unassigned)} had no "
                "outcome yet in the published record, so its share falls short by an unknown amount."
            )
        quarters = [
            f"{_percent(ratio)} in the three months to {day_in_words(one.end)}" for one, ratio in self.low.items()
        ]
        listed = " and ".join([", ".join(quarters[:-1]), quarters[-1]] if len(quarters) > 1 else quarters)
        return (
            f"The published record of outcomes holds {_percent(self.ratio)} of the crimes that {name} recorded in the "
            f"{self.window.words} ({listed}), so its share falls short by an unknown amount."
        )


def incomplete(edition: Edition, window: Period) -> dict[str, Incomplete]:
    """Return the forces whose record is incomplete in a window, by force_id, by the rule of data/checks.toml.

    Empty for an edition without a table of outcomes or of recorded crime by quarter.
    """
    outcomes, crimes = (_path(edition, item) for item in (OUTCOMES, CRIMES))
    if outcomes is None or crimes is None or not (outcomes.is_file() and crimes.is_file()):
        return {}
    changed = (outcomes.stat().st_mtime_ns, crimes.stat().st_mtime_ns)
    return _backlogs(outcomes, changed[0], window) | _found(outcomes, crimes, changed, window)


def find(outcomes: pd.DataFrame, crimes: pd.DataFrame, window: Period, by: Rule) -> dict[str, Incomplete]:
    """Return the forces with a quarter of the window below the rule's threshold, by force_id.

    The tables hold counts by force (rows) and first day of a quarter (columns). A quarter in which the median force is
    below the rule's second threshold finds nobody, and so do tables that do not hold all quarters of the window.
    """
    held = {start: _quarter(start) for start in outcomes.columns.intersection(crimes.columns)}
    quarters = [start for start, one in held.items() if window.start <= one.start and one.end <= window.end]
    if not quarters or MONTHS_OF_A_QUARTER * len(quarters) != window.months:
        return {}
    above, below = outcomes[quarters], crimes[quarters].reindex(outcomes.index)
    ratios = above / below.where(below > 0)
    low = low_quarters(ratios, by)
    return {
        str(force_id): Incomplete(
            force_id=str(force_id),
            window=window,
            ratio=float(above.loc[force_id].sum() / below.loc[force_id].sum()),
            quarters=_by_quarter(ratios.loc[force_id]),
            low=_by_quarter(ratios.loc[force_id][low.loc[force_id]]),
        )
        for force_id in ratios.index[low.any(axis="columns")]
    }


def low_quarters(ratios: pd.DataFrame, by: Rule) -> pd.DataFrame:
    """Return True where a force's ratio is below the rule's threshold in a quarter that the rule can speak of."""
    speaks = ratios.median() >= by.thresholds["typical_percent"] / 100
    return (ratios < by.thresholds["below_percent"] / 100) & speaks


def mark(rows: pd.DataFrame, found: Mapping[str, Incomplete], *, leave_out: bool = False) -> pd.DataFrame:
    """Return a measure's rows with status, note and short reason of the forces found, where they have a figure.

    A status that says more than reported or estimated stays. `leave_out` takes them out of England and Wales.
    """
    marked = rows.copy()
    for force_id, one in found.items():
        if marked["numerator"].isna()[force_id]:
            continue
        if marked["status"][force_id] in ("reported", "estimated"):
            marked.at[force_id, "status"] = "incomplete"
        marked.at[force_id, "note"] = " ".join(filter(None, (str(marked["note"][force_id]), one.sentence)))
        marked.at[force_id, "short"] = str(marked["short"][force_id]) or SHORT
        if leave_out:
            marked.at[force_id, "in_national"] = False
    return marked


def national_note(found: Mapping[str, Incomplete], members: pd.Index, *, left_out: bool = False) -> str:
    """Return what the note of England and Wales says of incomplete records: how many are in it, or out of it."""
    if left_out:
        return f"It leaves out {_records(len(found))}." if found else ""
    inside = sum(force_id in members for force_id in found)
    return f"It includes {_records(inside)}." if inside else ""


def _records(number: int) -> str:
    return f"{in_words(number)} incomplete record{'s' if number != 1 else ''}"


def _path(edition: Edition, item: str) -> Path | None:
    if item not in edition.releases:
        return None
    source = edition.releases[item]
    return edition.folder / "counts" / source.item / f"{source.release}.csv"


@lru_cache(maxsize=64)
def _backlogs(outcomes: Path, changed: int, window: Period) -> dict[str, Incomplete]:
    """Return the forces that had given far fewer of their crimes an outcome than others, kept as `_found` is."""
    every, waiting = _totals(outcomes, changed), _totals(outcomes, changed, NOT_YET_ASSIGNED)
    held = {start: _quarter(start) for start in waiting.columns}
    quarters = [start for start, one in held.items() if window.start <= one.start and one.end <= window.end]
    if MONTHS_OF_A_QUARTER * len(quarters) != window.months:
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
def _found(outcomes: Path, crimes: Path, changed: tuple[int, int], window: Period) -> dict[str, Incomplete]:
    """Return `find` for two files in a window, kept: each notebook asks for it once a measure and window."""
    return find(_totals(outcomes, changed[0]), _totals(crimes, changed[1]), window, rule("completeness"))


@lru_cache(maxsize=16)
def _totals(path: Path, changed: int, outcome_type: str = "") -> pd.DataFrame:
    """Return a file's counts by force and first day of a quarter, all outcomes together or those of one type.

    `changed` is the file's time.
    """
    rows = pd.read_csv(
        path,
        usecols=["force_id", "dimension", "period_start", "period_end", "count"],
        dtype={"dimension": "category", "force_id": "category", "period_start": "category", "period_end": "category"},
        keep_default_na=False,
        na_values={"count": [""]},
    )
    if outcome_type:
        rows = rows[rows["dimension"].astype(str) == outcome_type]
    elif "all" in rows["dimension"].cat.categories:
        rows = rows[rows["dimension"] == "all"]
    totals = rows.groupby(["force_id", "period_start"], observed=True)["count"].sum(min_count=1).unstack()
    return totals.set_axis(totals.index.astype(str)).set_axis(totals.columns.astype(str), axis="columns")


def _by_quarter(ratios: pd.Series) -> dict[Period, float]:
    return {_quarter(str(start)): float(ratio) for start, ratio in ratios.items()}


def _quarter(start: str) -> Period:
    first = date.fromisoformat(start)
    after = date(first.year + (first.month > 9), (first.month + 2) % 12 + 1, 1)
    return Period(first, date.fromordinal(after.toordinal() - 1))


def _percent(ratio: float) -> str:
    return f"{rounded(100 * ratio, 0)}%"
