"""The cookbook: each task runs from its cell, and gives the numbers of the values file; what is one's own says so."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import later
from run_cells import shown

import peel_analysis as peel
from peel_analysis.data.files import PROJECT

COOKBOOK = PROJECT / "notebooks" / "cookbook.ipynb"
PEOPLE = {"items": ["population"]}
RATE = {"kind": "rate", "denominator": PEOPLE, "multiplier": 100_000, "unit": "per 100,000 population"}
ROBBERY = {"id": "robbery", "title": "Robberies", "numerator": {"items": ["recorded_crime"], "dimensions": ["Robbery"]}}
THEFTS = {"id": "thefts", "title": "Bicycle thefts", "numerator": {"items": ["bicycle_thefts"]}}


def own_counts(**changes: Any) -> pd.DataFrame:
    days = {"period_start": pd.Timestamp("2016-07-01"), "period_end": "2017-06-30"}
    return pd.DataFrame({"force_id": ["norfolk", "Kent Police"], "count": [1200, 1300.5], **days}).assign(**changes)


@pytest.mark.parametrize("edition", ["2017", *later(*(one for one in peel.editions() if one != "2017"))])
def test_every_task_runs(edition: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    last = shown(COOKBOOK, force="norfolk", edition=edition)
    assert sum(isinstance(one, peel.Figure) for one in last.values()) == 7
    assert {path.name for path in (tmp_path / "build").iterdir()} == {"crime.png", "crime.xlsx"}
    for cell, one in last.items():
        if hasattr(one, "_repr_html_"):
            assert one._repr_html_().strip(), cell


@pytest.mark.slow
def test_a_measure_over_editions_is_each_editions_own_value() -> None:
    figure = peel.over_editions("crime_per_1000", ["norfolk", "kent"])
    for edition, rows in figure.data.groupby("edition"):
        values = peel.edition(str(edition)).values()
        own = values[values["measure"] == "crime_per_1000"].set_index("force_id").value
        assert rows.set_index("force_id").value.to_dict() == own[rows["force_id"]].to_dict()
    assert len(figure.data) == 9
    assert [len(figure.parts[one]) for one in ("norfolk", "kent", "england-and-wales")] == [1, 1, 1]
    assert "Norfolk 58.9, 68.5, 63.3" in figure.alt_text
    assert "Mid-2016 population estimates" in figure.source
    assert "Mid-2024 population estimates" in figure.source
    assert len(peel.over_editions("crime_per_1000").data) == 3 * 44


def test_what_must_not_be_compared_between_editions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(peel.InputError, match="different releases"):
        peel.over_editions("outcome_charged_pct", "norfolk")
    with pytest.raises(peel.InputError, match="no edition has a value"):
        peel.over_editions("calls_per_1000")
    with pytest.raises(peel.InputError, match="have the same window"):
        peel.over_editions("crime_per_1000", editions=["2017", "2017"])


def test_a_measure_of_ones_own_is_counted_as_a_declared_one_and_says_whose_it_is() -> None:
    edition = peel.edition("2017")
    own = edition.measure(peel.measure(**ROBBERY, **RATE))
    counts = peel.open_data().counts("recorded_crime", "2026-04")
    days = counts["period_start"].ge("2016-07-01") & counts["period_end"].le("2017-06-30")
    mine = counts[days & counts["force_id"].eq("norfolk") & counts["dimension"].eq("Robbery")]["count"].sum()
    people = edition.measure("crime_per_1000").data.denominator["norfolk"]
    assert own.rows.value["norfolk"] == pytest.approx(100_000 * mine / people)
    figure = own.figure("norfolk")
    for said in (figure.title, figure.alt_text, own.sentence("norfolk"), repr(own), str(own.why("norfolk"))):
        assert "(own measure)" in said
    assert "Own measure: it was declared in a notebook, and no report has it." in figure.source
    assert own.sentence("norfolk").endswith("no report has it.")
    assert "own#robbery@" in str(own.why("norfolk"))
    assert "robbery" not in set(edition.values()["measure"])
    for show in ("figure", "statement", "peers", "trend"):
        with pytest.raises(peel.InputError, match="robbery is an own measure"):
            getattr(peel.section("investigating", "norfolk"), show)(own)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": "rat"}, "kind is 'rat'; use one of rate"),
        ({"numrator": {}}, "did you mean numerator"),
        ({"unit": 3}, "unit is 3; write text in quotes"),
        ({"numerator": {"items": ["recorded_crimes"]}}, "did you mean recorded_crime"),
        ({"numerator": {"items": ["recorded_crime"], "dimensions": ["Robery"]}}, "did you mean Robbery"),
        ({"id": "crime_per_1000"}, "give yours another"),
        ({"window": "crim"}, "no window 'crim'"),
    ],
)
def test_a_wrong_declaration_is_told_by_its_setting(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(peel.InputError, match=told):
        peel.edition("2017").measure(peel.measure(**{**ROBBERY, **RATE, **changes}))


def test_counts_of_ones_own_make_a_measure_and_are_written_nowhere() -> None:
    edition = peel.edition("2017")
    before = {path: path.stat().st_mtime_ns for path in peel.open_data().folder.rglob("*")}
    with_own = edition.with_counts("bicycle_thefts", own_counts())
    rows = with_own.measure(peel.measure(**THEFTS, **RATE)).data
    people = edition.measure("crime_per_1000").data.denominator
    assert rows.value["norfolk"] == pytest.approx(100_000 * 1200 / people["norfolk"])
    assert rows.value["kent"] == pytest.approx(100_000 * 1300.5 / people["kent"])
    assert rows.value.notna().sum() == 2, "what is missing is not zero, and two forces are not England and Wales"
    source = with_own.measure(peel.measure(**THEFTS, **RATE)).figure("kent").source
    assert source.startswith("Source: own table bicycle_thefts; population mid-2016 (2017 vintage). Own measure: ")
    assert rows.note["essex"] == "The own table has no count of the force."
    assert {path: path.stat().st_mtime_ns for path in peel.open_data().folder.rglob("*")} == before
    with pytest.raises(peel.InputError, match="items has 'bicycle_thefts'"):
        edition.measure(peel.measure(**THEFTS, **RATE))
    pd.testing.assert_frame_equal(with_own.values(), edition.values())


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (own_counts(count=[1, "many"]), "own table bicycle_thefts, row 1, column count: found 'many'"),
        (own_counts(count=[1, None]), "row 1, column count: no count, and the status is 'reported'"),
        (own_counts(force_id=["norfolk", "norfork"]), "row 1, column force_id: unknown force id 'norfork'"),
        (own_counts(period_end=["2017-06-31", "2017-06-30"]), "row 0, column period_end: '2017-06-31' is no date"),
        (own_counts(force_id=["norfolk", "Norfolk"]), "row 1: repeats the key"),
        (own_counts(item="other"), "row 0, column item: only 'bicycle_thefts' belongs here"),
        (own_counts().rename(columns={"count": "counts"}), "own table bicycle_thefts: no column count"),
        (own_counts().iloc[:0], "own table bicycle_thefts: no row"),
    ],
)
def test_wrong_counts_are_told_by_row_and_column(counts: pd.DataFrame, told: str) -> None:
    with pytest.raises(peel.InputError, match=told):
        peel.edition("2017").with_counts("bicycle_thefts", counts)


@pytest.mark.parametrize(("item", "told"), [("calls", "give yours another"), ("../calls", "cannot name a file")])
def test_an_item_of_the_data_folder_is_not_replaced(item: str, told: str) -> None:
    with pytest.raises(peel.InputError, match=told):
        peel.edition("2017").with_counts(item, own_counts())


def test_a_workbook_holds_the_values_that_are_shown(tmp_path: Path) -> None:
    edition = peel.edition("2017")
    own = edition.measure(peel.measure(**ROBBERY, **RATE))
    path = edition.workbook(tmp_path / "new" / "own.xlsx", ["crime_per_1000", own], force="norfolk")
    sheets = pd.read_excel(path, sheet_name=None, header=None, engine="calamine")
    crime, robbery = sheets["Table_1"], sheets["Table_2"]
    for sheet, result in ((crime, edition.measure("crime_per_1000")), (robbery, own)):
        norfolk = sheet[sheet[0] == "Norfolk"].iloc[0]
        assert norfolk[1] == pytest.approx(result.rows.value["norfolk"], rel=1e-14)
    assert "(own measure)" in str(robbery.iloc[0, 0])
    with pytest.raises(peel.InputError, match="end its name so"):
        edition.workbook(tmp_path / "own.csv")
    with pytest.raises(peel.InputError, match="a result of edition 2017"):
        peel.edition("2019").workbook(tmp_path / "own.xlsx", [own])
