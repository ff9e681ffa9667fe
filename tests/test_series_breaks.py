"""Lines at breaks in recording: values that must not be compared are neither joined nor set beside each other."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup
from invented import Folder, all_forces, folder
from test_series import quarters

from peel_analysis import measures
from peel_analysis.data.errors import InputError
from peel_analysis.data.folder import open_data
from peel_analysis.data.forces import ENGLAND_AND_WALES
from peel_analysis.figures import trend_lines
from peel_analysis.measures import Series, quarterly, rolling
from peel_analysis.sections.blocks import trend_block

HEADING = "item,force_id,first_day,last_day,comparison,label,sentence,said_in\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return folder(tmp_path, monkeypatch)


def broken(data: Folder, force_id: str = "all", comparison: str = "not_comparable", first: str = "2015-01-01") -> None:
    """Write invented quarters of crime, and an invented break in them."""
    data.counts({"recorded_crime": [row for period in quarters() for row in all_forces(period, 5000)]})
    row = f"recorded_crime,{force_id},{first},{first},{comparison},Invented,An invented break.,invented\n"
    data.write("series_breaks.csv", HEADING + row)


def incidents(force_id: str) -> BeautifulSoup:
    result = measures.calculate(open_data().measure("asb_incidents_per_1000"), open_data().edition("2017"))
    return BeautifulSoup(trend_block(result, force_id, 1).html, "html.parser")


def test_the_sentence_starts_after_the_break_and_says_so_for_those_who_do_not_see_the_line() -> None:
    html = incidents("norfolk")
    reading = html.select_one("p.reading")
    assert reading is not None
    assert reading.get_text().startswith(
        "Norfolk Constabulary: 44.2 in the 12 months to 31 March 2012, and 23.6 in the"
    )
    assert "2008" not in reading.get_text()
    assert "2011" not in reading.get_text()
    assert html.img is not None
    for text in (reading.get_text(), str(html.img["alt"])):
        assert "No line is drawn across the break (new approach to recording)" in text


def test_neither_line_runs_across_the_break() -> None:
    series = rolling(measures.calculate(open_data().measure("asb_incidents_per_1000"), open_data().edition("2017")))
    drawn = trend_lines(series, "norfolk").axes[0].lines
    assert len(drawn) == 2
    for line in drawn:
        values = np.asarray(line.get_ydata(), dtype=float)
        assert np.isnan(values).sum() == 1
        before, after = values[: np.isnan(values).argmax()], values[np.isnan(values).argmax() + 1 :]
        assert (len(before), len(after)) == (4, 6), "the years to March 2008 to 2011, and those from March 2012"


def test_a_window_across_a_break_is_of_neither_side(data: Folder) -> None:
    broken(data)
    series = rolling(data.result("crime_per_1000"))
    missing = series.values.index[series.values["kent"].isna()].tolist()
    assert missing == ["2015-03-31", "2015-06-30", "2015-09-30"]
    assert series.values[ENGLAND_AND_WALES].isna().sum() == 3
    before, after = series.parts("kent")
    assert (before.dropna().index[-1], after.index[0]) == ("2014-12-31", "2015-12-31")
    assert series.latest_part("kent").index[0] == "2015-12-31"


def test_a_quarter_is_on_one_side_of_a_break_that_a_quarter_begins_with(data: Folder) -> None:
    broken(data)
    series = quarterly(data.result("crime_per_1000"))
    assert series.values["kent"].notna().all()
    assert [part.index[0] for part in series.parts("kent")] == ["2012-06-30", "2015-03-31"]


def test_a_break_of_one_force_is_not_that_of_another_or_of_the_whole(data: Folder) -> None:
    broken(data, force_id="kent")
    series = rolling(data.result("crime_per_1000"))
    assert [len(series.parts(name)) for name in ("kent", "norfolk", ENGLAND_AND_WALES)] == [2, 1, 1]
    assert series.values.drop(columns="kent").notna().all().all()


def test_a_break_that_only_asks_for_care_leaves_the_line_whole(data: Folder) -> None:
    broken(data, comparison="with_care")
    series = rolling(data.result("crime_per_1000"))
    assert series.values.notna().all().all()
    assert series.cuts("kent") == []
    assert [one.label for one in series.breaks("kent")] == ["Invented"]
    assert list(series.interrupted("kent")) == series.days


def test_after_a_late_break_no_two_values_are_set_beside_each_other(data: Folder) -> None:
    broken(data, first="2017-01-01")
    result = data.result("crime_per_1000")
    html = BeautifulSoup(trend_block(result, "kent", 1).html, "html.parser")
    reading = html.select_one("p.reading")
    assert reading is not None
    assert "Kent Police: no 12 months lie wholly after the last break in recording." in reading.get_text()
    assert "in the 12 months to" not in reading.get_text()
    assert [cell.get_text() for cell in html.select("tbody tr:last-child td")] == ["[x]", "[x]", "[x]"]


def test_a_break_says_whether_values_may_be_compared(data: Folder) -> None:
    broken(data, comparison="perhaps")
    with pytest.raises(InputError, match=r"line 2: comparison is 'perhaps'; use one of not_comparable, with_care"):
        rolling(data.result("crime_per_1000"))


def test_the_line_of_a_force_is_in_the_order_of_days() -> None:
    series: Series = rolling(
        measures.calculate(open_data().measure("asb_incidents_per_1000"), open_data().edition("2017"))
    )
    days = list(series.interrupted("norfolk"))
    assert days == sorted(days)
    assert date(2011, 4, 1) in days
