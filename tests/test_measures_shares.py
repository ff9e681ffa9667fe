"""The check of an edition's shares, on invented counts."""

from pathlib import Path

import pytest
from invented import YEAR_2016, YEAR_2017, Folder, all_forces, folder

from peel_analysis.cli import main
from peel_analysis.measures.result import check_results


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def test_a_share_above_the_whole_is_a_query(data: Folder) -> None:
    """Invented counts: Kent has twice as many outcomes as crimes, and in 2016 the forces together have more."""
    crimes = [*all_forces(YEAR_2017, 1000, 0), *all_forces(YEAR_2016, 1000, 0)]
    charged = [
        *all_forces(YEAR_2017, 100, 0, {"kent": 2000}, dimension="1"),
        *all_forces(YEAR_2016, 1000, 0, {"kent": 2000}, dimension="1"),
    ]
    data.counts({"recorded_crime": crimes, "outcomes_recorded": charged})
    found, _ = check_results([data.result("outcome_charged_pct")], data.edition().data)
    assert (found.rule.id, found.rule.level) == ("shares", "query")
    charges = [one for one in found.findings if one.table == "outcome_charged_pct"]
    assert [(one.force_id, one.period) for one in charges] == [
        ("kent", "12 months to 30 June 2017"),
        ("kent", "12 months to 30 June 2016"),
        ("england-and-wales", "12 months to 30 June 2016"),
    ]
    assert charges[0].found.startswith("200.0% of the whole; look at the numerator and denominator in data/measures")


def test_dimensions_left_out_are_found_by_the_check(capsys: pytest.CaptureFixture[str], data: Folder) -> None:
    """All invented: two outcome types of 600 for 1,000 crimes are 120% when the declaration counts both."""
    crimes = [*all_forces(YEAR_2017, 1000, 0), *all_forces(YEAR_2016, 1000, 0)]
    given = [row for one in ("1", "2") for row in all_forces(YEAR_2017, 600, 0, dimension=one)]
    data.counts({"recorded_crime": crimes, "outcomes_recorded": given})
    data.replace("measures.toml", ', dimensions = ["1"] }', " }")
    assert main(["check", "--edition", "2017", "--data", str(data.path)]) == 1, "other measures have no counts"
    said = capsys.readouterr().out
    assert "  query: outcome_charged_pct, Norfolk, 12 months to 30 June 2017: 120.0% of the whole; look at the" in said
