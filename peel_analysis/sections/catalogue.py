"""The sections of a report in report order: `data/sections.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from peel_analysis.errors import InputError
from peel_analysis.location import data_folder, notebooks_folder


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
        """The section's notebook."""
        return notebooks_folder() / f"{self.number:02}_{self.id}.ipynb"

    @property
    def name_of_question(self) -> str:
        """The question as the judgments table names it."""
        return self.short_title or self.title


def catalogue() -> tuple[SectionPlan, ...]:
    """Return all sections in report order."""
    return _read(data_folder())


def plan_of(section_id: str) -> SectionPlan:
    """Return a section by its id. Raises InputError, with the list, when there is none."""
    by_id = {plan.id: plan for plan in catalogue()}
    if section_id not in by_id:
        raise InputError(f"No section '{section_id}'; the sections are {', '.join(by_id)}")
    return by_id[section_id]


@cache
def _read(folder: Path) -> tuple[SectionPlan, ...]:
    path = folder / "sections.toml"
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["section"]
        return tuple(_plan(number, dict(entry)) for number, entry in enumerate(entries, start=1))
    except FileNotFoundError as error:
        raise InputError(f"data/sections.toml: the file is missing from {folder}") from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise InputError(f"data/sections.toml: {error}") from error


def _plan(number: int, entry: dict[str, Any]) -> SectionPlan:
    blocks = tuple(
        Block(block["title"], tuple(block["measures"]), block.get("note", "")) for block in entry.pop("block", [])
    )
    headline = tuple(entry.pop("headline_measures", ()))
    return SectionPlan(number=number, blocks=blocks, headline_measures=headline, **entry)
