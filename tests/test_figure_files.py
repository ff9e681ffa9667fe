"""The files of a page's figures: the link to each, its data, its drawing and picture, and how it is cited."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup, Tag
from conftest import Page
from page_elements import words
from PIL import Image
from small_batch import SmallBatch

from peel_analysis.data.files import code_version
from peel_analysis.data.folder import open_data
from peel_analysis.data.writing import kept_in
from peel_analysis.reports.figure_files import PIXELS, as_png, keep_pictures
from peel_analysis.reports.page import pieces
from peel_analysis.show.pictures import drawing_at

OF_THE_SITE = 3_500_000  # bytes: indexes, map, a page a measure, what changed, the edition's values
SAME = ("value", "lower_95", "upper_95", "numerator", "denominator", "unit", "status", "note", "comparator_value")


def figures(page: Page) -> Iterator[tuple[str, Tag]]:
    """Yield the id of each figure, as its files have it, and the figure."""
    for one in page.html.select("figure.figure"):
        yield str(one["id"]).removeprefix("figure-"), one


def rows(page: Page, name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file beside the page."""
    return list(csv.DictReader(io.StringIO((page.path.parent / name).read_text(encoding="utf-8"))))


def test_each_figure_has_its_link_its_files_and_no_other_file_lies_there(page: Page) -> None:
    named = set()
    for figure_id, one in figures(page):
        links = [str(link["href"]) for link in one.select("details.share a")]
        assert links[0] == f"#figure-{figure_id}"
        assert links[1:] == [f"figures/{figure_id}.{kind}" for kind in ("csv", "png", "svg")]
        named |= {page.path.parent / unquote(link) for link in links[1:]}
    assert named == set((page.path.parent / "figures").iterdir())
    assert len(named) > 30


def test_all_that_a_batch_makes_of_43_forces_stays_small(suffolk: Page) -> None:
    folder = suffolk.path.parent  # as most forces' is: without findings
    own = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert sum(path.stat().st_size for path in folder.glob("*.html")) < 600_000
    assert 43 * own + OF_THE_SITE < 60_000_000


def test_the_data_of_a_figure_by_force_are_all_forces_as_the_values_file_has_them(page: Page) -> None:
    of_values = {(row["measure"], row["force_id"]): row for row in rows(page, "../values.csv")}
    shown = rows(page, "figures/crime_per_1000.csv")
    assert len(shown) == 44
    for row in shown:
        held = of_values["crime_per_1000", row["force_id"]]
        assert [row[name] for name in SAME] == [held[name] for name in SAME]
        assert row["force"] == open_data().forces.name(row["force_id"])
        assert (row["value"] == "") == (row["status"] not in ("reported", "estimated", "partial"))


def test_the_data_of_a_line_and_of_the_chart_of_all_figures_are_the_force_s_own(norfolk: Page) -> None:
    points = [row for row in rows(norfolk, "values.csv") if row["part_of"] == "crime_per_1000-trend"]
    shown = rows(norfolk, "figures/crime_per_1000-trend.csv")
    assert [(row["force_id"], row["period_end"], row["value"]) for row in shown] == [
        (row["force_id"], row["period_end"], row["value"]) for row in points
    ]
    assert {row["force_id"] for row in shown} == {"norfolk", "england-and-wales"}
    own = rows(norfolk, "figures/spine.csv")
    assert {row["force_id"] for row in own} == {"norfolk", "england-and-wales"}
    assert {row["measure"] for row in own} >= {"crime_per_1000", "asb_incidents_per_1000", "outcome_charged_pct"}


