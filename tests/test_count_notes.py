"""Footnotes on single counts: what they make of the counts that are taken in, and rows that cannot be used."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from area_sheets import incidents_by_year
from workbooks import FORCES, Row, save

from peel_analysis.data import counts, files
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.registers import COUNT_NOTES
from peel_analysis.intake.published import plan

DATA = Path(__file__).resolve().parents[1] / "data"
NOTES = "count_notes.csv"
CHESHIRE = "asb_incidents,2018-03,cheshire,2017-04-01,2018-03-31,partial,"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the forces and the notes, in use until the test ends."""
    made = tmp_path / "data"
    made.mkdir()
    for name in ("forces.csv", "force_names.csv", "published_files.toml", NOTES):
        shutil.copy(DATA / name, made)
    monkeypatch.setenv(files.VARIABLE, str(made))
    return made


def area_tables(path: Path, figures: dict[str, Row] | None = None) -> Path:
    """A workbook with invented incidents in two years, 1,000 a force unless `figures` says otherwise."""
    return save(path, {"P5": incidents_by_year(2017, 2018, figures=figures)})


def statuses(file: Path, folder: Path, release: str = "2018-03") -> "pd.Series[str]":
    """The statuses by force and last day, as they are in the data folder when the file has been added."""
    plan(file, Data(folder), release).write()
    rows = counts.read(folder / "counts" / "asb_incidents" / f"{release}.csv", forces=FORCES)
    return rows.set_index(["force_id", "period_end"])["status"]


def test_statuses_that_footnotes_give(folder: Path, tmp_path: Path) -> None:
    found = statuses(area_tables(tmp_path / "x.xlsx"), folder)
    assert found[found != "reported"].to_dict() == {
        ("cheshire", "2018-03-31"): "partial",
        ("warwickshire", "2017-03-31"): "estimated",
        ("warwickshire", "2018-03-31"): "estimated",
    }


def test_a_note_is_about_its_release_or_about_all(folder: Path, tmp_path: Path) -> None:
    """Cheshire's count of 2018 was of 11 months in the tables of March 2018; those of March 2019 do not say so."""
    file = area_tables(tmp_path / "x.xlsx")
    before, after = (statuses(file, folder, release) for release in ("2018-03", "2019-03"))
    assert before[before != after].to_dict() == {("cheshire", "2018-03-31"): "partial"}
    assert after["cheshire", "2018-03-31"] == "reported"


def test_a_cell_that_says_why_it_has_no_number_keeps_its_status(folder: Path, tmp_path: Path) -> None:
    found = statuses(area_tables(tmp_path / "x.xlsx", {"cheshire": [1000, ".."]}), folder)
    assert found["cheshire", "2018-03-31"] == "not_supplied"


def test_a_row_that_is_added_changes_its_count_when_the_file_is_taken_in_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = area_tables(tmp_path / "x.xlsx")
    lines = (folder / NOTES).read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / NOTES).write_text(lines[0], encoding="utf-8")
    assert set(statuses(file, folder)) == {"reported"}
    later = tmp_path / "later"
    shutil.copytree(folder, later)
    (later / NOTES).write_text("".join(lines), encoding="utf-8")
    monkeypatch.setenv(files.VARIABLE, str(later))
    assert [one[:2] for one in plan(file, Data(later)).differences.values()] == [(0, 3)]


def test_the_counts_in_data_that_a_footnote_is_about_are_those_of_the_register() -> None:
    rows = pd.concat([counts.read(path, forces=FORCES) for path in (DATA / "counts").glob("*/*.csv")])
    key = [*COUNT_NOTES.key, "status"]
    noted = rows.loc[rows["status"].isin(["revised", "partial", "estimated"]), key]
    notes = Data(DATA).register(COUNT_NOTES)
    in_all = [notes[notes["release"] == "all"].assign(release=release) for release in ("2018-03", "2019-03")]
    expected = pd.concat([notes[notes["release"] != "all"], *in_all])[key]
    assert set(noted.itertuples(index=False)) == set(expected.itertuples(index=False))


def test_what_the_tables_of_march_2019_say_was_revised() -> None:
    rows = counts.read(DATA / "counts" / "asb_incidents" / "2019-03.csv", forces=FORCES)
    revised = rows[rows["status"] == "revised"].set_index(["force_id", "period_end"])["count"].to_dict()
    assert revised == {
        ("lincolnshire", "2012-03-31"): 31_571,
        ("lincolnshire", "2013-03-31"): 26_556,
        ("gloucestershire", "2013-03-31"): 24_781,
        ("wiltshire", "2013-03-31"): 19_754,
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("status,reason", "state,reason", "line 1: expected columns item, release, .*; found item, release, .*state"),
        (
            ",partial,",
            ",short,",
            "line 2: status is 'short'; use one of revised, partial, estimated, combined, not_",
        ),
        (",partial,", ",reported,", "line 2: status is 'reported'; use one of revised, "),
        ("2018-03-31,partial", "31/03/2018,partial", "line 2: period_end is '31/03/2018'; write a day as 2017-06-30"),
        ("2017-04-01,2018-03-31,partial", ",2018-03-31,partial", "line 2: period_start is ''; write a day as 2017-06"),
        (",cheshire,", ",Cheshir,", "line 2: force_id 'Cheshir' is not the id of a force: .*did you mean Cheshire"),
        (",cheshire,", ",all,", "line 2: force_id 'all' is not the id of a force"),
        (CHESHIRE, f"{CHESHIRE}One.,Said.\n{CHESHIRE}", "line 3: repeats an earlier row's key .*; keep one of the two"),
    ],
)
def test_a_note_that_cannot_be_used_is_named_and_nothing_is_taken_in(
    folder: Path, tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = (folder / NOTES).read_text(encoding="utf-8")
    assert old in text
    (folder / NOTES).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=f"^data/{NOTES}, {message}"):
        plan(area_tables(tmp_path / "x.xlsx"), Data(folder), "2018-03")


def test_notes_that_are_missing_are_told(folder: Path, tmp_path: Path) -> None:
    (folder / NOTES).unlink()
    with pytest.raises(InputError, match=rf"^data/{NOTES}: the file is missing from .*; copy the project's own$"):
        plan(area_tables(tmp_path / "x.xlsx"), Data(folder), "2018-03")
