"""The other declarations: sections, rules of checks, sets and lists of peers, and the files behind the counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from peel_analysis.data.declarations import (
    Declaration,
    FileName,
    FileNamePair,
    ListOf,
    Pair,
    declared,
    filled,
    named,
    refuse_headings,
    stated,
)
from peel_analysis.data.errors import Faults, InputError
from peel_analysis.data.files import notebooks_folder, rows_of
from peel_analysis.data.forces import Forces
from peel_analysis.data.periods import is_day
from peel_analysis.data.policy import JUDGMENT_WORDS
from peel_analysis.data.programmes import PROGRAMMES, Programme, Programmes

PEER_LISTS = "peers"
PEER_LIST_COLUMNS = ("title", "as_at", "force_id", "peer_id")
SECTIONS, CHECKS, PEER_SETS, PUBLISHED_FILES = "sections.toml", "checks.toml", "peer_sets.toml", "published_files.toml"
LEVELS = ("error", "query", "information")
MEASURES_FILE = "data/measures.toml"
OUTCOME_SPREAD, FURTHER_FIGURES = "outcome-spread", ("trend", "quarters", "funnel")
FIGURES_NAMED = "its figures with a number, in order: a measure, or one with -trend, -quarters, -funnel; outcome-spread"


class TileGroup(Declaration):
    """A group of tiles in Force in numbers."""

    title: str = Field(description="its heading; a * at the end points to the note")
    measures: ListOf[str] = Field(description="the measures that it shows, a tile each")
    note: str = Field(default="", description='a note under the tiles; {window} is "in the 12 months to ..."')

    @model_validator(mode="after")
    def _show_something(self) -> "TileGroup":
        filled(self.note, "note", {"window": ""})
        if not self.measures:
            raise ValueError("measures is an empty list; name what the tiles show, or take the block out")
        return self


class SectionEntry(Declaration):
    """A section as data/sections.toml declares it, and the question that it answers, if it answers one."""

    id: FileName = Field(description="the section's id, as its notebook names it")
    title: str = Field(description="its heading in the report; a question's is that of the edition's programme")
    question: str = Field(default="", description="the question that it answers, as data/programmes.toml names it")
    programmes: ListOf[str] = Field(default=(), description="the programmes whose editions have it; all if left out")
    headline_measures: ListOf[str] = Field(default=(), description="the measures of which it says what the numbers are")
    figures: ListOf[str] = Field(default=(), description=FIGURES_NAMED)
    added: bool = Field(default=False, description="no section of the published report: not in --inspected-only")
    page: str = Field(default="", description="the name of the page that it has to itself; on the report's if left out")
    blocks: ListOf[TileGroup] = Field(default=(), alias="block", description="groups of tiles, in Force in numbers")


class SectionPlan(SectionEntry):
    """A section with its place in the report, from 0."""

    number: int

    @property
    def notebook(self) -> Path:
        """The section's notebook, named by its place and its id. Raises InputError when it is not there."""
        path = notebooks_folder() / f"{self.number:02}_{self.id}.ipynb"
        if not path.is_file():
            place = f"data/{SECTIONS}, section '{self.id}'"
            raise InputError(f"{place}: no notebook {path.name} in {path.parent}; add it, named by place and id")
        return path

    def of(self, programme: Programme) -> "SectionPlan":
        """Return the section as the editions of a programme have it: under its own title of the question."""
        question = programme.question(self.question)
        return self.model_copy(update={"title": question.title}) if question else self


def sections_in(
    given: Mapping[str, Any], where: str, measure_ids: tuple[str, ...], programmes: Programmes
) -> tuple[SectionPlan, ...]:
    """Return the sections in report order. Raises InputError, with the section, for each that is not as it must be."""
    plans = []
    figures = {*measure_ids, *(f"{one}-{kind}" for one in measure_ids for kind in FURTHER_FIGURES), OUTCOME_SPREAD}
    with Faults() as faults:
        faults.of(refuse_headings, given, where, "section")
        read = partial(_section_in, measure_ids=measure_ids)
        for number, (place, section) in enumerate(stated(faults, read, given, where, "section")):
            faults.of(named, section.headline_measures, place, "headline_measures", measure_ids, MEASURES_FILE)
            faults.of(named, section.figures, place, "figures", figures, MEASURES_FILE)
            faults.of(named, section.programmes, place, "programmes", programmes.ids, f"data/{PROGRAMMES}")
            asked = [section.question] if section.question else []
            faults.of(named, asked, place, "question", programmes.question_ids, f"data/{PROGRAMMES}")
            plans.append(SectionPlan.model_construct(number=number, **dict(section)))
    return tuple(plans)


