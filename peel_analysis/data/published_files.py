"""The published files behind data/, and the words of their provenance: `data/published_files.toml`."""

from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from peel_analysis.data.data_files import checked, entries, settings_of
from peel_analysis.data.errors import InputError
from peel_analysis.data.location import data_folder
from peel_analysis.sources.published_files import PublishedFile

FILE = "published_files.toml"
WHERE = f"data/{FILE}"
LISTS = ("tables", "vintages")
SETTINGS = {one.name: list if one.name in LISTS else str for one in fields(PublishedFile)}
OPTIONAL = ("vintages",)
WORDS = ("publisher", "title", "licence", "how_made")


def published_files() -> tuple[PublishedFile, ...]:
    """Return the files that `peel data build` reads, in the order in which provenance lists their tables.

    Raises InputError, with the entry, for one that lacks a setting or gives a table that another gives.
    """
    return _read(data_folder())[0]


def words_for_added(format_name: str) -> dict[str, str]:
    """Return what provenance says of a file of a format that is added and is none of `published_files`.

    Raises InputError when the data folder has no words for the format.
    """
    known = _read(data_folder())[1]
    if format_name not in known:
        raise InputError(f'{WHERE}: no words for a {format_name}; add [added."{format_name}"] with {", ".join(WORDS)}')
    return dict(known[format_name])


@cache
def _read(folder: Path) -> tuple[tuple[PublishedFile, ...], dict[str, dict[str, str]]]:
    given = checked(settings_of(folder / FILE, WHERE), WHERE, {"file": object, "added": dict}, ["file", "added"])
    listed = entries(given, WHERE, "file", "file") if "file" in given else []
    files = tuple(_file(entry, where) for where, entry in listed)
    _refuse_repeats(files)
    added = checked(given.get("added", {}), f"{WHERE}, [added]", dict.fromkeys(given.get("added", {}), dict))
    words = dict.fromkeys(WORDS, str)
    return files, {name: checked(entry, f'{WHERE}, [added."{name}"]', words) for name, entry in added.items()}


def _file(entry: dict[str, Any], where: str) -> PublishedFile:
    given = checked(entry, where, SETTINGS, OPTIONAL)
    tables = tuple(_pair(pair, where, "tables", "an item and a release") for pair in given.pop("tables"))
    found = given.pop("vintages", ["", ""])
    vintages = _pair(found, where, "vintages", "the one worked out and the one printed")
    return PublishedFile(tables=tables, vintages=vintages, **given)


def _pair(found: Any, where: str, name: str, of_what: str) -> tuple[str, str]:
    match found:
        case [str(first), str(second)]:
            return first, second
    raise InputError(f"{where}: {name} has {found!r}; write two texts in brackets: {of_what}")


def _refuse_repeats(files: tuple[PublishedFile, ...]) -> None:
    given: dict[tuple[str, str], str] = {}
    for one in files:
        for table in one.tables:
            if table in given:
                raise InputError(f"{WHERE}: {given[table]} and {one.file} both give {table[0]} of {table[1]}; keep one")
            given[table] = one.file
