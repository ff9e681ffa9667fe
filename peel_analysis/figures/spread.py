"""Stacked shares: a bar of segments a force, told apart by order, hatching and labels, never by colour alone."""

import textwrap
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, count
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from peel_analysis.figures import style
from peel_analysis.figures.figure import Chart, Figure, write
from peel_analysis.figures.style import analysis_function, width_of

LEFT, RIGHT = 1.2, 0.25  # inches
BAR, GAP, LEVEL, MARGIN = 0.76, 0.28, 0.165, 0.05
LABEL_SIZE = 8.5
APART, PADDING, INSET = 0.08, 0.1, 0.15  # inches between labels, around one in its segment, from its edge to a line
LINES = 5  # of a label inside its segment
THINNEST = 0.05  # percent: a share that shows as 0.0% is not drawn
INK = style.PICKED.text
LOOKS = (  # fill and hatching by the place of the segment in the order of groups; neighbours never share either
    (style.DARK_BLUE, ""),
    ("#ffffff", "////"),
    ("#6f9dc9", ""),
    ("#c3d7ea", "\\\\\\\\"),
    ("#ffffff", "...."),
    (style.DARK_PINK, ""),
    ("#bfe3e0", "//"),
    (style.TURQUOISE, ""),
    ("#d9d9d9", ""),
    ("#e6c7d8", "xx"),
    (style.ORANGE, ""),
    ("#ffffff", ".."),
    (style.DARK_GREY, ""),
)


class Segment(NamedTuple):
    """One group's share in percent, the words for it, and its place in the order of all groups (1 is the first)."""

    name: str
    share: float
    shown: str
    order: int


class Stack(NamedTuple):
    """One bar: whose it is, and its segments from left to right."""

    name: str
    segments: tuple[Segment, ...]

    @property
    def drawn(self) -> list[tuple[Segment, float]]:
        """The segments that are wide enough to be seen, each with the percentage at which it starts."""
        wide = [segment for segment in self.segments if segment.share >= THINNEST]
        starts = accumulate((segment.share for segment in wide), initial=0.0)
        return list(zip(wide, starts, strict=False))  # the last start is the end of the bar


class Label(NamedTuple):
    """A label outside its segment: where its line stands and the span of the words, in inches, and its level."""

    text: str
    line: float
    left: float
    right: float
    level: int


def spread_bars(stacks: Sequence[Stack], word: str = "") -> Figure:
    """Return the figure: a bar a stack, all on one scale on which 100% is the whole of recorded crime.

    The first stack is labelled above, the second below. A label stands in its segment where it fits, and else outside
    it at the end of a thin line. Shares that add up to less than 100% leave the rest of the bar empty. `word`
    marks a drawing of what is not published. Raises ValueError without a stack, or with more than two.
    """
    if len(stacks) not in (1, 2):
        raise ValueError(f"{len(stacks)} stacks; one or two can be drawn")
    room = style.WIDTH - LEFT - RIGHT
    inch = room / max(100.0, *(sum(one.share for one, _ in stack.drawn) for stack in stacks))
    outside = [place(stack, inch, room) for stack in stacks]
    above, below = (_height(labels) for labels in (outside[0], outside[1] if len(stacks) > 1 else []))
    bars = BAR * len(stacks) + GAP * (len(stacks) - 1)
    height = above + bars + below + 2 * MARGIN
    with analysis_function():
        figure = Figure(height, "", lambda: _data(stacks))
        axes = figure.add_axes((LEFT / style.WIDTH, 0, room / style.WIDTH, 1), axes_class=Chart)
        axes.set(xlim=(0, room), ylim=(0, height))
        axes.axis("off")
        for number, (stack, labels) in enumerate(zip(stacks, outside, strict=True)):
            bottom = height - MARGIN - above - BAR - number * (BAR + GAP)
            _bar(axes, stack, bottom, inch)
            _labels(axes, labels, bottom, upward=number == 0)
        return figure.marked(word)


def _data(stacks: Sequence[Stack]) -> pd.DataFrame:
    """Return a row a segment: name of the bar, name of the group, share in percent, and the share as shown."""
    rows = [(stack.name, one.name, one.share, one.shown) for stack in stacks for one in stack.segments]
    return pd.DataFrame(rows, columns=["bar", "group", "share", "shown"])


