"""The test vectors of packages that others use for the same arithmetic: PHEindicatormethods, FunnelPlotR and
NHSRplotthedots (with one of qicharts2).

tests/vectors_of_peers.csv holds a few of each, facts of their public test suites, with the package, commit and file
that each is from. The founders' folder holds all of them; a checkout without it skips those.
"""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from shared_folder import SHARED, shared

from peel_analysis.statistics.intervals import Interval, poisson_limits, rate_interval, share_interval
from peel_analysis.statistics.limits import control_limits, funnel_for

HERE = Path(__file__).resolve().parent / "vectors_of_peers.csv"
OF_PEERS = ("intervals_phe.csv", "funnel_overdispersion_funnelplotr.csv", "xmr.csv")
OTHER_METHOD = "byars(below 10: ours is exact)"  # Byar's limits of a count of 1; their own phe_rate is exact there too
SCREENED = "screen_outliers=True"  # large moving ranges dropped, which is not our method
ABOVE_NOUGHT = 10.0  # added to a series of test 1 and 2, which falls below 0: our lower limit stops there
CLOSE = 1e-9
Vector = dict[str, str]


def vectors(path: Path) -> list[Vector]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def limits_of(interval: Interval) -> dict[str, Any]:
    return {name: float(getattr(interval, name)[0]) for name in ("value", "lower", "upper")}


def found(function: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return what our function of that name gives, by the names of the peers' columns."""
    if function == "poisson_limits":
        lower, upper = poisson_limits(**given)
        return {"lower": float(lower[0]), "upper": float(upper[0])}
    if function in ("rate_interval", "share_interval"):
        make = rate_interval if function == "rate_interval" else share_interval
        return limits_of(make(**{name: np.nan if one is None else one for name, one in given.items()}))
    if function == "funnel_for":
        funnel = funnel_for(**given, fewest=2)
        return {"phi": funnel.phi, "tau2": funnel.tau2, "z": funnel.z.tolist()}
    assert function == "control_limits", f"no function of ours for {function}"
    series = np.array(given["values"]) + ABOVE_NOUGHT
    limits = control_limits(series[: given.get("baseline")])
    moved = {name: getattr(limits, name) - ABOVE_NOUGHT for name in ("centre", "lower", "upper")}
    return {**moved, "outside": int(((series < limits.lower) | (series > limits.upper)).sum())}


def agrees(vector: Vector) -> None:
    ours, theirs = found(vector["function"], json.loads(vector["inputs"])), json.loads(vector["expected"])
    tolerance = 0.01 if "tolerance 0.01" in vector["source"] else CLOSE
    for name, expected in theirs.items():
        number = np.asarray(expected if expected is not None else np.nan, dtype=float)
        # A series is moved up and back, and z is given to ten places: so much in absolute terms too
        told = f"{vector['function']} {name}: {vector['source']}"
        assert ours[name] == pytest.approx(number, rel=tolerance, abs=tolerance, nan_ok=True), told


@pytest.mark.parametrize("vector", vectors(HERE), ids=lambda one: one["function"])
def test_we_agree_with_what_peers_publish(vector: Vector) -> None:
    agrees(vector)


def test_a_few_of_each_package_are_here_with_their_source() -> None:
    held = vectors(HERE)
    packages = {one["source"].split("@")[0].rpartition("/")[2] for one in held}
    assert packages == {"PHEindicatormethods", "FunnelPlotR", "NHSRplotthedots", "qicharts2"}
    assert {one["function"] for one in held} == {
        "poisson_limits", "rate_interval", "share_interval", "funnel_for", "control_limits",
    }  # fmt: skip


@pytest.mark.skipif(not SHARED.exists(), reason="the founders' shared folder is not beside this checkout")
@pytest.mark.parametrize("name", OF_PEERS)
def test_we_agree_with_all_vectors_of_the_shared_folder(name: str) -> None:
    ours = [
        one
        for one in vectors(shared(f"peers/{name}"))
        if one["function"] != OTHER_METHOD and SCREENED not in one["source"]
    ]
    assert ours
    for vector in ours:
        agrees(vector)


def test_a_target_of_ones_own_is_kept_and_one_out_of_range_refused() -> None:
    given = next(json.loads(one["inputs"]) for one in vectors(HERE) if one["function"] == "funnel_for")
    assert funnel_for(**given, fewest=2).target == given["target"]
    for target, told in ((0.0, "above zero"), (1.5, "at most the whole")):
        with pytest.raises(ValueError, match=told):
            funnel_for(**given | {"target": target}, fewest=2)
