"""A user's lists of peers: one CSV file in data/peers/ is one list, with one title and one day. Read strictly."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from peel_analysis.data.errors import InputError
from peel_analysis.data.files import rows_of
from peel_analysis.data.forces import Forces
from peel_analysis.data.periods import is_day
from peel_analysis.data.settings import PEER_SETS, PeerSets, check_title

PEER_LISTS = "peers"
PEER_LIST_COLUMNS = ("title", "as_at", "force_id", "peer_id")


@dataclass(frozen=True)
class PeerList:
    """One list: the file's name without .csv, the title and day of all its rows, and the peers of each force in it."""

    id: str
    where: str
    title: str
    as_at: str
    peer_ids: Mapping[str, tuple[str, ...]]


def peer_list_in(path: Path, forces: Forces, sets: PeerSets) -> PeerList:
    """Return one list.

    Raises InputError, with file and line, for the first row that cannot be used: a title that is blank, has a word of
    judgment or is not the first row's, a day likewise, a force that there is not, that has no peers or is its own, and
    a peer that stands there already. A file without rows, or with the name of a declared set, is refused too.
    """
    where = f"data/{PEER_LISTS}/{path.name}"
    found = rows_of(path, where, PEER_LIST_COLUMNS)
    if not found.cells:
        raise InputError(f"{where}, line 1: no row follows the columns; add a row for each peer, or take the file away")
    if path.stem in (one.id for one in sets.sets):  # the numbers of both would have one name in values.csv
        raise InputError(f"{where}: data/{PEER_SETS} has a set '{path.stem}'; give the file a name of its own")
    first_line, (title, as_at, _, _) = found.lines[0], found.cells[0]
    lines: dict[tuple[str, str], int] = {}
    for line, (own_title, own_day, force_id, peer_id) in zip(found.lines, found.cells, strict=True):
        place = f"{where}, line {line}"
        _check_words(place, own_title, own_day)
        for column, own, first in (("title", own_title, title), ("as_at", own_day, as_at)):
            if own != first:  # a force's peers would stand under a title that is not theirs
                raise InputError(
                    f"{place}: {column} is '{own}', and '{first}' on line {first_line}; write one {column} in all "
                    "rows, and put another list into a file of its own"
                )
        _check_forces(place, force_id, peer_id, forces, sets)
        if (earlier := lines.setdefault((force_id, peer_id), line)) != line:
            raise InputError(f"{place}: {peer_id} is a peer of {force_id} on line {earlier}; take one out")
    peer_ids = {force_id: tuple(peer for one, peer in lines if one == force_id) for force_id, _ in lines}
    return PeerList(path.stem, where, title, as_at, peer_ids)


def _check_words(place: str, title: str, as_at: str) -> None:
    try:
        check_title(title)
    except ValueError as error:
        raise InputError(f"{place}: {error}") from None
    if not is_day(as_at):
        raise InputError(f"{place}: as_at is '{as_at}'; write the day that the list is of, as 2020-01-31")


def _check_forces(place: str, force_id: str, peer_id: str, forces: Forces, sets: PeerSets) -> None:
    for column, found in (("force_id", force_id), ("peer_id", peer_id)):
        if found not in forces.ids:
            raise InputError(f"{place}: {column} '{found}' is not an id of data/forces.csv; write one, as norfolk")
    if force_id in sets.without:
        raise InputError(
            f"{place}: {force_id} has no peers, by [none] of data/{PEER_SETS}; take the row out, or the force out of "
            "that list"
        )
    if force_id == peer_id:
        raise InputError(f"{place}: {force_id} is set as its own peer; take the row out")
