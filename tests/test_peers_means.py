"""The means of peers: who is in them, who is not and why, and what the panel and the values file say of it."""

import csv
import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from invented import DAY_2016, DAY_2017, YEAR_2016, YEAR_2017, Count, all_forces, folder

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.comparison.comparable import PeerGroup, means, peer_groups
from peel_analysis.data.edition import Edition
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.reports.values_file import values_of
from peel_analysis.sections.blocks import peer_panel


@pytest.fixture(scope="module")
def charged(edition: Edition) -> Result:
    return measures.calculate(open_data().measure("outcome_charged_pct"), edition)


def region(edition: Edition, force_id: str) -> PeerGroup:
    return next(group for group in peer_groups(edition, force_id) if group.set_id == "region")


def test_an_incomplete_record_and_a_force_without_a_figure_are_in_no_mean(charged: Result, edition: Edition) -> None:
    """Norfolk's region in 2017: a quarter of Essex's record holds 24% of the crimes, and Suffolk has none."""
    found = means(charged, region(edition, "norfolk"))
    assert set(found.members) == {"bedfordshire", "cambridgeshire", "hertfordshire"}
    assert (round(found.weighted, 1), round(found.simple, 1)) == (12.2, 12.0)
    assert found.basis == "mean of 3 of 5 peers"
    assert found.left_out == {"essex": "Incomplete record", "suffolk": "Left out as published: was moving to Athena"}
    assert found.why_left_out == (
        "Not in the means: Essex (Incomplete record); Suffolk (Left out as published: was moving to Athena)."
    )


@pytest.mark.parametrize("measure_id", ["crime_per_1000", "outcome_charged_pct", "crime_change_12m"])
@pytest.mark.parametrize("force_id", ["norfolk", "kent", "dyfed-powys"])
def test_both_means_worked_out_again_from_those_that_may_have_a_verdict(
    edition: Edition, measure_id: str, force_id: str
) -> None:
    result = measures.calculate(open_data().measure(measure_id), edition)
    verdicts = compare(result).verdicts
    for group in peer_groups(edition, force_id):
        peers = [result.of(peer) for peer in group.peer_ids if verdicts[peer].words]
        found = means(result, group)
        assert found.members == tuple(peer.force_id for peer in peers)
        assert set(found.left_out) == set(group.peer_ids) - set(found.members)
        top, below = sum(peer.numerator for peer in peers), sum(peer.denominator for peer in peers)
        assert found.weighted == pytest.approx(result.measure.multiplier * top / below)
        assert found.simple == pytest.approx(sum(peer.value for peer in peers) / len(peers))
        assert found.weighted != pytest.approx(found.simple, rel=1e-6), "the two means are two things"


def test_an_assumed_population_is_in_no_mean(edition: Edition) -> None:
    result = measures.calculate(open_data().measure("crime_per_1000"), edition)
    found = means(result, PeerGroup("listed", "A list", "2020", "", ("city-of-london", "kent")))
    assert found.members == ("kent",)
    assert found.left_out == {"city-of-london": "Assumed population"}


def test_a_partial_return_and_an_excluded_force_are_in_no_mean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invented counts: Kent's of crime leaves something out, and its groups stay in the mean of groups."""
    data = folder(tmp_path, monkeypatch)
    returned = [row for row in all_forces(YEAR_2017) if row.force_id != "kent"]
    rows = [*returned, Count("kent", YEAR_2017, 90_000, "partial"), *all_forces(YEAR_2016)]
    data.counts({"recorded_crime": rows, "organised_crime_groups": [*all_forces(DAY_2017), *all_forces(DAY_2016)]})
    three = PeerGroup("three", "Three", "2020", "", ("kent", "essex", "city-of-london"))
    crime, groups = data.result("crime_per_1000"), data.result("ocg_per_million")
    assert not crime.of("kent").is_missing
    assert means(crime, three).members == ("essex",)
    assert means(groups, three).members == ("kent", "essex")
    assert means(groups, three).left_out == {"city-of-london": "Size and national remit: not comparable"}


def test_a_published_value_without_counts_leaves_no_weighted_mean(edition: Edition) -> None:
    result = measures.calculate(open_data().measure("da_arrest_rate"), edition)
    found = means(result, PeerGroup("one", "One", "2020", "", ("norfolk", "kent")))
    assert (found.members, found.weighted != found.weighted) == (("norfolk",), True)
    assert found.simple == result.of("norfolk").value


@pytest.mark.parametrize("edition_id", ["2017", "2019", "2025"])
def test_the_panel_says_how_many_are_in_the_means_and_who_is_not(edition_id: str) -> None:
    edition = open_data().edition(edition_id)
    result = measures.calculate(open_data().measure("outcome_charged_pct"), edition)
    told = 0
    for force_id in open_data().forces.ids:
        groups = peer_groups(edition, force_id)
        panel = BeautifulSoup(peer_panel(result, force_id).html, "html.parser")
        framed = panel.select(".table-frame")
        assert len(framed) == len(groups)
        for group, frame in zip(groups, framed, strict=True):
            found, key = means(result, group), frame.find_next_sibling("p")
            assert key is not None
            assert found.basis in str(frame["aria-label"]), "what a screen reader says of the table"
            assert frame.get_text().count(found.basis) == 3, "caption and both rows"
            assert key.get_text().startswith("Not in the means: ") == bool(found.left_out)
            told += len(found.left_out)
            assert all(open_data().forces.name(peer) in key.get_text() for peer in found.left_out)
    assert told > 0 or edition_id == "2025"


def test_the_means_are_in_the_values_file_beside_the_report(charged: Result, edition: Edition) -> None:
    rows = list(csv.DictReader(io.StringIO(values_of(edition).text("norfolk"))))
    mine = {row["measure"]: row for row in rows if row["part_of"] == "outcome_charged_pct-peers"}
    for group in peer_groups(edition, "norfolk"):
        found, base = means(charged, group), f"outcome_charged_pct-peers-{group.set_id}"
        assert float(mine[f"{base}-weighted"]["value"]) == found.weighted
        assert float(mine[f"{base}-simple"]["value"]) == found.simple
        assert float(mine[f"{base}-peers"]["value"]) == len(group.peer_ids)
        for name in ("weighted", "simple", "peers"):
            row = mine[f"{base}-{name}"]
            assert (row["force_id"], row["members"], row["note"]) == (
                "norfolk",
                str(len(found.members)),
                found.why_left_out,
            )
