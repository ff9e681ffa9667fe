"""All figures of an edition for a force in one look: a spine chart, a row a measure, each row on a scale of its own.

The scale is that of Fingertips' area profiles: England and Wales stands on one upright line, and in each row the wider
of the two arms, from England and Wales to the smallest or to the largest of the forces, fills its half of the chart.
"""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from peel_analysis.comparison import compare
from peel_analysis.comparison.verdicts import HIGHER_OR_LOWER, NOTABLE
from peel_analysis.data.forces import NATIONAL
from peel_analysis.data.policy import Policy
from peel_analysis.data.reads import remembered
from peel_analysis.data.registers import NOT_AVAILABLE
from peel_analysis.figures import style
from peel_analysis.figures.figure import Chart, Figure, write
from peel_analysis.figures.pick_out import Picked, drawn, picked_of, result_in_words
from peel_analysis.figures.style import analysis_function
from peel_analysis.measures import Result
from peel_analysis.show.words import in_brief, value_in_words
from peel_analysis.statistics.verdict import Verdict

TITLES, VALUES, CHART = 2.25, 0.66, 2.65  # inches across: titles, each of three columns of values, the chart
ROW, LINE, PADDING = 0.3, 0.145, 0.12  # inches: a row's least height, a line of its title, what stands around these
HEAD, KEY, MARGIN = 0.5, 0.56, 0.06  # inches: above the rows, below them, at the edges
SIZE, SMALL = 8.5, 8  # points, of words and of the heads of columns
PALE, MIDDLE = "#e4e4e4", "#a6a6a6"
THICK = 0.15  # inches, of the range of the forces
TIERS: tuple[dict[str, Any], ...] = (  # by how clear the verdict is, told apart by shape
    {"marker": "D", "markersize": 8.5, "markerfacecolor": style.DARK_BLUE},
    {"marker": "s", "markersize": 8, "markerfacecolor": style.DARK_BLUE},
    {"marker": "^", "markersize": 8.5, "markerfacecolor": "white"},
    {"marker": "o", "markersize": 8, "markerfacecolor": "white"},
    {"marker": "X", "markersize": 8, "markerfacecolor": "white"},
)
APART_BY_SIZE = 2  # the place in TIERS of what passes size and not position
LEVELS = {  # the place in TIERS, by the sentence of the policy that the tests lead to
    NOTABLE: 0,
    **dict.fromkeys(HIGHER_OR_LOWER, 1),
    **dict.fromkeys(("size", "size_across"), APART_BY_SIZE),
    **dict.fromkeys(("similar", "similar_alone"), 3),
}
LONGEST_ALT, OTHERS = 600, "The table has the other rows."
EDGE: dict[str, Any] = {"linestyle": "", "markeredgecolor": style.DARK_BLUE, "markeredgewidth": 1.4}
INK = style.PICKED.text


@dataclass(frozen=True)
class SpineRow:
    """A measure in the chart: England and Wales, and the ends of the forces' range and of their middle half."""

    result: Result
    national: float
    smallest: float
    largest: float
    lower_half: float
    upper_half: float

    @property
    def reach(self) -> float:
        """The wider arm, in the measure's unit: it fills its half of the chart."""
        return max(self.largest - self.national, self.national - self.smallest)

    def place(self, value: float) -> float:
        """Return where a value stands: -1 and 1 are the ends of the chart, 0 is England and Wales."""
        return (value - self.national) / self.reach

    def verdict(self, force_id: str) -> Verdict:
        """Return the verdict on a force's value."""
        return compare(self.result).verdicts[force_id]

    def is_shown(self, force_id: str) -> bool:
        """Whether the force has a value that the measure's own figure draws."""
        return force_id in self.result.plotted.index


@dataclass(frozen=True)
class Spine:
    """The rows of the chart in the order of the report, and the measures without one: too few forces, or kept apart."""

    rows: tuple[SpineRow, ...]
    too_few: tuple[Result, ...]
    kept_apart: tuple[Result, ...]


