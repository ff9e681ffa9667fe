"""The totals that a publisher prints beside the forces' figures, set against the sums of those figures."""

from collections.abc import Iterator, Mapping

from peel_analysis.data import forces
from peel_analysis.sources.areas import Area
from peel_analysis.sources.markers import Marker
from peel_analysis.sources.reading import PrintedTotal

ENGLAND_AND_WALES = "England and Wales"


def printed_totals(values: Mapping[Area, float | Marker], item: str, period_end: str) -> Iterator[PrintedTotal]:
    """Yield each printed region and country of a column beside the sum of its forces that have a figure.

    A printed total may hold bodies that are no force as well, or leave one force out without saying so in its row:
    where exactly that makes the two agree, the sum yielded is that one, and `without` names the force left out.
    """
    figures = {area: value for area, value in values.items() if not isinstance(value, Marker)}
    bodies = sum(value for area, value in figures.items() if area.kind == "body" and not area.id.startswith("Total"))
    for area, printed in figures.items():
        if area.kind not in ("region", "country"):
            continue
        members = _members(area.id)
        with_figure = {force_id: figures[one] for force_id in members if (one := Area("force", force_id)) in figures}
        if not with_figure:
            continue
        without = tuple(force_id for force_id in members if force_id not in with_figure)
        total = sum(with_figure.values())
        as_summed = PrintedTotal(item, area.id, period_end, printed, total, without)
        others = [PrintedTotal(item, area.id, period_end, printed, total + bodies, without, bodies)]
        others += [
            PrintedTotal(item, area.id, period_end, printed, total - figure, tuple(sorted((*without, force_id))))
            for force_id, figure in with_figure.items()
            if figure
        ]
        yield as_summed if as_summed.agrees else next((other for other in others if other.agrees), as_summed)


def _members(area: str) -> list[str]:
    return [
        force.id
        for force in forces.all_forces()
        if area == ENGLAND_AND_WALES or area.lower() in (force.region.lower(), force.country.lower())
    ]
