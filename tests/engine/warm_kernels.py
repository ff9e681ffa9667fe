"""What tests of kernels share: a kernel's answer, and the warm processes of this one without faults from before."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from papermill.iorw import load_notebook_node
from small_notebook import write

from peel_analysis.engine import warm_connection
from peel_analysis.engine.papermill_engine import execute

WARM = "/warm_process.py"  # in the command line of the process, and not in that of these tests
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


def printed(path: Path) -> str:
    notebook = load_notebook_node(str(path))
    return "".join(output.text for cell in notebook.cells for output in cell.outputs if output.output_type == "stream")


def answer(tmp_path: Path, source: str, name: str = "n") -> Any:
    """Return what the source prints, as JSON, in a kernel of the peel engine."""
    execute(write(tmp_path / f"{name}.ipynb", source), tmp_path / f"{name}.out.ipynb", timeout=60)
    return json.loads(printed(tmp_path / f"{name}.out.ipynb"))


def warm_processes() -> list[psutil.Process]:
    return [
        process
        for process in psutil.Process().children()
        if WARM in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE
    ]


@pytest.fixture(autouse=True)
def no_faults_from_before() -> None:
    warm_connection.stop()


PARENT = "import json, os, psutil; print(json.dumps(' '.join(psutil.Process(os.getppid()).cmdline())))"


def waited(condition: Any, seconds: float = 15.0) -> Any:
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return result
