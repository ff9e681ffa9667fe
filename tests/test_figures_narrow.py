"""What stands for a drawing on a narrow screen: who is among the rows, what they say, and where their bars are."""

import inspect
import math
import re
from collections.abc import Mapping

import pytest
from bs4 import BeautifulSoup, Tag
from page_elements import words

from peel_analysis import figures
from peel_analysis.comparison import compare
from peel_analysis.comparison.over_time import season_free
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.figures import (
    change_strip,
    compared_bars,
    funnel_plot,
    narrow_form,
    quarter_lines,
    ranked_bars,
    spine_chart,
    spine_of,
    spread_bars,
    trend_lines,
)
from peel_analysis.figures.narrow import FORMS
from peel_analysis.figures.spread import Segment, Stack
from peel_analysis.measures import Result, calculate
from peel_analysis.measures.series import quarterly, rolling

BY_HAND = {"kent": 50.0, "essex": 40.0, "surrey": 30.0, "dorset": 30.0, "norfolk": 20.0, "sussex": 10.0, "cumbria": 5.0}
LONGEST = 2_500  # bytes


def by_hand(
    result: Result, values: Mapping[str, float], national: float = 25.0, left_out: Mapping[str, str] | None = None
) -> Result:
    """Return a result in which these forces and England and Wales alone have a value; those left out have a reason."""
    rows = result.rows.copy()
    rows["value"], rows["status"], rows["short"], rows["in_figure"] = math.nan, "not_supplied", "Gave none", True
    for force_id, value in {**values, ENGLAND_AND_WALES: national}.items():
        for column, cell in (("value", value), ("status", "reported"), ("short", "")):
            rows.loc[force_id, column] = cell
    for force_id, why in (left_out or {}).items():
        for column, said in (("in_figure", False), ("short", why)):
            rows.loc[force_id, column] = said
    return result.with_rows(rows)


@pytest.fixture(scope="module")
def crime(edition: Edition) -> Result:
    return calculate(open_data().measure("crime_per_1000"), edition)


def shown(wide: object, *of: object) -> BeautifulSoup:
    assert callable(wide)
    return BeautifulSoup(narrow_form(wide, *of), "html.parser")


def lines(html: BeautifulSoup) -> list[str]:
    return [words(one) for one in html.find_all("li")]


def places(row: Tag | None) -> dict[str, float]:
    """Return where a row's bar is, by the names of the style sheet."""
    assert row is not None
    assert row.i is not None
    return {name: float(place) for name, place in re.findall(r"--([a-z]):([-\d.]+);", str(row.i["style"]))}


def test_every_kind_of_figure_has_a_narrow_form() -> None:
    made = {name for name in figures.__all__ if inspect.isfunction(getattr(figures, name))}
    wide = {name for name in made if inspect.signature(getattr(figures, name)).return_annotation is figures.Figure}
    assert wide == {*(one.__name__ for one in FORMS), "compared_lines"}, "which notebooks alone have"
    with pytest.raises(KeyError):
        narrow_form(lambda: figures.Figure(1, "", lambda: None))  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize(
    ("force_id", "among"),
    [
        ("kent", ["*Kent 50.0", "Essex 40.0", "Dorset 30.0"]),
        ("dorset", ["Kent 50.0", "Essex 40.0", "*Dorset 30.0", "Surrey 30.0", "Norfolk 20.0"]),
        ("surrey", ["Essex 40.0", "Dorset 30.0", "*Surrey 30.0", "Norfolk 20.0", "Sussex 10.0"]),
        ("cumbria", ["Norfolk 20.0", "Sussex 10.0", "*Cumbria 5.0"]),
    ],
)
def test_a_force_stands_among_the_two_above_and_below_it(crime: Result, force_id: str, among: list[str]) -> None:
    html = shown(ranked_bars, by_hand(crime, BY_HAND), force_id)
    told = [f"{'*' if one in html.select('.own') else ''}{words(one)}" for one in html.find_all("li")]
    assert told == [*among, "England and Wales 25.0"]
    assert words(html.select_one(".ends")) == "Lowest: Cumbria 5.0 Highest: Kent 50.0"


