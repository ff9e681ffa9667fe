"""A notebook for tests: a code cell a source, and nothing else."""

import json
from pathlib import Path
from typing import Any

KERNELSPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}


def code_cell(cell_id: str, source: str, *tags: str) -> dict[str, Any]:
    """Return a code cell as a notebook file holds it."""
    about = {"cell_type": "code", "id": cell_id, "metadata": {"tags": list(tags)}, "source": source}
    return {**about, "execution_count": None, "outputs": []}


def notebook_of(cells: list[dict[str, Any]]) -> str:
    """Return the text of a notebook file with these cells."""
    return json.dumps({"cells": cells, "metadata": {"kernelspec": KERNELSPEC}, "nbformat": 4, "nbformat_minor": 5})


def write(path: Path, *sources: str, tags: tuple[str, ...] = ()) -> Path:
    """Write a notebook with a code cell a source, all with these tags, and return its path."""
    cells = [code_cell(f"cell-{place}", source, *tags) for place, source in enumerate(sources)]
    path.write_text(notebook_of(cells), encoding="utf-8")
    return path
