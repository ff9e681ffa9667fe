"""A batch does every unit that is stale and no other, tells what it did, and outlives a unit that fails."""

import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from textwrap import dedent

import psutil
import pytest
from small_batch import PROJECT, QUICK, THREE, SmallBatch, small_batch

from peel_analysis.batch import Making, make_site_of, share
from peel_analysis.batch.run import stale_tasks
from peel_analysis.batch.units import DRAWN_AND_EXPORTED_BY, Now, Report, shared_key
from peel_analysis.batch.work import carry_out
from peel_analysis.cli import chosen_forces
from peel_analysis.data.errors import InputError
from peel_analysis.data.files import NOTEBOOKS, library
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import NUMBER_OF_FORCES
from peel_analysis.data.writing import key_of_page


def test_every_report_is_made_and_told(ran: SmallBatch) -> None:
    ran.check_whole(THREE)
    units = {f"{force}/{name}" for force in THREE for name in ("force_in_numbers", "risk_based_inspection", "page")}
    assert ran.done() == units
    for line in ran.log():
        assert re.fullmatch(r"[0-9a-f]{64}", line["key"])
        assert line["seconds"] > 0
        assert (line["outcome"], line["error"]) == ("done", "")
    printed = (ran.folder / "printed").read_text().splitlines()
    assert {line.split()[1] for line in printed if line.startswith("made ")} == units
    assert [line.split() for line in printed[-5:-2]] == [
        ["made", "already", "up", "to", "date", "failed"], ["sections", "6", "0", "0"], ["pages", "3", "0", "0"],
    ]  # fmt: skip
    assert Path(printed[-1]).name == "index.html"
    assert Path(printed[-1]).parent.name == "2017"


def test_the_index_links_every_report_that_is_there(ran: SmallBatch) -> None:
    index = (ran.reports / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<th scope="row"><a href="([^"]+)"', index) == [f"{force}/index.html" for force in THREE]
    assert index.count('<th scope="row">') == NUMBER_OF_FORCES
    assert index.count("(no report made)") == NUMBER_OF_FORCES - len(THREE)


