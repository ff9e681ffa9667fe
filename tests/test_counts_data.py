"""A table of counts that cannot be used: one line that names the file and the row, and how to put it right."""

import re
from pathlib import Path

import pytest
from invented import Folder
from refusals import answering_folder, refusal

from peel_analysis.data.periods import GapError

CRIME = "counts/recorded_crime/invented.csv"
NORFOLK = "norfolk,recorded_crime,,2016-07-01,2016-09-30,9175"
HEADER = "force_id,item,dimension,period_start,period_end,count,status,release"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return answering_folder(tmp_path, monkeypatch)


def without(text: str, part: str) -> str:
    """Return the text without the lines that hold a part."""
    return "\n".join(line for line in text.splitlines() if part not in line) + "\n"


def test_the_invented_folder_answers_before_it_is_spoilt(data: Folder) -> None:
    assert data.result("crime_per_1000").of("norfolk").numerator == 4 * 9175
    assert data.result("ocg_per_million").of("norfolk").status == "reported"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (HEADER, HEADER.replace("count,", "counts,"), r"line 1: no column count \(is it the column 'counts'\?\)"),
        (HEADER, HEADER.replace(",release", ""), r"line 1: no column release; the columns are force_id, item"),
        (NORFOLK, NORFOLK.replace("9175", "about 9000"), r"line \d+, column count: found 'about 9000'.*write a whole"),
        (NORFOLK, NORFOLK.replace("9175", ""), r"line \d+, column count: no count.*give the count or the status"),
        (NORFOLK, NORFOLK.replace("norfolk", "norfok"), r"line \d+, column force_id: .*'norfok' \(did you mean norf"),
        (NORFOLK, NORFOLK.replace("2016-07-01", "2016-10-01"), r"line \d+, column period_end: the period ends before"),
    ],
)
def test_a_table_that_is_not_in_its_shape(data: Folder, old: str, new: str, message: str) -> None:
    data.replace(CRIME, old, new)
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said.startswith(f"data/{CRIME}, line ")
    assert re.search(message, said), said


def test_a_row_that_stands_twice(data: Folder) -> None:
    lines = data.read(CRIME).splitlines()
    data.write(CRIME, "\n".join([*lines, lines[5], ""]))
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said.startswith(f"data/{CRIME}, line {len(lines) + 1}: repeats the key of an earlier line (city-of-london")
    assert said.endswith("keep one of the two")


@pytest.mark.parametrize(
    ("rows", "quarters"),
    [
        ("kent,", ("30 September 2016", "31 December 2016", "31 March 2017", "30 June 2017")),
        ("kent,recorded_crime,,2017-01-01", ("31 March 2017",)),
    ],
)
def test_a_force_that_is_missing_from_a_table(data: Folder, rows: str, quarters: tuple[str, ...]) -> None:
    data.write(CRIME, without(data.read(CRIME), rows))
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said.startswith(f"data/{CRIME}: ")
    assert said.endswith("; add the rows, or blank counts with a status that says why")
    about = said.split("no row for Kent in ")[1]
    days = re.findall(r"3 months to (\d+ \w+ 201\d)", about)
    assert tuple(days) == quarters


def test_a_gap_in_the_quarters(data: Folder) -> None:
    data.write(CRIME, without(data.read(CRIME), ",2017-01-01,"))
    with pytest.raises(GapError):
        data.result("crime_per_1000")
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said.startswith(f"data/{CRIME}: 12 months to 30 June 2017: no row for the period that starts on 2017-01-01")
    assert "add the missing rows" in said


def test_quarters_that_overlap(data: Folder) -> None:
    data.write(CRIME, data.read(CRIME) + "norfolk,recorded_crime,,2017-02-01,2017-04-30,5,reported,invented\n")
    said = refusal(lambda: data.result("crime_per_1000"))
    assert said.startswith(f"data/{CRIME}: 12 months to 30 June 2017: rows overlap on 2017-02-01; remove one")
