"""The SVG of a figure: byte for byte the same on each run, and drawn once a measure for all forces of a batch."""

import io

from matplotlib.figure import Figure

from peel_analysis import kept
from peel_analysis.figures import pick_out, ranked, style
from peel_analysis.measures import Result


def ranked_svg(result: Result, force_id: str) -> str:
    """Return the ranked bars of a measure as SVG text with `force_id` picked out."""
    return pick_out.pick_out(_ranked_base(result), force_id)


def as_svg(figure: Figure) -> str:
    """Return a figure as SVG text without date or random ids; text stays text."""
    out = io.StringIO()
    with style.analysis_function():
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    return text[text.index("<svg") :]


def _ranked_base(result: Result) -> str:
    """Return the drawing without a picked force, drawn once in a batch."""
    rows = result.rows[["value", "comparator_value", "in_figure", "status"]].to_json(double_precision=15)
    asked = (rows, repr(result.measure), str(result.window), str(result.comparator_window))
    return kept.once("drawings", asked, lambda: as_svg(ranked.ranked_bars(result)).encode()).decode()
