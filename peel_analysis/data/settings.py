"""The other declarations: sections, rules of checks, sets and lists of peers, and the files behind the counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from peel_analysis.data.declarations import (
    Declaration,
    Pair,
    Texts,
    as_tuple,
    declared,
    entries,
    filled,
    named,
    refuse_headings,
)
from peel_analysis.data.errors import InputError
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


class TileGroup(Declaration):
    """A group of tiles in Force in numbers."""

    title: str = Field(description="its heading; a * at the end points to the note")
    measures: Texts = Field(description="the measures that it shows, a tile each")
    note: str = Field(default="", description='a note under the tiles; {window} is "in the 12 months to ..."')

    @model_validator(mode="after")
    def _show_something(self) -> "TileGroup":
        filled(self.note, "note", {"window": ""})
        if not self.measures:
            raise ValueError("measures is an empty list; name what the tiles show, or take the block out")
        return self


class SectionEntry(Declaration):
    """A section as data/sections.toml declares it, and the question that it answers, if it answers one."""

    id: str = Field(description="the section's id, as its notebook names it")
    title: str = Field(description="its heading in the report; a question's is that of the edition's programme")
    question: str = Field(default="", description="the question that it answers, as data/programmes.toml names it")
    programmes: Texts = Field(default=(), description="the programmes whose editions have it; all if left out")
    headline_measures: Texts = Field(default=(), description="the measures of which it says what the numbers are")
    blocks: Annotated[tuple[TileGroup, ...], BeforeValidator(as_tuple)] = Field(
        default=(), alias="block", description="groups of tiles, in Force in numbers"
    )


class SectionPlan(SectionEntry):
    """A section with its place in the report, from 1."""

    number: int

    @property
    def notebook(self) -> Path:
        """The section's notebook, named by its place and its id. Raises InputError when it is not there."""
        path = notebooks_folder() / f"{self.number:02}_{self.id}.ipynb"
        if not path.is_file():
            raise InputError(
                f"data/{SECTIONS}, section '{self.id}': no notebook {path.name} in {path.parent}; add it, named by the "
                "section's place in the report and its id"
            )
        return path

    def of(self, programme: Programme) -> "SectionPlan":
        """Return the section as the editions of a programme have it: under its own title of the question."""
        question = programme.question(self.question)
        return self.model_copy(update={"title": question.title}) if question else self


def sections_in(
    given: Mapping[str, Any], where: str, measure_ids: tuple[str, ...], programmes: Programmes
) -> tuple[SectionPlan, ...]:
    """Return the sections in report order. Raises InputError, with the section, for one that is not as it must be."""
    refuse_headings(given, where, "section")
    plans = []
    for number, (place, entry) in enumerate(entries(given, where, "section"), start=1):
        groups = entries(entry, place, "block", "title") if "block" in entry else []
        for inside, group in groups:  # one by one, so that a fault is told with the title of its group
            named(declared(TileGroup, group, inside).measures, inside, "measures", measure_ids, MEASURES_FILE)
        section = declared(SectionEntry, entry, place)
        named(section.headline_measures, place, "headline_measures", measure_ids, MEASURES_FILE)
        named(section.programmes, place, "programmes", programmes.ids, f"data/{PROGRAMMES}")
        asked = [section.question] if section.question else []
        named(asked, place, "question", programmes.question_ids, f"data/{PROGRAMMES}")
        plans.append(SectionPlan.model_construct(number=number, **dict(section)))
    return tuple(plans)


class Rule(Declaration):
    """A check: what holds of the data, why it should, and how grave it is when it does not."""

    id: str = Field(description="the name of the check")
    level: Literal["error", "query", "information"] = Field(description="how grave a finding is")
    rule: str = Field(description="what must hold; a threshold in braces is filled in")
    reason: str = Field(description="why it should")
    thresholds: dict[str, int | float] = Field(default={}, description="the numbers that the rule names")


