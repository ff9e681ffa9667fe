"""The pages of measures over all forces: what map, bars, table and file say is what values.csv says."""

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from accessibility import violations
from bs4 import BeautifulSoup, Tag
from conftest import shared_folder_of_run
from test_page_browser import NARROW, browser

from peel_analysis.data.folder import open_data
from peel_analysis.data.text import shown
from peel_analysis.show.values import as_csv, values
from peel_analysis.site import Site, make_site, tile_map
from peel_analysis.site.make import PAGES_OVER_EDITIONS, method_page
from peel_analysis.site.measure_pages import map_page, measure_pages

__all__ = ["browser"]
EDITIONS = ("2017", "2019", "2025")
TRACED = ("crime_per_1000", "crime_change_5y", "outcome_charged_pct", "officers_per_1000")
LARGEST_PAGE, LARGEST_EDITION = 120_000, 5_000_000  # bytes


def _make(folder: Path) -> None:
    data = open_data()
    for edition in map(data.edition, EDITIONS):
        site = Site(folder, data, (edition,))
        for maker in (map_page, measure_pages, method_page):
            for path, text in maker(site, edition):
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with all pages of measures, of maps and of methods."""
    return shared_folder_of_run(tmp_path_factory, "measure-pages", _make)


def html_of(pages: Path, path: str) -> BeautifulSoup:
    return BeautifulSoup((pages / path).read_text(encoding="utf-8"), "html.parser")


def rows_of(edition_id: str, measure_id: str) -> dict[str, dict[str, str]]:
    """The measure's rows of values.csv, by force."""
    data = open_data()
    text = as_csv(values(data.edition(edition_id), [data.measure(measure_id)]))
    return {row["force_id"]: row for row in csv.DictReader(io.StringIO(text))}


def as_told(measure_id: str, number: str) -> str:
    measure = open_data().measure(measure_id)
    return shown(float(number), measure.decimals, percent=measure.is_percent, signed=measure.kind == "change")


def words(tag: Tag | None) -> str:
    assert tag is not None
    return " ".join(tag.get_text(" ").split())


def tiles_of(page: BeautifulSoup) -> dict[str, Tag]:
    return {str(link["href"]).partition("#row-")[2]: link for link in page.select(".tile-map a")}


def without_mark(text: str) -> str:
    return text.partition(" [")[0]


@pytest.mark.parametrize("edition_id", EDITIONS)
@pytest.mark.parametrize("measure_id", TRACED)
def test_map_bars_table_and_file_say_what_the_values_file_says(pages: Path, edition_id: str, measure_id: str) -> None:
    rows, page = rows_of(edition_id, measure_id), html_of(pages, f"{edition_id}/measures/{measure_id}.html")
    tiles = tiles_of(page)
    bars = {str(one["data-force"]): one for one in page.select(".compared li")}
    table = {str(one["id"]).removeprefix("row-"): one for one in page.select("#table tr[id]")}
    assert len(tiles) == 43
    assert set(bars) == set(table) == set(rows) == {*tiles, "england-and-wales"}
    for force_id, row in rows.items():
        in_table = without_mark(words(table[force_id].find("td")))
        if not row["value"]:
            assert in_table.startswith("[") or in_table == ""
            continue
        told = as_told(measure_id, row["value"])
        assert in_table == told
        if row["in_figure"] == "True":
            assert without_mark(words(bars[force_id].select_one(".bar-value")).partition(" , 95%")[0]) == told
            if row["lower_95"]:
                limits = " to ".join(as_told(measure_id, row[name]) for name in ("lower_95", "upper_95"))
                assert words(bars[force_id].select_one(".bar-interval")).endswith(limits)
            if force_id in tiles:
                assert without_mark(words(tiles[force_id].select_one(".tile-figure"))) == told
        elif force_id in tiles:
            assert words(tiles[force_id].select_one(".tile-figure")) == "[x]"
    with (pages / f"{edition_id}/measures/{measure_id}.csv").open(encoding="utf-8") as file:
        assert {row["force_id"]: row for row in csv.DictReader(file)} == rows
    national = rows["england-and-wales"]
    assert as_told(measure_id, national["value"]).lstrip("+-") in words(page.select_one(".lede"))


