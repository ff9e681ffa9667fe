import base64
import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from conftest import Page

from peel_analysis import forces

PROJECT = Path(__file__).resolve().parents[1]
OUTCOMES = (
    "outcome_charged_pct",
    "outcome_evidential_victim_pct",
    "outcome_no_suspect_pct",
    "outcome_action_taken_pct",
)
DOMESTIC_ABUSE = ("da_share_of_crime_pct", "da_arrest_rate", "da_voluntary_attendance_rate", "da_charge_rate")
NOT_FOR_READERS = re.compile(r"\b(nan|NaN|NaT|None|null|inf|Traceback|Int64|float64)\b(?! of )|<NA>")
SEED_JUDGMENTS = {
    "Preventing crime and tackling anti-social behaviour": ("Outstanding", "2016"),
    "Investigating crime and reducing re-offending": ("Good", "2016"),
    "Protecting vulnerable people": ("Good", "2017"),
    "Tackling serious and organised crime": ("Good", "2016"),
    "Specialist capabilities": ("Ungraded", "2017"),
}


def words(tag: Tag | None) -> str:
    assert tag is not None, "the page has no such element"
    return " ".join("".join(tag.strings).split())


def headings(page: Page, *levels: str) -> list[str]:
    return [words(heading) for heading in page.html.find_all(list(levels))]


def shown(page: Page) -> BeautifulSoup:
    """Everything that the executed notebooks show as HTML."""
    outputs = [
        output for notebook in page.notebooks for cell in notebook["cells"] for output in cell.get("outputs", [])
    ]
    return BeautifulSoup("\n".join("".join(output["data"].get("text/html", "")) for output in outputs), "html.parser")


def block(page: Page, measure: str) -> Tag:
    found = page.html.find(id=f"figure-{measure}")
    assert isinstance(found, Tag), f"{page.force_id} has no block of {measure}"
    return found


def reading(page: Page, measure: str) -> str:
    return words(block(page, measure).find(class_="reading"))


def tile(page: Page, measure: str) -> Tag:
    found = page.html.select_one(f'.tile[data-measure="{measure}"]')
    assert isinstance(found, Tag), f"{page.force_id} has no tile of {measure}"
    return found


# Every page


@pytest.mark.parametrize("element", ["img", "table"])
def test_page_shows_every_figure_and_table_of_the_notebooks(page: Page, element: str) -> None:
    in_notebooks = len(shown(page).find_all(element))
    assert in_notebooks > 0
    assert len(page.html.find_all(element)) == in_notebooks


def test_alternative_texts_are_of_fair_length_unique_and_name_the_force(page: Page) -> None:
    texts = [str(image.get("alt", "")) for image in page.html.find_all("img")]
    assert [text for text in texts if not 20 <= len(text) <= 600] == []
    assert len(set(texts)) == len(texts)
    name = forces.find(page.force_id).official_name
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


def test_headings_have_one_title_and_no_jumps(page: Page) -> None:
    levels = [int(heading.name[1]) for heading in page.html.find_all(re.compile("^h[1-6]$"))]
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
    assert [address[:60] for address in addresses if not address.startswith(("#", "data:"))] == []
    text = page.path.read_text(encoding="utf-8")
    assert re.findall(r"@import|url\((?!['\"]?data:)", text) == []


def test_nothing_on_the_page_is_meant_for_programmers(page: Page) -> None:
    heard = [str(tag[name]) for name in ("alt", "aria-label", "title") for tag in page.html.select(f"[{name}]")]
    text = " ".join([page.text, *heard])
    assert [text[max(0, found.start() - 40) : found.end() + 40] for found in NOT_FOR_READERS.finditer(text)] == []
    assert page.html.find(class_="printed") is None


def test_sections_are_in_the_order_of_the_catalogue(page: Page) -> None:
    declared = tomllib.loads((PROJECT / "data" / "sections.toml").read_text(encoding="utf-8"))["section"]
    sections = page.html.find_all("section", class_="report-section")
    assert [section["id"] for section in sections] == [section["id"] for section in declared]
    assert [words(section.find("h2")) for section in sections] == [section["title"] for section in declared]
    contents = page.html.select("nav.contents a")
    assert [words(link) for link in contents] == [section["title"] for section in declared]


def test_figures_are_numbered_through_the_page(page: Page) -> None:
    numbers = [words(number) for number in page.html.find_all(class_="figure-number")]
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]


def test_every_table_has_a_caption_and_headers_with_scope(page: Page) -> None:
    tables = page.html.find_all("table")
    assert [words(table)[:60] for table in tables if not table.caption or not words(table.caption)] == []
    assert [str(header)[:60] for header in page.html.find_all("th") if header.get("scope") not in ("row", "col")] == []


# Norfolk: the seed


