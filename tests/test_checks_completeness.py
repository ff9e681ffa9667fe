"""Completeness of the record of outcomes: the rule on invented tables, the real record, and what a reader is told."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from workbooks import DATA, FORCES

from peel_analysis import measures
from peel_analysis.checks.records import backlog, find_incomplete, incomplete, national_note
from peel_analysis.data.folder import Data
from peel_analysis.data.periods import Period
from peel_analysis.measures import Value
from peel_analysis.measures.calculation import mark_doubts
from peel_analysis.show import tables
from peel_analysis.show import words as wording
from peel_analysis.show.footnotes import footnotes
from peel_analysis.show.values import values

YEAR = Period.parse("2016-07-01", "2017-06-30")
QUARTERS = ["2016-07-01", "2016-10-01", "2017-01-01", "2017-04-01"]
CRIMES = pd.DataFrame(100.0, index=["cumbria", "kent", "norfolk", "suffolk", "surrey"], columns=QUARTERS)
RULE = DATA.rule("completeness")


def outcomes(**low: list[float]) -> pd.DataFrame:
    table = CRIMES - 1
    for force_id, numbers in low.items():
        table.loc[force_id] = numbers
    return table


def test_a_quarter_below_the_threshold_is_found_and_told() -> None:
    found = find_incomplete(outcomes(kent=[99, 99, 54, 99]), CRIMES, YEAR, RULE, FORCES)
    assert list(found) == ["kent"]
    for part in ("holds 88% of the crimes that Kent", "(54% in the three months to 31 March 2017)", "falls short"):
        assert part in found["kent"].sentence
    assert list(found["kent"].quarters.values()) == [0.54]


def test_several_quarters_are_listed() -> None:
    sentence = find_incomplete(outcomes(kent=[80, 99, 54, 60]), CRIMES, YEAR, RULE, FORCES)["kent"].sentence
    assert (
        "(80% in the three months to 30 September 2016, 54% in the three months to 31 March 2017 and 60% in" in sentence
    )


def test_exactly_at_the_threshold_is_complete() -> None:
    assert find_incomplete(outcomes(kent=[90, 90, 90, 90]), CRIMES, YEAR, RULE, FORCES) == {}
    assert list(find_incomplete(outcomes(kent=[90, 90, 89.9, 90]), CRIMES, YEAR, RULE, FORCES)) == ["kent"]


def test_where_half_of_the_forces_are_low_the_rule_does_not_speak() -> None:
    under_investigation = CRIMES * 0.7
    under_investigation.loc["kent"] = 30
    assert find_incomplete(under_investigation, CRIMES, YEAR, RULE, FORCES) == {}


def test_a_window_that_the_tables_do_not_hold_whole_finds_nobody() -> None:
    low = outcomes(kent=[99, 99, 54, 99])
    assert find_incomplete(low.drop(columns=QUARTERS[0]), CRIMES, YEAR, RULE, FORCES) == {}
    assert find_incomplete(low, CRIMES, Period.parse("2017-01-01", "2017-01-01"), RULE, FORCES) == {}


def test_a_quarter_without_crimes_or_figures_finds_nobody() -> None:
    crimes = CRIMES.copy()
    crimes.loc["kent", QUARTERS[0]] = 0
    assert find_incomplete(outcomes(kent=[0, 99, 99, 99]), crimes, YEAR, RULE, FORCES) == {}
    missing = outcomes(kent=[float("nan")] * 4)
    assert find_incomplete(missing, CRIMES, YEAR, RULE, FORCES) == {}


def test_marking_keeps_what_the_register_says() -> None:
    found = find_incomplete(outcomes(kent=[99, 99, 54, 99]), CRIMES, YEAR, RULE, FORCES)
    reported = Value("kent", 1, 5, 9, "reported", "", "")
    partial = Value("kent", 1, 5, 9, "partial", "One.", "Part only")
    missing = Value("kent", float("nan"), float("nan"), 9, "not_supplied", "Why.", "")
    marked, noted, without = mark_doubts([reported, partial, missing], found)
    assert (marked.status, marked.short, marked.in_national) == ("incomplete", "Incomplete record", True)
    assert (noted.status, noted.short) == ("partial", "Part only")
    assert noted.note.startswith("One. The published record")
    assert (without.status, without.note) == ("not_supplied", "Why.")
    assert not mark_doubts([reported], found, leave_out=True)[0].in_national


def test_england_and_wales_says_how_many_incomplete_records_it_holds() -> None:
    found = find_incomplete(outcomes(kent=[99, 99, 54, 99], surrey=[1, 1, 1, 1]), CRIMES, YEAR, RULE, FORCES)
    assert national_note(found, CRIMES.index) == "It includes two incomplete records."
    assert national_note(found, pd.Index(["kent"])) == "It includes one incomplete record."
    assert national_note(found, CRIMES.index, left_out=True) == "It leaves out two incomplete records."
    assert national_note({}, CRIMES.index) == ""


def test_the_real_record_of_2015_to_2017() -> None:
    edition = DATA.edition(2017)
    found = incomplete(edition, edition.window("crime"))
    assert sorted(found) == ["derbyshire", "essex", "lincolnshire"]
    assert [round(ratio, 2) for ratio in found["derbyshire"].quarters.values()] == [0.86, 0.66, 0.54]
    assert [round(ratio, 2) for ratio in found["essex"].quarters.values()] == [0.24]
    before = incomplete(edition, edition.window("crime_previous"))
    assert sorted(before) == ["derbyshire", "dyfed-powys", "essex", "suffolk", "wiltshire"]


def test_it_is_worked_out_from_the_tables_each_time_they_change(tmp_path: Path) -> None:
    """Mend Essex's record in a copy of the data: the mark goes, and no list has to be changed."""
    edition = DATA.edition(2017)
    for item in ("outcomes_recorded", "recorded_crime"):
        shutil.copytree(edition.data.folder / "counts" / item, tmp_path / "counts" / item)
    for file in ("forces.csv", "force_names.csv", "checks.toml"):
        shutil.copy(edition.data.folder / file, tmp_path)
    path = tmp_path / "counts" / "outcomes_recorded" / "2024-07.csv"
    rows = pd.read_csv(path, dtype={"dimension": str})
    mended = (rows["force_id"] == "essex") & (rows["dimension"] == "all")
    rows.loc[mended, "count"] = 40_000
    rows.to_csv(path, index=False)
    assert sorted(incomplete(replace(edition, data=Data(tmp_path)), edition.window("crime"))) == [
        "derbyshire",
        "lincolnshire",
    ]


