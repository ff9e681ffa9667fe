"""What every figure looks like: the Analysis Function's style, its colours, and about how wide words are set."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Literal, NamedTuple

import matplotlib as mpl
from matplotlib.font_manager import fontManager, get_font, ttfFontProperty

DARK_BLUE, TURQUOISE, DARK_PINK, ORANGE, DARK_GREY = "#12436d", "#28a197", "#801650", "#f46a25", "#3d3d3d"
COLOURS = (DARK_BLUE, TURQUOISE, ORANGE, DARK_GREY, "#a285d1")  # of forces beside each other
FOCUS_GREY = "#bfbfbf"  # the Analysis Function's grey of 1.84:1 against white: hence the darker outline below
OUTLINE = "#5c5c5c"
WIDTH = 7.6  # inches; the report's column
NATIONAL_LINE: dict[str, Any] = {"color": DARK_PINK, "linewidth": 1.6, "linestyle": (0, (5, 2))}
SPOT = 5.5  # points, of a force's mark
FONT = ["Arial", "Liberation Sans", "Helvetica", "DejaVu Sans"]
# The words of an SVG are measured in files that come with matplotlib, which calls them so: what fonts a machine has, or
# had when matplotlib last looked, moves nothing.
MEASURE = "peel measure"
MEASURED = [MEASURE, *FONT]
FILES_OF_MEASURE = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
SETTINGS: dict[str, Any] = {
    "font.size": 9,
    "font.sans-serif": FONT,
    "axes.grid": False,
    "axes.spines.bottom": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "peel_analysis",
    "text.parse_math": False,  # a dollar in a name is a dollar
    "figure.dpi": 100,
    "path.simplify": False,
}
# Of matplotlib's settings, those of windows and warnings: they show in no drawing, and some only a start can set.
NOT_DRAWN = (
    "backend", "interactive", "toolbar", "webagg.", "tk.", "docstring.", "date.epoch", "savefig.directory",
    "figure.raise_window", "figure.max_open_warning", "figure.hooks",
)  # fmt: skip
# How wide letters are in ems, as Arial has them
OF_LETTERS = {ascii_uppercase: 0.7, "iljtfI.,:;/ '": 0.28, "r()-": 0.33, "ckscvxyz": 0.5, "mMW%": 0.85, "w": 0.72}
EMS = {letter: ems for letters, ems in OF_LETTERS.items() for letter in letters}
ANY_OTHER = 0.56
BOLD = 1.1  # times as wide
WIDEST, WIDEST_BOLD = 1.18, 1.31  # times as wide as `width_of` says, in DejaVu Sans: the widest font of FONT
Role = Literal["other", "own"]  # as what a force is drawn: one of the others, or picked out


class Look(NamedTuple):
    """How a bar and its words are drawn."""

    fill: str
    edge: str
    line_width: float
    font_weight: str
    text: str


OTHER = Look(FOCUS_GREY, OUTLINE, 0.5, "normal", "#1a1a1a")
PICKED = Look(DARK_BLUE, "#0b0c0c", 1.25, "bold", "#0b0c0c")


_in_style: list[bool] = []  # of the blocks that draw in the style, the innermost last


@contextmanager
def analysis_function() -> Iterator[None]:
    """Draw in the Analysis Function's style within the block, whatever else is set; an SVG's text stays text."""
    now: Any = mpl.rcParams
    settings = {} if _in_style else _settings()  # within such a block they hold: to look at each takes a while
    other: Any = {name: setting for name, setting in settings.items() if now[name] != setting}
    _in_style.append(True)
    try:
        with mpl.rc_context(other) if other else nullcontext():
            yield
    finally:
        _in_style.pop()


@contextmanager
def measured() -> Iterator[None]:
    """Measure words in the files of MEASURE within the block, and in no font of the machine."""
    if not any(font.name == MEASURE for font in fontManager.ttflist):  # matplotlib may have listed its fonts anew
        files = (Path(mpl.get_data_path(), "fonts", "ttf", name) for name in FILES_OF_MEASURE)
        fontManager.ttflist += [replace(ttfFontProperty(get_font(file)), name=MEASURE) for file in files]
    with mpl.rc_context({"font.sans-serif": MEASURED}):
        yield


@cache
def _settings() -> dict[str, Any]:
    """Return every setting that shows in a drawing: matplotlib's own, over them the style's, and over these ours.

    Read once: a context of styles reads the file each time.
    """
    style = mpl.rc_params_from_file(str(resources.files("afcharts") / "afcharts.mplstyle"), use_default_template=False)
    own: Any = {name: setting for name, setting in mpl.rcParamsDefault.items() if not name.startswith(NOT_DRAWN)}
    checked: Any = mpl.RcParams({**own, **style, **SETTINGS})
    return dict(checked)


@lru_cache(maxsize=4096)
def width_of(text: str, size: float) -> float:
    """Return about how wide a text of `size` points is set, in inches; the reader's own font decides in the end."""
    return size / 72 * sum(EMS.get(letter, ANY_OTHER) for letter in text)


def alignment(place: float, width: float, room: float) -> Literal["left", "center", "right"]:
    """Return how words of this width are aligned at a place of a drawing so that they are not cut off at its edges.

    All are in inches; words for which the room is too narrow either way are centred.
    """
    if width / 2 <= min(place, room - place) or width > max(place, room - place):
        return "center"
    return "left" if place < room / 2 else "right"
