"""A notebook run by the peel engine gives what papermill's own engine gives: all of it, image bytes included."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from papermill.iorw import load_notebook_node
from small_notebook import write

from peel_analysis.data.files import notebooks_folder
from peel_analysis.engine.papermill_engine import Engine, execute
from peel_analysis.engine.this_python import THIS_PYTHON

HOSTILE = Path(__file__).resolve().parents[1] / "notebooks" / "hostile.ipynb"
REPORTS = sorted(notebooks_folder().glob("0*.ipynb"))[:1]
TIMES_AND_PATHS = ("start_time", "end_time", "duration", "input_path", "output_path")
DIFFERS_EACH_RUN = re.compile(r"0x[0-9a-f]{6,}|ipykernel_\d+")


def ran(
    source: Path,
    folder: Path,
    engine: Engine,
    parameters: dict[str, Any],
    kernel: str | None = None,
    *,
    save: bool = True,
) -> Any:
    """Return the executed notebook, as it is saved or else as it is returned, without times and paths."""
    working = folder / f"{engine}-{save}" / "working"  # the same last part for all: one cell prints it
    working.mkdir(parents=True)
    target = working.with_name("out.ipynb")
    how: dict[str, Any] = {"engine": engine, "cwd": working, "kernel_name": kernel}
    notebook = execute(source, target, parameters, timeout=120, save=save, **how)
    if save:
        notebook = load_notebook_node(str(target))
    for metadata in (notebook.metadata.papermill, *(cell.metadata.papermill for cell in notebook.cells)):
        for name in TIMES_AND_PATHS:
            metadata.pop(name, None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)  # nbclient's times
        if "injected-parameters" in cell.metadata.tags:
            del cell["id"]  # papermill makes one up
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    return notebook


def joined(outputs: list[Any]) -> list[Any]:
    """Return the outputs with neighbouring pieces of one stream joined: where they are cut is a matter of time."""
    result: list[Any] = []
    for output in outputs:
        last = result[-1] if result else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            result.append(output)
    return result


def assert_same(stock: Any, ours: Any) -> None:
    assert [cell.source for cell in ours.cells] == [cell.source for cell in stock.cells]
    for place, (expected, found) in enumerate(zip(stock.cells, ours.cells, strict=True)):
        assert found == expected, f"cell {place}"
    assert ours == stock


@pytest.mark.slow
@pytest.mark.parametrize("kernel", [None, THIS_PYTHON], ids=["made in the fork", "made before the fork"])
def test_the_hostile_notebook_is_the_same(kernel: str | None, tmp_path: Path) -> None:
    stock = ran(HOSTILE, tmp_path, "stock", {"repeats": 4}, kernel)
    ours = ran(HOSTILE, tmp_path, "peel", {"repeats": 4}, kernel)
    assert_same(stock, ours)
    assert_same(stock, ran(HOSTILE, tmp_path, "peel", {"repeats": 4}, kernel, save=False))
    outputs = [output for cell in ours.cells for output in cell.get("outputs", [])]
    assert len(ours.cells) >= 40
    assert {output.output_type for output in outputs} == {"stream", "display_data", "execute_result", "error"}
    shown = {kind for output in outputs for kind in output.get("data", {})}
    assert shown >= {"image/png", "image/svg+xml", "text/html", "application/json", "text/markdown", "text/latex"}
    assert DIFFERS_EACH_RUN.findall(json.dumps(outputs)) == []
    assert str(tmp_path) not in json.dumps(outputs)


@pytest.mark.skipif(not REPORTS, reason="no report notebook (notebooks/0*.ipynb) yet")
@pytest.mark.parametrize("report", REPORTS, ids=lambda path: path.stem)
def test_a_report_is_the_same(report: Path, tmp_path: Path) -> None:
    parameters = {"force": "kent"}
    stock = ran(report, tmp_path, "stock", parameters)
    assert_same(stock, ran(report, tmp_path, "peel", parameters))
    assert_same(stock, ran(report, tmp_path, "peel", parameters, save=False))
    assert {path.parent.name for path in tmp_path.glob("*/out.ipynb")} == {"stock-True", "peel-True"}


def test_a_text_that_is_shown_as_lines_is_one_text(tmp_path: Path) -> None:
    source = "display({'text/html': ['<p>a</p>\\n', '<p>b</p>']}, raw=True)"
    notebook = write(tmp_path / "n.ipynb", source)
    saved, returned = (ran(notebook, tmp_path, "peel", {}, save=save) for save in (True, False))
    assert_same(saved, returned)
    assert returned.cells[0].outputs[0].data == {"text/html": "<p>a</p>\n<p>b</p>"}
