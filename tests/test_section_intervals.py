"""The 95% intervals in a section's own tables, worked out again from the counts with the methods written down here."""

import math
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag
from invented import folder
from test_series_breaks import broken

from peel_analysis import measures
from peel_analysis.comparison.comparable import means, peer_groups
from peel_analysis.comparison.verdicts import interval_of
from peel_analysis.data.files import PROJECT
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result, rolling
from peel_analysis.measures.outcome_groups import spread_of
from peel_analysis.sections.blocks import peer_panel, trend_block
from peel_analysis.sections.lists import by_group
from peel_analysis.sections.outcomes import table
from peel_analysis.show import tables
from peel_analysis.statistics.intervals import COUNTS_NOT_SAMPLES

Z = 1.959963985
EDITIONS = ("2017", "2019", "2025")
Rows = dict[str, dict[str, str]]


def byar(count: float, population: float) -> str:
    """Return the limits of a rate per 1,000 with a count of ten or more, as a table says them."""
    lower = count * (1 - 1 / (9 * count) - Z / (3 * math.sqrt(count))) ** 3
    upper = (count + 1) * (1 - 1 / (9 * (count + 1)) + Z / (3 * math.sqrt(count + 1))) ** 3
    return f"{1000 * lower / population:.1f} to {1000 * upper / population:.1f}"


def wilson(count: float, total: float) -> str:
    """Return the limits of a percentage, as a table says them."""
    share = count / total
    middle, reach = share + Z**2 / (2 * total), Z * math.sqrt(share * (1 - share) / total + Z**2 / (4 * total**2))
    lower, upper = (100 * (middle + side * reach) / (1 + Z**2 / total) for side in (-1, 1))
    return f"{lower:.1f}% to {upper:.1f}%"


BY_HAND: dict[str, Callable[[float, float], str]] = {
    "crime_per_1000": byar,
    "asb_incidents_per_1000": byar,
    "outcome_charged_pct": wilson,
}


def calculated(measure_id: str, edition: str = "2017") -> Result:
    return measures.calculate(open_data().measure(measure_id), open_data().edition(edition))


def rows_of(part: Tag) -> Rows:
    """Return the cells of a table by the row's and the column's header."""
    heads = [one.get_text() for one in part.select("thead th")][1:]
    return {
        row.select_one("th").get_text(): dict(zip(heads, [one.get_text() for one in row.select("td")], strict=True))  # type: ignore[union-attr]
        for row in part.select("tbody tr")
    }


def tables_in(html: str) -> list[Rows]:
    return [rows_of(one) for one in BeautifulSoup(html, "html.parser").select("table")]


def said(html: str) -> int:
    """Return how often a block says what its intervals are."""
    return BeautifulSoup(html, "html.parser").get_text().count(COUNTS_NOT_SAMPLES)


@pytest.mark.parametrize(
    ("edition", "measure_id"),
    [
        *((edition, "crime_per_1000") for edition in EDITIONS),
        ("2017", "asb_incidents_per_1000"),
        *((edition, "outcome_charged_pct") for edition in EDITIONS),
    ],
)
def test_peers_and_their_weighted_mean_have_intervals(edition: str, measure_id: str) -> None:
    result, by_hand = calculated(measure_id, edition), BY_HAND[measure_id]
    panel = peer_panel(result, "norfolk").html
    for group, rows in zip(peer_groups(result.edition, "norfolk"), tables_in(panel), strict=True):
        for force_id in ("norfolk", *group.peer_ids, "england-and-wales"):
            one, cells = result.of(force_id), rows[open_data().forces.name(force_id)]
            expected = "[x]" if one.is_missing else by_hand(one.numerator, one.denominator)
            assert cells["95% interval"] == expected, force_id
        counts = result.rows.loc[list(means(result, group).members), ["numerator", "denominator"]].sum()
        pooled = by_hand(counts["numerator"], counts["denominator"])
        assert rows["Weighted mean of the peers"]["95% interval"] == pooled
        assert rows["Simple mean of the peers"]["95% interval"] == "[z]", "a mean of rates has no counts"
    assert said(panel) == 1
    assert "[z] not applicable" in panel


def test_the_interval_of_a_force_is_that_of_the_table_of_all_forces() -> None:
    result = calculated("crime_per_1000")
    first, all_forces = (
        tables_in(peer_panel(result, "norfolk").html)[0],
        tables_in(tables.by_force(result, "norfolk"))[0],
    )
    assert first["Norfolk"]["95% interval"] == all_forces["Norfolk"]["95% interval"] == byar(52_569, 892_870)
    assert first["England and Wales"]["95% interval"] == all_forces["England and Wales"]["95% interval"]


def test_a_published_value_without_counts_has_no_interval_and_the_key_says_why() -> None:
    panel = peer_panel(calculated("da_arrest_rate"), "norfolk").html
    for rows in tables_in(panel):
        assert rows["Norfolk"]["95% interval"] == rows["Weighted mean of the peers"]["95% interval"] == "[x]"
    assert "[x] not public" in panel
    assert said(panel) == 0, "there is no interval to speak of"


