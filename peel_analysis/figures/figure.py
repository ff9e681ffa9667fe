"""A figure of the report: what it carries beside the drawing, how it is changed and saved, and its text as SVG."""

import io
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.figure
import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.text import Annotation, Text
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D

from peel_analysis.data.text import visible
from peel_analysis.figures import style
from peel_analysis.figures.compact import compact
from peel_analysis.figures.style import PICKED, analysis_function, width_of
from peel_analysis.show.pictures import described, picture

TITLE_SIZE, TITLE_LINE = 12, 0.21  # points, and inches of a line
TITLE_MARGIN, TITLE_LEFT = 0.1, 0.03  # inches above and below the title, and to its left
SOURCE_SIZE, SOURCE_LINE, SOURCE_MARGIN = 8, 0.15, 0.1  # the same of the source, under the figure
WORD_SIZE, WORD_ROOM = 10, 0.28  # points, and inches over all else, of the word that marks what is not published
SAVED_DPI, POINTS = 200, 72  # an inch
HATCHING = 500  # points that no path has but a hatching's
KINDS_OF_FILE = ("png", "svg", "pdf")
BEGINNING = ' <g id="figure_1">\n'
SHAPE = re.compile(r'^ *(<path id="([^"]+)"[^>]*/>\n)', re.MULTILINE)
SHAPES = re.compile(r'<defs>\n((?: *<path id="[^"]+"[^>]*/>\n)+) *</defs>\n')


class Figure(matplotlib.figure.Figure):
    """A figure of the report: a matplotlib figure in the Analysis Function's style, to be changed and saved as such.

    `alt_text` says in words what it shows, and is saved with it; `data` is the DataFrame that is drawn; `parts` holds
    what is drawn for each force, by id ("england-and-wales" among them). A change of size keeps the margins, in which
    words stand; `set_title` (of the figure or of its axes) makes room for itself at the top, `set_source` at the foot.
    `save` writes a file with all of these.
    """

    def __init__(self, height: float, alt_text: str, data: Callable[[], pd.DataFrame]) -> None:
        super().__init__(figsize=(style.WIDTH, height))
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
        lines = self._lines(t, TITLE_SIZE)
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

    def _lines(self, words: str, size: float) -> list[str]:
        """Return words as they stand between the margins, in as many lines as they need, be they bold."""
        width = int(len(words) * (self.get_figwidth() - 2 * TITLE_LEFT) / (style.BOLD * width_of(words or " ", size)))
        return textwrap.wrap(words, max(width, 1))

    def _place_of_word(self) -> tuple[float, float]:
        """Return where the middle of the word's upper edge is: its box ends at the right edge, whatever its font."""
        half = style.WIDEST_BOLD * width_of(self.word, WORD_SIZE) / 2
        return 1 - (TITLE_MARGIN + half) / self.get_figwidth(), self._top(TITLE_MARGIN)

    @property
    def _word_room(self) -> float:
        return WORD_ROOM if self.word else 0.0

    def _top(self, below: float) -> float:
        """Return where so many inches below the upper edge are, as a share of the height."""
        return 1 - below / self.get_figheight()

    def set_source(self, words: str) -> None:
        """Set what stands under the figure at the left, in as many lines as it needs: where its numbers come from."""
        lines = self._lines(words, SOURCE_SIZE)
        room = len(lines) * SOURCE_LINE + SOURCE_MARGIN if lines else 0.0
        more = room - self._source_room
        self._lay_out(self.get_figwidth(), self.get_figheight() + more, 0.0, more)
        self._source_room, self.source = room, words
        if self._source is None:
            self._source = self.text(0, 0, "", ha="left", va="bottom", parse_math=False)
        self._source.set(text="\n".join(lines), color=style.DARK_GREY, fontsize=SOURCE_SIZE, linespacing=1.2)
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


def mark(axes: Axes, role: style.Role, force_id: str, at: tuple[float, float], **look: Any) -> Line2D:
    """Draw a force's mark in a role: a grey dot of `SPOT` points, or the larger diamond of a picked one."""
    own = role == "own"
    drawn_as: dict[str, Any] = {
        "marker": "D" if own else "o",
        "markersize": 9 if own else style.SPOT,
        "markerfacecolor": style.DARK_BLUE if own else style.FOCUS_GREY,
        "markeredgecolor": style.DARK_BLUE if own else style.OUTLINE,
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
    with analysis_function(), style.measured():
        try:
            figure.dpi = POINTS
            renderer = _Renderer(width, height, out, image_dpi=dpi, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
            figure.draw(renderer)
            renderer.finalize()  # type: ignore[no-untyped-call]
        finally:
            figure.dpi = dpi
    svg = visible(out.getvalue()).replace(f"'{style.MEASURE}', ", "")
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
