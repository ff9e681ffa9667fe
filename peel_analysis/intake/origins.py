"""What provenance.csv says of a file that is added: whose it is, under which licence, and how its table was made."""

from pathlib import Path

import pandas as pd

from peel_analysis.checks.holdings import read_made
from peel_analysis.sources import data_return, outcomes, police_force_areas, recorded_crime, workforce
from peel_analysis.sources.published_files import (
    AREA_TABLES,
    BY_GROUP,
    BY_TYPE,
    FILES,
    HOME_OFFICE,
    LICENCE,
    ONS,
    OUTCOMES,
    PROVENANCE_COLUMNS,
    RECORDED_CRIME,
    WORKFORCE,
    WORKFORCE_HOW,
    PublishedFile,
)

PROVENANCE = "provenance.csv"
ADDED = "named {release} when it was added with peel data add"
WORDS = {
    recorded_crime.FORMAT: (HOME_OFFICE, RECORDED_CRIME, LICENCE, BY_GROUP),
    outcomes.FORMAT: (HOME_OFFICE, OUTCOMES, LICENCE, BY_TYPE),
    police_force_areas.FORMAT: (
        ONS,
        AREA_TABLES,
        LICENCE,
        "incidents as printed; populations as printed, or incidents divided by the printed rate where it is exact",
    ),
    workforce.FORMAT: (HOME_OFFICE, WORKFORCE, LICENCE, WORKFORCE_HOW),
    data_return.FORMAT: (
        "the forces named in it",
        "Data return to HMICFRS",
        "not published; whoever added it knows its terms",
        "as returned",
    ),
}


def read_provenance(folder: Path) -> pd.DataFrame:
    """Return provenance.csv as text; empty, with its columns, where there is none."""
    return read_made(folder, PROVENANCE, PROVENANCE_COLUMNS)


def added_as(provenance: pd.DataFrame, sha256: str) -> list[str]:
    """Return the releases under which this very file is in the data folder already, counts before populations."""
    mine = provenance[provenance["sha256"] == sha256]
    ordered = mine.sort_values("table", key=lambda tables: tables == "populations", kind="stable")
    return list(dict.fromkeys(ordered["release"]))


def known_file(provenance: pd.DataFrame, sha256: str) -> PublishedFile | None:
    """Return the description of a file of `peel data build` that provenance.csv knows by its digest, or None."""
    mine = provenance[provenance["sha256"] == sha256]
    tables = set(zip(mine["table"], mine["release"], strict=True))
    return next((published for published in FILES if tables & set(published.tables)), None)


def origin(format_name: str, release: str) -> dict[str, str]:
    """Return the words of provenance.csv for a file of this format that is in no list."""
    publisher, title, licence, how_made = WORDS[format_name]
    return {
        "publisher": publisher,
        "title": title,
        "release_words": ADDED.format(release=release),
        "licence": licence,
        "how_made": how_made,
    }
