"""The parts of an edition's file, checked: windows, replaced populations, releases, and what the edition lacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from peel_analysis import forces
from peel_analysis.data import registers
from peel_analysis.errors import InputError
from peel_analysis.periods import Period


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
    return MappingProxyType({name: _window(value, f"{file}, [windows], {name}") for name, value in given.items()})


def _window(value: Mapping[str, Any], where: str) -> Period:
    end, start, months = value.get("end"), value.get("start"), value.get("months")
    for name, day in (("end", end), ("start", start or end)):
        if not isinstance(day, date):
            raise InputError(f"{where}: {name} is {day!r}; write a date without quotes, as 2017-06-30")
    assert isinstance(end, date)
    if start is None and (not isinstance(months, int) or months < 0):
        raise InputError(
            f"{where}: months is {months!r}; give a number of months (0 for a count as at a day) or a start"
        )
    if start is not None and start > end:
        raise InputError(f"{where}: it starts on {start}, after its end on {end}; exchange the dates")
    if start is not None:
        return Period(start, end)
    return Period.months_to(end, months) if months else Period(end, end)


def population_instead(given: Mapping[str, Any], file: str) -> Mapping[str, PopulationInstead]:
    """Return the replaced populations by force. Raises InputError for a force that does not exist."""
    if unknown := sorted(set(given) - set(forces.ids())):
        raise InputError(f"{file}, [population.instead]: no force '{unknown[0]}'; use an id of data/forces.csv")
    return MappingProxyType({force_id: PopulationInstead(**row) for force_id, row in given.items()})


def releases(given: Mapping[str, Any]) -> Mapping[str, Release]:
    """Return the release of each item; one given as a table takes the counts of another item."""
    return MappingProxyType({item: _release(item, value) for item, value in given.items()})


def _release(item: str, value: str | dict[str, str]) -> Release:
    return Release(**value) if isinstance(value, dict) else Release(item, value)


def lacks(given: Mapping[str, Any], file: str) -> Mapping[str, Lack]:
    """Return by item why the edition has no figure. Raises InputError for a status that stands for a value or none."""
    rows = registers.read_register(registers.STATUSES)
    allowed = rows.loc[rows["has_value"] == "no", "status"].tolist()
    if unknown := [status for status in given if status not in allowed]:
        raise InputError(
            f"{file}, [lacks]: no status '{unknown[0]}' for a figure that is missing; use {', '.join(allowed)}"
        )
    return MappingProxyType(
        {
            item: Lack(status, row["short"], row["sentence"])
            for status, entries in given.items()
            for row in (entries if isinstance(entries, list) else [entries])
            for item in row["items"]
        }
    )
