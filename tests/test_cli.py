"""The command: help, forgiving names, requests that are refused, and where it runs."""

import csv
import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from command import run, values
from conftest import peel
from small_batch import SmallBatch

from peel_analysis import face
from peel_analysis.data.files import NOTEBOOKS, VARIABLE, code_version
from peel_analysis.data.folder import open_data

pytestmark = pytest.mark.usefixtures("own_data_folder")

PROJECT = Path(__file__).resolve().parents[1]
HEAVY = ("pandas", "numpy", "papermill", "matplotlib", "seaborn", "nbconvert", "pyarrow")


# Help


@pytest.mark.parametrize("arguments", [["--help"], ["report", "--help"], ["data", "add", "-h"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        f"import sys\nfrom peel_analysis.cli import main\nassert main({arguments!r}) == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: peel")
    assert done.stderr.strip() == "[]"


def test_what_a_command_holds_is_not_looked_through_at_its_end() -> None:
    program = (
        "import atexit, gc\natexit.register(lambda: print(gc.get_freeze_count() > 0))\n"
        "from peel_analysis.cli import main\nassert main(['--version']) == 0"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "True"


def test_help_names_every_command_and_how_to_have_names_completed(capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = run(capsys, "--help")
    assert code == 0
    listed = ("forces", "measures", "editions")
    names = ("report", "batch", "site", *listed, "values", "verdicts", "policy", "why", "changes", "data", "check")
    assert [name for name in names if f"\n  {name} " not in said] == []
    assert [line for line in said.partition("Commands:")[2].splitlines() if line.endswith("...")] == [], (
        "each line reads whole"
    )
    assert [shell for shell in ("bash", "zsh", "fish") if f"_PEEL_COMPLETE={shell}_source peel" not in said] == []


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["ver"], ["verdicts"]),
        (["report", "south-y"], ["south-yorkshire"]),
        (["values", "--force", "eng"], ["england-and-wales"]),
        (["values", "--measure", "crime_per"], ["crime_per_1000"]),
        (["report", "--op"], ["--open"]),
        (["--vers"], ["--version"]),
        (["values", "--edition", "201"], ["2017", "2019"]),
        (["changes", "--format", "ch"], ["changelog"]),
        (["check", "--edition", "19"], []),
    ],
)
def test_a_shell_completes_commands_options_and_names(typed: list[str], offered: list[str], tmp_path: Path) -> None:
    asked = {"_PEEL_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(["peel", *typed]), "COMP_CWORD": str(len(typed))}
    done = peel(cwd=tmp_path, **asked)
    assert (done.stdout.split(), done.stderr) == ([f"plain,{name}" for name in offered], "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], ["Missing command", "see peel --help"]),
        (["repot"], ["No such command 'repot'", "see peel --help"]),
        (["report"], ["Missing argument 'FORCE'", "see peel report --help"]),
        (["report", "kent", "--edtion", "2017"], ["--edtion", "--edition", "see peel report --help"]),
        (["values", "--format", "xml"], ["--format", "'xml'", "csv", "json", "see peel values --help"]),
        (["data", "build"], ["'--raw'", "see peel data build --help"]),
        (["data", "build", "--raw", "nowhere"], ["--raw", "nowhere", "does not exist", "see peel data build --help"]),
        (["data", "add", "nothing.csv"], ["nothing.csv", "does not exist", "see peel data add --help"]),
    ],
)
def test_a_request_that_is_none_is_refused_in_one_line_that_says_where_to_read_on(
    arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, printed, error = run(capsys, *arguments)
    assert (code, printed, error.count("\n")) == (2, "", 1)
    assert error.startswith("peel: ")
    assert [word for word in words if word not in error] == []


# Names


@pytest.mark.parametrize(
    ("name", "force_id"),
    [
        ("norfolk", "norfolk"),
        ("Norfolk Constabulary", "norfolk"),
        ("DEVON & CORNWALL", "devon-and-cornwall"),
        ("Metropolitan Police Service", "metropolitan"),
        ("London, City of", "city-of-london"),
        ("england-and-wales", "england-and-wales"),
        ("England and Wales", "england-and-wales"),
    ],
)
def test_names_are_forgiving(name: str, force_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    rows = values(capsys, "--force", name, "--measure", "asb_incidents_per_1000")
    assert [row["force_id"] for row in rows] == [force_id]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["report", "Norfok"], "No force called 'Norfok'; did you mean Norfolk"),
        (["values", "--force", "Sufolk"], "did you mean Suffolk"),
        (["batch", "--forces", "norfolk,Kennt"], "No force called 'Kennt'; did you mean Kent"),
        (["report", "Atlantis"], "see the 43 names with: peel forces"),
        (["report", "norfolk", "--edition", "1917"], "No edition '1917'; the editions are 2017"),
        (["values", "--edition", "next"], "No edition 'next'; the editions are 2017"),
        (["values", "--measure", "da_arest_rate"], "da_arrest_rate"),
        (
            ["why", "Recorded crimes", "kent"],
            "did you mean crime_per_1000 (Recorded crime (excluding ",
        ),
        (["verdicts", "--measure", "weather"], "No measure 'weather'; see them with: peel measures"),
        (["changes", "2017", "2019", "--measure", "Recorded crimes"], "did you mean crime_per_1000 (Recorded crime"),
        (["batch", "--shard", "9/8"], "--shard 9/8: give K/N"),
        (["site"], "there is no report; make one (peel report norfolk), or name an --edition"),
        (["batch", "--jobs", "0"], "give a number of workers, 1 or more"),
        (["values", "--data", "nowhere"], "'nowhere' does not exist; give one laid out like the project's data/"),
    ],
)
def test_what_is_not_known_gets_one_line_and_exit_code_2(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "out")] if arguments[0] in ("report", "batch", "site") else []
    code, printed, error = run(capsys, *arguments, *out)
    assert (code, printed) == (2, "")
    assert error.startswith("peel: ")
    assert error.count("\n") == 1
    assert words in error
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["a" * 200_000, "\x1b]0;title\x07", "one\ntwo", "\u202erotated"])
def test_what_a_line_quotes_cannot_break_it_or_work_on_the_terminal(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, error = run(capsys, "report", name)
    assert (code, error.count("\n"), len(error) < 1100) == (2, 1, True)
    assert error.startswith("peel: No force called '")
    assert error.rstrip("\n").isprintable()


def test_forces_lists_the_43(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "forces")
    lines = out.splitlines()
    assert code == 0
    assert len(lines) == 43
    assert any(re.match(r"norfolk +Norfolk Constabulary +East", line) for line in lines)


@pytest.mark.parametrize("name", ["crime_per_1000", "Recorded crime", "crimes recorded per 1,000 population"])
def test_a_measure_is_found_by_its_id_its_title_and_its_tile(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert {row["measure"] for row in values(capsys, "--measure", name, "--force", "kent")} == {"crime_per_1000"}
    code, out, _ = run(capsys, "why", name, "kent")
    assert (code, out.splitlines()[0]) == (0, "Recorded crime (excluding fraud) per 1,000 population: Kent Police")
    code, out, _ = run(capsys, "changes", "2017", "2017@population=2018-revised", "--measure", name, "--format", "csv")
    assert {row["measure"] for row in csv.DictReader(io.StringIO(out))} == {"crime_per_1000"}
    assert face.edition("2017").measure(name).rows.equals(face.edition("2017").measure("crime_per_1000").rows)


# What there is


def test_measures_say_what_they_are_of_and_which_editions_have_them(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "measures")
    table, _, reasons = out.partition("\n\n")
    head, *rows = (re.split(r"  +", line.strip()) for line in table.splitlines())
    assert (code, head) == (0, ["measure", "2017", "2019", "2025", "kind", "title", "unit", "of"])
    by_id = {row[0]: row[1:] for row in rows}
    assert list(by_id) == list(open_data().measures.ids)
    assert by_id["asb_incidents_per_1000"][:3] == ["43", "43", "none"]
    assert by_id["da_arrest_rate"][:3] == ["1", "none", "none"]
    assert by_id["outcome_charged_pct"][-1] == "outcomes (type 1) / recorded crime"
    of_2025 = " ".join(reasons.partition("in edition 2025\n")[2].split())
    assert "- asb_incidents_per_1000: The table of anti-social behaviour incidents that is held ends with" in of_2025


def test_editions_say_what_is_held_of_each(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "editions")
    told = {block.splitlines()[0]: " ".join(block.split()) for block in out.split("\n\n")}
    assert (code, list(told)) == (0, ["2017", "2019", "2025"])
    assert "title PEEL: Police effectiveness 2017 window 12 months to 30 June 2017" in told["2017"]
    assert "findings of Norfolk grades of 43 forces, PEEL 2017 releases recorded_crime 2026-04" in told["2017"]
    assert "findings of no force" in told["2025"]


def test_verdicts_are_one_table_and_the_policy_a_command_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "verdicts", "--force", "kent")
    rows = list(csv.reader(io.StringIO(out)))
    assert (code, len(rows), {len(row) for row in rows}) == (0, 1 + len(open_data().measures), {len(rows[0])})
    code, out, _ = run(capsys, "policy")
    policy = open_data().policy
    assert (code, out.splitlines()[0]) == (0, f"{policy.label}; settings {policy.settings_version}")
    said = " ".join(out.split())
    assert [one for one in policy.sentences() if one not in said] == []


def test_the_version_names_the_code_and_the_data_folder(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, out, _ = run(capsys, "--version")
    version, identity = code_version().split("+")
    assert (code, out) == (0, f"peel {version}, code {identity}, data folder {PROJECT / 'data'}\n")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    code, out, error = run(capsys, "--version")
    assert (code, out) == (2, "")
    assert error.startswith(f"peel: {VARIABLE}={tmp_path / 'nowhere'}: no such folder; ")


# Pages opened


@pytest.mark.parametrize("has_browser", [True, False])
@pytest.mark.parametrize("command", [("report", "kent"), ("batch", "--forces", "kent")])
def test_a_page_is_opened_where_there_is_a_browser_and_its_place_told_where_not(
    command: tuple[str, ...],
    has_browser: bool,
    again: SmallBatch,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []

    def open_in_browser(address: str) -> bool:
        opened.append(address)
        return has_browser

    monkeypatch.setattr("webbrowser.open", open_in_browser)
    monkeypatch.setenv(NOTEBOOKS, str(again.folder / "notebooks"))
    places = ("--data", str(again.data), "--out", str(again.out))
    code, out, error = run(capsys, *command, *places)
    page = Path(out.splitlines()[-1])
    assert (code, opened, error) == (0, [], "")
    code, out, error = run(capsys, *command, *places, "--open")
    assert (code, opened) == (0, [page.as_uri()])
    assert error == ("" if has_browser else f"peel: --open: no browser is found here; the page is {page}\n")


# A fault of the command's own


def test_a_fault_of_its_own_says_so_and_keeps_its_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def fail(*_: object) -> None:
        raise KeyError("never\nthere")

    monkeypatch.setattr("peel_analysis.data.forces.read_forces", fail)
    code, printed, error = run(capsys, "forces")
    (log,) = tmp_path.glob("peel-fault-*.log")
    assert (code, printed, error.count("\n")) == (1, "", 2)
    assert error.startswith("peel: a fault of its own, not of what it was given (KeyError: 'never")
    assert f"its particulars are in {log}; please report it, as CONTRIBUTING.md says (Reporting a fault)" in error
    kept = log.read_text(encoding="utf-8")
    assert "\npeel forces\n" in kept
    assert "Traceback (most recent call last)" in kept
    assert "## Reporting a fault" in (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_a_fault_whose_particulars_cannot_be_kept_is_told_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    monkeypatch.setattr("peel_analysis.data.forces.read_forces", lambda *_: 1 / 0)
    code, _, error = run(capsys, "forces")
    assert (code, error.count("\n")) == (1, 2)
    assert "could not be kept (No such file or directory)" in error


# Where and how it runs


def test_command_works_from_any_folder_and_prints_where_the_page_is(made: Path) -> None:
    page = made / "reports" / "2017" / "norfolk" / "index.html"
    assert Path((made / "printed").read_text(encoding="utf-8").strip()).parts[-3:] == page.parts[-3:]
    assert page.is_file()
    assert len(list(page.parent.glob("notebooks/*.ipynb"))) == 10
    rows = list(csv.DictReader(io.StringIO((page.parent / "values.csv").read_text(encoding="utf-8"))))
    assert [row["force_id"] for row in rows[:52]] == ["norfolk"] * 26 + ["england-and-wales"] * 26
    assert [path for path in page.parent.rglob("*") if ".part" in path.name or ".failed" in path.name] == []


def test_batch_takes_a_folder_below_the_working_folder(again: SmallBatch) -> None:
    shutil.move(again.out, again.folder / "reports")
    done = peel("batch", "--forces", "rutland", "--out", "reports", cwd=again.folder)
    assert done.returncode == 2
    arguments = ("--forces", "kent", "--inspected-only", "--out", "reports", "--data", "data")
    done = peel("batch", *arguments, cwd=again.folder, PEEL_NOTEBOOKS=str(again.folder / "notebooks"))
    assert done.returncode == 0, done.stderr
    index = (again.folder / "reports" / "2017" / "index.html").read_text(encoding="utf-8")
    assert 'href="kent/index.html"' in index
