"""Folders and files that cannot be used: one line that names the place, what was found and what to do; exit code 2."""

import csv
import errno
import os
import shutil
from pathlib import Path

import pytest
from command import run
from refusals import assert_says
from small_batch import files_below

from peel_analysis.data import files
from peel_analysis.data.files import NOTEBOOKS, VARIABLE
from peel_analysis.data.folder import open_data

pytestmark = pytest.mark.usefixtures("own_data_folder")

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT / "data"
RETURN = "force,item,from,to,count,status\nKent,calls,2016-07-01,2017-06-30,5,reported\n"  # invented


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line that a command is refused with."""
    code, printed, error = run(capsys, *arguments)
    assert (code, printed, error.count("\n")) == (2, "", 1)
    assert error.startswith("peel: ")
    return error.removeprefix("peel: ")


def no_notebook(*_: object, **__: object) -> None:
    """Stand in for what starts workers and notebooks."""
    raise AssertionError("work was begun before --out was tried")


@pytest.mark.parametrize("command", [("report", "norfolk"), ("batch", "--forces", "norfolk")])
@pytest.mark.parametrize("below", ["", "reports"])
def test_out_that_is_a_file_or_below_one(
    command: tuple[str, ...],
    below: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("peel_analysis.batch.make.run", no_notebook)
    file = tmp_path / "notes.txt"
    file.touch()
    error = refused(capsys, *command, "--out", str(file / below))
    assert_says(error, f"--out {file / below}: {file} is a file; ", "give a folder")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="the machine has no folder that nobody can write to")
def test_out_that_nobody_can_write_to(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("peel_analysis.batch.make.run", no_notebook)
    error = refused(capsys, "report", "norfolk", "--out", "/proc/reports")
    assert error.startswith("--out /proc/reports: /proc cannot be written to (")
    assert error.endswith("give a folder that can\n")


@pytest.mark.parametrize("option", ["--data", "--out", "--forces", "--edition", "--dask", "--shard"])
def test_an_option_with_nothing_after_it(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peel_analysis.batch.make.run", no_notebook)
    monkeypatch.chdir(tmp_path)
    assert refused(capsys, "batch", option, "") == (
        f"{option}: nothing stands after it (a variable that is not set?); give a value, or leave {option} out\n"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("report", "norfolk"), ("batch", "--forces", "norfolk")])
@pytest.mark.parametrize("name", ["2017", "2017/norfolk", "2017/norfolk/notebooks", ".kept"])
def test_out_that_a_link_below_it_leads_out_of(
    command: tuple[str, ...],
    name: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("peel_analysis.batch.make.run", no_notebook)
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out"
    (elsewhere / "kept" / "for good").mkdir(parents=True)
    (out / name).parent.mkdir(parents=True)
    (out / name).symlink_to(elsewhere)
    error = refused(capsys, *command, "--out", str(out))
    told = f"{out / name} leads out of that folder, to {elsewhere}; take the link away, or give the folder"
    assert error.startswith(f"--out {out}: {told}")
    assert [path.name for path in elsewhere.rglob("*")] == ["kept", "for good"]


def test_a_log_that_is_a_link_to_another_file_is_not_emptied(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peel_analysis.batch.make.run", no_notebook)
    kept = tmp_path / "kept.txt"
    kept.write_text("kept", encoding="utf-8")
    log = tmp_path / "out" / "2017" / "run.jsonl"
    log.parent.mkdir(parents=True)
    log.symlink_to(kept)
    assert f"{log} leads out of" in refused(capsys, "batch", "--forces", "norfolk", "--out", str(tmp_path / "out"))
    assert kept.read_text(encoding="utf-8") == "kept"


def test_out_that_is_a_link_to_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "loop").symlink_to("loop")
    error = refused(capsys, "report", "norfolk", "--out", str(tmp_path / "loop"))
    assert error == f"--out {tmp_path}/loop: a link that leads to itself; give a folder that is there, or a new name\n"


def test_a_page_of_changes_takes_the_place_of_no_link_and_no_device(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    link, pipe = tmp_path / "latest.html", tmp_path / "pipe"
    link.symlink_to(tmp_path / "kept.html")
    os.mkfifo(pipe)
    error = refused(capsys, "changes", "2017", "2019", "--html", str(link))
    assert error.startswith(f"--html {link}: a link to {tmp_path}/kept.html; give that file")
    assert "something that is no file; give" in refused(capsys, "changes", "2017", "2019", "--html", str(pipe))
    assert link.is_symlink()
    assert pipe.is_fifo()


def test_trying_a_folder_leaves_nothing(tmp_path: Path) -> None:
    files.check_writable(tmp_path / "new" / "folder", "--out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "/a/b.csv"), "/a/b.csv: not allowed; change"),
        (PermissionError(errno.EACCES, "Permission denied", "/a/.b.csv.12"), "/a: not allowed; change"),
        (NotADirectoryError(errno.ENOTDIR, "Not a directory", "/a/b"), "/a/b: a file where a folder is needed; move"),
        (IsADirectoryError(errno.EISDIR, "Is a directory", "/a/.c", None, "/a/c"), "/a/c: a folder where a file is"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "/a/b"), "/a/b: no such file or folder; give"),
        (FileNotFoundError("no such notebook: a.ipynb"), "no such notebook: a.ipynb"),
        (OSError(errno.EROFS, "Read-only file system", "/a/b"), "/a/b: Read-only file system; give another place"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device; put that right and run"),
    ],
)
def test_what_the_system_refuses_is_one_line(
    error: OSError, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr("peel_analysis.data.forces.read_forces", refuse)
    assert refused(capsys, "forces").startswith(words)


def test_a_page_of_changes_that_is_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = refused(capsys, "changes", "2017", "2019", "--html", str(tmp_path))
    assert "--html" in error
    assert error.endswith(f"{tmp_path}' is a directory; give the name of a file, such as changes.html in it\n")
    (tmp_path / "notes.txt").touch()
    below = tmp_path / "notes.txt" / "changes.html"
    assert refused(capsys, "changes", "2017", "2019", "--html", str(below)).startswith(f"--html {below}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(("name", "found"), [("notes.txt", "a file, not a folder"), ("nowhere", "no such folder")])
def test_folders_that_the_environment_names(
    name: str, found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.txt").touch()
    named = str(tmp_path / name)
    with monkeypatch.context() as changed:
        changed.setenv(VARIABLE, named)
        error = refused(capsys, "values")
        assert_says(error, f"{VARIABLE}={named}: {found}; ", "like the project's data/")
    error = refused(capsys, "values", "--data", named)
    assert_says(error, "", "--data", named, "; give one laid out like the project's data/")
    monkeypatch.setenv(NOTEBOOKS, named)
    error = refused(capsys, "report", "norfolk", "--out", str(tmp_path / "out"))
    assert_says(error, f"{NOTEBOOKS}={named}: {found}; ", "like the project's notebooks/")
    assert not (tmp_path / "out").exists()


def test_a_folder_of_notebooks_that_lacks_one_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NOTEBOOKS, str(tmp_path))
    error = refused(capsys, "report", "norfolk", "--out", str(tmp_path / "out"))
    assert_says(error, "data/sections.toml, section 'at_a_glance'", "00_at_a_glance.ipynb", str(tmp_path), "add")


def test_a_data_folder_of_the_environment_is_known_by_its_full_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ours").symlink_to(DATA, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, "ours")
    assert open_data().folder == DATA  # which a batch hands to its workers, and they to kernels


def test_a_return_into_a_folder_that_cannot_be_written_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    file = tmp_path / "return.csv"
    file.write_text(RETURN, encoding="utf-8")
    error = refused(capsys, "data", "add", str(file), "--release", "invented")
    assert_says(error, f"--data {DATA}: ", "cannot be written to (Permission denied)", "give a folder")
    code, printed, _ = run(capsys, "data", "add", str(file), "--release", "invented", "--dry-run")
    assert code == 0  # which writes nothing
    assert f"Would write in {DATA}: " in printed


def test_a_data_folder_of_ones_own_starts_as_a_copy_in_an_empty_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine").mkdir()
    code, printed, _ = run(capsys, "data", "copy", "mine")
    assert (code, printed) == (0, f"{tmp_path / 'mine'}\n")
    assert files_below(tmp_path / "mine") == files_below(DATA)
    assert_says(refused(capsys, "data", "copy", "mine"), "mine: is not empty", "give a new folder")
    error = refused(capsys, "data", "copy", "mine/again", "--data", "mine")
    assert_says(error, "mine/again: lies in the folder that is to be copied", "give one outside it")


@pytest.mark.parametrize("command", [("add", "return.csv"), ("build", "--raw", ".")])
def test_the_data_folder_of_an_installed_package_is_not_changed(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "INSTALLED", PROJECT)
    monkeypatch.chdir(tmp_path)
    Path("return.csv").write_text(RETURN, encoding="utf-8")
    error = refused(capsys, "data", *command)
    assert_says(error, f"{DATA}: ", "peel data copy DIR", "--data DIR", VARIABLE)


def test_notebooks_are_copied_to_be_opened_and_none_that_is_there_is_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    opened: list[list[str]] = []
    monkeypatch.setattr("jupyterlab.labapp.main", opened.append)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    code, printed, _ = run(capsys, "lab", "--copy-only")
    assert (code, printed, opened) == (0, f"{tmp_path / 'notebooks' / 'explore.ipynb'}\n", [])
    assert files_below(tmp_path / "notebooks") == files_below(PROJECT / "notebooks")
    changed = tmp_path / "notebooks" / "explore.ipynb"
    changed.write_text("changed", encoding="utf-8")
    code, _, told = run(capsys, "lab", "notebooks", "--data", str(DATA), "--no-browser", "--port=9999")
    assert changed.read_text(encoding="utf-8") == "changed"
    assert "left as it is in notebooks: explore.ipynb;" in told
    assert "you are root, so JupyterLab is given --allow-root" in told
    where = [f"--ServerApp.root_dir={tmp_path / 'notebooks'}", "--LabApp.default_url=/lab/tree/explore.ipynb"]
    assert (code, opened) == (0, [[*where, "--allow-root", "--no-browser", "--port=9999"]])
    assert os.environ[VARIABLE] == str(DATA), "which the notebooks' kernels inherit"
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    run(capsys, "lab")
    assert opened[1] == where


def test_a_raw_folder_without_its_files_is_told_where_they_can_be_had(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refused(capsys, "data", "build", "--raw", str(tmp_path))
    assert error.startswith(f"{tmp_path}/home_office/")
    assert "no such file; put the published file there (Home Office: " in error
    assert "Not all of these files can be had outside the project (README.md, Limits)" in error
    limits = (DATA.parent / "README.md").read_text(encoding="utf-8").partition("## Limits\n")[2]
    assert "files of which not all can be had outside the project" in limits


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("=cmd|calc.csv", "'=cmd|calc.csv"),
        ("\x1b[31m\n.csv", "\\x1b[31m\\n.csv"),
        ("caf\udce9.csv", "caf\\udce9.csv"),  # of another encoding
        ("{force} $(id) <b>.csv", "{force} $(id) <b>.csv"),
    ],
)
def test_a_file_of_any_name_is_taken_in_and_named_as_text(
    name: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / name).write_text(RETURN, encoding="utf-8")
    code, printed, error = run(
        capsys, "data", "add", str(tmp_path / name), "--release", "invented", "--data", str(folder)
    )
    assert (code, error) == (0, "")
    assert "\x1b" not in printed
    with (folder / "provenance.csv").open(encoding="utf-8", newline="") as file:
        assert told in [row["source_file"] for row in csv.DictReader(file)]
    code, printed, error = run(
        capsys, "data", "add", str(tmp_path / name), "--release", "invented", "--data", str(folder)
    )
    assert (code, error) == (0, "")  # and its register is read again
