"""Editions 2019 and 2025: what the public tables give for them, what they lack, and what they say of themselves."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from peel_analysis import measures
from peel_analysis.comparison.sensitivity import other_verdicts, with_assumed_population
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.sections.annex import open_annex
from peel_analysis.sections.judgments import inspection_line, judgment, judgments_table
from peel_analysis.sections.section import open_section
from peel_analysis.show.footnotes import footnotes
from peel_analysis.show.tables import by_force
from peel_analysis.show.words import not_available, reading, sources_in_words

OTHERS = ("2019", "2025")
HELD = (
    "crime_per_1000",
    "crime_change_12m",
    "crime_change_5y",
    "outcome_charged_pct",
    "outcome_evidential_victim_pct",
    "outcome_no_suspect_pct",
    "outcome_action_taken_pct",
)
HELD_OF = {"2019": (*HELD, "asb_incidents_per_1000"), "2025": HELD}


def result(edition: str | Edition, measure_id: str) -> Result:
    opened = open_data().edition(edition) if isinstance(edition, str) else edition
    return measures.calculate(open_data().measure(measure_id), opened)


@pytest.mark.parametrize(
    ("measure_id", "value"),
    [
        ("crime_per_1000", 84.55),
        ("crime_change_12m", -1.87),
        ("outcome_charged_pct", 8.65),
        ("outcome_evidential_victim_pct", 20.59),
        ("outcome_no_suspect_pct", 39.41),
    ],
)
def test_england_and_wales_in_2025(measure_id: str, value: float) -> None:
    assert result("2025", measure_id).national.value == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize(
    ("edition", "measure_id", "value"),
    [
        ("2017", "crime_per_1000", 76.37),
        ("2017", "asb_incidents_per_1000", 30.76),
        ("2019", "crime_per_1000", 88.52),
        ("2025", "crime_per_1000", 84.55),
    ],
)
def test_england_and_wales_counts_each_resident_once(edition: str, measure_id: str, value: float) -> None:
    one = result(edition, measure_id)
    assert one.national.value == pytest.approx(value, abs=0.005)
    everyone = one.edition.with_population(residents_only=True).populations["population"].sum()
    assert one.national.denominator == everyone
    assert one.of("city-of-london").denominator == 553_103, "its own rate keeps the assumed population"
    before = one.edition.of_mid_year(one.edition.mid_year - 1).national_populations.sum()
    assert one.national.comparator_denominator == before


def test_with_the_assumed_population_england_and_wales_is_what_it_was() -> None:
    other = with_assumed_population(result("2025", "crime_per_1000"))
    assert other.national.value == pytest.approx(83.82, abs=0.005)
    assert other_verdicts(result("2025", "crime_per_1000"), other) == {
        "avon-and-somerset": ("similar to", "higher than")
    }


@pytest.mark.parametrize(
    ("edition", "crime", "rate", "assumed"),
    [("2017", "No force", "76.4", "75.7"), ("2025", "Avon and Somerset", "84.5", "83.8")],
)
def test_annex_a_says_whose_verdict_the_assumed_population_changes(
    edition: str, crime: str, rate: str, assumed: str
) -> None:
    found = BeautifulSoup(open_annex("norfolk", edition).populations().html, "html.parser")
    caption = found.find("caption", string="England and Wales by either population")
    assert isinstance(caption, Tag)
    part = caption.find_parent("table")
    assert isinstance(part, Tag)
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in part.select("tbody tr")]
    assert rows[0][1:] == [rate, assumed, crime]
    assert {row[0]: row[3] for row in rows}["Police officers (full-time equivalent) per 1,000 population"] == (
        "No verdict: the figure is context."
    )


def test_an_edition_without_a_word_on_england_and_wales_adds_up_its_forces() -> None:
    opened = open_data().edition("2017")
    one = result(replace(opened, national_population=None), "crime_per_1000")
    assert one.national.denominator == one.forces["denominator"].sum()


def test_norfolk_in_2025() -> None:
    assert result("2025", "crime_per_1000").of("norfolk").value == pytest.approx(63.31, abs=0.005)
    assert result("2025", "outcome_charged_pct").of("norfolk").value == pytest.approx(13.24, abs=0.005)


def test_recorded_crime_of_2024_25() -> None:
    assert result("2025", "crime_per_1000").national.numerator == 5_225_477


@pytest.mark.parametrize(("edition", "measure_id"), [(one, held) for one in OTHERS for held in HELD_OF[one]])
def test_every_force_has_what_the_public_tables_give(edition: str, measure_id: str) -> None:
    one = result(edition, measure_id)
    assert one.forces["value"].notna().all()
    assert set(one.members) == set(open_data().forces.ids)
    assert one.national.numerator == one.forces["numerator"].sum()
    below = one.edition.national_populations if one.is_per_head else one.forces["denominator"]
    assert one.national.value == pytest.approx(one.measure.multiplier * one.forces["numerator"].sum() / below.sum())


def test_the_changes_of_2019_hang_together() -> None:
    edition = open_data().edition("2019")
    rate, year = result(edition, "crime_per_1000"), result(edition, "crime_change_12m")
    crimes = rate.forces["numerator"]
    assert (year.forces["numerator"] + year.forces["denominator"] == crimes).all()
    before = rate.forces["comparator_numerator"]
    assert (year.forces["denominator"] == before).all()
    five_years = result(edition, "crime_change_5y")
    assert (five_years.forces["numerator"] + five_years.forces["denominator"] == crimes).all()


@pytest.mark.parametrize("edition", OTHERS)
def test_what_an_edition_lacks_is_missing_with_a_reason(edition: str) -> None:
    of_edition = [measure.id for measure in open_data().measures if not measure.is_context]
    lacking = [measure_id for measure_id in of_edition if measure_id not in HELD_OF[edition]]
    for measure_id in lacking:
        one = result(edition, measure_id)
        assert one.rows["value"].isna().all(), measure_id
        assert set(one.rows["status"]) == {"not_available"}, measure_id
        assert not_available(one).endswith("."), measure_id
        assert "not available in this edition" in reading(one, "norfolk"), measure_id


def test_incidents_of_2019_stand_beside_the_year_before_of_the_same_tables() -> None:
    one = result(open_data().edition("2019"), "asb_incidents_per_1000")
    assert (one.national.numerator, one.national.comparator_numerator) == (1_424_755, 1_634_360)  # as printed
    assert round(one.of("cheshire").value, 1) == 21.1  # printed: 21.127 on the population that is not rounded
    assert (one.of("cheshire").comparator_numerator, one.of("cheshire").comparator_status) == (29_486, "reported")
    warwickshire = one.of("warwickshire")
    assert (warwickshire.status, warwickshire.comparator_status) == ("reported", "estimated")


@pytest.mark.parametrize("edition", OTHERS)
def test_outcomes_of_the_year_before_are_missing_with_a_reason(edition: str) -> None:
    own = result(edition, "outcome_no_suspect_pct").of("norfolk")
    assert math.isnan(own.comparator_value)
    assert own.comparator_note == (
        f"The table of outcomes used for this edition covers the 12 months to 31 March {edition} only, "
        "and the table that holds two years of one release has other types of outcome, so no earlier year stands "
        "beside it."
    )


def test_years_before_the_table_take_no_column_and_no_sentence() -> None:
    for edition, measure_id, shown in (
        ("2017", "outcome_charged_pct", True),
        ("2025", "outcome_charged_pct", True),
        ("2025", "outcome_no_suspect_pct", False),
    ):
        one = result(edition, measure_id)
        assert one.has_earlier == shown
        assert (">Value in the 12 months" in by_force(one, "norfolk")) == shown
        assert ("no earlier year" in " ".join(note.sentence for note in footnotes(one))) != shown
        assert "no earlier year" not in reading(one, "norfolk")


def test_a_measure_that_the_edition_lacks_is_told_once() -> None:
    section = open_section("investigating", "norfolk", "2025")
    assert "not available in this edition" in section.figure("asb_incidents_per_1000").html
    for more in (section.trend, section.funnel, section.peers):
        assert more("asb_incidents_per_1000").html == ""


def test_a_question_that_is_never_graded_says_so() -> None:
    assert judgment(open_data().edition("2019"), "norfolk", "specialist_capabilities").grade == "Ungraded"


def test_a_figure_for_some_forces_is_no_lack() -> None:
    assert not_available(result("2017", "da_arrest_rate")) == ""
    assert not_available(result("2017", "outcome_no_suspect_pct")) == ""


def test_the_window_note_of_2017_is_not_printed_for_others() -> None:
    for edition in OTHERS:
        section = open_section("investigating", "norfolk", edition)
        html = section.statement("clares_law_rtk_per_100k").html
        assert "not available in this edition" in html
        assert "2017" not in html
        assert "<table" not in html


def test_judgments_of_2018_19_stand_in_edition_2019() -> None:
    edition = open_data().edition("2019")
    assert judgment(edition, "suffolk", "investigating").grade == "Requires improvement"
    table = judgments_table(edition, "norfolk")
    assert "Overall effectiveness 2018/19" in table
    assert "Good" in table


def test_judgments_of_2023_25_stand_in_edition_2025() -> None:
    edition = open_data().edition("2025")
    assert judgment(edition, "sussex", "responding").grade == "Good"
    table = judgments_table(edition, "norfolk")  # none of its grades was found, and the programme gives no overall one
    assert "Not recorded in this edition: Recording data about crime; " in table
    assert "<table" not in table
    assert "Overall" not in table


def test_whether_a_question_was_inspected_is_told_in_words() -> None:
    of_2019, of_2025 = open_data().edition("2019"), open_data().edition("2025")
    assert inspection_line(of_2019, "suffolk", "investigating") == "Last inspected in 2018/19."
    assert inspection_line(of_2019, "suffolk", "preventing") == "Last inspected in 2016."
    assert inspection_line(of_2025, "norfolk", "investigating") == (
        "Whether this question was inspected in 2023-25 is not recorded in this edition."
    )


@pytest.mark.parametrize("edition", OTHERS)
def test_annex_a_names_what_the_edition_uses(edition: str) -> None:
    annex = open_annex("norfolk", edition)
    sources = annex.sources().html
    assert "April 2026" in sources
    of_years_before = "Mid-2012 to mid-2016 population estimates as revised in 2018"
    assert sources.count(of_years_before) == (edition == "2019")
    others = sources.replace(of_years_before, "")
    for foreign in ("October 2017", "data return", "Ipsos", "published report", "mid-2016", "Mid-2016"):
        assert foreign not in others, foreign
    exclusions = annex.exclusions().html
    assert ("No force is left out" in exclusions) == (edition == "2025")
    assert ("Warwickshire Police could not tell" in exclusions) == (edition == "2019")
    assert "Not in the figure" not in exclusions
    assert "No survey" in annex.surveys().html
    assert "Not available in this edition" in annex.definitions().html
    cautions = annex.caveats().html
    for foreign in ("2017 data return", "inspection", "October 2017", "mid-2016"):
        assert foreign not in cautions, foreign


def test_annex_a_of_2017_keeps_the_data_return() -> None:
    annex = open_annex("norfolk", "2017")
    assert "2017 data return from the 43 forces" in annex.sources().html
    assert "asked each force to check" in annex.sources().html
    assert "mid-2017" not in annex.sources().html


def test_a_source_line_names_the_editions_own_population() -> None:
    assert "Mid-2016 population" in sources_in_words(result("2017", "crime_per_1000"))
    assert "Mid-2017 population" in sources_in_words(result("2019", "crime_per_1000"))
    assert "Mid-2024 population" in sources_in_words(result("2025", "crime_per_1000"))


def test_a_source_that_is_not_in_the_register_is_refused() -> None:
    with pytest.raises(InputError, match=r"editions/2019.toml: no source 'NOWHERE' in data/sources.csv; add its row"):
        open_data().edition("2019").sources(["NOWHERE"])


def test_an_edition_is_a_small_file() -> None:
    folder = Path(open_data().edition("2025").data.folder) / "editions"
    for edition in OTHERS:
        assert len((folder / f"{edition}.toml").read_text(encoding="utf-8").splitlines()) <= 90
