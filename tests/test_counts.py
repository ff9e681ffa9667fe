"""The shape of a count: what is accepted, and each refusal with its message."""

from pathlib import Path

import pytest
from workbooks import FORCES

from peel_analysis.data import counts

HEADER = "force_id,item,dimension,period_start,period_end,count,status,release\n"
GOOD = "norfolk,recorded_crime,Robbery,2017-04-01,2017-06-30,12,reported,2026-04\n"


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "recorded_crime" / "2026-04.csv"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


def test_counts_are_whole_numbers_and_a_correction_may_be_negative(tmp_path: Path) -> None:
    rows = counts.read(
        table(tmp_path, HEADER + GOOD + GOOD.replace("12", "-3").replace("norfolk", "suffolk")), forces=FORCES
    )
    assert rows["count"].tolist() == [12, -3]
    assert rows["count"].dtype == "Int64"


def test_blank_count_stays_missing_beside_its_reason(tmp_path: Path) -> None:
    rows = counts.read(table(tmp_path, HEADER + GOOD.replace("12,reported", ",not_supplied")), forces=FORCES)
    assert rows["count"].isna().tolist() == [True]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            GOOD.replace("12", "about 12"),
            r"2026-04.csv, line 3, column count: found 'about 12' where a count should be; write a whole number",
        ),
        (GOOD.replace("12", "12.5"), r"line 3, column count: found '12.5' where a count should be"),
        (
            GOOD.replace("12", ""),
            r"line 3, column count: no count, and the status is 'reported'; give the count or the status",
        ),
        (GOOD.replace("reported", "not_supplied"), r"line 3, column count: a count, and the status is 'not_supplied'"),
        (
            GOOD.replace("norfolk", "norfok"),
            r"line 3, column force_id: unknown force id 'norfok' \(did you mean norfolk",
        ),
        (
            GOOD.replace("reported", "missing"),
            r"line 3, column status: unknown status 'missing'; use one of reported, revised, partial",
        ),
        (
            GOOD.replace("2017-04-01", "2017-07-01"),
            r"line 3, column period_end: the period ends before it starts; exchange the dates",
        ),
        (
            GOOD.replace("2017-04-01", "01/04/2017"),
            r"line 3, column period_start: '01/04/2017' is no date; write one as",
        ),
        (
            GOOD.replace("suffolk", "norfolk").replace("12", "13"),
            r"line 3: repeats the key of an earlier line \(norfolk, recorded_crime, Robbery, 2017-04-01, 2017-06-30",
        ),
    ],
)
def test_refusals_name_file_line_and_remedy(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(counts.TableError, match=message):
        counts.read(table(tmp_path, HEADER + GOOD + line), forces=FORCES)


def test_renamed_column_is_named_with_its_likely_meaning(tmp_path: Path) -> None:
    with pytest.raises(
        counts.TableError, match=r"2026-04.csv, line 1: no column count \(is it the column 'counts'\?\)"
    ):
        counts.read(table(tmp_path, HEADER.replace("count,", "counts,") + GOOD), forces=FORCES)


def test_extra_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(counts.TableError, match="columns that do not belong: remark"):
        counts.read(table(tmp_path, HEADER.strip() + ",remark\n" + GOOD.strip() + ",x\n"), forces=FORCES)


def test_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(counts.TableError, match=r"2026-04.csv, line 1: no column force_id; "):
        counts.read(table(tmp_path, ""), forces=FORCES)


def test_written_bytes_do_not_depend_on_the_order_of_rows(tmp_path: Path) -> None:
    rows = counts.read(
        table(tmp_path, HEADER + GOOD + GOOD.replace("norfolk", "essex").replace("12,reported", ",partial")),
        forces=FORCES,
    )
    written = counts.as_text(rows)
    assert written == counts.as_text(rows.iloc[::-1])
    assert written.splitlines()[1].startswith("essex,")
    assert "\r" not in written


def test_line_numbers_can_be_those_of_another_file(tmp_path: Path) -> None:
    rows = counts.read(table(tmp_path, HEADER + GOOD), forces=FORCES).assign(status="unsure")
    with pytest.raises(counts.TableError, match=r"return.csv, line 17, column status"):
        counts.check(rows, "return.csv", lines=[17], forces=FORCES)
