"""The published files behind data/, and the words of their provenance: `data/published_files.toml`."""

import tomllib
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from peel_analysis.errors import InputError
from peel_analysis.location import data_folder
from peel_analysis.sources.published_files import PublishedFile

FILE = "published_files.toml"
WHERE = f"data/{FILE}"
SETTINGS = tuple(one.name for one in fields(PublishedFile))
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
    path = folder / FILE
    if not path.exists():
        raise InputError(f"{WHERE}: the file is missing from {folder}; copy the project's own")
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{WHERE}: not TOML: {error}; mend that line") from error
    files = tuple(_file(number, entry) for number, entry in enumerate(given.get("file", ()), start=1))
    _refuse_repeats(files)
    added = {name: _complete(f'[added."{name}"]', words, WORDS) for name, words in given.get("added", {}).items()}
    return files, added


def _file(number: int, entry: dict[str, Any]) -> PublishedFile:
    named = entry.get("file", "without a name")
    given = _complete(f"[[file]] number {number} ({named})", entry, SETTINGS, OPTIONAL)
    tables = tuple((str(item), str(release)) for item, release in given.pop("tables"))
    worked_out, printed = given.pop("vintages", ("", ""))
    return PublishedFile(tables=tables, vintages=(worked_out, printed), **given)


def _complete(
    where: str, given: dict[str, Any], wanted: tuple[str, ...], optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    missing = [name for name in wanted if name not in given and name not in optional]
    unknown = [name for name in given if name not in wanted]
    if missing or unknown:
        found = f"no setting {missing[0]}" if missing else f"a setting {unknown[0]!r} that there is not"
        raise InputError(f"{WHERE}, {where}: {found}; the settings are {', '.join(wanted)}")
    return dict(given)


def _refuse_repeats(files: tuple[PublishedFile, ...]) -> None:
    given: dict[tuple[str, str], str] = {}
    for one in files:
        for table in one.tables:
            if table in given:
                raise InputError(f"{WHERE}: {given[table]} and {one.file} both give {table[0]} of {table[1]}; keep one")
            given[table] = one.file
