"""Records of outcomes that are of more crimes than those counted: the rule on invented tables, and the real records."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from invented import DATA
from workbooks import DATA as OWN_DATA
from workbooks import FORCES

from peel_analysis import cli, measures
from peel_analysis.checks.records import find_incomplete, find_mismatched, mismatched, national_note
from peel_analysis.comparison import compare
from peel_analysis.data.folder import Data
from peel_analysis.data.periods import Period
from peel_analysis.measures import Value
from peel_analysis.measures.calculation import mark_doubts
from peel_analysis.show import tables
from peel_analysis.show import words as wording

YEAR = Period.parse("2016-07-01", "2017-06-30")
QUARTERS = ["2016-07-01", "2016-10-01", "2017-01-01", "2017-04-01"]
CRIMES = pd.DataFrame(100.0, index=["cumbria", "kent", "norfolk", "suffolk", "surrey"], columns=QUARTERS)
RULE = OWN_DATA.rule("parts_within_whole")
MARKED = {"bedfordshire", "cambridgeshire", "derbyshire", "northamptonshire"}  # in edition 2019
OUTCOMES = (
    "outcome_charged_pct",
    "outcome_evidential_victim_pct",
    "outcome_no_suspect_pct",
    "outcome_action_taken_pct",
)


def outcomes(**given: list[float]) -> pd.DataFrame:
    table = CRIMES.copy()
    for force_id, numbers in given.items():
        table.loc[force_id] = numbers
    return table


def test_a_quarter_above_the_threshold_is_found_and_told() -> None:
    found = find_mismatched(outcomes(kent=[99, 111.5, 100, 107]), CRIMES, YEAR, RULE, FORCES)
    assert list(found) == ["kent"]
    quarters = "112% in the three months to 31 December 2016 and 107% in the three months to 30 June 2017"
    for part in ("more crimes than those counted for Kent", quarters, "different releases", "unknown amount"):
        assert part in found["kent"].sentence


def test_the_threshold_is_that_of_the_file_of_checks_and_is_itself_within_it() -> None:
    most = RULE.thresholds["above_percent"]
    assert find_mismatched(outcomes(kent=[most] * 4), CRIMES, YEAR, RULE, FORCES) == {}
    assert list(find_mismatched(outcomes(kent=[100, most + 0.1, 100, 100]), CRIMES, YEAR, RULE, FORCES)) == ["kent"]
    stricter = RULE.model_copy(update={"thresholds": {"above_percent": 101}})
    assert list(find_mismatched(outcomes(kent=[100, 102, 100, 100]), CRIMES, YEAR, stricter, FORCES)) == ["kent"]


def test_a_window_that_the_tables_do_not_hold_whole_finds_nobody() -> None:
    above = outcomes(kent=[99, 120, 99, 99])
    assert find_mismatched(above.drop(columns=QUARTERS[0]), CRIMES, YEAR, RULE, FORCES) == {}
    assert find_mismatched(above, CRIMES, Period.parse("2017-01-01", "2017-01-01"), RULE, FORCES) == {}


def test_a_quarter_without_crimes_finds_nobody() -> None:
    crimes = CRIMES.copy()
    crimes.loc["kent", QUARTERS[0]] = 0
    assert find_mismatched(outcomes(kent=[5, 99, 99, 99]), crimes, YEAR, RULE, FORCES) == {}


def test_marking_and_the_note_of_england_and_wales() -> None:
    found = find_mismatched(outcomes(kent=[99, 120, 99, 99]), CRIMES, YEAR, RULE, FORCES)
    kent, surrey = mark_doubts([Value(one, 1, 5, 9, "reported", "", "") for one in ("kent", "surrey")], found)
    assert (kent.status, kent.short) == ("mismatched", "Record that does not match")
    assert (surrey.status, surrey.note) == ("reported", "")
    assert national_note(found, CRIMES.index) == "It includes one record that does not match."
    both = find_mismatched(outcomes(kent=[120] * 4, surrey=[120] * 4), CRIMES, YEAR, RULE, FORCES)
    assert national_note(both, CRIMES.index) == "It includes two records that do not match."


def test_a_record_that_is_both_keeps_the_status_incomplete_and_both_sentences() -> None:
    table = outcomes(kent=[50, 120, 99, 99])
    rows = [Value("kent", 1, 5, 9, "reported", "", "")]
    rows = mark_doubts(rows, find_incomplete(table, CRIMES, YEAR, OWN_DATA.rule("completeness"), FORCES))
    [marked] = mark_doubts(rows, find_mismatched(table, CRIMES, YEAR, RULE, FORCES))
    assert (marked.status, marked.short) == ("incomplete", "Incomplete record")
    assert "holds 92% of the crimes" in marked.note
    assert "120% in the three months to 31 December 2016" in marked.note


@pytest.mark.parametrize("edition_id", OWN_DATA.editions)
def test_the_real_records_against_the_tables_read_past_the_package(edition_id: str) -> None:
    edition = OWN_DATA.edition(edition_id)
    for name in ("crime", "crime_previous"):
        window = edition.window(name)
        counts = {}
        for item in ("outcomes_recorded", "recorded_crime"):
            release = edition.releases[item]
            rows = pd.read_csv(edition.data.folder / "counts" / release.item / f"{release.release}.csv", dtype=str)
            rows = rows[(rows["period_start"] >= str(window.start)) & (rows["period_end"] <= str(window.end))]
            whole = rows[rows["dimension"] == "all"] if "all" in set(rows["dimension"]) else rows
            counts[item] = (
                whole.assign(count=whole["count"].astype(float)).groupby(["force_id", "period_start"])["count"].sum()
            )
        ratios = (counts["outcomes_recorded"] / counts["recorded_crime"]).dropna()
        above = {str(force_id) for force_id, _ in ratios[ratios > 1.05].index}
        whole_window = ratios.index.get_level_values("period_start").nunique() == 4
        assert set(mismatched(edition, window)) == (above if whole_window else set())
        assert "city-of-london" not in above
        assert above == (MARKED if (edition_id, name) == ("2019", "crime") else set())


@pytest.mark.parametrize("measure_id", OUTCOMES)
def test_no_such_record_gets_a_verdict_or_takes_part_in_that_of_others(measure_id: str) -> None:
    """Derbyshire's share of 2018/19 was called notably higher: a quarter of its outcomes is of 112% of the crimes."""
    result = measures.calculate(OWN_DATA.measures.get(measure_id), OWN_DATA.edition("2019"))
    compared = compare(result)
    for force_id in MARKED:
        own, verdict = result.of(force_id), compared.verdicts[force_id]
        assert (own.status, own.is_missing, own.in_national) == ("mismatched", False, True)
        assert (verdict.words, verdict.robust_z, verdict.funnel_z) == ("", None, None)
        assert verdict.reason.startswith("No verdict: the record behind the figure does not match")
        assert compared.left_out[force_id] == "mismatched_record"
    assert int(compared.ranks.forces) == 43 - len(MARKED) - 1, "nor does North Yorkshire's incomplete one"
    assert result.national.note.endswith(
        "It includes one incomplete record. It includes four records that do not match."
    )


