"""The environment and the gate: what they are made of agrees wherever it is said."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from peel_analysis import __version__

PROJECT = Path(__file__).resolve().parents[1]
CONDA_NAMES = {
    "matplotlib": "matplotlib-base",
    "nbconvert": "nbconvert-core",
    "seaborn": "seaborn-base",
    "types-PyYAML": "types-pyyaml",
}
REQUIREMENT = re.compile(r"^([A-Za-z0-9-]+)>=([0-9.]+)$")
ATTRIBUTION = "Contains public sector information licensed under the Open Government Licence v3.0."


def pyproject() -> dict[str, Any]:
    return dict(tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def bounds(requirements: list[str]) -> dict[str, str]:
    found = [REQUIREMENT.match(requirement) for requirement in requirements]
    assert all(found), f"each of these must be written name>=version: {requirements}"
    return {match[1]: match[2] for match in found if match}


def wanted() -> dict[str, str]:
    project = pyproject()
    extras = [requirement for extra in project["optional-dependencies"].values() for requirement in extra]
    return bounds([*project["dependencies"], *extras])


def test_environment_yml_has_the_names_and_lower_bounds_of_pyproject() -> None:
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))
    *conda, pip = environment["dependencies"]
    conda.remove("pip")
    from_pip = [line for line in pip["pip"] if line != "-e ."]
    python = pyproject()["requires-python"].removeprefix(">=")
    expected = {CONDA_NAMES.get(name, name): bound for name, bound in wanted().items()}
    assert bounds([*conda, *from_pip]) == {"python": python, **expected}
    assert environment["channels"][0] == "conda-forge"


def test_environment_yml_says_that_it_is_not_solved_in_ci() -> None:
    head = (PROJECT / "environment.yml").read_text(encoding="utf-8").split("name:")[0]
    assert "never solved" in head
    assert "tests/test_environment.py" in head


def test_constraints_pin_every_dependency_and_hold_no_address() -> None:
    text = (PROJECT / "constraints.txt").read_text(encoding="utf-8")
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\n]+)", text, re.MULTILINE)
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(pins) == len(lines), "every line is a pin: no address, option or comment"
    pinned = {name.lower(): version for name, version in pins}
    missing = [name for name in wanted() if name.lower() not in pinned]
    assert missing == [], "run `make constraints`"
    too_old = [name for name, bound in wanted().items() if _parts(pinned[name.lower()]) < _parts(bound)]
    assert too_old == []
    assert not re.search(r"://|@|--", text)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def test_the_citation_is_of_this_version_and_of_no_invented_person() -> None:
    citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys(), "what the format asks for"
    assert citation["version"] == pyproject()["version"] == __version__
    assert citation["license"] == pyproject()["license"]
    assert citation["authors"] == [{"name": "the peel_analysis contributors"}]


def test_licence_and_readme_carry_the_attribution_of_the_data() -> None:
    licence = (PROJECT / "LICENSE").read_text(encoding="utf-8")
    assert "MIT License" in licence
    assert ATTRIBUTION in licence
    assert ATTRIBUTION in (PROJECT / "README.md").read_text(encoding="utf-8")


def test_readme_opens_with_the_two_commands() -> None:
    opening = (PROJECT / "README.md").read_text(encoding="utf-8").split("\n## ")[0]
    assert "make report FORCE=norfolk" in opening
    assert "make test" in opening


def test_changelog_leads_with_the_figures_that_moved() -> None:
    text = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert headings[0] == "Figures that moved"


def test_ci_calls_the_same_gate_as_everyone() -> None:
    gate = PROJECT / ".ci" / "run"
    assert "make test" in gate.read_text(encoding="utf-8")
    assert os.access(gate, os.X_OK)


@pytest.mark.slow
def test_before_a_commit_style_and_layout_are_put_right_and_outputs_taken_out_of_notebooks(tmp_path: Path) -> None:
    git = ("git", "-c", "user.name=Invented", "-c", "user.email=invented@example.org")
    subprocess.run([*git, "init", "-q"], cwd=tmp_path, check=True)
    shutil.copy(PROJECT / ".pre-commit-config.yaml", tmp_path)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "notebooks").mkdir()
    notebook = json.loads((PROJECT / "notebooks" / "01_force_in_numbers.ipynb").read_text(encoding="utf-8"))
    clean = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
    ran = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    ran |= {"execution_count": 1, "outputs": [{"output_type": "stream", "name": "stdout", "text": ["58.9"]}]}
    (tmp_path / "notebooks" / "ran.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (tmp_path / "drawn.py").write_text('"""Code."""\n\nimport sys\nimport os\nprint( os, sys )\n', encoding="utf-8")
    subprocess.run([*git, "add", "."], cwd=tmp_path, check=True)
    command = [sys.executable, "-m", "pre_commit", "run"]
    environment = {**os.environ, "SKIP": "layers", "PRE_COMMIT_HOME": str(tmp_path / "home")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, "a commit with what had to be put right is stopped"
    assert done.stdout.count("files were modified by this hook") == 3, done.stdout
    assert (tmp_path / "drawn.py").read_text(encoding="utf-8").endswith("import os\nimport sys\n\nprint(os, sys)\n")
    assert (tmp_path / "notebooks" / "ran.ipynb").read_text(encoding="utf-8") == clean


def test_every_hook_is_a_tool_of_the_project_and_the_gate_checks_the_same() -> None:
    [local] = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert local["repo"] == "local", "no hook is fetched from elsewhere"
    tools = [" ".join(hook["entry"].split()[:2]).removeprefix(".venv/bin/") for hook in local["hooks"]]
    assert tools == ["ruff check", "ruff format", "jupyter nbconvert", "lint-imports"]
    lint = (PROJECT / "Makefile").read_text(encoding="utf-8").partition("\nlint:")[2].partition("\n\n")[0]
    assert [tool for tool in tools if f"/bin/{tool}" not in lint] == ["jupyter nbconvert"], "test_notebooks.py has it"


def test_make_refuses_an_interpreter_that_is_too_old(tmp_path: Path) -> None:
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    command = ["make", "report", f"PYTHON={old}", f"VENV={tmp_path / 'environment'}"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is not Python 3.11 or later" in done.stderr
    assert not (tmp_path / "environment").exists()


@pytest.mark.parametrize(
    "target", ["report", "batch", "test", "references", "benchmark", "constraints", "bounds", "lab", "docs", "clean"]
)
def test_make_help_lists_every_target(target: str) -> None:
    done = subprocess.run(["make"], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert f"\n{target}: " in f"\n{done.stdout}"
