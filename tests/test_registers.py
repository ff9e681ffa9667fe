"""The registers in data/: what each row must say, and that rows agree with each other and with their origin."""

import csv
import gzip
import math
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from shared_folder import shared

from peel_analysis import forces

DATA = Path(__file__).resolve().parents[1] / "data"
QUESTIONS = ("preventing", "investigating", "vulnerable", "serious_organised_crime", "specialist_capabilities")
EXCLUDED = {"figure": "excluded_from_figure", "national": "excluded_from_national"}
POWERS = {
    "asb_cbo": "criminal_behaviour_orders",
    "asb_cpn": "community_protection_notices",
    "asb_civil_injunctions": "civil_injunctions",
    "asb_dispersal": "dispersal_orders",
}
COLUMNS = {
    "exclusions": (
        "edition measure_id period_year force_id effect missing_because components basis reason short_reason said_in"
    ),
    "caveats": "edition caveat_id applies_to force_id kind sentence said_in",
    "count_notes": "item force_id period_start period_end status reason said_in",
    "sources": "source_id publisher title covers release url availability sentence",
    "published_values": "edition force_id measure_id period_words value unit said_in note",
    "footnotes": "edition number subject sentence section",
    "surveys": "edition survey_id title topic low high unit sentence said_in",
    "judgments": "edition force_id question grade last_inspected evidence source_url note",
    "areas_for_improvement": ("edition force_id question kind number sentence source_url first_raised status note"),
    "sections_inspected": "edition force_id question inspected source_url note",
    "outcome_groups": "grouping_id version outcome_type outcome_words group group_order in_action_taken",
    "glossary": "term meaning",
}
KEYS = {
    "exclusions": ("edition", "measure_id", "period_year", "force_id", "effect"),
    "caveats": ("edition", "caveat_id"),
    "count_notes": ("item", "force_id", "period_start", "period_end"),
    "sources": ("source_id",),
    "published_values": ("edition", "force_id", "measure_id"),
    "footnotes": ("edition", "number"),
    "surveys": ("edition", "survey_id", "topic"),
    "judgments": ("edition", "force_id", "question"),
    "areas_for_improvement": ("edition", "force_id", "question", "number"),
    "sections_inspected": ("edition", "force_id", "question"),
    "outcome_groups": ("grouping_id", "version", "outcome_type"),
    "glossary": ("term",),
}
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

Row = dict[str, str]


def register(name: str) -> list[Row]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shared_rows(path: str) -> list[Row]:
    with shared(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def measure_ids() -> set[str]:
    with (DATA / "measures.toml").open("rb") as file:
        return {measure["id"] for measure in tomllib.load(file)["measure"]}


def members(measure: str, year: str, kind: str) -> set[str]:
    """Return the forces in the figure or in the national rate: the 43 without those excluded."""
    out = {
        row["force_id"]
        for row in register("exclusions")
        if (row["measure_id"], row["period_year"], row["effect"]) == (measure, year, EXCLUDED[kind])
    }
    return set(forces.ids()) - out


@pytest.mark.parametrize("name", COLUMNS)
def test_a_register_has_its_columns_and_no_repeated_key(name: str) -> None:
    rows = register(name)
    assert rows
    assert " ".join(rows[0]) == COLUMNS[name]
    assert all(None not in row and None not in row.values() for row in rows), "a row with too many or too few cells"
    keys = Counter(tuple(row[column] for column in KEYS[name]) for row in rows)
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("name", [name for name, columns in COLUMNS.items() if "force_id" in columns])
def test_each_force_is_one_of_the_43_or_says_all(name: str) -> None:
    known = {*forces.ids(), "all", forces.ENGLAND_AND_WALES}
    assert {row["force_id"] for row in register(name)} <= known


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
        r"Norfolk 2017 report, lines? \d|ONS police force area (data )?tables|Data used in this edition|Calculated"
    )
    assert [row for row in register(name) if not said.match(row["said_in"])] == []


