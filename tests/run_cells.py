"""The cells of a notebook run in this process, without a kernel."""

import ast
import json
from pathlib import Path
from typing import Any


def shown(notebook: Path, **parameters: str) -> dict[str, Any]:
    """Return what each code cell shows last, by its id, with the notebook's parameters set."""
    names: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            lines = "".join(cell["source"]).splitlines()
            tree = ast.parse("\n".join(line for line in lines if not line.startswith("%")))
            end = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, cell["id"], "exec"), names)
            if isinstance(end, ast.Expr):
                last[cell["id"]] = eval(compile(ast.Expression(end.value), cell["id"], "eval"), names)
            if "parameters" in cell["metadata"].get("tags", ()):
                names |= parameters
    return last
