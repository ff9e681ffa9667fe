"""What a register in `data/` is: a small CSV file of facts with declared columns and a key. Its rows are checked."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from peel_analysis.data import forces
from peel_analysis.data.csv_files import Rows, rows_of
from peel_analysis.data.data_files import settings_of
from peel_analysis.data.errors import InputError
from peel_analysis.data.periods import is_day

PROGRAMMES = ("2014", "2015", "2016", "2017", "2018/19", "2021/22", "2023-25")
ALL_FORCES = (forces.ENGLAND_AND_WALES, "all", "")
AN_EDITION = "an edition"  # a file of data/editions, or `all`
A_PROGRAMME = "a programme of inspections"  # one of PROGRAMMES, an edition, or what an edition's file calls `judgments`


@dataclass(frozen=True)
class Register:
    """One CSV in data/: its columns in order, and those that together identify a row.

    `choices` are the words that a column may hold; `days` and `numbers` the columns that hold a day or a whole number;
    `edition_is` says what the column `edition` names, if there is one. Where each row is about `one_force`, its
    force_id may not be `all`, England and Wales or blank.
    """

    file: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()
    days: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    one_force: bool = False
    edition_is: str = AN_EDITION

    @property
    def where(self) -> str:
        """The register's file, as a message names it."""
        return f"data/{self.file}"


def keys_of(rows: Rows, register: Register) -> list[tuple[str, ...]]:
    """Return the key of each row."""
    places = [register.columns.index(name) for name in register.key]
    return [tuple(row[place] for place in places) for row in rows.cells]


def checked_rows(folder: Path, register: Register) -> Rows:
    """Return the rows of a register, checked.

    Raises InputError that names the file and the line for a row with a cell too many or too few, and for a column, key,
    choice, day, number, edition or force id that is not as declared.
    """
    rows, where = rows_of(folder / register.file, register.where, register.columns), register.where
    _check_keys(rows, register, where)
    for column, allowed in register.choices:
        words = [word or "(blank)" for word in allowed]
        _refuse(rows, column, allowed.__contains__, where, f"use one of {', '.join(words)}")
    for column in register.days:
        _refuse(rows, column, is_day, where, "write a day as 2017-06-30")
    for column in register.numbers:
        _refuse(rows, column, str.isdecimal, where, "write a whole number")
    if "edition" in register.columns:
        _check_editions(rows, register, folder, where)
    if "force_id" in register.columns:
        _check_forces(rows, where, () if register.one_force else ALL_FORCES)
    return rows


def _check_keys(rows: Rows, register: Register, where: str) -> None:
    seen: set[tuple[str, ...]] = set()
    for line, key in zip(rows.lines, keys_of(rows, register), strict=True):
        if key in seen:
            raise InputError(
                f"{where}, line {line}: repeats an earlier row's key ({', '.join(key)}); keep one of the two"
            )
        seen.add(key)


def _refuse(rows: Rows, column: str, is_right: Callable[[str], bool], where: str, remedy: str) -> None:
    for line, cell in zip(rows.lines, rows.column(column), strict=True):
        if not is_right(cell):
            raise InputError(f"{where}, line {line}: {column} is '{cell}'; {remedy}")


def _check_editions(rows: Rows, register: Register, folder: Path, where: str) -> None:
    """Refuse a row of an edition that there is not: it would be left out of every report and not be missed."""
    held = sorted(path.stem for path in (folder / "editions").glob("*.toml"))
    known = {*held, "all"}
    if register.edition_is == A_PROGRAMME:
        known = {*held, *PROGRAMMES}
        if not known.issuperset(rows.column("edition")):
            known |= {_programme(folder, edition_id) for edition_id in held}
    remedy = f"use {register.edition_is}: {', '.join(sorted(known))}"
    _refuse(rows, "edition", known.__contains__, where, remedy)


def _programme(folder: Path, edition_id: str) -> str:
    file = f"editions/{edition_id}.toml"
    return str(settings_of(folder / file, f"data/{file}").get("judgments", edition_id))


def _check_forces(rows: Rows, where: str, others: tuple[str, ...]) -> None:
    known = {*forces.ids(), *others}
    for line, name in zip(rows.lines, rows.column("force_id"), strict=True):
        if name not in known:
            try:
                near = f"; write it as '{forces.find(name).id}'"
            except forces.UnknownForceError as error:
                near = f": {error}"
            raise InputError(f"{where}, line {line}: force_id '{name}' is not the id of a force{near}")
