"""Plain text for a terminal: columns under each other, labels with their texts, folded paragraphs, blocks."""

from collections.abc import Container, Iterable, Sequence
from textwrap import wrap

WIDTH = 116


def columns(rows: Iterable[Sequence[str]], right: Container[int]) -> list[str]:
    """Return rows as lines with their cells under each other; the columns numbered in `right` are set to the right."""
    held = list(rows)
    widths = [max(len(cell) for cell in column) for column in zip(*held, strict=True)]
    cells = [f"{{:{'>' if number in right else '<'}{width}}}" for number, width in enumerate(widths)]
    line = "  ".join(cells)
    return [line.format(*row).rstrip() for row in held]


def pairs(rows: Iterable[tuple[str, str]]) -> list[str]:
    """Return labels and texts under each other, long texts wrapped under themselves; empty texts are left out."""
    kept = [(label, text) for label, text in rows if text]
    widest = max((len(label) for label, _ in kept), default=0) + 2
    lines = []
    for label, text in kept:
        folded = wrap(text, WIDTH - widest, break_long_words=False, break_on_hyphens=False) or [""]
        lines += [f"{label:<{widest}}{folded[0]}", *(" " * widest + rest for rest in folded[1:])]
    return lines


def paragraph(text: str) -> list[str]:
    """Return a text folded to the width, as one point of a list."""
    return wrap(text, WIDTH + 2, initial_indent="- ", subsequent_indent="  ")


def block(heading: str, lines: Iterable[str]) -> list[str]:
    """Return a blank line, the heading and the lines, each set in; nothing when there are no lines."""
    kept = [f"  {line}" for line in lines]
    return ["", heading, *kept] if kept else []
