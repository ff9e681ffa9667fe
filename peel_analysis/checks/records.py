"""Doubts about a force's record of outcomes: it leaves out crimes that the force recorded, or is of more than those."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol

import pandas as pd

from peel_analysis.checks.rules import rule
from peel_analysis.data import forces
from peel_analysis.data.edition import Edition
from peel_analysis.data.periods import Period, day_in_words
from peel_analysis.data.settings import Rule
from peel_analysis.data.text import enumerated, in_words, rounded

OUTCOMES, CRIMES = "outcomes_recorded", "recorded_crime"
NOT_YET_ASSIGNED = "0"  # the outcome type of crimes that have none yet
MONTHS_OF_A_QUARTER = 3
OFF = "so its share {} by an unknown amount."


class Doubt(Protocol):
    """A record of outcomes that a force's share should not be judged by: how it is marked, and what a reader is told.

    `several` is what such records are called together.
    """

    status: ClassVar[str]
    short: ClassVar[str]
    several: ClassVar[str]

    @property
    def sentence(self) -> str:
        """What a reader is told wherever the force's share appears."""


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
                f"Of the crimes that {name} recorded in the {self.window.words}, {_percent(self.unassigned)} had no "
                f"outcome yet in the published record, {OFF.format('falls short')}"
            )
        return (
            f"The published record of outcomes holds {_percent(self.ratio)} of the crimes that {name} recorded in the "
            f"{self.window.words} ({_in_quarters(self.low)}), {OFF.format('falls short')}"
        )


@dataclass(frozen=True)
class Mismatched:
    """A force whose outcomes are of more crimes than the crimes used, in the quarters of `above` (with the ratio)."""

    force_id: str
    above: Mapping[Period, float]
    status: ClassVar[str] = "mismatched"
    short: ClassVar[str] = "Record that does not match"
    several: ClassVar[str] = "records that do not match"

    @property
    def sentence(self) -> str:
        """What a reader is told wherever the force's share appears."""
        return (
            f"The published record of outcomes is of more crimes than those counted for "
            f"{forces.display_name(self.force_id)}: {_in_quarters(self.above)}. The two come from different releases "
            f"and do not match, {OFF.format('is off')}"
        )


class Files(NamedTuple):
    """The files of outcomes and of crimes, and when each was last written: what is worked out from them is kept."""

    outcomes: Path
    crimes: Path
    changed: tuple[int, int]


def incomplete(edition: Edition, window: Period) -> dict[str, Incomplete]:
    """Return the forces whose record is incomplete in a window, by force_id, by the rules of data/checks.toml.

    Empty for an edition without a table of outcomes or of recorded crime by quarter.
    """
    files = _files(edition)
    return _incomplete(files, window) if files else {}


def mismatched(edition: Edition, window: Period) -> dict[str, Mismatched]:
    """Return the forces whose record does not match in a window, by force_id, by the rule of data/checks.toml.

    Empty for an edition without a table of outcomes or of recorded crime by quarter.
    """
    files = _files(edition)
    return _mismatched(files, window) if files else {}


def find_incomplete(outcomes: pd.DataFrame, crimes: pd.DataFrame, window: Period, by: Rule) -> dict[str, Incomplete]:
    """Return the forces with a quarter of the window below the rule's threshold, by force_id.

    The tables hold counts by force (rows) and first day of a quarter (columns). A quarter in which the median force is
    below the rule's second threshold finds nobody, and so do tables that do not hold all quarters of the window.
    """
    above, below, ratios = _in_window(outcomes, crimes, window)
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


def find_backlogs(every: pd.DataFrame, waiting: pd.DataFrame, window: Period, by: Rule) -> dict[str, Incomplete]:
    """Return the forces that had given far fewer of their crimes an outcome than others, by force_id.

    The tables hold all outcomes, and those of crimes without one yet, by force (rows) and first day of a quarter.
    """
    quarters = quarters_in(window, waiting.columns)
    if not quarters:
        return {}
    share = waiting[quarters].sum(axis="columns") / every[quarters].sum(axis="columns")
    if not share.median() <= by.thresholds["typical_percent"] / 100:
        return {}
    return {
        str(force_id): Incomplete(str(force_id), window, 1 - float(part), {}, {}, unassigned=float(part))
        for force_id, part in share.items()
        if part > by.thresholds["above_percent"] / 100
    }


def find_mismatched(outcomes: pd.DataFrame, crimes: pd.DataFrame, window: Period, by: Rule) -> dict[str, Mismatched]:
    """Return the forces with a quarter of the window above the rule's threshold, by force_id.

    The tables hold counts by force (rows) and first day of a quarter (columns). Tables that do not hold all quarters of
    the window find nobody.
    """
    _, _, ratios = _in_window(outcomes, crimes, window)
    above = high_quarters(ratios, by)
    return {
        str(force_id): Mismatched(str(force_id), _by_quarter(ratios.loc[force_id][above.loc[force_id]]))
        for force_id in ratios.index[above.any(axis="columns")]
    }


