"""A figure of the report: its style, the room that words take up, and what it carries beside the drawing."""

import io
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache, cached_property, lru_cache
from importlib import resources
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Literal, NamedTuple, TypeVar

import matplotlib as mpl
import matplotlib.figure
import numpy as np
import pandas as pd
from markupsafe import Markup, escape
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties, fontManager, get_font, ttfFontProperty
from matplotlib.lines import Line2D
from matplotlib.text import Annotation, Text
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D

from peel_analysis.data.forces import Force
from peel_analysis.data.reads import remembered
from peel_analysis.data.text import visible
from peel_analysis.data.writing import cache_folder, once
from peel_analysis.figures.compact import Part, Parts, compact, parts_of, put_together, short_style
from peel_analysis.measures import Result
from peel_analysis.show.pictures import described, picture

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
BOLDER = "font-weight:700;"  # as a style begins with it
WIDEST, WIDEST_BOLD = 1.18, 1.31  # times as wide as `width_of` says, in DejaVu Sans: the widest font of FONT
BEGINNING = ' <g id="figure_1">\n'
SHAPE = re.compile(r'^ *(<path id="([^"]+)"[^>]*/>\n)', re.MULTILINE)
SHAPES = re.compile(r'<defs>\n((?: *<path id="[^"]+"[^>]*/>\n)+) *</defs>\n')
T = TypeVar("T")
Picked = tuple[str, ...] | None  # the forces picked out; None: the drawing is for picking any force out of
Role = Literal["other", "own"]
PLACEHOLDER = "This force"  # the key's last entry in a drawing for picking out of
IN_A_ROLE = re.compile(r"(other|own)-[a-z]+-(.+)")  # the id of a group that is drawn in a role
TITLE_SIZE, TITLE_LINE = 12, 0.21  # points, and inches of a line
TITLE_MARGIN, TITLE_LEFT = 0.1, 0.03  # inches above and below the title, and to its left
SOURCE_SIZE, SOURCE_LINE, SOURCE_MARGIN = 8, 0.15, 0.1  # the same of the source, under the figure
WORD_SIZE, WORD_ROOM = 10, 0.28  # points, and inches over all else, of the word that marks what is not published
SAVED_DPI, POINTS = 200, 72  # an inch
HATCHING = 500  # points that no path has but a hatching's
KINDS_OF_FILE = ("png", "svg", "pdf")


class Look(NamedTuple):
    """How a bar and its words are drawn."""

    fill: str
    edge: str
    line_width: float
    font_weight: str
    text: str


OTHER = Look(FOCUS_GREY, OUTLINE, 0.5, "normal", "#1a1a1a")
PICKED = Look(DARK_BLUE, "#0b0c0c", 1.25, "bold", "#0b0c0c")
GREY, BLUE = (
    short_style(f"fill: {one.fill}; stroke: {one.edge}; stroke-width: {one.line_width:g}") for one in (OTHER, PICKED)
)


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
def _measured() -> Iterator[None]:
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


