"""The one family of errors that a user can put right: the command prints them in one line and exits with 2."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

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

    It may be made of several such messages, of all that is wrong with a file: the first is what it says in one line.
    What it quotes of a file cannot break its line or work on the terminal: see `in_one_line`.
    """

    def __init__(self, *messages: str) -> None:
        super().__init__(*map(in_one_line, messages))

    @property
    def faults(self) -> tuple[str, ...]:
        """Every fault that was found, the first of which is the message."""
        return tuple(map(str, self.args))

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


def in_one_line(text: str) -> str:
    """Return a text without control characters, which are escaped, and without the middle of one that is very long."""
    if len(text) > LONGEST:
        text = f"{text[: LONGEST * 2 // 3]} ... {text[-LONGEST // 3 :]}"
    return escaped(text)


def escaped(text: str) -> str:
    """Return a text as a terminal shows it in one line: what turns its writing round or works on it is escaped."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


T = TypeVar("T")


class Faults:
    """The faults of a file, gathered so that all of them are told at once: `with` raises what was found at its end."""

    def __init__(self, kind: type[InputError] = InputError) -> None:
        self.kind = kind
        self.found: dict[str, None] = {}  # each once, in order

    def add(self, faults: Iterable[str]) -> None:
        """Add faults, in words; an empty text is none."""
        self.found |= dict.fromkeys(filter(None, faults))

    def of(self, read: Callable[..., T], *given: object) -> T | None:
        """Return what `read` returns, or None when it raises InputError, whose faults are added."""
        try:
            return read(*given)
        except InputError as error:
            self.add(error.faults)
            return None

    def __enter__(self) -> "Faults":
        return self

    def __exit__(self, kind: object, error: object, _: object) -> None:
        if error is None and self.found:
            raise self.kind(*self.found)


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
