"""Where a force's change lies among all forces' changes: a range, said under the figure's reading."""

import re

import pytest

from peel_analysis.comparison import compare
from peel_analysis.data import forces
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.sections.blocks import figure_block

PLACE = re.compile(r'<p class="place">.*? is between (\d+) and (\d+) of (\d+), by the rule that the notes give\.</p>')


@pytest.mark.parametrize("measure_id", ["crime_change_12m", "crime_change_5y"])
def test_a_change_is_placed_among_all_changes_and_the_range_holds_its_own_place(
    results: dict[str, Result], measure_id: str
) -> None:
    values = results[measure_id].forces["value"].sort_values(ascending=False)
    for force_id in ("norfolk", "city-of-london", values.index[0], values.index[-1]):
        found = PLACE.search(figure_block(results[measure_id], force_id, 1).html)
        assert found is not None, force_id
        first, last, ranked = (int(number) for number in found.groups())
        assert first <= list(values.index).index(force_id) + 1 <= last
        assert ranked == forces.NUMBER_OF_FORCES
        assert f"{open_data().forces.find(force_id).official_name} is between" in found[0]


def test_other_measures_and_forces_without_a_change_have_no_place(results: dict[str, Result]) -> None:
    assert PLACE.search(figure_block(results["crime_per_1000"], "norfolk", 1).html) is None
    ranks = compare(results["crime_per_1000"]).ranks
    row = compare(results["crime_per_1000"]).row("city-of-london")
    assert not ranks.has_place(row), "its rate rests on an assumed population"
    assert ranks.words(row) == "no rank"
