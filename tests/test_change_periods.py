"""A change names both its periods wherever it is told, and another release where it has one."""

import re
from functools import cache

import pytest
from bs4 import BeautifulSoup

from peel_analysis import measures
from peel_analysis.comparison import peer_groups
from peel_analysis.data.folder import open_data
from peel_analysis.figures import ranked
from peel_analysis.measures import Result
from peel_analysis.sections.blocks import peer_panel
from peel_analysis.sections.lists import by_group
from peel_analysis.sections.section import open_section
from peel_analysis.show import tables
from peel_analysis.show import words as wording
from peel_analysis.show.footnotes import footnotes

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@cache
def result(measure_id: str, edition: str = "2017") -> Result:
    return measures.calculate(open_data().measure(measure_id), open_data().edition(edition))


@pytest.mark.parametrize(
    ("measure_id", "edition", "earlier"),
    [
        ("crime_change_5y", "2017", "12 months to 30 June 2012"),
        ("crime_change_12m", "2017", "12 months to 30 June 2016"),
        ("crime_change_5y", "2025", "12 months to 31 March 2020"),
    ],
)
def test_a_change_names_the_period_that_it_is_counted_from(measure_id: str, edition: str, earlier: str) -> None:
    one = result(measure_id, edition)
    table = BeautifulSoup(tables.by_force(one, "norfolk"), "html.parser")
    assert table.caption is not None
    told = [
        wording.caption(one),
        wording.reading(one, "norfolk"),
        ranked.alt_text(one, ("norfolk",)),
        table.caption.get_text(),
        peer_panel(one, "norfolk").html,
    ]
    assert [text for text in told if earlier not in text or one.window.words not in text] == []
    heads = [head.get_text() for head in table.select("thead th")]
    assert f"Crimes in the {earlier}" in heads


def test_a_tile_names_both_periods_of_a_change_and_one_of_a_rate() -> None:
    section = open_section("force_in_numbers", "norfolk", "2017")
    html = "".join(section.tiles(block.title.rstrip("*")).html for block in section.plan.blocks)
    windows = {
        str(tile["data-measure"]): tile.select_one(".tile-window").get_text()  # type: ignore[union-attr]
        for tile in BeautifulSoup(html, "html.parser").select("li.tile")
    }
    assert windows["crime_change_5y"] == "12 months to 30 June 2017, against 12 months to 30 June 2012"
    assert windows["crime_per_1000"] == "12 months to 30 June 2017"


def test_the_table_of_groups_names_the_earlier_period() -> None:
    heads = BeautifulSoup(by_group(open_data().edition("2017"), "norfolk").html, "html.parser").select("thead th")
    assert "Change on the 12 months to 30 June 2016" in [head.get_text() for head in heads]


def test_changes_from_two_releases_say_so() -> None:
    for measure_id, other in (("crime_change_5y", "crime_change_12m"), ("crime_change_12m", "crime_change_5y")):
        title = open_data().measure(other).title
        said = [one.sentence for one in footnotes(result(measure_id)) if "another release" in one.sentence]
        (note,) = [sentence for sentence in said if title in sentence]
        assert "Rolling-year release to December 2018" in note
        assert "April 2026 release" in note


def test_changes_from_one_release_do_not() -> None:
    for edition in ("2019", "2025"):
        for measure_id in ("crime_change_5y", "crime_change_12m"):
            assert "release" not in " ".join(one.sentence for one in footnotes(result(measure_id, edition)))


def test_days_are_in_words() -> None:
    assert DAY.search(" ".join(group.as_at for group in peer_groups(open_data().edition("2017"), "norfolk")))
    panel = peer_panel(result("crime_per_1000"), "norfolk").html
    assert "Set as at 1 July 2017." in panel
    assert "Set as at mid-2016." in panel
    assert not DAY.search(panel)
    assert not DAY.search(open_data().policy.label)