def spine_of(results: Iterable[Result]) -> Spine:
    """Return which measures the chart has.

    One needs a value of England and Wales and as many forces as the wording policy tests a position among. A measure
    that must not share a chart with one before it, by data/comparability.toml, is kept apart. Context is no part of it.
    """
    return _spine_of(tuple(results))


@remembered(maxsize=8)
def _spine_of(results: tuple[Result, ...]) -> Spine:
    rows: list[SpineRow] = []
    too_few, kept_apart = [], []
    for result in (one for one in results if not one.measure.is_context):
        row = _row(result)
        apart = [block for block in result.edition.data.blocks if block.kind == "together"]
        if row is None:
            too_few.append(result)
        elif any(block.keeps_apart(one.result.measure, result.measure) for block in apart for one in rows):
            kept_apart.append(result)
        else:
            rows.append(row)
    return Spine(tuple(rows), tuple(too_few), tuple(kept_apart))


def _row(result: Result) -> SpineRow | None:
    verdict = next((one for one in compare(result).verdicts.values() if one.lower_half is not None), None)
    if verdict is None or result.national.is_missing or verdict.lower_half is None or verdict.upper_half is None:
        return None
    values = result.plotted["value"]
    ends = float(values.min()), float(values.max())
    row = SpineRow(result, result.national.value, *ends, verdict.lower_half, verdict.upper_half)
    return row if row.reach > 0 else None


def spine_svg(spine: Spine, force_id: str) -> str:
    """Return the spine chart as SVG text with `force_id` picked out. Raises ValueError for a chart without a row."""
    return drawn("spine", spine, spine.rows[0].result.edition.forces.find(force_id), spine_chart, _in_words)


def _in_words(spine: Spine) -> str:
    results = [row.result for row in spine.rows]
    verdicts = (one for result in results for one in compare(result).verdicts.values())
    told = (f"{one.words} {one.lower_half!r} {one.upper_half!r}" for one in verdicts)
    return "\n".join((*map(result_in_words, results), *told, *tier_names(results[0].edition.data.policy)))


def spine_chart(spine: Spine, force_ids: str | Iterable[str] | None) -> Figure:
    """Return the spine chart of a force. With None it is the drawing that any force can be picked out of as SVG.

    Raises ValueError for a chart without a row, and for several forces.
    """
    picked = picked_of(force_ids)
    if not spine.rows or (picked is not None and len(picked) != 1):
        raise ValueError("a spine chart is of one force, and needs a measure that enough forces have")
    titles = [_title(row, spine) for row in spine.rows]
    heights = [max(ROW, LINE * len(lines) + PADDING) for lines in titles]
    height = HEAD + sum(heights) + KEY + MARGIN
    shown = spine.rows[0].result.edition.forces.ids if picked is None else picked
    alt = alt_text(spine, picked[0]) if picked else ""
    with analysis_function():
        figure = Figure(height, alt, lambda: spine_table(spine, shown[0]))
        axes = figure.add_axes((0, 0, 1, 1), axes_class=Chart)
        axes.set(xlim=(0, style.WIDTH), ylim=(0, height))
        axes.axis("off")
        foot = height - HEAD
        _heads(axes, foot, shown, spine)
        for number, (row, lines, high) in enumerate(zip(spine.rows, titles, heights, strict=True)):
            foot -= high
            _draw(figure, axes, row, lines, foot + high / 2, ascii_lowercase[number], picked, foot)
        centre = _across(0)
        axes.add_artist(Line2D([centre, centre], [foot, height - HEAD], zorder=4, **style.NATIONAL_LINE))
        _key(figure, spine.rows[0].result.edition.data.policy)
        return figure.marked(spine.rows[0].result.edition.data.word)