@pytest.mark.parametrize(
    ("measure", "figure", "national"),
    [
        ("crime_per_1000", 43, 43),
        ("crime_change_12m", 43, 43),
        ("crime_change_5y", 43, 43),
        ("outcome_charged_pct", 42, 42),
        ("outcome_evidential_victim_pct", 42, 42),
        ("outcome_no_suspect_pct", 42, 42),
        ("outcome_action_taken_pct", 41, 42),
        ("asb_incidents_per_1000", 43, 43),
        ("da_share_of_crime_pct", 42, 42),
        ("da_arrest_rate", 38, 38),
        ("ocg_per_million", 42, 42),
        ("asb_powers_per_million", 39, 39),
        ("asb_cbo", 38, 38),
        ("asb_cpn", 38, 38),
        ("asb_civil_injunctions", 36, 36),
        ("asb_dispersal", 37, 37),
    ],
)
def test_how_many_forces_are_in_the_figure_and_in_the_national_rate(measure: str, figure: int, national: int) -> None:
    assert (len(members(measure, "2017", "figure")), len(members(measure, "2017", "national"))) == (figure, national)


def test_35_of_the_38_forces_with_an_arrest_rate_have_one_for_2016_too() -> None:
    now, before = members("da_arrest_rate", "2017", "figure"), members("da_arrest_rate", "2016", "figure")
    assert len(now & before) == 35
    assert now - before == {"cambridgeshire", "derbyshire", "gloucestershire"}


def test_dorset_is_out_of_the_action_taken_figure_but_in_the_2017_national_value() -> None:
    assert "dorset" not in members("outcome_action_taken_pct", "2017", "figure")
    assert "dorset" in members("outcome_action_taken_pct", "2017", "national")
    assert "dorset" not in members("outcome_action_taken_pct", "2016", "national")


def test_the_2016_organised_crime_groups_are_of_42_forces_in_41_units() -> None:
    combined = {row["force_id"] for row in register("exclusions") if row["effect"] == "combined"}
    assert combined == {"warwickshire", "west-mercia"}
    assert len(members("ocg_per_million", "2016", "figure")) - len(combined) + 1 == 41


def test_four_forces_returned_some_anti_social_behaviour_powers_and_lack_the_same_components() -> None:
    rows = [row for row in register("exclusions") if row["effect"] == "partial" and row["components"]]
    lacking = {row["force_id"]: set(row["components"].split(";")) for row in rows}
    assert lacking == {
        "gloucestershire": {"civil_injunctions"},
        "hertfordshire": {"civil_injunctions"},
        "humberside": set(POWERS.values()),
        "merseyside": {"dispersal_orders"},
    }
    for force, items in lacking.items():
        for measure, item in POWERS.items():
            assert (force in members(measure, "2017", "figure")) == (item not in items), (force, measure)


def test_a_force_out_of_all_anti_social_behaviour_powers_is_out_of_each_of_them() -> None:
    for measure in POWERS:
        for year in ("2016", "2017"):
            for kind in EXCLUDED:
                assert members(measure, year, kind) <= members("asb_powers_per_million", year, kind)


def test_an_exclusion_uses_the_words_that_the_engine_knows() -> None:
    for row in register("exclusions"):
        assert row["period_year"] in {"2016", "2017"}
        assert row["effect"] in {*EXCLUDED.values(), "partial", "combined", "estimated"}
        assert row["missing_because"] in ({""} if row["effect"] == "estimated" else {"not_supplied", "not_comparable"})
        assert row["basis"] in {"stated", "implied", "ambiguous"}
        assert 0 < len(row["short_reason"]) <= 45
        assert not row["short_reason"].endswith(".")


def test_an_exclusion_names_its_force() -> None:
    for row in register("exclusions"):
        assert forces.find(row["force_id"]).official_name.removeprefix("The ") in row["reason"], row["reason"]


def test_exclusions_and_caveats_are_of_measures_that_exist() -> None:
    applied = {measure for row in register("caveats") for measure in row["applies_to"].split(";")} - {"all"}
    assert applied | {row["measure_id"] for row in register("exclusions")} <= measure_ids()


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


