"""The spine chart: its scale by hand, its marks in words too, what it leaves out, and a force picked out of it."""

from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup
from matplotlib.lines import Line2D

import peel_analysis as peel
from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.data.folder import open_data
from peel_analysis.data.writing import KEPT_IN
from peel_analysis.figures import as_svg, spine_chart, spine_of, spine_svg
from peel_analysis.figures.spine import CHART, SIZE, TIERS, TITLES, VALUES, Spine, tier, tier_names
from peel_analysis.figures.style import WIDEST, WIDTH, width_of
from peel_analysis.measures import Result
from peel_analysis.sections.spine import _found, spine_block
from peel_analysis.show.words import in_brief, value_in_words

FORCES = ("norfolk", "metropolitan", "city-of-london", "suffolk", "avon-and-somerset")
FEWEST = 20  # forces, of the wording policy


@cache
def results(edition: str) -> tuple[Result, ...]:
    return measures.calculate_all(open_data().edition(edition))


@cache
def spine(edition: str) -> Spine:
    return spine_of(results(edition))


def marks(edition: str, force_id: str) -> list[Line2D]:
    """Return the force's marks from the first row to the last that has one."""
    return list(spine_chart(spine(edition), force_id).parts[force_id])  # type: ignore[arg-type]


@pytest.mark.parametrize("edition", open_data().editions)
def test_a_row_is_a_measure_that_enough_forces_have(edition: str) -> None:
    enough = [
        one.measure.id
        for one in results(edition)
        if not one.national.is_missing
        and sum(bool(verdict.words) for verdict in compare(one).verdicts.values()) >= FEWEST
    ]
    found = spine(edition)
    kept = [one.measure.id for one in found.kept_apart]
    assert [row.result.measure.id for row in found.rows] == [one for one in enough if one not in kept]
    context = [one for one in results(edition) if one.measure.is_context]
    assert len(found.rows) + len(found.too_few) + len(kept) + len(context) == len(results(edition))


@pytest.mark.parametrize("edition", open_data().editions)
def test_no_two_rows_are_kept_apart_by_the_register(edition: str) -> None:
    ids = {row.result.measure.id for row in spine(edition).rows}
    for block in open_data().blocks:
        if block.kind == "together":
            assert not (ids & set(block.measures) and ids & set(block.others))


def test_the_scale_is_that_of_fingertips_by_hand() -> None:
    """England and Wales in the middle; the wider arm of each row ends where the chart does."""
    middle, half = TITLES + 3 * VALUES + CHART / 2, CHART / 2
    for row, mark in zip(spine("2019").rows, marks("2019", "norfolk"), strict=True):
        values = row.result.plotted["value"]
        national, own = row.result.national.value, row.result.of("norfolk").value
        arm = max(values.max() - national, national - values.min())
        assert float(np.asarray(mark.get_xdata())[0]) == pytest.approx(middle + half * (own - national) / arm)
        assert {row.place(row.smallest), row.place(row.largest)} & {-1.0, 1.0}
        assert row.place(row.national) == 0


def test_the_middle_half_is_that_of_the_forces_that_take_part() -> None:
    for row in spine("2025").rows:
        found = compare(row.result)
        values = [row.result.of(one).value for one, verdict in found.verdicts.items() if verdict.words]
        assert [row.lower_half, row.upper_half] == pytest.approx(np.quantile(values, [0.25, 0.75]))


def test_a_mark_has_the_shape_of_its_verdict_and_the_words_say_it_too() -> None:
    policy = open_data().policy
    assert len({look["marker"] for look in TIERS}) == len(TIERS) == len(tier_names(policy))
    level = "Above or below, as forces often are"
    assert tier_names(policy) == ("Notably higher or notably lower", "Higher or lower", level, "Similar", "No verdict")
    text = spine_chart(spine("2025"), "metropolitan").alt_text
    for row, mark in zip(spine("2025").rows, marks("2025", "metropolitan"), strict=True):
        verdict = row.verdict("metropolitan")
        assert mark.get_marker() == TIERS[tier(verdict)]["marker"]
        told = f"{row.result.measure.tile}: "
        assert told not in text or in_brief(row.result, "metropolitan") in text.partition(told)[2]


