"""The folders of kernels' sockets: short, private, and gone once the process that made them has ended."""

import json
import os
import tempfile
from pathlib import Path

import psutil
import pytest
from small_notebook import write
from test_engine_sockets import WHERE, has_sockets
from warm_kernels import printed

from peel_analysis.engine import machine as of_machine
from peel_analysis.engine.machine import LONG_AGO, private_folder, remove_left_over_folders
from peel_analysis.engine.papermill_engine import execute

pytestmark = pytest.mark.skipif(not has_sockets(), reason="this system has no Unix sockets")


@pytest.fixture
def temporary(short_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder, empty at first, in which kernels put their sockets."""
    monkeypatch.setattr(tempfile, "tempdir", str(short_folder))
    return short_folder


def made_by(process: int, parent: Path, *, machine: str = "") -> Path:
    """Return a folder with a socket's file, named as that process would name it."""
    folder = parent / f"peel-{machine or of_machine._machine()}-{process}-abcd_123"
    folder.mkdir(mode=0o700)
    (folder / "k-1").touch()
    return folder


def test_folders_of_processes_that_have_ended_are_deleted_and_no_others(temporary: Path) -> None:
    dead, mine = max(psutil.pids()) + 100_000, os.getpid()
    left_over = made_by(dead, temporary)
    number_given_anew = made_by(mine, temporary)
    os.utime(number_given_anew, (0, psutil.Process().create_time() - LONG_AGO - 1))
    kept = [
        made_by(dead, temporary, machine="wxyz"),
        temporary / f"peel-{dead}",
        temporary / "peel-a1b2-1-another_name",
    ]
    for folder in kept[1:]:
        folder.mkdir()
    link = temporary / left_over.name.replace("abcd_123", "a_link_1")
    link.symlink_to(kept[1], target_is_directory=True)
    in_use = private_folder()
    assert in_use is not None
    remove_left_over_folders()
    assert sorted(temporary.iterdir()) == sorted([*kept, link, in_use])
    remove_left_over_folders(own=True)
    assert sorted(temporary.iterdir()) == sorted([*kept, link])


def test_folders_of_other_users_are_left_alone(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = made_by(max(psutil.pids()) + 100_000, temporary)
    own = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: own + 1)
    remove_left_over_folders()
    assert theirs.exists()


def test_a_process_tidies_before_its_first_kernel(temporary: Path) -> None:
    left_over = made_by(max(psutil.pids()) + 100_000, temporary)
    of_machine._remove_left_over_once.cache_clear()
    folder = private_folder()
    assert folder is not None
    assert list(temporary.iterdir()) == [folder]
    assert not left_over.exists()
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["long" * 30, "é" * 40])  # the second is short in letters, and not in bytes
def test_a_temporary_folder_with_a_long_path_is_not_used(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        deep = Path(short) / name
        deep.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(deep))
        folder = private_folder()
    assert folder is not None
    folder.rmdir()
    assert folder.parent == Path("/tmp")


def test_where_sockets_cannot_be_used_an_ordinary_kernel_listens_on_tcp(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    too_deep = temporary / ("long" * 30)
    too_deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(too_deep))
    monkeypatch.setattr(of_machine, "LONGEST_SOCKET_PATH", 1000)
    execute(write(tmp_path / "n.ipynb", WHERE), tmp_path / "out.ipynb", engine="stock")
    assert json.loads(printed(tmp_path / "out.ipynb"))[0] == "tcp"
    assert list(too_deep.iterdir()) == []
