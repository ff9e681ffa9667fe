"""A drawing made small looks as matplotlib wrote it, says the same words, and has colours for a dark screen."""

import io
import re
from base64 import b64encode
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from bs4 import BeautifulSoup
from conftest import later
from PIL import Image
from test_page_browser import browser  # noqa: F401 (a fixture)

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.data.folder import open_data
from peel_analysis.figures import (
    as_svg,
    change_strip,
    funnel_plot,
    ranked_bars,
    spine_chart,
    spine_of,
    spread_bars,
    trend_lines,
)
from peel_analysis.figures.compact import GROUND, INK, ON_DARK, _path, compact
from peel_analysis.figures.figure import Figure, as_drawn
from peel_analysis.measures import Result, rolling
from peel_analysis.measures.outcome_groups import outcomes_of, spread_in
from peel_analysis.sections.outcomes import stacks
from peel_analysis.show.pictures import drawing_at, picture, place_of_drawing

FORCE = "norfolk"
SMALLER = 2.7  # times, the smallest of the drawings; the largest are more than four times smaller
CLOSE = 48  # of 255: by how much a point of a letter's edge may differ


@cache
def real(measure_id: str) -> Result:
    return measures.calculate(open_data().measure(measure_id), open_data().edition("2017"))


def spread() -> Figure:
    outcomes = outcomes_of(open_data().edition("2017"))
    return spread_bars(stacks(spread_in(outcomes, FORCE)))


def spine() -> Figure:
    results = measures.calculate_all(open_data().edition("2017"))
    return spine_chart(spine_of(results), FORCE)


KINDS: dict[str, Callable[[], Figure]] = {
    "ranked": lambda: ranked_bars(real("outcome_charged_pct"), FORCE),
    "strip": lambda: change_strip(real("crime_change_12m"), FORCE),
    "funnel": lambda: funnel_plot(compare(real("asb_incidents_per_1000")), FORCE),
    "trend": lambda: trend_lines(rolling(real("crime_per_1000")), FORCE),
    "spread": spread,
    "spine": spine,
}
each_kind = pytest.mark.parametrize("kind", ["ranked", *later(*list(KINDS)[1:])])


@cache
def both(kind: str) -> tuple[str, str]:
    figure = KINDS[kind]()
    return as_drawn(figure), as_svg(figure)


def texts(svg: str) -> list[str]:
    return [text.get_text() for text in BeautifulSoup(svg, "html.parser").find_all("text")]


@each_kind
def test_a_drawing_is_smaller_and_says_the_same_words_in_their_order(kind: str) -> None:
    whole, small = both(kind)
    assert len(small) * SMALLER < len(whole)
    assert len(small) < 13_000
    assert texts(small) == texts(whole) != []
    assert compact(whole) == small


def test_a_drawing_stands_in_an_address_as_it_is() -> None:
    svg = as_svg(ranked_bars(real("crime_per_1000"), FORCE))
    html = str(picture(svg, 'Clare\'s "law" & more'))
    assert drawing_at(html, place_of_drawing(html)) == svg
    assert len(html) < 1.04 * len(svg), "in base64 it would be a third longer"


def test_points_on_a_line_and_dots_are_not_written_one_by_one() -> None:
    line = " ".join(f"L {place} {100 + place / 250}" for place in range(1, 100))
    bent = "M 0 0 L 10 0 L 5 0"
    dots = " ".join(
        f"M {x} 1 C {x} 1.55 {x - 0.45} 2 {x - 1} 2 C {x - 1.55} 2 {x - 2} 1.55 {x - 2} 1 "
        f"C {x - 2} 0.45 {x - 1.55} 0 {x - 1} 0 C {x - 0.45} 0 {x} 0.45 {x} 1 z"
        for x in (2, 8)
    )
    assert _path(f"M 0 100 {line}", "fill:none") == ("M0 100l99 .4", "fill:none")
    assert _path(bent, "") == ("M0 0h10h-5".replace("h-", "-"), ""), "a line that turns back is as long as it was"
    assert _path(dots, "fill:#3d3d3d;stroke:#3d3d3d;stroke-width:1.0")[0] in ("M1 1h0M7 1h0", dots)


@each_kind
def test_what_is_referred_to_is_there_and_nothing_else_is_named(kind: str) -> None:
    small = both(kind)[1]
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', small)) == set(re.findall(r' id="([^"]+)"', small))
    assert set(re.findall(r' class="([^"]+)"', small)) == set(re.findall(r"[>}]\.([a-z]+)\{", small))
    assert "<metadata" not in small


@pytest.mark.browser
@each_kind
def test_a_small_drawing_looks_the_same(kind: str, browser: Any) -> None:  # noqa: F811
    whole, small = (pixels(browser, svg) for svg in both(kind))
    assert whole.shape == small.shape
    differing = (np.abs(whole - small).max(axis=2) > CLOSE).mean()
    assert differing < 0.002, "letters whose base line lies between two points may move by one"
    dark = pixels(browser, both(kind)[1], color_scheme="dark")
    assert np.abs(dark[-3, 0] - rgb(GROUND)).max() <= 3, "a row may be a part of a pixel"
    assert tuple(small[-3, 0]) == (255, 255, 255)


