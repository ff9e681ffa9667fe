"""An edition of the report: its windows, populations, releases and registers, and what it takes of its data folder."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from peel_analysis.data import reads, registers
from peel_analysis.data.edition_file import (
    BothEnds,
    EarlierPopulation,
    EditionFile,
    Lack,
    NationalPopulation,
    PopulationInstead,
    Release,
    edition_file_in,
)
from peel_analysis.data.errors import InputError
from peel_analysis.data.files import text_of, wrong_name
from peel_analysis.data.forces import Forces
from peel_analysis.data.periods import Period
from peel_analysis.data.programmes import Programme
from peel_analysis.data.registers import A_PROGRAMME, SOURCES, Register
from peel_analysis.data.settings import SectionPlan

if TYPE_CHECKING:
    import pandas as pd

    from peel_analysis.data.folder import Data

POPULATION = "population"
CITATION = r"\[\^[0-9]{1,4}\]"  # of a note, in findings
Findings = Mapping[tuple[str, str], str]  # the text by the titles of section and sub-heading


@dataclass(frozen=True, eq=False)
class Edition:
    """One edition of a data folder. Immutable: `replace` gives another with one input swapped."""

    data: "Data"
    settings: EditionFile
    windows: Mapping[str, Period]
    mid_year: int
    vintage: str
    population_instead: Mapping[str, PopulationInstead]
    national_population: NationalPopulation | None
    earlier_population: EarlierPopulation | None
    releases: Mapping[str, Release]
    lacks: Mapping[str, Lack]
    leave_out_incomplete: bool = False

    @property
    def id(self) -> str:
        """The edition's id: "2017"."""
        return self.settings.id

    @property
    def title(self) -> str:
        """The title of its reports."""
        return self.settings.title

    @property
    def file(self) -> str:
        """The edition's file, as an error names it."""
        return f"data/editions/{self.id}.toml"

    @property
    def forces(self) -> Forces:
        """The 43 forces of its data folder."""
        return self.data.forces

    @property
    def key(self) -> str:
        """What all that is worked out from it depends on, but for the content of the files and the package, as text."""
        return f"{self.data!r} {self.choices}"

    @cached_property
    def choices(self) -> str:
        """What it chooses of its data folder, as text."""
        people = (self.mid_year, self.vintage, self.population_instead, self.national_population)
        chosen = (self.windows, *people, self.earlier_population, self.releases, self.lacks)
        return repr((self.settings, *chosen, self.leave_out_incomplete))

    def __repr__(self) -> str:
        return f"<edition {self.id} of {self.data.folder}>"

    @property
    def is_as_declared(self) -> bool:
        """Whether it is the one of its data folder, and not one that `replace` has given."""
        return self.data.has_given(self)

    def window(self, name: str) -> Period:
        """Return a window by its name in the edition's file. Raises InputError when it has none of that name."""
        if name not in self.windows:
            raise InputError(f"{self.file}: no window '{name}'; add it under [windows]")
        return self.windows[name]

    def release_of(self, item: str) -> str:
        """Return the release that the edition takes an item from, or "" when it has no public table."""
        return self.releases[item].release if item in self.releases else ""

    def counts(self, item: str) -> "pd.DataFrame | None":
        """Return an item's counts, or None without a public table; InputError for a release that is not held."""
        if item not in self.releases:
            return None
        source = self.releases[item]
        if not self.data.holds(source.item, source.release):
            file = f"data/counts/{source.item}/{source.release}.csv"
            found = f"{item} is to come from release {source.release}, but {file} does not exist"
            raise InputError(f"{self.file}: {found}; add the file with `peel data add` or name another release")
        return self.data.counts(source.item, source.release)

    @property
    def populations(self) -> "pd.DataFrame":
        """One row a force, by force_id: population, status ("reported" or "estimated") and what explains it."""
        import pandas as pd  # as in `Data.register`

        asked = ("populations", self.id, self.mid_year, self.vintage, repr(self.population_instead))
        columns = (POPULATION, "status", "sentence")
        index = pd.Index(self.forces.ids, name="force_id")
        made = self.data.cached(asked, lambda: pd.DataFrame(self._populations(), columns=columns, index=index))
        return made.copy(deep=False)  # what is written into it divides nothing

    @property
    def national_populations(self) -> "pd.Series[float]":
        """What each force adds to the denominator of England and Wales, by force_id: its residents, if so declared."""
        residents = self if self.national_population is None else self.with_population(residents_only=True)
        return residents.populations[POPULATION]

    def of_mid_year(self, mid_year: int) -> "Edition":
        """Return the edition with the populations of another mid-year: one before its own is of the set for these."""
        if mid_year == self.mid_year:
            return self
        return self.with_population(mid_year=mid_year, vintage=self.vintage_of(mid_year))

    def vintage_of(self, mid_year: int) -> str:
        """Return the set of estimates that a mid-year's populations are taken from."""
        earlier = self.earlier_population
        return self.vintage if earlier is None or mid_year == self.mid_year else earlier.vintage

    def mid_year_for(self, own: Period, window: Period) -> int:
        """Return the mid-year that stands to a window as the edition's stands to `own`, a later window or the same."""
        months = (own.end.year - window.end.year) * 12 + own.end.month - window.end.month
        return self.mid_year - months // 12

    def mid_year_held(self, own: Period, window: Period) -> int:
        """Return the same mid-year where every force's population of it is held, else the edition's own."""
        year = self.mid_year_for(own, window)
        return year if year in self.mid_years else self.mid_year

    def _populations(self) -> Iterator[tuple[float, str, str]]:
        table = self.data.populations
        for force_id in self.forces.ids:
            instead = self.population_instead.get(force_id)
            mid_year, vintage = (instead or self).mid_year, (instead or self).vintage
            if (force_id, mid_year, vintage) not in table:
                held = ", ".join(sorted({one for _, year, one in table if year == mid_year})) or "none"
                raise InputError(
                    f"data/populations.csv: no population of {force_id} for mid-{mid_year} in vintage {vintage}; add "
                    f"the row, or name another vintage in {self.file} (for that year: {held})"
                )
            said = (instead.status, instead.sentence) if instead else ("reported", "")
            yield table[force_id, mid_year, vintage], *said

    @property
    def mid_years(self) -> frozenset[int]:
        """The mid-years of which every force's population is held, in the set that the edition takes that year from.

        Those that are replaced are left aside, unless England and Wales counts them.
        """
        return frozenset(year for year, vintage in self._complete() if vintage == self.vintage_of(year))

    @property
    def vintages(self) -> tuple[str, ...]:
        """The vintages that have every force's population of the edition's mid-year; the replaced ones as before."""
        return tuple(sorted(vintage for year, vintage in self._complete() if year == self.mid_year))

    def _complete(self) -> set[tuple[int, str]]:
        """Return the mid-years and vintages that lack no force but those whose population is assumed."""
        needed = set(self.forces.ids) - (set() if self.national_population else set(self.population_instead))
        return {key for key, force_ids in self.data.populations_of.items() if needed <= force_ids}

    def register(self, register: Register) -> "pd.DataFrame":
        """Return the edition's rows of a register: those of this edition or `all`.

        Where `edition` names a programme of inspections, they are the rows of the edition's own programme.
        """
        rows = self.data.register(register)
        return rows[rows["edition"].isin(self._named_in(register))].reset_index(drop=True)

    def about(self, register: Register, force_id: str, question_id: str) -> list[Mapping[str, str]]:
        """Return the edition's rows of a register that are about a force and a question."""
        return _about(self, force_id, register.file, question_id)

    def records(self, register: Register) -> tuple[Mapping[str, str], ...]:
        """Return the same rows as mappings of text, for reading one after the other."""
        asked = ("records", register, self.id, self._programme_id)
        own = self._named_in(register)
        return self.data.cached(
            asked, lambda: tuple(row for row in self.data.records(register) if row["edition"] in own)
        )

    def _named_in(self, register: Register) -> tuple[str, ...]:
        """Return what the column `edition` of a register says in rows that are the edition's."""
        return (self._programme_id,) if register.edition_is == A_PROGRAMME else (self.id, "all")

    @property
    def _programme_id(self) -> str:
        return self.settings.judgments or self.id

    @property
    def programme(self) -> Programme | None:
        """The programme of inspections whose judgments stand in its reports; None for an edition without one."""
        return self.data.programmes.get(self._programme_id)

    @property
    def sections(self) -> tuple[SectionPlan, ...]:
        """The sections of its reports, in order, under the titles of its programme; without one, all that there are."""
        return self.data.cached(("sections", self._programme_id), self._sections)

    def _sections(self) -> tuple[SectionPlan, ...]:
        programme = self.programme
        if programme is None:
            return self.data.sections
        mine = [one for one in self.data.sections if not one.programmes or programme.id in one.programmes]
        return tuple(one.of(programme) for one in mine)

    def section(self, section_id: str) -> SectionPlan:
        """Return a section of its reports by its id. Raises InputError, with the list, for one that there is not."""
        by_id = {plan.id: plan for plan in self.sections}
        if section_id not in by_id:
            raise InputError(f"No section '{section_id}' in edition {self.id}; its sections are {', '.join(by_id)}")
        return by_id[section_id]

    def sources(self, source_ids: Iterable[str] | None = None) -> list[Mapping[str, str]]:
        """Return rows of the sources register: those that the edition lists (all without a list), or for `source_ids`.

        A measure names its sources once; an edition with another release of a table says so under `source_instead`.
        """
        if source_ids is None:
            return _listed_sources(self)
        instead = self.settings.source_instead
        return _sources(self, *dict.fromkeys(instead.get(source_id, source_id) for source_id in source_ids))

    def findings(self, force_id: str) -> Findings:
        """Return what inspectors found in a force, in Markdown, by the titles of section and sub-heading.

        It is empty for a force without a file; the text before a section's first sub-heading stands under "". Raises
        InputError for a sub-heading before any section heading.
        """
        file = f"findings/{self.id}/{force_id}.md"
        if not self.data.has(file):
            return {}
        return self.data.cached(file, lambda: _findings_in(self.data.path(file), f"data/{file}"))

    def cited(self, force_id: str, section_title: str) -> list[int]:
        """Return the numbers of the footnotes that a section's findings cite as [^4], in order."""
        text = "\n".join(words for (title, _), words in self.findings(force_id).items() if title == section_title)
        return sorted({int(found[2:-1]) for found in re.findall(CITATION, text)})

    def notes(self, numbers: Iterable[int]) -> list[Mapping[str, str]]:
        """Return the footnotes of some numbers: rows of their register."""
        return _notes(self, *map(str, numbers))

    def with_population(
        self, *, vintage: str | None = None, mid_year: int | None = None, residents_only: bool = False
    ) -> "Edition":
        """Return the edition with another vintage or year of the populations, or with residents only everywhere."""
        instead = MappingProxyType({}) if residents_only else self.population_instead
        year, chosen = mid_year or self.mid_year, vintage or self.vintage
        of_own_set = self.earlier_population if chosen == self.settings.population.vintage else None
        return replace(self, mid_year=year, vintage=chosen, population_instead=instead, earlier_population=of_own_set)

    def with_counts(self, item: str, rows: "pd.DataFrame") -> "Edition":
        """Return the edition with a user's table of counts of an item of its own, by force; nothing is written.

        Raises InputError for an item that the data folder knows already, and as `counts.of_frame` does.
        """
        from peel_analysis.data.counts import OWN, OWN_TABLE, of_frame  # as in `Data.register`

        known = {*(one for measure in self.data.measures for one in measure.items), *self.releases, *self.lacks}
        if item in known | {one for one, _ in self.data.tables} and self.release_of(item) != OWN:
            raise InputError(f"{OWN_TABLE.format(item)}: the data folder has an item of that name; give yours another")
        if wrong := wrong_name(item):
            raise InputError(f"{OWN_TABLE.format(item)}: its name {wrong}")
        table = self.data.with_table(item, OWN, of_frame(rows, item, forces=self.forces))
        releases = {**self.releases, item: Release(item=item, release=OWN)}
        return replace(self, data=table, releases=MappingProxyType(releases))

    def over_time(self, items: Iterable[str]) -> "Edition":
        """Return the edition from which an earlier year of some items is taken: itself, or with tables of both years.

        Those are named under `both_ends`. A value is set against an earlier year in them alone, never across releases.
        """
        named = {item: Release(item=item, release=self.settings.both_ends[item].release) for item in self.both(items)}
        return replace(self, releases=MappingProxyType({**self.releases, **named})) if named else self

    def both(self, items: Iterable[str]) -> dict[str, BothEnds]:
        """Return those of some items whose earlier year comes from another table than their own, with the table."""
        return {item: self.settings.both_ends[item] for item in items if item in self.settings.both_ends}

    def without_incomplete(self) -> "Edition":
        """Return the edition that leaves forces with an incomplete record of outcomes out of England and Wales."""
        return replace(self, leave_out_incomplete=True)


