"""What moved when the data folder holds something else: an exclusion, a definition, a published value."""

import os
import shutil
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from comparisons import DATA, NATIONAL, NEWER, OLDER, TINY, change_of, compared, crimes, nonzero, opened, residents

from peel_analysis.changes import changes_between
from peel_analysis.changes.causes import DEFINED, EXCLUDED, NEW, NOT_SEPARABLE, PEOPLE, REVISED
from peel_analysis.data.writing import KEPT_IN

pytestmark = pytest.mark.usefixtures("own_data_folder")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy, ignore=shutil.ignore_patterns("findings"))
    return copy


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def exclude(folder: Path, measure_id: str, year: int, force_id: str, *effects: str) -> None:
    with (folder / "exclusions.csv").open("a", encoding="utf-8") as file:
        for effect in effects:
            file.write(f"2017,{measure_id},{year},{force_id},{effect},not_supplied,,,stated,Invented.,Invented,test\n")


def test_two_folders_side_by_side_and_an_edit_is_seen_at_the_next_call(folder: Path) -> None:
    """The two versions are opened once, and nothing touches the environment meanwhile."""

    def refuse(*said: object) -> None:
        raise AssertionError(f"the environment is changed: {said}")

    a, b = opened("2017"), opened(f"2017@data={folder}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "putenv", refuse)
        patch.setattr(os, "unsetenv", refuse)
        before = changes_between(a, b, ["crime_per_1000"])
        exclude(folder, "crime_per_1000", 2017, "kent", "excluded_from_figure", "excluded_from_national")
        there, back = changes_between(a, b, ["crime_per_1000"]), changes_between(b, a, ["crime_per_1000"])
        unchanged = changes_between(a, a, ["crime_per_1000"])
    assert {one.kind for one in (*before.rows, *unchanged.rows)} == {"same"}
    assert change_of(there, "crime_per_1000", "kent").b.status == "not_supplied"
    kent = change_of(back, "crime_per_1000", "kent")
    assert (kent.kind, kent.split.status_causes) == ("appeared", (EXCLUDED,))


def test_an_added_exclusion_takes_a_value_away(folder: Path) -> None:
    exclude(folder, "crime_per_1000", 2017, "kent", "excluded_from_figure", "excluded_from_national")
    comparison = compared("2017", f"2017@data={folder}", "crime_per_1000", "crime_change_12m")
    kent = change_of(comparison, "crime_per_1000", "kent")
    assert (kent.kind, kent.split.status_causes, kent.b.status) == ("disappeared", (EXCLUDED,), "not_supplied")
    assert kent.causes == "exclusions (reported to not_supplied)"
    counts, population = crimes("2026-04", "2016-07-01", "2017-06-30"), residents("2017")
    expected = 1000 * (
        (counts.sum() - counts["kent"]) / (population.sum() - population["kent"]) - counts.sum() / population.sum()
    )
    national = change_of(comparison, "crime_per_1000", NATIONAL)
    assert float(national.split.parts[EXCLUDED]) == pytest.approx(expected, abs=TINY)
    assert nonzero(national) == {EXCLUDED}
    changed = {(one.measure_id, one.force_id) for one in comparison.rows if one.kind != "same"}
    assert changed == {("crime_per_1000", "kent"), ("crime_per_1000", NATIONAL)}


def test_what_a_batch_has_kept_of_one_folder_is_not_given_for_another(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exclude(folder, "crime_per_1000", 2017, "kent", "excluded_from_figure", "excluded_from_national")
    monkeypatch.setenv(KEPT_IN, str(tmp_path / "kept"))
    for _ in range(2):
        comparison = compared("2017", f"2017@data={folder}", "crime_per_1000")
        assert change_of(comparison, "crime_per_1000", "kent").kind == "disappeared"
        assert nonzero(change_of(comparison, "crime_per_1000", NATIONAL)) == {EXCLUDED}


def test_a_removed_exclusion_brings_a_value_back(folder: Path) -> None:
    lines = (folder / "exclusions.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("2017,outcome_charged_pct,2017,suffolk,")]
    assert len(kept) < len(lines)
    (folder / "exclusions.csv").write_text("".join(kept), encoding="utf-8")
    comparison = compared("2017", f"2017@data={folder}", "outcome_charged_pct")
    suffolk = change_of(comparison, "outcome_charged_pct", "suffolk")
    assert (suffolk.kind, suffolk.split.status_causes) == ("appeared", (EXCLUDED,))
    assert nonzero(change_of(comparison, "outcome_charged_pct", NATIONAL)) == {EXCLUDED}


def test_another_dimension_is_a_definition(folder: Path) -> None:
    edit(folder / "measures.toml", 'dimensions = ["1"] }', 'dimensions = ["1", "2"] }')
    comparison = compared("2017", f"2017@data={folder}", "outcome_charged_pct", "crime_per_1000")
    rows = pd.read_csv(DATA / "counts" / "outcomes_recorded" / "2024-07.csv", dtype={"dimension": str})
    inside = (rows["period_start"] >= "2016-07-01") & (rows["period_end"] <= "2017-06-30") & (rows["dimension"] == "2")
    cautions = rows[inside].groupby("force_id")["count"].sum()["norfolk"]
    recorded = crimes("2026-04", "2016-07-01", "2017-06-30")["norfolk"]
    norfolk = change_of(comparison, "outcome_charged_pct", "norfolk")
    assert float(norfolk.split.parts[DEFINED]) == pytest.approx(100 * cautions / recorded, abs=TINY)
    assert nonzero(norfolk) == {DEFINED}
    assert {one.measure_id for one in comparison.rows if one.kind != "same"} == {"outcome_charged_pct"}


def test_a_measure_of_one_side_appears_by_definition(folder: Path) -> None:
    edit(folder / "measures.toml", 'id = "crime_per_1000"', 'id = "crimes_each_1000"')
    comparison = compared("2017", f"2017@data={folder}", "crimes_each_1000")
    norfolk = change_of(comparison, "crimes_each_1000", "norfolk")
    assert (norfolk.kind, norfolk.split.status_causes, norfolk.a.status) == ("appeared", (DEFINED,), "not_declared")


def test_four_causes_at_once_against_arithmetic(folder: Path) -> None:
    """Each step by hand: revised counts, then populations, then Kent out of England and Wales, then robberies alone."""
    exclude(folder, "crime_per_1000", 2018, "kent", "excluded_from_national")
    entry = 'id = "crime_per_1000"'
    text = (folder / "measures.toml").read_text(encoding="utf-8")
    before, after = text.split(entry)
    after = after.replace(
        '{ items = ["recorded_crime"] }', '{ items = ["recorded_crime"], dimensions = ["Robbery"] }', 1
    )
    (folder / "measures.toml").write_text(before + entry + after, encoding="utf-8")
    comparison = compared(OLDER, f"{NEWER},population=2018-revised,data={folder}", "crime_per_1000")
    older, newer = (crimes(release, "2017-04-01", "2018-03-31") for release in ("2017-18-older", "2026-04"))
    rows = pd.read_csv(DATA / "counts" / "recorded_crime" / "2026-04.csv")
    inside = (rows["period_start"] >= "2017-04-01") & (rows["period_end"] <= "2018-03-31")
    robberies = rows[inside & (rows["dimension"] == "Robbery")].groupby("force_id")["count"].sum()
    first, revised = residents("2017"), residents("2018-revised")  # those of England and Wales are its residents
    without = revised.index != "kent"
    stages = [
        1000 * older.sum() / first.sum(),
        1000 * newer.sum() / first.sum(),
        1000 * newer.sum() / revised.sum(),
        1000 * newer[without].sum() / revised[without].sum(),
        1000 * robberies[without].sum() / revised[without].sum(),
    ]
    national = change_of(comparison, "crime_per_1000", NATIONAL)
    for cause, one, other in zip((REVISED, PEOPLE, EXCLUDED, DEFINED), stages, stages[1:], strict=False):
        assert float(national.split.parts[cause]) == pytest.approx(other - one, abs=TINY)
    assert national.split.parts[NEW] == national.split.parts[NOT_SEPARABLE] == 0
    assert sum(national.split.parts.values(), Decimal(0)) == national.difference


def test_revised_published_values_are_revised_counts(folder: Path) -> None:
    edit(folder / "published_values.csv", "12 months to 30 June 2017,57.7,", "12 months to 30 June 2017,58.7,")
    comparison = compared("2017", f"2017@data={folder}", "da_arrest_rate")
    norfolk = change_of(comparison, "da_arrest_rate", "norfolk")
    assert (nonzero(norfolk), norfolk.split.parts[REVISED]) == ({REVISED}, Decimal("1.0"))
