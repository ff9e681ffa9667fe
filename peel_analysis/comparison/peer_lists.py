"""A user's lists of peers: one CSV file in data/peers/ is one list, with one title and one day. Read strictly."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from peel_analysis.data import forces
from peel_analysis.data.csv_files import rows_of
from peel_analysis.data.errors import InputError
from peel_analysis.data.location import data_folder
from peel_analysis.data.periods import is_day
from peel_analysis.statistics.policy import JUDGMENT_WORDS

FOLDER = "peers"
COLUMNS = ("title", "as_at", "force_id", "peer_id")


@dataclass(frozen=True)
class PeerList:
    """One list: the file's name without .csv, the title and day of all its rows, and the peers of each force in it."""

    id: str
    where: str
    title: str
    as_at: str
    peer_ids: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class _Row:
    where: str
    line: int
    title: str
    as_at: str
    force_id: str
    peer_id: str


def peer_lists(without: Collection[str]) -> tuple[PeerList, ...]:
    """Return the lists of the data folder by the names of their files; forces `without` peers may have none.

    Raises InputError, with file and line, for the first row that cannot be used: a title that is blank, has a word of
    judgment or is not the first row's, a day likewise, a force that there is not, that has no peers or is its own, and
    a peer that stands there already. A file without rows is refused too.
    """
    return tuple(_list_of(path, without) for path in sorted((data_folder() / FOLDER).glob("*.csv")))


def check_title(title: str, where: str) -> None:
    """Refuse a title that is blank or judges: it is printed over the peers as it is written."""
    if not title.strip():
        raise InputError(f"{where}: title is blank; write what readers shall see over these peers")
    if found := JUDGMENT_WORDS.search(title):
        raise InputError(f"{where}: title is '{title}', and '{found[0]}' is a word of judgment; write it without")


def _list_of(path: Path, without: Collection[str]) -> PeerList:
    where = f"data/{FOLDER}/{path.name}"
    rows = _rows(path, where)
    lines: dict[tuple[str, str], int] = {}
    for row in rows:
        check_title(row.title, row.where)
        _check_day(row)
        _check_same_list(row, rows[0])
        _check_forces(row, without)
        if (earlier := lines.setdefault((row.force_id, row.peer_id), row.line)) != row.line:
            raise InputError(f"{row.where}: {row.peer_id} is a peer of {row.force_id} on line {earlier}; take one out")
    peer_ids = {row.force_id: tuple(one.peer_id for one in rows if one.force_id == row.force_id) for row in rows}
    return PeerList(path.stem, where, rows[0].title, rows[0].as_at, peer_ids)


def _rows(path: Path, where: str) -> list[_Row]:
    found = rows_of(path, where, COLUMNS)
    if not found.cells:
        raise InputError(f"{where}, line 1: no row follows the columns; add a row for each peer, or take the file away")
    return [_Row(f"{where}, line {line}", line, *cells) for line, cells in zip(found.lines, found.cells, strict=True)]


def _check_day(row: _Row) -> None:
    if not is_day(row.as_at):
        raise InputError(f"{row.where}: as_at is '{row.as_at}'; write the day that the list is of, as 2020-01-31")


def _check_same_list(row: _Row, first: _Row) -> None:
    """Refuse a second title or day: a force's peers would stand under one that is not theirs."""
    for column, own, other in (("title", row.title, first.title), ("as_at", row.as_at, first.as_at)):
        if own != other:
            raise InputError(
                f"{row.where}: {column} is '{own}', and '{other}' on line {first.line}; write one {column} in all "
                "rows, and put another list into a file of its own"
            )


def _check_forces(row: _Row, without: Collection[str]) -> None:
    for column, force_id in (("force_id", row.force_id), ("peer_id", row.peer_id)):
        if force_id not in forces.ids():
            raise InputError(
                f"{row.where}: {column} '{force_id}' is not an id of data/forces.csv; write one, as norfolk"
            )
    if row.force_id in without:
        raise InputError(
            f"{row.where}: {row.force_id} has no peers, by [none] of data/peer_sets.toml; take the row out, or the "
            "force out of that list"
        )
    if row.force_id == row.peer_id:
        raise InputError(f"{row.where}: {row.force_id} is set as its own peer; take the row out")
