"""Outputs that were emptied, cut short or edited are made again, and what stands in a force's way stops no other."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from small_batch import PROJECT, QUICK, THREE, SmallBatch

from peel_analysis.batch.units import Report, Unit, shared_key
from peel_analysis.batch.work import Workplace, carry_out
from peel_analysis.data.files import VARIABLE
from peel_analysis.data.writing import KEPT_IN, key_of_notebook, key_of_page

FIRST, SECOND = "notebooks/00_force_in_numbers.ipynb", "notebooks/01_risk_based_inspection.ipynb"
FILE = "a file where a folder is needed; move it away or give another place, and run the command again"
FOLDER = "a folder where a file is needed; move it away or give the name of a file, and run the command again"


def emptied(content: bytes) -> bytes:
    return content[:0]


def cut_short(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def without_its_beginning(content: bytes) -> bytes:
    return content[len(content) // 3 :]


def edited(content: bytes) -> bytes:
    """Return the content with other words in its middle, of the same length."""
    middle = len(content) // 2
    return content[:middle] + content[middle : middle + 5][::-1].upper() + content[middle + 5 :]


def saved_with_another_cell(content: bytes) -> bytes:
    """Return a notebook as JupyterLab saves it when somebody has added a cell: its metadata stay."""
    notebook = json.loads(content)
    notebook["cells"].append({"cell_type": "markdown", "id": "new", "metadata": {}, "source": "A note of mine."})
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


@pytest.mark.parametrize("damage", [emptied, cut_short, without_its_beginning, edited])
@pytest.mark.parametrize("name", [FIRST, "index.html", "values.csv", "../values.csv"])
def test_a_damaged_output_is_not_fresh(name: str, damage: Callable[[bytes], bytes], again: SmallBatch) -> None:
    folder = again.reports / "kent"
    of_notebook, of_page = key_of_notebook(folder / FIRST), key_of_page(folder / "index.html")
    assert of_notebook
    assert of_page
    (folder / name).write_bytes(damage((folder / name).read_bytes()))
    found = key_of_notebook(folder / FIRST), key_of_page(folder / "index.html")
    assert found == (("", of_page) if name == FIRST else (of_notebook, ""))


def test_damaged_outputs_are_made_again(again: SmallBatch) -> None:
    damaged = [("kent", FIRST, saved_with_another_cell), ("norfolk", "values.csv", emptied)]
    before = {(force, name): (again.reports / force / name).read_bytes() for force, name, _ in damaged}
    for force, name, damage in damaged:
        (again.reports / force / name).write_bytes(damage(before[force, name]))
    done = again.run("--forces", ",".join(THREE))
    assert (done.returncode, again.done()) == (0, {"kent/force_in_numbers", "kent/page", "norfolk/page"})
    assert {(force, name): (again.reports / force / name).read_bytes() for force, name, _ in damaged} == before
    again.check_whole(THREE)


def test_a_notebook_that_a_page_cannot_be_made_from_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (VARIABLE, KEPT_IN):
        monkeypatch.setenv(variable, "")  # put back afterwards: a worker sets both
    path = tmp_path / "00_force_in_numbers.ipynb"
    path.write_text('{"cells": [')
    unit = Unit("kent", "force_in_numbers", "2017", path, path, tmp_path / "none")
    report = Report("kent", "2017", (unit,), tmp_path / "index.html", "")
    report = replace(report, key=report.key_of(shared_key(PROJECT / "data")))
    outcome = carry_out(report, Workplace(PROJECT / "data", tmp_path / "kept", "peel", "2017"))
    assert outcome.error.startswith(f"RuntimeError: {path} cannot be read; the next run makes it again: ")
    assert {place.name.partition("-")[0] for place in tmp_path.iterdir()} <= {path.name, "kept"}


@pytest.mark.slow
def test_what_is_in_the_way_of_one_force_stops_no_other(again: SmallBatch) -> None:
    shutil.rmtree(again.reports / "kent")
    (again.reports / "kent").write_text("a file")
    notebook = again.reports / "norfolk" / SECOND
    notebook.unlink()
    notebook.mkdir()
    done = again.run("--forces", "essex,kent,norfolk")
    assert done.returncode == 1
    assert again.done() == {"essex/force_in_numbers", "essex/risk_based_inspection", "essex/page"}
    assert sorted(done.stderr.splitlines()) == [
        f"failed: kent/force_in_numbers: {again.reports}/kent: {FILE}",
        f"failed: kent/risk_based_inspection: {again.reports}/kent: {FILE}",
        f"failed: norfolk/risk_based_inspection: {notebook}: {FOLDER}",
    ]
    index = (again.reports / "index.html").read_text(encoding="utf-8")
    assert "Kent Police (no report made)" in index

    (again.reports / "kent").unlink()
    notebook.rmdir()
    shutil.rmtree(notebook.parent)
    notebook.parent.write_text("a file")
    done = again.run("--forces", "essex,kent,norfolk")
    assert done.returncode == 1
    assert again.done() == {"kent/force_in_numbers", "kent/risk_based_inspection", "kent/page"}
    assert {line.partition(": ")[2].partition(": ")[2] for line in done.stderr.splitlines()} == {
        f"{notebook.parent}: {FILE}"
    }


def test_a_failed_notebook_goes_when_what_it_failed_of_is_put_back(again: SmallBatch) -> None:
    source = again.folder / SECOND
    before = source.read_bytes()
    again.write_notebooks(QUICK, "1 / 0")
    assert again.run("--forces", "kent").returncode == 1
    failed = (again.reports / "kent" / SECOND).with_suffix(".failed.ipynb")
    assert failed.exists()
    source.write_bytes(before)
    assert again.run("--forces", "kent").returncode == 0
    assert again.outcomes() == {"fresh": 3}
    assert not failed.exists()


@pytest.mark.slow
def test_fresh_begins_with_nothing_kept(again: SmallBatch) -> None:
    [kept] = (again.out / ".kept").iterdir()
    for path in (path for path in kept.rglob("*") if path.is_file()):
        path.write_bytes(b"")
    (kept / "marker").touch()
    done = again.run("--forces", "kent", "--fresh")
    assert (done.returncode, again.outcomes()) == (0, {"done": 3})
    assert not (kept / "marker").exists()
