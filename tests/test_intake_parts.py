"""A part is never taken for the whole: what is missing is named, and a reason lets it in as partial."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from home_office import OUTCOME_HEADING, all_forces_outcomes, csv_file
from intake_folder import CRIME, GROUPS, added, contents, crime_file, crime_rows, empty_folder, found
from workbooks import FORCES, Row, save

from peel_analysis.cli import main
from peel_analysis.data import counts
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import Data
from peel_analysis.data.writing import JOURNAL, LOCK, one_writer, remove_left_over, this_machine, write_files
from peel_analysis.intake.published import build, plan

YEAR = ("2016/17",)
NEXT_YEAR = f"{date.today().year + 1}/{(date.today().year + 2) % 100:02d}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return empty_folder(tmp_path)


def whole(number: int = 1000, years: tuple[str, ...] = YEAR) -> list[Row]:
    return crime_rows(years, number, GROUPS)


def test_a_whole_file_passes(folder: Path, tmp_path: Path) -> None:
    assert plan(crime_file(tmp_path, whole()), Data(folder), "2017-05").is_sound


def test_a_file_of_one_offence_group_names_the_others(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, before = crime_file(tmp_path, crime_rows()), contents(folder)
    assert main(["data", "add", str(file), "--release", "2017-05", "--data", str(folder)]) == 2
    said = capsys.readouterr().out
    assert "it holds 1 of the 9 offence groups that a whole table has; no row is of Criminal damage and arson" in said
    assert 'take the full file, or say with --part-is-known "reason" why a part is right.\n' in said
    assert contents(folder) == before


def test_a_group_lost_everywhere_and_one_lost_for_one_force_are_named(folder: Path, tmp_path: Path) -> None:
    lost = [row for row in whole() if row[3] != "Theft offences"]
    of_kent = [row for row in whole() if (row[2], row[3]) != ("Kent", "Robbery")]
    refused = plan(crime_file(tmp_path, lost), Data(folder), "2017-05")
    assert "no row is of Theft offences; it looks like a part" in found(refused, "whole")[0]
    refused = plan(crime_file(tmp_path, of_kent), Data(folder), "2017-05")
    assert (
        found(refused, "whole")
        == ["no row of Robbery, as the other forces have; it looks like a part of the table; take the full file"] * 4
    )
    assert not refused.is_sound


def test_a_known_part_is_marked_where_it_is_one_and_its_reason_is_kept(folder: Path, tmp_path: Path) -> None:
    rows = [row for row in whole() if (row[1], row[2], row[3]) != (2, "Kent", "Robbery")]
    addition = plan(crime_file(tmp_path, rows), Data(folder), "2017-05", part="Kent  sends it later")
    assert addition.is_sound
    assert "  8 counts are marked partial: they leave something out" in addition.account.lines()
    addition.write()
    held = counts.read(folder / "counts" / "recorded_crime" / "2017-05.csv", forces=FORCES)
    partial = held[held["status"] == "partial"]
    assert (len(partial), *partial[["force_id", "period_start"]].drop_duplicates().iloc[0]) == (8, "kent", "2016-07-01")
    said = pd.read_csv(folder / "provenance.csv")["release_words"][0]
    assert said.endswith("; a part, with its counts marked partial: Kent sends it later")


def test_a_part_of_days_before_all_that_is_held_is_marked_unasked_and_one_among_them_is_not(
    folder: Path, tmp_path: Path
) -> None:
    added(crime_file(tmp_path, whole()), folder, "2017-05")
    older = plan(crime_file(tmp_path, crime_rows(("2014/15",))), Data(folder), "2015-07")
    assert older.is_sound
    assert "no row is of Criminal damage and arson" in found(older, "whole")[0]
    older.write()
    held = counts.read(folder / "counts" / "recorded_crime" / "2015-07.csv", forces=FORCES)
    assert set(held["status"]) == {"partial"}
    said = pd.read_csv(folder / "provenance.csv").set_index("release")["release_words"]["2015-07"]
    assert said.endswith("its days are before all that is held, so nothing tells what a whole table would have")
    same = plan(crime_file(tmp_path, crime_rows(YEAR)), Data(folder), "2017-06")
    assert not same.is_sound


def test_half_of_what_another_release_has_is_refused(folder: Path, tmp_path: Path) -> None:
    added(crime_file(tmp_path, whole()), folder, "2017-05")
    halved = plan(crime_file(tmp_path, whole(500)), Data(folder), "2017-06")
    assert "its counts are 193,500, 50% of the 387,000 that recorded_crime 2017-05 has" in found(halved, "far_below")[0]
    assert not halved.is_sound
    assert plan(crime_file(tmp_path, whole(950)), Data(folder), "2017-06").is_sound


def test_one_force_far_below_the_other_release_is_named(folder: Path, tmp_path: Path) -> None:
    added(crime_file(tmp_path, whole()), folder, "2017-05")
    rows = [[*row[:-1], 600] if row[1:3] == [3, "Kent"] else row for row in whole()]
    refused = plan(crime_file(tmp_path, rows), Data(folder), "2017-06")
    assert found(refused, "far_below") == [
        "its count is 5,400, 60% of the 9,000 that recorded_crime 2017-05 has for these days; it looks like a part of "
        "the table; take the full file"
    ]


def test_the_next_year_may_be_lower_and_not_half(folder: Path, tmp_path: Path) -> None:
    added(crime_file(tmp_path, whole()), folder, "2017-05")
    assert plan(crime_file(tmp_path, whole(800, ("2017/18",))), Data(folder), "2018-05").is_sound
    half = plan(crime_file(tmp_path, whole(500, ("2017/18",))), Data(folder), "2018-05")
    assert not half.is_sound


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (10_000, "Robbery: 10,000, where the periods next to it have 1,000 to 2016-06-30"),
        (100, "Robbery: 100, where the periods next to it have 1,000 to 2016-06-30"),
        (10**12, "Robbery: 1,000,000,000,000, where counts lie between -1,000 and 4,000,000"),
        (-99_999, "Robbery: -99,999, where counts lie between -1,000 and 4,000,000"),
    ],
)
def test_a_count_far_from_its_neighbours_stops_until_it_is_confirmed(
    folder: Path, tmp_path: Path, number: int, words: str
) -> None:
    rows = [[*row[:-1], number] if row[1:4] == [2, "Kent", "Robbery"] else row for row in whole()]
    file = crime_file(tmp_path, rows)
    asked = plan(file, Data(folder), "2017-05")
    assert [one.startswith(words) for one in found(asked, "plausible")] == [True]
    assert not asked.is_sound
    confirmed = plan(file, Data(folder), "2017-05", confirmed="counted again")
    assert confirmed.is_sound
    assert "counts far from others are confirmed: counted again" in "".join(confirmed.texts.values())


def test_a_small_correction_is_plausible(folder: Path, tmp_path: Path) -> None:
    rows = [[*row[:-1], -3 if row[1] == 2 else 4] if row[2:4] == ["Kent", "Robbery"] else row for row in whole()]
    assert plan(crime_file(tmp_path, rows), Data(folder), "2017-05").is_sound


@pytest.mark.parametrize(("year", "release"), [(NEXT_YEAR, "x"), ("2016/17", "2016-12")])
def test_a_period_that_has_not_ended_is_refused(folder: Path, tmp_path: Path, year: str, release: str) -> None:
    refused = plan(crime_file(tmp_path, whole(1000, (year,))), Data(folder), release)
    assert found(refused, "ended")
    assert not refused.is_sound


def test_rows_that_one_force_lacks_are_counted_and_named(folder: Path, tmp_path: Path) -> None:
    """Theft has a second offence code, so that no table shows that Kent lacks one of its rows."""
    more = [[*row[:4], "46", 1000] for row in whole() if row[3] == "Theft offences"]
    rows = [*whole(), *[row for row in more if row[1:3] != [4, "Kent"]]]
    refused = plan(crime_file(tmp_path, rows), Data(folder), "2017-05")
    assert found(refused, "whole") == [
        "1 row fewer than the other forces have: Theft offences 46; it looks like a part of the table; take the full "
        "file"
    ]
    known = plan(crime_file(tmp_path, rows), Data(folder), "2017-05", part="Kent sends it later")
    assert known.account.partial == 9


def test_outcomes_of_one_offence_group_name_the_others(folder: Path, tmp_path: Path) -> None:
    refused = plan(csv_file(tmp_path / "x.csv", [OUTCOME_HEADING, *all_forces_outcomes()]), Data(folder), "2019-05")
    assert any("it holds 1 of the 9 offence groups that a whole table has" in one for one in found(refused, "whole"))
    assert any("it holds 2 of the 21 outcome types that a whole table has" in one for one in found(refused, "whole"))


def test_ten_times_of_what_another_release_has_is_asked_about(folder: Path, tmp_path: Path) -> None:
    added(crime_file(tmp_path, whole()), folder, "2017-05")
    asked = plan(crime_file(tmp_path, whole(10_000)), Data(folder), "2017-06")
    assert found(asked, "plausible")[0] == (
        "its counts are 3,870,000, 1000% of the 387,000 that recorded_crime 2017-05 has for these days"
    )
    rows = [[*row[:-1], 2500] if row[1:4] == [2, "Kent", "Robbery"] else row for row in whole()]
    one = plan(crime_file(tmp_path, rows), Data(folder), "2017-06")
    assert found(one, "plausible") == ["Robbery: 2,500, where another release has 1,000"]
    assert not one.is_sound


def test_what_a_folder_holds_already_is_not_asked_about_again(folder: Path, tmp_path: Path) -> None:
    rows = [[*row[:-1], 10_000] if row[1:4] == [2, "Kent", "Robbery"] else row for row in whole()]
    addition = plan(crime_file(tmp_path, rows), Data(folder), "2017-05", confirmed="counted again")
    addition.write()
    assert plan(crime_file(tmp_path, rows, "later.csv"), Data(folder), "2017-06").is_sound


def test_a_write_that_fails_in_the_middle_leaves_every_old_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old\n", encoding="utf-8")
    (tmp_path / "b.csv").mkdir()  # nothing can be renamed to where a folder is
    with pytest.raises(OSError, match=r"b\.csv"):
        write_files({tmp_path / "a.csv": "new\n", tmp_path / "b.csv": "new\n"}, tmp_path / JOURNAL)
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "old\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]


def test_what_a_killed_process_had_written_is_finished(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys; from peel_analysis.data import writing\n"
        "folder, place = pathlib.Path(sys.argv[1]), pathlib.Path.replace\n"
        "def replace(one, other):\n"
        "    if other.name == 'b.csv': os._exit(9)\n"
        "    return place(one, other)\n"
        "pathlib.Path.replace = replace\n"
        "writing.write_files({folder / 'a.csv': 'new', folder / 'b.csv': 'new'}, folder / writing.JOURNAL)\n"
    )
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == 9
    assert [(tmp_path / name).read_text(encoding="utf-8") for name in ("a.csv", "b.csv")] == ["new", "old"]
    with one_writer(tmp_path):
        assert [(tmp_path / name).read_text(encoding="utf-8") for name in ("a.csv", "b.csv")] == ["new", "new"]
    remove_left_over(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]


def test_one_process_at_a_time_writes_in_a_folder(tmp_path: Path) -> None:
    with (
        one_writer(tmp_path),
        pytest.raises(InputError, match=rf"process {os.getpid()} on .* is writing there; wait until it has ended"),
        one_writer(tmp_path, wait=0),
    ):
        pass
    (tmp_path / LOCK).write_text(f"{this_machine()} 999999999", encoding="utf-8")  # of a process that was killed
    with one_writer(tmp_path, wait=0):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("reason", ["", "the April quarter alone was published"])
def test_a_build_from_a_part_writes_nothing_without_a_reason(folder: Path, tmp_path: Path, reason: str) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    crime_file(raw, crime_rows(), "prc.csv")
    words = "\n".join(f'{name} = "x"' for name in ("publisher", "title", "licence", "how_made", "release_words"))
    entry = '[[file]]\nfile = "prc.csv"\nreader = "recorded crime"\nrelease = "2017-05"\n'
    entry += f'tables = [["recorded_crime", "2017-05"]]\npart_is_known = "{reason}"\n{words}\n'
    (folder / "published_files.toml").write_text(entry, encoding="utf-8")
    before = contents(folder)
    if reason:
        build(raw, Data(folder))
        held = counts.read(folder / "counts" / "recorded_crime" / "2017-05.csv", forces=FORCES)
        assert held["status"].unique().tolist() == ["partial"]
        return
    with pytest.raises(InputError, match=r"nothing was built: a part .* it holds 1 of the 9 offence groups"):
        build(raw, Data(folder))
    assert contents(folder) == before


def test_two_files_added_at_once_are_both_in(folder: Path, tmp_path: Path) -> None:
    """And without --release, for each file says which it is."""
    command, runs = [sys.executable, "-m", "peel_analysis.cli", "data", "add"], []
    for year, month in (("2016/17", "May 2017"), ("2017/18", "May 2018")):
        sheets: dict[str, list[Row]] = {
            "Cover": [[f"Published 4 {month}"]],
            "Table": [list(CRIME), *whole(1000, (year,))],
        }
        file = save(tmp_path / f"{month[-4:]}.xlsx", sheets)
        runs.append(subprocess.Popen([*command, str(file), "--data", str(folder)], stdout=subprocess.DEVNULL))
    assert [run.wait() for run in runs] == [0, 0]
    assert pd.read_csv(folder / "provenance.csv", dtype=str)["release"].tolist() == ["2017-05", "2018-05"]
    assert not list(folder.glob(".*"))
