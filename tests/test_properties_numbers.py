"""What holds of any period, rounded number, interval, limit, rank, verdict and name, tried by hypothesis."""

import calendar
import csv
import io
import itertools
from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from peel_analysis.data import periods
from peel_analysis.data.files import rows_of
from peel_analysis.data.folder import open_data
from peel_analysis.data.periods import Period
from peel_analysis.data.policy import JUDGMENT_WORDS
from peel_analysis.data.text import rounded, shown, whole
from peel_analysis.statistics.intervals import Interval, poisson_limits, rate_interval, ratio_interval, share_interval
from peel_analysis.statistics.limits import funnel_for
from peel_analysis.statistics.verdict import rank_range, verdicts

FORCES = open_data().forces
POLICY = open_data().policy
LEVELS = st.sampled_from((0.9, 0.95, 0.998))
COUNTS = st.integers(0, 10**7)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@st.composite
def months_ends(draw: st.DrawFn) -> date:
    """Return the last day of a month, those of February in leap years too."""
    year, month = draw(st.integers(1900, 2100)), draw(st.integers(1, 12))
    return date(year, month, calendar.monthrange(year, month)[1])


# Periods


@given(DAYS, DAYS)
def test_a_period_is_read_as_it_is_written(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))
    assert Period.parse(period.start.isoformat(), period.end.isoformat()) == period
    assert periods.is_day(one.isoformat())


@given(months_ends(), st.integers(1, 120))
def test_whole_months_are_as_many_as_were_asked_and_end_where_they_should(end: date, months: int) -> None:
    period = Period.months_to(end, months)
    assert (period.months, period.end, period.start.day) == (months, end, 1)
    before = Period.months_to(period.start - timedelta(days=1), months)  # adjacent: no day between, none in both
    assert Period(before.start, end).months == 2 * months


@given(months_ends())
def test_twelve_months_have_a_day_more_with_a_29_february(end: date) -> None:
    window = periods.twelve_months_to(end)
    days = (window.end - window.start).days + 1
    leap = any(calendar.isleap(year) and window.start <= date(year, 2, 29) <= end for year in (end.year - 1, end.year))
    assert days == 365 + leap


@given(st.integers(1900, 2098), st.sampled_from("/-_"), st.booleans(), st.permutations((1, 2, 3, 4)))
def test_four_quarters_are_a_financial_year_in_any_order(
    first: int, mark: str, whole_year: bool, order: list[int]
) -> None:
    text = f"{first}{mark}{first + 1 if whole_year else f'{(first + 1) % 100:02}'}"
    year = periods.financial_year(text)
    quarters = [periods.quarter(text, number) for number in order]
    assert periods.tiles(year, quarters) == sorted(quarters)
    assert year == periods.twelve_months_to(date(first + 1, 3, 31))
    for left_out in quarters:
        with pytest.raises(periods.GapError, match=left_out.start.isoformat()):
            periods.tiles(year, [one for one in quarters if one != left_out])


# Numbers as shown


@given(st.integers(-(10**10), 10**10), st.integers(0, 3), st.integers(1, 2))
def test_half_goes_up_as_it_does_on_paper(digits: int, decimals: int, more: int) -> None:
    on_paper = Decimal(digits).scaleb(-decimals - more)
    as_shown = rounded(float(on_paper), decimals)
    assert as_shown == on_paper.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    assert abs(as_shown - on_paper) <= Decimal(5).scaleb(-decimals - 1)
    text = shown(float(on_paper), decimals)
    assert Decimal(text.replace(",", "")) == as_shown
    assert not text.startswith("-0") or as_shown


@given(st.integers(-(10**11), 10**11))
def test_a_count_is_written_with_all_its_figures(count: int) -> None:
    assert int(whole(count).replace(",", "")) == count


# Intervals


def _holds(interval: Interval) -> bool:
    lower, value, upper = (float(one[0]) for one in (interval.lower, interval.value, interval.upper))
    return lower <= value <= upper


@given(COUNTS, COUNTS, LEVELS)
def test_a_share_lies_in_its_interval_which_lies_in_the_whole(count: int, other: int, level: float) -> None:
    total = max(count, other, 1)
    interval = share_interval(count, total, level=level)
    assert _holds(interval)
    assert 0 <= interval.lower[0] <= interval.upper[0] <= 100
    assert (interval.lower[0] == 0) == (count == 0), "nothing of a whole may be nothing, and something is not"
    assert (interval.upper[0] == 100) == (count == total)
    whole_of = stats.binomtest(count, total).proportion_ci(level, method="wilson")
    assert (interval.lower[0], interval.upper[0]) == pytest.approx((100 * whole_of.low, 100 * whole_of.high), abs=1e-9)


@given(st.integers(1, 10**5), st.integers(0, 10**5), st.integers(2, 50), LEVELS)
def test_an_interval_shrinks_with_the_number_behind_it(count: int, rest: int, times: int, level: float) -> None:
    for make in (share_interval, ratio_interval, rate_interval):
        few, many = (make(count * by, (count + rest) * by, level=level) for by in (1, times))
        assert _holds(few)
        assert _holds(many)
        assert few.upper[0] - few.lower[0] > many.upper[0] - many.lower[0]
        assert few.value[0] == pytest.approx(many.value[0])


@given(COUNTS, LEVELS)
def test_a_count_lies_in_its_limits_which_are_near_the_exact_ones(count: int, level: float) -> None:
    (lower,), (upper,) = poisson_limits(count, level)
    tail = (1 - level) / 2
    exact = (stats.chi2.ppf(tail, 2 * count) / 2 if count else 0.0, stats.chi2.isf(tail, 2 * count + 2) / 2)
    assert lower <= count < upper
    assert (lower, upper) == pytest.approx(exact, rel=0.02 if count >= 10 else 1e-9)


