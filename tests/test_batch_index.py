"""The page that links the reports: which of them are of an earlier run, and why."""

import shutil
from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from register_rows import register
from small_batch import EDITION, QUICK, SmallBatch

from peel_analysis.batch.make import standing_of
from peel_analysis.batch.units import Report, Unit
from peel_analysis.batch.work import Outcome
from peel_analysis.data.folder import open_data
from peel_analysis.data.text import enumerated
from peel_analysis.site import Site, Standing, make_site


def notes(batch: SmallBatch) -> dict[str, str]:
    """Return what the index says of each force that it says something of."""
    page = BeautifulSoup((batch.reports / "index.html").read_text(encoding="utf-8"), "html.parser")
    said = {}
    for note in page.select(".index-note"):
        named = note.find_previous_sibling("a")
        said[str(named["href"] if named else note.previous_sibling)] = note.get_text()
    return said


def notice(batch: SmallBatch) -> str:
    """Return the paragraph above the table, empty when there is none."""
    page = BeautifulSoup((batch.reports / "index.html").read_text(encoding="utf-8"), "html.parser")
    found = page.select_one(".index-notice")
    return found.get_text() if found else ""


@pytest.mark.slow
def test_a_report_of_an_earlier_run_is_told_with_what_failed(again: SmallBatch) -> None:
    batch = again
    assert (notes(batch), notice(batch)) == ({}, "")
    shutil.rmtree(batch.reports / "suffolk")

    batch.write_notebooks(QUICK, 'assert force == "norfolk"')
    assert batch.run("--forces", "essex,kent,norfolk").returncode == 1
    failed = "The last run failed in “Risk-based inspection”."
    said = {
        "kent/index.html": f"Report of an earlier run, which may rest on earlier data. {failed}",
        "Essex Police (no report made)": failed,
    }
    assert notes(batch) == said
    assert notice(batch) == "1 report is of an earlier run. The table says which, and why."

    assert batch.run("--forces", "norfolk").returncode == 0  # a run of another force tells it from the files
    assert notes(batch) == said

    batch.write_notebooks(QUICK, "print(force, edition)")
    assert batch.run("--forces", "kent").returncode == 0
    assert notes(batch) == {
        "norfolk/index.html": "Report of an earlier run, which may rest on earlier data.",
        "Essex Police (no report made)": failed,
    }


@pytest.mark.parametrize(
    ("edition_id", "caption", "headings", "norfolk", "spread"),
    [
        ("2019", "the overall judgment of 2018/19", "Overall effectiveness", "Good", "Overall effectiveness 2018/19: "),
        ("2025", "the number of grades of PEEL 2023-25 that are held", "Grades", "none held", ""),
    ],
)
def test_the_index_has_the_judgments_of_the_programme_and_counts_them_only_where_all_are_held(
    edition_id: str, caption: str, headings: str, norfolk: str, spread: str, tmp_path: Path
) -> None:
    edition = open_data().edition(edition_id)
    make_site(Site(tmp_path, edition.data, (edition,), is_whole=False))
    page = BeautifulSoup((tmp_path / edition_id / "index.html").read_text(encoding="utf-8"), "html.parser")
    captions = [one.get_text().partition(" and headline")[0] for one in page.select("caption")]
    assert captions == [f"Reports, with {caption}"]
    assert [cell.get_text() for cell in page.select("thead th")][:3] == ["Force", headings, "Region"]
    grades = {str(row["id"]): row.select("td")[0].get_text() for row in page.select("tbody tr")}
    assert tuple(grades) == edition.forces.ids
    assert grades["norfolk"] == norfolk
    told = [one.get_text() for one in page.select("main > p:not(.about-edition, .key)")]
    if spread:
        counted = Counter(
            row["grade"]
            for row in register("judgments")
            if row["edition"] == "2018/19" and row["question"] == "overall"
        )
        scale = ("Outstanding", "Good", "Requires improvement", "Inadequate")
        assert told == [spread + enumerated(f"{counted[grade]} {grade.lower()}" for grade in scale) + "."]
    else:
        assert told == []
        assert grades["sussex"] == "held on 9 of 9 questions"


def report(folder: Path) -> Report:
    units = [
        Unit(
            "kent",
            section,
            EDITION,
            folder / f"{section}.ipynb",
            folder / "out" / f"{section}.ipynb",
            folder / "none",
            "k",
        )
        for section in ("force_in_numbers", "preventing", "annex_a")
    ]
    return Report("kent", EDITION, tuple(units), folder / "out" / "index.html", "k")


def outcome(section: str, what: str) -> Outcome:
    return Outcome("kent", section, "k", what, 0.0)


@pytest.mark.parametrize(
    ("failed", "words"),
    [
        (("annex_a", "force_in_numbers"), "“Force in numbers” and “Annex A – About the data”"),
        (("annex_a", "force_in_numbers", "preventing"), "every section"),
        (("page",), "the making of its page"),
    ],
)
def test_what_failed_is_named_in_report_order(failed: tuple[str, ...], words: str, tmp_path: Path) -> None:
    plan = report(tmp_path)
    found = standing_of(plan, [outcome(section, "failed") for section in failed], open_data().edition(EDITION))
    assert found.note == f"The last run failed in {words}."
    plan.page.parent.mkdir()
    plan.page.touch()
    found = standing_of(plan, [outcome(section, "failed") for section in failed], open_data().edition(EDITION))
    assert found.note == (f"Report of an earlier run, which may rest on earlier data. The last run failed in {words}.")


def test_a_page_that_was_made_needs_no_note(tmp_path: Path) -> None:
    plan = report(tmp_path)
    for what in ("done", "fresh"):
        found = standing_of(plan, [outcome("annex_a", what), outcome("page", what)], open_data().edition(EDITION))
        assert found == Standing(is_there=True, is_earlier=False, note="")
