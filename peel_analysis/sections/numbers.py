"""The numbers of a report's figures: what each section prints of them without the others having been run."""

import json
from collections.abc import Callable, Mapping

from peel_analysis.comparison import compare
from peel_analysis.comparison.over_time import season_free, signals_of
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.reads import as_text, question
from peel_analysis.data.settings import OUTCOME_SPREAD, SectionPlan
from peel_analysis.data.writing import cache_folder, once
from peel_analysis.measures import Result, calculate, quarterly, rolling
from peel_analysis.measures.outcome_groups import MEASURE
from peel_analysis.show.words import not_available

FEWEST_FOR_A_FIGURE = 2  # forces, unless the one is the report's own: it still stands beside England and Wales


@question("numbers", as_text)
def figure_numbers(edition: Edition, force_id: str, section_id: str) -> dict[str, int]:
    """Return the numbers of figures in the report of a force that has all sections, by their ids.

    Those are the figures that data/sections.toml names of the sections up to this one and that are drawn for the force.
    """
    ids: list[str] = []
    for plan in edition.sections:
        drawn = _drawn_in(edition, plan)
        ids += [one for one in plan.figures if force_id in drawn[one]]
        if plan.id == section_id:
            break
    return {figure_id: number for number, figure_id in enumerate(ids, start=1)}


def _drawn_in(edition: Edition, plan: SectionPlan) -> dict[str, list[str]]:
    """Return for which forces each figure of a section is drawn; a batch finds it out once."""

    def found() -> bytes:
        return json.dumps({one: _drawn_for(one, edition) for one in plan.figures}).encode()

    def read() -> dict[str, list[str]]:
        made: dict[str, list[str]] = json.loads(once("figures", (edition.key, *plan.figures), found))
        return made

    # named by the folder too: what a batch has kept there is from files that are as they are now
    return edition.data.cached(("figures", edition.choices, plan.figures, cache_folder()), read)


def _drawn_for(figure_id: str, edition: Edition) -> list[str]:
    measure_id, _, kind = figure_id.partition("-")
    result = calculate(edition.data.measure(MEASURE if figure_id == OUTCOME_SPREAD else measure_id), edition)
    return [] if not_available(result) else list(DRAWN[kind](result))


def by_force(result: Result) -> list[str]:
    """Return the forces for whose reports a measure is drawn by force: all if enough have a value, else those."""
    drawn = result.forces if len(result.plotted) >= FEWEST_FOR_A_FIGURE else result.plotted
    return [str(one) for one in drawn.index]


def _against_size(result: Result) -> list[str]:
    return [] if compare(result).funnel is None else _every(result)


def _over_time(result: Result) -> list[str]:
    try:
        lines = rolling(result).values
    except InputError:
        return []
    return [one for one in _every(result) if lines[one].notna().any()]


def _by_quarter(result: Result) -> list[str]:
    try:
        free = season_free(quarterly(result))
    except InputError:
        return []
    return [one for one in _every(result) if signals_of(free, one)]


def _every(result: Result) -> list[str]:
    return [str(one) for one in result.forces.index]


DRAWN: Mapping[str, Callable[[Result], list[str]]] = {  # by what follows the measure in a figure's id
    "": by_force,
    "funnel": _against_size,
    "trend": _over_time,
    "quarters": _by_quarter,
    "spread": _every,
}
