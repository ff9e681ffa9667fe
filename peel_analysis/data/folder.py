"""One data folder: where it is, what it holds, read and checked, and kept until a file of it changes."""

import os
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from peel_analysis.data import counts
from peel_analysis.data.definitions import COMPARABILITY, MEASURES, Block, Measure, Measures, blocks_in, measures_in
from peel_analysis.data.edition import Edition, edition_in
from peel_analysis.data.errors import InputError
from peel_analysis.data.files import PROJECT, data_folder, rows_of, toml_of
from peel_analysis.data.forces import AREAS, FORCES, POPULATIONS, Forces, areas_in, populations_in, read_forces
from peel_analysis.data.policy import POLICY, Policy, policy_in
from peel_analysis.data.programmes import PROGRAMMES, Programmes, check_judgments, programmes_in
from peel_analysis.data.registers import (
    A_PROGRAMME,
    JUDGMENTS,
    SOURCES,
    STATUSES,
    Register,
    Statuses,
    check_rows,
    keys_of,
    records,
)
from peel_analysis.data.settings import (
    CHECKS,
    PEER_LISTS,
    PEER_SETS,
    PUBLISHED_FILES,
    SECTIONS,
    PeerList,
    PeerSets,
    PublishedFiles,
    Rule,
    SectionPlan,
    peer_list_in,
    peer_sets_in,
    published_files_in,
    rules_in,
    sections_in,
)
from peel_analysis.data.writing import cache_folder, once

T = TypeVar("T")
Written = dict[str, tuple[int, int]]  # files, with when each was last written and its size