def _section_in(entry: Mapping[str, Any], place: str, measure_ids: tuple[str, ...]) -> SectionEntry:
    """Return a section; a fault of a group of tiles is told with the title of its group."""
    with Faults() as faults:
        read = partial(declared, TileGroup)
        groups = stated(faults, read, entry, place, "block", "title") if "block" in entry else []
        for inside, one in groups:
            faults.of(named, one.measures, inside, "measures", measure_ids, MEASURES_FILE)
    return declared(SectionEntry, entry, place)


class PlantedFault(Declaration):
    """A fault for a rule to find in an illustrative set of returns, in a force's row for the edition's year."""

    force: str = Field(description="the id of the force")
    item: str = Field(description="the item of its return")
    what: str = Field(description="what is wrong, in words")
    count: int | None = Field(default=None, description="the count in its place")
    blank: bool = Field(default=False, description="true where there is no count")
    written: str = Field(default="", description="what is written in the place of the count")
    status: str = Field(default="", description="the status in its place, without a reason")
    times: int = Field(default=1, description="how many times the count it is")
    more: int = Field(default=0, description="how much is added to it")
    earlier: bool = Field(default=False, description="true where it is the row of the year before that is changed")


class Rule(Declaration):
    """A check: what holds of the data, why it should, and how grave it is when it does not."""

    id: str = Field(description="the name of the check")
    level: Literal["error", "query", "information"] = Field(description="how grave a finding is")
    rule: str = Field(description="what must hold; a threshold in braces is filled in")
    reason: str = Field(description="why it should")
    stops: bool = Field(default=False, description="true where a query stops `peel data add` until it is confirmed")
    thresholds: dict[str, int | float] = Field(default={}, description="the numbers that the rule names")
    illustrative: PlantedFault | None = Field(default=None, description="of a check of returns: a fault for it to find")


class ItemEntry(Declaration):
    """What a whole table of an item of counts holds, and the range that its counts lie in."""

    id: str = Field(description="the item of data/counts")
    also: ListOf[str] = Field(default=(), description="other items that the entry is about")
    dimensions: ListOf[str] = Field(default=(), description="the dimensions that each period of a whole table has")
    dimensions_are: str = Field(default="offence groups", description="what its dimensions are called in a message")
    since: dict[str, str] = Field(default={}, description="dimensions that there are from a day on, as 2014-04-01")
    groups_of: str = Field(default="", description="the item whose dimensions are the first part of this one's")
    types_of: str = Field(default="", description="the item whose dimensions are the second part")
    made_of: str = Field(default="", description="the rows of its file; items with the same word here share them")
    beside: str = Field(default="", description="the item whose counts those of all dimensions together come near")
    smallest: int = Field(description="the smallest plausible count")
    largest: int = Field(description="the largest plausible count")
    times: float = Field(ge=0, description="how many times its neighbours a count is an outlier, or below; 0 for never")
    fewest: int = Field(ge=1, description="smaller counts are not set against their neighbours")
    fewest_below: int = Field(default=0, description="the same for neighbours of a count below them; `fewest` if 0")
    large: int = Field(default=0, description="counts from here on are held to `times_large`; 0 for none")
    times_large: float = Field(default=0, description="the same as `times`, of a large count")
    unsteady: ListOf[str] = Field(default=(), description="dimensions that are not set against their neighbours")

    def at(self, day: str) -> tuple[str, ...]:
        """Return the dimensions of a period that starts on a day."""
        return tuple(one for one in self.dimensions if self.since.get(one, day) <= day)


def items_in(given: Mapping[str, Any], where: str) -> dict[str, ItemEntry]:
    """Return what is declared of each item, if anything is. Raises InputError for each entry that is wrong."""
    found: dict[str, ItemEntry] = {}
    with Faults() as faults:
        listed = stated(faults, partial(declared, ItemEntry), given, where, "item") if "item" in given else []
        for place, one in listed:
            found |= dict.fromkeys((one.id, *one.also), one)
            faults.of(named, tuple(one.since), place, "since", one.dimensions, "dimensions")
        for place, one in listed:
            others = [name for name in (one.groups_of, one.types_of, one.beside) if name]
            faults.of(named, others, place, "groups_of, types_of or beside", tuple(found), f"{where} as an item")
    return found


def rules_in(given: Mapping[str, Any], where: str) -> dict[str, Rule]:
    """Return the rules by id, their thresholds filled into their words. Raises InputError for each that is wrong."""
    with Faults() as faults:
        faults.of(refuse_headings, given, where, "check", "item")
        rules = stated(faults, _rule_in, given, where, "check")
    return {one.id: one for _, one in rules}