def test_bars_are_in_proportion_and_the_strip_runs_from_the_lowest_to_the_highest(crime: Result) -> None:
    html = shown(ranked_bars, by_hand(crime, BY_HAND, national=-50.0), "kent")
    assert [places(row) for row in html.find_all("li")[:3]] == [
        {"a": 50, "w": 50, "m": 50},
        {"a": 50, "w": 40, "m": 50},
        {"a": 50, "w": 30, "m": 50},
    ]
    assert places(html.select_one("li.national")) == {"a": 0, "w": 50, "m": 50}
    assert html.select_one(".strip path.own")["d"] == "M600 0v1"  # type: ignore[index]
    assert html.select_one(".strip path.national")["d"] == "M0 0v1"  # type: ignore[index]
    assert "All seven forces, a line each" in words(html.select_one(".strip"))
    assert html.select_one(".strip path:not([class])")["d"].count("M") == 5  # type: ignore[index]


def test_a_force_without_a_value_or_out_of_the_figure_says_why_beside_the_range(crime: Result) -> None:
    missing = shown(change_strip, by_hand(crime, BY_HAND), "suffolk")
    assert lines(missing) == ["Suffolk [x] Gave none", "England and Wales 25.0"]
    assert words(missing.select_one(".ends")) == "Lowest: Cumbria 5.0 Highest: Kent 50.0"
    assert not missing.select(".at.own")
    left_out = shown(ranked_bars, by_hand(crime, BY_HAND, left_out={"kent": "Counts another way"}), "kent")
    assert lines(left_out)[0] == "Kent Not in the figure: Counts another way"
    assert "Highest: Essex 40.0" in words(left_out.select_one(".ends"))
    assert "50.0" not in words(left_out.select_one(".narrow"))


def test_several_picked_forces_each_have_their_neighbours(crime: Result) -> None:
    html = shown(ranked_bars, by_hand(crime, {**BY_HAND, "gwent": 4.0, "devon-and-cornwall": 3.0}), ["kent", "gwent"])
    told = ["Kent 50.0", "Essex 40.0", None, "…", "Sussex 10.0", "Cumbria 5.0", "Gwent 4.0", "Devon and Cornwall 3.0"]
    assert [one for one, two in zip(lines(html), told, strict=False) if two] == [one for one in told if one]
    assert [words(one) for one in html.select("li.own span")] == ["Kent", "Gwent"]
    nobody = shown(ranked_bars, by_hand(crime, BY_HAND))
    assert lines(nobody) == ["England and Wales 25.0"]
    assert nobody.select_one(".strip")


def test_few_forces_need_no_strip_and_a_missing_national_value_no_row(crime: Result) -> None:
    html = shown(ranked_bars, by_hand(crime, {"norfolk": 20.0}, national=math.nan), "norfolk")
    assert lines(html) == ["Norfolk 20.0"]
    assert not html.select(".strip")


def test_chosen_forces_have_their_intervals(crime: Result) -> None:
    told = lines(shown(compared_bars, crime, ["norfolk", "kent"]))
    assert told == [
        "Kent 76.3 95% interval 75.9 to 76.7",
        "Norfolk 58.9 95% interval 58.4 to 59.4",
        "England and Wales 76.4 95% interval 76.3 to 76.4",
    ]


def test_a_funnel_has_the_forces_next_in_size_with_the_limits_at_their_size(crime: Result, edition: Edition) -> None:
    asb = compare(calculate(open_data().measure("asb_incidents_per_1000"), edition))
    html = shown(funnel_plot, asb, "norfolk")
    assert [line.split(" Population")[0] for line in lines(html)] == [
        "Derbyshire 39.9", "Humberside 21.1", "Norfolk 23.6", "Cambridgeshire 28.6", "North Yorkshire 36.5",
        "England and Wales 30.8",
    ]  # fmt: skip
    assert "outside the limits" not in words(html.select_one("ul"))
    own = places(html.select_one("li.own"))
    assert own["a"] < own["m"] < own["a"] + own["w"]
    assert "outside the limits" in words(shown(funnel_plot, asb, "cleveland").select_one("li.own"))
    charged = compare(calculate(open_data().measure("outcome_charged_pct"), edition))
    assert lines(shown(funnel_plot, charged, "suffolk"))[1:] == ["England and Wales 11.5%"]


