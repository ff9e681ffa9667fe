"""The 43 territorial police forces of England and Wales, and the names that people and files give them."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from peel_analysis.data.csv_files import rows_of
from peel_analysis.data.errors import InputError
from peel_analysis.data.location import data_folder
from peel_analysis.data.text import enumerated

ENGLAND_AND_WALES = "england-and-wales"
NUMBER_OF_FORCES = 43
COLUMNS = ("force_id", "official_name", "name", "ons_code", "ons_name", "region", "region_code", "country", "aliases")


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


@cache
def _read(folder: Path) -> tuple[Force, ...]:
    rows = rows_of(folder / "forces.csv", "data/forces.csv", COLUMNS)
    forces = tuple(_force(dict(zip(COLUMNS, row, strict=True))) for row in rows.cells)
    ids = [force.id for force in forces]
    if len(set(ids)) != len(ids) or len(ids) != NUMBER_OF_FORCES:
        raise InputError(
            f"data/forces.csv: expected {NUMBER_OF_FORCES} forces, one row each; found {len(ids)} rows with "
            f"{len(set(ids))} different ids; compare the file with the project's own"
        )
    return forces


def _force(row: dict[str, str]) -> Force:
    return Force(
        id=row["force_id"],
        official_name=row["official_name"],
        name=row["name"],
        ons_code=row["ons_code"],
        region=row["region"],
        country=row["country"],
        aliases=(*(alias.strip() for alias in row["aliases"].split("|")), row["ons_name"]),
    )


def all_forces() -> tuple[Force, ...]:
    """Return the 43 forces in alphabetical order of id. Raises InputError for a data/forces.csv that is wrong."""
    return _read(data_folder())


def ids() -> tuple[str, ...]:
    """Return the 43 force ids in alphabetical order."""
    return _ids(data_folder())


@cache
def _ids(folder: Path) -> tuple[str, ...]:
    return tuple(force.id for force in _read(folder))


def display_name(force_id: str) -> str:
    """Return the name that a table or a figure shows for a force or for England and Wales. Raises UnknownForceError."""
    return "England and Wales" if force_id == ENGLAND_AND_WALES else find(force_id).name


def in_words(force_ids: Iterable[str]) -> str:
    """Return the forces' names as a list in a sentence: "Dorset, Essex and Suffolk"."""
    return enumerated(display_name(force_id) for force_id in force_ids)


def _key(name: str) -> str:
    """Fold what does not tell forces apart: case, punctuation, '&', and the words that end an official name."""
    words = re.sub(r"[^a-z]+", " ", name.lower().replace("&", " and ")).split()
    kept = [word for word in words if word not in {"police", "constabulary", "service", "force"}]
    return " ".join(kept)


@cache
def _by_key(folder: Path) -> dict[str, Force]:
    return {
        _key(name): force
        for force in _read(folder)
        for name in (force.id, force.name, force.official_name, *force.aliases)
    }


def find(name: str) -> Force:
    """Return the force that `name` means: an id, a name, an official name or an alias, in any case.

    Raises UnknownForceError, with close matches, when it is none of the 43.
    """
    known = _by_key(data_folder())
    key = _key(str(name))
    if key in known:
        return known[key]
    close = difflib.get_close_matches(key, known, n=3, cutoff=0.6)
    near = list(dict.fromkeys(known[match].name for match in close))
    hint = f"did you mean {' or '.join(near)}?" if near else "see the 43 names with: peel forces"
    raise UnknownForceError(f"No force called '{name}'; {hint}")