@pytest.mark.parametrize("edition", open_data().editions)
def test_the_alternative_text_is_of_fair_length_and_says_so_where_it_leaves_rows_out(edition: str) -> None:
    for force_id in open_data().forces.ids:
        text = spine_chart(spine(edition), force_id).alt_text
        told = sum(f"{row.result.measure.tile}: " in text for row in spine(edition).rows)
        assert len(text) <= 600
        assert ("The table has the other rows." in text) == (told < len(spine(edition).rows))


def test_a_force_without_a_verdict_or_a_value_is_told_so() -> None:
    """The City of London's rates rest on an assumed population; Dorset gave no outcomes of action taken."""
    crime = spine("2017").rows[0]
    assert crime.result.measure.id == "crime_per_1000"
    assert marks("2017", "city-of-london")[0].get_marker() == TIERS[4]["marker"]
    assert "without a verdict beside" in spine_chart(spine("2017"), "city-of-london").alt_text
    (row,) = [one for one in spine("2017").rows if one.result.measure.id == "outcome_action_taken_pct"]
    assert not row.is_shown("dorset")
    assert len(marks("2017", "dorset")) == len(spine("2017").rows) - 1
    html = spine_block(results("2017"), "dorset").html
    assert "Dorset Police is not shown on: Investigations where action was taken." in html


def test_the_figure_names_all_that_it_leaves_out_and_its_table_has_every_row() -> None:
    html = BeautifulSoup(str(spine_block(results("2025"), "norfolk").html), "html.parser")
    notes = " ".join(note.get_text() for note in html.select("ol.footnotes li"))
    for result in spine("2025").too_few:
        assert result.measure.title in notes
    assert len(html.select("tbody tr")) == len(spine("2025").rows)
    policy = open_data().policy
    found = Counter(_found(row.verdict("norfolk"), policy)[1] for row in spine("2025").rows)
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    reading = html.select("p.reading")[0].get_text()
    assert reading.startswith(f"Norfolk Constabulary has {words[len(spine('2025').rows)]} figures here.")
    for verdict, count in found.items():
        assert f"{words[count]} {verdict}" in reading


@pytest.mark.parametrize("edition", open_data().editions)
def test_similar_is_said_and_drawn_only_below_the_size_rule(edition: str) -> None:
    policy = open_data().policy
    for row in spine(edition).rows:
        for force_id in filter(row.is_shown, open_data().forces.ids):
            verdict = row.verdict(force_id)
            assert (tier(verdict) == 3) == (verdict.words != "" and not verdict.size)
            assert (_found(verdict, policy)[1] == "similar") == (verdict.words != "" and not verdict.size)


def test_a_force_picked_out_of_the_shared_drawing_is_the_one_drawn_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = {force_id: as_svg(spine_chart(spine("2017"), force_id)) for force_id in (*FORCES, "dorset")}
    monkeypatch.setenv(KEPT_IN, str(tmp_path / "kept"))
    for force_id, svg in alone.items():
        assert spine_svg(spine("2017"), force_id) == svg, force_id
    (kept,) = (tmp_path / "kept" / "drawings").iterdir()
    assert kept.stat().st_size > len(svg)
    assert len(set(alone.values())) == len(alone)


@pytest.mark.parametrize("edition", open_data().editions)
def test_the_largest_values_are_whole_at_the_right_edge_in_any_font(edition: str) -> None:
    start = TITLES + 3 * VALUES + CHART + 0.1 + 2 / 72
    for row in spine(edition).rows:
        words = value_in_words(row.result.measure, row.largest)
        assert start + WIDEST * width_of(words, SIZE) < WIDTH, words


def test_the_face_draws_it_with_its_data() -> None:
    figure = peel.edition("2017").spine("Norfolk Constabulary")
    held = peel.edition("2017").measure("crime_per_1000")
    assert figure.data.loc["crime_per_1000", "value"] == held.rows.value["norfolk"]
    assert figure.data.loc["crime_per_1000", "england_and_wales"] == held.national.value
    with pytest.raises(peel.InputError):
        peel.edition("2017").spine("Norflok")


def test_a_chart_without_a_measure_is_refused_and_the_section_says_so() -> None:
    none = tuple(one for one in results("2025") if one.plotted.empty)
    with pytest.raises(ValueError, match="needs a measure that enough forces have"):
        spine_chart(spine_of(none), "norfolk")
    assert "No figure is public for enough forces" in spine_block(none, "norfolk").html
