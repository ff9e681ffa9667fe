"""Two versions compared, and the counts and populations behind them, read past the package."""

from pathlib import Path

import pandas as pd

from peel_analysis.changes import Changes, Version, changes_between, open_version
from peel_analysis.changes.change import Change
from peel_analysis.data.folder import open_data

DATA = Path(__file__).resolve().parents[1] / "data"
NATIONAL = "england-and-wales"
OLDER = "2017@window=2018-03-31,recorded_crime=2017-18-older"
NEWER = "2017@window=2018-03-31"
TINY = 1e-9


def opened(text: str) -> Version:
    """Return the version that a user names, of the data folder in use."""
    return open_version(text, open_data())


def compared(a: str, b: str, *measure_ids: str) -> Changes:
    """Return what changed between two versions, in all measures or in these."""
    return changes_between(opened(a), opened(b), measure_ids or None)


def change_of(changes: Changes, measure_id: str, force_id: str) -> Change:
    """Return the change of one value."""
    return next(one for one in changes.rows if (one.measure_id, one.force_id) == (measure_id, force_id))


def crimes(release: str, first: str, last: str, folder: Path = DATA) -> pd.Series:
    """Crimes by force in a stretch of days, straight from the table."""
    rows = pd.read_csv(folder / "counts" / "recorded_crime" / f"{release}.csv")
    inside = (rows["period_start"] >= first) & (rows["period_end"] <= last)
    return rows[inside].groupby("force_id")["count"].sum()


def residents(vintage: str) -> pd.Series:
    """Populations of mid-2016 by force."""
    rows = pd.read_csv(DATA / "populations.csv")
    return rows[(rows["mid_year"] == 2016) & (rows["vintage"] == vintage)].set_index("force_id")["population"]


def people(vintage: str) -> pd.Series:
    """Populations of mid-2016 by force, the City of London's by day."""
    rows, found = pd.read_csv(DATA / "populations.csv"), residents(vintage)
    by_day = rows.set_index(["force_id", "vintage"])["population"]["city-of-london", "daytime-2014"]
    return found.where(found.index != "city-of-london", by_day)


def nonzero(one: Change) -> set[str]:
    """Return the causes that have a part in a change."""
    return {cause for cause, part in one.split.parts.items() if part}
