"""Accessible tables: caption, scopes, numbers to the right, marks with their reasons and a key."""

import pytest
from bs4 import BeautifulSoup, Tag

from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.show import tables
from peel_analysis.show.tables import Cell, Row


def parsed(html: str) -> Tag:
    return BeautifulSoup(html, "html.parser")


def row_of(html: Tag, header: str) -> list[str]:
    """Return the texts of the row with this header."""
    row = next(one for one in html.select("tbody tr") if one.select_one("th[scope=row]").get_text() == header)  # type: ignore[union-attr]
    return [cell.get_text() for cell in row.select("td")]


def test_a_table_has_caption_column_headers_and_row_headers() -> None:
    html = parsed(tables.html_table("A <caption>", ("Force", "Rate & more"), [Row("Kent", (Cell("1.5", True),))]))
    assert [one.get_text() for one in html.select("table > caption")] == ["A <caption>"]
    assert [one.get_text() for one in html.select("thead th[scope=col]")] == ["Force", "Rate & more"]
    assert [one.get_text() for one in html.select("tbody th[scope=row]")] == ["Kent"]
    frame = html.select_one("div[role=region]")
    assert frame is not None
    assert (frame["aria-label"], frame["tabindex"]) == ("A <caption>", "0"), "one can scroll it by keyboard"


def test_numbers_alone_are_set_to_the_right() -> None:
    html = parsed(tables.html_table("x", ("a", "b", "c"), [Row("r", (Cell("1", True), Cell("words")))]))
    assert [cell.get("class") for cell in html.select("td")] == [None, ["words"]]
    assert [cell.get_text() for cell in html.select(".numbers td:not(.words)")] == ["1"], "as style.css has it"
    assert not parsed(tables.html_table("x", ("a", "b"), [Row("r", (Cell("words"),))])).select(
        "[class=numbers], .words"
    )


def test_what_most_forces_lack_for_one_reason_is_said_once(results: dict[str, Result]) -> None:
    html = parsed(tables.by_force(results["da_charge_rate"], "suffolk"))
    names = [one.get_text() for one in html.select("tbody th[scope=row]")]
    assert sorted(names[:-1]) == ["Norfolk", "North Yorkshire", "Suffolk", "The other 40 forces"]
    assert row_of(html, "The other 40 forces") == row_of(html, "Suffolk") == ["[x]"] * 4 + ["Data return not public"]


def test_how_many_lack_it_is_counted_without_the_force_whose_table_it_is(results: dict[str, Result]) -> None:
    result = results["da_charge_rate"]
    rows, held = result.rows.copy(), results["crime_per_1000"].rows
    without = [one for one in rows.index if rows.loc[one, "short"] == "Data return not public"][: tables.MOST]
    others = ~rows.index.isin(without)
    rows.loc[others] = held.loc[others, rows.columns]
    edge = result.with_rows(rows)
    for force_id, said in ((without[0], 44), ("norfolk", 44 - tables.MOST + 1)):
        html = parsed(tables.by_force(edge, force_id))
        assert len(html.select("tbody tr")) == said, force_id
        assert [one.get_text() for one in html.select("tr.own-force th")] == [open_data().forces.name(force_id)]


@pytest.mark.parametrize(
    "measure_id", ["crime_per_1000", "outcome_action_taken_pct", "crime_change_12m", "calls_per_1000"]
)
def test_a_measure_s_table_has_all_43_forces_and_england_and_wales_last(
    results: dict[str, Result], measure_id: str
) -> None:
    html = parsed(tables.by_force(results[measure_id], "norfolk"))
    names = [one.get_text() for one in html.select("tbody th[scope=row]")]
    assert sorted(names[:-1]) == sorted(force.name for force in open_data().forces.all)
    assert names[-1] == "England and Wales"
    columns = len(html.select("thead th"))
    assert all(len(row.find_all(["th", "td"])) == columns for row in html.select("tbody tr"))
    own = html.select("tr.own-force")
    assert [one.get_text() for row in own for one in row.select("th strong")] == ["Norfolk"], "told by more than colour"
    assert len(html.select("tr.total")) == 1


