"""One data folder: where it is, what it holds, read and checked, and kept until a file of it changes."""

import os
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from peel_analysis.data import kept_tables, reads, registers, settings
from peel_analysis.data.definitions import COMPARABILITY, MEASURES, Block, Measure, Measures, blocks_in, measures_in
from peel_analysis.data.edition import Edition, edition_in
from peel_analysis.data.errors import Faults, InputError
from peel_analysis.data.files import NOTICE, PROJECT, Rows, Stamp, data_folder, rows_of, stamp, toml_of, wrong_name
from peel_analysis.data.forces import AREAS, FORCES, NAMES, POPULATIONS, Forces, areas_in, populations_in, read_forces
from peel_analysis.data.policy import POLICY, Policy, policy_in
from peel_analysis.data.programmes import PROGRAMMES, Programmes, check_judgments, programmes_in
from peel_analysis.data.registers import Register, Statuses
from peel_analysis.data.returned import RETURNS, Notice, ReturnedItem, notice_in, returned_in
from peel_analysis.data.writing import JOURNAL, finish_writing

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")
PUBLIC = "Made from public data by peel_analysis."
Written = dict[str, Stamp]  # files, by name


class _Kept(Generic[T]):
    """A property of a data folder whose answer is kept until a file that it was read from changes.

    `files` are those that it must have; without any, it is read with what asks for it.
    """

    def __init__(self, read: Callable[[Any], T], files: tuple[str, ...] = ()) -> None:
        self.read, self.files, self.__doc__ = read, files, read.__doc__

    def __get__(self, data: "Data", _: type) -> T:
        return data.cached(self.read, lambda: self.read(data))


def _kept_from(*files: str) -> Callable[[Callable[[Any], T]], _Kept[T]]:
    """Return the decorator of a property that is declared in some files: `Data.declarations` has it."""
    return lambda read: _Kept(read, files)