@pytest.mark.parametrize(
    ("measure", "numbers"),
    [
        ("da_arrest_rate", ("57.7", "42.5")),
        ("da_voluntary_attendance_rate", ("1.6", "7.0")),
        ("da_charge_rate", ("20.0", "18.6")),
        ("clares_law_rtk_per_100k", ("17.5", "5.7")),
        ("file_review_da_supervision", ("12 of the 27",)),
    ],
)
def test_norfolk_shows_every_number_of_the_published_report(
    norfolk: Page, measure: str, numbers: tuple[str, ...]
) -> None:
    text = reading(norfolk, measure)
    assert [number for number in numbers if number not in text] == []


def test_norfolk_shows_every_judgment_with_the_year_last_inspected(norfolk: Page) -> None:
    section = norfolk.html.find("section", id="effectiveness_overview")
    assert isinstance(section, Tag)
    rows = [[words(cell) for cell in row.find_all(["th", "td"])] for row in section.select("tbody tr")]
    assert {row[0]: (row[1], row[2]) for row in rows} == SEED_JUDGMENTS
    assert words(section.find(class_="judgment")) == "Overall effectiveness 2017 Good"


def test_norfolk_says_which_questions_were_not_inspected(norfolk: Page) -> None:
    line = "Not inspected in 2017: the 2016 grade stands."
    found = {
        str(section["id"]): words(section.find(class_="not-inspected"))
        for section in norfolk.html.find_all("section")
        if section.find(class_="not-inspected")
    }
    assert found == dict.fromkeys(("preventing", "investigating", "serious_organised_crime"), line)


def test_inspected_only_has_the_structure_of_the_published_report(norfolk_inspected_only: Page) -> None:
    titles = [words(section.find("h2")) for section in norfolk_inspected_only.html.find_all("section")]
    assert titles == [
        "Force in numbers",
        "Risk-based inspection",
        "Effectiveness overview",
        "Protecting vulnerable people and supporting victims",
        "Specialist capabilities",
        "Annex A – About the data",
    ]
    caption = words(norfolk_inspected_only.html.find("figcaption"))
    assert caption.startswith(
        "Figure 1: Domestic abuse arrest rate (per 100 domestic abuse-related offences), by force, "
        "in the 12 months to 30 June 2017"
    )
    links = [str(link["href"])[1:] for link in norfolk_inspected_only.html.find_all("a", href=re.compile("^#"))]
    ids = {str(tag["id"]) for tag in norfolk_inspected_only.html.find_all(id=True)}
    assert set(links) <= ids


# Forces without figures, and why


@pytest.mark.parametrize("measure", OUTCOMES)
def test_suffolk_shows_no_outcomes_and_says_why(suffolk: Page, measure: str) -> None:
    places = [*suffolk.html.find_all(id=f"figure-{measure}"), *suffolk.html.select(f'.tile[data-measure="{measure}"]')]
    assert places
    for place in places:
        told = words(place.find(class_=["reading", "tile-value"]))
        assert "Athena" in told
        assert not re.search(r"\d\d?\.\d", told)
    for image in (image for place in places for image in place.find_all("img")):
        assert "bar-suffolk" not in drawing(image)
        assert "Suffolk Constabulary is not shown" in str(image["alt"])


def test_a_force_with_a_figure_is_drawn_and_picked_out(norfolk: Page) -> None:
    image = block(norfolk, "outcome_charged_pct").find("img")
    assert isinstance(image, Tag)
    assert '<g id="bar-norfolk">' in drawing(image)


def drawing(image: Tag) -> str:
    return base64.b64decode(str(image["src"]).partition(",")[2]).decode()


@pytest.mark.parametrize("measure", DOMESTIC_ABUSE)
def test_north_yorkshire_shows_no_domestic_abuse_value_and_says_why(north_yorkshire: Page, measure: str) -> None:
    places = [
        *north_yorkshire.html.find_all(id=f"figure-{measure}"),
        *north_yorkshire.html.select(f'.tile[data-measure="{measure}"]'),
    ]
    assert places
    for place in places:
        told = words(place.find(class_=["reading", "tile-value"]))
        assert "North Yorkshire Police could not give domestic abuse data on the same basis" in told
        assert not re.search(r"\d\.\d", told)
        own = [words(cell) for row in place.select("tr.own-force") for cell in row.select("td.number")]
        assert [cell for cell in own if not re.fullmatch(r"\[[xz]\]", cell)] == []


def test_city_of_london_has_no_rate_of_organised_crime_groups_and_says_why(city_of_london: Page) -> None:
    told = reading(city_of_london, "ocg_per_million")
    assert "46 organised crime groups" in told
    assert re.search(r"\b(6|six) were in its own area", told)
    assert "40 belonged to the National Fraud Intelligence Bureau" in told
    assert not re.search(r"\d\.\d", words(tile(city_of_london, "ocg_per_million").find(class_="tile-value")))
