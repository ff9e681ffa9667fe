"""What `peel changes` prints and writes: table, CSV, changelog list and page."""

import csv
import io
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import test_page_browser
from accessibility import violations
from bs4 import BeautifulSoup
from comparisons import DATA, opened

from peel_analysis import cli
from peel_analysis.changes import Changes, changes_between, output
from peel_analysis.changes.causes import PARTS
from peel_analysis.data.folder import open_data
from peel_analysis.show.values import as_csv, values

browser = test_page_browser.browser  # the fixture
HOSTILE = "<img src=x onerror=alert(1)>"
SIDES = ("2017", "2017@residents-only")

pytestmark = pytest.mark.usefixtures("own_data_folder")


@pytest.fixture(scope="module")
def comparison() -> Changes:
    """What moved in all measures but those told as context."""
    a, b = map(opened, SIDES)
    return changes_between(a, b, [one.id for one in a.data.measures if not one.is_context])


@pytest.fixture(scope="module")
def editions() -> Changes:
    return changes_between(opened("2017"), opened("2019"))


@pytest.fixture(scope="module")
def page(comparison: Changes) -> BeautifulSoup:
    return BeautifulSoup(output.as_page(comparison), "html.parser")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = cli.main(["changes", *arguments])
    return code, capsys.readouterr().out


def test_table_leads_with_the_largest(comparison: Changes) -> None:
    lines = output.text_table(comparison, every=False).splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("measure"))
    named = [
        line.split("  ")[0] + ":" + ("E" if "England and Wales" in line else "C") for line in lines[start + 1 :][:4]
    ]
    assert named[:2] == ["crime_per_1000:C", "asb_incidents_per_1000:C"], "England and Wales counts residents in both"
    assert "City of London" in lines[start + 1]
    assert "population +587.1251 (estimated to reported)" in lines[start + 1]
    assert lines[-1].startswith("Causes: from A, one input after the other is taken from B")


def test_table_is_cut_unless_all_is_asked_for(editions: Changes) -> None:
    short, long = (output.text_table(editions, every=every) for every in (False, True))
    assert "more; --all shows them" in short
    assert "--all" not in long
    assert len(long.splitlines()) > len(short.splitlines()) > output.ROWS_IN_TEXT


def test_a_difference_of_nothing_as_shown_has_no_sign(editions: Changes) -> None:
    [national] = [
        one for one in editions.rows if (one.measure_id, one.force_id) == ("officers_per_1000", "england-and-wales")
    ]
    assert output._cells(national)[:4] == ("2.1", "2.1", "0.0", "-0.0123")
    told = [cell for change in editions.rows for cell in output._cells(change)[2:4] if cell]
    assert "0.0" in told
    assert not [cell for cell in told if cell[0] in "+-" and not float(cell)]


def test_nothing_moved_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, "2017", "2017", "--measure", "crime_per_1000")
    assert code == 0
    assert "Nothing moved." in out
    code, out = run(capsys, "2017", "2017", "--measure", "crime_per_1000", "--format", "changelog")
    assert out.endswith("- Nothing moved.\n")


def test_csv_has_every_row_and_parts_that_add_up(editions: Changes) -> None:
    rows = list(csv.DictReader(io.StringIO(output.as_csv(editions))))
    assert tuple(rows[0]) == tuple(output.CSV_COLUMNS)
    assert len(rows) == len(editions.rows) == len({(row["measure"], row["force_id"]) for row in rows})
    with_both = [row for row in rows if row["difference"]]
    assert len(with_both) > 100
    for row in with_both:
        assert sum(Decimal(row[part]) for part in PARTS) == Decimal(row["difference"])
        assert Decimal(row["value_b"]) - Decimal(row["value_a"]) == Decimal(row["difference"])
    missing = [row for row in rows if not row["value_a"] or not row["value_b"]]
    assert all(row["difference"] == row["population"] == "" for row in missing)
    assert all(row["status_causes"] for row in missing if row["kind"] in ("appeared", "disappeared"))


def test_difference_is_that_of_the_values_as_shown(comparison: Changes) -> None:
    rows = csv.DictReader(io.StringIO(output.as_csv(comparison)))
    city = next(row for row in rows if (row["measure"], row["force_id"]) == ("crime_per_1000", "city-of-london"))
    assert (city["shown_a"], city["shown_b"], city["difference_shown"]) == ("10.2", "597.3", "587.1")


def test_changelog_is_a_list_of_measures(comparison: Changes) -> None:
    first, blank, *bullets = output.as_changelog(comparison).splitlines()
    assert first.startswith("From 2017 to 2017@residents-only: 1,056 values compared: 2 moved")
    assert blank == ""
    assert len(bullets) == 2
    assert bullets[0].startswith(
        "- Recorded crime (excluding fraud) per 1,000 population: City of London 10.2 to 597.3"
    )
    assert "(population +587.1251" in bullets[0]


def test_verdicts_and_sentences_that_flipped_are_named(comparison: Changes) -> None:
    out = output.text_table(comparison, every=True)
    assert "crime_per_1000, City of London: no verdict -> notably higher than" in out
    flip = next(one for one in comparison.sentences if one.force_id == "city-of-london")
    assert "No verdict" in flip.before
    assert "notably higher than" in flip.after
    assert flip.before in out


