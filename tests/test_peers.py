"""Peers: who they are, and the two means of their values."""

import csv
import math
import tomllib
from pathlib import Path

import pytest
from invented import DATA, YEAR_2016, YEAR_2017, Folder, all_forces, folder

from peel_analysis import measures
from peel_analysis.comparison.comparable import PeerGroup, means, peer_groups, why_none
from peel_analysis.data.edition import Edition
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data

WELSH = {"dyfed-powys", "gwent", "north-wales", "south-wales"}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def group(edition: Edition, force_id: str, set_id: str) -> PeerGroup:
    return next(one for one in peer_groups(edition, force_id) if one.set_id == set_id)


def density(force_id: str) -> float:
    """Work a density out from the two files, past the package."""
    with (DATA / "force_areas.csv").open(encoding="utf-8", newline="") as file:
        area = next(float(row["area_km2"]) for row in csv.DictReader(file) if row["force_id"] == force_id)
    with (DATA / "populations.csv").open(encoding="utf-8", newline="") as file:
        people = next(
            int(row["population"])
            for row in csv.DictReader(file)
            if (row["force_id"], row["mid_year"], row["vintage"]) == (force_id, "2016", "2017")
        )
    return people / area


def test_forces_of_a_region_are_peers_of_each_other(edition: Edition) -> None:
    for force_id in open_data().forces.ids:
        if force_id in ("city-of-london", "metropolitan"):
            continue
        peers = group(edition, force_id, "region").peer_ids
        region = {
            force.id for force in open_data().forces.all if force.region == open_data().forces.find(force_id).region
        }
        assert set(peers) == region - {force_id}, force_id
    assert set(group(edition, "gwent", "region").peer_ids) == WELSH - {"gwent"}
    assert "suffolk" in group(edition, "norfolk", "region").peer_ids


def test_the_metropolitan_police_has_no_region_of_its_own_to_be_set_beside(edition: Edition) -> None:
    assert [one.set_id for one in peer_groups(edition, "metropolitan")] == ["density"]


def test_similar_density_is_the_nearest_by_ratio_and_nearest_first(edition: Edition) -> None:
    others = [one for one in open_data().forces.ids if one != "city-of-london"]
    for force_id in ("norfolk", "metropolitan", "dyfed-powys", "west-midlands"):
        own = density(force_id)
        ratios = {one: max(density(one) / own, own / density(one)) for one in others if one != force_id}
        nearest = tuple(sorted(ratios, key=lambda one: ratios[one])[:7])
        assert group(edition, force_id, "density").peer_ids == nearest, force_id


def test_density_goes_by_residents_and_is_labelled_as_computed(edition: Edition) -> None:
    note = group(edition, "norfolk", "density").note
    assert "Computed by this project" in note
    assert "not the Home Office's most similar groups" in note


def test_every_set_is_dated_and_never_holds_the_force_itself(edition: Edition) -> None:
    for force_id in open_data().forces.ids:
        for one in peer_groups(edition, force_id):
            assert one.as_at
            assert one.title
            assert force_id not in one.peer_ids
            assert "city-of-london" not in one.peer_ids
            assert len(set(one.peer_ids)) == len(one.peer_ids)


def test_the_city_of_london_has_no_peers_and_the_reason_is_given(edition: Edition) -> None:
    assert peer_groups(edition, "city-of-london") == ()
    assert why_none(edition, "city-of-london").startswith("City of London Police has no peers here: ")
    assert why_none(edition, "norfolk") == ""


def test_sets_that_cannot_be_read(data: Folder) -> None:
    data.replace("peer_sets.toml", 'method = "density"', 'method = "luck"')
    with pytest.raises(
        InputError, match=r"data/peer_sets.toml, set 'density': method is 'luck'; use one of region, dens"
    ):
        peer_groups(data.edition(), "norfolk")


def test_an_area_that_is_missing(data: Folder) -> None:
    text = data.read("force_areas.csv")
    data.write("force_areas.csv", "\n".join(line for line in text.splitlines() if not line.startswith("kent,")) + "\n")
    with pytest.raises(InputError, match=r"data/force_areas.csv: no area for kent; add a row for each force"):
        peer_groups(data.edition(), "norfolk")


def test_means_by_hand_on_invented_counts(data: Folder) -> None:
    data.population({"kent": 1_000_000, "essex": 3_000_000})
    counts = all_forces(YEAR_2017, instead={"kent": 100_000, "essex": 150_000})
    data.counts({"recorded_crime": [*counts, *all_forces(YEAR_2016)]})
    result = data.result("crime_per_1000")
    pair = PeerGroup("pair", "Two", "2020-01-31", "", ("kent", "essex"))
    found = means(result, pair)
    assert found.weighted == pytest.approx(62.5)
    assert found.simple == pytest.approx(75.0)
    assert found.members == ("kent", "essex")


def test_no_peer_with_a_value_gives_no_mean(edition: Edition) -> None:
    result = measures.calculate(open_data().measure("calls_per_1000"), edition)
    found = means(result, group(edition, "norfolk", "region"))
    assert math.isnan(found.weighted)
    assert math.isnan(found.simple)
    assert found.members == ()
    assert found.basis == f"mean of 0 of {len(group(edition, 'norfolk', 'region').peer_ids)} peers"


def test_the_file_of_sets_says_why_a_force_has_none() -> None:
    with (DATA / "peer_sets.toml").open("rb") as file:
        settings = tomllib.load(file)
    assert settings["none"]["forces"] == ["city-of-london"]
    assert settings["none"]["reason"].endswith(".")
