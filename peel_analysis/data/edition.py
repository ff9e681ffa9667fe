"""An edition of the report: its windows, populations, releases and registers, read from one small TOML file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from peel_analysis.data import cache as kept
from peel_analysis.data import counts as counts_table
from peel_analysis.data import forces, registers, settings
from peel_analysis.data.data_files import checked, settings_of
from peel_analysis.data.errors import InputError
from peel_analysis.data.location import data_folder
from peel_analysis.data.periods import Period
from peel_analysis.data.populations import POPULATION, read_populations
from peel_analysis.data.settings import Lack, PopulationInstead, Release

__all__ = [
    "POPULATION",
    "Edition",
    "Lack",
    "PopulationInstead",
    "Release",
    "editions",
    "open_edition",
    "read_populations",
]

SETTINGS: dict[str, type] = {
    "id": str,
    "title": str,
    "inspected_title": str,
    "judgments": str,
    "about": str,
    "sources": list,
    "source_instead": dict,
    "windows": dict,
    "population": dict,
    "releases": dict,
    "lacks": dict,
}
OPTIONAL = ("inspected_title", "judgments", "about", "sources", "source_instead", "lacks")
POPULATION_SETTINGS: dict[str, type] = {"mid_year": int, "vintage": str, "sentence": str, "instead": dict}


@dataclass(frozen=True)
class Edition:
    """One edition. Immutable: `replace` gives another with one input swapped."""

    id: str
    title: str
    windows: Mapping[str, Period]
    mid_year: int
    vintage: str
    population_sentence: str
    population_instead: Mapping[str, PopulationInstead]
    releases: Mapping[str, Release]
    lacks: Mapping[str, Lack]
    folder: Path
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    leave_out_incomplete: bool = False

    def window(self, name: str) -> Period:
        """Return a window by its name in the edition's file. Raises InputError when it has none of that name."""
        if name not in self.windows:
            raise InputError(f"{self.file}: no window '{name}'; add it under [windows]")
        return self.windows[name]

    @property
    def file(self) -> str:
        """The edition's file, as an error names it."""
        return f"data/editions/{self.id}.toml"

    def release_of(self, item: str) -> str:
        """Return the release that the edition takes an item from, or "" when it has no public table."""
        return self.releases[item].release if item in self.releases else ""

    def counts(self, item: str) -> pd.DataFrame | None:
        """Return an item's counts in the edition's release, or None when it has no public table."""
        if item not in self.releases:
            return None
        source = self.releases[item]
        path = self.folder / "counts" / source.item / f"{source.release}.csv"
        if not path.exists():
            raise InputError(
                f"{self.file}: {item} is to come from release {source.release}, but data/counts/{source.item}/"
                f"{source.release}.csv does not exist; add the file with `peel data add` or name another release"
            )
        name = f"data/counts/{source.item}/{source.release}.csv"
        return _read_counts(path, path.stat().st_mtime_ns, name).copy(deep=False)

    @cached_property
    def populations(self) -> pd.DataFrame:
        """One row a force, by force_id: population, status ("reported" or "estimated") and what explains it."""
        rows = [self._population(self._all_populations, force_id) for force_id in forces.ids()]
        return pd.DataFrame(rows, columns=["force_id", POPULATION, "status", "sentence"]).set_index("force_id")

    @cached_property
    def mid_years(self) -> frozenset[int]:
        """The mid-years for which the edition's vintage has every force's population, the assumed ones left aside."""
        return frozenset(year for year, vintage in self._complete if vintage == self.vintage)

    @cached_property
    def vintages(self) -> tuple[str, ...]:
        """The vintages that have every force's population of the edition's mid-year, the assumed ones left aside."""
        return tuple(sorted(vintage for year, vintage in self._complete if year == self.mid_year))

    @cached_property
    def _complete(self) -> set[tuple[int, str]]:
        """Return the mid-years and vintages that lack no force but those whose population is assumed."""
        held: dict[tuple[int, str], set[str]] = {}
        for force_id, year, vintage in self._all_populations:
            held.setdefault((year, vintage), set()).add(force_id)
        needed = set(forces.ids()) - set(self.population_instead)
        return {key for key, force_ids in held.items() if needed <= force_ids}

    @property
    def _all_populations(self) -> dict[tuple[str, int, str], float]:
        path = self.folder / "populations.csv"
        return _read_populations(self.folder, path.stat().st_mtime_ns if path.exists() else 0)

    def _population(self, table: dict[tuple[str, int, str], float], force_id: str) -> tuple[str, float, str, str]:
        instead = self.population_instead.get(force_id)
        mid_year, vintage = (instead.mid_year, instead.vintage) if instead else (self.mid_year, self.vintage)
        key = (force_id, mid_year, vintage)
        if key not in table:
            held = sorted({one for _, year, one in table if year == mid_year})
            raise InputError(
                f"data/populations.csv: no population of {force_id} for mid-{mid_year} in vintage {vintage}; add the "
                f"row, or name another vintage in {self.file} (for that year: {', '.join(held) or 'none'})"
            )
        return force_id, table[key], instead.status if instead else "reported", instead.sentence if instead else ""

    def register(self, register: registers.Register) -> pd.DataFrame:
        """Return the edition's rows of a register (those whose `edition` is this one or `all`)."""
        rows = registers.read_register(register)
        return rows[rows["edition"].isin((self.id, "all"))].reset_index(drop=True)

    def register_of_judgments(self) -> pd.DataFrame:
        """Return the judgments that the edition shows: those of the programme that its file names, else its own."""
        rows = registers.read_register(registers.JUDGMENTS)
        programme = str(self.settings.get("judgments", self.id))
        return rows[rows["edition"] == programme].reset_index(drop=True)

    def sources(self, source_ids: Iterable[str] | None = None) -> list[dict[str, str]]:
        """Return rows of the sources register: those that the edition lists, or those that stand for `source_ids`.

        A measure names its sources once for all editions; an edition that takes the same table from another release
        says so under `source_instead`. An edition without a list has them all. Raises InputError for an unknown id.
        """
        known = {row["source_id"]: row for row in registers.records(registers.read_register(registers.SOURCES))}
        instead = self.settings.get("source_instead", {})
        if source_ids is None:
            chosen = list(self.settings.get("sources", known))
        else:
            chosen = list(dict.fromkeys(instead.get(source_id, source_id) for source_id in source_ids))
        unknown = [source_id for source_id in chosen if source_id not in known]
        if unknown:
            raise InputError(f"{self.file}: no source '{unknown[0]}' in data/sources.csv; add its row or mend the id")
        return [known[source_id] for source_id in chosen]

    def with_population(
        self, *, vintage: str | None = None, mid_year: int | None = None, residents_only: bool = False
    ) -> "Edition":
        """Return the edition with another vintage or year of the populations, or with residents only everywhere."""
        instead = MappingProxyType({}) if residents_only else self.population_instead
        year, chosen = mid_year or self.mid_year, vintage or self.vintage
        return replace(self, mid_year=year, vintage=chosen, population_instead=instead)

    def without_incomplete(self) -> "Edition":
        """Return the edition that leaves forces with an incomplete record of outcomes out of England and Wales."""
        return replace(self, leave_out_incomplete=True)


