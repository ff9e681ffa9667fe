"""Remaking the count tables of data/ from the published files, byte for byte."""

from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from peel_analysis.checks.tables_held import PRINTED, PRINTED_COLUMNS, Key, read_made
from peel_analysis.data import counts as shape
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import Forces
from peel_analysis.data.populations import POPULATIONS as POPULATIONS_FILE
from peel_analysis.data.registers import records
from peel_analysis.data.settings import PUBLISHED_FILES, PublishedFile
from peel_analysis.data.writing import write_files
from peel_analysis.intake import registers
from peel_analysis.intake.registers import POPULATIONS, PROVENANCE_COLUMNS
from peel_analysis.sources.formats import FORMATS, TRANSCRIBED, TRANSCRIPTS, read_transcript
from peel_analysis.sources.reading import Account, Reading
from peel_analysis.sources.sheets import SourceError, open_book

FORMAT_OF = {known.reader: known for known in FORMATS if known.reader}


@dataclass
class Tables:
    """All tables of one build, in memory: count tables by (item, release), and the registers that go with them."""

    counts: dict[Key, pd.DataFrame] = field(default_factory=dict)
    populations: list[pd.DataFrame] = field(default_factory=list)
    printed: list[pd.DataFrame] = field(default_factory=list)
    provenance: list[dict[str, str]] = field(default_factory=list)


def build(raw: Path, data: Data) -> list[Account]:
    """Write `counts/<item>/<release>.csv` and the registers beside them in a data folder; return each file's account.

    `raw` holds the published files under the publishers' folders (`home_office`, `ons`). Tables that were read off
    public pages come from the folder `facts` beside `raw`; without it they stay as they are, and their accounts say so.
    What `peel data add` has put there stays. All tables are made and checked before the first is written. Raises
    SourceError, TableError, or InputError for what data/published_files.toml declares.
    """
    if not raw.is_dir():
        raise SourceError(f"{raw}: no such folder; give the one that holds home_office and ons")
    tables = Tables()
    accounts = [_add(published, raw, data, tables) for published in data.published_files.files]
    _keep_added(data, tables)
    populations = pd.concat(tables.populations, ignore_index=True)
    printed = pd.concat([pd.DataFrame(columns=list(PRINTED_COLUMNS), dtype=str), *tables.printed], ignore_index=True)
    provenance = pd.DataFrame(tables.provenance, columns=list(PROVENANCE_COLUMNS))
    write_files(registers.texts_of(data, tables.counts, populations, printed, provenance))
    return accounts


def _add(published: PublishedFile, raw: Path, data: Data, tables: Tables) -> Account:
    """Add the tables of one file, read anew or, for a transcribed file that is not there, as they are."""
    is_transcribed = published.reader in TRANSCRIPTS
    if not is_transcribed and published.reader not in FORMAT_OF:
        known = ", ".join((*FORMAT_OF, *TRANSCRIPTS))
        raise SourceError(
            f"data/{PUBLISHED_FILES}, {published.file}: no reader {published.reader!r}; use one of {known}"
        )
    path = (raw.parent if is_transcribed else raw) / published.file
    if not path.is_file():
        if is_transcribed:
            return _keep(published, data, tables)
        raise SourceError(
            f"{path}: no such file; put the published file there ({published.publisher}: {published.title}, "
            f"{published.release_words}). Not all of these files can be had outside the project (README.md, Limits): "
            "data/ holds what was made of them, and `peel data add` takes in a file that is published"
        )
    reading = registers.with_notes(_read(path, published, data.forces), data)
    for item, release in published.tables:
        if item == POPULATIONS:
            tables.populations.append(reading.populations[reading.populations["vintage"] == release])
        else:
            tables.counts[item, release] = shape.combine([reading.counts[reading.counts["item"] == item]])
        row = {"table": item, "release": release, "source_file": published.file, "sha256": reading.account.sha256}
        tables.provenance.append(published.words() | row)
    tables.printed.append(registers.printed_rows(reading.account, published.release))
    return reading.account


def _read(path: Path, published: PublishedFile, forces: Forces) -> Reading:
    if published.reader in TRANSCRIPTS:
        return read_transcript(path, published, forces)
    return FORMAT_OF[published.reader].read(open_book(path), published.release, forces, vintages=published.vintages)


def _keep_added(data: Data, tables: Tables) -> None:
    """Keep the rows of the registers that belong to tables which no file of this build makes."""
    made = {pair for published in data.published_files.files for pair in published.tables}
    tables.provenance += records(registers.without(registers.read_provenance(data), ("table", "release"), made))
    populations = registers.read_populations(data)
    vintages = {release for item, release in made if item == POPULATIONS}
    tables.populations.append(populations[~populations["vintage"].isin(vintages)])
    tables.printed.append(registers.without(read_made(data, PRINTED, PRINTED_COLUMNS), ("item", "release"), made))


def _keep(published: PublishedFile, data: Data, tables: Tables) -> Account:
    """Keep the tables that a missing transcribed file would make."""
    provenance = registers.read_provenance(data)
    for item, release in published.tables:
        if not (data.has(POPULATIONS_FILE) if item == POPULATIONS else data.holds(item, release)):
            name = POPULATIONS_FILE if item == POPULATIONS else f"counts/{item}/{release}.csv"
            raise SourceError(
                f"data/{name}: no such file, and no facts folder beside the raw folder to make it from; give one"
            )
        if item == POPULATIONS:
            before = registers.read_populations(data)
            tables.populations.append(before[before["vintage"] == release])
        else:
            tables.counts[item, release] = data.counts(item, release)
        tables.provenance += records(provenance[(provenance["table"] == item) & (provenance["release"] == release)])
    return Account(
        file=published.file,
        sha256="",
        format=TRANSCRIBED,
        release=published.tables[0][1],
        notes=("the file is not there; the tables made from it stay as they are",),
    )
