"""What is asked about returns, the log of the answers, and what a decision does. All counts are invented."""

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from command import run

from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data, open_data
from peel_analysis.measures import calculate
from peel_analysis.returns.example import example_rows
from peel_analysis.returns.folder import Returns, read_returns
from peel_analysis.returns.form import COLUMNS, HEADING_ROW, RETURN, Return, Row, asked, filled_form
from peel_analysis.returns.load import load
from peel_analysis.returns.log import LOG, Entry, add_to_log, answered, read_log
from peel_analysis.returns.queries import Query, check_returns, queries_in, year_before
from peel_analysis.sections.annex import open_annex
from peel_analysis.sections.section import open_section

DATA = open_data()
EDITION = DATA.edition("2017")
# A return in which nothing is asked about: by item, the same in both years.
SOUND = {
    "calls": 200_000,
    "domestic_abuse_calls": 20_000,
    "domestic_abuse_offences": 5_000,
    "domestic_abuse_arrests": 2_500,
    "domestic_abuse_voluntary_attendances": 100,
    "domestic_abuse_charges": 900,
    "clares_law_right_to_know": 60,
    "organised_crime_groups": 46,
    "organised_crime_groups_in_area": 6,
    "organised_crime_groups_elsewhere": 40,
    "criminal_behaviour_orders": 30,
    "community_protection_notices": 40,
    "civil_injunctions": 10,
    "dispersal_orders": 20,
    "asb_powers": 100,
}
Changes = Mapping[tuple[str, int], int | tuple[int | None, str, str]]


def form_of(force_id: str, changes: Changes | None = None) -> bytes:
    """Return a force's form with the sound counts but for changes: a count, or a count, status and reason."""
    rows = {}
    for item, period in asked(EDITION):
        of_year = (item.id, period.end.year)
        given = (changes or {}).get(of_year, SOUND[item.id])
        rows[of_year] = Row(item.id, period, *(given if isinstance(given, tuple) else (given, "reported", "")))
    return filled_form(EDITION, DATA.forces.find(force_id), rows, {})


def folder_of(tmp_path: Path, **forms: Changes) -> Path:
    """Write a folder of returns, a form a force."""
    for name, changes in forms.items():
        force_id = name.replace("_", "-")
        (tmp_path / f"{force_id}.xlsx").write_bytes(form_of(force_id, changes))
    return tmp_path


def write_in(path: Path, item: str, column: str, text: str) -> None:
    """Write something into a cell of an item's first row of a form."""
    book = openpyxl.load_workbook(path)
    place = next(place for place, (one, _) in enumerate(asked(EDITION)) if one.id == item)
    book[RETURN].cell(HEADING_ROW + 2 + place, COLUMNS.index(column) + 1).value = text
    book.save(path)


def queries_of(folder: Path) -> list[Query]:
    """Return what is asked about the returns of a folder, whatever the log says."""
    return queries_in(check_returns(read_returns(folder, DATA)))


def test_nothing_is_asked_about_a_sound_return_and_each_rule_says_what_it_looked_at(tmp_path: Path) -> None:
    results = check_returns(read_returns(folder_of(tmp_path, norfolk={}), DATA))
    assert queries_in(results) == []
    assert {one.rule.id: one.looked_at for one in results} == {
        "return_not_a_number": "25 rows",
        "return_count_and_status": "25 rows",
        "return_without_reason": "0 rows that are not reported",
        "return_part_above_whole": "3 parts of a whole",
        "return_not_the_sum": "4 totals",
        "return_none_after_many": "0 noughts with a year before",
        "return_far_from_year_before": "10 counts with a year before",
        "return_far_from_others": "0 figures of forces (17 of which the rule cannot speak: too few forces have one)",
        "return_although_excluded": "23 counts",
    }


