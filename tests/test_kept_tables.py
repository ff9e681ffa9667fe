"""What commands keep in the user's cache folder: it saves time, and is never seen in what they print."""

import errno
import os
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
import pandas as pd
import pytest
from command import run

from peel_analysis.cli import answers
from peel_analysis.data import counts, kept_tables
from peel_analysis.data.files import NOTICE, PACKAGE
from peel_analysis.data.files import VARIABLE as DATA_VARIABLE
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.kept_tables import ANSWERS, TABLES, VARIABLE, answer
from peel_analysis.data.writing import KEPT_IN

pytestmark = pytest.mark.usefixtures("own_data_folder")

DATA = Path(__file__).resolve().parents[1] / "data"
CRIME = ("recorded_crime", "rolling-2018-12")
COUNT = "counts/recorded_crime/rolling-2018-12.csv"
ANSWERED = (
    "values --measure crime_per_1000 --format json",
    "why crime_per_1000 norfolk",
    "changes 2017 2019 --measure crime_per_1000",
    "check --edition 2017",
    "verdicts --measure crime_per_1000",
    "editions",
)
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda content: b"",
    "cut short": lambda content: content[:-1],
    "edited": lambda content: content[:-1] + b"?",
    "no entry": lambda content: b"content",
}


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that stands for the user's cache folder; the package counts as written long ago."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    monkeypatch.setattr(kept_tables, "STARTED_AT", kept_tables.STARTED_AT + 3600)
    kept_tables._code.cache_clear()
    return tmp_path / "cache"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the data folder, on which commands work."""
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("it is made again")


def kept(place: Path, kind: str) -> list[Path]:
    return sorted((place / kind).iterdir())


def first_count(data: Data) -> int:
    return int(data.counts(*CRIME)["count"].iloc[0])


def test_a_table_that_is_kept_is_the_table_as_read_in_values_and_types(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forces, tables = open_data().forces, open_data().tables
    read = {key: counts.read(DATA / "counts" / key[0] / f"{key[1]}.csv", forces=forces) for key in tables}
    for key in tables:
        pd.testing.assert_frame_equal(Data(DATA).counts(*key), read[key], check_exact=True)
    monkeypatch.setattr(counts, "read", refuse)
    for key in tables:
        again = Data(DATA).counts(*key)
        pd.testing.assert_frame_equal(again, read[key], check_exact=True)
        assert [str(one) for one in again.dtypes] == [str(one) for one in read[key].dtypes]
    assert len(kept(cache, TABLES)) == len(tables)


def test_an_edited_table_is_seen_at_once_even_with_the_same_time_and_size(cache: Path, own: Path) -> None:
    path, before = own / COUNT, first_count(Data(own))
    text, stamps = path.read_text(encoding="utf-8"), path.stat()
    other = before + 1 if len(str(before + 1)) == len(str(before)) else before - 1
    path.write_text(text.replace(f",{before},", f",{other},", 1), encoding="utf-8")
    os.utime(path, ns=(stamps.st_atime_ns, stamps.st_mtime_ns))
    assert path.stat().st_size == stamps.st_size
    assert first_count(Data(own)) == other
    path.write_text(text, encoding="utf-8")
    assert first_count(Data(own)) == before


def test_a_table_that_other_forces_refuse_is_refused_though_it_is_kept(cache: Path, own: Path) -> None:
    first_count(Data(own))
    forces = own / "forces.csv"
    forces.write_text(forces.read_text(encoding="utf-8").replace("\nnorfolk,", "\nnorthfolk,"), encoding="utf-8")
    with pytest.raises(counts.TableError, match="unknown force id 'norfolk'"):
        first_count(Data(own))


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_a_damaged_entry_is_made_anew(damage: Callable[[bytes], bytes], cache: Path, own: Path) -> None:
    before = first_count(Data(own))
    [path] = kept(cache, TABLES)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert first_count(Data(own)) == before
    assert path.read_bytes() == whole


def test_an_entry_in_the_place_of_another_is_not_taken_for_it(cache: Path, own: Path) -> None:
    before = first_count(Data(own))
    [path] = kept(cache, TABLES)
    Data(own).counts("recorded_crime", "2017-18-older")
    [other] = [one for one in kept(cache, TABLES) if one != path]
    shutil.copy(other, path)
    assert first_count(Data(own)) == before


def test_a_cache_that_cannot_be_written_costs_time_alone(
    cache: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write_text("a file, where the folder should be", encoding="utf-8")
    assert first_count(Data(own)) == first_count(Data(DATA))
    cache.unlink()

    def full(self: Path, content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert first_count(Data(own)) == first_count(Data(DATA))
    assert kept(cache, TABLES) == []


@pytest.mark.parametrize("named", ["", "relative/folder"])
def test_nothing_is_kept_where_no_folder_is_named(named: str, own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, named)
    monkeypatch.chdir(own.parent)
    first_count(Data(own))
    assert kept_tables.users_folder() is None
    assert [path.name for path in own.parent.iterdir()] == ["data"]


def test_without_a_variable_it_is_the_users_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    place = kept_tables.users_folder()
    assert place is not None
    assert place.is_relative_to(tmp_path)
    assert "peel-analysis" in place.parts


@pytest.mark.parametrize("changed", ["library", "code"])
def test_another_library_or_code_finds_nothing(
    changed: str, cache: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_count(Data(own))
    if changed == "library":
        monkeypatch.setattr(kept_tables, "library", lambda name: f"{name} 99.0")
    else:
        monkeypatch.setattr(kept_tables, "PACKAGE", Path(shutil.copytree(PACKAGE, own / "package")))
        source = own / "package" / "data" / "counts.py"
        source.write_text(source.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    kept_tables._code.cache_clear()
    first_count(Data(own))
    assert len(kept(cache, TABLES)) == 2


def test_nothing_is_kept_of_code_that_was_written_since_the_process_began(
    cache: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_tables, "STARTED_AT", 0.0)
    kept_tables._code.cache_clear()
    first_count(Data(own))
    assert (answer([own], (), lambda: "found"), cache.exists()) == ("found", False)


def test_nothing_is_kept_of_data_that_are_not_published(
    cache: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notice = 'word = "Unpublished"\nsentence = "Of returns."\n'
    (own / NOTICE).write_text(notice, encoding="utf-8")
    first_count(Data(own))
    for _ in range(2):
        code, said, told = run(capsys, "why", "crime_per_1000", "norfolk")
        assert (code, said != "", told) == (0, True, "peel: Unpublished. Of returns.\n")
    assert not cache.exists()


def test_a_batch_finds_what_the_user_has_and_keeps_the_rest_in_its_own_folder_too(
    cache: Path, tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, later = tmp_path / "first", tmp_path / "later"
    monkeypatch.setenv(KEPT_IN, str(first))
    before = first_count(Data(own))
    assert (len(kept(first, TABLES)), len(kept(cache, TABLES))) == (1, 1)
    monkeypatch.setenv(KEPT_IN, str(later))
    (own / NOTICE).write_text('word = "Unpublished"\nsentence = "Of returns."\n', encoding="utf-8")
    Data(own).counts("recorded_crime", "2017-18-older")  # of what is not published the user's folder learns nothing
    assert (len(kept(later, TABLES)), len(kept(cache, TABLES))) == (1, 1)
    (own / NOTICE).unlink()
    monkeypatch.setattr(counts, "read", refuse)
    assert first_count(Data(own)) == before


@pytest.mark.parametrize("place", ["cache", "batch"])
def test_where_one_of_two_folders_cannot_be_written_the_other_serves(
    place: str, cache: Path, tmp_path: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEPT_IN, str(tmp_path / "batch"))
    (tmp_path / place).write_text("a file, where the folder should be", encoding="utf-8")
    before = first_count(Data(own))
    monkeypatch.setattr(counts, "read", refuse)
    assert first_count(Data(own)) == before


def test_what_was_written_first_goes_when_the_folder_is_full(
    cache: Path, own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_count(Data(own))
    [first] = kept(cache, TABLES)
    os.utime(first, (1, 1))
    Data(own).counts("recorded_crime", "2017-18-older")
    [second] = [one for one in kept(cache, TABLES) if one != first]
    monkeypatch.setattr(kept_tables, "MOST", second.stat().st_size)
    Data(own).counts("asb_incidents", "2018-03")
    assert not first.exists()
    assert second.exists()


@pytest.mark.parametrize("line", ANSWERED)
def test_what_a_command_printed_is_printed_again_byte_for_byte(
    line: str, cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "")
    expected = run(capsys, *line.split())
    assert (expected[0], expected[1] != "") == (0, True)
    monkeypatch.setenv(VARIABLE, str(cache))
    assert run(capsys, *line.split()) == expected
    [path] = kept(cache, ANSWERS)
    whole = path.read_bytes()
    for damage in DAMAGES.values() if line.startswith("why") else ():
        path.write_bytes(damage(whole))
        assert run(capsys, *line.split()) == expected
        assert path.read_bytes() == whole
    monkeypatch.setattr(click.Group, "invoke", refuse)
    assert run(capsys, *line.split()) == expected


def test_an_answer_is_another_when_anything_that_it_rests_on_is(
    cache: Path, own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, register = ("why", "crime_per_1000", "norfolk"), own / "exclusions.csv"
    before, text = run(capsys, *asked), register.read_text(encoding="utf-8")
    row = (
        "2017,crime_per_1000,2017,norfolk,excluded_from_figure,not_comparable,yes,,stated,An example.,An example,Here\n"
    )
    register.write_text(text + row, encoding="utf-8")
    code, said, _ = run(capsys, *asked)
    assert (code, "An example." in said, said != before[1]) == (0, True, True)
    register.write_text(text, encoding="utf-8")
    assert run(capsys, *asked) == before
    assert len(kept(cache, ANSWERS)) == 2

    class Later(date):
        @classmethod
        def today(cls) -> "Later":
            return cls(2099, 1, 1)

    monkeypatch.setattr(answers, "date", Later)
    assert run(capsys, *asked) == before
    assert len(kept(cache, ANSWERS)) == 3


def test_a_command_that_reads_or_writes_other_files_or_fails_keeps_no_answer(
    cache: Path, own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in (
        f"why crime_per_1000 norfolk --data {own}",
        f"why crime_per_1000 norfolk --data={own}",
        "values --measure crime_per_1000 --output values.csv",
        f"changes 2017 2017@data={own} --measure crime_per_1000",
        "changes values.csv 2017 --measure crime_per_1000",
        "changes 2017 2019 --measure crime_per_1000 --html changes.html",
    ):
        assert run(capsys, *line.split())[0] == 0, line
    run(capsys, "why", "crime_per_1000", "norfolk")
    assert run(capsys, "why", "crime_per_1000\nnorfolk")[0] == 2
    shutil.rmtree(cache / ANSWERS)
    for line in ("why crime_per_1000 nowhere", "changes 2017 2018", "values --edition", "why --help", "values --wrong"):
        assert run(capsys, *line.split()) == run(capsys, *line.split())
    assert not (cache / ANSWERS).exists()


def test_an_error_half_way_leaves_what_was_printed_until_then_and_is_not_kept(
    cache: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped() -> int:
        print("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answers.answered(["check"], stopped)
    assert (capsys.readouterr().out, cache.exists()) == ("half\n", False)


def test_what_moved_while_it_was_made_is_not_kept(cache: Path, own: Path) -> None:
    def make() -> str:
        (own / "glossary.csv").touch()
        return "found"

    assert answer([own], (), make) == "found"
    assert not (cache / ANSWERS).exists()


@pytest.mark.parametrize("what", ["a link to a folder", "a pipe", "too much"])
def test_nothing_is_kept_of_a_folder_that_cannot_be_looked_through(
    what: str, cache: Path, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if what == "a link to a folder":
        (own / "counts").rename(tmp_path / "elsewhere")
        (own / "counts").symlink_to(tmp_path / "elsewhere")
    elif what == "a pipe":
        os.mkfifo(own / "pipe")
    else:
        monkeypatch.setattr(kept_tables, "LARGEST", 1_000_000)
    said = iter(("one", "two"))
    assert [answer([own], (), lambda: next(said)) for _ in range(2)] == ["one", "two"]
    assert not (cache / ANSWERS).exists()


def test_the_command_says_where_it_is_and_what_it_holds_and_clears_it(
    cache: Path, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "why", "crime_per_1000", "norfolk")
    tables = len(kept(cache, TABLES))
    stranger = cache / TABLES / "stranger.csv"
    stranger.write_text("not ours", encoding="utf-8")
    code, said, _ = run(capsys, "cache")
    assert (code, said.splitlines()[0]) == (0, str(cache))
    assert re.search(rf"(?m)^holds +{tables + 1} files, \d+\.\d MB; at most 64 MB", said)
    assert re.search(rf"(?m)^counts +{tables} files, .*: tables of counts", said)
    assert re.search(r"(?m)^answers +1 file, ", said)
    code, said, _ = run(capsys, "cache", "clear")
    assert (code, said.startswith(f"Removed {tables + 1} files, ")) == (0, True)
    assert [path for path in cache.rglob("*") if path.is_file()] == [stranger]
    stranger.unlink()
    assert run(capsys, "cache", "clear")[:2] == (0, "Removed 0 files, 0.0 MB\n")
    assert not cache.exists()


def test_the_command_says_that_nothing_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "cache")[:2] == (0, f"Nothing is kept: {VARIABLE} names no folder.\n")
    assert run(capsys, "cache", "clear")[:2] == (0, "Removed 0 files, 0.0 MB\n")