class Data:
    """A data folder, laid out like the project's `data/`. What it returns is as its files are at the time of the call.

    Everything is read when it is first asked for, checked, and kept until a file that it was read from changes. Each
    property and method raises InputError that names the file and the line or entry of the first thing that is wrong.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cache: dict[Hashable, tuple[Written, Any]] = {}
        self._reading: list[Written] = []  # the files behind each answer that is being worked out, the innermost last

    def __repr__(self) -> str:
        return f"<data folder {self.folder}>"

    def cached(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns, made once for as long as no file changes that it has read through this object.

        `what` names the question, with all that the answer depends on besides files.
        """
        held = self._cache.get(what)
        if held is None or any(self._written(name) != written for name, written in held[0].items()):
            self._reading.append({})
            try:
                made = make()
            finally:
                files = self._reading.pop()
            held = self._cache[what] = (files, made)
        if self._reading:
            self._reading[-1].update(held[0])
        answer: T = held[1]
        return answer

    def path(self, name: str) -> Path:
        """Return the path of a file or a folder of the data folder, which whoever asks is about to read."""
        if self._reading:
            self._reading[-1][name] = self._written(name)
        return self.folder / name

    def _written(self, name: str) -> tuple[int, int]:
        """Return when a file was last written and its size: another of these is another content."""
        try:
            found = os.stat(f"{self.folder}/{name}")  # noqa: PTH116 - at each call: three times as fast as a Path's
        except OSError:  # who reads it says what is wrong
            return 0, -1
        return found.st_mtime_ns, found.st_size

    def has(self, name: str) -> bool:
        """Return whether the folder holds a file or a folder of that name."""
        return self.path(name).exists()

    def _toml(self, name: str) -> dict[str, Any]:
        return toml_of(self.path(name), f"data/{name}")

    @property
    def forces(self) -> Forces:
        """The 43 forces."""
        return self.cached(FORCES, lambda: read_forces(self.path(FORCES)))

    def register(self, register: Register) -> pd.DataFrame:
        """Return a register as text, one row a fact; an empty cell is an empty string."""
        return self._register(register)[0].copy(deep=False)  # pandas copies when one of the two is written to

    def place_of(self, register: Register, row: Mapping[str, str]) -> str:
        """Return where a row of a register stands, for a message: "data/exclusions.csv, line 7"."""
        key = tuple(row[name] for name in register.key)
        line = self._register(register)[1].get(key)
        return f"{register.where}, {f'line {line}' if line else ', '.join(key)}"  # rows set together have no line

    def _register(self, register: Register) -> tuple[pd.DataFrame, dict[tuple[str, ...], int]]:
        return self.cached(register, lambda: self._read_register(register))

    def _read_register(self, register: Register) -> tuple[pd.DataFrame, dict[tuple[str, ...], int]]:
        rows = rows_of(self.path(register.file), register.where, register.columns)
        of_programme = register.edition_is == A_PROGRAMME
        check_rows(rows, register, self.forces, self.programmes.ids if of_programme else (*self.editions, "all"))
        if register is JUDGMENTS:
            check_judgments(rows, self.programmes)
        table = pd.DataFrame({name: rows.column(name) for name in register.columns}, dtype="str")
        return table, dict(zip(keys_of(rows, register), rows.lines, strict=True))

    @property
    def statuses(self) -> Statuses:
        """The statuses that a value can have, with their marks and words."""
        rows = self.register
        return self.cached("statuses", lambda: Statuses({row["status"]: row for row in records(rows(STATUSES))}))

    @property
    def measures(self) -> Measures:
        """The measures, in the order of the report."""
        return self.cached(MEASURES, self._read_measures)

    def _read_measures(self) -> Measures:
        sources = self.register(SOURCES)["source_id"] if self.has(SOURCES.file) else ()
        return measures_in(self._toml(MEASURES), f"data/{MEASURES}", frozenset(sources))

    def measure(self, measure_id: str) -> Measure:
        """Return a measure by its id. Raises InputError, with close matches, when there is none."""
        return self.measures.get(measure_id)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What must not be compared."""
        return self.cached(COMPARABILITY, self._read_blocks)

    def _read_blocks(self) -> tuple[Block, ...]:
        return blocks_in(self._toml(COMPARABILITY), f"data/{COMPARABILITY}", self.measures, self.forces.ids)

    @property
    def policy(self) -> Policy:
        """The wording policy."""
        return self.cached(POLICY, lambda: policy_in(self._toml(POLICY)))

    def rule(self, rule_id: str) -> Rule:
        """Return a rule of the checks. A data folder without a file of them goes by the project's own."""
        rules = self.cached(CHECKS, self._read_rules)
        if rule_id not in rules:
            raise InputError(
                f"data/{CHECKS}: no check '{rule_id}'; the checks are {', '.join(rules)}; add it as in the project's "
                "own"
            )
        return rules[rule_id]

    def _read_rules(self) -> dict[str, Rule]:
        return rules_in(self._own_or_project(CHECKS), f"data/{CHECKS}")

    @property
    def programmes(self) -> Programmes:
        """The programmes of inspections. A data folder without a file of them goes by the project's own."""
        return self.cached(PROGRAMMES, lambda: programmes_in(self._own_or_project(PROGRAMMES), f"data/{PROGRAMMES}"))

    def _own_or_project(self, name: str) -> dict[str, Any]:
        return self._toml(name) if self.has(name) else toml_of(PROJECT / "data" / name, f"data/{name}")

    @property
    def sections(self) -> tuple[SectionPlan, ...]:
        """The sections that a report can have, in order; `Edition.sections` are those of one edition."""
        return self.cached(SECTIONS, self._read_sections)

    def _read_sections(self) -> tuple[SectionPlan, ...]:
        return sections_in(self._toml(SECTIONS), f"data/{SECTIONS}", self.measures.ids, self.programmes)

    @property
    def peer_sets(self) -> PeerSets:
        """The declared sets of peers, and the forces that have none."""
        return self.cached(PEER_SETS, lambda: peer_sets_in(self._toml(PEER_SETS), f"data/{PEER_SETS}", self.forces.ids))

    @property
    def peer_lists(self) -> tuple[PeerList, ...]:
        """A user's own lists of peers, by the names of their files."""
        return self.cached(PEER_LISTS, self._read_peer_lists)

    def _read_peer_lists(self) -> tuple[PeerList, ...]:
        names = sorted(path.name for path in self.path(PEER_LISTS).glob("*.csv"))
        return tuple(peer_list_in(self.path(f"{PEER_LISTS}/{name}"), self.forces, self.peer_sets) for name in names)

    @property
    def areas(self) -> Mapping[str, float]:
        """Each force's area in square kilometres, by force_id."""
        return self.cached(AREAS, lambda: areas_in(self.path(AREAS), self.forces))

    @property
    def populations(self) -> Mapping[tuple[str, int, str], float]:
        """Each population held, by force_id, mid-year and vintage."""
        return self.cached(POPULATIONS, lambda: populations_in(self.path(POPULATIONS), self.forces))

    @property
    def published_files(self) -> PublishedFiles:
        """The published files behind the counts."""
        where = f"data/{PUBLISHED_FILES}"
        return self.cached(PUBLISHED_FILES, lambda: published_files_in(self._toml(PUBLISHED_FILES), where))

    @property
    def tables(self) -> list[tuple[str, str]]:
        """The (item, release) pairs of all tables of counts, in order."""
        return sorted((path.parent.name, path.stem) for path in self.path("counts").glob("*/*.csv"))

    def holds(self, item: str, release: str) -> bool:
        """Return whether there is a table of an item's counts in a release."""
        return self.has(_table(item, release))

    def counts(self, item: str, release: str) -> pd.DataFrame:
        """Return a table of counts, checked, in the shape of `data/counts.py`. Raises TableError as it says."""
        file = _table(item, release)
        return self.cached(file, lambda: self._read_counts(file)).copy(deep=False)

    def _read_counts(self, file: str) -> pd.DataFrame:
        path, forces = self.path(file), self.forces
        if cache_folder() is None:
            return counts.read(path, f"data/{file}", forces=forces)
        asked = (str(path), *map(str, self._written(file)))
        made = once("counts", asked, lambda: counts.as_bytes(counts.read(path, f"data/{file}", forces=forces)))
        return counts.from_bytes(made)

    @property
    def editions(self) -> tuple[str, ...]:
        """The ids of the editions, earliest first."""
        return self.cached(
            "editions", lambda: tuple(sorted(path.stem for path in self.path("editions").glob("*.toml")))
        )

    def edition(self, edition_id: str | int) -> Edition:
        """Return an edition by its id. Raises InputError, with the list of editions, when there is none."""
        name = str(edition_id).strip()
        if name not in self.editions:
            raise InputError(f"No edition '{name}'; the editions are {', '.join(self.editions) or '(none)'}")
        return self.cached(("edition", name), lambda: edition_in(self._toml(f"editions/{name}.toml"), name, self))


def _table(item: str, release: str) -> str:
    return f"counts/{item}/{release}.csv"


_opened: dict[Path, Data] = {}


def open_data(folder: Path | str | None = None) -> Data:
    """Return the data folder named, else the one in PEEL_DATA, else the project's own; one object a folder.

    Raises InputError when it is no folder.

    >>> peel.open_data().editions
    ('2017', '2019', '2025')
    """
    path = data_folder(folder)
    return _opened.setdefault(path, Data(path))