@pytest.mark.parametrize(
    ("changes", "query", "value", "expected"),
    [
        (
            {("domestic_abuse_calls", 2017): 200_001},
            "domestic_abuse_calls-2017-part_above_whole",
            "200001 against 200000",
            "at most 200,000 ('Calls for assistance')",
        ),
        (
            {("domestic_abuse_offences", 2017): 54_000, ("domestic_abuse_offences", 2016): 54_000},
            "domestic_abuse_offences-2017-part_above_whole",
            "54000 against 52569",
            "at most 52,569 (recorded crime)",
        ),
        (
            {("organised_crime_groups_in_area", 2017): 7},
            "organised_crime_groups-2017-not_the_sum",
            "46 against 47",
            "47, the sum of its parts",
        ),
        (
            {("asb_powers", 2016): 99},
            "asb_powers-2016-not_the_sum",
            "99 against 100",
            "100, the sum of its parts",
        ),
        (
            {("domestic_abuse_arrests", 2016): 1_249},
            "domestic_abuse_arrests-2017-far_from_year_before",
            "2500 against 1249",
            "625 to 2,498 (the year before: 1,249)",
        ),
        (
            {("domestic_abuse_arrests", 2017): 0},
            "domestic_abuse_arrests-2017-none_after_many",
            "0 against 2500",
            "a count as in the year before (2,500), or a blank cell",
        ),
        (
            {("calls", 2017): (None, "not_supplied", ""), ("domestic_abuse_calls", 2017): 10},
            "calls-2017-without_reason",
            "",
            "a reason, which is printed with the figure",
        ),
        (
            {("calls", 2017): (200_000, "not_supplied", "On paper.")},
            "calls-2017-count_and_status",
            "200000",
            "no count with this status",
        ),
    ],
)
def test_a_fault_is_asked_about_once_with_what_was_expected(
    tmp_path: Path, changes: Changes, query: str, value: str, expected: str
) -> None:
    found = [one for one in queries_of(folder_of(tmp_path, norfolk=changes)) if one.year == int(query.split("-")[1])]
    assert [(one.id, one.value, one.expected) for one in found] == [(f"norfolk-{query}", value, expected)]
    assert found[0].sentence.startswith("The return of Norfolk Constabulary gives ")


def returns_of(folder: Path, every: Mapping[str, Mapping[tuple[str, int], Row]]) -> Returns:
    """Return forms that are in no file, by force."""
    forms = [
        Return(DATA.forces.find(one), EDITION, tuple(rows.values()), f"{one}.xlsx", "0" * 64)
        for one, rows in every.items()
    ]
    return Returns(folder, DATA, tuple(forms))


def sound_rows(counts: Mapping[str, int]) -> dict[tuple[str, int], Row]:
    """Return the sound rows of a form with other counts of some items, in both years."""
    return {
        (item.id, period.end.year): Row(item.id, period, counts.get(item.id, SOUND[item.id]), "reported")
        for item, period in asked(EDITION)
    }


def spread(number: int) -> dict[str, dict[tuple[str, int], Row]]:
    """Return forms of some forces whose disclosures per 100,000 lie apart by a tenth of each other, from 5.0 up."""
    people, made = EDITION.populations["population"], {}
    for place, force_id in enumerate(DATA.forces.ids[:number]):
        disclosures = round(people[force_id] / 100_000 * (5 + place / 10))
        made[force_id] = sound_rows({"clares_law_right_to_know": disclosures})
    return made


def disclosures_asked(returns: Returns) -> list[Query]:
    found = queries_in(check_returns(returns))
    return [one for one in found if (one.item, one.rule) == ("clares_law_right_to_know", "far_from_others")]


def test_a_figure_far_from_the_others_is_asked_about_once_twenty_forces_have_one(tmp_path: Path) -> None:
    every = spread(20)
    assert disclosures_asked(returns_of(tmp_path, every)) == []
    key, kent = ("clares_law_right_to_know", 2017), "avon-and-somerset"
    count = every[kent][key].count or 0
    every[kent][key] = replace(every[kent][key], count=4 * count)
    found = disclosures_asked(returns_of(tmp_path, every))
    assert [(one.id, one.value) for one in found] == [
        ("avon-and-somerset-clares_law_right_to_know-2017-far_from_others", str(4 * count))
    ]
    assert found[0].expected.startswith(
        "3.4 to 8.7 disclosures per 100,000 population (in the middle of the forces 6.0"
    )
    assert "That makes 20.0 disclosures per 100,000 population" in found[0].sentence
    del every["bedfordshire"]
    assert disclosures_asked(returns_of(tmp_path, every)) == [], "19 forces are too few"


def test_years_that_must_not_be_compared_are_not(tmp_path: Path) -> None:
    """The pair that counted together in 2016 is asked nothing about a change; another force is."""
    changed: Changes = {
        ("organised_crime_groups", 2016): 200,
        ("organised_crime_groups_in_area", 2016): 160,
    }
    folder = folder_of(tmp_path, warwickshire=changed, norfolk=changed)
    found = [one.id for one in queries_of(folder) if one.rule == "far_from_year_before"]
    assert found == [
        "norfolk-organised_crime_groups-2017-far_from_year_before",
        "norfolk-organised_crime_groups_in_area-2017-far_from_year_before",
    ]