def _title(row: SpineRow, spine: Spine) -> list[str]:
    """Return a row's title in lines, with its window where that is not the window of the first row."""
    result, first = row.result, spine.rows[0].result.window
    window = "" if result.window == first else f", {result.window.words}"
    letters = int((TITLES - 0.1) * 72 / SIZE / 0.5)
    return textwrap.wrap(f"{result.measure.title}{window}", letters)


def _across(place: float) -> float:
    """Return where a place from -1 to 1 stands across the drawing, in inches."""
    return TITLES + 3 * VALUES + CHART * (place + 1) / 2


def _heads(axes: Axes, foot: float, shown: Sequence[str], spine: Spine) -> None:
    forces = spine.rows[0].result.edition.forces
    look: dict[str, Any] = {"fontsize": SMALL, "va": "bottom", "annotation_clip": False}
    for force_id in shown:
        name = "\n".join(textwrap.wrap(forces.name(force_id), 12))
        words = write(axes, name, (TITLES + VALUES, foot), (-2, 4), ha="right", fontweight="bold", **look)
        words.set(gid=f"own-name-{force_id}", color=style.DARK_BLUE)
    for head, at, align, colour in (
        ("England\nand Wales", TITLES + 2 * VALUES, "right", style.DARK_PINK),
        ("Smallest", TITLES + 3 * VALUES - 0.1, "right", style.OUTLINE),
        ("Largest", _across(1) + 0.1, "left", style.OUTLINE),
    ):
        write(axes, head, (at, foot), (-2 if align == "right" else 2, 4), ha=align, color=colour, **look)
    axes.add_artist(Line2D([MARGIN, style.WIDTH - MARGIN], [foot, foot], color=style.OUTLINE, linewidth=0.8))


def _draw(
    figure: Figure, axes: Axes, row: SpineRow, lines: list[str], middle: float, letter: str, picked: Picked, foot: float
) -> None:
    measure, result = row.result.measure, row.result
    look: dict[str, Any] = {"fontsize": SIZE, "va": "center", "annotation_clip": False}
    write(axes, "\n".join(lines), (MARGIN, middle), (0, 0), ha="left", color=INK, linespacing=1.15, **look)
    axes.add_artist(Line2D([MARGIN, style.WIDTH - MARGIN], [foot, foot], color=PALE, linewidth=0.6, zorder=0))
    for value, at, align, colour in (
        (row.national, TITLES + 2 * VALUES, "right", style.DARK_PINK),
        (row.smallest, TITLES + 3 * VALUES - 0.1, "right", style.OUTLINE),
        (row.largest, _across(1) + 0.1, "left", style.OUTLINE),
    ):
        away = (-2 if align == "right" else 2, 0)
        write(axes, value_in_words(measure, value), (at, middle), away, ha=align, color=colour, **look)
    for start, end, fill in ((row.smallest, row.largest, PALE), (row.lower_half, row.upper_half, MIDDLE)):
        left, right = _across(row.place(start)), _across(row.place(end))
        axes.add_artist(Rectangle((left, middle - THICK / 2), right - left, THICK, facecolor=fill, linewidth=0))
    ids = result.edition.forces.ids if picked is None else picked
    for force_id in map(str, ids):
        own = result.of(force_id)
        sign = result.edition.data.statuses.mark(own.status)
        said = (
            f"{value_in_words(measure, own.value)} {sign}".strip() if row.is_shown(force_id) else sign or NOT_AVAILABLE
        )
        words = write(axes, said, (TITLES + VALUES, middle), (-2, 0), ha="right", fontweight="bold", **look)
        words.set(gid=f"own-value{letter}-{force_id}", color=style.DARK_BLUE)
        if row.is_shown(force_id):
            shape = TIERS[tier(row.verdict(force_id))]
            marked = Line2D(
                [_across(row.place(own.value))], [middle], **EDGE, **shape, zorder=6, gid=f"own-mark{letter}-{force_id}"
            )
            axes.add_artist(marked)
            figure.parts[force_id] = [*figure.parts.get(force_id, ()), marked]


