"""Sentences against tests, for every force and edition: what is said follows from the tests that were made."""

import csv
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pytest
from bs4 import BeautifulSoup
from command import run

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.comparison.verdicts import verdict_lines
from peel_analysis.data.files import PROJECT
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.reports.values_file import POLICY, STANDING_OUT, flags
from peel_analysis.sections.annex import open_annex
from peel_analysis.sections.blocks import figure_block
from peel_analysis.sections.section import open_section
from peel_analysis.show import words as wording
from peel_analysis.statistics.verdict import rank_range
from peel_analysis.why import account

SETTINGS = tomllib.loads((PROJECT / "data" / "wording_policy.toml").read_text(encoding="utf-8"))
EDITIONS = ("2017", "2019", "2025")
OFTEN = 1 / 6  # of the forces, at least, lie as far from England and Wales where that is said to be often so
Line = dict[str, str]


@dataclass(frozen=True)
class Given:
    """An edition: its results, and each force's printed tests with its reading, by measure and force."""

    edition: str
    results: list[Result]
    lines: dict[tuple[str, str], Line]
    said: dict[tuple[str, str], str]


@pytest.fixture(scope="module", params=EDITIONS)
def given(request: pytest.FixtureRequest) -> Given:
    results = list(measures.calculate_all(open_data().edition(request.param)))
    lines, said = {}, {}
    for result in results:
        printed = csv.DictReader(verdict_lines([result], open_data().forces.ids))
        for line in printed:
            lines[result.measure.id, line["force_id"]] = line
            said[result.measure.id, line["force_id"]] = wording.reading(result, line["force_id"])
    return Given(request.param, results, lines, said)


def is_of_the_size_rule(line: Line, decimals: int) -> bool:
    """Return whether a gap is of the size rule, from the values as printed and the policy's file alone."""
    shown, national = Decimal(line["shown"]), Decimal(line["england_and_wales"])
    asked = max(
        Decimal(SETTINGS["size"]["ratio"]) * abs(national), Decimal(SETTINGS["size"]["smallest_gap"][str(decimals)])
    )
    return abs(shown - national) >= asked


def test_similar_is_said_of_a_gap_below_the_size_rule_and_of_no_other(given: Given) -> None:
    told: Counter[bool] = Counter()
    for (measure_id, force_id), line in given.lines.items():
        if not line["verdict"]:
            assert "similar" not in given.said[measure_id, force_id]
            continue
        said, decimals = given.said[measure_id, force_id], open_data().measure(measure_id).decimals
        assert ("similar" in said) != is_of_the_size_rule(line, decimals), said
        told["similar" in said] += 1
    assert told[True] > 60
    assert told[False] > 150


def test_direction_and_size_are_said_of_every_other_gap(given: Given) -> None:
    for (measure_id, force_id), line in given.lines.items():
        said = given.said[measure_id, force_id]
        if not line["verdict"] or "similar" in said:
            continue
        shown, national = Decimal(line["shown"]), Decimal(line["england_and_wales"])
        side = "above|higher than" if shown > national else "below|lower than"
        assert re.search(rf"\b(?:{side}) the England and Wales", said), said
        measure = open_data().measure(measure_id)
        percent = f"{abs(100 * (shown - national) / national):.1f}" if national else ""
        said_of = said.partition("This is ")[2].split(". ")[0]
        part = re.sub(r"of [+-]?[\d.,]+%|forces \([^()]*\)|\(half[^()]*\)", "", said_of)
        points, whole = re.search(r"([\d.,]+) percentage points", part), re.search(r"([\d,]+)%", part)
        assert bool(points) == measure.is_percent, "of shares and changes"
        assert bool(whole) == (measure.kind != "change"), "of all but changes"
        if points:
            assert Decimal(points[1]) == abs(shown - national), said
        if whole:
            assert abs(Decimal(whole[1].replace(",", "")) - Decimal(percent)) <= Decimal("0.55"), said


