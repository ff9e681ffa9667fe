"""Remaking the count tables of data/ from the published files, byte for byte."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from peel_analysis.checks.holdings import PRINTED, PRINTED_COLUMNS, read_printed
from peel_analysis.data import counts as shape
from peel_analysis.data.published_files import WHERE, published_files
from peel_analysis.data.writing import write_files
from peel_analysis.intake import registers
from peel_analysis.intake.dictionary import README, with_provenance
from peel_analysis.intake.origins import PROVENANCE, read_provenance
from peel_analysis.sources import Account, Reading, SourceError, outcomes, police_force_areas, recorded_crime, workforce
from peel_analysis.sources.published_files import PROVENANCE_COLUMNS, PublishedFile
from peel_analysis.sources.sheets import open_book
from peel_analysis.sources.transcribed import READERS as TRANSCRIBED

POPULATIONS = "populations"


@dataclass
class Tables:
    """All tables of one build, in memory: count tables by (item, release), and the registers that go with them."""

    counts: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)
    populations: list[pd.DataFrame] = field(default_factory=list)
    printed: list[pd.DataFrame] = field(default_factory=list)
    provenance: list[dict[str, str]] = field(default_factory=list)


def build(raw: Path, out: Path) -> list[Account]:
    """Write `counts/<item>/<release>.csv` and the registers beside them in `out`; return an account of each file.

    `raw` holds the published files under the publishers' folders (`home_office`, `ons`). Tables that were read off
    public pages come from the folder `facts` beside `raw`; without it they stay as they are in `out`, and their
    accounts say so. What `peel data add` has put into `out` stays. All tables are made and checked before the first is
    written. Raises SourceError, TableError, or InputError for what data/published_files.toml declares.
    """
    if not raw.is_dir():
        raise SourceError(f"{raw}: no such folder; give the one that holds home_office and ons")
    tables = Tables()
    accounts = [_add(published, raw, out, tables) for published in published_files()]
    _keep_added(out, tables)
    texts = {
        out / "counts" / item / f"{release}.csv": shape.as_text(shape.check(table, f"{item}/{release}.csv"))
        for (item, release), table in tables.counts.items()
    }
    provenance = pd.DataFrame(tables.provenance, columns=list(PROVENANCE_COLUMNS))
    printed = pd.concat([pd.DataFrame(columns=list(PRINTED_COLUMNS), dtype=str), *tables.printed], ignore_index=True)
    texts[out / registers.POPULATIONS] = registers.populations_text(pd.concat(tables.populations, ignore_index=True))
    texts[out / PRINTED] = registers.printed_text(printed)
    texts[out / PROVENANCE] = registers.provenance_text(provenance)
    if (out / README).is_file():
        texts[out / README] = with_provenance((out / README).read_text(encoding="utf-8"), provenance)
    write_files(texts)
    return accounts


def _add(published: PublishedFile, raw: Path, out: Path, tables: Tables) -> Account:
    """Add the tables of one file, read anew or, for a transcribed file that is not there, as they are in `out`."""
    read = READERS.get(published.reader) or TRANSCRIBED.get(published.reader)
    if read is None:
        known = ", ".join((*READERS, *TRANSCRIBED))
        raise SourceError(f"{WHERE}, {published.file}: no reader {published.reader!r}; use one of {known}")
    path = raw / published.file if published.reader in READERS else raw.parent / published.file
    if published.reader in TRANSCRIBED and not path.is_file():
        return _keep(published, out, tables)
    if not path.is_file():
        raise SourceError(
            f"{path}: no such file; put the published file there ({published.publisher}: {published.title}, "
            f"{published.release_words}). Not all of these files can be had outside the project (README.md, Limits): "
            "data/ holds what was made of them, and `peel data add` takes in a file that is published"
        )
    reading = registers.with_notes(read(path, published))
    for item, release in published.tables:
        if item == POPULATIONS:
            tables.populations.append(reading.populations[reading.populations["vintage"] == release])
        else:
            tables.counts[item, release] = shape.combine([reading.counts[reading.counts["item"] == item]])
        row = {"table": item, "release": release, "source_file": published.file, "sha256": reading.account.sha256}
        tables.provenance.append(published.words() | row)
    tables.printed.append(registers.printed_rows(reading.account, published.release))
    return reading.account


def _keep_added(out: Path, tables: Tables) -> None:
    """Take over from `out` the rows of the registers that belong to tables which no file of this build makes."""
    made = {pair for published in published_files() for pair in published.tables}
    for row in read_provenance(out).to_dict("records"):
        if (row["table"], row["release"]) not in made:
            tables.provenance.append({str(key): str(value) for key, value in row.items()})
    populations = registers.read_populations(out)
    vintages = {release for item, release in made if item == POPULATIONS}
    tables.populations.append(populations[~populations["vintage"].isin(vintages)])
    printed = read_printed(out)
    here = [pair not in made for pair in zip(printed["item"], printed["release"], strict=True)]
    tables.printed.append(printed[pd.Series(here, index=printed.index, dtype=bool)])


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


def _read_workforce(path: Path, published: PublishedFile) -> Reading:
    return workforce.read(open_book(path), published.release)


READERS: dict[str, Callable[[Path, PublishedFile], Reading]] = {
    "recorded crime": _read_recorded_crime,
    "outcomes": _read_outcomes,
    "police force areas": _read_areas,
    "workforce": _read_workforce,
}