@pytest.mark.parametrize(
    ("edition_id", "release", "median", "shares"),
    [
        ("2019", "2019-03", 0.0214, {"north-yorkshire": 0.5413}),
        ("2025", "2024-25", 0.0156, {"derbyshire": 0.1357, "humberside": 0.1273, "lincolnshire": 0.0879}),
    ],
)
def test_a_record_with_far_more_crimes_that_wait_than_others_is_marked(
    edition_id: str, release: str, median: float, shares: dict[str, float]
) -> None:
    """All types add up, but these forces had given far fewer of their crimes an outcome: recounted here."""
    edition = DATA.edition(edition_id)
    found = incomplete(edition, edition.window("crime"))
    rows = pd.read_csv(
        edition.data.folder / "counts" / "outcomes_recorded" / f"{release}.csv", dtype={"dimension": str}
    )
    counts = rows.groupby(["force_id", "dimension"])["count"].sum().unstack()
    waiting = counts["0"] / counts.sum(axis="columns")
    assert waiting.median() == pytest.approx(median, abs=5e-5)
    assert dict(waiting[waiting > 5 * waiting.median()]) == pytest.approx(shares, abs=5e-5)
    assert sorted(found) == sorted(shares)
    for force_id, one in found.items():
        share = f"{100 * waiting[force_id]:.1f}% had no outcome yet in the published record"
        assert f"{share} ({100 * median:.1f}% in the median force)" in one.sentence


def test_crimes_that_wait_are_set_against_the_median_and_a_least_share() -> None:
    """Five times the median marks a force; below a twentieth nobody is marked, and a young table marks nobody."""
    by = DATA.rule("not_yet_assigned")
    forces = ["cumbria", "kent", "norfolk", "suffolk", "surrey"]

    def marked(*shares: float) -> list[str]:
        share = pd.Series(shares, index=forces)
        return list(share.index[backlog(share, by)])

    assert marked(0.02, 0.02, 0.02, 0.02, 0.101) == ["surrey"]
    assert marked(0.02, 0.02, 0.02, 0.02, 0.099) == []
    assert marked(0.004, 0.004, 0.004, 0.049, 0.051) == ["surrey"]
    assert marked(0.051, 0.051, 0.051, 0.051, 0.9) == []


def test_an_edition_without_outcomes_finds_nobody() -> None:
    edition = DATA.edition(2017)
    without = replace(edition, releases={"recorded_crime": edition.releases["recorded_crime"]})
    assert incomplete(without, edition.window("crime")) == {}


def test_shares_stay_and_carry_mark_and_sentence() -> None:
    result = measures.calculate(DATA.measures.get("outcome_charged_pct"), DATA.edition(2017))
    assert result.national.value == pytest.approx(11.5038779)
    assert len(result.members) == 42
    assert result.national.note == "Based on 42 of 43 forces. It includes three incomplete records."
    essex, suffolk, wiltshire = (result.of(force_id) for force_id in ("essex", "suffolk", "wiltshire"))
    assert (essex.status, essex.short, round(essex.value, 1)) == ("incomplete", "Incomplete record", 7.9)
    assert suffolk.status == "not_supplied"
    assert (wiltshire.status, wiltshire.comparator_status) == ("reported", "incomplete")
    assert "holds 80% of the crimes that Essex recorded" in wording.reading(result, "essex")
    assert "it was 9.2%. The published record of outcomes holds 69%" in wording.reading(result, "wiltshire")
    notes = [note.sentence for note in footnotes(result)]
    assert any(note.startswith("Shown with the mark [u]: Lincolnshire. The published record") for note in notes)
    assert any(
        note.startswith("2016 value shown in the table with the mark [u]: Wiltshire. The published record")
        for note in notes
    )
    table = tables.by_force(result, "wiltshire")
    assert "9.2% [u]" in table
    assert "7.9% [u]" in table


def test_a_measure_without_outcomes_carries_no_mark() -> None:
    result = measures.calculate(DATA.measures.get("crime_per_1000"), DATA.edition(2017))
    assert "incomplete" not in set(result.rows["status"])


def test_the_switch_leaves_them_out_of_england_and_wales() -> None:
    edition = DATA.edition(2017).without_incomplete()
    result = measures.calculate(DATA.measures.get("outcome_charged_pct"), edition)
    assert set(measures.calculate(DATA.measures.get("outcome_charged_pct"), DATA.edition(2017)).members) - set(
        result.members
    ) == {"derbyshire", "essex", "lincolnshire"}
    assert result.national.value == pytest.approx(11.5492551)
    assert result.national.note == "Based on 39 of 43 forces. It leaves out three incomplete records."
    assert result.of("essex").value == pytest.approx(7.8943552)
    rows = values(edition, [DATA.measures.get("outcome_charged_pct")]).set_index("force_id")
    assert rows.loc["essex", "status"] == "incomplete"
    assert not rows.loc["essex", "in_national"]
