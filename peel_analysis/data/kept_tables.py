"""What commands keep in the user's cache folder: tables of counts as parsed, and what they printed of a data folder.

An entry is named after the content of all that it was made from, so that an edited file, other code or another version
of pandas finds nothing of what was there before. It is read and written as what a batch keeps is (`writing.once`): what
is damaged is made anew, and a folder that cannot be written to costs time and nothing else.
"""

import hashlib
import os
import re
import stat
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from peel_analysis.data.files import PACKAGE, Stamp, library, stamp_of
from peel_analysis.data.writing import PART, cache_folder, checksum, digest, once

if TYPE_CHECKING:
    import pandas as pd

    from peel_analysis.data.forces import Forces

VARIABLE = "PEEL_CACHE"  # names another folder; with nothing in it, nothing is kept
TABLES, ANSWERS = "counts", "answers"
KINDS = {TABLES: "tables of counts, as parsed", ANSWERS: "what commands printed"}
MOST = 64_000_000  # bytes; what was written first goes first
OURS = re.compile(rf"[0-9a-f]{{32}}|{PART.pattern}")  # names of files: as `once` gives them, or left half-written
LARGEST = 300_000_000  # bytes of a data folder: one with more takes longer to look through than a command
LIBRARIES = ("numpy", "pandas", "pyarrow", "pydantic")
STARTED_AT = time.time()
JUST_BEFORE = 2.0  # seconds: of a source that was written so shortly before, this process may have read another content


class Entry(NamedTuple):
    """A file that is kept: what kind it is of, where it is, when it was written, and its size in bytes."""

    kind: str
    path: Path
    written: float
    size: int


def users_folder() -> Path | None:
    """Return the folder in which commands keep what they read and found, or None where nothing is to be kept."""
    named = os.environ.get(VARIABLE)
    if named is None:
        from platformdirs import user_cache_dir  # not above: where the folder is named, it is not needed

        named = user_cache_dir("peel-analysis", appauthor=False)
    path = Path(named)
    return path if named and path.is_absolute() else None  # without a home folder there is no place


def table(path: Path, name: str, *, forces: "Forces", public: bool) -> "pd.DataFrame":
    """Return a table of counts as `counts.read` does, from what is kept when the same content was read before.

    What is not `public` is kept in the folder of a batch alone, if in any. That folder has the rest too: the user's may
    not be one that can be written to. Raises what `counts.read` does.
    """
    from peel_analysis.data import counts  # not above: an answer that is kept needs no pandas

    of_user, code = users_folder() if public else None, _code(PACKAGE / "data")
    places = [place for place in (cache_folder(), of_user) if place is not None and code]
    if not places:
        return counts.read(path, name, forces=forces)
    made: list[pd.DataFrame] = []
    content = path.read_bytes()

    def read() -> bytes:
        if of_user is not None:
            _keep_to_size(of_user)
        made.append(counts.read(path, name, content, forces=forces))
        return counts.as_bytes(made[0])

    find, asked = read, (code, name, *forces.ids, checksum(content))
    for place in places:
        find = partial(once, TABLES, asked, find, place)
    held = find()
    return made[0] if made else counts.from_bytes(held)


def answer(folders: Sequence[Path], asked: Iterable[str], make: Callable[[], str]) -> str:
    """Return what `make` returns, from what is kept when it was made before of folders with the same content.

    `asked` is what it depends on besides these folders and the package. Nothing is kept where a file has moved
    meanwhile, or cannot be read, or where all of them are too much.
    """
    place, code, key = users_folder(), _code(PACKAGE), ""
    with suppress(OSError):
        before = _look(PACKAGE, *folders)
        if place is not None and code and sum(size for _, _, size, _ in before.values()) <= LARGEST:
            key = digest(map(_key_of, folders))
    if place is None or not key:
        return make()

    def made() -> bytes:
        _keep_to_size(place)
        return make().encode()

    return once(ANSWERS, (code, *asked, key), made, place, lambda: _look(PACKAGE, *folders) == before).decode()


@cache
def _code(folder: Path) -> str:
    """Return the content key of a part of the package and of the libraries, or "" where it may not be what is imported.

    It is not where a source has been written since this process began, or just before.
    """
    try:
        libraries = [sys.version, *map(library, LIBRARIES)]
        newest = max(max(stamp[:2]) for stamp in _look(folder).values())
        return digest([*libraries, _key_of(folder)]) if newest < 1e9 * (STARTED_AT - JUST_BEFORE) else ""
    except OSError:
        return ""


def _key_of(folder: Path) -> str:
    """Return the content key of a folder. Raises OSError where a file cannot be read."""
    return digest(f"{path[len(str(folder)) :]!r} {_checksum_of(path)}" for path in sorted(_look(folder)))


def _checksum_of(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _look(*folders: Path) -> dict[str, Stamp]:
    """Return the stamp of each file below some folders.

    Raises OSError for a link to a folder, whose files would not be seen, for what is no file, such as a pipe, and where
    a folder cannot be read.
    """
    stamps: dict[str, Stamp] = {}
    for folder in folders:
        for place, below, names in os.walk(folder, onerror=_raise):
            below[:] = [name for name in below if name != "__pycache__"]
            if any(os.path.islink(f"{place}/{name}") for name in below):  # noqa: PTH114 - three times as fast
                raise OSError(f"{place}: a link to a folder")
            for name in names:
                found = os.stat(f"{place}/{name}")  # noqa: PTH116 - three times as fast as a Path's
                if not stat.S_ISREG(found.st_mode):
                    raise OSError(f"{place}/{name}: no file")
                stamps[f"{place}/{name}"] = stamp_of(found)
    return stamps


def _raise(error: OSError) -> None:
    raise error


def entries(place: Path) -> list[Entry]:
    """Return what a folder keeps, with what processes that were killed have left; nothing else that lies there."""
    found = []
    for kind in KINDS:
        with suppress(OSError):
            for one in os.scandir(place / kind):
                if OURS.fullmatch(one.name) and one.is_file(follow_symlinks=False):
                    about = one.stat()
                    found.append(Entry(kind, Path(one.path), about.st_mtime, about.st_size))
    return found


def clear(place: Path) -> list[Entry]:
    """Remove all that a folder keeps, and the folder where nothing else lies there; return what was removed."""
    removed = list(filter(_removed, entries(place)))
    for folder in (*(place / kind for kind in KINDS), place):
        with suppress(OSError):  # there is something else, or it is not there
            folder.rmdir()
    return removed


def _keep_to_size(place: Path) -> None:
    """Remove what was written first until a folder keeps no more than MOST, before one thing more is kept there."""
    found = sorted(entries(place), key=lambda one: one.written)
    size = sum(one.size for one in found)
    for one in found:
        if size <= MOST:
            return
        size -= one.size
        _removed(one)


def _removed(entry: Entry) -> bool:
    with suppress(OSError):
        entry.path.unlink()
        return True
    return False
