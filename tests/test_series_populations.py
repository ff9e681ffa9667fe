"""Which population each point of a line divides by, and that the line says so wherever it stands."""

import csv
import io
import re
from functools import cache

import pytest
from bs4 import BeautifulSoup

from peel_analysis import measures
from peel_analysis.data.files import PROJECT
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.figures import as_svg, trend_lines
from peel_analysis.measures import Result, Series, quarterly, rolling
from peel_analysis.reports.values_file import values_of
from peel_analysis.sections.blocks import trend_block

CRIME, INCIDENTS = "crime_per_1000", "asb_incidents_per_1000"
CITY = "city-of-london"


@cache
def result(edition: str, measure_id: str = CRIME) -> Result:
    return measures.calculate(open_data().measure(measure_id), open_data().edition(edition))


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


@pytest.mark.parametrize(("edition", "years"), [("2017", "mid-2012 to mid-2016"), ("2019", ""), ("2025", "")])
@pytest.mark.parametrize("force_id", ["norfolk", CITY])
def test_the_source_of_populations_of_several_years_is_named(edition: str, years: str, force_id: str) -> None:
    source = text(shown(edition, force_id), ".source")
    named = f"Populations of {years}: Office for National Statistics, Police force area data tables, year ending March"
    assert (named in source) == bool(years)
    assert source.count("Populations of") == bool(years)


def test_the_first_rate_of_england_and_wales_is_the_one_of_its_own_year() -> None:
    assert series("2017").values.at["2013-03-31", ENGLAND_AND_WALES] == pytest.approx(61.31, abs=0.005)


@pytest.mark.parametrize(("edition", "year"), [("2019", 2017), ("2025", 2024)])
def test_where_years_are_not_held_all_points_divide_by_one_population(edition: str, year: int) -> None:
    line = series(edition)
    assert line.mid_year == year
    assert line.denominator["norfolk"].nunique() == 1


@pytest.mark.parametrize("edition", ["2017", "2019", "2025"])
def test_the_last_point_is_the_value_of_the_measure_for_all(edition: str) -> None:
    last = series(edition).values.iloc[-1]
    for force_id in (*open_data().forces.ids, ENGLAND_AND_WALES):
        assert last[force_id] == pytest.approx(result(edition).of(force_id).value, rel=1e-12), force_id


def test_one_population_is_named_in_caption_axis_sentence_and_alternative_text() -> None:
    html, people = shown("2025", "greater-manchester"), "per 1,000 people of mid-2024"
    assert f"Recorded crime (excluding fraud) {people}, Greater Manchester Police" in text(html, "figcaption")
    assert text(html, "p.reading").count(people) == 2
    assert html.img is not None
    assert people in str(html.img["alt"])
    assert people in text(html, "table caption")
    assert "an earlier point is not the rate of its own year" in text(html, ".footnotes")
    assert "Per 1,000 people of mid-2024" in as_svg(trend_lines(series("2025"), "greater-manchester"))
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
    whole = (
        sum(held[one, 2012, "2017"] for one in open_data().forces.ids if one != CITY) + held[CITY, 2014, "daytime-2014"]
    )
    assert int(first["denominator"]) == round(whole)


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