def test_no_sentence_names_a_test_that_was_not_made(given: Given) -> None:
    seen: Counter[str] = Counter()
    for key, line in given.lines.items():
        said = given.said[key]
        if not line["robust_z"]:
            assert not re.search("middle of the forces|half of them|often differ|usual", said), said
        if not line["funnel_z"]:
            assert not re.search("usual|notabl", said), said
        if not line["verdict"]:
            assert not re.search("higher than|lower than|size rule|often differ", said), said
        seen.update(name for name in ("robust_z", "funnel_z") if line["verdict"] and not line[name])
        assert ("size rule alone" in said) == (bool(line["verdict"]) and not line["robust_z"])
    assert seen["funnel_z"] > 20, "changes have no funnel"


def test_what_a_sentence_says_of_the_forces_is_so(given: Given) -> None:
    """Recounted from the values as shown: more than half are nearer, half are between, and often is often."""
    told: Counter[str] = Counter()
    for result in given.results:
        lines = {one: given.lines[result.measure.id, one] for one in open_data().forces.ids}
        taking_part = [Decimal(line["shown"]) for line in lines.values() if line["verdict"]]
        for force_id, line in lines.items():
            said = given.said[result.measure.id, force_id]
            if not line["verdict"] or not line["robust_z"]:
                continue
            shown, national = Decimal(line["shown"]), Decimal(line["england_and_wales"])
            median = float(np.median([float(one) for one in taking_part]))
            if "than most forces are" in said or "than forces usually differ" in said:
                nearer = [one for one in taking_part if abs(float(one) - median) < abs(float(shown) - median)]
                assert 2 * len(nearer) > len(taking_part), said
                assert (float(shown) > median) == ("higher than" in said), said
                told["further"] += 1
            if "often differ" in said:
                as_far = [one for one in taking_part if abs(one - national) >= abs(shown - national)]
                assert len(as_far) >= OFTEN * len(taking_part), said
                ends = re.search(r"half of them lie between ([+-]?[\d,.]+)%? and ([+-]?[\d,.]+)%?\)", said)
                assert ends is not None, said
                lower, upper = (Decimal(one.replace(",", "")) for one in ends.groups())
                between = [one for one in taking_part if lower <= one <= upper]
                assert 0.45 <= len(between) / len(taking_part) <= 0.62, (said, len(between), len(taking_part))
                told["often"] += 1
    assert told["further"] > 50
    assert told["often"] > 50


def test_notably_names_the_middle_that_its_limits_stand_on(given: Given) -> None:
    notable = 0
    for result in given.results:
        funnel = compare(result).funnel
        for force_id in open_data().forces.ids:
            said = given.said[result.measure.id, force_id]
            if "notably" in said:
                assert funnel is not None
                middle = wording.value_in_words(result.measure, funnel.target)
                assert f"further from the middle of the forces ({middle}) than forces usually differ" in said
                notable += 1
    passed = [one for one in given.lines.values() if one["verdict"] and one["chance"] == one["position"] == "yes"]
    assert notable == sum(one["size"] == "yes" for one in passed) > 0


def test_found_flags_are_printed_beside_those_expected_and_equal_a_recount(
    given: Given, capsys: pytest.CaptureFixture[str]
) -> None:
    """Recounted from the lines that `peel verdicts` prints."""
    lines = list(given.lines.values())
    outside = sum(bool(one["funnel_z"]) and abs(float(one["funnel_z"])) > float(one["funnel_limit"]) for one in lines)
    tiers: Counter[str] = Counter()
    for line in lines:
        if not line["verdict"]:
            continue
        size, position, chance = (line[name] for name in ("size", "position", "chance"))
        if size == "no":
            name = "similar"
        elif position == "yes":
            name = {"": "no funnel", "no": "within", "yes": "notably"}[chance]
        else:
            name = {"": "the only test", "no": "size alone"}[position]
        tiers[name] += 1
    expected = (
        f"Found outside: {outside}. Of {sum(tiers.values())} verdicts {tiers['notably']} are notably higher or lower; "
        f"{tiers['within']} are higher or lower and within the limits; {tiers['no funnel']} are higher or lower where "
        f"there is no funnel, so that chance is not tested; {tiers['the only test']} are higher or lower by "
        f"the size rule alone, the only test that could be made; {tiers['size alone']} pass the size rule alone "
        f"although others were made, so that forces often differ by as much; and {tiers['similar']} are similar."
    )
    note = open_section("effectiveness_overview", "norfolk", given.edition).standing_out().html
    annex = open_annex("norfolk", given.edition).wording_policy().html
    _, printed, _ = run(capsys, "policy", "--edition", given.edition)
    for text in (note, annex, " ".join(printed.replace("\n- ", " ").split())):
        assert expected in text
        assert re.search(r"about [\d.]+ would fall outside by chance alone, and about [\d.]+ where", text)
    rows = {(one["part_of"], one["measure"]): one["value"] for one in flags(given.results[0].edition, given.results)}
    for part_of in (STANDING_OUT, POLICY):
        assert rows[part_of, f"{part_of}-outside"] == outside
        assert rows[part_of, f"{part_of}-verdicts"] == sum(tiers.values())
        assert rows[part_of, f"{part_of}-verdicts-all-three"] == tiers["notably"]
        assert rows[part_of, f"{part_of}-verdicts-within-the-limits"] == tiers["within"]


