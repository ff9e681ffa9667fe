"""Judgments on the page: grades with what they rest on, and nothing over forces from a set that is not complete."""

import re
from collections import Counter

import pytest
from register_rows import register
from sections_shown import parsed

from peel_analysis.data.folder import open_data
from peel_analysis.sections.judgments import grades_in_brief, grades_over_forces, is_complete, judgment, judgments_table
from peel_analysis.sections.section import open_section

EDITIONS = ("2017", "2019", "2025")


def rows_of(programme: str) -> list[dict[str, str]]:
    return [row for row in register("judgments") if row["edition"] == programme]


def test_every_force_has_an_overall_grade_of_2018_19() -> None:
    graded = [row["force_id"] for row in rows_of("2018/19") if row["question"] == "overall" and row["grade"]]
    assert sorted(graded) == sorted(open_data().forces.ids)
    counted = Counter(row["grade"] for row in rows_of("2018/19") if row["question"] == "overall")
    found = grades_over_forces(open_data().edition("2019"), "overall")
    assert list(found) == ["Outstanding", "Good", "Requires improvement", "Inadequate"]
    assert dict(found) == {grade: counted[grade] for grade in found}
    assert sum(found.values()) == 43


def test_the_first_screen_says_what_a_derived_grade_rests_on() -> None:
    shown = parsed(grades_in_brief(open_data().edition("2017"), "suffolk"))
    (key,) = (one.get_text() for one in shown.select("p.key"))
    assert key.startswith(
        "[d] The grade is not stated on a page that was read; it rests on this: Protecting vulnerable "
    )
    assert key.endswith("the force is good at protecting vulnerable people.")


def test_questions_without_a_grade_are_named_in_one_line() -> None:
    shown = parsed(judgments_table(open_data().edition("2017"), "suffolk"))
    lacking = ["Investigating crime and reducing re-offending", "Tackling serious and organised crime"]
    (said,) = (one.get_text() for one in shown.select("p.none-recorded"))
    assert said == f"Not recorded in this edition: {'; '.join(lacking)}."
    assert [one.get_text() for one in shown.select("tbody th") if one.get_text() in lacking] == []
    assert len(shown.select("tbody tr")) == 3


@pytest.mark.parametrize("edition_id", EDITIONS)
def test_grades_over_forces_are_given_from_a_whole_set_only(edition_id: str) -> None:
    edition = open_data().edition(edition_id)
    assert edition.programme is not None
    held = Counter(row["question"] for row in rows_of(edition.programme.id) if row["grade"])
    for question in edition.programme.judged:
        assert bool(grades_over_forces(edition, question)) == (held[question] == 43), question
    assert not is_complete(edition)


def test_an_incomplete_set_says_once_which_way_missing_grades_lean() -> None:
    for edition_id, told in (("2017", []), ("2019", ["the end of the scale"]), ("2025", ["the middle of the scale"])):
        shown = parsed(open_section("effectiveness_overview", "sussex", edition_id).judgments().html)
        lean = [
            re.findall(r"lean towards (the \w+ of the scale)", one.get_text()) for one in shown.select("p.incomplete")
        ]
        assert lean == [[words] for words in told], edition_id


def test_missing_grades_lean_as_the_page_says() -> None:
    """A recount: which grades are named outright in 2018/19, and which ones are picked out of 2021/22 and 2023-25."""
    questions = [row for row in rows_of("2018/19") if row["question"] != "overall"]
    named = Counter(row["grade"] for row in questions if row["grade"])
    assert (named["Outstanding"] + named["Good"], named["Requires improvement"] + named["Inadequate"]) == (105, 9)
    assert sum(row["grade"] == "" for row in questions) == 20
    for programme, few, many in (("2021/22", (0, 47), (35, 116)), ("2023-25", (0, 35), (48, 95))):
        graded = [row for row in rows_of(programme) if row["grade"]]
        held = Counter(row["force_id"] for row in graded)
        for chosen, expected in (
            ([row["grade"] for row in graded if held[row["force_id"]] < 8], few),
            ([row["grade"] for row in graded if held[row["force_id"]] >= 8], many),
        ):
            assert (chosen.count("Adequate"), len(chosen)) == expected, programme


@pytest.mark.parametrize("edition_id", EDITIONS)
def test_each_force_has_the_grades_of_the_register_in_the_order_of_its_programme(edition_id: str) -> None:
    edition = open_data().edition(edition_id)
    programme = edition.programme
    assert programme is not None
    held = {(row["force_id"], row["question"]): row["grade"] for row in rows_of(programme.id)}
    for force_id in ("norfolk", "sussex", "merseyside", "northumbria"):
        shown = parsed(judgments_table(edition, force_id))
        pairs = [row.find_all(["th", "td"]) for row in shown.select("tbody tr")]
        cells = {row[0].get_text(): row[1].get_text() for row in pairs}
        lacking = " ".join(one.get_text() for one in shown.select("p.none-recorded"))
        assert list(cells) == [question.name for question in programme.questions if question.name not in lacking]
        for question in programme.questions:
            if grade := held.get((force_id, question.id)):
                assert cells[question.name].split(" [")[0] == grade


def test_a_grade_of_the_press_and_one_worked_out_have_their_marks_explained_where_they_stand() -> None:
    edition = open_data().edition("2025")
    table = parsed(judgments_table(edition, "northumbria"))
    grades = {row.th.get_text(): row.td.get_text() for row in table.select("tbody tr") if row.th and row.td}
    assert grades["Preventing crime"] == "Good [n]"
    assert grades["Building, supporting and protecting the workforce"] == "Adequate [d]"
    keys = [key.get_text()[:4] for key in table.select("p.key")]
    assert sorted(keys) == ["[d] ", "[n] "]
    listed = [item.get_text() for item in table.select("li")]
    assert len(listed) == 2
    assert all("Worked out from counts of grades. By elimination" in item for item in listed)
    alone = judgment(edition, "northumbria", "investigating")
    assert alone.remark.startswith("[n] The grade is as a newspaper")
    assert alone.remark in parsed(open_section("investigating", "northumbria", "2025").opening().html).get_text()


def test_words_that_name_no_grade_are_no_grade() -> None:
    summaries = [row for row in register("judgments") if row["evidence"] == "summary"]
    assert Counter(row["edition"] for row in summaries) == {"2016": 2, "2018/19": 20, "2021/22": 1, "2023-25": 8}
    assert {row["grade"] for row in summaries} == {""}
    shown = judgment(open_data().edition("2019"), "norfolk", "investigating")
    assert shown.grade_in_words == "described in words, no grade read"
    box = parsed(open_section("investigating", "norfolk", "2019").opening().html).select_one("p.judgment")
    assert box is not None
    assert "grade-not-recorded" in box["class"]


def test_sources_that_disagree_on_the_year_are_noted() -> None:
    noted = {
        (row["force_id"], row["question"])
        for row in rows_of("2018/19")
        if "sources disagree on the year" in row["note"]
    }
    assert noted == {("kent", "preventing"), ("dorset", "preventing"), ("cumbria", "investigating")}
