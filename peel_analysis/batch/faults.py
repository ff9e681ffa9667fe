"""A fault in one line: what it says and where it was; of what the system refuses, the place and how to put it right."""

import os
import traceback
from pathlib import Path

IN_THE_WAY: tuple[tuple[type[OSError], str], ...] = (
    (FileExistsError, "a file where a folder is needed; move it away or delete it"),
    (NotADirectoryError, "a file where a folder is needed; move it away or delete it"),
    (IsADirectoryError, "a folder where a file is needed; move it away or delete it"),
    (PermissionError, "not allowed; change its permissions"),
)
AGAIN = "and run the command again"


def fault_line(error: BaseException) -> str:
    """Return an error that no cell raised in one line."""
    if isinstance(error, OSError):
        for kind, words in IN_THE_WAY:
            if isinstance(error, kind) and error.filename is not None:
                return f"{_place(error)}: {words}, {AGAIN}"
        if error.strerror and error.filename is None:  # such as a full disk: the system does not say which
            return f"{error.strerror}; put that right, {AGAIN}"
    last = traceback.extract_tb(error.__traceback__)[-1]
    return one_line(f"{type(error).__name__}: {error} ({Path(last.filename).name}, line {last.lineno})")


def one_line(text: str) -> str:
    """Return the text with each run of white space as one space: a log has a line an error."""
    return " ".join(text.split())


def _place(error: OSError) -> Path:
    """Return the file or folder that is in the way: of a path whose folder is a file, that file."""
    path = Path(os.fsdecode(error.filename2 or error.filename))
    if isinstance(error, FileExistsError | NotADirectoryError):
        return next((place for place in (path, *path.parents) if place.is_file()), path)
    return path.parent if path.name.startswith(".") else path  # a file is written under a hidden name first
