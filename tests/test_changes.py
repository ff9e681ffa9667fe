"""What moved and why: the parts against independent arithmetic on the tables, and against the whole."""

import shutil
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from peel_analysis.changes import Comparison, compare, open_side
from peel_analysis.changes.inputs import DEFINED, EXCLUDED, NEW, ORDER, PEOPLE, REVISED
from peel_analysis.changes.moves import Move, in_order
from peel_analysis.changes.split import NOT_SEPARABLE, Step, exact, split

DATA = Path(__file__).resolve().parents[1] / "data"
NATIONAL = "england-and-wales"
OLDER = "2017@window=2018-03-31,recorded_crime=2017-18-older"
NEWER = "2017@window=2018-03-31"
TINY = 1e-9


pytestmark = pytest.mark.usefixtures("own_data_folder")


def compared(a: str, b: str, *measure_ids: str) -> Comparison:
    return compare(open_side(a), open_side(b), measure_ids or None)


def move(comparison: Comparison, measure_id: str, force_id: str) -> Move:
    return next(one for one in comparison.moves if (one.measure_id, one.force_id) == (measure_id, force_id))


def crimes(release: str, first: str, last: str, folder: Path = DATA) -> pd.Series:
    """Crimes by force in a stretch of days, straight from the table."""
    rows = pd.read_csv(folder / "counts" / "recorded_crime" / f"{release}.csv")
    inside = (rows["period_start"] >= first) & (rows["period_end"] <= last)
    return rows[inside].groupby("force_id")["count"].sum()


def people(vintage: str) -> pd.Series:
    """Populations of mid-2016 by force, the City of London's by day."""
    rows = pd.read_csv(DATA / "populations.csv")
    found = rows[(rows["mid_year"] == 2016) & (rows["vintage"] == vintage)].set_index("force_id")["population"]
    by_day = rows.set_index(["force_id", "vintage"])["population"]["city-of-london", "daytime-2014"]
    return found.where(found.index != "city-of-london", by_day)


def nonzero(one: Move) -> set[str]:
    return {cause for cause, part in one.split.parts.items() if part}


# The two real cases


@pytest.fixture(scope="module")
def releases() -> Comparison:
    return compared(OLDER, NEWER, "crime_per_1000")


def test_recorded_crime_of_2017_18_in_two_releases(releases: Comparison) -> None:
    older, newer = (crimes(release, "2017-04-01", "2018-03-31") for release in ("2017-18-older", "2026-04"))
    population = people("2017")
    assert len(releases.moves) == 44
    for one in releases.moves:
        if one.force_id == NATIONAL:
            counts, divisor = (older.sum(), newer.sum()), population.sum()
        else:
            counts, divisor = (older[one.force_id], newer[one.force_id]), population[one.force_id]
        assert (one.a.numerator, one.b.numerator) == counts
        assert one.a.value == pytest.approx(1000 * counts[0] / divisor, rel=1e-12)
        assert float(one.split.parts[REVISED]) == pytest.approx(1000 * (counts[1] - counts[0]) / divisor, abs=TINY)
        assert nonzero(one) == ({REVISED} if counts[0] != counts[1] else set())


def test_two_releases_differ_by_thousands_of_crimes(releases: Comparison) -> None:
    assert (move(releases, "crime_per_1000", "dyfed-powys").a.numerator, in_order(releases.moves)[1].force_id) == (
        25742,
        "dyfed-powys",
    )
    national = in_order(releases.moves)[0]
    assert (national.force_id, national.a.numerator, national.b.numerator) == (NATIONAL, 4821452, 4830973)


@pytest.fixture(scope="module")
def populations() -> Comparison:
    return compared("2017", "2017@population=2018-revised")


def test_revised_populations_move_the_measures_per_head_and_no_other(populations: Comparison) -> None:
    moved = {one.measure_id for one in populations.moves if one.kind != "same"}
    assert moved == {"crime_per_1000", "asb_incidents_per_1000"}
    assert all(nonzero(one) <= {PEOPLE} for one in populations.moves)


def test_revised_populations_against_the_tables(populations: Comparison) -> None:
    before, after = people("2017"), people("2018-revised")
    assert (before["norfolk"], after["norfolk"]) == (892870, 891700)
    counts = crimes("2026-04", "2016-07-01", "2017-06-30")
    for force_id in before.index:
        one = move(populations, "crime_per_1000", force_id)
        expected = 1000 * counts[force_id] / after[force_id] - 1000 * counts[force_id] / before[force_id]
        assert float(one.split.parts[PEOPLE]) == pytest.approx(expected, abs=TINY)
        assert one.a.numerator == one.b.numerator == counts[force_id]
    national = move(populations, "crime_per_1000", NATIONAL)
    expected = 1000 * counts.sum() * (1 / after.sum() - 1 / before.sum())
    assert float(national.split.parts[PEOPLE]) == pytest.approx(expected, abs=TINY)


