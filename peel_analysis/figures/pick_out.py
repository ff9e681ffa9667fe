"""A force picked out of a drawing: in a batch the parts of one drawing are those of each force's own."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from markupsafe import escape

from peel_analysis.data.forces import Force
from peel_analysis.data.reads import remembered
from peel_analysis.data.text import visible
from peel_analysis.data.writing import cache_folder, once
from peel_analysis.figures.compact import Part, Parts, parts_of, put_together, short_style
from peel_analysis.figures.figure import Figure, as_drawn, as_svg
from peel_analysis.figures.style import OTHER, PICKED, Role
from peel_analysis.measures import Result

T = TypeVar("T")
Picked = tuple[str, ...] | None  # the forces picked out; None: the drawing is for picking any force out of
PLACEHOLDER = "This force"  # the key's last entry in a drawing for picking out of
IN_A_ROLE = re.compile(r"(other|own)-[a-z]+-(.+)")  # the id of a group that is drawn in a role
BOLDER = "font-weight:700;"  # as a style begins with it
GREY, BLUE = (
    short_style(f"fill: {one.fill}; stroke: {one.edge}; stroke-width: {one.line_width:g}") for one in (OTHER, PICKED)
)


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
    own = {"key-swatch", "key-name", *(f"{what}-{force.id}" for what in ("bar", "name", "value", "mark"))}
    return parts._replace(drawn=[_as_picked(part, force) if part.group in own else part for part in mine])


def _as_picked(part: Part, force: Force) -> Part:
    """Return a part of the force that is picked out, or of the key, as it is drawn then."""
    if part.group == "key-swatch" or part.group.startswith("bar-"):
        return part._replace(style=part.style.replace(GREY, BLUE))
    style, written = BOLDER + part.style.replace(f"fill:{OTHER.text}", f"fill:{PICKED.text}"), part.written
    if part.group == "key-name":
        written = written.replace(PLACEHOLDER, escape(visible(force.name)))
    return part._replace(written=written, style=style)
