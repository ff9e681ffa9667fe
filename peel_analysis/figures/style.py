"""The Analysis Function's chart style, and how one force is picked out by more than colour."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import matplotlib as mpl

DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY = "#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d"
FOCUS_GREY = "#bfbfbf"  # the Analysis Function's grey of 1.84:1 against white: hence the darker outline below
OUTLINE = "#5c5c5c"
FONT = ["Arial", "Liberation Sans", "Helvetica", "DejaVu Sans"]


@dataclass(frozen=True)
class Look:
    """How a bar and its words are drawn."""

    fill: str
    edge: str
    line_width: float
    font_weight: str
    text: str


OTHER = Look(FOCUS_GREY, OUTLINE, 0.5, "normal", "#1a1a1a")
PICKED = Look(DARK_BLUE, "#0b0c0c", 1.25, "bold", "#0b0c0c")

SETTINGS: dict[str, Any] = {
    "font.size": 9,
    "font.sans-serif": FONT,
    "axes.grid": False,
    "axes.spines.bottom": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "peel_analysis",
    "figure.dpi": 100,
    "path.simplify": False,
}


@contextmanager
def analysis_function() -> Iterator[None]:
    """Draw in the Analysis Function's style within the block; text stays text in an SVG."""
    with mpl.rc_context(_settings()):
        yield


@cache
def _settings() -> mpl.RcParams:
    """Return the style's settings with ours over them, read once: a context of styles reads the file each time."""
    style = mpl.rc_params_from_file(str(resources.files("afcharts") / "afcharts.mplstyle"), use_default_template=False)
    return mpl.RcParams({**style, **SETTINGS})
