"""An edition as its TOML file declares it: windows, populations, releases, and why there is no figure of some items."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from peel_analysis.data import reads
from peel_analysis.data.declarations import Declaration, FileName, Texts, declared, entries, named
from peel_analysis.data.errors import Faults
from peel_analysis.data.periods import Period
from peel_analysis.data.programmes import PROGRAMMES
from peel_analysis.data.registers import SOURCES

if TYPE_CHECKING:
    from peel_analysis.data.folder import Data


class Window(Declaration):
    """A window: its last day, and either its first or how many months it has (0: a count as at that day)."""

    end: datetime.date = Field(description="the last day")
    start: datetime.date | None = Field(default=None, description="the first day, where it is not whole months")
    months: int | None = Field(default=None, description="the number of whole months; 0 for a count as at a day")

    @model_validator(mode="after")
    def _is_a_period(self) -> "Window":
        if self.start is not None and self.months is not None:
            raise ValueError("it has both a start and months; take one out")
        if self.start is not None and self.start > self.end:
            raise ValueError(f"it starts on {self.start}, after its end on {self.end}; exchange the dates")
        if self.start is None and (self.months is None or self.months < 0):
            raise ValueError(f"months is {self.months!r}; give a number (0 for a count as at a day) or a start")
        return self

    @property
    def period(self) -> Period:
        """The window as a period."""
        if self.start is not None:
            return Period(self.start, self.end)
        return Period.months_to(self.end, self.months) if self.months else Period(self.end, self.end)


class PopulationInstead(Declaration):
    """A force whose resident population is replaced, and why."""

    mid_year: int = Field(description="the year of the population that stands in")
    vintage: str = Field(description="its vintage in data/populations.csv")
    status: str = Field(description="the status of a value that rests on it")
    sentence: str = Field(description="why, as readers see it")


class NationalPopulation(Declaration):
    """Whom the rates of England and Wales divide by, where that is not the sum of what the forces' own divide by."""

    counts: Literal["residents"] = Field(description="residents of all its forces, each counted once")
    sentence: str = Field(description="why, as readers see it")


class EarlierPopulation(Declaration):
    """Which set of estimates has the populations of mid-years before the edition's own."""

    vintage: str = Field(description="which set of estimates, of data/populations.csv")
    sentence: str = Field(description="what they are, and how they stand to the edition's own, as readers see it")
    short: str = Field(default="", description="beside a value in a table or tile, where the two sets do not join")


class Population(Declaration):
    """Which populations the rates divide by."""

    mid_year: int = Field(description="the year of the estimates")
    vintage: str = Field(description="which set of estimates, of data/populations.csv")
    sentence: str = Field(description="what they are, as readers see it")
    instead: dict[str, PopulationInstead] = Field(default={}, description="forces whose population is replaced, by id")
    national: NationalPopulation | None = Field(
        default=None, description="whom England and Wales divides by; the sum over its forces if left out"
    )
    earlier: EarlierPopulation | None = Field(
        default=None, description="where earlier mid-years are from; the edition's own vintage if left out"
    )


class Release(Declaration):
    """Which table holds an item's counts: `data/counts/<item>/<release>.csv`."""

    item: FileName = Field(description="the item whose counts are taken")
    release: FileName = Field(description="the release of the table")


class BothEnds(Declaration):
    """The table that an item's earlier year comes from, with its later end, where the item's own has no such year."""

    release: FileName = Field(description="the release of the table, which holds both years")
    words: str = Field(description='what readers are told it is, as in "In ..., which holds both years, it was 9.1%"')


class LackEntry(Declaration):
    """Why an edition has no public figure for some items."""

    items: Texts = Field(description="the items, or surveys, that it holds for")
    short: str = Field(description="the reason in a few words")
    sentence: str = Field(description="the reason, as readers see it")


@dataclass(frozen=True)
class Lack:
    """Why an edition has no public figure for an item, and the status that says so."""

    status: str
    short: str
    sentence: str