def test_page_leads_with_what_moved_most(page: BeautifulSoup) -> None:
    headings = [heading.get_text() for heading in page.find_all(["h1", "h2"])]
    assert headings[:3] == ["What moved: 2017 to 2017@residents-only", "What moved most", "What reads differently"]
    assert len(page.find_all("h1")) == 1
    first = page.find("table")
    assert first is not None
    assert [cell.get_text() for cell in first.select("tbody th")[:3]] == ["City of London"] * 2


def test_page_tables_can_be_heard(page: BeautifulSoup) -> None:
    found = page.find_all("table")
    assert len(found) >= 4
    assert len(page.select("table > caption")) == len(found)
    assert all(caption.get_text() for caption in page.select("table > caption"))
    assert {heading.get("scope") for heading in page.find_all("th")} == {"col", "row"}
    assert {heading["scope"] for heading in page.select("thead th")} == {"col"}


def test_page_stands_alone_and_says_no_nan(page: BeautifulSoup) -> None:
    assert page.find_all(["img", "link", "iframe"]) == []
    assert all(not script.get("src") for script in page.find_all("script"))
    words = page.get_text(" ").split()
    assert len(words) > 300
    assert not {"nan", "None", "<NA>"} & set(words)


def test_page_names_what_came_and_went_and_folds_the_rest(editions: Changes) -> None:
    page = BeautifulSoup(output.as_page(editions), "html.parser")
    section = page.find(id="came-and-went")
    assert section is not None
    assert "Suffolk" in section.get_text()
    assert len(page.find_all("details")) > 3
    assert "exclusions" in section.get_text()


def test_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deep" / "moved.html"
    code, out = run(capsys, *SIDES, "--measure", "crime_per_1000", "--format", "csv", "--html", str(path))
    assert code == 0
    assert out.startswith("measure,force_id,")
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.browser
def test_page_passes_axe_and_fits_a_narrow_screen(browser: Any, editions: Changes, tmp_path: Path) -> None:
    path = tmp_path / "moved.html"
    path.write_text(output.as_page(editions), encoding="utf-8")
    tab = browser.new_context(viewport=test_page_browser.NARROW).new_page()
    tab.goto(path.as_uri(), wait_until="load")
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= test_page_browser.NARROW["width"]


def test_page_shows_hostile_text_as_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Markup in an edition's title, in a file's name and in a values file is read, and nothing is drawn or run."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("findings"))
    edition = folder / "editions" / "2017.toml"
    title = next(line for line in edition.read_text(encoding="utf-8").splitlines() if line.startswith("title"))
    edition.write_text(edition.read_text(encoding="utf-8").replace(title, f'title = "Title {HOSTILE}"'), "utf-8")
    rows = values(open_data().edition("2017"), [open_data().measure("crime_per_1000")]).set_index("force_id")
    rows.loc["kent", ["value", "status"]] = None, f"status {HOSTILE}"
    rows.loc["suffolk", "verdict"] = f"verdict {HOSTILE}"
    monkeypatch.chdir(tmp_path)
    Path(f"{HOSTILE}.csv").write_text(as_csv(rows.reset_index()), encoding="utf-8")
    found = changes_between(
        opened(f"2017@data={folder}"),
        opened(f"{HOSTILE}.csv"),
        ["crime_per_1000"],
    )
    page = BeautifulSoup(output.as_page(found), "html.parser")
    assert page.find_all("img") == []
    for text in (f"Title {HOSTILE}", f"{HOSTILE}.csv", f"[status {HOSTILE}]", f"verdict {HOSTILE}"):
        assert text in page.get_text()


def test_a_figure_that_moved_says_what_another_release_would_turn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """North Yorkshire's crime rose by 0.6% in the one release and fell by 2.1% in the other: both are held."""
    sides = ("2017@recorded_crime=rolling-2018-12", "2017")
    told = (
        "A's direction would be another in recorded crime 2026-04: -2.1%; "
        "B's direction would be another in recorded crime rolling-2018-12: +0.6%"
    )
    file = tmp_path / "changes.html"
    asked = (*sides, "--measure", "crime_change_12m", "--html", str(file))
    assert f"revised counts -2.7290; {told}" in run(capsys, *asked)[1]
    assert (
        f"North Yorkshire +0.6% to -2.1% (revised counts -2.7290; {told})"
        in run(capsys, *asked, "--format", "changelog")[1]
    )
    assert told in BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser").text
    rows = {row["force_id"]: row for row in csv.DictReader(io.StringIO(run(capsys, *asked, "--format", "csv")[1]))}
    own = rows["north-yorkshire"]
    assert own["other_release_a"] == f"recorded crime 2026-04: {own['value_b']}"
    assert own["other_release_b"] == f"recorded crime rolling-2018-12: {own['value_a']}"
    assert "A's verdict would be another in recorded crime 2026-04: +16.1%" in run(capsys, *asked, "--all")[1]
    assert rows["norfolk"]["other_release_a"] == ""


def test_a_values_file_says_so_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edition = open_data(DATA).edition("2017")
    file = tmp_path / "before.csv"
    file.write_text(as_csv(values(edition, [edition.data.measure("crime_change_12m")])), encoding="utf-8")
    said = run(capsys, str(file), "2017@window=2018-03-31", "--measure", "crime_change_12m", "--all")[1]
    assert "A's direction would be another in recorded crime rolling-2018-12: +0.6%" in said
