"""Every verdict recomputed from the numbers that `peel verdicts` prints and from the policy's file alone."""

import csv
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from peel_analysis import forces, measures
from peel_analysis.comparison.listing import COLUMNS, verdict_lines
from peel_analysis.data import open_edition
from peel_analysis.statistics import read_policy

POLICY = tomllib.loads(
    (Path(__file__).resolve().parents[1] / "data" / "wording_policy.toml").read_text(encoding="utf-8")
)
Line = dict[str, str]


def lines_of(measure_id: str, edition: str = "2017") -> list[Line]:
    result = measures.calculate(measures.get(measure_id), open_edition(edition))
    return list(csv.DictReader(verdict_lines(result, forces.ids())))


@pytest.fixture(scope="module")
def printed() -> dict[str, list[Line]]:
    return {measure.id: lines_of(measure.id) for measure in measures.declared()}


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


@pytest.mark.parametrize("measure", measures.declared(), ids=lambda measure: measure.id)
def test_each_verdict_follows_from_the_line_alone(measure: measures.Measure, printed: dict[str, list[Line]]) -> None:
    lines = printed[measure.id]
    assert [line["force_id"] for line in lines] == list(forces.ids())
    for line in lines:
        if line["verdict"]:
            assert line["verdict"] == by_hand(line, measure.decimals), line
        else:
            assert line["why"] in POLICY["no_verdict"].values(), line


@pytest.mark.parametrize("measure", measures.declared(), ids=lambda measure: measure.id)
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


def test_what_is_printed_holds_every_kind_of_verdict(printed: dict[str, list[Line]]) -> None:
    """Otherwise the tests above could pass on nothing."""
    words = {line["verdict"] for lines in printed.values() for line in lines}
    pairs = POLICY["words"]
    assert words == {pairs["all_three"][0], *pairs["size_and_position"], pairs["otherwise"], ""}
    bases = {line["why"] for lines in printed.values() for line in lines if line["verdict"]}
    assert bases == set(POLICY["basis"])


def test_the_policy_is_printed_with_the_verdicts_in_full() -> None:
    said = read_policy().sentences()
    parts = ("size", "position", "chance", "words", "multiple_comparisons")
    assert all(POLICY[part]["sentence"] in said for part in parts)


def test_the_header_names_each_column_once(printed: dict[str, list[Line]]) -> None:
    assert list(printed["crime_per_1000"][0]) == list(COLUMNS)
    assert len(set(COLUMNS)) == len(COLUMNS)


@pytest.mark.parametrize("edition", ["2019", "2025"])
@pytest.mark.parametrize("measure_id", ["crime_per_1000", "crime_change_5y", "outcome_charged_pct"])
def test_other_editions_follow_the_same_rule(edition: str, measure_id: str) -> None:
    decimals = measures.get(measure_id).decimals
    given = [line for line in lines_of(measure_id, edition) if line["verdict"]]
    assert len(given) > 30
    assert all(line["verdict"] == by_hand(line, decimals) for line in given)
