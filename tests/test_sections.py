"""Sections: how they are opened, their tiles, and the refusals that are shown in a figure's place."""

from pathlib import Path

import pytest
from conftest import PROJECT
from sections_shown import parsed, section

from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.settings import TileGroup
from peel_analysis.data.writing import KEPT_IN
from peel_analysis.measures import Measure, Result, calculation
from peel_analysis.sections.rehearsal import rehearse
from peel_analysis.sections.section import Section, open_section


def test_tiles_show_a_dash_with_its_reason_and_never_an_invented_value(
    edition: Edition, results: dict[str, Result]
) -> None:
    numbers = section("force_in_numbers", "suffolk", edition, results)
    html = parsed(numbers.tiles("Crime outcomes").html)
    charged = html.select_one("[data-measure=outcome_charged_pct]")
    assert charged is not None
    dash = charged.select_one(".tile-value [aria-hidden=true]")
    reason = charged.select_one(".tile-value .for-screen-readers")
    assert dash is not None
    assert reason is not None
    assert dash.get_text() == "–"
    assert "Athena" in reason.get_text()
    national = charged.select_one(".tile-national")
    assert national is not None
    assert "11.5%" in national.get_text()


def test_tiles_show_each_measure_of_their_group_once(edition: Edition, results: dict[str, Result]) -> None:
    numbers = section("force_in_numbers", "norfolk", edition, results)
    for block in numbers.plan.blocks:
        html = parsed(numbers.tiles(block.title.rstrip("*")).html)
        shown, folded = (
            [tile["data-measure"] for tile in html.select(f"{within} > ul > li.tile")]
            for within in (".panel", "details.not-public")
        )
        assert sorted(shown + folded) == sorted(block.measures)
        assert folded == [one for one in block.measures if results[one].of("norfolk").is_missing]


def test_tiles_that_must_not_stand_together_are_refused(edition: Edition, results: dict[str, Result]) -> None:
    numbers = section("force_in_numbers", "norfolk", edition, results)
    mixed = TileGroup(title="Mixed", measures=("outcome_charged_pct", "da_charge_rate"))
    spoilt = Section(numbers.plan, numbers.force, edition, results=dict(results))
    object.__setattr__(spoilt, "plan", numbers.plan.model_copy(update={"blocks": (mixed,)}))
    html = parsed(spoilt.tiles("Mixed").html)
    assert len(html.select(".panel .refused")) == 1
    assert html.select("li.tile") == []


@pytest.mark.parametrize(
    ("measure_id", "reason"),
    [
        ("calls_per_1000", "no counts over time are public"),
        ("crime_change_12m", "no counts over time are public"),
    ],
)
def test_a_trend_that_cannot_be_drawn_shows_why_in_its_place(
    edition: Edition, results: dict[str, Result], measure_id: str, reason: str
) -> None:
    html = parsed(section("investigating", "norfolk", edition, results).trend(measure_id).html)
    assert html.find("img") is None
    refused = html.select_one("p.refused")
    assert refused is not None
    assert reason in refused.get_text()


def test_a_funnel_that_is_refused_shows_why_in_its_place(edition: Edition, results: dict[str, Result]) -> None:
    html = parsed(section("protecting", "norfolk", edition, results).funnel("da_arrest_rate").html)
    refused = html.select_one("p.refused")
    assert refused is not None
    assert refused.get_text() == "A funnel needs at least 20 forces with a comparable value; found 0."
    assert html.find("img") is None


def test_peers_show_both_means_labelled(edition: Edition, results: dict[str, Result]) -> None:
    html = parsed(section("investigating", "norfolk", edition, results).peers("crime_per_1000").html)
    heads = [one.get_text() for one in html.select("tr.total th")]
    assert heads.count("Weighted mean of the peers") == heads.count("Simple mean of the peers") == 2
    city = parsed(section("investigating", "city-of-london", edition, results).peers("crime_per_1000").html)
    assert city.find("table") is None
    assert "has no peers here" in city.get_text()


