"""Numbers and lists as text, rounded once, half up on decimals; and text set for a terminal."""

import math
import re
from collections.abc import Container, Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from textwrap import wrap

SIGNIFICANT = 12  # digits
WIDTH = 116  # letters of a line for a terminal
# What no eye sees and a terminal or a page obeys: controls but for line ends and tabs, marks that turn the direction of
# the letters and figures around them, and halves of a letter, which no file can hold.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# What a spreadsheet takes for a formula when a cell of a CSV file begins so, after the apostrophes that say it is text
FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?(e[+-]?\d+)?%?", re.IGNORECASE | re.ASCII)


def rounded(value: float, decimals: int) -> Decimal:
    """Return `value` rounded half up, as the published report rounds: 57.65 gives 57.7, -0.05 gives -0.1.

    The noise of binary arithmetic is dropped first, so that 57.64999999999999 is the half that it stands for.
    """
    return without_noise(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def without_noise(value: float) -> Decimal:
    """Return the decimal number that a binary one stands for: 1518.9600000000003 gives 1518.96."""
    return Decimal(f"{float(value):.{SIGNIFICANT}g}")


def shown(value: float, decimals: int, *, percent: bool = False, signed: bool = False) -> str:
    """Return a value as text: "1,234.5", "17.5%" or "+10.0%". Raises ValueError for a missing value."""
    if value is None or math.isnan(value):
        raise ValueError("a missing value has no text; show its mark and reason instead")
    number = rounded(value, decimals)
    if number == 0:
        number = abs(number)  # never "-0.0"
    return f"{number:{'+' if signed and number else ''},}{'%' if percent else ''}"


def whole(count: float) -> str:
    """Return a count as text: "52,569". One in full-time equivalents keeps its decimals: "1,518.96"."""
    if math.isnan(count) or count == round(count):
        return shown(count, 0)
    return shown(count, -int(without_noise(count).normalize().as_tuple().exponent))


def visible(text: str) -> str:
    """Return a text with what no eye sees, and a terminal or a page would obey, written out: "\\u001b[31m".

    It is as JSON has it: a text in JSON stays that text.
    """
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_cell(text: str) -> str:
    """Return a text for a cell of a CSV file: one that a spreadsheet would run has an apostrophe before it.

    A number stays as it is, a negative one too. `from_cell` gives the text again.
    """
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def from_cell(cell: str) -> str:
    """Return the text that `as_cell` made a cell of."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell, 1) else cell


def slug(text: str) -> str:
    """Return a text as an id that can stand in an address: its letters and figures, small, with hyphens between."""
    return re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")


def in_words(number: int) -> str:
    """Return a small count in words, as the inspectorate writes it: "six", but "12"."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if 0 <= number < len(words) else str(number)


def enumerated(things: Iterable[str]) -> str:
    """Return "Dorset, Essex and Suffolk" for three, "Dorset and Essex" for two, one as it is, and "" for none."""
    told = list(things)
    return " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)


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