def _rule_in(entry: Mapping[str, Any], place: str) -> Rule:
    one = declared(Rule, entry, place)
    try:
        words = filled(one.rule, "rule", one.thresholds)
    except ValueError as error:
        raise InputError(f"{place}: {error}") from None
    return one.model_copy(update={"rule": words})


def _wrong_title(title: str) -> str:
    """Return what is wrong with the title of a set of peers, which is printed as written, or ""."""
    if not title.strip():
        return "title is blank; write what readers shall see over these peers"
    found = JUDGMENT_WORDS.search(title)
    return f"title is '{title}', and '{found[0]}' is a word of judgment; write it without" if found else ""


class PeerSet(Declaration):
    """Which forces a force is set beside; `as_at` may name the {mid_year} of an edition's populations."""

    id: FileName = Field(description="the name of the set")
    title: str = Field(description="printed over the peers as it is written")
    as_at: str = Field(description="the day, or mid-{mid_year}, that the set is of")
    method: Literal["region", "density"] = Field(
        description="region: the other forces of the region; density: the `size` nearest in people per square kilometre"
    )
    note: str = Field(description="printed under the peers")
    size: int = Field(default=0, description="(density) how many forces are in the set")

    @model_validator(mode="after")
    def _is_usable(self) -> "PeerSet":
        if wrong := _wrong_title(self.title):
            raise ValueError(wrong)
        filled(self.as_at, "as_at", {"mid_year": 0})
        if self.method == "density" and self.size < 1:
            raise ValueError(f"size is {self.size}; write how many forces are in the set, as 7")
        if self.method != "density" and "size" in self.model_fields_set:
            raise ValueError(f"size is never used by the method {self.method}; take it out")
        return self


class WithoutPeers(Declaration):
    """The forces that have no peers, and why."""

    forces: ListOf[str] = Field(description="ids of forces")
    reason: str = Field(description="printed in place of the peers")


@dataclass(frozen=True)
class PeerSets:
    """The declared sets, and the forces that have no peers, with the reason."""

    sets: tuple[PeerSet, ...]
    without: tuple[str, ...]
    reason: str


def peer_sets_in(given: Mapping[str, Any], where: str, force_ids: tuple[str, ...]) -> PeerSets:
    """Return the sets of peers. Raises InputError, with the set, for each that is not as it must be."""
    with Faults() as faults:
        faults.of(refuse_headings, given, where, "set", "none")
        none = faults.of(_without_peers_in, given, where, force_ids)
        sets = tuple(one for _, one in stated(faults, partial(declared, PeerSet), given, where, "set"))
    return PeerSets(sets, none.forces, none.reason) if none else PeerSets(sets, (), "")


def _without_peers_in(given: Mapping[str, Any], where: str, force_ids: tuple[str, ...]) -> WithoutPeers:
    if not isinstance(given.get("none"), Mapping):
        raise InputError(f"{where}: no setting 'none'; add it: settings in braces or under a heading")
    none = declared(WithoutPeers, given["none"], f"{where}, [none]")
    named(none.forces, f"{where}, [none]", "forces", force_ids, "data/forces.csv")
    return none


@dataclass(frozen=True)
class PeerList:
    """One list: the file's name without .csv, the title and day of all its rows, and the peers of each force in it."""

    id: str
    where: str
    title: str
    as_at: str
    peer_ids: Mapping[str, tuple[str, ...]]


def peer_list_in(path: Path, forces: Forces, sets: PeerSets) -> PeerList:
    """Return one list. Raises InputError for each unusable row, for none, and for the name of a declared set."""
    where = f"data/{PEER_LISTS}/{path.name}"
    lines: dict[tuple[str, str], int] = {}
    with Faults() as faults:
        found = rows_of(path, where, PEER_LIST_COLUMNS, faults)
        if not found.cells and not faults.found:
            remedy = "add a row for each peer, or take the file away"
            raise InputError(f"{where}, line 1: no row follows the columns; {remedy}")
        if path.stem in (one.id for one in sets.sets):  # the numbers of both would have one name in values.csv
            faults.add([f"{where}: data/{PEER_SETS} has a set '{path.stem}'; give the file a name of its own"])
        title, as_at = found.cells[0][:2] if found.cells else ("", "")
        for line, row in zip(found.lines, found.cells, strict=True):
            _, _, force_id, peer_id = row
            if wrong := _wrong(row, title, as_at, forces, sets):
                faults.add([f"{where}, line {line}: {wrong}"])
            elif (earlier := lines.setdefault((force_id, peer_id), line)) != line:
                told = f"{peer_id} is a peer of {force_id} on line {earlier}; take one out"
                faults.add([f"{where}, line {line}: {told}"])
    peer_ids = {force_id: tuple(peer for one, peer in lines if one == force_id) for force_id, _ in lines}
    return PeerList(path.stem, where, title, as_at, peer_ids)