class Data:
    """A data folder, laid out like the project's `data/`. What it returns is as its files are at the time of the call.

    Everything is read when it is first asked for, checked, and kept until a file that it was read from changes. Each
    property and method raises InputError that names the file and the line or entry of the first thing that is wrong.
    """

    is_mixed = False  # of several folders, for one question: its answers are no other process's

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cache: dict[Hashable, tuple[Written, reads.Reads, Any]] = {}
        self._own: dict[tuple[str, str], pd.DataFrame] = {}  # tables that are in no file
        self._reading: list[Written] = []  # the files behind each answer that is being worked out, the innermost last

    def __repr__(self) -> str:
        own = f" with {', '.join(' '.join(key) for key in self._own)}" if self._own else ""
        return f"<data folder {self.folder}{own}>"

    def with_table(self, item: str, release: str, rows: "pd.DataFrame") -> "Data":
        """Return the same folder with one more table of counts, checked already, which no file holds."""
        other = Data(self.folder)
        other._own = {**self._own, (item, release): rows}
        return other

    def cached(self, what: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returns, made once for as long as no file changes that it has read through this object.

        `what` names the question, with all that the answer depends on besides files.
        """
        return self.cached_together({what: make})[0]

    def cached_together(self, asked: Mapping[Hashable, Callable[[], T]]) -> list[T]:
        """Return the answers to several questions, as `cached` does, that share what they read.

        Of what is made in one call, each answer rests on every file that any of them has read.
        """
        made: dict[Hashable, tuple[Written, reads.Reads, T]] = {}
        files: Written = {}
        now: Written = {}
        if stale := {what: make for what, make in asked.items() if not self._is_held(what, now)}:
            self._reading.append(files)
            try:
                for what, make in stale.items():
                    with reads.gathered() as behind:
                        made[what] = (files, behind, make())
            finally:
                self._reading.pop()
        self._cache |= made
        held = [self._cache[what] for what in asked]
        for written, behind, _ in held:
            if self._reading:
                self._reading[-1].update(written)
            reads.note_all(behind)
        return [answer for *_, answer in held]

    def _is_held(self, what: Hashable, now: Written) -> bool:
        """Return whether an answer is held whose files are as they were; `now` gathers how they are, for several."""
        if (held := self._cache.get(what)) is None:
            return False
        for name, written in held[0].items():
            if name not in now:
                now[name] = self._written(name)
            if now[name] != written:
                return False
        return True

    def rest_on_all(self) -> None:
        """Have the answer that is being worked out rest on all declarations and registers, which it need not read."""
        if self._reading:
            names = (".", *(one.name for one in os.scandir(self.folder) if one.is_file()))
            self._reading[-1].update({name: self._written(name) for name in names})

    def path(self, name: str) -> Path:
        """Return the path of a file or a folder of the data folder, which whoever asks is about to read."""
        if self._reading:
            self._reading[-1][name] = self._written(name)
        reads.note(self.folder, name)
        return self.folder / name

    def _written(self, name: str) -> Stamp:
        """Return the stamp of a file; where there is none, who reads it says what is wrong."""
        return stamp(f"{self.folder}/{name}")

    def has(self, name: str) -> bool:
        """Return whether the folder holds a file or a folder of that name."""
        return self.path(name).exists()

    def _toml(self, name: str) -> tuple[dict[str, Any], str]:
        """Return what is in a file and the file as an error names it."""
        return toml_of(self.path(name), f"data/{name}"), f"data/{name}"

    @_kept_from(FORCES)
    def forces(self) -> Forces:
        """The 43 forces; their other names are the project's where the data folder has no file of them."""
        return read_forces(self.path(FORCES), self.path(NAMES) if self.has(NAMES) else PROJECT / "data" / NAMES)

    def register(self, register: Register) -> "pd.DataFrame":
        """Return a register as text, one row a fact; an empty cell is an empty string."""
        import pandas as pd  # not above: a run that finds nothing stale needs none

        def made() -> pd.DataFrame:
            rows = self.records(register)
            return pd.DataFrame({name: [row[name] for row in rows] for name in register.columns}, dtype="str")

        table = self.cached(("table", register), made)
        return table.copy(deep=False)  # pandas copies when one of the two is written to

    def records(self, register: Register) -> tuple[Mapping[str, str], ...]:
        """Return the same rows as mappings of text, for reading one after the other."""

        def made() -> tuple[Mapping[str, str], ...]:
            rows, _ = self._register(register)
            return tuple(dict(zip(rows.columns, cells, strict=True)) for cells in rows.cells)

        return self.cached(("records", register), made)

    def place_of(self, register: Register, row: Mapping[str, str]) -> str:
        """Return where a row of a register stands, for a message: "data/exclusions.csv, line 7"."""
        key = tuple(row[name] for name in register.key)
        line = self._register(register)[1].get(key)
        return f"{register.where}, {f'line {line}' if line else ', '.join(key)}"  # rows set together have no line

    def _register(self, register: Register) -> tuple[Rows, dict[tuple[str, ...], int]]:
        """Return a register's rows, and on which line each stands, by its key."""

        def read() -> tuple[Rows, dict[tuple[str, ...], int]]:
            of_programme, path = register.edition_is == registers.A_PROGRAMME, self.path(register.file)
            with reads.only_checked(), Faults() as faults:
                rows = rows_of(path, register.where, register.columns, faults)
                editions = self.programmes.ids if of_programme else (*self.editions, "all")
                faults.of(registers.check_rows, rows, register, self.forces, editions)
                if register is registers.JUDGMENTS:
                    faults.of(check_judgments, rows, self.programmes)
            return rows, dict(zip(registers.keys_of(rows, register), rows.lines, strict=True))

        return self.cached(register, read)

    @_kept_from(registers.STATUSES.file)
    def statuses(self) -> Statuses:
        """The statuses that a value can have, with their marks and words."""
        return Statuses({row["status"]: row for row in self.records(registers.STATUSES)})

    @_kept_from(MEASURES)
    def measures(self) -> Measures:
        """The measures, in the order of the report."""
        with reads.only_checked():
            sources = self.records(registers.SOURCES) if self.has(registers.SOURCES.file) else ()
        return measures_in(*self._toml(MEASURES), frozenset(row["source_id"] for row in sources))

    def measure(self, name: str) -> Measure:
        """Return a measure by its id or its title. Raises InputError, with close matches, when there is none."""
        return self.measures.get(name)

    @_kept_from(MEASURES, COMPARABILITY)
    def blocks(self) -> tuple[Block, ...]:
        """What must not be compared."""
        return blocks_in(*self._toml(COMPARABILITY), self.measures.ids, self.forces.ids)

    @_kept_from(POLICY)
    def policy(self) -> Policy:
        """The wording policy."""
        return policy_in(self._toml(POLICY)[0])

    @_kept_from(settings.CHECKS)
    def rules(self) -> Mapping[str, settings.Rule]:
        """The rules of the checks, by id; those of the project where the data folder has no file of them."""
        return settings.rules_in(*self._own_or_project(settings.CHECKS))

    @_Kept
    def items(self) -> Mapping[str, settings.ItemEntry]:
        """What is declared of each item of counts, with the rules of the checks."""
        return settings.items_in(*self._own_or_project(settings.CHECKS))

    @_kept_from(RETURNS)
    def returned(self) -> Mapping[str, ReturnedItem]:
        """What a data return asks for, by item; that of the project where the data folder has no file of it."""
        return returned_in(*self._own_or_project(RETURNS))

    @_Kept
    def notice(self) -> Notice | None:
        """What readers are told of all that is made from this folder; nothing of the published data."""
        return notice_in(*self._toml(NOTICE)) if self.has(NOTICE) else None

    @property
    def word(self) -> str:
        """The word of the notice, "" without one."""
        return self.notice.word if self.notice else ""

    @property
    def made_from(self) -> str:
        """What all that is made from this folder says of that, in a sentence, or in two of which one is the word."""
        return f"{self.word}. {self.notice.sentence}" if self.notice else PUBLIC

    def marked(self, words: str) -> str:
        """Return a title of what is made from this folder, which begins with the word of the notice, if any."""
        return f"{self.word}. {words}" if self.notice else words

    def named(self, path: str) -> str:
        """Return the path of a file that is made from this folder: by `Notice.named`; of the published data, as it is.

        All names of files come from here, so that none of what is not published is taken for what is.
        """
        return self.notice.named(path) if self.notice else path

    def below(self, out: Path) -> Path:
        """Return where below an output folder all goes that is made from this folder: apart from what is published."""
        return out / self.notice.slug if self.notice else out

    def _own_or_project(self, name: str) -> tuple[dict[str, Any], str]:
        return (
            self._toml(name) if self.has(name) else (toml_of(PROJECT / "data" / name, f"data/{name}"), f"data/{name}")
        )

    def rule(self, rule_id: str) -> settings.Rule:
        """Return a rule of the checks by its id. Raises InputError, with the list, when there is none."""
        if rule_id not in self.rules:
            there = ", ".join(self.rules)
            raise InputError(f"data/{settings.CHECKS}: no check '{rule_id}'; the checks are {there}; add it")
        return self.rules[rule_id]

    @_kept_from(PROGRAMMES)
    def programmes(self) -> Programmes:
        """The programmes of inspections; those of the project where the data folder has no file of them."""
        return programmes_in(*self._own_or_project(PROGRAMMES))

    @_kept_from(MEASURES, settings.SECTIONS)
    def sections(self) -> tuple[settings.SectionPlan, ...]:
        """The sections that a report can have, in order; `Edition.sections` are those of one edition."""
        return settings.sections_in(*self._toml(settings.SECTIONS), self.measures.ids, self.programmes)

    @_kept_from(settings.PEER_SETS)
    def peer_sets(self) -> settings.PeerSets:
        """The declared sets of peers, and the forces that have none."""
        return settings.peer_sets_in(*self._toml(settings.PEER_SETS), self.forces.ids)

    @_Kept
    def peer_lists(self) -> tuple[settings.PeerList, ...]:
        """A user's own lists of peers, by the names of their files."""
        names = sorted(f"{settings.PEER_LISTS}/{path.name}" for path in self.path(settings.PEER_LISTS).glob("*.csv"))
        return tuple(settings.peer_list_in(self.path(name), self.forces, self.peer_sets) for name in names)

    @_Kept
    def areas(self) -> Mapping[str, float]:
        """Each force's area in square kilometres, by force_id."""
        return areas_in(self.path(AREAS), self.forces)

    @_kept_from(POPULATIONS)
    def populations(self) -> Mapping[tuple[str, int, str], float]:
        """Each population held, by force_id, mid-year and vintage."""
        return populations_in(self.path(POPULATIONS), self.forces)

    @_Kept
    def populations_of(self) -> Mapping[tuple[int, str], set[str]]:
        """The forces whose population is held, by mid-year and vintage."""
        held: dict[tuple[int, str], set[str]] = {}
        for force_id, year, vintage in self.populations:
            held.setdefault((year, vintage), set()).add(force_id)
        return held

    @_kept_from(settings.PUBLISHED_FILES)
    def published_files(self) -> settings.PublishedFiles:
        """The published files behind the counts."""
        return settings.published_files_in(*self._toml(settings.PUBLISHED_FILES))

    @classmethod
    def declarations(cls) -> dict[str, tuple[str, ...]]:
        """Return the properties that are read from files of their own, with the files."""
        return {name: one.files for name, one in vars(cls).items() if isinstance(one, _Kept) and one.files}

    @property
    def tables(self) -> list[tuple[str, str]]:
        """The (item, release) pairs of all tables of counts, in order."""
        found = self.path("counts").glob("*/*.csv")
        return sorted((self._named(path.parent), self._named(path, ".csv")) for path in found)

    def _named(self, path: Path, ending: str = "") -> str:
        """Return the name of a file without its ending, or of a folder. Raises InputError for one that is no name."""
        name = path.name.removesuffix(ending)
        if wrong := wrong_name(name):
            place = f"data/{path.relative_to(self.folder).as_posix()}"
            raise InputError(f"{place}: {wrong}; rename it, or take it out of the data folder")
        return name

    def holds(self, item: str, release: str) -> bool:
        """Return whether there is a table of an item's counts in a release."""
        return (item, release) in self._own or self.has(f"counts/{item}/{release}.csv")

    def counts(self, item: str, release: str) -> "pd.DataFrame":
        """Return a table of counts, checked, in the shape of `data/counts.py`. Raises TableError as it says."""
        if (item, release) in self._own:
            return self._own[item, release].copy(deep=False)
        file = f"counts/{item}/{release}.csv"

        def read() -> "pd.DataFrame":
            path, forces, public = self.path(file), self.forces, not self.has(NOTICE)
            return kept_tables.table(path, f"data/{file}", forces=forces, public=public)

        return self.cached(file, read).copy(deep=False)

    @_Kept
    def editions(self) -> tuple[str, ...]:
        """The ids of the editions, earliest first."""
        return tuple(sorted(self._named(path, ".toml") for path in self.path("editions").glob("*.toml")))

    def edition(self, edition_id: str | int) -> Edition:
        """Return an edition by its id. Raises InputError, with the list of editions, when there is none."""
        name = str(edition_id).strip()
        with reads.only_checked():  # what is read is its file
            editions = self.editions
        if name not in editions:
            reads.note(self.folder, reads.WHOLE)
            raise InputError(f"No edition '{name}'; the editions are {', '.join(editions) or '(none)'}")
        return self.cached(("edition", name), lambda: edition_in(self._toml(f"editions/{name}.toml")[0], name, self))

    def has_given(self, edition: Edition) -> bool:
        """Return whether an edition is the one that `edition` has returned last."""
        held = self._cache.get(("edition", edition.id))
        return held is not None and held[2] is edition


_opened: dict[Path, Data] = {}


def open_data(folder: Path | str | None = None) -> Data:
    """Return the data folder named, else the one in PEEL_DATA, else the project's own; one object a folder.

    Raises InputError when it is no folder.

    >>> peel.open_data().editions
    ('2017', '2019', '2025')
    """
    path = data_folder(folder)
    if reads.READS_IN in os.environ:
        reads.watch()
    with reads.only_checked():
        finish_writing(path / JOURNAL)
    return _opened.setdefault(path, Data(path))
