"""What the checks look at and what they find: tables held or about to be added, and findings under a rule."""

import functools
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Sized
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from peel_analysis.data import counts as shape
from peel_analysis.data.errors import Faults
from peel_analysis.data.files import Rows, rows_of
from peel_analysis.data.folder import Data
from peel_analysis.data.forces import Forces
from peel_analysis.data.periods import Period
from peel_analysis.data.settings import Rule

PRINTED = "printed_totals.csv"
PRINTED_COLUMNS = ("item", "release", "area", "period_end", "printed", "without", "bodies")
PROVENANCE = "provenance.csv"
PROVENANCE_WORDS = ("publisher", "title", "release_words", "licence", "how_made")
PROVENANCE_COLUMNS = ("table", "release", *PROVENANCE_WORDS, "source_file", "sha256")
MADE = ((PRINTED, PRINTED_COLUMNS), (PROVENANCE, PROVENANCE_COLUMNS))  # registers that are made with the counts
KEYS = {PRINTED: ("item", "release", "area", "period_end"), PROVENANCE: ("table", "release", "source_file")}
NUMBERS = ("printed", "bodies")
PERIOD = ("period_start", "period_end")
Key = tuple[str, str]  # item and release
T = TypeVar("T")
FIRST = 12  # findings of one check that a brief account names


@dataclass(frozen=True)
class Finding:
    """What a check found in one place: a table ("item release"), a force and a period where it is about one."""

    level: str
    table: str
    found: str
    force_id: str = ""
    period: str = ""

    def line(self, forces: Forces) -> str:
        """Return the finding as one line: level, table, force, period, what was found."""
        who = forces.name(self.force_id) if self.force_id else ""
        place = ", ".join(filter(None, (self.table, who, self.period)))  # without one, what was found names it
        return f"  {self.level}: {place}{': ' if place else ''}{self.found}"


@dataclass(frozen=True)
class CheckResult:
    """A check's result: how much it looked at, in words, and what it found."""

    rule: Rule
    looked_at: str
    findings: tuple[Finding, ...] = ()

    def number(self, level: str) -> int:
        """Return how many findings have this level."""
        return sum(finding.level == level for finding in self.findings)

    def lines(self, forces: Forces, *, brief: bool = False, findings: bool = True) -> Iterator[str]:
        """Yield the rule, the result and each finding, as lines for a terminal; `brief` has rules only of findings.

        Without `findings` they are counted alone.
        """
        levels = (("error", "errors"), ("query", "queries"))
        numbers = [f"{n} {one if n == 1 else plural}" for one, plural in levels if (n := self.number(one))]
        result = f"{self.looked_at}: {' and '.join(numbers) or 'nothing wrong'}"
        whole = numbers or not brief
        yield f"{self.rule.id}: {self.rule.rule if whole else result}"
        if whole:
            yield f"  {result}"
        if not findings:
            return
        said = self.findings[:FIRST] if brief else self.findings
        yield from (finding.line(forces) for finding in said)
        if len(said) < len(self.findings):
            yield f"  and {len(self.findings) - len(said)} more"


def errors(results: Iterable[CheckResult]) -> int:
    """Return how many findings are errors."""
    return sum(result.number("error") for result in results)


def lines(results: Sequence[CheckResult], forces: Forces, *, brief: bool = False) -> Iterator[str]:
    """Yield the results as lines for a terminal, and a last line with the numbers of errors and queries."""
    for result in results:
        yield from result.lines(forces, brief=brief)
    queries = sum(result.number("query") for result in results)
    yield f"{errors(results)} errors, {queries} queries; a query is for a person to look at, and is no error"


