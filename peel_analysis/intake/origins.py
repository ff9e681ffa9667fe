"""What provenance.csv says of a file that is added: whose it is, under which licence, and how its table was made."""

from pathlib import Path

import pandas as pd

from peel_analysis.checks.holdings import read_made
from peel_analysis.data.published_files import published_files, words_for_added
from peel_analysis.sources.published_files import PROVENANCE_COLUMNS, PublishedFile

PROVENANCE = "provenance.csv"
ADDED = "named {release} when it was added with peel data add"


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
    return next((published for published in published_files() if tables & set(published.tables)), None)


def origin(format_name: str, release: str) -> dict[str, str]:
    """Return the words of provenance.csv for a file of this format that is in no list."""
    return words_for_added(format_name) | {"release_words": ADDED.format(release=release)}
