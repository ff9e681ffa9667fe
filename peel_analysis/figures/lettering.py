"""Words in a drawing: about how wide they are, how they keep off its edges, and where a name stands beside its mark."""

import string
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

# How wide letters are in ems, as Arial has them
OF_LETTERS = {"iljtfI.,:;/ '": 0.28, "r()-": 0.33, "ckscvxyz": 0.5, "mMW%": 0.85, "w": 0.72}
CAPITAL, ANY_OTHER = 0.7, 0.56
EMS = dict.fromkeys(string.ascii_uppercase, CAPITAL) | {
    letter: ems for letters, ems in OF_LETTERS.items() for letter in letters
}
BOLD = 1.1  # times as wide
ASCENT, DESCENT = 0.95, 0.3  # of a line of words with a little air, as shares of its size
CUT_OFF, NAME_OVER_NAME = 100, 10  # as bad as covering so many marks


@lru_cache(maxsize=4096)
def width_of(text: str, size: float) -> float:
    """Return about how wide a text of `size` points is set, in inches; the reader's own font decides in the end."""
    return size / 72 * sum(EMS.get(letter, ANY_OTHER) for letter in text)


def alignment(place: float, width: float, room: float) -> Literal["left", "center", "right"]:
    """Return how words of this width are aligned at a place of a drawing so that they are not cut off at its edges.

    All are in inches; words for which the room is too narrow either way are centred.
    """
    if width / 2 <= min(place, room - place) or width > max(place, room - place):
        return "center"
    return "left" if place < room / 2 else "right"


class Place(NamedTuple):
    """Where words begin, or end if that is to the left: points across and up from the middle of their mark.

    Right over or under the mark it is where their middle is.
    """

    across: float
    up: float

    @property
    def alignment(self) -> Literal["left", "center", "right"]:
        """How the words are aligned there."""
        return "left" if self.across > 0 else "right" if self.across < 0 else "center"


PLACES = (Place(7, 4), Place(7, -11), Place(-7, 4), Place(-7, -11), Place(0, 9), Place(0, -16))


class Box(NamedTuple):
    """The room that a mark or words take up, in points from the drawing's lower left corner."""

    left: float
    lower: float
    right: float
    upper: float

    def meets(self, other: "Box") -> bool:
        """Return whether two boxes overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.lower < other.upper and other.lower < self.upper

    def is_within(self, other: "Box") -> bool:
        """Return whether all of the box is in another."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.lower <= self.lower and self.upper <= other.upper


class Surroundings(NamedTuple):
    """What a name should not meet: the edge of the room, other marks, other words, and level lines at these heights."""

    room: Box
    marks: Sequence[Box]
    words: Sequence[Box]
    lines: Sequence[float]


def box_around(middle: tuple[float, float], size: float) -> Box:
    """Return the room of a mark of this size."""
    return Box(middle[0] - size / 2, middle[1] - size / 2, middle[0] + size / 2, middle[1] + size / 2)


def box_of(name: str, size: float, mark: tuple[float, float], place: Place, *, bold: bool = False) -> Box:
    """Return the room of a name at a place beside the middle of its mark."""
    width = 72 * width_of(name, size) * (BOLD if bold else 1)
    start, baseline = mark[0] + place.across, mark[1] + place.up
    left = start - {"left": 0, "center": 0.5, "right": 1}[place.alignment] * width
    return Box(left, baseline - DESCENT * size, left + width, baseline + ASCENT * size)


def best_place(boxes: dict[Place, Box], around: Surroundings) -> Place:
    """Return the place, of those given with the room that the name takes up there, that has the least in its way."""
    return min(boxes, key=lambda place: _in_the_way(boxes[place], around))


def _in_the_way(box: Box, around: Surroundings) -> int:
    cut_off = 0 if box.is_within(around.room) else CUT_OFF
    lines = sum(box.lower < line < box.upper for line in around.lines)
    return cut_off + NAME_OVER_NAME * _met(box, around.words) + _met(box, around.marks) + lines


def _met(box: Box, others: Iterable[Box]) -> int:
    return sum(box.meets(other) for other in others)