def _wrong(row: Sequence[str], first_title: str, first_day: str, forces: Forces, sets: PeerSets) -> str:
    """Return what is wrong with a row of a list and how to put it right, or ""."""
    title, as_at, force_id, peer_id = row
    if wrong := _wrong_title(title):
        return wrong
    if not is_day(as_at):
        return f"as_at is '{as_at}'; write the day that the list is of, as 2020-01-31"
    for column, own, first in (("title", title, first_title), ("as_at", as_at, first_day)):
        if own != first:  # a force's peers would stand under a title that is not theirs
            return f"{column} is '{own}', and '{first}' on the first row; put another list into a file of its own"
    for column, one in (("force_id", force_id), ("peer_id", peer_id)):
        if one not in forces.ids:
            return f"{column} '{one}' is not an id of data/forces.csv; write one, as norfolk"
    if force_id in sets.without:
        return f"{force_id} has no peers, by [none] of data/{PEER_SETS}; take the row or the force out"
    return f"{force_id} is set as its own peer; take the row out" if force_id == peer_id else ""


class AddedWords(Declaration):
    """What provenance.csv says of a file that `peel data add` takes in and that is not listed."""

    publisher: str = Field(description="who publishes files of the format")
    title: str = Field(description="their title")
    licence: str = Field(description="the licence that they are under")
    how_made: str = Field(description="how the tables are made from them")


class PublishedFile(AddedWords):
    """One file behind data/: where it lies, its reader, the (table, release) pairs it gives, and its provenance."""

    file: str = Field(description="where it lies in the raw folder, or beside it")
    reader: str = Field(
        description="recorded crime, outcomes, police force areas or workforce; or the name of a transcribed table"
    )
    release: FileName = Field(description="the release that its counts are of")
    tables: ListOf[FileNamePair] = Field(description="[item, release] of each table")
    release_words: str = Field(description="the release in words")
    vintages: Pair = Field(default=("", ""), description="of populations: the one worked out and the one printed")
    not_as_published: str = Field(default="", description="why its tables cannot be made again from what is published")
    part_is_known: str = Field(default="", description="why the file is a part: its counts are marked partial")
    confirmed: str = Field(default="", description="why counts of it that are far from others are right")
    release_by_end: dict[str, FileName] = Field(
        default={}, description="the release of each period, by its last day, where the file holds several releases"
    )

    def words(self) -> dict[str, str]:
        """Return what provenance.csv says of each table of this file."""
        return self.model_dump(include={"publisher", "title", "release_words", "licence", "how_made"})


@dataclass(frozen=True)
class PublishedFiles:
    """The files that `peel data build` reads, in the order of provenance, and the words for those that are added."""

    files: tuple[PublishedFile, ...]
    added: Mapping[str, AddedWords]

    def not_as_published(self, table: str, release: str) -> str:
        """Return why a table cannot be made again from what its publisher offers; "" where it can."""
        return next((one.not_as_published for one in self.files if (table, release) in one.tables), "")

    def words_for(self, format_name: str) -> dict[str, str]:
        """Return what provenance says of an added file of a format. Raises InputError when there are no words."""
        if format_name not in self.added:
            remedy = f'add [added."{format_name}"] with {", ".join(AddedWords.settings())}'
            raise InputError(f"data/{PUBLISHED_FILES}: no words for a {format_name}; {remedy}")
        return self.added[format_name].model_dump()


def published_files_in(given: Mapping[str, Any], where: str) -> PublishedFiles:
    """Return the published files. Raises InputError for each entry that is wrong or gives what another gives."""
    gives: dict[tuple[str, str], str] = {}
    with Faults() as faults:
        faults.of(refuse_headings, given, where, "file", "added")
        read = partial(declared, PublishedFile)
        listed = stated(faults, read, given, where, "file", "file") if "file" in given else []
        for file, table in ((one.file, table) for _, one in listed for table in one.tables):
            if table in gives:
                faults.add([f"{where}: {gives[table]} and {file} both give {table[0]} of {table[1]}; keep one"])
            gives.setdefault(table, file)
        words = {
            name: said
            for name, entry in given.get("added", {}).items()
            if (said := faults.of(declared, AddedWords, entry, f'{where}, [added."{name}"]')) is not None
        }
    return PublishedFiles(tuple(one for _, one in listed), words)
