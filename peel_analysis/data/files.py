"""Where the data folder is, and reading its files: text, TOML, and CSV rows with their lines, one cell a column."""

import csv
import difflib
import hashlib
import io
import os
import re
import sys
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from peel_analysis import __version__
from peel_analysis.data.errors import Faults, InputError

VARIABLE = "PEEL_DATA"  # a batch sets it for the kernels of its workers, so that one --data reaches every notebook
NOTEBOOKS = "PEEL_NOTEBOOKS"
NOTICE = "notice.toml"  # of a data folder that is not published: what readers are told of all that is made from it
PACKAGE = Path(__file__).resolve().parents[1]
INSTALLED = PACKAGE / "project"  # where a wheel has the data folder and the notebooks; in a checkout there is none
PROJECT = INSTALLED if INSTALLED.is_dir() else PACKAGE.parent
Stamp = tuple[int, ...]  # when a file was last written, and last changed in any way; its size and its number
NAME = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*", re.IGNORECASE | re.ASCII)
VERSION = re.compile(r"^Version: *(\S+)$", re.MULTILINE)
LONGEST_NAME = 80  # letters: with the rest of its path it stays below the 255 that a name of a file may have
OF_WINDOWS = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # names that no file there can have


def stamp(path: Path | str) -> Stamp:
    """Return the stamp of a file, () where there is none: another stamp is taken for another content."""
    try:
        return stamp_of(os.stat(path))  # noqa: PTH116 - at each call: three times as fast as a Path's
    except OSError:
        return ()


def stamp_of(found: os.stat_result) -> Stamp:
    """Return the stamp of a file of which the system has told."""
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


@cache
def code_version() -> str:
    """Return the package's version and the first figures of the sha256 of its sources: "0.1.0+1a2b3c4d"."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:8]}"


def library(name: str) -> str:
    """Return a library's name and version, which is read from its description without taking all of that apart."""
    from importlib.metadata import PackageNotFoundError, distribution  # not above: the help would wait for it

    try:
        found = distribution(name)
    except PackageNotFoundError:
        return f"{name} absent"
    stated = VERSION.search(found.read_text("METADATA") or "")
    return f"{name} {stated[1] if stated else found.version}"


@contextmanager
def left_out(*names: str) -> Iterator[None]:
    """Within the block, a package that has not been imported yet is not found: what can do without it is imported."""
    not_there = [name for name in names if name not in sys.modules]
    sys.modules |= dict.fromkeys(not_there)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in not_there:
            del sys.modules[name]


def data_folder(named: Path | str | None = None) -> Path:
    """Return the data folder named, else that in PEEL_DATA, else the project's. Raises InputError for no folder."""
    return _folder(named, "--data ", "data") if named is not None else _folder_in(VARIABLE, "data")


def notebooks_folder() -> Path:
    """Return the notebooks' folder: that in PEEL_NOTEBOOKS, else the project's. Raises InputError for no folder."""
    return _folder_in(NOTEBOOKS, "notebooks")


def refuse_installed(folder: Path) -> None:
    """Raise InputError for the data folder of an installed package: its next installation would take back a change."""
    if folder.is_relative_to(INSTALLED):
        remedy = f"start one of your own by peel data copy DIR, and name it by --data DIR or in {VARIABLE}"
        raise InputError(f"{folder}: belongs to the installed package, and is not changed; {remedy}")


def _folder_in(variable: str, own: str) -> Path:
    named = os.environ.get(variable)
    return _folder(named, f"{variable}=", own) if named else PROJECT / own


def _folder(named: Path | str, said: str, like: str) -> Path:
    """Return the full path of a folder. Raises InputError, which calls it as the user did, when it is none."""
    path = Path(named).resolve()
    if not path.is_dir():
        found = "a file, not a folder" if path.exists() else "no such folder"
        raise InputError(f"{said}{named}: {found}; give one laid out like the project's {like}/")
    return path


