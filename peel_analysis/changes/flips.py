"""Reading sentences that flipped: their words changed, not just their numbers."""

import re
from dataclasses import dataclass
from pathlib import Path

from peel_analysis import wording
from peel_analysis.changes.sides import in_folder
from peel_analysis.measures import Result

NUMBER = re.compile(r"[+-]?\d[\d,.]*\d%?|[+-]?\d%?")


@dataclass(frozen=True)
class Flip:
    """A force's reading sentence on both sides, where it says something else."""

    measure_id: str
    title: str
    force_id: str
    before: str
    after: str


def sentences(a: tuple[Result, Path], b: tuple[Result, Path]) -> list[Flip]:
    """Return the readings of a measure whose words differ once numbers and windows are taken out.

    The sentence about the comparator's window is left out on both sides. Each side's sentences are made with its own
    data folder.
    """
    before, after = _readings(*a), _readings(*b)
    measure = b[0].measure
    return [
        Flip(measure.id, measure.title, force_id, before[force_id], after[force_id])
        for force_id in after
        if force_id in before and _bare(before[force_id], a[0]) != _bare(after[force_id], b[0])
    ]


def _readings(result: Result, folder: Path) -> dict[str, str]:
    if result.measure.kind == "survey":
        return {}
    with in_folder(folder):
        return {str(force_id): wording.reading(result, str(force_id)) for force_id in result.rows.index}


def _bare(reading: str, result: Result) -> str:
    """Return a reading with its window and its numbers blanked out."""
    return NUMBER.sub("#", reading.replace(wording.window_phrase(result.window), "(window)"))
