"""Lines over time: the scale is the one that matplotlib would draw, and notes and gaps can be read."""

import re
from dataclasses import replace
from datetime import date
from functools import cache

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from fonts import font  # noqa: F401 (a fixture)
from matplotlib.text import Annotation

from peel_analysis import measures
from peel_analysis.data.folder import open_data
from peel_analysis.figures import as_svg
from peel_analysis.figures.figure import Figure
from peel_analysis.figures.style import SETTINGS, analysis_function
from peel_analysis.figures.trend import NOTE, scale_levels, trend_lines, words_below
from peel_analysis.measures.series import Break, Series, rolling

pytestmark = pytest.mark.usefixtures("whole_drawings")

WORDS = re.compile(r'x="([-\d.]+)" y="([-\d.]+)"[^>]*>([^<]*)</text>')


@cache
def series(measure_id: str) -> Series:
    return rolling(measures.calculate(open_data().measure(measure_id), open_data().edition("2017")))


def note(figure: Figure, words: str) -> Annotation:
    (found,) = [text for text in figure.axes[0].texts if text.get_text() == words]
    assert isinstance(found, Annotation)
    return found


def test_the_style_is_the_one_that_pyplot_would_set() -> None:
    with mpl.rc_context(), plt.style.context(["afcharts.afcharts", SETTINGS]):
        expected = dict(mpl.rcParams)
    with analysis_function():
        assert dict(mpl.rcParams) == expected
    assert mpl.rcParams["svg.fonttype"] == mpl.rcParamsDefault["svg.fonttype"], "nothing of it stays"


@pytest.mark.parametrize("highest", [0.7, 9.0, 75.7, 412.0, 12345.0])
def test_the_scale_by_hand_is_where_matplotlib_s_own_is(highest: float) -> None:
    drawn = []
    for by_hand in (True, False):
        with analysis_function():
            figure = Figure(3.1, "", pd.DataFrame)
            axes = figure.add_axes((0.07, 0.12, 0.68, 0.74))
            axes.set(xlim=(0, 10), ylim=(0, highest))
            if by_hand:
                axes.axis("off")
                scale_levels(axes)
                words_below(axes, [2, 5], ["2016", "2017"])
            else:
                axes.grid(visible=True, axis="y")
                axes.tick_params(axis="both", length=0)
                axes.set_xticks([2, 5], ["2016", "2017"])
        svg = as_svg(figure)
        lines = re.findall(r'd="M ([^"]+)" clip-path="[^"]+" style="([^"]*#cccccc[^"]*)"', svg)
        drawn.append((sorted(WORDS.findall(svg)), sorted(lines)))
    assert drawn[0] == drawn[1]
    assert len(drawn[0][1]) >= 4


def test_a_note_stands_at_the_foot_unless_a_line_runs_there() -> None:
    words = "New approach to recording"
    low, usual = (
        note(trend_lines(series("asb_incidents_per_1000"), force_id), words)
        for force_id in ("city-of-london", "norfolk")
    )
    assert (usual.xy[1], usual.get_verticalalignment()) == (0, "bottom")
    assert (low.xy[1], low.get_verticalalignment()) == (1, "top")


@pytest.mark.usefixtures("font")
def test_a_note_near_the_end_of_the_lines_stays_in_the_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "Recording was changed in this year"
    one = Break("all", date(2016, 11, 1), date(2016, 11, 30), is_comparable=True, label=words, sentence="")
    monkeypatch.setattr(Series, "breaks", lambda *_: (one,))
    figure = trend_lines(series("crime_per_1000"), "norfolk")
    with analysis_function():
        figure.draw_without_rendering()
        box, chart = note(figure, words).get_window_extent(), figure.axes[0].bbox
    assert chart.x0 < box.x0 < box.x1 <= chart.x1 + NOTE, "but for the little that a font may differ"


def test_a_missing_point_is_a_gap_in_the_line() -> None:
    whole = series("crime_per_1000")
    values = whole.values.copy()
    values.loc[values.index[5], "norfolk"] = np.nan
    figure = trend_lines(replace(whole, values=values), "norfolk")
    (line,) = [line for line in figure.axes[0].lines if line.get_gid() == "line-norfolk"]
    assert np.isnan(np.asarray(line.get_ydata(), dtype=float)).tolist().index(True) == 5
    svg = as_svg(figure)
    drawn = svg[svg.index('<g id="line-norfolk">') :]
    assert drawn[: drawn.index("clip-path")].count("M ") == 2, "two pieces"
