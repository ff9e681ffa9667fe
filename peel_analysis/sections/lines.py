"""Lists of readings: a line a figure with its link, and the lines to be read apart."""

from collections.abc import Iterable
from html import escape

from peel_analysis.comparison import reasons_apart
from peel_analysis.measures import Result
from peel_analysis.show.words import not_available, reading, value_id


def lines(results: Iterable[Result], force_id: str) -> str:
    """Return a list item a result as HTML: its reading, the id of its row in values.csv, and the link to its figure.

    A measure that the edition does not have gets no link.
    """
    return "".join(
        f'<li data-value="{value_id(result, force_id)}">{escape(reading(result, force_id))} {_to_figure(result)}</li>'
        for result in results
    )


def _to_figure(result: Result) -> str:
    """Return the link to the measure's figure; on the page it goes to the measure's tile where there is no figure.

    What is only counted as a part of another measure is shown in the figure of the whole.
    """
    if not_available(result):
        return ""
    shown = result.measure.part_of or result.measure.id
    return f'<a class="to-figure" href="#figure-{shown}">See the figure</a>'


def read_apart(results: Iterable[Result], force_id: str) -> str:
    """Return a note for each reason why lines of one list are not to be compared with each other, as HTML.

    Only lines that say a value of the force count: the others hold nothing to compare.
    """
    told = [result for result in results if not result.of(force_id).is_missing]
    if not told:
        return ""
    reasons = reasons_apart([result.measure for result in told], told[0].edition)
    return "".join(f'<p class="read-apart">To be read apart: {escape(reason)}</p>' for reason in reasons)
