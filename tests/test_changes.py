"""What moved and why: the parts against independent arithmetic on the tables, and against the whole."""

from decimal import Decimal

import pytest
from comparisons import NATIONAL, NEWER, OLDER, TINY, change_of, compared, crimes, nonzero, people, residents

from peel_analysis.changes import Changes
from peel_analysis.changes.causes import EXCLUDED, NEW, NOT_SEPARABLE, PEOPLE, REVISED, exact
from peel_analysis.changes.change import in_order

pytestmark = pytest.mark.usefixtures("own_data_folder")

ASB, OF_TWO = "asb_incidents_per_1000", (",asb_incidents=2018-03", "")


# The two real cases


@pytest.fixture(scope="module")
def releases() -> Changes:
    return compared(OLDER, NEWER, "crime_per_1000")


def test_recorded_crime_of_2017_18_in_two_releases(releases: Changes) -> None:
    older, newer = (crimes(release, "2017-04-01", "2018-03-31") for release in ("2017-18-older", "2026-04"))
    population = people("2017")
    assert len(releases.rows) == 44
    for one in releases.rows:
        if one.force_id == NATIONAL:
            counts, divisor = (older.sum(), newer.sum()), residents("2017").sum()
        else:
            counts, divisor = (older[one.force_id], newer[one.force_id]), population[one.force_id]
        assert (one.a.numerator, one.b.numerator) == counts
        assert one.a.value == pytest.approx(1000 * counts[0] / divisor, rel=1e-12)
        assert float(one.split.parts[REVISED]) == pytest.approx(1000 * (counts[1] - counts[0]) / divisor, abs=TINY)
        assert nonzero(one) == ({REVISED} if counts[0] != counts[1] else set())


def test_two_releases_differ_by_thousands_of_crimes(releases: Changes) -> None:
    assert (change_of(releases, "crime_per_1000", "dyfed-powys").a.numerator, in_order(releases.rows)[1].force_id) == (
        25742,
        "dyfed-powys",
    )
    national = in_order(releases.rows)[0]
    assert (national.force_id, national.a.numerator, national.b.numerator) == (NATIONAL, 4821452, 4830973)


@pytest.fixture(scope="module")
def populations() -> Changes:
    return compared("2017", "2017@population=2018-revised")


def test_revised_populations_move_the_measures_per_head_and_no_other(populations: Changes) -> None:
    moved = {one.measure_id for one in populations.rows if one.kind != "same"}
    assert moved == {"crime_per_1000", "asb_incidents_per_1000", "officers_per_1000"}
    assert all(nonzero(one) <= {PEOPLE} for one in populations.rows)


def test_revised_populations_against_the_tables(populations: Changes) -> None:
    before, after = people("2017"), people("2018-revised")
    assert (before["norfolk"], after["norfolk"]) == (892870, 891700)
    counts = crimes("2026-04", "2016-07-01", "2017-06-30")
    for force_id in before.index:
        one = change_of(populations, "crime_per_1000", force_id)
        expected = 1000 * counts[force_id] / after[force_id] - 1000 * counts[force_id] / before[force_id]
        assert float(one.split.parts[PEOPLE]) == pytest.approx(expected, abs=TINY)
        assert one.a.numerator == one.b.numerator == counts[force_id]
    national = change_of(populations, "crime_per_1000", NATIONAL)
    expected = 1000 * counts.sum() * (1 / residents("2018-revised").sum() - 1 / residents("2017").sum())
    assert float(national.split.parts[PEOPLE]) == pytest.approx(expected, abs=TINY)


def test_numbers_alone_flip_no_sentence(populations: Changes) -> None:
    flipped = {(flip.measure_id, flip.force_id) for flip in populations.sentences}
    verdicts = {(one.measure_id, one.force_id) for one in populations.verdicts}
    moved = {(one.measure_id, one.force_id) for one in populations.rows if one.difference_of_shown}
    assert ("crime_per_1000", "cambridgeshire") in moved - flipped
    assert flipped >= verdicts
    for one in populations.sentences:
        sizes = ["similar to" in said for said in (one.before, one.after)]
        assert (one.measure_id, one.force_id) in verdicts or sizes[0] != sizes[1], "else only numbers moved"