class Figure(matplotlib.figure.Figure):
    """A figure of the report: a matplotlib figure in the Analysis Function's style, to be changed and saved as such.

    `alt_text` says in words what it shows, and is saved with it; `data` is the DataFrame that is drawn; `parts` holds
    what is drawn for each force, by id ("england-and-wales" among them). A change of size keeps the margins, in which
    words stand; `set_title` (of the figure or of its axes) makes room for itself at the top, `set_source` at the foot.
    `save` writes a file with all of these.
    """

    def __init__(self, height: float, alt_text: str, data: Callable[[], pd.DataFrame]) -> None:
        super().__init__(figsize=(WIDTH, height))
        self._alt_text, self.word = alt_text, ""
        self.title = self.source = ""
        self.parts: dict[str, Sequence[Artist]] = {}
        self._make_data = data
        self._title: Text | None = None
        self._source: Text | None = None
        self._word: Text | None = None
        self._title_room = self._source_room = 0.0

    @property
    def alt_text(self) -> str:
        """What the figure shows in words, after the word that marks it."""
        return f"{self.word}. {self._alt_text}" if self.word else self._alt_text

    @alt_text.setter
    def alt_text(self, words: str) -> None:
        self._alt_text = words

    @cached_property
    def data(self) -> pd.DataFrame:
        """The table behind the figure, made when it is first asked for."""
        return self._make_data()

    def draw(self, renderer: RendererBase) -> None:
        """Draw in the report's style, whatever the settings are when the figure is saved or shown."""
        with analysis_function():
            super().draw(renderer)

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save the figure as matplotlib does; a PNG, SVG or PDF has title and alternative text in its metadata too."""
        kind = str(options.get("format") or str(fname).rpartition(".")[2]).lower()
        if key := {"png": "Description", "svg": "Description", "pdf": "Subject"}.get(kind):
            titled = {"Title": visible(self.title)} if self.title else {}
            options.setdefault("metadata", {**titled, key: visible(self.alt_text)})
        with analysis_function():
            super().savefig(fname, **options)

    def save(
        self,
        path: Path | str,
        *,
        title: str | None = None,
        colours: Mapping[str, str] | None = None,
        size: tuple[float, float] | None = None,
    ) -> Path:
        """Save the figure as PNG, SVG or PDF, by the ending of `path`, and return where it is.

        The picture holds the title and the source, the file the alternative text: in a PNG and a PDF as metadata, in an
        SVG as its description. `title`, `colours` (by id of a force, or "england-and-wales") and `size` (in inches)
        change the figure first. Raises ValueError for another ending, KeyError for a force that is not drawn, and
        OSError for a place that cannot be written to.

        >>> crime.figure("norfolk").save("/tmp/norfolk.svg", title="Where Norfolk stands", size=(8, 10)).name
        'norfolk.svg'
        """
        path = Path(path)
        if (kind := path.suffix.lower().removeprefix(".")) not in KINDS_OF_FILE:
            raise ValueError(
                f"{path.name}: a figure is saved as {', '.join(KINDS_OF_FILE)}; end its name in one of them"
            )
        if title is not None:
            self.set_title(title)
        if size is not None:
            self.set_size_inches(*size)
            self.set_title(self.title)  # in as many lines as they need at that width
            self.set_source(self.source)
            self.set_size_inches(*size)
        for force_id, colour in (colours or {}).items():
            self.set_colour(force_id, colour)
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "svg":
            path.write_text(described(as_svg(self), self.title, self.alt_text), encoding="utf-8")
        else:
            self.savefig(path, dpi=SAVED_DPI)
        return path

    def __repr__(self) -> str:
        return f"<drawing: {textwrap.shorten(self.alt_text, 200, placeholder=' ...')}>"

    def as_image(self) -> Markup:
        """Return the figure as an HTML image that keeps its alternative text everywhere."""
        return picture(as_svg(self), self.alt_text)

    _repr_html_ = as_image

    def set_colour(self, force_id: str, colour: str) -> None:
        """Paint what is drawn for a force, or for England and Wales, in another colour; its words stay as they are.

        Raises KeyError for a force that the figure does not show.
        """
        for artist in self.parts[force_id]:
            if isinstance(artist, mpl.patches.Patch):
                artist.set_facecolor(colour)
            elif isinstance(artist, Line2D):
                is_line = artist.get_marker() in ("", "None", None)
                artist.set(**{"color" if is_line else "markerfacecolor": colour})

    def suptitle(self, t: str, **settings: Any) -> Text:
        """Set the title, over the figure at the left, in as many lines as it needs; settings are those of a text."""
        width = int(len(t) * (self.get_figwidth() - 2 * TITLE_LEFT) / (BOLD * width_of(t or " ", TITLE_SIZE)))
        lines = textwrap.wrap(t, max(width, 1))
        room = len(lines) * TITLE_LINE + TITLE_MARGIN if lines else 0.0
        self._lay_out(self.get_figwidth(), self.get_figheight() + room - self._title_room, room - self._title_room)
        self._title_room, self.title = room, t
        self._title = super().suptitle(
            "\n".join(lines), x=TITLE_LEFT / self.get_figwidth(), y=self._top(TITLE_MARGIN + self._word_room),
            ha="left", va="top", fontsize=TITLE_SIZE, fontweight="bold", color=PICKED.text, parse_math=False,
        )  # fmt: skip
        self._title.update(settings)
        return self._title

    set_title = suptitle

    def marked(self, word: str) -> "Figure":
        """Return the figure, for good with a word in a box over all that it shows; for "" as it is."""
        if word:
            self.word = word
            self._lay_out(self.get_figwidth(), self.get_figheight() + WORD_ROOM, WORD_ROOM)
            self._word = self.text(
                *self._place_of_word(), word, ha="center", va="top", fontsize=WORD_SIZE, fontweight="bold",
                color=PICKED.text, parse_math=False,
                bbox={"facecolor": "#ffffff", "edgecolor": PICKED.edge, "pad": 2.5, "linewidth": 1},
            )  # fmt: skip
        return self

    def _place_of_word(self) -> tuple[float, float]:
        """Return where the middle of the word's upper edge is: its box ends at the right edge, whatever its font."""
        half = WIDEST_BOLD * width_of(self.word, WORD_SIZE) / 2
        return 1 - (TITLE_MARGIN + half) / self.get_figwidth(), self._top(TITLE_MARGIN)

    @property
    def _word_room(self) -> float:
        return WORD_ROOM if self.word else 0.0

    def _top(self, below: float) -> float:
        """Return where so many inches below the upper edge are, as a share of the height."""
        return 1 - below / self.get_figheight()

    def set_source(self, words: str) -> None:
        """Set what stands under the figure at the left, in as many lines as it needs: where its numbers come from."""
        width = int(len(words) * (self.get_figwidth() - 2 * TITLE_LEFT) / (width_of(words or " ", SOURCE_SIZE) * BOLD))
        lines = textwrap.wrap(words, max(width, 1))
        room = len(lines) * SOURCE_LINE + SOURCE_MARGIN if lines else 0.0
        more = room - self._source_room
        self._lay_out(self.get_figwidth(), self.get_figheight() + more, 0.0, more)
        self._source_room, self.source = room, words
        if self._source is None:
            self._source = self.text(0, 0, "", ha="left", va="bottom", parse_math=False)
        self._source.set(text="\n".join(lines), color=DARK_GREY, fontsize=SOURCE_SIZE, linespacing=1.2)
        self._place_source()

    def _place_source(self) -> None:
        if self._source is not None:
            self._source.set_position((TITLE_LEFT / self.get_figwidth(), SOURCE_MARGIN / 2 / self.get_figheight()))

    def set_size_inches(self, w: Any, h: float | None = None, forward: bool = True) -> None:
        """Set the size in inches; what stands beside the charts keeps its room."""
        width, height = w if h is None else (w, h)
        if (width, height) == tuple(self.get_size_inches()):  # matplotlib sets the same size again for another dpi
            super().set_size_inches(width, height, forward)
        else:
            self._lay_out(float(width), float(height), 0.0, forward=forward)

    def _lay_out(
        self, width: float, height: float, more_above: float, more_below: float = 0.0, *, forward: bool = True
    ) -> None:
        """Take a new size: all keeps its distance from the edges, and that from the upper one grows by `more_above`.

        That from the lower one grows by `more_below`.
        """
        before = self.get_size_inches().copy()
        after = np.array([width, height])
        boxes = [(axes, axes.get_position(original=True).get_points() * before) for axes in self.axes]
        to_shares = self.transSubfigure.inverted().transform
        anchors = [to_shares(one.get_bbox_to_anchor().get_points()[0])[1] for one in self.legends]
        super().set_size_inches(width, height, forward)
        for axes, (lower, upper) in boxes:
            left, bottom = (lower + np.array([0, more_below])) / after
            right, top = (after - (before - upper) - (0, more_above)) / after
            axes.set_position((left, bottom, right - left, top - bottom))
        for legend, up in zip(self.legends, anchors, strict=True):
            distance = (1 - up) * before[1] + more_above
            legend.set_bbox_to_anchor((0, 1 - distance / height), self.transSubfigure)
        if self._title is not None:
            self._title.set_position((TITLE_LEFT / width, self._top(TITLE_MARGIN + self._word_room)))
        if self._word is not None:
            self._word.set_position(self._place_of_word())
        self._place_source()