def test_a_fifth_holds_a_fifth_of_the_forces_and_values_shown_alike_share_it() -> None:
    result = SimpleNamespace(measure=SimpleNamespace(decimals=1), plotted=None)
    import pandas as pd

    held = pd.DataFrame({"value": [1.04, 0.96, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0]}, index=list("abcdefghij"))
    result.plotted = held
    assert tile_map.fifths(result) == {  # type: ignore[arg-type]
        "a": 1, "b": 1, "c": 2, "d": 2, "e": 3, "f": 3, "g": 4, "h": 4, "i": 5, "j": 5,
    }  # fmt: skip
    held.loc["c", "value"] = 1.0  # a third that is shown as 1.0 stays with the first two
    assert [force for force, fifth in tile_map.fifths(result).items() if fifth == 1] == ["a", "b", "c"]  # type: ignore[arg-type]


@pytest.mark.parametrize("edition_id", EDITIONS)
def test_the_colour_of_a_tile_is_told_by_marks_and_words_too(pages: Path, edition_id: str) -> None:
    page = html_of(pages, f"{edition_id}/measures/crime_per_1000.html")
    rows, style = rows_of(edition_id, "crime_per_1000"), words(page.find("style"))
    highest: Mapping[int, list[float]] = {fifth: [] for fifth in range(1, 6)}
    for force_id, tile in tiles_of(page).items():
        kind = str(tile["class"][0])
        fifth = int(kind.removeprefix("fifth-"))
        assert re.search(rf"\.{kind} ?{{ ?--marks: ?{fifth};? ?}}", style)
        assert words(tile).endswith(f"fifth {fifth} of 5")
        highest[fifth].append(float(rows[force_id]["value"]))
    sizes = [len(held) for held in highest.values()]
    assert sum(sizes) == 43
    assert all(7 <= size <= 10 for size in sizes), "values that are shown alike stay together"
    for lower, upper in zip(list(highest)[:-1], list(highest)[1:], strict=True):
        assert max(highest[lower]) <= min(highest[upper])
    key = [words(one) for one in page.select(".map-key li")]
    for fifth, told in zip(highest, key, strict=False):
        ends = [as_told("crime_per_1000", str(end)) for end in (min(highest[fifth]), max(highest[fifth]))]
        assert told.replace(" [e]", "") == f"{fifth}: {ends[0]} to {ends[1]} ({len(highest[fifth])} forces)"


def test_a_force_that_no_figure_draws_is_on_the_map_with_its_reason(pages: Path) -> None:
    page = html_of(pages, "2017/measures/outcome_charged_pct.html")
    reason = "Left out as published: was moving to Athena"
    assert words(tiles_of(page)["suffolk"]) == f"Suffolk Suff [x] , {reason}"
    assert words(page.select(".map-key li")[-1]) == f"[x] Suffolk: {reason}"
    bar = page.select_one('.compared li[data-force="suffolk"]')
    assert bar is not None
    assert bar.select_one(".bar-frame") is None
    assert words(bar) == f"Suffolk [x] {reason}"


@pytest.mark.parametrize(
    ("edition_id", "measure_id", "reason"),
    [
        ("2017", "calls_per_1000", "Forces gave these figures to HMICFRS in the 2017 data return"),
        ("2019", "calls_per_1000", "no data return is held for this edition"),
        ("2025", "asb_incidents_per_1000", "ends with the 12 months to 31 March 2019"),
        ("2025", "ipsos_public_survey", "No survey is held for this edition"),
    ],
)
def test_a_measure_without_values_says_why_in_one_line(
    pages: Path, edition_id: str, measure_id: str, reason: str
) -> None:
    page = html_of(pages, f"{edition_id}/measures/{measure_id}.html")
    assert reason in words(page.select_one(".lede"))
    assert not page.select(".tile-map, .compared, #compare, #table, #files, .drawing")