def test_a_page_finds_the_pictures_that_were_kept_when_its_notebook_had_run(
    norfolk: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = json.loads((norfolk.path.parent / "notebooks" / "05_investigating.ipynb").read_bytes())
    shown = [one for one in pieces(notebook, "investigating") if "files" in one.data]
    with kept_in(tmp_path):
        keep_pictures(notebook)
        monkeypatch.setattr("peel_analysis.reports.figure_files._as_png", None)  # none is drawn again
        for one in shown:
            picture = norfolk.path.parent / "figures" / f"{one.data['figure']['figure_id']}.png"
            assert as_png(drawing_at(one.html, one.data["files"]["drawing"])) == picture.read_bytes()
    assert len(list((tmp_path / "pictures").iterdir())) == len(shown) > 5


def test_the_drawing_is_that_of_the_page_with_its_title_and_description(norfolk: Page) -> None:
    for figure_id, one in figures(norfolk):
        svg = (norfolk.path.parent / f"figures/{figure_id}.svg").read_text(encoding="utf-8")
        image = one.find("img", class_="drawing")
        assert isinstance(image, Tag)
        drawn = BeautifulSoup(svg, "html.parser")
        assert drawn.find("desc").get_text() == image["alt"]  # type: ignore[union-attr]
        assert drawn.find("title").get_text() in words(one.find("figcaption"))  # type: ignore[union-attr]
    assert "Norfolk" in svg


def test_the_picture_is_wide_small_and_shows_its_words(norfolk: Page) -> None:
    sizes = {}
    for figure_id, _ in figures(norfolk):
        path = norfolk.path.parent / f"figures/{figure_id}.png"
        with Image.open(path) as image:
            assert (image.width, image.mode) == (PIXELS, "P"), figure_id
        sizes[figure_id] = path.stat().st_size
    with Image.open(norfolk.path.parent / "figures/crime_per_1000.png") as image:
        names = image.convert("L").crop((0, image.height // 2, PIXELS // 6, image.height))
    dark = sum(names.histogram()[:100])
    assert 0.01 < dark / (names.width * names.height) < 0.3, "the names of forces are letters"


def test_letters_of_a_picture_come_from_no_font_of_the_machine() -> None:
    svg = '<svg width="100pt" height="20pt" viewBox="0 0 100 20" xmlns="http://www.w3.org/2000/svg">{}</svg>'
    family = "<text x='5' y='15' style=\"font-size: 10px; font-family: {}\">Norfolk</text>"
    drawn = {as_png(svg.format(family.format(one))) for one in ("'DejaVu Sans'", "'Arial', 'DejaVu Sans'")}
    assert len(drawn) == 1
    assert drawn != {as_png(svg.format(""))}


def test_a_figure_is_cited_with_its_edition_force_releases_and_no_clock(norfolk: Page) -> None:
    cited = {figure_id: words(one.find(class_="cite")) for figure_id, one in figures(norfolk)}
    assert cited["crime_per_1000"].startswith(
        "Cite this: Norfolk Constabulary, PEEL: Police effectiveness 2017. Figure 4: Recorded crime (excluding fraud) "
        "per 1,000 population, by force, in the 12 months to 30 June 2017. Made by peel_analysis "
        f"{code_version()} from Home Office, Police recorded crime open data tables, April 2026 release; "
    )
    for text in cited.values():
        assert text.endswith("Made from public data, not a publication of HMICFRS.")
    assert "April 2026 (the month that the newest release used is named after)" in cited["crime_per_1000"]
    assert re.search(r" Data [0-9a-f]{8}\. ", cited["crime_per_1000"])
    assert "Data " not in cited["da_arrest_rate"].partition("Made by")[0]


def test_files_of_figures_that_are_gone_are_removed(again: SmallBatch) -> None:
    folder = again.reports / "kent"
    (folder / "figures").mkdir(exist_ok=True)
    (folder / "figures" / "gone.csv").write_text("of an earlier run", encoding="utf-8")
    (folder / "values.csv").write_text("damaged", encoding="utf-8")
    assert again.run("--forces", "kent").returncode == 0
    assert list((folder / "figures").iterdir()) == []


def test_the_citation_says_the_number_that_the_page_gives(norfolk: Page) -> None:
    for _, one in figures(norfolk):
        number = one.find(class_="figure-number")
        said = f"Figure {words(number)}: " if number else ". Figure "
        assert (said in words(one.find(class_="cite"))) is (number is not None)