def rules_in(given: Mapping[str, Any], where: str) -> dict[str, Rule]:
    """Return the rules by id, their thresholds filled into their words. Raises InputError for one that is wrong."""
    refuse_headings(given, where, "check")
    rules = {}
    for place, entry in entries(given, where, "check"):
        one = declared(Rule, entry, place)
        try:
            words = filled(one.rule, "rule", one.thresholds)
        except ValueError as error:
            raise InputError(f"{place}: {error}") from None
        rules[one.id] = one.model_copy(update={"rule": words})
    return rules


def check_title(title: str) -> str:
    """Return the title of a set of peers, which is printed as written; ValueError for a blank or a judging one."""
    if not title.strip():
        raise ValueError("title is blank; write what readers shall see over these peers")
    if found := JUDGMENT_WORDS.search(title):
        raise ValueError(f"title is '{title}', and '{found[0]}' is a word of judgment; write it without")
    return title


class PeerSet(Declaration):
    """Which forces a force is set beside; `as_at` may name the {mid_year} of an edition's populations."""

    id: str = Field(description="the name of the set")
    title: str = Field(description="printed over the peers as it is written")
    as_at: str = Field(description="the day, or mid-{mid_year}, that the set is of")
    method: Literal["region", "density"] = Field(
        description="region: the other forces of the region; density: the `size` nearest in people per square kilometre"
    )
    note: str = Field(description="printed under the peers")
    size: int = Field(default=0, description="(density) how many forces are in the set")

    @model_validator(mode="after")
    def _is_usable(self) -> "PeerSet":
        check_title(self.title)
        filled(self.as_at, "as_at", {"mid_year": 0})
        if self.method == "density" and self.size < 1:
            raise ValueError(f"size is {self.size}; write how many forces are in the set, as 7")
        if self.method != "density" and "size" in self.model_fields_set:
            raise ValueError(f"size is never used by the method {self.method}; take it out")
        return self


class WithoutPeers(Declaration):
    """The forces that have no peers, and why."""

    forces: Texts = Field(description="ids of forces")
    reason: str = Field(description="printed in place of the peers")


@dataclass(frozen=True)
class PeerSets:
    """The declared sets, and the forces that have no peers, with the reason."""

    sets: tuple[PeerSet, ...]
    without: tuple[str, ...]
    reason: str


def peer_sets_in(given: Mapping[str, Any], where: str, force_ids: tuple[str, ...]) -> PeerSets:
    """Return the sets of peers. Raises InputError, with the set, for one that is not as it must be."""
    refuse_headings(given, where, "set", "none")
    if not isinstance(given.get("none"), Mapping):
        raise InputError(f"{where}: no setting 'none'; add it: settings in braces or under a heading")
    none = declared(WithoutPeers, given["none"], f"{where}, [none]")
    named(none.forces, f"{where}, [none]", "forces", force_ids, "data/forces.csv")
    sets = tuple(declared(PeerSet, entry, place) for place, entry in entries(given, where, "set"))
    return PeerSets(sets, none.forces, none.reason)


@dataclass(frozen=True)
class PeerList:
    """One list: the file's name without .csv, the title and day of all its rows, and the peers of each force in it."""

    id: str
    where: str
    title: str
    as_at: str
    peer_ids: Mapping[str, tuple[str, ...]]


