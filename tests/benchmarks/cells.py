"""The code cells of a notebook as plain functions in this process: what they show, and no kernel in between."""

import ast
import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

from peel_analysis.sections.display import Findings


def shown(source: Path, parameters: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what the cells of a notebook show with these parameters, in order, but for findings: HTML and Markdown."""
    values = [value for value in objects(source, parameters) if not isinstance(value, Findings)]
    return {
        kind: [getattr(value, f"_repr_{kind}_")() for value in values if hasattr(value, f"_repr_{kind}_")]
        for kind in ("html", "markdown")
    }


def objects(source: Path, parameters: Mapping[str, str]) -> list[Any]:
    """Return what the cells show; those that show working are run, and left out as a page leaves them out."""
    values: list[Any] = []
    names: dict[str, Any] = {"display": lambda *given: values.extend(given)}
    for cell in json.loads(source.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            tags = cell["metadata"].get("tags", ())
            last = _run("".join(cell["source"]), names)
            values += [] if "working" in tags or last is None else [last]
            if "parameters" in tags:
                names |= parameters
    return values


def _run(source: str, names: dict[str, Any]) -> Any:
    """Run a cell and return the value of its last line, if that is one."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    with redirect_stdout(StringIO()):
        exec(compile(tree, "cell", "exec"), names)
        return eval(compile(ast.Expression(last.value), "cell", "eval"), names) if isinstance(last, ast.Expr) else None


def executed(source: Path, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Return a notebook as if a kernel had run it: its prose, and what its cells show, each in a cell of its own."""
    cells = [
        cell for cell in json.loads(source.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "markdown"
    ]
    prose = [{**cell, "source": "".join(cell["source"])} for cell in cells]
    outputs = [{"output_type": "execute_result", "data": _bundle(value)} for value in objects(source, parameters)]
    return {"cells": [*prose, {"cell_type": "code", "metadata": {}, "outputs": outputs}]}


def _bundle(value: Any) -> dict[str, Any]:
    kinds = {f"text/{kind}": f"_repr_{kind}_" for kind in ("html", "markdown")}
    shown = {media: getattr(value, method)() for media, method in kinds.items() if hasattr(value, method)}
    return {**shown, **value._repr_mimebundle_()}
