"""What holds of any calculation, of its sentences, and of the account of what moved. All counts are invented."""

import math
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peel_analysis.changes import Version, changes_between
from peel_analysis.changes.causes import CAUSES_IN_ORDER, DEFINED, MixedData, exact, split
from peel_analysis.data import counts
from peel_analysis.data.definitions import Measure, measure_in
from peel_analysis.data.edition import Edition
from peel_analysis.data.edition_file import Release
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.data.policy import JUDGMENT_WORDS
from peel_analysis.data.registers import EXCLUSIONS, PUBLISHED_VALUES
from peel_analysis.data.text import rounded
from peel_analysis.measures import Result, calculate
from peel_analysis.show import words

EDITION = open_data().edition("2017")
FORCES = EDITION.forces.ids
QUARTERS = (
    ("2016-07-01", "2016-09-30"),
    ("2016-10-01", "2016-12-31"),
    ("2017-01-01", "2017-03-31"),
    ("2017-04-01", "2017-06-30"),
)
MONTHS_OF_THE_FIRST = (("2016-07-01", "2016-07-31"), ("2016-08-01", "2016-08-31"), ("2016-09-01", "2016-09-30"))
Rows = tuple[dict[str, str], ...]  # of the register of exclusions
NONE_EXCLUDED: Rows = ()
RATIO = measure_in(
    {
        "id": "invented",
        "title": "Invented",
        "tile": "Invented",
        "kind": "ratio_of_counts",
        "unit": "per 100",
        "decimals": 1,
        "window": "crime",
        "sources": ["HO_PRC_OPEN"],
        "numerator": {"items": ["above"]},
        "denominator": {"items": ["below"]},
        "multiplier": 100,
        "caption": "Invented, {window}",
        "reading": "{force} had {value} {window}",
    },
    "invented",
)
SHARE = measure_in(
    RATIO.model_dump(exclude_defaults=True, exclude={"numerator", "denominator"})
    | {"kind": "share", "unit": "percent"}
    | {side: getattr(RATIO, side).model_dump(exclude_defaults=True) for side in ("numerator", "denominator")}
    | {"multiplier": 100},
    "invented",
)
Row = tuple[str, ...]
Numbers = Sequence[int | None]  # a number a force; None where it supplied none


class InventedCounts(Data):
    """The project's data folder with these tables of counts alone."""

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        super().__init__(EDITION.data.folder)
        self._tables = tables

    def holds(self, item: str, _: str) -> bool:
        """Return whether there is a table of an item."""
        return item in self._tables

    def counts(self, item: str, _: str) -> pd.DataFrame:
        """Return the table of an item."""
        return self._tables[item]


def rows_of(item: str, numbers: Numbers) -> list[Row]:
    """Return a number a force as rows of four quarters that add up to it."""
    rows = list[Row]()
    for force_id, number in zip(FORCES, numbers, strict=True):
        for place, period in enumerate(QUARTERS):
            one = None if number is None else number // 4 + (number % 4 if place == 0 else 0)
            status = "not_supplied" if one is None else "reported"
            rows.append((force_id, item, "", *period, "" if one is None else str(one), status, "invented"))
    return rows


def edition_with(excluded: Rows = NONE_EXCLUDED, **rows: list[Row]) -> Edition:
    """Return the edition with invented tables, by item, and no exclusions but those given."""
    frames = {item: pd.DataFrame(one, columns=list(counts.COUNTS_COLUMNS), dtype="str") for item, one in rows.items()}
    numbers = {item: pd.to_numeric(one["count"]).astype("Int64") for item, one in frames.items()}
    tables = {f"invented_{item}": one.assign(count=numbers[item]) for item, one in frames.items()}
    data = EDITION.data
    mixed = MixedData(data, InventedCounts(tables), data, {EXCLUSIONS: excluded, PUBLISHED_VALUES: ()})
    releases = {item: Release(item=f"invented_{item}", release="invented") for item in rows}  # held in no other release
    return replace(EDITION, data=mixed, releases=MappingProxyType(releases))


def calculated(above: Numbers, below: Numbers, measure: Measure = RATIO, excluded: Rows = NONE_EXCLUDED) -> Result:
    """Return a measure of these numbers."""
    return calculate(measure, edition_with(excluded, above=rows_of("above", above), below=rows_of("below", below)))


@dataclass(frozen=True)
class Drawn:
    """Numbers of the 43 forces: what is counted, and what it is divided by."""

    above: list[int]
    below: list[int]


