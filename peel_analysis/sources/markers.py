"""The marks that stand in place of a number in official statistics, and what each says."""

import re
from dataclasses import dataclass

from peel_analysis.sources.sheets import as_text


@dataclass(frozen=True)
class Marker:
    """Why a cell has no number: the status of its count, and the reason in words."""

    status: str
    reason: str


MARKERS = {
    "": Marker("not_supplied", "blank"),
    "..": Marker("not_supplied", "not available"),
    ":": Marker("not_supplied", "not available"),
    "-": Marker("not_supplied", "a dash: the publisher gives no figure"),
    "–": Marker("not_supplied", "a dash: the publisher gives no figure"),
    "+": Marker("combined", "counted in with the region"),
    "*": Marker("not_comparable", "withheld or not comparable"),
    "[x]": Marker("not_supplied", "not available"),
    "[z]": Marker("not_comparable", "not applicable"),
    "[c]": Marker("not_supplied", "confidential"),
    "[u]": Marker("not_comparable", "of low reliability"),
    "n/a": Marker("not_supplied", "not available"),
}


def number_or_marker(cell: object) -> float | Marker:
    """Return a cell's number, or what its mark says. Raises ValueError for any other text.

    Commas and blanks in a number are dropped, and a mark behind it ("1,204 [e]", "1204*", "1204 (p)").
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell == cell:
        return float(cell)
    text = as_text(cell).lower()
    if text in MARKERS:
        return MARKERS[text]
    number = re.sub(r"(\[[^\]]*\]|\([a-z0-9]*\)|[*†‡])+$", "", text).replace(",", "").replace(" ", "")
    try:
        return float(number)
    except ValueError:
        known = " ".join(mark for mark in MARKERS if mark)
        raise ValueError(
            f"found {as_text(cell)!r} where a number or one of {known} should be; correct the cell"
        ) from None
