"""The parts of an edition's file, checked: windows, replaced populations, releases, and what the edition lacks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from peel_analysis.data import forces, registers
from peel_analysis.data.data_files import checked, entries, named, one_of, texts
from peel_analysis.data.errors import InputError
from peel_analysis.data.location import data_folder
from peel_analysis.data.periods import Period

WINDOW: dict[str, type] = {"end": date, "start": date, "months": int}
INSTEAD: dict[str, type] = {"mid_year": int, "vintage": str, "status": str, "sentence": str}
LACK: dict[str, type] = {"items": list, "short": str, "sentence": str}


@dataclass(frozen=True)
class Release:
    """Which table holds an item's counts: `data/counts/<item>/<release>.csv`."""

    item: str
    release: str


@dataclass(frozen=True)
class PopulationInstead:
    """A force whose resident population is replaced, and why."""

    mid_year: int
    vintage: str
    status: str
    sentence: str


@dataclass(frozen=True)
class Lack:
    """Why an edition has no public figure for some items."""

    status: str
    short: str
    sentence: str


def windows(given: Mapping[str, Any], file: str) -> Mapping[str, Period]:
    """Return the windows by name. Raises InputError, with the window's name, for one that is no period."""
    tables = checked(given, f"{file}, [windows]", dict.fromkeys(given, dict))
    return MappingProxyType({name: _window(value, f"{file}, [windows], {name}") for name, value in tables.items()})


def _window(value: Mapping[str, Any], where: str) -> Period:
    given = checked(value, where, WINDOW, ["start", "months"])
    end, start, months = given["end"], given.get("start"), given.get("months")
    if start is not None and months is not None:
        raise InputError(f"{where}: it has both a start and months; take one out")
    if start is not None:
        if start > end:
            raise InputError(f"{where}: it starts on {start}, after its end on {end}; exchange the dates")
        return Period(start, end)
    if months is None or months < 0:
        raise InputError(
            f"{where}: months is {months!r}; give a number of months (0 for a count as at a day) or a start"
        )
    return Period.months_to(end, months) if months else Period(end, end)


def population_instead(given: Mapping[str, Any], file: str) -> Mapping[str, PopulationInstead]:
    """Return the replaced populations by force. Raises InputError for a force or a status that does not exist."""
    where = f"{file}, [population.instead]"
    if unknown := sorted(set(given) - set(forces.ids())):
        raise InputError(f"{where}: no force '{unknown[0]}'; use an id of data/forces.csv")
    tables = checked(given, where, dict.fromkeys(given, dict))
    return MappingProxyType({force_id: _instead(row, f"{where}, {force_id}") for force_id, row in tables.items()})


def _instead(row: Mapping[str, Any], where: str) -> PopulationInstead:
    given = checked(row, where, INSTEAD)
    one_of(given, where, "status", _statuses(has_value="yes"))
    return PopulationInstead(**given)


def releases(given: Mapping[str, Any], file: str) -> Mapping[str, Release]:
    """Return the release of each item; one given as a table takes the counts of another item."""
    where = f"{file}, [releases]"
    named_for = checked(given, where, dict.fromkeys(given, (str, dict)))
    return MappingProxyType({item: _release(item, value, where) for item, value in named_for.items()})


def _release(item: str, value: str | dict[str, Any], where: str) -> Release:
    if isinstance(value, str):
        return Release(item, value)
    return Release(**checked(value, f"{where}, {item}", {"item": str, "release": str}))


def lacks(given: Mapping[str, Any], file: str) -> Mapping[str, Lack]:
    """Return by item why the edition has no figure. Raises InputError for a status that stands for a value or none."""
    allowed = _statuses(has_value="no")
    if unknown := [status for status in given if status not in allowed]:
        raise InputError(
            f"{file}, [lacks]: no status '{unknown[0]}' for a figure that is missing; use {', '.join(allowed)}"
        )
    found = checked(given, f"{file}, [lacks]", dict.fromkeys(given, (dict, list)))
    return MappingProxyType({item: lack for status in found for item, lack in _lacking(status, found, file)})


def _lacking(status: str, found: Mapping[str, Any], file: str) -> Iterator[tuple[str, Lack]]:
    one = isinstance(found[status], dict)
    rows = [(f"{file}, [lacks.{status}]", found[status])] if one else entries(found, f"{file}, [lacks]", status)
    for where, row in rows:
        given = checked(row, where, LACK)
        for item in texts(given, where, "items"):
            yield item, Lack(status, given["short"], given["sentence"])


def _statuses(has_value: str) -> list[str]:
    rows = registers.read_register(registers.STATUSES)
    return rows.loc[rows["has_value"] == has_value, "status"].tolist()


def check_named(given: Mapping[str, Any], file: str) -> None:
    """Raise InputError for a source or a programme of judgments that its register does not have.

    A register that the data folder is without, or that has no rows, is not looked into.
    """
    instead = given.get("source_instead", {})
    checked(instead, f"{file}, source_instead", dict.fromkeys(instead, str))
    judgments = [given["judgments"]] if "judgments" in given else []
    for name, found, register, column in (
        ("sources", texts(given, file, "sources"), registers.SOURCES, "source_id"),
        ("source_instead", [*instead, *instead.values()], registers.SOURCES, "source_id"),
        ("judgments", judgments, registers.JUDGMENTS, "edition"),
    ):
        if (data_folder() / register.file).is_file() and (known := set(registers.read_register(register)[column])):
            named(found, file, name, known, f"data/{register.file}")