def test_nothing_changed_nothing_is_done_or_imported(again: SmallBatch) -> None:
    index = (again.reports / "index.html").stat().st_mtime_ns
    command = again.command("--forces", ",".join(THREE))
    command[1:1] = ["-X", "importtime"]
    done = subprocess.run(command, cwd=again.folder, env=again.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert again.outcomes() == {"fresh": 9}
    assert (again.reports / "index.html").stat().st_mtime_ns == index
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "peel_analysis.batch.run" in imported
    of_notebooks = {"papermill", "nbconvert", "jupyter_client", "nbclient", "asyncio"}
    assert not imported & {*of_notebooks, "pandas", "numpy", "jinja2", "matplotlib"}


def test_values_that_cannot_be_made_are_told_of_as_a_fault_of_the_page(
    again: SmallBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    [kent, _] = reports(again, monkeypatch)
    kent.page.unlink()
    data = open_data(again.data)
    workplace = Making(again.out).workplace(data.edition("2017"), shared_key(again.data))
    shutil.rmtree(again.out / ".kept")
    monkeypatch.setattr("peel_analysis.reports.values_file.values_of", refuse)
    [kent], _ = stale_tasks([kent], Now(data.edition("2017"), shared_key(again.data)))
    assert carry_out(kent, workplace).error.startswith("InputError: Invented.")
    assert not kent.page.exists()


def refuse(*_: object) -> None:
    raise InputError("Invented.")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
def test_what_a_run_ends_with_is_made_ahead_and_its_own_process_needs_no_tables(
    again: SmallBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the pages of the site not as they were expected, this process would have to make them."""
    monkeypatch.setenv(NOTEBOOKS, str(again.folder / "notebooks"))
    shutil.rmtree(again.out)
    arguments = [*again.command("--forces", ",".join(THREE))[3:]]
    code = f"""
        import sys
        from peel_analysis.cli import main
        if __name__ == "__main__":
            code = main({arguments})
            print(code, [name for name in ("pandas", "matplotlib") if name in sys.modules])
    """
    script = again.folder / "run.py"
    script.write_text(dedent(code), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], cwd=again.folder, env=again.environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout.splitlines()[-1], done.stderr) == ("0 []", "")
    again.check_whole(THREE)
    pages = {path.name: path.read_bytes() for path in again.reports.glob("*.html")}
    for path in again.reports.glob("*.html"):
        path.unlink()
    make_site_of([open_data(again.data).edition("2017")], again.out)
    assert {path.name: path.read_bytes() for path in again.reports.glob("*.html")} == pages


def is_tracker(process: psutil.Process) -> bool:
    """Return whether a process is multiprocessing's own, which stays for the next run."""
    return "resource_tracker" in " ".join(process.cmdline())


def test_the_key_names_each_library_with_the_version_that_is_installed() -> None:
    for name in (*DRAWN_AND_EXPORTED_BY, "no-such-library"):
        try:
            installed = version(name)
        except PackageNotFoundError:
            installed = "absent"
        assert library(name) == f"{name} {installed}"


def test_findings_of_one_force_make_its_own_units_stale(again: SmallBatch) -> None:
    path = again.data / "findings" / "2017" / "kent.md"
    path.write_text("# Kent\n\n## Force in numbers\n\nInvented.\n", encoding="utf-8")
    assert again.run("--forces", ",".join(THREE)).returncode == 0
    assert again.done() == {"kent/force_in_numbers", "kent/risk_based_inspection", "kent/page"}


def test_a_notebook_makes_its_own_section_stale_and_fresh_makes_all(again: SmallBatch) -> None:
    again.write_notebooks(QUICK, "print(force, edition)")
    assert again.run("--forces", "kent").returncode == 0
    assert again.done() == {"kent/risk_based_inspection", "kent/page"}
    assert again.run("--forces", "kent", "--fresh").returncode == 0
    assert again.done() == {"kent/force_in_numbers", "kent/risk_based_inspection", "kent/page"}


def test_a_page_or_a_values_file_that_is_gone_is_made_again(again: SmallBatch) -> None:
    (again.reports / "kent" / "values.csv").unlink()
    (again.reports / "norfolk" / "index.html").unlink()
    assert again.run("--forces", ",".join(THREE)).returncode == 0
    assert again.done() == {"kent/page", "norfolk/page"}
    again.check_whole(THREE)


@pytest.mark.slow
def test_a_workbook_is_made_beside_a_page_that_links_it_and_is_a_part_of_the_page(again: SmallBatch) -> None:
    assert 'href="kent-2017.xlsx"' not in (again.reports / "kent" / "index.html").read_text(encoding="utf-8")
    done = again.run("--forces", "kent", "--xlsx")
    assert done.returncode == 0, done.stderr
    page, workbook = again.reports / "kent" / "index.html", again.reports / "kent" / "kent-2017.xlsx"
    assert 'href="kent-2017.xlsx"' in page.read_text(encoding="utf-8")
    assert (again.done(), key_of_page(page) != "") == ({"kent/page"}, True)
    assert again.run("--forces", ",".join(THREE)).returncode == 0
    assert (again.done(), workbook.exists()) == (set(), True), "a run that asks for none finds the page up to date"
    assert "earlier run" not in (again.reports / "index.html").read_text(encoding="utf-8")
    workbook.write_bytes(workbook.read_bytes()[:-1])
    assert key_of_page(page) == "", "a damaged workbook is made again with its page"
    assert again.run("--forces", "kent").returncode == 0
    assert (again.done(), workbook.exists()) == ({"kent/page"}, False), "or is gone, where none is asked for"


def reports(batch: SmallBatch, monkeypatch: pytest.MonkeyPatch) -> list[Report]:
    """Return the plans of Kent's and Norfolk's reports, as the data are now."""
    monkeypatch.setenv(NOTEBOOKS, str(batch.folder / "notebooks"))
    data = open_data(batch.data)
    return Making(batch.out).plans(
        data.edition("2017"), [data.forces.find(name) for name in ("kent", "norfolk")], shared_key(data.folder)
    )


def keys(batch: SmallBatch, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    return {unit.key for report in reports(batch, monkeypatch) for unit in report.units}


@pytest.mark.parametrize("changed", ["exclusions.csv", "populations.csv", "measures.toml", "editions/2017.toml"])
def test_shared_data_make_everything_stale(changed: str, again: SmallBatch, monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys(again, monkeypatch)
    with (again.data / changed).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert len(before) == 4
    assert not before & keys(again, monkeypatch)


def test_the_package_makes_everything_stale(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "peel_analysis", tmp_path / "peel_analysis")
    code = "import sys; from pathlib import Path; from peel_analysis.batch.units import shared_key\n"
    code += "print(shared_key(Path(sys.argv[1])))"
    found = []
    for changed in ("batch/run.py", "reports/style.css", "show/templates/page.html.j2", None):
        done = subprocess.run(
            [sys.executable, "-c", code, str(PROJECT / "data")],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(done.stdout)
        if changed:
            with (tmp_path / "peel_analysis" / changed).open("a", encoding="utf-8") as file:
                file.write("\n")
    assert len(set(found)) == 4


def test_a_failed_cell_stops_nothing_else_and_is_kept(tmp_path: Path) -> None:
    batch = small_batch(tmp_path / "b", QUICK, r'assert force != "kent", "no such\n  number"')
    done = batch.run("--forces", ",".join(THREE))
    assert done.returncode == 1
    assert batch.outcomes() == {"done": 7, "failed": 1}
    (failed,) = (line for line in batch.log() if line["outcome"] == "failed")
    kept = batch.reports / "kent" / "notebooks" / "01_risk_based_inspection.failed.ipynb"
    expected = "01_risk_based_inspection.ipynb failed in cell 3: AssertionError: no such number"
    assert failed["error"] == f"{expected}; the notebook as far as it ran: {kept}"
    assert done.stderr == f"failed: kent/risk_based_inspection: {failed['error']}\n", "an error of two lines is one"
    assert "AssertionError" in kept.read_text(encoding="utf-8")
    assert not (batch.reports / "kent" / "index.html").exists()
    assert "sections 5 0 1" in " ".join(done.stdout.split())

    batch.write_notebooks(QUICK, QUICK)
    assert batch.run("--forces", "kent").returncode == 0
    assert batch.done() == {"kent/risk_based_inspection", "kent/page"}
    assert not kept.exists()


def test_what_a_kernel_sends_in_parts_is_kept_as_it_was_printed(tmp_path: Path) -> None:
    printed = (
        "import sys\n"
        "print('aside', file=sys.stderr, flush=True)\n"
        "print(force, end='', flush=True)\n"
        "print('!', flush=True)\n"
        "print('and more', file=sys.stderr)\n"
        "display(edition)\n"
        "print('after it')"
    )
    batch = small_batch(tmp_path / "b", QUICK, printed)
    assert batch.run("--forces", "kent").returncode == 0
    notebook = json.loads((batch.reports / "kent/notebooks/01_risk_based_inspection.ipynb").read_bytes())
    shown = [(one.get("name"), "".join(one.get("text", ""))) for one in notebook["cells"][-1]["outputs"]]
    assert shown == [("stdout", "kent!\n"), ("stderr", "aside\nand more\n"), (None, ""), ("stdout", "after it\n")]
    page = (batch.reports / "kent" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<pre class="printed">(.*?)\n?</pre>', page) == ["kent", "kent!", "after it"]


@pytest.mark.slow
def test_a_unit_that_its_worker_dies_of_fails_alone(tmp_path: Path) -> None:
    deadly = (
        "import os, signal, socket, struct, time\n"
        "if force == 'kent':\n"
        "    asked_over = get_ipython().kernel.session.packets.end\n"
        "    told = asked_over.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)\n"
        "    os.kill(struct.unpack('3i', told)[0], signal.SIGKILL)  # its worker\n"
        "    time.sleep(60)"
    )
    batch = small_batch(tmp_path / "b", QUICK, deadly)
    done = batch.run("--forces", ",".join(THREE))
    assert done.returncode == 1
    assert batch.outcomes() == {"done": 7, "failed": 1}
    assert "failed: kent/risk_based_inspection: the worker process died of it twice" in done.stderr


def test_a_report_says_where_it_is_and_keeps_its_own_log(again: SmallBatch) -> None:
    command = [*again.command()[:3], "report", "Kent", "--data", str(again.data), "--out", str(again.out)]
    log = (again.reports / "run.jsonl").read_text()
    done = subprocess.run(command, cwd=again.folder, env=again.environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{again.reports / 'kent' / 'index.html'}\n")
    assert (again.reports / "run.jsonl").read_text() == log
    assert len((again.reports / "kent" / "run.jsonl").read_text().splitlines()) == 3


def test_a_shard_has_its_own_log(again: SmallBatch) -> None:
    assert again.run("--forces", ",".join(THREE), "--shard", "2/3").returncode == 0
    assert {line["force_id"] for line in again.log("run-2-of-3.jsonl")} == {"norfolk"}


def test_shards_are_disjoint_and_together_all() -> None:
    everyone = open_data().forces.all
    shares = [share(everyone, f"{k}/8") for k in range(1, 9)]
    assert sorted(force.id for one in shares for force in one) == sorted(force.id for force in everyone)
    assert {len(one) for one in shares} == {5, 6}


@pytest.mark.parametrize("shard", ["0/8", "9/8", "2", "2/8/3", "a/b", "1/0"])
def test_a_shard_that_is_none_is_refused(shard: str) -> None:
    with pytest.raises(InputError, match=rf"--shard {shard}: give K/N with K from 1 to N, such as 2/8"):
        share(open_data().forces.all, shard)


def test_forces_are_chosen_by_any_name_and_once() -> None:
    assert [force.id for force in chosen_forces(open_data().forces, "Norfolk,Devon & Cornwall,norfolk")] == [
        "norfolk",
        "devon-and-cornwall",
    ]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--forces", "norfok"), "No force called 'norfok'"),
        (("--jobs", "0"), "Invalid value for '--jobs': 0 "),
        (("--edition", "1066"), "No edition '1066'"),
    ],
)
def test_a_request_that_cannot_be_met_ends_with_2(arguments: tuple[str, ...], error: str, ran: SmallBatch) -> None:
    done = ran.run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"peel: {error}")


def test_a_key_stands_for_what_a_unit_is_made_from(ran: SmallBatch, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(keys(ran, monkeypatch)) == 4
    now = Now(open_data(ran.data).edition("2017"), shared_key(ran.data))
    for report in reports(ran, monkeypatch):
        assert report.is_fresh()
        assert all(unit.looked_at(now).seal for unit in report.units)