def test_a_reader_is_told_the_reason() -> None:
    result = measures.calculate(OWN_DATA.measures.get("outcome_charged_pct"), OWN_DATA.edition("2019"))
    reading = wording.reading(result, "derbyshire")
    assert "No verdict: the record behind the figure does not match" in reading
    assert "112% in the three months to 30 June 2018" in reading
    table = tables.by_force(result, "derbyshire")
    assert table.count("Record that does not match") == len(MARKED)
    assert "record that does not match" in table.partition("Key: ")[2]


def test_the_switch_for_incomplete_records_leaves_these_in() -> None:
    result = measures.calculate(
        OWN_DATA.measures.get("outcome_charged_pct"), OWN_DATA.edition("2019").without_incomplete()
    )
    assert set(result.members) >= MARKED
    assert "north-yorkshire" not in result.members


@pytest.mark.slow
def test_the_check_of_an_edition_names_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check", "--edition", "2019"]) == 0
    out = capsys.readouterr().out
    assert "marked as not matching the crimes recorded in edition 2019: 4\n" in out
    assert "than those counted for Northamptonshire: 112% in the three months to 30 June 2018." in out
    assert cli.main(["check", "--edition", "2025"]) == 0
    assert "marked as not matching the crimes recorded in edition 2025: none\n" in capsys.readouterr().out


def test_another_threshold_in_the_data_marks_others(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / "checks.toml"
    text = path.read_text(encoding="utf-8")
    assert "above_percent = 105" in text
    path.write_text(text.replace("above_percent = 105", "above_percent = 110"), encoding="utf-8")
    edition = Data(tmp_path / "data").edition("2019")
    assert set(mismatched(edition, edition.window("crime"))) == {"derbyshire", "northamptonshire"}
