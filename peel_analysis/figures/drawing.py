"""The SVG of a figure: byte for byte the same on each run, drawn once a measure and kept under its content key."""

import hashlib
import inspect
import io
import json
import os
from dataclasses import asdict
from functools import cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from peel_analysis import wording
from peel_analysis.figures import pick_out, ranked, style
from peel_analysis.measures import Result

KEPT_IN = "PEEL_DRAWINGS"  # a folder in which finished drawings are kept for the other forces of a batch


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
    folder = os.environ.get(KEPT_IN)
    if not folder:
        return as_svg(ranked.ranked_bars(result))
    path = Path(folder) / f"{result.measure.id}-{_key(result)}.svg"
    if path.exists():
        return path.read_text(encoding="utf-8")
    svg = as_svg(ranked.ranked_bars(result))
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.part")
    beside.write_text(svg, encoding="utf-8")
    beside.replace(path)
    return svg


def _key(result: Result) -> str:
    """Return the content key: everything that the drawing without a picked force depends on."""
    columns = ["value", "comparator_value", "in_figure", "status"]
    rows = result.rows[columns].to_json(double_precision=15)
    said = json.dumps([asdict(result.measure), str(result.window), str(result.comparator_window)], default=str)
    return hashlib.sha256("\n".join([rows, said, _drawn_by()]).encode()).hexdigest()[:20]


@cache
def _drawn_by() -> str:
    """Return what draws: the versions and the sources of the drawing code."""
    sources = [inspect.getsource(module) for module in (ranked, style, wording)]
    return "\n".join([mpl.__version__, *sources])