# The parts and the whole


@pytest.fixture(scope="module", params=["2019", "2025", "2017@residents-only,leave-out-incomplete,window=2016-12-31"])
def between_editions(request: pytest.FixtureRequest) -> Changes:
    return compared("2017", request.param)


def test_parts_add_up_exactly_for_every_measure_and_force(between_editions: Changes) -> None:
    with_values = [one for one in between_editions.rows if one.difference is not None]
    assert len({one.measure_id for one in with_values}) >= 3
    assert sum(one.kind == "moved" for one in with_values) > 100
    for one in with_values:
        assert sum(one.split.parts.values(), Decimal(0)) == one.difference == exact(one.b.value) - exact(one.a.value)


def test_a_value_that_comes_or_goes_has_a_cause_and_no_parts(between_editions: Changes) -> None:
    came_and_went = [one for one in between_editions.rows if one.kind in ("appeared", "disappeared")]
    assert all(one.split.status_causes and not one.split.parts for one in came_and_went)


def test_new_counts_and_population_between_editions() -> None:
    comparison = compared("2017", "2019", "crime_per_1000", "asb_incidents_per_1000", "outcome_charged_pct")
    norfolk = change_of(comparison, "crime_per_1000", "norfolk")
    old, new = (
        crimes("2026-04", *window)["norfolk"] for window in (("2016-07-01", "2017-06-30"), ("2018-04-01", "2019-03-31"))
    )
    assert float(norfolk.split.parts[NEW]) == pytest.approx(1000 * (new - old) / 892870, abs=TINY)
    assert nonzero(norfolk) == {NEW, PEOPLE}
    asb = change_of(comparison, "asb_incidents_per_1000", "norfolk")
    assert nonzero(asb) == {NEW, PEOPLE}
    suffolk = change_of(comparison, "outcome_charged_pct", "suffolk")
    assert (suffolk.kind, suffolk.split.status_causes) == ("appeared", (EXCLUDED,))


def test_releases_without_a_window_in_common_cannot_be_told_apart() -> None:
    comparison = compared("2019", OLDER, "crime_per_1000")
    norfolk = change_of(comparison, "crime_per_1000", "norfolk")
    assert norfolk.split.joint == (REVISED, NEW)
    assert norfolk.split.parts[NOT_SEPARABLE] != 0
    assert "revised counts and new counts together" in norfolk.causes


def test_incidents_that_the_tables_of_march_2019_revised() -> None:
    comparison = compared("2017@window.asb=2016-03-31", "2017@window.asb=2016-03-31,asb_incidents=2019-03", ASB)
    moved = [one for one in comparison.rows if one.kind != "same"]
    assert {one.force_id for one in moved} == {"west-midlands", NATIONAL}
    west_midlands = change_of(comparison, ASB, "west-midlands")
    assert (west_midlands.a.numerator, west_midlands.b.numerator) == (58_348, 61_405)
    part = 1000 * (61_405 - 58_348) / people("2017")["west-midlands"]
    assert float(west_midlands.split.parts[REVISED]) == pytest.approx(part, abs=TINY)
    assert nonzero(west_midlands) == {REVISED}


def test_cheshire_s_year_of_11_months_and_the_year_that_took_its_place() -> None:
    cheshire = change_of(compared(*(f"2019@window.asb=2018-03-31{one}" for one in OF_TWO), ASB), ASB, "cheshire")
    assert (cheshire.a.numerator, cheshire.b.numerator) == (27_697, 29_486)
    assert (cheshire.a.status, cheshire.b.status) == ("partial", "reported")
