"""The 43 territorial police forces of England and Wales, what they are called, and their populations and areas."""

import difflib
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from peel_analysis.data.errors import Faults, InputError
from peel_analysis.data.files import rows_of
from peel_analysis.data.text import enumerated

ENGLAND_AND_WALES = "england-and-wales"
NATIONAL = "England and Wales"  # never "average"
NUMBER_OF_FORCES = 43
FORCES = "forces.csv"
FORCES_COLUMNS = (
    "force_id", "official_name", "name", "ons_code", "ons_name", "region", "region_code", "country", "aliases",
)  # fmt: skip
POPULATIONS, AREAS = "populations.csv", "force_areas.csv"
POPULATIONS_COLUMNS = ("force_id", "mid_year", "population", "vintage")
AREAS_COLUMNS = ("force_id", "area_km2")
YEAR_DIGITS = 4
MOST_DIGITS = 15  # of a number: more are a slip, and no table of numbers holds them exactly


class UnknownForceError(InputError):
    """A name that is none of the 43 forces'."""


@dataclass(frozen=True)
class Force:
    """A territorial police force. `id` is its slug on data.police.uk; `name` is its name in a list of forces."""

    id: str
    official_name: str
    name: str
    ons_code: str
    region: str
    country: str
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Forces:
    """The forces of a data folder in alphabetical order of id; iterating gives each Force."""

    all: tuple[Force, ...]

    def __iter__(self) -> Iterator[Force]:
        return iter(self.all)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The 43 force ids in alphabetical order."""
        return tuple(self._by_id)

    @cached_property
    def _by_id(self) -> dict[str, Force]:
        return {force.id: force for force in self.all}

    @cached_property
    def _by_key(self) -> dict[str, Force]:
        named = ((force, (force.id, force.name, force.official_name, *force.aliases)) for force in self.all)
        return {_key(name): force for force, names in named for name in names}

    def find(self, name: str) -> Force:
        """Return the force that `name` means: an id, a name, an official name or an alias, in any case.

        Raises UnknownForceError, with close matches, when it is none of the 43.
        """
        if (found := self._by_id.get(name) or self._by_key.get(key := _key(str(name)))) is not None:
            return found
        close = difflib.get_close_matches(key, self._by_key, n=3, cutoff=0.6)
        near = list(dict.fromkeys(self._by_key[match].name for match in close))
        hint = f"did you mean {' or '.join(near)}?" if near else "see the 43 names with: peel forces"
        raise UnknownForceError(f"No force called '{name}'; {hint}")

    def find_id(self, name: str) -> str:
        """Return the id that `name` means, of a force or of England and Wales. Raises UnknownForceError."""
        national = name.strip().lower().replace(" ", "-") == ENGLAND_AND_WALES
        return ENGLAND_AND_WALES if national else self.find(name).id

    def name(self, force_id: str) -> str:
        """Return the name that a table or a figure shows for a force or for England and Wales."""
        return NATIONAL if force_id == ENGLAND_AND_WALES else self.find(force_id).name

    def official_name(self, force_id: str) -> str:
        """Return "Norfolk Constabulary" or "England and Wales"."""
        return NATIONAL if force_id == ENGLAND_AND_WALES else self.find(force_id).official_name

    def in_words(self, force_ids: Iterable[str]) -> str:
        """Return the forces' names as a list in a sentence: "Dorset, Essex and Suffolk"."""
        return enumerated(self.name(force_id) for force_id in force_ids)


def read_forces(path: Path) -> Forces:
    """Return the forces of a file. Raises InputError for a forces.csv that has not 43 different ones."""
    rows = rows_of(path, f"data/{FORCES}", FORCES_COLUMNS)
    forces = tuple(
        Force(force_id, official_name, name, ons_code, region, country, (*map(str.strip, aliases.split("|")), ons_name))
        for force_id, official_name, name, ons_code, ons_name, region, _, country, aliases in rows.cells
    )
    ids = {force.id for force in forces}
    if not len(ids) == len(forces) == NUMBER_OF_FORCES:
        found = f"found {len(forces)} rows with {len(ids)} different ids; compare the file with the project's own"
        raise InputError(f"data/{FORCES}: expected {NUMBER_OF_FORCES} forces, one row each; {found}")
    return Forces(forces)


def _key(name: str) -> str:
    """Fold what does not tell forces apart: case, punctuation, '&', and the words that end an official name."""
    words = re.sub(r"[^a-z]+", " ", name.lower().replace("&", " and ")).split()
    return " ".join(word for word in words if word not in {"police", "constabulary", "service", "force"})


def populations_in(path: Path, forces: Forces) -> dict[tuple[str, int, str], float]:
    """Return the populations by force_id, mid_year and vintage. Raises InputError for each row that is wrong."""
    where = f"data/{POPULATIONS}"
    table: dict[tuple[str, int, str], float] = {}
    with Faults() as faults:
        rows = rows_of(path, where, POPULATIONS_COLUMNS, faults)
        for line, (force_id, mid_year, population, vintage) in zip(rows.lines, rows.cells, strict=True):
            if wrong := _wrong_population(force_id, mid_year, population, forces):
                faults.add([f"{where}, line {line}: {wrong}"])
            elif (key := (force_id, int(mid_year), vintage)) in table:
                faults.add([f"{where}, line {line}: repeats an earlier row's force, mid-year and vintage"])
            else:
                table[key] = float(population)
    return table


def _wrong_population(force_id: str, mid_year: str, population: str, forces: Forces) -> str:
    """Return what is wrong with a row of the populations, or ""."""
    if not (mid_year.isdecimal() and len(mid_year) == YEAR_DIGITS):
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
