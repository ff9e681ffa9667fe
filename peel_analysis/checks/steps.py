"""Sudden steps in the forces' counts, and the quarters of crime that stand apart from both of those beside them."""

import warnings
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

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


def noted(rows: pd.DataFrame, item: str, edition: Edition, window: Period, part: str) -> pd.DataFrame:
    """Return a measure's rows with a note where a quarter of crime in a window stands apart; nothing else changes.

    `part` is what the window is to the measure: "the 12 months" or "the base of the change". Other counts than those of
    crime by quarter are passed over, and so is a force that has a note in the table already.
    """
    if item not in edition.releases or edition.releases[item].item != CRIMES:
        return rows
    path = edition.folder / "counts" / CRIMES / f"{edition.releases[item].release}.csv"
    marked, counted = rows.copy(), rows["numerator"].notna()
    for force_id, first in _apart(path, path.stat().st_mtime_ns, window):
        if counted[force_id] and marked["short"][force_id] == "":
            last = day_in_words(quarter(first).end)
            said = f"The count of the three months to {last}, in {part}, is far from those beside it: see `peel check`."
            marked.at[force_id, "note"] = " ".join(filter(None, (str(marked["note"][force_id]), said)))
            marked.at[force_id, "short"] = SHORT
    return marked


@lru_cache(maxsize=64)
def _apart(path: Path, changed: int, window: Period) -> tuple[tuple[str, str], ...]:
    """Return force and first day of the window's quarters that a sudden step leads to and another leads back from."""
    table, by = totals(path, changed).sort_index(axis="columns"), rule("steps")
    inside = quarters_in(window, table.columns)
    if not inside or table.shape[1] <= by.thresholds["fewest_changes"]:
        return ()
    against, _, sudden = sudden_steps(table.to_numpy(dtype=float), by)
    both = sudden[:, :-1] & sudden[:, 1:] & (against[:, :-1] * against[:, 1:] < 0)
    found = [
        (str(table.index[row]), str(table.columns[place + 1])) for row, place in zip(*np.nonzero(both), strict=True)
    ]
    return tuple((force_id, first) for force_id, first in found if first in inside)
