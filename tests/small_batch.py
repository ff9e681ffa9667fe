"""A batch of two quick sections for tests: the real data folder, and notebooks that take as long as a test wants."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import psutil
from small_notebook import code_cell, notebook_of

PROJECT = Path(__file__).resolve().parents[1]
EDITION = "2017"
QUICK = "print(force)"
BLOCK = """[[block]]
id = "invented"
kind = "force"
measures = ["calls_per_1000"]
years = ["2017"]
reason = "An invented reason."
said_in = "Invented"
"""
PATIENCE = 60.0  # seconds
THREE = ("kent", "norfolk", "suffolk")


@dataclass(frozen=True)
class SmallBatch:
    """A folder with data, notebooks and what the command makes of them."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def reports(self) -> Path:
        return self.out / EDITION

    def write_notebooks(self, *cells: str) -> None:
        """Write a notebook a section, with one cell each of those given."""
        for name, cell in zip(("00_force_in_numbers", "01_risk_based_inspection"), cells, strict=True):
            cells_in_order = [
                {"cell_type": "markdown", "id": "t", "metadata": {}, "source": "# A section"},
                code_cell("p", 'force = "norfolk"\nedition = "2017"', "parameters"),
                code_cell("c", cell),
            ]
            path = self.folder / "notebooks" / f"{name}.ipynb"
            path.parent.mkdir(exist_ok=True)
            path.write_text(notebook_of(cells_in_order), encoding="utf-8")

    def command(self, *arguments: str) -> list[str]:
        given = ["batch", "--data", str(self.data), "--out", str(self.out), *arguments]
        return [sys.executable, "-m", "peel_analysis.cli", *given]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(PROJECT), "PEEL_NOTEBOOKS": str(self.folder / "notebooks")}

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the command to its end, with one worker: two take longer to start than this batch takes."""
        return subprocess.run(
            self.command("--jobs", "1", *arguments),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self, *arguments: str, before: Callable[[], object] | None = None) -> "subprocess.Popen[str]":
        """Start the command; `before` is called in its process before it begins."""

        def prepare() -> None:
            _heed_interrupts()
            if before:
                before()

        return subprocess.Popen(
            self.command(*arguments), cwd=self.folder, env=self.environment, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=prepare,
        )  # fmt: skip

    def log(self, name: str = "run.jsonl") -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.reports / name).read_text(encoding="utf-8").splitlines()]

    def outcomes(self) -> Counter[str]:
        return Counter(line["outcome"] for line in self.log())

    def done(self) -> set[str]:
        """What the last run did, as force/section."""
        return {f"{line['force_id']}/{line['section_id']}" for line in self.log() if line["outcome"] == "done"}

    def notebooks(self) -> list[Path]:
        return sorted(self.reports.glob("*/notebooks/[!.]*.ipynb"))

    def files(self) -> dict[str, bytes]:
        """Return the content of all that a run has made, by its place."""
        return files_below(self.reports)

    def left_over(self) -> list[Path]:
        return list(self.out.rglob("*.part*"))

    def check_whole(self, forces: Sequence[str]) -> None:
        """Every report of these forces is there, whole, and nothing half-written is."""
        for force in forces:
            assert (self.reports / force / "index.html").read_text(encoding="utf-8").rstrip().endswith("</html>")
            assert (self.reports / force / "values.csv").read_text(encoding="utf-8").count(f",{force},")
        for path in self.notebooks():
            nbformat.validate(json.loads(path.read_text(encoding="utf-8")))
        assert len(self.notebooks()) == 2 * len(forces)
        assert self.left_over() == []

    def wait_for_units(self, number: int, process: "subprocess.Popen[str]") -> None:
        """Wait until the run has finished so many units, and is not at its end."""
        deadline = time.monotonic() + PATIENCE
        while len(self.notebooks()) < number:
            assert time.monotonic() < deadline
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)


def files_below(folder: Path) -> dict[str, bytes]:
    """Return the content of all files below a folder, by their places; but for logs, which tell times."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".jsonl")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def _heed_interrupts() -> None:
    """A gate that runs in the background ignores Ctrl-C and a closed terminal, and what it starts would do so too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def small_batch(folder: Path, *cells: str) -> SmallBatch:
    """Return a batch in a new folder, whose data keep two sections and the first measure only."""
    made = SmallBatch(folder)
    shutil.copytree(PROJECT / "data", made.data)
    _keep(made.data / "sections.toml", "[[section]]", 3)
    _without_first(made.data / "sections.toml", "[[section]]")
    _without_tiles(made.data / "sections.toml")
    _keep(made.data / "measures.toml", "[[measure]]", 1)
    for name in ("exclusions.csv", "caveats.csv"):
        register = made.data / name
        register.write_text(register.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    (made.data / "comparability.toml").write_text(BLOCK, encoding="utf-8")
    made.write_notebooks(*(cells or (QUICK, QUICK)))
    return made


def batch_of_three(folder: Path) -> None:
    """Make a small batch of three forces that has run once, and keep what it printed in the file `printed`."""
    batch = small_batch(folder)
    done = batch.run("--forces", ",".join(THREE))
    assert done.returncode == 0, done.stderr
    (folder / "printed").write_text(done.stdout, encoding="utf-8")


def _keep(path: Path, heading: str, number: int) -> None:
    parts = re.split(rf"(?m)^(?={re.escape(heading)})", path.read_text(encoding="utf-8"))
    path.write_text("".join(parts[: number + 1]), encoding="utf-8")


def _without_first(path: Path, heading: str) -> None:
    """Take out the first entry: the first screen names measures that the folder does not keep."""
    before, _, *others = re.split(rf"(?m)^(?={re.escape(heading)})", path.read_text(encoding="utf-8"))
    path.write_text("".join((before, *others)), encoding="utf-8")


def _without_tiles(path: Path) -> None:
    """Take the tiles out: they name measures that the folder does not keep."""
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"(?ms)^\[\[section\.block\]\].*?(?=^\[\[section\]\])", "", text), encoding="utf-8")


def family(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    """Return the processes that a process has started, directly or not; none of one that has just ended."""
    children: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(process.pid).children(recursive=True)
    return children


def shared_memory_of(process: "subprocess.Popen[str]") -> list[Path]:
    """Return the semaphores and the shared memory that a process has, as files; none where there is no /proc."""
    held = Path(f"/proc/{process.pid}/maps")
    lines = held.read_text(encoding="utf-8").splitlines() if held.exists() else []
    return [Path(named) for named in {line.split()[-1] for line in lines} if named.startswith("/dev/shm/")]


def still_there(processes: Sequence[psutil.Process], seconds: float = 10.0) -> list[str]:
    """Return the command lines of the processes that have not ended within so many seconds."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return [" ".join(one.cmdline()) for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
