"""Telling police forces from regions, countries and other bodies in a published list of areas."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from peel_analysis.data import forces

CODE = re.compile(r"[EWKSN]\d{8}")
FORCE_CODES = ("E23", "W15")
REGIONS = {
    "north east": "North East",
    "north west": "North West",
    "yorkshire and the humber": "Yorkshire and the Humber",
    "east midlands": "East Midlands",
    "west midlands": "West Midlands",
    "east": "East",
    "east of england": "East",
    "eastern": "East",
    "eastern region": "East",
    "yorkshire and humber": "Yorkshire and the Humber",
    "london": "London",
    "south east": "South East",
    "south west": "South West",
}
COUNTRIES = {
    "england and wales": "England and Wales",
    "england": "England",
    "wales": "Wales",
    "total forces": "England and Wales",  # "Total 43 forces"
    "all forces": "England and Wales",
}
BODIES = {
    "british transport police": "British Transport Police",
    "btp": "British Transport Police",
    "central service secondments": "Central service secondments",
    "central services secondments": "Central service secondments",
    "total": "Total with bodies that are no police force area",
}


@dataclass(frozen=True)
class Area:
    """What a row of a table is about: `kind` is force, region, country or body; `id` is a force's id, else a name."""

    kind: str
    id: str


def plain_name(text: str) -> str:
    """Return an area's name without note marks, footnote digits, brackets, and "excluding" or "including" another."""
    without_brackets = re.sub(r"\[[^\]]*\]|\([^)]*\)", " ", text)
    words = re.sub(r"[^a-z]+", " ", without_brackets.lower().replace("&", " and "))
    return re.sub(r" (exc|excl|excluding|inc|incl|including) .*", "", f"{words} ").strip()


def is_code(text: str) -> bool:
    """Return True for an area code, with or without a footnote digit glued to its end."""
    return bool(CODE.match(text))


def classify(rows: Iterable[tuple[str, str]]) -> list[Area | None]:
    """Return what each (code, name) row is about, or None for a row that names no area.

    The code decides where there is one. "West Midlands" without a code is a region and a force: it is the force where
    the row before is a force of that region or the region itself. Raises ValueError when a force's code and name do
    not agree.
    """
    areas: list[Area | None] = []
    before: Area | None = None
    for code, name in rows:
        area = _classify(code, name, before)
        areas.append(area)
        before = area or before
    return areas


def _classify(code: str, name: str, before: Area | None) -> Area | None:
    plain = plain_name(name)
    if is_code(code):
        if code.startswith(FORCE_CODES):
            return _force_of_code(code, name)
        if plain in COUNTRIES:
            return Area("country", COUNTRIES[plain])
        return Area("region", REGIONS.get(plain, name.strip()))
    if plain == "west midlands":
        return Area("force", "west-midlands") if _in_west_midlands(before) else Area("region", "West Midlands")
    if plain in COUNTRIES:
        return Area("country", COUNTRIES[plain])
    if plain in REGIONS:
        return Area("region", REGIONS[plain])
    if plain in BODIES:
        return Area("body", BODIES[plain])
    return _force_of_name(plain)


def _in_west_midlands(area: Area | None) -> bool:
    if area is None or area.kind not in ("force", "region"):
        return False
    return (area.id if area.kind == "region" else forces.find(area.id).region) == "West Midlands"


def _force_of_code(code: str, name: str) -> Area:
    named = _force_of_name(plain_name(name))
    coded = next((Area("force", force.id) for force in forces.all_forces() if force.ons_code == code[:9]), None)
    if coded and named and coded != named:
        raise ValueError(
            f"code {code} is {forces.display_name(coded.id)}, and the name is {name!r}; "
            "take the corrected file from the publisher"
        )
    if area := coded or named:
        return area
    raise ValueError(f"area {code} {name!r} is none of the 43 forces; if it is a new code, add it to data/forces.csv")


def _force_of_name(plain: str) -> Area | None:
    try:
        return Area("force", forces.find(plain).id) if plain else None
    except forces.UnknownForceError:
        return None
