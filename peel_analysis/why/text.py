"""Plain text in blocks: a heading, then lines set in; labels and columns stand under each other."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

WIDTH = 116
INDENT = "  "


def block(heading: str, lines: Iterable[str]) -> list[str]:
    """Return a blank line, the heading and the lines, each set in; nothing when there are no lines."""
    kept = [INDENT + line for line in lines]
    return ["", heading, *kept] if kept else []


def pairs(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Return labels and texts under each other, long texts wrapped under themselves; empty texts are left out."""
    kept = [(label, text) for label, text in rows if text]
    widest = max((len(label) for label, _ in kept), default=0) + 2
    lines = []
    for label, text in kept:
        folded = wrap(text, WIDTH - widest, break_long_words=False, break_on_hyphens=False) or [""]
        lines += [f"{label:<{widest}}{folded[0]}", *(" " * widest + rest for rest in folded[1:])]
    return lines


def columns(rows: Sequence[Sequence[str]], right: Iterable[int]) -> list[str]:
    """Return rows as columns, those numbered in `right` set to the right."""
    if not rows:
        return []
    to_the_right = set(right)
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if place in to_the_right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def paragraph(text: str) -> list[str]:
    """Return a text folded to the width, as one point of a list."""
    return [("- " if place == 0 else "  ") + line for place, line in enumerate(wrap(text, WIDTH))]
