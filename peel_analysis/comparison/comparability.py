"""May these be compared: two measures in one picture, values of two windows. Where not, the reason is raised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from peel_analysis.data.definitions import Block, Measure, NotComparableError
from peel_analysis.data.edition import Edition
from peel_analysis.measures.exclusions import check_years

OUTCOMES = "outcomes_recorded"


@dataclass(frozen=True)
class Point:
    """Whose value it is (an edition, or a side of a comparison), its window's last day, and its release of outcomes."""

    name: str
    end: str
    release: str


def check_together(first: Measure, second: Measure, edition: Edition) -> None:
    """Raise NotComparableError when two measures must not share a chart, a table or a sentence."""
    for block in edition.data.blocks:
        if block.kind == "together" and block.keeps_apart(first, second):
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
    together = (block for block in edition.data.blocks if block.kind == "together")
    reasons = [block.reason for block in together if any(block.keeps_apart(*pair) for pair in pairs)]
    windows = dict.fromkeys(edition.window(measure.window).words for measure in listed)
    if len(windows) > 1:
        reasons.append(
            f"The figures are counted in different windows ({'; '.join(windows)}), so they are not added, divided or "
            "set beside each other."
        )
    return reasons


def point_of(measure: Measure, edition: Edition, name: str = "") -> Point:
    """Return when a measure of an edition is from, under the edition's name or the one given."""
    end = edition.window(measure.window).end.isoformat()
    return Point(name or f"edition {edition.id}", end, edition.release_of(OUTCOMES))


def check_over_time(measure: Measure, force_id: str, earlier: Point, later: Point, blocks: Iterable[Block]) -> None:
    """Raise NotComparableError when a measure of two windows must not be compared for a force, by the blocks or else.

    Of one window two releases may be compared: their difference is what was added in between, and no change over time.
    """
    if earlier.end == later.end:
        return
    check_years(measure, force_id, int(earlier.end[:4]), int(later.end[:4]), blocks)
    if measure.tracked and earlier.release != later.release:
        raise NotComparableError(
            f"Outcomes are added to past crimes as time goes on, and {earlier.name} and {later.name} rest on different "
            f"releases of them ({earlier.release} and {later.release}), so the two are not compared."
        )
