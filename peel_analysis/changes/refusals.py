"""What a comparison of two sides refuses: measures, or forces of them, that must not be compared over time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from peel_analysis.changes.moves import Move
from peel_analysis.changes.sides import Side, in_folder
from peel_analysis.comparison import NotComparableError, check_over_time
from peel_analysis.comparison.comparability import OUTCOMES, Point, point_of
from peel_analysis.data import forces
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.text import in_words
from peel_analysis.measures import Measure

NAMED = 3  # forces named one by one; more are counted


@dataclass(frozen=True)
class Refusal:
    """A measure that is not compared for some forces, and why."""

    title: str
    force_ids: tuple[str, ...]
    reason: str

    @property
    def sentence(self) -> str:
        """What is printed in place of the moves: "Organised crime groups ..., Warwickshire and West Mercia: why"."""
        if len(self.force_ids) <= NAMED:
            return f"{self.title}, {forces.in_words(self.force_ids)}: {self.reason}"
        number = len(set(self.force_ids) - {ENGLAND_AND_WALES})
        also = " and England and Wales" if ENGLAND_AND_WALES in self.force_ids else ""
        return f"{self.title}, {in_words(number)} forces{also}: {self.reason}"


def refusals(moves: list[Move]) -> Iterator[Refusal]:
    """Yield the refusals among the moves, once a measure and reason."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for move in moves:
        if move.refused:
            groups.setdefault((move.measure_id, move.title, move.refused), []).append(move.force_id)
    for (_, title, reason), force_ids in groups.items():
        yield Refusal(title, tuple(force_ids), reason)


def refused(measure: Measure | None, points: Mapping[str, tuple[Point, Point]], side: Side) -> dict[str, str]:
    """Return the reasons by force id for the forces whose two points must not be compared, by a side's data folder."""
    found: dict[str, str] = {}
    if measure is None:
        return found
    with in_folder(side.folder):
        for force_id, (earlier, later) in points.items():
            try:
                check_over_time(measure, force_id, earlier, later)
            except NotComparableError as refusal:
                found[force_id] = str(refusal)
    return found


def declared_point(measure: Measure | None, side: Side) -> Point:
    """Return when and from which release a side's edition has a measure; blank for one that it does not declare."""
    if measure is None or side.edition is None:
        return Point(side.name, "", "")
    return point_of(measure, side.edition, side.name)


def stored_point(side: Side, row: Mapping[Any, str]) -> Point:
    """Return when and from which release of outcomes a row of a values file is."""
    released = [part.removeprefix(OUTCOMES).strip() for part in row["release"].split(";") if OUTCOMES in part]
    return Point(side.name, row["period_end"], "".join(released))