def peer_list_in(path: Path, forces: Forces, sets: PeerSets) -> PeerList:
    """Return one list.

    Raises InputError, with file and line, for the first row that cannot be used: a title that is blank, has a word of
    judgment or is not the first row's, a day likewise, a force that there is not, that has no peers or is its own, and
    a peer that stands there already. A file without rows, or with the name of a declared set, is refused too.
    """
    where = f"data/{PEER_LISTS}/{path.name}"
    found = rows_of(path, where, PEER_LIST_COLUMNS)
    if not found.cells:
        raise InputError(f"{where}, line 1: no row follows the columns; add a row for each peer, or take the file away")
    if path.stem in (one.id for one in sets.sets):  # the numbers of both would have one name in values.csv
        raise InputError(f"{where}: data/{PEER_SETS} has a set '{path.stem}'; give the file a name of its own")
    first_line, (title, as_at, _, _) = found.lines[0], found.cells[0]
    lines: dict[tuple[str, str], int] = {}
    for line, (own_title, own_day, force_id, peer_id) in zip(found.lines, found.cells, strict=True):
        place = f"{where}, line {line}"
        _check_words(place, own_title, own_day)
        for column, own, first in (("title", own_title, title), ("as_at", own_day, as_at)):
            if own != first:  # a force's peers would stand under a title that is not theirs
                raise InputError(
                    f"{place}: {column} is '{own}', and '{first}' on line {first_line}; write one {column} in all "
                    "rows, and put another list into a file of its own"
                )
        _check_forces(place, force_id, peer_id, forces, sets)
        if (earlier := lines.setdefault((force_id, peer_id), line)) != line:
            raise InputError(f"{place}: {peer_id} is a peer of {force_id} on line {earlier}; take one out")
    peer_ids = {force_id: tuple(peer for one, peer in lines if one == force_id) for force_id, _ in lines}
    return PeerList(path.stem, where, title, as_at, peer_ids)


def _check_words(place: str, title: str, as_at: str) -> None:
    try:
        check_title(title)
    except ValueError as error:
        raise InputError(f"{place}: {error}") from None
    if not is_day(as_at):
        raise InputError(f"{place}: as_at is '{as_at}'; write the day that the list is of, as 2020-01-31")


def _check_forces(place: str, force_id: str, peer_id: str, forces: Forces, sets: PeerSets) -> None:
    for column, found in (("force_id", force_id), ("peer_id", peer_id)):
        if found not in forces.ids:
            raise InputError(f"{place}: {column} '{found}' is not an id of data/forces.csv; write one, as norfolk")
    if force_id in sets.without:
        raise InputError(
            f"{place}: {force_id} has no peers, by [none] of data/{PEER_SETS}; take the row out, or the force out of "
            "that list"
        )
    if force_id == peer_id:
        raise InputError(f"{place}: {force_id} is set as its own peer; take the row out")


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
    release: str = Field(description="the release that its counts are of")
    tables: Annotated[tuple[Pair, ...], BeforeValidator(as_tuple)] = Field(description="[item, release] of each table")
    release_words: str = Field(description="the release in words")
    vintages: Pair = Field(default=("", ""), description="of populations: the one worked out and the one printed")

    def words(self) -> dict[str, str]:
        """Return what provenance.csv says of each table of this file."""
        return self.model_dump(include={"publisher", "title", "release_words", "licence", "how_made"})


@dataclass(frozen=True)
class PublishedFiles:
    """The files that `peel data build` reads, in the order of provenance, and the words for those that are added."""

    files: tuple[PublishedFile, ...]
    added: Mapping[str, AddedWords]

    def words_for(self, format_name: str) -> dict[str, str]:
        """Return what provenance says of an added file of a format. Raises InputError when there are no words."""
        if format_name not in self.added:
            raise InputError(
                f"data/{PUBLISHED_FILES}: no words for a {format_name}; add "
                f'[added."{format_name}"] with {", ".join(AddedWords.settings())}'
            )
        return self.added[format_name].model_dump()


def published_files_in(given: Mapping[str, Any], where: str) -> PublishedFiles:
    """Return the published files. Raises InputError for an entry that is wrong or gives a table that another gives."""
    refuse_headings(given, where, "file", "added")
    listed = entries(given, where, "file", "file") if "file" in given else []
    files = tuple(declared(PublishedFile, entry, place) for place, entry in listed)
    gives: dict[tuple[str, str], str] = {}
    for one in files:
        for table in one.tables:
            if table in gives:
                raise InputError(f"{where}: {gives[table]} and {one.file} both give {table[0]} of {table[1]}; keep one")
            gives[table] = one.file
    added = {
        name: declared(AddedWords, entry, f'{where}, [added."{name}"]')
        for name, entry in given.get("added", {}).items()
    }
    return PublishedFiles(files, added)
