"""Reading the files of a data folder: text, and declarations of which every setting is known and of its kind."""

import difflib
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from peel_analysis.errors import InputError

KINDS: dict[type, str] = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list in brackets",
    dict: "settings in braces or under a heading",
}


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
        raise InputError(
            f"{where}, line {line}: the byte {found[error.start]:#04x} is not UTF-8; save the file as UTF-8 "
            "(in Excel: CSV UTF-8)"
        ) from error


def settings_of(path: Path, where: str) -> dict[str, Any]:
    """Return the settings of a TOML file. Raises InputError as `text_of` does, and for text that is not TOML."""
    try:
        return tomllib.loads(text_of(path, where))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{where}: not TOML: {error}; mend that line") from error


def checked(
    given: Mapping[str, Any], where: str, kinds: Mapping[str, type | tuple[type, ...]], optional: Collection[str] = ()
) -> dict[str, Any]:
    """Return the settings of one declaration. `kinds` has the type, or types, of every setting that there is.

    `where` names file and entry, as "data/measures.toml, measure 'crime_per_1000'". Raises InputError for a setting
    that is missing and not `optional`, that there is not, or that is of another type.
    """
    for name in given:
        if name not in kinds:
            near = difflib.get_close_matches(name, kinds, n=1)
            meant = f"did you mean {near[0]}? The settings" if near else "the settings"
            raise InputError(f"{where}: there is no setting '{name}'; {meant} are {', '.join(kinds)}")
    for name, kind in kinds.items():
        if name not in given:
            if name not in optional:
                raise InputError(f"{where}: no setting '{name}'; add it: {_in_words(kind)}")
        elif not _is_of(given[name], kind):
            raise InputError(f"{where}: {name} is {given[name]!r}; write {_in_words(kind)}")
    return dict(given)


def _is_of(value: Any, kind: type | tuple[type, ...]) -> bool:
    allowed = kind if isinstance(kind, tuple) else (kind,)
    if isinstance(value, bool):  # which Python counts among the whole numbers
        return bool in allowed
    return isinstance(value, (*allowed, int) if float in allowed else allowed)


def _in_words(kind: type | tuple[type, ...]) -> str:
    return " or ".join(KINDS.get(one, one.__name__) for one in (kind if isinstance(kind, tuple) else (kind,)))