def test_a_count_that_the_register_denies_is_asked_about_with_its_line(tmp_path: Path) -> None:
    found = [one for one in queries_of(folder_of(tmp_path, durham={})) if one.year == 2017]
    assert [one.id for one in found] == ["durham-domestic_abuse_arrests-2017-although_excluded"]
    assert found[0].expected.startswith("no count: No 2017 arrest data (data/exclusions.csv, line ")


def test_a_text_in_a_number_is_asked_about_and_no_cell_of_a_csv_file_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(tmp_path, norfolk={})
    write_in(folder / "norfolk.xlsx", "calls", "Count", "@SUM(1)")
    code, out, _ = run(capsys, "returns", "check", str(folder), "--format", "csv", "--log")
    rows = list(csv.DictReader(out.splitlines()))
    assert (code, [(row["query"], row["value"]) for row in rows]) == (
        1,
        [("norfolk-calls-2017-not_a_number", "'@SUM(1)")],
    )
    assert rows[0]["rule_words"] == DATA.rule("return_not_a_number").rule
    assert ",'@SUM(1)," in (folder / LOG.file).read_text(encoding="utf-8")
    assert [one.value for one in read_log(read_returns(folder, DATA))] == ["@SUM(1)"]
    code, out, _ = run(capsys, "returns", "check", str(folder / "norfolk.xlsx"), "--format", "json")
    assert (code, json.loads(out)[0]["value"]) == (1, "@SUM(1)")


def test_the_command_lists_queries_by_force_and_ends_with_nought_when_none_is_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(tmp_path, norfolk={}, kent={("asb_powers", 2017): 99})
    code, out, _ = run(capsys, "returns", "check", str(folder))
    assert code == 1
    assert out.startswith("Kent\n  error: kent-asb_powers-2017-not_the_sum\n    value     99 against 100\n")
    assert "return_not_the_sum: A total is the sum of its parts" in out
    assert out.endswith("1 open query, 0 decided\n")
    run(capsys, "returns", "check", str(folder), "--log")
    decide(folder, "kent-asb_powers-2017-not_the_sum", "confirmed", "A dispersal order of two forces counts once.")
    code, out, _ = run(capsys, "returns", "check", str(folder))
    assert code == 0
    assert (
        "Kent: decided\n  kent-asb_powers-2017-not_the_sum (99 against 100): confirmed by A. Person on 2017-09-30"
        in out
    )


def test_each_form_that_cannot_be_read_is_said_and_the_command_ends_with_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = folder_of(tmp_path, norfolk={}, kent={}, surrey={})
    for force_id in ("norfolk", "kent"):
        write_in(folder / f"{force_id}.xlsx", "calls", "Period", "12 months to 30 June 2015")
    code, out, err = run(capsys, "returns", "check", str(folder))
    assert (code, out) == (2, "")
    assert [line.split(",")[0] for line in err.splitlines()] == ["peel: kent.xlsx", "peel: norfolk.xlsx"]


def test_the_year_before_is_a_count_held_where_the_form_does_not_ask_for_it(tmp_path: Path) -> None:
    [charges] = [row for row in sound_rows({}).values() if row.item == "domestic_abuse_charges"]
    earlier = replace(charges, period=year_before(charges.period), count=300)
    held = load(returns_of(tmp_path, {"kent": {("domestic_abuse_charges", 2016): earlier}}))
    now = replace(returns_of(tmp_path, {"kent": sound_rows({})}), data=held)
    assert [(one.id, one.value) for one in queries_in(check_returns(now))] == [
        ("kent-domestic_abuse_charges-2017-far_from_year_before", "900 against 300")
    ]
    assert queries_in(check_returns(replace(now, data=DATA))) == []


def decide(folder: Path, query: str, decision: str, answer: str) -> None:
    """Fill in a decision in the log, as a spreadsheet would."""
    path = folder / LOG.file
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    told = {"answer": answer, "by": "A. Person", "on": "2017-09-30", "decision": decision}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, LOG.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, **told} if row["query"] == query else row for row in rows)


def test_the_log_is_added_to_and_what_stands_there_stays_to_the_byte(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, kent={("asb_powers", 2017): 99})
    returns = read_returns(folder, DATA)
    assert [one.id for one in add_to_log(returns, queries_of(folder))] == ["kent-asb_powers-2017-not_the_sum"]
    heading, row, _ = (folder / LOG.file).read_bytes().split(b"\n")
    edited = row.removesuffix(b",,,,") + b',"Said ""so"", at length",  A. Person,2017-09-30,confirmed'
    (folder / LOG.file).write_bytes(b"\xef\xbb\xbf" + heading + b"\r\n" + edited + b"\r\n")
    before = (folder / LOG.file).read_bytes()
    assert add_to_log(returns, queries_of(folder)) == []
    assert (folder / LOG.file).read_bytes() == before
    (folder / "kent.xlsx").write_bytes(form_of("kent", {("asb_powers", 2017): 98}))
    assert [one.value for one in add_to_log(read_returns(folder, DATA), queries_of(folder))] == ["98 against 100"]
    assert (folder / LOG.file).read_bytes().startswith(before)
    assert [one.value for one in read_log(returns)] == ["99 against 100", "98 against 100"]


