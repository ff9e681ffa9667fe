"""Every block of data/comparability.toml holds in what a person can run, on invented counts and without exclusions."""

import csv
import io
import shutil
from pathlib import Path

import cells
import pytest
from bs4 import BeautifulSoup
from invented import DATA, DAY_2016, DAY_2017, YEAR_2016, YEAR_2017, Folder, all_forces, folder

from peel_analysis import cli
from peel_analysis.data import forces
from peel_analysis.data.definitions import Block
from peel_analysis.data.edition import POPULATION
from peel_analysis.data.files import VARIABLE
from peel_analysis.data.folder import open_data
from peel_analysis.data.settings import TileGroup
from peel_analysis.sections.section import open_section

TILES = 'measures = ["asb_incidents_per_1000"]'  # the tiles of anti-social behaviour
PERIODS = {"crime": (YEAR_2016, YEAR_2017), "snapshot": (DAY_2016, DAY_2017)}


def of_kind(kind: str) -> list[Block]:
    return [block for block in open_data().blocks if block.kind == kind]


def named(block: Block) -> str:
    return block.id


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Return a folder in which every force returned every count of the blocked measures, and nobody is excluded."""
    made = folder(tmp_path, monkeypatch)
    made.write("exclusions.csv", made.read("exclusions.csv").partition("\n")[0] + "\n")
    made.write("published_values.csv", made.read("published_values.csv").partition("\n")[0] + "\n")
    windows = {"recorded_crime": "crime"}  # which measures of other windows divide by too
    for measure_id in sorted({one for block in open_data().blocks for one in (*block.measures, *block.others)}):
        measure = open_data().measure(measure_id)
        windows = {**dict.fromkeys(measure.items, measure.window), **windows}
    made.counts(
        {
            item: [row for place, period in enumerate(PERIODS[window]) for row in all_forces(period, 500 + 90 * place)]
            for item, window in windows.items()
            if item not in (POPULATION, "outcomes_recorded")
        }
    )
    return made


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(list(arguments)) == 0
    return capsys.readouterr().out


def table(text: str) -> dict[str, dict[str, str]]:
    return {row["force_id"]: row for row in csv.DictReader(io.StringIO(text))}


def test_there_are_blocks_of_each_kind_that_is_tested_here() -> None:
    assert [block.id for block in open_data().blocks] == [
        block.id for kind in ("together", "over_time", "force") for block in of_kind(kind)
    ]
    assert all(of_kind(kind) for kind in ("together", "over_time", "force"))


def together(*measure_ids: str) -> BeautifulSoup:
    """Return the group of tiles of these measures, on the project's own data."""
    section = open_section("force_in_numbers", "norfolk", "2017")
    section.plan = section.plan.model_copy(update={"blocks": (TileGroup(title="Mixed", measures=measure_ids),)})
    return BeautifulSoup(section.tiles("Mixed").html, "html.parser")


@pytest.mark.parametrize("block", of_kind("together"), ids=named)
def test_tiles_of_measures_that_must_not_stand_together_show_the_reason(block: Block) -> None:
    for first in block.measures:
        for other in block.others:
            for group in ((first, other), (other, first), (first, "da_share_of_crime_pct", other)):
                page = together(*group)
                assert [one.get_text() for one in page.select(".panel .refused")] == [block.reason], group
                assert [one.get_text() for one in page.select("h3.panel-title")] == ["Mixed"]
                assert page.select(".tile") == []


def test_tiles_of_different_windows_show_the_reason_and_the_notebook_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / "sections.toml"
    text = path.read_text(encoding="utf-8")
    assert TILES in text
    path.write_text(text.replace(TILES, TILES.replace("[", '["crime_per_1000", ')), encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "data"))
    given = {"force": "norfolk", "edition": "2017"}
    page = BeautifulSoup(
        "".join(cells.shown(open_data().edition("2017").section("force_in_numbers").notebook, given)["html"]),
        "html.parser",
    )
    (refused,) = (one.get_text() for one in page.select(".panel .refused"))
    assert refused.endswith("12 months to 31 March 2017), so they are not put together.")
    told = {str(tile["data-measure"]) for tile in page.select(".tile")}
    assert "asb_incidents_per_1000" not in told
    assert {"crime_per_1000", "outcome_charged_pct", "ocg_per_million"} <= told, "the other groups are shown"


@pytest.mark.parametrize("block", of_kind("over_time"), ids=named)
def test_moves_between_years_that_must_not_be_compared_are_not_printed(
    data: Folder, capsys: pytest.CaptureFixture[str], block: Block
) -> None:
    barred = set(block.forces) or {*open_data().forces.ids, forces.ENGLAND_AND_WALES}
    for measure_id in block.measures:
        window = open_data().measure(measure_id).window
        before = f"2017@window.{window}={PERIODS[window][0][1]}"
        given = ("changes", before, "2017", "--measure", measure_id)
        assert block.reason in run(capsys, *given)
        assert block.reason in run(capsys, *given, "--format", "changelog")
        rows = table(run(capsys, *given, "--format", "csv"))
        assert {force_id for force_id, row in rows.items() if row["refused"]} == barred
        for force_id, row in rows.items():
            numbers = [row[name] for name in ("value_a", "value_b", "difference", "numerator_a", "shown_b")]
            assert all(numbers) != (force_id in barred), row
            assert any(numbers) != (force_id in barred), row


@pytest.mark.parametrize("block", of_kind("force"), ids=named)
def test_a_force_that_must_not_be_shown_has_no_value_and_no_rank(
    data: Folder, capsys: pytest.CaptureFixture[str], block: Block
) -> None:
    for measure_id in block.measures:
        rows = table(run(capsys, "values", "--edition", "2017", "--measure", measure_id))
        for force_id, row in rows.items():
            if force_id not in block.forces:
                assert row["value"], row
                continue
            assert (row["status"], row["note"], row["in_figure"]) == ("not_comparable", block.reason, "False")
            for name in ("value", "numerator", "denominator", "comparator_value", "rank_first", "verdict", "lower_95"):
                assert row[name] == "", (measure_id, name)
        left = set(rows["england-and-wales"]["member_list"].split(";"))
        assert left == set(open_data().forces.ids) - set(block.forces)


def test_a_comparator_that_must_not_be_compared_is_not_shown_beside_the_value(data: Folder) -> None:
    """West Mercia's groups of 2016 are given here, and are still not set beside those of 2017."""
    (block,) = (one for one in of_kind("over_time") if "ocg_per_million" in one.measures)
    result = data.result("ocg_per_million")
    for force_id in open_data().forces.ids:
        own = result.of(force_id)
        assert not own.is_missing
        assert own.has_comparator == (force_id not in block.forces), force_id
    assert result.of("west-mercia").comparator_note == block.reason
