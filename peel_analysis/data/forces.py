"""The 43 territorial police forces of England and Wales, what they are called, and their populations and areas."""

import difflib
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from peel_analysis.data.errors import Faults, InputError
from peel_analysis.data.files import PROJECT, refuse_wrong_names, rows_of
from peel_analysis.data.text import enumerated

ENGLAND_AND_WALES = "england-and-wales"
NATIONAL = "England and Wales"  # never "average"
NUMBER_OF_FORCES = 43
FORCES = "forces.csv"
FORCES_COLUMNS = ("force_id", "official_name", "name", "ons_code", "ons_name", "region", "region_code", "country")
NAMES = "force_names.csv"
NAMES_COLUMNS = ("force_id", "name", "first_year", "last_year", "said_in")
ENDINGS = frozenset(("police", "constabulary", "service", "force", "area", "heddlu", "the"))  # tell no forces apart
JOINING = frozenset(("and", "of"))
CLOSE = 0.75  # how like a name is that is offered before those with a word in common
NEAR = 6  # names that are offered for one that is no force's: a region has up to six forces
POPULATIONS_TABLE = "populations"  # as provenance names it among the tables of counts
POPULATIONS, AREAS = f"{POPULATIONS_TABLE}.csv", "force_areas.csv"
POPULATIONS_COLUMNS = ("force_id", "mid_year", "population", "vintage")
AREAS_COLUMNS = ("force_id", "area_km2")
YEAR_DIGITS = 4
MOST_DIGITS = 15  # of a number: more are a slip, and no table of numbers holds them exactly


class UnknownForceError(InputError):
    """A name that is none of the 43 forces'."""


@dataclass(frozen=True)
class Alias:
    """Another name of a force, and the years in which it was its name where it was so for a time; "" for no end."""

    name: str
    first_year: str = ""
    last_year: str = ""

    @property
    def words(self) -> str:
        """The name with its years: "West Mercia Constabulary (to 2009)"."""
        years = [f"{word} {year}" for word, year in (("from", self.first_year), ("to", self.last_year)) if year]
        return f"{self.name} ({' '.join(years)})" if years else self.name


@dataclass(frozen=True)
class Force:
    """A territorial police force. `id` is its slug on data.police.uk; `name` is its name in a list of forces."""

    id: str
    official_name: str
    name: str
    ons_code: str
    region: str
    country: str
    ons_name: str
    aliases: tuple[Alias, ...]

    @property
    def called(self) -> tuple[str, ...]:
        """Every name that finds the force."""
        return (self.id, self.name, self.official_name, self.ons_name, *(alias.name for alias in self.aliases))


