"""What tests share: the results of 2017, and finished reports for the tests of pages.

The reports are made once a run, by the command, in a folder that is not the project's.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import nbval.kernel
import pytest
from bs4 import BeautifulSoup
from filelock import FileLock
from hypothesis import HealthCheck, settings
from small_batch import SmallBatch, batch_of_three

from peel_analysis import measures
from peel_analysis.data import kept_tables
from peel_analysis.data.edition import Edition
from peel_analysis.data.files import VARIABLE
from peel_analysis.data.folder import open_data
from peel_analysis.data.writing import KEPT_IN
from peel_analysis.engine.kernels import OnSockets
from peel_analysis.measures import Result

PROJECT = Path(__file__).resolve().parents[1]
EDITION = "2017"
FORCES = ("norfolk", "suffolk", "north-yorkshire", "city-of-london")
SHORT = "/tmp" if Path("/tmp").is_dir() else None
PATIENCE = 400  # seconds that one test process waits for the reports that another is making

os.environ[kept_tables.VARIABLE] = ""  # nothing is kept in the user's own folder, by other processes neither

# What is tried of a property is the same at each run; `--hypothesis-profile many` tries more
TRIED = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
settings.register_profile("few", TRIED, max_examples=25)
settings.register_profile("many", TRIED, max_examples=500)
settings.load_profile("few")


@pytest.fixture(autouse=True)
def environment_as_before() -> Iterator[None]:
    """Take back what a test sets in the environment by the code that it calls, as a worker's workplace does."""
    with patch.dict(os.environ):
        yield


@pytest.fixture
def whole_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave drawings as matplotlib writes them, with the ids by which tests find each force's parts."""
    monkeypatch.setattr("peel_analysis.figures.figure.compact", str)


class NbvalKernelManager(OnSockets):
    """As nbval's own, but listening on Unix sockets: two kernels on TCP can meet, and nbval then waits without end."""

    def start_kernel(self, **kwargs: Any) -> None:
        """Start the kernel as nbval does."""
        self.open_socket_folder()
        super().start_kernel(**kwargs)


def pytest_configure(config: pytest.Config) -> None:
    """Give nbval the kernel manager above."""
    nbval.kernel.KernelManager = NbvalKernelManager


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count in each test process the tests that are left out: pytest-xdist does not."""
    if items and (output := getattr(items[0].config, "workeroutput", None)) is not None:
        output["deselected"] = output.get("deselected", 0) + len(items)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Let the closing line say how many tests were left out; every test process leaves out the same ones."""
    left_out = getattr(node, "workeroutput", {}).get("deselected", 0)
    node.config.pluginmanager.get_plugin("terminalreporter").stats["deselected"] = [SimpleNamespace()] * left_out


@dataclass(frozen=True)
class Page:
    """A force's page and that of its annex, parsed, and the executed notebooks that it was made from."""

    force_id: str
    path: Path
    html: BeautifulSoup
    annex: BeautifulSoup
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
        section = self.html.find("section", id=section_id) or self.annex.find("section", id=section_id)
        assert section is not None, f"{self.force_id} has no section {section_id}"
        return " ".join(section.get_text(" ").split())


def later(*ones: object) -> list[Any]:
    """Return values of parameters, or tuples of several, that `make test` leaves to `make test-all`."""
    return [pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=pytest.mark.slow) for one in ones]


def peel(*arguments: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the command in another folder than the project's; return what it printed and its exit code."""
    command = [sys.executable, "-m", "peel_analysis.cli", *arguments]
    settings = {**os.environ, "PYTHONPATH": str(PROJECT), **environment}
    return subprocess.run(command, cwd=cwd, env=settings, capture_output=True, text=True, check=False)


def _make_reports(folder: Path) -> None:
    done = peel("batch", "--forces", ",".join(FORCES), "--out", "reports", cwd=folder)
    assert done.returncode == 0, done.stderr
    shutil.copytree(folder / "reports", folder / "inspected")
    inspected = ("report", "Norfolk Constabulary", "--inspected-only", "--out", "inspected")
    done = peel(*inspected, cwd=folder)
    assert (done.returncode, done.stderr) == (0, ""), "a report is quiet in a pipe"
    (folder / "printed").write_text(done.stdout, encoding="utf-8")


def shared_folder_of_run(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder that the test processes of one run share: the first that asks makes it, and the others wait."""
    base = factory.getbasetemp()
    folder = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / name
    with FileLock(folder.with_suffix(".lock"), timeout=PATIENCE):
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)  # of a process in which it failed
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where what is the same for all forces is kept, as a batch keeps it.

    For tests of the project's own data and of code that nobody has patched: what is kept is named after neither.
    """
    return shared_folder_of_run(tmp_path_factory, "kept", lambda made: None)


@pytest.fixture
def kept_for_all_forces(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a test keep there what it draws and calculates."""
    monkeypatch.setenv(KEPT_IN, str(kept))


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """An empty folder whose path is short enough for sockets; pytest's own is not, with several test processes."""
    with tempfile.TemporaryDirectory(prefix="t", dir=SHORT, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with `reports`, `inspected` and what a report `printed`, made once a run."""
    return shared_folder_of_run(tmp_path_factory, "pages", _make_reports)


def _page(made: Path, run: str, force_id: str) -> Page:
    folder = made / run / EDITION / force_id
    pages = (folder / f"{name}.html" for name in ("index", "annex"))
    html, annex = (BeautifulSoup(one.read_text(encoding="utf-8"), "html.parser") for one in pages)
    notebooks = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("notebooks/*.ipynb"))]
    return Page(force_id, folder / "index.html", html, annex, notebooks)


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


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> SmallBatch:
    """A small batch of three forces that has run once in this run of the tests; nobody changes it."""
    return SmallBatch(shared_folder_of_run(tmp_path_factory, "batch", batch_of_three))


@pytest.fixture
def again(ran: SmallBatch, tmp_path: Path) -> SmallBatch:
    """A copy of that batch in another place, to run again: content keys hold no path."""
    shutil.copytree(ran.folder, tmp_path / "again")
    return SmallBatch(tmp_path / "again")


@pytest.fixture
def own_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the project's own data folder, and put back whatever data folder a command chooses."""
    monkeypatch.setenv(VARIABLE, "")


@pytest.fixture(scope="session")
def edition() -> Edition:
    """Edition 2017."""
    return open_data().edition("2017")


@pytest.fixture(scope="session")
def results(edition: Edition) -> dict[str, Result]:
    """The result of every measure in edition 2017, by measure."""
    return {measure.id: measures.calculate(measure, edition) for measure in open_data().measures}
