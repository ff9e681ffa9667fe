"""The tables of outcomes and of crimes behind an edition's shares, by force and quarter, and how a record is marked."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol

import pandas as pd

from peel_analysis.data.edition import Edition
from peel_analysis.data.periods import Period, day_in_words
from peel_analysis.data.text import enumerated, in_words, rounded

OUTCOMES, CRIMES = "outcomes_recorded", "recorded_crime"
MONTHS_OF_A_QUARTER = 3


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


class Files(NamedTuple):
    """The files of outcomes and of crimes, and when each was last written: what is worked out from them is kept."""

    outcomes: Path
    crimes: Path
    changed: tuple[int, int]


def files_of(edition: Edition) -> Files | None:
    """Return the files of an edition, or None for one without both tables."""
    if not {OUTCOMES, CRIMES} <= set(edition.releases):
        return None
    sources = (edition.releases[OUTCOMES], edition.releases[CRIMES])
    outcomes, crimes = (edition.folder / "counts" / one.item / f"{one.release}.csv" for one in sources)
    if not (outcomes.is_file() and crimes.is_file()):
        return None
    return Files(outcomes, crimes, (outcomes.stat().st_mtime_ns, crimes.stat().st_mtime_ns))


def tables(files: Files) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return outcomes and crimes by force (rows) and first day of a quarter (columns)."""
    return totals(files.outcomes, files.changed[0]), totals(files.crimes, files.changed[1])


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
    totals = rows.groupby(["force_id", "period_start"], observed=True)["count"].sum(min_count=1).unstack()
    return totals.set_axis(totals.index.astype(str)).set_axis(totals.columns.astype(str), axis="columns")


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


def by_quarter(ratios: pd.Series) -> dict[Period, float]:
    """Return a force's ratios by quarter."""
    return {quarter(str(start)): float(ratio) for start, ratio in ratios.items()}


def quarters_told(ratios: Mapping[Period, float]) -> str:
    """Return ratios in words: "86% in the three months to 30 September 2016 and 54% in the three months to ..."."""
    return enumerated(
        f"{percent(ratio)} in the three months to {day_in_words(one.end)}" for one, ratio in ratios.items()
    )


def percent(ratio: float) -> str:
    """Return a ratio as a whole percentage."""
    return f"{rounded(100 * ratio, 0)}%"


def national_note(found: Mapping[str, Doubt], members: Collection[str], *, left_out: bool = False) -> str:
    """Return what the note of England and Wales says of the records found: how many are in it, or out of it."""
    number = len(found) if left_out else sum(force_id in members for force_id in found)
    if not number:
        return ""
    one = next(iter(found.values()))
    records = f"one {one.short.lower()}" if number == 1 else f"{in_words(number)} {one.several}"
    return f"It {'leaves out' if left_out else 'includes'} {records}."
