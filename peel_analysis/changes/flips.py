"""Reading sentences that flipped: their words changed, not just their numbers."""

import re
from dataclasses import dataclass
from pathlib import Path

from peel_analysis.changes.sides import in_folder
from peel_analysis.measures import Result
from peel_analysis.show import words as wording

NUMBER = re.compile(r"[+-]?\d[\d,.]*\d%?|[+-]?\d%?")

# Why a verdict is what it is; the verdict itself is before it. A point between digits does not end the sentence.
EXPLANATION = re.compile(r" by the stated rule: .*?(?=\.(?:\s|$))| \(by the size rule alone; [^)]*\)")


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

    A force without a value on both sides is left out, and so is a measure that a side has no value of. The sentence
    about the comparator's window is left out on both sides. Each side's sentences are made with its own data folder.
    """
    missing = [one.rows["value"].isna() for one, _ in (a, b)]
    if missing[0].all() or missing[1].all():
        return []
    before, after = (_readings(*one) for one in (a, b))
    nowhere = missing[0] & missing[1]
    measure = b[0].measure
    return [
        Flip(measure.id, measure.title, force_id, before[force_id], after[force_id])
        for force_id in after
        if not nowhere[force_id] and _bare(before[force_id], a[0]) != _bare(after[force_id], b[0])
    ]


def _readings(result: Result, folder: Path) -> dict[str, str]:
    if result.measure.kind == "survey":
        return {}
    with in_folder(folder):
        return {str(force_id): wording.reading(result, str(force_id)) for force_id in result.rows.index}


def _bare(reading: str, result: Result) -> str:
    """Return a reading without its window, its numbers and the explanation of its verdict."""
    without_window = reading.replace(wording.window_phrase(result.window), "(window)")
    return NUMBER.sub("#", EXPLANATION.sub("", without_window))
