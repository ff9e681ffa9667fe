"""A quarter of crime that stands apart from both beside it: noted with the value, and nothing else is changed."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from invented import DATA
from workbooks import DATA as OWN_DATA

from peel_analysis import cli, measures
from peel_analysis.checks.records import STANDS_APART
from peel_analysis.comparison import compare
from peel_analysis.data.folder import Data
from peel_analysis.measures import Result
from peel_analysis.show import tables

NOTE = (
    "The count of the three months to 31 March 2020, in the base of the change, is far from those beside it: "
    "see `peel check`."
)


def change(measure_id: str = "crime_change_5y", data: Data = OWN_DATA) -> Result:
    return measures.calculate(data.measure(measure_id), data.edition("2025"))


def test_the_base_of_staffordshires_change_has_a_quarter_that_stands_apart() -> None:
    result = change()
    own = result.of("staffordshire")
    assert (own.note, own.short, own.status) == (NOTE, STANDS_APART, "reported")
    assert [one for one in result.forces.index if result.of(str(one)).short == STANDS_APART] == ["staffordshire"]
    assert re.search(rf"Staffordshire</th>.*?<td[^>]*>{STANDS_APART}</td></tr>", tables.by_force(result, "kent"))


@pytest.mark.slow
def test_every_note_is_of_two_queries_of_peel_check(capsys: pytest.CaptureFixture[str]) -> None:
    """The rule of `peel check` names the quarter and the one after it, in opposite directions."""
    assert cli.main(["check"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "usual spread)" in line]
    mine = [line for line in lines if ", Staffordshire, 2020-0" in line]
    assert [re.findall(r"2020-\d\d-\d\d to 2020-\d\d-\d\d|\([+-]", line) for line in mine] == [
        ["2020-01-01 to 2020-03-31", "(+"],
        ["2020-04-01 to 2020-06-30", "(-"],
    ]


def test_no_number_and_no_verdict_is_changed_by_the_note(tmp_path: Path) -> None:
    noted = change()
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data" / "checks.toml"
    text = path.read_text(encoding="utf-8")
    assert "robust_z = 4," in text
    path.write_text(text.replace("robust_z = 4,", "robust_z = 40,"), encoding="utf-8")
    plain = change(data=Data(tmp_path / "data"))
    assert plain.of("staffordshire").note == "", "the threshold is that of the data"
    columns = [column for column in plain.rows.columns if column not in ("note", "short")]
    pd.testing.assert_frame_equal(noted.rows[columns], plain.rows[columns])
    assert compare(noted).verdicts == compare(plain).verdicts
    assert compare(noted).verdicts["staffordshire"].words == "higher than"


@pytest.mark.parametrize("edition_id", OWN_DATA.editions)
def test_a_step_that_stays_is_a_new_level_and_gets_no_note(edition_id: str) -> None:
    """Greater Manchester's step of October 2016 lies in edition 2017's window; the quarters after it are like it."""
    edition = OWN_DATA.edition(edition_id)
    found = {
        (measure.id, str(force_id))
        for measure in OWN_DATA.measures
        for force_id, short in measures.calculate(measure, edition).forces["short"].items()
        if short == STANDS_APART
    }
    assert found == ({("crime_change_5y", "staffordshire")} if edition_id == "2025" else set())
