"""One file on its way into the data folder: what it holds, what would change, and the writing of it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from peel_analysis.checks.checking import check, errors
from peel_analysis.checks.holdings import PRINTED, Holdings, Key, periods_of
from peel_analysis.checks.rules import Result
from peel_analysis.data import counts as shape
from peel_analysis.data.errors import InputError
from peel_analysis.data.writing import write_files
from peel_analysis.intake import registers
from peel_analysis.intake.dictionary import README, with_provenance
from peel_analysis.intake.differences import ROW, Difference, difference, elsewhere
from peel_analysis.intake.origins import PROVENANCE, added_as, known_file, origin, read_provenance
from peel_analysis.sources import Format, Reading, data_return, police_force_areas, recognise
from peel_analysis.sources.published_files import PublishedFile
from peel_analysis.sources.reading import Account
from peel_analysis.sources.sheets import Book, open_book


@dataclass(frozen=True, eq=False)
class Addition:
    """What a file would change. `texts` are the files of the data folder that would be other than they are."""

    account: Account
    differences: tuple[Difference, ...]
    remarks: tuple[str, ...]
    results: tuple[Result, ...]
    texts: dict[Path, str]

    @property
    def is_sound(self) -> bool:
        """True when no check finds an error in what would be added."""
        return errors(self.results) == 0

    def lines(self) -> Iterator[str]:
        """Yield what was read, and how it stands to what the data folder holds, as lines for a terminal."""
        yield from self.account.lines()
        for one in self.differences:
            yield one.line
        yield from self.remarks

    def write(self) -> None:
        """Write what changes: all files beside their places first, then each renamed into place."""
        write_files(self.texts)


def plan(file: Path, folder: Path, release: str = "", not_supplied: Collection[str] = ()) -> Addition:
    """Return what adding a file to a data folder would change; nothing is written.

    Without `release` it is the one under which this very file is in already, else the one that the file names.
    Raises SourceError for a file that is not understood, or only in part, TableError for rows that are not in shape,
    and InputError for a file that names no release, and for a release that another file has given other periods.
    """
    book = open_book(file)
    known = recognise(book)
    provenance = read_provenance(folder)
    published = known_file(provenance, book.sha256)
    if release and published and release not in (published.release, *(name for _, name in published.tables)):
        published = None
    release = _release(release, known, book, provenance, published)
    reading = registers.with_notes(_read(known, book, release, not_supplied, published))
    tables = _tables(reading, folder, known)
    printed = registers.printed_after(folder, registers.printed_rows(reading.account, release), list(tables))
    holdings = Holdings(folder, tables, printed)
    words = published.words() if published else origin(known.name, release)
    source_file = published.file if published else book.file
    origins = registers.origin_rows(tables, reading.populations, words, source_file, book.sha256)
    provenance_after = registers.provenance_after(provenance, origins, known.name)
    return Addition(
        account=reading.account,
        differences=tuple(_differences(reading, folder)),
        remarks=tuple(_remarks(reading, holdings, list(tables), provenance, release)),
        results=tuple(check(holdings, list(tables))),
        texts=_changed(folder, tables, reading.populations, printed, provenance_after),
    )


def _release(given: str, known: Format, book: Book, provenance: pd.DataFrame, published: PublishedFile | None) -> str:
    if given:
        if not all(letter.isalnum() or letter in "-._" for letter in given) or given.startswith("."):
            raise InputError(f"--release {given}: use letters, digits and hyphens, such as 2026-04; it names a file")
        return given
    before = added_as(provenance, book.sha256)
    release = published.release if published else before[0] if before else known.release(book)
    if not release:
        raise InputError(
            f"{book.file}: the file does not say which release it is; give --release, such as --release 2026-04 for "
            "one that was published in April 2026"
        )
    return release


def _read(
    known: Format, book: Book, release: str, not_supplied: Collection[str], published: PublishedFile | None
) -> Reading:
    if not_supplied and not known.may_lack_forces:
        raise InputError(f"--not-supplied: a {known.name} says itself which figures were not supplied; leave it out")
    options: dict[str, object] = {"not_supplied": not_supplied} if not_supplied else {}
    if known.name == police_force_areas.FORMAT and published:
        options["rates_vintage"], options["mid_years_vintage"] = published.vintages
    return known.read(book, release, **options)


def _tables(reading: Reading, folder: Path, known: Format) -> dict[Key, pd.DataFrame]:
    """Return the tables as they would be: a return joins what its release holds, any other file replaces it."""
    tables = {}
    for (item, release), rows in reading.counts.groupby(["item", "release"], sort=True):
        key = (str(item), str(release))
        after = shape.combine([rows])
        before = _stored(folder, key)
        if before is not None and known.name == data_return.FORMAT:
            kept = before.merge(after[list(ROW)], on=list(ROW), how="left", indicator="where")
            after = shape.combine([kept[kept["where"] == "left_only"], after])
        elif before is not None:
            _refuse_lost_periods(key, before, after, reading.account.file)
        tables[key] = after
    return tables


def _refuse_lost_periods(key: Key, before: pd.DataFrame, after: pd.DataFrame, file: str) -> None:
    lost = [period for period in periods_of(before) if period not in set(periods_of(after))]
    if lost:
        (first, _), (_, last) = lost[0], lost[-1]
        raise InputError(
            f"{file}: release {key[1]} of {key[0]} is in the data folder with {len(lost)} periods that this file does "
            f"not hold ({first} to {last}); give another --release, and both stay side by side"
        )


def _stored(folder: Path, key: Key) -> pd.DataFrame | None:
    path = folder / "counts" / key[0] / f"{key[1]}.csv"
    return shape.read(path) if path.is_file() else None


def _differences(reading: Reading, folder: Path) -> Iterator[Difference]:
    for (item, release), rows in reading.counts.groupby(["item", "release"], sort=True):
        key = (str(item), str(release))
        yield difference(f"{item} {release}", _stored(folder, key), shape.combine([rows]), ROW)
    before = registers.read_populations(folder)
    for vintage, rows in reading.populations.groupby("vintage", sort=True):
        same = before[before["vintage"] == vintage]
        yield difference(f"populations {vintage}", same, rows, registers.POPULATION_KEY)


def _remarks(
    reading: Reading, holdings: Holdings, tables: Sequence[Key], provenance: pd.DataFrame, release: str
) -> Iterator[str]:
    others = [name for name in added_as(provenance, reading.account.sha256) if (provenance["release"] == name).any()]
    if others and release not in others:
        yield f"  the same file is in already as release {', '.join(others)}"
    for key in tables:
        if line := elsewhere(holdings, key, holdings.counts(key)):
            yield line


def _changed(
    folder: Path,
    tables: dict[Key, pd.DataFrame],
    populations: pd.DataFrame,
    printed: pd.DataFrame,
    provenance: pd.DataFrame,
) -> dict[Path, str]:
    """Return the texts of the files that would change, checked; the data dictionary follows the provenance."""
    texts = {
        folder / "counts" / item / f"{release}.csv": shape.as_text(shape.check(rows, f"{item}/{release}.csv"))
        for (item, release), rows in tables.items()
    }
    if len(populations):
        texts[folder / registers.POPULATIONS] = registers.populations_text(
            registers.populations_after(folder, populations)
        )
    if len(printed):
        texts[folder / PRINTED] = registers.printed_text(printed)
    texts[folder / PROVENANCE] = registers.provenance_text(provenance)
    if (folder / README).is_file():
        texts[folder / README] = with_provenance((folder / README).read_text(encoding="utf-8"), provenance)
    return {path: text for path, text in texts.items() if not _stands(path, text)}


def _stands(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
