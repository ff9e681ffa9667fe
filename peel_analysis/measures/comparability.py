"""The comparability blocks: what must not be compared, as data/comparability.toml declares it, with the reason."""

from collections.abc import Iterable, Iterator

from peel_analysis.data import forces
from peel_analysis.data.definitions import Block, Measure, NotComparableError
from peel_analysis.data.folder import open_data


def blocks() -> tuple[Block, ...]:
    """Return the declared comparability blocks. Raises InputError, with the block, for one that refuses nothing."""
    return open_data().blocks


def blocks_of(kind: str) -> Iterator[Block]:
    """Yield the blocks of one kind."""
    return (block for block in blocks() if block.kind == kind)


def barred(measure: Measure, year: int) -> dict[str, Block]:
    """Return the forces that must not be shown or ranked on a measure of a year, by id, with the block that says so.

    Calculating a measure asks for them, so that no figure, table or rank has a value to show.
    """
    about = [block for block in blocks_of("force") if measure.id in block.measures and block.holds_in(str(year))]
    return {force_id: block for block in about for force_id in forces.ids() if block.holds_for_force(force_id)}


def check_years(measure: Measure, force_id: str, earlier: int, later: int) -> None:
    """Raise NotComparableError when a measure of two years must not be compared for a force."""
    for block in blocks_of("over_time"):
        about = measure.id in block.measures and block.holds_for_force(force_id)
        if about and earlier != later and block.holds_in(str(earlier), str(later)):
            raise NotComparableError(block.reason)


def refused_over_time(measure: Measure, force_ids: Iterable[str], earlier: int, later: int) -> dict[str, str]:
    """Return which of the forces have a measure of two years that must not be compared, by id, with the reason."""
    refused = {}
    for force_id in force_ids:
        try:
            check_years(measure, force_id, earlier, later)
        except NotComparableError as refusal:
            refused[force_id] = str(refusal)
    return refused
