"""Declarations of measures and of what is not comparable that cannot be used: one line that says why and where."""

import re
from pathlib import Path

import pytest
from invented import Folder
from refusals import answering_folder, refusal

from peel_analysis.data.folder import open_data


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return answering_folder(tmp_path, monkeypatch)


def test_an_unknown_measure_gets_its_near_ones(data: Folder) -> None:
    assert refusal(lambda: open_data().measure("crime_per_100")).startswith(
        "No measure 'crime_per_100'; did you mean crime_"
    )
    assert "see them with: peel measures" in refusal(lambda: open_data().measure("xyz"))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[[measure]]", "[[measure]", r"line \d+, column \d+"),
        (
            'kind = "rate_of_stock"',
            'kind = "stock"',
            "measure 'ocg_per_million': kind is 'stock'; use one of rate, rate",
        ),
        ('tile = "Staff survey"', 'tyle = "Staff survey"', "'staff_survey': there is no setting 'tyle'; did you mean"),
        (
            'id = "da_calls_per_1000"',
            'id = "calls_per_1000"',
            "two measures have the id 'calls_per_1000'; give each its own",
        ),
        (
            '{ items = ["calls"] }',
            '{ item = ["calls"] }',
            "'calls_per_1000', numerator: there is no setting 'item'; did you mean items",
        ),
    ],
)
def test_measures_that_cannot_be_read(data: Folder, old: str, new: str, message: str) -> None:
    data.replace("measures.toml", old, new)
    said = refusal(lambda: open_data().measure("crime_per_1000"))
    assert said.startswith("data/measures.toml"), said
    assert re.search(message, said), said


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "force"', 'kind = "forces"', "kind is 'forces'; use one of together, over_time, force"),
        (
            'reason = "North',
            'why = "North',
            "block 'north_yorkshire_domestic_abuse': there is no setting 'why'; the set",
        ),
        ("[[block]]", "[[block]", r"data/comparability.toml: .*line \d+"),
    ],
)
def test_comparability_blocks_that_cannot_be_read(data: Folder, old: str, new: str, message: str) -> None:
    data.replace("comparability.toml", old, new)
    said = refusal(lambda: open_data().blocks)
    assert said.startswith("data/comparability.toml"), said
    assert re.search(message, said), said
