"""An edition about which no register has a row: no caveats, exclusions, footnotes, judgments or published values."""

import csv
import shutil
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from command import run
from conftest import peel

pytestmark = pytest.mark.usefixtures("own_data_folder")

DATA = Path(__file__).resolve().parents[1] / "data"
ABOUT_EDITIONS = (
    "areas_for_improvement",
    "caveats",
    "exclusions",
    "footnotes",
    "judgments",
    "published_values",
    "sections_inspected",
    "series_breaks",
    "surveys",
)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the data folder whose registers about editions have their heading only, and no findings."""
    folder = tmp_path_factory.mktemp("bare") / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("findings"))
    for name in ABOUT_EDITIONS:
        path = folder / f"{name}.csv"
        heading, _, rows = path.read_text(encoding="utf-8").partition("\n")
        assert rows
        path.write_text(heading + "\n", encoding="utf-8")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("edition", "sections"), [("2017", 9), ("2025", 4)])
def test_all_its_sections_are_made(edition: str, sections: int, bare: Path, tmp_path: Path) -> None:
    done = peel("report", "norfolk", "--edition", edition, "--data", str(bare), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    page = BeautifulSoup(Path(done.stdout.strip()).read_text(encoding="utf-8"), "html.parser")
    assert len(page.select("main section")) == sections
    assert "Traceback" not in page.text
    assert "58.9" in page.text or edition != "2017"


def test_accounts_and_values_are_there_too(bare: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = run(capsys, "why", "crime_per_1000", "norfolk", "--data", str(bare))
    assert code == 0
    assert "Caveats" not in said
    code, said, _ = run(capsys, "values", "--force", "norfolk", "--data", str(bare))
    assert code == 0
    assert len(list(csv.DictReader(said.splitlines()))) == 26
