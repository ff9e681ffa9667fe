"""Which population each point of a line divides by, and that the line says so wherever it stands."""

import csv
import io
import re
from dataclasses import replace
from functools import cache

import pytest
from bs4 import BeautifulSoup

from peel_analysis import measures
from peel_analysis.data.files import PROJECT
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.settings import TileGroup
from peel_analysis.figures import as_svg, trend_lines
from peel_analysis.measures import Result, Series, quarterly, rolling
from peel_analysis.reports.values_file import values_of
from peel_analysis.sections.blocks import trend_block
from peel_analysis.sections.lists import panel
from peel_analysis.show.footnotes import footnotes
from peel_analysis.show.tables import by_force

CRIME, INCIDENTS = "crime_per_1000", "asb_incidents_per_1000"
CITY = "city-of-london"


@cache
def result(edition: str, measure_id: str = CRIME) -> Result:
    return measures.calculate(open_data().measure(measure_id), open_data().edition(edition))


@cache
def alone(edition: str) -> Result:
    """Return the rate of crime of an edition that has the populations of its own mid-year and no other."""
    opened = replace(open_data().edition(edition), earlier_population=None)
    return measures.calculate(open_data().measure(CRIME), opened)


@cache
def series(edition: str, measure_id: str = CRIME) -> Series:
    return rolling(result(edition, measure_id))


def shown(edition: str, force_id: str, measure_id: str = CRIME) -> BeautifulSoup:
    return BeautifulSoup(trend_block(result(edition, measure_id), force_id, 1).html, "html.parser")


def text(html: BeautifulSoup, selector: str) -> str:
    return " ".join(one.get_text() for one in html.select(selector))


@pytest.mark.parametrize(("measure_id", "first"), [(CRIME, 2012), (INCIDENTS, 2007)])
def test_each_point_of_2017_divides_by_its_own_mid_year(measure_id: str, first: int) -> None:
    line, table = series("2017", measure_id), open_data(PROJECT / "data").populations
    for day, year, divided in zip(line.days, line.mid_years, line.denominator["norfolk"], strict=True):
        assert year == day.year - (day.month < 7), "the estimate of the June within or just before the window"
        assert divided == table["norfolk", year, "2017"]
    assert (line.mid_years[0], line.mid_years[-1], line.mid_year) == (first, 2016, None)


TABLES = "Office for National Statistics, Police force area data tables, year ending"


@pytest.mark.parametrize(
    ("edition", "named"),
    [
        ("2017", [f"Populations of mid-2012 to mid-2016: {TABLES} March 2018."]),
        ("2019", [f"Populations of mid-2011 to mid-2016: {TABLES} March 2018.", f"of mid-2017: {TABLES} June 2018."]),
        (
            "2025",
            ["Populations of mid-2012 to mid-2023: Office", "third-party sum by force", "of mid-2024: Office"],
        ),
    ],
)
@pytest.mark.parametrize("force_id", ["norfolk", CITY])
def test_the_source_of_populations_of_several_years_is_named(edition: str, named: list[str], force_id: str) -> None:
    source = text(shown(edition, force_id), ".source")
    for part in named:
        assert part in source


EARLIER = [("2017", "2017"), ("2019", "2018-revised"), ("2025", "rebased-2021")]


@pytest.mark.parametrize(("edition", "vintage"), EARLIER)
def test_each_point_of_an_earlier_mid_year_divides_by_it_and_all_are_of_one_set(edition: str, vintage: str) -> None:
    line, table, own = series(edition), open_data().populations, open_data().edition(edition)
    end = own.window("crime").end
    for day, year, divided in zip(line.days, line.mid_years, line.denominator["norfolk"], strict=True):
        assert year == own.mid_year - (end.year - day.year - (day.month > end.month)), "by whole years back"
        assert divided == table["norfolk", year, own.vintage if year == own.mid_year else vintage]