@pytest.mark.parametrize(
    ("decision", "value", "state"),
    [
        ("", "12", "open"),
        ("confirmed", "12", "decided"),
        ("excluded", "12", "decided"),
        ("partial", "12", "decided"),
        ("corrected", "12", "open"),
        ("confirmed", "13", "open"),
    ],
)
def test_a_decision_holds_for_its_value_and_an_old_answer_stands_beside_what_is_open_again(
    decision: str, value: str, state: str
) -> None:
    query = Query("query", "", "", "kent", "", "without_reason", "calls", 2017, "12", "", "")
    entry = Entry(
        query.id, "kent", "calls", "2017", value, "without_reason", "", "So it is.", "A", "2017-09-30", decision
    )
    [found] = answered([query], [entry])
    assert found.state == state
    assert found.entry == (entry if decision or value == "12" else None)


TOMORROW = (date.today() + timedelta(days=2)).isoformat()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("kent-calls-2017-luck,kent,calls,2017,1,luck,,,,,", "no query 'kent-calls-2017-luck' of this force"),
        ("kent-calls-2017-without_reason,kent,calls,2016,1,without_reason,,,,,", "no query 'kent-calls-2017-without"),
        ("{},So.,A,2017-09-30,accepted", "decision is 'accepted'; use one of (blank), corrected, confirmed"),
        ("{},,A,2017-09-30,confirmed", "decision is 'confirmed' and answer is blank"),
        ("{},So.,,2017-09-30,confirmed", "decision is 'confirmed' and by is blank"),
        ("{},So.,A,,confirmed", "decision is 'confirmed' and on is blank"),
        ("{},So.,A,30/09/2017,confirmed", "on is '30/09/2017'; write a day as 2017-06-30"),
        (f"{{}},So.,A,{TOMORROW},confirmed", f"on is {TOMORROW}, a day that is still to come"),
        ("{0},,,,\n{0},So.,A,2017-09-30,confirmed", "repeats an earlier row's key"),
        ("{},,,", "10 cells for 11 columns"),
    ],
)
def test_a_row_of_the_log_that_is_wrong_is_refused_with_its_line(tmp_path: Path, row: str, message: str) -> None:
    folder = folder_of(tmp_path, kent={})
    good = "kent-calls-2017-without_reason,kent,calls,2017,12,without_reason,Please say."
    (folder / LOG.file).write_text(f"{','.join(LOG.columns)}\n{row.format(good)}\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load(read_returns(folder, DATA))
    line = 3 if "repeats" in message else 2
    assert str(refused.value).startswith(f"{folder}/queries.csv, line {line}: {message}")


@pytest.fixture(scope="module")
def flows(tmp_path_factory: pytest.TempPathFactory) -> tuple[Data, Data]:
    """The data folders of an invented set: as returned, and with decisions of its log."""
    folders = [tmp_path_factory.mktemp(name) for name in ("as-returned", "decided")]
    every = example_rows(EDITION, 1)
    every["durham"]["domestic_abuse_arrests", 2017] = replace(
        every["durham"]["domestic_abuse_arrests", 2017], count=2000, status="reported", reason=""
    )
    lines = [",".join(LOG.columns)]
    for force_id, item, decision, answer in (
        ("kent", "domestic_abuse_arrests", "excluded", "Kent Police counted people and not arrests."),
        ("essex", "domestic_abuse_arrests", "partial", "Arrests of June 2017 are not in the count."),
        ("durham", "domestic_abuse_arrests", "partial", "Arrests before October 2016 are not in the count."),
        ("surrey", "asb_powers", "excluded", "Surrey Police held its uses of powers in two systems."),
    ):
        value = every[force_id][item, 2017].count
        rule = "far_from_others"
        cells = [f"{force_id}-{item}-2017-{rule}", force_id, item, "2017", f"{value}", rule, "Please say."]
        lines.append(",".join([*cells, answer, "A. Person", "2017-09-30", decision]))
    other = lines[1].replace(",2017,", ",2017,1", 1).replace("kent", "sussex")  # about a value that is no longer there
    (folders[1] / LOG.file).write_text("\n".join([*lines, other, ""]), encoding="utf-8")
    first, second = (load(returns_of(folder, every)) for folder in folders)
    return first, second


def test_what_is_decided_reaches_figure_and_national_rate_of_its_year_alone(flows: tuple[Data, Data]) -> None:
    before, after = (calculate(data.measure("da_arrest_rate"), data.edition("2017")) for data in flows)
    kent = before.of("kent")
    assert (kent.status, "kent" in before.members, len(before.members)) == ("reported", True, 38)
    out = after.of("kent")
    assert (out.is_missing, out.in_figure, out.in_national, out.status) == (True, False, False, "not_comparable")
    assert out.note == "Kent Police counted people and not arrests."
    assert set(before.members) - set(after.members) == {"kent"}
    assert set(after.comparator_members) == set(before.comparator_members), "nothing was decided of 2016"
    durham, national = after.of("durham"), after.of("england-and-wales")
    expected = before.of("england-and-wales").numerator - kent.numerator + durham.numerator
    assert national.numerator == expected
    assert (after.of("essex").status, after.of("essex").value) == ("partial", before.of("essex").value)
    assert (before.of("durham").status, durham.status) == ("not_supplied", "partial"), "before the register"
    assert after.of("sussex").status == "reported", "a decision about another value does nothing"


def test_a_total_that_no_measure_counts_stands_for_what_it_is_made_of(flows: tuple[Data, Data]) -> None:
    data = flows[1]
    for measure_id in ("asb_powers_per_million", "asb_cbo", "asb_dispersal"):
        surrey = calculate(data.measure(measure_id), data.edition("2017")).of("surrey")
        assert (surrey.is_missing, surrey.note) == (True, "Surrey Police held its uses of powers in two systems.")


def test_what_is_decided_is_told_under_the_figure_and_in_the_annex(flows: tuple[Data, Data]) -> None:
    section = open_section("protecting", "norfolk", "2017", flows[1])
    before, after = (open_annex("norfolk", "2017", data).exclusions()._repr_html_() for data in flows)
    figure = section.figure(section.measure("da_arrest_rate"))._repr_html_()
    for said in ("Kent Police counted people and not arrests.", "Arrests of June 2017 are not in the count."):
        assert said in figure
        assert said in after
    assert "Kent Police counted people" not in before


def test_a_count_that_the_register_denies_is_used_once_it_is_confirmed(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, durham={})
    returns = read_returns(folder, DATA)
    add_to_log(returns, queries_of(folder))
    assert arrests_of_durham(load(returns)) == ("not_supplied", None)
    decide(
        folder, "durham-domestic_abuse_arrests-2017-although_excluded", "confirmed", "Durham has counted them since."
    )
    assert arrests_of_durham(load(returns)) == ("reported", 50.0)


def arrests_of_durham(data: Data) -> tuple[str, float | None]:
    durham = calculate(data.measure("da_arrest_rate"), data.edition("2017")).of("durham")
    return durham.status, None if durham.is_missing else durham.value


def test_the_answer_is_the_reason_of_a_status_that_has_none(tmp_path: Path) -> None:
    changes: Changes = {("clares_law_right_to_know", 2017): (60, "estimated", "")}
    folder = folder_of(tmp_path, kent=changes)
    returns = read_returns(folder, DATA)
    add_to_log(returns, queries_of(folder))
    decide(folder, "kent-clares_law_right_to_know-2017-without_reason", "confirmed", "Half of them are an estimate.")
    data = load(returns)
    kent = calculate(data.measure("clares_law_rtk_per_100k"), data.edition("2017")).of("kent")
    assert (kent.status, kent.note) == ("estimated", "Half of them are an estimate.")


def test_a_text_in_a_number_is_loaded_once_it_was_decided_to_leave_it_out(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, kent={})
    write_in(folder / "kent.xlsx", "clares_law_right_to_know", "Count", "about 60")
    returns = read_returns(folder, DATA)
    with pytest.raises(InputError, match="the count is 'about 60'; have the force write a whole number"):
        load(returns)
    add_to_log(returns, queries_of(folder))
    decide(
        folder, "kent-clares_law_right_to_know-2017-not_a_number", "excluded", "Kent Police keeps no record of them."
    )
    data = load(returns)
    kent = calculate(data.measure("clares_law_rtk_per_100k"), data.edition("2017")).of("kent")
    assert (kent.status, kent.note) == ("not_supplied", "Kent Police keeps no record of them.")