def low_quarters(ratios: pd.DataFrame, by: Rule) -> pd.DataFrame:
    """Return True where a force's ratio is below the rule's threshold in a quarter that the rule can speak of."""
    speaks = ratios.median() >= by.thresholds["typical_percent"] / 100
    return (ratios < by.thresholds["below_percent"] / 100) & speaks


def high_quarters(ratios: pd.DataFrame, by: Rule) -> pd.DataFrame:
    """Return True where a force's outcomes are above the rule's threshold of its crimes."""
    return ratios > by.thresholds["above_percent"] / 100


def national_note(found: Mapping[str, Doubt], members: Collection[str], *, left_out: bool = False) -> str:
    """Return what the note of England and Wales says of the records found: how many are in it, or out of it."""
    number = len(found) if left_out else sum(force_id in members for force_id in found)
    if not number:
        return ""
    one = next(iter(found.values()))
    records = f"one {one.short.lower()}" if number == 1 else f"{in_words(number)} {one.several}"
    return f"It {'leaves out' if left_out else 'includes'} {records}."


def quarters_in(window: Period, starts: Iterable[str]) -> list[str]:
    """Return the first days of the quarters of a window, of those given; none unless they make up the whole window."""
    held = {start: quarter(start) for start in starts}
    inside = [start for start, one in held.items() if window.start <= one.start and one.end <= window.end]
    return inside if MONTHS_OF_A_QUARTER * len(inside) == window.months else []


def quarter(start: str) -> Period:
    """Return the quarter that begins on a day."""
    first = date.fromisoformat(start)
    after = date(first.year + (first.month > 9), (first.month + 2) % 12 + 1, 1)
    return Period(first, date.fromordinal(after.toordinal() - 1))


@lru_cache(maxsize=16)
def totals(path: Path, changed: int, outcome_type: str = "") -> pd.DataFrame:
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
    summed = rows.groupby(["force_id", "period_start"], observed=True)["count"].sum(min_count=1).unstack()
    return summed.set_axis(summed.index.astype(str)).set_axis(summed.columns.astype(str), axis="columns")


def _files(edition: Edition) -> Files | None:
    """Return the files of an edition, or None for one without both tables."""
    if not {OUTCOMES, CRIMES} <= set(edition.releases):
        return None
    sources = (edition.releases[OUTCOMES], edition.releases[CRIMES])
    outcomes, crimes = (edition.folder / "counts" / one.item / f"{one.release}.csv" for one in sources)
    if not (outcomes.is_file() and crimes.is_file()):
        return None
    return Files(outcomes, crimes, (outcomes.stat().st_mtime_ns, crimes.stat().st_mtime_ns))


@lru_cache(maxsize=64)
def _incomplete(files: Files, window: Period) -> dict[str, Incomplete]:
    """Return what is found of two files in a window, kept: each notebook asks for it once a measure and window."""
    outcomes, crimes = totals(files.outcomes, files.changed[0]), totals(files.crimes, files.changed[1])
    waiting = totals(files.outcomes, files.changed[0], NOT_YET_ASSIGNED)
    backlogs = find_backlogs(outcomes, waiting, window, rule("not_yet_assigned"))
    return backlogs | find_incomplete(outcomes, crimes, window, rule("completeness"))


@lru_cache(maxsize=64)
def _mismatched(files: Files, window: Period) -> dict[str, Mismatched]:
    outcomes, crimes = totals(files.outcomes, files.changed[0]), totals(files.crimes, files.changed[1])
    return find_mismatched(outcomes, crimes, window, rule("parts_within_whole"))


def _in_window(
    outcomes: pd.DataFrame, crimes: pd.DataFrame, window: Period
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return outcomes, crimes and their ratio in the quarters of a window; without quarters unless both hold it all."""
    quarters = quarters_in(window, outcomes.columns.intersection(crimes.columns))
    above, below = outcomes[quarters], crimes[quarters].reindex(outcomes.index)
    return above, below, above / below.where(below > 0)


def _by_quarter(ratios: pd.Series) -> dict[Period, float]:
    return {quarter(str(start)): float(ratio) for start, ratio in ratios.items()}


def _in_quarters(ratios: Mapping[Period, float]) -> str:
    """Return ratios in words: "86% in the three months to 30 September 2016 and 54% in the three months to ..."."""
    return enumerated(
        f"{_percent(ratio)} in the three months to {day_in_words(one.end)}" for one, ratio in ratios.items()
    )


def _percent(ratio: float) -> str:
    return f"{rounded(100 * ratio, 0)}%"