def test_a_line_stops_at_a_break_and_says_its_ends_since(edition: Edition) -> None:
    asb = rolling(calculate(open_data().measure("asb_incidents_per_1000"), edition))
    html = shown(trend_lines, asb, "norfolk")
    assert lines(html) == [
        "Norfolk 23.6 12 months to 31 March 2017; 12 months to 31 March 2012: 44.2",
        "England and Wales 30.8 12 months to 31 March 2017; 12 months to 31 March 2012: 48.5",
    ]
    assert html.select_one("path.own")["d"].count("M") == 2  # type: ignore[index]
    assert words(html.select_one(".ends")) == "2008 2017"
    assert "upright line: new approach to recording" in words(html.p)
    drawing = html.svg
    assert drawing
    assert drawing["role"] == "img"
    assert words(drawing.title) == "Lines of Norfolk and of England and Wales"


def test_quarters_have_their_limits_and_a_dot_a_signal() -> None:
    result = calculate(open_data().measure("crime_per_1000"), open_data().edition("2025"))
    free = season_free(quarterly(result))
    html = shown(quarter_lines, free, "norfolk")
    assert "mean 16.4, limits 14.7 to 18.1" in lines(html)[0]
    signals = quarter_lines(free, "norfolk").data["signals"]
    assert html.select_one("path.marked")["d"].count("M") == (signals != "").sum()  # type: ignore[index]


def test_groups_of_outcomes_have_both_shares_and_one_that_is_not_known_a_mark() -> None:
    own = Stack("Kent", (Segment("Charged", 20, "20.0%", 1), Segment("Caution", 0.01, "0.0%", 2)))
    national = Stack("England and Wales", (Segment("Caution", 5, "5.0%", 2), Segment("Other", 40, "40.0%", 3)))
    html = shown(spread_bars, [own, national])
    assert lines(html) == [
        "Charged 20.0% England and Wales [x]",
        "Caution 0.0% England and Wales 5.0%",
        "Other [x] England and Wales 40.0%",
    ]
    assert [places(row) for row in html.find_all("li")] == [
        {"a": 0, "w": 50},
        {"a": 0, "w": 0, "m": 12.5},
        {"m": 100},
    ]
    assert lines(shown(spread_bars, [national])) == ["Caution 5.0%", "Other 40.0%"]


def test_all_measures_have_value_gap_and_place_in_the_range(results: dict[str, Result]) -> None:
    html = shown(spine_chart, spine_of(results.values()), "norfolk")
    assert "Crimes recorded per 1,000 population 58.9 England and Wales 76.4: 23% below" in lines(html)
    charged = html.find("span", string="Charged or summonsed")
    assert charged
    row = places(charged.parent)
    assert row["a"] < 50 < row["m"] < row["a"] + row["w"] == 100
    without = shown(spine_chart, spine_of(results.values()), "suffolk")
    assert "Charged or summonsed [x] England and Wales 11.5%" in lines(without)


def test_names_are_text_and_forms_are_small(results: dict[str, Result], crime: Result) -> None:
    own = Stack("<b>Kent</b>", (Segment("<script>", 20, "20.0%", 1),))
    html = narrow_form(spread_bars, [own])
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "&lt;b&gt;Kent&lt;/b&gt;" in html
    every = [narrow_form(ranked_bars, crime, one) for one in ("norfolk", "devon-and-cornwall", "city-of-london")]
    every += [narrow_form(spine_chart, spine_of(results.values()), "norfolk")]
    assert max(len(one.encode()) for one in every) < LONGEST
    assert all(one.strip().startswith('<div class="narrow') and " hidden>" in one for one in every)
