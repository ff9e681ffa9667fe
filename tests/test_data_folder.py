"""One object for a data folder: what it returns is as its files are at the time of the call. Two live side by side."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from invented import DATA

from peel_analysis import measures
from peel_analysis.data.cross_checks import checked_exclusions
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.registers import EXCLUSIONS, SOURCES


@pytest.fixture
def copied(tmp_path: Path) -> Data:
    shutil.copytree(DATA, tmp_path / "data")
    return Data(tmp_path / "data")


def edited(data: Data, file: str, old: str, new: str) -> None:
    """Replace one text in a file; its size may stay as it is, and so may the clock of a coarse file system."""
    path = data.folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    later = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(later, later))


EDITS: dict[str, tuple[str, str, Callable[[Data], object]]] = {
    "measures.toml": ("decimals = 1", "decimals = 2", lambda data: data.measure("calls_per_1000").decimals),
    "exclusions.csv": ("gloucestershire", "north-wales", lambda data: set(data.register(EXCLUSIONS)["force_id"])),
    "forces.csv": ("Norfolk Constabulary", "Norfolk Police", lambda data: data.forces.official_name("norfolk")),
    "statuses.csv": ("[e]", "[q]", lambda data: data.statuses.mark("estimated")),
    "comparability.toml": ('"2016", "2017"', '"2015", "2017"', lambda data: data.blocks[1].years),
    "checks.toml": ("tolerance_percent = 1 ", "tolerance_percent = 2 ", lambda data: data.rule("printed_totals").rule),
    "wording_policy.toml": ('version = "2.0"', 'version = "2.1"', lambda data: data.policy.version),
    "sections.toml": ("Effectiveness overview", "Effectiveness in brief", lambda data: data.sections[3].title),
    "programmes.toml": ("Armed policing", "Armed officers", lambda data: data.programmes.all[3].questions),
    "peer_sets.toml": ("size = 7", "size = 6", lambda data: data.peer_sets.sets[1].size),
    "published_files.toml": ("Home Office", "Home office", lambda data: data.published_files.files[0].publisher),
    "returns.toml": ("Dispersal orders", "Dispersals", lambda data: data.returned["dispersal_orders"].title),
    "force_areas.csv": ("norfolk,", "norfolk,1", lambda data: data.areas["norfolk"]),
    "populations.csv": ("norfolk,2016,", "norfolk,2016,1", lambda data: dict(data.populations)),
    "editions/2017.toml": ("mid_year = 2016", "mid_year = 2017", lambda data: data.edition("2017").mid_year),
    "findings/2017/norfolk.md": (
        "## ",
        "## About ",
        lambda data: data.edition("2017").findings("norfolk").get(("Risk-based inspection", "")),
    ),
    "counts/recorded_crime/2026-04.csv": (
        "avon-and-somerset,recorded_crime,",
        "bedfordshire,recorded_crime,",
        lambda data: read_or_refused(lambda: data.counts("recorded_crime", "2026-04")),
    ),
}


def read_or_refused(read: Callable[[], object]) -> str:
    try:
        return str(read())
    except InputError as refused:
        return str(refused)


@pytest.mark.parametrize("file", EDITS)
def test_an_edited_file_is_seen_at_the_next_call(copied: Data, file: str) -> None:
    old, new, read = EDITS[file]
    before = read(copied)
    assert read(copied) == before
    edited(copied, file, old, new)
    assert read(copied) != before


def test_every_kind_of_file_is_tried() -> None:
    tried = {Path(name).name if "/" not in name else name.split("/")[0] for name in EDITS}
    declared = {path.name for path in DATA.glob("*.toml")}
    assert declared <= tried
    assert {"editions", "findings", "counts"} <= tried


def test_a_result_follows_the_register_and_the_declarations(copied: Data) -> None:
    edition = copied.edition("2017")
    before = measures.calculate(copied.measure("crime_per_1000"), edition).of("norfolk").value
    edited(copied, "populations.csv", "norfolk,2016,", "norfolk,2016,1")
    assert measures.calculate(copied.measure("crime_per_1000"), edition).of("norfolk").value < before / 2
    rows = len(checked_exclusions(edition))
    path = copied.folder / "exclusions.csv"
    head, _, body = path.read_text(encoding="utf-8").partition("\n")
    left = [line for line in body.splitlines() if not line.startswith("2017,da_arrest_rate,")]
    path.write_text("\n".join([head, *left]) + "\n", encoding="utf-8")
    assert 0 < len(checked_exclusions(edition)) < rows


def test_two_folders_live_side_by_side(copied: Data) -> None:
    edited(copied, "measures.toml", "decimals = 1", "decimals = 2")
    edited(copied, "forces.csv", "Norfolk Constabulary", "Norfolk Police")
    own = open_data(DATA)
    for _ in range(2):
        assert (own.measure("calls_per_1000").decimals, copied.measure("calls_per_1000").decimals) == (1, 2)
        names = [data.edition("2017").forces.official_name("norfolk") for data in (own, copied)]
        assert names == ["Norfolk Constabulary", "Norfolk Police"]
    assert own.edition("2017").data is own
    assert copied.edition("2017").data is copied


def test_what_is_read_is_kept_until_it_changes(copied: Data) -> None:
    made = []

    def make() -> int:
        made.append(copied.register(SOURCES))
        return len(made)

    assert [copied.cached("times", make) for _ in range(3)] == [1, 1, 1]
    edited(copied, "sources.csv", "Home Office", "home Office")
    assert [copied.cached("times", make) for _ in range(2)] == [2, 2]
    edited(copied, "glossary.csv", "force", "Force")
    assert copied.cached("times", make) == 2, "it does not rest on the glossary"


def test_a_folder_is_one_object_and_a_file_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert open_data(DATA) is open_data(DATA)
    monkeypatch.setenv("PEEL_DATA", str(DATA))
    assert open_data() is open_data(DATA)
    (tmp_path / "x").write_text("")
    for name in ("x", "y"):
        with pytest.raises(InputError, match="give one laid out like the project's data/"):
            open_data(tmp_path / name)


EXCLUDED = "2017,crime_per_1000,2017,norfolk,excluded_from_figure,not_supplied,yes,,stated,Invented.,X,"


@pytest.mark.parametrize(
    ("name", "row"),
    [
        (
            "exclusions.csv",
            "2017,crime_per_1000,2017,norfolk,excluded_from_figure,not_supplied,yes,,stated,Invented.,X,",
        ),
        ("series_breaks.csv", ""),
        ("wording_policy.toml", ""),
        ("counts/recorded_crime/2026-04.csv", ""),
    ],
)
def test_a_result_is_the_same_object_until_a_file_that_it_can_rest_on_changes(
    copied: Data, name: str, row: str
) -> None:
    def crime() -> measures.Result:
        return measures.calculate(copied.measure("crime_per_1000"), copied.edition("2017"))

    held = {one.measure.id: one for one in measures.calculate_all(copied.edition("2017"))}["crime_per_1000"]
    assert crime() is held
    path = copied.folder / name
    if row:
        path.write_text(f"{path.read_text(encoding='utf-8')}{row}\n", encoding="utf-8")
    else:  # the same content, written later
        later = path.stat().st_mtime_ns + 1_000_000
        os.utime(path, ns=(later, later))
    after = crime()
    assert after is not held
    assert after.of("norfolk").note == ("Invented." if row else "")
