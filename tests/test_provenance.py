"""Where values come from: hashes against data/provenance.csv, rules, members and the code's version."""

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest

from peel_analysis import __version__, measures
from peel_analysis.data import files
from peel_analysis.data.definitions import limited
from peel_analysis.data.files import VARIABLE
from peel_analysis.data.folder import open_data
from peel_analysis.measures import provenance
from peel_analysis.show.values import values

DATA = Path(__file__).resolve().parents[1] / "data"
NATIONAL = "england-and-wales"

pytestmark = pytest.mark.usefixtures("own_data_folder")


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return values(open_data().edition("2017")).set_index(["measure", "force_id"])


@pytest.fixture(scope="module")
def hashes() -> dict[tuple[str, str], str]:
    with (DATA / "provenance.csv").open(encoding="utf-8", newline="") as file:
        return {(row["table"], row["release"]): row["sha256"] for row in csv.DictReader(file)}


def test_a_value_names_the_files_behind_its_tables(rows: pd.DataFrame, hashes: dict[tuple[str, str], str]) -> None:
    crime, outcomes = hashes["recorded_crime", "2026-04"], hashes["outcomes_recorded", "2024-07"]
    people, by_day = hashes["populations", "2017"], hashes["populations", "daytime-2014"]
    found = rows["source_sha256"]
    assert found["crime_per_1000", "norfolk"] == f"{crime};{people}"
    assert found["outcome_charged_pct", "norfolk"] == f"{outcomes};{crime}"
    assert found["crime_change_5y", "kent"] == hashes["recorded_crime", "rolling-2018-12"]
    assert found["crime_per_1000", "city-of-london"] == f"{crime};{by_day}"
    assert found["crime_per_1000", NATIONAL] == f"{crime};{people}", "it counts residents"


def test_a_published_value_has_no_file(rows: pd.DataFrame) -> None:
    published = rows[rows["status"] == "as_published"]
    assert len(published) > 5
    assert set(published["source_sha256"]) == {""}


def test_members_are_named_for_england_and_wales_only(rows: pd.DataFrame) -> None:
    national = rows.xs(NATIONAL, level="force_id")
    assert set(rows.drop(index=NATIONAL, level="force_id")["member_list"]) == {""}
    charged = national["member_list"]["outcome_charged_pct"].split(";")
    assert charged == [one for one in open_data().forces.ids if one != "suffolk"]
    counted = national["member_list"].map(lambda text: len(text.split(";")) if text else 0)
    assert counted.tolist() == national["members"].tolist()


def test_every_row_has_its_rule_and_the_code(rows: pd.DataFrame) -> None:
    for measure_id, rules in rows.groupby(level="measure")["rule"]:
        assert rules.unique().tolist() == [provenance.rule_of(open_data().measure(str(measure_id)))]
    assert rows["rule"].nunique() == len(open_data().measures)
    assert rows["code_version"].unique().tolist() == [files.code_version()]
    assert files.code_version().startswith(f"{__version__}+")


def test_a_rule_changes_with_its_numbers_and_not_with_its_words() -> None:
    measure = open_data().measure("outcome_charged_pct")
    rule = provenance.rule_of(measure)
    assert rule.startswith("measures.toml#outcome_charged_pct@")
    assert (
        provenance.rule_of(measure.model_copy(update={"caption": "Other words", "title": "Other", "reading": "Other"}))
        == rule
    )
    for other in (
        measure.model_copy(update={"multiplier": 1000}),
        limited(measure, ("1", "2")),
        measure.model_copy(update={"window": "crime_previous"}),
    ):
        assert provenance.rule_of(other) != rule


def test_the_codes_version_follows_its_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "one.py").write_text("1\n", encoding="utf-8")
    monkeypatch.setattr(files, "PACKAGE", tmp_path)
    first = files.code_version.__wrapped__()
    assert first == files.code_version.__wrapped__()
    (tmp_path / "one.py").write_text("2\n", encoding="utf-8")
    second = files.code_version.__wrapped__()
    (tmp_path / "one.py").rename(tmp_path / "two.py")
    assert len({first, second, files.code_version.__wrapped__()}) == 3


def test_provenance_of_one_value() -> None:
    result = measures.calculate(open_data().measure("outcome_charged_pct"), open_data().edition("2017"))
    assert [(table.file, table.publisher) for table in provenance.tables_of(result, "suffolk")] == [
        ("data/counts/outcomes_recorded/2024-07.csv", "Home Office"),
        ("data/counts/recorded_crime/2026-04.csv", "Home Office"),
    ]
    named = dict(zip(result.rows.index, provenance.columns_of(result)["member_list"], strict=True))
    assert named["suffolk"] == ""
    assert len(named[NATIONAL].split(";")) == 42


def test_a_folder_without_provenance_leaves_the_hash_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("findings", "provenance.csv"))
    monkeypatch.setenv(VARIABLE, str(folder))
    crime = open_data().measure("crime_per_1000")
    result = measures.calculate(crime, open_data().edition("2017"))
    assert set(provenance.columns_of(result)["source_sha256"]) == {""}
    assert provenance.tables_of(result, "kent")[0].release == "2026-04"
