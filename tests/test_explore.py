"""The playground runs from its first cell to its last in every edition, for Norfolk and for the City of London."""

import ast
import json
from typing import Any

import pytest

import peel_analysis as peel
from peel_analysis.data.files import PROJECT

EXPLORE = PROJECT / "notebooks" / "explore.ipynb"


def shown(force: str, edition: str) -> dict[str, Any]:
    """Return what each code cell shows last, by its id."""
    names: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for cell in json.loads(EXPLORE.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            lines = "".join(cell["source"]).splitlines()
            tree = ast.parse("\n".join(line for line in lines if not line.startswith("%")))
            end = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, cell["id"], "exec"), names)
            if isinstance(end, ast.Expr):
                last[cell["id"]] = eval(compile(ast.Expression(end.value), cell["id"], "eval"), names)
            if "parameters" in cell["metadata"].get("tags", ()):
                names |= {"force": force, "edition": edition}
    return last


@pytest.mark.parametrize("force", ["norfolk", "city-of-london"])
@pytest.mark.parametrize("edition", peel.editions())
def test_every_cell_runs(force: str, edition: str) -> None:
    last = shown(force, edition)
    for cell, one in last.items():
        if hasattr(one, "_repr_html_"):
            assert one._repr_html_().strip(), cell
    drawn = [one for one in last.values() if isinstance(one, peel.Figure)]
    assert len(drawn) == 6, "bars twice, forces compared, a funnel and two lines"
    assert all(20 <= len(one.alt_text) <= 600 for one in drawn)
    grey = [line for line in drawn[-1].axes[0].lines if not str(line.get_gid()).startswith("line-")]
    limits = last["explore-24"]
    assert len(grey) == 3 * len(limits), "the mean and two control limits"
    assert len(limits) == (0 if edition == "2017" else 1), "10 quarters since the last break are too few"
    vintages = last["explore-26"]
    assert len(vintages) == 44
    assert bool((vintages == 0).all()) == (edition == "2025"), "no second vintage of mid-2024 is held"


def test_it_uses_the_face_only() -> None:
    cells = json.loads(EXPLORE.read_text(encoding="utf-8"))["cells"]
    source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    assert [line for line in source.splitlines() if "import" in line] == ["import peel_analysis as peel"]
