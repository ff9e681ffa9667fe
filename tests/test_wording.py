"""The rules behind generated words: what a sentence says of a value, of a missing one, and of who is in the figure."""

import re
from datetime import date
from pathlib import Path

import pytest
from conftest import Page
from invented import YEAR_2016, YEAR_2017, Folder, all_forces, folder

from peel_analysis.comparison import compare
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.periods import Period
from peel_analysis.figures import ranked
from peel_analysis.measures import Measure, Result
from peel_analysis.show import words as wording
from peel_analysis.show.footnotes import footnotes


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def footnote_about(result: Result, force_id: str) -> str:
    return " ".join(note.sentence for note in footnotes(result) if force_id in note.force_ids)


@pytest.mark.parametrize(
    ("measure_id", "value", "words"),
    [
        ("crime_per_1000", 58.875, "58.9"),
        ("crime_per_1000", 1234.56, "1,234.6"),
        ("outcome_charged_pct", 17.45, "17.5%"),
        ("crime_change_12m", 9.95, "+10.0%"),
        ("crime_change_12m", -0.04, "0.0%"),
        ("crime_change_12m", -12.25, "-12.3%"),
        ("da_arrest_rate", 57.65, "57.7"),
        ("file_review_da_supervision", 44.5, "45%"),
    ],
)
def test_a_value_is_shown_as_its_measure_declares(measure_id: str, value: float, words: str) -> None:
    assert wording.value_in_words(open_data().measure(measure_id), value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(9.95, "rose by 10.0%"), (-1.88, "fell by 1.9%"), (0.049, "did not change"), (-0.049, "did not change")],
)
def test_a_change_in_words(value: float, words: str) -> None:
    assert wording.changed(open_data().measure("crime_change_12m"), value) == words


def test_a_flow_has_months_and_a_stock_has_a_day() -> None:
    day = date(2017, 7, 1)
    assert wording.window_phrase(Period.months_to(date(2017, 6, 30), 12)) == "in the 12 months to 30 June 2017"
    assert wording.window_phrase(Period(day, day)) == "as at 1 July 2017"


def test_a_force_has_its_official_name_in_a_sentence() -> None:
    assert open_data().forces.official_name("norfolk") == "Norfolk Constabulary"
    assert open_data().forces.official_name(ENGLAND_AND_WALES) == "England and Wales"


def test_a_reading_gives_value_national_value_and_comparator(results: dict[str, Result]) -> None:
    said = wording.reading(results["crime_per_1000"], "norfolk")
    assert said.startswith("Norfolk Constabulary recorded 58.9 crimes")
    assert "the England and Wales rate of 76.4" in said
    assert said.endswith("In the 12 months to 30 June 2016 it was 54.0.")


def test_a_reading_says_the_policy_s_words_and_no_others(results: dict[str, Result]) -> None:
    for measure_id, result in results.items():
        if result.measure.kind in ("survey", "cases") or result.national.is_missing:
            continue
        for force_id, verdict in compare(result).verdicts.items():
            said = wording.reading(result, force_id)
            given = re.findall(r"This is ((?:notably )?(?:higher|lower) than|similar to)", said)
            is_size_alone = bool(verdict.size) and verdict.position is False
            assert given == ([verdict.words] if verdict.words and not is_size_alone else []), (measure_id, force_id)
            if not verdict.words and not result.of(force_id).is_missing:
                assert (verdict.reason in said) is not result.measure.is_context, "context is set beside nothing"


def test_a_force_within_the_usual_spread_is_told_as_such(results: dict[str, Result]) -> None:
    verdict = compare(results["crime_per_1000"]).verdicts["norfolk"]
    assert (verdict.size, verdict.position, verdict.words) == (True, False, "similar to")
    assert (
        "This is 23% below the England and Wales rate of 76.4; forces often differ by as much (half of them lie "
        "between 60.3 and 77.8)." in wording.reading(results["crime_per_1000"], "norfolk")
    )


def test_a_missing_figure_is_told_with_its_reason(results: dict[str, Result]) -> None:
    suffolk = wording.reading(results["outcome_charged_pct"], "suffolk")
    assert "no figure for Suffolk Constabulary (not supplied)" in suffolk
    assert "Athena" in suffolk
    assert "England and Wales" not in suffolk
    city = wording.reading(results["ocg_per_million"], "city-of-london")
    assert "not comparable with other forces" in city
    york = wording.reading(results["da_arrest_rate"], "north-yorkshire")
    assert "on the same basis" in york


def test_a_missing_comparator_is_told_with_its_reason(results: dict[str, Result]) -> None:
    dorset = wording.reading(results["outcome_charged_pct"], "dorset")
    assert "it was" not in dorset
    assert "no dependable outcomes for the 12 months to 30 June 2016" in dorset


def test_an_incomplete_comparator_keeps_its_caution(results: dict[str, Result]) -> None:
    result = results["outcome_charged_pct"]
    doubtful = result.forces.index[
        (result.forces["comparator_status"] == "incomplete") & result.forces["value"].notna()
    ]
    assert len(doubtful) > 0
    for force_id in doubtful:
        said = wording.reading(result, str(force_id))
        assert said.count("The published record of outcomes holds") >= 1
        assert result.of(str(force_id)).comparator_note in said


def test_cases_reviewed_are_told_as_cases_and_never_compared(results: dict[str, Result]) -> None:
    said = wording.reading(results["file_review_da_supervision"], "norfolk")
    assert "12 of the 27" in said
    assert "England and Wales" not in said
    assert "%" not in said


