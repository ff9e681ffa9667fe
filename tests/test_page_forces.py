"""The pages of single forces: the numbers and judgments of a published report, and figures that are not there."""

import re

import pytest
from bs4 import Tag
from conftest import Page
from page_elements import block, drawing, reading, tile, words

from peel_analysis.figures.style import DARK_BLUE

OUTCOMES = (
    "outcome_charged_pct",
    "outcome_evidential_victim_pct",
    "outcome_no_suspect_pct",
    "outcome_action_taken_pct",
)
DOMESTIC_ABUSE = ("da_share_of_crime_pct", "da_arrest_rate", "da_voluntary_attendance_rate", "da_charge_rate")
SEED_JUDGMENTS = {
    "Preventing crime and tackling anti-social behaviour": ("Outstanding", "2016"),
    "Investigating crime and reducing re-offending": ("Good", "2016"),
    "Protecting vulnerable people": ("Good", "2017"),
    "Tackling serious and organised crime": ("Good", "2016"),
    "Specialist capabilities": ("Ungraded", "2017"),
}


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
    caption = section.find("caption", string="Judgments by question")
    assert isinstance(caption, Tag)
    table = caption.find_parent("table")
    assert isinstance(table, Tag)
    rows = [[words(cell) for cell in row.find_all(["th", "td"])] for row in table.select("tbody tr")]
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
    ]
    assert words(norfolk_inspected_only.annex.find("section")).startswith("Annex A – About the data")
    assert norfolk_inspected_only.html.select("details.not-public:not([open])") == []
    caption = words(norfolk_inspected_only.html.select("figcaption:has(.figure-label)")[0])
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
    own = re.search(r"\.([a-z]+)\{fill:" + DARK_BLUE, drawing(image))
    assert own
    assert drawing(image).count(f"class='{own[1]}'") == 2, "its bar, and that of the key"


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
        own = [words(cell) for row in place.select("tr.own-force") for cell in row.select(".numbers td:not(.words)")]
        assert [cell for cell in own if not re.fullmatch(r"\[[xz]\]", cell)] == []


def test_city_of_london_has_no_rate_of_organised_crime_groups_and_says_why(city_of_london: Page) -> None:
    told = reading(city_of_london, "ocg_per_million")
    assert "46 organised crime groups" in told
    assert re.search(r"\b(6|six) were in its own area", told)
    assert "40 belonged to the National Fraud Intelligence Bureau" in told
    assert not re.search(r"\d\.\d", words(tile(city_of_london, "ocg_per_million").find(class_="tile-value")))