def pixels(browser: Any, svg: str, **settings: Any) -> Any:  # noqa: F811
    tab = browser.new_page(viewport={"width": 760, "height": 400}, device_scale_factor=2, **settings)
    source = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    tab.set_content(f'<body style="margin: 0"><img style="width: 760px" src="{source}">')
    tab.wait_for_function("document.images[0].complete")
    picture = tab.locator("img").screenshot()
    tab.close()
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), dtype=int)


@each_kind
def test_every_colour_has_one_for_dark_screens(kind: str) -> None:
    assert set(re.findall(r"#[0-9a-f]{6}\b", both(kind)[0])) <= set(ON_DARK)


def test_colours_on_a_dark_screen_can_be_told_from_its_ground() -> None:
    words = ("#0b0c0c", "#1a1a1a", "#12436d", "#801650", "#5c5c5c", "#3d3d3d")
    assert all(contrast(ON_DARK[colour], GROUND) >= 4.5 for colour in words)
    assert contrast(INK, GROUND) >= 4.5
    marks = ("#12436d", "#801650", "#f46a25", "#28a197", "#5c5c5c")
    assert all(contrast(ON_DARK[colour], GROUND) >= 3 for colour in marks)
    assert contrast(ON_DARK["#5c5c5c"], ON_DARK["#bfbfbf"]) >= 3, "the outline of a bar, against its filling"


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        shares = (part / 255 for part in rgb(colour))
        red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def around(body: str) -> str:
    head = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f'{head} width="9pt" height="9pt" viewBox="0 0 9 9">{body}</svg>'


def test_a_path_goes_from_point_to_point_in_hundredths() -> None:
    bar = compact(
        around('<g><path d="M 1.004 2 \nL 4.506 2 \nL 4.506 0.996 \nL 1.004 0.996 \nz\n" style="fill: none"/></g>')
    )
    assert '<path class="a" d="M1 2h3.51v-1h-3.51z"/>' in bar
    line = compact(around('<path d="M 0 0 \nL 1 -1 \nL 2.5 3 \nM 5 5 \nC 1 2 3 4 6 4.25 \n"/>'))
    assert '<path d="M0 0l1-1 1.5 4M5 5c-4-3-2-1 1-.75"/>' in line


def test_many_steps_do_not_drift() -> None:
    steps = "".join(f"L {place * 0.333333:.6f} {place * 0.777777:.6f} " for place in range(1, 400))
    path = re.findall(r' d="M0 0l([^"]+)"', compact(around(f'<path d="M 0 0 {steps}"/>')))[0]
    numbers = np.array([float(number) for number in re.findall(r"-?[\d.]+", path)]).reshape(-1, 2)
    assert numbers.sum(axis=0).tolist() == pytest.approx([133.0, 310.33], abs=0.0051)


def test_a_circle_is_two_arcs_and_another_closed_curve_is_not() -> None:
    quarter, r = 0.5522847, 2.0
    k = quarter * r
    ends = [(r, k, k, r, 0, r), (-k, r, -r, k, -r, 0), (-r, -k, -k, -r, 0, -r), (k, -r, r, -k, r, 0)]
    for end, arcs in ((r, True), (r + 0.5, False)):
        curves = "".join(f"C {' '.join(map(str, numbers))} " for numbers in [*ends[:-1], (k, -r, r, -k, end, 0)])
        written = compact(around(f'<path d="M {end} 0 {curves}z"/>'))
        assert ('d="M-2 0a2 2 0 1 0 4 0a2 2 0 1 0 -4 0z"' in written) == arcs


def test_a_mark_that_is_cut_to_an_area_is_not_moved_with_it() -> None:
    area = '<defs><clipPath id="p1"><rect x="0" y="0" width="9" height="9"/></clipPath></defs>'
    mark = '<defs><path id="m1" d="M 0 0 L 1 1" style="stroke: #000000"/></defs>'
    used = '<g clip-path="url(#p1)"><use xlink:href="#m1" x="8.123456" y="8" style="stroke: #000000"/></g>'
    written = compact(around(mark + area + used))
    assert '<g class="a" clip-path="url(#b)"><use href="#a" x="8.12" y="8"/></g>' in written


def test_words_stay_as_they_are_whatever_signs_they_hold() -> None:
    said = "a &lt;b&gt; &amp; #c)"
    text = f'<text style="font-size: 9px; text-anchor: end" x="1" y="2" transform="rotate(-0 1 2)">{said}</text>'
    turned = '<text style="font-size: 9px; text-anchor: start" x="1" y="2" transform="rotate(-90 1.23456 2)">up</text>'
    written = compact(around(text + turned))
    assert f'x="1" y="2">{said}</text>' in written
    assert 'transform="rotate(-90 1.23 2)">up</text>' in written
    assert "text{font-size:9px}" in written


def test_a_colour_of_the_analyst_s_own_is_kept_on_a_dark_screen() -> None:
    written = compact(around('<path d="M 0 0 L 1 1" style="stroke: #123456"/>'))
    assert ".a{stroke:#123456}" in written.partition("@media")[2]
