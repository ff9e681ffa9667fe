"""The command: help, forgiving names, requests that are refused, and where it runs."""

import csv
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command import run, values
from conftest import peel

from peel_analysis import cli

pytestmark = pytest.mark.usefixtures("own_data_folder")

PROJECT = Path(__file__).resolve().parents[1]
HEAVY = ("pandas", "numpy", "papermill", "matplotlib", "seaborn", "nbconvert", "pyarrow")


# Help


@pytest.mark.parametrize("arguments", [["--help"], ["report", "--help"], ["values", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom peel_analysis.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: peel")
    assert done.stderr.strip() == "[]"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert [name for name in ("report", "batch", "forces", "values", "data") if name not in said] == []


@pytest.mark.parametrize("arguments", [[], ["repot"], ["report"], ["values", "--format", "xml"]])
def test_a_request_that_is_none_is_refused_with_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: peel" in capsys.readouterr().err


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
        (["batch", "--shard", "9/8"], "--shard 9/8: give K/N"),
        (["batch", "--jobs", "0"], "--jobs 0: give a number of workers"),
        (["values", "--data", "nowhere"], "--data nowhere: no such folder"),
    ],
)
def test_what_is_not_known_gets_one_line_and_exit_code_2(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "out")] if arguments[0] in ("report", "batch") else []
    code, printed, error = run(capsys, *arguments, *out)
    assert (code, printed) == (2, "")
    assert error.startswith("peel: ")
    assert error.count("\n") == 1
    assert words in error
    assert not (tmp_path / "out").exists()


def test_forces_lists_the_43(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "forces")
    lines = out.splitlines()
    assert code == 0
    assert len(lines) == 43
    assert any(re.match(r"norfolk +Norfolk Constabulary +East", line) for line in lines)


# Where and how it runs


def test_command_works_from_any_folder_and_is_quiet_in_a_pipe(tmp_path: Path) -> None:
    done = peel("report", "Norfolk Constabulary", "--out", "reports", cwd=tmp_path)
    page = tmp_path / "reports" / "2017" / "norfolk" / "index.html"
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(tmp_path, done.stdout.strip()) == page
    assert page.is_file()
    assert len(list(page.parent.glob("notebooks/*.ipynb"))) == 9
    rows = list(csv.DictReader(io.StringIO((page.parent / "values.csv").read_text(encoding="utf-8"))))
    assert [row["force_id"] for row in rows[:48]] == ["norfolk"] * 24 + ["england-and-wales"] * 24
    assert [path for path in page.parent.rglob("*") if ".part" in path.name or ".failed" in path.name] == []


def test_batch_takes_a_folder_below_the_working_folder(tmp_path: Path) -> None:
    done = peel("batch", "--forces", "rutland", "--out", "reports", cwd=tmp_path)
    assert done.returncode == 2
    done = peel("batch", "--forces", "kent", "--inspected-only", "--out", "reports", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    index = (tmp_path / "reports" / "2017" / "index.html").read_text(encoding="utf-8")
    assert 'href="kent/index.html"' in index
