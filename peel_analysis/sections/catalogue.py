"""The sections of a report in report order: `data/sections.toml`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from peel_analysis.data.data_files import checked, entries, filled, named, settings_of, texts
from peel_analysis.data.errors import InputError
from peel_analysis.data.location import data_folder, notebooks_folder
from peel_analysis.measures import declared

FILE = "sections.toml"
WHERE = f"data/{FILE}"
SETTINGS: dict[str, type] = {
    "id": str,
    "title": str,
    "question": str,
    "short_title": str,
    "graded": bool,
    "headline_measures": list,
    "block": list,
}
OPTIONAL = tuple(name for name in SETTINGS if name not in ("id", "title"))


@dataclass(frozen=True)
class Block:
    """A group of tiles in Force in numbers."""

    title: str
    measures: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class SectionPlan:
    """A section: its place in the report, its title and the question that it answers, if it answers one."""

    number: int
    id: str
    title: str
    question: str = ""
    short_title: str = ""
    graded: bool = True
    headline_measures: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()

    @property
    def notebook(self) -> Path:
        """The section's notebook, named by its place and its id. Raises InputError when it is not there."""
        path = notebooks_folder() / f"{self.number:02}_{self.id}.ipynb"
        if not path.is_file():
            raise InputError(
                f"{WHERE}, section '{self.id}': no notebook {path.name} in {path.parent}; add it, named by the "
                "section's place in the report and its id"
            )
        return path

    @property
    def name_of_question(self) -> str:
        """The question as the judgments table names it."""
        return self.short_title or self.title


def catalogue() -> tuple[SectionPlan, ...]:
    """Return all sections in report order. Raises InputError, with the section, for one that is not as it must be."""
    return _read(data_folder())


def plan_of(section_id: str) -> SectionPlan:
    """Return a section by its id. Raises InputError, with the list, when there is none."""
    by_id = {plan.id: plan for plan in catalogue()}
    if section_id not in by_id:
        raise InputError(f"No section '{section_id}'; the sections are {', '.join(by_id)}")
    return by_id[section_id]


@cache
def _read(folder: Path) -> tuple[SectionPlan, ...]:
    given = checked(settings_of(folder / FILE, WHERE), WHERE, {"section": object}, ["section"])
    known = [measure.id for measure in declared()]
    placed = enumerate(entries(given, WHERE, "section"), start=1)
    return tuple(_plan(number, entry, where, known) for number, (where, entry) in placed)


def _plan(number: int, entry: dict[str, Any], where: str, known: Collection[str]) -> SectionPlan:
    given = checked(entry, where, SETTINGS, OPTIONAL)
    headline = _measures(given, where, "headline_measures", known)
    groups = entries(given, where, "block", "title") if "block" in given else []
    blocks = tuple(_block(group, place, known) for place, group in groups)
    plain = {name: value for name, value in given.items() if name not in ("headline_measures", "block")}
    return SectionPlan(number=number, blocks=blocks, headline_measures=headline, **plain)


def _block(group: dict[str, Any], where: str, known: Collection[str]) -> Block:
    given = checked(group, where, {"title": str, "measures": list, "note": str}, ["note"])
    filled(given, where, "note", {"window": ""})
    shown = _measures(given, where, "measures", known)
    if not shown:
        raise InputError(f"{where}: measures is an empty list; name what the tiles show, or take the block out")
    return Block(given["title"], shown, given.get("note", ""))


def _measures(given: Mapping[str, Any], where: str, name: str, known: Collection[str]) -> tuple[str, ...]:
    found = texts(given, where, name)
    named(found, where, name, known, "data/measures.toml")
    return found
