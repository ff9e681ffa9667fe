"""How the number in a sentence is found in values.csv: what its forms are, and what is no number but a quotation."""

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from peel_analysis.measures import Measure

DATA = Path(__file__).resolve().parents[1] / "data"
NUMBER = re.compile(r"[+-]?\d(?:[\d,]*\d)?(?:\.\d+)?%?")
Row = dict[str, str]


def shown(measure: Measure, cell: str) -> set[str]:
    """Return the forms in which a sentence may show a cell of values.csv, worked out from its text alone."""
    if not cell:
        return set()
    number = Decimal(cell).quantize(Decimal(1).scaleb(-measure.decimals), ROUND_HALF_UP)
    plain = f"{abs(number):,}" if measure.kind == "change" or number == 0 else f"{number:,}"
    sign = "%" if measure.is_percent else ""
    signed = f"{number:+,}{sign}" if number else f"{abs(number)}{sign}"
    return {f"{plain}{sign}", signed} if measure.kind == "change" else {f"{plain}{sign}"}


def whole(cell: str) -> set[str]:
    """Return the form of a count."""
    return {f"{Decimal(cell):,}"} if cell else set()


def gaps(row: Row) -> set[str]:
    """Return the forms of a row's gap to England and Wales: in the measure's unit, and in percent."""
    points = {f"{abs(Decimal(row['gap'])):,}"} if row["gap"] else set()
    return points | ({f"{abs(int(row['gap_percent'])):,}%"} if row["gap_percent"] else set())


def without(sentence: str, quotations: Iterable[str]) -> str:
    """Return a sentence without what it quotes word for word; a quotation may open a sentence with a capital."""
    for part in quotations:
        if part in sentence or part[:1].upper() + part[1:] in sentence:
            sentence = sentence.replace(part, " ").replace(part[:1].upper() + part[1:], " ")
    return sentence


@cache
def sentences_of_data() -> tuple[str, ...]:
    """Return every text of the data folder's registers and settings that holds a digit and words, the longest first."""
    texts = {text for path in DATA.glob("*.csv") for text in _cells(path)}
    texts |= {text for path in DATA.rglob("*.toml") for text in _strings(tomllib.loads(path.read_text("utf-8")))}
    parts = {part for text in texts for part in re.split(r"\{[a-z_]+\}", text)}
    words_and_digits = (one for one in parts if len(one) > 10 and re.search(r"\d", one) and re.search("[a-z]{3}", one))
    return tuple(sorted(words_and_digits, key=len, reverse=True))


def _cells(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            yield from row


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)