def tier(verdict: Verdict) -> int:
    """Return which of `TIERS` a verdict has: notable, higher or lower, apart by size alone, similar, or none."""
    return LEVELS.get(verdict.tier, len(TIERS) - 1)


def tier_names(policy: Policy) -> tuple[str, ...]:
    """Return what the tiers are called in a key, in the words of the policy: "Higher or lower"."""
    words, sides = policy.words, policy.says.sides
    pairs = (words.all_three, words.size_and_position)
    told = [" or ".join(one.removesuffix(" than") for one in pair) for pair in pairs]
    told += [f"{' or '.join(sides)}, {policy.spine.often}", words.otherwise.removesuffix(" to"), "no verdict"]
    return tuple(f"{one[:1].upper()}{one[1:]}" for one in told)


def _key(figure: Figure, policy: Policy) -> None:
    looks = zip(TIERS, tier_names(policy), strict=True)
    smaller = {"markersize": 6.5}
    marks: list[Line2D | Patch] = [Line2D([], [], label=name, **EDGE, **look | smaller) for look, name in looks]
    others: list[Line2D | Patch] = [
        Line2D([], [], **style.NATIONAL_LINE, label=NATIONAL),
        Patch(facecolor=PALE, label="Range of the forces"),
        Patch(facecolor=MIDDLE, label="Middle half of the forces"),
    ]
    for handles, up in ((marks[:3], 0.3), ([*marks[3:], *others], 0.06)):
        figure.legend(
            handles=handles, loc="lower left", ncols=5, frameon=False, fontsize=SMALL, borderpad=0, borderaxespad=0,
            bbox_to_anchor=(MARGIN / style.WIDTH, up / figure.get_figheight()), handlelength=1.6, handletextpad=0.5,
            columnspacing=1.6,
        )  # fmt: skip


def alt_text(spine: Spine, force_id: str) -> str:
    """Return what the chart shows, a clause a row, in 600 characters: value, verdict, and that of England and Wales.

    Where not all of the clauses have room, those are told whose verdict is clearest, and that the table has the others.
    """
    edition = spine.rows[0].result.edition
    said = f"Spine chart: {edition.forces.official_name(force_id)} and {NATIONAL} among the forces."
    clearest = sorted(spine.rows, key=lambda row: tier(row.verdict(force_id)))
    clauses = {row.result.measure.id: _clause(row, force_id) for row in clearest}
    while len(" ".join((said, *clauses.values(), OTHERS))) > LONGEST_ALT:
        clauses.popitem()
    told = [clauses[row.result.measure.id] for row in spine.rows if row.result.measure.id in clauses]
    return " ".join((said, *told, *([OTHERS] if len(told) < len(spine.rows) else [])))


def _clause(row: SpineRow, force_id: str) -> str:
    measure = row.result.measure
    if not row.is_shown(force_id):
        return f"{measure.tile}: not shown."
    value, national = (value_in_words(measure, one) for one in (row.result.of(force_id).value, row.national))
    return f"{measure.tile}: {value}, {in_brief(row.result, force_id) or 'without a verdict beside'} {national}."


def spine_table(spine: Spine, force_id: str) -> pd.DataFrame:
    """Return what is drawn, a row a measure by id: the force's value and verdict, England and Wales, the forces' ends.

    Values are in the measure's unit and not rounded; `value` is NaN and `verdict` empty where there is none.
    """
    rows = [
        (
            row.result.measure.id, row.result.measure.title, row.result.window.words,
            row.result.of(force_id).value if row.is_shown(force_id) else float("nan"), row.verdict(force_id).words,
            row.national, row.smallest, row.lower_half, row.upper_half, row.largest,
        )
        for row in spine.rows
    ]  # fmt: skip
    columns = ["measure", "title", "window", "value", "verdict", "england_and_wales", "smallest", "lower_half"]
    return pd.DataFrame(rows, columns=[*columns, "upper_half", "largest"]).set_index("measure")