class Chart(Axes):
    """The axes of a figure, whose title is the figure's: one of its own would lie on the words above the chart."""

    def set_title(self, label: str, *_: Any, **settings: Any) -> Text:
        """Set the figure's title; settings are those of a text."""
        assert isinstance(self.figure, Figure)
        return self.figure.suptitle(label, **settings)


def write(
    axes: Axes, words: str, at: tuple[float, float], away: tuple[float, float], within: Any = "data", **look: Any
) -> Annotation:
    """Write words some points away from a place, which is one in the data, or in what else `within` says."""
    return axes.annotate(words, at, away, xycoords=within, textcoords="offset points", **look)


def mark(axes: Axes, role: "Role", force_id: str, at: tuple[float, float], **look: Any) -> Line2D:
    """Draw a force's mark in a role: a grey dot of `SPOT` points, or the larger diamond of a picked one."""
    own = role == "own"
    drawn_as: dict[str, Any] = {
        "marker": "D" if own else "o",
        "markersize": 9 if own else SPOT,
        "markerfacecolor": DARK_BLUE if own else FOCUS_GREY,
        "markeredgecolor": DARK_BLUE if own else OUTLINE,
        "zorder": 5 if own else 3,
    }
    return axes.plot([at[0]], [at[1]], linestyle="", gid=f"{role}-mark-{force_id}", **(drawn_as | look))[0]


