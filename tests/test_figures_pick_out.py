"""A force picked out of the shared drawing is, byte for byte, the drawing made for it alone."""

import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from invented import YEAR_2016, YEAR_2017, all_forces, folder

from peel_analysis import measures
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import Forces
from peel_analysis.data.writing import CHECKSUM_SIZE, KEPT_IN
from peel_analysis.figures import as_svg, ranked_bars, ranked_svg
from peel_analysis.measures import Result

MEASURES = ("crime_per_1000", "outcome_charged_pct", "outcome_action_taken_pct", "asb_incidents_per_1000")
FORCES = ("norfolk", "avon-and-somerset", "metropolitan", "city-of-london", "suffolk", "dorset")


@pytest.fixture(autouse=True)
def in_a_batch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only in a batch, which keeps drawings, is a force picked out; elsewhere it is drawn alone."""
    monkeypatch.setenv(KEPT_IN, str(tmp_path / "kept"))


@cache
def real(measure_id: str) -> Result:
    return measures.calculate(open_data().measure(measure_id), open_data().edition("2017"))


def alone(result: Result, force_id: str) -> str:
    return as_svg(ranked_bars(result, force_id))


@pytest.mark.parametrize("measure_id", MEASURES)
def test_picked_out_equals_drawn_alone(measure_id: str) -> None:
    result = real(measure_id)
    for force_id in FORCES:
        assert ranked_svg(result, force_id) == alone(result, force_id), force_id
    pictures = {ranked_svg(result, force_id) for force_id in FORCES}
    assert len(pictures) == len(FORCES)


@pytest.mark.parametrize(
    ("measure_id", "absent"), [("outcome_action_taken_pct", "dorset"), ("outcome_charged_pct", "suffolk")]
)
def test_a_force_that_is_not_drawn_changes_the_key_only(measure_id: str, absent: str) -> None:
    result = real(measure_id)
    assert absent not in result.plotted.index
    picked = ranked_svg(result, absent)
    assert picked == alone(result, absent)
    assert picked.count(open_data().forces.name(absent)) == 1, "in the key, and beside no bar"


def test_negative_values_are_picked_out_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = folder(tmp_path, monkeypatch)
    years = (*all_forces(YEAR_2016, 1000, 3), *all_forces(YEAR_2017, 700, 21))
    data.counts({"recorded_crime": list(years)})
    result = data.result("crime_change_12m")
    assert (result.plotted["value"] < 0).any()
    assert (result.plotted["value"] > 0).any()
    for force_id in (str(result.plotted["value"].idxmin()), str(result.plotted["value"].idxmax()), "norfolk"):
        assert ranked_svg(result, force_id) == alone(result, force_id)


def test_a_name_with_signs_of_its_own_stays_text(monkeypatch: pytest.MonkeyPatch) -> None:
    result = real("asb_incidents_per_1000")
    renamed = [replace(force, name=f"{force.id} & <others>") for force in result.edition.forces]
    monkeypatch.setitem(vars(result.edition.data), "forces", Forces(tuple(renamed)))
    picked = ranked_svg(result, "kent")
    assert picked == alone(result, "kent")
    assert "kent &amp; &lt;others&gt;" in picked


def test_the_kept_drawing_is_the_one_that_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = real("crime_per_1000")
    drawn = [alone(result, force_id) for force_id in FORCES]
    assert [ranked_svg(result, force_id) for force_id in FORCES] == drawn
    (kept,) = (tmp_path / "kept" / "drawings").iterdir()
    monkeypatch.setattr("peel_analysis.figures.ranked.ranked_bars", None)  # from here on nothing can be drawn
    assert [ranked_svg(result, force_id) for force_id in FORCES] == drawn
    assert kept.read_bytes()[CHECKSUM_SIZE:].startswith(b"<svg")


def test_other_values_are_another_drawing() -> None:
    result = real("crime_per_1000")
    rows = result.rows.copy()
    rows["value"] = rows["value"].where(rows.index != "kent", 1.0)
    other = result.with_rows(rows)
    assert ranked_svg(result, "norfolk") != ranked_svg(other, "norfolk")
    assert ranked_svg(other, "norfolk") == alone(other, "norfolk")


@pytest.mark.slow
@pytest.mark.parametrize("keeps", [True, False])
def test_drawings_are_the_same_in_every_run(keeps: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEPT_IN)
    code = (
        "import hashlib\n"
        "from peel_analysis import measures\n"
        "from peel_analysis.comparison import compare\n"
        "from peel_analysis.data.folder import open_data\n"
        "from peel_analysis.figures import funnel_svg, ranked_svg, strip_svg\n"
        "def of(measure_id): return measures.calculate(open_data().measure(measure_id), open_data().edition('2017'))\n"
        f"drawn = [ranked_svg(of(measure_id), 'norfolk') for measure_id in {MEASURES!r}]\n"
        "drawn.append(strip_svg(of('crime_change_12m'), 'norfolk'))\n"
        "drawn.append(funnel_svg(compare(of('outcome_charged_pct')), 'norfolk'))\n"
        "for svg in drawn: print(hashlib.sha256(svg.encode()).hexdigest())\n"
    )
    runs = set()
    for number in range(2):
        if keeps:
            monkeypatch.setenv(KEPT_IN, str(tmp_path / str(number)))
        runs.add(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
    assert len(runs) == 1
    assert len(set(runs.pop().split())) == len(MEASURES) + 2