@pytest.mark.parametrize(("edition", "vintage"), EARLIER)
@pytest.mark.parametrize("measure_id", [CRIME, INCIDENTS])
def test_the_value_of_the_year_before_divides_by_its_own_mid_year(edition: str, vintage: str, measure_id: str) -> None:
    one, table = result(edition, measure_id), open_data().populations
    if not one.has_earlier:
        pytest.skip("the edition has no earlier year of it")
    year = one.edition.mid_year - 1
    assert one.comparator_mid_year == year
    for force_id in open_data().forces.ids:
        own = one.of(force_id)
        below = 553_103 if force_id == CITY else table[force_id, year, vintage]
        assert own.comparator_denominator == below
        assert own.comparator_value == pytest.approx(1000 * own.comparator_numerator / below, rel=1e-12)
    assert f"divide by the population of mid-{year}, their own mid-year." in " ".join(
        note.sentence for note in footnotes(one)
    )


def test_another_set_of_estimates_is_named_wherever_the_earlier_value_stands() -> None:
    one, said = result("2025"), "population of another set of estimates"
    assert f"31 March 2024 ({said})" in by_force(one, "norfolk")
    assert said in panel(TileGroup(title="Crime", measures=(CRIME,)), [one], "norfolk").html
    assert "can also come from the change of set" in text(shown("2025", "norfolk"), ".footnotes")
    assert said not in by_force(result("2017"), "norfolk") + by_force(result("2019"), "norfolk")


def test_where_no_own_mid_year_is_held_the_earlier_value_says_so_wherever_it_stands() -> None:
    one, said = alone("2025"), "population of mid-2024"
    assert one.comparator_mid_year == 2024
    assert one.of("norfolk").comparator_denominator == one.of("norfolk").denominator
    assert f"31 March 2024 ({said})" in by_force(one, "norfolk")
    assert said in panel(TileGroup(title="Crime", measures=(CRIME,)), [one], "norfolk").html
    notes = " ".join(note.sentence for note in footnotes(one))
    assert f"divide by the {said}, as those of this edition do: the estimates of their own mid-year are not" in notes


PRINTED = {  # England and Wales, rebased to the 2021 Census: ONS, mid-year population estimates, in persons
    2011: 56_170_927, 2012: 56_577_740, 2013: 56_989_744, 2014: 57_444_107, 2015: 57_881_415, 2016: 58_366_199,
    2017: 58_700_914, 2018: 59_008_368, 2019: 59_317_788, 2020: 59_430_444, 2021: 59_660_524, 2022: 60_245_218,
    2023: 60_854_727,
}  # fmt: skip


def test_the_third_party_sum_is_the_printed_total_of_every_year() -> None:
    table = open_data(PROJECT / "data").populations
    years = {year for _, year, vintage in table if vintage == "rebased-2021"}
    assert years == set(PRINTED)
    for year, total in PRINTED.items():
        assert sum(table[one, year, "rebased-2021"] for one in open_data().forces.ids) == total
    # printed on their own: mid-2011, and England and Wales of mid-2023, each to the nearest hundred
    assert round(PRINTED[2011], -2) == 56_170_900
    assert round(PRINTED[2023], -2) == 57_690_300 + 3_164_400


def test_the_first_rate_of_england_and_wales_is_the_one_of_its_own_year() -> None:
    assert series("2017").values.at["2013-03-31", ENGLAND_AND_WALES] == pytest.approx(61.90, abs=0.005)


@pytest.mark.parametrize(("edition", "year"), [("2019", 2017), ("2025", 2024)])
def test_where_years_are_not_held_all_points_divide_by_one_population(edition: str, year: int) -> None:
    line = rolling(alone(edition))
    assert line.mid_year == year
    assert line.denominator["norfolk"].nunique() == 1


@pytest.mark.parametrize("edition", ["2017", "2019", "2025"])
def test_the_last_point_is_the_value_of_the_measure_for_all(edition: str) -> None:
    last = series(edition).values.iloc[-1]
    for force_id in (*open_data().forces.ids, ENGLAND_AND_WALES):
        assert last[force_id] == pytest.approx(result(edition).of(force_id).value, rel=1e-12), force_id