@reads.question("rows", reads.as_text)
def _about(edition: Edition, force_id: str, file: str, question_id: str) -> list[Mapping[str, str]]:
    rows = edition.records(next(one for one in registers.ALL if one.file == file))
    return [row for row in rows if row["force_id"] == force_id and row["question"] == question_id]


@reads.question("notes", reads.as_text)
def _notes(edition: Edition, *numbers: str) -> list[Mapping[str, str]]:
    return [row for row in edition.records(registers.FOOTNOTES) if str(int(row["number"])) in numbers]


@reads.question("listed", reads.as_text)
def _listed_sources(edition: Edition) -> list[Mapping[str, str]]:
    listed = edition.settings.sources
    every = (row["source_id"] for row in edition.data.records(SOURCES))
    return _sources(edition, *(every if listed is None else listed))


@reads.question("sources", reads.as_text)
def _sources(edition: Edition, *source_ids: str) -> list[Mapping[str, str]]:
    data = edition.data
    known = data.cached(("sources by id",), lambda: {row["source_id"]: row for row in data.records(SOURCES)})
    if unknown := [source_id for source_id in source_ids if source_id not in known]:
        raise InputError(f"{edition.file}: no source '{unknown[0]}' in data/sources.csv; add its row or mend the id")
    return [known[source_id] for source_id in source_ids]


