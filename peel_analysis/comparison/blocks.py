"""What must not be compared: the code refuses, with the reason, and the notebooks show it in place of the figure."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

from peel_analysis.data import Edition
from peel_analysis.errors import InputError
from peel_analysis.forces import display_name
from peel_analysis.location import data_folder
from peel_analysis.measures import Measure

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


def blocks() -> tuple[Block, ...]:
    """Return the declared comparability blocks."""
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


def check_force(measure: Measure, force_id: str, edition: Edition) -> None:
    """Raise NotComparableError when a force must not be shown or ranked on a measure."""
    year = str(edition.window(measure.window).end.year)
    for block in _of("force"):
        if measure.id in block.measures and block.holds_for_force(force_id) and block.holds_in(year):
            raise NotComparableError(block.reason)


def check_over_time(measure: Measure, force_id: str, earlier: Edition, later: Edition) -> None:
    """Raise NotComparableError when a measure of two editions must not be compared for a force."""
    check_years(measure, force_id, earlier.window(measure.window).end.year, later.window(measure.window).end.year)
    if measure.tracked and earlier.release_of("outcomes_recorded") != later.release_of("outcomes_recorded"):
        raise NotComparableError(
            f"{measure.title}: outcomes are added to past crimes as time goes on, and editions {earlier.id} and "
            f"{later.id} use different releases, so the two for {display_name(force_id)} are not compared."
        )


def check_years(measure: Measure, force_id: str, earlier: int, later: int) -> None:
    """Raise NotComparableError when a measure of two years must not be compared for a force."""
    for block in _of("over_time"):
        about = measure.id in block.measures and block.holds_for_force(force_id)
        if about and earlier != later and block.holds_in(str(earlier), str(later)):
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
