"""The dictionary of values.csv: what it says is true of the file, as CSVW, as Parquet and on its page."""

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command import run
from csvw import CSVW
from csvw.metadata import Table

from peel_analysis.data.edition import Edition
from peel_analysis.reports.values_file import EditionValues, values_of
from peel_analysis.show import values
from peel_analysis.show.values_dictionary import COLUMNS, METADATA, in_markdown, metadata

PAGE = Path(__file__).resolve().parents[1] / "docs" / "values.md"


@pytest.fixture(scope="module")
def held(edition: Edition) -> EditionValues:
    return values_of(edition)


@pytest.fixture(scope="module")
def rows(held: EditionValues) -> pd.DataFrame:
    return values.of_results(held.results)


def test_the_metadata_describe_a_force_s_values_file_as_it_is(
    held: EditionValues, edition: Edition, tmp_path: Path
) -> None:
    (tmp_path / "values.csv").write_text(held.text("norfolk"), encoding="utf-8")
    path = tmp_path / f"values.csv{METADATA}"
    path.write_text(metadata("values.csv", edition), encoding="utf-8")
    checked = CSVW(str(path), validate=True)
    assert checked.is_valid, [str(warning.message) for warning in checked.warnings]
    described = Table.from_file(path)
    described.check_primary_key()
    found = list(described.iterdicts())
    first = next(csv.DictReader(io.StringIO(held.text("norfolk"))))
    assert len(found) == held.text("norfolk").count("\n") - 1
    assert set(found[0]) == set(first) == set(COLUMNS)
    assert {type(row["in_national"]) for row in found} == {bool, type(None)}
    assert next(row for row in found if row["member_list"])["member_list"][0] == "avon-and-somerset"


def test_the_metadata_say_the_licence_and_what_the_file_is_not(edition: Edition) -> None:
    told = json.loads(metadata("values.csv", edition))
    assert told["dc:license"]["@id"].endswith("/open-government-licence/version/3/")
    assert "not a publication of HMICFRS" in told["dc:description"]
    columns = told["tableSchema"]["columns"]
    assert [one["name"] for one in columns] == list(values.COLUMNS)
    assert all(one["dc:title"] and one["dc:description"] for one in columns)


def test_a_column_that_is_never_blank_is_not_in_any_edition(rows: pd.DataFrame) -> None:
    always = [one.name for one in COLUMNS.values() if one.required]
    assert always == ["edition", "measure", "force_id", "period_end", "unit", "status"]
    assert not rows[always].isna().any(axis=None)
    assert not (rows[always] == "").any(axis=None)


def test_titles_tell_columns_apart() -> None:
    assert len({one.title.lower() for one in COLUMNS.values()}) == len(COLUMNS)


def test_parquet_holds_the_rows_of_the_csv_with_their_types(rows: pd.DataFrame, edition: Edition) -> None:
    content = values.as_parquet(rows, edition)
    assert values.as_parquet(rows, edition) == content == values_of(edition).parquet, "which stands beside reports"
    table = pq.read_table(io.BytesIO(content))
    types = {name: table.schema.field(name).type for name in ("period_end", "value", "members", "status", "in_figure")}
    assert types == {
        "period_end": pa.date32(), "value": pa.float64(), "members": pa.int64(), "status": pa.string(),
        "in_figure": pa.bool_(),
    }  # fmt: skip
    assert table.column("value").null_count == rows["value"].isna().sum() > 0, "missing is null, not NaN and not 0"
    assert table.schema.metadata[b"description"].startswith(b"Made from public data")
    back = table.to_pandas()
    texts = [one.name for one in COLUMNS.values() if one.type in ("string", "date")]
    back = back.assign(**{name: ["" if pd.isna(one) else str(one) for one in back[name]] for name in texts})
    assert values.as_csv(back.astype(rows.dtypes.to_dict())) == values.as_csv(rows)


def test_the_page_of_columns_is_made_from_the_dictionary() -> None:
    assert PAGE.read_text(encoding="utf-8") == in_markdown(), "run `peel values --columns > docs/values.md`"


def test_the_command_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "values", "--columns") == (0, in_markdown(), "")


def test_a_csv_file_gets_its_metadata_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "norfolk.csv"
    asked = ("values", "--force", "norfolk")
    _, printed, _ = run(capsys, *asked)
    assert run(capsys, *asked, "--output", str(file)) == (0, f"{file}\n", "")
    assert file.read_text(encoding="utf-8") == printed
    beside = json.loads((tmp_path / f"{file.name}{METADATA}").read_text(encoding="utf-8"))
    assert beside["url"] == "norfolk.csv"
    assert CSVW(str(tmp_path / f"{file.name}{METADATA}"), validate=True).is_valid


@pytest.mark.parametrize("name", ["parquet", "xlsx"])
def test_a_file_that_is_no_text_is_not_printed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, said, error = run(capsys, "values", "--format", name)
    assert (code, said) == (2, "")
    assert error == f"peel: --format {name}: not for a terminal; name a file, as --output values.{name}\n"


def test_a_parquet_file_of_one_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "values.parquet"
    assert run(capsys, "values", "--force", "norfolk", "--format", "parquet", "-o", str(file)) == (0, f"{file}\n", "")
    assert set(pq.read_table(file).column("force_id").to_pylist()) == {"norfolk"}
    assert [one.name for one in tmp_path.iterdir()] == ["values.parquet"]
