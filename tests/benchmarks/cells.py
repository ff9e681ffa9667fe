"""The code cells of a notebook as plain functions in this process: what they show, and no kernel in between."""

import ast
import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any


def shown(source: Path, parameters: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what the cells of a notebook show with these parameters, in order: HTML and Markdown texts."""
    texts: dict[str, list[str]] = {"html": [], "markdown": []}
    names: dict[str, Any] = {"display": partial(_display, texts)}
    for cell in json.loads(source.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            _cell("".join(cell["source"]), names, texts)
            if "parameters" in cell["metadata"].get("tags", ()):
                names |= parameters
    return texts


def _cell(source: str, names: dict[str, Any], texts: dict[str, list[str]]) -> None:
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    with redirect_stdout(StringIO()):
        exec(compile(tree, "cell", "exec"), names)
        if isinstance(last, ast.Expr):
            _display(texts, eval(compile(ast.Expression(last.value), "cell", "eval"), names))


def _display(texts: dict[str, list[str]], *values: Any) -> None:
    for value in values:
        for kind, held in texts.items():
            if hasattr(value, f"_repr_{kind}_"):
                held.append(getattr(value, f"_repr_{kind}_")())