def edition_in(given: Mapping[str, Any], name: str, data: "Data") -> Edition:
    """Return the edition that a file declares. Raises InputError for all that is not as it must be in the file."""
    settings, lacks = edition_file_in(given, name, data)
    return Edition(
        data=data,
        settings=settings,
        windows=MappingProxyType({name: window.period for name, window in settings.windows.items()}),
        mid_year=settings.population.mid_year,
        vintage=settings.population.vintage,
        population_instead=MappingProxyType(settings.population.instead),
        national_population=settings.population.national,
        earlier_population=settings.population.earlier,
        releases=MappingProxyType(settings.releases),
        lacks=MappingProxyType(lacks),
    )


def _findings_in(path: Path, where: str) -> Findings:
    """Return a file of findings, split at its headings."""
    parts: dict[tuple[str, str], list[str]] = {}
    faults: list[str] = []
    section = heading = ""
    for number, line in enumerate(text_of(path, where).splitlines(), start=1):
        if line.startswith("## "):
            section, heading = line[3:].strip(), ""
        elif line.startswith("### "):
            if not section:
                faults.append(f"{where}, line {number}: a ### heading before any ## heading; put it under one")
            heading = line[4:].strip()
        elif not line.startswith("# "):
            parts.setdefault((section, heading), []).append(line)
    if faults:
        raise InputError(*faults)
    return {key: "\n".join(lines).strip() for key, lines in parts.items()}
