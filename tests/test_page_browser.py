import io
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from accessibility import ROWS_ALIKE, UNFOLD, violations
from conftest import Page as Report
from conftest import later
from pypdf import PdfReader

from peel_analysis.figures.narrow import Row
from peel_analysis.show.templates import piece, style_sheet

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NARROW = {"width": 320, "height": 640}
# Without these, the browser itself calls home at every start.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("no chromium: .ci/run must install it")
        pytest.skip("no chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        running.close()


def opened(browser: Any, report: Report, requests: list[str] | None = None, **settings: Any) -> Any:
    tab = browser.new_context(**settings).new_page()
    if requests is not None:
        tab.on("request", lambda request: requests.append(request.url))
    tab.goto(report.path.as_uri(), wait_until="load")
    return tab


DARK: dict[str, Any] = {"color_scheme": "dark"}
OWN_COLOURS: dict[str, Any] = {"forced_colors": "active"}


# A look changes colours, and a width places: test_site_browser.py has other pairs, and more pages
@pytest.mark.parametrize(
    ("width", "look"),
    [(1280, {}), *later((320, {}), (1280, DARK), (320, OWN_COLOURS))],
    ids=str,
)
def test_axe_finds_no_violation(browser: Any, norfolk: Report, width: int, look: dict[str, Any]) -> None:
    tab = opened(browser, norfolk, viewport={"width": width, "height": 900}, **look)
    assert violations(tab) == []


def test_axe_finds_what_is_wrong_also_in_a_row_that_is_not_like_the_others(browser: Any) -> None:
    tab = browser.new_page()
    alike = "".join(f'<li style="--m:{length}">Words</li>' for length in ("0.9", "12", "7", "8", "9"))
    tab.set_content(f'<html><ul>{alike}<li style="color:#ccc">Pale</li><li><img src="data:,"></li></ul></html>')
    found = {one.partition(":")[0] for one in violations(tab)}
    assert {"image-alt", "color-contrast", "html-has-lang"} <= found
    assert tab.locator("[data-like-others]").count() == 5 - ROWS_ALIKE


def test_page_fits_a_narrow_screen(browser: Any, norfolk: Report) -> None:
    tab = opened(browser, norfolk, viewport=NARROW)
    tab.evaluate(UNFOLD)
    assert tab.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_on_a_narrow_screen_rows_stand_for_the_drawings_with_bars_in_proportion(browser: Any, norfolk: Report) -> None:
    tab = opened(browser, norfolk, viewport=NARROW)
    tab.evaluate(UNFOLD)
    drawings, forms = tab.locator("img.drawing"), tab.locator(".narrow")
    assert drawings.count() == forms.count() > 8
    assert [drawings.nth(number).is_visible() for number in range(drawings.count())] == [False] * drawings.count()
    assert [forms.nth(number).is_visible() for number in range(forms.count())] == [True] * forms.count()
    scrolled = tab.evaluate(
        "[...document.querySelectorAll('main *')].filter(one => one.scrollWidth > one.clientWidth + 1"
        " && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)).map(one => one.className)"
    )
    assert set(scrolled) == {"table-frame"}, "tables alone scroll sideways, and the keyboard reaches them"
    bars = tab.evaluate(
        "[...document.querySelectorAll('#figure-crime_per_1000 .bars li')].map(one => [parseFloat(one.children[1]"
        ".textContent), parseFloat(getComputedStyle(one.querySelector('i'), '::before').width)])"
    )
    assert len(bars) == 6
    assert all(abs(width / value - bars[0][1] / bars[0][0]) < 0.01 * width / value for value, width in bars)
    assert tab.locator("#figure-crime_per_1000 .bars").bounding_box()["width"] <= NARROW["width"] - 2 * 16
    tab.emulate_media(media="print")
    assert drawings.first.is_visible()
    assert not forms.first.is_visible()
    tab.emulate_media(media="screen")
    tab.set_viewport_size({"width": 1280, "height": 900})
    assert drawings.first.is_visible()
    assert not forms.first.is_visible()


def test_on_a_narrow_screen_a_value_that_is_missing_has_no_mark(browser: Any) -> None:
    tab = browser.new_context(viewport=NARROW).new_page()
    rows = [Row("There", "1.0", places={"a": 0, "w": 9, "m": 5}), Row("Missing", "[x]", places={"a": 0, "w": 9})]
    tab.set_content(f"<body class='peel-page'><style>{style_sheet()}</style>{piece('narrow', 'spine', 'About', rows)}")
    marks = "[...document.querySelectorAll('i')].map(one => getComputedStyle(one, '::after').display)"
    assert tab.evaluate(marks) == ["block", "none"]


def test_page_asks_for_nothing_from_elsewhere(browser: Any, norfolk: Report) -> None:
    requests: list[str] = []
    opened(browser, norfolk, requests)
    assert requests
    assert [url[:80] for url in requests if not url.startswith(("file:", "data:"))] == []


def test_pictures_are_drawn(browser: Any, norfolk: Report) -> None:
    tab = opened(browser, norfolk)
    sizes = tab.evaluate("[...document.images].map(one => [one.complete, one.naturalWidth, one.clientHeight])")
    assert sizes
    assert [size for size in sizes if not (size[0] and size[1] > 0 and size[2] > 50)] == []


def test_findings_and_notes_print_whole_and_what_else_is_folded_does_not(browser: Any, norfolk: Report) -> None:
    tab = opened(browser, norfolk, java_script_enabled=False)
    assert tab.locator("details[open]").count() == 0
    tab.emulate_media(media="print")
    for kind, within in {"findings": "p", "more-notes": "li"}.items():
        there = [one.is_visible() for one in tab.locator(f"details.{kind} {within}").all()]
        assert len(there) > 3, kind
        assert sum(there) > len(there) / 2, f"{kind}: all but those of figures that stay folded"
    for kind in ("data", "further"):
        assert not tab.locator(f"details.{kind} table, details.{kind} figure").first.is_visible()
    assert tab.locator("details.caveats summary").first.is_visible(), "the cautions themselves are in the annex"
    assert tab.locator("details.not-public summary").first.is_visible(), "that there is no figure is said on paper too"
    assert not tab.locator("details.not-public .tile").first.is_visible()


def printed(browser: Any, report: Report) -> list[str]:
    """Return the texts of the pages that a browser prints of a report."""
    content = opened(browser, report).pdf(prefer_css_page_size=True)
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


SHORT_AND_LONG = ["norfolk", *later("suffolk", "city-of-london")]


@pytest.mark.parametrize("page", SHORT_AND_LONG, indirect=True)
def test_a_report_prints_on_10_to_20_pages_each_with_something_to_read(browser: Any, page: Report) -> None:
    texts = printed(browser, page)
    assert 10 <= len(texts) <= 20
    assert [number for number, text in enumerate(texts, start=1) if len(text) < 500] == []


def test_norfolk_prints_with_a_running_head_on_each_page_and_a_cover(browser: Any, norfolk: Report) -> None:
    texts = printed(browser, norfolk)
    for number, text in enumerate(texts, start=1):
        assert text.count(f"Page {number} of {len(texts)}") == 1
    assert "Not a publication of HMICFRS" not in texts[0], "the cover says it in full"
    for said in ("This is not a publication of HMICFRS", "Norfolk Constabulary", "Outstanding (2016)", "Good (2017)"):
        assert said in texts[0]
    for text in texts[1:]:
        assert "Norfolk Constabulary – PEEL: Police effectiveness 2017" in text
        assert "Not a publication of HMICFRS" in text


def test_the_first_screen_says_what_the_page_is_the_grades_and_what_stands_out(browser: Any, norfolk: Report) -> None:
    tab = opened(browser, norfolk, viewport={"width": 1280, "height": 900})
    for words in ("not a publication of HMICFRS", "Overall effectiveness 2017", "What stands out", "Figure 8"):
        box = tab.get_by_text(words).first.bounding_box()
        assert box, words
        assert box["y"] + box["height"] <= 900, words


def test_norfolk_takes_at_most_20_screens_and_6_000_words(browser: Any, norfolk: Report) -> None:
    tab = opened(browser, norfolk, viewport={"width": 1280, "height": 900})
    assert tab.evaluate("document.documentElement.scrollHeight") <= 20 * 900
    assert tab.evaluate("document.body.innerText.split(/\\s+/).length") <= 6_000


def test_page_is_whole_without_scripts(browser: Any, norfolk: Report) -> None:
    tab = opened(browser, norfolk, java_script_enabled=False)
    assert tab.locator("h1").inner_text() == "Norfolk Constabulary"
    assert tab.locator("section.report-section:visible").count() == len(norfolk.notebooks) - 1, (
        "the annex is a page of its own"
    )
    tab.locator("details.data summary").first.click()
    assert tab.locator("details.data table").first.is_visible()


def test_the_skip_link_comes_first_and_leads_to_the_report(browser: Any, norfolk: Report) -> None:
    tab = opened(browser, norfolk)
    tab.keyboard.press("Tab")
    focused = tab.evaluate("[document.activeElement.textContent, document.activeElement.getAttribute('href')]")
    assert focused == ["Skip to the report", "#report"]


def styled(tab: Any, selector: str, setting: str) -> str:
    return str(tab.evaluate("([one, set]) => getComputedStyle(document.querySelector(one))[set]", [selector, setting]))


def test_a_page_is_dark_on_a_dark_screen_and_light_on_paper(browser: Any, norfolk: Report) -> None:
    light, dark = "rgb(255, 255, 255)", "rgb(20, 24, 27)"
    tab = opened(browser, norfolk)
    assert styled(tab, "body", "backgroundColor") == light
    tab = opened(browser, norfolk, **DARK)
    assert styled(tab, "body", "backgroundColor") == dark
    assert styled(tab, "html", "colorScheme") == "dark"
    tab.emulate_media(media="print", color_scheme="dark")
    assert styled(tab, "body", "backgroundColor") == light
    assert styled(tab, "html", "colorScheme") == "light"


def test_a_notebook_keeps_the_colours_of_its_theme_in_the_dark(browser: Any) -> None:
    tab = browser.new_context(**DARK).new_page()
    tab.set_content(f"<body><style>{style_sheet()}</style><div><p class='reading'>Words</p></div></body>")
    assert styled(tab, "html", "colorScheme") == "normal"
    assert tab.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ground')") == "#fff"


def test_what_a_ground_says_has_a_border_in_colours_of_the_reader_s_own(browser: Any, norfolk: Report) -> None:
    tab = opened(browser, norfolk, **OWN_COLOURS)
    for selector in ("tr.own-force > td", ".tile", ".grades div", ".judgment"):
        for side in ("Top", "Bottom"):
            assert styled(tab, selector, f"border{side}Style") == "solid", selector
            assert styled(tab, selector, f"border{side}Width") not in ("", "0px"), selector
    assert styled(tab, "tr.own-force > td", "borderTopWidth") == "2px", "other rows have a line of one"
    assert styled(tab, ".drawing", "forcedColorAdjust") == "none"