@cache
def _read_populations(folder: Path, changed: int) -> dict[tuple[str, int, str], float]:
    """Return the checked table of populations; `changed` is in the key so that an edit is seen."""
    del changed
    return read_populations(folder)


@cache
def _read_counts(path: Path, changed: int, name: str) -> pd.DataFrame:
    """Return a checked table of counts; `changed` is in the key so that an edit is seen."""
    if kept.folder() is None:
        return counts_table.read(path, name)
    held = kept.once("counts", (str(path), str(changed)), lambda: counts_table.as_bytes(counts_table.read(path, name)))
    return counts_table.from_bytes(held)


def editions() -> tuple[str, ...]:
    """Return the ids of the editions in the data folder, earliest first."""
    return tuple(sorted(path.stem for path in (data_folder() / "editions").glob("*.toml")))


def open_edition(edition_id: str | int) -> Edition:
    """Return an edition by its id.

    Raises InputError, with the list of editions, when there is none, and for a file that is not as it must be.
    """
    known = editions()
    name = str(edition_id).strip()
    if name not in known:
        raise InputError(f"No edition '{name}'; the editions are {', '.join(known) or '(none)'}")
    path = data_folder() / "editions" / f"{name}.toml"
    file = f"data/editions/{name}.toml"
    return _edition(name, checked(settings_of(path, file), file, SETTINGS, OPTIONAL), file)


def _edition(name: str, given: dict[str, Any], file: str) -> Edition:
    if given["id"] != name:
        raise InputError(f"{file}: id is '{given['id']}' and the file is named {name}.toml; give both the same name")
    where = f"{file}, [population]"
    population = checked(given["population"], where, POPULATION_SETTINGS, ["instead"])
    settings.check_named(given, file)
    return Edition(
        id=name,
        title=given["title"],
        windows=settings.windows(given["windows"], file),
        mid_year=population["mid_year"],
        vintage=population["vintage"],
        population_sentence=population["sentence"],
        population_instead=settings.population_instead(population.get("instead", {}), file),
        releases=settings.releases(given["releases"], file),
        lacks=settings.lacks(given.get("lacks", {}), file),
        folder=data_folder(),
        settings=MappingProxyType(given),
    )
