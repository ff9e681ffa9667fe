"""What a measure is: an entry of `data/measures.toml`."""

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from peel_analysis.errors import InputError
from peel_analysis.location import data_folder

KINDS = ("rate", "rate_of_stock", "share", "ratio_of_counts", "change", "cases", "survey")
PERCENT = ("share", "change", "cases")


@dataclass(frozen=True)
class Part:
    """A numerator or a denominator: the items that are added up, and which of their dimensions count (all, if none)."""

    items: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    version: str = ""


@dataclass(frozen=True)
class Measure:
    """A definition. Exclusions and caveats are facts about the returns and live in their own registers."""

    id: str
    title: str
    tile: str
    kind: str
    unit: str
    decimals: int
    window: str
    sources: tuple[str, ...]
    numerator: Part = Part()
    denominator: Part = Part()
    multiplier: int = 1
    comparator: str = ""
    earlier: str = ""
    part_of: str = ""
    tracked: bool | None = None
    window_note: str = ""
    caption: str = ""
    reading: str = ""

    @property
    def is_percent(self) -> bool:
        """True when values are shown with a percent sign."""
        return self.kind in PERCENT

    @property
    def items(self) -> tuple[str, ...]:
        """Every item that the measure counts, populations included."""
        return (*self.numerator.items, *self.denominator.items)


def declared() -> tuple[Measure, ...]:
    """Return all measures in the order of data/measures.toml, which is the order of the report."""
    return tuple(_read(data_folder()).values())


def get(measure_id: str) -> Measure:
    """Return a measure by its id. Raises InputError, with close matches, when there is none."""
    known = _read(data_folder())
    if measure_id in known:
        return known[measure_id]
    near = difflib.get_close_matches(measure_id, known, n=3)
    raise InputError(
        f"No measure '{measure_id}'; {'did you mean ' + ' or '.join(near) + '?' if near else _list(known)}"
    )


def _list(known: dict[str, Measure]) -> str:
    return f"the measures are {', '.join(known)}"


@cache
def _read(folder: Path) -> dict[str, Measure]:
    path = folder / "measures.toml"
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["measure"]
    except FileNotFoundError as error:
        raise InputError(f"data/measures.toml: the file is missing from {folder}") from error
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise InputError(f"data/measures.toml: {error}") from error
    measures = [_measure(entry) for entry in entries]
    by_id = {measure.id: measure for measure in measures}
    if len(by_id) != len(measures):
        raise InputError("data/measures.toml: two measures have the same id; give each its own")
    return by_id


def _measure(entry: dict[str, Any]) -> Measure:
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    where = f"data/measures.toml, measure '{entry.get('id', '?')}'"
    try:
        for name in ("numerator", "denominator"):
            if name in fields:
                fields[name] = _part(fields[name])
        measure = Measure(**fields)
    except KeyError as error:
        raise InputError(f"{where}: a numerator or denominator without {error}; list what it counts") from error
    except TypeError as error:
        raise InputError(f"{where}: {error}; write the entry as the others are") from error
    if measure.kind not in KINDS:
        raise InputError(
            f"data/measures.toml, measure '{measure.id}': kind is '{measure.kind}'; use one of {', '.join(KINDS)}"
        )
    return measure


def _part(entry: dict[str, Any]) -> Part:
    return Part(tuple(entry["items"]), tuple(entry.get("dimensions", ())), entry.get("version", ""))
