"""Notes that several figures of a page share: said under the first of them, and linked to from the others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from peel_analysis.data.text import enumerated

Under = Mapping[str, Any]  # what stands under a figure, as `sections.display` has it
Link = dict[str, str]  # where an earlier figure is, what it is called, and which of its notes are meant: "1 and 3"
Place = tuple[str, int]  # a figure's id, and the place of a sentence among its notes


@dataclass(frozen=True)
class Said:
    """What the figures of a page have said under themselves: of each sentence, where it stands first."""

    notes: dict[str, Place] = field(default_factory=dict)
    cautions: dict[str, Place] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def under(self, figure_id: str, name: str, held: Under) -> Under:
        """Return what is to be said under a figure that the page calls by a name: what no figure before it has said.

        `links` say where the rest stands; those with no `which` are to the cautions of a figure. The notes that are
        not to be folded are fewer by those of them that stand elsewhere.
        """
        self.names[figure_id] = name
        own, elsewhere = _parted(self.notes, figure_id, held["notes"])
        cautioned, warned = _parted(self.cautions, figure_id, held["cautions"])
        links = [*self._links(elsewhere), *({**link, "which": ""} for link in self._links(warned))]
        unfolded = sum(note in own for note in held["notes"][: held["open_notes"]])
        return {**held, "notes": own, "open_notes": unfolded, "cautions": cautioned, "links": links}

    def _links(self, elsewhere: Iterable[Place]) -> Iterator[Link]:
        """Yield a link a figure, in the order of the figures."""
        places: dict[str, list[int]] = {}
        for figure_id, place in elsewhere:
            places.setdefault(figure_id, []).append(place)
        for figure_id in self.names:
            if which := sorted(places.get(figure_id, ())):
                yield {"figure_id": figure_id, "name": self.names[figure_id], "which": enumerated(_runs(which))}


def _parted(said: dict[str, Place], figure_id: str, sentences: Sequence[str]) -> tuple[list[str], list[Place]]:
    """Return the sentences that are said here first, and where the others stand."""
    own: list[str] = []
    elsewhere = []
    for sentence in sentences:
        where = said.setdefault(sentence, (figure_id, len(own) + 1))
        if where[0] == figure_id:
            own.append(sentence)
        else:
            elsewhere.append(where)
    return own, elsewhere


def _runs(places: Sequence[int]) -> Iterator[str]:
    """Yield numbers in order, three or more that follow each other as one: "1 to 9", "11", "12"."""
    start = 0
    for at, place in enumerate(places):
        if at + 1 < len(places) and places[at + 1] == place + 1:
            continue
        run = places[start : at + 1]
        yield from [f"{run[0]} to {run[-1]}"] if len(run) > 2 else map(str, run)
        start = at + 1
