"""The pages around the reports: links that lead somewhere, what is sorted, keys to grades, and what is made again."""

import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from accessibility import violations
from bs4 import BeautifulSoup
from conftest import later
from test_page_browser import browser

from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import open_data
from peel_analysis.data.writing import kept_in
from peel_analysis.measures import calculate_all
from peel_analysis.site import Site, Standing, keep_site, make_site

__all__ = ["browser"]  # a fixture
MADE = ("kent", "norfolk")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The indexes and the search over two reports of edition 2017, as a run of one report makes them."""
    out = tmp_path_factory.mktemp("site")
    data = open_data()
    for force_id in MADE:
        report = out / "2017" / force_id / "index.html"
        report.parent.mkdir(parents=True)
        report.write_text('<h1 id="preventing">A report</h1>', encoding="utf-8")
    standings = {one.id: Standing(one.id in MADE) for one in data.forces}
    made = Site(out, data, (data.edition("2017"),), {"2017": standings}, is_whole=False)
    assert make_site(made) == out / "index.html"
    return made


def page(site: Site, path: str) -> BeautifulSoup:
    return BeautifulSoup((site.out / path).read_text(encoding="utf-8"), "html.parser")


def test_every_link_of_the_site_leads_somewhere(site: Site) -> None:
    checked = 0
    for file in sorted(site.out.rglob("*.html")):
        html = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        for link in html.select("[href]"):
            path, _, part = str(link["href"]).partition("#")
            target = file if not path else file.parent / path
            assert target.is_file(), (file, link)
            if part:
                assert f'id="{part}"' in target.read_text(encoding="utf-8"), (file, link)
            checked += 1
    assert checked > 20


def test_the_indexes_link_the_reports_that_are_there_and_name_the_others(site: Site) -> None:
    of_edition, over_all = page(site, "2017/index.html"), page(site, "index.html")
    linked = {str(link["href"]) for link in of_edition.select("tbody a")}
    assert linked == {f"{force_id}/index.html" for force_id in MADE}
    assert of_edition.select_one("#suffolk th").get_text() == "Suffolk Constabulary (no report made)"  # type: ignore[union-attr]
    assert {str(link["href"]) for link in over_all.select("tbody a")} == {f"2017/{one}/index.html" for one in MADE}
    assert [row["id"] for row in over_all.select("tbody tr")] == list(site.data.forces.ids)
    covered = [" ".join(card.get_text(" ").split()) for card in over_all.select(".editions li")]
    assert covered[0].endswith("Recorded crime 12 months to 30 June 2017 Judgments PEEL 2017 Reports made 2 of 43")
    assert [card.partition("Reports made ")[2] for card in covered[1:]] == ["none", "none"]
    assert [str(link["href"]) for link in over_all.select(".editions a")] == ["2017/index.html"]


def test_values_and_judgments_stand_in_the_index_with_what_they_are_sorted_by(site: Site) -> None:
    html, edition = page(site, "2017/index.html"), site.data.edition("2017")
    heads = [head.get_text() for head in html.select("thead .column")]
    declared = [edition.data.measure(one) for one in edition.section("at_a_glance").headline_measures]
    shown = [next(one for one in declared if one.tile == head) for head in heads[3:]]
    assert (heads[:3], len(shown)) == (["Force", "Overall effectiveness", "Region"], 5)
    cells = {str(row["id"]): row.select("td") for row in html.select("tbody tr")}
    scale = {"Outstanding": "0", "Good": "1", "Requires improvement": "2", "Inadequate": "3"}
    for force_id, (judged, region, *_) in cells.items():
        assert region.get_text() == edition.forces.find(force_id).region
        assert judged["data-order"] == scale[judged.get_text().removesuffix(" [d]")]
    missing = 0
    for place, result in enumerate(calculate_all(edition, shown), start=2):
        for force_id in edition.forces.ids:
            value, order = result.of(force_id).value, str(cells[force_id][place]["data-order"])
            assert (order == "") if value != value else (float(order) == value)
            missing += order == ""
    assert missing == 2, "one force supplied no outcomes, of which two measures are"
    assert cells["city-of-london"][2].get_text() == "10.2 [e]"
    assert "[e] estimated" in html.get_text()


def test_a_derived_grade_has_its_key_and_what_it_rests_on_beside_the_table(site: Site) -> None:
    html = page(site, "2017/index.html")
    assert html.select("#derbyshire td")[0].get_text() == "Good [d]"
    [key] = [one.get_text(" ") for one in html.select("div.key")]
    assert key.startswith("[d] The grade is not stated on a page that was read; it rests on this:")
    assert "Derbyshire Constabulary: " in key
    footer = html.select_one("footer")
    assert footer is not None
    assert "none is worked out from figures" in footer.get_text()
    assert "as the key beside it says" in footer.get_text()


def test_the_search_lists_forces_measures_sections_and_terms(site: Site) -> None:
    html = page(site, "search.html")
    listed = {str(group["data-kind"]): group.select("li") for group in html.select(".entries")}
    held = Counter({kind: len(items) for kind, items in listed.items()})
    assert (held["force"], held["measure"]) == (43, len(site.data.measures))
    titles = {kind: [item.select_one(".title").get_text() for item in items] for kind, items in listed.items()}  # type: ignore[union-attr]
    assert titles["measure"] == [one.title for one in site.data.measures]
    assert "Preventing crime and tackling anti-social behaviour" in titles["section"]
    assert "Action taken" in titles["term"]
    [norfolk] = [item for item in listed["force"] if item.get_text().startswith("Norfolk Constabulary")]
    assert [str(link["href"]) for link in norfolk.select("a")] == ["2017/norfolk/index.html"]


def files(out: Path) -> dict[str, tuple[int, bytes]]:
    return {str(one): (one.stat().st_mtime_ns, one.read_bytes()) for one in out.rglob("*.html")}


def test_what_has_not_changed_is_not_written_again_and_what_is_damaged_is(site: Site, tmp_path: Path) -> None:
    out = Path(shutil.copytree(site.out, tmp_path / "out"))
    again = replace(site, out=out)
    before = files(out)
    make_site(again)
    assert files(out) == before
    search = out / "search.html"
    search.write_bytes(search.read_bytes()[:-20])
    (out / "2017" / "index.html").unlink()
    make_site(again)
    assert {name: content for name, (_, content) in files(out).items()} == {
        name: content for name, (_, content) in before.items()
    }
    assert files(out)[str(out / "index.html")] == before[str(out / "index.html")]


def test_a_report_that_has_come_is_linked_and_other_data_make_the_pages_again(site: Site, tmp_path: Path) -> None:
    out = Path(shutil.copytree(site.out, tmp_path / "out"))
    shutil.copytree(out / "2017" / "kent", out / "2019" / "kent")
    make_site(replace(site, out=out))
    top = BeautifulSoup((out / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert [str(link["href"]) for link in top.select("#kent a")] == ["2017/kent/index.html", "2019/kent/index.html"]
    before = files(out)
    make_site(replace(site, out=out, key="a" * 64))
    pages = [str(out / one) for one in ("index.html", "search.html", "2017/index.html")]
    assert [name for name in pages if files(out)[name] == before[name]] == []


def test_pages_kept_ahead_are_those_of_the_site_and_are_made_again_without_a_report_that_has_not_come(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = frozenset(f"2017/{force_id}/index.html" for force_id in MADE)
    whole = replace(site, out=tmp_path / "out", is_whole=True)
    with kept_in(tmp_path / "kept"):
        keep_site(replace(whole, expected=expected))
        assert not whole.out.exists(), "nothing is in place before its time"
        for force_id in MADE:  # both have come
            shutil.copytree(site.out / "2017" / force_id, whole.out / "2017" / force_id)
        with monkeypatch.context() as patch:
            for maker in ("_of_edition", "_over_editions"):  # none is made again
                patch.setattr(f"peel_analysis.site.make.{maker}", refuse)
            make_site(whole)
        measure = whole.out / "2017" / "measures" / "crime_per_1000.html"
        assert "kent/index.html" in measure.read_text(encoding="utf-8")
        kept = files(whole.out)
        shutil.rmtree(whole.out / "2017" / "kent")
        make_site(whole)
    assert "kent/index.html" not in measure.read_text(encoding="utf-8")
    shutil.copytree(site.out / "2017" / "kent", whole.out / "2017" / "kent")
    make_site(whole)
    assert {name: content for name, (_, content) in files(whole.out).items()} == {
        name: content for name, (_, content) in kept.items()
    }


def refuse(*_: object) -> None:
    raise AssertionError("made again")


def test_an_edition_without_headline_measures_has_an_index_without_values(tmp_path: Path) -> None:
    data = open_data()
    edition = data.edition("2017")
    bare = Bare(**{name: getattr(edition, name) for name in edition.__dataclass_fields__})
    make_site(Site(tmp_path, data, (bare,), is_whole=False))
    html = BeautifulSoup((tmp_path / "2017" / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert [head.get_text() for head in html.select("thead .column")] == ["Force", "Overall effectiveness", "Region"]
    assert html.select("tfoot") == []


class Bare(Edition):
    """An edition whose sections have no headline measures."""

    @property
    def sections(self) -> Any:
        return tuple(one.model_copy(update={"headline_measures": ()}) for one in super().sections)


def opened(browser: Any, site: Site, path: str, **settings: Any) -> Any:
    tab = browser.new_context(**settings).new_page()
    tab.goto((site.out / path).as_uri(), wait_until="load")
    return tab


@pytest.mark.browser
def test_a_force_is_found_by_typing_and_the_table_is_sorted_by_the_keyboard(browser: Any, site: Site) -> None:
    tab = opened(browser, site, "2017/index.html")
    order = "[...document.querySelectorAll('tbody tr:not([hidden])')].map(one => one.id)"
    tab.get_by_label("Find a force").fill("cornw")
    assert tab.evaluate(order) == ["devon-and-cornwall"]
    assert tab.locator(".found").inner_text() == "1 of 43 forces"
    tab.get_by_label("Find a force").fill("atlantis")
    assert (tab.evaluate(order), tab.locator(".found").inner_text()) == ([], "No force has this name.")
    tab.get_by_label("Find a force").fill("")
    first = tab.evaluate(order)
    assert first == list(site.data.forces.ids)
    head = tab.locator("thead th", has_text="Overall effectiveness")
    head.get_by_role("button").focus()
    tab.keyboard.press("Enter")
    assert (head.get_attribute("aria-sort"), tab.evaluate(order)[0]) == ("ascending", "durham")
    value = tab.locator("thead th.number").nth(2)
    value.get_by_role("button").focus()
    for pressed, sense in (("Space", "descending"), ("Enter", "ascending")):
        tab.keyboard.press(pressed)
        assert (value.get_attribute("aria-sort"), head.get_attribute("aria-sort")) == (sense, None)
        cells = tab.evaluate("[...document.querySelectorAll('tbody tr')].map(one => one.cells[5].dataset.order)")
        numbers = [float(one) for one in cells if one]
        assert numbers == sorted(numbers, reverse=sense == "descending")
        assert "" not in cells[: len(numbers)], "what is missing comes last, either way"


@pytest.mark.browser
def test_the_search_ranks_titles_first_finds_a_section_of_a_force_and_shows_text_as_text(
    browser: Any, site: Site
) -> None:
    tab = opened(browser, site, "search.html")
    said: Any = []
    tab.on("dialog", lambda dialog: said.append(dialog.message) or dialog.dismiss())
    field, titles = tab.get_by_label("Search for"), tab.locator(".results .title")
    field.fill("action taken")
    assert titles.first.inner_text() == "Action taken"
    field.fill("norfolk preventing")
    link = tab.locator(".results li a").first
    assert titles.first.inner_text().startswith("Norfolk Constabulary: Preventing")
    assert link.get_attribute("href") == "2017/norfolk/index.html#preventing"
    field.fill("suffolk preventing")
    assert titles.count() == 0, "no report of the force is there"
    field.fill("<img src=x onerror=alert(1)>")
    assert (titles.count(), said) == (0, [])
    assert tab.locator(".found").inner_text().startswith("Nothing found")


@pytest.mark.browser
@pytest.mark.parametrize("path", ["index.html", "2017/index.html", "search.html"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), *later((320, "light"))])
def test_axe_finds_nothing_on_wide_and_narrow_screens(
    browser: Any, site: Site, path: str, width: int, scheme: str
) -> None:
    tab = opened(browser, site, path, viewport={"width": width, "height": 800}, color_scheme=scheme)
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_without_a_script_the_index_is_a_plain_table_and_the_search_a_plain_list(browser: Any, site: Site) -> None:
    for path, rows in (("2017/index.html", "tbody tr"), ("search.html", ".entries[data-kind=force] li")):
        tab = opened(browser, site, path, java_script_enabled=False)
        assert tab.locator(rows).count() == 43
        assert tab.locator("button:visible, input:visible").count() == 0


def test_no_page_of_the_site_asks_for_anything(site: Site) -> None:
    for path in ("index.html", "2017/index.html", "search.html"):
        text = (site.out / path).read_text(encoding="utf-8")
        assert re.findall(r"fetch\(|XMLHttpRequest|@import|https?://", text) == []