def test_a_figure_of_one_force_is_told_and_not_mapped(pages: Path) -> None:
    page = html_of(pages, "2017/measures/da_arrest_rate.html")
    assert words(page.select_one(".not-drawn")) == (
        "There is no map and no comparison, because only one force has a public value."
    )
    assert "Norfolk Constabulary made 57.7 arrests" in words(page.select_one(".reading"))
    assert not page.select(".tile-map, .compared")


@pytest.mark.parametrize("edition_id", EDITIONS)
def test_the_map_and_the_index_lead_to_every_measure(pages: Path, edition_id: str) -> None:
    ids = set(open_data().measures.ids)
    index = html_of(pages, f"{edition_id}/measures/index.html")
    assert {str(a["href"]).partition(".html")[0] for a in index.select("main a")} == ids
    page = html_of(pages, f"{edition_id}/map.html")
    listed = {str(a["href"]) for a in page.select("main a") if "#row-" not in str(a["href"])}
    assert {one.removeprefix("measures/").partition(".html")[0] for one in listed} == ids
    assert set(tiles_of(page)) == set(open_data().forces.ids)
    for address in (str(a["href"]) for a in page.select(".tile-map a")):
        path, _, row = address.partition("#")
        assert html_of(pages, f"{edition_id}/{path}").find(id=row) is not None
        break  # the rows of one page are the same ids: the tracing test finds all 43
    assert words(page.h1) == "Map of forces"


@pytest.mark.parametrize("edition_id", EDITIONS)
def test_the_method_page_is_made_of_what_the_annex_is_made_of(pages: Path, edition_id: str) -> None:
    page, edition = html_of(pages, f"{edition_id}/method.html"), open_data().edition(edition_id)
    text = words(page.main)
    for sentence in edition.data.policy.sentences():
        assert " ".join(sentence.split()) in text
    for row in edition.sources():
        assert row["title"] in text
    for measure in edition.data.measures:
        assert measure.kind == "survey" or measure.title in text
    assert [one["id"] for one in page.select("main section")] == [
        "higher-and-lower", "definitions", "populations", "exclusions", "cautions", "sources", "marks",
    ]  # fmt: skip


def test_pages_are_small(pages: Path) -> None:
    for edition_id in EDITIONS:
        files = [one for one in (pages / edition_id).rglob("*") if one.is_file()]
        assert [one for one in files if one.suffix == ".html" and one.stat().st_size > LARGEST_PAGE] == []
        assert sum(one.stat().st_size for one in files) < LARGEST_EDITION


def test_what_changed_is_told_once_for_each_two_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the site's banner and ways; and made again only when the data or the package are others."""
    compared = []

    def told(a: Any, b: Any) -> SimpleNamespace:
        compared.append(f"{a.name} to {b.name}")
        return SimpleNamespace(a=a, b=b)

    def shown_of(changes: SimpleNamespace) -> dict[str, object]:
        names = ("refused", "most", "came_and_went", "sentences", "verdicts", "measures", "remarks", "order")
        title, sides = f"What moved: {changes.a.name} to {changes.b.name}", (changes.a, changes.b)
        return {
            "title": title,
            "summary": "0 values compared",
            "sides": {
                side: SimpleNamespace(name=one.name, edition=None) for side, one in zip("AB", sides, strict=True)
            },
            **dict.fromkeys(names, ()),
        }

    monkeypatch.setattr("peel_analysis.changes.changes_between", told)
    monkeypatch.setattr("peel_analysis.changes.output.on_page", shown_of)
    site = Site(tmp_path, open_data(), (), key="a" * 64)
    make_site(site)
    make_site(site)
    assert compared == ["2017 to 2019", "2019 to 2025"]
    (path,) = PAGES_OVER_EDITIONS
    listed = html_of(tmp_path, path)
    addresses = [str(a["href"]) for a in listed.select("main a")]
    assert addresses == ["2017-to-2019.html", "2019-to-2025.html"]
    page = html_of(tmp_path, f"changes/{addresses[0]}")
    assert words(page.h1) == "What moved: 2017 to 2019"
    assert "not a publication of HMICFRS" in words(page.select_one(".what-this-is"))
    assert "../index.html" in {str(a["href"]) for a in page.select(".ways a")}
    (tmp_path / "changes" / addresses[1]).unlink()
    make_site(site)
    assert len(compared) == 4, "what is missing is made again"