def test_numbers_alone_flip_no_sentence(populations: Comparison) -> None:
    flipped = {(flip.measure_id, flip.force_id) for flip in populations.flips}
    verdicts = {(one.measure_id, one.force_id) for one in populations.verdict_flips}
    moved = {(one.measure_id, one.force_id) for one in populations.moves if one.difference_shown}
    assert ("crime_per_1000", "cambridgeshire") in moved - flipped
    assert flipped == verdicts


# The parts and the whole


@pytest.fixture(scope="module", params=["2019", "2025", "2017@residents-only,leave-out-incomplete,window=2016-12-31"])
def between_editions(request: pytest.FixtureRequest) -> Comparison:
    return compared("2017", request.param)


def test_parts_add_up_exactly_for_every_measure_and_force(between_editions: Comparison) -> None:
    with_values = [one for one in between_editions.moves if one.difference is not None]
    assert len({one.measure_id for one in with_values}) >= 3
    assert sum(one.kind == "moved" for one in with_values) > 100
    for one in with_values:
        assert sum(one.split.parts.values(), Decimal(0)) == one.difference == exact(one.b.value) - exact(one.a.value)


def test_a_value_that_comes_or_goes_has_a_cause_and_no_parts(between_editions: Comparison) -> None:
    came_and_went = [one for one in between_editions.moves if one.kind in ("appeared", "disappeared")]
    assert all(one.split.status_causes and not one.split.parts for one in came_and_went)


def test_new_counts_and_population_between_editions() -> None:
    comparison = compared("2017", "2019", "crime_per_1000", "asb_incidents_per_1000", "outcome_charged_pct")
    norfolk = move(comparison, "crime_per_1000", "norfolk")
    old, new = (
        crimes("2026-04", *window)["norfolk"] for window in (("2016-07-01", "2017-06-30"), ("2018-04-01", "2019-03-31"))
    )
    assert float(norfolk.split.parts[NEW]) == pytest.approx(1000 * (new - old) / 892870, abs=TINY)
    assert nonzero(norfolk) == {NEW, PEOPLE}
    asb = move(comparison, "asb_incidents_per_1000", "norfolk")
    assert (asb.kind, asb.split.status_causes) == ("disappeared", (NEW,))
    suffolk = move(comparison, "outcome_charged_pct", "suffolk")
    assert (suffolk.kind, suffolk.split.status_causes) == ("appeared", (EXCLUDED,))


def test_releases_without_a_window_in_common_cannot_be_told_apart() -> None:
    comparison = compared("2017", "2019", "outcome_charged_pct")
    norfolk = move(comparison, "outcome_charged_pct", "norfolk")
    assert norfolk.split.joint == (REVISED, NEW)
    assert norfolk.split.parts[NOT_SEPARABLE] == norfolk.difference != 0
    assert "revised counts and new counts together" in norfolk.causes


# A data folder with something else in it


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
            file.write(f"2017,{measure_id},{year},{force_id},{effect},not_supplied,,stated,Invented.,Invented,test\n")


def test_an_added_exclusion_takes_a_value_away(folder: Path) -> None:
    exclude(folder, "crime_per_1000", 2017, "kent", "excluded_from_figure", "excluded_from_national")
    comparison = compared("2017", f"2017@data={folder}", "crime_per_1000", "crime_change_12m")
    kent = move(comparison, "crime_per_1000", "kent")
    assert (kent.kind, kent.split.status_causes, kent.b.status) == ("disappeared", (EXCLUDED,), "not_supplied")
    assert kent.causes == "exclusions (reported to not_supplied)"
    counts, population = crimes("2026-04", "2016-07-01", "2017-06-30"), people("2017")
    expected = 1000 * (
        (counts.sum() - counts["kent"]) / (population.sum() - population["kent"]) - counts.sum() / population.sum()
    )
    national = move(comparison, "crime_per_1000", NATIONAL)
    assert float(national.split.parts[EXCLUDED]) == pytest.approx(expected, abs=TINY)
    assert nonzero(national) == {EXCLUDED}
    changed = {(one.measure_id, one.force_id) for one in comparison.moves if one.kind != "same"}
    assert changed == {("crime_per_1000", "kent"), ("crime_per_1000", NATIONAL)}


