"""Where the data folder is: the project's own, unless a command or the environment names another."""

import os
from pathlib import Path

from peel_analysis.data.errors import InputError

VARIABLE = "PEEL_DATA"  # a batch sets it for the kernels of its workers, so that one --data reaches every notebook
NOTEBOOKS = "PEEL_NOTEBOOKS"
PROJECT = Path(__file__).resolve().parents[2]


def data_folder(named: Path | str | None = None) -> Path:
    """Return the full path of the data folder named, else of the one in PEEL_DATA, else `data/` beside the package.

    Raises InputError when it is no folder.
    """
    if named is not None:
        return _folder(Path(named).resolve(), f"--data {named}", "data")
    told = os.environ.get(VARIABLE)
    return _folder(Path(told).resolve(), f"{VARIABLE}={told}", "data") if told else PROJECT / "data"


def notebooks_folder() -> Path:
    """Return the folder of the section notebooks: the one in PEEL_NOTEBOOKS, else `notebooks/` beside the package.

    Raises InputError when PEEL_NOTEBOOKS names no folder.
    """
    named = os.environ.get(NOTEBOOKS)
    return _folder(Path(named).resolve(), f"{NOTEBOOKS}={named}", "notebooks") if named else PROJECT / "notebooks"


def _folder(path: Path, said: str, like: str) -> Path:
    if not path.is_dir():
        found = "a file, not a folder" if path.exists() else "no such folder"
        raise InputError(f"{said}: {found}; give one laid out like the project's {like}/")
    return path


def check_writable(folder: Path | str, said: str) -> None:
    """Try whether files can be written to a folder, or to where it would be made; nothing is left there.

    `said` names the folder as the user did. Raises InputError when they cannot.
    """
    from tempfile import TemporaryFile  # not above: the help would wait for it

    place = Path(folder).resolve()
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        raise InputError(f"{said}: {place} is a file; give a folder, or the name of one that is to be made")
    try:
        TemporaryFile(dir=place).close()
    except OSError as error:
        raise InputError(f"{said}: {place} cannot be written to ({error.strerror}); give a folder that can") from error