def files_below(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the path of each file below a folder; by os.walk, which is five times as fast as rglob."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        within = place[len(str(folder)) :].replace(os.sep, "/").strip("/")
        for name in names:
            yield (f"{within}/{name}" if within else name), f"{place}/{name}"


def check_writable(folder: Path | str, said: str) -> None:
    """Try whether files can be written to a folder, or to where it would be made; nothing is left there.

    `said` names the folder as the user did. Raises InputError when they cannot.
    """
    from tempfile import TemporaryFile  # not above: the help would wait for it

    place = resolved(folder, said)
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        raise InputError(f"{said}: {place} is a file; give a folder, or the name of one that is to be made")
    try:
        TemporaryFile(dir=place).close()
    except OSError as error:
        raise InputError(f"{said}: {place} cannot be written to ({error.strerror}); give a folder that can") from error


def check_letters(path: Path) -> None:
    """Raise InputError for a path that no notebook can name: with a byte that is no letter in this encoding."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        remedy = "rename it, or set PYTHONUTF8=1 where the terminal's encoding is not UTF-8"
        raise InputError(
            f"{path}: a byte of its name is no letter in {sys.getfilesystemencoding()}; {remedy}"
        ) from error


def wrong_name(name: str) -> str:
    """Return what is wrong with a name that files and folders are called by, and what to write, or "" for a right one.

    It is in one rule for all that is named so: forces, editions, measures, sections, items, releases and vintages.
    """
    if len(name) > LONGEST_NAME:
        return f"{name[:20]!r}... has {len(name)} letters, and files are named after it; write {LONGEST_NAME} at most"
    if NAME.fullmatch(name) and ".." not in name and not OF_WINDOWS.fullmatch(name):
        return ""
    if OF_WINDOWS.fullmatch(name):
        return f"{name!r} is a name that Windows keeps for itself, and files are named after it; write another"
    return (
        f"{name!r} cannot name a file; write letters of a to z, digits, and -, _ or . between them, as 2026-04 or "
        "crime_per_1000"
    )


def resolved(path: Path | str, said: str) -> Path:
    """Return the full path, links followed. Raises InputError, which begins with `said`, for a link to itself."""
    try:
        return Path(path).resolve()
    except RuntimeError as error:  # Python's for a circle of links
        raise InputError(f"{said}: a link that leads to itself; give a folder that is there, or a new name") from error


def check_replaceable(path: Path, said: str) -> None:
    """Try whether a file can be written, as `check_writable` does for its folder, in place of what is there.

    Raises InputError for what is no file, such as a device, and for a link, whose own file would stay as it is.
    """
    if path.is_symlink():
        raise InputError(f"{said}: a link to {path.readlink()}; give that file, or the name of one that is to be made")
    if path.exists() and not path.is_file():
        raise InputError(f"{said}: there is something that is no file; give the name of one that is to be made")
    check_writable(path.parent, said)


def check_inside(folder: Path, paths: Iterable[Path], said: str) -> None:
    """Raise InputError, which begins with `said`, where a path below a folder leaves it by a link on its way."""
    own = resolved(folder, said)
    for path in dict.fromkeys(paths):
        if not resolved(path, said).is_relative_to(own):
            below = (one for one in (*reversed(path.parents), path) if folder in one.parents)
            link = next(one for one in below if one.is_symlink())
            remedy = "take the link away, or give the folder that it leads to"
            raise InputError(f"{said}: {link} leads out of that folder, to {link.readlink()}; {remedy}")


def text_of(path: Path, where: str) -> str:
    """Return a file's text, whatever its line ends, without the byte order mark that spreadsheets put before it.

    `where` names the file in messages, as "data/forces.csv". Raises InputError for a file that is missing, cannot be
    read, or is not UTF-8; the last names the line.
    """
    try:
        found = path.read_bytes()
    except FileNotFoundError as error:
        raise InputError(f"{where}: the file is missing from {path.parent}; copy the project's own") from error
    except OSError as error:
        raise InputError(f"{where}: {path} cannot be read ({error.strerror}); give a file that can") from error
    try:
        return found.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = found.count(b"\n", 0, error.start) + 1
        remedy = f"the byte {found[error.start]:#04x} is not UTF-8; save the file as UTF-8 (in Excel: CSV UTF-8)"
        raise InputError(f"{where}, line {line}: {remedy}") from error


def toml_of(path: Path, where: str) -> dict[str, Any]:
    """Return the settings of a TOML file. Raises InputError as `text_of` does, and for text that is not TOML."""
    try:
        return tomllib.loads(text_of(path, where))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where}: not TOML: {error}; mend that line") from error


def meant(name: str, known: Collection[str], cutoff: float = 0.6) -> str:
    """Return the name nearest to a misspelt one, or "" when none is near."""
    return next(iter(difflib.get_close_matches(name, sorted(known), n=1, cutoff=cutoff)), "")


@dataclass(frozen=True)
class Rows:
    """The rows of a CSV file as text: its columns, and for each row its cells and the line on which it starts."""

    columns: tuple[str, ...]
    lines: tuple[int, ...]
    cells: tuple[tuple[str, ...], ...]

    def column(self, name: str) -> list[str]:
        """Return the cells of a column."""
        place = self.columns.index(name)
        return [row[place] for row in self.cells]


def rows_of(
    path: Path, where: str, columns: Sequence[str] | Callable[[tuple[str, ...]], None], faults: Faults | None = None
) -> Rows:
    """Return the rows of a CSV file; blank lines are no rows.

    `where` names the file in messages, as "data/forces.csv"; `columns` are those that it must have, in their order, or
    a function that refuses others. Raises InputError for a file that is missing or is not UTF-8, for quotation marks
    that do not pair, for other columns, and for rows with a cell too many or too few; where `faults` are gathered,
    these rows are told there and left out.
    """
    text = io.StringIO(text_of(path, where), newline="")
    numbered = ((line, tuple(row)) for line, row in numbered_rows(text, where) if row)
    _, found = next(numbered, (1, ()))
    if callable(columns):
        columns(found)
    elif found != tuple(columns):
        raise InputError(f"{where}, line 1: expected columns {', '.join(columns)}; found {', '.join(found)}")
    rows = tuple(numbered)
    if again := next((line for line, row in rows if row == found), None):
        raise InputError(f"{where}, line {again}: repeats the heading; take that line out")
    wrong = [(line, len(row)) for line, row in rows if len(row) != len(found)]
    with Faults() if faults is None else nullcontext(faults) as gathered:
        for line, cells in wrong:
            gathered.of(refuse_other_number, cells, len(found), f"{where}, line {line}")
    rows = tuple((line, row) for line, row in rows if len(row) == len(found)) if wrong else rows
    return Rows(found, tuple(line for line, _ in rows), tuple(row for _, row in rows))


def refuse_wrong_names(rows: Rows, column: str, where: str) -> None:
    """Raise InputError, with the line, for each cell of a column that cannot name a file."""
    with Faults() as faults:
        for line, cell in zip(rows.lines, rows.column(column), strict=True):
            if wrong := wrong_name(cell):
                faults.add([f"{where}, line {line}: {column} {wrong}"])


def refuse_other_number(cells: int, columns: int, where: str) -> None:
    """Raise InputError, which begins with `where`, unless a row has one cell a column."""
    if cells != columns:
        more, less = "put a cell that holds a comma in quotation marks", "put a comma for every cell, a blank one too"
        found = f"{cells} cell{'' if cells == 1 else 's'} for {columns} columns"
        raise InputError(f"{where}: {found}; {more if cells > columns else less}")


def numbered_rows(text: TextIO, where: str, separator: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Yield each row, blank ones too, after the line on which it starts.

    Raises InputError, which names the line, for quotation marks that do not pair.
    """
    reader = csv.reader(text, delimiter=separator, strict=True)
    start = 1
    try:
        for row in reader:
            yield start, row
            start = reader.line_num + 1
    except csv.Error as error:
        told = f"the quotation marks of the row that starts here do not pair ({error})"
        if "field limit" in str(error):
            told = f"a cell of more than {csv.field_size_limit():,} characters, or whose quotation mark is not closed"
        remedy = "put one at each end of the cell, and write a mark inside it twice"
        raise InputError(f"{where}, line {start}: {told}; {remedy}") from error
