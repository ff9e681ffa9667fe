"""One row's split into its causes, on invented values."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from peel_analysis.changes import changes_between, open_version
from peel_analysis.changes.causes import (
    CAUSES_IN_ORDER,
    DEFINED,
    EXCLUDED,
    NEW,
    NOT_SEPARABLE,
    PEOPLE,
    REVISED,
    Step,
    split,
)
from peel_analysis.data.folder import Data, open_data
from peel_analysis.data.writing import KEPT_IN, once
from peel_analysis.measures import calculation


def steps(*values: tuple[str, float, str]) -> list[Step]:
    return [(cause, {"kent": (status, value)}) for cause, value, status in values]


def test_parts_of_a_row_are_exact() -> None:
    chain = steps(
        ("", 0.1, "reported"), (REVISED, 0.3, "reported"), (PEOPLE, 0.7, "reported"), (DEFINED, 0.7, "reported")
    )
    found = split(chain, "kent")
    assert (found.parts[REVISED], found.parts[PEOPLE], found.parts[DEFINED]) == (
        Decimal("0.2"),
        Decimal("0.4"),
        Decimal(0),
    )


def test_a_value_missing_between_leaves_its_causes_together() -> None:
    chain = steps(
        ("", 5.0, "reported"),
        (NEW, float("nan"), "not_supplied"),
        (EXCLUDED, 7.5, "reported"),
        (DEFINED, 7.0, "reported"),
    )
    found = split(chain, "kent")
    assert (found.parts[NOT_SEPARABLE], found.parts[DEFINED]) == (Decimal("2.5"), Decimal("-0.5"))
    assert (found.joint, found.status_causes) == ((NEW, EXCLUDED), ())


def test_what_no_input_explains_is_the_codes() -> None:
    found = split(steps(("", 1.0, "reported"), (REVISED, 1.0, "reported"), (DEFINED, 1.5, "partial")), "kent")
    assert {cause for cause in CAUSES_IN_ORDER if found.parts[cause]} == {DEFINED}
    assert found.status_causes == (DEFINED,)


def test_no_mix_of_two_editions_is_kept_for_other_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = list[str]()

    def noted(kind: str, asked: Iterable[str], make: Callable[[], bytes]) -> bytes:
        kept.extend(asked := list(asked))
        return once(kind, asked, make)

    monkeypatch.setenv(KEPT_IN, str(tmp_path))
    monkeypatch.setattr(calculation, "once", noted)
    data = Data(open_data().folder)  # in which nothing is calculated yet
    changes = changes_between(open_version("2017", data), open_version("2019", data), ["crime_per_1000"])
    assert any(len([one for one in change.split.parts.values() if one]) > 1 for change in changes.rows)
    assert any("crime_per_1000" in text for text in kept)
    assert not any("<mixed data" in text for text in kept)
