"""A drawing for each force of a batch, drawn once a measure.

One force is picked out of a finished drawing by editing its SVG, so that 43 reports share one. What keeps its shape (a
bar, a name) is painted anew. What takes another shape is in the shared drawing twice, as one of the others and as the
picked one, and what is not wanted goes. Both are found by the ids of the groups.
"""

import re
from collections.abc import Callable, Iterable
from html import escape
from typing import Literal

from peel_analysis.data.forces import Force
from peel_analysis.data.writing import cache_folder, once
from peel_analysis.figures.figure import OTHER, PICKED, SHAPE, Figure, Look, as_svg
from peel_analysis.measures import Result

Picked = tuple[str, ...] | None  # the forces picked out; None: the drawing is for picking any force out of
Role = Literal["other", "own"]
PLACEHOLDER = "This force"  # the key's last entry in a drawing for picking out of
PART = re.compile(r'^( *)<g id="(other|own)-[a-z]+-([^"]+)"(?:/>\n|>\n.*?^\1</g>\n)', re.MULTILINE | re.DOTALL)


def drawn(kind: str, result: Result, force_id: str, draw: Callable[[Picked], Figure], also: str = "") -> str:
    """Return a force's drawing: in a batch picked out of one that is drawn once, else drawn for it alone.

    Both are the same, byte for byte; for one force alone the second takes less time. `also` is what the drawing depends
    on beside the result, as text.
    """
    if cache_folder() is None:
        return as_svg(draw((force_id,)))
    shared = once("drawings", (kind, _in_words(result), also), lambda: as_svg(draw(None)).encode())
    return _pick_out(shared.decode(), result.edition.forces.find(force_id))


def _in_words(result: Result) -> str:
    """Return all that a drawing of a result depends on, as text."""
    rows = result.rows[["value", "comparator_value", "in_figure", "status"]].to_json(double_precision=15)
    return "\n".join((rows, repr(result.measure), str(result.window), str(result.comparator_window)))


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


def part_id(role: Role, part: str, row_id: str) -> str:
    """Return the id of the group that holds a part of a force's drawing ("mark", "name", one word) in a role."""
    return f"{role}-{part}-{row_id}"


def _pick_out(svg: str, force: Force) -> str:
    """Return the drawing with a force as if it had been drawn for it alone.

    Of a force that is not drawn only the key, if there is one, tells. The drawing must be as `as_svg` writes it.
    """
    svg = PART.sub(lambda part: part[0] if part[2] in roles(part[3], (force.id,)) else "", svg)
    svg = SHAPE.sub(lambda shape: shape[0] if f'"#{shape[2]}"' in svg else "", svg)
    for group in (f"bar-{force.id}", "key-swatch"):
        svg = _edit(svg, group, lambda words: words.replace(_paint(OTHER), _paint(PICKED)))
    for group in (f"name-{force.id}", f"value-{force.id}", f"mark-{force.id}", "key-name"):
        svg = _edit(svg, group, _embolden)
    name = escape(force.name, quote=False)
    return _edit(svg, "key-name", lambda words: words.replace(PLACEHOLDER, name))


def _edit(svg: str, group: str, change: Callable[[str], str]) -> str:
    """Return the drawing with `change` applied to the text of one group, found by its id."""
    start = svg.find(f'<g id="{group}">')
    if start < 0:
        return svg
    end = svg.index("</g>", start)
    return svg[:start] + change(svg[start:end]) + svg[end:]


def _paint(look: Look) -> str:
    return f"fill: {look.fill}; stroke: {look.edge}; stroke-width: {look.line_width:g}"


def _embolden(words: str) -> str:
    bold = words.replace('<text style="', '<text style="font-weight: 700; ')
    return bold.replace(f"fill: {OTHER.text}", f"fill: {PICKED.text}")