def test_arrests_are_never_called_a_proportion(results: dict[str, Result]) -> None:
    for measure_id in ("da_arrest_rate", "da_charge_rate", "da_voluntary_attendance_rate"):
        said = wording.reading(results[measure_id], "norfolk") + wording.caption(results[measure_id])
        assert not re.search(r"(?<!, by )\b[\d.]+%", said), "but for the gap to England and Wales"
        assert not re.search("proportion|percent|share", said, re.IGNORECASE)


def test_a_caption_has_the_inspectorate_s_form(results: dict[str, Result]) -> None:
    assert wording.caption(results["da_arrest_rate"]) == (
        "Domestic abuse arrest rate (per 100 domestic abuse-related offences), by force, "
        "in the 12 months to 30 June 2017"
    )
    assert wording.caption(results["ocg_per_million"]).endswith(", by force, as at 1 July 2017")


@pytest.mark.parametrize("measure", tuple(open_data().measures), ids=lambda measure: measure.id)
def test_a_measure_has_one_title_and_each_of_its_names_finds_it(measure: Measure, norfolk: Page) -> None:
    """The captions and folds of a page have the declared title, and a tile its declared label."""
    measures = open_data().measures
    assert not measure.caption or measure.caption.startswith(measure.title)
    for name in (measure.id, measure.title, measure.tile, measure.title.upper(), f" {measure.tile}."):
        assert measures.get(name) is measure
    for caption in norfolk.html.select(f"figure#{measure.id} > figcaption"):
        assert caption.get_text().partition(": ")[2].startswith(measure.title)


def test_a_tile_has_the_label_that_its_measure_declares(norfolk: Page) -> None:
    labels = [one.get_text(" ", strip=True) for one in norfolk.html.select(".tile-label")]
    assert len(labels) > 3
    assert {label for label in labels if label not in {one.tile for one in open_data().measures}} == set()


def test_footnotes_say_who_is_out_of_the_figure_and_who_is_in_the_national_value(results: dict[str, Result]) -> None:
    action = results["outcome_action_taken_pct"]
    assert footnote_about(action, "suffolk").startswith("Not in the figure: Suffolk. ")
    assert footnote_about(action, "dorset").startswith("In the England and Wales value, but not in the figure: Dorset.")
    first = footnotes(action)[0].sentence
    assert first.startswith("England and Wales is based on 42 of 43 forces (not Suffolk): ")
    charged = results["outcome_charged_pct"]
    assert "Without a 2016 value: Dorset. " in footnote_about(charged, "dorset")


def test_footnotes_name_the_marked(results: dict[str, Result]) -> None:
    assert "Shown with the mark [e]: Warwickshire. " in footnote_about(
        results["asb_incidents_per_1000"], "warwickshire"
    )
    assert "Shown with the mark [e]: City of London. " in footnote_about(results["crime_per_1000"], "city-of-london")


def test_more_forces_than_can_be_named_are_counted(data: Folder) -> None:
    silent = open_data().forces.ids[:11]
    crimes = all_forces(YEAR_2017, 9000, instead=dict.fromkeys(silent, "not_supplied"))
    data.counts({"recorded_crime": [*crimes, *all_forces(YEAR_2016, 9000)]})
    note = footnote_about(data.result("crime_per_1000"), silent[0])
    assert note.startswith("Not in the figure: 11 forces.")


def test_forces_without_a_figure_are_all_in_some_footnote(results: dict[str, Result]) -> None:
    for result in results.values():
        told = {force_id for note in footnotes(result) for force_id in note.force_ids}
        assert set(result.forces.index[result.forces["value"].isna()]) <= told, result.measure.id


def test_caveats_are_those_of_the_measure_and_of_the_force(results: dict[str, Result]) -> None:
    charged = results["outcome_charged_pct"]
    mine, others = wording.caveats(charged, "leicestershire"), wording.caveats(charged, "norfolk")
    assert len(mine) == len(others) + 1
    assert any("Leicestershire Police took part" in sentence for sentence in mine)
    assert not any("Leicestershire Police took part" in sentence for sentence in others)
    assert not any("arrest" in sentence.lower() for sentence in wording.caveats(results["crime_per_1000"], "norfolk"))


def test_sources_are_named_once_in_the_order_of_the_declaration(results: dict[str, Result]) -> None:
    said = wording.sources_in_words(results["crime_per_1000"]).split("; ")
    assert len(said) == 2
    assert "Home Office" in said[0]
    assert "Office for National Statistics" in said[1]


def test_alternative_text_names_the_force_and_the_main_numbers(results: dict[str, Result]) -> None:
    for measure_id, result in results.items():
        if result.plotted.empty:
            continue
        texts = [ranked.alt_text(result, (force_id,)) for force_id in open_data().forces.ids]
        assert len(set(texts)) == len(texts), measure_id
        for force_id, text in zip(open_data().forces.ids, texts, strict=True):
            assert 20 <= len(text) <= 600, (measure_id, force_id, len(text))
            assert open_data().forces.official_name(force_id) in text
    dorset = ranked.alt_text(results["outcome_action_taken_pct"], ("dorset",))
    assert "Dorset Police is not shown." in dorset
    assert dorset.startswith("Bar chart of 41 forces: ")
    for measure_id, result in results.items():
        if result.measure.kind == "change":
            assert ranked.alt_text(result, ("norfolk",)).startswith("Dot plot of 43 forces: "), measure_id


def test_the_id_of_a_value_is_edition_measure_and_force(results: dict[str, Result]) -> None:
    assert wording.value_id(results["crime_per_1000"], "norfolk") == "2017/crime_per_1000/norfolk"
