"""The one family of errors that a user can put right: the command prints them in one line and exits with 2."""

import os
from pathlib import Path

REFUSALS: tuple[tuple[type[OSError], str], ...] = (
    (FileNotFoundError, "no such file or folder; give one that is there"),
    (PermissionError, "not allowed; change its permissions or give another place"),
    (NotADirectoryError, "a file where a folder is needed; move it away or give another place"),
    (FileExistsError, "a file where a folder is needed; move it away or give another place"),
    (IsADirectoryError, "a folder where a file is needed; move it away or give the name of a file"),
)


LONGEST = 1000  # letters of a message: a cell may hold 200,000, and the remedy stands behind it


class InputError(ValueError):
    """Input that cannot be used. The message names where, what was found and how to put it right.

    What it quotes of a file cannot break its line or work on the terminal: see `in_one_line`.
    """

    def __init__(self, *messages: str) -> None:
        super().__init__(*map(in_one_line, messages))


def in_one_line(text: str) -> str:
    """Return a text without control characters, which are escaped, and without the middle of one that is very long."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST * 2 // 3]} ... {text[-LONGEST // 3 :]}"
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def system_error_in_words(error: OSError) -> str:
    """Return what the system refused in one line: the file or folder in the way, what was found and what to do."""
    named = error.filename2 or error.filename
    if named is None:  # such as a full disk: the system does not say which
        return f"{error.strerror}; put that right and run the command again" if error.strerror else str(error)
    path = Path(os.fsdecode(named))
    if isinstance(error, FileExistsError | NotADirectoryError):  # of a path whose folder is a file, that file
        path = next((part for part in (path, *path.parents) if part.is_file()), path)
    elif path.name.startswith("."):  # a file is written under a hidden name first
        path = path.parent
    remedies = (remedy for kind, remedy in REFUSALS if isinstance(error, kind))
    return f"{path}: {next(remedies, f'{error.strerror}; give another place')}, and run the command again"
