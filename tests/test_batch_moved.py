"""What changes while a batch runs is in no output under the key of something else, even where it is put back."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import later
from small_batch import PROJECT, QUICK, SmallBatch, small_batch

ONCE = """
import os, pathlib, peel_analysis as peel
data = pathlib.Path(os.environ["PEEL_DATA"])
folder = data.parent
path = pathlib.Path({path!r})
runs = folder / "runs.txt"
with runs.open("a") as file:
    print(force, file=file)
before, stat = path.read_bytes(), path.stat()
if len(runs.read_text().split()) == 1:
    path.write_bytes(before.replace({old!r}, {new!r}))
    assert path.read_bytes() != before
{asked}
if {back} and len(runs.read_text().split()) == 1:
    path.write_bytes(before)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
"""
NOTHING = ""


def batch_with(folder: Path, path: Path, old: str, new: str, asked: str, *, back: bool = True) -> SmallBatch:
    """Return a batch whose first notebook changes a file in its first run, asks, and may put it back, times and all."""
    batch = small_batch(folder)
    cell = ONCE.format(path=str(path), old=old.encode(), new=new.encode(), asked=asked, back=back)
    batch.write_notebooks(cell, QUICK)
    return batch


def printed(batch: SmallBatch, force: str = "norfolk") -> str:
    notebook = json.loads((batch.reports / force / "notebooks/00_force_in_numbers.ipynb").read_text(encoding="utf-8"))
    return "".join(text for cell in notebook["cells"] for output in cell.get("outputs", []) for text in output["text"])


def runs(batch: SmallBatch) -> list[str]:
    return (batch.folder / "runs.txt").read_text().split()


@pytest.mark.parametrize("engine", ["peel", *later("stock")])
def test_a_table_that_is_changed_and_put_back_leaves_nothing_behind(engine: str, tmp_path: Path) -> None:
    name = "counts/recorded_crime/2026-04.csv"
    rows = [line.split(",") for line in (PROJECT / "data" / name).read_text(encoding="utf-8").splitlines()[1:]]
    counts = sum(int(row[5]) for row in rows if row[5])
    asked = "print(int(peel.open_data().counts('recorded_crime', '2026-04')['count'].sum()))"  # and it is kept for all
    batch = batch_with(tmp_path / "b", tmp_path / "b/data" / name, ",5991,reported", ",5981,reported", asked)
    done = batch.run("--forces", "norfolk,suffolk", "--engine", engine)
    assert (done.returncode, runs(batch)) == (0, ["norfolk", "norfolk", "suffolk"])
    assert done.stderr == ""
    assert [printed(batch, force) for force in ("norfolk", "suffolk")] == [f"{counts}\n"] * 2
    assert batch.run("--forces", "norfolk,suffolk").returncode == 0
    assert batch.outcomes() == {"fresh": 6}


@pytest.mark.slow
def test_a_register_that_stays_changed_fails_what_was_under_way(tmp_path: Path) -> None:
    row = "2017,calls_per_1000,2017,norfolk,excluded_from_figure,not_supplied,yes,,stated,Invented.,Short,\n"
    text = (PROJECT / "data/exclusions.csv").read_text().partition("\n")[0] + "\n"
    batch = batch_with(tmp_path / "b", tmp_path / "b/data/exclusions.csv", text, text + row, NOTHING, back=False)
    done = batch.run("--forces", "norfolk,suffolk")
    assert done.returncode == 1
    said = "data/exclusions.csv changed while the run went on; the same command makes it again"
    assert f"failed: norfolk/force_in_numbers: {said}" in done.stderr.splitlines()
    assert {line.partition(": ")[2].partition(": ")[2] for line in done.stderr.splitlines()} == {said}
    assert batch.notebooks() == []
    again = batch.run("--forces", "norfolk,suffolk")
    assert (again.returncode, batch.outcomes()) == (0, {"done": 6})
    batch.check_whole(("norfolk", "suffolk"))


@pytest.mark.slow
def test_a_finding_and_a_notebook_that_are_put_back_are_read_again(tmp_path: Path) -> None:
    finding = tmp_path / "b/data/findings/2017/norfolk.md"
    asked = "print(path.read_text())"
    batch = batch_with(tmp_path / "b", finding, "right", "wrong", asked)
    finding.parent.mkdir(parents=True, exist_ok=True)
    finding.write_text("<!-- right -->\n")
    done = batch.run("--forces", "norfolk")
    assert (done.returncode, runs(batch)) == (0, ["norfolk", "norfolk"]), done.stderr
    assert "right" in printed(batch)
    assert "wrong" not in printed(batch)

    batch = batch_with(
        tmp_path / "c", tmp_path / "c/notebooks/00_force_in_numbers.ipynb", "A section", "Another", NOTHING
    )
    done = batch.run("--forces", "norfolk")
    assert (done.returncode, runs(batch)) == (0, ["norfolk", "norfolk"]), done.stderr


@pytest.mark.slow
def test_a_worker_makes_nothing_with_a_package_that_has_moved(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(PROJECT / "peel_analysis", copy / "peel_analysis", ignore=shutil.ignore_patterns("__pycache__"))
    batch = batch_with(tmp_path / "b", copy / "peel_analysis/why.py", "account", "accounts", NOTHING)
    environment = {**os.environ, "PYTHONPATH": str(copy), "PEEL_NOTEBOOKS": str(batch.folder / "notebooks")}

    def run() -> "subprocess.CompletedProcess[str]":
        command = batch.command("--jobs", "1", "--forces", "norfolk")
        return subprocess.run(command, cwd=batch.folder, env=environment, capture_output=True, text=True, check=False)

    done = run()
    said = "peel_analysis/why.py changed after this worker began; the same command makes it again, by a new worker"
    assert done.returncode == 1
    failed = {f"failed: norfolk/{one}: {said}" for one in ("force_in_numbers", "risk_based_inspection")}
    assert failed <= set(done.stderr.splitlines())  # in either order: the two are told when their worker is
    assert batch.notebooks() == []
    assert run().returncode == 0
    batch.check_whole(("norfolk",))
