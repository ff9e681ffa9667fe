"""Context: officers per 1,000 population and recorded crimes per officer, told without interval, rank and verdict."""

import math
import re
from pathlib import Path

import pandas as pd
import pytest

from peel_analysis import measures
from peel_analysis.comparison import compare
from peel_analysis.comparison.verdicts import found_flags
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.measures import Result
from peel_analysis.show import tables, values
from peel_analysis.show.words import caption, caveats, reading

pytestmark = pytest.mark.usefixtures("own_data_folder")

DATA = Path(__file__).resolve().parents[1] / "data"
DAYS = {"2017": "2017-03-31", "2019": "2019-03-31", "2025": "2025-03-31"}
CRIMES = {edition: (f"{int(edition) - 1}-04-01", f"{edition}-03-31") for edition in ("2019", "2025")}
CRIMES["2017"] = ("2016-07-01", "2017-06-30")
PUBLISHED = {"2017": 123_142, "2019": 123_189, "2025": 146_442}  # full-time equivalents in the 43 forces
CONTEXT = ("officers_per_1000", "crimes_per_officer")
WORDS_OF_A_VERDICT = r"higher|lower|similar|above|below|notabl|due to|explain"


def result(edition: str, measure_id: str) -> Result:
    data = open_data()
    return measures.calculate(data.measure(measure_id), data.edition(edition))


def officers(edition: str) -> "pd.Series[float]":
    """The officers of the edition's day by force, straight from the table."""
    rows = pd.read_csv(DATA / "counts" / "police_officers_fte" / f"{'2025-03' if edition == '2025' else '2022-03'}.csv")
    return rows[rows["period_end"] == DAYS[edition]].set_index("force_id")["count"]


@pytest.mark.parametrize("edition", DAYS)
def test_officers_per_1000_and_crimes_per_officer_by_hand(edition: str) -> None:
    rate, load, held = result(edition, "officers_per_1000"), result(edition, "crimes_per_officer"), officers(edition)
    crime = pd.read_csv(DATA / "counts" / "recorded_crime" / "2026-04.csv")
    first, last = CRIMES[edition]
    inside = (crime["period_start"] >= first) & (crime["period_end"] <= last)
    crimes, people = crime[inside].groupby("force_id")["count"].sum(), open_data().edition(edition).populations
    for force_id in open_data().forces.ids:
        assert rate.of(force_id).value == pytest.approx(1000 * held[force_id] / people["population"][force_id])
        assert load.of(force_id).value == pytest.approx(crimes[force_id] / held[force_id])
    assert round(rate.national.numerator) == PUBLISHED[edition]
    assert load.national.value == pytest.approx(crimes.sum() / held.sum())


@pytest.mark.parametrize("edition", DAYS)
@pytest.mark.parametrize("measure_id", CONTEXT)
def test_context_takes_part_in_no_test(edition: str, measure_id: str) -> None:
    one = result(edition, measure_id)
    rows = values.of_results([one])
    assert rows[["lower_95", "upper_998", "rank_first", "rank_last", "gap"]].isna().all(axis=None)
    assert set(rows["verdict"]) == {""}
    assert set(rows["verdict_reason"]) - {""} == {"No verdict: the figure is context."}
    assert compare(one).funnel is None
    assert found_flags([one]).outside == found_flags([one]).verdicts == 0
    for force_id in open_data().forces.ids:
        assert not re.search(WORDS_OF_A_VERDICT, reading(one, force_id)), force_id
    assert "95% interval" not in tables.by_force(one, "norfolk")


def test_context_is_told_with_its_dates_and_cautions() -> None:
    load = result("2017", "crimes_per_officer")
    assert reading(load, "norfolk") == (
        "Norfolk Constabulary recorded 34.7 crimes (excluding fraud) in the 12 months to 30 June 2017 for each "
        "full-time equivalent police officer that it had as at 31 March 2017. England and Wales in the 12 months to 30 "
        "June 2017: 36.2."
    )
    assert caption(load).endswith(
        "by force, crimes recorded in the 12 months to 30 June 2017 and officers as at 31 March 2017"
    )
    told = caveats(load, "city-of-london")
    for about in ("context", "headcount", "as at 31 March 2017", "City of London Police also leads on fraud"):
        assert sum(about in one for one in told) == 1, about
    assert not any("leads on fraud" in one for one in caveats(load, "norfolk"))


def test_a_date_that_is_not_held_is_no_figure_and_says_why() -> None:
    norfolk = result("2025", "officers_per_1000").of("norfolk")
    assert math.isnan(norfolk.comparator_value)
    assert norfolk.comparator_note.startswith(
        "The count of police officers that is held for this edition is that of 31"
    )
    earlier = result("2019", "officers_per_1000").of("norfolk")
    assert earlier.comparator_numerator == 1557.67


@pytest.mark.parametrize(
    ("release", "day", "total"),
    [("2017-09", "2017-03-31", 123_142), ("2022-03", "2017-03-31", 123_142), ("2022-03", "2022-03-31", 140_228)],
)
def test_national_totals_of_officers_are_those_published(release: str, day: str, total: int) -> None:
    rows = pd.read_csv(DATA / "counts" / "police_officers_fte" / f"{release}.csv")
    assert round(rows.loc[rows["period_end"] == day, "count"].sum()) == total


def test_the_window_of_a_denominator_must_be_one_of_the_edition() -> None:
    measure = open_data().measure("crimes_per_officer").model_copy(update={"window_below": "workforse"})
    with pytest.raises(InputError, match=r"editions/2017.toml: no window 'workforse'"):
        measures.calculate(measure, open_data().edition("2017"))
