"""A value that is shown with a mark has it in the drawing too, and the note under the drawing explains that mark."""

import re

import pytest
from bs4 import BeautifulSoup

from peel_analysis import measures
from peel_analysis.data import registers
from peel_analysis.data.folder import open_data
from peel_analysis.figures import ranked_bars, ranked_svg
from peel_analysis.measures import Result
from peel_analysis.show.footnotes import footnotes

pytestmark = pytest.mark.usefixtures("whole_drawings")

MARK = re.compile(r"mark-([a-z-]+)")


def drawn_marks(svg: str) -> dict[str, str]:
    groups = BeautifulSoup(svg, "html.parser").find_all("g", id=MARK)
    return {str(group["id"]).removeprefix("mark-"): group.get_text().strip() for group in groups}


def registered_marks(result: Result) -> dict[str, str]:
    signs = {row["status"]: row["mark"] for row in registers.records(open_data().register(registers.STATUSES))}
    found = result.plotted["status"].map(signs)
    return {str(force_id): str(sign) for force_id, sign in found.items() if sign}


def results_of(edition: str) -> list[Result]:
    found = [measures.calculate(measure, open_data().edition(edition)) for measure in open_data().measures]
    return [result for result in found if not result.plotted.empty]


@pytest.mark.parametrize("edition", ["2017", "2019", "2025"])
def test_the_marks_of_the_drawing_are_those_of_the_register(edition: str) -> None:
    drawn = {result.measure.id: drawn_marks(ranked_svg(result, "norfolk")) for result in results_of(edition)}
    assert drawn == {result.measure.id: registered_marks(result) for result in results_of(edition)}
    assert drawn["crime_per_1000"] == {"city-of-london": "[e]"}


@pytest.mark.parametrize("edition", ["2017", "2019", "2025"])
def test_each_mark_of_the_drawing_is_explained_under_it(edition: str) -> None:
    for result in results_of(edition):
        notes = [note for note in footnotes(result) if note.sentence.startswith("Shown with the mark ")]
        explained = {
            force_id: note.sentence.removeprefix("Shown with the mark ").partition(":")[0]
            for note in notes
            for force_id in note.force_ids
        }
        assert explained.items() >= registered_marks(result).items(), result.measure.id


def test_a_figure_without_marks_leaves_no_room_for_them() -> None:
    edition = open_data().edition("2017")
    plain, with_marks = (
        measures.calculate(open_data().measure(measure_id), edition)
        for measure_id in ("da_arrest_rate", "crime_per_1000")
    )
    assert axes_width(plain) > axes_width(with_marks)


def axes_width(result: Result) -> float:
    return float(ranked_bars(result, "norfolk").axes[0].get_position().width)