@pytest.mark.parametrize(("edition", "force_id"), [("2025", "norfolk"), ("2019", "derbyshire"), ("2017", "norfolk")])
def test_every_group_of_outcomes_has_its_interval(edition: str, force_id: str) -> None:
    (rows,) = tables_in(table(spread_of(open_data().edition(edition), force_id)))
    crimes = float(rows["Recorded crime (excluding fraud)"]["Crimes"].replace(",", ""))
    for name, cells in rows.items():
        if cells["Crimes"] != "0":
            count = float(cells["Crimes"].replace(",", ""))
            total = name in ("Total of these outcomes", "Recorded crime (excluding fraud)")
            assert cells["95% interval"] == ("[z]" if total else wilson(count, crimes)), name
    html = table(spread_of(open_data().edition(edition), force_id))
    assert said(html) == 1
    assert "[z] not applicable" in html


def test_a_force_without_outcomes_has_no_interval_of_them() -> None:
    html = table(spread_of(open_data().edition("2017"), "suffolk"))
    assert {cells["95% interval"] for cells in tables_in(html)[0].values()} == {"[x]"}
    assert said(html) == 0


def test_a_point_of_a_line_has_the_interval_of_its_own_counts() -> None:
    """Norfolk's crimes of the 12 months to March 2014, from the tables of data/."""
    crimes = pd.read_csv(PROJECT / "data" / "counts" / "recorded_crime" / "2026-04.csv", keep_default_na=False)
    inside = (crimes["period_start"] >= "2013-04-01") & (crimes["period_end"] <= "2014-03-31")
    count = crimes.loc[inside & (crimes["force_id"] == "norfolk"), "count"].astype(float).sum()
    people = 870_771  # mid-2013, the mid-year of these 12 months, rebased to the 2021 Census
    html = trend_block(calculated("crime_per_1000", "2025"), "norfolk", 1).html
    cells = tables_in(html)[0]["31 March 2014"]
    assert list(cells) == ["Norfolk Constabulary", "95% interval", "England and Wales"]
    assert cells["Norfolk Constabulary"] == f"{1000 * count / people:.1f}"
    assert cells["95% interval"] == byar(count, people)
    assert said(html) == 1


@pytest.mark.parametrize("measure_id", ["crime_per_1000", "outcome_charged_pct"])
@pytest.mark.parametrize(("edition", "force_id"), [("2017", "city-of-london"), ("2017", "gwent")])
def test_every_point_of_a_line_has_its_interval(measure_id: str, edition: str, force_id: str) -> None:
    """The City's last point has one as in the table of all forces, though its population is assumed."""
    result = calculated(measure_id, edition)
    series = rolling(result)
    rows = list(tables_in(trend_block(result, force_id, 1).html)[0].values())
    counts = zip(series.numerator[force_id], series.denominator[force_id], strict=True)
    assert [one["95% interval"] for one in rows] == [BY_HAND[measure_id](*pair) for pair in counts]
    of_all = tables_in(tables.by_force(result, force_id))[0]
    assert rows[-1]["95% interval"] == of_all[open_data().forces.name(force_id)]["95% interval"]


def test_a_missing_point_has_no_interval_though_its_counts_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window that an invented break falls into is of neither side of it."""
    data = folder(tmp_path, monkeypatch)
    broken(data, first="2015-01-15")
    result = data.result("crime_per_1000")
    assert (rolling(result).numerator.loc["2015-03-31", ["norfolk"]] > 0).all()
    cells = tables_in(trend_block(result, "norfolk", 1).html)[0]
    assert list(cells["31 March 2015"].values()) == ["[x]", "[x]", "[x]"]
    assert " to " in cells["31 December 2014"]["95% interval"]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("force_id", ["norfolk", "city-of-london"])
def test_an_offence_group_s_rate_has_its_interval(edition: str, force_id: str) -> None:
    html = by_group(open_data().edition(edition), force_id).html
    people = calculated("crime_per_1000", edition).of(force_id).denominator
    rows = tables_in(html)[0]
    heads = list(rows["All crime (excluding fraud)"])
    assert heads[1:3] == ["Per 1,000 population", "95% interval of the rate"]
    assert heads[-3:] == [heads[-3], "95% interval of the change", "Change, England and Wales"]
    for cells in rows.values():
        crimes = float(cells["Crimes"].replace(",", ""))
        if crimes >= 10:
            assert cells["95% interval of the rate"] == byar(crimes, people)
    assert said(html) == 1


def test_a_rate_without_a_count_has_no_interval() -> None:
    measure = open_data().measure("crime_per_1000")
    found = interval_of(measure.model_copy(update={"multiplier": 1}), [math.nan, 10, 0], [100, 100, 0])
    assert [math.isnan(limit) for limit in found.lower] == [True, False, True]
