"""Doubts about a force's record of outcomes: it leaves out crimes that the force recorded, or is of more than those."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Protocol, TypeVar

import pandas as pd

from peel_analysis.data.edition import Edition
from peel_analysis.data.forces import Forces
from peel_analysis.data.periods import Period, day_in_words
from peel_analysis.data.settings import Rule
from peel_analysis.data.text import enumerated, in_words, rounded

OUTCOMES, CRIMES = "outcomes_recorded", "recorded_crime"
NOT_YET_ASSIGNED = "0"  # the outcome type of crimes that have none yet
MONTHS_OF_A_QUARTER = 3
D = TypeVar("D")
OFF = "so its share {} by an unknown amount."


class Doubt(Protocol):
    """A record of outcomes that a share should not be judged by: its mark, its short name, and that of several."""

    status: ClassVar[str]
    short: ClassVar[str]
    several: ClassVar[str]

    @property
    def sentence(self) -> str:
        """What a reader is told wherever the force's share appears."""


@dataclass(frozen=True)
class Incomplete:
    """A force whose record of outcomes leaves crimes out in a window.

    `ratio` is its outcomes over the crimes recorded in the window, and `low` that of each quarter found too low.
    `unassigned` is the share of the record that has no outcome yet, where that is what the rule finds.
    """

    name: str
    window: Period
    ratio: float
    low: Mapping[Period, float]
    unassigned: float = 0.0
    status: ClassVar[str] = "incomplete"
    short: ClassVar[str] = "Incomplete record"
    several: ClassVar[str] = "incomplete records"

    @property
    def sentence(self) -> str:
        """What a reader is told wherever the force's share appears."""
        if self.unassigned:
            return (
                f"Of the crimes that {self.name} recorded in the {self.window.words}, {_percent(self.unassigned)} had "
                f"no outcome yet in the published record, {OFF.format('falls short')}"
            )
        return (
            f"The published record of outcomes holds {_percent(self.ratio)} of the crimes that {self.name} recorded in "
            f"the {self.window.words} ({_in_quarters(self.low)}), {OFF.format('falls short')}"
        )


@dataclass(frozen=True)
class Mismatched:
    """A force whose outcomes are of more crimes than the crimes used, in the quarters of `above` (with the ratio)."""

    name: str
    above: Mapping[Period, float]
    status: ClassVar[str] = "mismatched"
    short: ClassVar[str] = "Record that does not match"
    several: ClassVar[str] = "records that do not match"

    @property
    def sentence(self) -> str:
        """What a reader is told wherever the force's share appears."""
        return (
            f"The published record of outcomes is of more crimes than those counted for "
            f"{self.name}: {_in_quarters(self.above)}. The two come from different releases "
            f"and do not match, {OFF.format('is off')}"
        )


def incomplete(edition: Edition, window: Period) -> dict[str, Incomplete]:
    """Return the forces whose record is incomplete in a window, by force_id, by the rules of data/checks.toml.

    Empty for an edition without a table of outcomes or of recorded crime by quarter.
    """

    def find() -> dict[str, Incomplete]:
        outcomes, crimes = quarterly(edition, OUTCOMES), quarterly(edition, CRIMES)
        waiting = quarterly(edition, OUTCOMES, NOT_YET_ASSIGNED)
        rule, forces = edition.data.rule, edition.forces
        backlogs = find_backlogs(outcomes, waiting, window, rule("not_yet_assigned"), forces)
        return backlogs | find_incomplete(outcomes, crimes, window, rule("completeness"), forces)

    return _found(edition, ("incomplete", window), find)


def mismatched(edition: Edition, window: Period) -> dict[str, Mismatched]:
    """Return the forces whose record does not match in a window, by force_id; empty without the two tables."""

    def find() -> dict[str, Mismatched]:
        outcomes, crimes = quarterly(edition, OUTCOMES), quarterly(edition, CRIMES)
        return find_mismatched(outcomes, crimes, window, edition.data.rule("parts_within_whole"), edition.forces)

    return _found(edition, ("mismatched", window), find)


def find_incomplete(
    outcomes: pd.DataFrame, crimes: pd.DataFrame, window: Period, by: Rule, forces: Forces
) -> dict[str, Incomplete]:
    """Return the forces with a quarter of the window below the rule's threshold, by force_id.

    The tables hold counts by force (rows) and first day of a quarter (columns). A quarter in which the median force is
    below the rule's second threshold finds nobody, and so do tables that do not hold all quarters of the window.
    """
    above, below, ratios = _in_window(outcomes, crimes, window)
    whole = above.sum(axis="columns") / below.sum(axis="columns")
    return {
        force_id: Incomplete(forces.name(force_id), window, float(whole[force_id]), low)
        for force_id, low in _marked(ratios, low_quarters(ratios, by)).items()
    }