@dataclass(frozen=True, eq=False)
class TablesHeld:
    """The counts of a data folder by item and release; `added` stand in place of what is there.

    `cells` say how many rows the file has that is added, as its reading does.
    """

    data: Data
    added: Mapping[Key, pd.DataFrame] = field(default_factory=dict)
    added_printed: pd.DataFrame | None = None
    cells: pd.DataFrame = field(default_factory=pd.DataFrame)
    _made: dict[Hashable, Any] = field(default_factory=dict)

    def once(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns, made once for all checks of these tables; `what` names it."""
        if what not in self._made:
            self._made[what] = make()
        made: T = self._made[what]
        return made

    def tables(self) -> list[Key]:
        """Return the (item, release) pairs of all tables, in order."""
        return self.once("tables", lambda: sorted({*self.data.tables, *self.added}))

    def others(self, key: Key) -> list[tuple[str, pd.DataFrame]]:
        """Return the other tables of an item by release, the latest last, with the one that `key` stands in place of.

        That one comes last. A table that is not in shape is left out: its own check says so.
        """
        names = sorted((name for item, name in self.tables() if item == key[0] and name != key[1]), key=release_order)
        read = [(name, functools.partial(self.counts, (key[0], name))) for name in names]
        if key in self.added and self.data.holds(*key):
            read.append((key[1], functools.partial(self.data.counts, *key)))
        tables = []
        for name, counts in read:
            with suppress(shape.TableError):
                tables.append((name, counts()))
        return tables

    def counts(self, key: Key) -> pd.DataFrame:
        """Return a table of counts. Raises TableError for one that is not in shape."""
        if key not in self.added:
            return self.data.counts(*key)
        name = f"{'/'.join(key)}.csv"
        return self.once(("checked", key), lambda: shape.check(self.added[key], name, forces=self.data.forces))

    def totals(self, key: Key) -> pd.DataFrame:
        """Return a table's counts by force_id and period over its dimensions."""
        return self.once(("totals", key), lambda: whole_counts(self.counts(key)))

    def totals_of_others(self, key: Key, *, partial: bool = True) -> list[tuple[str, pd.DataFrame, pd.DataFrame]]:
        """Return the name, rows and totals of each of the `others`, with or without counts that leave something out.

        A table without any rows is left out.
        """

        def totals_of(rows: pd.DataFrame) -> pd.DataFrame | None:
            counted = rows if partial else rows[rows["status"] != "partial"]
            return whole_counts(counted) if len(counted) else None

        found = []
        for name, rows in self.others(key):
            asked = ("others", key[0], name, name == key[1], partial)
            totals = self.once(asked, functools.partial(totals_of, rows))
            if totals is not None:
                found.append((name, rows, totals))
        return found

    def printed(self) -> pd.DataFrame:
        """Return the printed totals as text, with PRINTED_COLUMNS; empty where none are kept."""
        return read_made(self.data, PRINTED, PRINTED_COLUMNS) if self.added_printed is None else self.added_printed


def whole_counts(rows: pd.DataFrame, period: Sequence[str] = PERIOD) -> pd.DataFrame:
    """Return the count of all dimensions together by force (rows) and period (columns, in order).

    That is the one that the publisher gives, where there is one, else the sum; missing where none is held.
    """
    if "all" in rows["dimension"].unique():
        rows = rows[rows["dimension"] == "all"]
    counted = rows.assign(count=rows["count"].astype(float)).groupby(["force_id", *period])["count"]
    return counted.sum(min_count=1).unstack(list(period)).sort_index(axis="columns")


def release_order(release: str) -> tuple[bool, str]:
    """Return a key that puts dated releases ("2026-04") after those named otherwise, the latest last."""
    return release[:4].isdigit() and release[5:].isdigit(), release


def is_month(release: str) -> bool:
    """Return whether a release is named for a month, as 2026-04; 2011-12 may be a financial year, and is not."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", release)
    return bool(match) and int(release[5:]) != (int(release[:4]) + 1) % 100


def read_made(data: Data, name: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return a register that is made with the counts, as text; empty, with its columns, where there is none yet.

    Raises InputError for other columns, each row with a cell too many or too few, each that repeats another's key or
    has text where a number is, and a file that is not UTF-8.
    """
    if not data.has(name):
        return pd.DataFrame(columns=list(columns), dtype=str)
    where = f"data/{name}"
    with Faults() as faults:
        rows = rows_of(data.path(name), where, lambda found: shape.check_columns(found, where, columns), faults)
        faults.add(f"{where}, line {line}: {wrong}" for line, wrong in _wrong(rows, KEYS.get(name, ())))
    return shape.texts_of(pd.DataFrame({column: rows.column(column) for column in rows.columns}, dtype=str))


def _wrong(rows: Rows, key: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the rows of a register, with the line: a number that is none, a key that is repeated."""
    for column in NUMBERS:
        for line, cell in zip(rows.lines, rows.column(column) if column in rows.columns else (), strict=False):
            if not shape.NUMBER.fullmatch(cell):
                yield line, f"{column} is '{cell}'; write a number"
    keys = list(zip(*map(rows.column, key), strict=True))
    first = dict(zip(reversed(keys), reversed(rows.lines), strict=False))
    for line, one in zip(rows.lines, keys, strict=False):
        if first[one] != line:
            yield line, f"repeats the key of line {first[one]} ({', '.join(one)}); keep one of the two"


def quarters_of(rows: pd.DataFrame) -> dict[str, str]:
    """Return the last day of each period of three whole months in a table, by its first, in order."""
    every = periods_of(rows)
    return {start: end for start, end in every if start.endswith("-01") and Period.parse(start, end).months == 3}


def periods_of(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the different periods of a table, first and last day, in order."""
    return sorted(rows[list(PERIOD)].drop_duplicates().itertuples(index=False, name=None))


def marked(wrong: pd.DataFrame, *tables: pd.DataFrame) -> Iterator[tuple[str, tuple[str, str], list[float]]]:
    """Yield force, period, and the numbers in each of the tables, of every cell that is marked wrong."""
    for row, column in zip(*np.nonzero(wrong.to_numpy(dtype=bool)), strict=True):
        numbers = [float(table.to_numpy(dtype=float)[row, column]) for table in tables]
        yield str(wrong.index[row]), wrong.columns[column], numbers


def number_of_tables(tables: Sized) -> str:
    """Return how many tables there are, in words."""
    return f"{len(tables)} table{'s' if len(tables) != 1 else ''}"
