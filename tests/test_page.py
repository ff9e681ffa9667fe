"""The pages of four forces: every figure and table is there, named, numbered, linked and fit for a screen reader."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import Tag
from conftest import Page
from page_elements import headings, shown, words

from peel_analysis.data.folder import open_data

PROJECT = Path(__file__).resolve().parents[1]
NOT_FOR_READERS = re.compile(r"\b(nan|NaN|NaT|None|null|inf|Traceback|Int64|float64)\b(?! of )|<NA>")


@pytest.mark.parametrize("element", ["img", "table"])
def test_page_shows_every_figure_and_table_of_the_notebooks(page: Page, element: str) -> None:
    in_notebooks = len(shown(page).find_all(element))
    assert in_notebooks > 0
    assert len([*page.html.find_all(element), *page.annex.find_all(element)]) == in_notebooks


def test_alternative_texts_are_of_fair_length_unique_and_name_the_force(page: Page) -> None:
    texts = [str(image.get("alt", "")) for image in page.html.find_all("img")]
    assert [text for text in texts if not 20 <= len(text) <= 600] == []
    assert len(set(texts)) == len(texts)
    name = open_data().forces.find(page.force_id).official_name
    assert [text for text in texts if name not in text] == []


def test_every_figure_says_what_it_shows_and_where_it_is_from(page: Page) -> None:
    figures = page.html.select("figure.figure:has(img)")
    assert {str(figure["id"]).rpartition("-")[2] for figure in figures} > {"trend", "funnel", "spread"}
    for figure in figures:
        assert words(figure.find(class_="reading")).endswith("."), figure["id"]
        assert words(figure.find(class_="source")).startswith("Source: "), figure["id"]


def test_the_table_of_offence_groups_names_its_source(page: Page) -> None:
    caption = page.html.find("caption", string=re.compile("by offence group"))
    assert isinstance(caption, Tag)
    frame = caption.find_parent(class_="table-frame")
    assert isinstance(frame, Tag)
    assert "Home Office, Police recorded crime" in words(frame.find_next_sibling("p", class_="source"))


@pytest.mark.parametrize("name", ["html", "annex"])
def test_headings_have_one_title_and_no_jumps(page: Page, name: str) -> None:
    levels = [int(heading.name[1]) for heading in getattr(page, name).find_all(re.compile("^h[1-6]$"))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    jumps = [(before, after) for before, after in pairwise(levels) if after > before + 1]
    assert jumps == []
    assert "" not in headings(page, "h1", "h2", "h3", "h4")


def test_ids_are_unique_and_links_inside_the_page_resolve(page: Page) -> None:
    ids = [str(tag["id"]) for tag in page.html.find_all(id=True)]
    assert sorted(set(ids)) == sorted(ids)
    targets = [str(link["href"]) for link in page.html.find_all("a", href=True)]
    assert [target for target in targets if target.startswith("#") and target[1:] not in ids] == []
    assert sum(target.startswith("#") for target in targets) > len(page.notebooks)


def test_page_loads_nothing_and_links_nowhere_else(page: Page) -> None:
    addresses = [
        str(tag[name]) for name in ("src", "href", "srcset", "poster") for tag in page.html.select(f"[{name}]")
    ]
    others = {one for one in addresses if not one.startswith(("#", "data:", "https://", "http://"))}
    sources = [str(link["href"]) for link in page.html.select("[href^=http]")]
    assert sources == [str(link["href"]) for link in page.html.select("ol.notes a")], "only notes lead elsewhere"
    in_site = {"../index.html", f"../../index.html#{page.force_id}", "../../search.html"}
    figures = {one for one in others if one.startswith("figures/")}
    assert others - figures == {"annex.html", "values.csv", "../values.csv", *in_site}
    assert [one for one in others if not (page.path.parent / one.partition("#")[0]).is_file()] == []
    text = page.path.read_text(encoding="utf-8")
    assert re.findall(r"@import|url\((?!['\"]?data:|%23)", text) == []


def test_nothing_on_the_page_is_meant_for_programmers(page: Page) -> None:
    heard = [str(tag[name]) for name in ("alt", "aria-label", "title") for tag in page.html.select(f"[{name}]")]
    text = " ".join([page.text, *heard])
    assert [text[max(0, found.start() - 40) : found.end() + 40] for found in NOT_FOR_READERS.finditer(text)] == []
    assert page.html.find(class_="printed") is None


def test_sections_are_in_the_order_of_the_catalogue(page: Page) -> None:
    declared = tomllib.loads((PROJECT / "data" / "sections.toml").read_text(encoding="utf-8"))["section"]
    sections = page.html.find_all("section", class_="report-section")
    here = [section for section in declared if "page" not in section]
    assert [section["id"] for section in sections] == [section["id"] for section in here]
    assert [words(section.find("h2")) for section in sections] == [section["title"] for section in here]
    contents = page.html.select("nav.contents ol a")
    assert [words(link) for link in contents] == [section["title"] for section in declared]


def test_figures_are_numbered_through_the_page(page: Page) -> None:
    numbers = [words(number) for number in page.html.find_all(class_="figure-number")]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]
    in_notebooks, on_page = (
        [(one["id"], words(one.find(class_="figure-number"))) for one in html.select("figure:has(.figure-number)")]
        for html in (shown(page), page.html)
    )
    assert in_notebooks == on_page, "each section's notebook prints its own by itself"


def test_every_table_has_a_caption_and_headers_with_scope(page: Page) -> None:
    tables = page.html.find_all("table")
    assert [words(table)[:60] for table in tables if not table.caption or not words(table.caption)] == []
    assert [str(header)[:60] for header in page.html.find_all("th") if header.get("scope") not in ("row", "col")] == []
