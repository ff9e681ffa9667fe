"""An edition whose inputs come from two sides: what a swap of one input at a time is calculated on."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import pandas as pd

from peel_analysis.changes.sides import Side, in_folder
from peel_analysis.data.edition import POPULATION, Edition, Release
from peel_analysis.data.registers import EXCLUSIONS, PUBLISHED_VALUES, Register
from peel_analysis.measures import Measure
from peel_analysis.measures.provenance import definition_of

REVISED, NEW, PEOPLE, EXCLUDED, DEFINED = (
    "revised_old_counts",
    "new_counts",
    "population",
    "exclusions",
    "code_or_definition",
)
ORDER = (REVISED, NEW, PEOPLE, EXCLUDED, DEFINED)
EXCLUDING = ("leave_out_incomplete",)  # an edition's own switches that leave forces out
IN_WORDS = {
    REVISED: "revised old counts (same window, other release)",
    NEW: "new counts (other window)",
    PEOPLE: "population",
    EXCLUDED: "exclusions",
    DEFINED: "code or definition",
}


class Source:
    """A side's inputs. `tables` holds the tables of counts that were read, so that two sides read a shared one once."""

    def __init__(self, side: Side, edition: Edition, tables: dict[tuple[Path, Release], pd.DataFrame | None]) -> None:
        self.side, self.edition, self.tables = side, edition, tables

    def counts(self, item: str) -> pd.DataFrame | None:
        """Return an item's counts in the side's release, or None when it has no public table."""
        if item not in self.edition.releases:
            return None
        key = (self.edition.folder, self.edition.releases[item])
        if key not in self.tables:
            self.tables[key] = self.edition.counts(item)
        return self.tables[key]

    @cached_property
    def populations(self) -> pd.DataFrame:
        """The side's populations by force."""
        with in_folder(self.side.folder):
            return self.edition.populations

    def register(self, register: Register) -> pd.DataFrame:
        """Return the side's rows of a register."""
        with in_folder(self.side.folder):
            return self.edition.register(register)

    def exclusions(self, measure: Measure) -> pd.DataFrame:
        """Return the rows that apply to a measure in the side's own year, marked as good for any year."""
        rows = self.register(EXCLUSIONS)
        year = str(self.edition.window(measure.window).end.year)
        mine = (rows["measure_id"] == measure.id) & rows["period_year"].isin((year, "all"))
        return rows[mine].assign(period_year="all").reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class MixedEdition(Edition):
    """An edition for the engine: windows of one source; counts, populations and registers of others."""

    windows_from: Source | None = None
    counts_from: Source | None = None
    population_from: Source | None = None
    published_from: Source | None = None
    exclusion_rows: pd.DataFrame | None = None

    def counts(self, item: str) -> pd.DataFrame | None:
        """Return an item's counts from the source of counts."""
        assert self.counts_from is not None
        return self.counts_from.counts(item)

    @property
    def populations(self) -> pd.DataFrame:
        """The populations of the source of populations."""
        assert self.population_from is not None
        return self.population_from.populations

    def register(self, register: Register) -> pd.DataFrame:
        """Return a register's rows; the exclusions may be another source's, chosen for its own year."""
        assert self.windows_from is not None
        assert self.published_from is not None
        if register is EXCLUSIONS and self.exclusion_rows is not None:
            return self.exclusion_rows
        return (self.published_from if register is PUBLISHED_VALUES else self.windows_from).register(register)


def mixed(measure: Measure, by_input: dict[str, Source]) -> MixedEdition:
    """Return the edition in which each input of ORDER comes from the source named for it.

    Published values, which have a window of their own, go with the windows when these differ, else with the counts.
    """
    counts, windows, people = by_input[REVISED], by_input[NEW], by_input[PEOPLE]
    own = {one.name: getattr(windows.edition, one.name) for one in fields(Edition)}
    own |= {name: getattr(counts.edition, name) for name in ("releases", "lacks", "folder")}
    own |= {
        name: getattr(people.edition, name)
        for name in ("mid_year", "vintage", "population_sentence", "population_instead")
    }
    excluded = by_input[EXCLUDED]
    own |= {name: getattr(excluded.edition, name) for name in EXCLUDING}
    return MixedEdition(
        **own,
        windows_from=windows,
        counts_from=counts,
        population_from=people,
        published_from=counts if _same_window(measure, counts, windows) else windows,
        exclusion_rows=None if excluded is windows else excluded.exclusions(measure),
    )


def differing(measure_a: Measure, measure_b: Measure, a: Source, b: Source) -> list[str]:
    """Return which inputs of a measure differ between the sources, in ORDER."""
    items = dict.fromkeys((*measure_a.items, *measure_b.items, measure_a.id))
    other_window = not _same_window(measure_a, a, b)
    published = not _published(measure_a, a).equals(_published(measure_b, b))
    found = {
        REVISED: _counts_differ(items, a, b) or (published and not other_window),
        NEW: other_window,
        PEOPLE: POPULATION in items and not a.populations.equals(b.populations),
        EXCLUDED: _exclusions_differ(measure_a, measure_b, a, b),
        DEFINED: definition_of(measure_a) != definition_of(measure_b),
    }
    return [cause for cause in ORDER if found[cause]]


def _same_window(measure: Measure, a: Source, b: Source) -> bool:
    names = [name for name in (measure.window, measure.earlier) if name]
    return all(a.edition.windows.get(name) == b.edition.windows.get(name) for name in names)


def _counts_differ(items: Iterable[str], a: Source, b: Source) -> bool:
    for item in items:
        if item == POPULATION:
            continue
        one, other = a.counts(item), b.counts(item)
        if one is None or other is None:
            if one is not other or a.edition.lacks.get(item) != b.edition.lacks.get(item):
                return True
        elif one is not other and not one.equals(other):
            return True
    return False


def one_has_no_table(measure: Measure, a: Source, b: Source) -> bool:
    """Return whether a side has no table of counts for an item of the measure: there is nothing to be revised."""
    items = set(measure.items) - {POPULATION}
    return not items or any(source.counts(item) is None for item in items for source in (a, b))


def _published(measure: Measure, source: Source) -> pd.DataFrame:
    rows = source.register(PUBLISHED_VALUES)
    mine = rows[rows["measure_id"].str.removesuffix("_n") == measure.id]
    return mine.drop(columns=["edition"]).reset_index(drop=True)


def _exclusions_differ(measure_a: Measure, measure_b: Measure, a: Source, b: Source) -> bool:
    switches = any(getattr(a.edition, name) != getattr(b.edition, name) for name in EXCLUDING)
    return switches or not _effects(measure_a, a).equals(_effects(measure_b, b))


def _effects(measure: Measure, source: Source) -> pd.DataFrame:
    rows = source.exclusions(measure).drop(columns=["edition", "said_in", "basis"])
    return rows.sort_values(["force_id", "effect"]).reset_index(drop=True)