@dataclass(frozen=True, repr=False)
class Forces:
    """The forces of a data folder in alphabetical order of id; iterating gives each Force."""

    all: tuple[Force, ...]

    def __iter__(self) -> Iterator[Force]:
        return iter(self.all)

    def __repr__(self) -> str:
        return f"<{len(self.all)} forces: {', '.join(self.ids[:2])} to {self.ids[-1]}>"

    def id_or_text(self, name: str) -> str:
        """Return a force's id by any of its names, and a text that names none as it is: a check tells where it is."""
        try:
            return name if name in self.ids else self.find_id(name)
        except InputError:
            return name

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The 43 force ids in alphabetical order."""
        return tuple(self._by_id)

    @cached_property
    def _by_id(self) -> dict[str, Force]:
        return {force.id: force for force in self.all}

    @cached_property
    def _by_key(self) -> dict[str, Force]:
        return {_key(name): force for force in self.all for name in force.called}

    def find(self, name: str) -> Force:
        """Return the force that `name` means: an id, a name, an official name or an alias, in any case.

        Raises UnknownForceError, with near names, when it is none of the 43.
        """
        name = str(name)  # papermill gives a notebook what it takes for a number or a list
        if (found := self._by_id.get(name) or self._by_key.get(key := _key(name))) is not None:
            return found
        near = self._near(key)
        hint = f"did you mean {' or '.join(near)}?" if near else "see the 43 names with: peel forces"
        raise UnknownForceError(f"No force called '{name}'; {hint}")

    def _near(self, key: str) -> list[str]:
        """Return the names nearest to one: spelt alike, with all words of it or all of its words, or of the region."""
        words = set(key.split()) - JOINING
        names = {_key(force.name): force for force in self.all}  # and no abbreviation, which many a word is like
        alike = [names[one] for one in difflib.get_close_matches(key, names, n=3, cutoff=CLOSE)]
        parts = [(set(one.split()) - JOINING, force) for one, force in self._by_key.items()]
        alike += [force for part, force in parts if words and (words <= part or part <= words)]
        alike += [force for force in self.all if key == _key(force.region)]
        alike = alike or [names[one] for one in difflib.get_close_matches(key, names, n=3)]
        return list(dict.fromkeys(force.name for force in alike))[:NEAR]

    def find_id(self, name: str) -> str:
        """Return the id that `name` means, of a force or of England and Wales. Raises UnknownForceError."""
        return ENGLAND_AND_WALES if plain_words(name) == NATIONAL.lower() else self.find(name).id

    def name(self, force_id: str) -> str:
        """Return the name that a table or a figure shows for a force or for England and Wales."""
        return NATIONAL if force_id == ENGLAND_AND_WALES else self.find(force_id).name

    def official_name(self, force_id: str) -> str:
        """Return "Norfolk Constabulary" or "England and Wales"."""
        return NATIONAL if force_id == ENGLAND_AND_WALES else self.find(force_id).official_name

    def in_words(self, force_ids: Iterable[str]) -> str:
        """Return the forces' names as a list in a sentence: "Dorset, Essex and Suffolk"."""
        return enumerated(self.name(force_id) for force_id in force_ids)


def read_forces(path: Path, names: Path) -> Forces:
    """Return the forces of a file, each with its other names: those of another file, or of the project where it is not.

    Raises InputError for a forces.csv that has not 43 different ones, and for a name that is wrong or two forces'.
    """
    rows = rows_of(path, f"data/{FORCES}", FORCES_COLUMNS)
    refuse_wrong_names(rows, "force_id", f"data/{FORCES}")
    ids = set(rows.column("force_id"))
    if not len(ids) == len(rows.cells) == NUMBER_OF_FORCES:
        found = f"found {len(rows.cells)} rows with {len(ids)} different ids; compare the file with the project's own"
        raise InputError(f"data/{FORCES}: expected {NUMBER_OF_FORCES} forces, one row each; {found}")
    aliases = _aliases(names if names.is_file() else PROJECT / "data" / NAMES, ids)
    forces = tuple(
        Force(force_id, official_name, name, ons_code, region, country, ons_name, aliases.get(force_id, ()))
        for force_id, official_name, name, ons_code, ons_name, region, _, country in rows.cells
    )
    owners: dict[str, Force] = {}
    with Faults() as faults:
        for one, name in ((force, name) for force in forces for name in force.called):
            if (other := owners.setdefault(_key(name), one)) is not one:
                both = f"'{name}' is a name of {one.id} and of {other.id}"
                faults.add([f"data/{FORCES} or data/{NAMES}: {both}; take it out of one of the two"])
    return Forces(forces)


