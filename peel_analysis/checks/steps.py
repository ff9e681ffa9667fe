"""Sudden steps in the forces' counts, and the quarters of crime that stand apart from both of those beside them."""

import warnings
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from peel_analysis.checks.records import CRIMES, quarter, quarters_in, totals
from peel_analysis.checks.rules import rule
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

    Empty for other counts than those of crime by quarter.
    """
    if item not in edition.releases or edition.releases[item].item != CRIMES:
        return ()
    path = edition.folder / "counts" / CRIMES / f"{edition.releases[item].release}.csv"
    return _apart(path, path.stat().st_mtime_ns, window)


def sentence(apart: Period, part: str) -> str:
    """Return the note on a quarter that stands apart; `part` is what it is in: "the 12 months", "the base of ..."."""
    last = day_in_words(apart.end)
    return f"The count of the three months to {last}, in {part}, is far from those beside it: see `peel check`."


@lru_cache(maxsize=64)
def _apart(path: Path, changed: int, window: Period) -> tuple[tuple[str, Period], ...]:
    """Return force and quarter of the window that a sudden step leads to and another leads back from."""
    table, by = totals(path, changed).sort_index(axis="columns"), rule("steps")
    inside = quarters_in(window, table.columns)
    if not inside or table.shape[1] <= by.thresholds["fewest_changes"]:
        return ()
    against, _, sudden = sudden_steps(table.to_numpy(dtype=float), by)
    both = sudden[:, :-1] & sudden[:, 1:] & (against[:, :-1] * against[:, 1:] < 0)
    found = [
        (str(table.index[row]), str(table.columns[place + 1])) for row, place in zip(*np.nonzero(both), strict=True)
    ]
    return tuple((force_id, quarter(first)) for force_id, first in found if first in inside)