def test_a_removed_exclusion_brings_a_value_back(folder: Path) -> None:
    lines = (folder / "exclusions.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("2017,outcome_charged_pct,2017,suffolk,")]
    assert len(kept) < len(lines)
    (folder / "exclusions.csv").write_text("".join(kept), encoding="utf-8")
    comparison = compared("2017", f"2017@data={folder}", "outcome_charged_pct")
    suffolk = move(comparison, "outcome_charged_pct", "suffolk")
    assert (suffolk.kind, suffolk.split.status_causes) == ("appeared", (EXCLUDED,))
    assert nonzero(move(comparison, "outcome_charged_pct", NATIONAL)) == {EXCLUDED}


def test_another_dimension_is_a_definition(folder: Path) -> None:
    edit(folder / "measures.toml", 'dimensions = ["1"] }', 'dimensions = ["1", "2"] }')
    comparison = compared("2017", f"2017@data={folder}", "outcome_charged_pct", "crime_per_1000")
    rows = pd.read_csv(DATA / "counts" / "outcomes_recorded" / "2024-07.csv", dtype={"dimension": str})
    inside = (rows["period_start"] >= "2016-07-01") & (rows["period_end"] <= "2017-06-30") & (rows["dimension"] == "2")
    cautions = rows[inside].groupby("force_id")["count"].sum()["norfolk"]
    recorded = crimes("2026-04", "2016-07-01", "2017-06-30")["norfolk"]
    norfolk = move(comparison, "outcome_charged_pct", "norfolk")
    assert float(norfolk.split.parts[DEFINED]) == pytest.approx(100 * cautions / recorded, abs=TINY)
    assert nonzero(norfolk) == {DEFINED}
    assert {one.measure_id for one in comparison.moves if one.kind != "same"} == {"outcome_charged_pct"}


def test_a_measure_of_one_side_appears_by_definition(folder: Path) -> None:
    edit(folder / "measures.toml", 'id = "crime_per_1000"', 'id = "crimes_each_1000"')
    comparison = compared("2017", f"2017@data={folder}", "crimes_each_1000")
    norfolk = move(comparison, "crimes_each_1000", "norfolk")
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
    first, revised = people("2017"), people("2018-revised")
    without = revised.index != "kent"
    stages = [
        1000 * older.sum() / first.sum(),
        1000 * newer.sum() / first.sum(),
        1000 * newer.sum() / revised.sum(),
        1000 * newer[without].sum() / revised[without].sum(),
        1000 * robberies[without].sum() / revised[without].sum(),
    ]
    national = move(comparison, "crime_per_1000", NATIONAL)
    for cause, one, other in zip((REVISED, PEOPLE, EXCLUDED, DEFINED), stages, stages[1:], strict=False):
        assert float(national.split.parts[cause]) == pytest.approx(other - one, abs=TINY)
    assert national.split.parts[NEW] == national.split.parts[NOT_SEPARABLE] == 0
    assert sum(national.split.parts.values(), Decimal(0)) == national.difference


def test_revised_published_values_are_revised_counts(folder: Path) -> None:
    edit(folder / "published_values.csv", "12 months to 30 June 2017,57.7,", "12 months to 30 June 2017,58.7,")
    comparison = compared("2017", f"2017@data={folder}", "da_arrest_rate")
    norfolk = move(comparison, "da_arrest_rate", "norfolk")
    assert (nonzero(norfolk), norfolk.split.parts[REVISED]) == ({REVISED}, Decimal("1.0"))


# One row's split, on invented values


def steps(*values: tuple[str, float, str]) -> list[Step]:
    return [Step(cause, {"kent": value}, {"kent": status}) for cause, value, status in values]


def test_parts_of_a_row_are_exact() -> None:
    chain = steps(
        ("", 0.1, "reported"), (REVISED, 0.3, "reported"), (PEOPLE, 0.7, "reported"), (DEFINED, 0.7, "reported")
    )
    found = split(chain, "kent")
    assert (found.parts[REVISED], found.parts[PEOPLE], found.parts[DEFINED]) == (
        Decimal("0.2"),
        Decimal("0.4"),
        Decimal(0),
    )


def test_a_value_missing_between_leaves_its_causes_together() -> None:
    chain = steps(
        ("", 5.0, "reported"),
        (NEW, float("nan"), "not_supplied"),
        (EXCLUDED, 7.5, "reported"),
        (DEFINED, 7.0, "reported"),
    )
    found = split(chain, "kent")
    assert (found.parts[NOT_SEPARABLE], found.parts[DEFINED]) == (Decimal("2.5"), Decimal("-0.5"))
    assert (found.joint, found.status_causes) == ((NEW, EXCLUDED), ())


def test_what_no_input_explains_is_the_codes() -> None:
    found = split(steps(("", 1.0, "reported"), (REVISED, 1.0, "reported"), (DEFINED, 1.5, "partial")), "kent")
    assert {cause for cause in ORDER if found.parts[cause]} == {DEFINED}
    assert found.status_causes == (DEFINED,)
