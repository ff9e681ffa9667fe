"""However a batch is stopped, what is there is whole, no process is left, and the next run goes on from it."""

import os
import signal
from itertools import product
from pathlib import Path

import psutil
import pytest
from conftest import later
from refusals import assert_says
from small_batch import PATIENCE, SmallBatch, family, shared_memory_of, small_batch, still_there
from warm_kernels import waited

from peel_analysis.data.writing import part_of, remove_left_over

SLOW = "import time\ntime.sleep(0.4)\nprint(force)"
FOUR = ("essex", "kent", "norfolk", "suffolk")


# Ctrl-C reaches every process of the terminal, and its end does so too; `make test` tries the first way only.
WAYS = [*product((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), (True, False)), (signal.SIGKILL, False)]
NAMES = [f"{number.name}-{'all' if whole else 'one'}" for number, whole in WAYS]
SLOWLY = later(*WAYS[1:])


@pytest.fixture
def batch(tmp_path: Path) -> SmallBatch:
    return small_batch(tmp_path / "b", SLOW, SLOW)


@pytest.mark.parametrize(("number", "whole_terminal"), [WAYS[0], *SLOWLY], ids=NAMES)
def test_a_stopped_batch_leaves_whole_files_and_goes_on(
    number: signal.Signals, whole_terminal: bool, batch: SmallBatch
) -> None:
    process = batch.start("--forces", ",".join(FOUR))
    batch.wait_for_units(2, process)
    children, semaphores = family(process), shared_memory_of(process)
    assert children
    if whole_terminal:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    printed, errors = process.communicate(timeout=30)
    assert still_there(children) == []
    assert [path for path in semaphores if path.exists()] == []

    if number == signal.SIGKILL:
        assert (process.returncode, errors) == (-number, "")
    else:
        assert process.returncode == 128 + number
        assert errors.count("\n") == 1, errors
        assert_says(errors, "peel: stopped; ", "is kept", "the same command goes on")
        assert batch.left_over() == []
    whole = {str(path.relative_to(batch.reports)) for path in batch.notebooks()}
    assert 2 <= len(whole) < 8
    assert "page" not in printed or (batch.reports / "essex" / "index.html").exists()

    done = batch.run("--forces", ",".join(FOUR))
    assert done.returncode == 0, done.stderr
    fresh = {line["force_id"] + "/" + line["section_id"] for line in batch.log() if line["outcome"] == "fresh"}
    assert len([name for name in fresh if not name.endswith("/page")]) == len(whole)
    batch.check_whole(FOUR)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["INT", "KILL"])  # one can be heeded
def test_a_stopped_batch_of_ordinary_kernels_leaves_no_sockets(
    number: signal.Signals, batch: SmallBatch, short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(short_folder))
    process = batch.start("--forces", ",".join(FOUR), "--engine", "stock")
    waited(lambda: list(short_folder.glob("peel-*/k-1")), PATIENCE)
    children = family(process)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)
    else:
        process.send_signal(number)
    process.communicate(timeout=30)
    assert still_there(children) == []
    assert list(short_folder.glob("peel-*")) == []
    assert list(batch.reports.rglob("*.failed.ipynb")) == []


@pytest.mark.slow
def test_what_a_killed_worker_was_doing_is_done_again(batch: SmallBatch) -> None:
    process = batch.start("--forces", ",".join(FOUR))
    batch.wait_for_units(2, process)
    children, command = family(process), psutil.Process(process.pid)
    workers = [one for one in command.children() if one.cmdline() == command.cmdline()]
    assert len(workers) == 2
    workers[0].kill()
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, "")
    assert batch.outcomes() == {"done": 12}
    assert still_there(children) == []
    batch.check_whole(FOUR)


def test_left_overs_of_dead_processes_are_removed_and_no_others(tmp_path: Path) -> None:
    mine = part_of(tmp_path / "a" / "index.html")
    dead = max(psutil.pids()) + 100_000
    theirs = [
        mine.with_name(mine.name.replace(str(os.getpid()), str(dead))),
        part_of(tmp_path / "a" / "01_x.ipynb", ".ipynb"),
    ]
    theirs[1] = theirs[1].with_name(theirs[1].name.replace(str(os.getpid()), str(dead)))
    elsewhere = mine.with_name(".index.html.other-machine-12345.part")
    theirs.append(mine.with_name(".index.html.other-machine-12346.part"))
    others = [mine, elsewhere, tmp_path / "a" / "index.html", tmp_path / "a" / ".hidden.part"]
    (tmp_path / "a").mkdir()
    for path in (*theirs, *others):
        path.write_text("x")
    os.utime(theirs[-1], (0, 0))
    assert sorted(remove_left_over(tmp_path)) == sorted(theirs)
    assert sorted((tmp_path / "a").iterdir()) == sorted(others)