def test_one_population_is_named_in_caption_axis_sentence_and_alternative_text() -> None:
    block = trend_block(alone("2025"), "greater-manchester", 1)
    html, people = BeautifulSoup(block.html, "html.parser"), "per 1,000 people of mid-2024"
    assert f"Recorded crime (excluding fraud) {people}, Greater Manchester Police" in text(html, "figcaption")
    assert text(html, "p.reading").count(people) == 2
    assert html.img is not None
    assert people in str(html.img["alt"])
    assert people in text(html, "table caption")
    assert "an earlier point is not the rate of its own year" in text(html, ".footnotes")
    assert "Per 1,000 people of mid-2024" in as_svg(trend_lines(rolling(alone("2025")), "greater-manchester"))
    assert "population" not in text(html, "figcaption")


def test_own_years_are_said_in_the_note_alone() -> None:
    html = shown("2017", "norfolk")
    assert "of its own mid-year, from mid-2012 to mid-2016" in text(html, ".footnotes")
    assert "per 1,000 population, Norfolk" in text(html, "figcaption")
    assert "people of" not in html.get_text()


def test_every_rate_per_head_names_its_population_so_that_it_can_be_named_anew() -> None:
    for measure in open_data().measures:
        if "population" in measure.denominator.items:
            assert (measure.title.count("population"), measure.unit.count("population")) == (1, 1), measure.id


@pytest.mark.parametrize(("edition", "measure_id"), [("2017", CRIME), ("2017", INCIDENTS), ("2025", CRIME)])
def test_an_assumed_population_is_marked_in_sentence_note_points_and_drawing(edition: str, measure_id: str) -> None:
    html, one = shown(edition, CITY, measure_id), result(edition, measure_id)
    assert text(html, "p.reading").startswith("City of London Police (assumed population): ")
    assert one.of(CITY).note in text(html, ".footnotes")
    assert "divides by its assumed population" in text(html, ".footnotes")
    own = [row.select("td")[0].get_text() for row in html.select("tbody tr")]
    assert own
    assert all(cell.endswith(" [e]") for cell in own)
    assert "Key: [e] estimated." in html.get_text()
    assert re.search(r"City of London [\d.]+ \[e\]", as_svg(trend_lines(series(edition, measure_id), CITY)))
    assert series(edition, measure_id).denominator[CITY].nunique() == 1
    assert not re.search(r"City of London Police[^.]*\.\d[^.]*people of mid", text(html, "p.reading"))


def test_estimated_counts_mark_their_own_points_only() -> None:
    statuses = series("2017", INCIDENTS).statuses["warwickshire"]
    assert statuses[statuses == "estimated"].index.tolist() == ["2015-03-31", "2016-03-31", "2017-03-31"]


def test_the_rows_of_a_line_name_the_population_of_each_point() -> None:
    rows = list(csv.DictReader(io.StringIO(values_of(open_data().edition("2017")).text("norfolk"))))
    first, *_, last = (
        row for row in rows if row["part_of"] == f"{CRIME}-trend" and row["force_id"] == ENGLAND_AND_WALES
    )
    assert (first["period_end"], last["period_end"]) == ("2013-03-31", "2017-06-30")
    assert "population mid-2012 (2017 vintage)" in first["release"]
    assert "population mid-2016 (2017 vintage)" in last["release"]
    held = open_data(PROJECT / "data").populations
    assert int(first["denominator"]) == sum(held[one, 2012, "2017"] for one in open_data().forces.ids)


def test_the_sentence_on_members_says_what_can_be() -> None:
    assert "of the same 43 of 43 forces at every point." in text(shown("2017", "norfolk"), ".footnotes")
    fewer = "of the same 41 of 43 forces at every point, so its last point can differ from the value above."
    assert fewer in text(shown("2017", "norfolk", "outcome_charged_pct"), ".footnotes")


def test_a_quarter_is_a_quarter_of_a_year_s_counts() -> None:
    quarters, years = quarterly(result("2017")), series("2017")
    assert quarters.numerator["norfolk"].iloc[-4:].sum() == years.numerator["norfolk"].iloc[-1]
    assert quarters.denominator["norfolk"].iloc[-1] == years.denominator["norfolk"].iloc[-1]
    assert quarters.days[0].isoformat() == "2012-06-30"
    assert quarters.unit("norfolk") == "per 1,000 population, in three months"
    assert (quarters.overlaps, years.overlaps) == (False, True)
