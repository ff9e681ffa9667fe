"""What must not be compared: the code refuses, with the reason, and the notebooks show it in place of the figure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from peel_analysis import forces
from peel_analysis.data import Edition
from peel_analysis.data_files import checked, entries, named, one_of, settings_of, texts
from peel_analysis.errors import InputError
from peel_analysis.location import data_folder
from peel_analysis.measures import Measure, declared

FILE = "comparability.toml"
WHERE = f"data/{FILE}"
OUTCOMES = "outcomes_recorded"
KINDS = {"together": "with", "over_time": "years", "force": "years"}  # and what each needs beside its measures
SETTINGS: dict[str, type] = {
    "id": str,
    "kind": str,
    "measures": list,
    "with": list,
    "forces": list,
    "years": list,
    "reason": str,
    "said_in": str,
}


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

    def keeps_apart(self, first: Measure, second: Measure) -> bool:
        """Return whether the block is about these two measures, in either order."""
        one, other = set(self.measures), set(self.others)
        return (first.id in one and second.id in other) or (first.id in other and second.id in one)

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
    """Return the declared comparability blocks. Raises InputError, with the block, for one that refuses nothing."""
    return _read(data_folder())


def check_together(first: Measure, second: Measure, edition: Edition) -> None:
    """Raise NotComparableError when two measures must not share a chart, a table or a sentence."""
    for block in _of("together"):
        if block.keeps_apart(first, second):
            raise NotComparableError(block.reason)
    windows = [edition.window(measure.window) for measure in (first, second)]
    if windows[0] != windows[1]:
        raise NotComparableError(
            f"{first.title} and {second.title} are counted in different windows ({windows[0].words}; "
            f"{windows[1].words}), so they are not put together."
        )


def reasons_apart(listed: Sequence[Measure], edition: Edition) -> list[str]:
    """Return why measures that stand in one list are not to be compared with each other, each reason once.

    It is for sentences that follow each other; what `check_together` refuses stays out of charts and tables.
    """
    pairs = list(combinations(listed, 2))
    reasons = [block.reason for block in _of("together") if any(block.keeps_apart(*pair) for pair in pairs)]
    windows = dict.fromkeys(edition.window(measure.window).words for measure in listed)
    if len(windows) > 1:
        reasons.append(
            f"The figures are counted in different windows ({'; '.join(windows)}), so they are not added, divided or "
            "set beside each other."
        )
    return reasons


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
    given = checked(settings_of(folder / FILE, WHERE), WHERE, {"block": object}, ["block"])
    return tuple(_block(entry, where) for where, entry in entries(given, WHERE, "block"))


def _block(entry: dict[str, Any], where: str) -> Block:
    given = checked(entry, where, SETTINGS, ("with", "forces", "years"))
    kind = one_of(given, where, "kind", KINDS)
    needed = ("reason", "said_in", "measures", KINDS[kind])
    if missing := [name for name in needed if not given.get(name)]:
        raise InputError(f"{where}: no {missing[0]}; a block of kind {kind} needs {', '.join(needed)}")
    lists = {name: texts(given, where, name) for name in ("measures", "with", "forces", "years")}
    known = [measure.id for measure in declared()]
    for name in ("measures", "with"):
        named(lists[name], where, name, known, "data/measures.toml")
    named(lists["forces"], where, "forces", forces.ids(), "data/forces.csv")
    if wrong := [year for year in lists["years"] if not re.fullmatch(r"all|\d{4}", year)]:
        raise InputError(f"{where}: years has '{wrong[0]}'; write years of four figures in quotes, or \"all\"")
    return Block(
        id=given["id"],
        kind=kind,
        measures=lists["measures"],
        reason=given["reason"],
        said_in=given["said_in"],
        others=lists["with"],
        forces=lists["forces"],
        years=lists["years"],
    )
