"""What tests share: the results of 2017, and finished reports for the tests of pages.

The reports are made once a run, by the command, in a folder that is not the project's.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbval.kernel
import pytest
from bs4 import BeautifulSoup

from peel_analysis import measures
from peel_analysis.data.edition import Edition, open_edition
from peel_analysis.data.location import VARIABLE
from peel_analysis.engine.sockets import OnSockets
from peel_analysis.measures import Result

PROJECT = Path(__file__).resolve().parents[1]
EDITION = "2017"
FORCES = ("norfolk", "suffolk", "north-yorkshire", "city-of-london")
SHORT = "/tmp" if Path("/tmp").is_dir() else None
PATIENCE = 400  # seconds that one test process waits for the reports that another is making


class NbvalKernelManager(OnSockets):
    """As nbval's own, but listening on Unix sockets: two kernels on TCP can meet, and nbval then waits without end."""

    def start_kernel(self, **kwargs: Any) -> None:
        """Start the kernel as nbval does."""
        self.open_socket_folder()
        super().start_kernel(**kwargs)


def pytest_configure(config: pytest.Config) -> None:
    """Give nbval the kernel manager above."""
    nbval.kernel.KernelManager = NbvalKernelManager


@dataclass(frozen=True)
class Page:
    """A force's page, parsed, and the executed notebooks that it was made from."""

    force_id: str
    path: Path
    html: BeautifulSoup
    notebooks: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """What a reader sees or hears, blanks folded: no style, no script, no address of a picture."""
        body = BeautifulSoup(str(self.html.body), "html.parser")
        for hidden in body(["style", "script"]):
            hidden.decompose()
        return " ".join(body.get_text(" ").split())

    def section_text(self, section_id: str) -> str:
        """The text of one section, blanks folded."""
        section = self.html.find("section", id=section_id)
        assert section is not None, f"{self.force_id} has no section {section_id}"
        return " ".join(section.get_text(" ").split())


def peel(*arguments: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in another folder than the project's; return what it printed and its exit code."""
    command = [sys.executable, "-m", "peel_analysis.cli", *arguments]
    settings = {**os.environ, "PYTHONPATH": str(PROJECT), **environment}
    return subprocess.run(command, cwd=cwd, env=settings, capture_output=True, text=True, check=False)


def _make(folder: Path) -> None:
    done = peel("batch", "--forces", ",".join(FORCES), "--out", str(folder / "reports"), cwd=folder)
    assert done.returncode == 0, done.stderr
    shutil.copytree(folder / "reports", folder / "inspected")
    done = peel("report", "norfolk", "--inspected-only", "--out", str(folder / "inspected"), cwd=folder)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """An empty folder whose path is short enough for sockets; pytest's own is not, with several test processes."""
    with tempfile.TemporaryDirectory(prefix="t", dir=SHORT, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with `reports` and `inspected`; the test processes of one run share it, and the first makes it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "pages"
    finished = folder / "finished"
    try:
        folder.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + PATIENCE
        while not finished.exists():
            assert time.monotonic() < deadline, "the process that makes the reports did not finish"
            time.sleep(0.5)
    else:
        _make(folder)
        finished.touch()
    return folder


def _page(made: Path, run: str, force_id: str) -> Page:
    folder = made / run / EDITION / force_id
    html = BeautifulSoup((folder / "index.html").read_text(encoding="utf-8"), "html.parser")
    notebooks = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("notebooks/*.ipynb"))]
    return Page(force_id, folder / "index.html", html, notebooks)


@pytest.fixture(scope="session", params=FORCES)
def page(made: Path, request: pytest.FixtureRequest) -> Page:
    """The page of each of the four forces in turn."""
    return _page(made, "reports", request.param)


def _of_force(force_id: str, run: str = "reports") -> Callable[[Path], Page]:
    """Return a fixture: the page of one force."""

    @pytest.fixture(scope="session")
    def page_of_force(made: Path) -> Page:
        return _page(made, run, force_id)

    return page_of_force


norfolk = _of_force("norfolk")
suffolk = _of_force("suffolk")  # without outcomes
north_yorkshire = _of_force("north-yorkshire")  # without domestic abuse measures
city_of_london = _of_force("city-of-london")  # without a rate of organised crime groups
norfolk_inspected_only = _of_force("norfolk", "inspected")  # without the questions that were not inspected


@pytest.fixture
def own_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the project's own data folder, and put back whatever data folder a command chooses."""
    monkeypatch.setenv(VARIABLE, "")


@pytest.fixture(scope="session")
def edition() -> Edition:
    """Edition 2017."""
    return open_edition("2017")


@pytest.fixture(scope="session")
def results(edition: Edition) -> dict[str, Result]:
    """The result of every measure in edition 2017, by measure."""
    return {measure.id: measures.calculate(measure, edition) for measure in measures.declared()}
