"""Reading the files of a data folder: text, and declarations of which every setting is known and of its kind."""

import difflib
import tomllib
from collections.abc import Collection, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from peel_analysis.data.errors import InputError

KINDS: dict[type, str] = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list in brackets",
    dict: "settings in braces or under a heading",
    date: "a date without quotes, as 2017-06-30",
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


def entries(given: Mapping[str, Any], where: str, heading: str, name: str = "id") -> list[tuple[str, dict[str, Any]]]:
    """Return the entries under [[heading]], each with its place in messages: "data/measures.toml, measure 'x'".

    Raises InputError where there is none, or where two have the same `name`.
    """
    found = given.get(heading)
    if not isinstance(found, list) or not found or not all(isinstance(entry, dict) for entry in found):
        raise InputError(f"{where}: no [[{heading}]] in double brackets; write each {heading} under one")
    names = [entry.get(name) for entry in found]
    if repeated := [one for place, one in enumerate(names) if one is not None and one in names[:place]]:
        raise InputError(f"{where}: two {heading}s have the {name} '{repeated[0]}'; give each its own")
    return [
        (f"{where}, {heading} " + (f"number {place}" if one is None else f"'{one}'"), entry)
        for place, (one, entry) in enumerate(zip(names, found, strict=True), start=1)
    ]


def texts(given: Mapping[str, Any], where: str, name: str) -> tuple[str, ...]:
    """Return a setting that is a list of texts; empty where it is not given. Raises InputError for anything else."""
    found = given.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise InputError(f'{where}: {name} is {found!r}; write a list of texts in quotes, as ["a", "b"]')
    return tuple(found)


def named(found: Collection[str], where: str, name: str, known: Collection[str], register: str) -> None:
    """Raise InputError for what a setting names and `register`, as "data/sources.csv", does not have."""
    for one in found:
        if one not in known:
            near = difflib.get_close_matches(one, known, n=1)
            meant = f"did you mean {near[0]}?" if near else "mend the name or add it there"
            raise InputError(f"{where}: {name} has '{one}', which is not in {register}; {meant}")


def one_of(given: Mapping[str, Any], where: str, name: str, choices: Collection[str]) -> str:
    """Return a setting that is one of a few words. Raises InputError, with the words, for another."""
    if given[name] not in choices:
        raise InputError(f"{where}: {name} is '{given[name]}'; use one of {', '.join(choices)}")
    return str(given[name])


def filled(given: Mapping[str, Any], where: str, name: str, values: Mapping[str, object]) -> str:
    """Return a setting's text with what stands in braces filled in; empty where it is not given.

    Raises InputError for a name in braces that is not among `values`, and for a brace that stands alone.
    """
    known = ", ".join(f"{{{one}}}" for one in values) or "none here"
    try:
        return str(given.get(name, "")).format(**values)
    except KeyError as error:
        raise InputError(
            f"{where}: {name} has {{{error.args[0]}}}, which is not filled in; there are {known}"
        ) from error
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise InputError(f"{where}: {name} has a brace that is not filled in ({error}); there are {known}") from error


def _is_of(value: Any, kind: type | tuple[type, ...]) -> bool:
    allowed = kind if isinstance(kind, tuple) else (kind,)
    if isinstance(value, bool | datetime):  # which Python counts among the whole numbers, and among the dates
        return type(value) in allowed
    return isinstance(value, (*allowed, int) if float in allowed else allowed)


def _in_words(kind: type | tuple[type, ...]) -> str:
    return " or ".join(KINDS.get(one, one.__name__) for one in (kind if isinstance(kind, tuple) else (kind,)))
