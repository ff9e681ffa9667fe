"""What a batch keeps changes no number. That both engines give the same bytes is in test_same_bytes.py."""

from pathlib import Path

import pandas as pd
import pytest
from conftest import EDITION

from peel_analysis import measures
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.writing import KEPT_IN, once


def test_a_kept_result_is_the_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = open_data().edition(EDITION)
    for measure in open_data().measures:
        monkeypatch.delenv(KEPT_IN, raising=False)
        plain = measures.calculate(measure, edition)
        monkeypatch.setenv(KEPT_IN, str(tmp_path))
        for result in (
            measures.calculate(measure, Data(edition.data.folder).edition(EDITION)) for _ in ("made", "read")
        ):
            pd.testing.assert_frame_equal(result.rows, plain.rows, check_exact=True)
            assert (result.members, result.comparator_members) == (plain.members, plain.comparator_members)
            assert result.release == plain.release
    assert len(list((tmp_path / "results").iterdir())) == len(open_data().measures)


def test_a_kept_table_is_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder_of_data = open_data().edition(EDITION).data.folder
    for item in open_data().edition(EDITION).releases:
        tables: list[pd.DataFrame] = []
        for folder in ("", str(tmp_path), str(tmp_path)):  # not kept, made, then read
            monkeypatch.setenv(KEPT_IN, folder)
            table = Data(folder_of_data).edition(EDITION).counts(item)
            assert table is not None
            tables.append(table)
        for kept_table in tables[1:]:
            pd.testing.assert_frame_equal(kept_table, tables[0], check_exact=True)
    assert list((tmp_path / "counts").iterdir())


def test_an_edition_with_another_input_has_results_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEPT_IN, str(tmp_path))
    edition, measure = open_data().edition(EDITION), open_data().measure("crime_per_1000")
    values = [
        measures.calculate(measure, one).of("city-of-london").value
        for one in (edition, edition.with_population(residents_only=True))
    ]
    assert values[1] > values[0]


def test_what_is_kept_is_made_once_and_where_it_cannot_be_kept_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def make() -> bytes:
        made.append(1)
        return b"x"

    monkeypatch.setenv(KEPT_IN, str(tmp_path / "kept"))
    assert [once("kind", ("a", "b"), make) for _ in range(3)] == [b"x"] * 3
    assert len(made) == 1
    once("kind", ("a", "c"), make)
    once("other", ("a", "b"), make)
    assert len(made) == 3
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(KEPT_IN, str(tmp_path / "file"))
    assert [once("kind", ("a", "b"), make) for _ in range(2)] == [b"x"] * 2
    assert len(made) == 5