def _as_releases(found: object) -> object:
    """Return releases given as texts as tables: an item takes its own counts unless another is named."""
    if not isinstance(found, Mapping):
        return found
    return {item: {"item": item, "release": one} if isinstance(one, str) else one for item, one in found.items()}


class EditionFile(Declaration):
    """An edition as its file declares it."""

    is_file: ClassVar[bool] = True
    id: FileName = Field(description="the edition's id, as its file is named")
    title: str = Field(description="the title of its reports")
    judgments: str = Field(default="", description="its programme of data/programmes.toml; its id if left out")
    about: str = Field(default="", description="what its reports say of themselves under the title")
    sources: Texts | None = Field(default=None, description="what Annex A lists; all sources if left out")
    source_instead: dict[str, str] = Field(default={}, description="sources that stand for those that measures name")
    windows: dict[str, Window] = Field(description="the windows, by the names that measures use")
    population: Population = Field(description="which populations its rates divide by")
    releases: Annotated[dict[str, Release], BeforeValidator(_as_releases)] = Field(description="item = release")
    both_ends: dict[str, BothEnds] = Field(
        default={}, description="by item, the table that an earlier year's value and its later end are both taken from"
    )
    lacks: dict[str, Any] = Field(default={}, description="status, then for which items there is no figure and why")


def edition_file_in(given: Mapping[str, Any], name: str, data: "Data") -> tuple[EditionFile, Mapping[str, Lack]]:
    """Return what an edition's file declares, and by item why there is no figure.

    Raises InputError for all that is not as it must be in the file.
    """
    where = f"data/editions/{name}.toml"
    settings = declared(EditionFile, given, where)
    with Faults() as faults:
        if settings.id != name:
            told = f"id is '{settings.id}' and the file is named {name}.toml; give both the same name"
            faults.add([f"{where}: {told}"])
        with reads.only_checked():
            faults.of(_check_names, settings, data, where)
            lacks = faults.of(_lacks, settings, data, where) or {}
    return settings, lacks


def _check_names(settings: EditionFile, data: "Data", where: str) -> None:
    """Refuse a source, programme, force or status that its register, where the folder has rows of it, is without."""
    with Faults() as faults:
        faults.of(_check_sources, settings, data, where)
        programmes = [settings.judgments] if settings.judgments else []
        faults.of(named, programmes, where, "judgments", data.programmes.ids, f"data/{PROGRAMMES}")
        replaced = settings.population.instead
        faults.of(named, replaced, f"{where}, [population]", "instead", data.forces.ids, "data/forces.csv")
        allowed = data.statuses.of_values(held=True) if replaced else ()
        faults.add(
            f"{where}, [population.instead], {force_id}: status is '{one.status}'; use one of {', '.join(allowed)}"
            for force_id, one in replaced.items()
            if one.status not in allowed
        )


def _check_sources(settings: EditionFile, data: "Data", where: str) -> None:
    instead = settings.source_instead
    known = {row["source_id"] for row in data.records(SOURCES)} if data.has(SOURCES.file) else set()
    with Faults() as faults:
        for name, found in (("sources", settings.sources or ()), ("source_instead", [*instead, *instead.values()])):
            faults.of(named, found if known else (), where, name, known, SOURCES.where)


def _lacks(settings: EditionFile, data: "Data", where: str) -> dict[str, Lack]:
    """Return by item why there is no figure. Raises InputError for a status that stands for a value or for nothing."""
    allowed = data.statuses.of_values(held=False) if settings.lacks else ()
    lacks: dict[str, Lack] = {}
    with Faults() as faults:
        for status, found in settings.lacks.items():
            if status not in allowed:
                told = f"no status '{status}' for a missing figure; use {', '.join(allowed)}"
                faults.add([f"{where}, [lacks]: {told}"])
                continue
            alone = [(f"{where}, [lacks.{status}]", found)]
            several = not isinstance(found, Mapping)
            rows = (faults.of(entries, settings.lacks, f"{where}, [lacks]", status) or []) if several else alone
            for place, row in rows:
                if (one := faults.of(declared, LackEntry, row, place)) is not None:
                    lacks |= {item: Lack(status, one.short, one.sentence) for item in one.items}
    return lacks
