"""Where the data folder is: the project's own, unless a command or the environment names another."""

import os
from pathlib import Path

VARIABLE = "PEEL_DATA"  # kernels and workers inherit it, so that one --data reaches every notebook
NOTEBOOKS = "PEEL_NOTEBOOKS"
PROJECT = Path(__file__).resolve().parents[1]


def data_folder() -> Path:
    """Return the data folder in use: the one in PEEL_DATA, else `data/` beside the package."""
    return Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else PROJECT / "data"


def use_data_folder(folder: Path | str) -> Path:
    """Make `folder` the data folder of this process and of the kernels it starts; return its full path.

    Raises FileNotFoundError when it is not a folder.
    """
    path = Path(folder).resolve()
    if not path.is_dir():
        raise FileNotFoundError(f"--data {folder}: no such folder; give one laid out like the project's data/")
    os.environ[VARIABLE] = str(path)
    return path


def notebooks_folder() -> Path:
    """Return the folder of the section notebooks: the one in PEEL_NOTEBOOKS, else `notebooks/` beside the package."""
    named = os.environ.get(NOTEBOOKS)
    return Path(named).resolve() if named else PROJECT / "notebooks"