def test_a_figure_has_its_number_in_the_report_whichever_cells_were_run(
    edition: Edition, results: dict[str, Result]
) -> None:
    shown = section("investigating", "norfolk", edition, results)
    said = [repr(shown.figure(one)) for one in ("outcome_charged_pct", "crime_per_1000")]
    assert said == ["<figure 8: outcome_charged_pct>", "<figure 4: crime_per_1000>"]
    of_2025 = open_section("investigating", "norfolk", "2025")
    assert of_2025.numbers["crime_per_1000"] == 1, "no section of that edition that comes before draws a figure"
    of_another = section("protecting", "norfolk", edition, results)
    assert repr(of_another.figure("crime_per_1000")) == "<figure 4: crime_per_1000>"
    assert of_another.figure("officers_per_1000").data["figure"]["number"] is None, "data/sections.toml has it nowhere"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("investigatin", "norfolk", "2017"),
            "No section 'investigatin' in edition 2017; its sections are at_a_glance",
        ),
        (("investigating", "norfok", "2017"), "No force called 'norfok'; did you mean Norfolk"),
        (("investigating", "norfolk", "2018"), "No edition '2018'; the editions are 2017"),
    ],
)
def test_a_section_that_does_not_exist(arguments: tuple[str, str, str], message: str) -> None:
    with pytest.raises(InputError) as refused:
        open_section(*arguments)
    assert str(refused.value).startswith(message)


def test_a_section_opens_by_any_name_of_a_force() -> None:
    opened = open_section("investigating", "Devon & Cornwall", "2017")
    assert (opened.force.id, opened.edition.id, opened.plan.number) == ("devon-and-cornwall", "2017", 5)


def test_every_section_has_its_notebook_and_its_number() -> None:
    plans = open_data().sections
    assert [plan.number for plan in plans] == list(range(len(plans)))
    assert len({plan.id for plan in plans}) == len(plans) == 10
    assert all(plan.notebook.is_file() for plan in plans)
    known = {measure.id for measure in open_data().measures}
    for plan in plans:
        named = {*plan.headline_measures, *(one for block in plan.blocks for one in block.measures)}
        assert named <= known


@pytest.mark.parametrize("measure_id", ["outcome_no_suspect_pct", "outcome_evidential_victim_pct"])
def test_a_figure_that_is_not_asked_for_always_is_left_to_its_tile_without_values(measure_id: str) -> None:
    empty, drawn = (open_section("investigating", "norfolk", edition) for edition in ("2017", "2025"))
    assert empty.figure(measure_id, always=False).html == ""
    assert measure_id not in empty.numbers, "it takes no number"
    assert f'id="figure-{measure_id}"' in drawn.figure(measure_id, always=False).html
    assert f'id="figure-{measure_id}"' in empty.figure(measure_id).html


OF_RETURNS = {  # what sections show of a data return, and in which of them
    "da_arrest_rate": "protecting",
    "da_voluntary_attendance_rate": "protecting",
    "da_charge_rate": "protecting",
    "clares_law_rtk_per_100k": "protecting",
    "asb_powers_per_million": "preventing",
    "ocg_per_million": "serious_organised_crime",
}


@pytest.mark.parametrize("measure_id", OF_RETURNS)
@pytest.mark.parametrize("force_id", ["norfolk", "kent"])
def test_without_returns_one_line_says_what_is_not_public_beside_the_published_values(
    edition: Edition, results: dict[str, Result], measure_id: str, force_id: str
) -> None:
    shown = section(OF_RETURNS[measure_id], force_id, edition, results)
    figures = ("da_arrest_rate", "asb_powers_per_million", "ocg_per_million")
    html = parsed((shown.figure if measure_id in figures else shown.statement)(measure_id).html)
    for unseen in html.select("details, .narrow"):
        unseen.decompose()
    seen = html.get_text()
    lines = ("has not been published", "The published report does not state the period")
    assert sum(map(seen.count, lines)) == 1, seen
    assert "public value" not in seen
    national = results[measure_id].national
    assert national.is_missing or f"{national.value:.1f}" in seen


@pytest.mark.slow  # all that one force's sections show
def test_what_was_shown_of_one_force_is_not_calculated_again_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(measure: Measure, *_: object) -> Result:
        raise AssertionError(f"{measure.id} is calculated again")

    monkeypatch.setenv(KEPT_IN, str(tmp_path))
    edition, other = (Data(PROJECT / "data").edition("2017") for _ in range(2))
    rehearse(edition)
    monkeypatch.setattr(calculation, "_calculated", refuse)
    section = Section(edition.section("investigating"), edition.forces.find("kent"), edition)
    for measure_id in ("crime_per_1000", "crime_change_12m", "outcome_charged_pct"):
        for show in (section.figure, section.trend, section.quarters, section.funnel, section.peers):
            show(measure_id)
    assert "Kent" in section.figure("crime_per_1000").html
    assert "Kent" in section.outcome_spread().html
    assert section.crime_by_group().html
    monkeypatch.setenv(KEPT_IN, str(tmp_path / "empty"))
    with pytest.raises(AssertionError, match="crime_per_1000 is calculated again"):
        Section(other.section("investigating"), other.forces.find("kent"), other).figure("crime_per_1000")
