"""The comparability blocks: what must not be compared, as data/comparability.toml declares it, with the reason."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from peel_analysis.data import forces
from peel_analysis.data.data_files import checked, entries, named, one_of, settings_of, texts
from peel_analysis.data.errors import InputError
from peel_analysis.data.location import data_folder
from peel_analysis.measures.declarations import Measure, declared

FILE = "comparability.toml"
WHERE = f"data/{FILE}"
KINDS = {"together": "with", "over_time": "years", "force": "years"}  # and what each needs beside its measures
SETTINGS: dict[str, type] = {
    "id": str,
    "kind": str,
    "measures": list,
    "with": list,
    "forces": list,
    "years": list,
    "reason": str,
    "said_in": str,
}


@dataclass(frozen=True)
class Block:
    """One entry of data/comparability.toml."""

    id: str
    kind: str
    measures: tuple[str, ...]
    reason: str
    said_in: str
    others: tuple[str, ...] = ()
    forces: tuple[str, ...] = ()
    years: tuple[str, ...] = ()

    def keeps_apart(self, first: Measure, second: Measure) -> bool:
        """Return whether the block is about these two measures, in either order."""
        one, other = set(self.measures), set(self.others)
        return (first.id in one and second.id in other) or (first.id in other and second.id in one)

    def holds_for_force(self, force_id: str) -> bool:
        """Return whether the block is about this force; one without forces is about all."""
        return not self.forces or force_id in self.forces

    def holds_in(self, *years: str) -> bool:
        """Return whether the block is about all these years."""
        return "all" in self.years or set(years) <= set(self.years)


def blocks() -> tuple[Block, ...]:
    """Return the declared comparability blocks. Raises InputError, with the block, for one that refuses nothing."""
    return _read(data_folder())


def blocks_of(kind: str) -> Iterator[Block]:
    """Yield the blocks of one kind."""
    return (block for block in blocks() if block.kind == kind)


@cache
def _read(folder: Path) -> tuple[Block, ...]:
    given = checked(settings_of(folder / FILE, WHERE), WHERE, {"block": object}, ["block"])
    return tuple(_block(entry, where) for where, entry in entries(given, WHERE, "block"))


def _block(entry: dict[str, Any], where: str) -> Block:
    given = checked(entry, where, SETTINGS, ("with", "forces", "years"))
    kind = one_of(given, where, "kind", KINDS)
    needed = ("reason", "said_in", "measures", KINDS[kind])
    if missing := [name for name in needed if not given.get(name)]:
        raise InputError(f"{where}: no {missing[0]}; a block of kind {kind} needs {', '.join(needed)}")
    lists = {name: texts(given, where, name) for name in ("measures", "with", "forces", "years")}
    known = [measure.id for measure in declared()]
    for name in ("measures", "with"):
        named(lists[name], where, name, known, "data/measures.toml")
    named(lists["forces"], where, "forces", forces.ids(), "data/forces.csv")
    if wrong := [year for year in lists["years"] if not re.fullmatch(r"all|\d{4}", year)]:
        raise InputError(f"{where}: years has '{wrong[0]}'; write years of four figures in quotes, or \"all\"")
    return Block(
        id=given["id"],
        kind=kind,
        measures=lists["measures"],
        reason=given["reason"],
        said_in=given["said_in"],
        others=lists["with"],
        forces=lists["forces"],
        years=lists["years"],
    )
