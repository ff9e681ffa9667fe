"""Every verdict recomputed from the numbers that `peel verdicts` prints and from the policy's file alone."""

import csv
import math
import statistics
import tomllib
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from peel_analysis import measures
from peel_analysis.comparison.verdicts import verdict_lines
from peel_analysis.data.folder import open_data

POLICY = tomllib.loads(
    (Path(__file__).resolve().parents[1] / "data" / "wording_policy.toml").read_text(encoding="utf-8")
)
Line = dict[str, str]


def lines_of(measure_id: str, edition: str = "2017") -> list[Line]:
    """Return what `peel verdicts` prints of a measure: a line a force, each with what the funnel rests on."""
    result = measures.calculate(open_data().measure(measure_id), open_data().edition(edition))
    return list(csv.DictReader(verdict_lines([result], open_data().forces.ids)))


@pytest.fixture(scope="module")
def printed() -> dict[str, list[Line]]:
    return {measure.id: lines_of(measure.id) for measure in open_data().measures}


def by_hand(line: Line, decimals: int) -> str:
    """Return the words that the policy gives for what a line prints."""
    shown, national = Decimal(line["shown"]), Decimal(line["england_and_wales"])
    gap = shown - national
    smallest = Decimal(POLICY["size"]["smallest_gap"][str(decimals)])
    size = abs(gap) >= Decimal(POLICY["size"]["ratio"]) * abs(national) and abs(gap) >= smallest
    words = POLICY["words"]
    if not size:
        return str(words["otherwise"])
    place = 0 if gap > 0 else 1
    if not line["robust_z"]:
        return str(words["size_only"][place])
    z = Decimal(line["robust_z"])
    if abs(z) < Decimal(str(POLICY["position"]["robust_z"])) or (z > 0) != (gap > 0):
        return str(words["otherwise"])
    if not line["funnel_z"]:
        return str(words["size_and_position"][place])
    funnel = Decimal(line["funnel_z"])
    outside = abs(funnel) > Decimal(line["funnel_limit"]) and (funnel > 0) == (gap > 0)
    return str(words["all_three" if outside else "size_and_position"][place])


@pytest.mark.parametrize("measure", tuple(open_data().measures), ids=lambda measure: measure.id)
def test_each_verdict_follows_from_the_line_alone(measure: measures.Measure, printed: dict[str, list[Line]]) -> None:
    lines = printed[measure.id]
    assert [line["force_id"] for line in lines] == list(open_data().forces.ids)
    for line in lines:
        if line["verdict"]:
            assert line["verdict"] == by_hand(line, measure.decimals), line
        else:
            assert line["why"] in POLICY["no_verdict"].values(), line


@pytest.mark.parametrize("measure", tuple(open_data().measures), ids=lambda measure: measure.id)
def test_each_number_of_a_line_follows_from_the_others(
    measure: measures.Measure, printed: dict[str, list[Line]]
) -> None:
    for line in (line for line in printed[measure.id] if line["verdict"]):
        shown, national, gap = (Decimal(line[name]) for name in ("shown", "england_and_wales", "gap"))
        assert gap == shown - national
        if line["ratio"]:
            assert abs(Decimal(line["ratio"]) - shown / national) <= Decimal("0.005")
        if line["robust_z"]:
            median, mad, z = (float(line[name]) for name in ("median", "mad", "robust_z"))
            assert z * 1.4826 * mad == pytest.approx(float(line["value"]) - median, abs=1e-4)
        assert abs(float(line["value"]) - float(shown)) <= 0.5000001 * 10.0**-measure.decimals
        answers = (line["size"], line["position"], line["chance"])
        assert set(answers) <= {"yes", "no", ""}


FUNNELS = {
    "2017": ("crime_per_1000", "asb_incidents_per_1000", "outcome_charged_pct", "outcome_action_taken_pct"),
    "2025": ("crime_per_1000", "outcome_no_suspect_pct"),
}


@pytest.mark.parametrize(("edition", "measure_id"), [(one, two) for one, ids in FUNNELS.items() for two in ids])
def test_the_chance_test_follows_from_what_is_printed_by_the_method_of_the_policy(
    edition: str, measure_id: str
) -> None:
    """In plain arithmetic, from the values, denominators and settings alone: phi and tau-squared too."""
    lines = lines_of(measure_id, edition)
    assert {line["no_funnel"] for line in lines} == {""}
    found = lines[0]
    per = float(found["funnel_per"])
    scale = math.sqrt if found["funnel_scale"] == "square root" else lambda ratio: math.asin(math.sqrt(ratio))
    taking_part = [line for line in lines if line["funnel_z"]]
    assert len(taking_part) == int(found["funnel_forces"])
    values, below = ([float(line[name]) for line in taking_part] for name in ("value", "denominator"))
    median = statistics.median(values)
    assert median == pytest.approx(float(found["funnel_median"]), rel=1e-12)
    variances = [1 / (4 * size) for size in below]
    distances = [
        (scale(value / per) - scale(median / per)) / math.sqrt(variance)
        for value, variance in zip(values, variances, strict=True)
    ]
    edges = np.quantile(distances, [POLICY["chance"]["winsorised"], 1 - POLICY["chance"]["winsorised"]])
    phi = statistics.fmean(min(max(one, edges[0]), edges[1]) ** 2 for one in distances)
    once, twice = sum(1 / one for one in variances), sum(1 / one**2 for one in variances)
    tau2 = max(0.0, (len(values) * phi - (len(values) - 1)) / (once - twice / once))
    assert (phi, tau2) == pytest.approx((float(found["funnel_phi"]), float(found["funnel_tau_squared"])), rel=1e-9)
    for line, distance, variance in zip(taking_part, distances, variances, strict=True):
        z = distance * math.sqrt(variance) / math.sqrt(variance + tau2)
        assert z == pytest.approx(float(line["funnel_z"]), abs=1e-6)


def test_what_is_printed_holds_every_kind_of_verdict(printed: dict[str, list[Line]]) -> None:
    """Otherwise the tests above could pass on nothing."""
    words = {line["verdict"] for lines in printed.values() for line in lines}
    pairs = POLICY["words"]
    assert words == {pairs["all_three"][0], *pairs["size_and_position"], pairs["otherwise"], ""}
    bases = {line["why"] for lines in printed.values() for line in lines if line["verdict"]}
    assert bases == set(POLICY["basis"])


def test_the_policy_is_printed_with_the_verdicts_in_full() -> None:
    said = open_data().policy.sentences()
    assert POLICY["chance"]["method"] in said
    assert all(POLICY[part]["sentence"] in said for part in ("words", "multiple_comparisons"))
    opened = {sentence.partition(":")[0] for sentence in said}
    assert opened >= {"Size", "Position", "Chance"}
    assert not any("{" in sentence for sentence in said)


@pytest.mark.parametrize("edition", ["2019", "2025"])
@pytest.mark.parametrize("measure_id", ["crime_per_1000", "crime_change_5y", "outcome_charged_pct"])
def test_other_editions_follow_the_same_rule(edition: str, measure_id: str) -> None:
    decimals = open_data().measure(measure_id).decimals
    given = [line for line in lines_of(measure_id, edition) if line["verdict"]]
    assert len(given) > 30
    assert all(line["verdict"] == by_hand(line, decimals) for line in given)
