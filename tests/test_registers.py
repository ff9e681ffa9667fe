"""The registers in data/: what each row must say, and that rows agree with each other and with their origin."""

import csv
import gzip
import math
import re
import tomllib
from collections import Counter

import pytest
from register_rows import DATA, register, shared_rows
from shared_folder import shared

from peel_analysis.data import registers
from peel_analysis.data.folder import open_data
from peel_analysis.data.registers import Register

SENTENCES = [
    ("exclusions", "reason"),
    ("caveats", "sentence"),
    ("count_notes", "reason"),
    ("sources", "sentence"),
    ("published_values", "note"),
    ("footnotes", "sentence"),
    ("surveys", "sentence"),
    ("judgments", "note"),
    ("areas_for_improvement", "sentence"),
    ("areas_for_improvement", "note"),
    ("sections_inspected", "note"),
    ("glossary", "meaning"),
]


@pytest.mark.parametrize("declared", registers.ALL, ids=lambda declared: declared.file)
def test_a_register_is_as_declared_and_holds_facts(declared: Register) -> None:
    """Its reader checks columns, keys, choices, days and forces; test_registers_references.py shows that it does."""
    assert len(open_data().register(declared)) == len(register(declared.file.removesuffix(".csv"))) > 0


@pytest.mark.parametrize(("name", "column"), SENTENCES)
def test_printed_text_is_made_of_whole_sentences(name: str, column: str) -> None:
    for row in register(name):
        text = row[column]
        if column != "note" or text:
            assert re.match(r"[A-Z0-9'‘]", text), text
            assert text.endswith("."), text
            assert "  " not in text
            assert text == text.strip()
            assert not re.search(r"\b(seed|TODO|nan|None)\b", text), text


@pytest.mark.parametrize("name", ["exclusions", "caveats", "count_notes", "published_values", "surveys"])
def test_each_fact_says_where_it_is_said(name: str) -> None:
    said = re.compile(
        r"Norfolk 2017 report, [A-Z]|HMICFRS, [A-Z]|ONS police force area (data )?tables|Data used in this edition|"
        r"Calculated"
    )
    assert [row for row in register(name) if not said.match(row["said_in"])] == []


def test_each_source_that_a_measure_names_is_described() -> None:
    with (DATA / "measures.toml").open("rb") as file:
        named = {source for measure in tomllib.load(file)["measure"] for source in measure.get("sources", [])}
    assert named
    assert named <= {row["source_id"] for row in register("sources")}


def test_there_are_footnotes_1_to_19() -> None:
    assert [int(row["number"]) for row in register("footnotes")] == list(range(1, 20))


def test_the_file_review_adds_up_as_printed() -> None:
    rows = {row["topic"]: row for row in register("surveys") if row["survey_id"] == "file_review"}
    assert int(rows["arithmetic"]["low"]) == 40 * 60 + 3 * 90
    for files, column in ((60, "high"), (90, "low")):
        half_width = f"{100 * 1.96 * math.sqrt(0.25 / files):.1f}"
        assert rows["half_width"][column] == half_width
        assert half_width in rows["half_width"]["sentence"]


def test_no_margin_of_error_is_printed_for_the_panel_or_the_staff_survey() -> None:
    assert {row["survey_id"] for row in register("surveys") if row["topic"] == "half_width"} == {"file_review"}
    other = " ".join(row["sentence"] for row in register("surveys") if row["survey_id"] != "file_review")
    assert not re.search(r"\b5\.[57]\b|percentage points", other)


def test_action_taken_is_the_seven_outcome_types_of_version_1() -> None:
    rows = register("outcome_groups")
    assert {row["outcome_type"] for row in rows if row["in_action_taken"] == "yes"} == set("123678") | {"22"}
    with (DATA / "measures.toml").open("rb") as file:
        measures = {measure["id"]: measure for measure in tomllib.load(file)["measure"]}
    action_taken = set(measures["outcome_action_taken_pct"]["numerator"]["dimensions"])
    assert action_taken == {row["outcome_type"] for row in rows if row["in_action_taken"] == "yes"}


def test_outcome_groups_stand_in_one_order() -> None:
    rows = register("outcome_groups")
    orders = {(row["group"], int(row["group_order"])) for row in rows}
    assert sorted(order for _, order in orders) == list(range(1, len({group for group, _ in orders}) + 1))


@pytest.mark.shared
def test_each_published_value_is_in_the_register() -> None:
    values = Counter(row["value"] for row in register("published_values"))
    for value, count in Counter(row["value"] for row in shared_rows("spec/published_values.csv")).items():
        numbers = re.findall(r"\d\d:\d\d-\d\d:\d\d", value)
        same = [v for v in values if v == value or (numbers and re.findall(r"\d\d:\d\d-\d\d:\d\d", v) == numbers)]
        assert sum(values[v] for v in same) >= count, value


@pytest.mark.slow
@pytest.mark.shared
def test_outcome_types_are_grouped_as_the_home_office_groups_them() -> None:
    path = shared("raw/home_office/outcomes-open-data-year-ending-march-2019.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        published = {row["Outcome Type"]: row["Outcome Group"] for row in csv.DictReader(file)}
    groups = {row["outcome_type"]: row["group"] for row in register("outcome_groups")}
    assert set(groups) == {*published, "22"}
    assert len({(published[kind], groups[kind]) for kind in published}) == len(set(published.values()))
    assert len({groups[kind] for kind in published}) == len(set(published.values()))
