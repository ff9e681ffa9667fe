"""Sudden steps in the forces' counts, and the quarters of crime that stand apart from both of those beside them."""

import warnings
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from peel_analysis.checks.records import CRIMES, quarter, quarterly, quarters_in, table_of
from peel_analysis.data.edition import Edition
from peel_analysis.data.periods import Period, day_in_words
from peel_analysis.data.settings import Rule

Numbers: TypeAlias = npt.NDArray[np.float64]
SHORT = "One quarter far from those beside it"


def sudden_steps(counts: Numbers, by: Rule) -> tuple[Numbers, Numbers, npt.NDArray[np.bool_]]:
    """Return each force's logarithmic changes against the median force's, their usual spread, and which are sudden.

    `counts` has a row a force and a column a period.
    """
    changes = np.diff(np.log(np.where(counts > 0, counts, np.nan)), axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a row or a column without any figure has no median
        against = changes - np.nanmedian(changes, axis=0)
        usual = 1.4826 * np.nanmedian(np.abs(against), axis=1)
    spread = np.maximum(usual, by.thresholds["least_spread_percent"] / 100)
    sudden = (np.abs(against) >= np.log1p(by.thresholds["least_change_percent"] / 100)) & (
        np.abs(against) >= by.thresholds["robust_z"] * spread[:, None]
    )
    large = np.minimum(counts[:, 1:], counts[:, :-1]) >= by.thresholds["fewest"]
    return against, spread, sudden & large


def quarters_apart(item: str, edition: Edition, window: Period) -> tuple[tuple[str, Period], ...]:
    """Return forces and the quarters of a window in which their count of crime stands apart from those on both sides.

    Such a quarter is one that a sudden step leads to and another leads back from. Empty for other counts than those of
    crime by quarter.
    """
    if item not in edition.releases or edition.releases[item].item != CRIMES:
        return ()

    def find() -> tuple[tuple[str, Period], ...]:
        table, by = quarterly(edition, item).sort_index(axis="columns"), edition.data.rule("steps")
        inside = quarters_in(window, table.columns)
        if not inside or table.shape[1] <= by.thresholds["fewest_changes"]:
            return ()
        against, _, sudden = sudden_steps(table.to_numpy(dtype=float), by)
        both = sudden[:, :-1] & sudden[:, 1:] & (against[:, :-1] * against[:, 1:] < 0)
        found = [(table.index[row], table.columns[first + 1]) for row, first in zip(*np.nonzero(both), strict=True)]
        return tuple((str(force_id), quarter(first)) for force_id, first in found if first in inside)

    file = table_of(edition, item)
    return edition.data.cached(("quarters apart", file, window), find)


def sentence(apart: Period, part: str) -> str:
    """Return the note on a quarter that stands apart; `part` is what it is in: "the 12 months", "the base of ..."."""
    last = day_in_words(apart.end)
    return f"The count of the three months to {last}, in {part}, is far from those beside it: see `peel check`."
