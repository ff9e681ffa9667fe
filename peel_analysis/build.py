"""Remaking the count tables of data/ from the published files, byte for byte."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from peel_analysis import counts as shape
from peel_analysis.sources import Account, Reading, SourceError, outcomes, police_force_areas, recorded_crime
from peel_analysis.sources.published_files import FILES, PROVENANCE_COLUMNS, PublishedFile
from peel_analysis.sources.reading import POPULATION_COLUMNS
from peel_analysis.sources.sheets import open_book
from peel_analysis.sources.transcribed import READERS as TRANSCRIBED

POPULATIONS = "populations"
POPULATION_KEY = ("vintage", "mid_year", "force_id")
PROVENANCE_KEY = ("table", "release")


@dataclass
class Tables:
    """All tables of one build, in memory: count tables by (item, release), populations, and where each comes from."""

    counts: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)
    populations: list[pd.DataFrame] = field(default_factory=list)
    provenance: list[dict[str, str]] = field(default_factory=list)


def build(raw: Path, out: Path) -> list[Account]:
    """Write `counts/<item>/<release>.csv`, populations.csv and provenance.csv in `out`; return an account of each file.

    `raw` holds the published files under the publishers' folders (`home_office`, `ons`). Tables that were read off
    public pages come from the folder `facts` beside `raw`; without it they stay as they are in `out`, and their
    accounts say so. All tables are made and checked before the first is written. Raises SourceError or TableError.
    """
    if not raw.is_dir():
        raise SourceError(f"{raw}: no such folder; give the one that holds home_office and ons")
    tables = Tables()
    accounts = [_add(published, raw, out, tables) for published in FILES]
    texts = {
        out / "counts" / item / f"{release}.csv": shape.as_text(shape.check(table, f"{item}/{release}.csv"))
        for (item, release), table in tables.counts.items()
    }
    populations = pd.concat(tables.populations, ignore_index=True)
    texts[out / "populations.csv"] = shape.as_text(check_populations(populations, "populations.csv"), POPULATION_KEY)
    provenance = pd.DataFrame(tables.provenance, columns=list(PROVENANCE_COLUMNS))
    texts[out / "provenance.csv"] = shape.as_text(provenance, PROVENANCE_KEY)
    for path, text in texts.items():
        shape.write_text(text, path)
    return accounts


def check_populations(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the populations unchanged. Raises TableError for wrong columns, a repeated key or a population below 1."""
    shape.check_columns(rows.columns, name, POPULATION_COLUMNS)
    for wrong, found in (
        (rows.duplicated(list(POPULATION_KEY)), "repeats an earlier line's force, mid-year and vintage"),
        (rows["population"] < 1, "a population below 1"),
    ):
        if wrong.any():
            row = rows[wrong].iloc[0]
            raise shape.TableError(
                f"{name}: {found} ({row['force_id']}, mid-{row['mid_year']}, vintage {row['vintage']}); "
                "keep one true row"
            )
    return rows


def _add(published: PublishedFile, raw: Path, out: Path, tables: Tables) -> Account:
    """Add the tables of one file, read anew or, for a transcribed file that is not there, as they are in `out`."""
    path = raw / published.file if published.reader in READERS else raw.parent / published.file
    if published.reader in TRANSCRIBED and not path.is_file():
        return _keep(published, out, tables)
    if not path.is_file():
        raise SourceError(
            f"{path}: no such file; put the published file there ({published.publisher}: {published.title})"
        )
    read = READERS.get(published.reader) or TRANSCRIBED[published.reader]
    reading = read(path, published)
    for item, release in published.tables:
        if item == POPULATIONS:
            tables.populations.append(reading.populations[reading.populations["vintage"] == release])
        else:
            tables.counts[item, release] = reading.counts[reading.counts["item"] == item]
        row = {"table": item, "release": release, "source_file": published.file, "sha256": reading.account.sha256}
        tables.provenance.append(published.words() | row)
    return reading.account


def _keep(published: PublishedFile, out: Path, tables: Tables) -> Account:
    """Take over the tables of `out` that a missing transcribed file would make."""
    for item, release in published.tables:
        if item == POPULATIONS:
            before = _existing(out / "populations.csv", {"mid_year": "int64", "population": "int64"})
            tables.populations.append(before[before["vintage"] == release])
        else:
            tables.counts[item, release] = shape.read(out / "counts" / item / f"{release}.csv")
        rows = _existing(out / "provenance.csv", {})
        kept = rows[(rows["table"] == item) & (rows["release"] == release)]
        tables.provenance += [{str(key): str(value) for key, value in row.items()} for row in kept.to_dict("records")]
    return Account(
        file=published.file,
        sha256="",
        format="transcribed table",
        release=published.tables[0][1],
        notes=("the file is not there; the tables made from it stay as they are",),
    )


def _existing(path: Path, types: dict[str, str]) -> pd.DataFrame:
    if not path.is_file():
        raise SourceError(f"{path}: no such file, and no facts folder beside the raw folder to make it from; give one")
    return pd.read_csv(path, dtype=str, keep_default_na=False).astype(types)


def _read_recorded_crime(path: Path, published: PublishedFile) -> Reading:
    return recorded_crime.read(open_book(path), published.release)


def _read_outcomes(path: Path, published: PublishedFile) -> Reading:
    return outcomes.read(open_book(path), published.release)


def _read_areas(path: Path, published: PublishedFile) -> Reading:
    rates, mid_years = published.vintages
    return police_force_areas.read(open_book(path), published.release, rates, mid_years)


READERS: dict[str, Callable[[Path, PublishedFile], Reading]] = {
    "recorded crime": _read_recorded_crime,
    "outcomes": _read_outcomes,
    "police force areas": _read_areas,
}
