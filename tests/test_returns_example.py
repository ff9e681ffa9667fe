"""The illustrative set of returns: who supplied what is the register's, and published values come out as printed."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from command import run
from sections_shown import parsed

from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.registers import EXCLUSIONS, PUBLISHED_VALUES, records
from peel_analysis.measures import calculate
from peel_analysis.measures.result import Result
from peel_analysis.returns.example import example_forms, example_rows, file_of
from peel_analysis.returns.folder import read_returns
from peel_analysis.returns.form import filled_form
from peel_analysis.returns.load import load
from peel_analysis.returns.queries import check_returns, queries_in
from peel_analysis.sections.section import open_section

DATA = open_data()
EDITION = DATA.edition("2017")
RETURNED = {"da_arrest_rate", "da_voluntary_attendance_rate", "da_charge_rate", "clares_law_rtk_per_100k"}
PARTIAL = {"gloucestershire", "hertfordshire", "humberside", "merseyside"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """The data folder that is made of an illustrative set."""
    folder = tmp_path_factory.mktemp("illustrative")
    for name, form in example_forms(EDITION, 1).items():
        (folder / name).write_bytes(form)
    return load(read_returns(folder, DATA))


def result(made: Data, measure_id: str) -> Result:
    return calculate(made.measure(measure_id), made.edition("2017"))


def test_the_arrest_rate_is_drawn_for_38_forces_of_which_35_have_the_year_before(made: Data) -> None:
    rows = result(made, "da_arrest_rate").plotted
    assert (len(rows), rows["comparator_value"].notna().sum()) == (38, 35)


def test_the_powers_have_39_forces_with_the_four_partial_marks(made: Data) -> None:
    one = result(made, "asb_powers_per_million")
    forces = one.forces[one.forces["in_figure"]]
    assert len(forces) == 39
    marked = {force_id for force_id in forces.index if one.of(force_id).note and force_id != "city-of-london"}
    assert marked == PARTIAL
    assert one.of("humberside").is_missing
    assert set(forces.index[forces["status"] == "partial"]) == PARTIAL - {"humberside"}


def test_the_sections_draw_the_figures_with_the_year_before_and_say_who_is_left_out(made: Data) -> None:
    for section_id, measure_id, left_out in (
        ("protecting", "da_arrest_rate", "North Yorkshire"),
        ("preventing", "asb_powers_per_million", "Suffolk"),
        ("serious_organised_crime", "ocg_per_million", "City of London"),
    ):
        shown = open_section(section_id, "norfolk", "2017", made).figure(measure_id)
        html = parsed(shown.html)
        assert len(html.select("img.drawing")) == 1
        assert "2016 it was" in html.select(".reading")[0].get_text()
        notes = [str(note) for note in shown.data["under"]["notes"]]
        assert any(note.startswith("Not in the figure: ") and left_out in note for note in notes), notes
        assert "has not been published" not in html.get_text()


def test_organised_crime_groups_have_42_forces_and_the_pair_of_2016(made: Data) -> None:
    one = result(made, "ocg_per_million")
    assert (len(one.plotted), set(one.forces.index) - set(one.plotted.index)) == (42, {"city-of-london"})
    combined = one.forces["comparator_status"] == "combined"
    assert set(one.forces.index[combined]) == {"warwickshire", "west-mercia"}
    assert one.plotted["comparator_value"].notna().sum() == 40
    assert len(one.comparator_members) == 42, "the pair's total stands against both populations"


def test_the_published_values_are_what_the_counts_come_to(made: Data) -> None:
    printed = [row for row in records(DATA.register(PUBLISHED_VALUES)) if row["measure_id"] in RETURNED]
    assert len(printed) == 2 * len(RETURNED)
    for row in printed:
        value = result(made, row["measure_id"]).of(row["force_id"])
        assert (value.status, f"{value.value:.1f}") == ("reported", row["value"]), row


def test_city_of_london_has_the_groups_that_the_report_counts() -> None:
    rows = example_rows(EDITION, 1)["city-of-london"]
    items = ("organised_crime_groups", "organised_crime_groups_in_area", "organised_crime_groups_elsewhere")
    assert [rows[item, 2017].count for item in items] == [46, 6, 40]


def test_statuses_and_reasons_are_the_register_s_own() -> None:
    every = example_rows(EDITION, 1)
    arrests = {
        year: {one: rows["domestic_abuse_arrests", year] for one, rows in every.items()} for year in (2016, 2017)
    }
    without = {year: {one for one, row in rows.items() if row.count is None} for year, rows in arrests.items()}
    assert without[2017] == {"durham", "lancashire", "warwickshire", "west-mercia", "north-yorkshire"}
    assert without[2016] == {"cambridgeshire", "derbyshire", "durham", "gloucestershire", "north-yorkshire"}
    lancashire = arrests[2016]["lancashire"]
    assert (lancashire.status, lancashire.count is None) == ("partial", False)
    facts = records(DATA.register(EXCLUSIONS))
    for force_id, rows in every.items():
        told = {row["reason"] for row in facts if row["force_id"] == force_id}
        for row in rows.values():
            assert (row.reason == "") == (row.status == "reported"), (force_id, row)
            assert row.item == "asb_powers" or row.reason in {"", *told}, (force_id, row)


def test_one_seed_gives_the_same_bytes_and_another_other_counts() -> None:
    first, norfolk = example_forms(EDITION, 1), DATA.forces.find("norfolk")
    assert first == example_forms(EDITION, 1)
    counts = [example_rows(EDITION, seed)["norfolk"]["calls", 2017].count for seed in (1, 2)]
    assert counts[0] != counts[1]
    assert list(first)[DATA.forces.ids.index("norfolk")] == file_of(norfolk, EDITION)
    assert file_of(norfolk, EDITION) == "illustrative-return-norfolk-2017.xlsx"


def test_every_sheet_says_illustrative_and_so_does_what_is_made_of_it(made: Data) -> None:
    for path in made.folder.parent.glob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path, read_only=True):
            assert str(sheet.cell(1, 1).value).startswith("Illustrative: "), (path, sheet)
    assert made.notice is not None
    assert made.notice.word == "Illustrative"
    assert "every count from a return is invented" in made.notice.sentence
    provenance = (made.folder / "provenance.csv").read_text(encoding="utf-8")
    assert provenance.count("invented counts, which no force wrote") == provenance.count("Illustrative data returns")


def test_figures_of_invented_counts_name_no_force_s_return_as_their_source(made: Data, tmp_path: Path) -> None:
    name = "illustrative-return-kent-2019.xlsx"
    (tmp_path / name).write_bytes(example_forms(DATA.edition("2019"), 1)[name])
    for data, edition in ((made, "2017"), (load(read_returns(tmp_path, DATA)), "2019")):
        for measure in data.measures:
            rows = data.edition(edition).sources(measure.sources)
            returned = set(measure.numerator.items) & set(data.returned)
            ids = {row["source_id"] for row in rows}
            assert ("RETURNS" in ids) == bool(returned), measure.id
            assert ids.isdisjoint({"HMICFRS_RETURN", "HO_DA_FLAG"}), measure.id
        [named] = [row for row in data.edition(edition).sources() if row["source_id"] == "RETURNS"]
        title = f"Illustrative data returns for {data.edition(edition).title}"
        assert (named["publisher"], named["title"]) == ("Invented counts", title)


def test_illustrative_forms_among_others_are_refused(tmp_path: Path) -> None:
    name = "illustrative-return-kent-2017.xlsx"
    (tmp_path / name).write_bytes(example_forms(EDITION, 1)[name])
    (tmp_path / "own.xlsx").write_bytes(filled_form(EDITION, DATA.forces.find("norfolk"), {}, {}))
    with pytest.raises(InputError, match=rf"illustrative returns \({name}\) among others; put each kind in a folder"):
        read_returns(tmp_path, DATA)


def test_nothing_is_asked_about_a_set_without_faults(made: Data) -> None:
    assert queries_in(check_returns(read_returns(made.folder.parent, DATA))) == []


def test_each_planted_fault_is_found_by_its_rule_and_nothing_else_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "returns", "example", "--seed", "1", "--faults", "-o", str(tmp_path))[0] == 0
    with (tmp_path / "illustrative-planted-faults.csv").open(encoding="utf-8", newline="") as file:
        planted = list(csv.DictReader(file))
    assert {row["notice"] for row in planted} == {"Illustrative"}
    assert len({row["force"] for row in planted}) == len(planted)
    assert {f"return_{row['rule']}" for row in planted} == {one for one in DATA.rules if one.startswith("return_")}
    code, out, error = run(capsys, "returns", "check", str(tmp_path), "--format", "csv")
    assert (code, error) == (1, "")
    queries = list(csv.DictReader(io.StringIO(out)))
    assert all(row["sentence"].startswith("Illustrative: The return of ") for row in queries)
    asked = sorted(row["query"] for row in queries)
    assert asked == sorted("-".join(row[name] for name in ("force", "item", "year", "rule")) for row in planted)


def test_the_command_writes_a_form_a_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "set"
    assert run(capsys, "returns", "example", "--seed", "1", "-o", str(folder)) == (0, f"{folder}\n", "")
    assert len(list(folder.iterdir())) == 43
    assert len(read_returns(folder, DATA).every) == 43
