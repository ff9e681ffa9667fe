"""A figure is an analyst's to change: its title, colours and size, the forces picked out, and what is saved with it."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from PIL import Image

import peel_analysis as peel
from peel_analysis.figures import Figure

THREE = ["norfolk", "suffolk", "kent"]


@pytest.fixture(scope="module")
def crime() -> peel.Result:
    return peel.edition("2017").measure("crime_per_1000")


@pytest.fixture(scope="module")
def change() -> peel.Result:
    return peel.edition("2017").measure("crime_change_12m")


def drawings(crime: peel.Result, change: peel.Result, forces: list[str]) -> list[Figure]:
    return [crime.ranked(forces), change.strip(forces), crime.funnel(forces), crime.compare(THREE)]


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def margins(figure: Figure) -> list[float]:
    """Return what the chart leaves free in inches: left, below, right."""
    (left, below), (right, _) = figure.axes[0].get_position().get_points() * figure.get_size_inches()
    return [left, below, figure.get_figwidth() - right]


@pytest.mark.parametrize("of_axes", [True, False], ids=["axes", "figure"])
def test_a_title_stands_over_all_else_however_often_it_is_set(
    crime: peel.Result, change: peel.Result, of_axes: bool
) -> None:
    for figure in drawings(crime, change, ["norfolk"]):
        heights = []
        for title in ("Short", "A title that is much longer than the drawing is wide, so that it needs two lines " * 2):
            shown = figure.axes[0].set_title(title) if of_axes else figure.suptitle(title)
            figure.draw_without_rendering()
            box = shown.get_window_extent()
            below = [*figure.axes[0].texts, *figure.legends]
            assert all(box.y0 > other.get_window_extent().y1 for other in below)
            assert 0 <= box.x0 < box.x1 <= figure.bbox.width
            assert box.y1 <= figure.bbox.height
            heights.append(figure.axes[0].bbox.height)
        assert heights[0] == pytest.approx(heights[1]), "the chart keeps its size"


def test_a_change_of_size_keeps_the_margins(crime: peel.Result, change: peel.Result) -> None:
    for figure in drawings(crime, change, ["norfolk"]):
        before = margins(figure)
        figure.set_size_inches(10, 6)
        assert margins(figure) == pytest.approx(before)
        assert tuple(figure.get_size_inches()) == (10, 6)


def test_several_forces_are_picked_out_and_none_when_none_is_named(crime: peel.Result, change: peel.Result) -> None:
    bars = crime.ranked(THREE)
    assert [text.get_text() for text in bars.legends[0].get_texts()][-1] == "Norfolk, Suffolk and Kent"
    assert {text.get_text() for text in bars.axes[0].texts if text.get_fontweight() == "bold"} >= {"Norfolk", "Kent"}
    assert crime.ranked().legends[0].get_texts()[0].get_text() == "Forces"
    assert len(words(change.strip())) == 1, "England and Wales alone is named"
    assert "Kent" in words(crime.funnel(THREE))


def test_the_names_of_several_forces_over_a_strip_do_not_meet(change: peel.Result) -> None:
    figure = change.strip(["norfolk", "suffolk", "essex", "kent", "surrey", "cheshire"])
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) == 7
    assert not [(one, other) for place, one in enumerate(boxes) for other in boxes[:place] if one.overlaps(other)]


def test_a_colour_is_that_of_one_force(crime: peel.Result) -> None:
    figure = crime.ranked("norfolk")
    figure.set_colour("kent", "#28a197")
    coloured = [bar.get_gid() for bar in figure.axes[0].patches if to_hex(bar.get_facecolor()) == "#28a197"]
    assert coloured == ["bar-kent"]
    with pytest.raises(KeyError):
        peel.edition("2017").measure("outcome_charged_pct").ranked().set_colour("suffolk", "red")


def test_a_force_without_a_value_is_told_beside_the_others() -> None:
    charged = peel.edition("2017").measure("outcome_charged_pct")
    figure = charged.compare(["norfolk", "suffolk"])
    assert {"No value: not supplied", "[x]", "17.5%"} <= set(words(figure))
    assert np.isnan(figure.data.value["Suffolk"])
    assert "Suffolk Constabulary is not shown." in figure.alt_text
    with pytest.raises(ValueError, match="none of Suffolk has a value to draw"):
        charged.compare(["suffolk"])


def test_a_saved_picture_carries_its_alternative_text(crime: peel.Result, tmp_path: Path) -> None:
    figure = crime.ranked("norfolk")
    figure.savefig(tmp_path / "bars.png")
    figure.savefig(tmp_path / "bars.svg")
    assert Image.open(tmp_path / "bars.png").info["Description"] == figure.alt_text
    assert figure.alt_text in (tmp_path / "bars.svg").read_text(encoding="utf-8")
    assert f'alt="{figure.alt_text}"' in figure._repr_html_()
