import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from make_references import FORCES, normalised

from peel_analysis.data.folder import open_data

PROJECT = Path(__file__).resolve().parents[1]
REFERENCE = PROJECT / "tests" / "reference"
SECTIONS = [plan.notebook for plan in open_data().sections]
REFERENCES = [REFERENCE / force_id / path.name for force_id in FORCES for path in SECTIONS]
FORBIDDEN = ("def ", "try:", ".merge(", "if force ==", "lambda ")
LONGEST_CELL = 8
IMAGE_BYTES = re.compile(r"data:image/[a-z+]+(?:;base64)?,(?!IMAGE\b)")

Notebook = dict[str, Any]


def read(path: Path) -> Notebook:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def source(cell: Notebook) -> str:
    return "".join(cell["source"])


def code_cells(notebook: Notebook) -> list[Notebook]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def name(path: Path) -> str:
    return "/".join(path.parts[-2:])


sections = pytest.mark.parametrize("path", SECTIONS, ids=name)
all_sources = pytest.mark.parametrize("path", sorted((PROJECT / "notebooks").glob("*.ipynb")), ids=name)
references = pytest.mark.parametrize("path", REFERENCES, ids=name)


def test_every_notebook_is_a_section_in_its_place_or_for_analysts() -> None:
    names = {path.name for path in (PROJECT / "notebooks").glob("*.ipynb")}
    assert names == {path.name for path in SECTIONS} | {"explore.ipynb", "cookbook.ipynb"}


@all_sources
def test_source_has_no_outputs_and_no_counts(path: Path) -> None:
    for cell in code_cells(read(path)):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@all_sources
def test_code_cells_are_short_and_call_the_package(path: Path) -> None:
    for cell in code_cells(read(path)):
        lines = [line for line in source(cell).splitlines() if line.strip()]
        assert len(lines) <= LONGEST_CELL, source(cell)
        assert not [word for word in FORBIDDEN if word in source(cell)], source(cell)


@all_sources
def test_cells_have_ids_of_their_own(path: Path) -> None:
    cells = read(path)["cells"]
    assert len({cell["id"] for cell in cells}) == len(cells)


@sections
def test_section_opens_with_its_title_and_typed_parameters(path: Path) -> None:
    title, parameters, *_ = read(path)["cells"]
    assert title["cell_type"] == "markdown"
    assert source(title).startswith("# ")
    assert parameters["metadata"]["tags"] == ["parameters"]
    lines = source(parameters).splitlines()
    assert re.fullmatch(r'force: str = "norfolk"  # .+', lines[0])
    assert re.fullmatch(r'edition: str = "2017"  # .+', lines[1])


def test_references_cover_every_section_of_the_four_forces_and_nothing_else() -> None:
    assert set(REFERENCE.rglob("*.ipynb")) == set(REFERENCES)


@references
def test_reference_has_counts_and_no_image_bytes(path: Path) -> None:
    notebook = read(path)
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1)), "a reference without counts is not compared at all"
    assert any(cell["outputs"] for cell in code_cells(notebook))
    assert not IMAGE_BYTES.search(path.read_text(encoding="utf-8"))
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}


@references
def test_reference_holds_the_cells_of_its_source_and_the_injected_parameters(path: Path) -> None:
    cells = read(path)["cells"]
    injected = cells.pop(2)
    assert injected["metadata"]["tags"] == ["injected-parameters"]
    assert f'force = "{path.parent.name}"' in source(injected)
    original = read(PROJECT / "notebooks" / path.name)["cells"]
    assert [(cell["id"], source(cell)) for cell in cells] == [(cell["id"], source(cell)) for cell in original], (
        "the source has changed: run `make references`"
    )


def test_normalising_takes_out_what_differs_between_machines_and_keeps_the_rest() -> None:
    image = '<img alt="Bars" src="data:image/svg+xml;base64,PHN2Zz4=">'
    html = f'<style class="peel-style">p {{ margin: 0 }}</style>\n{image}\n1.5'
    executed = {
        "cells": [
            {
                "cell_type": "code",
                "id": "a1b2",
                "metadata": {"tags": ["injected-parameters"]},
                "execution_count": 4,
                "source": "x",
                "outputs": [
                    {"output_type": "execute_result", "data": {"text/html": html}, "execution_count": 4, "metadata": {}}
                ],
            },
        ],
        "metadata": {"peel_key": "f" * 64, "language_info": {"version": "3.11.7"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    kept = normalised(executed)
    cell = kept["cells"][0]
    assert (cell["id"], cell["execution_count"]) == ("injected-parameters", 4)
    assert cell["outputs"][0]["data"]["text/html"] == [
        '<style class="peel-style"></style>\n',
        '<img alt="Bars" src="data:image/svg+xml;base64,IMAGE">\n',
        "1.5",
    ]
    assert "peel_key" not in kept["metadata"]
    assert kept["metadata"]["language_info"] == {"name": "python"}


# What nbval must catch, shown on a notebook of two cells that needs nothing but a kernel.

DRAWN = """from IPython.display import HTML
HTML('<style class="peel-style">a</style><img alt="Bars: {value}" src="data:image/svg+xml;base64,{image}">')"""


def tiny_reference() -> Notebook:
    """A reference in the form of ours, whose cells would now show other image bytes and another style sheet."""
    shown = '<style class="peel-style"></style><img alt="Bars: 57.7" src="data:image/svg+xml;base64,IMAGE">'
    output = {
        "output_type": "execute_result",
        "data": {"text/html": [shown], "text/plain": ["<IPython.core.display.HTML object>"]},
        "execution_count": 1,
        "metadata": {},
    }
    drawn = {
        "cell_type": "code",
        "id": "drawn",
        "metadata": {},
        "execution_count": 1,
        "outputs": [output],
        "source": DRAWN.format(value="57.7", image="PHN2Zz4="),
    }
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {"cells": [drawn], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def tampered(value: str = "57.7", *, drawn: bool = True, stripped: bool = False) -> Notebook:
    """Return that reference with a cell that shows another number or no figure, or with nothing to compare with."""
    notebook = tiny_reference()
    source = DRAWN.format(value=value, image="PHN2Zz4=")
    notebook["cells"][0]["source"] = source if drawn else "from IPython.display import HTML"
    if stripped:
        notebook["cells"][0].update(outputs=[], execution_count=None)
    return notebook


def test_nbval_tells_a_changed_number_and_a_lost_figure_but_not_other_bytes_nor_a_stripped_reference(
    tmp_path: Path,
) -> None:
    references = {
        "as_it_is": tampered(),
        "changed_number": tampered("57.8"),
        "lost_figure": tampered(drawn=False),
        "stripped": tampered("57.8", stripped=True),
    }
    for name, notebook in references.items():
        (tmp_path / f"{name}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")  # ours has nothing to say here
    command = [sys.executable, "-m", "pytest", "-rA", "--nbval", "--nbval-current-env", "-p", "no:cacheprovider"]
    command += ["--nbval-sanitize-with", str(PROJECT / "tests" / "nbval_sanitize.cfg")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    found = {name: told for told, name in re.findall(r"^(PASSED|FAILED) \S*?(\w+)\.ipynb::", done.stdout, re.MULTILINE)}
    assert found == {"as_it_is": "PASSED", "changed_number": "FAILED", "lost_figure": "FAILED", "stripped": "PASSED"}
    with pytest.raises(AssertionError, match="not compared at all"):
        test_reference_has_counts_and_no_image_bytes(tmp_path / "stripped.ipynb")
