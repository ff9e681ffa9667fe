"""One file on its way into the data folder: what it holds, what would change, and the writing of it."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from peel_analysis.checks.rules import CheckResult, errors
from peel_analysis.checks.table_checks import check
from peel_analysis.checks.tables_held import (
    PRINTED,
    PRINTED_COLUMNS,
    Key,
    TablesHeld,
    periods_of,
    read_made,
    release_order,
)
from peel_analysis.data import counts as shape
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.settings import PublishedFile
from peel_analysis.data.writing import write_files
from peel_analysis.intake import registers
from peel_analysis.sources import data_return
from peel_analysis.sources.formats import Format, recognise
from peel_analysis.sources.reading import Account, Reading
from peel_analysis.sources.sheets import Book, open_book

ROW = tuple(column for column in shape.COUNTS_KEY if column != "release")


@dataclass(frozen=True)
class Difference:
    """How many rows of a table are new, revised and unchanged."""

    table: str
    new: int
    revised: int
    unchanged: int

    @property
    def line(self) -> str:
        """The numbers as one line for a terminal."""
        return f"  {self.table}: {self.new:,} rows new, {self.revised:,} revised, {self.unchanged:,} unchanged"


@dataclass(frozen=True, eq=False)
class Addition:
    """What a file would change. `texts` are the files of the data folder that would be other than they are."""

    account: Account
    differences: tuple[Difference, ...]
    remarks: tuple[str, ...]
    results: tuple[CheckResult, ...]
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


def plan(file: Path, data: Data, release: str = "", not_supplied: Collection[str] = ()) -> Addition:
    """Return what adding a file to a data folder would change; nothing is written.

    Without `release` it is the one under which this very file is in already, else the one that the file names.
    Raises SourceError for a file that is not understood, or only in part, TableError for rows that are not in shape,
    and InputError for a file that names no release, and for a release that another file has given other periods.
    """
    book = open_book(file)
    known = recognise(book)
    provenance = registers.read_provenance(data)
    published = registers.known_file(provenance, book.sha256, data)
    if release and published and release not in (published.release, *(name for _, name in published.tables)):
        published = None
    release = _release(release, known, book, provenance, published)
    if not_supplied and not known.may_lack_forces:
        raise InputError(f"--not-supplied: a {known.name} says itself which figures were not supplied; leave it out")
    vintages = published.vintages if published else ("", "")
    reading = registers.with_notes(known.read(book, release, data.forces, not_supplied, vintages), data)
    tables = _tables(reading, data, known)
    printed = registers.replaced(
        read_made(data, PRINTED, PRINTED_COLUMNS),
        registers.printed_rows(reading.account, release),
        ("item", "release"),
        tables,
    )
    held = TablesHeld(data, tables, printed)
    return Addition(
        account=reading.account,
        differences=tuple(_differences(reading, data)),
        remarks=tuple(_remarks(held, list(tables), provenance, release, book.sha256)),
        results=tuple(check(held, list(tables))),
        texts=_changed(data, reading, tables, printed, _provenance_after(data, provenance, reading, tables, published)),
    )


def _release(chosen: str, known: Format, book: Book, provenance: pd.DataFrame, published: PublishedFile | None) -> str:
    if chosen:
        if not all(letter.isalnum() or letter in "-._" for letter in chosen) or chosen.startswith("."):
            raise InputError(f"--release {chosen}: use letters, digits and hyphens, such as 2026-04; it names a file")
        return chosen
    before = registers.releases_of_file(provenance, book.sha256)
    release = published.release if published else before[0] if before else known.release(book)
    if not release:
        raise InputError(
            f"{book.file}: the file does not say which release it is; give --release, such as --release 2026-04 for "
            "one that was published in April 2026"
        )
    return release


def _tables(reading: Reading, data: Data, known: Format) -> dict[Key, pd.DataFrame]:
    """Return the tables as they would be: a return joins what its release holds, any other file replaces it."""
    tables = {}
    for key, rows in _by_table(reading):
        before = _stored(data, key)
        if before is None:
            tables[key] = rows
        elif known.name == data_return.FORMAT:
            tables[key] = shape.combine([registers.replaced(before, rows, ROW)])
        else:
            lost = [period for period in periods_of(before) if period not in set(periods_of(rows))]
            if lost:
                raise InputError(
                    f"{reading.account.file}: release {key[1]} of {key[0]} is in the data folder with {len(lost)} "
                    f"periods that this file does not hold ({lost[0][0]} to {lost[-1][1]}); give another --release, "
                    "and both stay side by side"
                )
            tables[key] = rows
    return tables


def _by_table(reading: Reading) -> Iterator[tuple[Key, pd.DataFrame]]:
    for (item, release), rows in reading.counts.groupby(["item", "release"], sort=True):
        yield (str(item), str(release)), shape.combine([rows])


def _stored(data: Data, key: Key) -> pd.DataFrame | None:
    return data.counts(*key) if data.holds(*key) else None


def _differences(reading: Reading, data: Data) -> Iterator[Difference]:
    for key, rows in _by_table(reading):
        yield difference(" ".join(key), _stored(data, key), rows, ROW)
    before = registers.read_populations(data)
    for vintage, rows in reading.populations.groupby("vintage", sort=True):
        same = before[before["vintage"] == vintage]
        yield difference(f"populations {vintage}", same, rows, registers.POPULATION_KEY)


def difference(table: str, before: pd.DataFrame | None, after: pd.DataFrame, key: Sequence[str]) -> Difference:
    """Return how the rows after stand to those before; a row with the same key and other content is revised."""
    if before is None or before.empty:
        return Difference(table, len(after), 0, 0)
    content = [str(column) for column in after.columns if column not in key]
    both = after.merge(before[[*key, *content]], on=list(key), how="inner", suffixes=("", "_before"))
    same = pd.Series(True, index=both.index)
    for column in content:
        one, other = both[column], both[f"{column}_before"]
        same &= ((one == other) | (one.isna() & other.isna())).fillna(False).astype(bool)
    unchanged = int(same.sum())
    return Difference(table, len(after) - len(both), len(both) - unchanged, unchanged)


def _remarks(
    held: TablesHeld, tables: Sequence[Key], provenance: pd.DataFrame, release: str, sha256: str
) -> Iterator[str]:
    others = registers.releases_of_file(provenance, sha256)
    if others and release not in others:
        yield f"  the same file is in already as release {', '.join(others)}"
    for key in tables:
        if line := _beside_other_release(held, key):
            yield line


def _beside_other_release(held: TablesHeld, key: Key) -> str:
    """Return, in words, how many counts differ from the latest other release with some of the same rows, or ""."""
    item, release = key
    others = [other for other in held.tables() if other[0] == item and other[1] != release]
    for other in sorted(others, key=lambda one: release_order(one[1]), reverse=True):
        both = held.counts(key).merge(held.counts(other), on=list(ROW), suffixes=("", "_other"))
        if both.empty:
            continue
        apart = both["count"].astype(float) - both["count_other"].astype(float)
        differ = int((apart.abs() > 0).sum())
        total = float(both["count_other"].astype(float).sum())
        return (
            f"  {item} {release} beside {other[1]}: {differ:,} of {len(both):,} counts that both hold differ; "
            f"their sum is {apart.sum():+,.0f} ({100 * apart.sum() / total if total else 0:+.2f}%)"
        )
    return ""


def _provenance_after(
    data: Data, provenance: pd.DataFrame, reading: Reading, tables: Collection[Key], published: PublishedFile | None
) -> pd.DataFrame:
    """Return the provenance with the file's rows in place of those of the same table and release.

    Several returns of forces can make one table: each keeps its row, by the name of its file.
    """
    account = reading.account
    named = f"named {account.release} when it was added with peel data add"
    added = {} if published else data.published_files.words_for(account.format) | {"release_words": named}
    words = published.words() if published else added
    source_file = published.file if published else account.file
    rows = registers.provenance_rows(tables, reading.populations, words, source_file, account.sha256)
    is_return = account.format == data_return.FORMAT
    return registers.replaced(provenance, rows, registers.PROVENANCE_KEY[: 3 if is_return else 2])


def _changed(
    data: Data, reading: Reading, tables: dict[Key, pd.DataFrame], printed: pd.DataFrame, provenance: pd.DataFrame
) -> dict[Path, str]:
    """Return the texts of the files that would change, checked."""
    populations = None
    if len(reading.populations):
        before = registers.read_populations(data)
        populations = registers.replaced(before, reading.populations, ("vintage", "mid_year"))
    texts = registers.texts_of(data, tables, populations, printed if len(printed) else None, provenance)
    return {path: text for path, text in texts.items() if not _stands(path, text)}


def _stands(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text
