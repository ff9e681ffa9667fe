"""Which forces' records of outcomes do not match the crimes used: they are of more crimes, by quarter."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import pandas as pd

from peel_analysis.checks.records import Files, by_quarter, files_of, quarters_in, quarters_told, tables
from peel_analysis.checks.rules import rule
from peel_analysis.data import forces
from peel_analysis.data.edition import Edition
from peel_analysis.data.periods import Period
from peel_analysis.data.settings import Rule


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
        name = forces.display_name(self.force_id)
        return (
            f"The published record of outcomes is of more crimes than those counted for {name}: "
            f"{quarters_told(self.above)}. The two come from different releases and do not match, so its share is off "
            "by an unknown amount."
        )


def mismatched(edition: Edition, window: Period) -> dict[str, Mismatched]:
    """Return the forces whose record does not match in a window, by force_id, by the rule of data/checks.toml.

    Empty for an edition without a table of outcomes or of recorded crime by quarter.
    """
    files = files_of(edition)
    return _found(files, window) if files else {}


@lru_cache(maxsize=64)
def _found(files: Files, window: Period) -> dict[str, Mismatched]:
    """Return `find` for two files in a window, kept: each notebook asks for it once a measure and window."""
    return find(*tables(files), window, rule("parts_within_whole"))


def find(outcomes: pd.DataFrame, crimes: pd.DataFrame, window: Period, by: Rule) -> dict[str, Mismatched]:
    """Return the forces with a quarter of the window above the rule's threshold, by force_id.

    The tables hold counts by force (rows) and first day of a quarter (columns). Tables that do not hold all quarters of
    the window find nobody.
    """
    quarters = quarters_in(window, outcomes.columns.intersection(crimes.columns))
    below = crimes[quarters].reindex(outcomes.index)
    ratios = outcomes[quarters] / below.where(below > 0)
    above = high_quarters(ratios, by)
    return {
        str(force_id): Mismatched(str(force_id), by_quarter(ratios.loc[force_id][above.loc[force_id]]))
        for force_id in ratios.index[above.any(axis="columns")]
    }


def high_quarters(ratios: pd.DataFrame, by: Rule) -> pd.DataFrame:
    """Return True where a force's outcomes are above the rule's threshold of its crimes."""
    return ratios > by.thresholds["above_percent"] / 100
