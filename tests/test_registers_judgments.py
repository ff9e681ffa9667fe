"""Judgments, questions inspected and areas for improvement: what each row rests on, and that rows agree."""

from collections import Counter

import pytest
from register_rows import register, shared_rows

from peel_analysis.data.folder import open_data

QUESTIONS = ("preventing", "investigating", "vulnerable", "serious_organised_crime", "specialist_capabilities")
GRADES_2018_19 = {
    "investigating": 28,
    "overall": 43,
    "preventing": 39,
    "serious_organised_crime": 26,
    "vulnerable": 21,
}
GRADES_2021_22 = {
    "managing_offenders": 18,
    "crime_data": 11,
    "investigating": 24,
    "planning": 17,
    "preventing": 18,
    "public_treatment": 15,
    "responding": 20,
    "vulnerable": 19,
    "workforce": 14,
    "serious_organised_crime": 3,
    "supporting_victims": 4,
}
GRADES_2023_25 = {
    "powers_and_public_treatment": 13,
    "preventing": 17,
    "crime_data": 13,
    "investigating": 19,
    "leadership": 13,
    "managing_offenders": 12,
    "responding": 15,
    "vulnerable": 14,
    "workforce": 14,
}


def test_a_judgment_says_what_it_rests_on() -> None:
    for row in register("judgments"):
        evidence = row["evidence"]
        assert bool(row["grade"]) == (evidence not in {"summary", "not_found"}), row
        assert bool(row["source_url"]) == (evidence != "not_found"), row
        if evidence in {"derived", "narrative", "summary", "not_found"}:
            assert row["note"], row
        if row["last_inspected"]:
            assert row["last_inspected"] <= row["edition"]


def test_grades_are_counted_by_programme_and_question() -> None:
    """The counts are those of the pages that were read: 157 grades of 2018/19, and 293 of the later programmes."""
    held = Counter((row["edition"], row["question"]) for row in register("judgments") if row["grade"])
    by_programme: dict[str, dict[str, int]] = {}
    for (edition, question), count in held.items():
        by_programme.setdefault(edition, {})[question] = count
    assert by_programme["2018/19"] == GRADES_2018_19
    assert by_programme["2021/22"] == GRADES_2021_22
    assert by_programme["2023-25"] == GRADES_2023_25
    assert (sum(GRADES_2018_19.values()), sum(GRADES_2021_22.values()) + sum(GRADES_2023_25.values())) == (157, 293)


def test_norfolk_has_the_judgments_of_its_report() -> None:
    rows = [row for row in register("judgments") if (row["force_id"], row["edition"]) == ("norfolk", "2017")]
    assert {row["question"]: (row["grade"], row["last_inspected"]) for row in rows} == {
        "overall": ("Good", "2017"),
        "preventing": ("Outstanding", "2016"),
        "investigating": ("Good", "2016"),
        "vulnerable": ("Good", "2017"),
        "serious_organised_crime": ("Good", "2016"),
        "specialist_capabilities": ("Ungraded", "2017"),
    }
    assert {row["evidence"] for row in rows} == {"report"}


def test_each_force_has_all_five_questions_inspected_or_not() -> None:
    rows = register("sections_inspected")
    assert {(row["force_id"], row["question"]) for row in rows} == {
        (f, q) for f in open_data().forces.ids for q in QUESTIONS
    }
    assert all(row["source_url"] for row in rows if row["inspected"] != "unknown")


def test_a_question_inspected_in_2017_was_last_inspected_in_2017() -> None:
    judged = {(row["force_id"], row["question"]): row for row in register("judgments") if row["edition"] == "2017"}
    for row in register("sections_inspected"):
        last = judged[row["force_id"], row["question"]]["last_inspected"]
        if row["inspected"] == "yes":
            assert last in {"2017", ""}, row
        if row["inspected"] == "no":
            assert last != "2017", row


def test_areas_for_improvement_are_numbered_from_one_under_each_question() -> None:
    numbers: dict[tuple[str, ...], list[int]] = {}
    for row in register("areas_for_improvement"):
        numbers.setdefault((row["edition"], row["force_id"], row["question"]), []).append(int(row["number"]))
        assert row["source_url"]
        if row["first_raised"]:
            assert row["first_raised"] <= row["edition"]
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_norfolk_has_two_areas_for_improvement_the_second_raised_in_2016() -> None:
    rows = [row for row in register("areas_for_improvement") if row["force_id"] == "norfolk"]
    assert [(row["question"], row["first_raised"]) for row in rows] == [("vulnerable", "2017"), ("vulnerable", "2016")]
    assert "supervis" in rows[0]["sentence"]
    assert "protection notices and orders and Clare's Law" in rows[1]["sentence"]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "year", "columns"),
    [
        ("areas_for_improvement", "inspection_year", ("force_id", "question", "kind")),
        ("sections_inspected", "", ("force_id", "question")),
    ],
)
def test_each_row_of_the_facts_is_kept(name: str, year: str, columns: tuple[str, ...]) -> None:
    found = Counter(
        (row[year] if year else "2017", *(row[c] for c in columns)) for row in shared_rows(f"facts/{name}.csv")
    )
    assert Counter((row["edition"], *(row[c] for c in columns)) for row in register(name)) == found


@pytest.mark.shared
def test_each_judgment_of_the_facts_is_kept_once() -> None:
    kept = {(row["edition"], row["force_id"], row["question"]): row for row in register("judgments")}
    assert len(kept) == len(register("judgments"))
    found = {
        (row["inspection_year"], row["force_id"], row["question"]): row["grade"]
        for row in shared_rows("facts/judgments.csv")
    }
    for name in ("2018_19", "later", "2016_17_gaps"):
        for row in shared_rows(f"facts/judgments_{name}.csv"):
            key = (row["edition"], row["force_id"], row["question"])
            assert row["grade"] == "" or found.get(key, "") in ("", row["grade"]), key
            found[key] = found.get(key) or row["grade"]
            assert not row["quote_of_up_to_12_words"] or row["quote_of_up_to_12_words"] not in kept[key]["note"]
    assert {key: row["grade"] for key, row in kept.items()} == found
