"""Marks in tiles, what a dash stands for, funnels' words, and offence groups with their intervals."""

import re

import pytest
from bs4 import BeautifulSoup

from peel_analysis.data import registers
from peel_analysis.data.folder import open_data
from peel_analysis.sections import lists
from peel_analysis.sections.lists import by_group
from peel_analysis.sections.section import open_section
from peel_analysis.statistics.intervals import COUNTS_NOT_SAMPLES, rate_change_interval

MEANINGS = {  # what the panel says of a dash, by the statuses that have no value
    "combined": "counted with another force's",
    "not_supplied": "the force did not supply it",
    "not_comparable": "it is not comparable",
    "not_public": "it has not been published",
    "not_published": "it has not been published",
    "not_available": "no table that this edition uses holds it",
    "not_applicable": "the measure does not apply",
}


def parsed(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def tile(force_id: str, title: str, measure_id: str, edition: str = "2017") -> str:
    panel = parsed(open_section("force_in_numbers", force_id, edition).tiles(title).html)
    found = panel.select_one(f'li[data-measure="{measure_id}"]')
    assert found is not None
    return " ".join(found.get_text(" ").split())


def test_a_tile_marks_the_value_as_it_marks_the_earlier_one() -> None:
    said = tile("essex", "Crime outcomes", "outcome_charged_pct")
    assert len(re.findall(r"\d% \[u\]", said)) == 2
    assert "[u]" not in tile("norfolk", "Crime outcomes", "outcome_charged_pct")
    assert "10.2 [e]" in tile("city-of-london", "Crime (excluding fraud)", "crime_per_1000")


@pytest.mark.parametrize(("force_id", "title"), [("essex", "Crime outcomes"), ("kent", "Crime outcomes")])
def test_a_panel_has_the_key_to_the_marks_in_its_tiles(force_id: str, title: str) -> None:
    panel = parsed(open_section("force_in_numbers", force_id, "2017").tiles(title).html)
    marks = set(re.findall(r"\[\w\]", " ".join(one.get_text() for one in panel.select("li.tile"))))
    key = panel.select_one("p.key")
    assert set(re.findall(r"\[\w\]", key.get_text() if key else "")) == marks


def test_the_panel_gives_every_reason_for_a_dash_and_the_caution_counts_none() -> None:
    rows = open_data().register(registers.STATUSES)
    assert set(rows.loc[rows["has_value"] == "no", "status"]) == set(MEANINGS)
    introduction = lists.introduction(open_data().edition("2017").forces.find("norfolk")).html
    assert all(meaning in parsed(introduction).get_text() for meaning in MEANINGS.values())
    cautions = open_data().edition("2017").register(registers.CAVEATS)
    caution = cautions.loc[cautions["caveat_id"] == "dash-in-force-in-numbers", "sentence"].item()
    assert "of the published report a dash meant one of two things" in caution
    assert "In this report a dash stands for every figure that is missing" in caution


@pytest.mark.parametrize("force_id", ["norfolk", "suffolk", "durham"])
def test_a_funnel_speaks_of_the_differences_among_forces_and_not_of_chance_alone(force_id: str) -> None:
    html = open_section("investigating", force_id, "2017").funnel("outcome_charged_pct").html
    said = " ".join(parsed(html).get_text(" ").split())
    assert "limits that hold the usual differences among forces" in said
    assert "limits of chance" not in said
    assert not re.search(r"\bChance\b", said)
    if force_id == "norfolk":
        assert "usual differences among forces, of which chance is a part, can account for" in said
        assert "It is higher than England and Wales by the size of the gap and by its place among the forces" in said


def test_an_offence_group_s_change_has_its_interval() -> None:
    html = parsed(by_group(open_data().edition("2017"), "dyfed-powys").html)
    heads = [one.get_text() for one in html.select("table:first-of-type thead th")][:8]
    rows = {row.th.get_text(): [cell.get_text() for cell in row.select("td")] for row in html.select("tbody tr")}  # type: ignore[union-attr]
    robbery = dict(zip(heads[1:], rows["Robbery"], strict=True))
    expected = rate_change_interval(33, 1, 55, 1)
    assert robbery["Crimes"] == "55"
    assert robbery["Change on the 12 months to 30 June 2016"] == "+66.7%"
    assert robbery["95% interval of the change"] == f"{expected.lower[0]:+.1f}% to {expected.upper[0]:+.1f}%"
    assert robbery["95% interval of the change"] == "+8.2% to +156.6%"
    assert COUNTS_NOT_SAMPLES in html.get_text()
    assert html.select_one("div.table-frame[tabindex]"), "on a narrow screen it scrolls in its own frame"


@pytest.mark.parametrize("force_id", ["city-of-london", "norfolk"])
@pytest.mark.slow
def test_the_marks_of_offence_groups_have_a_key(force_id: str) -> None:
    for edition in ("2017", "2019", "2025"):
        html = parsed(by_group(open_data().edition(edition), force_id).html)
        marks = {sign for cell in html.select("td") for sign in re.findall(r"\[\w\]", cell.get_text())}
        said = " ".join(one.get_text() for one in html.select("p.key"))
        assert set(re.findall(r"\[\w\]", said)) == marks