@pytest.mark.parametrize(("edition", "force_id"), [("2025", "cheshire"), ("2017", "norfolk")])
def test_a_figure_that_is_higher_and_within_the_limits_says_how_both_hold(edition: str, force_id: str) -> None:
    for measure_id in ("outcome_charged_pct", "outcome_action_taken_pct"):
        result = measures.calculate(open_data().measure(measure_id), open_data().edition(edition))
        assert re.search(
            r"This is higher than .*, and further from the middle of the forces \([\d.]+%\) than most forces are, but "
            r"not further than their usual differences can account for\.",
            wording.reading(result, force_id),
        )
        assert re.search(
            r"It is higher than England and Wales by the size of the gap and by its place among the forces; yet "
            r"usual differences among forces, .*, can account for how far it is from their middle, [\d.]+%, so it is",
            wording.place_in_funnel(result, force_id),
        )


def test_the_account_of_a_number_says_what_the_sentence_says(results: dict[str, Result]) -> None:
    told = account(open_data().measure("crime_per_1000"), "norfolk", open_data().edition("2017"))
    assert re.search(
        r"2[234]% below the England and Wales rate of 7\d\.\d; forces often differ", " ".join(told.split())
    )
    assert re.search(r"tests +size passed, position not passed, chance not passed", told)
    assert "similar" not in told


def test_a_rank_counts_the_size_rule_in_and_says_so(results: dict[str, Result]) -> None:
    """The intervals alone give a force one place; the size rule, by which a rank is told, leaves four open."""
    result = results["crime_change_12m"]
    compared = compare(result)
    interval, policy = compared.intervals[0.95], compared.policy
    part = np.isfinite(interval.lower) & np.isfinite(compared.ranks.first)
    alone = rank_range(interval.lower, interval.upper, part)
    gap = float(policy.gap_for(result.measure.decimals))
    wider = 0
    for force_id in open_data().forces.ids:
        row = compared.row(force_id)
        low, high = float(interval.lower[row]), float(interval.upper[row])
        apart = [(float(interval.lower[one]), float(interval.upper[one])) for one in np.flatnonzero(part)]
        first = 1 + sum(other > high + max(0.1 * abs(high), gap) for other, _ in apart)
        last = len(apart) - sum(low > other + max(0.1 * abs(other), gap) for _, other in apart)
        told = (int(compared.ranks.first[row]), int(compared.ranks.last[row]))
        assert told == (first, last) or first == last, force_id
        wider += told != (int(alone.first[row]), int(alone.last[row]))
        said = wording.rank_in_words(result, force_id)
        assert f"is between {told[0]} and {told[1]} of 43, by the rule that the notes give." in said
    assert wider > 10, "the rule matters"
    assert (
        "An order between two forces counts only where their 95% intervals lie apart by the size rule (10% of the "
        "nearer limit of the lower one, and at least 1.0 percentage points), and no force is given one place alone."
    ) in BeautifulSoup(figure_block(result, "norfolk", 1).html, "html.parser").get_text()
