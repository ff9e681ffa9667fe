"""Picks one force out of a finished drawing by editing its SVG, so that 43 reports share one drawing.

What keeps its shape (a bar, a name) is painted anew. What takes another shape is in the shared drawing twice, as one of
the others and as the picked one, and what is not wanted goes. Both are found by the ids of the groups.

Matplotlib defines the shape of a mark inside the first group that uses it: without that group every other mark of the
shape would be lost. So the shapes are defined at the head of each drawing before anything is picked out.
"""

import re
from collections.abc import Callable
from html import escape
from typing import Literal

from peel_analysis.data import forces
from peel_analysis.figures.style import OTHER, PICKED, Look

PLACEHOLDER = "This force"  # the key's last entry in a drawing without a picked force
Role = Literal["other", "own"]
BEGINNING = ' <g id="figure_1">\n'
SHAPE = re.compile(r'^ *(<path id="([^"]+)"[^>]*/>\n)', re.MULTILINE)
SHAPES = re.compile(r'^ *<defs>\n((?: *<path id="[^"]+"[^>]*/>\n)+) *</defs>\n', re.MULTILINE)
PART = re.compile(r'^( *)<g id="(other|own)-[a-z]+-([^"]+)"(?:/>\n|>\n.*?^\1</g>\n)', re.MULTILINE | re.DOTALL)


def shapes_first(svg: str) -> str:
    """Return a drawing of matplotlib's with the shapes of its marks defined before its first group, in order of id."""
    shapes = {shape_id: shape for found in SHAPES.findall(svg) for shape, shape_id in SHAPE.findall(found)}
    if not shapes:
        return svg
    head = "".join(f"  {shapes[shape_id]}" for shape_id in sorted(shapes))
    return SHAPES.sub("", svg).replace(BEGINNING, f" <defs>\n{head} </defs>\n{BEGINNING}", 1)


def roles(row_id: str, force_id: str | None) -> tuple[Role, ...]:
    """Return as what a force is drawn where `force_id` is picked out: as both in a drawing to pick from (None)."""
    if force_id is None:
        return ("other", "own")
    return ("own",) if row_id == force_id else ("other",)


def part_id(role: Role, part: str, row_id: str) -> str:
    """Return the id of the group that holds a part of a force's drawing ("mark", "name", one word) in a role."""
    return f"{role}-{part}-{row_id}"


def pick_out(svg: str, force_id: str) -> str:
    """Return the drawing with `force_id` as if it had been drawn for it alone.

    Of a force that is not drawn only the key, if there is one, tells. The drawing must be as `as_svg` writes it.
    """
    svg = PART.sub(lambda part: part[0] if _is_wanted(part, force_id) else "", svg)
    svg = _without_unused_shapes(svg)
    for group in (f"bar-{force_id}", "key-swatch"):
        svg = _edit(svg, group, lambda words: words.replace(_paint(OTHER), _paint(PICKED)))
    for group in (f"name-{force_id}", f"value-{force_id}", f"mark-{force_id}", "key-name"):
        svg = _edit(svg, group, _embolden)
    return _edit(
        svg, "key-name", lambda words: words.replace(PLACEHOLDER, escape(forces.display_name(force_id), quote=False))
    )


def _is_wanted(part: re.Match[str], force_id: str) -> bool:
    _, role, row_id = part.groups()
    return role in roles(row_id, force_id)


def _without_unused_shapes(svg: str) -> str:
    return SHAPE.sub(lambda shape: shape[0] if f'"#{shape[2]}"' in svg else "", svg)


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