def test_a_judgment_says_what_it_rests_on() -> None:
    grades = {"Outstanding", "Good", "Requires improvement", "Inadequate"}
    for row in register("judgments"):
        evidence = row["evidence"]
        assert evidence in {"explicit", "press", "carried", "derived", "narrative", "report", "not_found"}
        if evidence == "not_found":
            assert row["grade"] == row["source_url"] == ""
        else:
            assert row["grade"] in (grades | {"Ungraded"} if row["question"] == "specialist_capabilities" else grades)
            assert row["source_url"]
        if evidence in {"derived", "narrative", "carried", "not_found"}:
            assert row["note"], row
        assert row["question"] in {"overall", *QUESTIONS}
        if row["last_inspected"]:
            assert row["last_inspected"] <= row["edition"]


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
    assert {(row["force_id"], row["question"]) for row in rows} == {(f, q) for f in forces.ids() for q in QUESTIONS}
    assert {row["inspected"] for row in rows} == {"yes", "no", "unknown"}
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
        assert row["kind"] in {"area_for_improvement", "cause_of_concern"}
        assert row["status"] in {"open", "closed", "not_known"}
        assert row["source_url"]
        if row["first_raised"]:
            assert row["first_raised"] <= row["edition"]
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_norfolk_has_two_areas_for_improvement_the_second_raised_in_2016() -> None:
    rows = [row for row in register("areas_for_improvement") if row["force_id"] == "norfolk"]
    assert [(row["question"], row["first_raised"]) for row in rows] == [("vulnerable", "2017"), ("vulnerable", "2016")]
    assert "supervis" in rows[0]["sentence"]
    assert "protection notices and orders and Clare's Law" in rows[1]["sentence"]


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
def test_each_exclusion_that_was_found_is_in_the_register() -> None:
    kept = {(r["measure_id"], r["period_year"], r["force_id"], r["effect"]) for r in register("exclusions")}
    found = shared_rows("spec/exclusions.csv")
    territorial = [row for row in found if row["force"] != "British Transport Police"]
    for row in territorial:
        effect = row["effect"].replace("excluded_from_ew", "excluded_from_national")
        assert (row["measure"], row["year"], forces.find(row["force"]).id, effect) in kept, row
    assert len(found) - len(territorial) == 2
    scope = [row for row in register("caveats") if row["kind"] == "scope"]
    assert len(scope) == 2
    assert all("British Transport Police" in row["sentence"] for row in scope)


@pytest.mark.shared
def test_each_caveat_that_was_found_is_in_the_register() -> None:
    kept = register("caveats")
    for row in shared_rows("spec/caveats.csv"):
        first_lines = row["seed_lines"].split(";")[0]
        force = "all" if row["force"] == "*" else forces.find(row["force"]).id
        same = [r for r in kept if (r["kind"], r["force_id"]) == (row["kind"], force) and first_lines in r["said_in"]]
        assert len(same) == 1, row


@pytest.mark.shared
def test_each_published_value_is_in_the_register() -> None:
    values = Counter(row["value"] for row in register("published_values"))
    for value, count in Counter(row["value"] for row in shared_rows("spec/published_values.csv")).items():
        numbers = re.findall(r"\d\d:\d\d-\d\d:\d\d", value)
        same = [v for v in values if v == value or (numbers and re.findall(r"\d\d:\d\d-\d\d:\d\d", v) == numbers)]
        assert sum(values[v] for v in same) >= count, value


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "year", "columns"),
    [
        ("judgments", "inspection_year", ("force_id", "question", "grade", "last_inspected")),
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
def test_outcome_types_are_grouped_as_the_home_office_groups_them() -> None:
    path = shared("raw/home_office/outcomes-open-data-year-ending-march-2019.csv.gz")
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        published = {row["Outcome Type"]: row["Outcome Group"] for row in csv.DictReader(file)}
    groups = {row["outcome_type"]: row["group"] for row in register("outcome_groups")}
    assert set(groups) == {*published, "22"}
    assert len({(published[kind], groups[kind]) for kind in published}) == len(set(published.values()))
    assert len({groups[kind] for kind in published}) == len(set(published.values()))
