"""What a measure is: an entry of `data/measures.toml`."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from peel_analysis.data import registers
from peel_analysis.data.data_files import checked, entries, filled, named, one_of, settings_of, texts
from peel_analysis.data.errors import InputError
from peel_analysis.data.location import data_folder

KINDS = ("rate", "rate_of_stock", "share", "ratio_of_counts", "change", "cases", "survey")
PERCENT = ("share", "change", "cases")
PER_HUNDRED = 100
FILE = "measures.toml"
WHERE = f"data/{FILE}"
SETTINGS: dict[str, type] = {
    "id": str,
    "title": str,
    "tile": str,
    "kind": str,
    "numerator": dict,
    "denominator": dict,
    "multiplier": int,
    "unit": str,
    "decimals": int,
    "window": str,
    "comparator": str,
    "earlier": str,
    "sources": list,
    "part_of": str,
    "tracked": bool,
    "window_note": str,
    "caption": str,
    "reading": str,
}
ALWAYS = ("id", "title", "tile", "kind", "unit", "decimals", "window", "sources")
OPTIONAL = tuple(name for name in SETTINGS if name not in ALWAYS)
COUNTED = ("numerator", "denominator", "multiplier", "caption", "reading")
NEEDED = {
    **dict.fromkeys(KINDS, COUNTED),
    "change": ("numerator", "earlier", "multiplier", "caption", "reading"),
    "survey": (),
}
IN_CAPTION = ("window",)
IN_READING = ("force", "value", "window", "changed")
OF_A_CHANGE = ("earlier",)
OF_CASES = ("numerator", "denominator")


@dataclass(frozen=True)
class Part:
    """A numerator or a denominator: the items that are added up, and which of their dimensions count (all, if none)."""

    items: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    version: str = ""


@dataclass(frozen=True)
class Measure:
    """A definition. Exclusions and caveats are facts about the returns and live in their own registers."""

    id: str
    title: str
    tile: str
    kind: str
    unit: str
    decimals: int
    window: str
    sources: tuple[str, ...]
    numerator: Part = Part()
    denominator: Part = Part()
    multiplier: int = 1
    comparator: str = ""
    earlier: str = ""
    part_of: str = ""
    tracked: bool | None = None
    window_note: str = ""
    caption: str = ""
    reading: str = ""

    @property
    def is_percent(self) -> bool:
        """True when values are shown with a percent sign."""
        return self.kind in PERCENT

    @property
    def items(self) -> tuple[str, ...]:
        """Every item that the measure counts, populations included."""
        return (*self.numerator.items, *self.denominator.items)


def declared() -> tuple[Measure, ...]:
    """Return all measures in the order of data/measures.toml, which is the order of the report."""
    return tuple(_read(data_folder()).values())


def get(measure_id: str) -> Measure:
    """Return a measure by its id. Raises InputError, with close matches, when there is none."""
    known = _read(data_folder())
    if measure_id in known:
        return known[measure_id]
    near = difflib.get_close_matches(measure_id, known, n=3)
    raise InputError(
        f"No measure '{measure_id}'; {'did you mean ' + ' or '.join(near) + '?' if near else _list(known)}"
    )


def _list(known: dict[str, Measure]) -> str:
    return f"the measures are {', '.join(known)}"


@cache
def _read(folder: Path) -> dict[str, Measure]:
    given = checked(settings_of(folder / FILE, WHERE), WHERE, {"measure": object}, ["measure"])
    placed = [(where, _measure(entry, where)) for where, entry in entries(given, WHERE, "measure")]
    by_id = {measure.id: measure for _, measure in placed}
    sources = _sources(folder)
    for where, measure in placed:
        named([measure.part_of] if measure.part_of else [], where, "part_of", by_id, WHERE)
        named(measure.sources if sources else (), where, "sources", sources, f"data/{registers.SOURCES.file}")
    return by_id


def _sources(folder: Path) -> tuple[str, ...]:
    """Return the ids of the sources; none where the data folder has no register of them."""
    if not (folder / registers.SOURCES.file).is_file():
        return ()
    return tuple(registers.read_register(registers.SOURCES)["source_id"])


def _measure(entry: dict[str, Any], where: str) -> Measure:
    given = checked(entry, where, SETTINGS, OPTIONAL)
    kind = one_of(given, where, "kind", KINDS)
    _check_needed(given, where, kind)
    _check_numbers(given, where, kind)
    of_kind = {"change": OF_A_CHANGE, "cases": OF_CASES}.get(kind, ())
    filled(given, where, "caption", dict.fromkeys((*IN_CAPTION, *(OF_A_CHANGE if kind == "change" else ())), ""))
    filled(given, where, "reading", dict.fromkeys((*IN_READING, *of_kind), ""))
    given["sources"] = texts(given, where, "sources")
    for name in ("numerator", "denominator"):
        if name in given:
            given[name] = _part(given[name], f"{where}, {name}")
    return Measure(**given)


def _check_needed(given: Mapping[str, Any], where: str, kind: str) -> None:
    """Refuse a measure without what its kind is calculated from, or with what its kind never uses."""
    needed = NEEDED[kind]
    if missing := [name for name in needed if name not in given]:
        raise InputError(f"{where}: no setting '{missing[0]}'; a measure of kind {kind} needs {', '.join(needed)}")
    others = {name for names in NEEDED.values() for name in names} - set(needed)
    if unused := [name for name in given if name in others]:
        raise InputError(f"{where}: {unused[0]} is never used by a measure of kind {kind}; take it out")


def _check_numbers(given: Mapping[str, Any], where: str, kind: str) -> None:
    if given["decimals"] < 0:
        raise InputError(f"{where}: decimals is {given['decimals']}; write 0 or more")
    multiplier = given.get("multiplier", 1)
    if multiplier <= 0:
        raise InputError(f"{where}: multiplier is {multiplier}; write a whole number above zero, as 1000")
    if kind in PERCENT and multiplier != PER_HUNDRED:
        raise InputError(
            f"{where}: multiplier is {multiplier}; a measure of kind {kind} is shown in percent: write 100"
        )


def _part(entry: dict[str, Any], where: str) -> Part:
    given = checked(entry, where, {"items": list, "dimensions": list, "version": str}, ["dimensions", "version"])
    for name in ("items", "dimensions"):
        if given.get(name) == []:
            raise InputError(
                f"{where}: {name} is an empty list; name what counts, or leave dimensions out to count all"
            )
    return Part(texts(given, where, "items"), texts(given, where, "dimensions"), given.get("version", ""))
