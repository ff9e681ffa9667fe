"""Annex A: every mark that a table shows has its reason there, and what it says of itself is true."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from invented import YEAR_2017, Count, all_forces, folder

from peel_analysis import measures
from peel_analysis.data import registers
from peel_analysis.data.folder import open_data
from peel_analysis.sections.annex import LEFT_OUT, MARKED_OTHERWISE, NONE_MARKED, Annex, marks_table, open_annex
from peel_analysis.show import words as wording

EDITIONS = ("2017", "2019", "2025")


def table(html: str, caption: str) -> Tag:
    frames = BeautifulSoup(html, "html.parser").select("table")
    return next(one for one in frames if one.caption and one.caption.get_text() == caption)


def rows_of(found: Tag) -> list[list[str]]:
    return [[cell.get_text() for cell in row.select("th, td")] for row in found.select("tbody tr")]


@pytest.mark.parametrize(
    ("edition", "marked"),
    [
        (
            "2017",
            {
                ("City of London", "2017 and 2016", "[e] estimated"),
                ("Derbyshire", "2017", "[u] incomplete record"),
                ("Essex", "2017", "[u] incomplete record"),
                ("Lincolnshire", "2017", "[u] incomplete record"),
                ("Wiltshire", "2016", "[u] incomplete record"),
            },
        ),
        (
            "2019",
            {
                ("City of London", "2019 and 2018", "[e] estimated"),
                ("North Yorkshire", "2019", "[u] incomplete record"),
            },
        ),
        ("2025", {("City of London", "2025 and 2024", "[e] estimated")}),
    ],
)
def test_marks_that_no_exclusion_gives_are_listed(edition: str, marked: set[tuple[str, str, str]]) -> None:
    rows = rows_of(table(open_annex("norfolk", edition).exclusions().html, MARKED_OTHERWISE))
    assert marked <= {(force, year, sign) for force, year, sign, _, _ in rows}
    assert all(titles and reason.endswith(".") for _, _, _, titles, reason in rows)


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_marked_figure_is_in_the_annex_with_its_measure(edition: str) -> None:
    html = open_annex("norfolk", edition).exclusions().html
    listed = [(row[0], row[3]) for row in rows_of(table(html, MARKED_OTHERWISE))]
    if LEFT_OUT in html:
        listed += [(row[0], row[2]) for row in rows_of(table(html, LEFT_OUT))]
    for measure in open_data().measures:
        shown = measures.calculate(measure, open_data().edition(edition)).forces
        for force_id, row in shown[shown["value"].notna()].iterrows():
            if open_data().edition(edition).data.statuses.mark(row["status"]):
                name = open_data().forces.name(str(force_id))
                told = [one for one in listed if one[0] == name and measure.title in one[1]]
                assert told, (measure.id, force_id)


def test_a_mark_of_a_count_s_note_is_listed_and_without_marks_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invented dispersal orders, without and with an estimate."""
    data = folder(tmp_path, monkeypatch)
    powers = open_data().measure("asb_dispersal")
    city = Count("city-of-london", YEAR_2017, None, "not_supplied")
    others = [one for one in all_forces(YEAR_2017, 9000) if one.force_id not in ("city-of-london", "kent")]
    data.counts({"dispersal_orders": [*others, city, Count("kent", YEAR_2017, 8000)]})
    assert NONE_MARKED in marks_table([measures.calculate(powers, data.edition())])
    data = folder(tmp_path / "more", monkeypatch)
    data.counts({"dispersal_orders": [*others, city, Count("kent", YEAR_2017, 8000, "estimated")]})
    listed = rows_of(table(marks_table([measures.calculate(powers, data.edition())]), MARKED_OTHERWISE))
    assert [row[:4] for row in listed] == [["Kent", "2017", "[e] estimated", powers.title]]


def test_a_replaced_population_has_its_own_words_whoever_s_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An invented edition in which Kent's population is replaced, and that says nothing of England and Wales."""
    data = folder(tmp_path, monkeypatch)
    of_all = re.search(r"\[population\.national\]\n.*\n.*\n", data.read("editions/2017.toml"))
    assert of_all is not None
    data.replace("editions/2017.toml", of_all[0], "")
    data.replace("editions/2017.toml", "[population.instead.city-of-london]", "[population.instead.kent]")
    data.replace("editions/2017.toml", "The City of London rate uses", "The Kent rate uses by invention")
    data.replace("populations.csv", "city-of-london,2014,553103,daytime-2014", "kent,2014,553103,daytime-2014")
    annex = Annex(open_data().forces.find("norfolk"), data.edition())
    rows = {row[0]: row for row in rows_of(table(annex.populations().html, "Populations used as denominators"))}
    assert rows["Kent"][1] == "553,103"
    assert rows["Kent"][2].startswith("The Kent rate uses by invention an assumed population: 553,103 people")
    assert {row[2] for name, row in rows.items() if name != "Kent"} == {""}


def test_one_outcome_type_is_one_type() -> None:
    html = open_annex("norfolk", "2017").definitions().html
    assert "outcomes (type 1)" in html
    assert "(types 1)" not in html
    assert "outcomes (types 1, 2, 3, 6, 7, 8, 22)" in html


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_the_annex_says_of_its_cautions_is_true(edition: str) -> None:
    assert "Each of these is also printed" not in open_annex("norfolk", edition).caveats().html
    opened = open_data().edition(edition)
    results = {one.id: measures.calculate(one, opened) for one in open_data().measures}
    for row in registers.records(opened.register(registers.CAVEATS)):
        about = [name for name in row["applies_to"].split(";") if name in results]
        force_id = "norfolk" if row["force_id"] == "all" else row["force_id"]
        assert bool(about) == (row["applies_to"] != "all")
        for name in about:
            assert row["sentence"] in wording.caveats(results[name], force_id)


def test_the_policy_speaks_of_a_part_of_the_value_and_of_the_differences_among_forces() -> None:
    said = open_annex("norfolk", "2017").wording_policy().html
    assert "at least 10% above or below" in said
    assert "10% of that value, not percentage points" in said
    assert "hold the usual differences among forces, of which chance is a part" in said


def test_greater_manchester_s_five_years_carry_their_caution() -> None:
    edition = open_data().edition("2025")
    change = measures.calculate(open_data().measure("crime_change_5y"), edition)
    assert any("80,100" in sentence for sentence in wording.caveats(change, "greater-manchester"))
    assert not any("80,100" in sentence for sentence in wording.caveats(change, "kent"))
    assert edition.window("crime_five_years").end.isoformat() == "2020-03-31", "nine of the twelve months are in it"
