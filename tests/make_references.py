"""Remakes tests/reference: the executed notebooks of four forces, with nothing in them that differs between machines.

`make references` runs it after a change that is meant; `git diff tests/reference` then shows what readers will see.
"""

import json
import re
import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from peel_analysis.batch.units import Unit, report_of
from peel_analysis.data.folder import open_data
from peel_analysis.data.writing import write_text
from peel_analysis.engine.papermill_engine import execute
from peel_analysis.engine.this_python import THIS_PYTHON

FORCES = ("norfolk", "suffolk", "city-of-london", "metropolitan")
EDITION = "2017"
REFERENCE = Path(__file__).resolve().parent / "reference"
IMAGE = re.compile(r'(data:image/[a-z+]+(?:;base64)?,)[^"]+')
STYLE = re.compile(r'(<style class="peel-style">)[^<]*(</style>)')
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def main() -> int:
    """Run the notebooks with papermill's own engine, two at a time, and replace the references; return 0."""
    edition = open_data().edition(EDITION)
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(2) as pool:
        plans = [report_of(edition, edition.forces.find(force_id), Path(folder), "") for force_id in FORCES]
        for _ in pool.map(run, [unit for plan in plans for unit in plan.units]):
            pass
        for plan in plans:
            replace_references(plan.units[0].target.parent, REFERENCE / plan.force_id)
    return 0


def run(unit: Unit) -> None:
    """Execute a section's notebook, and leave in it all that its kernel showed."""
    unit.target.parent.mkdir(parents=True, exist_ok=True)
    execute(unit.source, unit.target, unit.parameters, engine="stock", kernel_name=THIS_PYTHON)


def replace_references(executed: Path, target: Path) -> None:
    """Replace the references of one force by its executed notebooks, normalised."""
    shutil.rmtree(target, ignore_errors=True)
    for path in sorted(executed.glob("*.ipynb")):
        notebook = normalised(json.loads(path.read_text(encoding="utf-8")))
        write_text(target / path.name, json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def normalised(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return an executed notebook without image bytes, style sheets, the content key, times, versions and random ids.

    Cells, their sources, outputs, execution counts and ids stay: without counts nbval would compare nothing.
    """
    return {
        "cells": [_cell(cell) for cell in notebook["cells"]],
        "metadata": {"kernelspec": KERNEL, "language_info": {"name": "python"}},
        "nbformat": notebook["nbformat"],
        "nbformat_minor": notebook["nbformat_minor"],
    }


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    tags = cell["metadata"].get("tags", [])
    kept = dict(cell, metadata={"tags": tags} if tags else {})
    if "injected-parameters" in tags:
        kept["id"] = "injected-parameters"  # papermill gives it a random one
    if "outputs" in cell:
        kept["outputs"] = [_output(output) for output in cell["outputs"]]
    return kept


def _output(output: dict[str, Any]) -> dict[str, Any]:
    if "data" not in output:
        return output
    data = {kind: held if kind.endswith("json") else _without_bytes(held) for kind, held in output["data"].items()}
    return dict(output, data=data)


def _without_bytes(text: str | list[str]) -> str | list[str]:
    """Return the text in the lines that nbformat writes, without image bytes and the style sheet."""
    whole = text if isinstance(text, str) else "".join(text)
    return STYLE.sub(r"\1\2", IMAGE.sub(r"\1IMAGE", whole)).splitlines(keepends=True)


if __name__ == "__main__":
    sys.exit(main())
