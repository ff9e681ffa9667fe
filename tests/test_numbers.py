"""How numbers are shown: rounded once, half up, and never as what they are not."""

import math
from decimal import Decimal

import pytest

from peel_analysis.data.text import in_words, rounded, shown, whole


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (2.675, 2, "2.68"),
        (0.125, 2, "0.13"),
        (57.65, 1, "57.7"),
        (57.64999999999999, 1, "57.7"),
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (1.005, 2, "1.01"),
        (-0.05, 1, "-0.1"),
        (-2.5, 0, "-3"),
        (0.049999, 1, "0.0"),
        (1e-7, 1, "0.0"),
        (123456789.05, 1, "123456789.1"),
    ],
)
def test_half_goes_up_in_decimals_and_away_from_zero(value: float, decimals: int, expected: str) -> None:
    assert rounded(value, decimals) == Decimal(expected)


@pytest.mark.parametrize(
    ("value", "decimals", "percent", "signed", "expected"),
    [
        (1234.5, 1, False, False, "1,234.5"),
        (17.5, 1, True, False, "17.5%"),
        (9.95, 1, True, True, "+10.0%"),
        (-9.95, 1, True, True, "-10.0%"),
        (0.0, 1, True, True, "0.0%"),
        (-0.04, 1, False, False, "0.0"),
        (-0.04, 1, False, True, "0.0"),
        (0.04, 1, False, True, "0.0"),
        (-0.0, 0, False, False, "0"),
        (-1234.56, 1, False, False, "-1,234.6"),
        (999.95, 1, False, False, "1,000.0"),
    ],
)
def test_text_of_a_value(value: float, decimals: int, percent: bool, signed: bool, expected: str) -> None:
    assert shown(value, decimals, percent=percent, signed=signed) == expected


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_no_value_is_ever_shown_as_minus_zero(decimals: int) -> None:
    for value in (-0.0, -1e-9, -0.4 * 10.0**-decimals, -0.49 * 10.0**-decimals):
        assert not shown(value, decimals, signed=True).startswith("-"), value


def test_a_missing_value_has_no_text() -> None:
    with pytest.raises(ValueError, match="a missing value has no text; show its mark and reason instead"):
        shown(math.nan, 1)


def test_a_count_has_separators_and_no_decimals() -> None:
    assert whole(52569.0) == "52,569"
    assert whole(999.0) == "999"
    assert whole(-4.0) == "-4"


def test_small_counts_are_words() -> None:
    assert [in_words(number) for number in (0, 1, 6, 9, 10, 12)] == ["no", "one", "six", "nine", "10", "12"]