@st.composite
def drawn(draw: st.DrawFn, fewest: int = 0) -> Drawn:
    """Return numbers of forces of any size, the one drawn from a few that hypothesis can shrink."""
    values = st.lists(st.integers(fewest, 200_000), min_size=3, max_size=len(FORCES))
    below = draw(values)
    shares = draw(st.lists(st.integers(0, 1000), min_size=3, max_size=len(FORCES)))
    whole = [below[place % len(below)] + 1 for place in range(len(FORCES))]
    return Drawn([one * shares[place % len(shares)] // 1000 for place, one in enumerate(whole)], whole)


FEWER = settings(max_examples=settings().max_examples // 5)  # a calculation takes longer than a number
SOME_FORCES = st.sets(st.integers(0, len(FORCES) - 1), min_size=1, max_size=10)


@FEWER
@given(drawn())
def test_england_and_wales_is_sum_over_sum_and_lies_between_the_forces(numbers: Drawn) -> None:
    result = calculated(numbers.above, numbers.below)
    assert result.national.value == pytest.approx(100 * sum(numbers.above) / sum(numbers.below))
    assert result.forces["value"].min() <= result.national.value * (1 + 1e-12)
    assert result.national.value <= result.forces["value"].max() * (1 + 1e-12)


@FEWER
@given(drawn(), SOME_FORCES)
def test_what_is_missing_is_never_nought_and_is_in_neither_sum(numbers: Drawn, silent: set[int]) -> None:
    for side in ("above", "below"):
        given_ = {"above": numbers.above, "below": numbers.below}
        given_[side] = [None if place in silent else one for place, one in enumerate(given_[side])]  # type: ignore[misc]
        result = calculated(given_["above"], given_["below"])
        for place, force_id in enumerate(FORCES):
            own = result.of(force_id)
            assert own.is_missing == (place in silent)
            assert own.status == ("not_supplied" if place in silent else "reported")
            assert (force_id in result.members) == (place not in silent)
        held = [place for place in range(len(FORCES)) if place not in silent]
        sums = [sum(one[place] for place in held) for one in (numbers.above, numbers.below)]
        assert (result.national.numerator, result.national.denominator) == tuple(sums)


FIGURE, NATIONAL = "excluded_from_figure", "excluded_from_national"


@FEWER
@given(drawn(), SOME_FORCES, st.sampled_from(((FIGURE,), (NATIONAL,), (FIGURE, NATIONAL))))
def test_an_exclusion_changes_only_what_it_should(numbers: Drawn, out: set[int], effects: tuple[str, ...]) -> None:
    """Out of the figure alone a force keeps its counts, which stay in England and Wales; out of both it has none."""
    said = {
        "edition": "2017",
        "measure_id": "crime_per_1000",  # the register names measures that there are
        "period_year": "2017",
        "missing_because": "not_comparable",
        "although_held": "yes",
        "basis": "stated",
        "reason": "Invented.",
    }
    excluded = tuple(
        dict.fromkeys(EXCLUSIONS.columns, "") | said | {"force_id": FORCES[place], "effect": effect}
        for place in sorted(out)
        for effect in effects
    )
    measure = RATIO.model_copy(update={"id": "crime_per_1000"})
    whole, less = (calculated(numbers.above, numbers.below, measure, one) for one in (NONE_EXCLUDED, excluded))
    others = [force_id for place, force_id in enumerate(FORCES) if place not in out]
    pd.testing.assert_frame_equal(whole.rows.loc[others], less.rows.loc[others])
    for force_id in (FORCES[place] for place in out):
        before, after = whole.of(force_id), less.of(force_id)
        assert (after.in_figure, after.in_national) == (FIGURE not in effects, NATIONAL not in effects)
        assert after.is_missing if len(effects) == 2 else after.value == before.value
    members = others if NATIONAL in effects else FORCES
    assert set(less.members) == set(members)
    sums = [sum(one[FORCES.index(name)] for name in members) for one in (numbers.above, numbers.below)]
    assert (less.national.numerator, less.national.denominator) == tuple(sums)


@FEWER
@given(drawn(), st.integers(0, 10**6))
def test_the_order_of_rows_does_not_matter(numbers: Drawn, seed: int) -> None:
    rows = {"above": rows_of("above", numbers.above), "below": rows_of("below", numbers.below)}
    as_they_are = calculate(RATIO, edition_with(**rows))  # type: ignore[arg-type]
    for one in rows.values():
        random.Random(seed).shuffle(one)
    pd.testing.assert_frame_equal(calculate(RATIO, edition_with(**rows)).rows, as_they_are.rows)  # type: ignore[arg-type]


@FEWER
@given(drawn(), st.integers(0, 1000))
def test_a_quarter_in_parts_is_the_same_as_the_quarter(numbers: Drawn, part: int) -> None:
    """Parts by month, and by kind of offence."""
    above, below = rows_of("above", numbers.above), rows_of("below", numbers.below)
    as_they_are = calculate(RATIO, edition_with(above=above, below=below))
    by_month, by_kind = list[Row](), list[Row]()
    for force_id, item, _, start, end, count, status, release in above:
        first = int(count) * part // 1000
        kinds = (("one", first), ("other", int(count) - first))
        by_kind += [(force_id, item, kind, start, end, str(number), status, release) for kind, number in kinds]
        if start != QUARTERS[0][0]:
            by_month.append((force_id, item, "", start, end, count, status, release))
            continue
        for period, number in zip(MONTHS_OF_THE_FIRST, (first, 0, int(count) - first), strict=True):
            by_month.append((force_id, item, "", *period, str(number), status, release))
    for rows in (by_month, by_kind):
        pd.testing.assert_frame_equal(calculate(RATIO, edition_with(above=rows, below=below)).rows, as_they_are.rows)


@FEWER
@given(drawn(), st.integers(2, 9))
def test_values_follow_what_is_counted_and_what_it_is_divided_by(numbers: Drawn, times: int) -> None:
    as_they_are = calculated(numbers.above, numbers.below).rows["value"]
    more, larger = ([times * one for one in side] for side in (numbers.above, numbers.below))
    for above, below, factor in (
        (more, numbers.below, times),
        (numbers.above, larger, 1 / times),
        (more, larger, 1),
    ):
        assert calculated(above, below).rows["value"].tolist() == pytest.approx((as_they_are * factor).tolist())


@pytest.mark.parametrize("measure", [RATIO, SHARE], ids=("ratio", "share"))
@FEWER
@given(numbers=drawn(fewest=500))
def test_a_sentence_agrees_with_the_numbers_that_stand_in_it(measure: Measure, numbers: Drawn) -> None:
    result = calculated(numbers.above, numbers.below, measure)
    national = rounded(result.national.value, measure.decimals)
    policy = EDITION.data.policy
    for force_id in FORCES:
        said, own = words.reading(result, force_id), rounded(result.of(force_id).value, measure.decimals)
        assert not JUDGMENT_WORDS.search(said)
        told = words.in_one_phrase(result, force_id)
        gap = own - national
        small = abs(gap) < policy.gap_asked(national, measure.decimals)
        if "similar" in told:
            assert small, said
        elif re.search(r"\b(higher|above)\b", told) or re.search(r"\b(lower|below)\b", told):
            assert not small, said
            first = re.search(r"\b(higher|above|lower|below)\b", told)
            assert first is not None
            assert (first[1] in ("higher", "above")) == (gap > 0), said
            sizes = [Decimal(one.replace(",", "")) for one in re.findall(r"(?<![+\d.])(\d[\d,]*(?:\.\d+)?)%", told)]
            if national > 0:
                percent = (100 * abs(gap) / national).quantize(Decimal(1), "ROUND_HALF_UP")
                assert percent in sizes, (said, percent)


# The account of what moved


A_VALUE = st.one_of(st.just(math.nan), st.integers(-(10**9), 10**9).map(lambda one: one / 1000))
VALUES = st.lists(A_VALUE, min_size=2, max_size=6)


@given(VALUES)
def test_the_causes_of_a_move_add_up_to_the_whole_of_it(values: list[float]) -> None:
    causes = ["", *CAUSES_IN_ORDER[: len(values) - 2], DEFINED]
    states = ["not_supplied" if math.isnan(one) else "reported" for one in values]
    chain = [(cause, {"norfolk": (state, one)}) for cause, one, state in zip(causes, values, states, strict=True)]
    found = split(chain, "norfolk")
    if math.isnan(values[0]) or math.isnan(values[-1]):
        assert not found.parts
    else:
        assert sum(found.parts.values()) == exact(values[-1]) - exact(values[0])


@FEWER
@given(drawn(fewest=100), drawn(fewest=100), st.sampled_from(("2017", "2018-revised")))
def test_a_move_there_is_a_move_back_and_nothing_moves_from_a_to_a(one: Drawn, other: Drawn, vintage: str) -> None:
    a, b = (
        Version(name, edition.data, edition=edition)
        for name, edition in (
            ("a", edition_with(recorded_crime=rows_of("recorded_crime", one.below))),
            ("b", edition_with(recorded_crime=rows_of("recorded_crime", other.below)).with_population(vintage=vintage)),
        )
    )
    there, back, nowhere = (changes_between(*pair, ["crime_per_1000"]) for pair in ((a, b), (b, a), (a, a)))
    assert {row.kind for row in nowhere.rows} == {"same"}
    assert not nowhere.sentences
    assert not nowhere.verdicts
    for row, opposite in zip(there.rows, back.rows, strict=True):
        assert row.difference == -(opposite.difference or 0)
        assert sum(row.split.parts.values()) == row.difference
        assert (row.a.value, row.b.value) == (opposite.b.value, opposite.a.value)


@FEWER
@given(drawn())
def test_counts_are_read_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, numbers: Drawn) -> None:
    table = edition_with(above=rows_of("above", [None, *numbers.above[1:]])).data.counts("invented_above", "invented")
    folder: Path = tmp_path_factory.getbasetemp() / "above"
    folder.mkdir(exist_ok=True)
    (folder / "invented.csv").write_text(counts.as_text(table), encoding="utf-8")
    read = counts.read(folder / "invented.csv", forces=EDITION.forces)
    assert counts.as_text(read) == counts.as_text(table)
    assert counts.as_text(counts.from_bytes(counts.as_bytes(read))) == counts.as_text(table)
    assert ENGLAND_AND_WALES not in set(read["force_id"])