def opened(browser: Any, path: Path, address: str = "", **settings: Any) -> Any:
    tab = browser.new_context(**settings).new_page()
    tab.goto(path.as_uri() + address, wait_until="load")
    return tab


def compared_in(tab: Any) -> list[str]:
    shown_bars: list[str] = tab.eval_on_selector_all(
        ".compared li", "bars => bars.filter(one => one.offsetParent).map(one => one.dataset.force)"
    )
    return shown_bars


@pytest.mark.browser
def test_forces_are_compared_by_address_by_box_and_with_their_peers(browser: Any, pages: Path) -> None:
    path = pages / "2017/measures/outcome_charged_pct.html"
    tab = opened(browser, path, "#compare=suffolk,norfolk,nowhere", viewport={"width": 1280, "height": 900})
    assert compared_in(tab) == ["norfolk", "england-and-wales", "suffolk"]
    assert tab.locator("#chosen").inner_text() == "2 of 43 forces chosen, highest value first."
    tab.get_by_label("Kent", exact=True).check()
    assert compared_in(tab) == ["norfolk", "england-and-wales", "kent", "suffolk"]
    assert tab.url.endswith("#compare=kent,norfolk,suffolk")
    tab.get_by_role("button", name="Clear").press("Enter")
    assert compared_in(tab) == []
    tab.get_by_label("Or a force with its peers").select_option("norfolk")
    tab.get_by_role("button", name="With forces of the same region").press("Enter")
    assert set(compared_in(tab)) == {
        "norfolk", "suffolk", "essex", "cambridgeshire", "bedfordshire", "hertfordshire", "england-and-wales",
    }  # fmt: skip
    told = tab.locator('.compared li[data-force="norfolk"]').inner_text().split()
    assert told[:2] == ["Norfolk", "17.5%"]
    tab.goto(path.as_uri() + "#compare=kent")
    assert compared_in(tab) == ["england-and-wales", "kent"], "also where the page is open already"


@pytest.mark.browser
def test_without_a_script_every_force_is_there(browser: Any, pages: Path) -> None:
    tab = opened(browser, pages / "2017/measures/crime_per_1000.html", java_script_enabled=False, viewport=NARROW)
    assert tab.locator("#choose").is_hidden()
    assert tab.locator(".compared li:visible").count() == 44
    assert tab.locator("noscript").count() == 1


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])  # test_site_browser.py has others
@pytest.mark.slow
def test_axe_finds_nothing_on_the_pages_of_measures(browser: Any, pages: Path, width: int, scheme: str) -> None:
    for path, address in (
        ("2017/measures/outcome_charged_pct.html", "#compare=norfolk,suffolk"),
        ("2017/measures/da_arrest_rate.html", ""),
        ("2017/measures/index.html", ""),
        ("2017/map.html", ""),
        ("2017/method.html", ""),
    ):
        requests: list[str] = []
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        tab = context.new_page()
        tab.on("request", lambda request, requests=requests: requests.append(request.url))
        tab.goto((pages / path).as_uri() + address, wait_until="load")
        assert violations(tab) == [], path
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
        assert [one for one in requests if not one.startswith(("file:", "data:"))] == []
        context.close()


@pytest.mark.browser
def test_the_map_is_walked_by_keyboard_and_fits_a_phone(browser: Any, pages: Path) -> None:
    tab = opened(browser, pages / "2017/map.html", viewport=NARROW)
    widths = tab.eval_on_selector_all(".tile-map a", "tiles => tiles.map(one => [one.scrollWidth, one.clientWidth])")
    assert [one for one in widths if one[0] > one[1]] == [], "each tile holds its code and its value"
    tab.locator(".tile-map a").first.focus()
    walked = []
    for _ in range(3):
        walked.append(tab.evaluate("document.activeElement.getAttribute('href')").partition("#row-")[2])
        tab.keyboard.press("Tab")
    assert walked == ["northumbria", "cumbria", "durham"]
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/crime_per_1000.html#row-cleveland")
    assert tab.locator("#row-cleveland").is_visible()