def as_svg(figure: Figure) -> str:
    """Return a figure as small SVG text without date or random ids, the same on every machine; text stays text."""
    return compact(as_drawn(figure))


def as_drawn(figure: Figure) -> str:
    """Return a figure as SVG text in which each force's parts have its id, for picking one out."""
    out, dpi = io.StringIO(), figure.dpi
    width, height = figure.get_size_inches() * POINTS
    with analysis_function(), _measured():
        try:
            figure.dpi = POINTS
            renderer = _Renderer(width, height, out, image_dpi=dpi, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
            figure.draw(renderer)
            renderer.finalize()  # type: ignore[no-untyped-call]
        finally:
            figure.dpi = dpi
    svg = visible(out.getvalue()).replace(f"'{MEASURE}', ", "")
    svg = svg[svg.index("<svg") :]
    # Matplotlib defines a mark's shape inside the first group that uses it: without that group, every other mark of the
    # shape would be lost. So all are defined before the first group, in order of id.
    shapes = {shape_id: shape for found in SHAPES.findall(svg) for shape, shape_id in SHAPE.findall(found)}
    if not shapes:
        return svg
    head = "".join(f"  {shapes[shape_id]}" for shape_id in sorted(shapes))
    return SHAPES.sub("", svg).replace(BEGINNING, f" <defs>\n{head} </defs>\n{BEGINNING}", 1)


class _Renderer(RendererSVG):
    """Matplotlib's own, which measures the same words, and writes the same hatching, once and not once a drawing."""

    def _convert_path(
        self, path: Any, transform: Any = None, clip: Any = None, simplify: Any = None, sketch: Any = None
    ) -> str:
        if len(path.vertices) > HATCHING and not (clip or simplify or sketch):
            return _hatching(path, transform.to_values())
        return str(super()._convert_path(path, transform, clip, simplify, sketch))  # type: ignore[no-untyped-call]

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Return the room that words take up in points, and how much of its height is below their line."""
        return _room_of(s, prop.copy())


@lru_cache(maxsize=16)
def _hatching(path: Any, place: tuple[float, ...]) -> str:
    convert: Any = RendererSVG._convert_path  # which asks its renderer for nothing where it cuts nothing off
    return str(convert(None, path, Affine2D.from_values(*place), simplify=False))


@lru_cache(maxsize=4096)
def _room_of(words: str, font: FontProperties) -> tuple[float, float, float]:
    return TextToPath().get_text_width_height_descent(words, font, ismath=False)


def drawn(kind: str, of: T, force: Force, draw: Callable[[T, Picked], Figure], in_words: Callable[[T], str]) -> str:
    """Return a force's drawing: in a batch picked out of one that is drawn once, else drawn for it alone.

    Both are the same, byte for byte; for one force alone the second takes less time. `of` is what is drawn, which does
    not change, and `in_words` returns all of it that the drawing depends on as text.
    """
    if (folder := cache_folder()) is None:
        return as_svg(draw(of, (force.id,)))
    return put_together(_picked_out(_of_all(folder, kind, of, draw, in_words), force))


@remembered(maxsize=64)
def _of_all(
    _folder: Path, kind: str, of: T, draw: Callable[[T, Picked], Figure], in_words: Callable[[T], str]
) -> Parts:
    """Return the parts of the drawing for picking out of; one process of a batch draws it."""
    return parts_of(once("drawings", (kind, in_words(of)), lambda: as_drawn(draw(of, None)).encode()).decode())


def result_in_words(result: Result) -> str:
    """Return as text all of a result that a drawing depends on, each number in full."""
    rows = result.rows[["value", "comparator_value", "in_figure", "status"]].to_json(double_precision=15)
    windows = str(result.window), str(result.comparator_window)
    return "\n".join((rows, repr(result.measure), *windows, result.edition.data.word))


def picked_of(force_ids: str | Iterable[str] | None) -> Picked:
    """Return the forces to pick out, from one id, several or None."""
    if force_ids is None:
        return None
    return (force_ids,) if isinstance(force_ids, str) else tuple(dict.fromkeys(force_ids))


def roles(row_id: str, picked: Picked) -> tuple[Role, ...]:
    """Return as what a force is drawn where `picked` are picked out: as both in a drawing to pick from."""
    if picked is None:
        return ("other", "own")
    return ("own",) if row_id in picked else ("other",)


def _picked_out(parts: Parts, force: Force) -> Parts:
    """Return the parts of a drawing with a force as if it had been drawn for it alone.

    Of a force that is not drawn only the key, if there is one, tells. The drawing must be as `as_drawn` writes it.
    """
    found = ((part, IN_A_ROLE.match(part.group)) for part in parts.drawn)
    mine = [part for part, one in found if one is None or one[1] in roles(one[2], (force.id,))]
    return parts._replace(drawn=[_as_picked(part, force) for part in mine])


def _as_picked(part: Part, force: Force) -> Part:
    """Return a part as it is drawn where a force is picked out: other than it is if it is the force's, or the key."""
    if part.group in ("key-swatch", f"bar-{force.id}"):
        return part._replace(style=part.style.replace(GREY, BLUE))
    if part.group not in ("key-name", *(f"{what}-{force.id}" for what in ("name", "value", "mark"))):
        return part
    style, written = BOLDER + part.style.replace(f"fill:{OTHER.text}", f"fill:{PICKED.text}"), part.written
    if part.group == "key-name":
        written = written.replace(PLACEHOLDER, escape(visible(force.name)))
    return part._replace(written=written, style=style)