def test_rows_are_from_the_largest_value_down_and_those_without_one_come_last(results: dict[str, Result]) -> None:
    result = results["outcome_charged_pct"]
    html = parsed(tables.by_force(result, "norfolk"))
    first = [row.select("td")[0].get_text() for row in html.select("tbody tr")[:-1]]
    values = [float(text.split("%")[0]) for text in first if "%" in text]
    assert values == sorted(values, reverse=True)
    assert first[-1] == "[x]"
    assert len(values) == 42


def test_a_row_holds_value_interval_counts_and_comparator(results: dict[str, Result]) -> None:
    html = parsed(tables.by_force(results["crime_per_1000"], "norfolk"))
    assert row_of(html, "Norfolk") == ["58.9", "58.4 to 59.4", "52,569", "892,870", "54.0", ""]
    heads = [one.get_text() for one in html.select("thead th")]
    assert heads[1:4] == ["Per 1,000 population", "95% interval", "Count"]
    assert "Population" in heads
    assert "Value in the 12 months to 30 June 2016" in heads


def test_a_missing_value_shows_its_mark_and_the_short_reason(results: dict[str, Result]) -> None:
    html = parsed(tables.by_force(results["outcome_charged_pct"], "norfolk"))
    value, interval, count, whole, _, note = row_of(html, "Suffolk")
    assert (value, interval, count, whole) == ("[x]", "[x]", "[x]", "[x]")
    assert note == "Left out as published: was moving to Athena"
    assert row_of(html, "Dorset")[4] == "[x]"


def test_a_force_that_is_not_in_the_figure_says_so(results: dict[str, Result]) -> None:
    html = parsed(tables.by_force(results["outcome_action_taken_pct"], "norfolk"))
    dorset = row_of(html, "Dorset")
    assert dorset[-1].startswith("Not in the figure: ")
    assert "%" in dorset[0]


def test_marks_that_occur_have_a_key_and_no_others(results: dict[str, Result]) -> None:
    crime = parsed(tables.by_force(results["crime_per_1000"], "norfolk"))
    assert row_of(crime, "City of London")[0] == "10.2 [e]"
    key = next(one.get_text() for one in crime.select("p.key") if one.get_text().startswith("Key:"))
    assert key == "Key: [e] estimated."
    plain = parsed(tables.by_force(results["crime_change_12m"], "norfolk"))
    assert not [one for one in plain.select("p.key") if one.get_text().startswith("Key:")]
    calls = parsed(tables.by_force(results["ocg_per_million"], "norfolk"))
    marks = {cell.get_text() for cell in calls.select(".numbers td:not(.words)")}
    said = next(one.get_text() for one in calls.select("p.key") if one.get_text().startswith("Key:"))
    marks = {one for one in marks if one.startswith("[")}
    assert marks == {"[x]", "[z]"}
    assert all(one in said for one in marks)


def test_no_table_shows_what_a_program_calls_missing(results: dict[str, Result]) -> None:
    for result in results.values():
        cells = [cell.get_text() for cell in parsed(tables.by_force(result, "norfolk")).select("td, th, caption")]
        words = {word for cell in cells for word in cell.split()}
        assert not {"nan", "NaN", "<NA>", "-0.0", "nan%"} & words, result.measure.id
        assert "None" not in cells, result.measure.id


def test_the_mark_of_each_status() -> None:
    marks = {"reported": "", "estimated": "[e]", "partial": "[u]", "not_supplied": "[x]", "not_comparable": "[z]"}
    assert {status: open_data().statuses.mark(status) for status in marks} == marks


def test_a_key_names_each_mark_once() -> None:
    assert tables.key_to_marks(open_data().statuses, []) == ""
    assert tables.key_to_marks(open_data().statuses, ["reported"]) == ""
    html = tables.key_to_marks(open_data().statuses, ["partial", "incomplete", "estimated"])
    assert html == '<p class="key">Key: [u] partial or incomplete record; [e] estimated.</p>'
