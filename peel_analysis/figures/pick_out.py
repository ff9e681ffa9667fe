"""Picks one force out of a finished drawing by editing its SVG, so that 43 reports share one drawing."""

from collections.abc import Callable
from html import escape

from peel_analysis import forces
from peel_analysis.figures.style import OTHER, PICKED, Look

PLACEHOLDER = "This force"  # the key's last entry in a drawing without a picked force


def pick_out(svg: str, force_id: str) -> str:
    """Return the drawing with the bar, name, value and key entry of `force_id` as if it had been drawn for it alone.

    A force that is not drawn changes the key only. The elements are found by the ids that `ranked` gives them.
    """
    for group in (f"bar-{force_id}", "key-swatch"):
        svg = _edit(svg, group, lambda words: words.replace(_paint(OTHER), _paint(PICKED)))
    for group in (f"name-{force_id}", f"value-{force_id}", "key-name"):
        svg = _edit(svg, group, _embolden)
    return _edit(
        svg, "key-name", lambda words: words.replace(PLACEHOLDER, escape(forces.display_name(force_id), quote=False))
    )


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
