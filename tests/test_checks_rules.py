"""The file of rules, the checks of the project's own data, and the command."""

from pathlib import Path

import pytest
from checked_tables import quarters, table, write_table

from peel_analysis.checks.data_checks import check, check_edition
from peel_analysis.checks.rules import TablesHeld, errors
from peel_analysis.cli import main
from peel_analysis.data import files
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data

DATA = Path(__file__).resolve().parents[1] / "data"


def test_the_words_of_a_rule_hold_its_thresholds() -> None:
    assert "at least 90% of the crimes" in Data(DATA).rule("completeness").rule
    with pytest.raises(InputError, match=r"data/checks.toml: no check 'luck'; the checks are shape, ended, forces"):
        Data(DATA).rule("luck")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[[check]]\nid = "a"\n',
            r"data/checks.toml, check 'a': no setting 'level'; add it: one of error, query, information",
        ),
        ("[[check]\n", r"data/checks.toml: not TOML: .*line 1"),
        (
            '[[check]]\nid = "a"\nlevel = "loud"\nrule = "r"\nreason = "s"\n',
            r"check 'a': level is 'loud'; use one of error, query, information",
        ),
    ],
)
def test_a_file_of_rules_that_is_wrong_says_so(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "checks.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        Data(tmp_path).rule("a")


def test_the_project_s_own_data_has_no_error_and_2024_25_adds_up() -> None:
    results = check(TablesHeld(Data(DATA)))
    assert errors(results) == 0
    found = next(result for result in results if result.rule.id == "outcome_types").findings
    words = next(finding.found for finding in found if finding.table == "outcomes_recorded 2024-25")
    assert words.startswith("all types 5,225,477, recorded crime (2026-04) 5,225,477, difference +0")
    assert words.endswith("equal in 172 of 172 quarters of forces")
    low = next(result for result in results if result.rule.id == "completeness").findings
    assert {one.force_id for one in low} == {
        "derbyshire",
        "dyfed-powys",
        "essex",
        "lincolnshire",
        "suffolk",
        "wiltshire",
    }


def test_an_edition_is_checked_in_its_own_releases() -> None:
    results = check_edition(Data(DATA).edition(2017))
    assert results[0].looked_at == f"{len(set(Data(DATA).edition(2017).releases.values()))} tables"
    assert errors(results) == 0


def test_the_command_ends_with_1_for_an_error_and_with_0_for_queries(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(files.VARIABLE, str(DATA))  # put back after the command has set it
    assert main(["check", "--edition", "2017"]) == 0
    said = capsys.readouterr().out
    assert "records of outcomes marked as incomplete in edition 2017: 8" in said
    assert "12 months to 30 June 2017: The published record of outcomes holds 76% of the crimes that Derbyshire" in said
    for name in ("forces.csv", "force_names.csv", "count_notes.csv"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    rows = table(quarters(4))
    write_table(tmp_path / "counts", rows[rows["force_id"] != "kent"])
    assert main(["check", "--data", str(tmp_path)]) == 1
    assert "error: recorded_crime 2020-01, 2010-04-01 to 2010-06-30: no row for Kent" in capsys.readouterr().out
