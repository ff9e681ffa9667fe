"""Drawings: who is drawn, the national line, the key, and that a drawing is the same each time."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup
from invented import DAY_2017, YEAR_2016, YEAR_2017, Folder, all_forces, folder
from page_elements import drawing

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.data.folder import open_data
from peel_analysis.figures import as_svg, change_strip, funnel_plot, ranked_bars, ranked_svg, trend_lines
from peel_analysis.measures import Result
from peel_analysis.measures.series import quarterly, rolling
from peel_analysis.sections.blocks import figure_block
from peel_analysis.show.pictures import drawing_at

pytestmark = pytest.mark.usefixtures("whole_drawings")

BAR = re.compile(r'<g id="bar-([a-z-]+)">')


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def words_in(svg: str) -> list[str]:
    return [text.get_text().strip() for text in BeautifulSoup(svg, "html.parser").find_all("text")]


@pytest.mark.parametrize(
    ("measure_id", "bars"), [("crime_per_1000", 43), ("outcome_charged_pct", 42), ("outcome_action_taken_pct", 41)]
)
def test_each_plotted_force_has_one_bar_and_nobody_else_has(
    results: dict[str, Result], measure_id: str, bars: int
) -> None:
    found = BAR.findall(ranked_svg(results[measure_id], "norfolk"))
    assert len(found) == len(set(found)) == bars
    assert set(found) == set(results[measure_id].plotted.index)


def test_dorset_is_not_drawn_and_is_in_the_national_value(results: dict[str, Result]) -> None:
    result = results["outcome_action_taken_pct"]
    svg = ranked_svg(result, "norfolk")
    assert "bar-dorset" not in svg
    assert "Dorset" not in words_in(svg)
    assert "dorset" in result.members
    assert "bar-dorset" in ranked_svg(results["outcome_charged_pct"], "norfolk")


def test_bars_are_ranked_by_value(results: dict[str, Result]) -> None:
    result = results["crime_per_1000"]
    drawn = BAR.findall(as_svg(ranked_bars(result)))
    values = [result.of(force_id).value for force_id in drawn]
    assert values == sorted(values), "from the bottom up"


def test_each_bar_has_its_name_and_its_value_as_text(results: dict[str, Result]) -> None:
    words = words_in(ranked_svg(results["crime_per_1000"], "norfolk"))
    for force in open_data().forces.all:
        assert force.name in words
    assert "58.9" in words
    assert "England and Wales 76.4" in words


def test_the_national_line_is_there_and_in_the_key(results: dict[str, Result]) -> None:
    for measure_id in ("crime_per_1000", "outcome_charged_pct", "da_arrest_rate"):
        result = results[measure_id]
        figure = ranked_bars(result, "norfolk")
        lines = [np.asarray(line.get_xdata(), dtype=float) for line in figure.axes[0].lines]
        assert any(line.tolist() == [result.national.value] * 2 for line in lines)
        legend = [text.get_text() for text in figure.legends[0].get_texts()]
        assert "England and Wales" in legend
        assert legend[-1] == "Norfolk"


def test_last_year_s_markers_are_those_of_the_plotted_forces(results: dict[str, Result]) -> None:
    result = results["outcome_charged_pct"]
    figure = ranked_bars(result, "norfolk")
    markers = [line for line in figure.axes[0].lines if line.get_marker() == "D"]
    assert len(markers) == 1
    drawn = np.isfinite(np.asarray(markers[0].get_xdata(), dtype=float)).sum()
    assert drawn == result.plotted["comparator_value"].notna().sum() == 41
    assert "12 months to 30 June 2016" in [text.get_text() for text in figure.legends[0].get_texts()]


def test_a_measure_without_a_comparator_has_no_marker_and_no_entry_for_one(results: dict[str, Result]) -> None:
    figure = ranked_bars(results["da_arrest_rate"], "norfolk")
    assert not [line for line in figure.axes[0].lines if line.get_marker() == "D"]
    assert not [text for text in figure.legends[0].get_texts() if "12 months" in text.get_text()]


def test_without_a_national_value_there_is_no_line_and_no_entry(data: Folder) -> None:
    data.counts(
        {"organised_crime_groups": all_forces(DAY_2017, instead=dict.fromkeys(open_data().forces.ids, "not_supplied"))}
    )
    with pytest.raises(ValueError, match="ocg_per_million: no force has a value to draw"):
        ranked_bars(data.result("ocg_per_million"))


def test_a_force_without_a_value_is_not_drawn_and_the_others_are(results: dict[str, Result]) -> None:
    svg = ranked_svg(results["outcome_charged_pct"], "suffolk")
    assert "bar-suffolk" not in svg
    assert len(BAR.findall(svg)) == 42


def test_negative_values_are_drawn_to_the_left_of_zero(data: Folder) -> None:
    now = all_forces(YEAR_2017, 1000, 0, instead={"kent": 500})
    data.counts({"recorded_crime": [*now, *all_forces(YEAR_2016, 900, 0)]})
    figure = ranked_bars(data.result("crime_change_12m"), "kent")
    assert figure.axes[0].get_xlim()[0] < 0
    assert len(BAR.findall(as_svg(figure))) == 43


def test_a_drawing_is_the_same_each_time_and_its_text_is_text(results: dict[str, Result]) -> None:
    first, again = (as_svg(ranked_bars(results["crime_per_1000"], "norfolk")) for _ in range(2))
    assert first == again
    assert "Norfolk" in words_in(first)
    assert "<dc:date>" not in first


def test_the_image_of_a_block_has_its_alternative_text(results: dict[str, Result]) -> None:
    for measure_id in ("crime_per_1000", "crime_change_5y", "outcome_action_taken_pct", "da_arrest_rate"):
        block = figure_block(results[measure_id], "norfolk", 3)
        images = BeautifulSoup(block.html, "html.parser").find_all("img")
        assert len(images) == 1
        alt = str(images[0]["alt"])
        assert 20 <= len(alt) <= 600
        assert "Norfolk Constabulary" in alt
        svg = drawing_at(block.html, block.data["files"]["drawing"])
        assert svg.startswith("<svg ")
        assert drawing(images[0]) == svg.replace('"', "'"), "a browser has the same but for its quotes"


def test_a_block_is_a_numbered_figure_with_its_source(results: dict[str, Result]) -> None:
    html = BeautifulSoup(figure_block(results["crime_per_1000"], "norfolk", 3).html, "html.parser")
    figure = html.find("figure", id="figure-crime_per_1000")
    assert figure is not None
    caption = figure.find("figcaption")
    assert caption is not None
    assert caption.get_text().startswith(
        "Figure 3: Recorded crime (excluding fraud) per 1,000 population, by force, in "
    )
    assert [one["data-value"] for one in html.select("p.reading")] == ["2017/crime_per_1000/norfolk"]
    assert len(html.select("p.source")) == 1
    assert len(html.select("details.data table")) == 1


def test_without_values_the_block_has_no_picture_and_says_why(results: dict[str, Result]) -> None:
    html = BeautifulSoup(figure_block(results["ocg_per_million"], "norfolk", 1).html, "html.parser")
    assert html.find("img") is None
    assert html.get_text().count("has not been published") == 1
    assert html.find(id="figure-ocg_per_million") is not None


def test_the_funnel_draws_the_forces_that_its_limits_rest_on(results: dict[str, Result]) -> None:
    compared = compare(results["crime_per_1000"])
    svg = as_svg(funnel_plot(compared, "norfolk"))
    points = set(re.findall(r'<g id="(?:own|other)-mark-([a-z-]+)">', svg))
    assert points == set(open_data().forces.ids) - {"city-of-london"}
    assert '<g id="own-mark-norfolk">' in svg
    assert len(re.findall(r'<g id="limit-', svg)) == 4
    own = as_svg(funnel_plot(compared, "city-of-london"))
    assert '<g id="own-mark-city-of-london">' in own, "the report's own force is shown all the same"


def test_a_funnel_that_is_refused_is_not_drawn(results: dict[str, Result]) -> None:
    with pytest.raises(ValueError, match="A funnel needs at least 20 forces with a comparable value; found 0"):
        funnel_plot(compare(results["da_arrest_rate"]), "norfolk")


def test_the_strip_of_changes_names_the_force_and_its_change(results: dict[str, Result]) -> None:
    words = words_in(as_svg(change_strip(results["crime_change_12m"], "norfolk")))
    assert "Norfolk +10.0%" in words
    assert "England and Wales +14.0%" in words
    with pytest.raises(ValueError, match="calls_per_1000: no force has a value to draw"):
        change_strip(results["calls_per_1000"], "norfolk")


def test_a_strip_needs_no_scipy_and_whoever_imports_seaborn_after_it_has_all_of_it() -> None:
    code = (
        "import sys\n"
        "from peel_analysis import edition\n"
        "from peel_analysis.figures import as_svg, change_strip\n"
        "change = edition('2017').measure('crime_change_12m')\n"
        "alone = [as_svg(change_strip(change, 'norfolk')) for _ in range(2)]\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('scipy', 'seaborn')])\n"
        "import seaborn, seaborn.matrix\n"
        "print('scipy.cluster.hierarchy' in sys.modules, {*alone} == {as_svg(change_strip(change, 'norfolk'))})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "True True"]


def test_the_line_of_a_strip_is_in_the_measures_own_unit(results: dict[str, Result]) -> None:
    for measure, ticks in (
        ("crime_change_12m", {"0%", "+10%", "+20%"}),
        ("crime_per_1000", {"0", "20", "100"}),
        ("outcome_charged_pct", {"0%", "10%"}),
    ):
        assert ticks <= set(words_in(as_svg(change_strip(results[measure], "norfolk")))), measure


def test_a_trend_names_both_lines_with_their_last_values(results: dict[str, Result]) -> None:
    series = rolling(results["crime_per_1000"])
    words = words_in(as_svg(trend_lines(series, "norfolk")))
    assert "Norfolk 58.9" in words
    assert "England and Wales 76.4" in words
    assert "National inspection of crime data" in words
    with pytest.raises(ValueError, match="outcome_charged_pct: suffolk has no line to draw"):
        trend_lines(rolling(results["outcome_charged_pct"]), "suffolk")


def test_breaks_are_those_of_the_measure_and_the_force(results: dict[str, Result]) -> None:
    incidents = rolling(results["asb_incidents_per_1000"])
    labels = {one.label for one in incidents.breaks("warwickshire")}
    assert {one.label for one in incidents.breaks("norfolk")} < labels
    assert "Partly estimated" in labels
    assert {one.label for one in incidents.breaks("norfolk")} == {"New approach to recording"}


def test_control_limits_are_drawn_when_asked_for() -> None:
    crime = measures.calculate(open_data().measure("crime_per_1000"), open_data().edition("2025"))
    series = quarterly(crime)
    without, with_limits = (
        len(trend_lines(series, "norfolk", control_limits=asked).axes[0].lines) for asked in (False, True)
    )
    assert with_limits == without + 3
