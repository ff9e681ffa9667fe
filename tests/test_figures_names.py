"""Where names stand: within the drawing, apart from one another, and beside their mark wherever that is."""

from collections.abc import Sequence

import pytest
from fonts import font  # noqa: F401 (a fixture)
from matplotlib.figure import Figure

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.data.folder import open_data
from peel_analysis.figures import change_strip, funnel_plot
from peel_analysis.figures.funnel import PLACES, Box, box_around, box_of, in_the_way
from peel_analysis.figures.style import alignment, width_of

ROOM = Box(0, 0, 400, 200)
MIDDLE = (200.0, 100.0)


def best(
    mark: tuple[float, float],
    room: Box = ROOM,
    marks: Sequence[Box] = (),
    words: Sequence[Box] = (),
    lines: Sequence[float] = (),
) -> int:
    """Return which of the places is the best for a name."""
    bad = [in_the_way(box_of("Norfolk", 9, mark, place), room, marks, words, lines) for place in PLACES]
    return bad.index(min(bad))


def test_a_name_stands_above_to_the_right_if_nothing_is_there() -> None:
    assert best(MIDDLE) == 0


@pytest.mark.parametrize(
    ("mark", "place"), [((390.0, 100.0), 2), ((10.0, 100.0), 0), ((200.0, 198.0), 1), ((390.0, 198.0), 3)]
)
def test_a_name_stays_within_the_room(mark: tuple[float, float], place: int) -> None:
    assert best(mark) == place
    assert box_of("Norfolk", 9, mark, PLACES[place]).is_within(ROOM)


def test_a_name_keeps_off_marks_lines_and_words() -> None:
    first = box_of("Norfolk", 9, MIDDLE, PLACES[0])
    assert best(MIDDLE, marks=[box_around((first.left + 5, first.upper - 2), 5)]) == 1
    assert best(MIDDLE, lines=[(first.lower + first.upper) / 2]) == 1
    assert best(MIDDLE, words=[first]) == 1
    assert best(MIDDLE, words=[box_of("Norfolk", 9, MIDDLE, place) for place in PLACES[:2]]) == 2


def test_a_name_would_rather_cover_marks_than_words_and_words_than_be_cut_off() -> None:
    marks = [box_around((210 + 5 * step, 85), 5) for step in range(3)]
    first = box_of("Norfolk", 9, MIDDLE, PLACES[0])
    narrow = ROOM._replace(left=195, upper=120)
    assert best(MIDDLE, room=narrow, marks=marks, words=[first]) == 1
    edge = narrow._replace(lower=95)
    assert best(MIDDLE, room=edge, marks=marks, words=[first]) == 0


def test_words_near_an_edge_run_away_from_it() -> None:
    width = width_of("Avon and Somerset +10.0%", 9)
    assert [alignment(place, width, 7.6) for place in (0.3, 3.8, 7.3)] == ["left", "center", "right"]
    assert alignment(1.0, 9.0, 7.6) == "center", "no way is wide enough"


def names_of(figure: Figure) -> dict[str, Box]:
    """Return the room of each name in a figure by its id, as it is set."""
    figure.draw_without_rendering()
    named = [text for text in figure.axes[0].texts if str(text.get_gid()).startswith(("own-name", "other-name"))]
    return {str(text.get_gid()): Box(*text.get_window_extent().extents) for text in named}


@pytest.mark.usefixtures("font")
@pytest.mark.parametrize("measure_id", ["outcome_charged_pct", "asb_incidents_per_1000"])
def test_every_force_s_name_in_a_funnel_is_whole_and_apart_from_the_others(measure_id: str) -> None:
    figure = funnel_plot(
        compare(measures.calculate(open_data().measure(measure_id), open_data().edition("2017"))), None
    )
    names = names_of(figure)
    assert len(names) >= 42
    paper = Box(0, 0, *figure.bbox.size)
    others = {gid: box for gid, box in names.items() if gid.startswith("other-")}
    for gid, box in names.items():
        assert box.is_within(paper), gid
        force_id = gid.split("-", 2)[2]
        assert not [other for other, there in others.items() if not other.endswith(force_id) and there.meets(box)], gid


@pytest.mark.usefixtures("font")
@pytest.mark.parametrize("measure_id", ["crime_change_12m", "crime_change_5y"])
def test_every_force_s_name_over_a_strip_is_whole(measure_id: str) -> None:
    figure = change_strip(measures.calculate(open_data().measure(measure_id), open_data().edition("2017")), None)
    names = names_of(figure)
    assert len(names) == 43
    assert [gid for gid, box in names.items() if not box.is_within(Box(0, 0, *figure.bbox.size))] == []
