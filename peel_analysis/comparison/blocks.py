"""What must not be compared: the code refuses, with the reason, and the notebooks show it in place of the figure."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from peel_analysis import forces
from peel_analysis.data import Edition
from peel_analysis.errors import InputError
from peel_analysis.location import data_folder
from peel_analysis.measures import Measure

OUTCOMES = "outcomes_recorded"
KINDS = ("together", "over_time", "force")


class NotComparableError(InputError):
    """Two figures, or a figure of a force, that must not be compared. The message is the reason."""


@dataclass(frozen=True)
class Block:
    """One entry of data/comparability.toml."""

    id: str
    kind: str
    measures: tuple[str, ...]
    reason: str
    said_in: str
    others: tuple[str, ...] = ()
    forces: tuple[str, ...] = ()
    years: tuple[str, ...] = ()

    def holds_for_force(self, force_id: str) -> bool:
        """Return whether the block is about this force; one without forces is about all."""
        return not self.forces or force_id in self.forces

    def holds_in(self, *years: str) -> bool:
        """Return whether the block is about all these years."""
        return "all" in self.years or set(years) <= set(self.years)


@dataclass(frozen=True)
class Point:
    """Whose value it is (an edition, or a side of a comparison), its window's last day, and its release of outcomes."""

    name: str
    end: str
    release: str


def blocks() -> tuple[Block, ...]:
    """Return the declared comparability blocks."""
    return _read(data_folder())


def check_together(first: Measure, second: Measure, edition: Edition) -> None:
    """Raise NotComparableError when two measures must not share a chart, a table or a sentence."""
    for block in _of("together"):
        one, other = set(block.measures), set(block.others)
        if (first.id in one and second.id in other) or (first.id in other and second.id in one):
            raise NotComparableError(block.reason)
    windows = [edition.window(measure.window) for measure in (first, second)]
    if windows[0] != windows[1]:
        raise NotComparableError(
            f"{first.title} and {second.title} are counted in different windows ({windows[0].words}; "
            f"{windows[1].words}), so they are not put together."
        )


def barred(measure: Measure, year: int) -> dict[str, Block]:
    """Return the forces that must not be shown or ranked on a measure of a year, by id, with the block that says so.

    Calculating a measure asks for them, so that no figure, table or rank has a value to show.
    """
    about = [block for block in _of("force") if measure.id in block.measures and block.holds_in(str(year))]
    return {force_id: block for block in about for force_id in forces.ids() if block.holds_for_force(force_id)}


def point_of(measure: Measure, edition: Edition, name: str = "") -> Point:
    """Return when a measure of an edition is from, under the edition's name or the one given."""
    end = edition.window(measure.window).end.isoformat()
    return Point(name or f"edition {edition.id}", end, edition.release_of(OUTCOMES))


def check_over_time(measure: Measure, force_id: str, earlier: Point, later: Point) -> None:
    """Raise NotComparableError when a measure of two windows must not be compared for a force.

    Of one window two releases may be compared: their difference is what was added in between, and no change over time.
    """
    if earlier.end == later.end:
        return
    _check_years(measure, force_id, earlier.end[:4], later.end[:4])
    if measure.tracked and earlier.release != later.release:
        raise NotComparableError(
            f"Outcomes are added to past crimes as time goes on, and {earlier.name} and {later.name} rest on different "
            f"releases of them ({earlier.release} and {later.release}), so the two are not compared."
        )


def check_years(measure: Measure, force_id: str, earlier: int, later: int) -> None:
    """Raise NotComparableError when a measure of two years must not be compared for a force."""
    _check_years(measure, force_id, str(earlier), str(later))


def _check_years(measure: Measure, force_id: str, earlier: str, later: str) -> None:
    for block in _of("over_time"):
        about = measure.id in block.measures and block.holds_for_force(force_id)
        if about and earlier != later and block.holds_in(earlier, later):
            raise NotComparableError(block.reason)


def _of(kind: str) -> Iterator[Block]:
    return (block for block in blocks() if block.kind == kind)


@cache
def _read(folder: Path) -> tuple[Block, ...]:
    path = folder / "comparability.toml"
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["block"]
        read = tuple(_block(entry) for entry in entries)
    except FileNotFoundError as error:
        raise InputError(f"data/comparability.toml: the file is missing from {folder}") from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise InputError(f"data/comparability.toml: {error}") from error
    for block in read:
        if block.kind not in KINDS:
            raise InputError(f"data/comparability.toml, {block.id}: kind is '{block.kind}'; use {', '.join(KINDS)}")
    return read


def _block(entry: dict[str, Any]) -> Block:
    wanted = ("id", "kind", "reason", "said_in")
    if missing := [name for name in wanted if not entry.get(name)]:
        where = f"data/comparability.toml, block '{entry.get('id', '?')}'"
        raise InputError(f"{where}: no {missing[0]}; every block says what it refuses and why")
    named: dict[str, Any] = {name: str(entry[name]) for name in wanted}
    for field, name in (("measures", "measures"), ("others", "with"), ("forces", "forces"), ("years", "years")):
        named[field] = tuple(entry.get(name, ()))
    return Block(**named)
