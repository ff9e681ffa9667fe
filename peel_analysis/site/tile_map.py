"""The tile map of a measure: a square a force where it lies in England and Wales, with its value and its fifth."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from peel_analysis.data.registers import NOT_AVAILABLE, TILE_MAP
from peel_analysis.data.text import rounded
from peel_analysis.measures import Result
from peel_analysis.show.tables import value_cell

FIFTHS = 5  # with fewer forces there are none, and no map


@dataclass(frozen=True)
class Tile:
    """A force on the map. `fifth` is 1 for the lowest values and 0 for a force without one, which `why` explains."""

    force_id: str
    name: str
    code: str
    column: int
    row: int
    value: str
    fifth: int
    why: str = ""


@dataclass(frozen=True)
class Step:
    """An entry of the map's key: a fifth, its lowest and highest value as shown, and how many forces are in it."""

    fifth: int
    lowest: str
    highest: str
    forces: int


def has_map(result: Result) -> bool:
    """Return whether enough forces have a value for a map."""
    return len(result.plotted) >= FIFTHS


def tiles(result: Result) -> list[Tile]:
    """Return the tiles from the north-west to the south-east, row by row: all forces, with or without a value."""
    places = result.edition.data.records(TILE_MAP)
    in_fifths = fifths(result)
    return [
        _tile(result, row, in_fifths.get(row["force_id"], 0))
        for row in sorted(places, key=lambda row: (int(row["row"]), int(row["column"])))
    ]


def _tile(result: Result, place: Mapping[str, str], fifth: int) -> Tile:
    own, name = result.of(place["force_id"]), result.edition.forces.name(place["force_id"])
    value, why = value_cell(result, own.value, own.status).text, ""
    if not fifth:
        value, why = without_a_value(result, own.force_id)
    return Tile(own.force_id, name, place["code"], int(place["column"]), int(place["row"]), value, fifth, why)


def without_a_value(result: Result, force_id: str) -> tuple[str, str]:
    """Return the mark and the reason, in a few words, of a force that no figure draws."""
    own, statuses = result.of(force_id), result.edition.data.statuses
    if own.is_missing:
        return statuses.mark(own.status) or NOT_AVAILABLE, own.short or statuses.words(own.status)
    return NOT_AVAILABLE, f"Not in the figure: {own.short}"


def fifths(result: Result) -> dict[str, int]:
    """Return the fifth of each force that a figure draws, 1 for the lowest: values that are shown alike share one."""
    shown = _as_shown(result)
    below = {value: sum(other < value for other in shown.values()) for value in set(shown.values())}
    return {force_id: 1 + FIFTHS * below[value] // len(shown) for force_id, value in shown.items()}


def _as_shown(result: Result) -> dict[str, Decimal]:
    values = result.plotted["value"].items()
    return {str(force_id): rounded(float(value), result.measure.decimals) for force_id, value in values}


def key(result: Result) -> list[Step]:
    """Return the map's key, from the lowest fifth that a force is in to the highest."""
    shown, steps = _as_shown(result), []
    for fifth, force_ids in _by_fifth(fifths(result).items()):
        ends = (min(force_ids, key=shown.__getitem__), max(force_ids, key=shown.__getitem__))
        lowest, highest = (value_cell(result, result.of(one).value).text for one in ends)
        steps.append(Step(fifth, lowest, highest, len(force_ids)))
    return steps


def _by_fifth(of_forces: Iterable[tuple[str, int]]) -> list[tuple[int, list[str]]]:
    found: dict[int, list[str]] = {}
    for force_id, fifth in of_forces:
        found.setdefault(fifth, []).append(force_id)
    return sorted(found.items())