def _aliases(path: Path, ids: Collection[str]) -> dict[str, tuple[Alias, ...]]:
    """Return the other names of each force that has any. Raises InputError for a row that is wrong."""
    where = f"data/{NAMES}"
    aliases: dict[str, tuple[Alias, ...]] = {}
    with Faults() as faults:
        rows = rows_of(path, where, NAMES_COLUMNS, faults)
        for line, (force_id, name, first, last, _) in zip(rows.lines, rows.cells, strict=True):
            place = f"{where}, line {line}"
            if force_id not in ids or not _key(name):
                found = f"found '{force_id}' and '{name}'"
                faults.add([f"{place}: expected the id of a force and a name of it; {found}"])
            if not all(_is_year(year) for year in (first, last) if year) or (first and last and last < first):
                years = f"'{first}' and '{last}'"
                faults.add([f"{place}: expected a first and a last year such as 2022, or blanks; found {years}"])
            if _key(name) in (_key(one.name) for one in aliases.get(force_id, ())):
                faults.add([f"{place}: repeats an earlier row's force and name; take one of the two out"])
            aliases[force_id] = (*aliases.get(force_id, ()), Alias(name, first, last))
    return aliases


def plain_words(name: str) -> str:
    """Return a name's words in plain small letters, without diacritics and punctuation, '&' as "and"."""
    letters = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()
    return " ".join(re.sub(r"[^a-z]+", " ", plain.replace("&", " and ")).split())


def _key(name: str) -> str:
    """Fold what does not tell forces apart: case, punctuation, '&', and the words that begin or end official names."""
    return " ".join(word for word in plain_words(name).split() if word not in ENDINGS)


def _is_year(text: str) -> bool:
    return text.isdecimal() and len(text) == YEAR_DIGITS


def populations_in(path: Path, forces: Forces) -> dict[tuple[str, int, str], float]:
    """Return the populations by force_id, mid_year and vintage. Raises InputError for each row that is wrong."""
    where = f"data/{POPULATIONS}"
    table: dict[tuple[str, int, str], float] = {}
    with Faults() as faults:
        rows = rows_of(path, where, POPULATIONS_COLUMNS, faults)
        faults.of(refuse_wrong_names, rows, "vintage", where)
        for line, (force_id, mid_year, population, vintage) in zip(rows.lines, rows.cells, strict=True):
            if wrong := _wrong_population(force_id, mid_year, population, forces):
                faults.add([f"{where}, line {line}: {wrong}"])
            elif (key := (force_id, int(mid_year), vintage)) in table:
                faults.add([f"{where}, line {line}: repeats an earlier row's force, mid-year and vintage; keep one"])
            else:
                table[key] = float(population)
    return table


def _wrong_population(force_id: str, mid_year: str, population: str, forces: Forces) -> str:
    """Return what is wrong with a row of the populations, or ""."""
    if not _is_year(mid_year):
        return f"expected a mid_year such as 2016; found '{mid_year}'"
    is_population = population.isdecimal() and len(population) <= MOST_DIGITS and int(population) > 0
    if force_id not in forces.ids or not is_population:
        expected = "expected the id of a force and a population, a whole number above zero"
        return f"{expected}; found '{force_id}' and '{population}'"
    return ""


def areas_in(path: Path, forces: Forces) -> dict[str, float]:
    """Return the forces' areas in square kilometres. Raises InputError for each that is wrong, or that lacks a row."""
    where = f"data/{AREAS}"
    areas: dict[str, float] = {}
    with Faults() as faults:
        rows = rows_of(path, where, AREAS_COLUMNS, faults)
        for line, (force_id, text) in zip(rows.lines, rows.cells, strict=True):
            if force_id not in forces.ids:
                told = f"force_id '{force_id}' is not an id of data/forces.csv; write one, as norfolk"
                faults.add([f"{where}, line {line}: {told}"])
            elif force_id in areas:
                faults.add([f"{where}, line {line}: repeats the force of an earlier row; keep one of the two"])
            else:
                areas[force_id] = _square_kilometres(text)
                if not 0 < areas[force_id] < math.inf:
                    told = f"area_km2 is '{text}'; write square kilometres, above zero"
                    faults.add([f"{where}, line {line}: {told}"])
        if missing := sorted(set(forces.ids) - set(areas)):
            faults.add([f"{where}: no area for {', '.join(missing)}; add a row for each force"])
    return areas


def _square_kilometres(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
