"""The registers that go with the counts: notes on single ones; populations, printed totals and provenance."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from peel_analysis.checks.holdings import PRINTED_COLUMNS, Key, read_made, read_printed
from peel_analysis.data import counts as shape
from peel_analysis.data.populations import read_populations as check_stored
from peel_analysis.data.registers import COUNT_NOTES, read_register
from peel_analysis.sources import data_return
from peel_analysis.sources.published_files import PROVENANCE_COLUMNS
from peel_analysis.sources.reading import POPULATION_COLUMNS, Account, Reading

POPULATIONS = "populations.csv"
POPULATION_KEY = ("vintage", "mid_year", "force_id")
PROVENANCE_KEY = ("table", "release", "source_file")
PRINTED_KEY = ("item", "release", "area", "period_end")


def with_notes(reading: Reading) -> Reading:
    """Return the reading with the statuses that publishers' footnotes give single counts (data/count_notes.csv).

    A note is about an item, a force and a period, in every release and dimension. A count whose own cell says more than
    "reported" keeps what it says. Raises InputError for a row of the register that is wrong.
    """
    notes = read_register(COUNT_NOTES).set_index(list(COUNT_NOTES.key))["status"]
    noted = notes.reindex(pd.MultiIndex.from_frame(reading.counts[list(COUNT_NOTES.key)])).to_numpy()
    stands = (reading.counts["status"] != "reported") | pd.isna(noted)
    return replace(reading, counts=reading.counts.assign(status=reading.counts["status"].where(stands, noted)))


def read_populations(folder: Path) -> pd.DataFrame:
    """Return populations.csv with whole numbers; empty, with its columns, where there is none.

    Raises InputError for a row that is wrong.
    """
    if (folder / POPULATIONS).is_file():
        check_stored(folder)
    return read_made(folder, POPULATIONS, POPULATION_COLUMNS).astype({"mid_year": "int64", "population": "int64"})


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


def populations_after(folder: Path, added: pd.DataFrame) -> pd.DataFrame:
    """Return the folder's populations with those of each vintage and mid-year added in place of earlier ones."""
    before = read_populations(folder)
    replaced = set(zip(added["vintage"], added["mid_year"], strict=True))
    kept = [pair not in replaced for pair in zip(before["vintage"], before["mid_year"], strict=True)]
    return pd.concat([before[pd.Series(kept, index=before.index, dtype=bool)], added], ignore_index=True)


def populations_text(rows: pd.DataFrame) -> str:
    """Return populations.csv as text. Raises TableError for rows that are not in shape."""
    return shape.as_text(check_populations(rows, POPULATIONS), POPULATION_KEY)


def printed_rows(account: Account, release: str) -> pd.DataFrame:
    """Return the totals that a file prints, as rows of printed_totals.csv."""
    rows = [
        (
            total.item,
            release,
            total.area,
            total.period_end,
            as_text(total.printed),
            ";".join(total.without),
            as_text(total.bodies),
        )
        for total in account.printed_totals
    ]
    return pd.DataFrame(rows, columns=list(PRINTED_COLUMNS), dtype=str)


def printed_after(folder: Path, added: pd.DataFrame, tables: Iterable[Key]) -> pd.DataFrame:
    """Return the folder's printed totals with those of the tables added in place of earlier ones."""
    before, replaced = read_printed(folder), {f"{item} {release}" for item, release in tables}
    kept = before[~(before["item"] + " " + before["release"]).isin(replaced)]
    return pd.concat([kept, added], ignore_index=True)


def printed_text(rows: pd.DataFrame) -> str:
    """Return printed_totals.csv as text."""
    return shape.as_text(rows, PRINTED_KEY)


def as_text(value: float) -> str:
    """Return a printed total as text, without a decimal point where it is whole."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def origin_rows(
    tables: Iterable[Key], populations: pd.DataFrame, words: dict[str, str], source_file: str, sha256: str
) -> pd.DataFrame:
    """Return the rows of provenance.csv for the tables and population vintages of one file."""
    keys = [*tables, *(("populations", str(vintage)) for vintage in populations["vintage"].unique())]
    rows = [
        words | {"table": item, "release": release, "source_file": source_file, "sha256": sha256}
        for item, release in keys
    ]
    return pd.DataFrame(rows, columns=list(PROVENANCE_COLUMNS), dtype=str)


def provenance_after(before: pd.DataFrame, added: pd.DataFrame, format_name: str) -> pd.DataFrame:
    """Return the provenance with the rows added in place of those of the same table and release.

    Several returns of forces can make one table: each keeps its row, by the name of its file.
    """
    key: Sequence[str] = PROVENANCE_KEY if format_name == data_return.FORMAT else PROVENANCE_KEY[:2]
    replaced = set(added[list(key)].itertuples(index=False, name=None))
    kept = [row not in replaced for row in before[list(key)].itertuples(index=False, name=None)]
    return pd.concat([before[pd.Series(kept, index=before.index, dtype=bool)], added], ignore_index=True)


def provenance_text(rows: pd.DataFrame) -> str:
    """Return provenance.csv as text."""
    return shape.as_text(rows, PROVENANCE_KEY)