def find_backlogs(
    every: pd.DataFrame, waiting: pd.DataFrame, window: Period, by: Rule, forces: Forces
) -> dict[str, Incomplete]:
    """Return the forces that had given far fewer of their crimes an outcome than others, by force_id.

    The tables hold all outcomes, and those of crimes without one yet, by force (rows) and first day of a quarter.
    """
    quarters = quarters_in(window, waiting.columns)
    share = waiting[quarters].sum(axis="columns") / every[quarters].sum(axis="columns")
    if not quarters or not share.median() <= by.thresholds["typical_percent"] / 100:
        return {}
    return {
        str(force_id): Incomplete(forces.name(str(force_id)), window, 1 - float(part), {}, unassigned=float(part))
        for force_id, part in share.items()
        if part > by.thresholds["above_percent"] / 100
    }


def find_mismatched(
    outcomes: pd.DataFrame, crimes: pd.DataFrame, window: Period, by: Rule, forces: Forces
) -> dict[str, Mismatched]:
    """Return the forces with a quarter of the window above the rule's threshold, by force_id.

    The tables are those of `find_incomplete`, and find nobody where they do not hold all quarters of the window.
    """
    _, _, ratios = _in_window(outcomes, crimes, window)
    marked = _marked(ratios, high_quarters(ratios, by))
    return {force_id: Mismatched(forces.name(force_id), above) for force_id, above in marked.items()}


def _marked(ratios: pd.DataFrame, marks: pd.DataFrame) -> dict[str, dict[Period, float]]:
    """Return the ratios that are marked, by quarter, of each force that has any."""
    found = {str(one): ratios.loc[one][marks.loc[one]] for one in ratios.index[marks.any(axis="columns")]}
    return {one: {quarter(str(start)): float(ratio) for start, ratio in own.items()} for one, own in found.items()}


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


def quarterly(edition: Edition, item: str, outcome_type: str = "") -> pd.DataFrame:
    """Return an item's counts by force and first day of a quarter, all outcomes together or those of one type.

    The edition has the item; what is worked out is kept until its table changes.
    """
    source = edition.releases[item]

    def sums() -> pd.DataFrame:
        rows = edition.data.counts(source.item, source.release)
        if outcome_type or "all" in rows["dimension"].unique():
            rows = rows[rows["dimension"] == (outcome_type or "all")]
        numbers = rows.assign(count=rows["count"].astype(float)).groupby(["force_id", "period_start"])["count"]
        return numbers.sum(min_count=1).unstack()

    return edition.data.cached(("quarterly", source.item, source.release, outcome_type), sums)


def table_of(edition: Edition, item: str) -> str:
    """Return the file of an item's counts in an edition's release, below the data folder."""
    source = edition.releases[item]
    return f"counts/{source.item}/{source.release}.csv"


def _found(edition: Edition, asked: Hashable, find: Callable[[], dict[str, D]]) -> dict[str, D]:
    """Return what is found in an edition's tables, kept, for each notebook asks again; nothing without both tables."""
    if not {OUTCOMES, CRIMES} <= set(edition.releases):
        return {}
    tables = table_of(edition, OUTCOMES), table_of(edition, CRIMES)
    if not all(map(edition.data.has, tables)):
        return {}
    return edition.data.cached((asked, tables), find)


def _in_window(
    outcomes: pd.DataFrame, crimes: pd.DataFrame, window: Period
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return outcomes, crimes and their ratio in the quarters of a window; without quarters unless both hold it all."""
    quarters = quarters_in(window, outcomes.columns.intersection(crimes.columns))
    above, below = outcomes[quarters], crimes[quarters].reindex(outcomes.index)
    return above, below, above / below.where(below > 0)


def _in_quarters(ratios: Mapping[Period, float]) -> str:
    """Return ratios in words: "86% in the three months to 30 September 2016 and 54% in the three months to ..."."""
    return enumerated(
        f"{_percent(ratio)} in the three months to {day_in_words(one.end)}" for one, ratio in ratios.items()
    )


def _percent(ratio: float) -> str:
    return f"{rounded(100 * ratio, 0)}%"
