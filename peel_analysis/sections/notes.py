"""Notes that several figures of a section share: said under the first of them, and linked to from the others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from peel_analysis.data.text import enumerated

SHOWN = 2  # notes under a figure; the others are folded, but for those that are about the report's own force
Link = dict[str, Any]  # a figure's id and number, and which of its notes are meant: "1 and 3", "" for its cautions


@dataclass(frozen=True)
class Notes:
    """What stands under a figure: its notes and cautions, without those that an earlier figure has, and links there."""

    notes: list[str]
    cautions: list[str]
    links: list[Link]
    first: int = SHOWN  # notes that are not folded


@dataclass(frozen=True)
class Said:
    """What the figures of a section have said under themselves: of each sentence, where it stands first.

    Where it stands is a figure's id and number in the section, and the sentence's place among the notes there.
    """

    notes: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    cautions: dict[str, tuple[str, int, int]] = field(default_factory=dict)

    def under(self, figure_id: str, number: int, notes: Sequence[str], cautions: Sequence[str]) -> Notes:
        """Return what is to be said under a figure; one that is shown again says what it said the first time."""
        own, elsewhere = _parted(self.notes, figure_id, number, notes)
        cautioned, warned = _parted(self.cautions, figure_id, number, cautions)
        return Notes(own, cautioned, [*_links(elsewhere), *({**link, "which": ""} for link in _links(warned))])


def _parted(
    said: dict[str, tuple[str, int, int]], figure_id: str, number: int, sentences: Sequence[str]
) -> tuple[list[str], list[tuple[str, int, int]]]:
    """Return the sentences that are said here first, and where the others stand."""
    own: list[str] = []
    elsewhere = []
    for sentence in sentences:
        where = said.setdefault(sentence, (figure_id, number, len(own) + 1))
        if where[0] == figure_id:
            own.append(sentence)
        else:
            elsewhere.append(where)
    return own, elsewhere


def _links(elsewhere: Iterable[tuple[str, int, int]]) -> Iterator[Link]:
    """Yield a link a figure, in the order of the figures."""
    places: dict[tuple[str, int], list[int]] = {}
    for figure_id, number, place in elsewhere:
        places.setdefault((figure_id, number), []).append(place)
    for (figure_id, number), which in sorted(places.items(), key=lambda one: one[0][1]):
        yield {"figure_id": figure_id, "number": number, "which": enumerated(_runs(sorted(which)))}


def _runs(places: Sequence[int]) -> Iterator[str]:
    """Yield numbers in order, three or more that follow each other as one: "1 to 9", "11", "12"."""
    start = 0
    for at, place in enumerate(places):
        if at + 1 < len(places) and places[at + 1] == place + 1:
            continue
        run = places[start : at + 1]
        yield from [f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run)
        start = at + 1
