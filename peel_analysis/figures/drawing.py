"""The SVG of a figure: byte for byte the same on each run, and drawn once a measure for all forces of a batch."""

import io
from collections.abc import Callable

from matplotlib.figure import Figure

from peel_analysis.comparison import Compared
from peel_analysis.comparison.verdicts import fields_in_words
from peel_analysis.data import cache as kept
from peel_analysis.figures import funnel, ranked, strip, style
from peel_analysis.figures.pick_out import pick_out, shapes_first
from peel_analysis.measures import Result


def ranked_svg(result: Result, force_id: str) -> str:
    """Return the ranked bars of a measure as SVG text with `force_id` picked out."""
    return _drawn("ranked", _asked(result), force_id, lambda picked: ranked.ranked_bars(result, picked))


def strip_svg(result: Result, force_id: str) -> str:
    """Return the strip of a measure's changes as SVG text with `force_id` picked out."""
    return _drawn("strip", _asked(result), force_id, lambda picked: strip.change_strip(result, picked))


def funnel_svg(compared: Compared, force_id: str) -> str:
    """Return the funnel of a measure as SVG text with `force_id` picked out."""
    asked = f"{_asked(compared.result)}\n{fields_in_words(compared.funnel)}"
    return _drawn("funnel", asked, force_id, lambda picked: funnel.funnel_plot(compared, picked))


def as_svg(figure: Figure) -> str:
    """Return a figure as SVG text without date or random ids; text stays text."""
    out = io.StringIO()
    with style.analysis_function():
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    return shapes_first(text[text.index("<svg") :])


def _drawn(kind: str, asked: str, force_id: str, draw: Callable[[str | None], Figure]) -> str:
    """Return a force's drawing: in a batch picked out of one that is drawn once, else drawn for it alone.

    Both are the same, byte for byte; for one force alone the second takes less time.
    """
    if kept.folder() is None:
        return as_svg(draw(force_id))
    return pick_out(kept.once("drawings", (kind, asked), lambda: as_svg(draw(None)).encode()).decode(), force_id)


def _asked(result: Result) -> str:
    """Return all that a drawing of a result depends on, as text."""
    rows = result.rows[["value", "comparator_value", "in_figure", "status"]].to_json(double_precision=15)
    return "\n".join((rows, repr(result.measure), str(result.window), str(result.comparator_window)))