# Limits and ranks


@st.composite
def funnels(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Return counts and what they are out of, of 20 to 43 forces that do differ."""
    size = draw(st.integers(20, 43))
    below = draw(st.lists(st.integers(1000, 10**6), min_size=size, max_size=size))
    shares = draw(st.lists(st.integers(1, 999), min_size=size, max_size=size))
    return [max(1, total * share // 1000) for total, share in zip(below, shares, strict=True)], below


@given(funnels(), st.sampled_from(("rate", "share", "ratio")), st.sampled_from(("additive", "multiplicative", "none")))
def test_funnel_limits_hold_the_target_and_narrow_with_size_and_level(
    numbers: tuple[list[int], list[int]], kind: str, widened: str
) -> None:
    funnel = funnel_for(*numbers, kind, overdispersion=widened)  # type: ignore[arg-type]
    sizes = np.geomspace(500, 2_000_000, 60)
    narrow, wide = (funnel.limits(sizes, level) for level in (0.95, 0.998))
    tiny = 1e-12
    for lower, upper in (narrow, wide):
        assert (lower <= funnel.target + tiny).all()
        assert (upper >= funnel.target - tiny).all()
        assert (np.diff(lower) >= -tiny).all(), "the lower limit rises with size"
        assert (np.diff(upper) <= tiny).all(), "the upper one falls"
    assert (wide[0] <= narrow[0] + tiny).all()
    assert (wide[1] >= narrow[1] - tiny).all()


@given(st.lists(st.tuples(st.integers(-500, 500), st.integers(0, 200)), min_size=2, max_size=43))
def test_ranks_are_in_the_order_of_the_values_and_within_the_number_of_forces(rows: list[tuple[int, int]]) -> None:
    lower, upper = (np.array([value + sign * half for value, half in rows], float) for sign in (-1, 1))
    ranks = rank_range(lower, upper)
    assert ranks.forces == len(rows)
    assert ((ranks.first >= 1) & (ranks.last <= len(rows)) & (ranks.first < ranks.last)).all()
    for one, other in itertools.permutations(range(len(rows)), 2):
        if lower[one] > upper[other]:
            assert ranks.first[one] <= ranks.first[other]
            assert ranks.last[one] <= ranks.last[other]


# Words


@given(
    st.lists(st.integers(0, 5000), min_size=3, max_size=43),
    st.integers(-50, 5000),
    st.integers(0, 2),
    st.booleans(),
    st.data(),
)
def test_the_words_agree_with_the_numbers_as_shown(
    values: list[int], national: int, decimals: int, tested: bool, data: st.DataObject
) -> None:
    z = data.draw(st.lists(st.floats(-9, 9), min_size=len(values), max_size=len(values))) if tested else None
    scale = 10 ** (decimals + 1)
    found = verdicts([one / scale for one in values], national / scale, decimals, POLICY, funnel_z=z)
    above, below = ({pair[side] for pair in _pairs()} for side in (0, 1))
    for value, one in zip(values, found, strict=True):
        if not one.words:
            assert one.reason
            continue
        on_paper = [
            (Decimal(number) / scale).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
            for number in (value, national)
        ]
        assert one.gap == on_paper[0] - on_paper[1]
        least = max(abs(on_paper[1]) * POLICY.size.ratio, POLICY.gap_for(decimals))
        assert one.size == (abs(one.gap) >= least)
        if one.words in above | below:
            assert one.size
            assert (one.words in above) == (one.gap > 0)
        if one.tier in ("similar", "similar_alone"):
            assert not one.size, "what is told as similar is below the size rule"
        assert not JUDGMENT_WORDS.search(one.words)


def _pairs() -> tuple[tuple[str, str], ...]:
    return POLICY.words.all_three, POLICY.words.size_and_position, POLICY.words.size_only


# Names and rows of text


@st.composite
def as_typed(draw: st.DrawFn) -> tuple[str, str]:
    """Return a force's id, and a name of it as somebody may type it: in any case, with other blanks and marks."""
    force = draw(st.sampled_from(FORCES.all))
    words = draw(st.sampled_from((force.id, *force.called))).replace("-", " ").split()
    blanks = draw(
        st.lists(st.sampled_from((" ", "  ", "\t", "-", "_", "\u00a0")), min_size=len(words), max_size=len(words))
    )
    typed = "".join(itertools.chain.from_iterable(zip(words, [*blanks[1:], ""], strict=True)))
    changes: tuple[Callable[[str], str], ...] = (str, str.upper, str.lower, str.title, str.swapcase)
    changed = changes[draw(st.integers(0, len(changes) - 1))](typed)
    return force.id, draw(st.sampled_from(("", " ", "\t"))) + changed + draw(st.sampled_from(("", " ", ".", ",")))


@given(as_typed())
def test_case_blanks_and_marks_do_not_matter_to_a_name(named: tuple[str, str]) -> None:
    force_id, typed = named
    found = FORCES.find(typed)
    assert found.id == force_id
    assert FORCES.find(found.id) is FORCES.find(found.name) is FORCES.find(found.official_name) is found


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=12)


@given(st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1)))
def test_rows_are_read_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]) -> None:
    columns = [f"column_{place}" for place in range(len(cells[0]))]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *cells])
    file = tmp_path_factory.getbasetemp() / "rows.csv"
    file.write_bytes(text.getvalue().encode("utf-8"))
    read = rows_of(file, "data/rows.csv", columns)
    assert [list(row) for row in read.cells] == cells
    starts = [2 + sum(1 + "".join(row).count("\n") for row in cells[:place]) for place in range(len(cells))]
    assert list(read.lines) == starts