@lru_cache(maxsize=16)
def place(stack: Stack, inch: float, room: float) -> Sequence[Label]:
    """Return the labels that do not fit in their segments, at the lowest levels where words and lines do not cross.

    `inch` is the width of one percent and `room` that of the whole bar. Labels up to some segment run to the right of
    their line and the others to the left, so the innermost label has the lowest level of its half. Where the halves
    part, and which is placed first, below the other, is tried in every way.
    """
    waiting = [
        (f"{segment.name} {segment.shown}", start * inch, (start + segment.share) * inch)
        for segment, start in stack.drawn
        if not inside(segment, segment.share * inch)
    ]
    parted = [(waiting[:number][::-1], waiting[number:]) for number in range(len(waiting) + 1)]
    ways = [_placed(halves, first) for halves in parted for first in (0, 1)]
    beyond = [sum(label.right > room + RIGHT or label.left < -LEFT for label in labels) for labels in ways]
    faults = [(crossings(labels) + off, _height(labels)) for labels, off in zip(ways, beyond, strict=True)]
    return ways[faults.index(min(faults))]


def _placed(halves: tuple[list[tuple[str, float, float]], list[tuple[str, float, float]]], first: int) -> list[Label]:
    """Return the labels of both halves, innermost first, each at the lowest level above what it would run into."""
    placed: list[Label] = []
    for half in (first, 1 - first):
        level = 0
        for text, start, end in halves[half]:
            middle, width = (start + end) / 2, _width(text)
            line = min(middle, start + INSET) if half == 0 else max(middle, end - INSET)
            span = (line, line + width) if half == 0 else (line - width, line)
            levels = (Label(text, line, *span, above) for above in count(level + 1))
            placed.append(next(label for label in levels if not any(_meet(label, other) for other in placed)))
            level = placed[-1].level
    return placed


def _meet(one: Label, other: Label) -> bool:
    """Return whether a label's words run into another's words or into the line that leads to it."""
    overlap = one.left < other.right + APART and other.left < one.right + APART
    in_the_way = one.left < other.line < one.right and other.level > one.level
    return (one.level == other.level and overlap) or in_the_way


def crossings(labels: Sequence[Label]) -> int:
    """Return how many times words run into words or into lines: 0 in a drawing that can be read."""
    return sum(_meet(one, other) for one in labels for other in labels if one is not other)


def inside(segment: Segment, width: float) -> str:
    """Return the label wrapped to a segment `width` inches wide, or "" when it does not fit there."""
    lines: list[str] = []
    for word in segment.name.split():
        longer = f"{lines[-1]} {word}" if lines else word
        lines[-1:] = [longer] if _width(longer) <= width - PADDING else [*lines[-1:], word]
    lines.append(segment.shown)
    fits = len(lines) <= LINES and max(_width(line) for line in lines) <= width - PADDING
    return "\n".join(lines) if fits else ""


def _width(text: str) -> float:
    return width_of(text, LABEL_SIZE)


def _height(labels: Sequence[Label]) -> float:
    return max((label.level for label in labels), default=0) * LEVEL + (0.12 if labels else 0)


def _bar(axes: Axes, stack: Stack, bottom: float, inch: float) -> None:
    name = "\n".join(textwrap.wrap(stack.name, 16))
    words = write(axes, name, (0, bottom + BAR / 2), (-6, 0), ha="right", va="center", annotation_clip=False)
    words.set(fontweight="bold", color=INK)
    _rectangle(axes, 0, bottom, 100 * inch, "#ffffff", "")
    for segment, start in stack.drawn:
        fill, hatch = LOOKS[(segment.order - 1) % len(LOOKS)]
        _rectangle(axes, start * inch, bottom, segment.share * inch, fill, hatch)
        if label := inside(segment, segment.share * inch):
            axes.text(
                (start + segment.share / 2) * inch, bottom + BAR / 2, label, ha="center", va="center", color=INK,
                fontsize=LABEL_SIZE, linespacing=1.15, bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.6},
            )  # fmt: skip


def _rectangle(axes: Axes, left: float, bottom: float, width: float, fill: str, hatch: str) -> None:
    """Draw a part of a bar. The limits are set, so that nothing of what `barh` works out about them is needed."""
    drawn = Rectangle((left, bottom), width, BAR, facecolor=fill, edgecolor=style.DARK_GREY, linewidth=0.6, hatch=hatch)
    axes.add_artist(drawn).set_clip_on(False)


def _labels(axes: Axes, labels: Sequence[Label], bottom: float, *, upward: bool) -> None:
    """Draw the labels outside the bar, each at its level, with a line that starts inside its segment."""
    edge, way = (bottom + BAR, 1) if upward else (bottom, -1)
    for label in labels:
        y = edge + way * (label.level * LEVEL)
        ends = [label.line, label.line], [edge - way * 0.07, y]
        axes.add_artist(Line2D(*ends, color=INK, linewidth=0.7, solid_capstyle="butt"))
        to_right = label.left == label.line
        words = write(axes, label.text, (label.line, y), (3 if to_right else -3, 0), va="center", color=INK)
        words.set(ha="left" if to_right else "right", fontsize=LABEL_SIZE, annotation_clip=False)
